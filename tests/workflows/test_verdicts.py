"""What cannot be done is planned as far as it goes; what is unsound is not handed over."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from lastmile import pipeline
from lastmile.cli import app
from lastmile.plans import Plan
from lastmile.scenario import read_scenario

run = CliRunner().invoke


@pytest.fixture
def impossible(town):
    """Everybody is asked for, also p5, who lives off the roads."""
    text = town.read_text("utf-8").replace("[siting]\n", '[siting]\nshare_of = "all"\n')
    town.write_text(text, encoding="utf-8")
    return town


def test_an_infeasible_plan_ends_with_code_1_and_covers_what_can_be_covered(impossible, tmp_path):
    result = run(app, ["plan", str(impossible), "-o", str(tmp_path / "plan"), "--json"])
    assert result.exit_code == 1, result.output
    told = json.loads(result.stdout)
    assert told["status"] == told["siting"]["status"] == "infeasible"
    assert "95" in told["siting"]["message"]
    plan = Plan.load(tmp_path / "plan")
    assert plan.summary["indicators"]["covered_share"] == pytest.approx(0.95)
    assert (tmp_path / "plan" / "map.html").is_file()


@pytest.mark.parametrize("command", ["plan", "coverage"])
def test_stations_that_the_checker_rejects_are_never_handed_over(
    town, tmp_path, monkeypatch, command
):
    monkeypatch.setattr("lastmile.siting.check", lambda *_: ("a sum is wrong",))
    result = run(app, [command, str(town), "-o", str(tmp_path / "plan")])
    assert result.exit_code == 1
    assert "the checker rejects the stations: a sum is wrong" in result.output
    assert not (tmp_path / "plan").exists()


def test_a_claim_that_nothing_can_be_done_is_checked_too(impossible, monkeypatch):
    monkeypatch.setattr("lastmile.siting.check", lambda *_: ("it is called infeasible",))
    with pytest.raises(pipeline.CheckError, match="called infeasible"):
        pipeline.plan(read_scenario(impossible))


def test_routes_that_the_checker_rejects_are_never_handed_over(town, tmp_path, monkeypatch):
    monkeypatch.setattr("lastmile.routing.check", lambda *_: ("a van is too full",))
    result = run(app, ["plan", str(town), "-o", str(tmp_path / "plan")])
    assert result.exit_code == 1
    assert "the checker rejects the routes: a van is too full" in result.output
    assert not (tmp_path / "plan").exists()
