"""Which sites each demand point can walk to, and how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import Reach
from lastmile.network.bounded import Sources, Steps, Targets, bounded_search, sort_pairs
from lastmile.network.model import Network
from lastmile.network.snapping import Snaps
from lastmile.progress import Progress, silent

_BLOCK: Final = 1_024
"""Sources searched in one go by one thread."""

_LONGEST_MM: Final = 2**31 - 1
_STAGE: Final = "walking reach"


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """(Demand point, site) pairs in any order."""

    demand: NDArray[np.int32]
    site: NDArray[np.int32]
    length_mm: NDArray[np.int64]


def reach(  # noqa: PLR0913 - two sets of places, their ids, the limit, and how to work
    network: Network,
    demand: Snaps,
    sites: Snaps,
    *,
    limit_mm: NDArray[np.int64],
    demand_ids: Sequence[str],
    site_ids: Sequence[str],
    threads: int = 2,
    progress: Progress = silent,
) -> Reach:
    """Find the sites within walking distance of each demand point.

    A length is the access leg of the point, the shortest path between the two positions on
    their edges, and the access leg of the site; the limit is inclusive. Two positions on one
    edge may also be joined by the piece between them. Places off the network reach nothing.

    Parameters
    ----------
    network
        A network without one-ways.
    demand, sites
        Their positions on that network.
    limit_mm
        Shape (demand points,). Longest length, in millimetres.
    demand_ids, site_ids
        Their ids, in order.
    threads
        How many blocks are searched at once; the result does not depend on it.
    progress
        Told how many searches are done.

    Raises
    ------
    ValueError
        If the network has one-ways, or a limit is over 2,147 km.
    """
    if network.is_directed:
        raise ValueError("reach is for walkers, who ignore one-ways; take travel_costs")
    limit_mm = np.asarray(limit_mm, dtype=np.int64)
    if limit_mm.size and limit_mm.max() > _LONGEST_MM:
        raise ValueError("a walking limit over 2,147 km")
    pairs = _search(network, demand, sites, limit_mm, threads, progress)
    return assemble_reach(pairs, demand_ids, site_ids)


def assemble_reach(pairs: Pairs, demand_ids: Sequence[str], site_ids: Sequence[str]) -> Reach:
    """Sort pairs into a table.

    Parameters
    ----------
    pairs
        Each pair once.
    demand_ids, site_ids
        Ids of all demand points and sites.
    """
    indptr, indices, length_mm = sort_pairs(
        pairs.demand, pairs.site, pairs.length_mm, len(demand_ids), len(site_ids)
    )
    return Reach(indptr, indices, length_mm, tuple(demand_ids), tuple(site_ids))


def _search(
    network: Network,
    demand: Snaps,
    sites: Snaps,
    limit_mm: NDArray[np.int64],
    threads: int,
    progress: Progress,
) -> Pairs:
    """Search from whichever side costs less: work grows with sources and with area."""
    furthest_mm = int(limit_mm[demand.on_network].max(initial=0))
    from_demand = float(np.square(limit_mm[demand.on_network].astype(float)).sum())
    from_sites = float(sites.on_network.sum()) * float(furthest_mm) ** 2
    if from_demand <= from_sites:
        free_mm = np.full(len(sites), _LONGEST_MM, dtype=np.int64)
        targets = _targets(network, sites, free_mm)
        source, item, length_mm = _run(network, demand, limit_mm, targets, threads, progress)
        return Pairs(source, item, length_mm)
    targets = _targets(network, demand, limit_mm)
    source_mm = np.full(len(sites), furthest_mm, dtype=np.int64)
    source, item, length_mm = _run(network, sites, source_mm, targets, threads, progress)
    return Pairs(item, source, length_mm)


def _targets(network: Network, places: Snaps, limit_mm: NDArray[np.int64]) -> Targets:
    item = np.flatnonzero(places.on_network).astype(np.int32)
    edge = places.edge[item]
    offset_mm, access_mm = places.offset_mm[item], places.access_mm[item]
    vertex = np.concatenate((network.edge_from[edge], network.edge_to[edge]))
    piece_mm = np.concatenate((offset_mm, network.length_mm[edge] - offset_mm))
    at_vertex = np.argsort(vertex, kind="stable")
    return Targets(
        vertex_offsets=_offsets(vertex, network.n_vertices),
        vertex_items=np.concatenate((item, item))[at_vertex],
        vertex_mm=(piece_mm + np.concatenate((access_mm, access_mm)))[at_vertex],
        edge_offsets=_offsets(edge, network.n_edges),
        edge_items=item[np.argsort(edge, kind="stable")],
        offset_mm=places.offset_mm,
        access_mm=places.access_mm,
        limit_mm=limit_mm,
    )


def _offsets(group: NDArray[np.int32], n_groups: int) -> NDArray[np.int64]:
    offsets = np.zeros(n_groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(group, minlength=n_groups), out=offsets[1:])
    return offsets


def _sources(
    network: Network, places: Snaps, chosen: NDArray[np.int32], limit_mm: NDArray[np.int64]
) -> Sources:
    edge = places.edge[chosen]
    return Sources(
        edge=edge,
        start=network.edge_from[edge],
        end=network.edge_to[edge],
        start_mm=places.offset_mm[chosen],
        end_mm=network.length_mm[edge] - places.offset_mm[chosen],
        access_mm=places.access_mm[chosen],
        limit_mm=limit_mm[chosen],
    )


def _run(
    network: Network,
    places: Snaps,
    limit_mm: NDArray[np.int64],
    targets: Targets,
    threads: int,
    progress: Progress,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Search from every place on the network; return source, item and length of every pair."""
    order = np.flatnonzero(places.on_network)
    order = order[np.argsort(places.edge[order], kind="stable")].astype(np.int32)
    blocks = [order[at : at + _BLOCK] for at in range(0, order.size, _BLOCK)]
    arcs = network.forward
    steps = Steps(arcs.offsets, arcs.head, arcs.length_mm.astype(np.int32))

    def search(
        block: NDArray[np.int32],
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
        return bounded_search(steps, _sources(network, places, block, limit_mm), targets)

    parts = []
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        for done, part in enumerate(pool.map(search, blocks), 1):
            parts.append(part)
            progress(_STAGE, done, len(blocks))
    if not parts:
        nothing = np.zeros(0, dtype=np.int32)
        return nothing, nothing, nothing.astype(np.int64)
    n_found = np.concatenate([part[0] for part in parts])
    return (
        np.repeat(order, n_found),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
    )
