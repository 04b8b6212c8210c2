"""Outlines of units that have only points: the ground of the parent that is nearest to each.

Thiessen (1911), doi:10.1175/1520-0493(1911)39<1082b:PAFLA>2.0.CO;2; Voronoi (1908).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from lastmile.errors import FaultLog
from lastmile.places.coordinates import Floats, projected, working_crs
from lastmile.places.hierarchy import Layer, calling, parents_by_code, suspect
from lastmile.places.locate import unit_positions
from lastmile.places.notes import Note, level_zh, listed
from lastmile.places.polygons import areas_only, mended

_METRES_PER_DEGREE: Final = 111_320.0
_APART_M: Final = 1.0
_FARTHEST_ASTRAY_M: Final = 1_000.0
"""How far outside the unit its code names a point may stand: outlines drawn for maps are off by
hundreds of metres, and a point geocoded by its name by as much."""


def thiessen_cells(
    parent: Polygon | MultiPolygon, points: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Share the ground of a parent out among points: to each what is nearest to it.

    Distances are taken in a plane in which degrees of longitude are shortened by the cosine of
    the parent's latitude. Its straight lines are straight in degrees, so that the cells fill the
    parent exactly; for a parent 50 km across it is off by less than 1 %.

    Parameters
    ----------
    parent
        EPSG:4326.
    points
        Shape (points,). Shapely points, no two in one place; they may stand outside the parent.

    Returns
    -------
    array
        Shape (points,). Polygons; empty for a point that is nearest to nothing of the parent.
    """
    if len(points) == 1:
        return np.array([parent], dtype=object)
    centre = np.array([parent.centroid.x, parent.centroid.y])
    scale = _METRES_PER_DEGREE * np.array([np.cos(np.radians(centre[1])), 1.0])

    def flat(corners: Floats) -> Floats:
        moved: Floats = (corners - centre) * scale
        return moved

    def round_again(corners: Floats) -> Floats:
        moved: Floats = corners / scale + centre
        return moved

    ground = mended(shapely.transform(parent, flat))
    spots = shapely.multipoints(shapely.transform(points, flat))
    cells = shapely.get_parts(shapely.voronoi_polygons(spots, extend_to=ground, ordered=True))
    shapely.prepare(ground)
    cut = np.array([areas_only(cell) for cell in shapely.intersection(cells, ground)], dtype=object)
    back = shapely.transform(cut, round_again)
    # Rounding may make hair-thin parts cross themselves.
    return np.array([mended(cell) for cell in back], dtype=object)


def with_estimated_outlines(
    points: gpd.GeoDataFrame, above: gpd.GeoDataFrame, faults: FaultLog, notes: list[Note]
) -> gpd.GeoDataFrame | None:
    """Replace the points of a layer by cells clipped to the units above.

    A point belongs to the unit that its code names, else to the one it stands in.

    Parameters
    ----------
    points
        One layer from ``read_layer``, with points for shapes.
    above
        Units of the next coarser level, with polygons.
    faults
        Where points that stand in no unit, or far outside the one their code names, are reported;
        its findings get those a little outside, and those in one place.
    notes
        Told that outlines are estimated, which points look wrong, and which units above have none.

    Returns
    -------
    GeoDataFrame or None
        The points' rows with polygons; None when none is left.
    """
    spots, shapes = points.geometry.to_numpy(), above.geometry.to_numpy()
    around = unit_positions(spots, shapes)
    named = parents_by_code(Layer.of(points), Layer.of(above))
    parent = np.where(named >= 0, named, around)
    if above["estimated"].any():
        parent = _by_place(points, above, parent, around, faults, notes)
    _report_nowhere(points, np.flatnonzero(parent < 0), str(above["level"].iat[0]), faults)
    usable = (parent >= 0) & ~_astray(points, above, parent, around, faults, notes)
    spots = _moved_apart(points, usable, faults, notes)
    outlines = np.full(len(points), Polygon(), dtype=object)
    for k in np.unique(parent[usable]):
        rows = np.flatnonzero(usable & (parent == k))
        outlines[rows] = thiessen_cells(shapes[k], spots[rows])
    groundless = np.flatnonzero(usable & shapely.is_empty(outlines))
    _report_groundless(points, above, groundless, parent, faults)
    usable[groundless] = False
    if not usable.any():
        return None
    notes.append(_estimated(points, int(usable.sum())))
    notes += _pointless(above, np.setdiff1d(np.arange(len(above)), parent[usable]))
    return points.set_geometry(gpd.GeoSeries(outlines, index=points.index, crs="EPSG:4326"))[
        usable
    ].reset_index(drop=True)


