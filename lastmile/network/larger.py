"""How far each component is from the next larger one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.network.feet import edge_lines_in_plane, feet_on_edges
from lastmile.network.geodesy import geodesic_mm
from lastmile.network.model import Network

_NONE: Final = -1


@dataclass(slots=True)
class Nearest:
    """The nearest larger component of each, so far."""

    component: NDArray[np.int64]
    """Shape (components,). -1 for the longest."""

    distance_m: NDArray[np.float64]
    edge: NDArray[np.int64]
    """Shape (components,). The edge from which it is nearest."""

    other: NDArray[np.int64]
    gap_mm: NDArray[np.int64]
    """Shape (components,). Geodesic between the two; -1 for the longest."""


def nearest_larger(
    network: Network, edges: NDArray[np.int64], starts: NDArray[np.int64]
) -> Nearest:
    """Find, for each component, the nearest edge of any longer one.

    Halves are set against each other, then halves of the halves: every pair of components meets
    once, and each edge is looked up only as often as components can be halved.

    Parameters
    ----------
    network
        Any network.
    edges
        The edges of all components, one component after another.
    starts
        Shape (components,). Where each begins in ``edges``.
    """
    n = starts.size
    ends = np.append(starts[1:], edges.size)
    lines = edge_lines_in_plane(network)
    component, edge, other, gap_mm = (np.full(n, _NONE, dtype=np.int64) for _ in range(4))
    near = Nearest(component, np.full(n, np.inf), edge, other, gap_mm)
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
    gap_mm = _gaps(network, lines, near.edge[known], near.other[known])
    # Degrees between shape points run a hair beside the plane's straight line.
    near.gap_mm[known] = np.where(near.distance_m[known] == 0.0, 0, gap_mm)
    near.component[known] = network.edge_component[near.other[known]]
    return near


def _compare(
    network: Network,
    lines: NDArray[np.object_],
    larger: NDArray[np.int64],
    smaller: NDArray[np.int64],
    near: Nearest,
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
    network: Network,
    lines: NDArray[np.object_],
    edge: NDArray[np.int64],
    other: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Geodesics between the nearest positions of pairs of edges."""
    bridges = shapely.shortest_line(lines[edge], lines[other])
    x, y = shapely.get_coordinates(bridges).reshape(-1, 2, 2).transpose(2, 1, 0)
    here = feet_on_edges(network, edge, x[0], y[0])
    there = feet_on_edges(network, other, x[1], y[1])
    return geodesic_mm(here.lon, here.lat, there.lon, there.lat)
