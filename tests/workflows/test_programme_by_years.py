"""Stations open year by year, from the scenario to the report, on the hand-drawn town."""

import json
import warnings

import openpyxl
import pytest
from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.plans import Plan

YEARS = """\
phases = [
  { name = "2014", n_stations = 1, covered_share = 0.8 },
  { name = "2015", n_stations = 1, covered_share = 0.85 },
  { name = "2016" },
]
"""


def planned(town, years):
    text = town.read_text("utf-8")
    town.write_text(text.replace("[siting]\n", f"[siting]\n{years}"), encoding="utf-8")
    folder = town.parent / "plan"
    result = CliRunner().invoke(app, ["plan", str(town), "-o", str(folder), "--json"])
    return result, folder


def sheet_cells(path, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles that openpyxl does not know
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True)
            return [[cell.value for cell in row] for row in book[name].iter_rows()]


def test_the_station_for_most_people_opens_first(town):
    result, folder = planned(town, YEARS)
    assert result.exit_code == 0, result.output
    plan = Plan.load(folder)
    stations = plan.layers["stations"].set_index("id")
    assert stations["phase"].to_dict() == {"s1": 1, "s3": 2, "s2": 3}
    years = plan.summary["siting"]["phases"]
    assert [year["covered_share"] for year in years] == pytest.approx([0.7, 0.85, 0.95])
    assert [year["bound_share"] for year in years] == pytest.approx([0.7, 0.85, 0.95])
    assert [year["target_met"] for year in years] == [False, True, True]
    # The west holds s1 and s2, and 800 people; the east 150 people at s3 and 50 on the island.
    assert [year["units"]["320402100"] for year in years] == pytest.approx([0.0, 0.75, 0.75])
    notes = json.loads(result.stdout)["notes_en"]
    assert any(note.startswith("2014: the target of 80.00% is beyond its limits") for note in notes)


def test_the_report_lists_the_years_and_each_township(town):
    _, folder = planned(town, YEARS)
    cells = sheet_cells(folder / "report.xlsx", "建设时序")
    year = next(row for row in cells if row[0] == "2015")
    assert year[1:7] == [1, 2, 20_000, 850, pytest.approx(0.85), pytest.approx(0.85)]
    east = next(row for row in cells if row[1] == "320402100")
    assert east[3:6] == pytest.approx([0.0, 0.75, 0.75])


def test_money_that_does_not_reach_for_all_stations_is_told(town):
    years = 'phases = [{ name = "2014", budget_yuan = 85_000 }]\n'
    result, folder = planned(town, years)
    assert result.exit_code == 0, result.output
    plan = Plan.load(folder)
    assert sorted(plan.layers["stations"]["phase"]) == [-1, -1, 1]
    assert any("未排入任何年度" in note for note in plan.summary["notes"])


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ('phases = [{ name = "1", n_stations = 1 }, { name = "1" }]', "several phases"),
        ('phases = [{ name = "1", n_stations = 1 }, { name = "2" }, { name = "3" }]',
         "n_stations in some years only"),
        ('phases = [{ name = "1", n_stations = 1 }, { name = "2", budget_yuan = 5 }]',
         "budget_yuan in the last year only"),
        ('phases = [{ name = "1", covered_share = 0.5 }, { name = "2", n_stations = 5 }]',
         "n_stations in the last year only"),
        ('phases = [{ name = "1", covered_share = 0.9 }, { name = "2", covered_share = 0.8 }]',
         "shares that never fall"),
    ],
)  # fmt: skip
def test_years_that_do_not_fit_together_are_refused(town, years, told):
    result, folder = planned(town, years + "\n")
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert not folder.exists()
