"""OpenStreetMap file → road graph per profile; snapping, reach, travel costs, route geometry."""

from __future__ import annotations

from lastmile.network.approach import approaches
from lastmile.network.array_cache import cache_folder
from lastmile.network.assigned import assign_road
from lastmile.network.bans import Ban, banned_km
from lastmile.network.building import build_network, build_networks
from lastmile.network.catchment_shapes import catchment_bands, catchments, nested, road_catchments
from lastmile.network.components import Component, components, components_frame, linked_parts
from lastmile.network.drawing import Drawing
from lastmile.network.euclidean import euclidean_catchments, euclidean_reach
from lastmile.network.hierarchy_cache import network_hierarchies
from lastmile.network.hours import Period, parse_hours
from lastmile.network.interop import roads_from_networkx, to_networkx
from lastmile.network.joining import Join, join_gaps
from lastmile.network.legs import Leg, roundabout_ways, route_legs, way_names
from lastmile.network.line_source import LineColumns, LineSource
from lastmile.network.lines import route_lines
from lastmile.network.model import Network, NetworkReport, TurnReport, junctions
from lastmile.network.profiles import VAN, WALK, Profile, builtin_profile, profile_from
from lastmile.network.quality import SnapQuality, snap_quality, weight_by_part
from lastmile.network.reached import ReachedRoad, reached_road, reached_road_in_time
from lastmile.network.reaching import reach, reach_in_blocks
from lastmile.network.reading import read_roads, road_kind
from lastmile.network.repairs import repair_suggestions
from lastmile.network.roads import ReadingReport, Restriction, RoadData, TaggedNodes
from lastmile.network.search_graph import Arcs, SearchGraph
from lastmile.network.snapping import Snaps, snap
from lastmile.network.stretch_lines import road_lines
from lastmile.network.timed import timed_costs
from lastmile.network.travel import TravelCosts, prepare_travel
from lastmile.network.travelling import travel_costs, travel_costs_between
from lastmile.network.turn_list import Turn
from lastmile.network.turn_words import turn_sentences

__all__ = [
    "VAN",
    "WALK",
    "Arcs",
    "Ban",
    "Component",
    "Drawing",
    "Join",
    "Leg",
    "LineColumns",
    "LineSource",
    "Network",
    "NetworkReport",
    "Period",
    "Profile",
    "ReachedRoad",
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
    "assign_road",
    "banned_km",
    "build_network",
    "build_networks",
    "builtin_profile",
    "cache_folder",
    "catchment_bands",
    "catchments",
    "components",
    "components_frame",
    "euclidean_catchments",
    "euclidean_reach",
    "join_gaps",
    "junctions",
    "linked_parts",
    "nested",
    "network_hierarchies",
    "parse_hours",
    "prepare_travel",
    "profile_from",
    "reach",
    "reach_in_blocks",
    "reached_road",
    "reached_road_in_time",
    "read_roads",
    "repair_suggestions",
    "road_catchments",
    "road_kind",
    "road_lines",
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
