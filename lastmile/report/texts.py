"""Every word that reports say, in Chinese and English, in one table."""
# ruff: noqa: E501 - sentences stay on one line, so that both languages can be read across

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final, Literal

from lastmile.premises_words import PREMISES_WORDS
from lastmile.report.method_texts import METHOD_TEXTS

Language = Literal["zh", "en"]

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    **METHOD_TEXTS,
    # sheets
    "sheet_overview": ("概况", "Overview"),
    "sheet_coverage": ("分区覆盖", "Coverage by unit"),
    "sheet_stations": ("站点清单", "Stations"),
    "sheet_uncovered": ("未覆盖清单", "Uncovered"),
    "sheet_routes": ("配送线路", "Routes"),
    "sheet_method": ("数据来源与方法", "Data and method"),
    "sheet_phases": ("建设时序", "Programme"),
    "sheet_curve": ("覆盖曲线", "Coverage curve"),
    # every page
    "attribution": ("道路数据 © OpenStreetMap contributors（ODbL）",
                    "Roads © OpenStreetMap contributors (ODbL)"),
    "working_map": ("内部工作底图，公开使用前须依法送审", "Internal working map, not for publication"),
    "review_number": ("审图号：{0}", "Map review number: {0}"),
    "data_date": ("数据日期：{0}", "Data date: {0}"),
    "unknown_date": ("未注明", "not stated"),
    "none": ("（无）", "(none)"),
    "page": ("第 &P 页，共 &N 页", "Page &P of &N"),
    "unlimited": ("不限", "unlimited"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    # classes, levels, kinds, roles
    "class_urban": ("城镇", "urban"),
    "class_rural": ("乡村", "rural"),
    "class_": ("—", "–"),
    "level_district": ("区县", "district"),
    "level_township": ("街道/镇", "township"),
    "level_community": ("社区/村", "community"),
    "kind_服务屋": ("社区电商服务屋", "service house (服务屋)"),
    "kind_服务站": ("农村电商服务站", "service station (服务站)"),
    "role_existing": ("现有", "existing"),
    "role_candidate": ("新建", "new"),
    "role_required": ("指定新建", "required"),
    # status in plain words
    "status_optimal": ("已证明为最优方案", "proven optimal"),
    "status_feasible": ("可行方案，未证明最优：可能存在更好的方案",
                        "feasible, not proven optimal: a better plan may exist"),
    "status_infeasible": ("无可行方案：给定的要求不能同时满足",
                          "infeasible: no plan can meet what was asked"),
    "status_interrupted": ("计算被中断：此为中断时的最好结果，未证明最优",
                           "interrupted: the best found until then, not proven optimal"),
    "status_measured": ("现状评估：只计算现有站点的覆盖，未选址、未作优化",
                        "today's stations measured; none chosen, nothing optimised"),
    # reasons why people are not covered
    "reason_off_network": ("{max_access} 米内无可步行道路", "no walkable road within {max_access} m"),
    "reason_no_candidate_in_reach": ("服务距离内无候选站点", "no candidate site within the service distance"),
    "reason_forbidden": ("服务距离内的候选站点均被禁止选用", "every site in reach is forbidden"),
    "reason_budget": ("站点数量或预算已用完", "number of stations or budget used up"),
    "reason_capacity": ("服务距离内的站点处理能力已满", "stations in reach are full"),
    "reason_share_met": ("已达到要求的覆盖率，未继续布点", "the required share was met without it"),
    "reason_": ("未说明", "not stated"),
    "reason_not_open": ("服务距离内仅有尚未开设的候选站点", "only candidates that are not open in reach"),
    "remedy_not_open": ("开设附近的候选站点", "open a candidate nearby"),
    "remedy_off_network": ("核对坐标与路网，补测周边道路", "check the coordinates and the roads nearby"),
    "remedy_no_candidate_in_reach": ("在附近增加候选房源", "find premises nearby"),
    "remedy_forbidden": ("解除其中一处的禁用", "allow one of these sites"),
    "remedy_budget": ("增加站点数量或预算", "raise the number of stations or the budget"),
    "remedy_capacity": ("提高站点处理能力或加开站点", "raise capacity or open another station"),
    "remedy_share_met": ("提高要求的覆盖率", "raise the required share"),
    # reasons why stops are not served
    "unserved_capacity": ("货量超过任一车辆的装载能力", "load exceeds every vehicle"),
    "unserved_fleet": ("车辆不足", "too few vehicles"),
    "unserved_window": ("任一车辆都无法在时间窗内到达", "no vehicle arrives within the time window"),
    "unserved_range": ("超出任一车辆的行驶里程上限", "too far for every vehicle"),
    "unserved_unreachable": ("没有可通行的道路", "no road leads there"),
    "unserved_search": ("现有车辆未能排入", "no place found in the vehicles there are"),
    "unserved_": ("未说明", "not stated"),
    # overview
    "report_title": ("{0} — 站点布局与配送方案", "{0}: stations and deliveries"),
    "section_headline": ("结论", "In short"),
    "headline_covered": (
        "规划新建 {0:,} 个站点，连同现有 {1:,} 个，共 {2:,} 个；{3:,.0f} 人在服务距离内有站点，占全部 {4:,.0f} 人的 {5}。",
        "{0:,} new [station|stations] and {1:,} existing [one|ones], {2:,} in all; {3:,.0f} of {4:,.0f} [person|people] ({5}) have a station within their service distance.",
    ),
    "headline_covered_measured": (
        "现有 {0:,} 个站点；{1:,.0f} 人在服务距离内有站点，占全部 {2:,.0f} 人的 {3}。",
        "{0:,} existing [station|stations]; {1:,.0f} of {2:,.0f} [person|people] ({3}) have a station within their service distance.",
    ),
    "headline_covered_new": (
        "规划新建 {0:,} 个站点（未列入现有站点）；{1:,.0f} 人在服务距离内有站点，占全部 {2:,.0f} 人的 {3}。",
        "{0:,} new [station|stations] (no existing ones were stated); {1:,.0f} of {2:,.0f} [person|people] ({3}) have a station within their service distance.",
    ),
    "headline_ceiling": (
        "全部可选站点都开设也只能覆盖 {0}；要进一步提高，须补充候选房源。",
        " Every site that may open would together cover {0}; more takes more premises.",
    ),
    "headline_before": (
        "现有站点的覆盖率为 {0}，规划后提高 {1:.1f} 个百分点。",
        "Existing stations alone cover {0}; the plan adds {1:.1f} percentage points.",
    ),
    "headline_uncovered": (
        "仍有 {0:,.0f} 人未覆盖，首要原因是{1}（{2:,.0f} 人）；逐点原因见“未覆盖清单”。",
        "{0:,.0f} people stay uncovered, most because of: {1} ({2:,.0f}); sheet Uncovered lists them.",
    ),
    "headline_routes": (
        "每日配送 {0:,} 条线路（每条由一辆车跑一趟，平均 {3:.1f} 小时），共 {1:,.1f} 公里、{2:,} 件包裹",
        "{0:,} [route|routes] a day (one round of one vehicle each, {3:.1f} h on average), {1:,.1f} km, {2:,} [parcel|parcels]",
    ),
    "headline_served": ("{0}；全部站点均已排入。", "{0}; every station is served."),
    "headline_unserved": ("{0}，原因见“配送线路”。已排入的部分：{1}。", "{0}, for the reasons on sheet Routes. What is delivered: {1}."),
    "not_delivered": ("{0:,} 个站点未能全部送达（{1:,} 次停靠未能排入）",
                      "{0:,} [station|stations] not fully served ({1:,} [stop|stops] left out)"),
    "status_not_delivered": ("{0}；已送达的部分为：{1}；下界与差距只涉及这一部分",
                             "{0}; what is delivered is {1}, and bound and gap concern that part only"),
    "status_none_delivered": ("{0}；{1}", "{0}; {1}"),
    "headline_label_required": ("覆盖要求", "Required share"),
    "required_coverable": ("要求覆盖可达人口的 {0:g} %", "{0:g} % of the people whom any site can reach were asked for"),
    "required_all": ("要求覆盖全部人口的 {0:g} %", "{0:g} % of all people were asked for"),
    "that_is_of_all": ("{0}，即全部人口的 {1}", "{0}, which is {1} of all people"),
    "headline_label_covered": ("站点与覆盖", "Stations and coverage"),
    "headline_label_before": ("与现状相比", "Against today"),
    "plan_status": ("方案状态", "Status of the plan"),
    "status_of_both": ("选址：{0}。配送：{1}。", "Siting: {0}. Deliveries: {1}."),
    "status_deliveries_first": ("配送：{1}。选址：{0}。", "Deliveries: {1}. Siting: {0}."),
    "section_result": ("总体结果", "Result"),
    "section_proof": ("求解与证明", "What was proven"),
    "section_routes": ("配送", "Deliveries"),
    "section_notes": ("需要说明的事项", "What a reader must know"),
    "section_labels": ("标注", "Labels"),
    "item": ("项目", "Item"),
    "value": ("数值", "Value"),
    "remark": ("说明", "Remark"),
    "people": ("人口", "People"),
    "covered_people": ("覆盖人口", "Covered people"),
    "covered_share": ("覆盖率", "Covered share"),
    "uncovered_people": ("未覆盖人口", "Uncovered people"),
    "off_network_people": ("路网外人口", "Off-network people"),
    "off_network_remark": ("距可步行道路超过 {0} 米，仍计入分母",
                           "farther than {0} m from any walkable road; still in the denominator"),
    "share_remark": ("覆盖人口 ÷ 全部人口", "covered people over all people"),
    "all_open_share": ("覆盖率上限", "Highest share possible"),
    "all_open_remark": ("全部可选站点都开设时的覆盖率", "if every site that may open were open"),
    "mean_distance": ("平均步行距离（米）", "Walking distance, mean (m)"),
    "median_distance": ("步行距离中位数（米）", "Walking distance, median (m)"),
    "p90_distance": ("步行距离 90 分位（米）", "Walking distance, 90 % (m)"),
    "distance_remark": ("按覆盖人口加权", "of covered people"),
    "straight_remark": ("直线距离，按覆盖人口加权", "straight line, weighted by covered people"),
    "n_stations": ("站点总数", "Stations"),
    "n_new": ("新建站点", "New stations"),
    "n_existing": ("现有站点", "Existing stations"),
    "new_cost": ("新建费用（元）", "Cost of new stations (yuan)"),
    "cost_remark": ("现有站点不计费用", "existing stations cost nothing"),
    "siting_status": ("选址状态", "Siting"),
    "siting_message": ("选址说明", "Message of siting"),
    "objective_stations": ("目标值：新建站点数", "Objective: new stations"),
    "objective_yuan": ("目标值：新建费用（元）", "Objective: cost of new stations (yuan)"),
    "objective_people": ("目标值：覆盖人口", "Objective: covered people"),
    "bound_low": ("已证明的下界", "Proven lower bound"),
    "bound_high": ("已证明的上界", "Proven upper bound"),
    "bound_low_remark": ("任何方案都不会低于此值", "no plan can be below this"),
    "bound_high_remark": ("任何方案都不会高于此值", "no plan can be above this"),
    "gap": ("目标值与界的差距", "Gap"),
    "gap_remark": ("0 表示已证明最优", "0 means proven optimal"),
    "shown_remark": ("按整数显示，相加可能差 1", "shown whole, so sums may be off by one"),
    "components": ("独立子问题数", "Independent components"),
    "components_proven": ("其中已证明最优", "of which proven optimal"),
    "routing_status": ("线路状态", "Routing"),
    "no_routing": ("未做配送规划（未给出分拨中心或未启用）",
                   "no deliveries were planned (no depots, or switched off)"),
    "n_routes": ("线路数", "Routes"),
    "n_stops": ("停靠次数", "Stops"),
    "n_unserved_stations": ("未全部送达的站点数", "Stations not fully served"),
    "n_unserved": ("未排入的停靠次数", "Stops left out"),
    "route_km": ("总里程（公里）", "Distance (km)"),
    "route_hours": ("总工时（小时）", "Hours on duty"),
    "route_parcels": ("包裹（件/日）", "Parcels a day"),
    "route_cost": ("配送费用（元/日）", "Cost of deliveries (yuan a day)"),
    "route_bound": ("配送费用下界（元/日）", "Proven lower bound (yuan a day)"),
    "served_bound_remark": ("只涉及已送达的部分", "concerns what is delivered only"),
    "co2e": ("碳排放（千克 CO₂e/日）", "CO2e (kg a day)"),
    "before_after": ("规划前后对比", "Before and after"),
    "stage": ("阶段", "Stage"),
    "before": ("现状（仅现有站点）", "today (existing stations only)"),
    "after": ("规划后", "planned"),
    "gain": ("增加", "gain"),
    "by_class": ("按城乡类别", "By class"),
    "class": ("类别", "Class"),
    "by_kind": ("站点构成", "Stations by kind"),
    "kind": ("类型", "Kind"),
    "total": ("合计", "Total"),
    "by_reason": ("未覆盖原因", "Why people are uncovered"),
    "reason": ("原因", "Reason"),
    "share_of_people": ("占全部人口", "Share of all people"),
    "by_unit": ("各{0}覆盖情况", "Coverage by {0}"),
    "chart_by_unit": ("各{0}覆盖率", "Covered share by {0}"),
    "lowest_units": ("（覆盖率最低的 {0} 个）", " (the {0} lowest)"),
    "notice": ("数据声明", "Notice"),
    "map_note": ("底图", "Map"),
    "source_note": ("署名", "Attribution"),
    # coverage by unit
    "level": ("级别", "Level"),
    "code": ("代码", "Code"),
    "name": ("名称", "Name"),
    "parent": ("上级", "Part of"),
    "rank": ("同级名次", "Rank in level"),
    "class_source": ("类别来源", "Class from"),
    "outline": ("轮廓", "Outline"),
    "outline_estimated": ("估算（由点生成）", "estimated from points"),
    "outside_units": ("不在任何分区内", "outside all units"),
    # stations
    "id": ("编号", "Id"),
    "role": ("性质", "Role"),
    "unit": ("所在分区", "Unit"),
    "lon": ("经度（WGS84）", "Longitude (WGS84)"),
    "lat": ("纬度（WGS84）", "Latitude (WGS84)"),
    "people_served": ("服务人口", "People served"),
    "load": ("包裹（件/日）", "Parcels a day"),
    "capacity": ("处理能力（件/日）", "Capacity (parcels a day)"),
    "utilisation": ("利用率", "Utilisation"),
    "cost": ("费用（元）", "Cost (yuan)"),
    "premises": ("场所类别", "Premises"),
    "opened": ("启用年份", "Opened"),
    **{f"premises_{name}": told for name, told in PREMISES_WORDS.items()},
    # uncovered
    "remedy": ("改进办法", "Remedy"),
    "service_distance": ("服务距离（米）", "Service distance (m)"),
    "n_points": ("需求点数", "Demand points"),
    "largest": ("其中最大点", "Largest point"),
    "largest_people": ("最大点人口", "People of the largest"),
    "aggregated": ("未覆盖需求点共 {0:,} 个，超过 {1:,} 行，按分区与原因汇总；逐点数据见 plan.gpkg 的 demand 图层",
                   ("{0:,} uncovered points, more than {1:,} rows: added up by unit and reason; "
                   "every point is in layer demand of plan.gpkg")),
    "listed": ("未覆盖需求点共 {0:,} 个，按人口从多到少排列",
               "{0:,} uncovered demand [point|points], the largest first"),
    # routes
    "table_routes": ("线路", "Routes"),
    "table_stops": ("停靠顺序", "Stops"),
    "table_unserved": ("未送达的停靠", "Stops not served"),
    "table_fleet": ("车辆使用", "Use of the fleet"),
    "n_available": ("可用", "Available"),
    "n_used": ("已用", "Used"),
    "fleet_state": ("使用情况", "State"),
    "fleet_used_up": ("已用满", "all in use"),
    "route": ("线路", "Route"),
    "label": ("{0}：{1}", "{0}: {1}"),
    "coordinate_hint": (
        "坐标为 WGS84。高德、腾讯地图用 GCJ-02，百度地图用 BD-09：直接输入会偏约 500 米，请先转换，或按站点名称、GPX 导航。",
        "Coordinates are WGS84. Amap and Tencent use GCJ-02, Baidu BD-09: typed in there they are some 500 m off; convert them, or go by station names or the GPX file.",
    ),
    "vehicle": ("车型", "Vehicle"),
    "depot": ("分拨中心", "Depot"),
    "departure": ("发车", "Departure"),
    "return": ("返回", "Return"),
    "duration": ("工时（小时）", "Duration (h)"),
    "distance_km": ("里程（公里）", "Distance (km)"),
    "route_yuan": ("费用（元）", "Cost (yuan)"),
    "route_co2e": ("碳排放（千克 CO₂e）", "CO2e (kg)"),
    "sequence": ("顺序", "No."),
    "station": ("站点", "Station"),
    "arrival": ("到达", "Arrival"),
    "leave": ("离开", "Departure"),
    "window": ("时间窗", "Time window"),
    "parcels": ("包裹（件）", "Parcels"),
    "leg": ("上一段行驶（分钟）", "Drive from previous (min)"),
    "stop": ("停靠编号", "Stop id"),
    # programme
    "phases_title": ("分年度建设计划", "Programme by years"),
    "phase_units_title": ("各年末各区、镇（街道）覆盖率", "Covered share by the end of each year"),
    "phase": ("年度", "Year"),
    "phase_new": ("当年新建站点", "New stations"),
    "phase_open": ("年末站点", "Open by its end"),
    "phase_cost": ("当年投资（元）", "Cost, yuan"),
    "phase_target": ("目标覆盖率", "Target"),
    "phase_bound": ("沿用最终站点的上界", "Bound, same stations"),
    "phase_alone": ("仅为当年选址的最好结果", "Best for this year alone"),
    "phase_alone_bound": ("任何选址的上界", "Bound, any stations"),
    # curve
    "curve_title": ("新建站点数与覆盖率", "Covered share by number of new stations"),
    "curve_bound": ("覆盖率上界", "Upper bound of share"),
    "status": ("状态", "Status"),
    "short_optimal": ("已证明最优", "proven optimal"),
    "short_feasible": ("可行，未证明最优", "feasible, not proven"),
    "short_infeasible": ("不可行", "infeasible"),
    "short_interrupted": ("被中断", "interrupted"),
    # driver sheets
    "sheet_of_route": ("配送线路单", "Route sheet"),
    "all_routes": ("全部线路", "All routes"),
    "day": ("配送日期", "Date"),
    "driver": ("驾驶员", "Driver"),
    "plate": ("车牌", "Plate"),
    "totals_line": ("停靠 {0} 次 · {1:.1f} 公里 · {2:,} 件 · {3:.1f} 小时",
                    "{0} [stop|stops] · {1:.1f} km · {2:,} [parcel|parcels] · {3:.1f} h"),
    "signature": ("签收", "Signature"),
    "back_at_depot": ("返回分拨中心", "Back at the depot"),
    "qr_caption": ("各站坐标 {0}–{1}（序号 纬度,经度，WGS84）",
                   "Stops {0}–{1} (number latitude,longitude, WGS84)"),
    "qr_caption_one": ("站点坐标（geo，WGS84）", "The stop (geo, WGS84)"),
    "strip_map": ("线路示意图（上北）", "Route (north is up)"),
    "strip_depot": ("分拨中心", "depot"),
    "strip_stop": ("站点（序号）", "stop (number)"),
    "open_sheet": ("线路单", "sheet"),
    "gpx_times": ("到达 {0}，离开 {1}，包裹 {2} 件", "arrive {0}, leave {1}, {2} [parcel|parcels]"),
    "gpx_depot": ("发车 {0}，返回 {1}", "leave {0}, back {1}"),
    "no_routes": ("本方案没有配送线路。", "This plan has no routes."),
    "generated": ("由 lastmile {0} 生成", "Made with lastmile {0}"),
}  # fmt: skip
"""Key to (Chinese, English). ``{0}`` is filled by :meth:`Wording.filled`; ``[one|many]`` behind it is
the word that agrees with that figure."""

