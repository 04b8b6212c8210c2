"""The connected parts of a network: how much road each has, and how far it is from a larger one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lastmile.network.larger import nearest_larger
from lastmile.network.model import Network


@dataclass(frozen=True, slots=True)
class Component:
    """One connected part; strongly connected, where one-ways bind."""

    number: int
    """As in ``Network.edge_component``: 0 is the longest."""

    length_mm: int
    n_edges: int
    is_island: bool
    """Whether snapping passes over it."""

    bounds: tuple[float, float, float, float]
    """West, south, east, north, in degrees."""

    lon: float
    """Of a point on it: about the middle of its longest edge."""

    lat: float
    nearest_larger: int
    """The nearest component with a lower number; -1 for the longest."""

    gap_mm: int
    """Geodesic to it, roads to roads; -1 for the longest. 0 where they touch, or cross."""

    is_linked: bool
    """Whether edges lead to or from a longer component, but not both ways. Walkers have none."""


def linked_parts(network: Network) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Find the parts of a network that hang together, whichever way their one-ways run.

    Where nothing is one-way these are its components.

    Parameters
    ----------
    network
        Any network.

    Returns
    -------
    tuple
        The part of every edge, shape (edges,), the longest being 0, -1 where an edge is closed;
        and the road length of each part in millimetres, shape (parts,), descending.
    """
    n_vertices = network.n_vertices
    edge = np.flatnonzero(~network.closed)
    tail, head = network.edge_from[edge], network.edge_to[edge]
    ones = np.ones(edge.size, dtype=np.int8)
    graph = coo_array((ones, (tail, head)), (n_vertices, n_vertices))
    n_parts, part = connected_components(graph, directed=False)
    part_mm = np.zeros(n_parts, dtype=np.int64)
    np.add.at(part_mm, part[tail], network.length_mm[edge])
    # A vertex of closed edges only is no part of road.
    has_road = np.bincount(part[tail], minlength=n_parts) > 0
    first = np.full(n_parts, n_vertices, dtype=np.int64)
    np.minimum.at(first, part, np.arange(n_vertices))
    order = np.lexsort((first, -part_mm, ~has_road))
    number = np.empty(n_parts, dtype=np.int32)
    number[order] = np.arange(n_parts, dtype=np.int32)
    part_of = np.full(network.n_edges, -1, dtype=np.int32)
    part_of[edge] = number[part[tail]]
    return part_of, part_mm[order][: int(has_road.sum())]


def components(network: Network) -> tuple[Component, ...]:
    """Describe every component of a network, the longest first.

    Edges between strongly connected parts belong to none.

    Parameters
    ----------
    network
        Any network.
    """
    n_components = int(network.component_mm.size)
    if not n_components:
        return ()
    edges = np.flatnonzero(network.edge_component >= 0)
    edges = edges[np.argsort(network.edge_component[edges], kind="stable")]
    component = network.edge_component[edges]
    starts = np.searchsorted(component, np.arange(n_components))
    near = nearest_larger(network, edges, starts)
    longest = edges[_first_of_most(component, network.length_mm[edges], n_components)]
    point = _middles(network, longest)
    boxes = _bounds(network, edges, starts)
    n_edges = np.bincount(component, minlength=n_components)
    linked = _linked(network, longest)
    return tuple(
        Component(
            number=k,
            length_mm=int(network.component_mm[k]),
            n_edges=int(n_edges[k]),
            is_island=bool(network.on_island[longest[k]]),
            bounds=(boxes[k, 0], boxes[k, 1], boxes[k, 2], boxes[k, 3]),
            lon=float(network.shape_lon[point[k]]),
            lat=float(network.shape_lat[point[k]]),
            nearest_larger=int(near.component[k]),
            gap_mm=int(near.gap_mm[k]),
            is_linked=bool(linked[k]),
        )
        for k in range(n_components)
    )


def components_frame(parts: Sequence[Component]) -> gpd.GeoDataFrame:
    """Put components into a table, a point for each, in EPSG:4326.

    Parameters
    ----------
    parts
        Components, for instance those of :func:`components` that are islands.
    """
    columns = [name for name in Component.__slots__ if name not in {"bounds", "lon", "lat"}]
    table = pd.DataFrame([asdict(part) for part in parts], columns=list(Component.__slots__))
    box = pd.DataFrame(
        [part.bounds for part in parts], columns=["west", "south", "east", "north"], dtype=float
    )
    points = gpd.points_from_xy([part.lon for part in parts], [part.lat for part in parts])
    return gpd.GeoDataFrame(table[columns].join(box), geometry=points, crs="EPSG:4326")


def _linked(network: Network, longest: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each component shares its part with a longer component."""
    part = linked_parts(network)[0][longest]
    first = np.zeros(part.size, dtype=np.bool_)
    first[np.unique(part, return_index=True)[1]] = True
    return ~first


def _first_of_most(
    group: NDArray[np.int32], value: NDArray[np.int64], n_groups: int
) -> NDArray[np.int64]:
    """Position of the greatest value of each group; of equal ones, the first."""
    order = np.lexsort((np.arange(group.size), -value, group))
    first: NDArray[np.int64] = order[np.searchsorted(group[order], np.arange(n_groups))]
    return first


def _middles(network: Network, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shape point next after the middle of each edge, or its end."""
    first = network.shape_offsets[edges]
    # Lengths of all edges one after another ascend, so that one search serves all.
    before = np.concatenate(([0], np.cumsum(network.length_mm + 1)))[:-1]
    owner = np.repeat(np.arange(network.n_edges), np.diff(network.shape_offsets))
    run = network.shape_mm + before[owner]
    middle = before[edges] + network.length_mm[edges] // 2
    return np.maximum(first, np.searchsorted(run, middle)).astype(np.int64)


def _bounds(
    network: Network, edges: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """West, south, east and north of each component, whose edges follow one another."""
    corners = []
    for least, values in (
        (np.minimum, network.shape_lon),
        (np.minimum, network.shape_lat),
        (np.maximum, network.shape_lon),
        (np.maximum, network.shape_lat),
    ):
        of_edge = least.reduceat(values, network.shape_offsets[:-1])
        corners.append(least.reduceat(of_edge[edges], starts))
    return np.column_stack(corners)
