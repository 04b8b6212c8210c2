"""Hierarchies of networks, shared where roads are, and kept between runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.array_cache import ArrayCache, cache_folder, key_of
from lastmile.network.fastest import cost_steps
from lastmile.network.model import Network
from lastmile.network.order import Hierarchy, Order, order_states, price, rank_vertices
from lastmile.network.search_graph import SearchGraph

_WORTH_KEEPING: Final = 5_000
"""Vertices; less is built sooner than a file is found."""


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
    """Return the hierarchies of networks; those on the same roads share an order.

    Networks of other hours, other vehicles or other rules of turning on the same edges take only
    the smaller part of the work: they are not ordered again.

    Parameters
    ----------
    networks
        Any networks.
    cache
        As for :func:`network_hierarchy`.
    """
    hierarchies: dict[int, Hierarchy] = {}
    for group in _on_the_same_roads(networks):
        keeper = _Keeper([networks[k] for k in group], cache)
        for k in group:
            hierarchies[k] = keeper.hierarchy(networks[k])
    return [hierarchies[k] for k in range(len(networks))]


def _on_the_same_roads(networks: Sequence[Network]) -> list[list[int]]:
    """Put networks together whose vertices are the same."""
    groups: list[list[int]] = []
    for k, network in enumerate(networks):
        for group in groups:
            if np.array_equal(networks[group[0]].vertex_ids, network.vertex_ids):
                group.append(k)
                break
        else:
            groups.append([k])
    return groups


def _same_steps(one: SearchGraph, other: SearchGraph) -> bool:
    return (
        np.array_equal(one.vertex, other.vertex)
        and np.array_equal(one.steps.offsets, other.steps.offsets)
        and np.array_equal(one.steps.head, other.steps.head)
    )


class _Keeper:
    """Reads what is kept of networks on the same roads, and keeps what had to be made."""

    def __init__(self, networks: Sequence[Network], cache: Path | None) -> None:
        folder = cache or cache_folder()
        if networks[0].n_vertices < _WORTH_KEEPING:
            folder = None
        self._cache = None if folder is None else ArrayCache(folder)
        # Not which of the networks came first.
        roads = {
            key_of("roads", [graph.offsets, graph.head]): graph
            for graph in (network.forward for network in networks)
        }
        self._roads = [roads[name] for name in sorted(roads)]
        self._key = key_of(f"order of {' '.join(sorted(roads))}", [])
        self._rank: NDArray[np.int32] | None = None
        self._orders: list[tuple[SearchGraph, Order]] = []

    def _vertex_rank(self) -> NDArray[np.int32]:
        if self._rank is None:
            kept = self._read("order", self._key)
            if kept is None:
                kept = [rank_vertices(self._roads)]
                self._write("order", self._key, kept)
            self._rank = kept[0]
        return self._rank

    def _order(self, search: SearchGraph) -> Order:
        for known, order in self._orders:
            if _same_steps(known, search):
                return order
        self._orders.append((search, order_states(self._vertex_rank(), search)))
        return self._orders[-1][1]

    def hierarchy(self, network: Network) -> Hierarchy:
        """Return the hierarchy of one of the networks."""
        steps, vertex = cost_steps(network), network.search.vertex
        key = key_of(f"hierarchy {self._key}", [vertex, steps.offsets, steps.head, steps.cost])
        kept = self._read("hierarchy", key)
        if kept is not None:
            return Hierarchy(*kept)
        hierarchy = price(self._order(network.search), steps)
        self._write("hierarchy", key, hierarchy)
        return hierarchy

    def _read(self, kind: str, key: str) -> list[NDArray[Any]] | None:
        return None if self._cache is None else self._cache.read(kind, key)

    def _write(self, kind: str, key: str, arrays: Sequence[NDArray[Any]]) -> None:
        if self._cache is not None:
            self._cache.write(kind, key, arrays)
