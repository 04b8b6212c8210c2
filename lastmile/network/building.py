"""Roads + profile → :class:`Network`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lastmile.network.access import way_rules
from lastmile.network.geodesy import plane_for, to_plane
from lastmile.network.model import Arcs, Network
from lastmile.network.profiles import Profile
from lastmile.network.roads import RoadData
from lastmile.network.topology import Chains, Segments, chain_segments

_MS_PER_MM_AT_1_KPH = 3.6


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Open segments, turned so that one-ways run from start to end."""

    segments: Segments
    length_mm: NDArray[np.int64]
    speed_kph: NDArray[np.float64]
    can_stop: NDArray[np.bool_]
    way_ids: NDArray[np.int64]
    node_ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def build_network(roads: RoadData, profile: Profile, *, min_component_m: float) -> Network:
    """Make the network of a profile.

    Edges join vertices where roads meet, end, change speed, or where stopping is allowed on one
    side only. Components shorter than
    ``min_component_m``, but for the longest of all, are marked as islands; they stay in the
    network, but nothing snaps to them. Where one-ways bind, a component is strongly connected
    (every place in it can be left and reached), and edges between components are islands.

    Parameters
    ----------
    roads
        The ways of the area.
    profile
        Who moves.
    min_component_m
        Least length of road of a component that is believed, in metres.
    """
    pieces = _open_pieces(roads, profile)
    chains = chain_segments(pieces.segments, pieces.node_ids.size)
    start, end = _chain_ends(pieces.segments, chains)
    vertices = _z_ordered(np.unique(np.concatenate((start, end))), pieces)
    rank = np.full(pieces.node_ids.size, -1, dtype=np.int64)
    rank[vertices] = np.arange(vertices.size)
    order = np.lexsort((rank[end], rank[start]))
    return _assemble(
        profile, pieces, _reorder(chains, order), vertices, rank, round(min_component_m * 1000)
    )


def _open_pieces(roads: RoadData, profile: Profile) -> _Pieces:
    rules = way_rules(roads, profile)
    way = np.repeat(np.arange(roads.n_ways), np.diff(roads.way_offsets))
    is_segment = np.ones(roads.lon.size, dtype=np.bool_)
    is_segment[roads.way_offsets[1:] - 1] = False
    first = np.flatnonzero(is_segment & rules.is_open[way])
    # A node named twice in a row is a slip of the mapper's hand, not a road.
    first = first[roads.node_ids[first] != roads.node_ids[first + 1]]
    backward = rules.direction[way[first]] < 0
    ids, at, node = np.unique(
        np.concatenate((roads.node_ids[first], roads.node_ids[first + 1])),
        return_index=True,
        return_inverse=True,
    )
    start, end = node[: first.size].astype(np.int32), node[first.size :].astype(np.int32)
    speed_kph, can_stop = rules.speed_kph[way[first]], rules.can_stop[way[first]]
    speed_rank = np.unique(speed_kph, return_inverse=True)[1].astype(np.int32)
    reference = np.concatenate((first, first + 1))[at]
    return _Pieces(
        segments=Segments(
            start=np.where(backward, end, start),
            end=np.where(backward, start, end),
            one_way=rules.direction[way[first]] != 0,
            kind=2 * speed_rank + can_stop,
        ),
        length_mm=roads.segment_mm[first],
        speed_kph=speed_kph,
        can_stop=can_stop,
        way_ids=roads.way_ids[way[first]],
        node_ids=ids,
        lon=roads.lon[reference],
        lat=roads.lat[reference],
    )


def _chain_ends(segments: Segments, chains: Chains) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    tail = np.where(chains.flipped, segments.end[chains.segment], segments.start[chains.segment])
    head = np.where(chains.flipped, segments.start[chains.segment], segments.end[chains.segment])
    return tail[chains.offsets[:-1]], head[chains.offsets[1:] - 1]


def _z_ordered(nodes: NDArray[np.int32], pieces: _Pieces) -> NDArray[np.int32]:
    """Sort nodes along the Morton curve of their coordinates."""
    code = _morton(pieces.lon[nodes], pieces.lat[nodes])
    return nodes[np.lexsort((pieces.node_ids[nodes], code))]


def _morton(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.uint64]:
    # 1e-5 degrees is about a metre: 26 bits for longitude, so both interleave in 52.
    x = np.rint((lon + 180.0) * 1e5).astype(np.uint64)
    y = np.rint((lat + 90.0) * 1e5).astype(np.uint64)
    code = np.zeros(lon.size, dtype=np.uint64)
    for bit in range(26):
        mask = np.uint64(1 << bit)
        code |= ((x & mask) << np.uint64(bit)) | ((y & mask) << np.uint64(bit + 1))
    return code


def _reorder(chains: Chains, order: NDArray[np.int64]) -> Chains:
    sizes = np.diff(chains.offsets)[order]
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    taken = np.arange(offsets[-1]) + np.repeat(chains.offsets[:-1][order] - offsets[:-1], sizes)
    return Chains(offsets, chains.segment[taken], chains.flipped[taken])


