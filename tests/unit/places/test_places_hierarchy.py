"""Units lie where their codes say, cover their parents once, and add up; else somebody is told."""

import geopandas as gpd
import pytest
import shapely
from village_ground import box, frame, place


def kinds(village):
    return [suspect.kind for suspect in village.faults.findings.suspects]


def notes(units, word):
    return [note.en for note in units.notes if word in note.en]


def townships(village, columns, shapes):
    file = village.folder / "townships.gpkg"
    file.unlink()
    count = len(shapes)
    whole = {"people": [10.0] * count, "class": [""] * count} | columns
    frame(whole, shapes).to_file(file)


def with_communities(village, columns, shapes, **keys):
    file = village.folder / "communities.gpkg"
    frame(columns, shapes).to_file(file)
    village.table["boundaries"].append({"path": file.name, "level": "community"} | keys)


def test_units_that_fit_together_are_told_of_nothing(village):
    units = village.units()
    assert not village.faults.faults
    assert kinds(village) == []
    assert [note for note in units.notes if "coordinate system" not in note.en] == []


def test_a_unit_wholly_outside_the_one_its_code_names_is_a_fault_that_names_both(village):
    with_communities(
        village,
        {"code": ["320402001001"], "name": ["甲社区"]},
        [box(1200, 200, 1800, 800)],
    )
    village.units()
    (told,) = village.told
    assert "communities.gpkg, feature 1" in told
    assert "甲社区 (320402001001) lies in 东镇 (320402002)" in told
    assert "inside 西镇 (320402001)" in told


def test_a_unit_partly_outside_its_parent_is_a_finding_and_follows_its_code(village):
    with_communities(
        village,
        {"code": ["320402001001"], "name": ["甲社区"]},
        [box(800, 200, 1800, 800)],
    )
    units = village.units()
    assert not village.faults.faults
    assert units.units.set_index("code").loc["320402001001", "parent_code"] == "320402001"
    (suspect,) = [s for s in village.faults.findings.suspects if s.kind == "outside_parent"]
    assert "80% of 甲社区" in suspect.en
    assert "80%" in notes(units, "outside the unit above")[0]


def test_slivers_over_the_border_are_not_told(village):
    with_communities(
        village,
        {"code": ["320402001001", "320402002001"], "name": ["甲社区", "乙社区"]},
        [box(0, 0, 1005, 2000), box(1005, 0, 2000, 2000)],
    )
    told = village.units().notes
    assert [note for note in told if "coordinate system" not in note.en] == []


def test_a_unit_whose_parent_is_missing_counts_for_where_it_lies(village):
    with_communities(
        village,
        {"code": ["320402009001"], "name": ["丙社区"]},
        [box(1200, 200, 1800, 800)],
    )
    units = village.units()
    assert units.units.set_index("code").loc["320402009001", "parent_code"] == "320402002"
    assert "丙社区 (320402009001)" in notes(units, "not among the boundaries")[0]
    assert "parent_missing" in kinds(village)


def test_a_unit_where_no_level_above_is_drawn_belongs_to_the_level_above_that(village):
    townships(village, {"code": ["320402001"], "name": ["西镇"]}, [box(0, 0, 1000, 2000)])
    with_communities(
        village,
        {"code": ["320402001001", "320402002001"], "name": ["甲社区", "乙社区"]},
        [box(0, 0, 1000, 2000), box(980, 0, 2000, 2000)],
    )
    parents = village.units().units.set_index("code")["parent_code"]
    assert not village.faults.faults
    assert parents["320402001001"] == "320402001"
    assert parents["320402002001"] == "320402"


def test_two_units_of_one_name_in_one_parent_are_told(village):
    townships(
        village,
        {"code": ["320402001", "320402002"], "name": ["西镇", "西 镇"]},
        [box(0, 0, 1000, 2000), box(1000, 0, 2000, 2000)],
    )
    assert notes(village.units(), "share a name")
    assert kinds(village).count("duplicate_name") == 2


def test_codes_of_a_finer_level_than_the_layer_are_told(village):
    village.table["boundaries"][1]["level"] = "district"
    village.table["boundaries"].pop(0)
    units = village.units()
    assert "320402001" in notes(units, "finer level")[0]


