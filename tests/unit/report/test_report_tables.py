"""Tables of the report hold the figures of the layers, in an order a reader expects."""

from __future__ import annotations

import dataclasses
import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.indicators import coverage_by_unit, overall
from lastmile.report.coverage import MAX_CHARTED_UNITS, charted_units, coverage_table
from lastmile.report.curve import curve_table
from lastmile.report.method import inputs_table, method_sections, open_components_table
from lastmile.report.overview import before_after_table, class_table, labels, overview_sections
from lastmile.report.routes import (
    fleet_table,
    leg_seconds,
    routes_table,
    stops_table,
    unserved_table,
)
from lastmile.report.stations import kinds_table, new_cost_yuan, station_table
from lastmile.report.texts import TEXTS, Wording
from lastmile.report.uncovered import reasons_table, uncovered_table
from lastmile.report.units import finest_around, in_hierarchy, paths

ZH, EN = Wording("zh"), Wording("en")


def with_layers(plan, **frames):
    return dataclasses.replace(plan, layers={**plan.layers, **frames})


def with_summary(plan, **entries):
    return dataclasses.replace(plan, summary={**plan.summary, **entries})


def with_scenario(plan, **updates):
    return dataclasses.replace(plan, scenario=plan.scenario.model_copy(update=updates))


def facts_of(sections):
    return {fact.label: fact.value for section in sections for fact in section.facts}


def test_every_text_takes_the_same_places_in_both_languages():
    def places(sentence):
        return {part.split("}")[0].split(":")[0] for part in sentence.split("{")[1:]}

    for key, (chinese, english) in TEXTS.items():
        assert places(chinese) == places(english), key
        assert chinese, key
        assert english, key


def test_units_stand_after_the_unit_that_holds_them(tiny_plan):
    units = tiny_plan.layers["units"].iloc[::-1]
    ordered = [(units["code"].iloc[k], depth) for k, depth in in_hierarchy(units)]
    assert ordered == [("320402", 0), ("320402001", 1), ("320402100", 1)]
    assert paths(units)["320402100"] == "天宁区 · 郑陆镇"


def test_units_in_a_circle_or_without_their_parent_are_listed_once_all_the_same():
    units = pd.DataFrame(
        {
            "code": ["A", "B", "C", "D"],
            "name": ["a", "b", "c", ""],
            "parent_code": ["B", "A", "gone", "D"],
        }
    )
    assert sorted(position for position, _ in in_hierarchy(units)) == [0, 1, 2, 3]
    assert paths(units)["D"] == "D"


def test_a_point_on_a_border_belongs_to_the_lower_code_of_the_finest_level(tiny_plan):
    units, demand = tiny_plan.layers["units"], tiny_plan.layers["demand"]
    border = units.geometry.iloc[1].intersection(units.geometry.iloc[2]).interpolate(0.5)
    points = demand.iloc[:1].set_geometry([border], crs=4326)
    assert finest_around(units, points) == ["320402001"]
    assert finest_around(units, demand) == demand["unit_code"].tolist()


def test_coverage_rows_equal_what_the_demand_layer_adds_up_to(tiny_plan):
    table = coverage_table(tiny_plan, ZH)
    layers = tiny_plan.layers
    recomputed = coverage_by_unit(layers["units"], layers["demand"]).set_index("code")
    assert table.column("代码") == ["320402", "320402001", "320402100"]
    for code, people, covered, share, left in zip(
        table.column("代码"),
        table.column("人口"),
        table.column("覆盖人口"),
        table.column("覆盖率"),
        table.column("未覆盖人口"),
        strict=True,
    ):
        row = recomputed.loc[code]
        assert (people, covered) == (row["people"], row["covered_people"])
        assert share == pytest.approx(row["covered_share"], abs=1e-12)
        assert left == people - covered
    assert table.column("同级名次") == [1, 1, 2]
    (total,) = table.totals
    assert total[4:8] == (1000.0, 800.0, 0.8, 200.0)


def test_equal_shares_share_the_better_rank(tiny_plan):
    units = tiny_plan.layers["units"].assign(level="township", covered_share=[0.5, 0.9, 0.5])
    table = coverage_table(with_layers(tiny_plan, units=units), ZH)
    ranks = dict(zip(table.column("代码"), table.column("同级名次"), strict=True))
    assert ranks == {"320402": 2, "320402001": 1, "320402100": 2}


