"""How the people are stated: where they live, and whether that is town or country."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lastmile.scenario.columns import AUTO, PointColumns
from lastmile.scenario.fields import (
    CrsOrFile,
    CrsOrUnstated,
    DataPath,
    Level,
    People,
    Settlement,
    Spacing,
    Table,
)


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

    crs: CrsOrUnstated = ""
    """Coordinate system of the points: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file
    states). A wrong one moves all by 500 m: if none is stated one is proposed, never taken."""

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
