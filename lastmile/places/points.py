"""Tables of points: positions checked row by row and brought to WGS84."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.codes import code_text, is_rounded
from lastmile.places.columns import column_findings, record_layer, resolved_columns
from lastmile.places.coordinates import LAT_MAX, LON_MAX, WGS84_LIKE, to_wgs84
from lastmile.places.files import read_table
from lastmile.places.headers import columns_meaning, datum_named
from lastmile.places.positions import is_geographic, stated_positions
from lastmile.places.tables import Table, codes_from, filtered, missing_columns
from lastmile.scenario import AUTO, PointColumns

Floats = NDArray[np.float64]
UNSTATED: Final = "no coordinate system stated"
"""What the bare fault of a layer without a system says; the gate puts its evidence there."""

ColumnsT_co = TypeVar("ColumnsT_co", bound=PointColumns, covariant=True)
ColumnsT = TypeVar("ColumnsT", bound=PointColumns)


class LayerSource(Protocol):
    """What the scenario states of every layer that has places."""

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
    source: LayerSource,
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
        Where ids, names and coordinates stand; those left open are recognised by their headers.
    extra
        Further columns that must be there; '' and ``AUTO`` are ignored.
    faults
        Where to report; rows without a usable position are reported and left out.
    key
        Name of the scenario table, for remedies.

    Returns
    -------
    PointTable or None
        None when the file, a column or the filter is unusable, or no row has a position.
    """
    table = read_table(source.path, source.layer, stated_names(columns, extra), faults)
    return None if table is None else points_of(table, source, columns, extra, faults, key)


def points_of(
    table: Table,
    source: LayerSource,
    columns: ColumnsT,
    extra: Sequence[str],
    faults: FaultLog,
    key: str,
) -> PointTable[ColumnsT] | None:
    """Make points of a table that was read; all else as :func:`read_points`."""
    stated = stated_names(columns, extra)
    read, columns_key = table, f"{key}.columns"
    crs = _crs_of(source.crs, table, faults, key)
    found = resolved_columns(columns, table, faults, columns_key)
    wanted = [name for name in stated if name not in _unused(columns, table)]
    if missing_columns(table, wanted, faults, columns_key) or crs is None:
        return None
    if not _has_places(found, table, faults, columns_key):
        return None
    kept = filtered(table, source.filter, faults, f"{key}.filter")
    if kept is None:
        return None
    _remark_other_datum(found, table, crs, faults)
    stated_lon, stated_lat, located = stated_positions(kept, found, crs, faults, key)
    if not located.any():
        return None
    stated_lon, stated_lat = stated_lon[located], stated_lat[located]
    if crs:
        lon, lat = to_wgs84(stated_lon, stated_lat, crs)
    else:
        lon, lat = np.clip(stated_lon, -LON_MAX, LON_MAX), np.clip(stated_lat, -LAT_MAX, LAT_MAX)
    table = kept.take(located)
    found = with_usable_ids(columns, found, table, faults)
    record_layer(faults, key, read, column_findings(columns, found), n_kept=len(table), crs=crs)
    return PointTable(table, found, crs, stated_lon, stated_lat, lon, lat)


def stated_names(columns: PointColumns, extra: Sequence[str]) -> list[str]:
    """Columns of a table of points that the scenario names; '' for those it does not want."""
    named = [columns.id, columns.name, columns.lon, columns.lat, columns.lonlat, *extra]
    return [name for name in named if name != AUTO]


def _unused(columns: PointColumns, table: Table) -> tuple[str, ...]:
    """Columns of coordinates that a file with shapes need not have."""
    return () if table.geometry is None else (columns.lon, columns.lat, columns.lonlat)


def _has_places(columns: PointColumns, table: Table, faults: FaultLog, key: str) -> bool:
    """Tell whether a table has coordinates, and report it when not."""
    if table.geometry is not None or columns.lonlat or (columns.lon and columns.lat):
        return True
    headers = [str(name) for name in table.frame.columns]
    address = columns_meaning("address", headers)
    if address and not (columns.lon or columns.lat):
        faults.add(
            table.file, "header", found=f"addresses ({address[0]}), but no coordinates",
            expected="a longitude and a latitude in each row",
            remedy="find the places first, with a map or a geocoder that you may use, and add two "
            f"columns such as 经度 and 纬度, or name those that are meant under {key}",
        )  # fmt: skip
        return False
    lacking = "latitudes" if columns.lon else "longitudes"
    lacking = lacking if columns.lon or columns.lat else "longitudes and one of latitudes"
    faults.add(
        table.file, "header", found=", ".join(headers) or "no column at all",
        expected=f"a column of {lacking}, such as 经度 and 纬度",
        remedy=f"name the columns that are meant under {key} in the scenario",
    )  # fmt: skip
    return False


def _remark_other_datum(columns: PointColumns, table: Table, crs: str, faults: FaultLog) -> None:
    """Tell of headers that name another system than the coordinates are read in."""
    for column in (columns.lon, columns.lonlat) if table.geometry is None else ():
        named = datum_named(column)
        if named and named != crs and not {named, crs} <= set(WGS84_LIKE):
            faults.findings.remark(
                table.file, f"column {column}",
                zh=f"列名“{column}”指 {named}，而坐标按 {crs} 读取，请核对坐标系",
                en=f"the header speaks of {named}, the coordinates are read as {crs}: check crs",
            )  # fmt: skip


def with_usable_ids(
    stated: PointColumns, columns: ColumnsT, table: Table, faults: FaultLog
) -> ColumnsT:
    """Leave a recognised column of ids that has empty or repeated cells: rows are numbered."""
    if stated.id != AUTO or not columns.id:
        return columns
    codes = [code for code in map(code_text, table.frame[columns.id]) if not is_rounded(code)]
    n_empty, n_repeated = codes.count(""), len(codes) - len(set(codes))
    if not n_empty and not n_repeated:
        return columns
    faults.findings.remark(
        table.file, f"column {columns.id}",
        zh=f"列“{columns.id}”有空值或重复值，未用作编号，改按行号编号",
        en="has empty or repeated cells: not used as ids, rows are numbered instead",
    )  # fmt: skip
    return columns.model_copy(update={"id": ""})


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