_AGREEING: Final = re.compile(r"\[(\w+)\|(\w+)\]")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language."""

    language: Language

    def __call__(self, key: str) -> str:
        """Text of a key."""
        return TEXTS[key][0 if self.language == "zh" else 1]

    def filled(self, key: str, *values: object) -> str:
        """Text of a key with its places filled, each with the word that agrees with it.

        Examples
        --------
        >>> Wording("en").filled("not_delivered", 1, 2_000)
        '1 station not fully served (2,000 stops left out)'
        """
        told, shown = "", ""
        for words, place, spec, _ in Formatter().parse(self(key)):
            told += _AGREEING.sub(r"\1" if shown == "1" else r"\2", words)
            if place is not None:
                shown = format(values[int(place)], spec or "")
                told += shown
        return told

    def coded(self, prefix: str, code: str) -> str:
        """Text of a code, such as a reason; the code itself where it has no text.

        Examples
        --------
        >>> Wording("zh").coded("unserved_", "fleet")
        '车辆不足'
        >>> Wording("zh").coded("unserved_", "strike")
        'strike'
        """
        key = f"{prefix}{code}"
        return self(key) if key in TEXTS else code

    def reason(self, code: str, max_access_m: float) -> str:
        """Why a demand point is not covered."""
        return self.coded("reason_", code).replace("{max_access}", f"{max_access_m:g}")
