"""OpenStreetMap file → road graph per profile; snapping, reach, travel costs, route geometry."""

from __future__ import annotations

from lastmile.network.approach import approaches
from lastmile.network.bans import Ban, banned_km
from lastmile.network.building import build_network, build_networks
from lastmile.network.components import Component, components, components_frame, linked_parts
from lastmile.network.euclidean import euclidean_reach
from lastmile.network.graphs import roads_from_networkx
from lastmile.network.hierarchy_cache import network_hierarchies
from lastmile.network.hours import Period, parse_hours
from lastmile.network.interop import to_networkx
from lastmile.network.joining import Join, join_gaps
from lastmile.network.legs import Leg, roundabout_ways, route_legs, way_names
from lastmile.network.line_layers import LineSource
from lastmile.network.line_words import LineColumns
from lastmile.network.lines import route_lines
from lastmile.network.model import Network, NetworkReport, TurnReport, junctions
from lastmile.network.oracle import TravelCosts, prepare_travel
from lastmile.network.profiles import VAN, WALK, Profile, builtin_profile, profile_from
from lastmile.network.quality import SnapQuality, snap_quality, weight_by_part
from lastmile.network.reaching import reach, reach_in_blocks
from lastmile.network.reading import read_roads
from lastmile.network.repairs import repair_suggestions
from lastmile.network.roads import ReadingReport, Restriction, RoadData, TaggedNodes
from lastmile.network.search_graph import Arcs, SearchGraph
from lastmile.network.snapping import Snaps, snap
from lastmile.network.timed import timed_costs
from lastmile.network.travelling import travel_costs, travel_costs_between
from lastmile.network.turn_list import Turn
from lastmile.network.turn_words import turn_sentences

__all__ = [
    "VAN",
    "WALK",
    "Arcs",
    "Ban",
    "Component",
    "Join",
    "Leg",
    "LineColumns",
    "LineSource",
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
    "TravelCosts",
    "Turn",
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
    "network_hierarchies",
    "parse_hours",
    "prepare_travel",
    "profile_from",
    "reach",
    "reach_in_blocks",
    "read_roads",
    "repair_suggestions",
    "roads_from_networkx",
    "roundabout_ways",
    "route_legs",
    "route_lines",
    "snap",
    "snap_quality",
    "timed_costs",
    "to_networkx",
    "travel_costs",
    "travel_costs_between",
    "turn_sentences",
    "way_names",
    "weight_by_part",
]
