"""How a layer of lines is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Where a road layer says what; '' where it does not."""

    highway: str = ""
    """Column of road classes; without it all are roads of unknown class."""

    name: str = ""
    oneway: str = ""
    maxspeed: str = ""
    bridge: str = ""
    tunnel: str = ""
    level: str = ""
    """Column that differs where roads cross without meeting."""

    classes: Mapping[str, str] = field(default_factory=dict)
    """What the layer's own classes are on the map, beside the words that are known."""

    directions: Mapping[str, str] = field(default_factory=dict)
    """What the layer's own one-way values are: ``yes`` along the line, ``-1`` against, ``no``."""

    def named(self) -> tuple[str, ...]:
        """Return the names of all columns."""
        return (
            *(self.highway, self.name, self.oneway, self.maxspeed),
            *(self.bridge, self.tunnel, self.level),
        )


@dataclass(frozen=True, slots=True)
class LineSource:
    """How a road layer is to be read."""

    columns: LineColumns = field(default_factory=LineColumns)
    crs: str = "file"
    """wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file states)."""

    layer: str = ""
    """Layer inside the file; empty for the first."""

    noded: bool = True
    """Whether lines are cut where roads meet. Else they are joined where they cross, too."""

    snap_m: float = 0.5
    """Ends nearer than this to each other are one place, in metres."""
