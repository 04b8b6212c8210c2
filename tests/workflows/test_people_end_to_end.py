"""Age groups, raked totals and a day's orders, from the scenario to the figures of a plan."""

import json

import geopandas as gpd
from town import at
from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.pipeline.inputs import read_inputs
from lastmile.plans import Plan
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
    lines = ["id,lon,lat,parcels,station"]
    for own, (x, y), parcels, station in (
        ("o1", (500, 20), 2, ""),
        ("o2", (500, 20), 3, "s3"),
        ("o3", (2950, 10), 4, ""),
        ("o4", (2000, 1500), 5, ""),  # on the island, where nobody walks to any station
    ):
        lines.append(f"{own},{at(x, y)[0]},{at(x, y)[1]},{parcels},{station}")
    (town.parent / "orders.csv").write_text("\n".join(lines) + "\n", "utf-8")
    columns = 'columns = { id = "id", parcels = "parcels", station = "station" }'
    orders = f'\n[[orders]]\npath = "orders.csv"\ncrs = "wgs84"\n{columns}\n'
    town.write_text(town.read_text("utf-8") + orders, "utf-8")
    folder = town.parent / "plan"
    result = CliRunner().invoke(app, ["plan", str(town), "-o", str(folder), "--quiet"])
    assert result.exit_code == 0, result.output
    loads = Plan.load(folder).layers["stations"].set_index("id")["load"].to_dict()
    assert loads == {"s1": 2, "s2": 0, "s3": 7}
