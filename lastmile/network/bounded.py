"""From positions on edges to positions on edges within a limit, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.spreading import LANES, Sources, Steps, Workspace, clean, spread, start


class Targets(NamedTuple):
    """Positions to be found, listed by the vertices and by the edges they lie at."""

    vertex_offsets: NDArray[np.int64]
    vertex_items: NDArray[np.int32]
    """Each item at both ends of its edge."""

    edge_offsets: NDArray[np.int64]
    edge_items: NDArray[np.int32]
    edge: NDArray[np.int32]
    """Shape (items,)."""

    start: NDArray[np.int32]
    """Shape (items,). Vertex at the edge's start."""

    end: NDArray[np.int32]
    start_mm: NDArray[np.int32]
    """Shape (items,). From the edge's start to the item, access leg included."""

    end_mm: NDArray[np.int32]
    """Shape (items,). From the edge's end to the item, access leg included."""

    offset_mm: NDArray[np.int64]
    """Shape (items,). From the edge's start to the position."""

    access_mm: NDArray[np.int64]
    limit_mm: NDArray[np.int32]
    """Shape (items,). No pair with the item may be longer."""


@njit(cache=True, nogil=True)
def bounded_search(
    steps: Steps, sources: Sources, targets: Targets, work: Workspace
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Find, for each source, the items within its limit and theirs.

    Batches are of sources that stand together, so that sources in spatial order cost least.

    Returns the number found by each source, and the items, ascending for each source, and their
    lengths, one source after another.
    """
    n_found = np.zeros(sources.edge.size, dtype=np.int64)
    items, lengths = np.empty(4096, dtype=np.int32), np.empty(4096, dtype=np.int32)
    hits = np.empty(LANES * 256, dtype=np.int64)
    n_out = 0
    for begin in range(0, sources.edge.size, LANES):
        count = min(LANES, sources.edge.size - begin)
        n_touched = start(sources, begin, count, work)
        n_touched = spread(steps, work, n_touched)
        n_items = _gather(sources, begin, count, targets, work, n_touched)
        if hits.size < LANES * (n_items + 1):
            hits = np.empty(2 * LANES * (n_items + 1), dtype=np.int64)
        n_hits = n_found[begin : begin + count]
        _measure(sources, begin, targets, work, n_items, hits, n_hits)
        clean(work, n_touched, n_items)
        n_more = n_hits.sum()
        while n_out + n_more > items.size:
            items = np.concatenate((items, np.empty_like(items)))
            lengths = np.concatenate((lengths, np.empty_like(lengths)))
        _copy_out(hits, n_hits, items[n_out:], lengths[n_out:])
        n_out += n_more
    return n_found, items[:n_out].copy(), lengths[:n_out].copy()


@njit(cache=True, nogil=True)
def _gather(
    sources: Sources, begin: int, count: int, targets: Targets, work: Workspace, n_touched: int
) -> int:
    """List the items that the batch may reach, ascending; return how many."""
    n_items = 0
    for k in range(n_touched):
        at = work.touched[k]
        for where in range(targets.vertex_offsets[at], targets.vertex_offsets[at + 1]):
            item = targets.vertex_items[where]
            work.found[n_items] = item
            n_items += not work.is_found[item]
            work.is_found[item] = True
    for source in range(begin, begin + count):
        edge = sources.edge[source]
        for where in range(targets.edge_offsets[edge], targets.edge_offsets[edge + 1]):
            item = targets.edge_items[where]
            if not work.is_found[item]:
                work.found[n_items] = item
                n_items += 1
                work.is_found[item] = True
    work.found[:n_items].sort()
    return n_items


@njit(cache=True, nogil=True)
def _measure(
    sources: Sources,
    begin: int,
    targets: Targets,
    work: Workspace,
    n_items: int,
    hits: NDArray[np.int64],
    n_hits: NDArray[np.int64],
) -> None:
    """Work out the lengths from every source of a batch to the items that were listed."""
    left, best, budget = work.left, work.now, work.budget
    lanes = np.uint64(budget.size)
    stride = hits.size // LANES
    for k in range(n_items):
        item = work.found[k]
        by_start = np.uint64(targets.start[item]) * lanes
        by_end = np.uint64(targets.end[item]) * lanes
        start_mm, end_mm = targets.start_mm[item], targets.end_mm[item]
        for lane in range(lanes):
            one = np.int32(left[by_start + lane] - start_mm)
            other = np.int32(left[by_end + lane] - end_mm)
            best[lane] = max(one, other)
        limit_mm = targets.limit_mm[item]
        for lane in range(n_hits.size):
            if sources.edge[begin + lane] == targets.edge[item]:
                best[lane] = max(best[lane], _along(sources, begin + lane, targets, item))
            total_mm = budget[lane] - best[lane]
            # Written in any case, and counted if it is a hit: a branch would be guessed wrong.
            hits[lane * stride + n_hits[lane]] = (np.int64(item) << 32) | total_mm
            n_hits[lane] += (best[lane] > 0) & (total_mm <= limit_mm)


@njit(cache=True, nogil=True)
def _along(sources: Sources, source: int, targets: Targets, item: int) -> int:
    """Return what is left, and one, after the way along the edge that source and item share."""
    piece_mm = abs(sources.start_mm[source] - targets.offset_mm[item])
    total_mm = sources.access_mm[source] + piece_mm + targets.access_mm[item]
    return max(0, int(sources.limit_mm[source] + 1 - total_mm))


@njit(cache=True, nogil=True)
def _copy_out(
    hits: NDArray[np.int64],
    n_hits: NDArray[np.int64],
    items: NDArray[np.int32],
    lengths: NDArray[np.int32],
) -> None:
    """Put the rows of a batch one after another."""
    stride, at = hits.size // LANES, 0
    for lane in range(n_hits.size):
        for k in range(lane * stride, lane * stride + n_hits[lane]):
            items[at], lengths[at] = hits[k] >> 32, hits[k] & 0xFFFFFFFF
            at += 1
