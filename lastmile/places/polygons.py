"""Polygons of a layer: mended, and in one coordinate system."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from lastmile.errors import FaultLog
from lastmile.findings import Suspect
from lastmile.places.coordinates import (
    LAT_MAX,
    LON_MAX,
    Floats,
    geometries_to_wgs84,
    projected,
    working_crs,
)
from lastmile.places.crs_boundaries import refuse_misplaced_outlines, refuse_unstated_outlines
from lastmile.places.notes import Note
from lastmile.places.tables import Table, report_rows

_AREAS: Final = ("Polygon", "MultiPolygon")
_SQUARE_KM: Final = 1e6


def with_polygons(
    table: Table, stated: str, faults: FaultLog, crs_key: str, notes: list[Note]
) -> Table | None:
    """Keep the rows that hold polygons, mended and in WGS84.

    Parameters
    ----------
    table
        Rows with shapes of any kind.
    stated
        Their coordinate system; ``file`` for the one the file states.
    faults
        Where rows without area, and layers without shapes or system, are reported; its findings
        get every outline that was mended, with its area before and after.
    crs_key
        Where its system may be stated, such as ``boundaries[0].crs``.
    notes
        Told how many outlines had to be mended, and by how much the worst changed.
    """
    if table.geometry is None:
        faults.add(
            table.file, "", found="a table without shapes", expected="polygons",
            remedy="name a file of polygons",
        )  # fmt: skip
        return None
    crs = stated if stated != "file" else table.crs
    if not crs:
        key = crs_key.removesuffix(".crs")
        refuse_unstated_outlines(table.geometry, table.frame, table.file, key, faults)
        return None
    drawn = _in_wgs84(table, crs, faults, crs_key)
    if drawn is None:
        return None
    shapes = np.array([mended(shape) for shape in drawn], dtype=object)
    usable = ~shapely.is_empty(shapes)
    _report_without_area(table, drawn, np.flatnonzero(~usable), faults)
    if not usable.any() or not _on_earth(table, shapes[usable], crs, faults, crs_key):
        return None
    broken = np.flatnonzero(usable & ~shapely.is_valid(drawn))
    if len(broken):
        key = crs_key.rpartition(".")[0]
        notes.append(_tell_mended(table, broken, drawn, shapes, key, faults))
    kept = table.take(usable)
    return replace(kept, geometry=shapes[usable], crs="EPSG:4326")


def _report_without_area(
    table: Table, drawn: NDArray[np.object_], empty: NDArray[np.int64], faults: FaultLog
) -> None:
    kinds = np.array([_kind_of(drawn[k]) for k in empty], dtype=object)
    for kind, remedy in (
        ("no area", "draw the unit's outline, or filter the row out"),
        ("a line, which has no area", "turn the lines into polygons, or name the polygon layer"),
        ("a point, which has no area", 'name the polygon layer, or set outlines = "voronoi"'),
    ):
        same = empty[kinds == kind]
        report_rows(
            table, same, faults, column="geometry", found=[kind] * len(same),
            expected="a polygon", remedy=remedy,
        )  # fmt: skip


def _kind_of(shape: shapely.Geometry) -> str:
    if shape.is_empty or shape.geom_type in _AREAS:
        return "no area"
    return "a point, which has no area" if "Point" in shape.geom_type else _LINE


_LINE: Final = "a line, which has no area"


def _in_wgs84(table: Table, crs: str, faults: FaultLog, crs_key: str) -> NDArray[np.object_] | None:
    """Bring the shapes to WGS84, missing ones as empty; None when the system cannot be theirs."""
    if table.geometry is None:  # the caller has looked; this tells the type checker
        return None
    missing = shapely.is_missing(table.geometry) | shapely.is_empty(table.geometry)
    shapes = np.where(missing, shapely.Polygon(), table.geometry)
    try:
        shapes = geometries_to_wgs84(shapes, crs)
    except ValueError as error:
        faults.add(
            table.file,
            "",
            found=str(error),
            expected="a coordinate system",
            remedy=f"set {crs_key}",
        )
        return None
    if refuse_misplaced_outlines(table, crs, crs_key.removesuffix(".crs"), faults):
        return None
    if not np.isfinite(shapely.total_bounds(shapes)).all() and not missing.all():
        faults.add(
            table.file, crs_key, found=f"coordinates that are none of {crs}",
            expected="eastings and northings of the stated system",
            remedy=f"state the system of the file in {crs_key}",
        )  # fmt: skip
        return None
    return shapes


def _on_earth(
    table: Table, shapes: NDArray[np.object_], crs: str, faults: FaultLog, crs_key: str
) -> bool:
    west, south, east, north = shapely.total_bounds(shapes)
    if max(-west, east) <= LON_MAX and max(-south, north) <= LAT_MAX:
        return True
    faults.add(
        table.file, "", found=f"coordinates up to {east:.6g}, {north:.6g} read as {crs}",
        expected="longitudes within 180 and latitudes within 90 degrees",
        remedy=f"state the system of the file in {crs_key}",
    )  # fmt: skip
    return False


def mended(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    """Mend a shape and drop the lines and points that mending leaves.

    By the structure of rings, so that parts over each other are joined and what lies in two holes
    stays a hole; counting crossings of lines would cut the shared ground out, or fill it in.
    """
    if shape.geom_type in _AREAS and shape.is_valid:
        return shape
    return areas_only(shapely.make_valid(shape, method="structure", keep_collapsed=False))


def areas_only(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    """Drop the lines and points of a shape; an empty polygon when it has no area."""
    if shape.geom_type in _AREAS:
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in _AREAS]
    return shapely.union_all(parts) if parts else Polygon()


def _tell_mended(
    table: Table,
    broken: NDArray[np.int64],
    drawn: NDArray[np.object_],
    shapes: NDArray[np.object_],
    key: str,
    faults: FaultLog,
) -> Note:
    """Say of each mended outline what was wrong and how its area changed."""
    reasons = [str(shapely.is_valid_reason(drawn[k])).partition("[")[0] for k in broken]
    before, after = _square_km(drawn[broken]), _square_km(shapes[broken])
    spots = shapely.point_on_surface(shapes[broken])
    for k, reason, old, new, spot in zip(broken, reasons, before, after, spots, strict=True):
        faults.findings.suspects.append(
            Suspect(
                key=key, file=table.file, where=table.where(int(k)), lon=spot.x, lat=spot.y,
                kind="mended",
                zh=f"边界无效（{reason}），已修复：面积由 {old:,.3f} 变为 {new:,.3f} 平方公里",
                en=f"the outline was invalid ({reason}) and was mended: from {old:,.3f} to "
                f"{new:,.3f} km²",
            )
        )  # fmt: skip
    worst = int(np.argmax(np.abs(after - before)))
    name, where = PurePath(table.file).name, table.where(int(broken[worst]))
    old, new = before[worst], after[worst]
    return Note(
        zh=f"{name} 有 {len(broken):,} 个区划的边界自相交或无效，已自动修复，请核对其范围；"
        f"变化最大的是 {where}：由 {old:,.3f} 变为 {new:,.3f} 平方公里",
        en=f"{name}: the outlines of {len(broken):,} units cross themselves or are otherwise "
        f"invalid and were mended; check what they enclose. The largest change is in {where}: "
        f"from {old:,.3f} to {new:,.3f} km²",
    )


def _square_km(shapes: NDArray[np.object_]) -> Floats:
    """Areas in the plane; of an invalid shape what a plain sum over its rings gives."""
    west, _, east, _ = shapely.total_bounds(shapes)
    areas: Floats = np.abs(shapely.area(projected(shapes, working_crs((west + east) / 2.0))))
    return areas / _SQUARE_KM
