"""Laws of the road within a limit, on random towns, with networkx as the oracle."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_towns import networks, positions, positions_at, split_graph

from lastmile.network import VAN, WALK, assign_road, reached_road, reached_road_in_time

LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIMITS_MM = st.sampled_from([0, 7_003, 60_000, 111_319, 250_000, 600_000, 2_000_000])
DIRECTIONS = st.sampled_from(["from", "to"])


def limits(data, places, values=LIMITS_MM):
    return np.array([data.draw(values) for _ in range(len(places))], dtype=np.int64)


def probes(network, road):
    """Both ends and the middle of every edge, and one millimetre around every end of a stretch."""
    edge = np.arange(network.n_edges)
    ends = np.concatenate((road.from_mm, road.to_mm))
    at = [0 * edge, network.length_mm // 2, network.length_mm, ends - 1, ends, ends + 1]
    on = [edge] * 3 + [np.concatenate((road.edge, road.edge))] * 3
    offset_mm, edge = np.concatenate(at), np.concatenate(on)
    inside = (offset_mm >= 0) & (offset_mm <= network.length_mm[edge])
    spots = np.unique(np.column_stack((edge, offset_mm))[inside], axis=0)
    return positions_at(network, spots[:, 0], spots[:, 1])


def oracle(network, places, spots, weight, direction):
    """Cost of every spot from, or to, every place, without access legs; None if there is none."""
    graph = split_graph(network, {"place": places, "spot": spots})
    if direction == "to":
        graph = graph.reverse()
    rows = []
    for k in range(len(places)):
        costs = nx.single_source_dijkstra_path_length(graph, ("place", k), weight=weight)
        rows.append([costs.get(("spot", j)) for j in range(len(spots))])
    return rows


def stretches_of(road, k):
    span = slice(road.offsets[k], road.offsets[k + 1])
    return np.column_stack((road.edge[span], road.from_mm[span], road.to_mm[span],
                            road.from_left[span], road.to_left[span]))  # fmt: skip


def left_at(stretches, edge, offset_mm):
    """What is left of the limit at a spot by each stretch that holds it."""
    _, low, high, at_low, at_high = stretches[
        (stretches[:, 0] == edge) & (stretches[:, 1] <= offset_mm) & (stretches[:, 2] >= offset_mm)
    ].T
    return np.maximum(at_low - (offset_mm - low), at_high - (high - offset_mm)).tolist()


@LAW
@given(networks(), st.data(), DIRECTIONS)
def test_a_spot_lies_on_a_stretch_exactly_if_networkx_reaches_it_in_time(network, data, direction):
    places = data.draw(positions(network))
    limit_mm = limits(data, places)
    road = reached_road(network, places, limit_mm=limit_mm, direction=direction, threads=1)
    spots = probes(network, road)
    costs = oracle(network, places, spots, "mm", direction)
    for k in range(len(places)):
        stretches = stretches_of(road, k)
        for j in range(len(spots)):
            edge, offset_mm = spots.edge[j], spots.offset_mm[j]
            cost = costs[k][j]
            reached = places.on_network[k] and cost is not None
            left = limit_mm[k] - places.access_mm[k] - cost if reached else -1
            found = left_at(stretches, edge, offset_mm)
            assert bool(found) == (left >= 0)
            if found and (not network.one_way[edge] or 0 < offset_mm < network.length_mm[edge]):
                assert max(found) == left


@LAW
@given(networks((VAN,)), st.data(), DIRECTIONS)
def test_limits_in_time_are_kept_to_the_millisecond(network, data, direction):
    places = data.draw(positions(network))
    limit_ms = limits(data, places, st.sampled_from([0, 1, 2_521, 9_999, 25_000, 60_000, 900_000]))
    road = reached_road_in_time(network, places, limit_ms=limit_ms, direction=direction, threads=1)
    access_ms = np.rint(places.access_mm * 3.6 / VAN.access_speed_kph).astype(int)
    spots = probes(network, road)
    costs = oracle(network, places, spots, "ms", direction)
    for k in range(len(places)):
        stretches = stretches_of(road, k)
        for j in range(len(spots)):
            reached = places.on_network[k] and costs[k][j] is not None
            left = limit_ms[k] - access_ms[k] - costs[k][j] if reached else -1
            found = left_at(stretches, spots.edge[j], spots.offset_mm[j])
            assert bool(found) == (left >= 0)
        assert (stretches[:, 3:] >= 0).all()


@LAW
@given(networks(), st.data())
def test_stretches_come_by_edge_and_offset_and_at_most_touch(network, data):
    places = data.draw(positions(network))
    limit_mm = limits(data, places)
    for road in (
        reached_road(network, places, limit_mm=limit_mm, threads=1),
        assign_road(network, places, limit_mm=limit_mm),
    ):
        assert (road.from_mm >= 0).all()
        assert (road.to_mm <= network.length_mm[road.edge]).all()
        assert (road.from_mm <= road.to_mm).all()
        same = (np.diff(road.edge) == 0) & (np.diff(road.places()) == 0)
        assert (road.from_mm[1:] >= road.to_mm[:-1])[same].all()
        assert (np.diff(road.edge) >= 0)[np.diff(road.places()) == 0].all()
        assert (np.minimum(road.from_left, road.to_left) >= 0).all()


@LAW
@given(networks(), st.data(), DIRECTIONS)
def test_a_longer_limit_never_loses_road(network, data, direction):
    places = data.draw(positions(network))
    limit_mm = limits(data, places)
    near = reached_road(network, places, limit_mm=limit_mm, direction=direction)
    far = reached_road(network, places, limit_mm=limit_mm + 50_001, direction=direction)
    assert (far.length_mm() >= near.length_mm()).all()
    for k in range(len(places)):
        more = stretches_of(far, k)
        for edge, low, high in stretches_of(near, k)[:, :3]:
            assert left_at(more, edge, low)
            assert left_at(more, edge, high)
            assert left_at(more, edge, (low + high) // 2)


@LAW
@given(networks((WALK,)), st.data())
def test_walkers_reach_each_other_or_neither_does(network, data):
    ours, theirs = data.draw(positions(network)), data.draw(positions(network))
    limit_mm = data.draw(LIMITS_MM)
    there = reached_road(network, ours, limit_mm=np.full(len(ours), limit_mm), direction="to")
    back = reached_road(network, theirs, limit_mm=np.full(len(theirs), limit_mm), direction="from")
    for i in np.flatnonzero(ours.on_network):
        for j in np.flatnonzero(theirs.on_network):
            seen = left_at(stretches_of(there, i), theirs.edge[j], theirs.offset_mm[j])
            returned = left_at(stretches_of(back, j), ours.edge[i], ours.offset_mm[i])
            # The limit of each counts the access leg of its own; what is left pays the other's.
            assert (max(seen, default=-1) >= theirs.access_mm[j]) == (
                max(returned, default=-1) >= ours.access_mm[i]
            )


@LAW
@given(networks(), st.data(), DIRECTIONS)
def test_every_spot_belongs_to_the_nearest_site_that_reaches_it(network, data, direction):
    sites = data.draw(positions(network, 6))
    limit_mm = limits(data, sites)
    road = assign_road(network, sites, limit_mm=limit_mm, direction=direction)
    spots = probes(network, road)
    costs = oracle(network, sites, spots, "mm", direction)
    everything = [stretches_of(road, k) for k in range(len(sites))]
    for j in range(len(spots)):
        edge, offset_mm = spots.edge[j], spots.offset_mm[j]
        near = sorted(
            (costs[k][j] + int(sites.access_mm[k]), k)
            for k in range(len(sites))
            if sites.on_network[k] and costs[k][j] is not None
            if costs[k][j] + sites.access_mm[k] <= limit_mm[k]
        )
        owners = [k for k, one in enumerate(everything) if left_at(one, edge, offset_mm)]
        inside = [
            k for k, one in enumerate(everything)
            if ((one[:, 0] == edge) & (one[:, 1] < offset_mm) & (offset_mm < one[:, 2])).any()
        ]  # fmt: skip
        assert bool(owners) <= bool(near)
        if not (inside or (owners and 0 < offset_mm < network.length_mm[edge])):
            continue
        # Borders are whole millimetres: what is nearest for less than one, or at a single point,
        # where its limit ends, may be lost.
        cost = {k: cost for cost, k in near}
        least, first = near[0]
        is_point = least == limit_mm[first]
        if inside:
            (owner,) = inside
            assert owner == first or cost[owner] == least + 1 or is_point
        else:
            assert first in owners or is_point


@LAW
@given(networks(), st.data(), DIRECTIONS)
def test_assigned_road_is_all_road_that_any_site_reaches_each_piece_once(network, data, direction):
    sites = data.draw(positions(network, 6))
    limit_mm = limits(data, sites)
    reached = reached_road(network, sites, limit_mm=limit_mm, direction=direction)
    assigned = assign_road(network, sites, limit_mm=limit_mm, direction=direction)
    for edge in range(network.n_edges):
        pieces = [
            sorted(zip(road.from_mm[road.edge == edge].tolist(),
                       road.to_mm[road.edge == edge].tolist(), strict=True))
            for road in (reached, assigned)
        ]  # fmt: skip
        for (_, high), (low, _) in zip(pieces[1][:-1], pieces[1][1:], strict=True):
            assert high <= low
        assert covered_mm(pieces[0]) == covered_mm(pieces[1])


def covered_mm(pieces):
    """Length of a union of intervals."""
    total, end = 0, 0
    for low, high in pieces:
        total += max(0, high - max(low, end))
        end = max(end, high)
    return total


@given(networks(), st.data())
@settings(max_examples=10, deadline=None)
def test_threads_and_company_change_nothing(network, data):
    one = data.draw(positions(network))
    many = one.take(np.arange(len(one)).repeat(120))
    limit_mm = limits(data, one).repeat(120)
    first, *others = (
        reached_road(network, many, limit_mm=limit_mm, threads=threads) for threads in (1, 2, 5)
    )
    alone = reached_road(network, many.take(np.arange(1)), limit_mm=limit_mm[:1])
    for name in ("offsets", "edge", "from_mm", "to_mm", "from_left", "to_left"):
        for other in others:
            assert getattr(first, name).tobytes() == getattr(other, name).tobytes()
        assert (
            getattr(alone, name).tolist()
            == getattr(first, name)[: getattr(alone, name).size].tolist()
        )


def test_limits_that_do_not_fit_are_refused():
    network = networks  # any: the limit is looked at first
    places = None
    with pytest.raises(ValueError, match="2,147 km"):
        assign_road(network, places, limit_mm=np.array([2**31]))
