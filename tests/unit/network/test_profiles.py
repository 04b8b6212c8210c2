"""Profiles are data, and say who may go where."""

from __future__ import annotations

import dataclasses

import pytest
import shapely

from lastmile import scenario as s
from lastmile.network import VAN, Ban, Period, Profile, build_network, builtin_profile, profile_from
from lastmile.network.access import node_rules, way_rules

TRICYCLE, TRUCK = builtin_profile("e_tricycle"), builtin_profile("truck")
RUSH = Period(7 * 60, 9 * 60)
NIGHT = Period(0, 5 * 60)


def rules_for(draw, profile, period=None, **tags):
    tags = {key.replace("__", ":"): value for key, value in tags.items()}
    roads = draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), tags)})
    rules = way_rules(roads, profile, period)
    return bool(rules.is_open[0]), int(rules.direction[0]), float(rules.speed_kph[0])


@pytest.mark.parametrize("name", ["walk", "e_tricycle", "van", "truck"])
def test_every_built_in_profile_is_there_and_named_as_its_file(name):
    assert builtin_profile(name).name == name


def test_a_profile_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="e_tricycle, truck, van, walk"):
        builtin_profile("camel")


def test_a_profile_of_ones_own_keeps_what_it_does_not_state():
    own = profile_from({"name": "slow", "speed_kph": {"primary": 20.0, "motorway": 0.0}}, VAN)
    assert dict(own.speed_kph) == dict(VAN.speed_kph) | {"primary": 20.0, "motorway": 0.0}
    assert own.access_tags == VAN.access_tags


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"name": "x", "wings": 2}, "has no wings"),
        ({"name": "x", "drives_on": "top"}, "right or left"),
        ({"name": "x", "speed_factors": {"all": [1.0] * 23}}, "24 factors"),
    ],
)
def test_a_profile_that_cannot_be_meant_is_refused(table, complaint):
    with pytest.raises(ValueError, match=complaint):
        profile_from(table, VAN)


def test_an_incomplete_profile_is_refused():
    with pytest.raises(ValueError, match="incomplete"):
        profile_from({"name": "x"})


def test_a_scenario_may_state_every_field_of_a_profile():
    own = set(s.Profile.model_fields) - {"based_on"}
    assert own == {field.name for field in dataclasses.fields(Profile)} - {
        "maxspeed_tags",
        "node_access_tags",
    }


@pytest.mark.parametrize(
    ("profile", "tags", "is_open"),
    [
        (TRICYCLE, {"highway": "cycleway"}, True),
        (TRICYCLE, {"highway": "cycleway", "width": "0.8"}, False),
        (TRICYCLE, {"highway": "motorway"}, False),
        (TRICYCLE, {"highway": "steps"}, False),
        (TRICYCLE, {"highway": "service", "motor_vehicle": "no"}, True),
        (TRICYCLE, {"highway": "primary", "bicycle": "use_sidepath"}, False),
        (TRUCK, {"highway": "living_street"}, False),
        (TRUCK, {"highway": "residential", "hgv": "no"}, False),
        (TRUCK, {"highway": "residential", "maxheight": "3.5"}, False),
        (TRUCK, {"highway": "residential", "maxweight": "10 t"}, False),
        (VAN, {"highway": "residential", "maxheight": "3.5"}, True),
        (VAN, {"highway": "residential", "maxwidth": "1.8"}, False),
        (VAN, {"highway": "residential", "maxwidth": "6'7\""}, True),
        (VAN, {"highway": "residential", "maxwidth": "6'6\""}, False),
        (VAN, {"highway": "residential", "maxwidth": "6 ft 6 in"}, False),
        (VAN, {"highway": "residential", "maxheight": "250 cm"}, False),
        (VAN, {"highway": "residential", "maxweight": "3500 kg"}, False),
        (VAN, {"highway": "residential", "maxweight": "5 st"}, True),
        (VAN, {"highway": "residential", "maxweight": "4.9 st"}, False),
        (VAN, {"highway": "residential", "maxweightrating": "3.5"}, False),
        (VAN, {"highway": "residential", "maxweightrating": "7.5 t"}, True),
        (VAN, {"route": "ferry"}, True),
        (VAN, {"route": "ferry", "motor_vehicle": "no"}, False),
    ],
)
def test_each_goes_where_it_fits(draw, profile, tags, is_open):
    assert rules_for(draw, profile, **tags)[0] == is_open


@pytest.mark.parametrize(
    ("tags", "van", "tricycle"),
    [
        ({"oneway": "yes"}, 1, 1),
        ({"oneway": "yes", "oneway__bicycle": "no"}, 1, 0),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, 1, 0),
        ({"oneway": "-1"}, -1, -1),
        ({"junction": "roundabout"}, 1, 1),
        ({"oneway": "yes", "oneway__motor_vehicle": "no"}, 0, 1),
    ],
)
def test_one_ways_have_exceptions(draw, tags, van, tricycle):
    tags = {"highway": "residential"} | tags
    assert rules_for(draw, VAN, **tags)[1] == van
    assert rules_for(draw, TRICYCLE, **tags)[1] == tricycle


