"""Files as offices have them, read for what they mean or refused with the place of the fault."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from reader_files import excel_97

from lastmile.errors import FaultLog
from lastmile.places.codes import is_rounded
from lastmile.places.files import read_table

UNITS = gpd.GeoDataFrame(
    {"统计用区划代码": ["320402001001", "320402001002"], "社区名称": ["甲社区", "乙社区"]},
    geometry=[shapely.box(119.9, 31.8, 119.95, 31.9), shapely.box(119.95, 31.8, 120, 31.9)],
    crs="EPSG:4490",
)
HEADER = ["编号", "名称", "经度", "纬度", "人口"]


def read(path, layer="", wanted=()):
    faults = FaultLog()
    return read_table(path, layer, wanted, faults), faults


def taken(path, layer="", wanted=()):
    table, faults = read(path, layer, wanted)
    assert [str(fault) for fault in faults.faults] == []
    return table, [remark.en for remark in faults.findings.remarks]


def refused(path, layer="", wanted=()):
    _, faults = read(path, layer, wanted)
    return [(fault.where, fault.found) for fault in faults.faults]


def workbook(folder, rows, merges=(), title="Sheet"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    path = folder / "book.xlsx"
    book.save(path)
    return path, book


def shapefile(folder, encoding, *without):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names are cut at ten bytes, which is what is tested
        UNITS.to_file(folder / "units.shp", encoding=encoding)
    for suffix in without:
        (folder / f"units{suffix}").unlink()
    return folder / "units.shp"


@pytest.mark.parametrize("separator", list(",;\t|，；"))
def test_every_usual_separator_is_recognised_below_a_title(tmp_path, separator):
    path = tmp_path / "a.csv"
    rows = [HEADER, ["1", "甲", "119.97", "31.81", "5"], ["2", "乙", "119.98", "31.82", "6"]]
    path.write_text("某区人口表\n" + "\n".join(map(separator.join, rows)), encoding="utf-8")
    table, _ = taken(path)
    assert list(table.frame.columns) == HEADER
    assert list(table.rows) == [3, 4]
    assert "header in row 2" in table.form


def test_excel_may_be_told_the_separator_in_the_first_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\n名称;人口\n甲;1,5\n", encoding="utf-8")
    table, _ = taken(path)
    assert table.frame.iloc[0].tolist() == ["甲", "1,5"]
    assert list(table.rows) == [3]


def test_every_ragged_row_is_told_and_no_other_is_lost(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("名称,人口\n甲,1\n乙\n丙,2,3\n丁,4,,\n戊,5\n", encoding="utf-8")
    table, faults = read(path)
    assert [(f.where, f.found) for f in faults.faults] == [
        ("row 3", "1 cells"),
        ("row 4", "3 cells"),
    ]
    assert list(table.frame["名称"]) == ["甲", "丁", "戊"]


@pytest.mark.parametrize(
    ("content", "where", "found"),
    [
        ('名称,人口\n甲,1\n"乙,2\n丙,3\n', "row 3", "a quote that is never closed"),
        ("名称,人口\n甲,1\n乙\0,2\n", "row 3", "bytes that are no character"),
        (b"\xc3\xfb\xb3\xc6,n\n" + "甲".encode("gbk") * 9 + b"\xff,1\n", "row 2", "bytes that are"),
        (bytes(range(256)) * 4, "", "bytes that are no text"),
        ("\n\n", "", "an empty file"),
        ("名称,名称\n甲,1\n", "row 1", "two columns named 名称"),
    ],
)  # fmt: skip
def test_faults_of_text_are_told_with_their_row(tmp_path, content, where, found):
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (told,) = refused(path)
    assert told[0] == where
    assert told[1].startswith(found)


def test_a_quote_inside_a_cell_and_a_line_break_in_quotes_are_kept(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('名称,人口\n5"公寓,1\n"甲\n乙",2\n丙 6",3', encoding="utf-8")
    table, _ = taken(path)
    assert list(table.frame["名称"]) == ['5"公寓', "甲\n乙", '丙 6"']
    assert list(table.rows) == [2, 3, 4]


def test_a_sheet_with_titles_two_header_rows_merges_totals_and_footnotes(tmp_path):
    path, _ = workbook(
        tmp_path,
        [
            ["某区社区情况表"],
            ["街道", "名称", "编码", "位置", None, "人口", None],
            [None, None, None, "经度", "纬度", "常住", "户籍"],
            ["雕庄街道", "甲社区", 320402001001.0, 119.97, 31.81, 1200, 900],
            [None, "乙社区", 320402001002.0, 119.98, 31.82, 800, 700],
            ["小计", None, None, None, None, 2000, 1600],
            ["青龙街道", "丙社区", "320402002001", 119.99, 31.83, 5, 5],
            ["合 计", None, None, None, None, 2005, 1605],
            ["注：数据截至2023年底"],
        ],
        ["A1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:G2", "A4:A5"],
    )
    table, remarks = taken(path)
    assert list(table.frame.columns) == [
        "街道", "名称", "编码", "经度", "纬度", "人口常住", "人口户籍",
    ]  # fmt: skip
    assert list(table.frame["街道"]) == ["雕庄街道", "雕庄街道", "青龙街道"]
    assert list(table.frame["编码"]) == ["320402001001", "320402001002", "320402002001"]
    assert list(table.rows) == [4, 5, 7]
    assert "left out as a total" in remarks
    assert "left out as a footnote" in remarks
    assert any("merged cells" in remark for remark in remarks)


def test_dates_times_and_truth_are_written_as_people_write_them(tmp_path):
    moment = dt.datetime(2023, 5, 1, 8, 30)  # noqa: DTZ001 - sheets know no time zones
    row = ["甲", dt.date(2023, 5, 1), moment, dt.time(8, 30), True, 913204001234567890.0]
    path, _ = workbook(tmp_path, [["名称", "日", "时刻", "时间", "是", "信用代码"], row])
    table, _ = taken(path)
    *told, code = table.frame.iloc[0]
    assert told == ["甲", "2023-05-01", "2023-05-01T08:30:00", "08:30:00", "true"]
    assert is_rounded(code)  # a spreadsheet keeps 15 digits, and the code had 18


def test_a_number_merged_over_rows_is_refused_not_counted_twice(tmp_path):
    path, _ = workbook(tmp_path, [["名称", "人口"], ["甲", 10], ["乙", None]], ["B2:B3"])
    assert refused(path) == [("row 2, column 人口", "10 in a cell merged over rows 2 to 3")]


def test_error_cells_and_formulas_never_computed_are_told_where_they_are_read(tmp_path):
    path, book = workbook(tmp_path, [["名称", "人口", "电话"], ["甲", "=1+1", "x"], ["乙", 5, "y"]])
    sheet = book.active
    for cell in ("B3", "C2"):
        sheet[cell] = "#N/A"
        sheet[cell].data_type = "e"
    book.save(path)
    assert refused(path) == [
        ("row 2, column 人口", "a formula whose value was never computed"),
        ("row 3, column 人口", "the error #N/A"),
    ]
    _, faults = read(path)
    assert any("nothing is read" in remark.en for remark in faults.findings.remarks)


def test_the_only_sheet_that_looks_like_a_table_is_taken_and_hidden_ones_are_told(tmp_path):
    path, book = workbook(tmp_path, [["填表说明"]], title="说明")
    for name in ("数据", "底稿"):
        book.create_sheet(name).append(HEADER)
        book[name].append([name, name, 119.97, 31.81, 5])
    book["底稿"].sheet_state = "hidden"
    book.save(path)
    table, remarks = taken(path)
    assert list(table.frame["名称"]) == ["数据"]
    assert "hidden sheets were not read: 底稿" in remarks
    assert refused(path, "底稿")[0][1] == "sheets 说明, 数据; hidden: 底稿"


def test_sheets_that_look_alike_are_listed_and_one_of_them_may_be_named(tmp_path):
    path, book = workbook(tmp_path, [HEADER, ["1", "甲", 119.97, 31.81, 5]], title="天宁")
    book.create_sheet("钟楼").append(HEADER)
    book["钟楼"].append(["2", "乙", 119.97, 31.81, 5])
    book.save(path)
    assert refused(path) == [("", "2 sheets that look like tables: 天宁, 钟楼")]
    assert list(taken(path, "钟楼")[0].frame["名称"]) == ["乙"]
    book["钟楼"]["F1"] = "等级"
    book.save(path)
    assert list(taken(path, "", ["等级"])[0].frame["名称"]) == ["乙"]


def test_a_stray_cell_far_off_the_table_does_no_harm(tmp_path):
    rows = [HEADER, ["1", "甲", 119.97, 31.81, 5], [None, "乙", 119.98, 31.82, "#N/A"]]
    path, book = workbook(tmp_path, rows, ["A2:A3"])
    book.active["XFD900000"] = 1
    book.active["E3"].data_type = "e"
    book.save(path)
    table, faults = read(path)
    assert list(table.frame["编号"]) == ["1", "1"]
    assert [fault.where for fault in faults.faults] == ["row 3, column 人口"]


def test_an_archive_that_unpacks_to_more_than_any_table_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    packed = zipfile.ZIP_DEFLATED
    with (
        zipfile.ZipFile(path, "w", packed) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(600):
            part.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    assert "unpacks to 629,145,600 bytes" in refused(path)[0][1]


def test_a_text_named_xls_is_read_and_a_page_named_xls_is_told(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes("名称\t人口\n甲\t5\n".encode("gb18030"))
    table, _ = taken(path)
    assert table.form == "CSV, GB18030, separator tab"
    path.write_text("<html><table><tr><td>名称</td></tr></table></html>", encoding="utf-8")
    assert refused(path) == [("", "a web page or XML named .xls")]


@pytest.mark.parametrize(
    ("encoding", "without", "name"),
    [("GB18030", [".cpg"], "统计用区划"), ("UTF-8", [".cpg"], "统计用"),
     ("GB18030", [".shx"], "统计用区划"), ("GB18030", [".cpg", ".prj"], "统计用区划")],
)  # fmt: skip
def test_shapefiles_that_lost_a_part_are_read(tmp_path, encoding, without, name):
    path = shapefile(tmp_path, encoding, *without)
    before = sorted(tmp_path.iterdir())
    table, _ = taken(path)
    assert next(iter(table.frame.columns)) == name
    assert list(table.frame.iloc[:, 1]) == ["甲社区", "乙社区"]
    assert (table.crs == "") == (".prj" in without)
    assert sorted(tmp_path.iterdir()) == before


def test_a_code_page_that_is_wrong_is_told_and_not_believed(tmp_path):
    path = shapefile(tmp_path, "GB18030")
    path.with_suffix(".cpg").write_text("UTF-8")
    table, remarks = taken(path)
    assert list(table.frame.iloc[:, 1]) == ["甲社区", "乙社区"]
    (remark,) = remarks
    assert remark.startswith("units.cpg states UTF-8, but the attributes are in GB18030")


def test_a_shapefile_without_its_attributes_is_refused(tmp_path):
    path = shapefile(tmp_path, "GB18030", ".dbf")
    assert refused(path) == [("", "no units.dbf beside it")]


def test_a_zipped_shapefile_with_chinese_names_is_read(tmp_path):
    shapefile(tmp_path, "GB18030", ".cpg")
    path = tmp_path / "区划.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in (".shp", ".dbf", ".shx", ".prj"):
            archive.write(tmp_path / f"units{suffix}", f"数据/区划{suffix}")
    table, _ = taken(path)
    assert list(table.frame.iloc[:, 1]) == ["甲社区", "乙社区"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(tmp_path / "units.shp", "数据/另一.shp")
    assert refused(path)[0][1].startswith("2 layer files inside")


def test_layers_that_look_alike_are_listed_and_styles_are_no_layer(tmp_path):
    path = tmp_path / "a.gpkg"
    UNITS.to_file(path, layer="社区")
    gpd.GeoDataFrame({"name": ["样式"]}).to_file(path, layer="layer_styles")
    assert taken(path)[0].form == "GPKG, layer 社区"
    UNITS.to_file(path, layer="街道")
    assert refused(path) == [("", "layers 社区, 街道")]
    assert len(taken(path, "街道")[0]) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_geojson_is_read_whatever_its_encoding(tmp_path, encoding):
    path = tmp_path / "a.geojson"
    UNITS.to_file(path)
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    table, _ = taken(path)
    assert list(table.frame["社区名称"]) == ["甲社区", "乙社区"]


PLACEMARK = """<Placemark><name>{}</name><ExtendedData>
<Data name="日处理能力"><value>5</value></Data>
</ExtendedData><Point><coordinates>119.9,31.8,0</coordinates></Point></Placemark>"""
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>一</name>{}</Folder>{}</Document></kml>"""