def _report_nowhere(
    points: gpd.GeoDataFrame, rows: NDArray[np.int64], level: str, faults: FaultLog
) -> None:
    for k in rows:
        spot = points.geometry.iat[k]
        faults.add(
            points["file"].iat[k], points["where"].iat[k],
            found=f"{calling(points, k)} at {spot.x:.6g}, {spot.y:.6g}, in no unit of the level "
            f"{level}",
            expected="a point inside one of them, or the code of one",
            remedy=f"correct the point or {points['key'].iat[k]}.crs, or filter the row out",
        )  # fmt: skip


def _astray(
    points: gpd.GeoDataFrame,
    above: gpd.GeoDataFrame,
    parent: NDArray[np.int64],
    around: NDArray[np.int64],
    faults: FaultLog,
    notes: list[Note],
) -> NDArray[np.bool_]:
    """Tell of points outside the unit their code names; say which are too far to be used."""
    rows = np.flatnonzero((parent >= 0) & (around != parent))
    far = np.zeros(len(points), dtype=bool)
    plane = working_crs(float(np.mean(above.total_bounds[[0, 2]])))
    spots, shapes = points.geometry.to_numpy()[rows], above.geometry.to_numpy()[parent[rows]]
    lengths_m = shapely.distance(projected(spots, plane), projected(shapes, plane))
    told = []
    for k, spot, length_m in zip(rows.tolist(), spots, lengths_m, strict=True):
        if length_m == 0.0:  # on a border that two units share
            continue
        own, key = calling(above, parent[k]), points["key"].iat[k]
        where = f", in {calling(above, around[k])}" if around[k] >= 0 else ""
        if length_m > _FARTHEST_ASTRAY_M:
            far[k] = True
            faults.add(
                points["file"].iat[k], points["where"].iat[k],
                found=f"{calling(points, k)} stands {length_m / 1000.0:,.1f} km outside "
                f"{own}{where}",
                expected=f"a point in {own}, as its code says",
                remedy=f"correct the code, the point or {key}.crs, or filter the row out",
            )  # fmt: skip
            continue
        told.append(str(points["name"].iat[k]))
        words = (
            f"{calling(points, k)} 的点位在其上级 {own} 之外 {length_m:,.0f} 米",
            f"the point of {calling(points, k)} stands {length_m:,.0f} m outside {own}",
        )
        faults.findings.suspects.append(suspect(points, k, "outside_parent", words, spot))
    if told:
        zh, en = listed(told)
        notes.append(
            Note(
                zh=f"{len(told)} 个点位略在其上级区划之外，仍按代码归属：{zh}",
                en=f"{len(told)} points stand a little outside the unit above, and count for it "
                f"by their code: {en}",
            )
        )
    return far


