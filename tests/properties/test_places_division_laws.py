"""Laws of codes, names and estimated outlines."""

import csv
import json

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lastmile.errors import FaultLog
from lastmile.places import read_units
from lastmile.places.division_codes import DIGITS, comparable, division_code
from lastmile.places.division_names import NameIndex, core_name, plain_name
from lastmile.places.estimated_outlines import thiessen_cells
from lastmile.scenario import scenario_from_table

full_codes = st.builds(
    "{:04d}{:02d}{:03d}{:03d}".format,
    st.sampled_from([3204, 1101, 6540]),
    st.integers(1, 99),
    st.integers(1, 999),
    st.integers(1, 999),
)


@given(full_codes, st.sampled_from(["province", "city", "district", "township", "community"]))
def test_cut_and_padded_codes_are_one(code, level):
    assume(division_code(code[: DIGITS[level]].ljust(12, "0")).level == level)
    cut = code[: DIGITS[level]]
    assert comparable(cut) == comparable(cut.ljust(12, "0")) == cut
    assert division_code(cut).level == level


@given(full_codes)
def test_a_code_lies_in_every_cut_of_it(code):
    known = division_code(code)
    assert all(known.lies_in(division_code(code[:n])) for n in (2, 4, 6, 9))


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_codes_and_names(text):
    known = division_code(text)
    assert known is None or len(known.padded) == 12
    assert core_name(plain_name(text))[0] or not plain_name(text)
    NameIndex([text, "新北区"], [text, ""], [text]).find(text, text)


names = st.text("三里新河城东西南北", min_size=1, max_size=4)


@given(st.lists(names, min_size=1, max_size=8, unique=True))
def test_every_name_finds_itself_with_any_ending_of_its_kind(found):
    for ending, forms in (("村村委会", ("村", "村民委员会")), ("街道", ("街道办事处", ""))):
        index = NameIndex([name + ending for name in found])
        for k, name in enumerate(found):
            assert index.find(name + ending).position == k
            for form in forms:
                match = index.find(name + form)
                assert match.position == k or k in match.choices


spots = st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2))


@st.composite
def grounds_and_points(draw):
    """A parent with a ragged edge and perhaps a hole, and points in and around it."""
    west = draw(st.floats(75.0, 130.0))
    south = draw(st.floats(20.0, 50.0))
    size = draw(st.floats(0.01, 0.8))
    corners = draw(st.lists(spots, min_size=3, max_size=9, unique=True))
    shape = shapely.make_valid(shapely.Polygon(corners), method="structure")
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    assume(parts and shape.area > 0.05)
    if draw(st.booleans()):
        shape = shapely.difference(shape, shapely.box(0.45, 0.45, 0.5, 0.5))
    inside = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1,
                           max_size=12, unique=True))  # fmt: skip
    scale = np.array([size, size])
    corner = np.array([west, south])
    parent = shapely.transform(shape, lambda xy: xy * scale + corner)
    assume(parent.is_valid and parent.geom_type in ("Polygon", "MultiPolygon"))
    points = shapely.points(np.array(inside) / 40.0 * scale + corner)
    return parent, points


@given(grounds_and_points())
def test_cells_fill_the_parent_and_share_nothing(case):
    parent, points = case
    cells = thiessen_cells(parent, points)
    assert shapely.area(cells).sum() == pytest.approx(parent.area, rel=1e-9)
    own, other = np.triu_indices(len(cells), 1)
    shared = shapely.area(shapely.intersection(cells[own], cells[other]))
    assert shared.sum() <= 1e-9 * parent.area
    assert shapely.area(shapely.difference(cells, parent)).sum() <= 1e-9 * parent.area
    assert shapely.is_valid(cells).all()


@given(grounds_and_points())
def test_a_point_of_the_parent_lies_in_its_own_cell(case):
    parent, points = case
    cells = thiessen_cells(parent, points)
    inside = shapely.contains_properly(parent, points)
    near = shapely.distance(cells[inside], points[inside])
    assert (near <= 1e-9).all()


