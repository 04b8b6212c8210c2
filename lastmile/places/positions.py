"""Coordinates of a table as they stand there, with what cannot be right told row by row."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import LAT_MAX, LON_MAX, WGS84_LIKE, Floats, to_wgs84
from lastmile.places.degrees import degrees_in, pairs_in
from lastmile.places.headers import latitude_first
from lastmile.places.numbers import numbers_in
from lastmile.places.tables import Table, cell_shown, report_rows
from lastmile.scenario import PointColumns

Bools = NDArray[np.bool_]

_CHINA_LON: Final = (73.0, 135.5)
_CHINA_LAT: Final = (3.0, 54.0)
_FEWEST: Final = 3
"""Rows from which on one place for all of them is no chance."""

_ZONED_EASTING_M: Final = 1e7
_FIRST_ZONED_EPSG: Final = 4488
"""EPSG code of CGCS2000 with zone numbers in the eastings, less the number of the zone."""


def stated_positions(
    table: Table, columns: PointColumns, crs: str, faults: FaultLog, key: str
) -> tuple[Floats, Floats, Bools]:
    """Read the coordinates as they stand, and say which rows have usable ones.

    Parameters
    ----------
    table
        The rows.
    columns
        Where the coordinates are, unless the table has shapes.
    crs
        Their system; '' where none is stated.
    faults
        Where cells without coordinates, impossible and exchanged ones, and columns that put every
        row at one place are reported.
    key
        Name of the scenario table, for remedies.

    Returns
    -------
    tuple of array
        Longitudes or eastings, latitudes or northings, whether usable; shape (rows,) each.
    """
    if table.geometry is not None:
        lon, lat, located = _from_geometry(table, faults)
    elif columns.lon or columns.lat or not columns.lonlat:
        lon, lat, located = _from_columns(table, columns, crs, faults, key)
    else:
        lon, lat, located = _from_pairs(table, columns.lonlat, crs, faults, key)
    located &= _is_no_origin(table, lon, lat, located, faults, key)
    if crs:  # else the gate tells what the coordinates may be
        located &= _in_range(table, lon, lat, located, crs, faults, key)
    _report_one_place(table, lon, lat, located, faults, key)
    if _is_in_degrees(crs):
        _remark_coarse(table, lon[located], lat[located], faults)
    return lon, lat, located


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


def _is_in_degrees(crs: str) -> bool:
    return bool(crs) and is_geographic(crs)


def _from_columns(
    table: Table, columns: PointColumns, crs: str, faults: FaultLog, key: str
) -> tuple[Floats, Floats, Bools]:
    parsed = []
    located = np.ones(len(table), dtype=bool)
    for column in (columns.lon, columns.lat):
        cells = table.frame[column]
        values = _numbers(cells, crs)
        located &= _report_no_coordinate(table, column, np.isfinite(values), faults, key)
        parsed.append(values)
    return parsed[0], parsed[1], located


def _from_pairs(
    table: Table, column: str, crs: str, faults: FaultLog, key: str
) -> tuple[Floats, Floats, Bools]:
    """Read cells that hold both coordinates, in the order that the header or the values tell."""
    pairs = pairs_in(table.frame[column])
    is_pair = np.asarray(np.isfinite(pairs).all(axis=1), dtype=np.bool_)
    located = _report_no_coordinate(table, column, is_pair, faults, key)
    first, second = pairs[:, 0], pairs[:, 1]
    if latitude_first(column):
        return second, first, located
    if (not crs or is_geographic(crs)) and located.any():
        exchanged = in_china(second[located], first[located])
        if exchanged.all():
            faults.findings.remark(
                table.file, f"column {column}",
                zh=f"列“{column}”先写纬度后写经度，已按此读取",
                en="the latitude stands first, and was read so",
            )  # fmt: skip
            return second, first, located
    return first, second, located


def _numbers(cells: pd.Series, crs: str) -> Floats:
    return degrees_in(cells) if not crs or is_geographic(crs) else numbers_in(cells)


def _report_no_coordinate(
    table: Table, column: str, is_read: Bools, faults: FaultLog, key: str
) -> Bools:
    positions = np.flatnonzero(~is_read)
    cells = table.frame[column]
    report_rows(
        table, positions, faults, column=column,
        found=[cell_shown(cells.iloc[int(k)]) for k in positions],
        expected="a coordinate",
        remedy=f'fill the cell, or leave such rows out: {key}.filter = "{column} is present" '
        "(joined by “and” to a filter that is there)",
    )  # fmt: skip
    return is_read


def _from_geometry(table: Table, faults: FaultLog) -> tuple[Floats, Floats, Bools]:
    shapes = table.geometry
    if shapes is None:  # the caller has looked; this tells the type checker
        raise ValueError("a table without geometry")
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    missing |= ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    positions = np.flatnonzero(missing)
    report_rows(
        table, positions, faults, column="geometry",
        found=["no place, or one that is no number"] * len(positions),
        expected="a point", remedy="place the feature, or filter it out",
    )  # fmt: skip
    shapes = np.where(missing, shapely.Point(0.0, 0.0), shapes)
    # Grid cells and lots stand for the point in their middle; a lone multipoint for its point.
    spots = shapes.copy()
    spread = shapely.get_type_id(shapes) != 0
    spots[spread] = shapely.point_on_surface(shapes[spread])
    return shapely.get_x(spots), shapely.get_y(spots), ~missing


def in_china(lon: Floats, lat: Floats) -> Bools:
    """Tell which pairs of degrees lie in the box around China; none does when exchanged."""
    east = (lon >= _CHINA_LON[0]) & (lon <= _CHINA_LON[1])
    north = (lat >= _CHINA_LAT[0]) & (lat <= _CHINA_LAT[1])
    found: Bools = east & north
    return found


def _is_no_origin(
    table: Table, lon: Floats, lat: Floats, located: Bools, faults: FaultLog, key: str
) -> Bools:
    """Report rows at 0, 0: there geocoders put what they did not find."""
    origin: Bools = located & (lon == 0.0) & (lat == 0.0)
    bad = np.flatnonzero(origin)
    report_rows(
        table, bad, faults, column="", found=["0, 0"] * len(bad), expected="a place",
        remedy=f"find the place, or leave the row out by {key}.filter",
    )  # fmt: skip
    return ~origin


def _in_range(
    table: Table,
    lon: Floats,
    lat: Floats,
    located: Bools,
    crs: str,
    faults: FaultLog,
    key: str,
) -> Bools:
    """Report pairs that are no place in their system, and those that were exchanged."""
    geographic = is_geographic(crs)
    x, y = _degrees(lon, lat, located, crs)
    if geographic:
        outside = (np.abs(lon) > LON_MAX) | (np.abs(lat) > LAT_MAX)
        expected = "a longitude within 180 and a latitude within 90 degrees"
    else:
        outside = ~(np.isfinite(x) & np.isfinite(y))
        expected = f"eastings and northings of {crs}"
    elsewhere = located & ~in_china(x, y)
    exchanged = elsewhere.copy()
    exchanged[elsewhere] = in_china(*_degrees(lat[elsewhere], lon[elsewhere], None, crs))
    if exchanged.any():
        _report_exchanged(table, lon, lat, exchanged, located, faults, key)
    bad = np.flatnonzero(outside & located & ~exchanged)
    report_rows(
        table, bad, faults, column="",
        found=[f"{lon[k]:.10g}, {lat[k]:.10g}" for k in bad],
        expected=expected, remedy=_remedy(lon[bad], crs, key),
    )  # fmt: skip
    usable: Bools = ~(outside | exchanged)
    return usable


def _degrees(lon: Floats, lat: Floats, located: Bools | None, crs: str) -> tuple[Floats, Floats]:
    if is_geographic(crs):
        return lon, lat
    if located is not None:
        lon, lat = np.where(located, lon, 0.0), np.where(located, lat, 0.0)
    return to_wgs84(lon, lat, crs)


def _remedy(eastings: Floats, crs: str, key: str) -> str:
    zones = np.unique(eastings[np.abs(eastings) > _ZONED_EASTING_M] // 1e6)
    if zones.size == 1 and 25 <= zones[0] <= 45 and not is_geographic(crs):  # noqa: PLR2004
        return (
            f"eastings of eight digits begin with their zone: try {key}.crs = "
            f'"EPSG:{_FIRST_ZONED_EPSG + int(zones[0])}"'
        )
    return f"correct the row, or state the system of the coordinates in {key}.crs"


def _report_exchanged(
    table: Table,
    lon: Floats,
    lat: Floats,
    exchanged: Bools,
    located: Bools,
    faults: FaultLog,
    key: str,
) -> None:
    """Tell of pairs that lie in China only when exchanged: once if it is all of them."""
    bad = np.flatnonzero(exchanged)
    shown = [f"{lon[k]:.10g}, {lat[k]:.10g}" for k in bad]
    expected = "the longitude, or easting, before the latitude, or northing"
    if exchanged.sum() < located.sum():
        report_rows(
            table, bad, faults, column="", found=shown, expected=expected,
            remedy="the two cells look swapped: exchange them in this row",
        )  # fmt: skip
        return
    remedy = f"the two columns look swapped: exchange lon and lat under {key}.columns"
    if table.geometry is not None:
        remedy = "the axes look swapped: export the layer anew with the longitude first"
    more = f" and {len(bad) - 1} more such pairs" if len(bad) > 1 else ""
    faults.add(
        table.file, table.where(int(bad[0])), found=f"{shown[0]}{more}", expected=expected,
        remedy=remedy,
    )  # fmt: skip


def _report_one_place(
    table: Table, lon: Floats, lat: Floats, located: Bools, faults: FaultLog, key: str
) -> None:
    """Report columns that put every row at one place: a formula copied down, a city's centre."""
    x, y = lon[located], lat[located]
    if len(x) < _FEWEST or (x != x[0]).any() or (y != y[0]).any():
        return
    faults.add(
        table.file, "", found=f"all {len(x)} rows at {x[0]:.10g}, {y[0]:.10g}",
        expected="a place of its own for each row",
        remedy=f"name the right columns under {key}.columns, or find the places anew",
    )  # fmt: skip


def _remark_coarse(table: Table, lon: Floats, lat: Floats, faults: FaultLog) -> None:
    """Tell of degrees with so few decimals that a place may be a whole service distance off."""
    if len(lon) < _FEWEST:
        return
    for decimals, metres in ((1, 11_000), (2, 1_100), (3, 110)):
        if (np.round(lon, decimals) == lon).all() and (np.round(lat, decimals) == lat).all():
            faults.findings.remark(
                table.file, "",
                zh=f"坐标至多 {decimals} 位小数，位置只精确到约 {metres:,} 米",
                en=f"coordinates with at most {decimals} decimals tell places to some {metres:,} m",
            )  # fmt: skip
            return
