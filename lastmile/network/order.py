"""The two halves of a contraction hierarchy: its order, and what its arcs cost.

An order depends on which roads there are, not on what they cost nor on the rules of turning:
vertices are taken out one after another, the one with fewest neighbours first, and the states of
each go with it. Shortcuts join the neighbours that each has when it goes. Pricing then finds the
cost of every arc, by going through all triangles once. No witness is searched for, so that a
hierarchy is right by construction, and the costs it finds are those of Dijkstra to the last bit:
they are sums of the same integers. Finding the order takes most of the time; other hours or other
vehicles on the same roads have it already.

References
----------
Dibbelt, Strasser & Wagner (2016), Customizable contraction hierarchies, doi:10.1145/2886843.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.elimination import eliminate, neighbours_left
from lastmile.network.fastest import CostSteps
from lastmile.network.pieces import NO_PATH
from lastmile.network.search_graph import Arcs, SearchGraph

_NO_PATH: Final = NO_PATH
_NOTHING: Final = np.iinfo(np.int32).min


class Order(NamedTuple):
    """When each state is taken out, and which later ones it then has to do with."""

    rank: NDArray[np.int32]
    """Shape (states,). When each state was taken out."""

    offsets: NDArray[np.int64]
    """Shape (states + 1,), by rank."""

    head: NDArray[np.int32]
    """Shape (arcs,). Ranks, ascending for each state; the first is its parent."""


class Hierarchy(NamedTuple):
    """States by rank, each with its arcs to later ones."""

    rank: NDArray[np.int32]
    """Shape (states,). When each state was taken out."""

    offsets: NDArray[np.int64]
    """Shape (states + 1,), by rank."""

    head: NDArray[np.int32]
    """Shape (arcs,). Ranks, ascending for each state; the first is its parent."""

    up: NDArray[np.int64]
    """Shape (arcs,). Cost towards the head; NO_PATH where there is no way."""

    down: NDArray[np.int64]
    """Shape (arcs,). Cost from the head."""

    up_by: NDArray[np.int32]
    """Shape (arcs,). What the arc towards the head stands for: the rank of the state in the middle
    of two lower arcs, or -1 less the number of a step."""

    down_by: NDArray[np.int32]
    """Shape (arcs,). The same for the arc from the head."""

    def reversed(self) -> Hierarchy:
        """Return the hierarchy of the same steps driven backwards."""
        return self._replace(up=self.down, down=self.up, up_by=self.down_by, down_by=self.up_by)


def rank_vertices(graphs: Sequence[Arcs]) -> NDArray[np.int32]:
    """Find in which order vertices are best taken out.

    Parameters
    ----------
    graphs
        Steps between the same vertices, one graph at least; each is served.

    Returns
    -------
    ndarray
        Shape (vertices,). The rank of each.
    """
    n_vertices = graphs[0].offsets.size - 1
    vertices = np.arange(n_vertices, dtype=np.int32)
    tail = [np.repeat(vertices, np.diff(graph.offsets)) for graph in graphs]
    head = [graph.head for graph in graphs]
    return eliminate(n_vertices, np.concatenate(tail), np.concatenate(head))


def order_states(vertex_rank: NDArray[np.int32], search: SearchGraph) -> Order:
    """Order the states of a graph as their vertices are; those of one vertex go together.

    Parameters
    ----------
    vertex_rank
        Shape (vertices,). From :func:`rank_vertices`; any ranks do, but others cost more.
    search
        States, and steps between them.
    """
    states = np.arange(search.n_states, dtype=np.int32)
    rank = np.empty_like(states)
    rank[np.argsort(vertex_rank[search.vertex], kind="stable")] = states
    steps = search.steps
    return Order(rank, *neighbours_left(rank, steps.offsets, steps.head))


def price(order: Order, steps: CostSteps) -> Hierarchy:
    """Find what the arcs of an order cost.

    Parameters
    ----------
    order
        Of this graph, or of one that has all its steps.
    steps
        The graph.

    Raises
    ------
    ValueError
        If the graph has steps that the order does not know.
    """
    if order.rank.size != steps.offsets.size - 1:
        raise ValueError("the order belongs to a graph with another number of states")
    n_arcs = order.head.size
    up = np.full(n_arcs, NO_PATH, dtype=np.int64)
    down = np.full(n_arcs, NO_PATH, dtype=np.int64)
    up_by = np.full(n_arcs, _NOTHING, dtype=np.int32)
    down_by = np.full(n_arcs, _NOTHING, dtype=np.int32)
    hierarchy = Hierarchy(*order, up, down, up_by, down_by)
    if not _price_steps(hierarchy, steps):
        raise ValueError("the order belongs to another graph: it lacks some of this one's steps")
    _price_shortcuts(hierarchy)
    return hierarchy


@njit(cache=True, nogil=True)
def arc_between(
    order_offsets: NDArray[np.int64], head: NDArray[np.int32], low: int, high: int
) -> int:
    """Find the arc from a rank to a higher one, by bisection; -1 if there is none."""
    first, last = order_offsets[low], order_offsets[low + 1]
    end = last
    while first < last:
        middle = (first + last) >> 1
        if head[middle] < high:
            first = middle + 1
        else:
            last = middle
    if first < end and head[first] == high:
        return int(first)
    return -1


@njit(cache=True, nogil=True)
def _price_steps(hierarchy: Hierarchy, steps: CostSteps) -> bool:
    """Price arcs by the cheapest step that each stands for; whether all steps have an arc."""
    rank = hierarchy.rank
    for state in range(rank.size):
        at = rank[state]
        for k in range(steps.offsets[state], steps.offsets[state + 1]):
            to = rank[steps.head[k]]
            if at == to:
                continue
            arc = arc_between(hierarchy.offsets, hierarchy.head, min(at, to), max(at, to))
            if arc < 0:
                return False
            if at < to and steps.cost[k] < hierarchy.up[arc]:
                hierarchy.up[arc], hierarchy.up_by[arc] = steps.cost[k], -1 - k
            elif at > to and steps.cost[k] < hierarchy.down[arc]:
                hierarchy.down[arc], hierarchy.down_by[arc] = steps.cost[k], -1 - k
    return True


@njit(cache=True, nogil=True)
def _price_shortcuts(hierarchy: Hierarchy) -> None:
    """Go through all triangles, lowest corner first: two arcs may be cheaper than the third."""
    offsets, head = hierarchy.offsets, hierarchy.head
    up, down, up_by, down_by = hierarchy.up, hierarchy.down, hierarchy.up_by, hierarchy.down_by
    arc_to = np.full(hierarchy.rank.size, -1, dtype=np.int64)
    for low in range(hierarchy.rank.size):
        for one in range(offsets[low], offsets[low + 1]):
            middle = head[one]
            for k in range(offsets[middle], offsets[middle + 1]):
                arc_to[head[k]] = k
            for other in range(one + 1, offsets[low + 1]):
                # The neighbours of a state that was taken out all know each other.
                arc = arc_to[head[other]]
                by_low = down[one] + up[other]
                if by_low < up[arc]:
                    up[arc], up_by[arc] = by_low, low
                by_low = down[other] + up[one]
                if by_low < down[arc]:
                    down[arc], down_by[arc] = by_low, low
