"""OpenStreetMap file → road graph per profile; snapping, reach, travel costs, route geometry."""

from __future__ import annotations

from lastmile.network.approach import approaches
from lastmile.network.building import build_network
from lastmile.network.components import Component, components, components_frame, linked_parts
from lastmile.network.euclidean import euclidean_reach
from lastmile.network.interop import to_networkx
from lastmile.network.lines import route_lines
from lastmile.network.model import Arcs, Network, NetworkReport, junctions
from lastmile.network.profiles import VAN, WALK, Profile
from lastmile.network.quality import SnapQuality, snap_quality, weight_by_part
from lastmile.network.reaching import reach
from lastmile.network.reading import read_roads
from lastmile.network.repairs import repair_suggestions
from lastmile.network.roads import RoadData
from lastmile.network.snapping import Snaps, snap
from lastmile.network.travelling import travel_costs

__all__ = [
    "VAN",
    "WALK",
    "Arcs",
    "Component",
    "Network",
    "NetworkReport",
    "Profile",
    "RoadData",
    "SnapQuality",
    "Snaps",
    "approaches",
    "build_network",
    "components",
    "components_frame",
    "euclidean_reach",
    "junctions",
    "linked_parts",
    "reach",
    "read_roads",
    "repair_suggestions",
    "route_lines",
    "snap",
    "snap_quality",
    "to_networkx",
    "travel_costs",
    "weight_by_part",
]