@given(grounds_and_points(), st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(case, random):
    parent, points = case
    order = list(range(len(points)))
    random.shuffle(order)
    cells, again = thiessen_cells(parent, points), thiessen_cells(parent, points[order])
    areas = shapely.area(cells)[order]
    assert shapely.area(again) == pytest.approx(areas, rel=1e-6, abs=1e-9 * parent.area)


anywhere = st.tuples(
    st.floats(-181, 181, allow_nan=False) | st.sampled_from([0.0, 119.5, 120.0, 180.0]),
    st.floats(-91, 91, allow_nan=False) | st.sampled_from([0.0, 31.5, 32.0, 90.0]),
)
rings = st.lists(anywhere, min_size=0, max_size=7)
shapes = st.one_of(
    st.none(),
    st.builds(lambda r: {"type": "Polygon", "coordinates": r}, st.lists(rings, max_size=3)),
    st.builds(
        lambda r: {"type": "MultiPolygon", "coordinates": r},
        st.lists(st.lists(rings, max_size=2), max_size=3),
    ),
    st.builds(lambda c: {"type": "Point", "coordinates": c}, anywhere),
    st.builds(lambda c: {"type": "LineString", "coordinates": c}, rings),
)
codes = st.sampled_from(
    ["", "320402", "320402001", "320402001000", "320481400", "3.2E+11", "甲", "320402001001"]
)
rows = st.lists(st.tuples(codes, st.sampled_from(["", "西镇", "东镇", "监狱"]), shapes), max_size=5)


def collection(found):
    features = [
        {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": shape}
        for code, name, shape in found
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("units")


@given(rows, rows, st.sampled_from(["keep", "exclude", "exclude_prisons"]), st.booleans())
@settings(max_examples=60)
def test_no_outlines_break_the_reading_of_units(folder, first, second, rule, from_points):
    for name, found in (("first", first), ("second", second)):
        (folder / f"{name}.geojson").write_text(collection(found), encoding="utf-8")
    table = {
        "name": "x",
        "boundaries": [
            {"path": "first.geojson", "crs": "wgs84", "similar_units": rule},
            {
                "path": "second.geojson",
                "crs": "wgs84",
                "level": "township",
                "outlines": "voronoi" if from_points else "polygons",
                "similar_units": rule,
            },
        ],
        "demand": {"source": "unit_totals"},
        "roads": {"path": "roads.osm.pbf"},
    }
    faults = FaultLog()
    units = read_units(scenario_from_table(table, folder, "scenario.toml"), faults)
    assert units is not None or faults.faults
    if units is not None:
        assert units.units.geometry.is_valid.all()
        assert units.area.area > 0.0
        told = {(unit.code, unit.name) for unit in faults.findings.units}
        assert told >= set(zip(units.units["code"], units.units["name"], strict=True))


cells = st.text(max_size=8) | st.sampled_from(
    [
        "320402",
        "320404",
        "320402.0",
        "3.2E+05",
        "天宁区",
        "天宁",
        "常州市钟楼区",
        "合计",
        "小计",
        "12",
    ]
)


@pytest.fixture(scope="module")
def two_districts(tmp_path_factory):
    made = tmp_path_factory.mktemp("tables")
    square = [[[119.9, 31.7], [120.0, 31.7], [120.0, 31.8], [119.9, 31.8], [119.9, 31.7]]]
    aside = [[[x + 0.1, y] for x, y in square[0]]]
    found = [
        ("320402", "天宁区", {"type": "Polygon", "coordinates": square}),
        ("320404", "钟楼区", {"type": "Polygon", "coordinates": aside}),
    ]
    (made / "units.geojson").write_text(collection(found), encoding="utf-8")
    return made


@given(st.lists(st.tuples(cells, cells, cells, cells, cells), max_size=6))
@settings(max_examples=60)
def test_no_table_breaks_the_joining_and_every_row_is_used_or_told(two_districts, rows):
    path = two_districts / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["code", "name", "parent", "people", "class"], *rows])
    table = {
        "name": "x",
        "boundaries": [{"path": "units.geojson", "crs": "wgs84"}],
        "unit_tables": [
            {
                "path": "table.csv",
                "level": "district",
                "parent_column": "parent",
                "people_column": "people",
                "settlement_column": "class",
            }
        ],
        "demand": {"source": "unit_totals"},
        "roads": {"path": "roads.osm.pbf"},
    }
    faults = FaultLog()
    units = read_units(scenario_from_table(table, two_districts, "scenario.toml"), faults)
    assert len(units.units) == 2
    told = {row.where for row in faults.findings.unmatched}
    told |= {fault.where.split(",")[0] for fault in faults.faults}
    if not faults.faults:
        filled = [k for k, row in enumerate(rows) if any(cell.strip() for cell in row)]
        sums = [k for k in filled if plain_name(rows[k][1]) in {"合计", "小计"}]
        assert len(filled) - len(sums) - len(told) <= len(units.units)
