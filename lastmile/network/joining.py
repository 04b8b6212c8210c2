"""Roads with links added where dead ends almost touch other roads, for whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from lastmile.network.building import build_network
from lastmile.network.components import linked_parts
from lastmile.network.feet import vertex_at
from lastmile.network.gaps import EndGaps, end_gaps, is_aside, last_points
from lastmile.network.geodesy import geodesic_mm
from lastmile.network.model import Network
from lastmile.network.profiles import VAN, WALK, Profile
from lastmile.network.roads import RoadData, segment_lengths
from lastmile.network.wayside import goes_on, levels_at, segments_at, way_of

_DEGREE_PLACES: Final = 7
"""Coordinates of OpenStreetMap have seven decimals, a centimetre."""

_FIRST_NEW_WAY: Final = -1

# Whatever anybody moves on, whoever may: a road that is closed to some still joins what it joins.
_ANYBODY: Final = Profile(
    name="anybody",
    speed_kph=tuple(
        (highway, 5.0)
        for highway in sorted(dict(WALK.speed_kph) | dict(VAN.speed_kph))
        if highway != "ferry"
    ),
    access_tags=(),
    closed_values=(),
    top_speed_kph=5.0,
    access_speed_kph=5.0,
)


_Value = TypeVar("_Value", np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class Join:
    """One link that was added."""

    new_way: int
    """Id of the way that was added, below 0."""

    way: int
    """OSM id of the way that ended short of another."""

    node: int
    """OSM id of its end."""

    other_way: int
    length_mm: int
    lon: float
    """Of the end, degrees."""

    lat: float


class _Links(NamedTuple):
    """What to add, one row for each link."""

    own: NDArray[np.int64]
    """Shape (links,). Node reference of the dead end."""

    is_last: NDArray[np.bool_]
    """Shape (links,). Whether its way leads to the dead end, not from it."""

    other: NDArray[np.int64]
    """Shape (links,). Node reference at which the segment starts that is to be met."""

    node: NDArray[np.int64]
    """Shape (links,). Id of the node that is met, there already or new."""

    is_new: NDArray[np.bool_]
    lon: NDArray[np.float64]
    """Shape (links,). Of that node."""

    lat: NDArray[np.float64]


def join_gaps(roads: RoadData, gap_m: float) -> tuple[RoadData, tuple[Join, ...]]:
    """Link dead ends to roads that they almost touch and do not hang together with.

    A link is a way of two nodes with the tags of the way that ends, so that it is open to the same
    people in the same direction. Only roads of different parts are linked, access and one-ways
    ignored; only at dead ends; only ahead of them (see :func:`~lastmile.network.gaps.is_aside`);
    and only at one level. Where a link meets a way between its nodes, the way gets a new one.

    The roads are the planner's data: nothing here is known to be true on the ground.

    Parameters
    ----------
    roads
        The roads.
    gap_m
        Widest gap, inclusive, in metres; 0 links nothing.

    Returns
    -------
    tuple
        The roads with the links, and what was added, by way and node. New ways have ids below 0,
        new nodes ids above all others.
    """
    if gap_m <= 0.0:
        return roads, ()
    network = build_network(roads, _ANYBODY, min_component_m=0.0)
    if not network.n_edges:
        return roads, ()
    gaps = end_gaps(network, linked_parts(network)[0], gap_m, within_parts=False)
    links = _links(network, roads, gaps.take(np.flatnonzero(~is_aside(gaps))))
    if not links.own.size:
        return roads, ()
    return _with_links(roads, links), _joins(roads, links)


def _links(network: Network, roads: RoadData, gaps: EndGaps) -> _Links:
    last = segments_at(network, roads, gaps.edge, last_points(network, gaps))
    # The dead end is one of the two nodes of its last segment.
    ids = network.vertex_ids[gaps.vertex]
    own = np.where(roads.node_ids[last] == ids, last, last + 1)
    other = segments_at(network, roads, gaps.to_edge, gaps.to_point)
    known = (last >= 0) & (other >= 0) & (roads.node_ids[own] == ids) & ~goes_on(roads, ids)
    level = levels_at(roads, way_of(roads, last)) == levels_at(roads, way_of(roads, other))
    rows = np.flatnonzero(known & level)
    rows = rows[_is_first_of_pair(network, gaps.take(rows))]
    rows = rows[np.lexsort((other[rows], own[rows]))]
    own, is_last, other, gaps = own[rows], (own > last)[rows], other[rows], gaps.take(rows)
    lon, lat = np.round(gaps.to_lon, _DEGREE_PLACES), np.round(gaps.to_lat, _DEGREE_PLACES)
    node = np.max(roads.node_ids) + 1 + np.arange(rows.size)
    is_new = np.ones(rows.size, dtype=np.bool_)
    for end in (other, other + 1):
        there = (roads.lon[end] == lon) & (roads.lat[end] == lat)
        node[there], is_new[there] = roads.node_ids[end[there]], False
    return _Links(own, is_last, other, node, is_new, lon, lat)


def _is_first_of_pair(network: Network, gaps: EndGaps) -> NDArray[np.bool_]:
    """Of two dead ends that find each other, keep the first."""
    other = vertex_at(network, gaps.to_edge, gaps.to_offset_mm)
    met = set(zip(gaps.vertex.tolist(), other.tolist(), strict=True))
    pairs = zip(gaps.vertex.tolist(), other.tolist(), strict=True)
    return np.array([one < two or (two, one) not in met for one, two in pairs], dtype=np.bool_)


def _with_links(roads: RoadData, links: _Links) -> RoadData:
    split = np.flatnonzero(links.is_new)
    start = links.other[split]
    from_start_mm = geodesic_mm(
        roads.lon[start], roads.lat[start], links.lon[split], links.lat[split]
    )
    split = split[np.lexsort((from_start_mm, start))]
    own_way, split_way = way_of(roads, links.own), way_of(roads, links.other[split])
    sizes = np.diff(roads.way_offsets) + np.bincount(split_way, minlength=roads.n_ways)
    sizes = np.concatenate((sizes, np.full(links.own.size, 2)))
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    lon = _spliced(roads.lon, links.lon, links, split)
    lat = _spliced(roads.lat, links.lat, links, split)
    return replace(
        roads,
        way_ids=np.concatenate((roads.way_ids, _new_ways(links))),
        way_offsets=offsets,
        node_ids=_spliced(roads.node_ids, links.node, links, split),
        lon=lon,
        lat=lat,
        segment_mm=segment_lengths(lon, lat, offsets),
        tag_set=np.concatenate((roads.tag_set, roads.tag_set[own_way])),
        names=np.concatenate((roads.names, roads.names[own_way])),
    )


def _new_ways(links: _Links) -> NDArray[np.int64]:
    return _FIRST_NEW_WAY - np.arange(links.own.size)


def _spliced(
    column: NDArray[_Value], met: NDArray[_Value], links: _Links, split: NDArray[np.int64]
) -> NDArray[_Value]:
    """Put new nodes into the ways that are met, and the two nodes of each link at the end.

    A link is drawn in the direction of the way that ends, so that a one-way goes on.
    """
    own = column[links.own]
    first, last = np.where(links.is_last, own, met), np.where(links.is_last, met, own)
    ends = np.stack((first, last), axis=1).ravel()
    return np.concatenate((np.insert(column, links.other[split] + 1, met[split]), ends))


def _joins(roads: RoadData, links: _Links) -> tuple[Join, ...]:
    columns = (
        _new_ways(links),
        roads.way_ids[way_of(roads, links.own)],
        roads.node_ids[links.own],
        roads.way_ids[way_of(roads, links.other)],
        geodesic_mm(roads.lon[links.own], roads.lat[links.own], links.lon, links.lat),
        roads.lon[links.own],
        roads.lat[links.own],
    )
    return tuple(Join(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
