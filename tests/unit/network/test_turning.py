"""Rules of turning at junctions that can be drawn on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastmile.costs import UNREACHABLE
from lastmile.network import VAN, Period, Snaps, build_network, builtin_profile, travel_costs

# A cross: 1 west, 2 east, 3 south, 4 north of 5; and a way round from 2 to 4 over 6.
NODES = {1: (0, 1), 2: (2, 1), 3: (1, 0), 4: (1, 2), 5: (1, 1), 6: (2, 2)}
WAYS = {
    11: ((1, 5), {"highway": "residential"}),
    12: ((5, 2), {"highway": "residential"}),
    13: ((3, 5), {"highway": "residential"}),
    14: ((5, 4), {"highway": "residential"}),
    # Of another class, so that it stays an edge of its own.
    15: ((2, 6, 4), {"highway": "unclassified"}),
}
EAST, NORTH = 111_319, 110_574
FREE = replace(VAN, u_turn_s=0.0)


def banned(kind="no_left_turn", one=11, other=14, extra=None, via=(("n", 5, "via"),)):
    tags = {"type": "restriction", "restriction": kind} | (extra or {})
    return ((("w", one, "from"), *via, ("w", other, "to")), tags)


def length_of(network, one, other):
    """Length from the middle of one way to the middle of another."""
    edges = [int(np.flatnonzero(network.way_ids == way)[0]) for way in (one, other)]
    edge = np.array(edges, dtype=np.int32)
    nothing = np.zeros(2, dtype=np.int64)
    places = Snaps(edge, network.length_mm[edge] // 2, nothing, np.ones(2, bool),
                   np.zeros(2, bool), np.zeros(2), np.zeros(2))  # fmt: skip
    return int(travel_costs(network, places, ids=["a", "b"])[1].values[0, 1])


def driven(draw, *relations, profile=FREE, period=None, ways=WAYS, node_tags=None):
    roads = draw(NODES, ways, relations=relations, node_tags=node_tags)
    return build_network(roads, profile, min_component_m=0, period=period)


STRAIGHT_UP = EAST // 2 + NORTH // 2 + 1


def test_without_rules_a_van_turns_left(draw):
    assert length_of(driven(draw), 11, 14) == pytest.approx(STRAIGHT_UP, abs=2)


def test_a_forbidden_turn_is_driven_round(draw):
    around = EAST // 2 + EAST + NORTH + EAST + NORTH // 2
    network = driven(draw, banned(), profile=replace(VAN, u_turn_s=600.0))
    assert length_of(network, 11, 14) == pytest.approx(around, abs=3)
    # Where turning round is free, that is shorter: into 13, and back.
    back = EAST // 2 + 2 * NORTH + NORTH // 2
    assert length_of(driven(draw, banned()), 11, 14) == pytest.approx(back, abs=3)


def test_the_other_turns_stay_allowed(draw):
    network = driven(draw, banned())
    assert length_of(network, 13, 14) == pytest.approx(NORTH, abs=2)
    assert length_of(network, 14, 11) == pytest.approx(STRAIGHT_UP, abs=2)


def test_an_order_forbids_everything_else(draw):
    network = driven(draw, banned("only_straight_on", 11, 12))
    assert length_of(network, 11, 14) > STRAIGHT_UP + EAST
    assert length_of(network, 11, 13) > STRAIGHT_UP + EAST
    assert length_of(network, 11, 12) == pytest.approx(EAST, abs=2)


@pytest.mark.parametrize(
    ("extra", "profile", "period", "binds"),
    [
        ({"except": "psv;goods"}, FREE, None, False),
        ({"except": "bicycle"}, FREE, None, True),
        ({"except": "bicycle"}, builtin_profile("e_tricycle"), None, False),
        ({"restriction": "", "restriction:hgv": "no_left_turn"}, FREE, None, False),
        ({"restriction": "", "restriction:hgv": "no_left_turn"}, builtin_profile("truck"), None,
         True),
        ({"restriction": "", "restriction:conditional": "no_left_turn @ (07:00-09:00)"}, FREE,
         Period(480, 500), True),
        ({"restriction": "", "restriction:conditional": "no_left_turn @ (07:00-09:00)"}, FREE,
         Period(600, 660), False),
        ({"restriction": "", "restriction:conditional": "no_left_turn @ (07:00-09:00)"}, FREE,
         None, False),
    ],
)  # fmt: skip
def test_a_rule_binds_those_it_is_meant_for_when_it_is_meant(draw, extra, profile, period, binds):
    relation = banned(extra=extra)
    if not relation[1]["restriction"]:
        del relation[1]["restriction"]
    network = driven(draw, relation, profile=profile, period=period)
    assert network.turns.n_bound == int(binds)
    assert (network.turns.n_split > 0) == binds


def test_a_rule_over_a_way_binds_only_those_who_come_that_way(draw):
    # From the west over 12 and then not into 15, though from elsewhere 15 is free.
    relation = banned("no_left_turn", 11, 15, via=(("w", 12, "via"),))
    network = driven(draw, relation)
    freely = driven(draw)
    assert length_of(network, 13, 15) == length_of(freely, 13, 15)
    assert length_of(network, 12, 15) == length_of(freely, 12, 15)
    assert length_of(network, 11, 15) == pytest.approx(
        EAST // 2 + NORTH + (EAST + NORTH) // 2, abs=3
    )


def test_turning_round_costs_what_it_says_and_is_not_dodged(draw):
    # West to south is forbidden: one goes on and turns round, at the nearest place that exists.
    times = {}
    for u_turn_s in (0.0, 30.0):
        network = driven(
            draw, banned("no_right_turn", 11, 13), profile=replace(FREE, u_turn_s=u_turn_s),
            ways={k: way for k, way in WAYS.items() if k != 15},
        )  # fmt: skip
        edge = np.array([np.flatnonzero(network.way_ids == w)[0] for w in (11, 13)], np.int32)
        places = Snaps(edge, network.length_mm[edge] // 2, np.zeros(2, np.int64), np.ones(2, bool),
                       np.zeros(2, bool), np.zeros(2), np.zeros(2))  # fmt: skip
        times[u_turn_s] = int(travel_costs(network, places, ids=["a", "b"])[0].values[0, 1])
    assert times[30.0] - times[0.0] == 30_000


# The road to the east changes its class halfway, at 7, and ends at 2.
HALVED = {
    11: WAYS[11],
    12: ((5, 7), {"highway": "residential"}),
    16: ((7, 2), {"highway": "unclassified"}),
    13: WAYS[13],
}


@pytest.mark.parametrize("u_turn_s", [0.0, 5.0, 30.0, 600.0])
def test_nobody_turns_round_where_a_road_just_changes_its_class(draw, u_turn_s):
    nodes = NODES | {7: (1.5, 1)}
    roads = draw(nodes, HALVED, relations=[banned("no_right_turn", 11, 13)])
    network = build_network(roads, replace(VAN, u_turn_s=u_turn_s), min_component_m=0)
    around = EAST // 2 + 2 * EAST + NORTH // 2
    assert length_of(network, 11, 13) == pytest.approx(around, abs=4)
    free = build_network(draw(nodes, HALVED), VAN, min_component_m=0)
    detour_ms = time_of(free, 12, 16) * 4
    paid_ms = time_of(network, 11, 13) - time_of(free, 11, 13) - detour_ms
    assert paid_ms == pytest.approx(1000 * u_turn_s, abs=3)


def test_a_stop_on_ones_own_side_is_come_back_to_from_the_end_of_the_road(draw):
    nodes = NODES | {7: (1.5, 1)}
    own = replace(VAN, u_turn_s=30.0, own_side_only=("residential",))
    network = build_network(draw(nodes, HALVED), own, min_component_m=0)
    edge = np.flatnonzero(network.way_ids == 12)[[0, 0]].astype(np.int32)
    nothing = np.zeros(2, dtype=np.int64)
    # From halfway on the right, eastward, to a quarter of the way on the left.
    eastward = 1 if network.vertex_ids[network.edge_from[edge[0]]] == 5 else -1
    quarter = int(network.length_mm[edge[0]]) // 4
    offset_mm = np.array([2, 1 if eastward > 0 else 3]) * quarter
    places = Snaps(edge, offset_mm, nothing, np.ones(2, bool),
                   np.zeros(2, bool), np.zeros(2), np.zeros(2),
                   np.array([eastward, -eastward], dtype=np.int8))  # fmt: skip
    there = travel_costs(network, places, ids=["a", "b"])[1].values
    assert there[0, 1] == pytest.approx(EAST * 13 // 8, abs=3)


def test_a_ring_without_a_junction_is_driven_in_one_direction(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (0, 1)}
    ring = {7: ((1, 2, 3, 1), {"highway": "residential"})}
    own = replace(VAN, own_side_only=("residential",))
    network = build_network(draw(nodes, ring), own, min_component_m=0)
    edge, whole = np.zeros(2, dtype=np.int32), int(network.length_mm[0])
    places = Snaps(edge, np.array([whole // 4, whole // 2]), np.zeros(2, np.int64),
                   np.ones(2, bool), np.zeros(2, bool), np.zeros(2), np.zeros(2),
                   np.array([1, 1], dtype=np.int8))  # fmt: skip
    length = travel_costs(network, places, ids=["a", "b"])[1].values
    assert length[0, 1] + length[1, 0] == whole
    places.side[1] = -1
    lost = travel_costs(network, places, ids=["a", "b"])[0].values
    assert lost[0, 1] == lost[1, 0] == UNREACHABLE


def test_turning_round_may_be_forbidden_from_one_carriageway_to_the_other(draw):
    # 11 comes in, 14 goes out: the two lines of a divided road, say.
    network = driven(draw, banned("no_u_turn", 11, 14), profile=replace(VAN, u_turn_s=600.0))
    assert length_of(network, 11, 14) > STRAIGHT_UP + EAST
    assert length_of(network, 11, 12) == pytest.approx(EAST, abs=2)
    assert length_of(network, 13, 14) == pytest.approx(NORTH, abs=2)


def test_ways_that_are_named_as_way_in_and_way_out_are_not_forbidden_to_each_other(draw):
    both = (("w", 11, "from"), ("w", 14, "from"), ("n", 5, "via"), ("w", 11, "to"),
            ("w", 14, "to"))  # fmt: skip
    network = driven(draw, (both, {"type": "restriction", "restriction": "no_u_turn"}))
    assert network.turns.n_moot == 0
    assert length_of(network, 11, 14) == pytest.approx(STRAIGHT_UP, abs=2)


@pytest.mark.parametrize(("drives_on", "dear", "cheap"), [("right", 14, 13), ("left", 13, 14)])
def test_crossing_the_oncoming_traffic_costs(draw, drives_on, dear, cheap):
    profile = replace(FREE, left_turn_s=20.0, drives_on=drives_on)
    slow, free = driven(draw, profile=profile), driven(draw)
    assert time_of(slow, 11, dear) - time_of(free, 11, dear) == 20_000
    assert time_of(slow, 11, cheap) == time_of(free, 11, cheap)
    assert time_of(slow, 11, 12) == time_of(free, 11, 12)


def time_of(network, one, other):
    edge = np.array([np.flatnonzero(network.way_ids == w)[0] for w in (one, other)], np.int32)
    places = Snaps(edge, network.length_mm[edge] // 2, np.zeros(2, np.int64), np.ones(2, bool),
                   np.zeros(2, bool), np.zeros(2), np.zeros(2))  # fmt: skip
    return int(travel_costs(network, places, ids=["a", "b"])[0].values[0, 1])


def test_a_signal_delays_all_who_pass(draw):
    profile = replace(FREE, signal_s=15.0)
    signals = {5: {"highway": "traffic_signals"}}
    slow, free = driven(draw, profile=profile, node_tags=signals), driven(draw)
    for one, other in ((11, 12), (11, 14), (13, 14)):
        assert time_of(slow, one, other) - time_of(free, one, other) == 15_000


@pytest.mark.parametrize(
    "relation",
    [
        banned(one=11, other=15),
        banned(via=(("n", 4, "via"),)),
        banned(one=13, other=11, via=(("w", 15, "via"),), kind="no_u_turn"),
    ],
)
def test_a_rule_whose_ways_do_not_meet_is_counted_and_left_out(draw, relation):
    network = driven(draw, relation)
    assert network.turns.n_loose + network.turns.n_moot == 1
    assert length_of(network, 11, 14) == pytest.approx(STRAIGHT_UP, abs=2)


@pytest.mark.parametrize(
    "relation",
    [
        ((("w", 11, "from"), ("w", 14, "to")), {"type": "restriction", "restriction": "no_entry"}),
        banned("left_is_bad"),
    ],
)
def test_a_rule_that_says_nothing_is_counted(draw, relation):
    roads = draw(NODES, WAYS, relations=[relation])
    assert roads.restrictions == ()
    assert roads.report.n_broken_restrictions == 1


def test_a_stop_that_rules_cut_off_lies_on_no_component(draw):
    # Every way out of 14 is forbidden: who drives in never comes back.
    ways = {k: way for k, way in WAYS.items() if k != 15}
    rules = [banned("no_left_turn", 14, other) for other in (11, 12, 13)]
    network = driven(draw, *rules, banned("no_u_turn", 14, 14, via=(("n", 4, "via"),)), ways=ways)
    lone = int(np.flatnonzero(network.way_ids == 14)[0])
    assert network.edge_component[lone] == -1
    assert network.on_island[lone]


def test_unreachable_stays_unreachable(draw):
    ways = {k: way for k, way in WAYS.items() if k != 15}
    rules = [banned("no_left_turn", one, 14) for one in (11, 12, 13)]
    network = driven(draw, *rules, ways=ways)
    assert length_of(network, 11, 14) == UNREACHABLE
    assert length_of(network, 14, 11) == pytest.approx(STRAIGHT_UP, abs=2)
