"""Bad input ends in one message with every fault, exit code 2, and nothing written."""

import io
import json
import re
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import rasterio
from affine import Affine
from typer.testing import CliRunner

from lastmile.cli import app


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def expect_refusal(scenario, *told):
    output = scenario.parent / "plan"
    result = CliRunner().invoke(app, ["plan", str(scenario), "-o", str(output)])
    assert result.exit_code == 2, result.output
    assert not output.exists()
    assert not [item for item in scenario.parent.iterdir() if item.name.startswith(".")]
    message = re.sub(r"\s+", " ", result.output)
    for text in told:
        assert text in message
    assert "Traceback" not in message
    return message


def test_a_missing_file(town):
    (town.parent / "people.csv").unlink()
    expect_refusal(town, "people.csv", "no such file")


def test_a_missing_column(town):
    edit(town, 'people = "people"', 'people = "residents"')
    expect_refusal(town, "people.csv", "residents")


def test_an_unknown_key(town):
    edit(town, "curve_p", "curv_p")
    expect_refusal(town, "unknown key 'curv_p'", "write 'curve_p'")


def test_an_empty_boundary(town):
    empty = gpd.GeoDataFrame({"code": [], "name": []}, geometry=[], crs="EPSG:4326")
    (town.parent / "district.geojson").unlink()
    empty.to_file(town.parent / "district.geojson")
    expect_refusal(town, "district.geojson")


def test_points_off_the_network(town):
    rows = (town.parent / "people.csv").read_text("utf-8").splitlines()
    moved = [rows[0], *(re.sub(r",31\.\d+,", ",31.7935,", row) for row in rows[1:])]
    (town.parent / "people.csv").write_text("\n".join(moved), encoding="utf-8")
    expect_refusal(town, "from any walkable road", "max_off_network_share")


def test_a_depot_off_the_network(town):
    edit(town, "lat = 31.7801", "lat = 31.7901")
    expect_refusal(town, "depot D1", "drivable road")


def test_negative_people(town):
    edit(town.parent / "people.csv", ",300,urban", ",-300,urban")
    expect_refusal(town, "people.csv", "row 3", "-300")


@pytest.mark.parametrize("value", ["", "nan", "近桥头"])
def test_coordinates_that_are_no_numbers(town, value):
    text = (town.parent / "people.csv").read_text("utf-8")
    (town.parent / "people.csv").write_text(
        re.sub(r"(p2,南街),[\d.]+,", rf"\1,{value},", text), encoding="utf-8"
    )
    expect_refusal(town, "people.csv", "row 3")


@pytest.mark.parametrize("name", ["roads.osm", "roads.osm.pbf"])
def test_an_unreadable_road_file(town, name):
    edit(town, "roads.osm", name)
    (town.parent / name).write_bytes(b"\x00\x01 not a road in sight")
    expect_refusal(town, name)