def test_people_outside_all_units_get_a_row_of_their_own(tiny_plan):
    demand = tiny_plan.layers["demand"].copy()
    demand.loc[demand["id"] == "p5", "unit_code"] = ""
    outside, total = coverage_table(with_layers(tiny_plan, demand=demand), ZH).totals
    assert outside[0] == "不在任何分区内"
    assert outside[4:8] == (50.0, 0.0, 0.0, 50.0)
    assert total[4] == 1000.0


def test_a_unit_without_people_has_no_share_and_no_rank(tiny_plan):
    units = tiny_plan.layers["units"].copy()
    empty = units["code"] == "320402100"
    units.loc[empty, ["people", "covered_people"]] = 0.0
    units.loc[empty, "covered_share"] = math.nan
    table = coverage_table(with_layers(tiny_plan, units=units), ZH)
    assert table.column("覆盖率")[2] is None
    assert table.column("同级名次")[2] is None


def test_the_chart_compares_the_coarsest_level_with_several_units(tiny_plan):
    chart = charted_units(tiny_plan, ZH)
    assert [row[0] for row in chart.rows] == ["雕庄街道", "郑陆镇"]
    no_units = with_layers(tiny_plan, units=tiny_plan.layers["units"].iloc[:0])
    assert charted_units(no_units, ZH) is None


def test_a_chart_of_many_units_shows_the_least_covered_and_says_so(tiny_plan):
    unit = tiny_plan.layers["units"].iloc[[1]]
    many = pd.concat([unit] * 60, ignore_index=True)
    many["code"] = [f"{k:03d}" for k in range(60)]
    many["covered_people"] = [700.0 * k / 60 for k in range(60)]
    many["covered_share"] = many["covered_people"] / 700.0
    chart = charted_units(with_layers(tiny_plan, units=many), ZH)
    assert len(chart.rows) == MAX_CHARTED_UNITS
    assert [row[2] for row in chart.rows] == sorted(many["covered_people"])[:MAX_CHARTED_UNITS]
    assert str(MAX_CHARTED_UNITS) in chart.title


def test_every_open_station_is_listed_with_its_unit_and_cost(tiny_plan):
    table = station_table(tiny_plan, ZH)
    assert table.column("编号") == ["s1", "s2"]
    assert table.column("性质") == ["现有", "新建"]
    assert table.column("所在分区") == ["天宁区 · 雕庄街道", "天宁区 · 郑陆镇"]
    assert table.column("处理能力（件/日）") == [400.0, "不限"]
    assert table.column("利用率") == [0.35, None]
    assert table.column("费用（元）") == [0.0, 20_000.0]
    (total,) = table.totals
    assert total[7] == overall(tiny_plan.layers["demand"])["covered_people"]
    assert (total[8], total[11]) == (150.0, new_cost_yuan(tiny_plan))


def test_stations_and_units_tell_where_their_facts_come_from(tiny_plan):
    stations = station_table(tiny_plan, ZH)
    assert stations.column("场所类别") == ["便利店、超市", "村（居）委会、社区服务中心"]
    assert stations.column("启用年份") == ["2016", ""]
    units = coverage_table(tiny_plan, EN)
    assert units.column("Class from") == ["", "乡镇.csv, 城乡", "乡镇.csv, 城乡"]
    assert units.column("Outline") == ["", "", "estimated from points"]


def test_columns_that_nobody_filled_are_not_printed(tiny_plan):
    sites = tiny_plan.layers["sites"].assign(premises="", opened=math.nan)
    units = tiny_plan.layers["units"].assign(estimated=False, settlement_source="")
    plan = with_layers(tiny_plan, sites=sites, units=units)
    for table in (station_table(plan, ZH), coverage_table(plan, ZH)):
        headers = [column.header for column in table.columns]
        assert not {"场所类别", "启用年份", "类别来源", "轮廓"} & set(headers)
        assert {len(row) for row in (*table.rows, *table.totals)} == {len(headers)}


