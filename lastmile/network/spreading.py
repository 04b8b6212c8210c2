"""Bounded searches from positions on edges, sixteen at a time, compiled.

Sources that lie close together see much the same streets, so that one search serves a batch of
them: each vertex holds, for every source of the batch, what is *left* of its limit there, and a
step along an edge takes the edge's length off all of them in one vector operation. A vertex is
gone out from again whenever any source has more left there than before. The order, by least length
so far, in buckets, decides how often that happens, but not what is found: when nothing can be
gained any more, every vertex holds what the shortest paths leave.

What is left is stored with one added, so that 0 says "not reached" and memory that the system
hands out as zeros need not be filled.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES: Final = 16
"""Sources in a batch: 32-bit numbers in the widest vector register."""

LONGEST_MM: Final = 2**31 - 2
"""Longest limit: with one added it still fits 32 bits."""

_BUCKET_BITS: Final = 14
"""Vertices within 16 m of each other are taken in any order; a fourth of a street's length."""

_IDLE: Final = 1
"""Mark of a vertex that was reached and waits in no bucket."""

_FIRST: Final = 2
"""Mark of a vertex that waits in bucket 0; in the others it counts on from there."""

_FAR: Final = np.int32(2**31 - 1)


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
    """At most ``LONGEST_MM``."""


class Workspace(NamedTuple):
    """Memory of a search, handed back as clean as it came."""

    left: NDArray[np.int32]
    """Shape (vertices * LANES,). What is left there of each source's limit, and one; else 0."""

    mark: NDArray[np.int32]
    """Shape (vertices,). 0 if not reached, ``_IDLE``, or ``_FIRST`` plus the number of a bucket."""

    following: NDArray[np.int32]
    """Shape (vertices,). Next vertex in the same bucket; -1 at its end."""

    preceding: NDArray[np.int32]
    """Shape (vertices,). The one before; -1 for the first."""

    first: NDArray[np.int32]
    """Shape (buckets,). First vertex in each; -1 if empty."""

    touched: NDArray[np.int32]
    """Shape (vertices,). Vertices reached by the batch."""

    found: NDArray[np.int32]
    """Shape (items + 1,). Items that the batch may have reached."""

    is_found: NDArray[np.bool_]
    """Shape (items,)."""

    budget: NDArray[np.int32]
    """Shape (LANES,). Limit of each source and one; 0 for a lane without a source."""

    now: NDArray[np.int32]
    """Shape (LANES,). What is left at the vertex that is gone out from."""


def workspace(n_vertices: int, n_items: int, furthest_mm: int) -> Workspace:
    """Make the memory that searches need.

    Parameters
    ----------
    n_vertices
        Of the graph.
    n_items
        Of the targets.
    furthest_mm
        The longest limit of any source.
    """
    return Workspace(
        left=np.zeros(n_vertices * LANES, dtype=np.int32),
        mark=np.zeros(n_vertices, dtype=np.int32),
        following=np.empty(n_vertices, dtype=np.int32),
        preceding=np.empty(n_vertices, dtype=np.int32),
        first=np.full((furthest_mm >> _BUCKET_BITS) + 1, -1, dtype=np.int32),
        touched=np.empty(n_vertices, dtype=np.int32),
        found=np.empty(n_items + 1, dtype=np.int32),
        is_found=np.zeros(n_items, dtype=np.bool_),
        budget=np.zeros(LANES, dtype=np.int32),
        now=np.zeros(LANES, dtype=np.int32),
    )


@njit(cache=True, nogil=True)
def start(sources: Sources, begin: int, count: int, work: Workspace) -> int:
    """Put the ends of the sources' edges into the first bucket; return how many there are."""
    n_touched = 0
    for lane in range(LANES):
        work.budget[lane] = 0
    for lane in range(count):
        source = begin + lane
        budget = sources.limit_mm[source] + 1
        work.budget[lane] = budget
        for side in range(2):
            at = sources.start[source] if side == 0 else sources.end[source]
            piece_mm = sources.start_mm[source] if side == 0 else sources.end_mm[source]
            so_far_mm = sources.access_mm[source] + piece_mm
            left = budget - so_far_mm
            if left > work.left[at * LANES + lane]:
                work.left[at * LANES + lane] = left
                if work.mark[at] == 0:
                    work.touched[n_touched] = at
                    n_touched += 1
                    second = work.first[0]
                    work.following[at], work.preceding[at] = second, -1
                    if second >= 0:
                        work.preceding[second] = at
                    work.first[0], work.mark[at] = at, _FIRST
    return n_touched


@njit(cache=True, nogil=True)
def spread(  # noqa: C901, PLR0912 - one compiled loop; its parts share nine arrays
    steps: Steps, work: Workspace, n_touched: int
) -> int:
    """Search until nothing can be gained; return how many vertices were touched."""
    left, now, budget, mark = work.left, work.now, work.budget, work.mark
    first, following, preceding = work.first, work.following, work.preceding
    touched = work.touched
    # Unsigned, and not known when this is compiled: else the loops are not made vectors.
    lanes = np.uint64(budget.size)
    for bucket in range(first.size):
        while first[bucket] >= 0:
            at = first[bucket]
            first[bucket] = following[at]
            if following[at] >= 0:
                preceding[following[at]] = -1
            mark[at] = _IDLE
            row = np.uint64(at) * lanes
            for lane in range(lanes):
                now[lane] = left[row + lane]
            for k in range(steps.offsets[at], steps.offsets[at + 1]):
                head, step_mm = steps.head[k], steps.length_mm[k]
                least_mm = _FAR
                row = np.uint64(head) * lanes
                for lane in range(lanes):
                    new = np.int32(now[lane] - step_mm)
                    old = left[row + lane]
                    so_far_mm = np.int32(budget[lane] - new)
                    left[row + lane] = max(new, old)
                    least_mm = min(least_mm, so_far_mm if new > old else _FAR)
                if least_mm != _FAR:
                    waits_in = mark[head] - _FIRST
                    if mark[head] == 0:
                        touched[n_touched] = head
                        n_touched += 1
                    to = max(bucket, int(least_mm) >> _BUCKET_BITS)
                    # Written out: a call would count references to the arrays every time.
                    if waits_in < 0 or waits_in > to:
                        if waits_in >= 0:
                            before, after = preceding[head], following[head]
                            if before < 0:
                                first[waits_in] = after
                            else:
                                following[before] = after
                            if after >= 0:
                                preceding[after] = before
                        second = first[to]
                        following[head], preceding[head] = second, -1
                        if second >= 0:
                            preceding[second] = head
                        first[to], mark[head] = head, to + _FIRST
    return n_touched


@njit(cache=True, nogil=True)
def clean(work: Workspace, n_touched: int, n_items: int) -> None:
    """Hand the memory back as it came."""
    lanes = np.uint64(work.budget.size)
    for k in range(n_touched):
        at = work.touched[k]
        work.mark[at] = 0
        row = np.uint64(at) * lanes
        for lane in range(lanes):
            work.left[row + lane] = 0
    for k in range(n_items):
        work.is_found[work.found[k]] = False
