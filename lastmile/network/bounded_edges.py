"""Bounded Dijkstra from positions on edges to the stretches of edge within a limit, compiled.

A cost is a length or a time. Along an edge of length l and cost t the cost of offset o is o·t / l,
rounded half up, as :mod:`lastmile.network.pieces` has it; where costs are lengths that is o itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.heap import pop_packed, push_packed


class EdgeGraph(NamedTuple):
    """Edges and the vertices they touch, to be searched along or against their direction."""

    offsets: NDArray[np.int64]
    """Shape (vertices + 1,)."""

    item: NDArray[np.int64]
    """Shape (2 · open edges,). Twice the edge, plus one where the vertex is the edge's end."""

    start: NDArray[np.int32]
    """Shape (edges,). Vertex at the edge's start."""

    end: NDArray[np.int32]
    length_mm: NDArray[np.int64]
    cost: NDArray[np.int64]
    """Shape (edges,). In the unit of the limits."""

    up: NDArray[np.bool_]
    """Shape (edges,). Whether the search may go from the edge's start to its end."""

    down: NDArray[np.bool_]
    """Shape (edges,). Whether it may go from the edge's end to its start."""


class Starts(NamedTuple):
    """Positions to search from, one row for each."""

    edge: NDArray[np.int32]
    offset_mm: NDArray[np.int64]
    access: NDArray[np.int64]
    """Cost of the access leg."""

    limit: NDArray[np.int64]


Stretches = tuple[
    NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64],
    NDArray[np.int64], NDArray[np.int64],
]  # fmt: skip
"""Number by start; edge, from, to, and what is left of the limit at both, start after start."""


@njit(cache=True, nogil=True)
def cost_before(offset_mm: int, length_mm: int, cost: int) -> int:
    """Cost from an edge's start to an offset, half up; an edge without length is at its start."""
    return (2 * offset_mm * cost + length_mm) // max(1, 2 * length_mm)


@njit(cache=True, nogil=True)
def last_within(most: int, length_mm: int, cost: int) -> int:
    """Return the last offset whose cost from the edge's start is ``most`` (0 or more) at most."""
    if most >= cost or length_mm == 0:
        return length_mm
    return (length_mm * (2 * most + 1) - 1) // (2 * cost)