def test_stations_are_counted_by_kind_and_role(tiny_plan):
    table = kinds_table(tiny_plan, ZH)
    assert table.rows == (
        ("社区电商服务屋", 1.0, 0.0, 0.0, 1.0),
        ("农村电商服务站", 0.0, 1.0, 0.0, 1.0),
    )
    assert table.totals == (("合计", 1.0, 1.0, 0.0, 2.0),)


def test_uncovered_points_come_with_most_people_first_and_a_reason(tiny_plan):
    table = uncovered_table(tiny_plan, ZH)
    assert table.column("编号") == ["p4", "p5"]
    assert table.column("原因") == ["服务距离内无候选站点", "300 米内无可步行道路"]
    # The plan's own remedy is kept; where it has none the usual one stands in.
    assert table.column("改进办法")[0] == "nearest candidate s2 is 240 m too far"
    assert table.column("改进办法")[1] == ZH("remedy_off_network")
    left = overall(tiny_plan.layers["demand"])
    assert sum(table.column("人口")) == left["people"] - left["covered_people"]


def test_too_many_uncovered_points_are_added_up_without_losing_a_person(tiny_plan):
    table = uncovered_table(tiny_plan, ZH, max_listed=1)
    assert "汇总" in table.title
    assert [row[:4] for row in table.rows] == [
        ("天宁区 · 郑陆镇", "服务距离内无候选站点", 1.0, 150.0),
        ("天宁区 · 郑陆镇", "300 米内无可步行道路", 1.0, 50.0),
    ]
    assert table.column("其中最大点") == ["p4", "p5"]


def test_reasons_add_up_to_the_uncovered_people(tiny_plan):
    table = reasons_table(tiny_plan, EN)
    assert sum(table.column("People")) == 200.0
    assert table.column("Share of all people") == [0.05, 0.15]


def test_route_totals_are_the_sums_of_the_routes_layer(tiny_plan):
    table, routes = routes_table(tiny_plan, ZH), tiny_plan.layers["routes"]
    assert table.column("分拨中心") == ["城北分拨中心"]
    (total,) = table.totals
    assert total[3] == len(tiny_plan.layers["stops"])
    assert total[6] == routes["distance_m"].sum() / 1000
    assert total[8] == tiny_plan.layers["stops"]["load_parcels"].sum()


def test_stops_stand_in_driving_order_with_the_drive_before_each(tiny_plan):
    stops = tiny_plan.layers["stops"].iloc[::-1]
    table = stops_table(with_layers(tiny_plan, stops=stops), ZH)
    assert table.column("顺序") == [1.0, 2.0]
    assert table.column("上一段行驶（分钟）") == [300.0, 460.0]  # seconds, shown as minutes
    assert table.column("时间窗") == ["07:00–18:00"] * 2
    assert leg_seconds([], None) == []


def test_unserved_stops_give_their_reason_in_words(tiny_plan):
    (row,) = unserved_table(tiny_plan, ZH).rows
    assert row == ("s9", "", "车辆不足", "1 more vehicle of type van")
    unserved = tiny_plan.layers["unserved"].assign(stop_id="s1#3", station_id="s1")
    (row,) = unserved_table(with_layers(tiny_plan, unserved=unserved), ZH).rows
    assert row[:2] == ("s1#3", "兰陵便利店")


def test_the_fleet_says_what_is_used_and_what_is_used_up(tiny_plan):
    one = tiny_plan.layers["vehicles"]
    vehicles = one.loc[one.index.repeat(2)].reset_index(drop=True)
    vehicles["n_available"], vehicles["n_used"] = [20, 20], [20, 19]
    table = fleet_table(with_layers(tiny_plan, vehicles=vehicles), ZH)
    assert table.title == "车辆使用"
    assert table.rows == (
        ("van", "城北分拨中心", 20.0, 20.0, "已用满"),
        ("van", "城北分拨中心", 20.0, 19.0, ""),
    )
    older = fleet_table(with_layers(tiny_plan, vehicles=one.drop(columns="n_used")), ZH)
    assert older.rows == (("van", "城北分拨中心", 20.0, None, ""),)
    assert fleet_table(with_summary(tiny_plan, routing=None), ZH) is None


