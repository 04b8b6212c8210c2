"""OpenStreetMap file → road graph per profile; snapping, reach, travel costs, route geometry."""

from __future__ import annotations

from lastmile.network.approach import approaches
from lastmile.network.bans import Ban, banned_km
from lastmile.network.building import build_network, build_networks
from lastmile.network.components import Component, components, components_frame, linked_parts
from lastmile.network.euclidean import euclidean_reach
from lastmile.network.hours import Period, parse_hours
from lastmile.network.interop import to_networkx
from lastmile.network.joining import Join, join_gaps
from lastmile.network.lines import route_lines
from lastmile.network.model import Network, NetworkReport, TurnReport, junctions
from lastmile.network.profiles import VAN, WALK, Profile, builtin_profile, profile_from
from lastmile.network.quality import SnapQuality, snap_quality, weight_by_part
from lastmile.network.reaching import reach, reach_in_blocks
from lastmile.network.reading import read_roads
from lastmile.network.repairs import repair_suggestions
from lastmile.network.roads import ReadingReport, Restriction, RoadData, TaggedNodes
from lastmile.network.search_graph import Arcs, SearchGraph
from lastmile.network.snapping import Snaps, snap
from lastmile.network.timed import timed_costs
from lastmile.network.travelling import travel_costs

__all__ = [
    "VAN",
    "WALK",
    "Arcs",
    "Ban",
    "Component",
    "Join",
    "Network",
    "NetworkReport",
    "Period",
    "Profile",
    "ReadingReport",
    "Restriction",
    "RoadData",
    "SearchGraph",
    "SnapQuality",
    "Snaps",
    "TaggedNodes",
    "TurnReport",
    "approaches",
    "banned_km",
    "build_network",
    "build_networks",
    "builtin_profile",
    "components",
    "components_frame",
    "euclidean_reach",
    "join_gaps",
    "junctions",
    "linked_parts",
    "parse_hours",
    "profile_from",
    "reach",
    "reach_in_blocks",
    "read_roads",
    "repair_suggestions",
    "route_lines",
    "snap",
    "snap_quality",
    "timed_costs",
    "to_networkx",
    "travel_costs",
    "weight_by_part",
]
