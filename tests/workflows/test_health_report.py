"""lastmile check as people use it: the terminal, the page, and where a page may be written."""

import json
import os
import re

import pytest
from town import write_town
from typer.testing import CliRunner

from lastmile.cli import app

ENV = {"COLUMNS": "160"}


@pytest.fixture
def town(tmp_path):
    folder = tmp_path / "town"
    folder.mkdir()
    return write_town(folder)


def check(*arguments):
    return CliRunner().invoke(app, ["check", *map(str, arguments)], env=ENV)


def spoil(town):
    file = town.parent / "people.csv"
    file.write_text(file.read_text("utf-8").replace(",300,urban", ",-300,urban"), "utf-8")


def left(folder):
    return sorted(item.name for item in folder.iterdir())


def test_a_sound_scenario_is_told_and_drawn(town, tmp_path):
    result = check(town, "-o", tmp_path / "out" / "health.html")
    assert result.exit_code == 0, result.output
    assert "No faults found." in result.output
    assert "figure verified" in result.output
    page = (tmp_path / "out" / "health.html").read_text("utf-8")
    assert "可以规划：未发现错误" in page
    assert left(tmp_path / "out") == ["health.html"]


def test_without_the_option_no_file_is_written(town):
    before = left(town.parent)
    assert check(town).exit_code == 0
    assert left(town.parent) == before


def test_a_faulty_scenario_ends_with_two_and_has_its_page(town, tmp_path):
    spoil(town)
    result = check(town, "-o", tmp_path / "health.html")
    assert result.exit_code == 2
    assert "1 fault in the input" in result.output
    assert "-300" in result.output
    page = (tmp_path / "health.html").read_text("utf-8")
    assert "须先改正 1 处错误" in page
    assert "people.csv（1）" in page


@pytest.mark.parametrize("text", ["name = ", 'name = "x"\n[roads]\n'])
def test_a_faulty_scenario_file_has_its_page_too(tmp_path, text):
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(text, "utf-8")
    result = check(scenario, "-o", tmp_path / "health.html")
    assert result.exit_code == 2
    n = int(re.search(r"(\d+) faults? in the input", result.output)[1])
    assert f"须先改正 {n} 处错误" in (tmp_path / "health.html").read_text("utf-8")


def test_machines_get_faults_and_findings_together(town):
    told = json.loads(check(town, "--json").stdout)
    assert told["faults"] == []
    assert told["people"] == 1000
    spoil(town)
    told = json.loads(check(town, "--json").stdout)
    assert told["error"].startswith("1 fault")
    assert [fault["where"] for fault in told["faults"]] == ["row 3, column people"]
    assert told["units"] == 3


def test_a_page_of_ours_is_replaced_whole(town, tmp_path):
    page = tmp_path / "health.html"
    spoil(town)
    assert check(town, "-o", page).exit_code == 2
    write_town(town.parent)
    assert check(town, "-o", page).exit_code == 0
    assert "可以规划：未发现错误" in page.read_text("utf-8")
    assert left(tmp_path) == ["health.html", "town"]


def test_nothing_but_a_page_of_ours_is_ever_written_over(town, tmp_path):
    mine = tmp_path / "mine.html"
    mine.write_text("<p>my notes</p>", "utf-8")
    folder = tmp_path / "folder.html"
    folder.mkdir()
    for path, told in (
        (mine, "did not write"),
        (folder, "did not write"),
        (town.parent / "people.csv", "the ending '.csv'"),
        (town, "the ending '.toml'"),
        (tmp_path / "health", "the ending ''"),
        (mine / "under" / "health.html", "which is a file"),
    ):
        before = (town.parent / "people.csv").read_bytes(), town.read_bytes()
        result = check(town, "-o", path)
        assert result.exit_code == 2, path
        assert told in result.output
        assert ((town.parent / "people.csv").read_bytes(), town.read_bytes()) == before
    assert mine.read_text("utf-8") == "<p>my notes</p>"
    assert left(tmp_path) == ["folder.html", "mine.html", "town"]


def test_a_page_that_cannot_be_finished_leaves_the_old_one(town, tmp_path, monkeypatch):
    page = tmp_path / "health.html"
    assert check(town, "-o", page).exit_code == 0
    old = page.read_bytes()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    result = check(town, "-o", page)
    assert result.exit_code == 2
    assert "No space left" in result.output
    assert page.read_bytes() == old
    assert left(tmp_path) == ["health.html", "town"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_goes_on_leading_to_its_page(town, tmp_path):
    page = tmp_path / "real.html"
    assert check(town, "-o", page).exit_code == 0
    link = tmp_path / "link.html"
    link.symlink_to(page)
    spoil(town)
    assert check(town, "-o", link).exit_code == 2
    assert link.is_symlink()
    assert "须先改正" in page.read_text("utf-8")


def test_names_that_command_a_terminal_are_shown_as_text(town, tmp_path):
    file = town.parent / "people.csv"
    file.write_text(file.read_text("utf-8").replace("湖心岛", "\x1b]0;hurt\x07岛\u202e"), "utf-8")
    result = check(town, "-o", tmp_path / "health.html")
    assert result.exit_code == 0, result.output
    assert "\x1b]0" not in result.output
    assert "\u202e" not in result.output + (tmp_path / "health.html").read_text("utf-8")
