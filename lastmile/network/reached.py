"""Which stretches of road lie within a limit of each place: isochrones before they are drawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import Impedance
from lastmile.network.bounded_edges import EdgeGraph, Starts, Stretches, reached_stretches
from lastmile.network.model import Network
from lastmile.network.profiles import MS_PER_MM_AT_1_KPH
from lastmile.network.snapping import Snaps

Direction = Literal["from", "to"]
"""Whether the way leads from the place to the road, or from the road to the place."""

_BLOCK: Final = 256
"""Places searched in one go by one thread."""

_LARGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class ReachedRoad:
    """Stretches of edge within the limit of each place.

    The stretches of place ``k`` are ``offsets[k]:offsets[k + 1]``, by edge and offset. Those of
    one edge at most touch: at the place itself, where its own edge is cut. What is left of the
    limit falls from both ends of a stretch towards its middle (from one end, on a one-way edge).
    """

    offsets: NDArray[np.int64]
    """Shape (places + 1,)."""

    edge: NDArray[np.int32]
    """Shape (stretches,)."""

    from_mm: NDArray[np.int64]
    """Shape (stretches,). Where the stretch begins, from the edge's start."""

    to_mm: NDArray[np.int64]
    """Shape (stretches,). Where it ends; it may be a single point."""

    from_left: NDArray[np.int64]
    """Shape (stretches,). What is left of the limit where the stretch begins, in its unit."""

    to_left: NDArray[np.int64]
    impedance: Impedance
    """Unit of limits and of what is left of them."""

    @property
    def n_places(self) -> int:
        """Number of places."""
        return int(self.offsets.size) - 1

    def places(self) -> NDArray[np.int64]:
        """Place of every stretch. Shape (stretches,)."""
        return np.repeat(np.arange(self.n_places), np.diff(self.offsets))

    def length_mm(self) -> NDArray[np.int64]:
        """Length of road within each place's limit. Shape (places,)."""
        total = np.zeros(self.n_places, dtype=np.int64)
        np.add.at(total, self.places(), self.to_mm - self.from_mm)
        return total


def reached_road(
    network: Network,
    places: Snaps,
    *,
    limit_mm: NDArray[np.int64],
    direction: Direction = "to",
    threads: int = 2,
) -> ReachedRoad:
    """Find the stretches of road within a length of each place.

    A position on the road lies on a stretch exactly if the place's access leg and the shortest
    path between them are no longer than the limit, which is inclusive; one-ways are obeyed, rules
    of turning are not known here. Lengths are whole millimetres. A position on a vertex is at that
    vertex.

    Parameters
    ----------
    network
        Any network; for walkers both directions are the same.
    places
        Positions on it; places off the network reach nothing.
    limit_mm
        Shape (places,). Longest length, in millimetres.
    direction
        "to" for those who come to the place, "from" for those who leave it.
    threads
        How many blocks are searched at once; the result does not depend on it.

    Raises
    ------
    ValueError
        If a limit is over 2,147 km.
    """
    access_mm = np.where(places.on_network, places.access_mm, 0)
    return _search(network, places, limit_mm, access_mm, "length_mm", direction, threads)


def reached_road_in_time(
    network: Network,
    places: Snaps,
    *,
    limit_ms: NDArray[np.int64],
    direction: Direction = "from",
    threads: int = 2,
) -> ReachedRoad:
    """Find the stretches of road within a travel time of each place.

    As :func:`reached_road`, by the network's travel times; the access leg is passed at the
    profile's access speed. Offsets are whole millimetres: the farthest whose time, rounded as
    everywhere, is within the limit.

    Parameters
    ----------
    network
        Any network; one-ways are obeyed, rules of turning and delays at junctions are not known.
    places
        Positions on it; places off the network reach nothing.
    limit_ms
        Shape (places,). Longest time, in milliseconds.
    direction
        "from" for those who leave the place, "to" for those who come to it.
    threads
        How many blocks are searched at once; the result does not depend on it.

    Raises
    ------
    ValueError
        If a limit is over 24 days.
    """
    access_mm = np.where(places.on_network, places.access_mm, 0)
    access_ms = np.rint(access_mm * MS_PER_MM_AT_1_KPH / network.profile.access_speed_kph)
    return _search(
        network, places, limit_ms, access_ms.astype(np.int64), "travel_time_ms", direction, threads
    )


