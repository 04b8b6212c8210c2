"""Edges in the plane, and the nearest position on a given edge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.network.model import Network


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


class Feet(NamedTuple):
    """Positions on edges, one for each question."""

    point: NDArray[np.int64]
    """Shape (questions,). Shape point at which the position's segment starts."""

    offset_mm: NDArray[np.int64]
    """From the edge's start."""

    distance_m: NDArray[np.float64]
    """In the plane."""

    lon: NDArray[np.float64]
    """Degrees."""

    lat: NDArray[np.float64]
    x: NDArray[np.float64]
    """In the plane, metres."""

    y: NDArray[np.float64]


def feet_on_edges(
    network: Network,
    edge: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> Feet:
    """Find, for each pair of an edge and a point, the position on the edge nearest to the point.

    Parameters
    ----------
    network
        Any network.
    edge
        Shape (questions,). One edge for each point.
    x, y
        Shape (questions,). In the network's plane, metres.
    """
    first = network.shape_offsets[edge]
    sizes = network.shape_offsets[edge + 1] - first - 1
    offsets = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    question = np.repeat(np.arange(edge.size), sizes)
    point = np.arange(question.size) + np.repeat(first - offsets, sizes)
    share, distance2 = _project(network, point, x[question], y[question])
    order = np.lexsort((point, distance2, question))
    best = order[offsets]
    point, share = point[best], share[best]
    step_mm = network.shape_mm[point + 1] - network.shape_mm[point]
    return Feet(
        point=point,
        offset_mm=network.shape_mm[point] + np.rint(share * step_mm).astype(np.int64),
        distance_m=np.sqrt(distance2[best]),
        lon=_between(network.shape_lon, point, share),
        lat=_between(network.shape_lat, point, share),
        x=_between(network.shape_x, point, share),
        y=_between(network.shape_y, point, share),
    )


def vertex_at(
    network: Network, edge: NDArray[np.int64], offset_mm: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the vertex at a position, -1 where it lies between those of its edge.

    Parameters
    ----------
    network
        Any network.
    edge, offset_mm
        Shape (positions,).
    """
    start = np.where(offset_mm == 0, network.edge_from[edge], -1)
    return np.where(offset_mm == network.length_mm[edge], network.edge_to[edge], start).astype(
        np.int64
    )


def _project(
    network: Network, point: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of each segment at which it is nearest, and the squared distance there."""
    x0, y0 = network.shape_x[point], network.shape_y[point]
    x1, y1 = network.shape_x[point + 1], network.shape_y[point + 1]
    dx, dy = x1 - x0, y1 - y0
    length2 = dx * dx + dy * dy
    along = (x - x0) * dx + (y - y0) * dy
    share = np.clip(along / np.where(length2 > 0.0, length2, 1.0), 0.0, 1.0)
    at_end = share == 1.0
    foot_x = np.where(at_end, x1, x0 + share * dx)
    foot_y = np.where(at_end, y1, y0 + share * dy)
    return share, (x - foot_x) ** 2 + (y - foot_y) ** 2


def _between(
    values: NDArray[np.float64], point: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    start, end = values[point], values[point + 1]
    # Exact at both ends, so that positions on a vertex have the vertex's coordinates.
    return np.where(share == 1.0, end, start + share * (end - start))
