"""Fastest paths from many positions to many, in a contraction hierarchy.

A fastest path climbs from its source to later and later states and comes down to its target, and
both halves are short. So each source climbs once, and one sweep over the states above the targets
brings the costs of many sources down to all of them.

References
----------
Delling, Goldberg & Werneck (2011), Faster batched shortest paths in road networks,
doi:10.4230/OASIcs.ATMOS.2011.52, for the restricted sweep.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.fastest import along_edge, cost_steps
from lastmile.network.model import Network
from lastmile.network.order import Hierarchy, order_states, price, rank_vertices
from lastmile.network.pieces import NO_PATH, Ends

__all__ = ["Hierarchy", "Sweep", "build_hierarchy", "build_sweep", "hierarchy_costs"]

_NO_PATH: Final = NO_PATH
_BATCH: Final = 32
"""Sources swept together; their costs lie side by side, so that processors take them in one go."""


class Sweep(NamedTuple):
    """The part of a hierarchy from which some targets can be reached, highest rank first."""

    place: NDArray[np.int32]
    """Shape (states,), by rank. Position in the sweep, -1 outside."""

    offsets: NDArray[np.int64]
    """Shape (members + 1,)."""

    above: NDArray[np.int32]
    """Shape (arcs,). Position of the higher end."""

    down: NDArray[np.int64]
    """Shape (arcs,)."""

    targets: NDArray[np.int64]
    """Shape (targets,). Positions that are swept to."""

    start: NDArray[np.int32]
    """Shape (targets,). Place of the state from which the edge is entered at its start."""

    end: NDArray[np.int32]
    """Shape (targets,). The same at its end."""

    by_edge: NDArray[np.int64]
    """Shape (targets,). Which of the targets, those on one edge side by side."""

    edge: NDArray[np.int32]
    """Shape (targets,). Their edges, ascending."""


def build_hierarchy(network: Network) -> Hierarchy:
    """Take the network apart, and price its shortcuts.

    Parameters
    ----------
    network
        Any network.
    """
    order = order_states(rank_vertices([network.forward]), network.search)
    return price(order, cost_steps(network))


def build_sweep(
    hierarchy: Hierarchy, ends: Ends, targets: NDArray[np.int64] | None = None
) -> Sweep:
    """Prepare the sweep down to the ends of positions' edges.

    Parameters
    ----------
    hierarchy
        Of the positions' network.
    ends
        All positions.
    targets
        Which of them to sweep to, all if None.
    """
    if targets is None:
        targets = np.arange(ends.edge.size)
    starts, finishes = ends.enter_start[targets], ends.enter_end[targets]
    known = ends.edge[targets] >= 0
    states = np.unique(np.concatenate((starts[known], finishes[known])))
    place, offsets, above, down = _restrict(hierarchy, hierarchy.rank[states])
    places = [np.zeros(targets.size, dtype=np.int32) for _ in range(2)]
    for found, entered in zip(places, (starts, finishes), strict=True):
        found[known] = place[hierarchy.rank[entered[known]]]
    by_edge = np.argsort(ends.edge[targets], kind="stable")
    edge = ends.edge[targets][by_edge]
    return Sweep(place, offsets, above, down, targets, places[0], places[1], by_edge, edge)


def hierarchy_costs(
    hierarchy: Hierarchy, sweep: Sweep, ends: Ends, sources: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the costs of the fastest paths from some positions to the targets of a sweep.

    Parameters
    ----------
    hierarchy
        Of the positions' network.
    sweep
        The sweep to the targets.
    ends
        All positions.
    sources
        Which of them to start from.

    Returns
    -------
    ndarray
        Shape (sources, targets). NO_PATH where there is none; access legs are not in it.
    """
    return _sweep_all(hierarchy, sweep, ends, sources)