@njit(cache=True, nogil=True)
def first_from(least: int, length_mm: int, cost: int) -> int:
    """Return the first offset whose cost from the edge's start is ``least`` at least."""
    if least <= 0 or length_mm == 0:
        return 0
    return -((length_mm * (1 - 2 * least)) // (2 * cost))


@njit(cache=True, nogil=True)
def may_leave(graph: EdgeGraph, edge: int | np.int64, offset_mm: int, side: int) -> bool:
    """Whether a search may leave a position by its edge's start (side 0) or end (side 1).

    A position on a vertex is at that vertex, even if its edge is one-way; on an edge without
    length it is at the start.
    """
    if side == 0:
        return bool(graph.down[edge] or offset_mm == 0)
    is_at_end = offset_mm == graph.length_mm[edge] and offset_mm > 0
    return bool(graph.up[edge] or is_at_end)


@njit(cache=True, nogil=True)
def spread_from(
    graph: EdgeGraph, starts: Starts, k: int, turn: int, label: NDArray[np.int64],
    heap: NDArray[np.int64],
) -> int:  # fmt: skip
    """Label the ends of a start's edge, put them on the heap, and return how many there are."""
    edge, offset_mm = starts.edge[k], starts.offset_mm[k]
    length_mm, whole = graph.length_mm[edge], graph.cost[edge]
    before = cost_before(offset_mm, length_mm, whole)
    size = 0
    for side in range(2):
        at = graph.start[edge] if side == 0 else graph.end[edge]
        piece = before if side == 0 else whole - before
        if not may_leave(graph, edge, offset_mm, side):
            continue
        first = starts.access[k] + piece
        if first <= starts.limit[k] and turn + first < label[at]:
            label[at] = turn + first
            push_packed(heap, size, (first << 32) | at)
            size += 1
    return size


@njit(cache=True, nogil=True)
def reached_stretches(  # noqa: C901 - one compiled loop
    graph: EdgeGraph, starts: Starts
) -> Stretches:
    """Find, for each start in turn, the stretches of edge within its limit, by edge and offset."""
    # As in bounded_search, labels hold the start's turn, counted down, above the cost.
    label = np.full(graph.offsets.size - 1, np.iinfo(np.int64).max, dtype=np.int64)
    heap = np.empty(graph.item.size + 2, dtype=np.int64)
    settled = np.empty(graph.offsets.size - 1, dtype=np.int64)
    n_found = np.zeros(starts.edge.size, dtype=np.int64)
    edges = np.empty(4096, dtype=np.int32)
    # From, to, left at from, left at to.
    rows = np.empty((4096, 4), dtype=np.int64)
    n_out = 0
    for k in range(starts.edge.size):
        limit, home = starts.limit[k], starts.edge[k]
        if starts.access[k] > limit:
            continue
        turn = (starts.edge.size - k) << 32
        size = spread_from(graph, starts, k, turn, label, heap)
        n_settled, n_items = 0, 8
        while size > 0:
            entry = pop_packed(heap, size)
            size -= 1
            at_cost, at = entry >> 32, entry & 0xFFFFFFFF
            if turn + at_cost > label[at]:
                continue
            settled[n_settled] = at
            n_settled += 1
            n_items += graph.offsets[at + 1] - graph.offsets[at]
            for j in range(graph.offsets[at], graph.offsets[at + 1]):
                edge, by_end = graph.item[j] >> 1, graph.item[j] & 1
                if not (graph.down[edge] if by_end else graph.up[edge]):
                    continue
                head = graph.start[edge] if by_end else graph.end[edge]
                total = at_cost + graph.cost[edge]
                if total <= limit and turn + total < label[head]:
                    label[head] = turn + total
                    push_packed(heap, size, (total << 32) | head)
                    size += 1
        while n_out + 2 * n_items > edges.size:
            edges = np.concatenate((edges, np.empty_like(edges)))
            rows = np.concatenate((rows, np.empty_like(rows)))
        first = n_out
        n_out = _cut_home(graph, starts, k, turn, label, edges, rows, n_out)
        for s in range(n_settled):
            at = settled[s]
            for j in range(graph.offsets[at], graph.offsets[at + 1]):
                edge, by_end = graph.item[j] >> 1, graph.item[j] & 1
                # An edge that is reached by both ends is cut once, from its start.
                if edge == home or (by_end and label[graph.start[edge]] >> 32 == turn >> 32):
                    continue
                left_start = _left(label[graph.start[edge]], turn, limit)
                left_end = _left(label[graph.end[edge]], turn, limit)
                n_out = _cut(graph, edge, 0, graph.length_mm[edge], left_start, left_end,
                             edges, rows, n_out)  # fmt: skip
        n_out = _tidy(edges, rows, first, n_out)
        n_found[k] = n_out - first
    edges, rows = edges[:n_out], rows[:n_out]
    return (
        n_found, edges.copy(), rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy(),
        rows[:, 3].copy(),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _left(label: int, turn: int, limit: int) -> int:
    """Return what is left of the limit at a vertex; -1 where it is not reached."""
    return limit - (label - turn) if label >> 32 == turn >> 32 else -1


@njit(cache=True, nogil=True)
def _cut_home(  # noqa: PLR0913, PLR0917 - numba takes arrays, not dataclasses
    graph: EdgeGraph, starts: Starts, k: int, turn: int, label: NDArray[np.int64],
    edges: NDArray[np.int32], rows: NDArray[np.int64], n_out: int,
) -> int:  # fmt: skip
    """Write the stretches of the start's own edge, which is cut at the position."""
    edge, at_mm, limit = starts.edge[k], starts.offset_mm[k], starts.limit[k]
    here = limit - starts.access[k]
    left_start = _left(label[graph.start[edge]], turn, limit)
    left_end = _left(label[graph.end[edge]], turn, limit)
    if graph.length_mm[edge] == 0:
        return _cut(graph, edge, 0, 0, here, left_end, edges, rows, n_out)
    n_out = _cut(graph, edge, 0, at_mm, left_start, here, edges, rows, n_out)
    return _cut(graph, edge, at_mm, graph.length_mm[edge], here, left_end, edges, rows, n_out)


@njit(cache=True, nogil=True)
def _cut(  # noqa: PLR0913, PLR0917 - numba takes arrays, not dataclasses
    graph: EdgeGraph, edge: int, low_mm: int, high_mm: int, left_low: int, left_high: int,
    edges: NDArray[np.int32], rows: NDArray[np.int64], n_out: int,
) -> int:  # fmt: skip
    """Write what is reached between two offsets of an edge, from what is left at each of them."""
    length_mm, whole = graph.length_mm[edge], graph.cost[edge]
    if length_mm == 0:
        # Its only position is at its start, and as far from its end as the whole edge takes.
        left = max(left_low, left_high - whole if graph.down[edge] else -1)
        edges[n_out] = edge
        rows[n_out] = 0, 0, left, left
        return n_out + 1 if left >= 0 else n_out
    low_cost = cost_before(low_mm, length_mm, whole)
    high_cost = cost_before(high_mm, length_mm, whole)
    up, down = graph.up[edge], graph.down[edge]
    by_low, by_high = left_low >= 0, left_high >= 0
    rise_mm, fall_mm = low_mm, high_mm
    if by_low and up:
        rise_mm = max(low_mm, min(high_mm, last_within(low_cost + left_low, length_mm, whole)))
    if by_high and down:
        fall_mm = min(high_mm, max(low_mm, first_from(high_cost - left_high, length_mm, whole)))
    if by_low and by_high and rise_mm >= fall_mm:
        # What is left is told as it runs out along this very stretch.
        at_low = left_low if up else left_high - (high_cost - low_cost)
        at_high = left_high if down else left_low - (high_cost - low_cost)
        edges[n_out] = edge
        rows[n_out] = low_mm, high_mm, at_low, at_high
        return n_out + 1
    if by_low:
        spent = cost_before(rise_mm, length_mm, whole) - low_cost
        edges[n_out] = edge
        rows[n_out] = low_mm, rise_mm, left_low, left_low - spent
        n_out += 1
    if by_high:
        spent = high_cost - cost_before(fall_mm, length_mm, whole)
        edges[n_out] = edge
        rows[n_out] = fall_mm, high_mm, left_high - spent, left_high
        n_out += 1
    return n_out


@njit(cache=True, nogil=True)
def _tidy(edges: NDArray[np.int32], rows: NDArray[np.int64], first: int, last: int) -> int:
    """Sort the stretches of one start; drop single points that touch another stretch."""
    key = (edges[first:last].astype(np.int64) << 32) | rows[first:last, 0]
    order = np.argsort(key, kind="mergesort")
    edge, row = edges[first:last][order], rows[first:last][order]
    n = first
    for k in range(order.size):
        if row[k, 0] == row[k, 1]:
            before = n > first and edges[n - 1] == edge[k] and rows[n - 1, 1] == row[k, 0]
            after = k + 1 < order.size and edge[k + 1] == edge[k] and row[k + 1, 0] == row[k, 0]
            if before or after:
                continue
        edges[n] = edge[k]
        rows[n] = row[k]
        n += 1
    return n
