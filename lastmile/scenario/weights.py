"""How the weights are stated by which the people of a unit are spread inside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lastmile.scenario.fields import CrsOrFile, DataPath, DataPaths, NonNegative, Table

WeightKind = Literal["roads", "buildings", "land_use", "raster", "equal"]
"""What people are spread by."""


class Buildings(Table):
    """Outlines of buildings: people are spread by floor area over those that are lived in."""

    path: DataPath
    """Any file OGR reads, holding polygons."""

    layer: str = ""
    """Layer inside the file; empty for the only or first one."""

    crs: CrsOrFile = "file"
    """Coordinate system: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file states)."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``building in apartments, house``."""

    floor_area_column: str = ""
    """Column of floor area, in m²; empty to take ground area times floors."""

    floors_column: str = ""
    """Column of the number of floors; empty if there is none."""

    height_column: str = ""
    """Column of height, in metres, where floors are not known: one floor for 3 m."""

    class_column: str = ""
    """Column of what the building is used for; without one all are lived in."""

    classes: tuple[str, ...] = ()
    """Classes that are lived in, where the built-in words and codes do not fit."""


class LandUse(Table):
    """Polygons of land use: people are spread over the ground that is lived on."""

    path: DataPath
    """Any file OGR reads, holding polygons."""

    layer: str = ""
    """Layer inside the file; empty for the only or first one."""

    crs: CrsOrFile = "file"
    """Coordinate system: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file states)."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``year == 2023``."""

    class_column: str = ""
    """Column of the class or code, such as R2, 070102 or 居住用地; without one all are lived on."""

    classes: dict[str, NonNegative] = Field(default_factory=dict)
    """Density of each class that is lived on, relative to the others, such as R1 = 0.3, R2 = 1.0,
    where the built-in words and codes, all of density 1, do not fit."""


class WeightRaster(Table):
    """A raster of people: unit totals are spread as it has them."""

    path: DataPaths
    """Any raster GDAL reads, or several that are tiles of one grid; cell values are people."""

    crs: CrsOrFile = "file"
    """Coordinate system of the raster; file to use the one it states."""

    band: Annotated[int, Field(ge=1)] = 1
    """Band holding the people, counted from 1."""

    nodata: float | None = None
    """A value that means no data, where the raster does not declare it, such as -200."""
