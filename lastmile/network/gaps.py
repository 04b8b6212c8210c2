"""Where roads end just short of others: dead ends and what lies near them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.network.feet import edge_lines_in_plane, feet_on_edges
from lastmile.network.geodesy import geodesic_mm
from lastmile.network.model import Network

_MARGIN: Final = 1.01
"""The plane stretches lengths by up to 0.1 %; what the margin lets in, the geodesics throw out."""

_COURSE_MM: Final = 5_000
"""Length of road before its end by which its course is judged."""


_AHEAD_DEG: Final = 60.0
"""Farther from its course than this a road is not taken to be meant to go on."""

_OVERSHOOT_MM: Final = 2_000
"""So near, the course says nothing: the end may have been drawn a step too far."""


@dataclass(frozen=True, slots=True, eq=False)
class EndGaps:
    """Dead ends and the positions that they almost reach, one row for each pair."""

    vertex: NDArray[np.int64]
    """Shape (gaps,). The dead end."""

    edge: NDArray[np.int64]
    """Shape (gaps,). The one edge that ends there."""

    to_edge: NDArray[np.int64]
    to_point: NDArray[np.int64]
    """Shape (gaps,). Shape point at which the segment starts that is almost reached."""

    to_offset_mm: NDArray[np.int64]
    """Shape (gaps,). From the start of ``to_edge``."""

    to_lon: NDArray[np.float64]
    to_lat: NDArray[np.float64]
    gap_mm: NDArray[np.int64]
    """Shape (gaps,). Geodesic between the two."""

    turn_deg: NDArray[np.float64]
    """Shape (gaps,). Between the road's course at its end and the gap: 0 ahead, 180 behind."""

    def take(self, rows: NDArray[np.int64]) -> EndGaps:
        """Return some of the gaps, in this order."""
        return EndGaps(*(getattr(self, column.name)[rows] for column in fields(self)))


def dead_ends(network: Network) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the vertices at which a single open edge ends, and that edge.

    The arms of a closed barrier are no dead ends: the road goes on behind it.

    Parameters
    ----------
    network
        Any network.
    """
    edges = np.flatnonzero(~network.closed)
    start, end = network.edge_from[edges], network.edge_to[edges]
    n_ends = np.bincount(np.concatenate((start, end)), minlength=network.n_vertices)
    vertex = np.flatnonzero((n_ends == 1) & (network.vertex_ids >= 0))
    edge_at = np.zeros(network.n_vertices, dtype=np.int64)
    edge_at[start], edge_at[end] = edges, edges
    return vertex, edge_at[vertex]


def end_gaps(
    network: Network, part: NDArray[np.int32], gap_m: float, *, within_parts: bool
) -> EndGaps:
    """Find what each dead end almost reaches: the nearest position on each other part.

    Parameters
    ----------
    network
        Any network.
    part
        Shape (edges,). The connected part of each edge, -1 for those that are closed.
    gap_m
        Widest gap, inclusive, in metres.
    within_parts
        Look on the dead end's own part instead, its own edge left out; every edge counts then.
    """
    vertex, edge = dead_ends(network)
    x, y = _coordinates(network, vertex, edge)
    tree = shapely.STRtree(edge_lines_in_plane(network))
    end, to_edge = tree.query(
        shapely.points(x, y), predicate="dwithin", distance=_MARGIN * gap_m + 0.001
    )
    same = part[edge[end]] == part[to_edge]
    other = ~same & (part[to_edge] >= 0)
    wanted = same & (edge[end] != to_edge) if within_parts else other
    end, to_edge = end[wanted], to_edge[wanted].astype(np.int64)
    feet = feet_on_edges(network, to_edge, x[end], y[end])
    group = to_edge if within_parts else part[to_edge].astype(np.int64)
    order = np.lexsort((to_edge, feet.distance_m, group, end))
    best = order[_is_first(end[order], group[order])]
    from_vertex, to_edge = vertex[end[best]], to_edge[best]
    to_lon, to_lat = feet.lon[best], feet.lat[best]
    lon, lat = network.vertex_lon[from_vertex], network.vertex_lat[from_vertex]
    gap_mm = geodesic_mm(lon, lat, to_lon, to_lat)
    found = EndGaps(
        vertex=from_vertex,
        edge=edge[end[best]],
        to_edge=to_edge,
        to_point=feet.point[best],
        to_offset_mm=feet.offset_mm[best],
        to_lon=to_lon,
        to_lat=to_lat,
        gap_mm=gap_mm,
        turn_deg=_turn_deg(network, from_vertex, edge[end[best]], feet.x[best], feet.y[best]),
    )
    return found.take(np.flatnonzero(gap_mm <= round(gap_m * 1000)))


def is_aside(gaps: EndGaps) -> NDArray[np.bool_]:
    """Tell which gaps lie beside their dead end, not ahead of it, as a twin carriageway does.

    Parameters
    ----------
    gaps
        The gaps.
    """
    return (gaps.turn_deg > _AHEAD_DEG) & (gaps.gap_mm > _OVERSHOOT_MM)


def last_points(network: Network, gaps: EndGaps) -> NDArray[np.int64]:
    """Return the shape points at which the last segments before the dead ends start.

    Parameters
    ----------
    network
        Any network.
    gaps
        Its gaps.
    """
    at_start = network.edge_from[gaps.edge] == gaps.vertex
    first, end = network.shape_offsets[gaps.edge], network.shape_offsets[gaps.edge + 1]
    return np.where(at_start, first, end - 2)


def _turn_deg(
    network: Network,
    vertex: NDArray[np.int64],
    edge: NDArray[np.int64],
    to_x: NDArray[np.float64],
    to_y: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Angle between the last stretch of a dead end's edge and the way across the gap.

    The stretch starts at the first shape point that is at least ``_COURSE_MM`` before the end, so
    that a bend in the last metre does not count; where there is no gap, the angle is 0.
    """
    first, last = network.shape_offsets[edge], network.shape_offsets[edge + 1] - 1
    at_start = network.edge_from[edge] == vertex
    # Lengths of all edges one after another ascend, so that one search serves all.
    before_mm = np.concatenate(([0], np.cumsum(network.length_mm + 1)))[:-1]
    run_mm = network.shape_mm + np.repeat(before_mm, np.diff(network.shape_offsets))
    length_mm = network.length_mm[edge]
    ahead = np.searchsorted(run_mm, before_mm[edge] + np.minimum(_COURSE_MM, length_mm))
    behind = np.searchsorted(
        run_mm, before_mm[edge] + np.maximum(0, length_mm - _COURSE_MM), side="right"
    )
    back = np.where(at_start, np.minimum(ahead, last), np.maximum(behind - 1, first))
    x, y = _coordinates(network, vertex, edge)
    course_x, course_y = x - network.shape_x[back], y - network.shape_y[back]
    gap_x, gap_y = to_x - x, to_y - y
    turn = np.arctan2(course_x * gap_y - course_y * gap_x, course_x * gap_x + course_y * gap_y)
    return np.where((gap_x == 0.0) & (gap_y == 0.0), 0.0, np.abs(np.degrees(turn)))


def _coordinates(
    network: Network, vertex: NDArray[np.int64], edge: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where dead ends lie in the plane."""
    at_start = network.edge_from[edge] == vertex
    point = np.where(at_start, network.shape_offsets[edge], network.shape_offsets[edge + 1] - 1)
    return network.shape_x[point], network.shape_y[point]


def _is_first(*columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each row differs from the one before it."""
    changed = np.zeros(columns[0].size, dtype=np.bool_)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed
