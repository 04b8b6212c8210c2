"""Whether the units of a level cover the ground of those above once: holes and overlaps."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import projected, unprojected, working_crs
from lastmile.places.hierarchy import calling, suspect
from lastmile.places.model import LEVELS
from lastmile.places.notes import Note, level_zh, listed

_SHARED_SHARE: Final = 0.01
"""Of the smaller unit's area; outlines drawn apart overlap by slivers everywhere."""
_SMALLEST_GAP_M2: Final = 10_000.0
_NARROWEST_GAP_M: Final = 20.0
"""Holes that are smaller or narrower lie between outlines drawn apart: nobody lives there."""
_SQUARE_KM: Final = 1e6


def check_tiling(
    units: gpd.GeoDataFrame, parents: NDArray[np.int64], faults: FaultLog
) -> tuple[Note, ...]:
    """Find ground that no unit of a level covers, or several do.

    Parameters
    ----------
    units
        All units, with ``LAYER_COLUMNS``, EPSG:4326.
    parents
        Shape (units,). The row of the unit above each, -1 for none.
    faults
        Its findings get each hole and each overlap, with its area and a point in it.
    """
    plane = working_crs(float(np.mean(units.total_bounds[[0, 2]])))
    flat = projected(units.geometry.to_numpy(), plane)
    levels = units["level"].to_numpy()
    notes: list[Note] = []
    for position, level in enumerate(LEVELS):
        rows = np.flatnonzero(levels == level)
        if len(rows):
            notes += _overlaps(units, rows, flat, faults)
        finer = np.flatnonzero(np.isin(levels, LEVELS[position + 1 :]))
        notes += _gaps(units, rows[np.isin(rows, parents)], finer, flat, faults)
    return tuple(notes)


def _overlaps(
    units: gpd.GeoDataFrame, rows: NDArray[np.int64], flat: NDArray[np.object_], faults: FaultLog
) -> list[Note]:
    """Tell of units of one level that share ground: whoever lives there counts for the first."""
    one, other = shapely.STRtree(flat[rows]).query(flat[rows], predicate="intersects")
    apart = one < other
    one, other = rows[one[apart]], rows[other[apart]]
    common = shapely.intersection(flat[one], flat[other])
    shared = shapely.area(common)
    smaller = np.minimum(shapely.area(flat[one]), shapely.area(flat[other]))
    worst = np.flatnonzero(shared > _SHARED_SHARE * smaller)
    if not worst.size:
        return []
    for k in worst:
        pair = calling(units, one[k]), calling(units, other[k])
        km2 = shared[k] / _SQUARE_KM
        words = (
            f"{pair[0]} 与 {pair[1]} 重叠 {km2:,.3f} 平方公里",
            f"{pair[0]} and {pair[1]} share {km2:,.3f} km²",
        )
        faults.findings.suspects.append(
            suspect(units, one[k], "overlap", words, _spot(units, common[k]))
        )
    names, most = units["name"].to_numpy(), int(worst[np.argmax(shared[worst])])
    pair, count = (names[one[most]], names[other[most]]), worst.size
    km2 = shared[most] / _SQUARE_KM
    level = units["level"].iat[rows[0]]
    return [
        Note(
            zh=f"{count:,} 对同级区划相互重叠（如 {pair[0]} 与 {pair[1]}，{km2:,.2f} 平方公里），"
            "重叠处的人口只计入排在前面的区划",
            en=f"{count:,} pairs of units at level {level} overlap (such as {pair[0]} and "
            f"{pair[1]}, {km2:,.2f} km²); people there count for the one that stands first",
        )
    ]


def _gaps(
    units: gpd.GeoDataFrame,
    holders: NDArray[np.int64],
    finer: NDArray[np.int64],
    flat: NDArray[np.object_],
    faults: FaultLog,
) -> list[Note]:
    """Tell of ground of a unit that none of the units of finer levels covers."""
    if not len(holders):
        return []
    # Other units' children count, too: what they cover is an overlap of outlines, not a hole.
    cover = shapely.union_all(flat[finer])
    shapely.prepare(cover)
    found: list[tuple[float, int]] = []
    for parent in holders.tolist():
        for part in _wide_parts(shapely.difference(flat[parent], cover)):
            km2 = part.area / _SQUARE_KM
            found.append((km2, parent))
            words = (
                f"{calling(units, parent)} 有 {km2:,.3f} 平方公里不属于任何下级区划",
                f"{km2:,.3f} km² of {calling(units, parent)} belong to none of the units below it",
            )
            faults.findings.suspects.append(
                suspect(units, parent, "hole", words, _spot(units, part))
            )
    if not found:
        return []
    level, total = units["level"].iat[holders[0]], sum(km2 for km2, _ in found)
    most, holder = max(found)
    zh, en = listed(list(dict.fromkeys(str(units["name"].iat[k]) for _, k in found)))
    return [
        Note(
            zh=f"{level_zh(level)}一级之下的边界有 {len(found):,} 处空缺，共 {total:,.2f} 平方公里"
            f"（最大一处在 {calling(units, holder)}，{most:,.2f} 平方公里），"
            f"其中的人口只计入上级区划：{zh}",
            en=f"the outlines below the level {level} leave {len(found):,} holes, {total:,.2f} km² "
            f"together (the largest in {calling(units, holder)}, {most:,.2f} km²); people there "
            f"count for the unit above alone: {en}",
        )
    ]


def _wide_parts(ground: shapely.Geometry) -> list[shapely.Geometry]:
    """Return the parts that are large and wide enough to be more than a seam."""
    core = shapely.buffer(ground, -_NARROWEST_GAP_M / 2.0)
    wide = shapely.buffer(core, _NARROWEST_GAP_M / 2.0)
    parts = shapely.get_parts(shapely.intersection(wide, ground))
    return [part for part in parts if part.area >= _SMALLEST_GAP_M2]


def _spot(units: gpd.GeoDataFrame, part: shapely.Geometry) -> shapely.Point:
    plane = working_crs(float(np.mean(units.total_bounds[[0, 2]])))
    (spot,) = unprojected(np.array([shapely.point_on_surface(part)]), plane)
    return spot
