"""The positions that are reached first from each, without measuring all pairs.

Two ways, of which the one with less work is taken: a Dijkstra from each position that stops at the
last one wanted, or a sweep to all positions of which the nearest are kept. Both give the same.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.fastest import CostSteps, along_edge
from lastmile.network.heap import pop, push
from lastmile.network.hierarchy import Sweep, hierarchy_costs
from lastmile.network.order import Hierarchy
from lastmile.network.pieces import NO_PATH, Ends

_NO_PATH: Final = NO_PATH
_BLOCK: Final = 128

_SETTLE_NS: Final = 320
_ARRIVE_NS: Final = 500
"""Measured: a state that a search settles, and a neighbour that it finds."""

_SWEEP_NS: Final = 0.5
_PICK_NS: Final = 10
"""Measured: an arc that is swept for one source, and a cost of which the least are kept."""


class Arrivals(NamedTuple):
    """Positions by the states from which they are reached, and by their edges."""

    offsets: NDArray[np.int64]
    """Shape (states + 1,)."""

    target: NDArray[np.int32]
    """Shape (arrivals,)."""

    rest: NDArray[np.int64]
    """Shape (arrivals,). Cost from the state to the place, access leg included."""

    edge: NDArray[np.int32]
    """Shape (positions,). Edges, ascending."""

    by_edge: NDArray[np.int32]
    """Shape (positions,). Positions in the order of ``edge``."""

    access: NDArray[np.int64]
    """Shape (positions,). Cost of the access leg."""


def arrivals_of(n_states: int, ends: Ends, access: NDArray[np.int64]) -> Arrivals:
    """Sort positions by where they are reached from.

    Parameters
    ----------
    n_states
        Of the graph.
    ends
        All positions.
    access
        Shape (positions,). Cost of each access leg.
    """
    state = np.concatenate((ends.enter_start, ends.enter_end))
    rest = np.concatenate((ends.from_start, ends.from_end))
    target = np.tile(np.arange(ends.edge.size, dtype=np.int32), 2)
    open_ = (rest < NO_PATH) & np.tile(ends.edge >= 0, 2)
    state, target, rest = state[open_], target[open_], rest[open_]
    order = np.lexsort((target, state))
    offsets = np.zeros(n_states + 1, dtype=np.int64)
    np.cumsum(np.bincount(state, minlength=n_states), out=offsets[1:])
    by_edge = np.argsort(ends.edge, kind="stable").astype(np.int32)
    target, rest = target[order], rest[order] + access[target[order]]
    return Arrivals(offsets, target, rest, ends.edge[by_edge], by_edge, access)


def sweeping_pays(n_positions: int, k: int, n_states: int, n_swept: int) -> bool:
    """Tell whether sweeping to all positions is less work than a search from each.

    Parameters
    ----------
    n_positions, k
        How many are sought from how many.
    n_states
        States of the graph: searches settle about ``k`` times as many, all together.
    n_swept
        Arcs of the sweep to all positions.
    """
    searched_ns = k * (n_states * _SETTLE_NS + n_positions * _ARRIVE_NS)
    return n_positions * (n_swept * _SWEEP_NS + n_positions * _PICK_NS) < searched_ns


def nearest_by_search(
    steps: CostSteps, ends: Ends, arrivals: Arrivals, k: int, threads: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Find the ``k`` nearest of each position by a Dijkstra that stops at the last one.

    Parameters
    ----------
    steps
        The graph of the positions' network.
    ends, arrivals
        All positions.
    k
        How many at most.
    threads
        How many blocks are searched at once; the result does not depend on it.

    Returns
    -------
    tuple
        Offsets, shape (positions + 1,), and for each pair the neighbour and the cost of the path
        with the neighbour's access leg; nearest first, lower positions first among equals.
    """
    return _in_blocks(
        ends.edge.size, threads, lambda sources: _search(steps, ends, arrivals, sources, k)
    )