@given(
    st.sampled_from(["optimal", "feasible", "interrupted"]),
    st.sampled_from(["optimal", "feasible", "interrupted"]),
    st.integers(1, 9_999),
)
def test_what_is_not_delivered_leads_every_word_on_deliveries(tiny_plan, siting, status, n):
    routing = {**tiny_plan.summary["routing"], "status": status, "n_unserved": 2 * n,
               "n_unserved_stations": n}  # fmt: skip
    part = {**tiny_plan.summary["siting"], "status": siting}
    plan = with_summary(tiny_plan, status=siting, siting=part, routing=routing)
    failure = f"{n:,} 个站点未能全部送达（{2 * n:,} 次停靠未能排入）"
    facts = facts_of(overview_sections(plan, ZH))
    assert facts["方案状态"].startswith(f"配送：{failure}")
    for label in ("配送", "线路状态"):
        assert facts[label].startswith(failure), label
    assert facts["未全部送达的站点数"] == n
    assert facts_of(method_sections(plan, ZH)[-2:])["配送"].startswith(failure)


def test_a_plan_that_delivers_everything_says_so_and_of_older_plans_visits_count(tiny_plan):
    routing = {**tiny_plan.summary["routing"], "n_unserved": 0, "n_unserved_stations": 0}
    facts = facts_of(overview_sections(with_summary(tiny_plan, routing=routing), ZH))
    assert facts["配送"].endswith("全部站点均已排入。")
    assert facts["线路状态"] == ZH("status_feasible")
    nothing = {**routing, "status": "infeasible", "n_unserved": 4, "n_unserved_stations": 4}
    told = facts_of(overview_sections(with_summary(tiny_plan, routing=nothing), ZH))["线路状态"]
    assert "已送达的部分" not in told
    older = {key: value for key, value in routing.items() if key != "n_unserved_stations"}
    plan = with_summary(tiny_plan, routing={**older, "n_unserved": 4})
    assert facts_of(overview_sections(plan, ZH))["未全部送达的站点数"] == 4.0


def test_a_required_share_says_of_whom_it_is_a_share(tiny_plan):
    def told(**wish):
        siting = tiny_plan.scenario.siting.model_copy(update=wish)
        summary = {**tiny_plan.summary["siting"], "all_open_share": 0.9711}
        plan = with_summary(with_scenario(tiny_plan, siting=siting), siting=summary)
        return facts_of(overview_sections(plan, ZH)).get("覆盖要求")

    assert told(required_share=0.9) == "要求覆盖可达人口的 90 %，即全部人口的 87.4 %"
    assert told(required_share=0.9, share_of="all") == "要求覆盖全部人口的 90 %"
    assert told(required_share=1.0) is None


@pytest.mark.parametrize(
    ("alive", "gone", "standard"),
    [("城镇", "乡村", "城镇 500 米"), ("乡村", "城镇", "乡村 1,000 米")],
)
def test_a_class_without_people_is_mentioned_nowhere(tiny_plan, alive, gone, standard):
    demand = tiny_plan.layers["demand"].copy()
    code = {"城镇": "urban", "乡村": "rural"}[gone]
    demand.loc[demand["class"] == code, "people"] = 0.0
    plan = with_layers(tiny_plan, demand=demand)
    assert [row[0] for row in class_table(plan, ZH).rows] == [alive]
    told = facts_of(method_sections(plan, ZH))
    assert told["服务标准"].startswith(f"{standard}，含端点")
    assert gone not in told["包裹量"]


@pytest.mark.parametrize("nothing", [math.nan, math.inf])
def test_a_site_without_a_limit_is_called_unlimited_however_it_is_stored(tiny_plan, nothing):
    sites = tiny_plan.layers["sites"].assign(capacity=nothing)
    table = station_table(with_layers(tiny_plan, sites=sites), ZH)
    assert table.column("处理能力（件/日）") == ["不限", "不限"]


def test_english_words_agree_with_their_figures():
    assert EN.filled("totals_line", 1, 1.0, 1, 0.5) == "1 stop · 1.0 km · 1 parcel · 0.5 h"
    assert EN.filled("totals_line", 11, 1.0, 0, 0.5).startswith("11 stops")
    for key, (_, english) in TEXTS.items():
        assert english.count("[") == english.count("]") == english.count("|"), key