def test_a_hole_in_the_coverage_is_told_with_its_size_and_place(village):
    townships(
        village,
        {"code": ["320402001", "320402002"], "name": ["西镇", "东镇"]},
        [box(0, 0, 1000, 2000), box(1000, 0, 2000, 1500)],
    )
    units = village.units()
    (gap,) = [s for s in village.faults.findings.suspects if s.kind == "hole"]
    assert "0.500 km²" in gap.en
    assert box(1000, 1500, 2000, 2000).contains(shapely.Point(gap.lon, gap.lat))
    assert "0.50 km²" in notes(units, "holes")[0]


@pytest.mark.parametrize("width_m", [5, 15])
def test_a_seam_between_outlines_is_no_hole(village, width_m):
    townships(
        village,
        {"code": ["320402001", "320402002"], "name": ["西镇", "东镇"]},
        [box(0, 0, 1000, 2000), box(1000 + width_m, 0, 2000, 2000)],
    )
    assert kinds(village) == []


def test_an_overlap_is_told_with_its_size_and_place(village):
    townships(
        village,
        {"code": ["320402001", "320402002"], "name": ["西镇", "东镇"]},
        [box(0, 0, 1000, 2000), box(500, 0, 2000, 2000)],
    )
    units = village.units()
    (overlap,) = [s for s in village.faults.findings.suspects if s.kind == "overlap"]
    assert "1.000 km²" in overlap.en
    assert box(500, 0, 1000, 2000).contains(shapely.Point(overlap.lon, overlap.lat))
    assert notes(units, "overlap")


@pytest.mark.parametrize(("stated", "told"), [(1500, False), (1507, False), (1510, True)])
def test_sums_that_differ_by_more_than_half_a_percent_are_told(village, stated, told):
    district = gpd.read_file(village.folder / "district.gpkg")
    (village.folder / "district.gpkg").unlink()
    district.assign(people=stated).to_file(village.folder / "district.gpkg")
    village.table["boundaries"][0]["people_column"] = "people"
    units = village.units()
    (total,) = village.faults.findings.totals
    assert (total.people, total.official, total.level) == (1500.0, stated, "district")
    assert bool(notes(units, "do not add up")) == told


def test_sums_are_not_compared_while_a_part_is_unknown(village):
    townships(
        village,
        {"code": ["320402001", "320402002"], "name": ["西镇", "东镇"], "people": [10.0, None]},
        [box(0, 0, 1000, 2000), box(1000, 0, 2000, 2000)],
    )
    village.units()
    assert village.faults.findings.totals == []


def similar_village(village, rule):
    townships(
        village,
        {"code": ["320402001", "320402400", "320402401"], "name": ["西镇", "东山监狱", "开发区"]},
        [box(0, 0, 1000, 2000), box(1000, 0, 2000, 1000), box(1000, 1000, 2000, 2000)],
    )
    with_communities(
        village,
        {"code": ["320402400498"], "name": ["监狱虚拟社区"]},
        [box(1000, 0, 2000, 1000)],
    )
    village.table["boundaries"][1]["similar_units"] = rule
    return village.units()


def test_similar_units_are_kept_by_default_and_named(village):
    units = similar_village(village, "keep")
    assert len(units.units) == 5
    assert "东山监狱 (320402400)" in notes(units, "are planned for")[0]


@pytest.mark.parametrize(
    ("rule", "left", "km2"),
    [
        ("exclude", ["东区", "西镇"], 2.0),
        ("exclude_prisons", ["东区", "西镇", "开发区"], 3.0),
    ],
)
def test_excluded_units_go_with_their_ground_and_all_in_them_and_are_named(
    village, rule, left, km2
):
    units = similar_village(village, rule)
    assert list(units.units["name"]) == left
    flat = gpd.GeoSeries([units.area, units.units.geometry.iloc[0]], crs=4326).to_crs(4549)
    assert (flat.area / 1e6).tolist() == pytest.approx([km2, km2], rel=1e-4)
    assert "东山监狱 (320402400)" in notes(units, "left out")[0]
    found = village.faults.findings.units
    excluded = {unit.name for unit in found if unit.is_excluded}
    assert excluded >= {"东山监狱", "监狱虚拟社区"}
    assert {unit.name for unit in found if not unit.is_excluded} == set(left)
    assert "hole" not in kinds(village)


def test_an_area_that_is_excluded_whole_is_a_fault(village):
    village.table["boundaries"] = [
        {"path": "townships.gpkg", "level": "township", "similar_units": "exclude"}
    ]
    townships(village, {"code": ["320402400"], "name": ["监狱"]}, [box(0, 0, 1000, 1000)])
    assert village.units() is None
    assert "every unit of the area excluded" in village.told[0]