def edge_graph(network: Network, impedance: Impedance, direction: Direction) -> EdgeGraph:
    """Return the edges of a network with their costs, to be searched in one direction.

    Parameters
    ----------
    network
        Any network.
    impedance
        What costs are.
    direction
        "from" searches along the edges, "to" against them.
    """
    edge = np.flatnonzero(~network.closed)
    ends = np.concatenate((network.edge_from[edge], network.edge_to[edge]))
    item = np.concatenate((2 * edge, 2 * edge + 1))
    offsets = np.zeros(network.n_vertices + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=network.n_vertices), out=offsets[1:])
    both, always = ~network.one_way & ~network.closed, ~network.closed
    return EdgeGraph(
        offsets=offsets,
        item=item[np.lexsort((item, ends))],
        start=network.edge_from,
        end=network.edge_to,
        length_mm=network.length_mm,
        cost=network.length_mm if impedance == "length_mm" else network.time_ms,
        up=always if direction == "from" else both,
        down=both if direction == "from" else always,
    )


def access_rate(network: Network, impedance: Impedance) -> float:
    """Metres of access leg that one unit of the limit pays for.

    Parameters
    ----------
    network
        Any network.
    impedance
        What the limit is.
    """
    if impedance == "length_mm":
        return 0.001
    return 0.001 * network.profile.access_speed_kph / MS_PER_MM_AT_1_KPH


def refuse_overlong(limit: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return limits as whole numbers; raise ValueError for those that searches cannot hold."""
    limit = np.asarray(limit, dtype=np.int64)
    if limit.size and limit.max() > _LARGEST:
        raise ValueError("a limit over 2,147 km, or over 24 days")
    return limit


def _search(
    network: Network,
    places: Snaps,
    limit: NDArray[np.int64],
    access: NDArray[np.int64],
    impedance: Impedance,
    direction: Direction,
    threads: int,
) -> ReachedRoad:
    """Search from every place on the network, block by block along the edges."""
    limit = refuse_overlong(limit)
    graph = edge_graph(network, impedance, direction)
    order = np.flatnonzero(places.on_network)
    order = order[np.argsort(places.edge[order], kind="stable")]
    blocks = [order[at : at + _BLOCK] for at in range(0, order.size, _BLOCK)]

    def search(block: NDArray[np.int64]) -> Stretches:
        starts = Starts(places.edge[block], places.offset_mm[block], access[block], limit[block])
        return reached_stretches(graph, starts)

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        parts = list(pool.map(search, blocks))
    return _gathered(parts, order, len(places), impedance)


def _gathered(
    parts: list[Stretches],
    order: NDArray[np.int64],
    n_places: int,
    impedance: Impedance,
) -> ReachedRoad:
    """Put the stretches of the blocks into the order of the places."""
    n_found = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
    in_order = np.argsort(np.repeat(order, n_found), kind="stable")
    offsets = np.zeros(n_places + 1, dtype=np.int64)
    offsets[order + 1] = n_found
    nothing = np.zeros(0, dtype=np.int64)
    columns = [
        np.concatenate([nothing, *(part[k] for part in parts)])[in_order] for k in range(1, 6)
    ]
    return ReachedRoad(
        offsets=np.cumsum(offsets),
        edge=columns[0].astype(np.int32),
        from_mm=columns[1],
        to_mm=columns[2],
        from_left=columns[3],
        to_left=columns[4],
        impedance=impedance,
    )
