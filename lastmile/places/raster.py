"""People from a population raster: one demand point per populated cell inside the area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from lastmile.errors import FaultLog
from lastmile.places.coordinates import (
    Floats,
    from_wgs84,
    geometries_to_wgs84,
    projected,
    to_wgs84,
    working_crs,
)
from lastmile.places.files import file_exists
from lastmile.places.locate import inside_area
from lastmile.places.notes import Note
from lastmile.places.population import People
from lastmile.places.positions import is_geographic
from lastmile.scenario import MOST_PEOPLE, RasterDemand

_TOLD_SHARE = 0.002
_MOST_CELLS = 20_000_000
"""Cells of 15 m over a prefecture of 4,400 km²; finer ones add points, and no knowledge."""


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Cells of a window that hold a number."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    people: Floats

    def centres(self) -> tuple[Floats, Floats]:
        """Return the centres, in columns and rows from the raster's corner."""
        return self.column.astype(np.float64) + 0.5, self.row.astype(np.float64) + 0.5


def read_raster(
    source: RasterDemand, area: shapely.Geometry, faults: FaultLog
) -> tuple[People | None, tuple[Note, ...]]:
    """Read the people of every cell whose centre lies in the area.

    Parameters
    ----------
    source
        The raster, its band and system.
    area
        The planning area, EPSG:4326.
    faults
        Where an unreadable raster, one that does not touch the area, and negative people are
        reported. Cells at the raster's nodata value, NaN or infinite, hold nobody.

    Returns
    -------
    tuple
        The people, None when there are none to plan for; and notes, such as a part of the area
        that the raster does not reach.
    """
    if not file_exists(source.path, faults):
        return None, ()
    try:
        with rasterio.open(source.path) as raster:
            return _read(raster, source, area, faults)
    except RasterioError as error:
        faults.add(
            source.path, "", found=f"no readable raster ({error})",
            expected="a raster such as GeoTIFF", remedy="check that the file is whole",
        )  # fmt: skip
        return None, ()


def _read(
    raster: DatasetReader, source: RasterDemand, area: shapely.Geometry, faults: FaultLog
) -> tuple[People | None, tuple[Note, ...]]:
    crs = _crs_of(raster, source, faults)
    if not crs:
        return None, ()
    if raster.transform.is_degenerate or np.dtype(raster.dtypes[source.band - 1]).kind == "c":
        faults.add(
            source.path, "", found="cells without a size, or of complex numbers",
            expected="cells that hold people", remedy="export the raster anew",
        )  # fmt: skip
        return None, ()
    window = _window(raster, crs, area)
    if window is None:
        corners = shapely.box(*raster.bounds)
        faults.add(
            source.path, "", found=f"a raster of {_extent(corners, crs)}",
            expected=f"one that touches the area, {_extent(area, 'wgs84')}",
            remedy="use the raster of this area, or state its system in demand.crs",
        )  # fmt: skip
        return None, ()
    if window.width * window.height > _MOST_CELLS:
        faults.add(
            source.path, "", found=f"{window.width * window.height:,.0f} cells over the area",
            expected=f"at most {_MOST_CELLS:,}",
            remedy="resample the raster to coarser cells (sums, not means), such as 100 m",
        )  # fmt: skip
        return None, ()
    cells = _cells(raster, source.band, window)
    lon, lat = to_wgs84(*_placed(raster.transform, *cells.centres()), crs)
    points = shapely.points(lon, lat)
    inside = inside_area(points, area)
    _report_out_of_range(source, cells, inside, faults)
    keep = inside & (cells.people > 0.0)
    if not keep.any():
        faults.add(
            source.path, f"band {source.band}", found="no populated cell inside the area",
            expected="people > 0", remedy="check the band and the boundaries",
        )  # fmt: skip
        return None, ()
    ids = [
        f"r{row}c{column}"
        for row, column in zip(cells.row[keep].tolist(), cells.column[keep].tolist(), strict=True)
    ]
    people = People(tuple(ids), tuple(ids), points[keep], cells.people[keep])
    return people, _missed(raster, crs, area)