@pytest.mark.real_data
def test_a_truncated_pbf(town, shared_data):
    whole = (shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf").read_bytes()
    edit(town, "roads.osm", "roads.osm.pbf")
    (town.parent / "roads.osm.pbf").write_bytes(whole[: len(whole) * 2 // 3])
    expect_refusal(town, "roads.osm.pbf")


def test_a_raster_that_does_not_touch_the_area(town):
    with rasterio.open(
        town.parent / "people.tif",
        "w",
        driver="GTiff",
        width=4,
        height=4,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=Affine(0.001, 0.0, 100.0, 0.0, -0.001, 20.0),
    ) as raster:
        raster.write(np.ones((1, 4, 4), np.float32))
    text = town.read_text("utf-8")
    start, end = text.index("[demand]"), text.index("[settlement]")
    raster_demand = '[demand]\nsource = "raster"\npath = "people.tif"\n\n'
    text = text[:start] + raster_demand + text[end:].replace('"column"', '"constant"')
    town.write_text(text, encoding="utf-8")
    expect_refusal(town, "people.tif")


def test_a_curve_below_what_is_required(town):
    edit(town, "[siting]", '[siting]\nrequired = ["s1", "s2"]')
    expect_refusal(town, "siting.curve_p", "1 new stations", "at least the 2 that are required")


def test_more_stations_than_candidates(town):
    edit(town, "[siting]", '[siting]\ngoal = "mclp"\np = 7')
    expect_refusal(town, "siting.p", "7 new stations", "3 candidates")


def test_a_stop_larger_than_any_vehicle(town):
    town.write_text(
        town.read_text("utf-8") + '[[routing.vehicles]]\nid = "小车"\ncapacity_parcels = 20\n',
        encoding="utf-8",
    )
    expect_refusal(town, "桥头便利店", "28 parcels", "split_loads")


def test_a_required_site_that_no_table_holds(town):
    edit(town, "[siting]", '[siting]\nrequired = ["s77"]')
    expect_refusal(town, "s77")


def test_a_vehicle_at_a_depot_that_does_not_exist(town):
    town.write_text(
        town.read_text("utf-8") + '[[routing.vehicles]]\nid = "车"\ndepots = ["D9"]\n',
        encoding="utf-8",
    )
    expect_refusal(town, "D9", "ids among D1")


def test_every_fault_of_every_file_at_once(town):
    edit(town.parent / "people.csv", ",300,urban", ",-300,urban")
    edit(town, "type contains", "typ contains")
    (town.parent / "roads.osm").unlink()
    message = expect_refusal(town, "roads.osm", "-300", "typ")
    assert "3 faults in the input" in message


@pytest.mark.real_data
def test_gcj02_points_stated_as_wgs84_are_noticed(repository, shared_data, tmp_path):
    text = (repository / "tests" / "scenarios" / "xuhui.toml").read_text("utf-8")
    text = text.replace("../../../shared/data", str(shared_data))
    assert 'crs = "gcj02"' in text
    (tmp_path / "xuhui.toml").write_text(text.replace('"gcj02"', '"wgs84"'), encoding="utf-8")
    expect_refusal(tmp_path / "xuhui.toml", "poi_amap_gcj02.csv", "gcj02", "wgs84")


def test_an_output_folder_of_other_things(town):
    output = town.parent / "letters"
    output.mkdir()
    (output / "a.txt").write_text("keep me")
    result = CliRunner().invoke(app, ["plan", str(town), "-o", str(output)])
    assert result.exit_code == 2
    assert [item.name for item in output.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("table", "line", "told"),
    [
        ("[routing]", "vehicles = []", "routing.vehicles"),
        ("[routing]", 'station_opens = "07:00Z"', "without a time zone"),
        ("[routing]", 'station_opens = "19:00"', "a station_closes that does not come before"),
        ("[routing]", "parcels_per_person_day_urban = 1e300", "at most"),
        ("[routing]", "service_s_per_stop = 1e300", "at most"),
        ("[siting]", "costs = { service_house_yuan = 9_000_000_000_000_000_000 }", "at most"),
        ("[roads]", "min_component_m = inf", "finite"),
    ],
)
def test_values_that_make_no_sense(town, table, line, told):
    edit(town, table, f"{table}\n{line}")
    expect_refusal(town, told)


@pytest.mark.parametrize("shift", ['shift_start = "07:00+08:00"', "shift_end = 3", "shift_end = 1"])
def test_shifts_that_are_no_local_times(town, shift):
    town.write_text(town.read_text("utf-8") + f'[[routing.vehicles]]\nid = "v"\n{shift}\n', "utf-8")
    expect_refusal(town, "a local time such as 07:00")


@pytest.mark.parametrize("distance_m", ["1e9", "1e300", "nan"])
def test_service_distances_that_nobody_walks(town, distance_m):
    text = town.read_text("utf-8") + f"[service_distance]\nurban_m = {distance_m}\n"
    town.write_text(text, encoding="utf-8")
    expect_refusal(town, "service_distance.urban_m")


@pytest.mark.parametrize("people", ["1e11", "1e300", "9" * 30])
def test_more_people_than_the_world_has(town, people):
    edit(town.parent / "people.csv", ",300,urban", f",{people},urban")
    expect_refusal(town, "people.csv", "row 3", "at most 10,000,000,000")


def test_a_cell_of_a_million_characters_is_told_in_a_few(town):
    edit(town.parent / "people.csv", ",300,urban", f",{'x' * 1_000_000},urban")
    assert len(expect_refusal(town, "people.csv", "row 3", "1,000,002 characters")) < 2_000


def test_a_cell_of_control_characters_does_not_reach_the_terminal(town):
    edit(town.parent / "people.csv", ",300,urban", ",\x1b[2J\x07,urban")
    assert "\x1b" not in expect_refusal(town, "people.csv", "row 3")


def test_blank_lines_above_the_header_do_not_shift_the_rows_named(town):
    file = town.parent / "people.csv"
    file.write_text("\n\n" + file.read_text("utf-8").replace(",300,", ",-300,"), encoding="utf-8")
    expect_refusal(town, "row 5, column people", "-300")


def test_visits_without_end(town):
    edit(town, "[routing]", "[routing]\nsplit_loads = true\nparcels_per_person_day_urban = 1000.0")
    town.write_text(
        town.read_text("utf-8") + '[[routing.vehicles]]\nid = "车"\ncapacity_parcels = 1\n',
        encoding="utf-8",
    )
    expect_refusal(town, "visits a day", "at most 20,000")


def test_an_id_that_reads_like_a_second_visit(town):
    edit(town.parent / "shops.csv", "s2,", "s1#1,")
    edit(town, "[routing]", "[routing]\nsplit_loads = true")
    town.write_text(
        town.read_text("utf-8") + '[[routing.vehicles]]\nid = "车"\ncapacity_parcels = 8\n',
        encoding="utf-8",
    )
    expect_refusal(town, "s1#1", "rename the site")


def test_a_depot_may_have_the_id_of_a_station(town):
    edit(town, 'id = "D1"', 'id = "s1"')
    output = town.parent / "plan"
    result = CliRunner().invoke(app, ["plan", str(town), "-o", str(output)])
    assert result.exit_code == 0, result.output
    assert set(gpd.read_file(output / "plan.gpkg", layer="routes")["depot_id"]) == {"s1"}


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Point", "coordinates": [float("nan"), 31.78]},
        {"type": "GeometryCollection", "geometries": []},
        None,
    ],
)
def test_features_without_a_place_among_lines_and_points(town, shape):
    whole = {"type": "LineString", "coordinates": [[119.95, 31.78], [119.96, 31.78]]}
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"p{k}", "name": "里", "people": 5, "class": "urban"},
            "geometry": geometry,
        }
        for k, geometry in enumerate((whole, shape), 1)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    (town.parent / "people.geojson").write_text(content, encoding="utf-8")
    edit(town, "people.csv", "people.geojson")
    expect_refusal(town, "people.geojson", "feature 2, column geometry")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<no xml"])
