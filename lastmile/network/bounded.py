"""Bounded Dijkstra from positions on edges to positions on edges, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.heap import pop_packed, push_packed


class Steps(NamedTuple):
    """The graph: steps out of each vertex."""

    offsets: NDArray[np.int64]
    head: NDArray[np.int32]
    length_mm: NDArray[np.int32]


class Sources(NamedTuple):
    """Positions to search from, one row for each."""

    edge: NDArray[np.int32]
    start: NDArray[np.int32]
    """Vertex at the edge's start."""

    end: NDArray[np.int32]
    start_mm: NDArray[np.int64]
    """From the position to the edge's start, without the access leg."""

    end_mm: NDArray[np.int64]
    access_mm: NDArray[np.int64]
    limit_mm: NDArray[np.int64]


class Targets(NamedTuple):
    """Positions to be found, listed by the vertices and by the edges they lie at."""

    vertex_offsets: NDArray[np.int64]
    vertex_items: NDArray[np.int32]
    vertex_mm: NDArray[np.int64]
    """From the vertex along the edge, access leg included."""

    edge_offsets: NDArray[np.int64]
    edge_items: NDArray[np.int32]
    offset_mm: NDArray[np.int64]
    """Shape (items,). From the start of the item's edge."""

    access_mm: NDArray[np.int64]
    """Shape (items,)."""

    limit_mm: NDArray[np.int64]
    """Shape (items,). No pair with the item may be longer."""


@njit(cache=True, nogil=True)
def bounded_search(  # noqa: C901, PLR0912, PLR0915 - one compiled loop; its parts share ten arrays
    steps: Steps, sources: Sources, targets: Targets
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Find, for each source in turn, the items within its limit and theirs.

    Returns the number found by each source, and the items and lengths one source after another.
    """
    n_vertices = steps.offsets.size - 1
    # Labels hold the source's turn, counted down, above the length: whatever an earlier source
    # left behind is greater, so that nothing needs clearing and one comparison says all.
    label = np.full(n_vertices, np.iinfo(np.int64).max, dtype=np.int64)
    heap = np.empty(steps.head.size + 2, dtype=np.int64)
    item_length = np.zeros(targets.limit_mm.size, dtype=np.int64)
    item_seen = np.full(targets.limit_mm.size, -1, dtype=np.int32)
    hits = np.empty(256, dtype=np.int32)
    n_found = np.zeros(sources.edge.size, dtype=np.int64)
    items, lengths = np.empty(4096, dtype=np.int32), np.empty(4096, dtype=np.int64)
    n_out = 0
    for source in range(sources.edge.size):
        limit = sources.limit_mm[source]
        access = sources.access_mm[source]
        n_hits = 0
        # Along the source's own edge, without passing a vertex.
        edge = sources.edge[source]
        for k in range(targets.edge_offsets[edge], targets.edge_offsets[edge + 1]):
            item = targets.edge_items[k]
            piece = abs(targets.offset_mm[item] - sources.start_mm[source])
            total = access + piece + targets.access_mm[item]
            if total <= limit and total <= targets.limit_mm[item]:
                if n_hits == hits.size:
                    hits = np.concatenate((hits, np.empty_like(hits)))
                hits[n_hits] = item
                n_hits += 1
                item_seen[item], item_length[item] = source, total
        turn = (sources.edge.size - source) << 32
        size = 0
        for side in range(2):
            at = sources.start[source] if side == 0 else sources.end[source]
            first = access + (sources.start_mm[source] if side == 0 else sources.end_mm[source])
            if first <= limit and turn + first < label[at]:
                label[at] = turn + first
                push_packed(heap, size, (first << 32) | at)
                size += 1
        while size > 0:
            entry = pop_packed(heap, size)
            size -= 1
            at_length, at = entry >> 32, entry & 0xFFFFFFFF
            if turn + at_length > label[at]:
                continue
            for k in range(targets.vertex_offsets[at], targets.vertex_offsets[at + 1]):
                item = targets.vertex_items[k]
                total = at_length + targets.vertex_mm[k]
                if total > limit or total > targets.limit_mm[item]:
                    continue
                if item_seen[item] != source:
                    if n_hits == hits.size:
                        hits = np.concatenate((hits, np.empty_like(hits)))
                    hits[n_hits] = item
                    n_hits += 1
                    item_seen[item], item_length[item] = source, total
                elif total < item_length[item]:
                    item_length[item] = total
            for k in range(steps.offsets[at], steps.offsets[at + 1]):
                head = steps.head[k]
                total = at_length + steps.length_mm[k]
                if total <= limit and turn + total < label[head]:
                    label[head] = turn + total
                    push_packed(heap, size, (total << 32) | head)
                    size += 1
        n_found[source] = n_hits
        while n_out + n_hits > items.size:
            items = np.concatenate((items, np.empty_like(items)))
            lengths = np.concatenate((lengths, np.empty_like(lengths)))
        for k in range(n_hits):
            items[n_out], lengths[n_out] = hits[k], item_length[hits[k]]
            n_out += 1
    return n_found, items[:n_out].copy(), lengths[:n_out].copy()


@njit(cache=True, nogil=True)
def sort_pairs(
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    values: NDArray[np.int64],
    n_rows: int,
    n_columns: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Sort (row, column, value) triples into a CSR table, in linear time.

    Two stable counting sorts, first by column, then by row. Returns offsets, columns, values.
    """
    by_column = np.empty(rows.size, dtype=np.int64)
    fill = np.zeros(n_columns + 1, dtype=np.int64)
    for k in range(rows.size):
        fill[columns[k] + 1] += 1
    fill = np.cumsum(fill)
    for k in range(rows.size):
        by_column[fill[columns[k]]] = k
        fill[columns[k]] += 1
    offsets = np.zeros(n_rows + 1, dtype=np.int64)
    for k in range(rows.size):
        offsets[rows[k] + 1] += 1
    offsets = np.cumsum(offsets)
    fill = offsets.copy()
    sorted_columns = np.empty(rows.size, dtype=np.int32)
    sorted_values = np.empty(rows.size, dtype=np.int64)
    for place in range(rows.size):
        k = by_column[place]
        at = fill[rows[k]]
        sorted_columns[at], sorted_values[at] = columns[k], values[k]
        fill[rows[k]] += 1
    return offsets, sorted_columns, sorted_values
