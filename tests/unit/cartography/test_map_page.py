"""The page: one file, safe, the same every time, and fed with the plan's own figures."""

from __future__ import annotations

import base64
import dataclasses
import json
import re

import folium
import numpy as np
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon

from lastmile.cartography import assets, build_map, layers, roads, write_map
from lastmile.plans import LAYER_COLUMNS, layer_frame

NASTY = "</script><script>alert(1)</script>\"'&<b>\u2028" + "很长的名字" * 60


def emptied(plan, *names):
    frames = dict(plan.layers)
    for name in names:
        frames[name] = layer_frame(name, {column: [] for column in LAYER_COLUMNS[name]})
    return dataclasses.replace(plan, layers=frames)


def content(plan):
    page = build_map(plan).get_root().render()
    found = re.search(r'<script type="application/json" id="\w+">(.*?)</script>', page, re.DOTALL)
    return json.loads(found[1])


def test_the_map_is_a_folium_map_that_takes_folium_layers(tiny_plan):
    page = build_map(tiny_plan)
    assert isinstance(page, folium.Map)
    folium.CircleMarker((31.79, 119.96), radius=4).add_to(page)
    assert "circleMarker" in page.get_root().render()


def test_equal_plans_give_equal_bytes(tiny_plan, tmp_path):
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    write_map(tiny_plan, first)
    write_map(tiny_plan, second)
    assert first.read_bytes() == second.read_bytes()


def test_nothing_is_loaded_from_elsewhere(tiny_plan):
    page = build_map(tiny_plan).get_root().render()
    assert not re.search(r"<script[^>]+\bsrc\s*=|<link\b|@import|<iframe|<img", page)
    assert not re.search(r"url\((?!['\"]?(?:data:|#))", page)
    assert "sourceMappingURL" not in page


def test_nasty_names_cannot_end_the_script_or_the_title(tiny_plan):
    stations = tiny_plan.layers["stations"].copy()
    stations["name"] = NASTY
    scenario = tiny_plan.scenario.model_copy(update={"name": NASTY})
    plan = dataclasses.replace(
        tiny_plan, scenario=scenario, layers={**tiny_plan.layers, "stations": stations}
    )
    page = build_map(plan).get_root().render()
    assert "alert(1)</script>" not in page
    assert content(plan)["stations"]["name"] == [NASTY, NASTY]


@pytest.mark.parametrize("gone", [[name] for name in LAYER_COLUMNS] + [list(LAYER_COLUMNS)])
def test_empty_layers_still_make_a_page(tiny_plan, gone):
    assert "lastmileMap(" in build_map(emptied(tiny_plan, *gone)).get_root().render()


def test_station_figures_are_those_of_the_layer(tiny_plan):
    found = content(tiny_plan)["stations"]
    assert found["people_served"] == [700.0, 100.0]
    assert found["load"] == [140.0, 10.0]
    assert found["utilisation"] == [0.35, None]


def test_ground_is_told_with_its_station_and_its_limit(tiny_plan):
    found = content(tiny_plan)["catchments"]
    assert found["limit_m"] == [500.0, 500.0, 1000.0]
    assert numbers(found["station"]) == [0, 1, 1]
    assert numbers(found["rings"]["row"]) == [0, 1, 2]
    lost = layers.catchments(tiny_plan.layers["catchments"], ["s2"])
    assert (numbers(lost["station"]), lost["limit_m"]) == ([0, 0], [500.0, 1000.0])


def numbers(text):
    """Small whole numbers that were written as differences in single bytes."""
    folded = [byte >> 1 if byte % 2 == 0 else -(byte >> 1) - 1 for byte in base64.b64decode(text)]
    return np.cumsum(folded).tolist()


def test_ground_keeps_its_parts_and_its_holes(tiny_plan):
    outer = [(120.0, 31.0), (120.01, 31.0), (120.01, 31.01), (120.0, 31.01)]
    hole = [(120.002, 31.002), (120.004, 31.002), (120.004, 31.004), (120.002, 31.004)]
    shape = MultiPolygon([Polygon(outer, [hole]), Polygon(hole)])
    empty = MultiPolygon()
    frame = layer_frame(
        "catchments",
        {"station_id": ["s1"] * 2, "limit_m": [500.0] * 2, "geometry": [empty, shape]},
    )
    found = layers.catchments(frame, ["s1"])
    assert numbers(found["station"]) == [0]
    assert list(base64.b64decode(found["rings"]["n"])) == [5, 5, 5]
    assert numbers(found["rings"]["row"]) == [0, 0, 0]


def test_stops_find_their_station_even_when_a_load_was_split(tiny_plan):
    frame = tiny_plan.layers["stops"].copy()
    frame["stop_id"] = ["s#1#2", "elsewhere"]
    frame["station_id"] = ["s#1", "elsewhere"]
    assert layers.stops(frame, ["R001"], ["s", "s#1"])["station"] == [1, -1]


def test_unserved_visits_are_told_with_their_station_and_stations_counted_once(tiny_plan):
    one = tiny_plan.layers["unserved"]
    frame = one.loc[one.index.repeat(3)].reset_index(drop=True)
    frame["stop_id"], frame["station_id"] = ["s2#1", "s2#2", "s9"], ["s2", "s2", "s9"]
    found = layers.unserved(frame, ["s1", "s2"])
    assert (found["station"], found["n_stations"]) == ([1, 1, -1], 2)