def test_kml_and_kmz_give_names_and_extended_data_by_folder(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text(KML.format(PLACEMARK.format("甲站"), ""), encoding="utf-8")
    packed = tmp_path / "a.kmz"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, "doc.kml")
    for file in (path, packed):
        table, _ = taken(file)
        assert list(table.frame["Name"]) == ["甲站"]
        assert list(table.frame["日处理能力"]) == ["5"]
    other = f"<Folder><name>二</name>{PLACEMARK.format('乙站')}</Folder>"
    path.write_text(KML.format(PLACEMARK.format("甲站"), other), encoding="utf-8")
    assert refused(path) == [("", "layers 一, 二")]


@pytest.mark.parametrize("charset", ["WindowsSimpChinese", "Neutral"])
def test_mapinfo_in_gbk_is_read_with_and_without_its_character_set(tmp_path, charset):
    path = tmp_path / "a.mif"
    head = f'Version 300\nCharset "{charset}"\nDelimiter ","\nCoordSys Earth Projection 1, 104\n'
    body = "Columns 2\n  编码 Char(20)\n  名称 Char(40)\nData\n\nPoint 119.95 31.8\n"
    path.write_bytes((head + body).encode("gb18030"))
    path.with_suffix(".mid").write_bytes('"320402001001","甲社区"\n'.encode("gb18030"))
    assert taken(path)[0].frame.iloc[0].tolist() == ["320402001001", "甲社区"]


