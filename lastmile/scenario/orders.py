"""How orders are stated: parcels to be brought to addresses."""

from __future__ import annotations

from lastmile.scenario.columns import PointColumns
from lastmile.scenario.fields import CrsOrUnstated, DataPath, Table


class OrderColumns(PointColumns):
    """Columns of an order table."""

    parcels: str = ""
    """Column of parcels, whole numbers; empty when every row is one parcel."""

    weight_kg: str = ""
    """Column of the weight of all parcels of the row, in kg; empty if unknown."""

    volume_m3: str = ""
    """Column of the volume of all parcels of the row, in cubic metres; empty if unknown."""

    window: str = ""
    """Column of delivery windows, such as 08:00-12:00 or 上午; empty if any time will do."""

    window_start: str = ""
    """Column of the earliest time of delivery, local; instead of window."""

    window_end: str = ""
    """Column of the latest time of delivery, local; instead of window."""

    temperature: str = ""
    """Column holding ambient, chilled or frozen (常温、冷藏、冷冻); empty when all is ambient."""

    station: str = ""
    """Column of the id of the station that hands the order out; empty to decide by the plan."""

    address: str = ""
    """Column of addresses, for tables without coordinates; empty to look for 地址 and the like."""


class Orders(Table):
    """Orders from a table of address points."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``日期 == 2026-03-01``."""

    columns: OrderColumns = OrderColumns()
    """Names of the table's columns."""
