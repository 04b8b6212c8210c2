"""Which OSM way a piece of a network's edge belongs to, and what its tags say of its level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.model import Network
from lastmile.network.roads import GROUND_TUNNELS, RoadData

_PER_DEGREE: Final = 10_000_000
_NO: Final = ("", "no")


def segments_at(
    network: Network, roads: RoadData, edge: NDArray[np.int64], point: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Find segments of a network among those of its roads; edges may run over several ways.

    Segments are found by the coordinates of their ends. Where ways were drawn twice, on nodes of
    their own, the edge's first way is taken, or one that has a node where the edge starts or ends.

    Parameters
    ----------
    network
        Made of these roads.
    roads
        The roads.
    edge
        Shape (segments,). The edges that the segments are parts of.
    point
        Shape (segments,). Shape points at which the segments start.

    Returns
    -------
    ndarray
        Shape (segments,). Node references of the roads at which their ways come to the segments;
        -1 where the roads have no such segment.
    """
    here = _keys(network.shape_lon, network.shape_lat, point)
    is_segment = np.ones(roads.lon.size, dtype=np.bool_)
    is_segment[roads.way_offsets[1:] - 1] = False
    start = np.flatnonzero(is_segment)
    low, high = _keys(roads.lon, roads.lat, start)
    chosen = np.flatnonzero(np.isin(low, here[0]) & np.isin(high, here[1]))
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    columns = (low[chosen], high[chosen], start[chosen])
    for one, other, reference in zip(*(column.tolist() for column in columns), strict=True):
        found[one, other].append(reference)
    answers = np.full(point.size, -1, dtype=np.int64)
    for row, pair in enumerate(zip(here[0].tolist(), here[1].tolist(), strict=True)):
        known = found.get(pair)
        if known:
            many = len(known) > 1
            answers[row] = _likeliest(network, roads, int(edge[row]), known) if many else known[0]
    return answers


def _likeliest(network: Network, roads: RoadData, edge: int, references: list[int]) -> int:
    """Of segments drawn on top of each other, the one that the edge was made of."""
    ends = network.vertex_ids[[network.edge_from[edge], network.edge_to[edge]]]
    ways = way_of(roads, np.array(references)).tolist()

    def strangeness(k: int) -> tuple[bool, bool]:
        way = ways[k]
        nodes = roads.node_ids[roads.way_offsets[way] : roads.way_offsets[way + 1]]
        return bool(roads.way_ids[way] != network.way_ids[edge]), not np.isin(nodes, ends).any()

    return references[min(range(len(ways)), key=strangeness)]


def way_of(roads: RoadData, reference: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions of the ways that node references belong to; -1 for references below 0.

    Parameters
    ----------
    roads
        The roads.
    reference
        Shape (questions,). Positions among their node references.
    """
    way = np.searchsorted(roads.way_offsets, reference, side="right") - 1
    return np.where(reference < 0, -1, way).astype(np.int64)


def _keys(
    lon: NDArray[np.float64], lat: NDArray[np.float64], start: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Name both ends of segments by their coordinates, the lower name first."""
    x = np.rint((lon + 180.0) * _PER_DEGREE).astype(np.int64)
    y = np.rint((lat + 90.0) * _PER_DEGREE).astype(np.int64)
    name = (x << 32) | y
    one, other = name[start], name[start + 1]
    return np.minimum(one, other), np.maximum(one, other)


def level_of(tags: Mapping[str, str]) -> int:
    """Tell at which level a way lies: 0 the ground, above on bridges, below in tunnels.

    Parameters
    ----------
    tags
        Its tags; ``layer`` wins over ``bridge`` and ``tunnel``.

    Examples
    --------
    >>> level_of({"bridge": "yes"}), level_of({"tunnel": "culvert"}), level_of({"layer": "-2"})
    (1, 0, -2)
    """
    stated = tags.get("layer", "").removeprefix("+")
    if stated.removeprefix("-").isdecimal():
        return int(stated)
    if tags.get("bridge", "") not in _NO:
        return 1
    return -1 if tags.get("tunnel", "") not in GROUND_TUNNELS else 0


def levels_at(roads: RoadData, way: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tell at which level each of some ways lies.

    Parameters
    ----------
    roads
        The roads.
    way
        Shape (questions,). Positions among their ways; -1, for an unknown way, is on the ground.
    """
    levels = np.array([level_of(tags) for tags in roads.tag_sets], dtype=np.int64)
    return np.where(way < 0, 0, levels[roads.tag_set[way]])


def goes_on(roads: RoadData, node_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which nodes have more than one piece of road at them, open or closed.

    At a dead end of a network these are roads that are closed to its profile.

    Parameters
    ----------
    roads
        The roads.
    node_ids
        Shape (questions,). OSM ids.
    """
    wanted, place = np.unique(node_ids, return_inverse=True)
    reference = np.flatnonzero(np.isin(roads.node_ids, wanted))
    is_inner = ~np.isin(reference, roads.way_offsets[:-1]) & ~np.isin(
        reference, roads.way_offsets[1:] - 1
    )
    at = np.searchsorted(wanted, roads.node_ids[reference])
    n_pieces = np.bincount(at, weights=1 + is_inner, minlength=wanted.size)
    more: NDArray[np.bool_] = (n_pieces > 1)[place]
    return more
