"""How the road network is stated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lastmile.scenario.fields import CrsOrFile, DataPaths, Filled, NonNegative, Table


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
