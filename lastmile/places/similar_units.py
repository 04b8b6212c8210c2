"""类似 units: prisons, farms, parks and development zones that are numbered like townships."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.division_codes import division_code
from lastmile.places.hierarchy import calling, suspect
from lastmile.places.notes import Note, listed
from lastmile.scenario.boundaries import SimilarUnits

_PRISON: Final = re.compile("监狱|看守所|戒毒|劳教|劳改")


@dataclass(frozen=True, slots=True, eq=False)
class Exclusion:
    """Which units stay, and what ground goes with those that do not."""

    excluded: NDArray[np.bool_]
    """Shape (units,)."""

    ground: shapely.Geometry | None
    """EPSG:4326; None when nothing is excluded."""

    notes: tuple[Note, ...] = ()


def excluded_units(
    units: gpd.GeoDataFrame,
    parents: NDArray[np.int64],
    rules: Mapping[str, SimilarUnits],
    faults: FaultLog,
) -> Exclusion:
    """Choose the units that the rules of their layers leave out, with all that lie in them.

    Parameters
    ----------
    units
        All units, with ``LAYER_COLUMNS``, coarsest first.
    parents
        Shape (units,). The row of the unit above each, -1 for none.
    rules
        By scenario table, such as ``boundaries[1]``.
    faults
        Its findings get every excluded unit, and the prisons that are kept.
    """
    similar = np.array([is_similar(str(code)) for code in units["code"]], dtype=bool)
    prison = np.array([bool(_PRISON.search(str(name))) for name in units["name"]], dtype=bool)
    rule = np.array([rules[key] for key in units["key"]], dtype=object)
    chosen = (similar & (rule == "exclude")) | (
        prison & (similar | ~_coded(units)) & (rule == "exclude_prisons")
    )
    excluded = chosen.copy()
    for row in range(len(units)):  # parents stand before their children
        if parents[row] >= 0:
            excluded[row] |= excluded[parents[row]]
    notes = [*_left_out(units, chosen, excluded), *_kept(units, similar & ~excluded, prison)]
    for row in np.flatnonzero(excluded).tolist():
        own = calling(units, row)
        words = f"{own} 按类似区划规则不计入规划", f"{own} is left out by the rule for 类似 units"
        faults.findings.suspects.append(suspect(units, row, "excluded", words, None))
    if not excluded.any():
        return Exclusion(excluded, None, tuple(notes))
    ground = shapely.union_all(units.geometry.to_numpy()[excluded])
    return Exclusion(excluded, ground, tuple(notes))


def is_similar(code: str) -> bool:
    """Tell whether a code is that of a 类似 unit.

    Examples
    --------
    >>> is_similar("320481400"), is_similar("320481100")
    (True, False)
    """
    known = division_code(code)
    return known is not None and known.kind == "类似"


def _coded(units: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    known = [division_code(str(code)) is not None for code in units["code"]]
    return np.array(known, dtype=bool)


def _left_out(
    units: gpd.GeoDataFrame, chosen: NDArray[np.bool_], excluded: NDArray[np.bool_]
) -> list[Note]:
    if not excluded.any():
        return []
    zh, en = listed([calling(units, row) for row in np.flatnonzero(chosen).tolist()])
    below = int((excluded & ~chosen).sum())
    return [
        Note(
            zh=f"按 similar_units 规则，{int(chosen.sum()):,} 个类似区划"
            f"（及其下 {below:,} 个区划）连同其范围不计入规划：{zh}",
            en=f"by the rule similar_units, {int(chosen.sum()):,} 类似 units (and {below:,} units "
            f"in them) are left out, with their ground: {en}",
        )
    ]


def _kept(
    units: gpd.GeoDataFrame, kept: NDArray[np.bool_], prison: NDArray[np.bool_]
) -> list[Note]:
    if not kept.any():
        return []
    first = np.flatnonzero(kept & prison)
    rows = [int(row) for row in (*first, *np.setdiff1d(np.flatnonzero(kept), first))]
    zh, en = listed([calling(units, row) for row in rows])
    return [
        Note(
            zh=f"{len(rows):,} 个类似区划（监狱、农场、园区等）计入规划，如不应计入请设 "
            f"similar_units：{zh}",
            en=f"{len(rows):,} 类似 units (prisons, farms, parks and the like) are planned for; "
            f"set similar_units if they should not be: {en}",
        )
    ]
