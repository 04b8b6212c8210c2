"""A contraction hierarchy for fastest paths between many positions.

Vertices are taken out of the graph one after another, the one with fewest neighbours first;
shortcuts between the neighbours of each keep all costs as they were. A fastest path then climbs
from its source to later and later vertices and comes down to its target, and both halves are
short. No witness is searched for, so that a hierarchy is right by construction, and the costs
it finds are those of Dijkstra to the last bit: they are sums of the same integers.

References
----------
Dibbelt, Strasser & Wagner (2016), Customizable contraction hierarchies, doi:10.1145/2886843.
Delling, Goldberg & Werneck (2011), Faster batched shortest paths in road networks,
doi:10.4230/OASIcs.ATMOS.2011.52, for the restricted sweep.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.elimination import eliminate
from lastmile.network.fastest import CostSteps, along_edge, cost_steps
from lastmile.network.model import Network
from lastmile.network.pieces import NO_PATH, Ends

_NO_PATH: Final = NO_PATH
_BATCH: Final = 16
"""Sources swept together; their costs lie side by side, so that processors take them in one go."""


class Hierarchy(NamedTuple):
    """Vertices by rank, each with its arcs to later ones."""

    rank: NDArray[np.int32]
    """Shape (vertices,). When each vertex was taken out."""

    offsets: NDArray[np.int64]
    """Shape (vertices + 1,), by rank."""

    head: NDArray[np.int32]
    """Shape (arcs,). Ranks, ascending for each vertex; the first is its parent."""

    up: NDArray[np.int64]
    """Shape (arcs,). Cost towards the head."""

    down: NDArray[np.int64]
    """Shape (arcs,). Cost from the head."""


class Sweep(NamedTuple):
    """The part of a hierarchy from which some targets can be reached, highest rank first."""

    place: NDArray[np.int32]
    """Shape (vertices,), by rank. Position in the sweep, -1 outside."""

    offsets: NDArray[np.int64]
    """Shape (members + 1,)."""

    above: NDArray[np.int32]
    """Shape (arcs,). Position of the higher end."""

    down: NDArray[np.int64]
    """Shape (arcs,)."""


def build_hierarchy(network: Network) -> Hierarchy:
    """Take the network apart, and price its shortcuts.

    Parameters
    ----------
    network
        Any network.
    """
    steps = cost_steps(network)
    n_states = network.search.n_states
    tail = np.repeat(np.arange(n_states, dtype=np.int32), np.diff(steps.offsets))
    rank, offsets, head = eliminate(n_states, tail, steps.head)
    up, down = _price(rank, offsets, head, tail, steps)
    return Hierarchy(rank, offsets, head, up, down)


@njit(cache=True)
def _price(
    rank: NDArray[np.int32],
    offsets: NDArray[np.int64],
    head: NDArray[np.int32],
    tail: NDArray[np.int32],
    steps: CostSteps,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cost of every arc of the hierarchy, both ways: the least over all that it stands for."""
    up = np.full(head.size, _NO_PATH, dtype=np.int64)
    down = np.full(head.size, _NO_PATH, dtype=np.int64)
    for k in range(tail.size):
        at, to = rank[tail[k]], rank[steps.head[k]]
        if at == to:
            continue
        low, high = min(at, to), max(at, to)
        arc = offsets[low] + np.searchsorted(head[offsets[low] : offsets[low + 1]], high)
        if at < to:
            up[arc] = min(up[arc], steps.cost[k])
        else:
            down[arc] = min(down[arc], steps.cost[k])
    arc_to = np.full(rank.size, -1, dtype=np.int64)
    for vertex in range(rank.size):
        for one in range(offsets[vertex], offsets[vertex + 1]):
            middle = head[one]
            for k in range(offsets[middle], offsets[middle + 1]):
                arc_to[head[k]] = k
            for other in range(one + 1, offsets[vertex + 1]):
                # The neighbours of a vertex that was taken out all know each other.
                arc = arc_to[head[other]]
                up[arc] = min(up[arc], down[one] + up[other])
                down[arc] = min(down[arc], down[other] + up[one])
    return up, down


