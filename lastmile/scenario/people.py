"""How the people are stated: where they live, and whether that is town or country."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lastmile.scenario.columns import AUTO, PointColumns
from lastmile.scenario.fields import (
    CrsOrFile,
    CrsOrUnstated,
    DataPath,
    DataPaths,
    Filled,
    Level,
    People,
    Settlement,
    Spacing,
    Table,
    broken_rule,
)
from lastmile.scenario.weights import Buildings, LandUse, WeightKind, WeightRaster


class DemandColumns(PointColumns):
    """Columns of a demand point table."""

    people: str = AUTO
    """Column of people, such as 常住人口. auto: by its header; unused when ``people_by_unit`` is
    given."""

    settlement: str = AUTO
    """Column holding urban/rural or a 城乡分类 code. auto: by its header; empty if there is
    none."""

    service_distance_m: str = AUTO
    """Column of a service distance of the point's own, in metres. auto: by its header; empty to
    use the class's."""


class AgeGroupRasters(Table):
    """The people of one age group, from rasters with the cells of the raster of all people."""

    name: Filled
    """What the group is called, such as 65+."""

    path: DataPaths
    """One raster, or several that are added up, such as one for each sex and five years of age."""

    band: Annotated[int, Field(ge=1)] = 1
    """Band holding the people, counted from 1."""


class RasterDemand(Table):
    """People from a population raster: one demand point per populated cell."""

    source: Literal["raster"]
    """A population raster."""

    path: DataPaths
    """Any raster GDAL reads, or several that are tiles of one grid; cell values are people."""

    crs: CrsOrFile = "file"
    """Coordinate system of the raster; file to use the one it states."""

    band: Annotated[int, Field(ge=1)] = 1
    """Band holding the people, counted from 1."""

    nodata: float | None = None
    """A value that means no data, where the raster does not declare it, such as -200."""

    border: Literal["share", "units", "centre"] = "share"
    """What becomes of a cell that a border cuts. share: the part inside the area counts, by its
    share of the cell. units: so, and cells are split between the finest units, too. centre: cells
    whose middle lies inside count whole."""

    age_groups: tuple[AgeGroupRasters, ...] = ()
    """Age groups, whose coverage is reported apart; [[demand.age_groups]] for each."""

    @property
    def file_names(self) -> str:
        """Names of the files, without their folders."""
        return ", ".join(path.name for path in self.path)


class PointDemand(Table):
    """People from a table of points: CSV, Excel, GeoPackage or any OGR layer."""

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
    """Keep only rows for which this holds, such as ``level == village``."""

    columns: DemandColumns = DemandColumns()
    """Names of the table's columns."""

    people_by_unit: dict[str, People] = Field(default_factory=dict)
    """Residents of units by code, shared equally among the points inside each unit. People."""

    age_columns: dict[str, Filled] = Field(default_factory=dict)
    """Columns of people by age group, whose coverage is reported apart, such as
    { "65+" = "老年人口" }."""

    @property
    def file_names(self) -> str:
        """Name of the file, without its folder."""
        return self.path.name


class UnitTotalsDemand(Table):
    """People from unit totals, spread inside each unit to where people live."""

    source: Literal["unit_totals"]
    """Totals of units."""

    level: Level = "community"
    """Which boundary layer holds the totals (its ``people_column``)."""

    spacing_m: Spacing = 100.0
    """Distance between the demand points placed along roads or over ground, in metres."""

    weights: Annotated[tuple[WeightKind, ...], Field(min_length=1)] = ("roads",)
    """What people are spread by, best first: roads (length of residential roads), buildings (floor
    area), land_use, raster, equal (ground area). A unit that has nothing of one kind takes the
    next, and its streets or a point in its middle at last; notes name such units."""

    buildings: Buildings | None = None
    """The buildings of ``weights``; a table [demand.buildings]."""

    land_use: LandUse | None = None
    """The land use of ``weights``; a table [demand.land_use]."""

    population: WeightRaster | None = None
    """The raster of ``weights``; a table [demand.population]."""

    rake_to: tuple[Level, ...] = ()
    """Coarser levels whose totals are official where those of ``level`` add up to something else,
    such as ["district"]: all units below are scaled to them. The coarsest counts most."""

    rounding: Literal["thousandth", "person"] = "thousandth"
    """Whether the people of a demand point are whole thousandths or whole persons; the total of
    every unit is kept exactly. By person a unit holds a whole number of people."""

    @model_validator(mode="after")
    def _weights_have_files(self) -> UnitTotalsDemand:
        tables = {"buildings": "buildings", "land_use": "land_use", "raster": "population"}
        for kind, table in tables.items():
            if kind in self.weights and getattr(self, table) is None:
                raise broken_rule(
                    f"weights that name {kind}, and no table [demand.{table}]",
                    f"a table [demand.{table}] with its path, or weights without it",
                )
        return self


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

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``type contains 便利店``."""

    columns: PointColumns = PointColumns()
    """Names of the table's columns."""

    code_column: str = AUTO
    """Column of the 城乡分类 code: 111, 112, 121, 122, 123 are urban, 210 and 220 rural. auto: by
    its header."""


SettlementSource = Annotated[
    ConstantSettlement | ColumnSettlement | NearestCommunitySettlement,
    Field(discriminator="source"),
]
