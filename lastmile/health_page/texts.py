"""Every word of the health report's page, in Chinese and English."""
# ruff: noqa: E501 - sentences stay on one line, so that both languages can be read across

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lastmile.health import Language

# One row per text: key, Chinese, English; {} marks a figure. English avoids plurals that a figure
# of one would break.
_ROWS: Final = (
    ("title", "数据体检报告", "Data health report"),
    ("scenario_file", "情景文件：{}", "Scenario file: {}"),
    ("data_date", "数据日期：{}", "Data date: {}"),
    ("unknown_date", "未注明", "not stated"),
    ("working_map", "内部工作底图", "Internal working map"),
    ("review_number", "审图号：{}", "Map review number: {}"),
    ("osm", "道路 © OpenStreetMap contributors（ODbL）", "Roads © OpenStreetMap contributors, ODbL"),
    ("made_by", "由 lastmile check 生成；本页不联网，可离线打开、打印和转发",
     "Made by lastmile check; this page asks the network for nothing and may be passed on"),
    ("verdict_ok", "可以规划：未发现错误", "Can be planned: no faults found"),
    ("verdict_faults", "不能规划：须先改正 {} 处错误", "Cannot be planned yet: faults to mend first: {}"),
    ("verdict_look", "另有 {} 处建议人工核对（不影响规划）",
     "Places worth a look, which stop nothing: {}"),
    ("verdict_crs", "坐标系存疑或未注明的图层：{}", "Layers whose coordinate system is in doubt: {}"),
    ("verdict_more", "有错误时，人口、门店与道路的核对要等错误改正后才能完成，改正后请再次运行。",
     ("While there are faults, people, premises and roads cannot be checked against each other: "
     "mend them and run the check again.")),
    ("by_file", "涉及文件", "By file"),
    ("amount", "（{}）", " ({})"),
    ("contents", "目录", "Contents"),
    ("faults", "错误清单", "Faults"),
    ("faults_lead", "每一处都须改正；“位置”为文件中的行、列或图层。可筛选、复制，或另存为 CSV 发给数据提供人。",
     ("Each must be mended; “where” is the row, column or layer in the file. Filter, copy, or save "
     "as CSV for whoever supplied the data.")),
    ("file", "文件", "File"),
    ("where", "位置", "Where"),
    ("found", "发现", "Found"),
    ("expected", "应为", "Expected"),
    ("remedy", "改正办法", "Remedy"),
    ("number", "序号", "No."),
    ("filter", "筛选", "Filter"),
    ("copy", "复制表格", "Copy table"),
    ("save_csv", "另存为 CSV", "Save as CSV"),
    ("copied", "已复制", "Copied"),
    ("rows_shown", "显示 {} / {} 行", "{} of {} rows"),
    ("map", "可疑位置图", "Map of suspicious places"),
    ("map_lead", "编号与下表一致，点编号可在图与表之间跳转。图未经测绘审查，仅供内部核对数据。",
     "Numbers are those of the table below; select one to go from map to table and back."),
    ("map_alt", "规划区轮廓、简化道路与编号的可疑位置；全部内容见其下表格",
     ("Outlines of the area, simplified roads and numbered suspicious places; the table below "
     "holds all of them")),
    ("map_none", "边界与道路都未能读入，无法绘图。", "Neither boundaries nor roads could be read: no map."),
    ("no_suspects", "没有可疑位置。", "No suspicious places."),
    ("outside_frame", "其中 {} 处在图幅之外，画在图边。", "Beyond the map, drawn at its edge: {}."),
    ("not_listed", "“{}”另有 {} 处未逐一列出，图上为小点；--json 可列出全部。",
     "Not listed one by one, small dots on the map: {1} more of “{0}”; --json lists all."),
    ("zoom_in", "放大", "Zoom in"),
    ("zoom_out", "缩小", "Zoom out"),
    ("whole", "全图", "Whole area"),
    ("north", "北", "N"),
    ("legend_people", "人口（越深越多）", "People (darker: more)"),
    ("legend_candidate", "候选点", "Candidates"),
    ("legend_existing", "现有站点", "Existing stations"),
    ("legend_depot", "分拨中心", "Depots"),
    ("legend_road", "道路（简化）", "Roads (simplified)"),
    ("legend_unit", "区划界线", "Unit boundaries"),
    ("kind", "类型", "Kind"),
    ("layer", "图层", "Layer"),
    ("lon_lat", "经度, 纬度", "Lon, lat"),
    ("told", "说明", "What"),
    ("kind_outside", "在所属区域之外", "Outside its unit or the area"),
    ("kind_duplicate", "疑似重复", "Likely duplicate"),
    ("kind_off_network", "远离道路", "Far from any road"),
    ("kind_gap", "道路疑似断开", "Roads almost touch"),
    ("kind_closed", "名称表明已停业", "Shut by its name"),
    ("kind_stacked", "多点重合", "Many at one spot"),
    ("kind_look_alike", "疑似同一处", "Look alike"),
    ("kind_name_differs", "名称与代码不符", "Name differs from its code"),
    ("kind_duplicate_name", "同级同名", "One name twice"),
    ("kind_outside_parent", "越出上级区划", "Outside the unit above"),
    ("kind_parent_missing", "缺上级区划", "Unit above missing"),
    ("kind_level", "代码级别不符", "Code of another level"),
    ("kind_overlap", "区划重叠", "Outlines overlap"),
    ("kind_mended", "边界已修补", "Outline mended"),
    ("kind_multipart", "多部分合并", "Parts joined"),
    ("crs", "坐标系证据", "Evidence on coordinate systems"),
    ("crs_lead", ("坐标系标错会使所有点整体偏移约 500 米。下表把每个图层按各坐标系分别解读，与道路、边界比对；"
     "程序只提出建议，从不自行改用。"),
     ("A wrong system moves every point by some 500 m. Each layer is read in each system and held "
     "against roads and boundaries; a proposal is never used by itself.")),
    ("crs_none", "没有须要检验坐标系的图层，或道路、边界未能读入。",
     "No layer has a system to be tested, or roads and boundaries could not be read."),
    ("stated", "注明", "Stated"),
    ("not_stated", "未注明", "not stated"),
    ("verdict", "结论", "Verdict"),
    ("test", "检验", "Test"),
    ("proposal", "建议", "Proposal"),
    ("crs_confirmed", "相符", "confirmed"),
    ("crs_refuted", "不符", "refuted"),
    ("crs_unconfirmed", "无法判定", "cannot be told"),
    ("crs_proposed", "未注明，有建议", "not stated, one proposed"),
    ("test_roads", "与道路", "Roads"),
    ("test_units", "在注明的区划内", "Inside the stated unit"),
    ("test_outlines", "与边界轮廓", "Outlines"),
    ("test_names", "与地名", "Names"),
    ("layers", "图层与列的识别", "Layers and columns"),
    ("layers_lead", "“自动识别”的列请核对；情景文件中可逐列指定。",
     "Look at columns that were recognised; each may be stated in the scenario."),
    ("layers_none", "没有图层读取记录。", "No record of layers."),
    ("form", "格式", "Form"),
    ("rows", "行数", "Rows"),
    ("kept", "采用", "Kept"),
    ("columns", "列的含义", "Columns"),
    ("recognised", "自动识别", "recognised"),
    ("system", "坐标系", "System"),
    ("totals", "与官方总数核对", "Totals against official ones"),
    ("totals_lead", "{} / {} 个单元与官方总数一致（相差不足 1 人）；差额大者在前。",
     "Totals that agree to the person: {} of {}; the largest differences first."),
    ("totals_none", "没有可供核对的官方总数：在 [[boundaries]] 中以 people_column 注明人口列即可核对。",
     "No official totals to hold the people against; state a people_column under [[boundaries]]."),
    ("totals_cut", "只列差额最大的 {} 个。", "Only the {} largest differences are listed."),
    ("code", "代码", "Code"),
    ("unit", "单元", "Unit"),
    ("level", "层级", "Level"),
    ("level_district", "区县", "district"),
    ("level_township", "街道/乡镇", "township"),
    ("level_community", "社区/村", "community"),
    ("planned", "规划采用", "As planned"),
    ("official", "官方", "Official"),
    ("difference", "差额", "Difference"),
    ("source", "来源", "Source"),
    ("counts", "读入数量", "What was read"),
    ("counts_none", "有错误，数量要等改正后才能统计。", "Counts have to wait until the faults are mended."),
    ("units_n", "区划单元", "Units"),
    ("demand_n", "需求点", "Demand points"),
    ("people", "人口", "People"),
    ("off_network", "远离道路的人口", "People far from any road"),
    ("off_share", "占 {}，{} 个需求点", "{} of all, demand points: {}"),
    ("sites_n", "站点与候选点", "Sites"),
    ("depots_n", "分拨中心", "Depots"),
    ("walk_km", "可步行道路（公里）", "Walkable roads (km)"),
    ("role_candidate", "候选 {}", "candidate {}"),
    ("role_existing", "现有 {}", "existing {}"),
    ("role_required", "指定 {}", "required {}"),
    ("role_forbidden", "禁用 {}", "forbidden {}"),
    ("classes", "城乡与服务标准", "Urban and rural, and the standard"),
    ("class", "类别", "Class"),
    ("class_urban", "城镇", "urban"),
    ("class_rural", "乡村", "rural"),
    ("points", "需求点", "Demand points"),
    ("share", "占比", "Share"),
    ("standard_m", "服务距离（米）", "Service distance (m)"),
    ("class_source", "城乡类别来源：{}", "Classes from: {}"),
    ("settlement_constant", "全部按{}", "all {}"),
    ("settlement_column", "数据表的列，或所在单元的列", "a column of the table, or of the unit around"),
    ("settlement_nearest_community", "最近社区/村的城乡分类代码（{}）",
     "城乡分类 code of the nearest community ({})"),
    ("people_source", "人口来源：{}", "People from: {}"),
    ("demand_raster", "人口栅格 {}", "population raster {}"),
    ("demand_points", "点表 {}", "table of points {}"),
    ("demand_unit_totals", "单元总数（{}），沿居住区道路分摊", "totals of units ({}), spread along roads"),
    ("standard", "服务标准依据：{}。", "Standard: {}."),
    ("roads", "到最近道路的距离", "Distance to the nearest road"),
    ("roads_lead", "一半人口距道路 {} 米以内，九成 {} 米以内；最远的点 {} 米。",
     ("Half of the people live within {} m of a road, nine tenths within {} m; the farthest point "
     "is {} m off.")),
    ("roads_past", "{} 个需求点（{} 人）越过不相连的零碎道路接入较大路网。",
     "Snapped past a nearer island of road: {} demand points, {} people."),
    ("roads_beside", "{} 个需求点（{} 人）所在道路与主路网不连通。",
     "On roads not joined to the longest part: {} demand points, {} people."),
    ("roads_none", "人口与道路都读入后才能核对。", "Needs both people and roads."),
    ("metres", "距离（米）", "Metres"),
    ("metres_over", "{} 以上", "over {}"),
    ("no_road", "附近无道路", "no road near"),
    ("notes", "说明", "Notes"),
    ("notes_none", "无。", "None."),
    ("sources", "数据来源", "Sources"),
    ("none", "无", "none"),
    ("mark", "；", "; "),
    ("comma", "、", ", "),
)  # fmt: skip

_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {key: chinese for key, chinese, _ in _ROWS},
    "en": {key: english for key, _, english in _ROWS},
}


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language.

    Examples
    --------
    >>> Words("en")("faults"), Words("zh")("data_date", "2026-01"), Words("en").named("kind", "odd")
    ('Faults', '数据日期：2026-01', 'odd')
    """

    language: Language

    def __call__(self, key: str, *values: str) -> str:
        """Return a text, its figures filled in."""
        return _TEXTS[self.language][key].format(*values)

    def named(self, family: str, word: str) -> str:
        """Return the text of a word of some family, such as a kind; the word itself if unknown."""
        return _TEXTS[self.language].get(f"{family}_{word}", word)
