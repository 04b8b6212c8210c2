"""Tables of points: positions checked row by row and brought to WGS84."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import LAT_MAX, LON_MAX, WGS84_LIKE, to_wgs84
from lastmile.places.files import read_table
from lastmile.places.tables import (
    Table,
    cell_shown,
    codes_from,
    filtered,
    missing_columns,
    report_rows,
)
from lastmile.scenario import PointColumns

Floats = NDArray[np.float64]
UNSTATED: Final = "no coordinate system stated"
"""What the bare fault of a layer without a system says; the gate puts its evidence there."""

ColumnsT_co = TypeVar("ColumnsT_co", bound=PointColumns, covariant=True)
ColumnsT = TypeVar("ColumnsT", bound=PointColumns)


class PointSource(Protocol):
    """What every point table of the scenario states."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def layer(self) -> str:
        """Layer or sheet."""

    @property
    def crs(self) -> str:
        """The system of the coordinates, or file."""

    @property
    def filter(self) -> str:
        """Which rows to keep."""


@dataclass(frozen=True, slots=True, eq=False)
class PointTable(Generic[ColumnsT_co]):
    """The rows of a table that have a usable position."""

    table: Table
    columns: ColumnsT_co
    """Where everything stands: the scenario's columns, with those recognised by their headers."""

    crs: str
    """The system the coordinates were taken to be in; '' when none is stated, which is a fault:
    the table goes on only so that the gate can propose one."""

    stated_lon: Floats
    stated_lat: Floats
    """Shape (rows,). Coordinates as they stand in the file."""

    lon: Floats
    lat: Floats
    """Shape (rows,). Degrees, WGS84."""

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.table)

    @property
    def points(self) -> NDArray[np.object_]:
        """The positions as shapely points, EPSG:4326."""
        made: NDArray[np.object_] = shapely.points(self.lon, self.lat)
        return made

    def take(self, keep: NDArray[np.bool_]) -> PointTable[ColumnsT_co]:
        """Return the points for which ``keep`` holds."""
        return PointTable(
            self.table.take(keep),
            self.columns,
            self.crs,
            self.stated_lon[keep],
            self.stated_lat[keep],
            self.lon[keep],
            self.lat[keep],
        )


def read_points(
    source: PointSource,
    columns: ColumnsT,
    extra: Sequence[str],
    faults: FaultLog,
    key: str,
) -> PointTable[ColumnsT] | None:
    """Read a point table, keep what its filter chooses, and bring it to WGS84.

    Parameters
    ----------
    source
        File, layer, system and filter.
    columns
        Where ids, names and coordinates stand.
    extra
        Further columns that must be there; '' is ignored.
    faults
        Where to report; rows without a usable position are reported and left out.
    key
        Name of the scenario table, for remedies.

    Returns
    -------
    PointTable or None
        None when the file, a column or the filter is unusable, or no row has a position.
    """
    wanted = [columns.id, columns.name, *extra]
    table = read_table(source.path, source.layer, [*wanted, columns.lon, columns.lat], faults)
    if table is None:
        return None
    if table.geometry is None:
        wanted += [columns.lon, columns.lat]
    crs = _crs_of(source.crs, table, faults, key)
    if missing_columns(table, wanted, faults, f"{key}.columns") or crs is None:
        return None
    table = filtered(table, source.filter, faults, f"{key}.filter")
    if table is None:
        return None
    stated_lon, stated_lat, located = _stated(table, columns, faults, key)
    if crs:
        located &= _in_range(table, stated_lon, stated_lat, located, crs, faults, key)
    if not located.any():
        return None
    stated_lon, stated_lat = stated_lon[located], stated_lat[located]
    if crs:
        lon, lat = to_wgs84(stated_lon, stated_lat, crs)
    else:
        lon, lat = np.clip(stated_lon, -LON_MAX, LON_MAX), np.clip(stated_lat, -LAT_MAX, LAT_MAX)
    return PointTable(table.take(located), columns, crs, stated_lon, stated_lat, lon, lat)


def ids_of(
    points: PointTable[PointColumns], column: str, prefix: str, faults: FaultLog
) -> list[str]:
    """Read ids, or number the rows: ``c1-17`` is row 17 of the first candidate table."""
    if column:
        return codes_from(points.table, column, faults)
    return [f"{prefix}-{row}" for row in points.table.rows]