def test_before_and_after_tell_the_gain(tiny_plan):
    table = before_after_table(tiny_plan, ZH)
    assert [row[1] for row in table.rows] == [700.0, 800.0]
    assert table.totals[0][1] == 100.0
    assert table.totals[0][2] == pytest.approx(0.1)
    assert table.total_kinds[2] == "points"
    unknown = with_summary(tiny_plan, indicators={})
    assert before_after_table(unknown, ZH) is None


def test_the_overview_repeats_the_layers_and_what_was_proven(tiny_plan):
    facts = facts_of(overview_sections(tiny_plan, ZH))
    assert facts["人口"] == 1000.0
    assert facts["覆盖率"] == 0.8
    assert facts["未覆盖人口"] == 200.0
    assert facts["步行距离中位数（米）"] == tiny_plan.summary["indicators"]["median_distance_m"]
    assert facts["平均步行距离（米）"] == pytest.approx((400 * 120.5 + 300 * 500 + 100 * 730) / 800)
    assert facts["站点总数"] == 2.0
    assert facts["目标值：新建站点数"] == 1.0
    assert facts["已证明的下界"] == 1.0
    assert facts["总里程（公里）"] == 7.6
    assert [row[0] for row in class_table(tiny_plan, ZH).rows] == ["城镇", "乡村"]


@pytest.mark.parametrize("status", ["feasible", "interrupted", "infeasible"])
def test_only_an_optimal_plan_is_called_optimal(tiny_plan, status):
    siting = {**tiny_plan.summary["siting"], "status": status}
    routing = {**tiny_plan.summary["routing"], "status": status}
    plan = with_summary(tiny_plan, status=status, siting=siting, routing=routing)
    spoken = [
        str(fact.value)
        for sections in (overview_sections(plan, ZH), method_sections(plan, ZH))
        for section in sections
        for fact in section.facts
    ]
    assert not any(sentence.startswith("已证明为最优") for sentence in spoken)
    proven = with_summary(plan, status="optimal", siting={**siting, "status": "optimal"})
    assert "已证明为最优方案" in facts_of(overview_sections(proven, ZH))["选址状态"]


def test_an_infeasible_plan_shows_its_reason_and_neither_bound_nor_gap(tiny_plan):
    message = "要求覆盖全部人口的 95 %，只能覆盖 80 %"
    siting = {**tiny_plan.summary["siting"], "status": "infeasible", "message": message}
    plan = with_summary(tiny_plan, status="infeasible", siting=siting)
    facts = facts_of(overview_sections(plan, ZH))
    assert message in [fact.value for fact in overview_sections(plan, ZH)[0].facts]
    assert facts["选址说明"] == message
    assert not {"已证明的下界", "目标值与界的差距", "其中已证明最优"} & facts.keys()
    assert message in facts_of(method_sections(plan, ZH)).values()


def test_the_overview_says_what_the_candidates_allow(tiny_plan):
    demand = tiny_plan.layers["demand"].copy()
    left_out = ~demand["covered"].astype(bool)
    demand.loc[left_out, "reason"] = "no_candidate_in_reach"
    siting = {**tiny_plan.summary["siting"], "all_open_share": 0.4758}
    plan = dataclasses.replace(
        with_summary(tiny_plan, siting=siting), layers={**tiny_plan.layers, "demand": demand}
    )
    headlines = overview_sections(plan, ZH)[0].facts
    assert any("只能覆盖 47.6 %" in str(fact.value) for fact in headlines)


def test_a_plan_without_existing_stations_is_not_set_against_a_today_of_zero(tiny_plan):
    layers = dict(tiny_plan.layers)
    for name in ("sites", "stations"):
        layers[name] = layers[name][layers[name]["role"] != "existing"]
    plan = dataclasses.replace(tiny_plan, layers=layers)
    assert before_after_table(plan, ZH) is None
    assert "未列入现有站点" in facts_of(overview_sections(plan, ZH))["站点与覆盖"]


