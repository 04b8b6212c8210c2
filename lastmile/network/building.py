"""Roads + profile → :class:`Network`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lastmile.network.access import NodeRules, WayRules, node_rules, way_rules
from lastmile.network.bans import Ban, banned_segments
from lastmile.network.geodesy import plane_for, to_plane
from lastmile.network.ground_of_turns import Ground
from lastmile.network.hours import Period
from lastmile.network.model import Network, TurnReport
from lastmile.network.morton import morton
from lastmile.network.profiles import MS_PER_MM_AT_1_KPH, Profile
from lastmile.network.roads import RoadData
from lastmile.network.search_graph import Arcs, SearchGraph
from lastmile.network.topology import Chains, Segments, chain_segments
from lastmile.network.turn_rules import TurnRules, turn_rules
from lastmile.network.turning import plain_graph, turning_graph


@dataclass(frozen=True, slots=True, eq=False)
class _Mover:
    """A profile with what it makes of every way and node."""

    profile: Profile
    rules: WayRules
    nodes: NodeRules
    turns: TurnRules
    is_open: NDArray[np.bool_]
    """Shape (segments,). Bans and closed ways left out."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Open segments, turned so that one-ways run from start to end."""

    segments: Segments
    backward: NDArray[np.bool_]
    """Shape (segments,). Whether the segment was turned against its way."""

    first: NDArray[np.int64]
    """Shape (segments,). Node reference at which the way comes to the segment."""

    way: NDArray[np.int64]
    """Shape (segments,). Position of its way."""

    length_mm: NDArray[np.int64]
    node_ids: NDArray[np.int64]
    """Shape (nodes,). OSM ids; below 0 for the arms of closed barriers."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def build_network(
    roads: RoadData,
    profile: Profile,
    *,
    min_component_m: float,
    period: Period | None = None,
    bans: Sequence[Ban] = (),
) -> Network:
    """Make the network of a profile.

    Edges join vertices where roads meet, end, change speed, or where something happens: a signal,
    a rule of turning, or stopping being allowed on one side only. Components shorter than
    ``min_component_m``, but for the longest of all, are marked as islands; they stay in the
    network, but nothing snaps to them. Where one-ways bind, a component is strongly connected
    (every place in it can be left and reached, rules of turning obeyed), and edges between
    components are islands.

    Parameters
    ----------
    roads
        The ways of the area.
    profile
        Who moves.
    min_component_m
        Least length of road of a component that is believed, in metres.
    period
        When; rules that hold at some moment of it bind, and speeds are those of its hours. None
        for a day without hours.
    bans
        Areas closed to some vehicles at some hours.
    """
    return build_networks(
        roads, (profile,), min_component_m=min_component_m, period=period, bans=bans
    )[0]


def build_networks(
    roads: RoadData,
    profiles: Sequence[Profile],
    *,
    min_component_m: float,
    period: Period | None = None,
    bans: Sequence[Ban] = (),
) -> tuple[Network, ...]:
    """Make the networks of several profiles, on the same vertices and edges where that can be.

    Networks that share edges share the arrays that describe them, and a position on one is a
    position on the others. Profiles differ in which edges are ``closed``, which way they go and
    how fast. Those that are stopped by other barriers, or go against another's one-way only,
    get edges of their own.

    Parameters
    ----------
    roads, min_component_m, period, bans
        As for :func:`build_network`.
    profiles
        Who moves.

    Returns
    -------
    tuple
        A network for each profile, in order.
    """
    movers = [_mover(roads, profile, period, bans) for profile in profiles]
    networks: dict[int, Network] = {}
    for group in _groups(movers):
        built = _build_group(roads, [movers[k] for k in group], round(min_component_m * 1000))
        networks.update(zip(group, built, strict=True))
    return tuple(networks[k] for k in range(len(movers)))


def _mover(roads: RoadData, profile: Profile, period: Period | None, bans: Sequence[Ban]) -> _Mover:
    rules = way_rules(roads, profile, period)
    way = np.repeat(np.arange(roads.n_ways), np.diff(roads.way_offsets))
    is_open = rules.is_open[way]
    is_open[roads.way_offsets[1:] - 1] = False
    # A node named twice in a row is a slip of the mapper's hand, not a road.
    is_open[:-1] &= roads.node_ids[:-1] != roads.node_ids[1:]
    is_open &= ~banned_segments(roads, bans, profile, period)
    return _Mover(
        profile=profile,
        rules=rules,
        nodes=node_rules(roads, profile, period),
        turns=turn_rules(roads, profile, period),
        is_open=is_open,
    )


def _groups(movers: Sequence[_Mover]) -> list[list[int]]:
    """Put together those who can share edges."""
    groups: list[list[int]] = []
    for k, mover in enumerate(movers):
        for group in groups:
            if all(_can_share(mover, movers[other]) for other in group):
                group.append(k)
                break
        else:
            groups.append([k])
    return groups


def _can_share(one: _Mover, other: _Mover) -> bool:
    both_open = one.rules.is_open & other.rules.is_open
    opposed = one.rules.direction * other.rules.direction < 0
    return np.array_equal(one.nodes.closed, other.nodes.closed) and not (both_open & opposed).any()


def _build_group(roads: RoadData, movers: Sequence[_Mover], min_component_mm: int) -> list[Network]:
    pieces = _open_pieces(roads, movers)
    breaks = [array for m in movers for array in (m.nodes.delayed, m.turns.break_nodes())]
    is_break = np.isin(pieces.node_ids, np.concatenate(breaks))
    chains = chain_segments(pieces.segments, is_break)
    start, end = _chain_ends(pieces.segments, chains)
    vertices = _z_ordered(np.unique(np.concatenate((start, end))), pieces)
    rank = np.full(pieces.node_ids.size, -1, dtype=np.int64)
    rank[vertices] = np.arange(vertices.size)
    order = np.lexsort((rank[end], rank[start]))
    shared = _share(roads, pieces, _reorder(chains, order), vertices, rank)
    return [_assemble(shared, mover, min_component_mm) for mover in movers]


def _open_pieces(roads: RoadData, movers: Sequence[_Mover]) -> _Pieces:
    way_of = np.repeat(np.arange(roads.n_ways), np.diff(roads.way_offsets))
    first = np.flatnonzero(np.any([mover.is_open for mover in movers], axis=0))
    way = way_of[first]
    directions = np.array(
        [np.where(m.is_open[first], m.rules.direction[way], 0) for m in movers]
    ).reshape(len(movers), -1)
    # Those who share edges never go against each other, so that one direction serves all.
    direction = directions.sum(axis=0)
    backward = direction < 0
    ids, at, node = np.unique(
        np.concatenate((roads.node_ids[first], roads.node_ids[first + 1])),
        return_index=True,
        return_inverse=True,
    )
    reference = np.concatenate((first, first + 1))[at]
    node, ids, origin = _cut_at_barriers(node, ids, movers[0].nodes.closed)
    start, end = node[: first.size].astype(np.int32), node[first.size :].astype(np.int32)
    return _Pieces(
        segments=Segments(
            start=np.where(backward, end, start),
            end=np.where(backward, start, end),
            has_direction=direction != 0,
            kind=_kinds(movers, first, way),
        ),
        backward=backward,
        first=first,
        way=way,
        length_mm=roads.segment_mm[first],
        node_ids=ids,
        lon=roads.lon[reference][origin],
        lat=roads.lat[reference][origin],
    )


def _cut_at_barriers(
    node: NDArray[np.int64], ids: NDArray[np.int64], closed: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give every arm of a barrier that cannot be passed an end of its own.

    Returns nodes and ids with the new ones, and for each node which one it was.
    """
    is_closed = np.isin(ids, closed)
    arms = np.flatnonzero(is_closed[node])
    origin = np.concatenate((np.arange(ids.size), node[arms]))
    node = node.copy()
    node[arms] = ids.size + np.arange(arms.size)
    return node, np.concatenate((ids, -1 - np.arange(arms.size))), origin


