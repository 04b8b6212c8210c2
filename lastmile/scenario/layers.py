"""How the input layers are stated: files, columns, coordinate systems, filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from lastmile.scenario.fields import (
    Crs,
    CrsOrFile,
    DataPath,
    DataPaths,
    Filled,
    Latitude,
    Level,
    Longitude,
    Metres,
    NonNegative,
    People,
    Settlement,
    Spacing,
    Table,
)


class Boundaries(Table):
    """One layer of administrative units. The first layer listed bounds the planning area."""

    path: DataPath
    """Any file OGR reads, holding polygons."""

    layer: str = ""
    """Layer inside the file; empty for the only or first one."""

    crs: CrsOrFile = "file"
    """Coordinate system: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file states)."""

    level: Level = "district"
    """Which tier of the hierarchy these units are."""

    code_column: str = "code"
    """Column of the units' codes, kept as text."""

    name_column: str = "name"
    """Column of the units' names."""

    code: str = ""
    """Code of the unit, where the layer is a single unit and no column holds its code."""

    name: str = ""
    """Name of the unit, where the layer is a single unit and no column holds its name."""

    people_column: str = ""
    """Column of residents, for demand by unit totals; empty if there is none. Unit: people."""

    settlement_column: str = ""
    """Column holding urban/rural or a 城乡分类 code; empty if there is none."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``name in 松江区, 金山区``."""


class PointColumns(Table):
    """Names of a point table's columns."""

    id: str = ""
    """Column of ids; empty to number the rows."""

    name: str = ""
    """Column of names; empty to use the ids."""

    lon: str = "lon"
    """Column of longitudes or eastings; unused where the file has geometry."""

    lat: str = "lat"
    """Column of latitudes or northings; unused where the file has geometry."""


class DemandColumns(PointColumns):
    """Columns of a demand point table."""

    people: str = ""
    """Column of people; empty when ``people_by_unit`` is given."""

    settlement: str = ""
    """Column holding urban/rural or a 城乡分类 code; empty if there is none."""

    service_distance_m: str = ""
    """Column of a service distance of the point's own, in metres; empty to use the class's."""


class SiteColumns(PointColumns):
    """Columns of a candidate or station table."""

    kind: str = ""
    """Column holding 服务屋 or 服务站; empty to decide by class."""

    role: str = ""
    """Column holding candidate, required or forbidden; empty when all are candidates."""

    cost_yuan: str = ""
    """Column of the cost of opening; empty to use the kind's default. Unit: yuan."""

    capacity: str = ""
    """Column of parcels a day the site can handle; empty if unlimited."""


class RasterDemand(Table):
    """People from a population raster: one demand point per populated cell centre."""

    source: Literal["raster"]
    """A population raster."""

    path: DataPath
    """Any raster GDAL reads; cell values are people."""

    crs: CrsOrFile = "file"
    """Coordinate system of the raster; file to use the one it states."""

    band: Annotated[int, Field(ge=1)] = 1
    """Band holding the people, counted from 1."""


class PointDemand(Table):
    """People from a table of points: CSV, Excel, GeoPackage or any OGR layer."""

    source: Literal["points"]
    """A table of points."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrFile
    """Coordinate system of the points; no default, for a wrong one moves all by 500 m."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``level == village``."""

    columns: DemandColumns = DemandColumns()
    """Names of the table's columns."""

    people_by_unit: dict[str, People] = Field(default_factory=dict)
    """Residents of units by code, shared equally among the points inside each unit. People."""


class UnitTotalsDemand(Table):
    """People from unit totals, spread over the residential road length inside each unit."""

    source: Literal["unit_totals"]
    """Totals of units."""

    level: Level = "community"
    """Which boundary layer holds the totals (its ``people_column``)."""

    spacing_m: Spacing = 100.0
    """Distance between the demand points placed along residential roads, in metres."""


Demand = Annotated[RasterDemand | PointDemand | UnitTotalsDemand, Field(discriminator="source")]


class ConstantSettlement(Table):
    """Every demand point has one class."""

    source: Literal["constant"]
    """One class for all."""

    value: Settlement = "urban"
    """The class."""


class ColumnSettlement(Table):
    """The class stands in a column of the demand table, or of the finest unit around it."""

    source: Literal["column"]
    """A column."""


class NearestCommunitySettlement(Table):
    """The class of the nearest community point, from its 城乡分类 code."""

    source: Literal["nearest_community"]
    """The nearest community point."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrFile
    """Coordinate system of the points; no default, for a wrong one moves all by 500 m."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``type contains 便利店``."""

    columns: PointColumns = PointColumns()
    """Names of the table's columns."""

    code_column: str = "ur_code"
    """Column of the 城乡分类 code: 111, 112, 121, 122, 123 are urban, 210 and 220 rural."""


