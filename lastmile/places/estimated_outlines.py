"""Outlines of units that have only points: the ground of the parent that is nearest to each.

Thiessen (1911), doi:10.1175/1520-0493(1911)39<1082b:PAFLA>2.0.CO;2; Voronoi (1908).
"""

from __future__ import annotations

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
from lastmile.places.notes import Note, listed
from lastmile.places.polygons import areas_only

_METRES_PER_DEGREE: Final = 111_320.0
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

    ground = shapely.transform(parent, flat)
    spots = shapely.multipoints(shapely.transform(points, flat))
    cells = shapely.get_parts(shapely.voronoi_polygons(spots, extend_to=ground, ordered=True))
    shapely.prepare(ground)
    cut = np.array([areas_only(cell) for cell in shapely.intersection(cells, ground)], dtype=object)
    back: NDArray[np.object_] = shapely.transform(cut, round_again)
    return back


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
        Where points that stand in no unit, far from their own, or in one place are reported.
    notes
        Told that outlines are estimated, and which units above have no point.

    Returns
    -------
    GeoDataFrame or None
        The points' rows with polygons; None when none is left.
    """
    spots, shapes = points.geometry.to_numpy(), above.geometry.to_numpy()
    around = unit_positions(spots, shapes)
    named = parents_by_code(Layer.of(points), Layer.of(above))
    parent = np.where(named >= 0, named, around)
    _report_nowhere(points, np.flatnonzero(parent < 0), str(above["level"].iat[0]), faults)
    usable = (parent >= 0) & ~_astray(points, above, parent, around, faults, notes)
    usable &= ~_in_one_place(points, usable, faults)
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


def _in_one_place(
    points: gpd.GeoDataFrame, usable: NDArray[np.bool_], faults: FaultLog
) -> NDArray[np.bool_]:
    """Report points in the place of an earlier one: no ground is nearer to either."""
    first: dict[tuple[float, float], int] = {}
    again = np.zeros(len(points), dtype=bool)
    for k in np.flatnonzero(usable).tolist():
        spot = points.geometry.iat[k]
        other = first.setdefault((spot.x, spot.y), k)
        if other == k:
            continue
        again[k] = True
        faults.add(
            points["file"].iat[k], points["where"].iat[k],
            found=f"{calling(points, k)} in the very place of {calling(points, other)}, "
            f"{points['where'].iat[other]}",
            expected="a place of its own for each unit",
            remedy="move one of the two to where its people live, or filter it out",
        )  # fmt: skip
    return again


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
        zh=f"{count:,} 个区划（{level}）没有边界资料，其范围按点位的泰森多边形在上级区划内估算，"
        "仅供参考",
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
