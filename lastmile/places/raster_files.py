"""Raster files of people: opened, checked, cut to the area and joined to one grid of cells."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import rasterio
import shapely
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from lastmile.errors import FaultLog
from lastmile.places.cells import Grid, footprint_of, placed
from lastmile.places.coordinates import Floats, from_wgs84
from lastmile.places.files import file_exists
from lastmile.places.mosaic import Tile, joined
from lastmile.places.notes import Note
from lastmile.places.pointers import refuse_pointer
from lastmile.places.positions import is_geographic

_MOST_CELLS: Final = 20_000_000
"""Cells of 15 m over a prefecture of 4,400 km²; finer ones add points, and no knowledge."""


class RasterSource(Protocol):
    """What every table of the scenario that names rasters states."""

    @property
    def path(self) -> tuple[Path, ...]:
        """The files; several are tiles of one grid."""

    @property
    def crs(self) -> str:
        """Their system, or ``file``."""

    @property
    def band(self) -> int:
        """The band, counted from 1."""

    @property
    def nodata(self) -> float | None:
        """A value that means no data, where the file does not declare it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one file is read for."""

    source: RasterSource
    key: str
    area: shapely.Geometry
    several: bool


def read_grid(
    source: RasterSource, area: shapely.Geometry, faults: FaultLog, key: str
) -> tuple[Grid | None, tuple[Note, ...]]:
    """Read the cells around an area, of one raster or of the tiles of several.

    Parameters
    ----------
    source
        The files, their band, system and undeclared nodata.
    area
        EPSG:4326.
    faults
        Where unreadable files, tiles that do not fit together, and rasters that do not touch the
        area are reported.
    key
        Name of the table in the scenario, such as ``demand``.

    Returns
    -------
    tuple
        The cells, None when they cannot be used; and a note where tiles contradict one another.
    """
    there = [path for path in source.path if file_exists(path, faults)]
    n_told = len(faults.faults)
    asked = _Asked(source, key, area, len(source.path) > 1)
    tiles = [tile for path in there if (tile := _read_file(path, asked, faults)) is not None]
    if len(faults.faults) > n_told or len(there) < len(source.path):
        return None, ()
    if not tiles:
        faults.add(
            source.path[0], "", found=f"{len(there)} rasters, none of which touches the area",
            expected="a raster that does", remedy=f"name the tiles of this area in {key}.path",
        )  # fmt: skip
        return None, ()
    return joined(tiles, faults, _MOST_CELLS)


def _read_file(path: Path, asked: _Asked, faults: FaultLog) -> Tile | None:
    if refuse_pointer(path, path, faults):
        return None
    try:
        with warnings.catch_warnings():
            # A file that does not say where its cells lie is told as a fault.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as raster:
                return _read(raster, path, asked, faults)
    except (RasterioError, UnicodeDecodeError) as error:  # names of systems in any encoding
        faults.add(
            path, "", found=f"no readable raster ({error})",
            expected="a raster such as GeoTIFF", remedy="check that the file is whole",
        )  # fmt: skip
        return None


def _read(raster: DatasetReader, path: Path, asked: _Asked, faults: FaultLog) -> Tile | None:
    crs = _crs_of(raster, path, asked, faults)
    if not crs:
        return None
    band = asked.source.band
    footprint = _footprint(raster, path, crs, asked, faults)
    if footprint is None:
        return None
    window = _window(raster, crs, asked.area, footprint)
    if window is None:
        if not asked.several:  # of many tiles, some may well lie beside the area
            _report_apart(raster, path, crs, asked, faults)
        return None
    if window.width * window.height > _MOST_CELLS:
        faults.add(
            path, "", found=f"{window.width * window.height:,.0f} cells over the area",
            expected=f"at most {_MOST_CELLS:,}",
            remedy="resample the raster to coarser cells (sums, not means), such as 100 m",
        )  # fmt: skip
        return None
    values, n_infinite = _values(raster, band, window, asked.source.nodata)
    if n_infinite:
        faults.findings.remark(
            path, f"band {band}",
            zh=f"{n_infinite:,} 个栅格值为无穷大且未声明为 nodata，按无人计",
            en=f"{n_infinite:,} cells are infinite and not declared as nodata: they hold nobody",
        )  # fmt: skip
    return Tile(
        path, values, raster.transform, crs, int(window.row_off), int(window.col_off), footprint
    )


def _footprint(
    raster: DatasetReader, path: Path, crs: str, asked: _Asked, faults: FaultLog
) -> shapely.Geometry | None:
    """Outline a raster whose cells have a place and a size; None where they have not."""
    if np.dtype(raster.dtypes[asked.source.band - 1]).kind == "c" or raster.transform.is_degenerate:
        faults.add(
            path, "", found="cells without a size, or of complex numbers",
            expected="cells that hold people", remedy="export the raster anew",
        )  # fmt: skip
        return None
    try:
        if not raster.transform.is_identity:
            return footprint_of(raster.transform, (raster.height, raster.width), crs)
    except ValueError as error:
        faults.add(
            path, "", found=str(error), expected="a coordinate system",
            remedy=f"set {asked.key}.crs, such as wgs84 or EPSG:n",
        )  # fmt: skip
        return None
    except shapely.errors.GEOSException:  # of corners that are no numbers, or farther than stars
        pass
    faults.add(
        path, "", found="cells that lie nowhere on earth", expected="a georeferenced raster",
        remedy="export it as GeoTIFF, or add its world file",
    )  # fmt: skip
    return None


def _values(
    raster: DatasetReader, band: int, window: Window, stated: float | None
) -> tuple[Floats, int]:
    """Read numbers, NaN where there is none; scale and offset of the band are applied.

    Also told is how many are infinite, unless that is what stands for no data.
    """
    with np.errstate(all="ignore"):  # numbers that are none overflow
        values: Floats = raster.read(band, window=window).astype(np.float64)
    void = ~np.isfinite(values)
    stands_for_none = (raster.nodatavals[band - 1], stated)
    declared = any(value is not None and np.isinf(value) for value in stands_for_none)
    n_infinite = 0 if declared else int(np.isinf(values).sum())
    for nodata in stands_for_none:
        # Written in single precision, -3.4e38 comes back as -3.3999999e38.
        if nodata is not None and np.isfinite(nodata):
            with np.errstate(over="ignore"):
                void |= (values == nodata) | (values == np.float32(nodata))
    with np.errstate(all="ignore"):
        values = values * raster.scales[band - 1] + raster.offsets[band - 1]
    void |= ~np.isfinite(values)
    values[void] = np.nan
    return values, n_infinite


def _crs_of(raster: DatasetReader, path: Path, asked: _Asked, faults: FaultLog) -> str:
    source, key = asked.source, asked.key
    if source.band > raster.count:
        faults.add(
            path, "", found=f"{raster.count} bands", expected=f"a band {source.band}",
            remedy=f"correct {key}.band",
        )  # fmt: skip
        return ""
    if source.crs != "file":
        try:
            is_geographic(source.crs)
        except ValueError as error:
            faults.add(
                path, "", found=str(error), expected="a known EPSG code", remedy=f"set {key}.crs"
            )
            return ""
        return source.crs
    if raster.crs is None:
        faults.add(
            path, "", found="no coordinate system stated", expected="a stated system",
            remedy=f"set {key}.crs, such as wgs84 or EPSG:n",
        )  # fmt: skip
        return ""
    epsg = raster.crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else str(raster.crs.to_wkt())


def _window(
    raster: DatasetReader, crs: str, area: shapely.Geometry, footprint: shapely.Geometry
) -> Window | None:
    """Find the cells around the area; None when there are none."""
    if not shapely.intersects(footprint, area):
        return None
    corners = shapely.get_coordinates(shapely.segmentize(shapely.envelope(area), 0.05))
    x, y = from_wgs84(corners[:, 0].copy(), corners[:, 1].copy(), crs)
    column, row = placed(~raster.transform, x, y)
    first = np.floor([np.min(row), np.min(column)]).astype(int) - 1
    last = np.ceil([np.max(row), np.max(column)]).astype(int) + 1
    top, left = np.maximum(first, 0)
    bottom, right = np.minimum(last, [raster.height, raster.width])
    if top >= bottom or left >= right:
        return None
    return Window(int(left), int(top), int(right - left), int(bottom - top))


def _report_apart(
    raster: DatasetReader, path: Path, crs: str, asked: _Asked, faults: FaultLog
) -> None:
    faults.add(
        path, "", found=f"a raster of {_extent(raster.bounds, crs)}",
        expected=f"one that touches the area, {_extent(asked.area.bounds, 'wgs84')}",
        remedy=f"use the raster of this area, or state its system in {asked.key}.crs",
    )  # fmt: skip


def _extent(bounds: Sequence[float], crs: str) -> str:
    west, south, east, north = bounds
    return f"{west:.6g}–{east:.6g}, {south:.6g}–{north:.6g} ({crs[:20]})"