def test_parts_of_a_unit_in_several_rows_are_joined_and_told(village):
    townships(
        village,
        {
            "code": ["320402001", "320402002", "320402001"],
            "name": ["西镇", "东镇", "西镇"],
            "people": [30.0, 10.0, None],
        },
        [box(0, 0, 1000, 1000), box(1000, 0, 2000, 2000), box(0, 1000, 1000, 2000)],
    )
    units = village.units()
    assert not village.faults.faults
    west = units.units.set_index("code").loc["320402001"]
    assert west["people"] == 30.0
    assert west.geometry.contains(shapely.Point(place(500, 500)))
    assert west.geometry.contains(shapely.Point(place(500, 1500)))
    assert "320402001 西镇" in notes(units, "several rows")[0]
    assert "multipart" in kinds(village)


def test_parts_that_contradict_each_other_are_a_fault(village):
    townships(
        village,
        {"code": ["320402001"] * 2, "name": ["西镇"] * 2, "people": [30.0, 20.0]},
        [box(0, 0, 1000, 1000), box(0, 1000, 1000, 2000)],
    )
    village.units()
    assert "feature 1 and feature 2, column people: found '30' and '20'" in village.told[0]


def test_one_code_with_two_names_stays_a_fault(village):
    townships(
        village,
        {"code": ["320402001"] * 2, "name": ["西镇", "东镇"]},
        [box(0, 0, 1000, 1000), box(0, 1000, 1000, 2000)],
    )
    village.units()
    assert len(village.told) == 1
    assert "'320402001', as in feature 1" in village.told[0]


def ring(*corners):
    return [place(*corner) for corner in corners]


@pytest.mark.parametrize(
    ("shape", "km2"),
    [
        (shapely.Polygon(ring((0, 0), (1000, 1000), (1000, 0), (0, 1000))), 0.5),
        (shapely.MultiPolygon([box(0, 0, 1000, 1000)] * 2), 1.0),
        (shapely.MultiPolygon([box(0, 0, 1000, 1000), box(500, 500, 1500, 1500)]), 1.75),
        (
            shapely.Polygon(
                box(0, 0, 1000, 2000).exterior,
                [box(100, 100, 500, 500).exterior, box(200, 200, 300, 300).exterior],
            ),
            1.84,
        ),
        (
            shapely.Polygon(
                ring(
                    (0, 0),
                    (1000, 0),
                    (1000, 1000),
                    (500, 1000),
                    (500, 1900),
                    (500, 1000),
                    (0, 1000),
                )
            ),
            1.0,
        ),
    ],
    ids=["bow tie", "the same ring twice", "parts over each other", "a hole in a hole", "a spike"],
)
def test_an_invalid_outline_is_mended_to_what_was_meant_and_its_area_told(village, shape, km2):
    village.table["boundaries"].pop(0)
    townships(village, {"code": ["320402001"], "name": ["西镇"]}, [shape])
    units = village.units()
    assert not village.faults.faults
    (mended,) = units.units.geometry.to_crs(4549)
    assert mended.is_valid
    assert mended.area / 1e6 == pytest.approx(km2, rel=1e-3)
    (suspect,) = village.faults.findings.suspects
    assert suspect.kind == "mended"
    assert f"to {km2:.2f}" in suspect.en
    assert "feature 1" in notes(units, "were mended")[0]


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        (shapely.LineString(ring((0, 0), (1000, 0), (1000, 1000))), "a line, which has no area"),
        (shapely.Point(place(500, 500)), "a point, which has no area"),
        (shapely.Polygon(), "no area"),
        (shapely.Polygon(ring((0, 0), (1000, 0), (0, 0), (0, 0))), "no area"),
    ],
    ids=["a line", "a point", "empty", "a sliver without width"],
)
def test_what_is_no_polygon_is_told_for_what_it_is(village, shape, found):
    townships(
        village,
        {"code": ["320402001", "320402002"], "name": ["西镇", "东镇"]},
        [box(0, 0, 1000, 2000), shape],
    )
    village.units()
    (told,) = village.told
    assert f"feature 2, column geometry: found {found};" in told


def test_a_layer_with_neither_codes_nor_names_is_a_fault(village):
    village.table["boundaries"][1] |= {"code_column": "", "name_column": ""}
    village.units()
    assert "set boundaries[1].code_column or boundaries[1].name_column" in village.told[0]
