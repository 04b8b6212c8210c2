"""Where codes and ground disagree about which unit lies in which."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.division_names import plain_name
from lastmile.places.hierarchy import Layer, Step, calling, named_parents, suspect
from lastmile.places.model import LEVELS
from lastmile.places.notes import Note, level_zh, listed
from lastmile.places.tables import MAX_ROW_FAULTS

_OUTSIDE_SHARE: Final = 0.05
"""Of a unit's area: outlines of two levels that were drawn apart differ by a few per cent."""
_INSIDE_SHARE: Final = 0.01
"""A unit with less of its area than this in its parent lies elsewhere."""


def check_hierarchy(
    units: gpd.GeoDataFrame,
    steps: tuple[Step, ...],
    parents: NDArray[np.int64],
    faults: FaultLog,
) -> tuple[Note, ...]:
    """Hold what codes say of the hierarchy against the ground.

    Parameters
    ----------
    units
        All units, with ``LAYER_COLUMNS``.
    steps
        From :func:`nested`.
    parents
        Shape (units,). From :func:`parent_rows`.
    faults
        Where units that lie wholly outside the unit their code names are reported; its findings
        get those that lie partly outside, or whose parent is missing.
    """
    notes: list[Note] = []
    for step in steps:
        notes += _check_step(units, step, parents, faults)
    return (*notes, *_deeper_codes(units, faults), *_same_names(units, parents, faults))


def _check_step(
    units: gpd.GeoDataFrame, step: Step, parents: NDArray[np.int64], faults: FaultLog
) -> list[Note]:
    named = named_parents(units, step)
    codes = Layer.of(units.iloc[step.below]).codes
    coded_above = any(code is not None for code in Layer.of(units.iloc[step.above]).codes)
    # Outlines made from points are no proof that a unit lies elsewhere.
    rough = units["estimated"].to_numpy()[step.above]
    partly, orphans, elsewhere = [], [], []
    for k, own in enumerate(step.below):
        parent = int(named[k]) if named[k] >= 0 else int(step.most[k])
        share = step.shared.get((k, parent), 0.0)
        if named[k] >= 0 and share < _INSIDE_SHARE and not rough[parent]:
            elsewhere.append(k)
            continue
        if named[k] < 0 and codes[k] is not None and coded_above:
            orphans.append(int(own))
        is_parent = parent >= 0 and parents[own] == step.above[parent]
        if is_parent and share < 1.0 - _OUTSIDE_SHARE and not rough[parent]:
            partly.append((int(own), int(step.above[parent]), 1.0 - share))
    _report_elsewhere(units, step, elsewhere, named, faults)
    return [*_partly(units, partly, faults), *_orphaned(units, orphans, faults)]


def _report_elsewhere(
    units: gpd.GeoDataFrame,
    step: Step,
    elsewhere: list[int],
    named: NDArray[np.int64],
    faults: FaultLog,
) -> None:
    for k in elsewhere[:MAX_ROW_FAULTS]:
        own, parent, most = step.below[k], calling(units, step.above[named[k]]), step.most[k]
        level = units["level"].iat[step.above[0]]
        place = calling(units, step.above[most]) if most >= 0 else f"no unit of the level {level}"
        faults.add(
            units["file"].iat[own], units["where"].iat[own],
            found=f"{calling(units, own)} lies in {place}",
            expected=f"ground inside {parent}, as its code says",
            remedy="correct the code or the outline, and check that both layers are stated in "
            "their own coordinate system",
        )  # fmt: skip
    more = len(elsewhere) - MAX_ROW_FAULTS
    if more > 0:
        faults.add(
            units["file"].iat[step.below[elsewhere[0]]], "other rows",
            found=f"{more} more units outside the unit their code names",
            expected="ground inside it", remedy="correct the codes or the outlines",
        )  # fmt: skip


