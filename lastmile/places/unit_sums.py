"""Whether the people of the units below add up to those of the unit above."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.findings import TotalFinding
from lastmile.places.notes import Note, listed

TOLD_SHARE: Final = 0.005
"""Differences between two totals that are worth a line: rounding stays far below."""


def check_sums(
    units: gpd.GeoDataFrame, parents: NDArray[np.int64], faults: FaultLog
) -> tuple[Note, ...]:
    """Hold the sum of the units below against each unit's own people.

    Units with a child whose people are not stated are left out: their sum says nothing.

    Parameters
    ----------
    units
        All units; ``people`` NaN where none are stated.
    parents
        Shape (units,). The row of the unit above each, -1 for none.
    faults
        Its findings get every comparison, also those that agree.
    """
    people = units["people"].to_numpy(dtype=np.float64)
    children: dict[int, list[int]] = defaultdict(list)
    for row, parent in enumerate(parents):
        if parent >= 0:
            children[int(parent)].append(row)
    off = []
    for parent, rows in sorted(children.items()):
        total = float(people[rows].sum())
        if np.isnan(total) or np.isnan(people[parent]):
            continue
        own = float(people[parent])
        finding = TotalFinding(
            code=str(units["code"].iat[parent]), name=str(units["name"].iat[parent]),
            level=str(units["level"].iat[parent]), people=total, official=own,
            source=f"the unit itself, beside the {len(rows)} units below",
            source_zh=f"本级人口（对照下级 {len(rows)} 个区划之和）",
        )  # fmt: skip
        faults.findings.totals.append(finding)
        if differs(total, own):
            off.append(finding)
    return difference_note(
        off,
        "下级区划人口之和与本级人口不符",
        "people of the units below do not add up to those of the unit itself",
    )


def differs(people: float, official: float) -> bool:
    """Tell whether two totals differ by more than 0.5 % of the official one."""
    return abs(people - official) > TOLD_SHARE * official


def difference_note(off: list[TotalFinding], zh: str, en: str) -> tuple[Note, ...]:
    """Tell of totals that do not agree, each with both figures."""
    if not off:
        return ()
    worst_first = sorted(off, key=lambda item: (-abs(item.people - item.official), item.code))
    shown = [
        f"{item.name or item.code} {item.people:,.0f} / {item.official:,.0f}"
        for item in worst_first
    ]
    listed_zh, listed_en = listed(shown)
    return (Note(zh=f"{zh}：{listed_zh}", en=f"{en}: {listed_en}"),)
