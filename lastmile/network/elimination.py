"""The order in which vertices leave a graph, and the neighbours they leave behind."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.heap import pop, push


def eliminate(
    n_vertices: int, tail: NDArray[np.int32], head: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Take vertices out, fewest neighbours first, joining the neighbours of each to one another.

    Parameters
    ----------
    n_vertices
        Number of vertices.
    tail, head
        Shape (arcs,). Direction does not matter here.

    Returns
    -------
    tuple
        The rank of each vertex (when it went), and by rank the offsets and ranks of the
        neighbours that each then had, ascending.

    References
    ----------
    Tinney & Walker (1967), doi:10.1109/PROC.1967.6011: minimum degree ordering.
    """
    one, other = np.concatenate((tail, head)), np.concatenate((head, tail))
    apart = one != other
    code = np.unique(one[apart].astype(np.int64) * n_vertices + other[apart])
    owner, neighbour = np.divmod(code, max(1, n_vertices))
    sizes = np.bincount(owner, minlength=n_vertices).astype(np.int64)
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    order, left_offsets, left = _eliminate(offsets, neighbour.astype(np.int32))
    rank = np.empty(n_vertices, dtype=np.int32)
    rank[order] = np.arange(n_vertices, dtype=np.int32)
    by = np.repeat(np.arange(n_vertices), np.diff(left_offsets))
    ranks = rank[left]
    return rank, left_offsets, ranks[np.lexsort((ranks, by))]


@njit(cache=True)
def _eliminate(  # noqa: C901, PLR0915 - one compiled loop
    offsets: NDArray[np.int64], neighbours: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    n_vertices = offsets.size - 1
    # Each vertex owns a stretch of the pool; one that outgrows it moves to the end.
    start = offsets[:-1].copy()
    room = np.diff(offsets)
    degree = room.copy()
    pool = neighbours.copy()
    n_pool = pool.size
    keys = np.empty(max(16, n_vertices), dtype=np.int64)
    queue = np.empty(max(16, n_vertices), dtype=np.int32)
    size = 0
    for vertex in range(n_vertices):
        keys, queue = push(keys, queue, size, degree[vertex], vertex)
        size += 1
    gone = np.zeros(n_vertices, dtype=np.bool_)
    mark = np.full(n_vertices, -1, dtype=np.int32)
    order = np.empty(n_vertices, dtype=np.int32)
    left_offsets = np.zeros(n_vertices + 1, dtype=np.int64)
    left = np.empty(max(16, 2 * neighbours.size), dtype=np.int32)
    n_gone, n_left = 0, 0
    merged = np.empty(max(16, n_vertices), dtype=np.int32)
    while size > 0:
        key, vertex = pop(keys, queue, size)
        size -= 1
        if gone[vertex] or key != degree[vertex]:
            continue
        gone[vertex] = True
        order[n_gone] = vertex
        around = pool[start[vertex] : start[vertex] + degree[vertex]].copy()
        while n_left + around.size > left.size:
            left = np.concatenate((left, np.empty_like(left)))
        left[n_left : n_left + around.size] = around
        n_left += around.size
        n_gone += 1
        left_offsets[n_gone] = n_left
        for u in around:
            n_merged = 0
            mark[u] = u
            for k in range(start[u], start[u] + degree[u]):
                if pool[k] != vertex:
                    mark[pool[k]] = u
                    merged[n_merged] = pool[k]
                    n_merged += 1
            for w in around:
                if mark[w] != u:
                    merged[n_merged] = w
                    n_merged += 1
            if n_merged > room[u]:
                room[u] = 2 * n_merged
                while n_pool + room[u] > pool.size:
                    pool = np.concatenate((pool, np.empty_like(pool)))
                start[u] = n_pool
                n_pool += room[u]
            pool[start[u] : start[u] + n_merged] = merged[:n_merged]
            if n_merged != degree[u]:
                degree[u] = n_merged
                keys, queue = push(keys, queue, size, n_merged, u)
                size += 1
    return order, left_offsets, left[:n_left].copy()