def test_a_workbook_damaged_inside(town, part, content):
    whole = io.BytesIO()
    openpyxl.Workbook().save(whole)
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(town.parent / "people.xlsx", "w") as damaged,
    ):
        for name in source.namelist():
            damaged.writestr(name, content if name == part else source.read(name))
    edit(town, "people.csv", "people.xlsx")
    expect_refusal(town, "people.xlsx", "no readable workbook")


@pytest.mark.parametrize("old", ['node id="3"', 'nd ref="3"'])
def test_road_ids_that_are_no_numbers(town, old):
    edit(town.parent / "roads.osm", old, old.replace("3", "三"))
    expect_refusal(town, "roads.osm", "cannot be read to its end")


def test_names_of_files_that_no_disk_takes(town):
    edit(town, '"roads.osm"', f'"{"x" * 5000}"')
    edit(town, '"people.csv"', '"."')
    message = expect_refusal(town, "a folder", "name too long")
    assert "2 faults" in message


def raster_demand(town, cells, step=None, **keys):
    height, width = cells.shape
    step = step or Affine(0.001, 0.0, 119.94, 0.0, -0.001, 31.80)
    with rasterio.open(
        town.parent / "people.tif", "w", driver="GTiff", width=width, height=height, count=1,
        dtype=cells.dtype, crs="EPSG:4326", transform=step,
    ) as raster:  # fmt: skip
        raster.write(cells[None])
    text = town.read_text("utf-8")
    start, end = text.index("[demand]"), text.index("[settlement]")
    lines = [f'{key} = "{value}"\n' for key, value in keys.items()]
    table = '[demand]\nsource = "raster"\npath = "people.tif"\n' + "".join(lines)
    text = text[:start] + table + text[end:].replace('"column"', '"constant"')
    town.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("value", [3.4e38, -3.4e38])
def test_raster_cells_of_an_undeclared_nodata_value(town, value):
    cells = np.ones((30, 50), np.float32)
    cells[12, 25] = value
    raster_demand(town, cells)
    expect_refusal(town, "people.tif", "row 12, column 25", "nodata")


def test_rasters_without_a_system_a_size_or_numbers(town):
    raster_demand(town, np.ones((4, 4), np.float32), crs="EPSG:99999")
    expect_refusal(town, "people.tif", "EPSG:99999")
    edit(town, 'crs = "EPSG:99999"', 'crs = "wgs84"')
    folder = town.parent
    with rasterio.open(folder / "people.tif", "r+") as raster:
        raster.transform = Affine(0.0, 0.0, 119.94, 0.0, 0.0, 31.80)
    expect_refusal(town, "people.tif", "without a size")


