"""Where vehicles may turn round, and near which junctions that must be told from driving on.

Nobody turns round in the middle of a road. Where exactly two arms of a profile meet, the road just
goes on: a tag changes there, a signal stands, or another vehicle's road begins. A vertex of this
kind is the middle of a road, so that it does not matter what an edge was cut for.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lastmile.network.ground_of_turns import Ground

_TWO: Final = 2


def mid_road(ground: Ground) -> NDArray[np.bool_]:
    """Find the vertices at which nobody turns round.

    Exactly two arms meet there, and both may be driven out of: whoever comes by one goes on by the
    other. Where the other arm is a one-way that comes towards them, the road is a dead end.

    Parameters
    ----------
    ground
        The network of a profile.

    Returns
    -------
    ndarray
        Shape (vertices,).
    """
    along, against = ground.goes
    is_open = along | against
    arms = np.concatenate((ground.edge_from[is_open], ground.edge_to[is_open]))
    ways_out = np.concatenate((ground.edge_from[along], ground.edge_to[against]))
    n_arms = np.bincount(arms, minlength=ground.n_vertices)
    n_out = np.bincount(ways_out, minlength=ground.n_vertices)
    is_mid_road: NDArray[np.bool_] = (n_arms == _TWO) & (n_out == _TWO)
    return is_mid_road


def u_turn_zone(
    ground: Ground, is_mid_road: NDArray[np.bool_], deciding: Iterable[int], u_turn_ms: int
) -> set[int]:
    """Find the vertices at which turning round must be priced or refused, lest that be dodged.

    These are the first junction or dead end after each place that treats its sides differently,
    the middles of roads before it, and whatever lies within half the price's drive behind it.

    Parameters
    ----------
    ground
        The network of a profile.
    is_mid_road
        Shape (vertices,). As of :func:`mid_road`.
    deciding
        Vertices that treat their sides differently. Roads on which stops are made on one side only
        are such places, too.
    u_turn_ms
        What turning round costs. Where that is nothing, only the middles of roads matter.
    """
    roads = _two_way(ground)
    best = _firsts(ground, roads, is_mid_road, deciding)
    if not u_turn_ms:
        return {vertex for vertex in best if is_mid_road[vertex]}
    queue = [(0, vertex) for vertex in sorted(best)]
    while queue:
        so_far_ms, vertex = heapq.heappop(queue)
        if so_far_ms > best[vertex]:
            continue
        for k in range(roads.offsets[vertex], roads.offsets[vertex + 1]):
            head, total_ms = int(roads.head[k]), so_far_ms + int(roads.time_ms[k])
            if 2 * total_ms < u_turn_ms and total_ms < best.get(head, total_ms + 1):
                best[head] = total_ms
                heapq.heappush(queue, (total_ms, head))
    return set(best)


class _TwoWay(NamedTuple):
    """Roads that may be driven both ways, by the vertex at which they begin."""

    offsets: NDArray[np.int64]
    head: NDArray[np.int32]
    time_ms: NDArray[np.int64]


def _two_way(ground: Ground) -> _TwoWay:
    edge = np.flatnonzero(ground.goes.all(axis=0))
    tail = np.concatenate((ground.edge_from[edge], ground.edge_to[edge]))
    head = np.concatenate((ground.edge_to[edge], ground.edge_from[edge]))
    order = np.argsort(tail, kind="stable")
    offsets = np.zeros(ground.n_vertices + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=ground.n_vertices), out=offsets[1:])
    return _TwoWay(offsets, head[order], np.tile(ground.time_ms[edge], 2)[order])


def _firsts(
    ground: Ground, roads: _TwoWay, is_mid_road: NDArray[np.bool_], deciding: Iterable[int]
) -> dict[int, int]:
    """First vertices after deciding ones, at no distance, and on through the middles of roads."""
    bound = np.flatnonzero(ground.own_side & ground.goes.all(axis=0))
    ahead = [*ground.edge_from[bound].tolist(), *ground.edge_to[bound].tolist()]
    for vertex in deciding:
        ahead += roads.head[roads.offsets[vertex] : roads.offsets[vertex + 1]].tolist()
    best: dict[int, int] = {}
    while ahead:
        vertex = ahead.pop()
        if vertex not in best:
            best[vertex] = 0
            if is_mid_road[vertex]:
                ahead += roads.head[roads.offsets[vertex] : roads.offsets[vertex + 1]].tolist()
    return best
