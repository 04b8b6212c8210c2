"""Outlines as they come: rings left open, empty layers, shapes over each other."""

import json

import geopandas as gpd
import pytest

from lastmile import pipeline
from lastmile.errors import InputError
from lastmile.pipeline.inputs import hashes
from lastmile.scenario import read_scenario


def changed(town, name, change):
    path = town.parent / name
    content = json.loads(path.read_text("utf-8"))
    change(content["features"])
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_scenario(town)


@pytest.mark.parametrize("keep", [slice(None, -1), slice(2)])
def test_a_ring_that_does_not_close_is_told_with_its_row(town, keep):
    def cut(features):
        ring = features[1]["geometry"]["coordinates"]
        ring[0] = ring[0][keep]

    with pytest.raises(InputError, match=r"townships\.geojson, feature 2.*no area"):
        pipeline.check(changed(town, "townships.geojson", cut))


def test_a_boundary_file_without_features_is_called_empty(town):
    with pytest.raises(InputError, match=r"district\.geojson: found no features"):
        pipeline.check(changed(town, "district.geojson", lambda features: features.clear()))


def test_units_over_each_other_are_told(town):
    def cover(features):
        features[1]["geometry"] = features[0]["geometry"]

    inputs, _ = pipeline.check(changed(town, "townships.geojson", cover))
    assert any("西街道 与 东镇" in note.zh for note in inputs.places.notes)


def test_units_that_share_only_a_border_are_not_told(town):
    inputs, _ = pipeline.check(read_scenario(town))
    assert not any("重叠" in note.zh for note in inputs.places.notes)


def test_an_outline_that_crosses_itself_is_mended_and_told(town):
    def twist(features):
        ring = features[0]["geometry"]["coordinates"][0]
        ring[1], ring[2] = ring[2], ring[1]

    inputs, _ = pipeline.check(changed(town, "townships.geojson", twist))
    assert any("自相交" in note.zh for note in inputs.places.notes)


@pytest.mark.parametrize("crs", ["EPSG:5773", "EPSG:4978"])
def test_a_system_that_tells_no_place_is_refused(town, crs):
    text = town.read_text("utf-8").replace(
        '"shops.csv"\ncrs = "wgs84"', f'"shops.csv"\ncrs = "{crs}"'
    )
    town.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="tells no place on a map"):
        pipeline.check(read_scenario(town))


def test_a_shapefile_is_known_by_all_its_parts(town):
    folder = town.parent
    gpd.read_file(folder / "district.geojson").to_file(folder / "district.shp", encoding="utf-8")
    town.write_text(town.read_text("utf-8").replace("district.geojson", "district.shp"), "utf-8")
    scenario = read_scenario(town)
    before = hashes(scenario)
    table = (folder / "district.dbf").read_bytes()
    (folder / "district.dbf").write_bytes(table.replace("天宁区".encode(), "武进区".encode()))
    changed_parts = [a for a, b in zip(before, hashes(scenario), strict=True) if a != b]
    assert [entry["path"] for entry in changed_parts] == ["district.shp"]


def test_routes_do_not_depend_on_the_order_of_rows(town):
    plan = pipeline.plan(read_scenario(town))
    shops = town.parent / "shops.csv"
    header, *rows = shops.read_text("utf-8").splitlines()
    shops.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    again = pipeline.plan(read_scenario(town))
    for name in ("routes", "stops"):
        assert plan.layers[name].equals(again.layers[name])


def test_a_premise_listed_as_shop_and_as_station_is_the_station(town):
    shops = (town.parent / "shops.csv").read_text("utf-8").splitlines()
    (town.parent / "open.csv").write_text("\n".join(shops[:2]) + "\n", encoding="utf-8")
    existing = (
        '[[existing]]\npath = "open.csv"\ncrs = "wgs84"\ncolumns = { id = "id", name = "name" }\n'
    )
    text = town.read_text("utf-8").replace("[[depots]]", existing + "\n[[depots]]")
    town.write_text(text, encoding="utf-8")
    inputs, _ = pipeline.check(read_scenario(town))
    roles = inputs.places.sites.set_index("id")["role"]
    assert roles["s1"] == "existing"
    assert roles.index.is_unique
    assert any("按现有站点计" in note.zh for note in inputs.places.notes)


def test_one_id_in_two_places_is_still_a_fault(town):
    shops = (town.parent / "shops.csv").read_text("utf-8").splitlines()
    moved = shops[1].replace("31.7800", "31.7830")
    assert moved != shops[1]
    (town.parent / "open.csv").write_text(f"{shops[0]}\n{moved}\n", encoding="utf-8")
    existing = (
        '[[existing]]\npath = "open.csv"\ncrs = "wgs84"\ncolumns = { id = "id", name = "name" }\n'
    )
    town.write_text(
        town.read_text("utf-8").replace("[[depots]]", existing + "\n[[depots]]"), encoding="utf-8"
    )
    with pytest.raises(InputError, match="id 's1', as in"):
        pipeline.check(read_scenario(town))


@pytest.mark.parametrize(
    ("cell", "people"), [('"４００"', 400.0), ("400.0", 400.0), ('"1,400"', 1400.0)]
)
def test_people_are_read_however_they_are_written(town, cell, people):
    table = town.parent / "people.csv"
    text = table.read_text("utf-8").replace(",400,urban", f",{cell},urban")
    table.write_text(text, encoding="utf-8")
    inputs, _ = pipeline.check(read_scenario(town))
    assert inputs.places.demand["people"].iloc[0] == people


def test_a_comma_that_groups_no_thousands_is_refused(town):
    table = town.parent / "people.csv"
    table.write_text(table.read_text("utf-8").replace(",400,urban", ',"1,4",urban'), "utf-8")
    with pytest.raises(InputError, match="found '1,4', whose separators"):
        pipeline.check(read_scenario(town))
