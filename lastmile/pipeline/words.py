"""The sentences a plan itself carries, in the language its reader asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from lastmile.routing import Unserved
from lastmile.scenario import Scenario

Language = Literal["zh", "en"]

_A_PATH_AWAY_M = 100.0
"""An excess that one unmapped path may explain: about the side of a housing compound."""


def nearest_candidate(name: str, excess_m: float, language: Language) -> str:
    """Say what to do for an uncovered point, and which site is nearest, how many metres too far.

    Little is missing where a path of the neighbourhood that the roads lack may make up for it.
    """
    short = excess_m < 1.0
    if language == "zh":
        shown = "不足 1 " if short else f" {excess_m:.0f} "
        path = "先核对附近有无漏绘的通道，或" if excess_m <= _A_PATH_AWAY_M else ""
        return f"{path}就近增加候选房源；最近的候选点“{name}”超出标准{shown}米"
    shown = "less than 1" if short else f"{excess_m:.0f}"
    path = "look for paths that the roads lack, or " if excess_m <= _A_PATH_AWAY_M else ""
    return f"{path}find premises nearby; the nearest candidate, {name}, is {shown} m too far"


def off_network(access_m: float | None, language: Language) -> str:
    """Say how far a point is from the nearest walkable road; None if none is anywhere near."""
    if access_m is None:
        if language == "zh":
            return "附近没有任何可步行道路，请核对坐标或补充道路数据"
        return "no walkable road anywhere near: check coordinates or add roads"
    if language == "zh":
        return f"距最近可步行道路 {access_m:.0f} 米，请核对坐标或补充道路数据"
    return f"{access_m:.0f} m from the nearest walkable road: check coordinates or add roads"


def no_candidate_near(searched_m: float | None, language: Language) -> str:
    """Say that there is no candidate near an uncovered point; None if none was looked for."""
    if language == "zh":
        near = "服务距离" if searched_m is None else f"步行 {searched_m / 1000:g} 公里"
        return f"{near}内没有任何候选点，须新增候选房源"
    near = "the service distance" if searched_m is None else f"a walk of {searched_m / 1000:g} km"
    return f"no candidate within {near}: find premises nearby"


_REMEDIES_ZH = {
    "capacity": "单个站点货量超过任何车型，请允许拆分或配置更大车辆",
    "window": "到站时段与班次不相容，请放宽收货时段",
    "range": "超出车辆最大行驶里程，请就近增设中心",
    "unreachable": "没有可行驶道路到达，请核对坐标、路网和限行范围",
    "fleet": "车辆不足，请增加车辆",
    "search": "现有车辆未能排入，请延长求解时间或增加车辆",
}


def routing_remedy(left: Unserved, vehicle: str, centre: str, language: Language) -> str:
    """Say what would let an unserved stop be served.

    ``vehicle`` and ``centre`` name the vehicle type it needs and where that is stationed, as a
    dispatcher calls them; routing knows the two by one id.
    """
    if language == "en":
        return left.remedy.replace(f"{vehicle}@{centre}", f"{vehicle} at {centre}")
    told = _REMEDIES_ZH[left.reason]
    if left.n_more_vehicles:
        return f"{told}：{centre}的“{vehicle}”增加 {left.n_more_vehicles} 辆"
    if left.reason == "range" and left.excess:
        kilometres = -(-left.excess // 100_000) / 10
        return f"{told}，或将{centre}的“{vehicle}”里程上限提高 {kilometres:.1f} 公里"
    if left.reason == "window" and left.excess:
        minutes = -(-abs(left.excess) // 60_000)
        change = f"提前 {minutes} 分钟发车" if left.excess < 0 else f"延后 {minutes} 分钟收车"
        return f"{told}，或将{centre}的“{vehicle}”{change}"
    return told


def fleet_used_up(centre: str, n_vehicles: int, language: Language) -> str:
    """Tell that every vehicle of a centre is on the road."""
    if language == "zh":
        return (
            f"{centre}的 {n_vehicles:,} 辆车已全部派出：其余站点只能由别的中心配送或无车可派，"
            "增加车辆可缩短里程"
        )
    return (
        f"all {n_vehicles:,} vehicles of {centre} are on the road: other stations can only be "
        "served from elsewhere or not at all, and more vehicles may save distance"
    )


def left_unserved(n_stations: int, n_all: int, language: Language) -> str:
    """Tell that routes do not bring everything; the first thing a dispatcher must know."""
    if language == "zh":
        return (
            f"{n_all:,} 个有货站点中有 {n_stations:,} 个未能全部送达，原因与办法见“配送线路”；"
            "费用下界只针对已送达的部分"
        )
    return (
        f"{n_stations:,} of {n_all:,} stations with parcels are not fully served, see the routes "
        "for reasons and remedies; the bound on the cost concerns what is served"
    )


def past_islands(n_points: int, people: float, language: Language) -> str:
    """Tell how many demand points lie beside islands of bad mapping."""
    if language == "zh":
        return (
            f"{n_points:,} 个需求点（{people:,.0f} 人）紧邻与主路网不相连的零碎道路，"
            "已改接最近的较大路网，请核对该处道路数据"
        )
    return (
        f"{n_points:,} demand points ({people:,.0f} people) lie beside road fragments joined to "
        "nothing; they were snapped to the nearest larger component"
    )


def gaps(n_parts: int, people: float, largest: str, within_m: float, language: Language) -> str:
    """Tell how many people roads serve that almost touch the rest, and the first to be mended."""
    if language == "zh":
        return (
            f"{n_parts:,} 处道路与主路网仅隔 {within_m:g} 米以内却未连通，涉及 {people:,.0f} 人，"
            f"运行 lastmile check 可列出；首先核对：{largest}"
        )
    return (
        f"{n_parts:,} parts of the roads end within {within_m:g} m of the rest and are not joined "
        f"to it; they are nearest to {people:,.0f} people (lastmile check lists them); first, "
        f"{largest}"
    )


def best_possible(share: float, people: Mapping[str, float], language: Language) -> str:
    """Tell what no choice among the candidates can exceed, and why.

    ``people`` are those beyond reach, by reason.
    """
    forbidden = people.get("forbidden", 0.0)
    phrases = _BEYOND_REACH_ZH if language == "zh" else _BEYOND_REACH_EN
    told = [phrases[reason].format(people[reason]) for reason in phrases if people.get(reason)]
    if language == "zh":
        lift = "、解除站点禁用" if forbidden else ""
        return (
            f"全部可选站点都开设，也只能覆盖 {share:.1%} 的人口：{'，'.join(told)}；"
            f"要进一步提高覆盖率，须补充候选房源或道路数据{lift}"
        )
    lift = ", or sites that are no longer forbidden," if forbidden else ""
    return (
        f"every site that may open would together cover {share:.1%} of the people: "
        f"{', '.join(told)}; only more premises, or roads that are missing,{lift} can raise "
        "coverage further"
    )


_BEYOND_REACH_ZH = {
    "no_candidate_in_reach": "{:,.0f} 人的服务距离内没有候选点",
    "forbidden": "{:,.0f} 人的服务距离内只有禁用的站点",
    "off_network": "{:,.0f} 人位于路网之外",
}
_BEYOND_REACH_EN = {
    "no_candidate_in_reach": "{:,.0f} have no candidate within their service distance",
    "forbidden": "{:,.0f} have only forbidden sites within it",
    "off_network": "{:,.0f} are off the network",
}


def no_footways(*, no_service_roads: bool, language: Language) -> str:
    """Tell that the extract was made for cars, so that walks are measured too long."""
    if language == "zh":
        lacks = "步行道，也不含小区内部道路" if no_service_roads else "步行道"
        return f"路网数据不含{lacks}：步行只能沿车行道路计算，距离偏长，覆盖率可能被低估"
    lacks = "footways or service roads" if no_service_roads else "footways"
    return (
        f"the road extract holds no {lacks}: walks follow the streets, so distances are too long "
        "and coverage may be underestimated"
    )


def off_network_points(n_points: int, people: float, names: str, language: Language) -> str:
    """Tell how many demand points no walkable road reaches, and name the largest."""
    if language == "zh":
        listed = f"：{names}" if names else ""
        return f"{n_points:,} 个需求点（{people:,.0f} 人）远离任何可步行道路，计入未覆盖{listed}"
    listed = f": {names}" if names else ""
    return (
        f"{n_points:,} demand points ({people:,.0f} people) are far from any walkable road and "
        f"count as uncovered{listed}"
    )


def outside_extract(n_points: int, people: float, names: str, language: Language) -> str:
    """Tell how many demand points lie where the road extract holds nothing, and name them."""
    if language == "zh":
        listed = f"：{names}" if names else ""
        told = f"其中 {n_points:,} 个需求点（{people:,.0f} 人）在路网数据范围之外，请补充道路数据"
        return told + listed
    listed = f": {names}" if names else ""
    return (
        f"of these, {n_points:,} demand points ({people:,.0f} people) lie outside the road "
        f"extract; extend it{listed}"
    )


def off_network_sites(n_sites: int, language: Language) -> str:
    """Tell how many candidates no walkable road reaches."""
    if language == "zh":
        return f"{n_sites:,} 个候选点远离任何可步行道路，不能服务任何人"
    return f"{n_sites:,} candidates are far from any walkable road and can serve nobody"


def others(names: str, n_more: int, language: Language) -> str:
    """Close a list of names that leaves some out."""
    if not n_more:
        return names
    return f"{names}等" if language == "zh" else f"{names} and {n_more:,} more"


def shortage(asked: float, possible: float, n_missing: float, language: Language) -> str:
    """Tell by how much a required share of all people cannot be reached; '' leaves it as it is."""
    if language == "en":
        return ""
    return (
        f"要求覆盖全部人口的 {100 * asked:g} %，全部可选站点都开设也只能覆盖 {possible:.2%}，"
        f"尚缺 {n_missing:,.0f} 人；本方案已覆盖一切可覆盖的人口"
    )


_GROUPS_NAMED = 20


def groups_short(asked: float, names: Sequence[str], language: Language) -> str:
    """Name the groups that cannot reach a required share; '' leaves the message as it is."""
    if language == "en":
        return ""
    listed = others("、".join(names[:_GROUPS_NAMED]), max(0, len(names) - _GROUPS_NAMED), language)
    return (
        f"{len(names)} 个单元即使全部可选站点都开设也达不到 {100 * asked:g} %：{listed}；"
        "本方案已覆盖其中一切可覆盖的人口"
    )


_ENDED_ZH = {
    "feasible": "求解在达到工作量或时间上限时停止",
    "interrupted": "求解被中断，此为当时的最好结果",
}


def siting_ended(status: str, message: str, language: Language) -> str:
    """Tell why the search for stations ended short of a proof."""
    return _ENDED_ZH.get(status, message) if language == "zh" and message else message


def straight_line(language: Language) -> str:
    """Tell that distances are straight lines."""
    if language == "zh":
        return "本方案按直线距离计算，不反映道路绕行"
    return "distances of this plan are straight lines and ignore detours by road"


def no_catchments(language: Language) -> str:
    """Tell that the ground which stations serve is not on the map."""
    if language == "zh":
        return "站点过多或服务距离过长，地图未绘服务范围；选中站点仍可见归属线"
    return "too many stations, or too long a standard: the map lacks the service areas"


def cut_short(stage: str, language: Language) -> str:
    """Tell that a stage ended at its time limit, so that a rerun may differ."""
    if language == "zh":
        names = {"siting": "选址", "routing": "配送"}
        return f"{names[stage]}求解在时间上限处停止；延长时限可能得到更好的结果"
    return f"{stage} stopped at its time limit; a longer one may find better"


def dated(scenario: Scenario, roads_timestamp: str) -> Scenario:
    """Give a scenario without a data date that of its roads, said to be theirs alone."""
    if scenario.output.data_date or not roads_timestamp:
        return scenario
    day = roads_timestamp[:10]
    said = f"道路 {day}" if scenario.output.language == "zh" else f"roads {day}"
    output = scenario.output.model_copy(update={"data_date": said})
    return scenario.model_copy(update={"output": output})


def target_missed(
    name: str, asked: float, reached: float, most: float, alone: float, language: Language
) -> str:
    """Say that a year's target is missed, and whether any plan could meet it.

    ``most`` is what the final stations can cover within the year's limits, ``alone`` what any
    sites can.
    """
    if language == "zh":
        if alone < asked:
            return (
                f"{name} 年度目标 {asked:.2%} 在其预算和数量之内无法达到："
                f"任何选址至多 {alone:.2%}，本方案 {reached:.2%}"
            )
        return (
            f"{name} 年度目标 {asked:.2%} 未达到：本方案 {reached:.2%}，沿用最终站点至多 {most:.2%}"
        )
    if alone < asked:
        return (
            f"{name}: the target of {asked:.2%} is beyond its limits; any stations cover at most "
            f"{alone:.2%}, this plan {reached:.2%}"
        )
    return (
        f"{name}: the target of {asked:.2%} is missed; this plan covers {reached:.2%}, the final "
        f"stations in any order at most {most:.2%}"
    )


def not_in_any_year(n_stations: int, cost_yuan: int, language: Language) -> str:
    """Say that stations of the final plan fit no year's limits."""
    if language == "zh":
        return (
            f"最终方案中有 {n_stations:,} 个站点（{cost_yuan:,} 元）超出各年度的预算或数量，"
            "未排入任何年度"
        )
    return (
        f"{n_stations:,} stations of the final plan ({cost_yuan:,} yuan) fit no year's limits and "
        "are in none"
    )


def age_group(name: str, figures: Mapping[str, float], language: Language) -> str:
    """Say how many people of an age are covered."""
    people, covered, share = (figures[k] for k in ("people", "covered_people", "covered_share"))
    if not people:
        return f"{name} 年龄组无人" if language == "zh" else f"nobody is of age group {name}"
    if language == "zh":
        return f"{name} 年龄组 {people:,.0f} 人，其中 {covered:,.0f} 人（{share:.1%}）在服务范围内"
    return f"age group {name}: {covered:,.0f} of {people:,.0f} people ({share:.1%}) are covered"
