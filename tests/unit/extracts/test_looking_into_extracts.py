"""Figures of extracts that were drawn by hand, each to be checked on paper."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest
from extract_files import ROAD, Map, crossing

from lastmile.errors import InputError
from lastmile.extracts import class_rows, clip, look_into, overview, turn_rows
from lastmile.extracts.box import Box
from lastmile.extracts.tags import DRIVE_CLASSES, FOOT_CLASSES, NO_ROADS

TODAY = date(2026, 11, 25)
EAST_KM = 0.111319
"""A thousandth of a degree along the equator: 6,378,137 m x pi / 180,000."""
NORTH_KM = 0.110574
"""And along a meridian there: a degree is 110,574.3 m."""


@pytest.fixture
def look(tmp_path):
    """Write a map and look into it."""

    def seen(town, name="town.osm", lines=None):
        return look_into(town.write(tmp_path / name, lines), TODAY)

    return seen


def equator(town):
    """Move the crossing's street to the equator, where lengths are known."""
    for ref, (lon, lat, *more) in town.nodes.items():
        town.nodes[ref] = (lon, round(lat - 0.001, 7), *more)
    return town


def test_objects_classes_and_lengths(look):
    found = look(equator(crossing()))
    assert {name: order.n for name, order in found.defects.orders.items()} == {
        "nodes": 12,
        "ways": 8,
        "relations": 3,
    }
    assert list(found.classes) == ["residential", "primary", "service", "footway"]
    assert found.classes["residential"].ways == 2
    assert found.classes["residential"].km == pytest.approx(3 * EAST_KM, abs=2e-6)
    assert found.classes["primary"].km == pytest.approx(2 * NORTH_KM, abs=2e-6)
    assert (found.roads.ways, found.foot.ways, found.drive.ways, found.ferries.ways) == (6, 1, 5, 1)
    assert found.foot.km == pytest.approx(NORTH_KM, abs=2e-6)
    assert found.roads.km == pytest.approx(found.foot.km + found.drive.km, abs=1e-9)


def test_shares_are_of_kilometres(look):
    found = look(equator(crossing()))
    drive = found.drive.km
    assert found.named_share == pytest.approx(3 * EAST_KM / found.roads.km, abs=1e-4)
    assert found.limited_share == pytest.approx(EAST_KM / drive, abs=1e-4)
    assert found.walked_share == pytest.approx(NORTH_KM / drive, abs=1e-4)


def test_one_ways_signals_and_barriers(look):
    town = crossing()
    town.ways[108] = ((6, 3), {"highway": "motorway_link"})
    town.ways[109] = ((6, 4), {"highway": "tertiary", "junction": "roundabout"})
    town.ways[110] = ((6, 1), {"highway": "motorway", "oneway": "no"})
    town.ways[111] = ((6, 2), {**ROAD, "oneway": "-1"})
    town.nodes[13] = (0.1, 0.1, {"barrier": "bollard"})
    town.nodes[14] = (0.1, 0.1, {"highway": "traffic_signals"})
    found = look(town)
    assert (found.n_one_way, found.n_implied_one_way) == (2, 2)
    assert found.n_signals == 1
    assert found.barriers == {"gate": 1}
    assert found.n_barriers_aside == 1


def test_pieces(look):
    found = look(equator(crossing()))
    yard = found.classes["service"].km
    assert (found.components.n, found.components.n_under_1_km) == (2, 2)
    assert found.components.largest_km == pytest.approx(found.roads.km - yard, abs=1e-3)
    assert found.components.largest_share == pytest.approx(1 - yard / found.roads.km, abs=1e-4)


def test_what_is_no_road_joins_nothing_and_counts_nowhere(look):
    town = crossing()
    town.ways[108] = ((6, 8), {"highway": "proposed"})
    found = look(town)
    assert found.components.n == 2
    assert found.classes["proposed"].ways == 1
    assert found.roads.ways == 6


def test_the_sorts_of_classes_are_strangers():
    assert not DRIVE_CLASSES & FOOT_CLASSES
    assert not NO_ROADS & (DRIVE_CLASSES | FOOT_CLASSES)


