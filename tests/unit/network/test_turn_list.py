"""What drivers are told at junctions that can be drawn on paper, and in which words."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lastmile.network import (
    VAN,
    Snaps,
    Turn,
    build_network,
    roundabout_ways,
    route_legs,
    turn_sentences,
    way_names,
)
from lastmile.network.turn_judgement import TURN_KINDS

FREE = replace(VAN, u_turn_s=0.0)
EAST, NORTH = 111_319, 110_574


def leg_between(roads, one, other):
    """From the middle of one way to the middle of another, each of one edge."""
    network = build_network(roads, FREE, min_component_m=0)
    edges = [int(np.flatnonzero(network.way_ids == way)[0]) for way in (one, other)]
    edge = np.array(edges, dtype=np.int32)
    places = Snaps(edge, network.length_mm[edge] // 2, np.array([5_000, 7_000]),
                   np.ones(2, bool), np.zeros(2, bool), np.zeros(2), np.zeros(2))  # fmt: skip
    ((leg,),) = route_legs(
        network,
        places,
        [np.array([0, 1])],
        names=way_names(roads),
        roundabouts=roundabout_ways(roads),
    )
    return leg


def told(leg):
    """What is said between departing and arriving."""
    return [(turn.kind, turn.name_after) for turn in leg.turns[1:-1]]


def ray(degrees, units=1.0):
    # A degree of latitude is a little shorter there than one of longitude.
    angle = math.radians(degrees)
    return (units * math.cos(angle), units * math.sin(angle) * EAST / NORTH)


def junction(draw, arms, names=None, classes=None):
    """Roads from the east of a junction to it (way 1), and from it at angles to the left."""
    names, classes = names or {}, classes or {}
    nodes = {1: ray(180), 2: (0.0, 0.0)} | {10 + k: ray(arm) for k, arm in enumerate(arms)}
    ends = {1: (1, 2)} | {2 + k: (2, 10 + k) for k in range(len(arms))}
    ways = {
        way: (refs, {"highway": classes.get(way, "residential"), "name": names.get(way, "")})
        for way, refs in ends.items()
    }
    return draw(nodes, ways)


@pytest.mark.parametrize(
    ("degrees", "kind"),
    [
        (35, "slight_left"), (58, "slight_left"), (62, "left"), (90, "left"), (118, "left"),
        (122, "sharp_left"), (160, "sharp_left"), (168, "u_turn"),
        (-35, "slight_right"), (-90, "right"), (-150, "sharp_right"), (-168, "u_turn"),
    ],
)  # fmt: skip
def test_a_turn_is_named_by_its_angle(draw, degrees, kind):
    away = -100 if degrees > 0 else 100
    leg = leg_between(junction(draw, [degrees, away], {2: "甲路"}), 1, 2)
    assert told(leg) == [(kind, "甲路")]


def test_a_turn_stands_where_it_is_and_when(draw):
    leg = leg_between(junction(draw, [90, -90], {1: "东街", 2: "北街"}), 1, 2)
    depart, left, arrive = leg.turns
    assert (depart.name_before, depart.name_after) == ("", "东街")
    assert (left.name_before, left.name_after) == ("东街", "北街")
    assert (left.lon, left.lat) == (0.0, 0.0)
    assert left.distance_mm == pytest.approx(5_000 + EAST / 2, abs=1)
    # Half the road at 22 km/h, and 5 m of access at 10 km/h.
    assert left.time_ms == pytest.approx(EAST / 2 * 3.6 / 22 + 1_800, abs=2)
    assert arrive.distance_mm == leg.length_mm == pytest.approx(EAST + 12_000, abs=2)
    assert arrive.time_ms == leg.time_ms


@pytest.mark.parametrize(
    ("degrees", "names", "expected"),
    [
        (10, {1: "甲路", 2: "甲路"}, []),
        (43, {1: "甲路", 2: "甲路"}, []),
        (47, {1: "甲路", 2: "甲路"}, [("slight_left", "甲路")]),
        (-43, {}, []),
        (10, {1: "甲路", 2: "乙路"}, [("continue", "乙路")]),
        (10, {2: "乙路"}, [("continue", "乙路")]),
        (10, {1: "甲路"}, []),
    ],
)
def test_straight_on_is_told_where_the_name_changes(draw, degrees, names, expected):
    assert told(leg_between(junction(draw, [degrees, 100], names), 1, 2)) == expected


def test_a_name_that_comes_back_after_a_nameless_piece_is_not_told_again(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0), 5: (1, 1), 6: (2, 1)}
    ways = {
        1: ((1, 2), {"highway": "residential", "name": "甲路"}),
        2: ((2, 3), {"highway": "tertiary"}),
        3: ((3, 4), {"highway": "residential", "name": "甲路"}),
        4: ((2, 5), {"highway": "residential"}),
        5: ((3, 6), {"highway": "residential"}),
    }
    assert told(leg_between(draw(nodes, ways), 1, 3)) == []


def test_where_the_road_just_bends_nothing_is_told(draw):
    # Of another class behind the bend, so that it stays an edge of its own.
    roads = junction(draw, [90], {1: "甲路", 2: "甲路"}, {2: "tertiary"})
    assert told(leg_between(roads, 1, 2)) == []
    roads = junction(draw, [90], {1: "甲路", 2: "乙路"}, {2: "tertiary"})
    assert told(leg_between(roads, 1, 2)) == [("continue", "乙路")]


@pytest.mark.parametrize(("way", "kind"), [(2, "slight_left"), (3, "slight_right")])
def test_at_a_fork_the_side_is_told(draw, way, kind):
    assert told(leg_between(junction(draw, [12, -12]), 1, way)) == [(kind, "")]


def test_at_a_fork_a_name_that_stays_needs_no_side(draw):
    roads = junction(draw, [12, -12], {1: "甲路", 2: "甲路", 3: "乙路"})
    assert told(leg_between(roads, 1, 2)) == []
    assert told(leg_between(roads, 1, 3)) == [("slight_right", "乙路")]


def test_who_passes_a_slower_exit_is_told_nothing_and_who_takes_it_is(draw):
    classes = {1: "primary", 2: "primary", 3: "primary_link"}
    roads = junction(draw, [2, -12], classes=classes)
    assert told(leg_between(roads, 1, 2)) == []
    assert told(leg_between(roads, 1, 3)) == [("slight_right", "")]


ROUND = {
    # Four arms, driven round counter-clockwise: west, south, east, north.
    1: (-1, 0),
    2: (0, -1),
    3: (1, 0),
    4: (0, 1),
    11: (-3, 0),
    12: (0, -3),
    13: (3, 0),
    14: (0, 3),
}
ARMS = {
    9: ((1, 2, 3, 4, 1), {"highway": "residential", "junction": "roundabout"}),
    11: ((11, 1), {"highway": "residential", "name": "西街"}),
    12: ((12, 2), {"highway": "residential", "name": "南街"}),
    13: ((13, 3), {"highway": "residential", "name": "东街"}),
    14: ((14, 4), {"highway": "residential", "name": "北街"}),
}


@pytest.mark.parametrize(
    ("way", "exit_", "name"), [(12, 1, "南街"), (13, 2, "东街"), (14, 3, "北街")]
)
def test_exits_of_a_roundabout_are_counted(draw, way, exit_, name):
    leg = leg_between(draw(ROUND, ARMS), 11, way)
    assert told(leg) == [("roundabout", name)]
    assert leg.turns[1].exit == exit_
    assert (leg.turns[1].lon, leg.turns[1].lat) == pytest.approx((-0.001, 0.0))


def test_who_stops_on_a_roundabout_takes_no_exit(draw):
    ways = {way: refs for way, refs in ARMS.items() if way != 9}
    ways[8] = ((1, 2, 3), {"highway": "residential", "junction": "roundabout"})
    ways[9] = ((3, 4, 1), {"highway": "tertiary", "junction": "roundabout", "name": "广场"})
    leg = leg_between(draw(ROUND, ways), 11, 9)
    assert [turn.kind for turn in leg.turns] == ["depart", "roundabout", "arrive"]
    assert leg.turns[1].exit == 0
    # Whoever starts on it just leaves it.
    kinds = [turn.kind for turn in leg_between(draw(ROUND, ways), 9, 12).turns]
    assert kinds[0] == "depart"
    assert "roundabout" not in kinds


def test_turning_round_at_a_dead_end_is_told(draw):
    nodes = {1: (0, 1), 2: (2, 1), 3: (1, 0), 4: (1, 2), 5: (1, 1)}
    ways = {k: (refs, {"highway": "residential"})
            for k, refs in {11: (1, 5), 12: (5, 2), 13: (3, 5), 14: (5, 4)}.items()}  # fmt: skip
    no_left = ((("w", 11, "from"), ("n", 5, "via"), ("w", 14, "to")),
               {"type": "restriction", "restriction": "no_left_turn"})  # fmt: skip
    leg = leg_between(draw(nodes, ways, relations=[no_left]), 11, 14)
    # The way round over the south is the shorter one.
    assert [kind for kind, _ in told(leg)] == ["right", "u_turn"]
    assert [(turn.lon, turn.lat) for turn in leg.turns[1:-1]] == [(0.001, 0.001), (0.001, 0.0)]


def test_nothing_is_told_where_nobody_drives(draw):
    roads = junction(draw, [90, -90])
    network = build_network(roads, FREE, min_component_m=0)
    edge = np.array([0, 0, -1], dtype=np.int32)
    places = Snaps(edge, np.zeros(3, np.int64), np.zeros(3, np.int64), edge >= 0,
                   np.zeros(3, bool), np.array([0.0, 0.0, 1.0]), np.zeros(3))  # fmt: skip
    (legs,) = route_legs(network, places, [np.array([0, 0, 1, 2])])
    assert [leg.turns for leg in legs] == [(), (), ()]
    assert [leg.time_ms for leg in legs] == [0, 0, 2**40]


def test_every_kind_of_turn_has_words_in_both_languages():
    start = Turn("depart", 0.0, 0.0, "", "", 0, 0)
    sentences = {
        language: [
            turn_sentences([start, Turn(kind, 0.0, 0.0, "", "甲路", 50_400, 9)], language)[0]
            for kind in TURN_KINDS
        ]
        for language in ("zh", "en")
    }
    assert all(len(set(found)) == len(TURN_KINDS) for found in sentences.values())
    left = TURN_KINDS.index("left")
    assert sentences["zh"][left] == "沿无名道路行驶 50 米，左转进入甲路"
    assert sentences["en"][left] == "Along the unnamed road for 50 m, then turn left onto 甲路"


@pytest.mark.parametrize(
    ("length_mm", "words"),
    [(0, "0 m"), (99_400, "99 m"), (104_900, "100 m"), (994_000, "990 m"), (996_000, "1.0 km"),
     (12_345_000, "12.3 km")],
)  # fmt: skip
def test_distances_are_told_as_a_driver_sees_them(length_mm, words):
    turns = [
        Turn("depart", 0.0, 0.0, "", "A", 0, 0),
        Turn("roundabout", 0.0, 0.0, "A", "B", length_mm, 1, exit=3),
    ]
    expected = f"Along A for {words}, then enter the roundabout and take exit 3 onto B"
    assert turn_sentences(turns, "en") == [expected]
