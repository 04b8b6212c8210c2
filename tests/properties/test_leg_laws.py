"""Laws of legs: what they cost, where they run, and what is told of them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from road_towns import LAW, positions, towns
from ruled_towns import STEADY, ruled_towns

from lastmile.costs import UNREACHABLE
from lastmile.network import VAN, build_network, route_legs, route_lines, travel_costs
from lastmile.network.drives import drive

RULED = replace(STEADY, u_turn_s=30.0, left_turn_s=17.0, signal_s=20.0)
GEOD = Geod(ellps="WGS84")


@st.composite
def journeys(draw):
    """A network, places where the road is, and sequences of them that hold all pairs or few."""
    # Some stop on their own side of the road alone.
    own_side = draw(st.sampled_from([(), ("residential",)]))
    profile, roads = draw(
        st.tuples(st.just(RULED), ruled_towns()) | st.tuples(st.just(VAN), towns())
    )
    network = build_network(roads, replace(profile, own_side_only=own_side), min_component_m=0)
    if not network.n_edges:
        return None
    places = located(network, positions(draw, network))
    n = len(places)
    sides = st.lists(st.integers(-1, 1), min_size=n, max_size=n)
    places = replace(places, side=np.array(draw(sides), dtype=np.int8))
    whole = [k for pair in itertools.product(range(n), repeat=2) for k in pair]
    few = st.lists(st.integers(0, n - 1), min_size=1, max_size=4)
    return network, places, draw(st.lists(few | st.just(whole), min_size=1, max_size=3))


def located(network, places):
    """The same places, with the coordinates of where they are on their edges."""
    lon, lat = np.empty(len(places)), np.empty(len(places))
    for k, (edge, offset_mm) in enumerate(zip(places.edge, places.offset_mm, strict=True)):
        span = slice(int(network.shape_offsets[edge]), int(network.shape_offsets[edge + 1]))
        mm = network.shape_mm[span]
        lon[k] = np.interp(offset_mm, mm, network.shape_lon[span])
        lat[k] = np.interp(offset_mm, mm, network.shape_lat[span])
    return replace(places, lon=lon, lat=lat)


def legs_of(journey, **options):
    network, places, sequences = journey
    found = route_legs(network, places, [np.array(s) for s in sequences], **options)
    for sequence, legs in zip(sequences, found, strict=True):
        assert [(leg.source, leg.target) for leg in legs] == list(itertools.pairwise(sequence))
    return [leg for legs in found for leg in legs]


@LAW
@given(journeys())
def test_a_leg_takes_what_the_table_says(journey):
    if journey is None:
        return
    network, places, _ = journey
    ids = [str(k) for k in range(len(places))]
    time, length = (table.values for table in travel_costs(network, places, ids=ids, threads=1))
    for leg in legs_of(journey):
        assert leg.time_ms == time[leg.source, leg.target]
        assert leg.length_mm == length[leg.source, leg.target]


@LAW
@given(journeys())
def test_a_leg_leads_the_same_way_whatever_else_is_asked_for(journey):
    if journey is None:
        return
    network, places, _ = journey
    n = len(places)
    everything = [k for pair in itertools.product(range(n), repeat=2) for k in pair]
    among_all = {(leg.source, leg.target): leg for leg in legs_of((network, places, [everything]))}
    for pair, leg in among_all.items():
        (alone,) = legs_of((network, places, [list(pair)]))
        assert np.array_equal(alone.edges, leg.edges)
        assert np.array_equal(alone.forward, leg.forward)
        assert alone.geometry.equals_exact(leg.geometry, 0.0)


@LAW
@given(journeys())
def test_edges_add_up_to_the_length_and_join_from_place_to_place(journey):
    if journey is None:
        return
    network, places, _ = journey
    for leg in legs_of(journey):
        driven_mm = np.abs(leg.to_mm - leg.from_mm)
        if leg.source == leg.target or leg.length_mm == UNREACHABLE:
            assert leg.edges.size == 0
            continue
        access_mm = places.access_mm[leg.source] + places.access_mm[leg.target]
        assert driven_mm.sum() == leg.length_mm - access_mm
        moves = driven_mm > 0
        assert np.array_equal((leg.to_mm > leg.from_mm)[moves], leg.forward[moves])
        for edge, forward in zip(leg.edges, leg.forward, strict=True):
            assert not network.closed[edge]
            assert forward or not network.one_way[edge]
        # Between edges, both are driven to their ends; and these are one vertex.
        for one, other in itertools.pairwise(range(leg.edges.size)):
            at = end_of(network, leg.edges[one], leg.to_mm[one], forward=leg.forward[one])
            assert at == end_of(
                network, leg.edges[other], leg.from_mm[other], forward=not leg.forward[other]
            )


def end_of(network, edge, mm, *, forward):
    assert mm == (network.length_mm[edge] if forward else 0)
    return (network.edge_to if forward else network.edge_from)[edge]


@LAW
@given(journeys())
def test_the_clock_runs_on_while_turning_and_stops_at_the_target(journey):
    if journey is None:
        return
    network, places, _ = journey
    pairs = [k.ravel() for k in np.indices((len(places), len(places)))]
    drives = drive(network, places, *pairs, None)
    for k, (first, last) in enumerate(itertools.pairwise(drives.offsets.tolist())):
        if first == last:
            continue
        total_ms, total_mm = int(drives.cost[k] >> 32), int(drives.cost[k] & (2**32 - 1))
        driven_mm = np.abs(drives.to_mm - drives.from_mm)[first:last]
        assert driven_mm.sum() == total_mm
        assert np.array_equal(drives.begin_mm[first:last], np.cumsum(driven_mm) - driven_mm)
        took_ms = (drives.end_ms - drives.begin_ms)[first:last]
        inner = slice(1, last - first - 1)
        assert np.array_equal(took_ms[inner], network.time_ms[drives.edge[first:last]][inner])
        waits_ms = drives.begin_ms[first + 1 : last] - drives.end_ms[first : last - 1]
        assert (waits_ms >= 0).all()
        if network.search.n_states == network.n_vertices:
            assert not waits_ms.any()
        target = drives.target[k]
        if 0 < places.offset_mm[target] < network.length_mm[places.edge[target]]:
            assert drives.end_ms[last - 1] == total_ms


@LAW
@given(journeys())
def test_the_line_of_a_leg_is_as_long_as_its_edges_and_is_part_of_the_routes(journey):
    if journey is None:
        return
    network, places, sequences = journey
    for leg in legs_of(journey):
        assert leg.geometry.is_valid
        ends = [(places.lon[k], places.lat[k]) for k in (leg.source, leg.target)]
        assert leg.geometry.coords[0] == ends[0]
        if leg.length_mm < UNREACHABLE and leg.source != leg.target:
            long_mm = 1000 * GEOD.geometry_length(leg.geometry)
            # Places are rounded down to a millimetre, and drawn by degrees.
            assert abs(long_mm - np.abs(leg.to_mm - leg.from_mm).sum()) < 30
    (line,) = route_lines(network, places, [np.array(sequences[0])])
    parts = [leg.geometry for leg in legs_of((network, places, sequences[:1]))]
    # A leg that stays where it is has a line a centimetre long, which the route has not.
    if parts and all(part.length > 1e-6 for part in parts):
        points = itertools.chain.from_iterable(part.coords for part in parts)
        assert list(line.coords) == [point for point, _ in itertools.groupby(points)]


@LAW
@given(journeys(), st.data())
def test_turns_come_one_after_another_from_departing_to_arriving(journey, data):
    if journey is None:
        return
    network, places, _ = journey
    some = st.sampled_from(["", "甲路", "乙路"])
    names = {int(way): data.draw(some) for way in np.unique(network.way_ids)}
    rings = [way for way in names if data.draw(st.booleans())]
    for leg in legs_of(journey, names=names, roundabouts=rings):
        if not leg.edges.size:
            assert leg.turns == ()
            continue
        kinds = [turn.kind for turn in leg.turns]
        assert (kinds[0], kinds[-1]) == ("depart", "arrive")
        assert not {"depart", "arrive"} & set(kinds[1:-1])
        first, last = leg.turns[0], leg.turns[-1]
        assert (first.distance_mm, first.time_ms) == (0, 0)
        assert (last.distance_mm, last.time_ms) == (leg.length_mm, leg.time_ms)
        assert first.name_after == names[int(network.way_ids[leg.edges[0]])]
        for one, other in itertools.pairwise(leg.turns):
            assert one.distance_mm <= other.distance_mm
            assert one.time_ms <= other.time_ms
            assert other.name_before == one.name_after
        # Each turn between is at a vertex between two edges.
        reached_mm = np.cumsum(np.abs(leg.to_mm - leg.from_mm)) + places.access_mm[leg.source]
        corners = set(reached_mm[:-1].tolist())
        assert {turn.distance_mm for turn in leg.turns[1:-1]} <= corners


@LAW
@given(journeys())
def test_drivers_who_turn_round_on_an_edge_are_told_to(journey):
    if journey is None:
        return
    for leg in legs_of(journey):
        rounds = sum(
            a == b and leg.forward[k] != leg.forward[k + 1]
            for k, (a, b) in enumerate(itertools.pairwise(leg.edges))
        )
        told = sum(turn.kind == "u_turn" for turn in leg.turns)
        assert told >= rounds
