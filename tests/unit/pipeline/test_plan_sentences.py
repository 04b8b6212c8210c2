"""Sentences of a plan: true, in the reader's language, and something one can act on."""

import re

import pytest
from town import write_town

from lastmile import pipeline
from lastmile.cartography.facts import title_facts
from lastmile.pipeline import words
from lastmile.report.method import method_sections
from lastmile.report.overview import overview_sections
from lastmile.report.texts import Wording
from lastmile.scenario import read_scenario


def planned(folder, **siting):
    scenario = read_scenario(write_town(folder))
    changed = scenario.siting.model_copy(update=siting)
    return pipeline.plan(scenario.model_copy(update={"siting": changed}))


def test_a_chinese_plan_says_in_chinese_why_a_share_cannot_be_reached(tmp_path):
    plan = planned(tmp_path, required_share=1.0, share_of="all")
    siting = plan.summary["siting"]
    assert siting["status"] == "infeasible"
    # 950 of 1,000 people can be covered; see test_town_end_to_end.
    assert "只能覆盖 95.00%" in siting["message"]
    assert "尚缺 50 人" in siting["message"]


@pytest.mark.parametrize("status", ["feasible", "interrupted"])
def test_a_search_that_ended_early_says_so_in_chinese(status):
    told = words.siting_ended(status, "the time limit ended the search", "zh")
    assert told
    assert not re.search("[a-z]", told)
    assert words.siting_ended(status, "", "zh") == ""


def test_a_plan_over_streets_without_footways_says_so(tmp_path):
    notes = planned(tmp_path).summary["notes"]
    assert any("不含步行道" in note for note in notes)


def test_remedies_name_an_action_and_the_nearest_candidate():
    near = words.nearest_candidate("联华", 0.4, "zh")
    assert "增加候选房源" in near
    assert "漏绘" in near
    assert "“联华”超出标准不足 1 米" in near
    far = words.nearest_candidate("Shop", 340.2, "en")
    assert "find premises" in far
    assert "340 m too far" in far
    assert "paths" not in far


def test_long_lists_of_names_are_cut_and_say_so():
    assert words.others("甲、乙", 0, "zh") == "甲、乙"
    assert words.others("甲、乙", 3, "zh") == "甲、乙等"
    assert words.others("A, B", 3, "en") == "A, B and 3 more"


def test_what_routes_cost_adds_up_to_the_sum_that_is_stated(tmp_path):
    plan = planned(tmp_path)
    routing = plan.summary["routing"]
    assert routing["cost_yuan"] == round(plan.layers["routes"]["cost_yuan"].sum(), 2)
    assert routing["bound_yuan"] <= routing["cost_yuan"]


def test_the_best_possible_share_comes_with_all_who_keep_it_down():
    told = words.best_possible(
        0.666, {"no_candidate_in_reach": 146_259, "off_network": 765_455}, "zh"
    )
    assert "66.6%" in told
    assert "146,259 人的服务距离内没有候选点" in told
    assert "765,455 人位于路网之外" in told
    assert "路网之外" not in words.best_possible(0.666, {"forbidden": 7.0}, "zh")


def test_measuring_todays_stations_claims_no_optimum(tmp_path):
    """Nothing was chosen, so nothing is proven best, and no budget is what people lack."""
    plan = pipeline.coverage(read_scenario(write_town(tmp_path / "town")))
    assert plan.summary["siting"]["measured"]
    assert "not_open" in set(plan.layers["demand"]["reason"])
    assert "budget" not in set(plan.layers["demand"]["reason"])
    words_zh = Wording("zh")
    sections = (*overview_sections(plan, words_zh), *method_sections(plan, words_zh))
    said = [str(fact.value) for section in sections for fact in section.facts]
    assert not any("已证明" in cell for cell in said)
    assert any("未选址" in cell for cell in said)
    assert title_facts(plan)["status"][0]["verdict"] == "现状评估，未选址"
