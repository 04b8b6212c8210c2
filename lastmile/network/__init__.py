"""OpenStreetMap file → road graph per profile; snapping, reach, travel costs, route geometry."""

from __future__ import annotations

from lastmile.network.bans import Ban
from lastmile.network.building import build_network, build_networks
from lastmile.network.euclidean import euclidean_reach
from lastmile.network.graphs import roads_from_networkx
from lastmile.network.hours import Period, parse_hours
from lastmile.network.interop import to_networkx
from lastmile.network.line_layers import LineSource
from lastmile.network.line_words import LineColumns
from lastmile.network.lines import route_lines
from lastmile.network.model import Network, NetworkReport, TurnReport, junctions
from lastmile.network.profiles import VAN, WALK, Profile, builtin_profile, profile_from
from lastmile.network.reaching import reach
from lastmile.network.reading import read_roads
from lastmile.network.roads import ReadingReport, Restriction, RoadData, TaggedNodes
from lastmile.network.search_graph import Arcs, SearchGraph
from lastmile.network.snapping import Snaps, snap
from lastmile.network.travelling import travel_costs

__all__ = [
    "VAN",
    "WALK",
    "Arcs",
    "Ban",
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
    "Snaps",
    "TaggedNodes",
    "TurnReport",
    "build_network",
    "build_networks",
    "builtin_profile",
    "euclidean_reach",
    "junctions",
    "parse_hours",
    "profile_from",
    "reach",
    "read_roads",
    "roads_from_networkx",
    "route_lines",
    "snap",
    "to_networkx",
    "travel_costs",
]
