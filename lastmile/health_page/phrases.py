"""The usual phrases of faults in Chinese.

Readers write faults in English, for messages and machines. For the page of an office that reads
Chinese, phrases known here are put into Chinese; one that is not is left as it is, never guessed.
"""
# ruff: noqa: E501 - phrases stay on one line, so that both languages can be read across

from __future__ import annotations

import functools
import re
from typing import Final

from lastmile.health_page.place_phrases import PLACE_PHRASES

# {} stands for anything that comes from the data, in the same order in both.
_PHRASES: Final = (
    # where
    ("row {}, column {}", "第 {} 行，列“{}”"),
    ("row {}", "第 {} 行"),
    ("feature {}, column {}", "第 {} 个要素，列“{}”"),
    ("feature {}", "第 {} 个要素"),
    ("band {}, cell at row {}, column {}", "波段 {}，第 {} 行第 {} 列的栅格"),
    ("band {}", "波段 {}"),
    ("column {}", "列“{}”"),
    ("other rows", "其他行"),
    ("header", "表头"),
    ("demand points", "需求点"),
    ("sheet {}", "工作表“{}”"),
    ("layer {}", "图层“{}”"),
    ("level {}", "层级 {}"),
    ("code {}", "代码 {}"),
    ("depot {}", "分拨中心 {}"),
    ("line {}, column {}", "第 {} 行第 {} 个字符"),
    ("filter {}, character {}", "筛选式 {}，第 {} 个字符"),
    ("existing site {}", "现有站点 {}"),
    ("required site {}", "指定站点 {}"),
    # found
    ("nothing", "空"),
    ("no such file", "文件不存在"),
    ("an empty file", "空文件"),
    ("an empty sheet", "空工作表"),
    ("no rows", "没有数据行"),
    ("no features", "没有要素"),
    ("no area", "没有面积的图形"),
    ("no road", "没有道路"),
    ("0 of {} rows kept by {}", "筛选式 {1} 从 {0} 行中一行也没有留下"),
    ("the same in {} more rows", "另有 {} 行同样如此"),
    ("the same in {} more row", "另有 {} 行同样如此"),
    ("bytes that are no text", "不是文本的字节"),
    ("two columns named {}", "两列同名：{}"),
    ("no coordinate system stated in the file", "文件未注明坐标系"),
    ("no coordinate system stated", "未注明坐标系"),
    ("a table without shapes", "没有图形的表"),
    ("no place, or one that is no number", "没有位置，或坐标不是数"),
    ("{}, a code that a spreadsheet rounded", "{}，代码已被电子表格舍入"),
    ("{}, as in row {}", "{}，与第 {} 行重复"),
    ("unknown key {}", "不认识的键 {}"),
    ("{} of {} demand points farther than {} m from any walkable road", "{1} 个需求点中有 {0} 距任何可步行道路超过 {2} 米"),
    ("far from any walkable road", "远离任何可步行道路"),
    ("{} m from the nearest walkable road", "距最近可步行道路 {} 米"),
    ("{} candidates, none within {} m of the area", "{} 个候选点，没有一个在规划区 {} 米以内"),
    ("no populated cell inside the area", "规划区内没有有人的栅格"),
    ("no point with people inside the area", "规划区内没有有人口的点"),
    ("no residents in any unit", "各单元都没有人口"),
    ("no people for {}", "以下单元没有人口：{}"),
    ("no class for {} of {} points, such as {}", "{1} 个点中有 {0} 个没有城乡类别，如 {2}"),
    ("{}, but the points fit the roads only as {}: {}; as {}: {}", "注明为 {}，但这些点只有按 {} 解读才与道路相符：{}；按 {}：{}"),
    ("{}, whose separators can be read in two ways", "{}，分隔符有两种读法"),
    ("{} new stations", "新建 {} 处"),
    ("no readable layer ({})", "读不出图层（{}）"),
    ("no readable workbook ({})", "读不出工作簿（{}）"),
    ("no readable raster ({})", "读不出栅格（{}）"),
    ("a file that cannot be read to its end ({})", "文件读不到结尾（{}）"),
    ("text that is no TOML ({})", "不是 TOML 的内容（{}）"),
    ("text that is not UTF-8", "不是 UTF-8 编码的文本"),
    # expected
    ("a coordinate", "坐标数值"),
    ("people >= 0", "人口数不小于 0"),
    ("people > 0", "人口数大于 0"),
    ("a number of people", "人口数"),
    ("a number of parcels a day", "每日件数"),
    ("a number of parcels", "件数"),
    ("a number of people of {}", "{} 的人口数"),
    ("a service distance in metres", "以米计的服务距离"),
    ("a cost in yuan", "以元计的成本"),
    ("people >= 0 and at most {}", "人口数不小于 0、不大于 {}"),
    ("people > 0 and at most {}", "人口数大于 0、不大于 {}"),
    ("{} >= 0 and at most {}", "{} 不小于 0、不大于 {}"),
    ("{} > 0 and at most {}", "{} 大于 0、不大于 {}"),
    ("{} >= 0", "{} 不小于 0"),
    ("{} > 0", "{} 大于 0"),
    ("an existing file", "存在的文件"),
    ("a readable file", "可读的文件"),
    ("a scenario file", "情景文件"),
    ("an OpenStreetMap file", "OpenStreetMap 文件"),
    ("a whole OpenStreetMap file {}", "完整的 OpenStreetMap 文件{}"),
    ("a stated system", "注明坐标系"),
    ("a known EPSG code", "存在的 EPSG 代码"),
    ("a coordinate system", "坐标系"),
    ("a header and rows", "表头和数据行"),
    ("at least one row", "至少一行"),
    ("at least one feature", "至少一个要素"),
    ("at least one", "至少一个"),
    ("at least {}", "至少 {}"),
    ("at most {} people", "至多 {} 人"),
    ("at most {} m", "至多 {} 米"),
    ("at most the {} candidates there are", "不超过现有的 {} 个候选点"),
    ("at most {}", "至多 {}"),
    ("more than {}", "大于 {}"),
    ("less than {}", "小于 {}"),
    ("a column {}", "列 {}"),
    ("a layer {}", "图层 {}"),
    ("a sheet {}", "工作表 {}"),
    ("a polygon", "多边形"),
    ("polygons", "多边形"),
    ("a point", "点"),
    ("lines of roads", "道路线"),
    ("an id", "编号"),
    ("an id of its own in each row", "每行编号各不相同"),
    ("an id of its own for each depot", "每个分拨中心编号各不相同"),
    ("ids that differ among all candidates and stations", "候选点与站点的编号互不相同"),
    ("a code of its own for each unit", "每个单元代码各不相同"),
    ("all digits of the code", "完整的代码"),
    ("a name of its own for each column", "每列名称各不相同"),
    ("as many cells in each row as in the header", "每行单元格数与表头一致"),
    ("a CSV file in UTF-8 or GB18030", "UTF-8 或 GB18030 编码的 CSV"),
    ("an .xlsx file", ".xlsx 文件"),
    ("a raster such as GeoTIFF", "GeoTIFF 等栅格"),
    ("a vector file such as GeoPackage, GeoJSON or Shapefile", "GeoPackage、GeoJSON 或 Shapefile 等矢量文件"),
    ("candidates in or near the area", "规划区内或附近的候选点"),
    ("urban or rural for every demand point", "每个需求点都有城镇或乡村类别"),
    ("residents of every unit", "每个单元的人口"),
    ("the system in which the coordinates really are", "坐标真正所属的坐标系"),
    ("longitudes within 180 and latitudes within 90 degrees", "经度不超过 180 度、纬度不超过 90 度"),
    ("a longitude within 180 and a latitude within 90 degrees", "经度不超过 180 度、纬度不超过 90 度"),
    ("a known key", "认识的键"),
    ("a value", "填写数值"),
    ("a number", "数值"),
    ("a whole number", "整数"),
    ("a finite number", "有限的数值"),
    ("a text in quotes", "引号内的文字"),
    # remedy
    ("correct the cell", "改正该单元格"),
    ("correct the cell, or name the right column in the scenario", "改正该单元格，或在情景文件中指定正确的列"),
    ("fill the cell", "填写该单元格"),
    ("fill the cell, or leave such rows out: {}", "填写该单元格，或排除这些行：{}"),
    ("fill the file", "填写该文件"),
    ("correct the path in the scenario; it is relative to the scenario file", "改正情景文件中的路径（相对于情景文件所在文件夹）"),
    ("correct the path, or put the file there", "改正路径，或把文件放到该处"),
    ("check that the file is whole", "检查文件是否完整"),
    ("check that the file is whole, and of the kind its name says", "检查文件是否完整，格式是否与扩展名一致"),
    ("check its permissions", "检查文件权限"),
    ("download or copy it again; it may have been cut off", "重新下载或复制，文件可能不完整"),
    ("name the column that is meant under {} in the scenario", "在情景文件的 {} 中指定对应的列"),
    ("correct layer in the scenario", "改正情景文件中的 layer"),
    ("correct people_column", "改正 people_column"),
    ("correct it", "改正"),
    ("correct {}", "改正 {}"),
    ("correct {} in the scenario", "改正情景文件中的 {}"),
    ("set {}: wgs84, cgcs2000, gcj02 (Amap), bd09 (Baidu) or EPSG:n", "设置 {}：wgs84、cgcs2000、gcj02（高德）、bd09（百度）或 EPSG:n"),
    ("set {}; a wrong one moves every point by some 500 m", "设置 {}；标错会使所有点偏移约 500 米"),
    ("set {}, such as cgcs2000 or gcj02", "设置 {}，如 cgcs2000 或 gcj02"),
    ("set {}", "设置 {}"),
    ("state the system of the file in {}", "在 {} 中注明文件的坐标系"),
    ("check {}.crs, {}.filter and the boundaries", "检查 {}.crs、{}.filter 和边界"),
    ("check the band and the boundaries", "检查波段和边界"),
    ("check the CRS of the points and that the extract spans the whole area; if the roads really are missing, raise {}", "检查点的坐标系和路网范围是否覆盖全区；若确实缺路，可调高 {}"),
    ("correct its coordinates or CRS, or raise {}", "改正其坐标或坐标系，或调高 {}"),
    ("correct its coordinates or CRS", "改正其坐标或坐标系"),
    ("format the column as text and fill in the codes again", "把该列设为文本格式，重新填写代码"),
    ("number the rows differently, or remove the double", "改用不同编号，或删除重复行"),
    ("rename or remove one", "改名或删除其一"),
    ("rename one of the two", "其中一个改名"),
    ("remove one of the two", "两者删去其一"),
    ("decide which of the two holds", "确定以哪个为准"),
    ("write the number without separators", "数字不带分隔符"),
    ("mend the row named, or quote cells that hold the separator", "改正所指的行，或给含分隔符的单元格加引号"),
    ("save the table as CSV UTF-8, or name the right file", "另存为 UTF-8 编码的 CSV，或指定正确的文件"),
    ("save it as .xlsx or CSV in a spreadsheet program", "用电子表格软件另存为 .xlsx 或 CSV"),
    ("save the file as UTF-8 in your editor", "用编辑器另存为 UTF-8"),
    ("draw the unit's outline, or filter the row out", "补画该单元轮廓，或筛除该行"),
    ("place the feature, or filter it out", "补上要素的位置，或筛除"),
    ("name a file of polygons", "指定多边形文件"),
    ("declare the value as nodata in the raster if it means that", "若该值表示无数据，请在栅格中声明为 nodata"),
    ("use the raster of this area, or state its system in {}", "使用本区的栅格，或在 {} 中注明其坐标系"),
    ("use the full code of each level, such as {} and {}", "使用各层级的完整代码，如 {} 和 {}"),
    ("use an extract of the area, and check the CRS of the boundaries", "使用本区的路网，并检查边界的坐标系"),
    ("set people_column of that layer, and fill its cells", "设置该图层的 people_column 并填写人口"),
    ("lower it, or add candidates", "调低数量，或增加候选点"),
    ("raise it, or require fewer", "调高数量，或减少指定站点"),
    ("write {} if that was meant", "若本意如此，请写 {}"),
    ("remove it", "删除"),
    ("mend this place", "改正此处"),
    *PLACE_PHRASES,
)  # fmt: skip


def in_chinese(phrase: str) -> str:
    """Put a phrase of a fault into Chinese; one that is not known is returned as it is.

    Examples
    --------
    >>> in_chinese("row 7, column 人口"), in_chinese("something quite new")
    ('第 7 行，列“人口”', 'something quite new')
    """
    for pattern, chinese in _compiled():
        if match := pattern.fullmatch(phrase):
            return chinese.format(*match.groups())
    return phrase


@functools.cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Phrases as patterns, those with the most words of their own first."""
    rows = sorted(_PHRASES, key=lambda row: -len(row[0].replace("{}", "")))
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), chinese)
        for english, chinese in rows
    )
