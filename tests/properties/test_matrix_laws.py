"""Laws of blocks, lists of the nearest, shared orders and unpacked paths."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from road_towns import LAW, positions, towns
from ruled_towns import STEADY, ruled_towns

from lastmile.costs import UNREACHABLE
from lastmile.network import (
    VAN,
    build_network,
    build_networks,
    prepare_travel,
    travel_costs,
    travel_costs_between,
)
from lastmile.network.fastest import cost_steps, fastest_costs
from lastmile.network.hierarchy import build_hierarchy, build_sweep, hierarchy_costs
from lastmile.network.hierarchy_cache import network_hierarchies
from lastmile.network.nearest import arrivals_of, nearest_by_search, nearest_by_sweep
from lastmile.network.order import order_states, price, rank_vertices
from lastmile.network.pieces import NO_PATH, ends_of
from lastmile.network.unpacking import hierarchy_paths

RULED = replace(STEADY, u_turn_s=30.0, left_turn_s=17.0, signal_s=20.0)


@st.composite
def networks(draw):
    """Small networks, half of them with rules of turning, and places on them."""
    # Some stop on their own side of the road alone.
    own_side = draw(st.sampled_from([(), ("residential",)]))
    profile, roads = draw(
        st.tuples(st.just(RULED), ruled_towns())
        | st.tuples(st.just(VAN), towns().filter(has_roads))
    )
    network = build_network(roads, replace(profile, own_side_only=own_side), min_component_m=0)
    places = positions(draw, network, 16)
    sides = st.lists(st.integers(-1, 1), min_size=len(places), max_size=len(places))
    return network, replace(places, side=np.array(draw(sides), dtype=np.int8))


def has_roads(roads):
    return build_network(roads, VAN, min_component_m=0).n_edges > 0


def names(places):
    return [str(k) for k in range(len(places))]


def with_hierarchy(network, places):
    """Costs that are found in a hierarchy however few the places are."""
    travel = prepare_travel(network, places, ids=names(places), threads=1)
    return replace(travel, hierarchy=build_hierarchy(network))


def some(data, n):
    return np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=12)), dtype=np.int64)


@LAW
@given(networks(), st.data())
def test_a_block_is_a_part_of_the_table_whichever_way_it_is_searched(drawn, data):
    network, places = drawn
    whole = [table.values for table in travel_costs(network, places, ids=names(places), threads=1)]
    rows, columns = some(data, len(places)), some(data, len(places))
    for travel in (
        with_hierarchy(network, places),
        replace(with_hierarchy(network, places), hierarchy=None),
    ):
        for table, part in zip(whole, travel.block(rows, columns), strict=True):
            assert np.array_equal(table[np.ix_(rows, columns)], part)


@LAW
@given(networks(), st.data())
def test_costs_between_are_a_part_of_the_table_but_for_places_and_themselves(drawn, data):
    network, places = drawn
    whole = travel_costs(network, places, ids=names(places), threads=1)
    rows, columns = some(data, len(places)), some(data, len(places))
    tables = travel_costs_between(
        network,
        places.take(rows),
        places.take(columns),
        origin_ids=[f"from {k}" for k in rows],
        destination_ids=[f"to {k}" for k in columns],
        threads=1,
    )
    apart = rows[:, None] != columns[None, :]
    for table, part in zip(whole, tables, strict=True):
        assert part.impedance == table.impedance
        assert part.origin_ids == tuple(f"from {k}" for k in rows)
        assert part.destination_ids == tuple(f"to {k}" for k in columns)
        assert np.array_equal(table.values[np.ix_(rows, columns)][apart], part.values[apart])
    # From one door to the same door is to the road and back.
    there_and_back = np.where(places.on_network, 2 * places.access_mm, UNREACHABLE)[rows]
    assert np.array_equal(tables[1].values[~apart], there_and_back[np.nonzero(~apart)[0]])


@LAW
@given(networks(), st.data())
def test_moving_places_about_in_the_list_moves_their_costs_along(drawn, data):
    network, places = drawn
    order = np.array(data.draw(st.permutations(range(len(places)))), dtype=np.int64)
    everything = np.arange(len(places))
    before = with_hierarchy(network, places).block(everything, everything)
    after = with_hierarchy(network, places.take(order)).block(everything, everything)
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one[np.ix_(order, order)], other)


@LAW
@given(networks(), st.integers(0, 20))
def test_the_nearest_are_the_least_of_each_row(drawn, k):
    network, places = drawn
    time, length = travel_costs(network, places, ids=names(places), threads=1)
    found = prepare_travel(network, places, ids=names(places), threads=1).nearest(k)
    assert found.ids == time.origin_ids
    rows = found.rows()
    for i in range(len(places)):
        ranked = sorted(
            (int(time.values[i, j]), int(length.values[i, j]), j)
            for j in range(len(places))
            if j != i and time.values[i, j] < UNREACHABLE
        )
        mine = rows == i
        columns = (found.time_ms[mine], found.length_mm[mine], found.indices[mine])
        assert list(zip(*(c.tolist() for c in columns), strict=True)) == ranked[:k]


@LAW
@given(networks(), st.integers(1, 20))
def test_searching_and_sweeping_find_the_same_nearest_even_among_equals(drawn, k):
    network, places = drawn
    # Three of each: whoever is last of the k has one as near beside it.
    places = places.take(np.tile(np.arange(len(places)), 3))
    travel = with_hierarchy(network, places)
    arrivals = arrivals_of(network.search.n_states, travel.ends, travel.access)
    searched = nearest_by_search(cost_steps(network), travel.ends, arrivals, k, 1)
    sweep = build_sweep(travel.hierarchy, travel.ends)
    swept = nearest_by_sweep(travel.hierarchy, sweep, travel.ends, arrivals, k, 1)
    for one, other in zip(searched, swept, strict=True):
        assert np.array_equal(one, other)


@LAW
@given(networks())
def test_unpacked_paths_cost_what_the_table_says_step_by_step(drawn):
    network, places = drawn
    ends, steps = ends_of(network, places), cost_steps(network)
    known = np.flatnonzero(places.on_network)
    pairs = [pair.ravel() for pair in np.meshgrid(known, known, indexing="ij")]
    expected = fastest_costs(network, ends, known)[:, known].ravel()
    tail = np.repeat(np.arange(network.search.n_states), np.diff(steps.offsets))
    paths = hierarchy_paths(build_hierarchy(network), ends, *pairs)
    assert np.array_equal(paths.cost, expected)
    for path, (one, other) in enumerate(zip(*pairs, strict=True)):
        taken = paths.steps[paths.offsets[path] : paths.offsets[path + 1]]
        if paths.direct[path] or paths.cost[path] >= NO_PATH:
            assert taken.size == 0
            continue
        by_end, enters_by_end = paths.leaves_by_end[path], paths.enters_by_end[path]
        at = int((ends.leave_end if by_end else ends.leave_start)[one])
        cost = int((ends.to_end if by_end else ends.to_start)[one])
        for step in taken.tolist():
            assert tail[step] == at
            at, cost = int(steps.head[step]), cost + int(steps.cost[step])
        assert at == (ends.enter_end if enters_by_end else ends.enter_start)[other]
        cost += int((ends.from_end if enters_by_end else ends.from_start)[other])
        assert cost == paths.cost[path]


@st.composite
def fleets(draw):
    """Vehicles on the same roads: slow ones, such as one-ways do not bind, such as rules bind."""
    one_ways = draw(st.sampled_from([(), VAN.one_way_tags]))
    slow = replace(VAN, name="slow", speed_kph=(("residential", 9.0),), obeys_maxspeed=False)
    free = replace(VAN, name="free", one_way_tags=one_ways, limit_share=0.3)
    ruled = replace(VAN, name="ruled", u_turn_s=20.0, left_turn_s=draw(st.sampled_from([0.0, 9.0])))
    roads = draw(ruled_towns() | towns().filter(has_roads))
    return build_networks(roads, (VAN, slow, free, ruled), min_component_m=0)


@LAW
@given(fleets(), st.data())
def test_vehicles_that_share_an_order_find_what_each_finds_alone(together, data):
    for network, hierarchy in zip(together, network_hierarchies(together, None), strict=True):
        ends = ends_of(network, positions(data.draw, network))
        everything = np.arange(ends.edge.size)
        found = hierarchy_costs(hierarchy, build_sweep(hierarchy, ends), ends, everything)
        assert np.array_equal(found, fastest_costs(network, ends, everything))


@LAW
@given(towns().filter(has_roads))
def test_vehicles_with_the_same_steps_are_only_priced(roads):
    slow = replace(VAN, name="slow", speed_kph=(("residential", 9.0),), obeys_maxspeed=False)
    one, other = network_hierarchies(build_networks(roads, (VAN, slow), min_component_m=0), None)
    assert one.rank is other.rank
    assert one.head is other.head
    assert one.up is not other.up


@LAW
@given(networks(), st.randoms(use_true_random=False))
def test_any_order_finds_the_same_costs(drawn, random):
    network, places = drawn
    ends, everything = ends_of(network, places), np.arange(len(places))
    rank = list(range(network.n_vertices))
    random.shuffle(rank)
    order = order_states(np.array(rank, dtype=np.int32), network.search)
    assert all((np.diff(order.head[a:b]) > 0).all() for a, b in itertools.pairwise(order.offsets))
    hierarchy = price(order, cost_steps(network))
    found = hierarchy_costs(hierarchy, build_sweep(hierarchy, ends), ends, everything)
    assert np.array_equal(found, fastest_costs(network, ends, everything))


@LAW
@given(networks(), networks())
def test_an_order_refuses_a_graph_with_steps_that_it_does_not_know(drawn, other):
    own, foreign = cost_steps(drawn[0]), cost_steps(other[0])
    order = order_states(rank_vertices([drawn[0].forward]), drawn[0].search)
    arcs = {
        (int(low), int(high))
        for low in range(order.rank.size)
        for high in order.head[order.offsets[low] : order.offsets[low + 1]]
    }
    tail = np.repeat(np.arange(foreign.offsets.size - 1), np.diff(foreign.offsets))
    fits = foreign.offsets.size == own.offsets.size and all(
        at == to
        or (min(order.rank[at], order.rank[to]), max(order.rank[at], order.rank[to])) in arcs
        for at, to in zip(tail, foreign.head, strict=True)
    )
    try:
        price(order, foreign)
    except ValueError:
        assert not fits
    else:
        assert fits