def _by_place(
    points: gpd.GeoDataFrame,
    above: gpd.GeoDataFrame,
    parent: NDArray[np.int64],
    around: NDArray[np.int64],
    faults: FaultLog,
    notes: list[Note],
) -> NDArray[np.int64]:
    """Let points outside an estimated outline count for the unit they stand in, and tell of them.

    The estimate is no better than the points from which it was made.
    """
    rough = above["estimated"].to_numpy()[parent] & (parent >= 0)
    rows = np.flatnonzero(rough & (around >= 0) & (around != parent)).tolist()
    for k in rows:
        own, place = calling(above, parent[k]), calling(above, around[k])
        words = (
            f"{calling(points, k)} 的点位不在其上级 {own} 的估算范围内，而在 {place} 内",
            f"{calling(points, k)} stands outside the estimated outline of {own}, in {place}",
        )
        faults.findings.suspects.append(suspect(points, k, "outside_parent", words, None))
    if not rows:
        return parent
    zh, en = listed([calling(points, k) for k in rows])
    notes.append(
        Note(
            zh=f"{len(rows):,} 个点位不在其上级区划的估算范围内，改按位置归属：{zh}",
            en=f"{len(rows):,} points stand outside the estimated outline of the unit above, and "
            f"count for the one they stand in: {en}",
        )
    )
    moved = parent.copy()
    moved[rows] = around[rows]
    return moved


def _moved_apart(
    points: gpd.GeoDataFrame, usable: NDArray[np.bool_], faults: FaultLog, notes: list[Note]
) -> NDArray[np.object_]:
    """Move points in one place a metre apart, west to east, and tell of them.

    Two units geocoded to one spot are common, and no ground is nearer to either: moved apart they
    share what is nearest to both, where the second would have nothing.
    """
    spots: NDArray[np.object_] = points.geometry.to_numpy().copy()
    together: dict[tuple[float, float], list[int]] = defaultdict(list)
    for k in np.flatnonzero(usable).tolist():
        together[(spots[k].x, spots[k].y)].append(k)
    several = [rows for rows in together.values() if len(rows) > 1]
    for rows in several:
        spot = spots[rows[0]]
        east = _APART_M / _METRES_PER_DEGREE / np.cos(np.radians(spot.y))
        names = ", ".join(calling(points, k) for k in rows)
        for number, k in enumerate(rows):
            spots[k] = shapely.Point(spot.x + number * east, spot.y)
            words = f"多个区划的点位完全相同：{names}", f"several units in one place: {names}"
            faults.findings.suspects.append(suspect(points, k, "duplicate", words, spot))
    if several:
        zh, en = listed([calling(points, k) for rows in several for k in rows])
        notes.append(
            Note(
                zh=f"{len(several):,} 处有多个区划点位完全相同，平分其周围范围，请核对点位：{zh}",
                en=f"in {len(several):,} places several units share one point, and the ground "
                f"around it is parted among them; check their points: {en}",
            )
        )
    return spots


def _report_groundless(
    points: gpd.GeoDataFrame,
    above: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    parent: NDArray[np.int64],
    faults: FaultLog,
) -> None:
    for k in rows:
        own = calling(above, parent[k])
        faults.add(
            points["file"].iat[k], points["where"].iat[k],
            found=f"{calling(points, k)} outside {own}, all of which is nearer to other points",
            expected=f"a point in {own}",
            remedy="correct the point, or filter the row out",
        )  # fmt: skip


def _estimated(points: gpd.GeoDataFrame, count: int) -> Note:
    level = points["level"].iat[0]
    return Note(
        zh=f"{count:,} 个区划（{level_zh(level)}）没有边界资料，其范围按点位的泰森多边形"
        "在上级区划内估算，仅供参考",
        en=f"{count:,} units at level {level} have no outlines of their own: theirs are estimates, "
        "the ground of the unit above that is nearest to each unit's point",
    )


def _pointless(above: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> tuple[Note, ...]:
    if not len(rows):
        return ()
    zh, en = listed([str(name) for name in above["name"].to_numpy()[rows]])
    return (
        Note(
            zh=f"以下区划内没有下级点位，人口只计入其本身：{zh}",
            en=f"these units hold no point of the level below, and their people count for them "
            f"alone: {en}",
        ),
    )