SettlementSource = Annotated[
    ConstantSettlement | ColumnSettlement | NearestCommunitySettlement,
    Field(discriminator="source"),
]


class ServiceDistance(Table):
    """The standard: how far is near enough, and how distance is measured."""

    urban_m: Metres = 500.0
    """Service distance of urban demand, in metres, inclusive."""

    rural_m: Metres = 1000.0
    """Service distance of rural demand, in metres, inclusive."""

    metric: Literal["network", "euclidean"] = "network"
    """Walking length over roads, or the straight line (for comparison with norms using it)."""

    max_access_m: Metres = 300.0
    """Points farther than this from any walkable road are off network, in metres."""

    max_off_network_share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.2
    """Refuse to plan when a larger share of the demand points is off network: such a share
    mostly means a wrong CRS or a road extract that ends too early."""


class RoadColumns(Table):
    """Columns of a road layer that is no OpenStreetMap extract."""

    highway: str = ""
    """Column of road classes, such as 主干路 or primary; empty to take all for roads of unknown
    class, open to everybody."""

    name: str = ""
    """Column of names; empty if there is none."""

    oneway: str = ""
    """Column of one-ways, such as 单向, yes, FT or -1; empty if all roads go both ways."""

    maxspeed: str = ""
    """Column of speed limits; empty if there is none. Unit: km/h."""

    bridge: str = ""
    """Column that says which roads are bridges; empty if there is none."""

    tunnel: str = ""
    """Column that says which roads are in tunnels; empty if there is none."""

    level: str = ""
    """Column that differs where roads cross without meeting; empty if there is none."""

    classes: dict[str, str] = Field(default_factory=dict)
    """Meaning of the layer's own road classes, as classes of OpenStreetMap, beside the usual
    words, which are known."""

    directions: dict[str, Literal["yes", "no", "-1"]] = Field(default_factory=dict)
    """Meaning of the layer's own one-way values: yes along the line, -1 against it, or no."""


class Roads(Table):
    """The road network."""

    path: DataPaths
    """An OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2), or several in square brackets,
    which are read as one; or a graph that osmnx saved (.graphml); or a layer of lines of any format
    OGR reads, whose columns are named in a table of their own."""

    crs: CrsOrFile = "file"
    """Coordinate system of a layer of lines: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the
    file states). Extracts and graphs state their own."""

    layer: str = ""
    """Layer of lines inside the file; empty for the only or first one."""

    noded: bool = True
    """Whether the lines of a layer are cut where roads meet; false to join them where they cross
    or end beside each other, unless their level, bridge or tunnel differs."""

    snap_m: Annotated[float, Field(gt=0.0, le=20.0)] = 0.5
    """Ends of lines nearer than this to each other are one place, in metres."""

    columns: RoadColumns = RoadColumns()
    """Names of the columns of a layer of lines."""

    walk_profile: Filled = "walk"
    """Profile by which people walk: walk, or one of [[profiles]] that no one-way binds."""

    min_component_m: NonNegative = 1000.0
    """Walkable components with less road than this, in metres, are islands of bad mapping."""

    min_drive_component_m: NonNegative = 10_000.0
    """Parts of the drive network with less road than this, in metres, are islands: one-ways cut
    off at the edge of an extract leave many that vans could never reach and leave again."""

    join_gaps_m: Annotated[float, Field(ge=0.0, le=50.0)] = 0.0
    """Dead ends that lie within this of a road they are not joined to, in metres, are led on to it.
    0 joins nothing: the roads are yours to mend, and ``lastmile check`` lists such places."""

    @property
    def file_names(self) -> str:
        """Names of the files, without their folders."""
        return ", ".join(path.name for path in self.path)


class PointCandidates(Table):
    """Candidate premises from a table of points."""

    source: Literal["points"]
    """A table of points."""

    path: DataPath
    """Any point table: CSV, Excel, GeoPackage or another OGR layer."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    crs: CrsOrFile
    """Coordinate system of the points; no default, for a wrong one moves all by 500 m."""

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

    crs: CrsOrFile
    """Coordinate system of the points; no default, for a wrong one moves all by 500 m."""

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

    crs: CrsOrFile
    """Coordinate system of the points; no default, for a wrong one moves all by 500 m."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``type contains 便利店``."""

    columns: PointColumns = PointColumns()
    """Names of the table's columns."""


Depots = Annotated[
    Annotated[Depot, Tag("point")] | Annotated[DepotTable, Tag("points")],
    Discriminator(_depot_tag),
]
