"""The whole way through on a town whose every distance can be checked on paper."""

import json
import os
import subprocess
import sys

import pytest
from pyproj import Geod
from town import PEOPLE, SHOPS, at
from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.plans import LAYER_COLUMNS, Plan

run = CliRunner().invoke


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    from town import write_town  # noqa: PLC0415 - the fixture `town` is made anew for each test

    folder = tmp_path_factory.mktemp("town")
    scenario = write_town(folder / "inputs")
    result = run(app, ["plan", str(scenario), "-o", str(folder / "plan"), "--json"])
    assert result.exit_code == 0, result.output
    return folder, json.loads(result.stdout), Plan.load(folder / "plan")


def test_the_folder_holds_what_the_contract_names(planned):
    folder, _, plan = planned
    files = {item.name for item in (folder / "plan").iterdir()}
    assert files >= {"plan.json", "plan.gpkg", "map.html", "report.xlsx", "routes"}
    assert {name: tuple(frame.columns) for name, frame in plan.layers.items()} == dict(
        LAYER_COLUMNS
    )


def test_three_stations_are_needed_and_that_is_proven(planned):
    _, told, plan = planned
    siting = plan.summary["siting"]
    assert (siting["status"], siting["objective"], siting["bound"]) == ("optimal", 3, 3)
    assert told["indicators"]["people"] == 1000.0
    # p1 and p2 walk to s1, p3 to s2, p4 to s3; the island p5 is off the network.
    demand = plan.layers["demand"].set_index("id")
    assert demand["station_id"].to_dict() == {
        "p1": "s1",
        "p2": "s1",
        "p3": "s2",
        "p4": "s3",
        "p5": "",
    }
    assert demand.loc["p5", "reason"] == "off_network"
    assert told["indicators"]["covered_share"] == pytest.approx(0.95)


def test_every_distance_is_the_one_on_paper(planned):
    _, _, plan = planned
    spots = {k: (x, y) for k, _, x, y, *_ in PEOPLE} | {k: (x, y) for k, _, _, x, y in SHOPS}
    geod = Geod(ellps="WGS84")

    def ground_m(a, b):
        return geod.inv(*at(*a), *at(*b))[2]

    demand = plan.layers["demand"].set_index("id")
    for point, site in (("p1", "s1"), ("p2", "s1"), ("p4", "s3")):
        (x0, y0), (x1, y1) = spots[point], spots[site]
        paper_m = ground_m((x0, y0), (x0, 0)) + ground_m((x0, 0), (x1, 0))
        paper_m += ground_m((x1, 0), (x1, y1))
        assert demand.loc[point, "distance_m"] == pytest.approx(paper_m, abs=0.02)
    paper_m = 10 + ground_m((1000, 1400), (1000, 900))
    assert demand.loc["p3", "distance_m"] == pytest.approx(paper_m, abs=0.05)


def test_the_curve_is_the_best_for_each_number(planned):
    _, _, plan = planned
    curve = {point["p"]: point for point in plan.summary["siting"]["curve"]}
    assert curve[1]["covered_people"] == 700.0
    assert curve[2]["covered_people"] == 850.0
    assert {point["status"] for point in curve.values()} == {"optimal"}


def test_every_station_is_served_on_time(planned):
    _, told, plan = planned
    assert told["routing"]["n_unserved"] == 0
    stops = plan.layers["stops"]
    assert sorted(stops["stop_id"]) == ["s1", "s2", "s3"]
    assert (stops["arrival_s"] >= stops["window_start_s"]).all()
    assert stops["load_parcels"].to_dict() == {
        k: {"s1": 28, "s2": 4, "s3": 6}[name] for k, name in enumerate(stops["stop_id"])
    }


def test_units_add_up(planned):
    _, _, plan = planned
    units = plan.layers["units"].set_index("code")
    assert units.loc["320402", ["people", "covered_people"]].tolist() == [1000.0, 950.0]
    townships = units[units["level"] == "township"]
    assert townships["people"].sum() == 1000.0
    assert townships["covered_people"].sum() == 950.0


def test_the_same_run_twice_gives_identical_files(planned, tmp_path):
    folder, _, plan = planned
    # In a process of its own, with another order of sets and one thread, as on another machine.
    scenario, output = str(folder / "inputs" / "scenario.toml"), str(tmp_path / "b")
    environment = {**os.environ, "PYTHONHASHSEED": "7", "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "lastmile", "plan", scenario, "-o", output, "-q"]
    subprocess.run(command, env=environment, cwd=tmp_path, check=True)
    again = Plan.load(tmp_path / "b")
    untimed = [{k: v for k, v in p.summary.items() if k != "timings"} for p in (plan, again)]
    assert untimed[0] == untimed[1]
    for file in ("plan.gpkg", "map.html", "routes/R001.html", "routes/R001.gpx"):
        assert (folder / "plan" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_coverage_without_stations_is_nothing_and_says_so(planned):
    folder, _, _ = planned
    result = run(app, ["coverage", str(folder / "inputs" / "scenario.toml"), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["indicators"]["covered_people"] == 0.0


def test_a_plan_compared_with_itself_differs_in_nothing(planned):
    folder, _, _ = planned
    result = run(app, ["compare", str(folder / "plan"), str(folder / "plan"), "--json"])
    told = json.loads(result.stdout)
    assert (told["units"], told["only_a"], told["only_b"]) == ([], [], [])


def test_map_and_report_can_be_drawn_anew(planned):
    folder, _, _ = planned
    for command, file in (("map", "map.html"), ("report", "report.xlsx")):
        before = (folder / "plan" / file).read_bytes()
        (folder / "plan" / file).unlink()
        assert run(app, [command, str(folder / "plan"), "-q"]).exit_code == 0
        assert (folder / "plan" / file).read_bytes() == before, file


def test_check_finds_nothing_wrong_and_writes_nothing(town):
    before = sorted(town.parent.iterdir())
    result = run(app, ["check", str(town)])
    assert result.exit_code == 0, result.output
    assert "No faults" in result.output
    assert sorted(town.parent.iterdir()) == before
