"""Faults in Chinese: what is known is translated whole, what is not is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
