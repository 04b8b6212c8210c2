"""Tables that hold addresses and no coordinates: placed by a table of known addresses, or refused.

No service on the internet is asked: many offices have no connection, addresses of people must not
leave the office, and a plan that asks a service cannot be repeated. Nor does a scenario name code
to run: it is a file that is passed around. A table of known addresses is neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from lastmile.errors import FaultLog
from lastmile.places.columns import resolved_columns
from lastmile.places.files import read_table
from lastmile.places.headers import columns_meaning
from lastmile.places.notes import Note
from lastmile.places.points import (
    ColumnsT,
    LayerSource,
    PointTable,
    points_of,
    read_points,
    stated_names,
    with_usable_ids,
)
from lastmile.places.tables import Table, cell_shown, filtered, missing_columns, report_rows
from lastmile.scenario import (
    AUTO,
    AddressColumns,
    Geocoding,
    OrderColumns,
    PointColumns,
    SiteColumns,
)

_COORDINATE_HEADER: Final = re.compile(
    r".*(经度|纬度|坐标|经纬|longitude|latitude).*|lon|lng|long|lat|x|y|东坐标|北坐标|geom(etry)?|wkt"
)
_ADMINISTRATIVE: Final = re.compile(
    # 省 and 市 alone, and no 超市 or 市场: a name cut too far would match a place elsewhere.
    r"^(中国)?(\w{2,3}省|\w{2,6}自治区)?(\w{2,3}(?<![超菜门城集夜])市(?!场))?"
)
_ONE_PLACE_M: Final = 50.0
"""Two entries of one address this near each other agree."""

_WGS84: Final = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, eq=False)
class KnownAddresses:
    """Places of addresses."""

    file: str
    places: dict[str, tuple[float, float]]
    """Longitude and latitude, WGS84, by address as :func:`comparable` writes it."""

    ambiguous: frozenset[str]
    """Addresses that the table has at several places."""

    table: PointTable[AddressColumns]
    """As read, for tests of its coordinate system."""


def comparable(address: str) -> str:
    """Write an address so that two ways of writing it compare as equal.

    Examples
    --------
    >>> comparable("江苏省常州市天宁区 延陵西路１８号") == comparable("天宁区延陵西路18号")
    True
    """
    plain = unicodedata.normalize("NFKC", address).lower()
    plain = re.sub(r"[\W_]", "", plain)
    return _ADMINISTRATIVE.sub("", plain) or plain


def read_known_addresses(source: Geocoding | None, faults: FaultLog) -> KnownAddresses | None:
    """Read the table of known addresses, if the scenario states one."""
    if source is None:
        return None
    table = read_points(source, source.columns, (source.columns.address,), faults, "geocoding")
    if table is None:
        return None
    column = table.columns.address
    if not column:
        faults.add(
            table.table.file, "header", found=", ".join(map(str, table.table.frame.columns)),
            expected="a column of addresses, such as 地址",
            remedy="name it as geocoding.columns.address",
        )  # fmt: skip
        return None
    addresses = [comparable(cell) for cell in table.table.frame[column]]
    places: dict[str, tuple[float, float]] = {}
    ambiguous = set()
    spots = zip(table.lon.tolist(), table.lat.tolist(), strict=True)
    for address, spot in zip(addresses, spots, strict=True):
        first = places.setdefault(address, spot)
        if first != spot and _WGS84.inv(*first, *spot)[2] > _ONE_PLACE_M:
            ambiguous.add(address)
    places.pop("", None)
    return KnownAddresses(table.table.file, places, frozenset(ambiguous), table)


def read_located(
    source: LayerSource,
    columns: ColumnsT,
    extra: Sequence[str],
    known: KnownAddresses | None,
    faults: FaultLog,
    key: str,
) -> tuple[PointTable[ColumnsT] | None, tuple[Note, ...]]:
    """Read a point table; where it has addresses and no coordinates, place it by known addresses.

    Parameters
    ----------
    source, columns, extra, faults, key
        As of :func:`lastmile.places.points.read_points`.
    known
        Known addresses; None where the scenario states none.

    Returns
    -------
    PointTable or None
        As of ``read_points``; None, with a fault that counts the rows, for a table of addresses
        alone where nothing is known of any.
    tuple of Note
        How many rows were placed by their addresses; () where the table has coordinates.
    """
    read = read_table(source.path, source.layer, stated_names(columns, extra), faults)
    if read is None:
        return None, ()
    column = _address_column(read, columns)
    if not column:
        return points_of(read, source, columns, extra, faults, key), ()
    stated = [name for name in (columns.id, columns.name, *extra) if name != AUTO]
    if missing_columns(read, stated, faults, f"{key}.columns"):
        return None, ()
    found = resolved_columns(columns, read, faults, f"{key}.columns")
    table = filtered(read, source.filter, faults, f"{key}.filter")
    if table is None:
        return None, ()
    if known is None:
        _refuse_addresses(table, column, faults, key)
        return None, ()
    found = with_usable_ids(columns, found, table, faults)
    return _placed(table, found, column, known, faults)


def _address_column(table: Table, columns: PointColumns) -> str:
    """Find the column of addresses of a table that has no coordinates; '' of any other."""
    headers = [str(column) for column in table.frame.columns]
    found = resolved_columns(columns, table, FaultLog(), "")
    has_places = found.lonlat in headers or (found.lon in headers and found.lat in headers)
    if table.geometry is not None or has_places:
        return ""
    if any(_COORDINATE_HEADER.fullmatch(header.strip().lower()) for header in headers):
        return ""  # Its columns need to be named, which the reader of points asks for.
    stated = found.address if isinstance(found, SiteColumns | OrderColumns) else ""
    if stated:
        return stated if stated in headers else ""
    return next(iter(columns_meaning("address", headers)), "")


def _refuse_addresses(table: Table, column: str, faults: FaultLog, key: str) -> None:
    n = int((table.frame[column] != "").sum())
    faults.add(
        table.file, f"column {column}", found=f"{n:,} rows with an address and no coordinates",
        expected="a longitude and a latitude in each row",
        remedy="no address service is asked. Add the coordinates with the tool of your map "
        f"provider and state {key}.crs (Amap gives gcj02, Baidu bd09), or name a table of known "
        "addresses under [geocoding]",
    )  # fmt: skip


def _placed(
    table: Table, columns: ColumnsT, column: str, known: KnownAddresses, faults: FaultLog
) -> tuple[PointTable[ColumnsT] | None, tuple[Note, ...]]:
    cells = list(table.frame[column])
    addresses = [comparable(cell) for cell in cells]
    unclear = [k for k, own in enumerate(addresses) if own in known.ambiguous]
    unknown = [k for k, own in enumerate(addresses) if own not in known.places]
    for positions, found, remedy in (
        (unknown, "an address that is not among the known ones", "add it there"),
        (unclear, "an address that is known at several places", "keep one of them there"),
    ):
        report_rows(
            table, positions, faults, column=column,
            found=[f"{cell_shown(cells[k])}, {found}" for k in positions],
            expected=f"an address of {known.file}",
            remedy=f"{remedy}, or leave the row out by a filter",
        )  # fmt: skip
    at_fault = {*unclear, *unknown}
    keep: NDArray[np.bool_] = np.array([k not in at_fault for k in range(len(table))], dtype=bool)
    if not keep.any():
        return None, ()
    spots = [known.places[own] for own, good in zip(addresses, keep, strict=True) if good]
    lon, lat = (np.array(axis, dtype=np.float64) for axis in zip(*spots, strict=True))
    note = Note(
        zh=f"{table.file} 没有坐标，{len(lon):,} 行按 {known.file} 中的地址定位",
        en=f"{table.file} has no coordinates: {len(lon):,} rows were placed by the addresses of "
        f"{known.file}",
    )
    return PointTable(table.take(keep), columns, "wgs84", lon, lat, lon, lat), (note,)
