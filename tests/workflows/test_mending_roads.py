"""A lane that ends twelve metres short of the street: told by check and plan, mended on request."""

from __future__ import annotations

import json
import re

import pytest
from town import at
from typer.testing import CliRunner

from lastmile.cli import app

run = CliRunner().invoke


@pytest.fixture
def cut_town(town):
    """The town whose lane starts at a node of its own, 12 m north of Main Street."""
    file = town.parent / "roads.osm"
    text = file.read_text(encoding="utf-8")
    lon, lat = at(1000, 12)
    head, lane = text.split('<way id="2"')
    node = f'<node id="99" lon="{lon}" lat="{lat}" version="1"/>\n<way id="1"'
    head = head.replace('<way id="1"', node)
    lane = re.sub(r'<nd ref="\d+"/>', '<nd ref="99"/>', lane, count=1)
    file.write_text(f'{head}<way id="2"{lane}', encoding="utf-8")
    return town


def told(command, *arguments):
    result = run(app, [command, *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_check_tells_legs_parts_and_gaps(cut_town):
    found = told("check", cut_town)
    snapping = found["snapping"]
    # 湖心岛 is 1 km from both streets.
    assert (snapping["places"]["n"], snapping["on_network"]["n"]) == (5, 4)
    assert sum(band["n"] for band in snapping["bands"]) == 5
    assert snapping["beside_main"] == {"n": 1, "weight": 100.0}
    # 550 of 1,000 people live 10 m from a street, 400 live 20 m away, and 50 on the island.
    legs = snapping["weighted_legs"]
    assert [legs["median_m"], legs["p90_m"]] == pytest.approx([10, 20], abs=0.1)
    assert legs["longest_m"] == pytest.approx(1_000, abs=1)
    gap = found["repairs"]["top"][0]
    assert found["repairs"]["n"] == 1
    assert (gap["way"], gap["other_way"], gap["people"]) == (2, 1, 100.0)
    assert gap["gap_mm"] == pytest.approx(12_000, abs=20)
    assert gap["joins_mm"] == pytest.approx(1_488_000, abs=200)
    assert (gap["lon"], gap["lat"]) == at(1000, 12)
    assert found["drive_repairs"]["n"] == 1
    shown = run(app, ["check", str(cut_town)]).output
    assert "To the nearest road" in shown
    assert gap["en"] in shown.replace("\n", "")
    assert "1 demand points (100 people) are on roads that are not joined" in shown


def test_a_sound_town_has_nothing_to_mend(town):
    found = told("check", town)
    assert found["repairs"] == {"n": 0, "top": []}
    assert found["snapping"]["beside_main"]["n"] == 0
    assert "Look at the map" not in run(app, ["check", str(town)]).output


def test_a_plan_names_the_gap_and_a_scenario_may_close_it(cut_town, tmp_path):
    broken = told("plan", cut_town, "-o", tmp_path / "broken")
    assert broken["network"]["n_gaps_with_people"] == 1
    assert broken["network"]["people_behind_gaps"] == 100.0
    assert any(
        "1 处道路" in note and "道路 2 的端点（节点 99）" in note for note in broken["notes"]
    )
    assert any("the end of way 2 (node 99) lies 12.0 m from way 1" in note
               for note in broken["notes_en"])  # fmt: skip
    assert broken["routing"]["n_unserved"] > 0
    text = cut_town.read_text("utf-8").replace("[roads]", "[roads]\njoin_gaps_m = 15")
    cut_town.write_text(text, encoding="utf-8")
    mended = told("plan", cut_town, "-o", tmp_path / "mended")
    assert mended["network"]["walk_components"] == broken["network"]["walk_components"] - 1 == 1
    assert mended["network"]["n_gaps_with_people"] == 0
    assert mended["routing"]["n_unserved"] == 0
    assert any("补画了共 12 米" in note for note in mended["notes"])
    assert any("1 dead ends were led on" in note for note in mended["notes_en"])


def test_straight_line_plans_say_nothing_of_gaps(cut_town, tmp_path):
    text = cut_town.read_text("utf-8") + '[service_distance]\nmetric = "euclidean"\n'
    cut_town.write_text(text, encoding="utf-8")
    plan = told("plan", cut_town, "-o", tmp_path / "plan")
    assert not any("way 2" in note for note in plan["notes_en"])


@pytest.mark.real_data
def test_check_finds_the_people_behind_the_gap_on_xuhui(repository, shared_data):
    found = told("check", repository / "tests" / "scenarios" / "xuhui.toml")
    assert shared_data.is_dir()
    # The cells beside the component of 2.4 km that docs/network.md counts.
    assert found["repairs"]["n"] == 6, "nine more are doubted, or not the narrowest of their part"
    assert round(found["repairs"]["top"][0]["people"]) == 9_436
    assert found["repairs"]["top"][0]["gap_mm"] == 19_367
    assert found["snapping"]["past_island"]["n"] == 55
    assert round(found["snapping"]["past_island"]["weight"]) == 12_131
    assert sum(band["n"] for band in found["snapping"]["bands"]) == found["demand_points"]