def _partly(
    units: gpd.GeoDataFrame, found: list[tuple[int, int, float]], faults: FaultLog
) -> list[Note]:
    for row, parent, share in found:
        own, above = calling(units, row), calling(units, parent)
        words = (
            f"{own} 有 {share:.0%} 的面积在上级 {above} 之外",
            f"{share:.0%} of {own} lies outside {above}, the unit above it",
        )
        faults.findings.suspects.append(suspect(units, row, "outside_parent", words, None))
    if not found:
        return []
    worst = max(found, key=lambda item: item[2])
    zh, en = listed([str(units["name"].iat[row]) for row, _, _ in found])
    level = units["level"].iat[found[0][0]]
    return [
        Note(
            zh=f"{len(found):,} 个区划（{level_zh(level)}）有超过 {_OUTSIDE_SHARE:.0%} 的面积在"
            f"上级区划之外（最多 {worst[2]:.0%}）：{zh}",
            en=f"{len(found):,} units at level {level} have more than {_OUTSIDE_SHARE:.0%} of "
            f"their area outside the unit above ({worst[2]:.0%} at worst): {en}",
        )
    ]


def _orphaned(units: gpd.GeoDataFrame, rows: list[int], faults: FaultLog) -> list[Note]:
    for row in rows:
        own = calling(units, row)
        words = (
            f"{own} 的代码所属的上级不在边界图层中",
            f"the unit above that the code of {own} names is not among the boundaries",
        )
        faults.findings.suspects.append(suspect(units, row, "parent_missing", words, None))
    if not rows:
        return []
    zh, en = listed([calling(units, row) for row in rows])
    return [
        Note(
            zh=f"{len(rows):,} 个区划按代码所属的上级不在边界图层中，改按位置归属：{zh}",
            en=f"{len(rows):,} units belong by code to units that are not among the boundaries; "
            f"they count for the one they lie in: {en}",
        )
    ]


def _deeper_codes(units: gpd.GeoDataFrame, faults: FaultLog) -> list[Note]:
    """Tell of codes that end at a finer level than that of their layer."""
    pairs = enumerate(zip(units["level"], Layer.of(units).codes, strict=True))
    rows = [
        row
        for row, (level, code) in pairs
        if code is not None and code.level in LEVELS[LEVELS.index(level) + 1 :]
    ]
    for row in rows:
        own, level = calling(units, row), units["level"].iat[row]
        words = (
            f"{own} 的代码不是{level_zh(level)}一级的代码",
            f"the code of {own} is not one of the level {level}",
        )
        faults.findings.suspects.append(suspect(units, row, "level", words, None))
    if not rows:
        return []
    zh, en = listed([calling(units, row) for row in rows])
    return [
        Note(
            zh=f"{len(rows):,} 个区划的代码比图层的级别更细，请核对 level：{zh}",
            en=f"the codes of {len(rows):,} units are of a finer level than their layer; check its "
            f"level: {en}",
        )
    ]


def _same_names(
    units: gpd.GeoDataFrame, parents: NDArray[np.int64], faults: FaultLog
) -> list[Note]:
    """Tell of units of one name in one parent: tables without codes cannot tell them apart."""
    groups: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for row, (level, name) in enumerate(zip(units["level"], units["name"], strict=True)):
        if name:
            groups[(level, int(parents[row]), plain_name(str(name)))].append(row)
    doubles = [rows for rows in groups.values() if len(rows) > 1]
    for rows in doubles:
        codes = ", ".join(str(units["code"].iat[row]) for row in rows)
        for row in rows:
            words = (
                f"同一上级内有 {len(rows)} 个同名区划：{codes}",
                f"{len(rows)} units of one name in one unit above: {codes}",
            )
            faults.findings.suspects.append(suspect(units, row, "duplicate_name", words, None))
    if not doubles:
        return []
    zh, en = listed([calling(units, row) for rows in doubles for row in rows])
    return [
        Note(
            zh=f"有 {len(doubles):,} 组区划在同一上级内同名，请核对：{zh}",
            en=f"{len(doubles):,} groups of units share a name inside one unit above; check them: "
            f"{en}",
        )
    ]