def test_english_sentences_stand_apart(tiny_plan):
    siting = {**tiny_plan.summary["siting"], "all_open_share": 0.4758}
    plan = with_summary(tiny_plan, siting=siting)
    for section in (*overview_sections(plan, EN), *method_sections(plan, EN)):
        for fact in section.facts:
            assert not re.search(r"[a-z]\.[A-Z]", str(fact.value)), fact.value


def test_the_limits_say_that_a_route_is_one_round_of_one_vehicle(tiny_plan):
    spoken = [str(f.value) for section in method_sections(tiny_plan, ZH) for f in section.facts]
    assert any("跑一趟" in sentence for sentence in spoken)


def test_mclp_speaks_of_an_upper_bound_on_people(tiny_plan):
    siting = {**tiny_plan.summary["siting"], "goal": "mclp", "unit": "people",
              "objective": 800.0, "bound": 900.0, "gap": 1 / 9}  # fmt: skip
    facts = facts_of(overview_sections(with_summary(tiny_plan, siting=siting), ZH))
    assert facts["目标值：覆盖人口"] == 800.0
    assert facts["已证明的上界"] == 900.0
    budget = tiny_plan.scenario.siting.model_copy(
        update={"goal": "mclp", "p": 20, "budget_yuan": 5}
    )
    told = facts_of(method_sections(with_scenario(tiny_plan, siting=budget), ZH))
    assert told["目标"].startswith("在新建不超过 20 个站点、新建费用不超过 5 元的限制内")


def test_without_routing_the_report_says_so(tiny_plan):
    plan = with_summary(tiny_plan, routing=None)
    assert facts_of(overview_sections(plan, EN))["Routing"] == EN("no_routing")
    assert EN("method_routing") not in [s.title for s in method_sections(plan, EN)]


def test_labels_carry_notice_review_number_and_attribution(tiny_plan):
    assert labels(tiny_plan, ZH) == (
        "数据日期：2026-01",
        "合成示例数据",
        "内部工作底图，公开使用前须依法送审",
        "道路数据 © OpenStreetMap contributors（ODbL）",
    )
    output = tiny_plan.scenario.output.model_copy(update={"map_review_number": "苏S(2026)1号"})
    assert "审图号：苏S(2026)1号" in labels(with_scenario(tiny_plan, output=output), ZH)


def test_the_method_states_the_rule_with_the_scenarios_own_figures(tiny_plan):
    told = facts_of(method_sections(tiny_plan, ZH))
    assert "城镇 500 米、乡村 1,000 米，含端点" in told["服务标准"]
    assert "（常政发〔2014〕77号）" in told["标准依据"]
    assert "已核实" in told["标准依据"]
    assert "修改" not in told["标准依据"]
    assert "300 米" in told["路网外"]
    assert told["道路"].startswith("OpenStreetMap 数据文件：roads.osm.pbf")
    other = tiny_plan.scenario.service_distance.model_copy(
        update={"urban_m": 300.0, "metric": "euclidean"}
    )
    told = facts_of(method_sections(with_scenario(tiny_plan, service_distance=other), ZH))
    assert "已修改：城镇 500 米改为 300 米、步行路网距离改为直线距离" in told["标准依据"]
    assert told["距离口径"].startswith("直线距离")
    assert inputs_table(tiny_plan, ZH).rows == (("people.csv", "0" * 64),)


def test_components_without_proof_are_listed_widest_first(tiny_plan):
    assert open_components_table(tiny_plan, ZH) is None
    part = {"n_demand": 5, "n_sites": 4, "bound": 1, "method": "lp", "proven": False}
    parts = [{**part, "objective": 2}, {**part, "objective": 4}]
    siting = {**tiny_plan.summary["siting"], "components": parts}
    table = open_components_table(with_summary(tiny_plan, siting=siting), ZH)
    assert table.column("目标值") == [4.0, 2.0]


def test_the_curve_stands_in_order_of_stations(tiny_plan):
    siting = dict(tiny_plan.summary["siting"])
    siting["curve"] = siting["curve"][::-1]
    table = curve_table(with_summary(tiny_plan, siting=siting), ZH)
    assert table.column("新建站点") == [1.0, 2.0]
    assert table.column("状态") == ["已证明最优", "可行，未证明最优"]
    assert curve_table(with_summary(tiny_plan, siting={**siting, "curve": []}), ZH) is None
