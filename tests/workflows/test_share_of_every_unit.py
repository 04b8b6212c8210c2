"""A share of the people of every township, asked of the hand-drawn town."""

import pytest
from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.plans import Plan


def planned(town, wish):
    text = town.read_text("utf-8")
    text = text.replace("curve_p = [1, 2]\n", "").replace("[siting]\n", f"[siting]\n{wish}\n")
    town.write_text(text, encoding="utf-8")
    folder = town.parent / "plan"
    return CliRunner().invoke(app, ["plan", str(town), "-o", str(folder), "--json"]), folder


def test_half_of_all_people_are_reached_by_one_station_and_half_of_each_township_by_two(town):
    result, folder = planned(town, 'required_share = 0.5\nshare_of = "all"')
    assert result.exit_code == 0, result.output
    assert set(Plan.load(folder).layers["stations"]["id"]) == {"s1"}


def test_each_township_reaches_its_own_share(town):
    result, folder = planned(town, 'required_share = 0.5\nshare_of = "all"\nshare_by = "township"')
    assert result.exit_code == 0, result.output
    plan = Plan.load(folder)
    assert (plan.summary["siting"]["status"], plan.summary["siting"]["objective"]) == ("optimal", 2)
    assert set(plan.layers["stations"]["id"]) == {"s1", "s3"}
    units = plan.layers["units"].set_index("code")["covered_share"]
    assert units[["320402001", "320402100"]].min() >= 0.5


def test_a_township_that_cannot_reach_the_share_is_named(town):
    # In the east 150 of 200 people can be reached.
    result, folder = planned(town, 'required_share = 0.8\nshare_of = "all"\nshare_by = "township"')
    assert result.exit_code == 1
    siting = Plan.load(folder).summary["siting"]
    assert siting["status"] == "infeasible"
    assert "东镇 320402100" in siting["message"]


def test_a_level_without_boundaries_is_a_fault(town):
    result, folder = planned(town, 'required_share = 0.8\nshare_by = "community"')
    assert result.exit_code == 2
    assert "siting.share_by" in result.output
    assert not folder.exists()


@pytest.mark.parametrize("goal", ['goal = "mclp"\np = 1\nshare_by = "class"'])
def test_shares_belong_to_the_goal_of_fewest_stations(town, goal):
    result, _ = planned(town, goal)
    assert result.exit_code == 2
    assert "share_by" in result.output
