"""Age groups, raked totals and a day's orders, from the scenario to the figures of a plan."""

import dataclasses
import json
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.pipeline.deliveries import station_loads
from lastmile.pipeline.inputs import read_inputs
from lastmile.progress import silent
from lastmile.scenario import read_scenario


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def run(*words):
    result = CliRunner().invoke(app, [*map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_coverage_of_the_old_is_told_apart(town):
    people = town.parent / "people.csv"
    lines = people.read_text("utf-8").splitlines()
    elders = ["elders", "100", "50", "90", "10", "0"]
    people.write_text(
        "\n".join(f"{a},{b}" for a, b in zip(lines, elders, strict=True)) + "\n", "utf-8"
    )
    columns = 'columns = { id = "id", name = "name", people'
    edit(town, columns, 'age_columns = { "65+" = "elders" }\n' + columns)
    told = run("plan", town, "-o", town.parent / "plan")
    # p5, on an island, is off the network, and has nobody of that age: all others are covered.
    by_age = told["indicators"]["by_age_group"]
    assert by_age == {"65+": {"people": 250.0, "covered_people": 250.0, "covered_share": 1.0}}
    assert any("65+ 年龄组 250 人" in note for note in told["notes"])


def test_without_age_groups_nothing_is_told_of_them(town):
    told = run("plan", town, "-o", town.parent / "plan")
    assert told["indicators"]["by_age_group"] == {}


def test_town_totals_are_raked_to_the_district_and_reach_the_plan(town):
    for name, people in (("district", [1001]), ("townships", [700, 200])):
        path = town.parent / f"{name}.geojson"
        frame = gpd.read_file(path)
        frame["people"] = people
        frame.to_file(path)
    text = town.read_text("utf-8").replace('level = "', 'people_column = "people"\nlevel = "')
    start, end = text.index("[demand]"), text.index("[roads]")
    demand = """[demand]
source = "unit_totals"
level = "township"
rake_to = ["district"]
rounding = "person"

[settlement]
source = "constant"

"""
    town.write_text(text[:start] + demand + text[end:], "utf-8")
    told = run("check", town)
    assert told["people"] == 1001
    assert any("平差" in note and "1,001" in note for note in told["notes"])
    inputs = read_inputs(read_scenario(town), silent)
    units = inputs.places.demand.groupby("unit_code")["people"].sum().to_dict()
    assert units == {"320402001": 779.0, "320402100": 222.0}


def test_parcels_of_orders_take_the_place_of_rates(town):
    scenario = read_scenario(town)
    inputs = read_inputs(scenario, silent)
    n_points, n_sites = len(inputs.places.demand), len(inputs.places.sites)
    stations = SimpleNamespace(solution=SimpleNamespace(station=np.zeros(n_points, np.int64)))
    people = inputs.places.demand["people"].sum()
    assert station_loads(scenario, inputs, stations)[0] == pytest.approx(np.ceil(people * 0.04))
    parcels = np.arange(n_points) + 0.25
    places = dataclasses.replace(inputs.places, parcels_per_day=parcels)
    loads = station_loads(scenario, dataclasses.replace(inputs, places=places), stations)
    assert loads.tolist() == [int(np.ceil(parcels.sum()))] + [0] * (n_sites - 1)
