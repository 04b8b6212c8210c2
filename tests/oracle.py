"""Walking distances by networkx over the raw OSM nodes: the oracle that plans are held against.

Shares no code with the package: it reads the file itself, keeps every OSM node as a vertex, finds
the nearest segment by Shapely and the shortest path by networkx. Slow, plain, and to be believed.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import shapely
from pyproj import Geod

GEOD = Geod(ellps="WGS84")
REFUSED = {"no", "private"}
NOT_WALKED = {"motorway", "motorway_link", "construction", "proposed", "raceway", "bus_guideway"}


def may_walk(tags: dict[str, str]) -> bool:
    """Tell whether the rule of docs/network.md lets people walk here."""
    if tags.get("highway", "motorway") in NOT_WALKED or tags.get("area") == "yes":
        return False
    if "foot" in tags:
        return tags["foot"] not in REFUSED
    return tags.get("access") not in REFUSED


class WalkOracle:
    """The walkable graph of an OSM file, islands under ``min_component_m`` left out."""

    def __init__(self, path: Path, min_component_m: float = 1000.0) -> None:
        graph = nx.Graph()
        for way in (
            osmium.FileProcessor(path)
            .with_locations()
            .with_filter(osmium.filter.KeyFilter("highway"))
        ):
            if way.is_way() and may_walk(dict(way.tags)):
                self._add(graph, [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()])
        for part in list(nx.connected_components(graph)):
            length_m = graph.subgraph(part).size(weight="length_m")
            if length_m < min_component_m:
                graph.remove_nodes_from(part)
        self.graph = graph
        self.ends = list(graph.edges)
        spots = graph.nodes
        self._scale = math.cos(math.radians(np.mean([spots[u]["lat"] for u, _ in self.ends])))
        self._tree = shapely.STRtree(
            [
                shapely.LineString([self._plane(spots[u]), self._plane(spots[v])])
                for u, v in self.ends
            ]
        )

    @staticmethod
    def _add(graph: nx.Graph, nodes: list[tuple[int, float, float]]) -> None:
        for (u, lon0, lat0), (v, lon1, lat1) in itertools.pairwise(nodes):
            graph.add_node(u, lon=lon0, lat=lat0)
            graph.add_node(v, lon=lon1, lat=lat1)
            if u != v:
                graph.add_edge(u, v, length_m=GEOD.inv(lon0, lat0, lon1, lat1)[2])

    def _plane(self, spot: dict[str, float]) -> tuple[float, float]:
        return spot["lon"] * self._scale, spot["lat"]

    def attach(self, name: str, lon: float, lat: float) -> float:
        """Join a place to the nearest segment; return the length of its access leg, in metres."""
        point = shapely.Point(lon * self._scale, lat)
        nearest = int(self._tree.nearest(point))
        line = self._tree.geometries[nearest]
        share = line.project(point, normalized=True)
        x, y = line.interpolate(share, normalized=True).coords[0]
        access_m = GEOD.inv(lon, lat, x / self._scale, y)[2]
        u, v = self.ends[nearest]
        length_m = self.graph.edges[u, v]["length_m"]
        for other, at in self.graph.nodes[u].get("attached", {}).get(v, []):
            self.graph.add_edge(name, other, length_m=abs(at - share) * length_m)
        for end, piece in ((u, share), (v, 1.0 - share)):
            self.graph.add_edge(name, end, length_m=piece * length_m)
        attached = self.graph.nodes[u].setdefault("attached", {})
        attached.setdefault(v, []).append((name, share))
        return access_m

    def lengths_from(self, name: str, cutoff_m: float) -> dict[object, float]:
        """Shortest path lengths from an attached place, in metres."""
        return nx.single_source_dijkstra_path_length(
            self.graph, name, cutoff=cutoff_m, weight="length_m"
        )
