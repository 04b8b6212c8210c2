"""Paths of pairs of positions, step by step, from a hierarchy.

Both ends of a pair climb the hierarchy; where they meet at the least cost is the path's highest
state. Its arcs are then taken apart, shortcut by shortcut, down to the steps of the graph.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.fastest import along_edge
from lastmile.network.order import Hierarchy, arc_between
from lastmile.network.pieces import NO_PATH, Ends

_NO_PATH: Final = NO_PATH
_BY_START: Final = -1
_BY_END: Final = -2
"""Marks of the two states in which a climb begins."""


class Paths(NamedTuple):
    """Fastest paths of pairs; path ``p`` takes ``steps[offsets[p]:offsets[p + 1]]``."""

    cost: NDArray[np.int64]
    """Shape (pairs,). NO_PATH where there is none; access legs are not in it."""

    direct: NDArray[np.bool_]
    """Shape (pairs,). Whether the path is just the piece of edge between the two positions."""

    leaves_by_end: NDArray[np.bool_]
    """Shape (pairs,). Whether the source's edge is left by its end, and not by its start."""

    enters_by_end: NDArray[np.bool_]
    """Shape (pairs,). Whether the target's edge is entered at its end."""

    offsets: NDArray[np.int64]
    """Shape (pairs + 1,)."""

    steps: NDArray[np.int64]
    """Shape (steps,). Numbers of steps of the search graph, turns among them."""


class _Work(NamedTuple):
    """Space for the two climbs of a pair, clean between pairs."""

    up: NDArray[np.int64]
    """Shape (states,), by rank. Cost from the source, NO_PATH where it has not come."""

    down: NDArray[np.int64]
    """Shape (states,). Cost to the target."""

    up_arc: NDArray[np.int64]
    """Shape (states,). Arc by which the climb came, or the mark of where it began."""

    down_arc: NDArray[np.int64]
    up_from: NDArray[np.int32]
    """Shape (states,). The lower end of that arc."""

    down_from: NDArray[np.int32]


def hierarchy_paths(
    hierarchy: Hierarchy, ends: Ends, sources: NDArray[np.int64], targets: NDArray[np.int64]
) -> Paths:
    """Find the path of each pair in a hierarchy.

    Parameters
    ----------
    hierarchy
        Of the positions' network.
    ends
        All positions.
    sources, targets
        Shape (pairs,). Positions on the network.
    """
    return Paths(*_find_all(hierarchy, ends, sources, targets))


@njit(cache=True, nogil=True)
def _find_all(
    hierarchy: Hierarchy, ends: Ends, sources: NDArray[np.int64], targets: NDArray[np.int64]
) -> tuple[
    NDArray[np.int64],
    NDArray[np.bool_],
    NDArray[np.bool_],
    NDArray[np.bool_],
    NDArray[np.int64],
    NDArray[np.int64],
]:
    n_states, n_pairs = hierarchy.rank.size, sources.size
    work = _Work(
        np.full(n_states, _NO_PATH, dtype=np.int64),
        np.full(n_states, _NO_PATH, dtype=np.int64),
        np.empty(n_states, dtype=np.int64),
        np.empty(n_states, dtype=np.int64),
        np.empty(n_states, dtype=np.int32),
        np.empty(n_states, dtype=np.int32),
    )
    cost = np.empty(n_pairs, dtype=np.int64)
    direct = np.zeros(n_pairs, dtype=np.bool_)
    leaves_by_end = np.zeros(n_pairs, dtype=np.bool_)
    enters_by_end = np.zeros(n_pairs, dtype=np.bool_)
    offsets = np.zeros(n_pairs + 1, dtype=np.int64)
    steps = np.empty(max(64, 64 * n_pairs), dtype=np.int64)
    n_steps = 0
    for pair in range(n_pairs):
        source, target = sources[pair], targets[pair]
        cost[pair] = along_edge(ends, source, target)
        top = _meet(hierarchy, ends, source, target, work)
        if top >= 0 and work.up[top] + work.down[top] < cost[pair]:
            cost[pair] = work.up[top] + work.down[top]
            leaves_by_end[pair], steps, n_steps = _unpack_up(hierarchy, work, top, steps, n_steps)
            enters_by_end[pair], steps, n_steps = _unpack_down(hierarchy, work, top, steps, n_steps)
        else:
            direct[pair] = cost[pair] < _NO_PATH
        offsets[pair + 1] = n_steps
        rank = hierarchy.rank
        first, last = rank[ends.leave_start[source]], rank[ends.leave_end[source]]
        _clean(hierarchy.offsets, hierarchy.head, first, last, work.up)
        first, last = rank[ends.enter_start[target]], rank[ends.enter_end[target]]
        _clean(hierarchy.offsets, hierarchy.head, first, last, work.down)
    return cost, direct, leaves_by_end, enters_by_end, offsets, steps[:n_steps].copy()


@njit(cache=True, nogil=True)
def _meet(hierarchy: Hierarchy, ends: Ends, source: int, target: int, work: _Work) -> int:
    """Climb from both ends; the state at which the least cost comes together, -1 if none."""
    rank = hierarchy.rank
    _climb_from(
        hierarchy.offsets, hierarchy.head, hierarchy.up,
        rank[ends.leave_start[source]], rank[ends.leave_end[source]],
        ends.to_start[source], ends.to_end[source], work.up, work.up_arc, work.up_from,
    )  # fmt: skip
    _climb_from(
        hierarchy.offsets, hierarchy.head, hierarchy.down,
        rank[ends.enter_start[target]], rank[ends.enter_end[target]],
        ends.from_start[target], ends.from_end[target], work.down, work.down_arc, work.down_from,
    )  # fmt: skip
    n_states = rank.size
    one, other = rank[ends.enter_start[target]], rank[ends.enter_end[target]]
    best, top = _NO_PATH, -1
    while one < n_states or other < n_states:
        at = min(one, other)
        total = work.up[at] + work.down[at]
        if total < best:
            best, top = total, at
        parent = _parent(hierarchy, at)
        if one == at:
            one = parent
        if other == at:
            other = parent
    return top


