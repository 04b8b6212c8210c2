"""What if a station closed? Asked of a planned town, without planning it anew."""

import json

import pytest
from typer.testing import CliRunner

from lastmile.cli import app

run = CliRunner().invoke


@pytest.fixture
def planned(town):
    folder = town.parent / "plan"
    result = run(app, ["plan", str(town), "-o", str(folder), "--quiet"])
    assert result.exit_code == 0, result.output
    return folder


def test_closing_a_station_names_who_loses(planned):
    result = run(app, ["what-if", str(planned), "--close", "s3", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["people"] == -150.0
    assert told["covered_share"] == pytest.approx(0.8)
    assert [(row["name"], row["change"]) for row in told["demand"]] == [("东村", "lost")]
    units = {row["code"]: (row["before"], row["after"]) for row in told["units"]}
    assert units["320402100"] == pytest.approx((0.75, 0.0))
    assert "320402001" not in units


def test_the_plan_is_as_it_was(planned):
    before = {item.name: item.stat().st_mtime_ns for item in planned.iterdir()}
    run(app, ["what-if", str(planned), "--close", "s1"])
    assert before == {item.name: item.stat().st_mtime_ns for item in planned.iterdir()}


def test_sites_that_cannot_be_toggled_are_told_all_at_once(planned):
    result = run(app, ["what-if", str(planned), "--close", "s9", "--open", "s1"])
    assert result.exit_code == 2
    message = " ".join(result.output.split())
    assert "'s9', which is no site" in message
    assert "'s1', which is open already" in message


def test_inputs_that_changed_since_the_plan_are_refused(planned, town):
    people = town.parent / "people.csv"
    people.write_text(people.read_text("utf-8").replace(",400,", ",401,"), encoding="utf-8")
    result = run(app, ["what-if", str(planned), "--close", "s1"])
    assert result.exit_code == 2
    assert "people.csv" in result.output
