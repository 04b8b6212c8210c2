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
