"""The order in which vertices leave a graph, and the neighbours that each has when it goes."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.heap import pop, push


def eliminate(
    n_vertices: int, tail: NDArray[np.int32], head: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Take vertices out, fewest neighbours first, joining the neighbours of each to one another.

    Parameters
    ----------
    n_vertices
        Number of vertices.
    tail, head
        Shape (arcs,). Direction does not matter here.

    Returns
    -------
    ndarray
        Shape (vertices,). The rank of each vertex: when it went.

    References
    ----------
    Tinney & Walker (1967), doi:10.1109/PROC.1967.6011: minimum degree ordering.
    """
    one, other = np.concatenate((tail, head)), np.concatenate((head, tail))
    apart = one != other
    code = np.unique(one[apart].astype(np.int64) * n_vertices + other[apart])
    owner, neighbour = np.divmod(code, max(1, n_vertices))
    offsets = np.zeros(n_vertices + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=n_vertices), out=offsets[1:])
    order = _eliminate(offsets, neighbour.astype(np.int32))
    rank = np.empty(n_vertices, dtype=np.int32)
    rank[order] = np.arange(n_vertices, dtype=np.int32)
    return rank


def neighbours_left(
    rank: NDArray[np.int32], offsets: NDArray[np.int64], head: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Find which neighbours each vertex has when it goes.

    Those are the later ones of its own, and of all whose next neighbour to go it was.

    Parameters
    ----------
    rank
        Shape (vertices,). When each vertex goes.
    offsets, head
        Arcs, grouped by the vertex that they leave. Direction does not matter here.

    Returns
    -------
    tuple
        By rank the offsets and ranks of the neighbours, ascending.

    References
    ----------
    Liu (1990), The role of elimination trees in sparse factorization, doi:10.1137/0611010.
    """
    return _fill(*_later(rank, offsets, head))


@njit(cache=True)
def _later(
    rank: NDArray[np.int32], offsets: NDArray[np.int64], head: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Group arcs by whichever end goes first; some may stand there more than once."""
    n_vertices = rank.size
    later_offsets = np.zeros(n_vertices + 1, dtype=np.int64)
    for vertex in range(n_vertices):
        for k in range(offsets[vertex], offsets[vertex + 1]):
            later_offsets[min(rank[vertex], rank[head[k]]) + 1] += 1
    for vertex in range(n_vertices):
        later_offsets[vertex + 1] += later_offsets[vertex]
    filled = later_offsets[:-1].copy()
    later = np.empty(head.size, dtype=np.int32)
    for vertex in range(n_vertices):
        for k in range(offsets[vertex], offsets[vertex + 1]):
            at, to = rank[vertex], rank[head[k]]
            later[filled[min(at, to)]] = max(at, to)
            filled[min(at, to)] += 1
    return later_offsets, later


@njit(cache=True)
def _fill(
    offsets: NDArray[np.int64], later: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    n_vertices = offsets.size - 1
    left_offsets = np.zeros(n_vertices + 1, dtype=np.int64)
    left = np.empty(max(16, 2 * later.size), dtype=np.int32)
    # Vertices whose next neighbour to go is the same, as chains.
    first_child = np.full(n_vertices, -1, dtype=np.int32)
    next_child = np.full(n_vertices, -1, dtype=np.int32)
    mark = np.full(n_vertices, -1, dtype=np.int32)
    n_left = 0
    for vertex in range(n_vertices):
        while n_left + n_vertices - vertex > left.size:
            left = np.concatenate((left, np.empty_like(left)))
        mark[vertex] = vertex
        begin = n_left
        for k in range(offsets[vertex], offsets[vertex + 1]):
            if mark[later[k]] != vertex:
                mark[later[k]] = vertex
                left[n_left] = later[k]
                n_left += 1
        child = first_child[vertex]
        while child >= 0:
            for k in range(left_offsets[child], left_offsets[child + 1]):
                if mark[left[k]] != vertex:
                    mark[left[k]] = vertex
                    left[n_left] = left[k]
                    n_left += 1
            child = next_child[child]
        left[begin:n_left].sort()
        left_offsets[vertex + 1] = n_left
        if n_left > begin:
            parent = left[begin]
            next_child[vertex] = first_child[parent]
            first_child[parent] = vertex
    return left_offsets, left[:n_left].copy()


@njit(cache=True)
def _eliminate(  # noqa: C901 - one compiled loop
    offsets: NDArray[np.int64], neighbours: NDArray[np.int32]
) -> NDArray[np.int32]:
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
    n_gone = 0
    merged = np.empty(max(16, n_vertices), dtype=np.int32)
    while size > 0:
        key, vertex = pop(keys, queue, size)
        size -= 1
        if gone[vertex] or key != degree[vertex]:
            continue
        gone[vertex] = True
        order[n_gone] = vertex
        around = pool[start[vertex] : start[vertex] + degree[vertex]].copy()
        n_gone += 1
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
    return order