def _crs_of(raster: DatasetReader, source: RasterDemand, faults: FaultLog) -> str:
    if source.band > raster.count:
        faults.add(
            source.path, "", found=f"{raster.count} bands", expected=f"a band {source.band}",
            remedy="correct demand.band",
        )  # fmt: skip
        return ""
    if source.crs != "file":
        try:
            is_geographic(source.crs)
        except ValueError as error:
            faults.add(
                source.path, "", found=str(error), expected="a known EPSG code",
                remedy="set demand.crs",
            )  # fmt: skip
            return ""
        return source.crs
    if raster.crs is None:
        faults.add(
            source.path, "", found="no coordinate system stated", expected="a stated system",
            remedy="set demand.crs, such as wgs84 or EPSG:n",
        )  # fmt: skip
        return ""
    epsg = raster.crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else str(raster.crs.to_wkt())


def _window(raster: DatasetReader, crs: str, area: shapely.Geometry) -> Window | None:
    """Find the cells around the area; None when there are none."""
    corners = shapely.get_coordinates(shapely.segmentize(shapely.envelope(area), 0.05))
    x, y = from_wgs84(corners[:, 0].copy(), corners[:, 1].copy(), crs)
    column, row = _placed(~raster.transform, x, y)
    first = np.floor([np.min(row), np.min(column)]).astype(int) - 1
    last = np.ceil([np.max(row), np.max(column)]).astype(int) + 1
    top, left = np.maximum(first, 0)
    bottom, right = np.minimum(last, [raster.height, raster.width])
    if top >= bottom or left >= right or not _touches(raster, crs, area):
        return None
    return Window(int(left), int(top), int(right - left), int(bottom - top))


def _placed(transform: Affine, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Apply an affine map; written out, for its operator differs between affine 2 and 3."""
    return (
        transform.a * first + transform.b * second + transform.c,
        transform.d * first + transform.e * second + transform.f,
    )


def _footprint(raster: DatasetReader, crs: str) -> shapely.Geometry:
    # Of the corners, for rotated rasters have no bounds to speak of.
    width, height = float(raster.width), float(raster.height)
    columns, rows = np.array([0.0, width, width, 0.0]), np.array([0.0, 0.0, height, height])
    corners = np.column_stack(_placed(raster.transform, columns, rows))
    box = shapely.segmentize(shapely.Polygon(corners), max(raster.res) * 50.0)
    return geometries_to_wgs84(np.array([box], dtype=object), crs)[0]


def _touches(raster: DatasetReader, crs: str, area: shapely.Geometry) -> bool:
    return bool(shapely.intersects(_footprint(raster, crs), area))


def _cells(raster: DatasetReader, band: int, window: Window) -> _Cells:
    values = raster.read(band, window=window).astype(np.float64)
    nodata = raster.nodatavals[band - 1]
    valid = np.isfinite(values)
    if nodata is not None and np.isfinite(nodata):
        valid &= values != nodata
    row, column = np.nonzero(valid)
    return _Cells(
        row.astype(np.int64) + int(window.row_off),
        column.astype(np.int64) + int(window.col_off),
        values[valid],
    )


def _report_out_of_range(
    source: RasterDemand, cells: _Cells, inside: NDArray[np.bool_], faults: FaultLog
) -> None:
    outside = (cells.people < 0.0) | (cells.people > MOST_PEOPLE)
    wrong = np.flatnonzero(inside & outside)
    if not len(wrong):
        return
    k = int(wrong[0])
    more = f", and {len(wrong) - 1:,} more such cells" if len(wrong) > 1 else ""
    faults.add(
        source.path,
        f"band {source.band}, cell at row {cells.row[k]}, column {cells.column[k]}",
        found=f"{cells.people[k]:g} people{more}",
        expected="people >= 0" if cells.people[k] < 0.0 else f"at most {MOST_PEOPLE:,.0f} people",
        remedy="declare the value as nodata in the raster if it means that",
    )


def _missed(raster: DatasetReader, crs: str, area: shapely.Geometry) -> tuple[Note, ...]:
    """Tell of the part of the area beyond the edge of the raster."""
    plane = working_crs(float(area.centroid.x))
    whole, missed = shapely.area(
        projected(
            np.array([area, shapely.difference(area, _footprint(raster, crs))], dtype=object), plane
        )
    )
    if missed <= whole * _TOLD_SHARE:
        return ()
    return (
        Note(
            zh=f"人口栅格未覆盖规划范围内的 {missed / 1e6:.1f} km²，该处人口未计入",
            en=f"the population raster misses {missed / 1e6:.1f} km² of the area; "
            "people there are not counted",
        ),
    )


def _extent(shape: shapely.Geometry, crs: str) -> str:
    west, south, east, north = shape.bounds
    return f"{west:.6g}–{east:.6g}, {south:.6g}–{north:.6g} ({crs[:20]})"