def _kinds(
    movers: Sequence[_Mover], first: NDArray[np.int64], way: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Tell apart what the profiles make of each segment; only equal ones are joined."""
    columns = []
    for mover in movers:
        rules, is_open = mover.rules, mover.is_open[first]
        columns += [
            np.where(is_open, np.unique(rules.speed_kph, return_inverse=True)[1][way] + 1, 0),
            is_open & (rules.direction[way] != 0),
            is_open & rules.can_stop[way],
            is_open & rules.own_side[way],
            np.where(is_open, rules.speed_group[way] + 1, 0),
        ]
    table = np.column_stack([column.astype(np.int64) for column in columns])
    kind = np.zeros(first.size, dtype=np.int64)
    for column in table.T:
        # Renumbered at every step, so that no product of many columns overflows.
        kind = np.unique(kind * (int(column.max(initial=0)) + 1) + column, return_inverse=True)[1]
    return kind.astype(np.int32)


def _chain_ends(segments: Segments, chains: Chains) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    tail = np.where(chains.flipped, segments.end[chains.segment], segments.start[chains.segment])
    head = np.where(chains.flipped, segments.start[chains.segment], segments.end[chains.segment])
    return tail[chains.offsets[:-1]], head[chains.offsets[1:] - 1]


def _z_ordered(nodes: NDArray[np.int32], pieces: _Pieces) -> NDArray[np.int32]:
    """Sort nodes along the Morton curve of their coordinates."""
    code = morton(pieces.lon[nodes], pieces.lat[nodes])
    return nodes[np.lexsort((pieces.node_ids[nodes], code))]


def _reorder(chains: Chains, order: NDArray[np.int64]) -> Chains:
    sizes = np.diff(chains.offsets)[order]
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    taken = np.arange(offsets[-1]) + np.repeat(chains.offsets[:-1][order] - offsets[:-1], sizes)
    return Chains(offsets, chains.segment[taken], chains.flipped[taken])


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """What all profiles on the same edges have in common."""

    pieces: _Pieces
    chains: Chains
    plane: str
    ground: Ground
    """With everybody allowed everywhere; each profile puts its own in."""

    vertex_lon: NDArray[np.float64]
    vertex_lat: NDArray[np.float64]
    way_ids: NDArray[np.int64]
    shape_offsets: NDArray[np.int64]
    shape_lon: NDArray[np.float64]
    shape_lat: NDArray[np.float64]
    shape_x: NDArray[np.float64]
    shape_y: NDArray[np.float64]
    shape_mm: NDArray[np.int64]


def _share(
    roads: RoadData,
    pieces: _Pieces,
    chains: Chains,
    vertices: NDArray[np.int32],
    rank: NDArray[np.int64],
) -> _Shared:
    start, end = _chain_ends(pieces.segments, chains)
    shape_offsets, shape_node, shape_mm = _shapes(pieces, chains, start)
    lon, lat = pieces.lon[vertices], pieces.lat[vertices]
    plane = plane_for(float(np.median(lon)), float(np.median(lat))) if lon.size else "EPSG:4549"
    x, y = to_plane(plane, pieces.lon[shape_node], pieces.lat[shape_node])
    begin, finish = shape_offsets[:-1], shape_offsets[1:] - 1
    way_at = roads.way_ids[pieces.way[chains.segment]]
    ground = Ground(
        n_vertices=vertices.size,
        edge_from=rank[start].astype(np.int32),
        edge_to=rank[end].astype(np.int32),
        goes=np.ones((2, start.size), dtype=np.bool_),
        own_side=np.zeros(start.size, dtype=np.bool_),
        time_ms=np.zeros(start.size, dtype=np.int64),
        length_mm=shape_mm[finish],
        way_at_start=way_at[chains.offsets[:-1]],
        way_at_end=way_at[chains.offsets[1:] - 1],
        vertex_ids=pieces.node_ids[vertices],
        next_at_start=pieces.node_ids[shape_node[begin + 1]],
        next_at_end=pieces.node_ids[shape_node[finish - 1]],
        bearing_start=_unit(x[begin + 1] - x[begin], y[begin + 1] - y[begin]),
        bearing_end=_unit(x[finish] - x[finish - 1], y[finish] - y[finish - 1]),
        delay_ms=np.zeros(vertices.size, dtype=np.int64),
    )
    return _Shared(
        pieces=pieces,
        chains=chains,
        plane=plane,
        ground=ground,
        vertex_lon=lon,
        vertex_lat=lat,
        way_ids=ground.way_at_start,
        shape_offsets=shape_offsets,
        shape_lon=pieces.lon[shape_node],
        shape_lat=pieces.lat[shape_node],
        shape_x=x,
        shape_y=y,
        shape_mm=shape_mm,
    )


def _unit(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    size = np.maximum(np.hypot(x, y), 1e-12)
    return np.column_stack((x / size, y / size))


def _assemble(shared: _Shared, mover: _Mover, min_component_mm: int) -> Network:
    pieces, rules = shared.pieces, mover.rules
    head_piece = shared.chains.segment[shared.chains.offsets[:-1]]
    way = pieces.way[head_piece]
    closed = ~mover.is_open[pieces.first[head_piece]]
    one_way = ~closed & (rules.direction[way] != 0)
    speed_kph = np.where(closed, 1.0, rules.speed_kph[way])
    free_kph = np.where(closed, 1.0, rules.free_kph[way])
    ground = replace(
        shared.ground,
        goes=np.array((~closed, ~closed & ~one_way)),
        own_side=~closed & rules.own_side[way],
        time_ms=_travel_ms(shared.ground.length_mm, speed_kph),
        delay_ms=_delays(shared.ground.vertex_ids, mover.nodes),
    )
    arcs = (ground.time_ms, ground.length_mm, ground.n_vertices)
    forward = _arcs(ground.edge_from, ground.edge_to, ground.goes, *arcs)
    search, turns = _search_graph(ground, mover, forward)
    component, component_mm = _components(ground, search)
    # The longest part is never an island: a hamlet's only road is what there is to walk on.
    least_mm = min(max(1, min_component_mm), int(component_mm.max(initial=1)))
    return Network(
        profile=mover.profile,
        plane=shared.plane,
        vertex_ids=ground.vertex_ids,
        vertex_lon=shared.vertex_lon,
        vertex_lat=shared.vertex_lat,
        edge_from=ground.edge_from,
        edge_to=ground.edge_to,
        one_way=one_way,
        closed=closed,
        length_mm=ground.length_mm,
        time_ms=ground.time_ms,
        free_ms=_travel_ms(shared.ground.length_mm, free_kph),
        speed_group=np.where(closed, -1, rules.speed_group[way]).astype(np.int8),
        can_stop=~closed & rules.can_stop[way],
        own_side=ground.own_side,
        way_ids=shared.way_ids,
        shape_offsets=shared.shape_offsets,
        shape_lon=shared.shape_lon,
        shape_lat=shared.shape_lat,
        shape_x=shared.shape_x,
        shape_y=shared.shape_y,
        shape_mm=shared.shape_mm,
        edge_component=component,
        component_mm=component_mm,
        on_island=np.append(component_mm, 0)[component] < least_mm,
        forward=forward,
        backward=_arcs(ground.edge_to, ground.edge_from, ground.goes, *arcs),
        search=search,
        turns=turns,
    )


def _travel_ms(length_mm: NDArray[np.int64], speed_kph: NDArray[np.float64]) -> NDArray[np.int64]:
    exact_ms = length_mm * MS_PER_MM_AT_1_KPH / speed_kph
    return np.maximum(1, np.rint(exact_ms).astype(np.int64))


def _delays(vertex_ids: NDArray[np.int64], nodes: NodeRules) -> NDArray[np.int64]:
    delay_ms = np.zeros(vertex_ids.size, dtype=np.int64)
    if nodes.delayed.size:
        at = np.minimum(np.searchsorted(nodes.delayed, vertex_ids), nodes.delayed.size - 1)
        hit = nodes.delayed[at] == vertex_ids
        delay_ms[hit] = nodes.delay_ms[at[hit]]
    return delay_ms


def _search_graph(ground: Ground, mover: _Mover, forward: Arcs) -> tuple[SearchGraph, TurnReport]:
    rules, turns = mover.turns.rules, mover.turns
    profile = mover.profile
    binds = rules or profile.left_turn_s > 0 or ground.own_side.any() or (ground.delay_ms > 0).any()
    if not binds:
        graph, n_moot, n_split = plain_graph(ground, forward), 0, 0
    else:
        found = turning_graph(ground, rules, profile)
        graph, n_moot, n_split = found.graph, found.n_moot, found.n_split
    report = TurnReport(
        n_bound=turns.n_bound,
        n_loose=turns.n_loose,
        n_moot=n_moot,
        n_split=n_split,
        n_states=graph.n_states,
        n_steps=int(graph.steps.head.size),
    )
    return graph, report


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


def _components(ground: Ground, search: SearchGraph) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Component of every edge (longest first, -1 between components) and their lengths."""
    steps, n_states = search.steps, search.n_states
    tail = np.repeat(np.arange(n_states), np.diff(steps.offsets))
    graph = coo_array((np.ones(tail.size, dtype=np.int8), (tail, steps.head)), (n_states, n_states))
    n_parts, part = connected_components(graph, directed=True, connection="strong")
    # An edge belongs where one of the steps along it does, the first by number if several do.
    inside = (steps.edge >= 0) & (part[tail] == part[steps.head])
    part_of = np.full(ground.edge_from.size, -1, dtype=np.int64)
    part_of[steps.edge[inside][::-1]] = part[tail][inside][::-1]
    has_part = part_of >= 0
    part_mm = np.zeros(n_parts, dtype=np.int64)
    np.add.at(part_mm, part_of[has_part], ground.length_mm[has_part])
    # A state that only steps between components touch is no component of road.
    has_road = np.bincount(part_of[has_part], minlength=n_parts) > 0
    lowest = np.full(n_parts, n_states, dtype=np.int64)
    np.minimum.at(lowest, part, np.arange(n_states))
    order = np.lexsort((lowest, -part_mm, ~has_road))
    number = np.empty(n_parts, dtype=np.int32)
    number[order] = np.arange(n_parts, dtype=np.int32)
    component = np.where(has_part, number[part_of], -1).astype(np.int32)
    return component, part_mm[order][: int(has_road.sum())]


def _arcs(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    goes: NDArray[np.bool_],
    time_ms: NDArray[np.int64],
    length_mm: NDArray[np.int64],
    n_vertices: int,
) -> Arcs:
    edge = np.arange(tail.size, dtype=np.int32)
    along, against = goes
    arc_tail = np.concatenate((tail[along], head[against]))
    arc_head = np.concatenate((head[along], tail[against]))
    arc_edge = np.concatenate((edge[along], edge[against]))
    order = np.lexsort((arc_edge, arc_head, arc_tail))
    offsets = np.zeros(n_vertices + 1, dtype=np.int64)
    np.cumsum(np.bincount(arc_tail, minlength=n_vertices), out=offsets[1:])
    arc_edge = arc_edge[order]
    return Arcs(offsets, arc_head[order], arc_edge, length_mm[arc_edge], time_ms[arc_edge])
