"""How layers of administrative units are stated."""

from __future__ import annotations

from typing import Literal

from lastmile.scenario.columns import AUTO
from lastmile.scenario.fields import CrsOrFile, DataPath, Level, Table

Outlines = Literal["polygons", "voronoi"]
SimilarUnits = Literal["keep", "exclude", "exclude_prisons"]


class Boundaries(Table):
    """One layer of administrative units. The first layer listed bounds the planning area."""

    path: DataPath
    """Any file OGR reads, holding polygons; with ``outlines = "voronoi"`` any table of points."""

    layer: str = ""
    """Layer inside the file; empty for the only or first one."""

    crs: CrsOrFile = "file"
    """Coordinate system: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file states)."""

    level: Level = "district"
    """Which tier of the hierarchy these units are."""

    code_column: str = AUTO
    """Column of the units' codes, kept as text, such as 统计用区划代码. auto: by its header."""

    name_column: str = AUTO
    """Column of the units' names, such as 社区名称. auto: by its header."""

    code: str = ""
    """Code of the unit, where the layer is a single unit and no column holds its code."""

    name: str = ""
    """Name of the unit, where the layer is a single unit and no column holds its name."""

    people_column: str = AUTO
    """Column of residents, for demand by unit totals, such as 常住人口. auto: by its header; empty
    if there is none. Unit: people."""

    settlement_column: str = AUTO
    """Column holding urban/rural or a 城乡分类 code. auto: by its header; empty if there is
    none."""

    outlines: Outlines = "polygons"
    """polygons, or voronoi: the layer holds only points, and each unit gets the ground of the unit
    above it that is nearest to its point. Such outlines are estimates, and are marked so."""

    lon_column: str = AUTO
    """voronoi: column of longitudes or eastings; unused where the file has geometry."""

    lat_column: str = AUTO
    """voronoi: column of latitudes or northings; unused where the file has geometry."""

    similar_units: SimilarUnits = "keep"
    """What becomes of 类似 units, by the number in their code (400 to 599: prisons, farms, parks,
    development zones): keep them, exclude them with their ground, or exclude_prisons alone."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``name in 松江区, 金山区``."""
