"""The workbook, read back, holds what the layers hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lastmile.indicators import coverage_by_unit, overall
from lastmile.report.clean import text
from lastmile.report.workbook import write_workbook

pytestmark = pytest.mark.filterwarnings(
    # openpyxl does not know the data bars of Excel 2010, which start at zero as they must.
    "ignore:.* extension is not supported"
)

SHEETS = ["概况", "分区覆盖", "站点清单", "未覆盖清单", "配送线路", "覆盖曲线", "数据来源与方法"]


def emptied(plan):
    """The same plan with nothing in any layer, and nothing in its summary but a status."""
    layers = {name: frame.iloc[:0] for name, frame in plan.layers.items()}
    summary = {"name": "空方案", "status": "infeasible", "siting": None, "routing": None}
    return dataclasses.replace(plan, layers=layers, summary=summary)


def in_english(plan):
    output = plan.scenario.output.model_copy(update={"language": "en"})
    return dataclasses.replace(plan, scenario=plan.scenario.model_copy(update={"output": output}))


def read(plan, folder):
    write_workbook(plan, folder / "report.xlsx")
    return openpyxl.load_workbook(folder / "report.xlsx")


def body(sheet, n_rows, header_row=3):
    """Rows of a sheet's table, as mappings from its headers."""
    headers = [cell.value for cell in sheet[header_row] if cell.value is not None]
    rows = sheet.iter_rows(header_row + 1, header_row + n_rows, max_col=len(headers))
    return [dict(zip(headers, (cell.value for cell in row), strict=True)) for row in rows]


def every_cell(workbook):
    return [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]


def test_sheets_have_chinese_names_and_english_on_request(tiny_plan, tmp_path):
    assert read(tiny_plan, tmp_path).sheetnames == SHEETS
    english = read(in_english(tiny_plan), tmp_path)
    assert english.sheetnames[:3] == ["Overview", "Coverage by unit", "Stations"]
    spoken = [cell.value for cell in english["Overview"]["A"] if cell.value]
    assert not any("覆盖" in words for words in spoken)


def test_every_unit_reads_back_as_the_demand_layer_adds_up(tiny_plan, tmp_path):
    layers = tiny_plan.layers
    recomputed = coverage_by_unit(layers["units"], layers["demand"]).set_index("code")
    rows = body(read(tiny_plan, tmp_path)["分区覆盖"], len(recomputed))
    assert [row["代码"] for row in rows] == list(recomputed.index)
    for row in rows:
        assert row["人口"] == recomputed.loc[row["代码"], "people"]
        assert row["覆盖人口"] == recomputed.loc[row["代码"], "covered_people"]
        assert row["覆盖率"] == pytest.approx(recomputed.loc[row["代码"], "covered_share"])


def test_stations_read_back_where_they_stand(tiny_plan, tmp_path):
    stations = tiny_plan.layers["stations"].set_index("id")
    for row in body(read(tiny_plan, tmp_path)["站点清单"], 2):
        station = stations.loc[row["编号"]]
        assert row["经度（WGS84）"] == pytest.approx(station.geometry.x, abs=1e-6)
        assert row["纬度（WGS84）"] == pytest.approx(station.geometry.y, abs=1e-6)
        assert row["服务人口"] == station["people_served"]


def test_the_overview_reads_back_the_overall_figures(tiny_plan, tmp_path):
    sheet = read(tiny_plan, tmp_path)["概况"]
    shown = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}
    figures = overall(tiny_plan.layers["demand"])
    assert shown["人口"] == figures["people"]
    assert shown["路网外人口"] == figures["off_network_people"]
    assert shown["覆盖率上限"] == tiny_plan.summary["siting"]["all_open_share"]
    assert any("小镇示例 <试>" in str(value) for value in shown)


def test_times_are_times_and_shares_are_percentages(tiny_plan, tmp_path):
    workbook = read(tiny_plan, tmp_path)
    cells = every_cell(workbook)
    arrival = next(cell for cell in cells if cell.number_format == "[hh]:mm")
    assert isinstance(arrival.value, dt.time | dt.timedelta)
    assert workbook["分区覆盖"]["G4"].number_format == "0.0 %"
    assert workbook["分区覆盖"]["E4"].number_format == "#,##0"


def test_tables_can_be_filtered_and_their_headers_stay_in_view(tiny_plan, tmp_path):
    workbook = read(tiny_plan, tmp_path)
    for name in ("分区覆盖", "站点清单", "未覆盖清单", "覆盖曲线"):
        assert len(workbook[name].tables) == 1, name
        assert workbook[name].freeze_panes[1:] == "4", name
    # Unserved stops and the fleet stand over merged cells, which nothing filters.
    assert len(workbook["配送线路"].tables) == 2
    # The closing row stays outside what is sorted.
    assert list(workbook["分区覆盖"].tables.values())[0].ref == "A3:K6"  # noqa: RUF015 - one table
    assert workbook["分区覆盖"]["A7"].value == "合计"


