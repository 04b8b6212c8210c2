"""OpenStreetMap file → road graph per profile; snapping, reach, travel costs, route geometry."""

from __future__ import annotations

from lastmile.network.approach import approaches
from lastmile.network.building import build_network
from lastmile.network.euclidean import euclidean_reach
from lastmile.network.interop import to_networkx
from lastmile.network.lines import route_lines
from lastmile.network.model import Arcs, Network, NetworkReport, junctions
from lastmile.network.profiles import VAN, WALK, Profile
from lastmile.network.reaching import reach
from lastmile.network.reading import read_roads
from lastmile.network.roads import RoadData
from lastmile.network.snapping import Snaps, snap
from lastmile.network.travelling import travel_costs

__all__ = [
    "VAN",
    "WALK",
    "Arcs",
    "Network",
    "NetworkReport",
    "Profile",
    "RoadData",
    "Snaps",
    "approaches",
    "build_network",
    "euclidean_reach",
    "junctions",
    "reach",
    "read_roads",
    "route_lines",
    "snap",
    "to_networkx",
    "travel_costs",
]
