"""Hierarchies of networks, shared where roads are, and kept between runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from lastmile.network.array_cache import ArrayCache, cache_folder, key_of
from lastmile.network.fastest import CostSteps, cost_steps
from lastmile.network.model import Network
from lastmile.network.order import Hierarchy, Order, build_order, price

_WORTH_KEEPING: Final = 5_000
"""States; less is built sooner than a file is found."""


def network_hierarchy(network: Network, cache: Path | None) -> Hierarchy:
    """Return the hierarchy of a network, from the cache if it is there.

    Parameters
    ----------
    network
        Any network.
    cache
        Folder of kept hierarchies; None for the machine's own.
    """
    return network_hierarchies([network], cache)[0]


def network_hierarchies(networks: Sequence[Network], cache: Path | None) -> list[Hierarchy]:
    """Return the hierarchies of networks; those on the same roads share one order.

    Networks of other hours or other vehicles on the same edges are only priced, which takes a
    small part of the time that finding an order does.

    Parameters
    ----------
    networks
        Any networks; made together, or by the same rules of turning, they share the most.
    cache
        As for :func:`network_hierarchy`.
    """
    graphs = [cost_steps(network) for network in networks]
    hierarchies: dict[int, Hierarchy] = {}
    for group in _on_the_same_roads(networks):
        keeper = _Keeper(cache, networks[group[0]].search.n_states)
        order, key = keeper.order([graphs[k] for k in group])
        for k in group:
            hierarchies[k] = keeper.hierarchy(order, key, graphs[k])
    return [hierarchies[k] for k in range(len(networks))]


def _on_the_same_roads(networks: Sequence[Network]) -> list[list[int]]:
    """Put networks together whose states stand for the same places."""
    groups: list[list[int]] = []
    for k, network in enumerate(networks):
        for group in groups:
            first = networks[group[0]]
            if np.array_equal(first.vertex_ids, network.vertex_ids) and np.array_equal(
                first.search.vertex, network.search.vertex
            ):
                group.append(k)
                break
        else:
            groups.append([k])
    return groups


class _Keeper:
    """Reads what is kept, and keeps what had to be made."""

    def __init__(self, cache: Path | None, n_states: int) -> None:
        folder = (cache or cache_folder()) if n_states >= _WORTH_KEEPING else None
        self._cache = None if folder is None else ArrayCache(folder)

    def order(self, graphs: Sequence[CostSteps]) -> tuple[Order, str]:
        """Return an order for graphs on the same states, and what it goes by."""
        if self._cache is None:
            return build_order(graphs), ""
        # Not what steps cost, and not which of the networks came first.
        distinct = {key_of("steps", [graph.offsets, graph.head]): graph for graph in graphs}
        ordered = [distinct[name] for name in sorted(distinct)]
        key = key_of("order", [part for graph in ordered for part in (graph.offsets, graph.head)])
        kept = self._cache.read("order", key)
        if kept is not None:
            return Order(*kept), key
        order = build_order(ordered)
        self._cache.write("order", key, order)
        return order, key

    def hierarchy(self, order: Order, order_key: str, graph: CostSteps) -> Hierarchy:
        """Return the priced hierarchy of a graph."""
        if self._cache is None:
            return price(order, graph)
        key = key_of(f"prices {order_key}", [graph.offsets, graph.head, graph.cost])
        kept = self._cache.read("prices", key)
        if kept is not None:
            return Hierarchy(*order, *kept)
        hierarchy = price(order, graph)
        self._cache.write("prices", key, hierarchy[len(order) :])
        return hierarchy
