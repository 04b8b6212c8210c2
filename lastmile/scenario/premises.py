"""How sites are stated: candidate premises, stations already open, depots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from lastmile.scenario.columns import AUTO, PointColumns
from lastmile.scenario.fields import (
    Crs,
    CrsOrUnstated,
    DataPath,
    Filled,
    Latitude,
    Longitude,
    Spacing,
    Table,
)


class SiteColumns(PointColumns):
    """Columns of a candidate or station table."""

    kind: str = AUTO
    """Column holding 服务屋 or 服务站. auto: by its header; empty to decide by class."""

    role: str = AUTO
    """Column holding candidate, required or forbidden. auto: by its header; empty when all are
    candidates."""

    cost_yuan: str = AUTO
    """Column of the cost of opening. auto: by its header; empty to use the kind's default. Unit:
    yuan."""

    capacity: str = AUTO
    """Column of parcels a day the site can handle. auto: by its header; empty if unlimited."""


class PointCandidates(Table):
    """Candidate premises from a table of points."""

    source: Literal["points"]
    """A table of points."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``type contains 便利店``."""

    columns: SiteColumns = SiteColumns()
    """Names of the table's columns."""

    kind: Literal["by_class", "服务屋", "服务站"] = "by_class"
    """Kind of station; by_class makes 服务屋 of urban and 服务站 of rural places."""


class JunctionCandidates(Table):
    """Candidates generated at road junctions, where no premises are known."""

    source: Literal["junctions"]
    """Road junctions."""

    spacing_m: Spacing = 200.0
    """No two generated candidates are nearer than this to each other, straight, in metres."""

    kind: Literal["by_class", "服务屋", "服务站"] = "by_class"
    """Kind of station; by_class makes 服务屋 of urban and 服务站 of rural places."""


Candidates = Annotated[PointCandidates | JunctionCandidates, Field(discriminator="source")]


class Existing(Table):
    """Stations already open; they stay open and cost nothing."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``type contains 便利店``."""

    columns: SiteColumns = SiteColumns()
    """Names of the table's columns."""

    kind: Literal["by_class", "服务屋", "服务站"] = "by_class"
    """Kind of station; by_class makes 服务屋 of urban and 服务站 of rural places."""


class Depot(Table):
    """A transit or sorting centre from which vans start, stated in place."""

    source: Literal["point"] = "point"
    """One point, stated here."""

    id: Filled
    """Id, unique among its kind."""

    name: str = ""
    """Shown on maps and sheets; empty to use the id."""

    lon: Longitude
    """Longitude in degrees."""

    lat: Latitude
    """Latitude in degrees."""

    crs: Crs = "wgs84"
    """Coordinate system of lon and lat."""


def _depot_tag(value: object) -> str:
    """Tell a depot stated in place from a table of them; ``source`` may be left out."""
    if isinstance(value, Mapping):
        return str(value.get("source", "points" if "path" in value else "point"))
    return str(getattr(value, "source", "point"))


class DepotTable(Table):
    """Transit or sorting centres from a table of points."""

    source: Literal["points"] = "points"
    """A table of points."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``type contains 便利店``."""

    columns: PointColumns = PointColumns()
    """Names of the table's columns."""


Depots = Annotated[
    Annotated[Depot, Tag("point")] | Annotated[DepotTable, Tag("points")],
    Discriminator(_depot_tag),
]