def names_of(points: PointTable[PointColumns], column: str, ids: Sequence[str]) -> list[str]:
    """Read names; a row without one is named by its id."""
    if not column:
        return list(ids)
    names = points.table.frame[column]
    return [name or own for name, own in zip(names, ids, strict=True)]


def _crs_of(stated: str, table: Table, faults: FaultLog, key: str) -> str | None:
    """Return the system to read coordinates in, '' when none is stated, None for an unknown one."""
    crs = stated if stated != "file" else table.crs
    if not crs:
        faults.add(
            table.file,
            f"{key}.crs",
            found=UNSTATED,
            expected="a stated system",
            remedy=f"set {key}.crs: wgs84, cgcs2000, gcj02 (Amap), bd09 (Baidu) or EPSG:n",
        )
        return ""
    try:
        is_geographic(crs)
    except ValueError as error:
        faults.add(
            table.file, "", found=str(error), expected="a known EPSG code", remedy=f"set {key}.crs"
        )
        return None
    return crs


def is_geographic(crs: str) -> bool:
    """Whether coordinates in the system are degrees.

    Raises
    ------
    ValueError
        When it is no coordinate system.
    """
    if crs in WGS84_LIKE or crs in ("gcj02", "bd09"):
        return True
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise ValueError(f"{crs}, which is no known coordinate system") from error
    if not (known.is_geographic or known.is_projected):
        raise ValueError(f"{crs} ({known.name}), which tells no place on a map")
    return bool(known.is_geographic)


def _stated(
    table: Table, columns: PointColumns, faults: FaultLog, key: str
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Read the coordinates as they stand, and say which rows have them."""
    if table.geometry is not None:
        return _from_geometry(table, faults)
    parsed = []
    located = np.ones(len(table), dtype=bool)
    for column in (columns.lon, columns.lat):
        cells = table.frame[column]
        values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
        bad = ~np.isfinite(values)
        positions = np.flatnonzero(bad)
        report_rows(
            table,
            positions,
            faults,
            column=column,
            found=[cell_shown(cells.iloc[int(k)]) for k in positions],
            expected="a coordinate",
            remedy=f'fill the cell, or leave such rows out: {key}.filter = "{column} is present"',
        )
        parsed.append(values)
        located &= ~bad
    return parsed[0], parsed[1], located


def _from_geometry(table: Table, faults: FaultLog) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    shapes = table.geometry
    if shapes is None:  # the caller has looked; this tells the type checker
        raise ValueError("a table without geometry")
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    missing |= ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    positions = np.flatnonzero(missing)
    report_rows(
        table,
        positions,
        faults,
        column="geometry",
        found=["no place, or one that is no number"] * len(positions),
        expected="a point",
        remedy="place the feature, or filter it out",
    )
    shapes = np.where(missing, shapely.Point(0.0, 0.0), shapes)
    # Grid cells and lots stand for the point in their middle; a lone multipoint for its point.
    spots = shapes.copy()
    spread = shapely.get_type_id(shapes) != 0
    spots[spread] = shapely.point_on_surface(shapes[spread])
    return shapely.get_x(spots), shapely.get_y(spots), ~missing


def _in_range(
    table: Table,
    lon: Floats,
    lat: Floats,
    located: NDArray[np.bool_],
    crs: str,
    faults: FaultLog,
    key: str,
) -> NDArray[np.bool_]:
    if is_geographic(crs):
        outside = (np.abs(lon) > LON_MAX) | (np.abs(lat) > LAT_MAX)
        expected = "a longitude within 180 and a latitude within 90 degrees"
    else:
        x, y = to_wgs84(np.where(located, lon, 0.0), np.where(located, lat, 0.0), crs)
        outside = ~(np.isfinite(x) & np.isfinite(y))
        expected = f"eastings and northings of {crs}"
    bad = np.flatnonzero(outside & located)
    swapped = is_geographic(crs) and bool(
        len(bad) and np.all((np.abs(lat[bad]) <= LON_MAX) & (np.abs(lon[bad]) <= LAT_MAX))
    )
    remedy = (
        f"the two columns look swapped: exchange lon and lat under {key}.columns"
        if swapped
        else f"correct the row, or state the system of the coordinates in {key}.crs"
    )
    report_rows(
        table,
        bad,
        faults,
        column="",
        found=[f"{lon[k]:.10g}, {lat[k]:.10g}" for k in bad],
        expected=expected,
        remedy=remedy,
    )
    return ~outside
