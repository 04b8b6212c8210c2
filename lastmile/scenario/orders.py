"""How orders are stated: parcels to be brought to addresses."""

from __future__ import annotations

from lastmile.scenario.columns import AUTO, PointColumns
from lastmile.scenario.fields import CrsOrUnstated, DataPath, Table


class OrderColumns(PointColumns):
    """Columns of an order table."""

    parcels: str = AUTO
    """Column of parcels, whole numbers. auto: by its header, as all of these; empty when every row
    is one parcel."""

    weight_kg: str = AUTO
    """Column of the weight of all parcels of the row, in kg; empty if unknown."""

    volume_m3: str = AUTO
    """Column of the volume of all parcels of the row, in cubic metres; empty if unknown."""

    window: str = AUTO
    """Column of delivery windows, such as 08:00-12:00 or 上午; empty if any time will do."""

    window_start: str = AUTO
    """Column of the earliest time of delivery, local; instead of window."""

    window_end: str = AUTO
    """Column of the latest time of delivery, local; instead of window."""

    temperature: str = AUTO
    """Column holding ambient, chilled or frozen (常温、冷藏、冷冻); empty when all is ambient."""

    station: str = AUTO
    """Column of the id of the station that hands the order out; empty to decide by the plan."""

    address: str = AUTO
    """Column of addresses, for tables without coordinates."""


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
