"""Faults in Chinese: what is known is translated whole, what is not is left alone."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lastmile.places
from lastmile.health_page.phrases import _PHRASES, in_chinese

values = st.text(st.characters(exclude_characters="{}"), min_size=1, max_size=12)


@given(st.sampled_from(_PHRASES), st.data())
def test_nothing_of_the_data_is_lost_in_translation(row, data):
    english, _ = row
    n = english.count("{}")
    parts = [f"§{data.draw(st.integers(0, 9999))}" for _ in range(n)]
    told = in_chinese(english.format(*parts))
    assert re.search("[\u4e00-\u9fff]", told)
    assert sorted(re.findall(r"§\d+", told)) == sorted(parts)


@given(values)
def test_a_phrase_that_is_not_known_stays_as_it_is(text):
    unknown = f"§ {text} §"
    assert in_chinese(unknown) == unknown


@given(values)
def test_braces_and_signs_in_the_data_do_no_harm(text):
    assert in_chinese(f"unknown key {text}{{0}}{{x}}") == f"不认识的键 {text}{{0}}{{x}}"


def test_no_phrase_stands_twice_and_both_sides_have_the_same_blanks():
    keys = [english for english, _ in _PHRASES]
    assert len(set(keys)) == len(keys)
    for english, chinese in _PHRASES:
        assert english.count("{}") == len(re.findall(r"\{\d?\}", chinese)), english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("row 7, column 人口", "第 7 行，列“人口”"),
        ("band 1, cell at row 3, column 9", "波段 1，第 3 行第 9 列的栅格"),
        ('set candidates[0].crs = "gcj02"; a wrong one moves every point by some 500 m',
         '设置 candidates[0].crs = "gcj02"；标错会使所有点偏移约 500 米'),
        ("0 of 12 rows kept by 'a == b'", "筛选式 'a == b' 从 12 行中一行也没有留下"),
        ("correct the cell", "改正该单元格"),
        ("correct demand.band", "改正 demand.band"),
    ],
)  # fmt: skip
def test_the_more_telling_phrase_wins(english, chinese):
    assert in_chinese(english) == chinese


def _texts(node):
    """Texts that an expression may give, with {} for what comes from the data."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(getattr(part, "value", None) if isinstance(part, ast.Constant) else "{}"
                        for part in node.values)]  # fmt: skip
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    return _texts(node.elt) if isinstance(node, ast.ListComp) else []


def _written_by(path):
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call):
            for word in call.keywords:
                if word.arg in {"found", "expected", "remedy"}:
                    yield from _texts(word.value)


def test_what_readers_of_places_write_of_faults_has_chinese():
    folder = Path(lastmile.places.__file__).parent
    written = {text for path in folder.glob("*.py") for text in _written_by(path)}
    worded = {text for text in written if re.search("[a-z]{2}", text.replace("{}", ""))}
    assert len(worded) > 250
    assert not {text for text in worded if in_chinese(text) == text}


@pytest.mark.parametrize(
    "english",
    [
        "wgs84, but the coordinates fit gcj02. Read as wgs84: 31% within 30 m; as gcj02: 82%",
        "no coordinate system stated. Read as wgs84: 4 of 12 in their unit; as gcj02: 12 of 12",
        "no coordinate system stated, and nothing tells which",
        'set candidates[0].crs = "gcj02", which the evidence speaks for',
        "wgs84, but the points lie near the area only as a: 9% within half a degree of the area",
        "exchange the two columns of coordinates",
        "the two cells look swapped: exchange them in this row",
        "columns 经度, lng, each of which may be meant as lon",
        "state candidates[0].columns.lon in the scenario; an empty text takes none of them",
        "name the column that is meant as demand.columns.people in the scenario",
        "a window such as 08:00-12:00, 上午 or 全天, that ends after it starts, on one day",
        "a whole number of parcels",
        "ambient, chilled or frozen (常温、冷藏、冷冻)",
        "open, planned or closed (在营、筹建、停业)",
        "'天宁', no unit of the level district; similar names: 天宁区",
        "'三里村', which may be 320402001201, 320402002202",
        "12 rows, none about a unit of the plan",
        "a number of people",
        "people >= 0 and at most 10,000,000",
        "only roads that are closed to 'van', or on which it never stops within reach",
        "'motorwya', which the map does not know",
        "a spreadsheet drops zeros in front: format the column as text and fill them in",
    ],
)  # fmt: skip
def test_faults_that_offices_meet_are_told_in_chinese_alone(english):
    told = in_chinese(english)
    assert re.search("[\u4e00-\u9fff]", told)
    assert not re.search(r"(?<![\w.])(which|that|none|each|only|the|no)\b", told)


def test_no_chinese_phrase_mixes_numbered_and_plain_blanks():
    for _, chinese in _PHRASES:
        blanks = set(re.findall(r"\{\d?\}", chinese))
        assert blanks <= {"{}"} or "{}" not in blanks, chinese
