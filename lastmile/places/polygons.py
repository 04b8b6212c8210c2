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
from lastmile.places.coordinates import LAT_MAX, LON_MAX, geometries_to_wgs84
from lastmile.places.notes import Note
from lastmile.places.tables import Table, report_rows

_AREAS: Final = ("Polygon", "MultiPolygon")


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
        Where rows without area, and layers without shapes or system, are reported.
    crs_key
        Where its system may be stated, such as ``boundaries[0].crs``.
    notes
        Told how many outlines had to be mended.
    """
    if table.geometry is None:
        faults.add(
            table.file, "", found="a table without shapes", expected="polygons",
            remedy="name a file of polygons",
        )  # fmt: skip
        return None
    crs = stated if stated != "file" else table.crs
    if not crs:
        faults.add(
            table.file, "", found="no coordinate system stated", expected="a stated system",
            remedy=f"set {crs_key}, such as cgcs2000 or gcj02",
        )  # fmt: skip
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
    n_mended = int((~shapely.is_valid(shapes)).sum())
    if n_mended:
        notes.append(_mended(table.file, n_mended))
    shapes = np.array([_polygonal(shape) for shape in shapes], dtype=object)
    usable = ~shapely.is_empty(shapes)
    empty = np.flatnonzero(~usable)
    report_rows(
        table, empty, faults, column="geometry", found=["no area"] * len(empty),
        expected="a polygon", remedy="draw the unit's outline, or filter the row out",
    )  # fmt: skip
    if not usable.any() or not _on_earth(table, shapes[usable], crs, faults, crs_key):
        return None
    kept = table.take(usable)
    return replace(kept, geometry=shapes[usable], crs="EPSG:4326")


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


def _polygonal(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    """Mend a shape and drop the lines and points that mending leaves."""
    if shape.geom_type in ("Polygon", "MultiPolygon") and shape.is_valid:
        return shape
    mended = shapely.make_valid(shape)
    parts = [part for part in shapely.get_parts(mended) if part.geom_type in _AREAS]
    if mended.geom_type in _AREAS:
        return mended
    return shapely.union_all(parts) if parts else Polygon()


def _mended(file: str, n_mended: int) -> Note:
    name = PurePath(file).name
    return Note(
        zh=f"{name} 有 {n_mended:,} 个区划的边界自相交，已自动修复，请核对其范围",
        en=f"{name}: the outlines of {n_mended:,} units cross themselves and were mended; "
        "check what they enclose",
    )
