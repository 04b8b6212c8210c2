"""What tags open, in which direction, and how fast."""

from __future__ import annotations

import pytest

from lastmile.network import VAN, WALK, build_network
from lastmile.network.access import one_way, parse_maxspeed, way_rules


def rules_for(draw, profile, **tags):
    roads = draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), tags)})
    rules = way_rules(roads, profile)
    return bool(rules.is_open[0]), int(rules.direction[0]), float(rules.speed_kph[0])


@pytest.mark.parametrize(
    ("tags", "is_open"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "cycleway"}, True),
        ({"highway": "trunk_link"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "motorway", "foot": "yes"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "no"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "service", "access": "no", "foot": "permissive"}, True),
        ({"highway": "service", "access": "yes", "foot": "no"}, False),
        ({"highway": "primary", "foot": "private"}, False),
        ({"highway": "primary", "motor_vehicle": "no"}, True),
        ({"highway": "unclassified;tertiary"}, True),
    ],
)
def test_walkers_may_go_where_the_rule_says(draw, tags, is_open):
    assert rules_for(draw, WALK, **tags)[0] == is_open


@pytest.mark.parametrize(
    ("tags", "is_open"),
    [
        ({"highway": "motorway"}, True),
        ({"highway": "footway"}, False),
        ({"highway": "pedestrian"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "motor_vehicle": "yes"}, True),
        ({"highway": "service", "motor_vehicle": "no", "motorcar": "yes"}, True),
        ({"highway": "service", "vehicle": "no"}, False),
        ({"highway": "service", "motor_vehicle": "agricultural;forestry"}, False),
        ({"highway": "service", "motor_vehicle": "agricultural;destination"}, True),
        ({"highway": "service", "access": "no", "goods": "delivery"}, True),
        ({"highway": "residential", "foot": "no"}, True),
        ({"highway": "residential", "oneway": "reversible"}, False),
    ],
)
def test_the_most_specific_access_tag_decides_for_vans(draw, tags, is_open):
    assert rules_for(draw, VAN, **tags)[0] == is_open


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({"highway": "primary"}, 0),
        ({"highway": "primary", "oneway": "yes"}, 1),
        ({"highway": "primary", "oneway": "true"}, 1),
        ({"highway": "primary", "oneway": "1"}, 1),
        ({"highway": "primary", "oneway": "-1"}, -1),
        ({"highway": "primary", "junction": "roundabout"}, 1),
        ({"highway": "primary", "junction": "circular"}, 1),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway", "oneway": "-1"}, -1),
        ({"highway": "motorway_link"}, 0),
    ],
)
def test_one_ways_are_read_from_all_their_tags(tags, direction):
    assert one_way(tags) == direction


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("60", 60.0),
        ("60 km/h", 60.0),
        ("60km/h", 60.0),
        ("40 mph", 64.37376),
        ("60;80", 60.0),
        ("CN:urban", 50.0),
        ("PT:motorway", 120.0),
        ("", None),
        ("none", None),
        ("signals", None),
        ("0", None),
        ("fast", None),
    ],
)
def test_speed_limits_are_read_in_their_units(text, kph):
    assert parse_maxspeed(text) == pytest.approx(kph)


def test_walkers_ignore_one_ways_and_limits(draw):
    assert rules_for(draw, WALK, highway="primary", oneway="yes", maxspeed="60") == (True, 0, 4.8)


def test_a_van_drives_a_share_of_the_limit_and_never_over_its_top_speed(draw):
    assert rules_for(draw, VAN, highway="tertiary", maxspeed="50")[2] == pytest.approx(40.0)
    assert rules_for(draw, VAN, highway="motorway", maxspeed="130")[2] == pytest.approx(90.0)


def test_a_drive_only_extract_is_walked(draw):
    roads = draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), {"highway": "trunk"})})
    assert build_network(roads, WALK, min_component_m=0).n_edges == 1


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "primary", "bridge": "no", "tunnel": "no"}, True),
        ({"highway": "service", "tunnel": "building_passage"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "trunk_link"}, False),
        ({"highway": "trunk", "bridge": "yes"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "primary", "bridge": "viaduct"}, False),
        ({"highway": "secondary", "tunnel": "yes"}, False),
        ({"highway": "footway"}, False),
    ],
)
def test_vans_stop_only_where_they_may(draw, tags, stops):
    roads = draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), tags)})
    assert way_rules(roads, VAN).can_stop.tolist() == [stops]


@pytest.mark.parametrize("tags", [{"bridge": "yes"}, {"tunnel": "yes"}, {"motorroad": "yes"}])
def test_walkers_step_off_wherever_they_may_walk(draw, tags):
    roads = draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), {"highway": "trunk"} | tags)})
    assert way_rules(roads, WALK).can_stop.all()
