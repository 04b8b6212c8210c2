"""What places may know of roads: they are handed in, for this room never reads a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd

RESIDENTIAL: Final = frozenset(
    {"residential", "living_street", "unclassified", "service", "pedestrian", "tertiary", "road"}
)
"""Kinds of road along which people live; used to spread unit totals."""

DRIVEN_PAST: Final = frozenset(
    {"motorway", "motorway_link", "trunk", "trunk_link", "construction", "proposed"}
)
"""Kinds of road on which nobody has an address."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Roads as plain geometry, EPSG:4326."""

    lines: gpd.GeoDataFrame
    """Columns highway, name, geometry: one line a way, or a piece of one."""

    junctions: gpd.GeoDataFrame
    """Column geometry: points where at least three road ends meet."""
