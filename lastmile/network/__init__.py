"""OpenStreetMap file → road graph per profile; snapping, reach, travel costs, route geometry."""

from __future__ import annotations

from lastmile.network.assigned import assign_road
from lastmile.network.building import build_network
from lastmile.network.catchment_shapes import catchment_bands, catchments, nested, road_catchments
from lastmile.network.drawing import Drawing
from lastmile.network.euclidean import euclidean_catchments, euclidean_reach
from lastmile.network.interop import to_networkx
from lastmile.network.lines import route_lines
from lastmile.network.model import Arcs, Network, NetworkReport, junctions
from lastmile.network.profiles import VAN, WALK, Profile
from lastmile.network.reached import ReachedRoad, reached_road, reached_road_in_time
from lastmile.network.reaching import reach
from lastmile.network.reading import read_roads
from lastmile.network.roads import RoadData
from lastmile.network.snapping import Snaps, snap
from lastmile.network.stretch_lines import road_lines
from lastmile.network.travelling import travel_costs

__all__ = [
    "VAN",
    "WALK",
    "Arcs",
    "Drawing",
    "Network",
    "NetworkReport",
    "Profile",
    "ReachedRoad",
    "RoadData",
    "Snaps",
    "assign_road",
    "build_network",
    "catchment_bands",
    "catchments",
    "euclidean_catchments",
    "euclidean_reach",
    "junctions",
    "nested",
    "reach",
    "reached_road",
    "reached_road_in_time",
    "read_roads",
    "road_catchments",
    "road_lines",
    "route_lines",
    "snap",
    "to_networkx",
    "travel_costs",
]