def test_a_damaged_coordinate_system_is_told_as_that(tmp_path):
    path = shapefile(tmp_path, "UTF-8")
    path.with_suffix(".prj").write_text('GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"')
    assert refused(path)[0][1].startswith("a coordinate system that cannot be read")


def test_messages_name_the_users_file_and_no_copy_of_it(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text("<kml><Document>", encoding="utf-8")
    _, faults = read(path)
    assert "vsimem" not in str(faults.faults[0])
    assert "lastmile-copy" not in str(faults.faults[0])


def test_a_table_of_more_columns_than_any_sheet_has_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    header = ",".join(f"c{k}" for k in range(100_000))
    path.write_text(f"名称,{header}\n甲{',1' * 100_000}\n", encoding="utf-8")
    assert refused(path) == [("row 1", "100,001 columns")]


BARE = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"名称":"甲社区居委会"},'
    '"geometry":{"type":"Point","coordinates":[119.9,31.8]}}]}'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_geojson_without_a_name_of_its_own_is_read_in_any_encoding(tmp_path, encoding):
    path = tmp_path / "a.geojson"
    path.write_bytes(BARE.encode(encoding))
    assert taken(path)[0].frame.to_dict("records") == [{"名称": "甲社区居委会"}]


def test_a_kml_without_names_is_called_by_its_file(tmp_path):
    path = tmp_path / "点位.kml"
    path.write_text(KML.replace("<name>一</name>", "").format("", PLACEMARK.format("甲站")))
    path.write_text(path.read_text().replace("<Folder></Folder>", ""))
    table, _ = taken(path)
    assert table.frame["Name"].tolist() == ["甲站"]
    assert table.form == "KML, layer 点位"


