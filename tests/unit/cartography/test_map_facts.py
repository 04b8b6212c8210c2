"""The title block says what was proven, in both languages, and never more."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.cartography.facts import share_text, short_notice, title_facts
from lastmile.cartography.texts import TEXTS, filled


def changed(plan, *, siting=None, routing=None, output=None):
    summary = dict(plan.summary)
    summary["siting"] = {**summary["siting"], **(siting or {})}
    if routing is not None:
        summary["routing"] = routing or None
    fields = {"output": plan.scenario.output.model_copy(update=output or {})}
    scenario = plan.scenario.model_copy(update=fields)
    return dataclasses.replace(plan, summary=summary, scenario=scenario)


def status_of(plan, topic="选址"):
    return next(one for one in title_facts(plan)["status"] if one["topic"] == topic)


def asking_for(plan, share, share_of="coverable", **siting):
    wish = plan.scenario.siting.model_copy(update={"required_share": share, "share_of": share_of})
    scenario = plan.scenario.model_copy(update={"siting": wish})
    return dataclasses.replace(changed(plan, siting=siting), scenario=scenario)


def test_both_languages_have_the_same_texts_with_the_same_gaps():
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for key, chinese in TEXTS["zh"].items():
        assert chinese.count("{}") == TEXTS["en"][key].count("{}"), key


def test_a_feasible_plan_is_never_called_optimal(tiny_plan):
    siting = {"status": "feasible", "objective": 84, "bound": 82, "gap": 0.021}
    status = status_of(changed(tiny_plan, siting=siting))
    assert status["verdict"] == "可行，差距 2.1 %"
    assert status["detail"] == "新建 84 处；已证明至少需要 82 处"
    assert not status["proven"]


def test_an_optimal_plan_is_called_proven(tiny_plan):
    status = status_of(changed(tiny_plan, siting={"status": "optimal"}))
    assert status["verdict"] == "已证明最优"
    assert status["proven"]


def test_an_infeasible_plan_gives_its_reason(tiny_plan):
    siting = {"status": "infeasible", "objective": None, "bound": None, "message": "预算不足"}
    status = status_of(changed(tiny_plan, siting=siting))
    assert (status["verdict"], status["detail"]) == ("无可行方案", "预算不足")


def test_a_cover_of_people_is_bounded_from_above(tiny_plan):
    siting = {"unit": "people", "objective": 800, "bound": 850, "gap": 50 / 850}
    status = status_of(changed(tiny_plan, siting=siting))
    assert status["detail"] == "覆盖 800 人；已证明最多 850 人"


def test_a_plan_without_routes_says_so(tiny_plan):
    assert status_of(changed(tiny_plan, routing={}), "配送")["verdict"] == "未规划配送线路"


def test_routes_without_a_bound_have_no_gap(tiny_plan):
    routing = {**tiny_plan.summary["routing"], "bound_yuan": 0.0, "n_unserved": 0}
    status = status_of(changed(tiny_plan, routing=routing), "配送")
    assert status["verdict"] == "可行，未证明最优"


@given(
    st.sampled_from(["optimal", "feasible", "interrupted"]),
    st.integers(1, 5000),
    st.floats(0, 200),
    st.sampled_from(["zh", "en"]),
)
def test_what_is_not_delivered_leads_whatever_else_was_proven(
    tiny_plan, status, n_unserved, bound, language
):
    routing = {**tiny_plan.summary["routing"], "status": status, "bound_yuan": bound,
               "n_unserved": n_unserved, "n_unserved_stations": n_unserved}  # fmt: skip
    plan = changed(tiny_plan, routing=routing, output={"language": language})
    first = title_facts(plan)["status"][0]
    assert first["failed"]
    assert not first["proven"]
    assert first["topic"] == TEXTS[language]["routing"]
    assert first["verdict"].startswith(f"{n_unserved:,} ")


def test_stations_and_visits_left_out_are_told_apart_and_the_gap_is_of_the_rest(tiny_plan):
    routing = {**tiny_plan.summary["routing"], "n_unserved": 5, "n_unserved_stations": 3}
    told = status_of(changed(tiny_plan, routing=routing), "配送")
    assert told["verdict"] == "3 个站点未能全部送达"
    assert told["detail"] == (
        "5 次停靠未能排入；以下只涉及已送达的部分：日费用 240 元；下界 200 元；差距 16.7 %"
    )
    del routing["n_unserved_stations"]
    older = status_of(changed(tiny_plan, routing=routing), "配送")
    assert older["verdict"] == "5 个站点未能全部送达"


def test_a_siting_that_failed_leads_too(tiny_plan):
    routing = {**tiny_plan.summary["routing"], "n_unserved": 0}
    siting = {"status": "infeasible", "objective": None, "bound": None}
    (first, second) = title_facts(changed(tiny_plan, siting=siting, routing=routing))["status"]
    assert (first["topic"], first["failed"]) == ("选址", True)
    assert not second["failed"]


@pytest.mark.parametrize(
    ("number", "label"), [("", "内部工作底图"), ("苏S(2026)001号", "审图号：苏S(2026)001号")]
)
def test_the_map_bears_its_review_number_or_says_that_it_is_internal(tiny_plan, number, label):
    facts = title_facts(changed(tiny_plan, output={"map_review_number": number, "notice": ""}))
    assert facts["labels"] == ["© OpenStreetMap contributors", label]


def test_the_notice_and_the_data_date_are_shown(tiny_plan):
    facts = title_facts(tiny_plan)
    assert facts["notice"] == "合成示例数据"
    assert facts["lines"][0] == "数据日期：2026-01"


@pytest.mark.parametrize(
    ("language", "line"), [("zh", "数据日期：未注明"), ("en", "Data date: not stated")]
)
def test_a_plan_without_a_data_date_says_that_none_was_stated(tiny_plan, language, line):
    plan = changed(tiny_plan, output={"data_date": "", "language": language})
    assert title_facts(plan)["lines"][0] == line


@given(st.text(max_size=80))
def test_a_notice_is_never_lost_from_the_corner_nor_too_long_for_it(tiny_plan, notice):
    labels = title_facts(changed(tiny_plan, output={"notice": notice}))["labels"]
    assert len(labels) == (3 if notice else 2)
    assert all(len(label) <= 32 for label in labels)
    assert notice.startswith(short_notice(notice).removesuffix("…"))


def test_only_classes_in_which_somebody_lives_have_a_standard_and_a_figure(tiny_plan):
    def told(urban, rural):
        summary = dict(tiny_plan.summary)
        parts = {
            name: {
                "people": people,
                "covered_people": 0.0,
                "covered_share": 0.0 if people else None,
            }
            for name, people in (("urban", urban), ("rural", rural))
        }
        summary["indicators"] = {**summary["indicators"], "by_class": parts}
        facts = title_facts(dataclasses.replace(tiny_plan, summary=summary))
        return facts["lines"][1], {one["label"] for one in facts["figures"]} & {"城镇", "乡村"}

    assert told(5.0, 0) == ("服务标准：城镇 500 米（步行路网距离）", {"城镇"})
    assert told(0, 5.0) == ("服务标准：乡村 1,000 米（步行路网距离）", {"乡村"})
    both = "服务标准：城镇 500 米、乡村 1,000 米（步行路网距离）"
    assert told(1.0, 1.0) == (both, {"城镇", "乡村"})
    assert told(0, 0) == (both, set())


def test_a_required_share_says_of_whom_it_is_a_share(tiny_plan):
    def lines(*arguments, **siting):
        return title_facts(asking_for(tiny_plan, *arguments, **siting))["lines"][3:]

    assert lines(0.9, all_open_share=0.9711) == ["要求覆盖可达人口的 90 %，即全部人口的 87.4 %"]
    assert lines(0.9, "all") == ["要求覆盖全部人口的 90 %"]
    assert lines(1.0) == []
    assert lines(0.9, measured=True) == []


def test_key_figures_are_those_of_the_summary(tiny_plan):
    figures = {one["label"]: one["value"] for one in title_facts(tiny_plan)["figures"]}
    assert figures == {
        "覆盖率": "80.0 %", "城镇": "100 %", "乡村": "33.3 %", "人口": "1,000", "站点": "2",
        "配送线路": "1",
    }  # fmt: skip


def test_english_facts_hold_no_chinese_but_names(tiny_plan):
    facts = title_facts(changed(tiny_plan, output={"language": "en"}))
    assert facts["status"][0]["verdict"] == "1 station not fully served"
    assert facts["status"][1]["detail"] == "1 new station; proven to need at least 1 station"


@given(st.integers(0, 3_000))
def test_english_words_agree_with_their_figures(n):
    words = filled(TEXTS["en"]["visits_failed"], f"{n:,}").split()
    assert words[1] == ("stop" if n == 1 else "stops")


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
