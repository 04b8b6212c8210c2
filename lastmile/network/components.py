"""The connected parts of a network: how much road each has, and how far it is from a larger one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lastmile.network.geodesy import geodesic_mm
from lastmile.network.model import Network

_NONE: Final = -1


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
    """Number the parts of a network that hang together, whichever way their one-ways run.

    Where nothing is one-way these are its components.

    Parameters
    ----------
    network
        Any network.

    Returns
    -------
    tuple
        The part of every edge, shape (edges,), the longest being 0; and the road length of each
        part in millimetres, shape (parts,), descending.
    """
    n_vertices = network.n_vertices
    ones = np.ones(network.n_edges, dtype=np.int8)
    graph = coo_array((ones, (network.edge_from, network.edge_to)), (n_vertices, n_vertices))
    n_parts, part = connected_components(graph, directed=False)
    part_mm = np.zeros(n_parts, dtype=np.int64)
    np.add.at(part_mm, part[network.edge_from], network.length_mm)
    first = np.full(n_parts, n_vertices, dtype=np.int64)
    np.minimum.at(first, part, np.arange(n_vertices))
    order = np.lexsort((first, -part_mm))
    number = np.empty(n_parts, dtype=np.int32)
    number[order] = np.arange(n_parts, dtype=np.int32)
    return number[part[network.edge_from]], part_mm[order]


def edge_lines_in_plane(network: Network) -> NDArray[np.object_]:
    """Return every edge as a Shapely line in the network's plane.

    Parameters
    ----------
    network
        Any network.
    """
    owner = np.repeat(np.arange(network.n_edges), np.diff(network.shape_offsets))
    points = np.column_stack((network.shape_x, network.shape_y))
    lines: NDArray[np.object_] = shapely.linestrings(points, indices=owner)
    return lines


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
    near = _nearest_larger(network, edges, starts)
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


@dataclass(slots=True)
class _Near:
    """The nearest larger component of each, so far."""

    component: NDArray[np.int64]
    distance_m: NDArray[np.float64]
    edge: NDArray[np.int64]
    """Shape (components,). The edge from which it is nearest."""

    other: NDArray[np.int64]
    gap_mm: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def _nearest_larger(
    network: Network, edges: NDArray[np.int64], starts: NDArray[np.int64]
) -> _Near:
    """Find, for each component, the nearest edge of any longer one.

    Halves are set against each other, then halves of the halves: every pair of components meets
    once, and each edge is looked up only as often as components can be halved.
    """
    n = starts.size
    ends = np.append(starts[1:], edges.size)
    lines = edge_lines_in_plane(network)
    nothing = np.full(n, _NONE, dtype=np.int64)
    near = _Near(nothing, np.full(n, np.inf), nothing.copy(), nothing.copy())
    # The longest stands alone at first: all others are looked up in it, and it in none.
    todo = [(0, min(1, n), n), (1, (1 + n) // 2, n)]
    while todo:
        low, middle, high = todo.pop()
        if not low < middle < high:
            continue
        _compare(
            network,
            lines,
            edges[starts[low] : ends[middle - 1]],
            edges[starts[middle] : ends[high - 1]],
            near,
        )
        if low:
            todo += [(low, (low + middle) // 2, middle), (middle, (middle + high) // 2, high)]
    known = near.edge >= 0
    gap_mm = np.full(n, _NONE, dtype=np.int64)
    gap_mm[known] = _gaps(network, lines[near.edge[known]], lines[near.other[known]])
    near.component[known] = network.edge_component[near.other[known]]
    near.gap_mm = gap_mm
    return near


def _compare(
    network: Network,
    lines: NDArray[np.object_],
    larger: NDArray[np.int64],
    smaller: NDArray[np.int64],
    near: _Near,
) -> None:
    tree = shapely.STRtree(lines[larger])
    (asked, found), distance_m = tree.query_nearest(
        lines[smaller], return_distance=True, all_matches=False
    )
    edge, other = smaller[asked], larger[found]
    component = network.edge_component[edge]
    order = np.lexsort((other, edge, distance_m, component))
    firsts = order[np.unique(component[order], return_index=True)[1]]
    firsts = firsts[distance_m[firsts] < near.distance_m[component[firsts]]]
    at = component[firsts]
    near.distance_m[at] = distance_m[firsts]
    near.edge[at], near.other[at] = edge[firsts], other[firsts]


def _gaps(
    network: Network, lines: NDArray[np.object_], others: NDArray[np.object_]
) -> NDArray[np.int64]:
    bridges = shapely.shortest_line(lines, others)
    xy = shapely.get_coordinates(bridges).reshape(-1, 2, 2)
    back = Transformer.from_crs(network.plane, "EPSG:4326", always_xy=True)
    lon, lat = back.transform(xy[:, :, 0], xy[:, :, 1])
    return geodesic_mm(lon[:, 0], lat[:, 0], lon[:, 1], lat[:, 1])