@pytest.mark.parametrize("suffix", [".osm", ".osm.pbf", ".osm.gz", ".osm.bz2"])
def test_the_figures_are_those_of_any_format(look, suffix):
    plain, other = look(crossing()), look(crossing(), f"town{suffix}")
    same = {"file": "", "size_bytes": 0, "kind": "", "program": "", "header_box": None}
    assert replace(other, **same) == replace(plain, **same)


def test_the_boxes(look, tmp_path):
    town = crossing()
    assert look(town).header_box is None
    roads_box = Box(0.0, 0.0, 0.011, 0.01)
    assert look(town).roads_box == roads_box
    made = clip([tmp_path / "town.osm"], tmp_path / "c.osm.pbf", Box(-1.0, -1.0, 1.0, 1.0))
    assert look_into(made.path, TODAY).header_box == Box(-1.0, -1.0, 1.0, 1.0)
    assert look_into(made.path, TODAY).promises_order


# Dates.


def test_the_date_of_the_header_counts(look):
    town = crossing()
    town.head = '<meta osm_base="2026-11-01T02:03:04Z"/>'
    found = look(town)
    assert (found.data_date, found.data_date_from) == ("2026-11-01T02:03:04Z", "header")
    assert not any("old data" in line or "unknown date" in line for line in found.advice)


def test_else_the_latest_change_of_a_road(tmp_path):
    text = crossing().text()
    for ref, day in ((100, "2021-11-26"), (101, "2019-01-01"), (107, "2026-01-01")):
        text = text.replace(
            f'<way id="{ref}" version="1"', f'<way id="{ref}" timestamp="{day}T00:00:00Z"'
        )
    path = tmp_path / "town.osm"
    path.write_text(text, encoding="utf-8")
    found = look_into(path, TODAY)
    assert found.data_date == "2021-11-26T00:00:00Z"
    assert found.data_date_from == "latest change of a road"
    assert found.advice[0].startswith("old data: 4 years (2021-11-26)")
    assert look_into(path, date(2026, 11, 27)).advice[0].startswith("old data: 5 years")


def test_a_file_without_dates_says_so(look):
    found = look(crossing())
    assert found.data_date == ""
    assert "unknown date" in found.advice[0]


# Turn restrictions.


def turn(town, *members, **tags):
    town.relations = {1: (members, {"type": "restriction", **tags})}
    return town


VIA_NODE = (("w", 102, "from"), ("n", 5, "via"), ("w", 100, "to"))
VIA_WAY = (("w", 102, "from"), ("w", 100, "via"), ("w", 104, "to"))


