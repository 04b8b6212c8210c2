"""Figures without outlines join the units by code or by name, and no row is lost without a word."""

import geopandas as gpd
import numpy as np
import pytest


def add(village, text, **keys):
    village.write("residents.csv", text)
    table = {"path": "residents.csv", "level": "township", "people_column": "人口"} | keys
    village.table.setdefault("unit_tables", []).append(table)


def without(village, *keys):
    for key in keys:
        village.table["boundaries"][1][key] = ""


def column(units, name):
    rows = units.units[units.units["level"] == "township"]
    return dict(zip(rows["name"], rows[name], strict=True))


def accepted(village):
    units = village.units()
    assert not village.faults.faults, village.told
    return units


@pytest.mark.parametrize(
    "codes",
    [
        ("320402001", "320402002"),
        ("320402001000", "320402002000"),
        ("３２０４０２００１", "320402002.0"),
    ],
)
def test_people_come_by_code_however_it_is_written(village, codes):
    without(village, "people_column")
    add(village, f'code,name,人口\n{codes[0]},西镇,700\n{codes[1]},东镇,"1,300"\n')
    assert column(accepted(village), "people") == {"西镇": 700.0, "东镇": 1300.0}


@pytest.mark.parametrize("names", [("西镇", "东镇"), ("东区西镇", "东镇人民政府"), ("西 镇", "东")])
def test_people_come_by_name_however_it_is_written(village, names):
    without(village, "people_column")
    add(
        village, f"名称,人口\n{names[0]},700\n{names[1]},1300\n", code_column="", name_column="名称"
    )
    assert column(accepted(village), "people") == {"西镇": 700.0, "东镇": 1300.0}


def test_a_layer_without_codes_gets_them_from_the_table(village):
    village.table["boundaries"][1]["code_column"] = ""
    add(village, "code,name,人口\n320402001,西镇,1000\n320402002,东镇,500\n")
    assert column(accepted(village), "code") == {"西镇": "320402001", "东镇": "320402002"}


def test_a_layer_without_codes_or_table_is_known_by_its_names(village):
    village.table["boundaries"][1]["code_column"] = ""
    assert column(accepted(village), "code") == {"西镇": "西镇", "东镇": "东镇"}


def test_people_of_the_layer_stay_and_those_of_the_table_are_held_against_them(village):
    add(village, "code,name,人口\n320402001,西镇,1200\n320402002,东镇,501\n", title="七普")
    units = accepted(village)
    assert column(units, "people") == {"西镇": 1000.0, "东镇": 500.0}
    found = [(t.name, t.people, t.official, t.source) for t in village.faults.findings.totals]
    assert found == [("西镇", 1000.0, 1200.0, "七普"), ("东镇", 500.0, 501.0, "七普")]
    (note,) = [note.en for note in units.notes if "differ from 七普" in note.en]
    assert "西镇 1,000 / 1,200" in note
    assert "东镇" not in note


def test_classes_come_from_the_table_where_the_layer_has_none_and_the_source_is_kept(village):
    layer = gpd.read_file(village.folder / "townships.gpkg")
    layer["class"] = ["111", ""]
    layer.to_file(village.folder / "townships.gpkg")
    add(
        village,
        "code,name,ur_code\n320402001,西镇,220\n320402002,东镇,220\n",
        people_column="",
        settlement_column="ur_code",
    )
    units = accepted(village)
    assert column(units, "settlement") == {"西镇": "urban", "东镇": "rural"}
    sources = {"西镇": "townships.gpkg, class", "东镇": "residents.csv, ur_code"}
    assert column(units, "settlement_source") == sources
    found = {unit.name: unit.settlement_source for unit in village.faults.findings.units}
    assert found == sources | {"东区": ""}


def test_a_row_of_people_without_a_unit_is_a_fault_with_the_nearest_names(village):
    add(village, "code,name,人口\n320402001,西镇,1\n320402002,东镇,1\n320402009,东城镇,9\n")
    village.units()
    (told,) = village.told
    assert "residents.csv, row 4, column code: found 320402009 东城镇, no unit" in told
    assert "similar names: 东镇" in told
    (row,) = village.faults.findings.unmatched
    assert (row.where, row.found) == ("row 4", "320402009 东城镇")


def test_a_row_about_another_district_is_only_noted(village):
    add(village, "code,name,人口\n320402001,西镇,1000\n320402002,东镇,500\n320404001,五星,9\n")
    units = accepted(village)
    assert any("320404001 五星" in note.en for note in units.notes)
    assert len(village.faults.findings.unmatched) == 1


