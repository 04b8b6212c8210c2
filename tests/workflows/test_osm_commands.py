"""``lastmile osm get | clip | check`` as users type them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import geopandas as gpd
import pytest
from extract_files import contents, crossing, ids
from extract_server import Trouble, running
from shapely import box
from typer.testing import CliRunner

from lastmile.cli import app

PATH = "/area.osm.pbf"


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running() as found:
        yield found


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["osm", *map(str, arguments)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def run_json(*arguments, code=0):
    result = CliRunner().invoke(app, ["osm", *map(str, arguments), "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def extract(tmp_path):
    return crossing().write(tmp_path / "town.osm.pbf")


# get


def test_an_address_is_fetched_and_told(site, tmp_path, extract):
    url = site.put(PATH, extract.read_bytes())
    told = run("get", url, "-o", tmp_path / "a.osm.pbf")
    assert "Wrote" in told
    assert "lastmile osm check" in told
    assert "© OpenStreetMap contributors" in told
    found = run_json("get", url, "-o", tmp_path / "b.osm.pbf")
    assert found["size_bytes"] == len(extract.read_bytes())
    assert found["source"] == url
    assert run("get", url, "-o", tmp_path / "c.osm.pbf", "--quiet") == ""


def test_a_wrong_checksum_ends_with_2(site, tmp_path, extract):
    url = site.put(PATH, extract.read_bytes())
    found = run_json("get", url, "-o", tmp_path / "a.osm.pbf", "--sha256", "0" * 64, code=2)
    assert found["faults"][0]["expected"].startswith("0" * 64)
    assert not (tmp_path / "a.osm.pbf").exists()


def test_a_place_is_fetched_from_services_named_by_the_environment(site, tmp_path, monkeypatch):
    place = {"display_name": "小镇", "boundingbox": ["0", "0.002", "0", "0.003"]}
    site.put("/search", json.dumps([place]).encode())
    site.put("/interpreter", crossing().text().encode())
    monkeypatch.setenv("LASTMILE_NOMINATIM_URL", site.url + "/search")
    monkeypatch.setenv("LASTMILE_OVERPASS_URL", site.url + "/interpreter")
    told = run("get", "小镇", "-o", tmp_path / "a.osm.gz", "--halo-m", "0")
    assert "found as 小镇" in told
    assert ids(tmp_path / "a.osm.gz", "w") == [100, 101, 102, 103, 104, 106]


def test_offline_ends_with_2_and_one_message(tmp_path):
    target = tmp_path / "a.osm.pbf"
    told = run("get", "http://127.0.0.1:9/a.osm.pbf", "-o", target, code=2)
    assert told.count("1 fault") == 1
    assert "no way to 127.0.0.1" in told
    told = run("get", "Town", "-o", target, "--nominatim-url", "http://127.0.0.1:9/", code=2)
    assert "no way to 127.0.0.1" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_download_that_is_stopped_is_gone_on_with(site, tmp_path, extract, number):
    body, target = extract.read_bytes(), tmp_path / "a.osm.pbf"
    url = site.put(PATH, body)
    site.trouble(PATH, Trouble(drop_after=100, stall_s=30.0, length_plus=0))
    site.troubles[PATH][0].stall_s = 0.0
    site.trouble(PATH, Trouble(stall_s=30.0))
    command = [sys.executable, "-m", "lastmile", "osm", "get", url, "-o", str(target)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        part, deadline = tmp_path / "a.osm.pbf.part", time.monotonic() + 60
        while len(site.asked(PATH)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        program.send_signal(number)
        _, told = program.communicate(timeout=60)
    assert program.returncode == 130
    assert b"goes on from there" in told
    assert b"Traceback" not in told
    assert part.read_bytes() == body[:100]
    run("get", url, "-o", target)
    assert target.read_bytes() == body
    assert site.asked(PATH)[-1]["Range"] == "bytes=100-"


# clip


def test_a_clip_by_a_box(tmp_path, extract):
    out = tmp_path / "clip.osm.pbf"
    told = run("clip", extract, "-o", out, "--bbox", "0.0005,0.0005,0.0035,0.0025", "--halo-m", "0")
    assert "6 ways, 8 nodes and 1 relations" in told
    found = run_json(
        "clip", extract, extract, "-o", tmp_path / "two.osm.pbf",
        "--bbox", "0.0005,0.0005,0.0035,0.0025", "--halo-m", "0",
    )  # fmt: skip
    assert found["n_ways"] == 6
    assert (tmp_path / "two.osm.pbf").read_bytes() == out.read_bytes()


@pytest.mark.parametrize("halo", ["inf", "nan", "1e300"])
def test_a_halo_that_is_no_length_ends_with_2(tmp_path, extract, halo):
    out = tmp_path / "clip.osm.pbf"
    assert "--halo-m" in run(
        "clip", extract, "-o", out, "--bbox", "0,0,1,1", "--halo-m", halo, code=2
    )
    assert "--halo-m" in run("get", "Changzhou", "-o", out, "--halo-m", halo, code=2)
    assert "--timeout-s" in run("get", "Changzhou", "-o", out, "--timeout-s", "inf", code=2)
    assert not out.exists()


def test_a_clip_names_whose_data_it_holds(tmp_path, extract):
    told = run("clip", extract, "-o", tmp_path / "a.osm.pbf", "--bbox", "0,0,0.01,0.01")
    assert "© OpenStreetMap contributors" in told


def test_drafts_that_a_clip_leaves_out_are_told(tmp_path):
    town = crossing()
    town.nodes[-1] = (0.001, 0.0015)
    town.ways[-7] = ((1, -1), {"highway": "service"})
    path = town.write(tmp_path / "town.osm")
    told = run("clip", path, "-o", tmp_path / "a.osm.pbf", "--bbox", "0,0,0.01,0.01")
    assert "1 ways lie on nodes with ids below 1" in told


def test_the_usual_halo_is_three_kilometres(tmp_path, extract):
    found = run_json("clip", extract, "-o", tmp_path / "c.osm", "--bbox", "0,0,0.001,0.001")
    assert found["box"]["west"] == pytest.approx(-3000 / 111_320, rel=1e-3)
    assert found["box"]["north"] == pytest.approx(0.001 + 3000 / 111_320, rel=1e-3)


def test_a_clip_by_a_boundary_in_any_system(tmp_path, extract):
    area = gpd.GeoSeries([box(0.0005, 0.0005, 0.0035, 0.0025)], crs="EPSG:4326")
    area.to_file(tmp_path / "wgs84.geojson")
    area.to_crs("EPSG:3857").to_file(tmp_path / "plane.gpkg")
    for name in ("wgs84.geojson", "plane.gpkg"):
        out = tmp_path / f"{name}.osm"
        run("clip", extract, "-o", out, "--boundary", tmp_path / name, "--halo-m", "0")
        assert ids(out, "w") == [100, 101, 102, 103, 104, 106]
    told = run("clip", extract, "-o", tmp_path / "x.osm", "--boundary", tmp_path / "plane.gpkg",
               "--crs", "wgs84", code=2)  # fmt: skip
    assert "--crs" in told
    told = run("clip", extract, "-o", tmp_path / "x.osm", "--boundary", tmp_path / "plane.gpkg",
               "--crs", "moon", code=2)  # fmt: skip
    assert "'moon'" in told


def test_a_clip_by_one_of_several_boundary_layers(tmp_path, extract):
    area = gpd.GeoSeries([box(0.0005, 0.0005, 0.0035, 0.0025)], crs="EPSG:4326")
    area.to_file(tmp_path / "both.gpkg", layer="区县")
    area.translate(9, 9).to_file(tmp_path / "both.gpkg", layer="别处")
    out, boundary = tmp_path / "out.osm", ("--boundary", tmp_path / "both.gpkg", "--halo-m", "0")
    told = run("clip", extract, "-o", out, *boundary, code=2)
    assert "区县" in told
    assert "别处" in told
    run("clip", extract, "-o", out, *boundary, "--layer", "区县")
    assert ids(out, "w") == [100, 101, 102, 103, 104, 106]


def test_a_plan_on_the_clip_of_its_scenario_is_the_plan_on_the_whole(town):
    folder = town.parent
    whole = run_scenario(town, folder / "before")
    out = folder / "clip.osm.pbf"
    found = run_json("clip", folder / "roads.osm", "-o", out, "--scenario", town)
    assert found["n_ways"] > 0
    town.write_text(
        town.read_text("utf-8").replace('path = "roads.osm"', 'path = "clip.osm.pbf"'), "utf-8"
    )
    assert run_scenario(town, folder / "after") == whole


def run_scenario(scenario, folder):
    result = CliRunner().invoke(app, ["coverage", str(scenario), "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    return found["indicators"], found["network"]


def test_a_scenarios_depots_and_standards_widen_the_box(town):
    folder = town.parent
    plain = run_json("clip", folder / "roads.osm", "-o", folder / "a.osm", "--scenario", town)
    text = town.read_text("utf-8")
    town.write_text(
        text.replace("lon = 119.9502", "lon = 119.8502") + "\n[service_distance]\nrural_m = 4000\n",
        "utf-8",
    )
    wide = run_json("clip", folder / "roads.osm", "-o", folder / "b.osm", "--scenario", town)
    assert wide["box"]["west"] < plain["box"]["west"] - 0.09
    assert wide["box"]["north"] == pytest.approx(plain["box"]["north"] + 5000 / 111_320, abs=1e-4)


def test_a_clip_needs_exactly_one_area(tmp_path, extract):
    told = run("clip", extract, "-o", tmp_path / "c.osm", code=2)
    assert "0 of --scenario, --bbox and --boundary" in told
    told = run("clip", extract, "-o", tmp_path / "c.osm", "--bbox", "0,0,1,1",
               "--boundary", extract, code=2)  # fmt: skip
    assert "2 of --scenario" in told


@pytest.mark.parametrize(
    "text", ["1,2,3", "a,b,c,d", "1,0,0,1", "0,1,1,0", "0,0,181,1", "nan,0,1,1"]
)
def test_a_box_that_is_none_ends_with_2(tmp_path, extract, text):
    assert "--bbox" in run("clip", extract, "-o", tmp_path / "c.osm", "--bbox", text, code=2)


def test_a_broken_input_ends_with_2_and_nothing_is_written(tmp_path, extract):
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(extract.read_bytes()[:-40])
    told = run("clip", extract, broken, "-o", tmp_path / "c.osm", "--bbox", "0,0,1,1", code=2)
    assert "broken.osm.pbf: found a file that cannot be read to its end" in told
    assert not (tmp_path / "c.osm").exists()


# check


def test_figures_are_told_to_people_and_machines(extract):
    told = run("check", extract)
    assert "12 nodes, 8 ways, 3 relations" in told
    assert "no_left_turn" in told
    (found,) = run_json("check", extract)["files"]
    assert found["classes"]["primary"]["ways"] == 2
    assert found["turns"]["by_kind"] == {"no_left_turn": 1, "no_right_turn": 1}
    assert run("check", extract, "--quiet") == ""


def test_an_extract_without_roads_ends_with_1(tmp_path, extract):
    town = crossing()
    town.ways = {}
    empty = town.write(tmp_path / "empty.osm")
    assert "no roads" in run("check", extract, empty, code=1)
    assert len(run_json("check", extract, empty, code=1)["files"]) == 2


def test_all_files_that_cannot_be_read_are_told_at_once(tmp_path, extract):
    (tmp_path / "broken.osm.pbf").write_bytes(b"nothing")
    told = run("check", tmp_path / "none.osm", extract, tmp_path / "broken.osm.pbf", code=2)
    assert "2 faults" in told
    assert "no such file" in told
    assert "cannot be read to its end" in told


def test_what_was_clipped_can_be_fetched_and_looked_into(site, tmp_path, extract):
    out = tmp_path / "clip.osm.bz2"
    run("clip", extract, "-o", out, "--bbox", "0,0,0.01,0.01")
    url = site.put("/clip.osm.bz2", out.read_bytes())
    run("get", url, "-o", tmp_path / "back.osm.bz2")
    assert contents(tmp_path / "back.osm.bz2") == contents(out)
    assert "lastmile/" in run("check", tmp_path / "back.osm.bz2")
