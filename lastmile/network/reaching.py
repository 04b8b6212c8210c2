"""Which sites each demand point can walk to, and how far each is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import Reach
from lastmile.network.bounded import Targets, bounded_search
from lastmile.network.model import Network
from lastmile.network.pairing import Table, lay_rows, sort_pairs, turn_pairs
from lastmile.network.snapping import Snaps
from lastmile.network.spreading import LONGEST_MM, Sources, Steps, Workspace, workspace
from lastmile.progress import Progress, silent

_BLOCK: Final = 1_024
"""Sources searched in one go by one thread."""

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
    site_limit_mm: NDArray[np.int64] | None = None,
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
    site_limit_mm
        Shape (sites,). Longest length to each site, where sites have limits of their own.
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
    if limit_mm.size and limit_mm.max() > LONGEST_MM:
        raise ValueError("a walking limit over 2,147 km")
    of_site_mm = np.full(len(sites), LONGEST_MM, dtype=np.int64)
    if site_limit_mm is not None:
        of_site_mm = np.clip(np.asarray(site_limit_mm, dtype=np.int64), -1, LONGEST_MM)
    search = _Search(network, threads, progress)
    table = _from_cheaper_side(search, demand, sites, np.maximum(limit_mm, -1), of_site_mm)
    return Reach(*table, tuple(demand_ids), tuple(site_ids))


def reach_in_blocks(  # noqa: PLR0913 - what reach asks, and the size of a block
    network: Network,
    demand: Snaps,
    sites: Snaps,
    *,
    limit_mm: NDArray[np.int64],
    demand_ids: Sequence[str],
    site_ids: Sequence[str],
    n_rows: int,
    threads: int = 2,
) -> Iterator[Reach]:
    """Find what :func:`reach` finds, a block of rows at a time, so that memory is bounded.

    Parameters
    ----------
    network, demand, sites, limit_mm, demand_ids, site_ids, threads
        As for :func:`reach`.
    n_rows
        Demand points in a block. Only one block's pairs are held at a time; blocks that have
        many more rows than there are sites cost least, for they may be searched from the sites.

    Yields
    ------
    Reach
        The rows of the next demand points, in order.
    """
    limit_mm = np.asarray(limit_mm, dtype=np.int64)
    for begin in range(0, len(demand), n_rows):
        rows = np.arange(begin, min(len(demand), begin + n_rows))
        yield reach(
            network,
            demand.take(rows),
            sites,
            limit_mm=limit_mm[rows],
            demand_ids=demand_ids[begin : begin + n_rows],
            site_ids=site_ids,
            threads=threads,
        )


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


def _from_cheaper_side(
    search: _Search,
    demand: Snaps,
    sites: Snaps,
    limit_mm: NDArray[np.int64],
    of_site_mm: NDArray[np.int64],
) -> Table:
    """Search from whichever side costs less: work grows with sources and with area."""
    furthest_mm = int(limit_mm[demand.on_network].max(initial=0))
    from_demand = float(np.square(limit_mm[demand.on_network].astype(float)).sum())
    from_sites = float(sites.on_network.sum()) * float(furthest_mm) ** 2
    if from_demand <= from_sites:
        found = search.run(demand, limit_mm, sites, of_site_mm)
        return lay_rows(found.order, found.n_found, found.item, found.length_mm, len(demand))
    found = search.run(sites, np.minimum(of_site_mm, furthest_mm), demand, limit_mm)
    return turn_pairs(
        found.order, found.n_found, found.item, found.length_mm, len(sites), len(demand)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What searches found, source by source."""

    order: NDArray[np.int32]
    """Shape (sources on the network,). In which order they were taken."""

    n_found: NDArray[np.int64]
    """Shape of ``order``."""

    item: NDArray[np.int32]
    """Shape (pairs,). Ascending for each source."""

    length_mm: NDArray[np.int32]


class _Search:
    """Runs searches in blocks, a few at once."""

    def __init__(self, network: Network, threads: int, progress: Progress) -> None:
        self._network = network
        self._threads = max(1, threads)
        self._progress = progress
        arcs = network.forward
        self._steps = Steps(arcs.offsets, arcs.head, arcs.length_mm.astype(np.int32))

    def run(
        self,
        places: Snaps,
        limit_mm: NDArray[np.int64],
        items: Snaps,
        item_limit_mm: NDArray[np.int64],
    ) -> _Found:
        """Search from every place on the network."""
        # Batches share their area if limits are alike, by powers of 2, and edges, for these are in
        # spatial order.
        there = np.flatnonzero(places.on_network).astype(np.int32)
        order = there[np.lexsort((places.edge[there], np.frexp(limit_mm[there])[1]))]
        blocks = [order[at : at + _BLOCK] for at in range(0, order.size, _BLOCK)]
        furthest_mm = int(limit_mm[order].max(initial=0))
        targets = _targets(self._network, items, item_limit_mm, furthest_mm)
        spare: deque[Workspace] = deque()

        def search(
            block: NDArray[np.int32],
        ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
            work = spare.pop() if spare else self._workspace(len(items), furthest_mm)
            sources = _sources(self._network, places, block, limit_mm)
            found = bounded_search(self._steps, sources, targets, work)
            spare.append(work)
            return found

        parts = []
        with ThreadPoolExecutor(max_workers=self._threads) as pool:
            for done, part in enumerate(pool.map(search, blocks), 1):
                parts.append(part)
                self._progress(_STAGE, done, len(blocks))
        nothing = np.zeros(0, dtype=np.int32)
        return _Found(
            order,
            np.concatenate([nothing.astype(np.int64), *(part[0] for part in parts)]),
            np.concatenate([nothing, *(part[1] for part in parts)]),
            np.concatenate([nothing, *(part[2] for part in parts)]),
        )

    def _workspace(self, n_items: int, furthest_mm: int) -> Workspace:
        return workspace(self._network.n_vertices, n_items, furthest_mm)


def _targets(
    network: Network, places: Snaps, limit_mm: NDArray[np.int64], furthest_mm: int
) -> Targets:
    # Whose access leg is too long is never found, and need not fit into 32 bits.
    item = np.flatnonzero(places.on_network & (places.access_mm <= furthest_mm)).astype(np.int32)
    edge = places.edge[item]
    start, end = np.zeros((2, len(places)), dtype=np.int32)
    start[item], end[item] = network.edge_from[edge], network.edge_to[edge]
    start_mm, end_mm = np.zeros((2, len(places)), dtype=np.int32)
    offset_mm, access_mm = places.offset_mm[item], places.access_mm[item]
    most_mm = LONGEST_MM + 1
    start_mm[item] = np.minimum(offset_mm + access_mm, most_mm)
    end_mm[item] = np.minimum(network.length_mm[edge] - offset_mm + access_mm, most_mm)
    vertex = np.concatenate((start[item], end[item]))
    return Targets(
        vertex_offsets=_offsets(vertex, network.n_vertices),
        vertex_items=np.concatenate((item, item))[np.argsort(vertex, kind="stable")],
        edge_offsets=_offsets(edge, network.n_edges),
        edge_items=item[np.argsort(edge, kind="stable")],
        edge=places.edge,
        start=start,
        end=end,
        start_mm=start_mm,
        end_mm=end_mm,
        offset_mm=places.offset_mm,
        access_mm=places.access_mm,
        limit_mm=np.minimum(limit_mm, LONGEST_MM).astype(np.int32),
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