def test_a_row_with_an_unknown_code_is_found_by_name_inside_the_unit_its_code_names(village):
    add(village, "code,name,人口\n320402101,西镇,1000\n320402002,东镇,500\n")
    units = accepted(village)
    assert [t.name for t in village.faults.findings.totals] == ["西镇", "东镇"]
    assert any("other codes than the boundary layer" in note.en for note in units.notes)


def test_a_name_that_means_two_units_is_a_fault_that_lists_them(village):
    layer = gpd.read_file(village.folder / "townships.gpkg")
    layer["name"] = ["河镇", "河镇"]
    layer.to_file(village.folder / "townships.gpkg")
    add(village, "名称,人口\n河镇,5\n", code_column="", name_column="名称")
    village.units()
    assert "found 河镇, which may be 河镇 (320402001), 河镇 (320402002)" in village.told[0]
    assert "unit_tables[0].parent_column" in village.told[0]


def test_two_rows_about_one_unit_are_a_fault(village):
    add(village, "code,name,人口\n320402001,西镇,5\n320402001000,西镇,6\n320402002,东镇,1\n")
    village.units()
    assert "row 3: found 西镇 (320402001), as in row 2" in village.told[0]


def test_a_unit_without_a_row_is_named(village):
    add(village, "code,name,人口\n320402001,西镇,1000\n")
    units = accepted(village)
    assert any("has no row for 1 units: 东镇 (320402002)" in note.en for note in units.notes)


def test_a_code_whose_row_has_another_name_is_a_finding(village):
    add(village, "code,name,人口\n320402001,东镇,1000\n320402002,西镇,500\n")
    accepted(village)
    found = village.faults.findings.suspects
    assert [suspect.kind for suspect in found] == ["name_differs", "name_differs"]


@pytest.mark.parametrize("name", ["西镇人民政府", "东区西镇", "西"])
def test_a_row_that_names_its_unit_in_another_form_is_no_finding(village, name):
    add(village, f"code,name,人口\n320402001,{name},1000\n320402002,东镇,500\n")
    accepted(village)
    assert village.faults.findings.suspects == []


def test_a_rounded_code_is_a_fault(village):
    add(village, "code,name,人口\n3.20402E+11,西镇,1000\n320402002,东镇,500\n")
    village.units()
    assert "a code that a spreadsheet rounded" in village.told[0]


@pytest.mark.parametrize(("total", "told"), [(1500, False), (1600, True)])
def test_the_total_row_is_no_unit_and_is_held_against_the_others(village, total, told):
    add(
        village,
        f"code,name,人口\n,合 计,{total}\n320402001,西镇,1000\n320402002,东镇,500\n,小计,7\n",
    )
    units = accepted(village)
    (finding,) = [t for t in village.faults.findings.totals if not t.code]
    assert (finding.people, finding.official) == (1500.0, total)
    assert any("do not add up to its total" in note.en for note in units.notes) == told


def test_a_table_about_nothing_of_the_plan_is_a_fault(village):
    add(village, "code,name,人口\n110101001,东华门街道,5\n")
    village.units()
    assert "1 rows, none about a unit of the plan" in village.told[0]


def test_a_level_without_boundaries_is_a_fault(village):
    add(village, "code,name,人口\n320402001,西镇,5\n", level="community")
    village.units()
    assert "found community; boundaries hold district, township" in village.told[0]


def test_units_no_table_knows_have_no_people(village):
    without(village, "people_column")
    assert np.isnan(list(column(accepted(village), "people").values())).all()


def test_people_of_a_table_are_people_to_plan_for(village):
    without(village, "people_column")
    add(village, "code,name,人口\n320402001,西镇,700\n320402002,东镇,1300\n")
    village.table["demand"] = {"source": "unit_totals", "level": "township"}
    places = village.accepted()
    assert places.demand["people"].sum() == 2000.0


def test_a_column_of_the_unit_above_needs_no_naming_and_no_row_of_it_is_lost(village):
    without(village, "people_column")
    add(village, "区县,乡镇,人口\n东区,西镇,700\n东区,东镇,1300\n东区,新镇,900\n外区,南镇,50\n")
    village.units()
    (told,) = village.told
    assert "新镇, no unit of the level township" in told


def test_a_column_that_names_no_unit_above_is_passed_over(village):
    without(village, "people_column")
    add(village, "区县,乡镇,人口\n甲,西镇,700\n乙,东镇,1300\n")
    assert column(accepted(village), "people") == {"西镇": 700.0, "东镇": 1300.0}


def test_many_rows_about_one_unit_are_counted_beyond_twenty(village):
    lines = "".join(f"320402001,西镇,{k}\n" for k in range(40))
    add(village, f"code,name,人口\n320402002,东镇,500\n{lines}")
    village.units()
    assert len(village.faults.faults) == 21
    assert "the same in 19 more rows" in village.told[-1]
    assert "correct unit_tables[0].level" in village.told[0]