def _assemble(
    profile: Profile,
    pieces: _Pieces,
    chains: Chains,
    vertices: NDArray[np.int32],
    rank: NDArray[np.int64],
    min_component_mm: int,
) -> Network:
    start, end = _chain_ends(pieces.segments, chains)
    edge_from, edge_to = rank[start].astype(np.int32), rank[end].astype(np.int32)
    shape_offsets, shape_node, shape_mm = _shapes(pieces, chains, start)
    first = chains.segment[chains.offsets[:-1]]
    length_mm = shape_mm[shape_offsets[1:] - 1]
    exact_ms = length_mm * _MS_PER_MM_AT_1_KPH / pieces.speed_kph[first]
    time_ms = np.maximum(1, np.rint(exact_ms).astype(np.int64))
    one_way = pieces.segments.one_way[first]
    lon, lat = pieces.lon[vertices], pieces.lat[vertices]
    plane = plane_for(float(np.median(lon)), float(np.median(lat))) if lon.size else "EPSG:4549"
    x, y = to_plane(plane, pieces.lon[shape_node], pieces.lat[shape_node])
    component, component_mm = _components(edge_from, edge_to, one_way, length_mm, vertices.size)
    # The longest part is never an island: a hamlet's only road is what there is to walk on.
    least_mm = min(max(1, min_component_mm), int(component_mm.max(initial=1)))
    on_island = np.append(component_mm, 0)[component] < least_mm
    return Network(
        profile=profile,
        plane=plane,
        vertex_ids=pieces.node_ids[vertices],
        vertex_lon=lon,
        vertex_lat=lat,
        edge_from=edge_from,
        edge_to=edge_to,
        one_way=one_way,
        length_mm=length_mm,
        time_ms=time_ms,
        can_stop=pieces.can_stop[first],
        way_ids=pieces.way_ids[first],
        shape_offsets=shape_offsets,
        shape_lon=pieces.lon[shape_node],
        shape_lat=pieces.lat[shape_node],
        shape_x=x,
        shape_y=y,
        shape_mm=shape_mm,
        edge_component=component,
        component_mm=component_mm,
        on_island=on_island,
        forward=_arcs(edge_from, edge_to, one_way, length_mm, time_ms, vertices.size),
        backward=_arcs(edge_to, edge_from, one_way, length_mm, time_ms, vertices.size),
    )


def _shapes(
    pieces: _Pieces, chains: Chains, start: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Points of every edge: offsets, nodes, and length from the edge's start."""
    n_edges = chains.offsets.size - 1
    shape_offsets = chains.offsets + np.arange(n_edges + 1)
    is_first = np.zeros(int(shape_offsets[-1]), dtype=np.bool_)
    is_first[shape_offsets[:-1]] = True
    run, segments = chains.segment, pieces.segments
    node = np.empty(is_first.size, dtype=np.int32)
    node[is_first] = start
    node[~is_first] = np.where(chains.flipped, segments.start[run], segments.end[run])
    step_mm = np.zeros(is_first.size, dtype=np.int64)
    step_mm[~is_first] = pieces.length_mm[run]
    total_mm = np.cumsum(step_mm)
    before_mm = total_mm[shape_offsets[:-1]]
    return shape_offsets, node, total_mm - np.repeat(before_mm, np.diff(shape_offsets))


def _components(
    edge_from: NDArray[np.int32],
    edge_to: NDArray[np.int32],
    one_way: NDArray[np.bool_],
    length_mm: NDArray[np.int64],
    n_vertices: int,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Component of every edge (longest first, -1 between components) and their lengths."""
    tail = np.concatenate((edge_from, edge_to[~one_way]))
    head = np.concatenate((edge_to, edge_from[~one_way]))
    graph = coo_array((np.ones(tail.size, dtype=np.int8), (tail, head)), (n_vertices, n_vertices))
    n_parts, part = connected_components(graph, directed=True, connection="strong")
    inside = part[edge_from] == part[edge_to]
    part_mm = np.zeros(n_parts, dtype=np.int64)
    np.add.at(part_mm, part[edge_from[inside]], length_mm[inside])
    # A vertex that only edges between components touch is no component of road.
    has_road = np.bincount(part[edge_from[inside]], minlength=n_parts) > 0
    lowest = np.full(n_parts, n_vertices, dtype=np.int64)
    np.minimum.at(lowest, part, np.arange(n_vertices))
    order = np.lexsort((lowest, -part_mm, ~has_road))
    number = np.empty(n_parts, dtype=np.int32)
    number[order] = np.arange(n_parts, dtype=np.int32)
    component = np.where(inside, number[part[edge_from]], -1).astype(np.int32)
    return component, part_mm[order][: int(has_road.sum())]


def _arcs(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    one_way: NDArray[np.bool_],
    length_mm: NDArray[np.int64],
    time_ms: NDArray[np.int64],
    n_vertices: int,
) -> Arcs:
    edge = np.arange(tail.size, dtype=np.int32)
    arc_tail = np.concatenate((tail, head[~one_way]))
    arc_head = np.concatenate((head, tail[~one_way]))
    arc_edge = np.concatenate((edge, edge[~one_way]))
    order = np.lexsort((arc_edge, arc_head, arc_tail))
    offsets = np.zeros(n_vertices + 1, dtype=np.int64)
    np.cumsum(np.bincount(arc_tail, minlength=n_vertices), out=offsets[1:])
    arc_edge = arc_edge[order]
    return Arcs(offsets, arc_head[order], arc_edge, length_mm[arc_edge], time_ms[arc_edge])
