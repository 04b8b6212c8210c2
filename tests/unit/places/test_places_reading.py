"""What a village's files become, number by number."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from lastmile.places.model import DEMAND_COLUMNS, DEPOT_COLUMNS, SITE_COLUMNS, UNIT_COLUMNS


def test_every_frame_has_the_columns_of_the_contract(village, rows):
    village.write("shops.csv", "\n".join(["id,lon,lat", *rows(("s", 300, 500))]))
    village.table["candidates"] = [{"source": "points", "path": "shops.csv", "crs": "wgs84"}]
    village.table["depots"] = [{"id": "D", "lon": 119.9, "lat": 31.7}]
    places = village.accepted()
    assert tuple(places.units.columns) == UNIT_COLUMNS
    assert tuple(places.demand.columns) == DEMAND_COLUMNS
    assert tuple(places.sites.columns) == SITE_COLUMNS
    assert tuple(places.depots.columns) == DEPOT_COLUMNS
    for layer in (places.units, places.demand, places.sites, places.depots):
        assert layer.crs.to_epsg() == 4326
        assert list(layer.index) == list(range(len(layer)))


def test_units_come_coarsest_first_with_their_parents(village):
    units = village.accepted().units
    assert list(units["code"]) == ["320402", "320402001", "320402002"]
    assert list(units["parent_code"]) == ["", "320402", "320402"]
    assert list(units["settlement"]) == ["", "urban", "rural"]
    assert np.isnan(units["people"].iloc[0])


def test_a_unit_across_a_border_belongs_to_the_parent_that_it_overlaps_most(village, at):
    village.table["boundaries"].append({"path": "villages.gpkg", "level": "community"})
    corners = [at(700, 0), at(1200, 0), at(1200, 100), at(700, 100)]
    import geopandas as gpd  # noqa: PLC0415 - only this test draws a layer of its own

    layer = gpd.GeoDataFrame(
        {"code": ["320402001001"], "name": ["界村"]},
        geometry=[shapely.Polygon(corners)],
        crs="EPSG:4326",
    )
    layer.to_file(village.folder / "villages.gpkg")
    units = village.accepted().units
    assert units["parent_code"].iloc[3] == "320402001"


def test_the_first_layer_listed_bounds_the_area_whatever_its_level(village):
    village.table["boundaries"].reverse()
    village.table["boundaries"][0]["filter"] = "name == 西镇"
    places = village.accepted()
    west = places.units[places.units["name"] == "西镇"].geometry.iloc[0]
    assert places.area.equals(west)
    assert list(places.units["level"]) == ["district", "township"]
    assert list(places.demand["id"]) == ["a"]


def test_codes_that_a_spreadsheet_made_floats_are_mended(village):
    import geopandas as gpd  # noqa: PLC0415 - only this test rewrites the layer

    layer = gpd.read_file(village.folder / "townships.gpkg")
    layer["code"] = layer["code"].astype(float)
    layer.to_file(village.folder / "townships.gpkg")
    assert list(village.accepted().units["code"])[1:] == ["320402001", "320402002"]


def test_an_invalid_outline_is_mended(village, at):
    import geopandas as gpd  # noqa: PLC0415 - only this test draws a layer of its own

    bow = shapely.Polygon([at(0, 0), at(2000, 2000), at(2000, 0), at(0, 2000)])
    gpd.GeoDataFrame({"code": ["1"], "name": ["蝶"]}, geometry=[bow], crs="EPSG:4326").to_file(
        village.folder / "district.gpkg"
    )
    units = village.units()
    assert units is not None
    assert units.area.is_valid
    assert not village.faults.faults


def test_people_keep_their_numbers_unit_class_and_standard(village):
    village.table["settlement"] = {"source": "column"}
    demand = village.accepted().demand
    assert list(demand["id"]) == ["a", "b"]
    assert list(demand["people"]) == [10.0, 20.5]
    assert list(demand["unit_code"]) == ["320402001", "320402002"]
    assert list(demand["settlement"]) == ["urban", "rural"]
    assert list(demand["service_distance_m"]) == [500.0, 1000.0]


def test_a_column_of_the_table_goes_before_the_class_of_the_unit(village, rows):
    one, two = rows(("a", 100, 500), ("b", 1500, 510))
    village.people(f"id,lon,lat,people,c,s\n{one},10,220,\n{two},20,,750")
    village.table["settlement"] = {"source": "column"}
    village.table["demand"]["columns"] |= {"settlement": "c", "service_distance_m": "s"}
    demand = village.accepted().demand
    assert list(demand["settlement"]) == ["rural", "rural"]
    assert list(demand["service_distance_m"]) == [1000.0, 750.0]


def test_the_nearest_community_decides_the_class(village, rows):
    one, two = rows(("x", 0, 500), ("y", 1990, 500))
    village.write("communities.csv", f"id,lon,lat,ur_code\n{one},111\n{two},220")
    village.table["settlement"] = {
        "source": "nearest_community",
        "path": "communities.csv",
        "crs": "wgs84",
    }
    assert list(village.accepted().demand["settlement"]) == ["urban", "rural"]


def test_residents_of_a_unit_are_shared_equally_and_none_is_lost(village, rows):
    spots = [(f"p{k}", 100 + 10 * k, 500) for k in range(3)] + [("q", 1500, 500)]
    village.people("\n".join(["id,lon,lat", *rows(*spots)]))
    del village.table["demand"]["columns"]["people"]
    village.table["demand"]["people_by_unit"] = {"320402001": 1000, "320402002000": 7}
    demand = village.accepted().demand
    assert list(demand["people"]) == [333.334, 333.333, 333.333, 7.0]


def test_points_outside_the_area_are_named_not_counted(village, rows):
    one, two = rows(("近", 100, 500), ("远", 100, 2500))
    village.people(f"id,lon,lat,people\n{one},10\n{two},99")
    places = village.accepted()
    assert list(places.demand["id"]) == ["近"]
    told = [note.zh for note in places.notes]
    assert any("远" in text and "99" in text for text in told)


def test_unit_totals_are_spread_by_road_length_and_kept_exactly(village):
    village.table["demand"] = {"source": "unit_totals", "level": "township", "spacing_m": 100}
    places = village.accepted()
    totals = places.demand.groupby("unit_code")["people"].sum().round(3)
    assert dict(totals) == {"320402001": 1000.0, "320402002": 500.0}
    # The west has 3 km of street (y = 500 to x = 1000, and all of x = 500), the east 1 km.
    counts = places.demand.groupby("unit_code").size()
    assert dict(counts) == {"320402001": 30, "320402002": 10}
    assert places.demand["people"].max() == pytest.approx(50.0, abs=0.01)


def test_points_of_unit_totals_are_named_after_their_unit_and_numbered(village):
    village.table["demand"] = {"source": "unit_totals", "level": "township", "spacing_m": 100}
    demand = village.accepted().demand
    assert list(demand["name"].iloc[[0, 29, 30]]) == ["西镇 1", "西镇 30", "东镇 1"]
    assert list(demand["id"].iloc[[0, 29, 30]]) == ["320402001-1", "320402001-30", "320402002-1"]
    assert demand["name"].is_unique


def test_units_of_one_name_are_told_apart_by_their_codes(village):
    import geopandas as gpd  # noqa: PLC0415 - only this test rewrites the layer

    layer = gpd.read_file(village.folder / "townships.gpkg")
    layer["name"] = "新镇"
    layer.to_file(village.folder / "townships.gpkg")
    village.table["demand"] = {"source": "unit_totals", "level": "township"}
    names = village.accepted().demand["name"]
    assert names.is_unique
    assert names.iloc[0] == "新镇 320402001 1"


def test_a_unit_without_roads_keeps_its_people_at_a_point_inside_and_is_named(village):
    village.table["demand"] = {"source": "unit_totals", "level": "township"}
    lines = village.ground.lines.iloc[[0]]
    village.ground = type(village.ground)(lines, village.ground.junctions)
    places = village.accepted()
    east = places.demand[places.demand["unit_code"] == "320402002"]
    assert list(east["people"]) == [500.0]
    assert any("东镇" in note.zh for note in places.notes)


def test_candidates_keep_to_the_area_and_its_reach(village, rows):
    spots = [("in", 300, 500), ("near", 300, -450), ("far", 300, -550)]
    village.write("shops.csv", "\n".join(["id,lon,lat", *rows(*spots)]))
    village.table["candidates"] = [
        {"source": "points", "path": "shops.csv", "crs": "wgs84", "columns": {"id": "id"}}
    ]
    places = village.accepted()
    assert list(places.sites["id"]) == ["in", "near"]
    assert any("1 of 3 candidates" in note.en for note in places.notes)


def test_the_largest_service_distance_in_use_sets_how_far_out_candidates_may_stand(village, rows):
    village.write("shops.csv", "\n".join(["id,lon,lat", *rows(("far", 300, -550))]))
    village.table["candidates"] = [{"source": "points", "path": "shops.csv", "crs": "wgs84"}]
    village.table["settlement"] = {"source": "constant", "value": "rural"}
    assert list(village.accepted().sites["id"]) == ["far"]


def test_kind_role_cost_and_capacity_come_from_the_table_or_their_defaults(village, rows):
    one, two, three = rows(("s", 100, 500), ("t", 1500, 500), ("u", 1600, 500))
    village.write(
        "shops.csv",
        f"id,lon,lat,kind,role,cost,cap\n{one},,,,\n{two},,必选,5000,80\n{three},服务屋,禁止,,",
    )
    names = {"kind": "kind", "role": "role", "cost_yuan": "cost", "capacity": "cap", "id": "id"}
    village.table["candidates"] = [
        {"source": "points", "path": "shops.csv", "crs": "wgs84", "columns": names}
    ]
    village.table["settlement"] = {"source": "column"}
    village.table["siting"] = {"required": ["s"]}
    sites = village.accepted().sites
    assert list(sites["kind"]) == ["服务屋", "服务站", "服务屋"]
    assert list(sites["role"]) == ["required", "required", "forbidden"]
    assert list(sites["cost_yuan"]) == [80_000, 5_000, 80_000]
    assert list(sites["capacity"]) == [np.inf, 80.0, np.inf]


def test_existing_stations_come_first_and_cost_nothing(village, rows):
    village.write("open.csv", "\n".join(["id,lon,lat", *rows(("old", 200, 500))]))
    village.write("shops.csv", "\n".join(["id,lon,lat", *rows(("new", 300, 500))]))
    layer = {"crs": "wgs84", "columns": {"id": "id"}}
    village.table["existing"] = [{"path": "open.csv", **layer}]
    village.table["candidates"] = [{"source": "points", "path": "shops.csv", **layer}]
    sites = village.accepted().sites
    assert list(sites["id"]) == ["old", "new"]
    assert list(sites["role"]) == ["existing", "candidate"]
    assert list(sites["cost_yuan"]) == [0, 80_000]


def test_a_candidate_that_is_an_open_station_is_left_out_and_counted(village, rows):
    # 50 m apart is one premise, and the limit is inclusive.
    village.write("open.csv", "\n".join(["id,lon,lat", *rows(("s", 200, 500))]))
    spots = rows(("s", 249.9, 500), ("t", 200, 500))
    village.write("shops.csv", "\n".join(["id,lon,lat", *spots]))
    layer = {"crs": "wgs84", "columns": {"id": "id"}}
    village.table["existing"] = [{"path": "open.csv", **layer}]
    village.table["candidates"] = [{"source": "points", "path": "shops.csv", **layer}]
    village.table["siting"] = {"required": ["s"]}
    places = village.accepted()
    assert list(places.sites["id"]) == ["s", "t"]
    assert list(places.sites["role"]) == ["existing", "candidate"]
    assert next((p.x, p.y) for p in places.sites.geometry) == pytest.approx(
        tuple(map(float, rows(("s", 200, 500))[0].split(",")[1:]))
    )
    assert any(note.zh.startswith("1 处候选点与现有站点为同一处") for note in places.notes)
    assert any(note.en.startswith("1 candidates are existing stations") for note in places.notes)


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("1,200", 1200.0), ("1，200", 1200.0), ("12,345,678", 12_345_678.0),
        ("１２，３４５．５", 12_345.5), ("４００", 400.0), ("1,200.25", 1200.25),
    ],
)  # fmt: skip
def test_thousands_and_full_width_digits_are_read_for_what_they_are(village, rows, cell, people):
    one, two = rows(("a", 100, 500), ("b", 1500, 510))
    village.people(f'id,lon,lat,people\n{one},"{cell}"\n{two},7')
    # A filter must count as the reader does, or rows would disappear without a word.
    village.table["demand"]["filter"] = "people > 100"
    assert list(village.accepted().demand["people"]) == [people]


def test_junctions_become_candidates_at_their_spacing_inside_the_area(village, at):
    village.table["candidates"] = [{"source": "junctions", "spacing_m": 200}]
    sites = village.accepted().sites
    # 500, 550 and 800 m east lie inside; 550 is within 200 m of 500, and 2,500 is outside.
    assert list(sites["id"]) == ["j-0001", "j-0002"]
    assert [(p.x, p.y) for p in sites.geometry] == [at(500, 500), at(800, 500)]


def test_junctions_are_named_after_the_roads_that_meet_there(village, at):
    lines = village.ground.lines.copy()
    lines["name"] = ["", "中山路", "和平路"]
    lines.loc[1, "geometry"] = shapely.LineString([at(500, 500), at(800, 500), at(2000, 500)])
    village.ground = type(village.ground)(lines, village.ground.junctions)
    village.table["candidates"] = [{"source": "junctions", "spacing_m": 200}]
    # Both streets meet 500 m east; 800 m east only one passes, so the id keeps it apart.
    assert list(village.accepted().sites["name"]) == ["中山路 / 和平路", "中山路 j-0002"]


def test_junctions_of_nameless_roads_keep_their_ids(village):
    village.table["candidates"] = [{"source": "junctions", "spacing_m": 200}]
    assert list(village.accepted().sites["name"]) == ["j-0001", "j-0002"]


def test_depots_are_moved_to_wgs84_and_named(village):
    village.table["depots"] = [{"id": "D", "lon": 119.975, "lat": 31.788, "crs": "gcj02"}]
    depots = village.accepted().depots
    assert list(depots["name"]) == ["D"]
    assert depots.geometry.iloc[0].x == pytest.approx(119.9704, abs=5e-4)


def test_without_roads_every_other_fault_is_still_found(village, rows):
    village.people("id,lon,lat,people\na,120,31.8,-1\n")
    village.table["candidates"] = [{"source": "points", "path": "none.csv", "crs": "wgs84"}]
    assert village.read(ground=False) is None
    assert any("people >= 0" in text for text in village.told)
    assert any("none.csv" in text for text in village.told)


def test_reading_twice_gives_the_same_bytes(village):
    village.table["candidates"] = [{"source": "junctions"}]
    one, two = village.accepted(), village.accepted()
    for name in ("units", "demand", "sites", "depots"):
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(one, name)), pd.DataFrame(getattr(two, name))
        )
    assert one.notes == two.notes


def test_progress_is_told_from_start_to_end(village):
    from lastmile.places import read_places, read_units  # noqa: PLC0415 - only here by hand
    from lastmile.scenario import scenario_from_table  # noqa: PLC0415 - the same

    scenario = scenario_from_table(village.table, village.folder, "scenario.toml")
    units = read_units(scenario, village.faults)
    told = []
    read_places(
        scenario, units, village.ground, village.faults, lambda *state: told.append(state[:3])
    )
    assert told[0] == ("places", 0, 5)
    assert told[-1] == ("places", 5, 5)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_and_separator_is_recognised(village, at, separator, encoding):
    lon, lat = at(100, 500)
    text = f"编号,名称,经度,纬度,人口\r\n1,翠竹新村,{lon},{lat},12\r\n\r\n".replace(",", separator)
    village.people(text, encoding)
    village.table["demand"]["columns"] = {
        "id": "编号", "name": "名称", "lon": "经度", "lat": "纬度", "people": "人口",
    }  # fmt: skip
    assert list(village.accepted().demand["name"]) == ["翠竹新村"]


def test_an_excel_sheet_with_titles_above_its_header_is_read(village, at):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "人口表"
    sheet["A1"] = "东区社区人口统计表"
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append(["编号", "经度", "纬度", "人口"])
    sheet.append([320402001001.0, *at(100, 500), 12])
    book.create_sheet("说明")
    book.save(village.folder / "people.xlsx")
    village.table["demand"] |= {"path": "people.xlsx", "layer": "人口表"}
    village.table["demand"]["columns"] = {
        "id": "编号", "lon": "经度", "lat": "纬度", "people": "人口",
    }  # fmt: skip
    assert list(village.accepted().demand["id"]) == ["320402001001"]


def test_a_gbk_shapefile_without_a_code_page_is_read_as_chinese(village):
    import geopandas as gpd  # noqa: PLC0415 - only this test writes a shapefile

    layer = gpd.read_file(village.folder / "townships.gpkg")
    layer.to_file(village.folder / "old.shp", encoding="GB18030")
    (village.folder / "old.cpg").unlink()
    village.table["boundaries"][1]["path"] = "old.shp"
    assert list(village.accepted().units["name"])[1:] == ["西镇", "东镇"]


def test_a_layer_of_grid_cells_stands_for_their_middles(village, at):
    import geopandas as gpd  # noqa: PLC0415 - only this test draws a grid

    cell = shapely.Polygon([at(0, 400), at(100, 400), at(100, 500), at(0, 500)])
    gpd.GeoDataFrame({"people": [5]}, geometry=[cell], crs="EPSG:4326").to_file(
        village.folder / "grid.gpkg"
    )
    village.table["demand"] |= {"path": "grid.gpkg", "crs": "file", "columns": {"people": "people"}}
    (point,) = village.accepted().demand.geometry
    assert cell.contains(point)


def test_projected_coordinates_are_accepted(village):
    village.people("id,lon,lat,people\na,497100,3518500,3\n")
    village.table["demand"]["crs"] = "EPSG:4549"
    assert list(village.accepted().demand["unit_code"]) == ["320402001"]