def hierarchy_costs(
    hierarchy: Hierarchy, sweep: Sweep, ends: Ends, sources: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the costs of the fastest paths from some positions to all.

    Parameters
    ----------
    hierarchy
        Of the positions' network.
    sweep
        The sweep to all positions.
    ends
        All positions.
    sources
        Which of them to start from.

    Returns
    -------
    ndarray
        Shape (sources, positions). NO_PATH where there is none; access legs are not in it.
    """
    return _sweep_all(hierarchy, sweep, ends, sources)


def build_sweep(hierarchy: Hierarchy, ends: Ends) -> Sweep:
    """Prepare the sweep down to the ends of all positions' edges.

    Parameters
    ----------
    hierarchy
        Of the positions' network.
    ends
        All positions.
    """
    known = ends.edge >= 0
    states = np.unique(np.concatenate((ends.enter_start[known], ends.enter_end[known])))
    return Sweep(*_restrict(hierarchy, hierarchy.rank[states]))


@njit(cache=True)
def _restrict(
    hierarchy: Hierarchy, targets: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    n_vertices = hierarchy.rank.size
    inside = np.zeros(n_vertices, dtype=np.bool_)
    inside[targets] = True
    n_inside, n_arcs = 0, 0
    for vertex in range(n_vertices):
        if inside[vertex]:
            n_inside += 1
            n_arcs += hierarchy.offsets[vertex + 1] - hierarchy.offsets[vertex]
            for k in range(hierarchy.offsets[vertex], hierarchy.offsets[vertex + 1]):
                inside[hierarchy.head[k]] = True
    place = np.full(n_vertices, -1, dtype=np.int32)
    offsets = np.zeros(n_inside + 1, dtype=np.int64)
    above, down = np.empty(n_arcs, dtype=np.int32), np.empty(n_arcs, dtype=np.int64)
    at, arc = 0, 0
    for vertex in range(n_vertices - 1, -1, -1):
        if inside[vertex]:
            place[vertex] = at
            for k in range(hierarchy.offsets[vertex], hierarchy.offsets[vertex + 1]):
                above[arc], down[arc] = place[hierarchy.head[k]], hierarchy.down[k]
                arc += 1
            at += 1
            offsets[at] = arc
    return place, offsets, above, down


@njit(cache=True, nogil=True)
def _climb(
    hierarchy: Hierarchy,
    sweep: Sweep,
    ends: Ends,
    source: int,
    climbed: NDArray[np.int64],
    column: NDArray[np.int64],
) -> None:
    """Write into ``column`` the costs from a source to the vertices above it.

    ``climbed`` (shape (vertices,), filled with NO_PATH) is handed back clean.
    """
    n_vertices = hierarchy.rank.size
    one, other = hierarchy.rank[ends.leave_start[source]], hierarchy.rank[ends.leave_end[source]]
    climbed[one] = min(climbed[one], ends.to_start[source])
    climbed[other] = min(climbed[other], ends.to_end[source])
    while one < n_vertices or other < n_vertices:
        at = min(one, other)
        first, last = hierarchy.offsets[at], hierarchy.offsets[at + 1]
        for k in range(first, last):
            head = hierarchy.head[k]
            climbed[head] = min(climbed[head], climbed[at] + hierarchy.up[k])
        if sweep.place[at] >= 0:
            column[sweep.place[at]] = climbed[at]
        climbed[at] = _NO_PATH
        parent = hierarchy.head[first] if last > first else n_vertices
        if one == at:
            one = parent
        if other == at:
            other = parent


@njit(cache=True, nogil=True)
def _sweep_all(
    hierarchy: Hierarchy, sweep: Sweep, ends: Ends, sources: NDArray[np.int64]
) -> NDArray[np.int64]:
    n_positions = ends.edge.size
    n_members = sweep.offsets.size - 1
    costs = np.full((sources.size, n_positions), _NO_PATH, dtype=np.int64)
    climbed = np.full(hierarchy.rank.size, _NO_PATH, dtype=np.int64)
    found = np.empty((n_members, _BATCH), dtype=np.int64)
    for begin in range(0, sources.size, _BATCH):
        n_batch = min(_BATCH, sources.size - begin)
        found[:] = _NO_PATH
        for lane in range(n_batch):
            source = sources[begin + lane]
            if ends.edge[source] >= 0:
                _climb(hierarchy, sweep, ends, source, climbed, found[:, lane])
        for member in range(n_members):
            row = found[member]
            for k in range(sweep.offsets[member], sweep.offsets[member + 1]):
                down = sweep.down[k]
                higher = found[sweep.above[k]]
                for lane in range(_BATCH):
                    row[lane] = min(row[lane], higher[lane] + down)
        for lane in range(n_batch):
            source = sources[begin + lane]
            for target in range(n_positions):
                if ends.edge[target] < 0:
                    continue
                start = sweep.place[hierarchy.rank[ends.enter_start[target]]]
                end = sweep.place[hierarchy.rank[ends.enter_end[target]]]
                by_start = int(found[start, lane] + ends.from_start[target])
                by_end = int(found[end, lane] + ends.from_end[target])
                piece = along_edge(ends, source, target)
                costs[begin + lane, target] = min(piece, by_start, by_end, _NO_PATH)
    return costs
