"""Two plans side by side."""

from dataclasses import replace

from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.compare import compare
from lastmile.handover import hand_over


def straight(plan):
    standard = plan.scenario.service_distance.model_copy(update={"metric": "euclidean"})
    return replace(plan, scenario=plan.scenario.model_copy(update={"service_distance": standard}))


def test_plans_measured_differently_are_compared_with_a_caution(tiny_plan):
    assert compare(tiny_plan, tiny_plan).cautions == ()
    (caution,) = compare(tiny_plan, straight(tiny_plan)).cautions
    assert "network against euclidean" in caution


def test_figures_are_written_for_people(tiny_plan, tmp_path):
    bare = replace(tiny_plan, summary=dict(tiny_plan.summary) | {"routing": None})
    hand_over(tiny_plan, tmp_path / "a")
    hand_over(bare, tmp_path / "b")
    result = CliRunner().invoke(app, ["compare", str(tmp_path / "a"), str(tmp_path / "b")])
    assert result.exit_code == 0, result.output
    assert "nan" not in result.output
    assert "e+0" not in result.output
    assert "+0.0 points" in result.output