def test_demand_points_keep_the_names_that_somebody_gave_them(tiny_plan):
    frame = tiny_plan.layers["demand"].copy()
    frame.loc[1, "name"] = "绿庭尚城社区居委会"
    found = layers.demand_points(frame, ["s1", "s2"])["name"]
    assert found["texts"] == ["", "绿庭尚城社区居委会"]
    assert sorted(base64.b64decode(found["row"])) == [0, 0, 0, 0, 1]


def test_points_named_by_their_ids_ship_no_names(tiny_plan):
    found = layers.demand_points(tiny_plan.layers["demand"], ["s1", "s2"])
    assert found["name"] == {"texts": [""], "row": ""}


def test_demand_keeps_all_reasons_even_unknown_ones(tiny_plan):
    frame = tiny_plan.layers["demand"].copy()
    frame.loc[3, "reason"] = "of_its_own"
    assert layers.demand_points(frame, ["s1", "s2"])["reasons"][-1] == "of_its_own"


def test_remedies_too_long_for_a_page_are_left_to_the_report(tiny_plan, monkeypatch):
    monkeypatch.setattr(layers, "MAX_TEXT_CHARACTERS", 5)
    found = layers.demand_points(tiny_plan.layers["demand"], ["s1", "s2"])
    assert found["remedy"] == {"texts": [""], "row": ""}


def test_forbidden_sites_come_first_and_open_ones_not_at_all(tiny_plan):
    found = layers.closed_sites(tiny_plan.layers["sites"])
    assert (found["id"], found["n_forbidden"]) == (["s3", "s4"], 1)


def test_stations_and_units_bring_what_their_popups_tell(tiny_plan):
    found = layers.stations(tiny_plan.layers["stations"], tiny_plan.layers["sites"])
    assert (found["premises"], found["opened"]) == (["shop", "committee"], [2016.0, None])
    assert layers.closed_sites(tiny_plan.layers["sites"])["premises"] == ["", "generated"]
    levels = layers.unit_levels(tiny_plan.layers["units"])
    assert [level["estimated"] for level in levels] == [[0], [0, 1]]


def test_too_many_closed_candidates_lose_their_names_but_not_their_places(tiny_plan, monkeypatch):
    monkeypatch.setattr(layers, "MAX_NAMED_SITES", 1)
    found = layers.closed_sites(tiny_plan.layers["sites"])
    whole = layers.closed_sites(tiny_plan.layers["sites"].iloc[[2, 3]])
    assert found["id"] == ["s3"]
    assert found["xy"] == whole["xy"]


def test_roads_are_told_apart_by_class_and_named_where_there_is_room():
    def line(y):
        return LineString([(120, y), (120.01, y)])

    frame = layer_frame(
        "roads",
        {
            "highway": ["trunk_link", "steps", "living_street", "primary", "mystery"],
            "name": ["匝道", "台阶", "小巷", "延陵路", ""],
            "geometry": [line(31 + k / 100) for k in range(5)],
        },
    )
    found = roads.road_blocks(frame)
    assert [block["class"] for block in found["blocks"]] == ["trunk", "primary", "minor", "foot"]
    assert found["names"] == ["", "匝道", "延陵路"]
    assert [bool(block["name"]) for block in found["blocks"]] == [True, True, False, False]


def test_units_without_people_have_no_share(tiny_plan):
    frame = tiny_plan.layers["units"].copy()
    frame.loc[0, "covered_share"] = np.nan
    found = layers.unit_levels(frame)
    assert [level["level"] for level in found] == ["district", "township"]
    assert found[0]["covered_share"] == [None]


def test_bounds_fall_back_on_whatever_there_is(tiny_plan):
    frames = emptied(tiny_plan, "units", "demand").layers
    west, south, east, north = layers.bounds(frames)
    stations = tiny_plan.layers["stations"].geometry
    assert (west, north) == pytest.approx((stations.x.min(), stations.y.max()))
    assert east > west
    assert north > south


def test_collapsed_and_mixed_shapes_are_drawn_as_far_as_they_can_be(tiny_plan):
    units = tiny_plan.layers["units"].copy()
    units.loc[1, "geometry"] = Polygon()
    routes = tiny_plan.layers["routes"].copy()
    routes.loc[0, "geometry"] = Point(119.95, 31.8)
    plan = dataclasses.replace(
        tiny_plan, layers={**tiny_plan.layers, "units": units, "routes": routes}
    )
    found = content(plan)
    assert found["units"][1]["name"] == ["郑陆镇"]
    assert (found["routes"]["id"], found["routes"]["lines"]["n"]) == (["R001"], "")


def test_leaflet_comes_whole_with_its_images():
    style = assets.leaflet_style()
    assert "images/" not in style
    assert style.count("data:image/png;base64,") == 3


def test_braces_in_names_stay_braces_and_never_become_code(tiny_plan, tmp_path):
    hostile = ["{{ 7*7 }}", "{% raw %}", "{# never closed"]
    stations = tiny_plan.layers["stations"].copy()
    stations["name"] = ["".join(hostile), "{{ cycler.__init__ }}"]
    scenario = tiny_plan.scenario.model_copy(update={"name": hostile[0] + hostile[1]})
    layers = {**tiny_plan.layers, "stations": stations}
    plan = dataclasses.replace(tiny_plan, scenario=scenario, layers=layers)
    write_map(plan, tmp_path / "map.html")
    page = (tmp_path / "map.html").read_text("utf-8")
    assert all(page.count(name) >= 1 for name in hostile)
    assert "{{ cycler.__init__ }}" in page
    assert "49" not in page[page.index("<title>") : page.index("</title>")]
