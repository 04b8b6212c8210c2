"""Profiles on shared edges travel as on edges of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from road_towns import LAW, towns
from ruled_towns import STEADY, ruled_towns

from lastmile.network import VAN, Snaps, build_network, build_networks, travel_costs
from lastmile.network.timed import timed_costs

SLOW = replace(VAN, name="slow", speed_kph=(("residential", 7.0),), obeys_maxspeed=False)
FREE = replace(SLOW, name="free", one_way_tags=())


def everywhere(network):
    """The start and a third of every edge that is open."""
    edge = np.repeat(np.flatnonzero(~network.closed).astype(np.int32), 2)
    offset_mm = np.where(np.arange(edge.size) % 2, network.length_mm[edge] // 3, 0)
    return placed(edge, offset_mm)


def placed(edge, offset_mm):
    n = edge.size
    return Snaps(edge, offset_mm, np.zeros(n, np.int64), np.ones(n, bool), np.zeros(n, bool),
                 np.full(n, 120.0), np.full(n, 31.0))  # fmt: skip


def vertex_times(network):
    """Times between all vertices that edges leave, by the vertices' ids."""
    edge = np.flatnonzero(~network.closed & ~network.one_way).astype(np.int32)
    places = placed(edge, np.zeros(edge.size, np.int64))
    names = [str(k) for k in range(edge.size)]
    values = travel_costs(network, places, ids=names)[1].values
    ids = network.vertex_ids[network.edge_from[edge]]
    return {
        (int(ids[i]), int(ids[j])): int(values[i, j])
        for i in range(edge.size)
        for j in range(edge.size)
    }


@LAW
@given(towns())
def test_sharing_edges_changes_no_length(roads):
    together = build_networks(roads, (VAN, SLOW, FREE), min_component_m=0)
    assert all(network.shape_mm is together[0].shape_mm for network in together)
    for profile, shared in zip((VAN, SLOW, FREE), together, strict=True):
        own = build_network(roads, profile, min_component_m=0)
        mine, theirs = vertex_times(own), vertex_times(shared)
        both = mine.keys() & theirs.keys()
        assert {pair: mine[pair] for pair in both} == {pair: theirs[pair] for pair in both}
        assert shared.length_mm[~shared.closed].sum() == own.length_mm.sum()


# Where classes meet, each drives at its own speed, so that its edges end there.
BREAKING = replace(
    STEADY, name="breaking", obeys_turn_restrictions=False, one_way_tags=(),
    speed_kph=(("residential", 3.6), ("tertiary", 1.8), ("service", 1.2)),
)  # fmt: skip


def the_same_places(network, places, other):
    """Positions of one network on another that has the same roads."""
    spots = {}
    for edge in range(other.n_edges):
        span = slice(int(other.shape_offsets[edge]), int(other.shape_offsets[edge + 1]))
        points = list(zip(other.shape_lon[span], other.shape_lat[span], strict=True))
        for k, mm in enumerate(other.shape_mm[span][:-1].tolist()):
            spots[points[k], points[k + 1]] = edge, mm, 1
            spots[points[k + 1], points[k]] = edge, int(other.shape_mm[span][k + 1]), -1
    found = []
    for edge, offset_mm in zip(places.edge.tolist(), places.offset_mm.tolist(), strict=True):
        span = slice(int(network.shape_offsets[edge]), int(network.shape_offsets[edge + 1]))
        points = list(zip(network.shape_lon[span], network.shape_lat[span], strict=True))
        k = int(np.searchsorted(network.shape_mm[span][1:], offset_mm))
        there, mm, sense = spots[points[k], points[k + 1]]
        found.append((there, mm + sense * (offset_mm - int(network.shape_mm[span][k])), sense))
    edge, offset_mm, sense = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return replace(places, edge=edge.astype(np.int32), offset_mm=offset_mm,
                   side=(places.side * sense).astype(np.int8))  # fmt: skip


@LAW
@given(
    ruled_towns(),
    st.sampled_from([0.0, 30.0, 150.0, 700.0]),
    st.sampled_from([0.0, 20.0]),
    st.sampled_from([(), ("residential",), ("residential", "tertiary")]),
    st.data(),
)
def test_sharing_edges_changes_no_rule_of_turning(roads, u_turn_s, signal_s, own_side, data):
    bound = replace(STEADY, u_turn_s=u_turn_s, left_turn_s=signal_s / 2, signal_s=signal_s,
                    own_side_only=own_side)  # fmt: skip
    own = build_network(roads, bound, min_component_m=0)
    first, shared = build_networks(roads, (BREAKING, bound), min_component_m=0)
    assert shared.shape_mm is first.shape_mm
    edge = np.arange(own.n_edges, dtype=np.int32)[:12]
    share = data.draw(st.lists(st.sampled_from([0.08, 0.46, 0.9]), min_size=edge.size,
                               max_size=edge.size))  # fmt: skip
    side = data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=edge.size, max_size=edge.size))
    places = placed(edge, np.floor(np.array(share) * own.length_mm[edge]).astype(np.int64))
    places = replace(places, side=np.array(side, dtype=np.int8))
    names = [str(k) for k in range(edge.size)]
    alone = travel_costs(own, places, ids=names, threads=1)
    together = travel_costs(shared, the_same_places(own, places, shared), ids=names, threads=1)
    assert np.array_equal(alone[0].values, together[0].values)
    assert np.array_equal(alone[1].values, together[1].values)