def nearest_by_sweep(
    hierarchy: Hierarchy, sweep: Sweep, ends: Ends, arrivals: Arrivals, k: int, threads: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Find the ``k`` nearest of each position among the costs to all.

    Parameters
    ----------
    hierarchy, sweep
        Of the positions' network, and to all positions.
    ends, arrivals, k, threads
        As for :func:`nearest_by_search`, and so is what is returned.
    """
    return _in_blocks(
        ends.edge.size,
        threads,
        lambda sources: _least(
            hierarchy_costs(hierarchy, sweep, ends, sources), arrivals.access, sources, k
        ),
    )


_Block = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]


def _in_blocks(
    n_positions: int, threads: int, find: Callable[[NDArray[np.int64]], _Block]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Join what is found for blocks of positions: numbers of neighbours, and tables of them."""
    blocks = [np.arange(at, min(n_positions, at + _BLOCK)) for at in range(0, n_positions, _BLOCK)]

    def lists(block: NDArray[np.int64]) -> _Block:
        count, target, cost = find(block)
        kept = np.arange(target.shape[1]) < count[:, None]
        return count, target[kept], cost[kept]

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        found = list(pool.map(lists, blocks))
    counts = [np.zeros(1, dtype=np.int64), *(count for count, _, _ in found)]
    targets = [np.zeros(0, dtype=np.int32), *(target for _, target, _ in found)]
    costs = [np.zeros(0, dtype=np.int64), *(cost for _, _, cost in found)]
    offsets = np.cumsum(np.concatenate(counts))
    return offsets, np.concatenate(targets), np.concatenate(costs)


@njit(cache=True, nogil=True)
def _offer(  # noqa: PLR0913, PLR0917 - the queue, and what goes into it
    best: NDArray[np.int64],
    touched: NDArray[np.int32],
    n_touched: int,
    keys: NDArray[np.int64],
    items: NDArray[np.int32],
    size: int,
    item: int,
    cost: int,
) -> tuple[int, NDArray[np.int64], NDArray[np.int32], int]:
    """Queue a state or a position if it is come to at less than before."""
    if cost < best[item]:
        if best[item] == _NO_PATH:
            touched[n_touched] = item
            n_touched += 1
        best[item] = cost
        keys, items = push(keys, items, size, cost, item)
        size += 1
    return n_touched, keys, items, size


@njit(cache=True, nogil=True)
def _search(  # noqa: C901 - one compiled loop; its parts share the work space
    steps: CostSteps, ends: Ends, arrivals: Arrivals, sources: NDArray[np.int64], k: int
) -> _Block:
    n_states = steps.offsets.size - 1
    # Positions are numbered behind all states: at one cost they leave the queue last, and in order.
    n_items = n_states + ends.edge.size
    count = np.zeros(sources.size, dtype=np.int64)
    neighbour = np.empty((sources.size, k), dtype=np.int32)
    found = np.empty((sources.size, k), dtype=np.int64)
    best = np.full(n_items, _NO_PATH, dtype=np.int64)
    touched = np.empty(n_items, dtype=np.int32)
    keys, items = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int32)
    for row in range(sources.size):
        source = sources[row]
        if ends.edge[source] < 0:
            continue
        size, n_touched = 0, 0
        for item, cost in (
            (ends.leave_start[source], ends.to_start[source]),
            (ends.leave_end[source], ends.to_end[source]),
        ):
            n_touched, keys, items, size = _offer(
                best, touched, n_touched, keys, items, size, item, cost
            )
        best[n_states + source] = -1
        first = np.searchsorted(arrivals.edge, ends.edge[source])
        while first < arrivals.edge.size and arrivals.edge[first] == ends.edge[source]:
            target = arrivals.by_edge[first]
            cost = along_edge(ends, source, target) + arrivals.access[target]
            n_touched, keys, items, size = _offer(
                best, touched, n_touched, keys, items, size, n_states + target, cost
            )
            first += 1
        while size > 0 and count[row] < k:
            cost, item = pop(keys, items, size)
            size -= 1
            if cost > best[item]:
                continue
            if item >= n_states:
                neighbour[row, count[row]], found[row, count[row]] = item - n_states, cost
                count[row] += 1
                continue
            for a in range(arrivals.offsets[item], arrivals.offsets[item + 1]):
                n_touched, keys, items, size = _offer(
                    best, touched, n_touched, keys, items, size,
                    n_states + arrivals.target[a], cost + arrivals.rest[a],
                )  # fmt: skip
            for a in range(steps.offsets[item], steps.offsets[item + 1]):
                n_touched, keys, items, size = _offer(
                    best, touched, n_touched, keys, items, size,
                    steps.head[a], cost + steps.cost[a],
                )  # fmt: skip
        for a in range(n_touched):
            best[touched[a]] = _NO_PATH
        best[n_states + source] = _NO_PATH
    return count, neighbour, found


@njit(cache=True, nogil=True)
def _least(
    costs: NDArray[np.int64], access: NDArray[np.int64], sources: NDArray[np.int64], k: int
) -> _Block:
    """Keep the ``k`` least costs of every row, in order; lower positions first among equals."""
    count = np.zeros(sources.size, dtype=np.int64)
    neighbour = np.empty((sources.size, k), dtype=np.int32)
    found = np.empty((sources.size, k), dtype=np.int64)
    # Negative, so that the worst of those that are kept lies on top.
    keys, items = np.empty(k + 1, dtype=np.int64), np.empty(k + 1, dtype=np.int32)
    for row in range(sources.size):
        size = 0
        for target in range(costs.shape[1]):
            cost = costs[row, target]
            if cost >= _NO_PATH or target == sources[row]:
                continue
            cost += access[target]
            if size == k:
                if cost >= -keys[0]:
                    continue
                pop(keys, items, size)
                size -= 1
            keys, items = push(keys, items, size, -cost, -target)
            size += 1
        count[row] = size
        while size > 0:
            cost, target = pop(keys, items, size)
            size -= 1
            neighbour[row, size], found[row, size] = -target, -cost
    return count, neighbour, found