@njit(cache=True, nogil=True)
def _restrict(
    hierarchy: Hierarchy, targets: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    n_states = hierarchy.rank.size
    inside = np.zeros(n_states, dtype=np.bool_)
    inside[targets] = True
    n_inside, n_arcs = 0, 0
    for state in range(n_states):
        if inside[state]:
            n_inside += 1
            n_arcs += hierarchy.offsets[state + 1] - hierarchy.offsets[state]
            for k in range(hierarchy.offsets[state], hierarchy.offsets[state + 1]):
                inside[hierarchy.head[k]] = True
    place = np.full(n_states, -1, dtype=np.int32)
    offsets = np.zeros(n_inside + 1, dtype=np.int64)
    above, down = np.empty(n_arcs, dtype=np.int32), np.empty(n_arcs, dtype=np.int64)
    at, arc = 0, 0
    for state in range(n_states - 1, -1, -1):
        if inside[state]:
            place[state] = at
            for k in range(hierarchy.offsets[state], hierarchy.offsets[state + 1]):
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
    """Write into ``column`` the costs from a source to the states above it.

    ``climbed`` (shape (states,), filled with NO_PATH) is handed back clean.
    """
    n_states = hierarchy.rank.size
    one, other = hierarchy.rank[ends.leave_start[source]], hierarchy.rank[ends.leave_end[source]]
    climbed[one] = min(climbed[one], ends.to_start[source])
    climbed[other] = min(climbed[other], ends.to_end[source])
    while one < n_states or other < n_states:
        at = min(one, other)
        first, last = hierarchy.offsets[at], hierarchy.offsets[at + 1]
        for k in range(first, last):
            head = hierarchy.head[k]
            climbed[head] = min(climbed[head], climbed[at] + hierarchy.up[k])
        if sweep.place[at] >= 0:
            column[sweep.place[at]] = climbed[at]
        climbed[at] = _NO_PATH
        parent = hierarchy.head[first] if last > first else n_states
        if one == at:
            one = parent
        if other == at:
            other = parent


@njit(cache=True, nogil=True)
def _sweep_all(
    hierarchy: Hierarchy, sweep: Sweep, ends: Ends, sources: NDArray[np.int64]
) -> NDArray[np.int64]:
    n_members = sweep.offsets.size - 1
    costs = np.full((sources.size, sweep.targets.size), _NO_PATH, dtype=np.int64)
    climbed = np.full(hierarchy.rank.size, _NO_PATH, dtype=np.int64)
    # One row more, for targets that have no place when nothing has.
    found = np.empty((n_members + 1, _BATCH), dtype=np.int64)
    for begin in range(0, sources.size, _BATCH):
        batch = sources[begin : begin + _BATCH]
        found[:] = _NO_PATH
        for lane in range(batch.size):
            if ends.edge[batch[lane]] >= 0:
                _climb(hierarchy, sweep, ends, batch[lane], climbed, found[:, lane])
        for member in range(n_members):
            row = found[member]
            for k in range(sweep.offsets[member], sweep.offsets[member + 1]):
                down = sweep.down[k]
                higher = found[sweep.above[k]]
                for lane in range(_BATCH):
                    row[lane] = min(row[lane], higher[lane] + down)
        _collect(sweep, ends, batch, found, costs[begin : begin + _BATCH])
    return costs


@njit(cache=True, nogil=True)
def _collect(
    sweep: Sweep,
    ends: Ends,
    batch: NDArray[np.int64],
    found: NDArray[np.int64],
    costs: NDArray[np.int64],
) -> None:
    """Bring costs from the ends of edges to the targets on them, and add paths along one edge."""
    for column in range(sweep.targets.size):
        target = sweep.targets[column]
        at_start, at_end = found[sweep.start[column]], found[sweep.end[column]]
        from_start, from_end = ends.from_start[target], ends.from_end[target]
        for lane in range(batch.size):
            by_ends = min(at_start[lane] + from_start, at_end[lane] + from_end)
            costs[lane, column] = min(by_ends, _NO_PATH)
    for lane in range(batch.size):
        edge = ends.edge[batch[lane]]
        if edge >= 0:
            first = np.searchsorted(sweep.edge, edge)
            while first < sweep.edge.size and sweep.edge[first] == edge:
                column = sweep.by_edge[first]
                piece = along_edge(ends, batch[lane], sweep.targets[column])
                costs[lane, column] = min(costs[lane, column], piece)
                first += 1
