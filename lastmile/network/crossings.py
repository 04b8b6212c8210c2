"""Where roads cross in the plane without a junction."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.network.feet import Feet, edge_lines_in_plane, feet_on_edges, vertex_at
from lastmile.network.model import Network


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Pairs of edges of different parts that meet in the plane, one row for each."""

    edge: NDArray[np.int64]
    """Shape (crossings,). The edge of the smaller part."""

    other: NDArray[np.int64]
    point: NDArray[np.int64]
    """Shape (crossings,). Shape point at which the segment of ``edge`` starts that crosses."""

    other_point: NDArray[np.int64]
    other_offset_mm: NDArray[np.int64]
    """Shape (crossings,). From the start of ``other``."""

    lon: NDArray[np.float64]
    """Shape (crossings,). Of the first place where the two meet, along ``edge``."""

    lat: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64]) -> Crossings:
        """Return some of the crossings, in this order."""
        return Crossings(*(getattr(self, column.name)[rows] for column in fields(self)))


def crossings(network: Network, part: NDArray[np.int32]) -> Crossings:
    """Find the edges of different parts that cross or touch.

    They share no vertex, or they would be of one part: either one passes over the other, or the
    junction is missing. Edges that meet more than once are listed once, and those that meet at a
    closed barrier, which parts them, not at all.

    Parameters
    ----------
    network
        Any network.
    part
        Shape (edges,). The connected part of each edge, the longest being 0; -1 for those that
        are closed.
    """
    lines = edge_lines_in_plane(network)
    small = np.flatnonzero(part > 0)
    asked, other = shapely.STRtree(lines).query(lines[small], predicate="intersects")
    edge = small[asked]
    # Of two small parts each finds the other; the longer is looked up.
    wanted = (part[other] >= 0) & (part[other] < part[edge])
    edge, other = edge[wanted], other[wanted].astype(np.int64)
    order = np.lexsort((other, edge))
    edge, other = edge[order], other[order]
    x, y = _first_meetings(lines[edge], lines[other])
    feet = feet_on_edges(network, other, x, y)
    own = feet_on_edges(network, edge, x, y)
    found = Crossings(
        edge=edge,
        other=other,
        point=own.point,
        other_point=feet.point,
        other_offset_mm=feet.offset_mm,
        lon=feet.lon,
        lat=feet.lat,
    )
    barred = _is_barred(network, edge, own) & _is_barred(network, other, feet)
    return found.take(np.flatnonzero(~barred))


def _is_barred(network: Network, edge: NDArray[np.int64], feet: Feet) -> NDArray[np.bool_]:
    """Whether positions are at an arm of a closed barrier."""
    vertex = vertex_at(network, edge, feet.offset_mm)
    barred: NDArray[np.bool_] = (vertex >= 0) & (network.vertex_ids[vertex] < 0)
    return barred


def _first_meetings(
    lines: NDArray[np.object_], others: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of all points (or ends of stretches) that two lines share, the first along the first."""
    shared = shapely.intersection(lines, others)
    # Two roads without length, on one spot, meet there, whatever the intersection says.
    shared = np.where(shapely.is_empty(shared), shapely.get_point(lines, 0), shared)
    points, pair = shapely.get_coordinates(shared, return_index=True)
    along = shapely.line_locate_point(lines[pair], shapely.points(points))
    order = np.lexsort((along, pair))
    first = order[np.searchsorted(pair[order], np.arange(lines.size))]
    return points[first, 0], points[first, 1]