def test_restrictions_are_counted_by_kind_and_by_what_they_go_through(look):
    town = crossing()
    no_u = {"restriction": "no_u_turn"}
    kinds = {
        1: (VIA_NODE, no_u),
        2: (VIA_NODE, no_u | {"except": "bus"}),
        3: (VIA_WAY, {"restriction": "only_straight_on"}),
        4: (VIA_NODE, {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"}),
        5: (VIA_NODE, {"restriction:hgv": "no_right_turn"}),
        6: (VIA_NODE, no_u | {"hour_on": "07:00", "hour_off": "09:00"}),
        7: (VIA_NODE, no_u | {"type": "restriction:hgv"}),
    }
    town.relations = {
        ref: (members, {"type": "restriction", **tags}) for ref, (members, tags) in kinds.items()
    }
    turns = look(town).turns
    assert turns.n == 7
    assert dict(turns.by_kind) == {
        "no_u_turn": 4,
        "no_left_turn": 1,
        "no_right_turn": 1,
        "only_straight_on": 1,
    }
    assert (turns.n_via_node, turns.n_via_way) == (6, 1)
    assert (turns.n_conditional, turns.n_for_some_vehicles) == (2, 3)
    assert dict(turns.problems) == {}


@pytest.mark.parametrize(
    ("members", "tags", "problem"),
    [
        (VIA_NODE, {"restriction": "no_parking"}, "unknown kind"),
        (VIA_NODE, {}, "unknown kind"),
        (VIA_NODE[:2], {"restriction": "no_u_turn"}, "lacks from, via or to"),
        (VIA_NODE[::2], {"restriction": "no_u_turn"}, "lacks from, via or to"),
        (
            (*VIA_NODE[:2], ("w", 999, "to")),
            {"restriction": "no_u_turn"},
            "a way is not in the file",
        ),
        ((*VIA_NODE[:2], ("w", 107, "to")), {"restriction": "no_u_turn"}, "a member is no road"),
        (
            (*VIA_NODE, ("w", 103, "to")),
            {"restriction": "no_u_turn"},
            "several from, via or to",
        ),
        (
            (*VIA_NODE, ("n", 6, "via")),
            {"restriction": "no_u_turn"},
            "several from, via or to",
        ),
        (
            (VIA_NODE[0], ("n", 6, "via"), VIA_NODE[2]),
            {"restriction": "no_u_turn"},
            "its ways do not meet at via",
        ),
        (
            (VIA_WAY[0], ("w", 105, "via"), VIA_WAY[2]),
            {"restriction": "no_u_turn"},
            "its ways do not meet at via",
        ),
        (
            (*VIA_WAY, ("w", 105, "via")),
            {"restriction": "no_u_turn"},
            "its ways do not meet at via",
        ),
    ],
)
def test_what_keeps_a_restriction_from_being_obeyed_is_named(look, members, tags, problem):
    found = look(turn(crossing(), *members, **tags))
    assert dict(found.turns.problems) == {problem: 1}
    assert any(f"cannot be obeyed: 1 {problem}" in line for line in found.advice)


def test_entries_may_have_several_from_and_exits_several_to(look):
    several_from = (*VIA_NODE, ("w", 103, "from"))
    several_to = (*VIA_NODE, ("w", 103, "to"))
    assert not look(turn(crossing(), *several_from, restriction="no_entry")).turns.problems
    assert not look(turn(crossing(), *several_to, restriction="no_exit")).turns.problems
    assert look(turn(crossing(), *several_from, restriction="no_exit")).turns.problems


# What is broken.


def test_a_clean_file_has_no_defects(look):
    found = look(crossing())
    assert dict(overview(found))["defects"] == "none found"


def test_missing_nodes_are_counted_and_the_road_breaks_off_there(look):
    town = equator(crossing())
    del town.nodes[2]
    found = look(town)
    assert (found.defects.n_missing_nodes, found.defects.n_ways_lacking_nodes) == (2, 2)
    assert found.classes["residential"].km == pytest.approx(EAST_KM, abs=2e-6)
    assert any("2 nodes of 2 ways are missing" in line for line in found.advice)


def test_repeated_nodes_and_segments_without_length_are_told_apart(look):
    town = crossing()
    town.nodes[15] = town.nodes[3][:2]
    town.ways[101] = ((5, 3, 3, 15), ROAD)
    town.ways[109] = ((5,), ROAD)
    town.ways[110] = ((), ROAD)
    defects = look(town).defects
    assert defects.n_repeated_nodes == 1
    assert defects.n_zero_segments == 1
    assert defects.n_single_node_ways == 2


def test_a_way_ends_where_the_next_begins(look):
    """The last node of one way and the first of the next are no segment."""
    town = Map({1: (0, 0), 2: (0.001, 0), 3: (0.002, 0)}, {1: ((1, 2), ROAD), 2: ((2, 3), ROAD)})
    found = look(town)
    assert found.defects.n_repeated_nodes == 0
    assert found.roads.km == pytest.approx(2 * EAST_KM, abs=2e-6)


def test_duplicates_are_counted_also_where_nothing_is_in_order(look):
    town = crossing()
    lines = list(town.objects())
    twice = [lines[0], lines[0], *lines[1:12], lines[12], lines[12], *lines[13:]]
    found = look(town, lines=twice)
    orders = found.defects.orders
    assert [orders[name].n_duplicates for name in ("nodes", "ways", "relations")] == [1, 1, 0]
    assert all(order.n_out_of_order == 0 for order in orders.values())
    assert any("2 objects stand twice" in line for line in found.advice)
    mixed = [*lines[:12], lines[0], lines[3], *lines[12:]]
    orders = look(town, lines=mixed).defects.orders
    assert orders["nodes"].n_duplicates == 2
    assert orders["nodes"].n_out_of_order == 1


def test_ways_before_their_nodes_are_out_of_order_and_measured_all_the_same(look):
    lines = list(crossing().objects())
    plain, found = look(crossing()), look(crossing(), lines=[*lines[12:], *lines[:12]])
    assert found.defects.n_types_out_of_order == 12
    assert found.roads == plain.roads
    assert any("out of order" in line for line in found.advice)


def test_ids_below_one_are_counted(look):
    town = crossing()
    town.nodes |= {-1: (0, 0), -2: (0, 0)}
    found = look(town, lines=[town._text("n", -1), town._text("n", -2), *crossing().objects()])
    assert found.defects.orders["nodes"].n_below_one == 2
    assert found.defects.orders["nodes"].n_out_of_order == 0
    assert any("2 objects with ids below 1" in line for line in found.advice)


# Advice.


def test_a_drive_only_extract_is_told(look):
    town = crossing()
    del town.ways[104], town.ways[105]
    advice = "\n".join(look(town).advice)
    assert "drive-only extract: no foot ways; people walk on the roads that are there" in advice
    assert "no service roads" in advice


def test_a_fragment_is_told(look):
    nodes = {k: (k / 1000, 0) for k in range(1, 9)}
    ways = {k: ((k, k + 1), ROAD) for k in (1, 3, 5, 7)}
    assert any(
        "4 pieces, and the largest holds 25%" in line for line in look(Map(nodes, ways)).advice
    )


def test_a_network_for_walkers_alone_is_told(look):
    town = Map({1: (0, 0), 2: (1, 0)}, {1: ((1, 2), {"highway": "path"})})
    assert any("vans find no route" in line for line in look(town).advice)


def test_an_extract_without_roads_has_one_piece_of_advice(look):
    town = crossing()
    town.ways = {107: town.ways[107]}
    found = look(town)
    assert found.roads.ways == 0
    assert len(found.advice) == 1
    assert "no roads" in found.advice[0]
    assert found.components.n == 0


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_file_that_was_cut_off_is_refused(tmp_path, share):
    path = crossing().write(tmp_path / "a.osm.pbf")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match="cannot be read to its end"):
        look_into(path, TODAY)


def test_rows_for_people_say_what_the_figures_say(look):
    found = look(crossing())
    rows = dict(overview(found))
    assert rows["objects"] == "12 nodes, 8 ways, 3 relations"
    assert rows["barriers on roads"] == "1 gate"
    assert ("residential", "2", "0.3") in class_rows(found)
    assert ("no_left_turn", "1") in turn_rows(found)
    assert ("cannot be obeyed: a way is not in the file", "1") in turn_rows(found)
    assert asdict(found)["classes"]["primary"]["ways"] == 2


@pytest.mark.real_data
def test_a_metropolis(shared_data):
    found = look_into(shared_data / "porto" / "porto.osm.pbf", TODAY)
    assert found.turns.n == 357
    assert sum(found.turns.by_kind.values()) == 357
    assert found.data_date == "2015-06-06T00:23:02Z"
    assert sum(amount.ways for amount in found.classes.values()) == 51_349
    assert found.defects.n_single_node_ways == 39
    assert found.advice[0].startswith("old data: 11 years")


@pytest.mark.real_data
def test_a_district_with_roads_for_driving_alone(shared_data):
    found = look_into(shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf", TODAY)
    assert (found.roads.ways, round(found.roads.km)) == (2_940, 740)
    assert any("drive-only extract" in line for line in found.advice)


@pytest.mark.real_data
def test_a_strip_of_a_city(shared_data):
    found = look_into(shared_data / "changzhou" / "changzhou_corridor_2026.osm.pbf", TODAY)
    assert (found.roads.ways, round(found.roads.km)) == (2_338, 1_066)
    assert any("the largest holds 15% of the kilometres" in line for line in found.advice)


@pytest.mark.real_data
def test_two_districts_with_service_and_foot_ways(shared_data):
    found = look_into(shared_data / "shanghai_sw" / "shanghai_sw_all_2021.osm.pbf", TODAY)
    assert (found.roads.ways, round(found.roads.km)) == (7_392, 3_918)
    assert found.classes["service"].ways == 2_265
    assert round(found.components.largest_share, 2) == 0.99