def test_signs_that_are_not_understood_bind_nobody_and_are_counted(draw):
    nodes, ways = {1: (0, 0), 2: (1, 0), 3: (2, 0)}, {
        7: ((1, 2), {"highway": "residential", "maxheight": "see sign", "maxwidth": "2.5"}),
        8: ((2, 3), {"highway": "residential", "maxheight": "none"}),
    }  # fmt: skip
    gate = {2: {"barrier": "height_restrictor", "maxheight": "low"}}
    roads = draw(nodes, ways, node_tags=gate)
    assert roads.report.n_unreadable_signs == 2
    assert way_rules(roads, VAN).is_open.all()


def test_a_tricycle_never_rides_over_its_limit(draw):
    assert rules_for(draw, TRICYCLE, highway="primary", maxspeed="60")[2] == pytest.approx(15.0)


def test_a_lorrys_own_limit_goes_before_everybodys(draw):
    kph = rules_for(draw, TRUCK, highway="primary", maxspeed="60", maxspeed__hgv="40")[2]
    assert kph == pytest.approx(30.0)


def test_a_ferry_takes_the_time_it_states(draw):
    kph = rules_for(draw, VAN, route="ferry", duration="00:01")[2]
    assert kph == pytest.approx(0.111319 * 60)


@pytest.mark.parametrize(
    ("period", "is_open"),
    [(None, True), (NIGHT, True), (RUSH, False), (Period(0, 1440, frozenset({6})), True)],
)
def test_conditional_access_binds_at_its_hours(draw, period, is_open):
    tags = {"highway": "primary", "goods__conditional": "no @ (Mo-Fr 07:00-09:00,17:00-19:00)"}
    assert rules_for(draw, VAN, period, **tags)[0] == is_open


@pytest.mark.parametrize(
    ("period", "is_open"),
    [
        (None, False),
        (Period(20 * 60, 22 * 60), True),
        (Period(18 * 60, 22 * 60), False),
        (Period(1 * 60, 5 * 60), True),
        (RUSH, False),
    ],
)
def test_a_closed_road_is_open_to_who_drives_while_it_opens_only(draw, period, is_open):
    tags = {"highway": "primary", "motor_vehicle": "no"}
    tags["motor_vehicle__conditional"] = "delivery @ (19:00-24:00, 00:00-06:00)"
    assert rules_for(draw, VAN, period, **tags)[0] == is_open


@pytest.mark.parametrize(
    ("tags", "period", "is_open", "direction"),
    [
        ({"oneway__conditional": "yes @ (07:00-09:00)"}, RUSH, True, 1),
        ({"oneway__conditional": "yes @ (07:00-09:00)"}, Period(8 * 60, 12 * 60), True, 1),
        ({"oneway__conditional": "yes @ (07:00-09:00)"}, NIGHT, True, 0),
        ({"oneway__conditional": "yes @ (07:00-09:00)"}, None, True, 0),
        ({"oneway": "yes", "oneway__conditional": "no @ (00:00-06:00)"}, NIGHT, True, 0),
        ({"oneway": "yes", "oneway__conditional": "no @ (00:00-06:00)"}, RUSH, True, 1),
        ({"oneway": "yes", "oneway__conditional": "-1 @ (16:00-20:00)"}, RUSH, True, 1),
        # It turns round within the period: nobody can rely on either direction.
        ({"oneway": "yes", "oneway__conditional": "-1 @ (16:00-20:00)"},
         Period(8 * 60, 18 * 60), False, 0),
        ({"oneway": "reversible", "oneway__conditional": "-1 @ (00:00-24:00)"}, RUSH, True, -1),
        ({"oneway__goods__conditional": "no @ (07:00-09:00)", "oneway": "yes"}, RUSH, True, 0),
    ],
)  # fmt: skip
def test_one_ways_of_some_hours_bind_at_these_hours(draw, tags, period, is_open, direction):
    found = rules_for(draw, VAN, period, highway="residential", **tags)
    assert found[:2] == (is_open, direction)


@pytest.mark.parametrize(
    ("period", "kph"),
    [(None, 60.0), (NIGHT, 30.0), (Period(5 * 60, 8 * 60), 30.0), (RUSH, 60.0)],
)
def test_limits_of_some_hours_slow_who_drives_then(draw, period, kph):
    tags = {"maxspeed": "60", "maxspeed__conditional": "30 @ (22:00-06:00)"}
    found = rules_for(draw, VAN, period, highway="primary", **tags)[2]
    assert found == pytest.approx(VAN.limit_share * kph)


