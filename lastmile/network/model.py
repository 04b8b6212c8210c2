"""The road network of one profile."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.network.profiles import Profile
from lastmile.network.search_graph import Arcs, SearchGraph


@dataclass(frozen=True, slots=True)
class TurnReport:
    """What the rules of turning did to a network."""

    n_bound: int = 0
    """Restrictions of the map that bind the profile."""

    n_loose: int = 0
    """Of these, restrictions whose ways do not meet where they should; left out."""

    n_moot: int = 0
    """Of these, restrictions of what could not be driven anyway."""

    n_split: int = 0
    """Vertices that stand as several states."""

    n_states: int = 0
    """States of the search; as many as vertices where nobody is bound."""

    n_steps: int = 0
    """Steps of the search, turns included."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Vertices where roads meet or end, and edges between them.

    Edges keep the shape of the road; parallel edges and rings from a vertex to itself stay.
    Vertices are in Z-order of their coordinates, so that neighbours lie close in memory, too.
    """

    profile: Profile
    plane: str
    """Coordinate system of ``shape_x`` and ``shape_y``, as pyproj reads it."""

    vertex_ids: NDArray[np.int64]
    """Shape (vertices,). OSM node ids."""

    vertex_lon: NDArray[np.float64]
    vertex_lat: NDArray[np.float64]

    edge_from: NDArray[np.int32]
    """Shape (edges,). Vertex at the start of the edge's shape."""

    edge_to: NDArray[np.int32]
    one_way: NDArray[np.bool_]
    """Shape (edges,). Whether only from ``edge_from`` to ``edge_to``."""

    closed: NDArray[np.bool_]
    """Shape (edges,). Whether the edge serves only another profile on the same edges."""

    length_mm: NDArray[np.int64]
    """Shape (edges,). Sum of the geodesics of its segments."""

    time_ms: NDArray[np.int64]
    """Shape (edges,). At least 1, so that fastest paths never turn in place."""

    free_ms: NDArray[np.int64]
    """Shape (edges,). Time without the factors of the hour; the same where there are none."""

    speed_group: NDArray[np.int8]
    """Shape (edges,). Which of the profile's ``speed_factors`` apply; -1 for none."""

    can_stop: NDArray[np.bool_]
    """Shape (edges,). Whether places may be visited from the edge; nothing snaps to others."""

    own_side: NDArray[np.bool_]
    """Shape (edges,). Whether places are visited only by those who drive on their side of it."""

    way_ids: NDArray[np.int64]
    """Shape (edges,). OSM id of the edge's first way."""

    shape_offsets: NDArray[np.int64]
    """Shape (edges + 1,). Edge ``e`` runs through points ``offsets[e]:offsets[e + 1]``."""

    shape_lon: NDArray[np.float64]
    shape_lat: NDArray[np.float64]
    shape_x: NDArray[np.float64]
    shape_y: NDArray[np.float64]
    shape_mm: NDArray[np.int64]
    """Shape (shape points,). Length from the edge's start to the point."""

    edge_component: NDArray[np.int32]
    """Shape (edges,). Longest first. Where one-ways bind, strongly connected parts; -1 between."""

    component_mm: NDArray[np.int64]
    """Shape (components,). Road length of each, in millimetres, descending."""

    on_island: NDArray[np.bool_]
    """Shape (edges,). Whether the edge's component is too small to be believed."""

    forward: Arcs
    backward: Arcs
    """The same steps, grouped by the vertex they enter; ``head`` is the vertex they leave."""

    search: SearchGraph
    """Where rules of turning bind: the steps that obey them. Else the same as ``forward``."""

    turns: TurnReport
    """What became of the rules of turning."""

    @property
    def n_vertices(self) -> int:
        """Number of vertices."""
        return int(self.vertex_ids.size)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return int(self.edge_from.size)

    @property
    def is_directed(self) -> bool:
        """Whether any edge is one-way."""
        return bool(self.one_way.any())

    def edge_lines(self) -> gpd.GeoSeries:
        """Return the shape of every edge, in EPSG:4326."""
        owner = np.repeat(np.arange(self.n_edges), np.diff(self.shape_offsets))
        points = np.column_stack((self.shape_lon, self.shape_lat))
        return gpd.GeoSeries(shapely.linestrings(points, indices=owner), crs="EPSG:4326")


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What a reader must know of a network before trusting figures made with it."""

    profile: str
    length_km: float
    n_vertices: int
    n_edges: int
    n_components: int
    """Connected parts (strongly connected, where one-ways bind)."""

    main_component_share: float
    """Share of the road length that lies in the longest part; 0 if there is no road."""

    island_km: float
    """Road that snapping passes over."""

    @classmethod
    def of(cls, network: Network) -> NetworkReport:
        """Add up the figures of a network."""
        total_mm = int(network.length_mm[~network.closed].sum())
        main_mm = int(network.component_mm[0]) if network.component_mm.size else 0
        return cls(
            profile=network.profile.name,
            length_km=total_mm / 1e6,
            n_vertices=network.n_vertices,
            n_edges=int((~network.closed).sum()),
            n_components=int(network.component_mm.size),
            main_component_share=main_mm / total_mm if total_mm else 0.0,
            island_km=int(network.length_mm[network.on_island & ~network.closed].sum()) / 1e6,
        )


def junctions(network: Network) -> gpd.GeoDataFrame:
    """Return the places where three or more roads meet, islands left out.

    Parameters
    ----------
    network
        Any network.

    Returns
    -------
    GeoDataFrame
        ``geometry``: points in EPSG:4326, in the order of the network's vertices.
    """
    ends = np.concatenate((network.edge_from, network.edge_to))
    counts = np.tile(~network.on_island & ~network.closed, 2)
    n_ends = np.bincount(ends[counts], minlength=network.n_vertices)
    chosen = n_ends >= 3  # noqa: PLR2004 - a junction, by definition
    points = shapely.points(network.vertex_lon[chosen], network.vertex_lat[chosen])
    return gpd.GeoDataFrame(geometry=points, crs="EPSG:4326")