@njit(cache=True, nogil=True)
def _parent(hierarchy: Hierarchy, at: int) -> int:
    """Return the lowest of the later states that a state has to do with; past all if none is."""
    first = hierarchy.offsets[at]
    if hierarchy.offsets[at + 1] == first:
        return hierarchy.rank.size
    return int(hierarchy.head[first])


@njit(cache=True, nogil=True)
def _climb_from(  # noqa: PLR0913, PLR0917 - arrays of one side, so that both share the code
    offsets: NDArray[np.int64],
    head: NDArray[np.int32],
    price: NDArray[np.int64],
    start: int,
    end: int,
    to_start: int,
    to_end: int,
    cost: NDArray[np.int64],
    arc: NDArray[np.int64],
    below: NDArray[np.int32],
) -> None:
    """Price all states above two, and note by which arcs they are come to."""
    n_states = cost.size
    if to_start < _NO_PATH:
        cost[start], arc[start] = to_start, _BY_START
    if to_end < cost[end]:
        cost[end], arc[end] = to_end, _BY_END
    while start < n_states or end < n_states:
        at = min(start, end)
        first, last = offsets[at], offsets[at + 1]
        if cost[at] < _NO_PATH:
            for k in range(first, last):
                total = cost[at] + price[k]
                if total < cost[head[k]]:
                    cost[head[k]], arc[head[k]], below[head[k]] = total, k, at
        parent = head[first] if last > first else n_states
        if start == at:
            start = parent
        if end == at:
            end = parent


@njit(cache=True, nogil=True)
def _clean(
    offsets: NDArray[np.int64], head: NDArray[np.int32], one: int, other: int,
    cost: NDArray[np.int64],
) -> None:  # fmt: skip
    """Forget the costs of all states above two."""
    n_states = cost.size
    while one < n_states or other < n_states:
        at = min(one, other)
        cost[at] = _NO_PATH
        parent = head[offsets[at]] if offsets[at + 1] > offsets[at] else n_states
        if one == at:
            one = parent
        if other == at:
            other = parent


@njit(cache=True, nogil=True)
def _unpack_up(
    hierarchy: Hierarchy, work: _Work, top: int, steps: NDArray[np.int64], n_steps: int
) -> tuple[bool, NDArray[np.int64], int]:
    """Add the steps from the source to the top; whether the source's edge is left by its end."""
    at, n_arcs = top, 0
    while work.up_arc[at] >= 0:
        at = work.up_from[at]
        n_arcs += 1
    by_end = work.up_arc[at] == _BY_END
    climbed = np.empty(n_arcs, dtype=np.int64)
    at = top
    for k in range(n_arcs - 1, -1, -1):
        climbed[k] = at
        at = work.up_from[at]
    for state in climbed:
        steps, n_steps = _take_apart(
            hierarchy, work.up_from[state], work.up_arc[state], True, steps, n_steps
        )
    return by_end, steps, n_steps


@njit(cache=True, nogil=True)
def _unpack_down(
    hierarchy: Hierarchy, work: _Work, top: int, steps: NDArray[np.int64], n_steps: int
) -> tuple[bool, NDArray[np.int64], int]:
    """Add the steps from the top to the target; whether its edge is entered at its end."""
    at = top
    while work.down_arc[at] >= 0:
        steps, n_steps = _take_apart(
            hierarchy, work.down_from[at], work.down_arc[at], False, steps, n_steps
        )
        at = work.down_from[at]
    return work.down_arc[at] == _BY_END, steps, n_steps


@njit(cache=True, nogil=True)
def _take_apart(
    hierarchy: Hierarchy,
    low: int,
    arc: int,
    is_up: bool,  # noqa: FBT001 - compiled code has no keywords
    steps: NDArray[np.int64],
    n_steps: int,
) -> tuple[NDArray[np.int64], int]:
    """Add the steps that one arc stands for."""
    lows, arcs = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int64)
    ups = np.empty(64, dtype=np.bool_)
    lows[0], arcs[0], ups[0] = low, arc, is_up
    size = 1
    while size > 0:
        size -= 1
        low, arc, is_up = lows[size], arcs[size], ups[size]
        by = hierarchy.up_by[arc] if is_up else hierarchy.down_by[arc]
        if by < 0:
            if n_steps == steps.size:
                steps = np.concatenate((steps, np.empty_like(steps)))
            steps[n_steps] = -1 - by
            n_steps += 1
            continue
        if size + 2 > lows.size:
            lows, arcs = np.concatenate((lows, lows)), np.concatenate((arcs, arcs))
            ups = np.concatenate((ups, ups))
        first, last = (low, hierarchy.head[arc]) if is_up else (hierarchy.head[arc], low)
        # Down to the state in the middle comes first, so that it lies on top.
        lows[size], ups[size] = by, True
        arcs[size] = arc_between(hierarchy.offsets, hierarchy.head, by, last)
        lows[size + 1], ups[size + 1] = by, False
        arcs[size + 1] = arc_between(hierarchy.offsets, hierarchy.head, by, first)
        size += 2
    return steps, n_steps