def test_a_limit_for_lorries_of_some_hours_leaves_the_others_to_everybodys(draw):
    tags = {"maxspeed": "60", "maxspeed__hgv__conditional": "30 @ (22:00-06:00)"}
    assert rules_for(draw, TRUCK, RUSH, highway="primary", **tags)[2] == pytest.approx(45.0)
    assert rules_for(draw, TRUCK, NIGHT, highway="primary", **tags)[2] == pytest.approx(22.5)
    assert rules_for(draw, VAN, NIGHT, highway="primary", **tags)[2] == pytest.approx(48.0)


def test_factors_for_all_do_not_touch_a_timetable(draw):
    slow = profile_from({"name": "x", "speed_factors": {"all": [0.5] * 24}}, VAN)
    timed = {"route": "ferry", "duration": "00:01"}
    free = rules_for(draw, VAN, RUSH, **timed)[2]
    assert rules_for(draw, slow, RUSH, **timed)[2] == free
    assert rules_for(draw, slow, RUSH, route="ferry")[2] == pytest.approx(4.0)
    roads = draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), timed)})
    assert build_network(roads, slow, min_component_m=0).speed_group.tolist() == [-1]
    ferries = profile_from({"name": "x", "speed_factors": {"ferry": [0.5] * 24}}, VAN)
    assert rules_for(draw, ferries, RUSH, **timed)[2] == pytest.approx(free / 2)


def test_speeds_are_those_of_the_hours_driven(draw):
    by_hour = [1.0] * 7 + [0.5] + [1.0] * 16
    slow = profile_from({"name": "x", "speed_factors": {"primary": by_hour}}, VAN)
    free = rules_for(draw, slow, highway="primary")[2]
    assert rules_for(draw, slow, Period(7 * 60, 8 * 60), highway="primary")[2] == free / 2
    # An hour at half speed and an hour at full speed: the mean of the times, two thirds.
    assert rules_for(draw, slow, Period(7 * 60, 9 * 60), highway="primary")[2] == pytest.approx(
        free * 2 / 3
    )
    assert rules_for(draw, slow, Period(7 * 60, 8 * 60), highway="tertiary")[2] == 30.0


@pytest.mark.parametrize(
    ("profile", "tags", "passes"),
    [
        (VAN, {"barrier": "bollard"}, False),
        (VAN, {"barrier": "bollard", "motor_vehicle": "yes"}, True),
        (VAN, {"barrier": "gate"}, True),
        (VAN, {"barrier": "gate", "locked": "yes"}, False),
        (VAN, {"barrier": "lift_gate", "access": "private"}, False),
        (VAN, {"barrier": "height_restrictor", "maxheight": "2.2"}, False),
        (VAN, {"barrier": "height_restrictor", "maxheight": "4"}, True),
        (TRICYCLE, {"barrier": "bollard"}, True),
        (TRICYCLE, {"barrier": "cycle_barrier"}, False),
        (builtin_profile("walk"), {"barrier": "bollard"}, True),
        (builtin_profile("walk"), {"barrier": "gate", "access": "private"}, True),
        (builtin_profile("walk"), {"barrier": "gate", "foot": "no"}, False),
    ],
)
def test_barriers_stop_some_and_let_others_pass(draw, profile, tags, passes):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0)}
    ways = {7: ((1, 2, 3), {"highway": "residential"})}
    roads = draw(nodes, ways, node_tags={2: tags})
    assert (node_rules(roads, profile).closed.size == 0) == passes
    network = build_network(roads, profile, min_component_m=0)
    assert network.component_mm.size == (1 if passes else 2)
    assert network.length_mm.sum() == 2 * 111_319


def test_a_closed_area_closes_its_roads_to_those_it_names_at_its_hours(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0)}
    roads = draw(nodes, {7: ((1, 2, 3, 4), {"highway": "residential"})})
    zone = shapely.box(0.0011, -0.001, 0.0019, 0.001)
    ban = Ban("centre", zone, ("van",), (RUSH,))
    build = {"min_component_m": 0, "bans": (ban,)}

    def open_km(profile, period=None):
        return build_network(roads, profile, period=period, **build).length_mm.sum() / 111_319

    assert open_km(VAN, RUSH) == 2
    assert open_km(VAN, NIGHT) == 3
    assert open_km(VAN) == 3
    assert open_km(TRUCK, RUSH) == 3
    # 1,113 m long: its middle at 556 m is outside, but 223 m, or 45 m, of it are inside.
    long = draw({1: (0, 0), 2: (10, 0), 3: (10, 1)}, {7: ((1, 2, 3), {"highway": "residential"})})
    for east, is_open in ((0.0020, False), (0.0004, True)):
        corner = dataclasses.replace(ban, area=shapely.box(-0.001, -0.001, east, 0.001))
        network = build_network(long, VAN, period=RUSH, min_component_m=0, bans=(corner,))
        assert (int(network.length_mm.sum()) > 1_000_000) == is_open
    everybody = dataclasses.replace(ban, vehicles=(), hours=())
    build["bans"] = (everybody,)
    assert open_km(TRUCK) == 2
    assert open_km(builtin_profile("walk")) == 3
