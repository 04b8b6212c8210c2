"""Every fault of users' files, told with file, place, what was found and how to mend it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import rasterio
import shapely


def only_fault(village, *, ground=True):
    assert village.read(ground=ground) is None
    (fault,) = village.faults.faults
    return fault


def candidates(village, text, **more):
    village.write("shops.csv", text)
    source = {"source": "points", "path": "shops.csv", "crs": "wgs84", "columns": {"id": "id"}}
    village.table["candidates"] = [source | more]


def raster(village, values, west, north, *, nodata=None, crs="EPSG:4326"):
    values = np.asarray(values, dtype=np.float32)
    with rasterio.open(
        village.folder / "people.tif", "w", driver="GTiff", width=values.shape[1],
        height=values.shape[0], count=1, dtype="float32", crs=crs, nodata=nodata,
        transform=rasterio.Affine(0.002, 0, west, 0, -0.002, north),
    ) as file:  # fmt: skip
        file.write(values, 1)
    village.table["demand"] = {"source": "raster", "path": "people.tif"}


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "none.gpkg"])
def test_a_missing_file(village, name):
    village.table["demand"]["path"] = name
    fault = only_fault(village)
    assert fault.file.endswith(name)
    assert fault.found == "no such file"


def test_a_missing_boundary_file_leaves_nothing_to_read(village):
    village.table["boundaries"][0]["path"] = "none.gpkg"
    assert village.units() is None
    assert "none.gpkg" in village.told[0]


def test_a_missing_column_names_those_present(village):
    village.table["demand"]["columns"]["people"] = "人口"
    fault = only_fault(village)
    assert fault.found == "id, lon, lat, people"
    assert "'人口'" in fault.expected
    assert "demand.columns" in fault.remedy


def test_a_missing_boundary_column_names_those_present(village):
    village.table["boundaries"][1]["people_column"] = "常住人口"
    village.read()
    assert "code, name, people, class" in village.told[0]


def test_a_filter_that_names_an_unknown_column(village):
    village.table["demand"]["filter"] = "id == a and level == village"
    fault = only_fault(village)
    assert "character 13" in fault.where
    assert fault.found == "column 'level'"
    assert "id, lon, lat, people" in fault.expected


def test_a_filter_that_cannot_be_read(village):
    village.table["demand"]["filter"] = "id == "
    fault = only_fault(village)
    assert "character 6" in fault.where
    assert "demand.filter" in fault.remedy


def test_a_filter_that_keeps_no_row(village):
    village.table["demand"]["filter"] = "id == z"
    assert "0 of 2 rows" in only_fault(village).found


def test_boundaries_that_are_empty_after_their_filter(village):
    village.table["boundaries"][0]["filter"] = "name == 无此区"
    assert village.units() is None
    assert "0 of 1 rows" in village.told[0]


def test_boundaries_without_any_feature(village):
    empty = gpd.read_file(village.folder / "district.gpkg").iloc[:0]
    empty.to_file(village.folder / "district.gpkg")
    assert village.units() is None
    assert "no rows" in village.told[0]


def test_boundaries_that_are_lines(village):
    lines = gpd.GeoDataFrame(
        {"code": ["1"], "name": ["线"]},
        geometry=[shapely.LineString([(120, 31), (121, 32)])],
        crs="EPSG:4326",
    )
    lines.to_file(village.folder / "district.gpkg")
    assert village.units() is None
    assert "expected a polygon" in village.told[0]


def test_boundaries_in_metres_stated_as_degrees(village):
    layer = gpd.read_file(village.folder / "district.gpkg").to_crs("EPSG:4549")
    layer.set_crs("EPSG:4326", allow_override=True).to_file(village.folder / "district.gpkg")
    assert village.units() is None
    assert "within 180" in village.told[0]


def test_two_units_with_one_code(village):
    layer = gpd.read_file(village.folder / "townships.gpkg")
    layer["code"] = "320402001"
    layer.to_file(village.folder / "townships.gpkg")
    fault = only_fault(village)
    assert fault.where == "feature 2, column code"
    assert "as in feature 1" in fault.found


def test_one_code_at_two_levels(village):
    layer = gpd.read_file(village.folder / "townships.gpkg")
    layer["code"] = ["320402", "320402002"]
    layer.to_file(village.folder / "townships.gpkg")
    assert "as in feature 1 of district.gpkg (district)" in only_fault(village).found


def test_negative_and_unreadable_people_are_told_row_by_row(village, rows):
    lines = rows(("a", 100, 500), ("b", 200, 500), ("c", 300, 500), ("d", 400, 500))
    cells = ["-3", "许多", "", "7"]
    village.people("\n".join(["id,lon,lat,people", *map(",".join, zip(lines, cells, strict=True))]))
    assert village.read() is None
    assert [(fault.where, fault.found) for fault in village.faults.faults] == [
        ("row 2, column people", "'-3'"),
        ("row 3, column people", "'许多'"),
        ("row 4, column people", "nothing"),
    ]


def test_coordinates_that_are_missing_or_no_numbers(village, rows):
    (good,) = rows(("a", 100, 500))
    village.people(f"id,lon,lat,people\n{good},1\nb,,31.8,1\nc,NaN,31.8,1\nd,120,北方,1\n")
    assert village.read() is None
    assert [(fault.where, fault.found) for fault in village.faults.faults] == [
        ("row 3, column lon", "nothing"),
        ("row 4, column lon", "'NaN'"),
        ("row 5, column lat", "'北方'"),
    ]
    assert 'demand.filter = "lon is present"' in village.faults.faults[0].remedy


def test_many_like_faults_are_counted_beyond_twenty(village):
    village.people("id,lon,lat,people\n" + "".join(f"r{k},120,,1\n" for k in range(51)))
    assert village.read() is None
    assert len(village.faults.faults) == 21
    assert village.faults.faults[-1].found == "the same in 31 more rows"


def test_coordinates_the_wrong_way_round(village, at):
    lon, lat = at(100, 500)
    village.people(f"id,lon,lat,people\na,{lat},{lon},1\n")
    assert "exchange lon and lat" in only_fault(village).remedy


def test_ids_used_twice_or_left_empty(village, rows):
    one, two, three = rows(("a", 100, 500), ("a", 200, 500), ("", 300, 500))
    village.people(f"id,lon,lat,people\n{one},1\n{two},1\n{three},1\n")
    assert village.read() is None
    assert [fault.where for fault in village.faults.faults] == [
        "row 4, column id",
        "row 3, column id",
    ]


def test_a_code_that_a_spreadsheet_rounded(village, rows):
    (one,) = rows(("3.20402E+11", 100, 500))
    village.people(f"id,lon,lat,people\n{one},1\n")
    assert "as text" in only_fault(village).remedy


def test_a_class_that_is_neither_urban_nor_rural(village, rows):
    (one,) = rows(("a", 100, 500))
    village.people(f"id,lon,lat,people,class\n{one},1,999\n")
    village.table["demand"]["columns"]["settlement"] = "class"
    assert only_fault(village).found == "'999'"


@pytest.mark.parametrize("where", ["points", "units", "communities"])
def test_a_class_at_fault_is_not_told_a_second_time_as_missing(village, rows, where):
    del village.table["boundaries"][1]["settlement_column"]
    village.table["settlement"] = {"source": "column"}
    one, two = rows(("a", 100, 500), ("b", 1500, 510))
    if where == "points":
        village.people(f"id,lon,lat,people,class\n{one},1,999\n{two},1,111\n")
        village.table["demand"]["columns"]["settlement"] = "class"
    elif where == "units":
        layer = gpd.read_file(village.folder / "townships.gpkg")
        layer["class"] = ["111", "999"]
        layer.to_file(village.folder / "townships.gpkg")
        village.table["boundaries"][1]["settlement_column"] = "class"
    else:
        village.write("communities.csv", f"id,lon,lat,ur_code\n{one},111\n{two},999")
        village.table["settlement"] = {
            "source": "nearest_community", "path": "communities.csv", "crs": "wgs84",
        }  # fmt: skip
    assert only_fault(village).found == "'999'"


def test_a_class_that_is_missing_is_told_beside_one_at_fault(village, rows):
    del village.table["boundaries"][1]["settlement_column"]
    village.table["settlement"] = {"source": "column"}
    one, two = rows(("a", 100, 500), ("b", 1500, 510))
    village.people(f"id,lon,lat,people,class\n{one},1,999\n{two},1,\n")
    village.table["demand"]["columns"]["settlement"] = "class"
    assert village.read() is None
    assert [fault.found.partition(",")[0] for fault in village.faults.faults] == [
        "'999'",
        "no class for 1 of 2 points",
    ]


def test_people_at_fault_are_not_told_a_second_time_as_nobody(village, rows):
    village.people("id,lon,lat,people\n" + rows(("a", 100, 500))[0] + ",许多\n")
    assert only_fault(village).found == "'许多'"


@pytest.mark.parametrize(
    "cell", ["1,2", "12,34", "1,0000", "0,500", "1.200,5", "1 200", "1,200,30", "１，２"]
)
def test_separators_that_can_be_read_in_two_ways_are_refused(village, rows, cell):
    village.people("id,lon,lat,people\n" + rows(("a", 100, 500))[0] + f',"{cell}"\n')
    fault = only_fault(village)
    assert fault.where == "row 2, column people"
    assert fault.found == f"{cell!r}, whose separators can be read in two ways"
    assert "such as 1,200" in fault.expected
    assert fault.remedy == "write the number without separators"


@pytest.mark.parametrize("cell", ["10²", "①", "约1,200", "许多", "-"])
def test_what_is_no_number_is_told_as_none(village, rows, cell):
    village.people("id,lon,lat,people\n" + rows(("a", 100, 500))[0] + f',"{cell}"\n')
    assert only_fault(village).expected == "a number of people"


@pytest.mark.parametrize("cell", ["-1,200", "-0.5"])
def test_a_number_out_of_range_is_told_with_the_range(village, rows, cell):
    village.people("id,lon,lat,people\n" + rows(("a", 100, 500))[0] + f',"{cell}"\n')
    assert only_fault(village).expected == "people >= 0"


def test_demand_without_any_class_when_columns_should_give_it(village):
    village.table["settlement"] = {"source": "column"}
    del village.table["boundaries"][1]["settlement_column"]
    assert "no class for 2 of 2 points" in only_fault(village).found


def test_people_stated_twice_or_not_at_all(village):
    village.table["demand"]["people_by_unit"] = {"320402": 5}
    assert only_fault(village).found == "both"
    village.faults.faults.clear()
    village.table["demand"] |= {"people_by_unit": {}, "columns": {"people": ""}}
    assert only_fault(village).found == "neither"


def test_people_of_an_unknown_unit_and_of_one_without_points(village, rows):
    village.people("\n".join(["id,lon,lat", *rows(("a", 100, 500))]))
    del village.table["demand"]["columns"]["people"]
    village.table["demand"]["people_by_unit"] = {"320402001": 5, "320402002": 6, "999": 7}
    assert village.read() is None
    assert [fault.where for fault in village.faults.faults] == [
        "demand.people_by_unit.320402002",
        "demand.people_by_unit.999",
    ]


def test_demand_that_lies_wholly_outside(village, rows):
    village.people("id,lon,lat,people\n" + rows(("a", 100, 9000))[0] + ",1\n")
    assert "no point with people inside the area" in only_fault(village).found


def test_totals_at_a_level_without_boundaries_or_people(village):
    village.table["demand"] = {"source": "unit_totals", "level": "community"}
    assert "boundaries hold district, township" in only_fault(village).found
    village.faults.faults.clear()
    village.table["demand"] = {"source": "unit_totals", "level": "district"}
    assert "no people for 东区" in only_fault(village).found


def test_an_id_in_siting_that_is_no_candidate(village, rows):
    candidates(village, "\n".join(["id,lon,lat", *rows(("B001", 300, 500))]))
    village.table["siting"] = {"required": ["B002"]}
    fault = only_fault(village)
    assert fault.where == "siting.required"
    assert "'B001'" in fault.remedy


def test_a_site_both_required_and_forbidden(village, rows):
    candidates(village, "\n".join(["id,lon,lat", *rows(("s", 300, 500))]))
    village.table["siting"] = {"required": ["s"], "forbidden": ["s"]}
    assert village.read() is None
    assert all("one role for each site" in text for text in village.told)


def test_an_existing_station_that_is_forbidden(village, rows):
    village.write("open.csv", "\n".join(["id,lon,lat", *rows(("old", 200, 500))]))
    village.table["existing"] = [{"path": "open.csv", "crs": "wgs84", "columns": {"id": "id"}}]
    village.table["siting"] = {"forbidden": ["old"]}
    assert "existing in" in only_fault(village).found


def stations(village, *lines):
    village.write("open.csv", "\n".join(["id,lon,lat", *lines]))
    village.table["existing"] = [{"path": "open.csv", "crs": "wgs84", "columns": {"id": "id"}}]


def test_an_id_shared_by_a_candidate_and_a_station_elsewhere(village, rows):
    candidates(village, "\n".join(["id,lon,lat", *rows(("s", 300, 500))]))
    stations(village, *rows(("s", 249, 500)))
    fault = only_fault(village)
    assert "shops.csv, row 2" in fault.file
    assert "open.csv, row 2, where another place is meant" in fault.found
    assert "filter = 'not (COLUMN in \"s\")'" in fault.remedy
    assert "columns.id" not in fault.remedy


def test_an_id_shared_by_two_candidate_tables_at_two_places(village, rows):
    candidates(village, "\n".join(["id,lon,lat", *rows(("s", 300, 500))]))
    village.write("more.csv", "\n".join(["id,lon,lat", *rows(("s", 351, 500))]))
    (source,) = village.table["candidates"]
    village.table["candidates"].append(source | {"path": "more.csv"})
    assert only_fault(village).found.endswith("shops.csv, row 2")


def test_the_remedy_for_shared_ids_is_a_filter_that_works(village, rows):
    candidates(village, "\n".join(["id,lon,lat", *rows(("s (1)", 300, 500), ("t", 400, 500))]))
    stations(village, *rows(("s (1)", 1200, 500)))
    told = only_fault(village).remedy.partition("filter = '")[2].partition("'")[0]
    village.faults.faults.clear()
    village.table["candidates"][0]["filter"] = told.replace("COLUMN", "id")
    assert list(village.accepted().sites["id"]) == ["s (1)", "t"]


def test_many_shared_ids_are_counted_beyond_twenty(village, rows):
    spots = [(f"s{k}", 300 + k, 500) for k in range(53)]
    candidates(village, "\n".join(["id,lon,lat", *rows(*spots)]))
    stations(village, *rows(*[(name, x + 500, y) for name, x, y in spots]))
    assert village.read() is None
    assert len(village.faults.faults) == 21
    assert village.faults.faults[-1].found == "33 more such ids"
    assert village.faults.faults[-1].file.endswith("shops.csv, other rows")


def test_a_role_and_a_kind_that_do_not_exist(village, rows):
    (one,) = rows(("s", 300, 500))
    names = {"id": "id", "kind": "kind", "role": "role"}
    candidates(village, f"id,lon,lat,kind,role\n{one},商店,也许\n", columns=names)
    assert village.read() is None
    assert {fault.found for fault in village.faults.faults} == {"'商店'", "'也许'"}


def test_candidates_that_are_all_far_away(village, rows):
    candidates(village, "\n".join(["id,lon,lat", *rows(("s", 300, 90_000))]))
    assert "none within 500 m" in only_fault(village).found


def test_a_table_that_states_no_system_must_be_told_one(village):
    village.table["demand"]["crs"] = "file"
    assert "gcj02 (Amap)" in only_fault(village).remedy


def test_an_unknown_epsg_code(village):
    village.table["demand"]["crs"] = "EPSG:999999"
    assert "EPSG:999999" in only_fault(village).found


def test_two_depots_with_one_id(village, rows):
    village.write("depots.csv", "\n".join(["id,lon,lat", *rows(("D", 200, 500))]))
    village.table["depots"] = [
        {"id": "D", "lon": 119.97, "lat": 31.78},
        {"source": "points", "path": "depots.csv", "crs": "wgs84", "columns": {"id": "id"}},
    ]
    assert "depot id 'D'" in only_fault(village).found


def test_a_csv_row_with_too_many_cells(village):
    village.people("id,lon,lat,people\na,120,31.8,1\nb,120,31.8,1,2,3\n")
    assert village.read() is None
    fault = village.faults.faults[0]
    assert (fault.where, fault.found) == ("row 3", "6 cells")


def test_bytes_that_are_no_table(village):
    (village.folder / "people.csv").write_bytes(bytes(range(256)))
    assert "no text" in only_fault(village).found


def test_two_columns_with_one_name(village):
    village.people("id,lon,lat,people,people\na,120,31.8,1,2\n")
    assert "two columns named people" in only_fault(village).found


def test_a_workbook_that_is_none_and_a_sheet_that_is_not_there(village):
    village.write("people.xlsx", "not a workbook")
    village.table["demand"]["path"] = "people.xlsx"
    assert "no readable workbook" in only_fault(village).found
    village.faults.faults.clear()
    openpyxl.Workbook().save(village.folder / "people.xlsx")
    village.table["demand"]["layer"] = "人口"
    assert "sheets Sheet" in only_fault(village).found


def test_a_vector_file_that_is_none_and_a_layer_that_is_not_there(village):
    village.table["boundaries"][1]["layer"] = "街道"
    village.read()
    assert "layers townships" in village.told[0]
    village.faults.faults.clear()
    village.write("townships.gpkg", "not a database")
    del village.table["boundaries"][1]["layer"]
    village.read()
    assert "no readable layer" in village.told[0]


def test_a_raster_that_does_not_touch_the_area(village):
    raster(village, [[1.0, 2.0]], 100.0, 20.0)
    fault = only_fault(village)
    assert "100–100.004" in fault.found
    assert "touches the area" in fault.expected


def test_a_raster_that_is_none(village):
    village.write("people.tif", "not a raster")
    village.table["demand"] = {"source": "raster", "path": "people.tif"}
    assert "no readable raster" in only_fault(village).found


def test_a_raster_band_that_is_not_there(village, at):
    raster(village, [[1.0]], *at(900, 1100))
    village.table["demand"]["band"] = 3
    assert only_fault(village).expected == "a band 3"


def test_negative_people_in_a_raster(village, at):
    raster(village, [[5.0, -9999.0]], *at(900, 1100))
    assert "-9999 people" in only_fault(village).found


def test_a_raster_in_which_nobody_lives(village, at):
    raster(village, [[0.0, np.nan]], *at(900, 1100))
    assert "no populated cell" in only_fault(village).found


@pytest.mark.parametrize("nodata", [None, -9999.0, -np.inf])
def test_cells_without_data_hold_nobody_and_centres_decide(village, at, nodata):
    west, north = at(900, 1100)
    empty = np.nan if nodata is None else nodata
    raster(village, [[5.0, empty, np.inf, 3.0, 0.0], [7.0] * 5], west, north, nodata=nodata)
    demand = village.accepted().demand
    assert list(demand["id"])[:3] == ["r0c0", "r0c3", "r1c0"]
    assert demand.geometry.iloc[0].x == pytest.approx(west + 0.001)
    assert demand.geometry.iloc[0].y == pytest.approx(north - 0.001)
    assert list(demand["people"])[:3] == [5.0, 3.0, 7.0]


def test_the_part_of_the_area_beyond_the_raster_is_told(village, at):
    raster(village, np.ones((20, 5)), at(0, 0)[0], at(0, 2000)[1] + 0.004)
    assert any("km² of the area" in note.en for note in village.accepted().notes)
