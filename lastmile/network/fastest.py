"""Dijkstra for fastest paths between positions on edges, compiled.

Costs are those of :mod:`lastmile.network.pieces`. Every edge takes time, so a vertex is final
when it first leaves the heap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.heap import pop, push
from lastmile.network.model import Network
from lastmile.network.pieces import NO_PATH, Ends, pack

_NO_PATH = NO_PATH


class CostSteps(NamedTuple):
    """The graph: steps out of each state with their costs."""

    offsets: NDArray[np.int64]
    head: NDArray[np.int32]
    edge: NDArray[np.int32]
    cost: NDArray[np.int64]


def cost_steps(network: Network) -> CostSteps:
    """Return the steps that obey the rules of turning, priced by time and length."""
    arcs = network.search.steps
    return CostSteps(arcs.offsets, arcs.head, arcs.edge, pack(arcs.time_ms, arcs.length_mm))


def fastest_costs(network: Network, ends: Ends, sources: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the costs of the fastest paths from some positions to all.

    Parameters
    ----------
    network
        Any network.
    ends
        All positions.
    sources
        Which of them to start from.

    Returns
    -------
    ndarray
        Shape (sources, positions). NO_PATH where there is none; access legs are not in it.
    """
    return _many_to_all(cost_steps(network), ends, sources)


@njit(cache=True, nogil=True)
def along_edge(ends: Ends, source: int, target: int) -> int:
    """Cost of the piece of edge between two positions; NO_PATH if there is none."""
    if ends.edge[source] != ends.edge[target] or ends.edge[source] < 0:
        return _NO_PATH
    piece = ends.before[target] - ends.before[source]
    if piece == 0:
        return 0
    if piece > 0 and ends.to_end[source] < _NO_PATH and ends.from_start[target] < _NO_PATH:
        return int(piece)
    if piece < 0 and ends.to_start[source] < _NO_PATH and ends.from_end[target] < _NO_PATH:
        return int(-piece)
    return _NO_PATH


@njit(cache=True, nogil=True)
def _many_to_all(  # noqa: C901, PLR0912 - one compiled loop; its parts share the work space
    steps: CostSteps, ends: Ends, sources: NDArray[np.int64]
) -> NDArray[np.int64]:
    n_vertices = steps.offsets.size - 1
    n_positions = ends.edge.size
    costs = np.full((sources.size, n_positions), _NO_PATH, dtype=np.int64)
    cost = np.full(n_vertices, _NO_PATH, dtype=np.int64)
    keys, vertices = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int32)
    wanted = np.zeros(n_vertices, dtype=np.bool_)
    for k in range(n_positions):
        if ends.edge[k] >= 0:
            if ends.from_start[k] < _NO_PATH:
                wanted[ends.enter_start[k]] = True
            if ends.from_end[k] < _NO_PATH:
                wanted[ends.enter_end[k]] = True
    n_wanted = wanted.sum()
    for row in range(sources.size):
        source = sources[row]
        if ends.edge[source] < 0:
            continue
        cost[:] = _NO_PATH
        size = 0
        for side in range(2):
            at = ends.leave_start[source] if side == 0 else ends.leave_end[source]
            first = ends.to_start[source] if side == 0 else ends.to_end[source]
            if first < cost[at]:
                cost[at] = first
                keys, vertices = push(keys, vertices, size, first, at)
                size += 1
        missing = n_wanted
        while size > 0 and missing > 0:
            at_cost, at = pop(keys, vertices, size)
            size -= 1
            if at_cost > cost[at]:
                continue
            missing -= wanted[at]
            for k in range(steps.offsets[at], steps.offsets[at + 1]):
                total = at_cost + steps.cost[k]
                if total < cost[steps.head[k]]:
                    cost[steps.head[k]] = total
                    keys, vertices = push(keys, vertices, size, total, steps.head[k])
                    size += 1
        for target in range(n_positions):
            if ends.edge[target] < 0:
                continue
            best = along_edge(ends, source, target)
            by_start = int(cost[ends.enter_start[target]] + ends.from_start[target])
            by_end = int(cost[ends.enter_end[target]] + ends.from_end[target])
            costs[row, target] = min(best, by_start, by_end, _NO_PATH)
    return costs


@njit(cache=True, nogil=True)
def fastest_path(  # noqa: C901, PLR0912, PLR0915 - one compiled loop and its work space
    steps: CostSteps,
    ends: Ends,
    source: int,
    target: int,
    cost: NDArray[np.int64],
    arrived_by: NDArray[np.int64],
) -> tuple[int, bool, bool, NDArray[np.int64], bool]:
    """Find the steps from one position to another.

    ``cost`` and ``arrived_by`` (shape (states,), filled with NO_PATH and -1) are work space and
    are handed back clean.

    Returns the cost, NO_PATH if there is no path; whether it is just the piece of edge between
    the positions; whether it leaves by the end of the source's edge; the arcs in order; and
    whether it enters the target's edge by the end.
    """
    keys, vertices = np.empty(256, dtype=np.int64), np.empty(256, dtype=np.int32)
    touched = np.empty(256, dtype=np.int32)
    n_touched = 0
    size = 0
    best = along_edge(ends, source, target)
    direct = best < _NO_PATH
    by_end = False
    for side in range(2):
        at = ends.leave_start[source] if side == 0 else ends.leave_end[source]
        first = ends.to_start[source] if side == 0 else ends.to_end[source]
        if first < cost[at]:
            cost[at], arrived_by[at] = first, -1 - side
            touched[n_touched] = at
            n_touched += 1
            keys, vertices = push(keys, vertices, size, first, at)
            size += 1
    last = -1
    while size > 0:
        at_cost, at = pop(keys, vertices, size)
        size -= 1
        if at_cost > cost[at]:
            continue
        if at_cost >= best:
            break
        for side in range(2):
            goal = ends.enter_start[target] if side == 0 else ends.enter_end[target]
            rest = ends.from_start[target] if side == 0 else ends.from_end[target]
            if at == goal and at_cost + rest < best:
                best, last, by_end, direct = int(at_cost + rest), at, side == 1, False
        for k in range(steps.offsets[at], steps.offsets[at + 1]):
            head = steps.head[k]
            total = at_cost + steps.cost[k]
            if total < cost[head]:
                if n_touched == touched.size:
                    touched = np.concatenate((touched, np.empty_like(touched)))
                touched[n_touched] = head
                n_touched += 1
                cost[head], arrived_by[head] = total, k
                keys, vertices = push(keys, vertices, size, total, head)
                size += 1
    n_arcs = 0
    at = last
    while at >= 0 and arrived_by[at] >= 0:
        at = _tail(steps, arrived_by[at])
        n_arcs += 1
    arcs = np.empty(n_arcs, dtype=np.int64)
    left_by_end = False
    at = last
    for k in range(n_arcs - 1, -1, -1):
        arcs[k] = arrived_by[at]
        at = _tail(steps, arcs[k])
    if at >= 0:
        left_by_end = bool(arrived_by[at] == -2)  # noqa: PLR2004 - the mark of the edge's end, set above
    for k in range(n_touched):
        cost[touched[k]], arrived_by[touched[k]] = _NO_PATH, -1
    return best, direct, left_by_end, arcs, by_end


@njit(cache=True, nogil=True)
def _tail(steps: CostSteps, arc: int) -> np.intp:
    """State that a step leaves, by bisection."""
    return np.searchsorted(steps.offsets, arc, side="right") - 1
