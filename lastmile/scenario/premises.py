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
    DataPaths,
    Filled,
    Latitude,
    Longitude,
    Spacing,
    Table,
)

Premises = Literal["shop", "property", "committee", "coop", "post"]
"""What a station may move into: shop, property office, village or residents' committee,
supply-and-marketing cooperative, post office or parcel point."""

KindOrClass = Literal["by_class", "服务屋", "服务站"]


class SiteColumns(PointColumns):
    """Columns of a candidate or station table."""

    type: str = AUTO
    """Column of what the premises are, such as the type path of Amap (购物服务;便民商店/便利店).
    auto: by its header; empty if there is none."""

    address: str = AUTO
    """Column of addresses, for tables without coordinates. auto: by its header."""

    kind: str = AUTO
    """Column holding 服务屋 or 服务站. auto: by its header; empty to decide by class."""

    role: str = AUTO
    """Column holding candidate, required or forbidden. auto: by its header; empty when all are
    candidates."""

    cost_yuan: str = AUTO
    """Column of the cost of opening. auto: by its header; empty to use the kind's default. Unit:
    yuan."""

    capacity: str = AUTO
    """Column of parcels a day the site can handle. auto: by its header; empty to use the default of
    its class or kind."""


class StationColumns(SiteColumns):
    """Columns of a table of stations."""

    status: str = AUTO
    """Column holding open, planned or closed (在营、筹建、停业). auto: by its header; empty when
    all are open."""

    opened: str = AUTO
    """Column of the year, or the date, of opening. auto: by its header; empty if there is none."""


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

    classes: tuple[Premises, ...] = ()
    """Keep only premises of these classes: shop, property, committee, coop, post. Empty for all;
    a filter holds beside it."""

    columns: SiteColumns = SiteColumns()
    """Names of the table's columns."""

    kind: KindOrClass = "by_class"
    """Kind of station; by_class makes 服务屋 of urban and 服务站 of rural places."""


class OsmCandidates(Table):
    """Candidate premises from the tags of OpenStreetMap: shops, post offices, town halls."""

    source: Literal["osm"]
    """OpenStreetMap extracts."""

    path: DataPaths
    """One extract, or several; with everything in them, not the roads alone."""

    classes: tuple[Premises, ...] = ()
    """Keep only premises of these classes: shop, property, committee, coop, post. Empty for all."""

    kind: KindOrClass = "by_class"
    """Kind of station; by_class makes 服务屋 of urban and 服务站 of rural places."""

    @property
    def file_names(self) -> str:
        """Names of the files, without their folders."""
        return ", ".join(path.name for path in self.path)


class JunctionCandidates(Table):
    """Candidates generated at road junctions, where no premises are known."""

    source: Literal["junctions"]
    """Road junctions."""

    spacing_m: Spacing = 200.0
    """No two generated candidates are nearer than this to each other, straight, in metres."""

    where: Literal["everywhere", "gaps"] = "everywhere"
    """gaps: only where people have no known premises within their service distance by the
    straight line. Roads make ways longer: people that the line reaches may still be missed."""

    kind: KindOrClass = "by_class"
    """Kind of station; by_class makes 服务屋 of urban and 服务站 of rural places."""


Candidates = Annotated[
    PointCandidates | OsmCandidates | JunctionCandidates, Field(discriminator="source")
]


class Existing(Table):
    """Stations already there. Open ones stay open and cost nothing; closed ones are left out."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``type contains 便利店``."""

    columns: StationColumns = StationColumns()
    """Names of the table's columns."""

    planned: Literal["required", "candidate", "left_out"] = "required"
    """What becomes of stations whose status is planned: they must open, may open, or are left
    out. Required by default: an office that lists a station as under way has decided on it."""

    kind: KindOrClass = "by_class"
    """Kind of station; by_class makes 服务屋 of urban and 服务站 of rural places."""


class Duplicates(Table):
    """When two rows are one and the same premises, of which only one is kept."""

    same_name_m: Annotated[float, Field(ge=0.0, le=1000.0)] = 50.0
    """Two of one name, or one id, at most this far apart are one, in metres; 0 merges none."""

    similar_name_m: Annotated[float, Field(ge=0.0, le=1000.0)] = 15.0
    """Two of similar names at most this far apart are one, in metres; 0 merges none."""


DepotKind = Literal["", "transit", "sorting"]


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

    kind: DepotKind = ""
    """transit (中转), sorting (分拨), or empty where that is not told."""

    capacity: Annotated[float, Field(gt=0.0, le=1e9)] | None = None
    """Parcels a day the centre can handle; none if unlimited."""


def _depot_tag(value: object) -> str:
    """Tell a depot stated in place from a table of them; ``source`` may be left out."""
    if isinstance(value, Mapping):
        return str(value.get("source", "points" if "path" in value else "point"))
    return str(getattr(value, "source", "point"))


class DepotColumns(PointColumns):
    """Columns of a table of centres."""

    kind: str = ""
    """Column holding transit or sorting (中转、分拨); empty if there is none."""

    capacity: str = ""
    """Column of parcels a day the centre can handle; empty if unlimited."""


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

    columns: DepotColumns = DepotColumns()
    """Names of the table's columns."""


Depots = Annotated[
    Annotated[Depot, Tag("point")] | Annotated[DepotTable, Tag("points")],
    Discriminator(_depot_tag),
]
