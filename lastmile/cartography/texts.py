"""Every word the map shows, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from lastmile.premises_words import PREMISES_WORDS

Language = Literal["zh", "en"]

# One row per text: key, Chinese, English. {} marks a figure to be filled in; [one|many] behind
# it is the word that agrees with that figure.
_ROWS: Final = (
    ("working_map", "内部工作底图", "Internal working map"),
    ("review_number", "审图号：{}", "Map review number: {}"),
    ("data_date", "数据日期：{}", "Data date: {}"),
    ("unknown_date", "未注明", "not stated"),
    ("metric_network", "步行路网距离", "walking distance over roads"),
    ("metric_euclidean", "直线距离", "straight-line distance"),
    ("standard", "服务标准：{}（{}）", "Standard: {} ({})"),
    ("norm", "标准依据：{}", "Norm: {}"),
    ("norm_unverified", "（未核实）", ", unverified"),
    ("norm_modified", "（已修改）", ", modified"),
    ("standard_urban", "城镇 {} 米", "urban {} m"),
    ("standard_rural", "乡村 {} 米", "rural {} m"),
    ("and", "、", ", "),
    ("required_coverable", "要求覆盖可达人口的 {}", "Required: {} of the people within reach"),
    ("required_all", "要求覆盖全部人口的 {}", "Required: {} of all people"),
    ("that_is_of_all", "{}，即全部人口的 {}", "{}, which is {} of all people"),
    ("siting", "选址", "Siting"),
    ("routing", "配送", "Routing"),
    ("proven", "已证明最优", "Proven optimal"),
    ("feasible", "可行，差距 {}", "Feasible, gap {}"),
    ("feasible_no_bound", "可行，未证明最优", "Feasible, not proven optimal"),
    ("interrupted", "中途停止，差距 {}", "Stopped early, gap {}"),
    ("interrupted_no_bound", "中途停止，未证明最优", "Stopped early, not proven optimal"),
    ("infeasible", "无可行方案", "No feasible plan"),
    ("no_routing", "未规划配送线路", "No delivery routes planned"),
    ("lscp_stations", "新建 {} 处", "{} new [station|stations]"),
    ("lscp_yuan", "新建费用 {} 元", "new stations cost {} yuan"),
    ("lscp_proven", "已证明不能更少", "proven that none cheaper or fewer exists"),
    ("lscp_bound", "已证明至少需要 {}", "proven to need at least {}"),
    ("mclp", "覆盖 {} 人", "{} [person|people] covered"),
    ("mclp_proven", "已证明不能更多", "proven that no plan covers more"),
    ("mclp_bound", "已证明最多 {} 人", "proven to be at most {}"),
    ("bound_stations", "{} 处", "{} [station|stations]"),
    ("bound_yuan", "{} 元", "{} yuan"),
    ("routing_cost", "日费用 {} 元", "{} yuan a day"),
    ("routing_bound", "下界 {} 元", "lower bound {} yuan"),
    ("routing_gap", "差距 {}", "gap {}"),
    (
        "routing_failed",
        "{} 个站点未能全部送达",
        "{} [station|stations] not fully served",
    ),
    ("visits_failed", "{} 次停靠未能排入", "{} [stop|stops] left out"),
    ("served_only", "以下只涉及已送达的部分：{}", "of what is delivered only: {}"),
    ("people", "人口", "People"),
    ("covered_share", "覆盖率", "Covered share"),
    ("covered_people", "覆盖 {} 人", "{} [person|people] covered"),
    ("before", "现状 {}", "today {}"),
    ("no_existing", "未列入现有站点", "no existing stations stated"),
    ("ceiling", "全部候选可达 {}", "{} if every candidate were open"),
    ("urban", "城镇", "Urban"),
    ("rural", "乡村", "Rural"),
    ("of_people", "{} 人中", "of {} people"),
    ("stations", "站点", "Stations"),
    ("new_existing", "新建 {} · 现有 {}", "{} new · {} existing"),
    ("routes", "配送线路", "Delivery routes"),
    ("n_routes", "{} 条", "{}"),
    ("route_figures", "{} 公里 · 未送达站点 {}", "{} km · {} [station|stations] not fully served"),
    ("off_network", "路网之外", "Off the network"),
    ("n_people", "{} 人", "{} [person|people]"),
    ("search", "查找区划、站点、线路、需求点……", "Find a unit, station, route, point…"),
    ("search_label", "按名称查找", "Search by name"),
    ("nothing_found", "没有找到", "Nothing found"),
    ("and_more", "另有 {} 项，请输入更多文字", "{} more; type more of the name"),
    ("layers", "图层与图例", "Layers and legend"),
    ("coverage_of", "覆盖率分级", "Units by covered share"),
    ("level_district", "区县", "Districts"),
    ("level_township", "乡镇街道", "Townships"),
    ("level_community", "社区村", "Communities"),
    ("level_none", "不显示", "None"),
    ("names", "名称注记", "Names"),
    ("no_people", "无人口", "no people"),
    ("demand", "需求点（面积示人口）", "Demand points (area shows people)"),
    ("covered", "已覆盖", "Covered"),
    ("uncovered", "未覆盖", "Not covered"),
    ("reason_", "未覆盖", "not covered"),
    ("reason_off_network", "未覆盖：路网之外", "Not covered: off the network"),
    (
        "reason_no_candidate_in_reach",
        "未覆盖：可达范围内无候选点",
        "Not covered: no candidate in reach",
    ),
    ("reason_forbidden", "未覆盖：候选点禁用", "Not covered: candidate forbidden"),
    ("reason_budget", "未覆盖：数量或预算所限", "Not covered: number or budget"),
    ("reason_capacity", "未覆盖：站点容量不足", "Not covered: capacity"),
    ("reason_share_met", "未覆盖：目标比例已满足", "Not covered: required share met"),
    ("reason_not_open", "未覆盖：附近候选点尚未开设", "Not covered: candidate nearby, not open"),
    ("measured", "现状评估，未选址", "Today's stations measured, none chosen"),
    ("areas", "服务范围", "Service areas"),
    ("catchments", "服务归属线", "Catchment lines"),
    ("role_existing", "现有", "existing"),
    ("role_candidate", "新建", "new"),
    ("role_required", "指定新建", "required"),
    ("role_forbidden", "禁用", "forbidden"),
    ("unused", "未启用候选点", "Candidates not opened"),
    ("forbidden", "禁用候选点", "Forbidden candidates"),
    ("centres", "中转、分拨中心", "Transit and sorting centres"),
    ("stop_order", "停靠顺序号", "Stop numbers"),
    ("unserved", "未送达站点", "Stations not fully served"),
    ("visits_unserved", "{} 次停靠未送达：{}", "{} [stop|stops] not delivered: {}"),
    ("remedy_is", "建议：{}", "Remedy: {}"),
    ("reason_unserved_capacity", "超出车辆装载量", "load exceeds every vehicle"),
    ("reason_unserved_window", "时间窗内无法到达", "cannot be reached in its time window"),
    ("reason_unserved_range", "超出车辆里程", "beyond the range of every vehicle"),
    ("reason_unserved_unreachable", "无道路可达", "no road leads there"),
    ("reason_unserved_fleet", "车辆不足", "too few vehicles"),
    ("reason_unserved_search", "现有车辆未能排入", "no place found in the vehicles there are"),
    ("roads", "道路", "Roads"),
    ("road_major", "主要道路", "Main roads"),
    ("road_minor", "一般道路", "Minor roads"),
    ("road_foot", "步行道", "Footpaths"),
    ("boundary", "区划界线", "Unit boundaries"),
    ("show_all", "显示全部线路", "Show all routes"),
    ("all", "全选", "All"),
    ("none", "全不选", "None"),
    ("only_this", "只看这条", "Show only this one"),
    ("route_row", "停靠 {} 次 · {} 公里 · {}–{}", "{} [stop|stops] · {} km · {}–{}"),
    ("vehicle", "车型", "Vehicle"),
    ("depot", "出发中心", "Starts at"),
    ("stops", "停靠次数", "Stops"),
    ("distance", "里程", "Distance"),
    ("duration", "用时", "Duration"),
    ("load_parcels", "装载（件）", "Load (parcels)"),
    ("cost", "费用（元）", "Cost (yuan)"),
    ("co2e", "碳排放（千克）", "CO₂e (kg)"),
    ("hours", "出车—返回", "Out–back"),
    ("code", "代码", "Code"),
    ("class", "类别", "Class"),
    ("kind", "类型", "Kind"),
    ("role", "性质", "Role"),
    ("premises", "场所类别", "Premises"),
    *((f"premises_{name}", *told) for name, told in PREMISES_WORDS.items()),
    ("opened", "启用年份", "Opened"),
    ("outline", "轮廓", "Outline"),
    ("outline_estimated", "估算（由点生成）", "estimated from points"),
    ("id", "编号", "Id"),
    ("people_served", "服务人口", "People served"),
    ("load", "负荷（件/日）", "Load (parcels a day)"),
    ("utilisation", "利用率", "Utilisation"),
    ("phase", "建设期", "Phase"),
    ("visit", "{} 第 {} 次停靠，{} 到达，{} 离开，卸 {} 件",
     "{}, stop {}: arrives {}, leaves {}, {} [parcel|parcels]"),
    ("service_distance", "服务标准", "Service distance"),
    ("distance_to_station", "到站距离", "Distance to station"),
    ("station", "所属站点", "Station"),
    ("reason", "原因", "Reason"),
    ("remedy", "建议", "Remedy"),
    ("demand_point", "需求点", "Demand point"),
    ("demand_cell", "{} 个需求点", "{} demand [point|points]"),
    ("metres", "{} 米", "{} m"),
    ("kilometres", "{} 公里", "{} km"),
    ("minutes", "{} 分钟", "{} min"),
    ("panel", "图例与说明", "Legend and figures"),
    ("close_panel", "收起面板", "Close the panel"),
    ("notes", "说明", "Notes"),
    ("sources", "数据来源", "Sources"),
    ("north", "北", "N"),
    ("map_label", "方案地图", "Map of the plan"),
    ("kind_服务屋", "服务屋", "service house"),
    ("kind_服务站", "服务站", "service station"),
    ("show", "显示", "Show"),
    ("print", "打印", "Print"),
    ("whole", "全图", "Whole area"),
    ("empty", "无", "none"),
)  # fmt: skip

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {key: chinese for key, chinese, _ in _ROWS},
    "en": {key: english for key, _, english in _ROWS},
}
"""Text by language and key; both languages have the same keys and the same number of ``{}``."""

_AGREEING: Final = re.compile(r"\[(\w+)\|(\w+)\]")


def filled(text: str, *values: str) -> str:
    """Fill in the figures of a text, each with the word that agrees with it.

    ``fill`` in ``web/core.js`` does the same.

    Examples
    --------
    >>> filled("{} [stop|stops] · {} km", "1", "7.6"), filled("{} [stop|stops]", "1,001")
    ('1 stop · 7.6 km', '1,001 stops')
    """
    head, *tails = text.split("{}")
    parts = [head]
    for value, tail in zip(values, tails, strict=True):
        chosen = r"\1" if value == "1" else r"\2"
        parts += [value, _AGREEING.sub(chosen, tail)]
    return "".join(parts)