def test_a_gain_between_two_shares_is_told_in_points(tiny_plan, tmp_path):
    def gain(plan):
        rows = read(plan, tmp_path).worksheets[0].iter_rows(max_col=3)
        return next(row[2] for row in rows if row[0].value in {"增加", "gain"})

    cell = gain(tiny_plan)
    assert cell.value == pytest.approx(10.0)
    assert cell.number_format == '0.0 "个百分点"'
    assert gain(in_english(tiny_plan)).number_format == '0.0 "points"'


def test_the_tables_of_the_routes_sheet_share_columns_that_fit_them_all(tiny_plan, tmp_path):
    frames = dict(tiny_plan.layers)
    frames["stops"] = frames["stops"].assign(
        stop_id="SITE00042#1", name="一个名字相当长的便民服务站（二店）"
    )
    frames["unserved"] = frames["unserved"].assign(remedy="增加车辆" * 20)
    frames["routes"] = frames["routes"].assign(vehicle_type="van")
    sheet = read(dataclasses.replace(tiny_plan, layers=frames), tmp_path)["配送线路"]
    width = {name: dimension.width for name, dimension in sheet.column_dimensions.items()}
    where = {}
    for row in sheet.iter_rows():
        for cell in row:
            where.setdefault(cell.value, cell.coordinate.rstrip("0123456789"))
    assert where["SITE00042#1"] == where["车型"] == "C"
    assert 15 <= width["C"] <= 18
    assert where["顺序"] == where["停靠次数"] == "D"
    assert width["D"] <= 10
    assert where["到达"] == where["发车"] == "E"
    (reason,) = [area for area in sheet.merged_cells.ranges if "车辆不足" in str(
        sheet.cell(area.min_row, area.min_col).value)]  # fmt: skip
    assert (reason.min_col, reason.max_col) == (3, 6)


def test_charts_are_native(tiny_plan, tmp_path):
    write_workbook(tiny_plan, tmp_path / "report.xlsx")
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        drawn = b"".join(archive.read(name) for name in charts).decode()
    assert len(charts) == 2
    assert "雕庄街道" in drawn  # the cached categories
    assert "barChart" in drawn
    assert "scatterChart" in drawn


def test_equal_plans_give_equal_bytes(tiny_plan, tmp_path):
    write_workbook(tiny_plan, tmp_path / "a.xlsx")
    write_workbook(tiny_plan, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_empty_plan_gives_a_report_that_says_so(tiny_plan, tmp_path):
    workbook = read(emptied(tiny_plan), tmp_path)
    assert workbook.sheetnames == [name for name in SHEETS if name != "覆盖曲线"]
    spoken = [str(cell.value) for cell in every_cell(workbook)]
    assert any(words.startswith("无可行方案") for words in spoken)
    assert "（无）" in spoken
    assert "本方案没有配送线路。" in spoken
    assert not any(words in ("nan", "inf", "None%", "#NUM!") for words in spoken)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.sampled_from(
        ["=1+1", "+cmd", "-2", "@SUM(A1)", "http://a.b", "<r><t>x</t></r>", "{=A1}", ""]
    ),
)
def test_no_name_becomes_a_formula_or_breaks_the_file(tiny_plan, tmp_path, tail, head):
    name = head + tail
    frames = dict(tiny_plan.layers)
    for layer in ("units", "demand", "stations", "sites", "stops", "centres"):
        frames[layer] = frames[layer].assign(name=name)
    plan = dataclasses.replace(
        tiny_plan, layers=frames, summary={**tiny_plan.summary, "name": name}
    )
    workbook = read(plan, tmp_path)
    cells = every_cell(workbook)
    assert not any(cell.data_type == "f" for cell in cells)
    assert not any(cell.hyperlink for cell in cells)
    shown = text(name)
    # Readers of the format trim nothing but what we trimmed ourselves.
    assert body(workbook["站点清单"], 1)[0]["名称"] in {shown, f"{shown} ", shown or None}


def test_a_very_long_name_fits_its_cell(tiny_plan, tmp_path):
    stations = tiny_plan.layers["stations"].assign(name="很长的名字" * 10_000)
    plan = dataclasses.replace(tiny_plan, layers={**tiny_plan.layers, "stations": stations})
    shown = body(read(plan, tmp_path)["站点清单"], 1)[0]["名称"]
    assert len(shown) == 32_767
