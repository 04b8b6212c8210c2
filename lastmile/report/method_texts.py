"""Sentences about method, sources and limits, in Chinese and English."""
# ruff: noqa: E501 - sentences stay on one line, so that both languages can be read across

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

METHOD_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "method_rule": ("覆盖规则", "The rule of coverage"),
    "method_siting": ("选址方法", "Siting"),
    "method_routing": ("配送方法", "Deliveries"),
    "method_data": ("数据来源", "Data"),
    "method_proof": ("证明情况", "What was proven"),
    "method_limits": ("局限", "Limits"),
    "method_inputs": ("输入文件", "Input files"),
    "method_open_components": ("未证明最优的子问题（差距最大的在前）",
                               "Components not proven optimal (widest first)"),
    "standard": ("服务标准", "Standard"),
    "standard_text": (
        "{0}，含端点：恰好等于标准距离即算覆盖。需求点另有自身标准的，从其标准。",
        ("{0}, inclusive: a point exactly that far away is covered. Points with a service distance "
        "of their own keep it."),
    ),
    "standard_urban": ("城镇 {0:,g} 米", "{0:,g} m in urban places"),
    "standard_rural": ("乡村 {0:,g} 米", "{0:,g} m in rural places"),
    "norm": ("标准依据", "Norm"),
    "norm_remark": ("关于依据", "Of this norm"),
    "metric": ("距离口径", "Distance"),
    "metric_network": (
        ("步行路网距离 = 需求点到最近可步行道路的直线接入段 + 道路上两个接入点之间的最短路 + 站点的直线接入段。"
        "接入点可落在路段任意位置，不限于路口。"),
        ("Walking distance: the straight line from the point to the nearest walkable road, plus the "
        "shortest path along roads, plus the straight line to the station. Roads are entered "
        "anywhere along them, not only at junctions."),
    ),
    "metric_euclidean": (
        "直线距离（仅用于与采用直线距离的规范比较）；实际步行距离更长。",
        "Straight-line distance, for comparison with norms that use it; walking is longer.",
    ),
    "lengths": ("长度计算", "Lengths"),
    "lengths_text": (
        ("道路长度按 WGS84 椭球测地线逐段计算，取整到毫米后累加。步行不受单行限制；高速公路及其匝道、"
        "禁止步行或禁止通行的道路不计入。"),
        ("Road lengths are WGS84 geodesics of each segment, rounded to millimetres and added up. "
        "Walkers ignore one-ways; motorways, their links and roads closed to walkers do not count."),
    ),
    "off_network": ("路网外", "Off network"),
    "off_network_text": (
        "距任何可步行道路超过 {0:g} 米的需求点为“路网外”：不剔除，列入未覆盖清单，并计入覆盖率的分母。",
        ("Points farther than {0:g} m from any walkable road are off network: they are never "
        "dropped, stand in the list of uncovered people, and stay in the denominator."),
    ),
    "islands": ("孤立路段", "Islands"),
    "islands_text": (
        "总长不足 {0:,g} 米的孤立路网视为制图残段，需求点越过它接入最近的较大路网；本方案有 {1:,} 个点、{2:,.0f} 人属此情况。",
        ("Road components shorter than {0:,g} m are islands of bad mapping; points snap past them to "
        "the nearest larger component. Here this concerns {1:,} points with {2:,.0f} people."),
    ),
    "share_rule": ("覆盖率", "Covered share"),
    "share_rule_text": (
        "某分区的覆盖率 = 该分区被覆盖的人口 ÷ 该分区全部人口。只看位置与距离，不看行政归属：居民可由邻区站点服务。",
        ("Covered people of a unit over all its people. Only distance counts: people may be served "
        "by a station of the neighbouring unit."),
    ),
    "network": ("路网", "Road network"),
    "network_text": (
        "可步行道路 {0:,.0f} 公里{1}；步行路网 {2:,} 个连通部分，最大部分占 {3:.1%}。",
        ("{0:,.0f} km to walk{1}; {2:,} walkable components, the largest holds "
        "{3:.1%}."),
    ),
    "network_drive": ("，可行车道路 {0:,.0f} 公里", ", {0:,.0f} km to drive"),
    "goal": ("目标", "Goal"),
    "goal_lscp_stations": (
        "用最少的新建站点，使{0}人口的 {1:.1%} 得到覆盖（集合覆盖选址，LSCP）。",
        "The fewest new stations that cover {1:.1%} of {0} people (LSCP).",
    ),
    "goal_lscp_cost": (
        "用最低的新建费用，使{0}人口的 {1:.1%} 得到覆盖（集合覆盖选址，LSCP）。",
        "The least cost of new stations that covers {1:.1%} of {0} people (LSCP).",
    ),
    "share_of_coverable": ("可覆盖", "all coverable"),
    "share_of_all": ("全部", "all"),
    "goal_mclp": (
        "在{0}的限制内，使覆盖人口最多（最大覆盖选址，MCLP）。",
        "The most people covered within {0} (MCLP).",
    ),
    "limit_p": ("新建不超过 {0:,} 个站点", "at most {0:,} new stations"),
    "limit_budget": ("新建费用不超过 {0:,} 元", "at most {0:,} yuan for new stations"),
    "limits_joint": ("、", " and "),
    "classes_joint": ("、", ", "),
    "existing_rule": ("现有与指定", "Existing and required"),
    "existing_rule_text": (
        "现有站点一律保留、不计费用和数量；指定站点必须开设；禁用站点不得开设（指定 {0:,} 处，禁用 {1:,} 处）。",
        ("Existing stations stay open and are neither counted nor charged; required sites open "
        "({0:,}), forbidden ones do not ({1:,})."),
    ),
    "solver": ("求解", "Solving"),
    "solver_text": (
        "先化简并分解为互不相干的子问题，启发式求解，再以数学规划给出界；随机种子 {0}。",
        ("Reduced and split into independent components, solved by heuristics, and bounded by "
        "mathematical programming; seed {0}."),
    ),
    "demand_parcels": ("包裹量", "Parcels"),
    "demand_parcels_text": (
        "每人每日包裹：{0}（参数，须由用户按本地数据核定）。",
        "Parcels a day per person: {0} (parameters, to be set from local data).",
    ),
    "parcels_urban": ("城镇 {0:g} 件", "{0:g} urban"),
    "parcels_rural": ("乡村 {0:g} 件", "{0:g} rural"),
    "service_time": ("作业时间", "Service time"),
    "service_time_text": (
        "每站固定 {0:g} 秒，另加每件 {1:g} 秒；站点开始卸货的时间为 {2}–{3}。",
        "{0:g} s at each stop and {1:g} s more per parcel; unloading starts between {2} and {3}.",
    ),
    "vehicle_type": ("车型 {0}", "Vehicle {0}"),
    "vehicle_text": (
        "容量 {0:,} 件，班次 {1}–{2}，每车每日 {3:g} 元，每公里 {4:g} 元，每小时 {5:g} 元，排放 {6:g} 千克 CO₂e/公里。",
        ("{0:,} parcels, shift {1}–{2}, {3:g} yuan a day, {4:g} yuan/km, {5:g} yuan/h, "
        "{6:g} kg CO2e/km."),
    ),
    "engine": ("求解引擎", "Engine"),
    "demand_source": ("人口", "People"),
    "demand_raster": ("人口栅格，每个有人栅格为一个需求点：{0}",
                      "population raster, one demand point per populated cell: {0}"),
    "demand_points": ("需求点表：{0}", "table of points: {0}"),
    "demand_unit_totals": (
        "分区人口总数按{1}分摊，间距 {0} 米：人口在分区内的位置为推算值",
        ("totals of units spread by {1}, every {0} m: where people live inside a unit is an "
        "estimate"),
    ),
    "weight_joint": ("，缺失处按", ", or else by "),
    "weight_roads": ("居住区道路长度", "length of residential roads"),
    "weight_buildings": ("居住建筑面积", "floor area of buildings that are lived in"),
    "weight_land_use": ("居住用地面积", "ground that is lived on"),
    "weight_raster": ("人口栅格", "a population raster"),
    "weight_equal": ("土地面积", "area"),
    "settlement_source": ("城乡类别", "Urban or rural"),
    "settlement_constant": ("全部按{0}", "all {0}"),
    "settlement_column": ("取自数据表或所在分区", "from the table, or the unit around the point"),
    "settlement_nearest_community": ("取最近社区/村的城乡分类代码",
                                     "城乡分类 code of the nearest community"),
    "candidate_source": ("候选站点", "Candidate sites"),
    "candidate_points": ("候选房源表：{0}", "table of premises: {0}"),
    "candidate_osm": ("候选房源取自 OpenStreetMap：{0}", "premises tagged in OpenStreetMap: {0}"),
    "candidate_junctions": (
        "由路口生成，间距不小于 {0} 米：并非已落实的房源",
        "generated at road junctions, at least {0} m apart: no premises are secured there",
    ),
    "road_source": ("道路", "Roads"),
    "road_text": ("OpenStreetMap 数据文件：{0}；© OpenStreetMap contributors，ODbL",
                  "OpenStreetMap extract: {0}; © OpenStreetMap contributors, ODbL"),
    "road_file_text": ("道路数据文件：{0}", "road file: {0}"),
    "boundary_source": ("分区边界（{0}）", "Boundaries ({0})"),
    "depot_source": ("分拨中心", "Depots"),
    "depot_count": ("{0} 处", "{0}"),
    "stated_source": ("来源说明", "Source"),
    "date_source": ("数据日期", "Date of the data"),
    "versions": ("软件版本", "Versions"),
    "versions_joint": ("；", "; "),
    "seed": ("随机种子", "Seed"),
    "proof_siting": ("选址", "Siting"),
    "proof_siting_text": (
        "{0}。独立子问题 {1:,} 个，其中 {2:,} 个已证明最优；目标值 {3}，已证明的界 {4}，差距 {5:.2%}。",
        ("{0}. {1:,} independent components, {2:,} proven optimal; objective {3}, proven bound {4}, "
        "gap {5:.2%}."),
    ),
    "proof_routing": ("配送", "Deliveries"),
    "proof_routing_text": (
        "{0}。费用 {1:,.2f} 元；{2}。",
        "{0}. Cost {1:,.2f} yuan; {2}.",
    ),
    "proof_routing_bound": ("已证明的下界 {0:,.2f} 元", "proven lower bound {0:,.2f} yuan"),
    "proof_routing_none": ("未计算下界，不能说明与最优的差距",
                           "no bound was computed, so the distance to the optimum is unknown"),
    "limit_osm": (
        "道路以 OpenStreetMap 为准，小区内部通道、门禁和天桥可能缺失，步行距离可能偏长或偏短。",
        ("Roads are as OpenStreetMap has them: paths inside compounds, gates and footbridges may be "
        "missing, so walking distances may be too long or too short."),
    ),
    "limit_road_file": (
        "道路以所给数据为准，小区内部通道、门禁和天桥可能缺失，步行距离可能偏长或偏短。",
        ("Roads are as the file given has them: paths inside compounds, gates and footbridges may "
        "be missing, so walking distances may be too long or too short."),
    ),
    "limit_people": (
        "人口为常住人口估计，未区分昼夜与年龄；估计值含小数，表中按整数显示，相加可能差 1。",
        ("People are residents as estimated; neither hours of the day nor ages are told apart. "
        "Estimates have decimals but are shown whole, so sums may be off by one."),
    ),
    "limit_traffic": (
        "行车时间按车型在各级道路上的常速计算，路段标有限速的按限速的一定比例；遵守地图所载的单行、限高、限宽、限重、路障和转弯限制，掉头另计时间。拥堵和限行区只在方案给出分时车速和限行范围时计入。",
        ("Driving times use the vehicle's usual speeds by class of road, or a share of a posted "
        "limit. One-ways, height, width and weight limits, barriers and turn restrictions of the "
        "map are obeyed, and turning round costs time. Congestion and restricted areas count only "
        "where the scenario states speeds by the hour and areas."),
    ),
    "limit_rounds": (
        "每条线路由一辆车跑一趟，线路数即同时用车数；用时短的线路可由同一辆车接连完成，实际所需车辆可少于线路数，每日固定费用也随之减少。",
        ("Each route is one round of one vehicle, so the number of routes is the number of vehicles "
        "out at once. Short routes can follow each other in one vehicle: fewer vehicles may do, at "
        "less fixed cost."),
    ),
    "limit_cost": (
        "站点费用、包裹率、车辆费用和排放系数为可改参数；未经核实的默认值不宜直接引用。",
        ("Costs, parcel rates and emission factors are parameters; do not quote defaults that you "
        "have not verified."),
    ),
    "limit_capacity": (
        "居民按最近的开放站点分配；站点处理能力只用于计算利用率，超出 100 % 表示过载。",
        ("People go to the nearest open station; capacity is used for utilisation only, and more "
        "than 100 % means overload."),
    ),
    "file": ("文件", "File"),
    "sha256": ("SHA-256", "SHA-256"),
    "n_demand": ("需求点", "Demand points"),
    "n_sites": ("候选站点", "Sites"),
    "objective": ("目标值", "Objective"),
    "bound": ("界", "Bound"),
    "by_means_of": ("方法", "Method"),
}  # fmt: skip
"""Key to (Chinese, English), a part of ``texts.TEXTS``."""