def test_unit_totals_that_come_to_nobody(town):
    text = town.read_text("utf-8").replace('"column"', '"constant"')
    start, end = text.index("[demand]"), text.index("[settlement]")
    table = '[demand]\nsource = "unit_totals"\nlevel = "township"\n\n'
    text = text[:start] + table + text[end:]
    level = 'level = "township"\n\n[demand]'
    assert level in text
    text = text.replace(level, f'people_column = "people"\n{level}')
    town.write_text(text, encoding="utf-8")
    units = gpd.read_file(town.parent / "townships.geojson")
    units["people"] = 0.0001
    units.to_file(town.parent / "townships.geojson")
    expect_refusal(town, "less than a thousandth of a person")


def test_boundaries_may_stand_in_a_file_geodatabase(town):
    units = gpd.read_file(town.parent / "district.geojson")
    units.to_file(town.parent / "district.gdb", driver="OpenFileGDB", layer="district")
    edit(town, "district.geojson", "district.gdb")
    output = town.parent / "plan"
    result = CliRunner().invoke(app, ["coverage", str(town), "-o", str(output)])
    assert result.exit_code == 0, result.output


def test_a_stray_cell_in_the_last_corner_of_a_sheet_does_no_harm(town):
    book = openpyxl.Workbook()
    for row in (town.parent / "people.csv").read_text("utf-8").splitlines():
        book.active.append(row.split(","))
    book.active.cell(1_048_576, 16_384, " ")
    book.active.cell(3, 16_384, "x")
    book.save(town.parent / "people.xlsx")
    edit(town, "people.csv", "people.xlsx")
    result = CliRunner().invoke(app, ["check", str(town), "--quiet"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("all_forbidden", [False, True])
def test_a_plan_without_any_site(town, all_forbidden):
    edit(town, "curve_p = [1, 2]", "")
    if all_forbidden:
        edit(town, "[siting]", '[siting]\nforbidden = ["s1", "s2", "s3"]')
    else:
        text = town.read_text("utf-8")
        start, end = text.index("[[candidates]]"), text.index("[[depots]]")
        town.write_text(text[:start] + text[end:], encoding="utf-8")
    expect_refusal(town, "none that may open", "[[existing]]")


def test_an_interruption_that_compiled_code_turns_into_another_error(town, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    monkeypatch.setattr("lastmile.pipeline.plan", interrupted)
    result = CliRunner().invoke(app, ["plan", str(town), "-o", str(town.parent / "plan")])
    assert result.exit_code == 130
    assert "stopped" in result.output


def test_a_scenario_nested_beyond_measure(town):
    town.write_text("a = " + "[" * 100_000, encoding="utf-8")
    expect_refusal(town, "nested too deeply")


def test_nodes_that_the_extract_lacks_are_told(town):
    file = town.parent / "roads.osm"
    file.write_text(file.read_text("utf-8").replace('<node id="10"', '<node id="777"'), "utf-8")
    town.write_text(
        town.read_text("utf-8") + "[service_distance]\nmax_off_network_share = 0.5\n", "utf-8"
    )
    result = CliRunner().invoke(app, ["check", str(town), "--json"])
    assert result.exit_code == 0, result.output
    assert any("1 个节点" in note for note in json.loads(result.stdout)["notes"])


def test_a_speed_limit_of_a_snail_closes_no_road(town):
    file = town.parent / "roads.osm"
    tag = '<tag k="maxspeed" v="0.0000001"/></way>'
    file.write_text(file.read_text("utf-8").replace("</way>", tag), encoding="utf-8")
    output = town.parent / "plan"
    result = CliRunner().invoke(app, ["plan", str(town), "-o", str(output), "-q"])
    assert result.exit_code == 0, result.output


def test_a_path_that_gdal_would_not_open(town):
    folder = town.parent / "important!"
    folder.mkdir()
    (town.parent / "district.geojson").rename(folder / "district.geojson")
    edit(town, "district.geojson", "important!/district.geojson")
    expect_refusal(town, "'!' in the path")


@pytest.mark.parametrize("degrees", [45.0, 90.0, 200.0])
def test_a_rotated_raster_counts_the_same_cells(town, degrees):
    cells = np.ones((60, 60), np.float32)
    a, d = 0.001 * np.cos(np.radians(degrees)), 0.001 * np.sin(np.radians(degrees))
    step = Affine(a, -d, 119.966 - 30.0 * (a - d), d, a, 31.787 - 30.0 * (d + a))
    raster_demand(town, cells, step)
    town.write_text(
        town.read_text("utf-8") + "[service_distance]\nmax_off_network_share = 1.0\n", "utf-8"
    )
    result = CliRunner().invoke(app, ["check", str(town), "--json"])
    found = json.loads(result.stdout)
    assert 700 < found["people"] < 1_000  # 0.042 by 0.022 degrees, in cells of 0.001 by 0.001
    assert not [note for note in found["notes"] if "栅格" in note]
