"""How addresses find their places without any service on the internet."""

from __future__ import annotations

from lastmile.scenario.columns import AUTO, PointColumns
from lastmile.scenario.fields import CrsOrUnstated, DataPath, Table


class AddressColumns(PointColumns):
    """Columns of a table of known addresses."""

    address: str = AUTO
    """Column of addresses, such as 地址. auto: by its header."""


class Geocoding(Table):
    """A table of known addresses and their places, for tables that hold addresses alone."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``city == 常州市``."""

    columns: AddressColumns = AddressColumns()
    """Names of the table's columns."""