@pytest.mark.parametrize("name", ["a.geojson", "a.kml", "a.gpkg"])
@pytest.mark.parametrize(
    "pointer",
    [
        '<OGRVRTLayer name="units"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>',
        '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {}"}}',
    ],
)
def test_a_layer_that_names_another_file_reads_nothing(tmp_path, pointer, name):
    UNITS.to_file(tmp_path / "secret.gpkg", layer="units")
    path = tmp_path / name
    path.write_text(pointer.format(tmp_path / "secret.gpkg"), encoding="utf-8")
    table, faults = read(path)
    assert table is None
    assert [f.found for f in faults.faults] == ["a file that names others to be read in its place"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, name)
    assert read(tmp_path / "a.zip")[0] is None


def test_a_sheet_written_by_another_program_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    frame = pd.DataFrame({"名称": ["甲", "乙"], "人口": [5, 6], "编码": ["0012", "0013"]})
    pyogrio.write_dataframe(frame, path, driver="XLSX", layer="表")
    table, _ = taken(path)
    assert table.frame.to_numpy().tolist() == [["甲", "5", "0012"], ["乙", "6", "0013"]]


def test_an_old_workbook_is_read_with_its_merges(tmp_path):
    path = tmp_path / "a.xls"
    rows = [["街道", "编码", "人口"], ["雕庄", 320402001001.0, 5], ["", 320402001002.0, 6.5]]
    path.write_bytes(excel_97(rows, (1, 0, 2, 0)))
    table, _ = taken(path)
    assert table.form == "Excel 97, sheet 表"
    assert table.frame.to_numpy().tolist() == [
        ["雕庄", "320402001001", "5"],
        ["雕庄", "320402001002", "6.5"],
    ]


def test_an_opendocument_sheet_is_read(tmp_path):
    space = "urn:oasis:names:tc:opendocument:xmlns"
    cells = [["名称", "人口"], ["甲", "5"], ["乙", "6"]]
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in cells
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="表">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    table, _ = taken(path)
    assert table.form == "OpenDocument, sheet 表"
    assert table.frame.to_numpy().tolist() == [["甲", "5"], ["乙", "6"]]


def test_a_file_geodatabase_is_read(tmp_path):
    path = tmp_path / "a.gdb"
    UNITS.to_file(path, driver="OpenFileGDB", layer="社区")
    assert list(taken(path)[0].frame["社区名称"]) == ["甲社区", "乙社区"]


def test_what_stands_inside_cells_does_not_pass_for_the_separator(tmp_path):
    path = tmp_path / "a.csv"
    rows = [
        f"{k},店{k},购物服务;便民商店;便利店,119.9,31.8" + ",x" * (k % 4 == 0) for k in range(20)
    ]
    path.write_text("id,name,type,lng,lat\n" + "\n".join(rows), encoding="utf-8")
    table, faults = read(path)
    assert table.form.endswith("separator ,")
    assert len(faults.faults) == 5
    assert len(table) == 15
