"""The title block says what was proven, in both languages, and never more."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.cartography.facts import share_text, title_facts
from lastmile.cartography.texts import TEXTS


def changed(plan, *, siting=None, routing=None, output=None):
    summary = dict(plan.summary)
    summary["siting"] = {**summary["siting"], **(siting or {})}
    if routing is not None:
        summary["routing"] = routing or None
    fields = {"output": plan.scenario.output.model_copy(update=output or {})}
    scenario = plan.scenario.model_copy(update=fields)
    return dataclasses.replace(plan, summary=summary, scenario=scenario)


def test_both_languages_have_the_same_texts_with_the_same_gaps():
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for key, chinese in TEXTS["zh"].items():
        assert chinese.count("{}") == TEXTS["en"][key].count("{}"), key


def test_a_feasible_plan_is_never_called_optimal(tiny_plan):
    siting = {"status": "feasible", "objective": 84, "bound": 82, "gap": 0.021}
    status = title_facts(changed(tiny_plan, siting=siting))["status"][0]
    assert status["verdict"] == "可行，差距 2.1 %"
    assert status["detail"] == "新建 84 处；已证明至少需要 82 处"
    assert not status["proven"]


def test_an_optimal_plan_is_called_proven(tiny_plan):
    status = title_facts(changed(tiny_plan, siting={"status": "optimal"}))["status"][0]
    assert status["verdict"] == "已证明最优"
    assert status["proven"]


def test_an_infeasible_plan_gives_its_reason(tiny_plan):
    siting = {"status": "infeasible", "objective": None, "bound": None, "message": "预算不足"}
    status = title_facts(changed(tiny_plan, siting=siting))["status"][0]
    assert (status["verdict"], status["detail"]) == ("无可行方案", "预算不足")


def test_a_cover_of_people_is_bounded_from_above(tiny_plan):
    siting = {"unit": "people", "objective": 800, "bound": 850, "gap": 50 / 850}
    status = title_facts(changed(tiny_plan, siting=siting))["status"][0]
    assert status["detail"] == "覆盖 800 人；已证明最多 850 人"


def test_a_plan_without_routes_says_so(tiny_plan):
    assert title_facts(changed(tiny_plan, routing={}))["status"][1]["verdict"] == "未规划配送线路"


def test_routes_without_a_bound_have_no_gap(tiny_plan):
    routing = {**tiny_plan.summary["routing"], "bound_yuan": 0.0}
    status = title_facts(changed(tiny_plan, routing=routing))["status"][1]
    assert status["verdict"] == "可行，未证明最优"


@pytest.mark.parametrize(
    ("number", "label"), [("", "内部工作底图"), ("苏S(2026)001号", "审图号：苏S(2026)001号")]
)
def test_the_map_bears_its_review_number_or_says_that_it_is_internal(tiny_plan, number, label):
    assert title_facts(changed(tiny_plan, output={"map_review_number": number}))["labels"] == [
        label
    ]


def test_the_notice_and_the_data_date_are_shown(tiny_plan):
    facts = title_facts(tiny_plan)
    assert facts["notice"] == "合成示例数据"
    assert facts["lines"][0] == "数据日期：2026-01"


def test_key_figures_are_those_of_the_summary(tiny_plan):
    figures = {one["label"]: one["value"] for one in title_facts(tiny_plan)["figures"]}
    assert figures == {
        "覆盖率": "80.0 %", "城镇": "100 %", "乡村": "33.3 %", "人口": "1,000", "站点": "2",
        "配送线路": "1",
    }  # fmt: skip


def test_english_facts_hold_no_chinese_but_names(tiny_plan):
    facts = title_facts(changed(tiny_plan, output={"language": "en"}))
    assert facts["status"][0]["detail"] == "1 new stations; proven to need at least 1 stations"


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_a_share_short_of_one_is_never_written_as_whole(share):
    assert share_text(share) not in {"100 %", "100.0 %", "0 %", "0.0 %"}


def test_the_covered_share_comes_with_what_the_candidates_allow(tiny_plan):
    def note(**siting):
        return title_facts(changed(tiny_plan, siting=siting))["figures"][0]["note"]

    assert "全部候选可达 47.6 %" in note(all_open_share=0.4758)
    assert "全部候选" not in note(all_open_share=1.0)


def test_a_plan_that_names_no_existing_stations_does_not_call_today_zero(tiny_plan):
    note = title_facts(changed(tiny_plan, siting={"n_existing": 0}))["figures"][0]["note"]
    assert "现状" not in note
    assert "未列入现有站点" in note