@LAW
@given(towns(), st.integers(0, 10**12))
def test_at_even_speed_the_clock_does_not_matter(roads, departure_ms):
    network = build_network(roads, VAN, min_component_m=0)
    if not network.n_edges:
        return
    places = everywhere(network)
    names = [str(k) for k in range(len(places))]
    timed = timed_costs(network, places, ids=names, departure_ms=departure_ms)
    plain = travel_costs(network, places, ids=names)
    assert np.array_equal(timed[0].values, plain[0].values)
    assert np.array_equal(timed[1].values, plain[1].values)


HOURLY = st.lists(st.sampled_from([0.05, 0.3, 0.5, 1.0, 1.25]), min_size=24, max_size=24)


@LAW
@given(towns(), HOURLY, st.lists(st.integers(0, 30 * 3_600_000), min_size=2, max_size=2))
def test_nobody_who_leaves_later_arrives_earlier(roads, by_hour, moments):
    clocked = replace(SLOW, speed_factors=(("all", tuple(by_hour)),))
    network = build_network(roads, clocked, min_component_m=0)
    places = everywhere(network)
    names = [str(k) for k in range(len(places))]
    early, late = sorted(moments)
    first = timed_costs(network, places, ids=names, departure_ms=early)[0].values
    second = timed_costs(network, places, ids=names, departure_ms=late)[0].values
    assert (early + first <= late + second).all()


@LAW
@given(towns(), HOURLY, st.integers(0, 30 * 3_600_000))
def test_arrivals_are_those_of_a_plain_search_with_a_clock(roads, by_hour, departure_ms):
    clocked = replace(SLOW, speed_factors=(("all", tuple(by_hour)),))
    network = build_network(roads, clocked, min_component_m=0)
    edge = np.flatnonzero(~network.one_way).astype(np.int32)
    if not edge.size:
        return
    places = placed(edge, np.zeros(edge.size, np.int64))
    names = [str(k) for k in range(len(places))]
    found = timed_costs(network, places, ids=names, departure_ms=departure_ms)[0].values
    arrival = clocked_search(network, int(network.edge_from[edge[0]]), by_hour, departure_ms)
    for k, vertex in enumerate(network.edge_from[edge].tolist()):
        if k and vertex in arrival:
            assert found[0, k] == arrival[vertex] - departure_ms


@LAW
@given(towns(), HOURLY, st.integers(0, 86_400_000), st.integers(1, 10_000))
def test_every_day_is_like_the_one_before(roads, by_hour, departure_ms, days):
    clocked = replace(SLOW, speed_factors=(("all", tuple(by_hour)),))
    network = build_network(roads, clocked, min_component_m=0)
    places = everywhere(network)
    names = [str(k) for k in range(len(places))]
    today, later = (
        timed_costs(network, places, ids=names, departure_ms=departure_ms + 86_400_000 * n)
        for n in (0, days)
    )
    assert np.array_equal(today[0].values, later[0].values)
    assert np.array_equal(today[1].values, later[1].values)


def clocked_search(network, start, by_hour, departure_ms):
    """Earliest arrivals by relaxing every edge until nothing changes."""
    arrival = {start: departure_ms}
    changed = True
    while changed:
        changed = False
        for e in range(network.n_edges):
            ends = [(int(network.edge_from[e]), int(network.edge_to[e]))]
            if not network.one_way[e]:
                ends.append(ends[0][::-1])
            for tail, head in ends:
                if tail in arrival:
                    then = leaves_at(arrival[tail], int(network.free_ms[e]), by_hour)
                    if then < arrival.get(head, then + 1):
                        arrival[head], changed = then, True
    return arrival


def leaves_at(now_ms, free_ms, by_hour):
    """Drive a road, second by second where the hour changes, in thousandths."""
    work = free_ms * 1000
    while True:
        factor = round(by_hour[now_ms // 3_600_000 % 24] * 1000)
        hour_ends = (now_ms // 3_600_000 + 1) * 3_600_000
        done = factor * (hour_ends - now_ms)
        if done >= work:
            return now_ms + -(-work // factor)
        work, now_ms = work - done, hour_ends


def test_an_hour_at_half_speed_costs_half_an_hour_of_way():
    assert leaves_at(7 * 3_600_000, 3_600_000, [1.0] * 7 + [0.5] + [1.0] * 16) == pytest.approx(
        8.5 * 3_600_000
    )
