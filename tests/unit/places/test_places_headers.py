"""Headers are known by their meaning, however an office spells or cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.places.header_words import MEANINGS, UNIT_WORDS
from lastmile.places.headers import columns_meaning, in_ten_thousands, meaning_count, normalised

WORDS = [
    (meaning, word) for meaning, tiers in MEANINGS.items() for words in tiers for word in words
]


@given(st.sampled_from(WORDS), st.sampled_from(["", " ", "_", "-", "　", "·"]), st.booleans())
def test_blanks_punctuation_width_and_case_change_no_meaning(pair, mark, wide):
    meaning, word = pair
    header = mark.join(word)
    if wide:
        header = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c > " " else c for c in header)
    assert columns_meaning(meaning, [header.upper()]) == (header.upper(),)


@given(st.lists(st.text(max_size=12), max_size=8, unique=True), st.sampled_from(list(MEANINGS)))
def test_only_columns_of_the_table_are_found_each_once(headers, meaning):
    found = columns_meaning(meaning, headers)
    assert len(set(found)) == len(found)
    assert set(found) <= set(headers)


def test_every_word_is_spelt_as_headers_are_compared():
    words = [word for _, word in WORDS]
    words += [w for level in UNIT_WORDS.values() for several in level.values() for w in several]
    assert [word for word in words if normalised(word) != word] == []


def test_no_word_has_two_meanings_but_for_ids_which_may_be_codes():
    meanings = {}
    for meaning, word in WORDS:
        meanings.setdefault(word, set()).add(meaning)
    assert [w for w, several in meanings.items() if len(several - {"code"}) > 1] == []


@pytest.mark.parametrize(
    ("meaning", "header"),
    [
        ("name", "名称"), ("name", "站点名称"), ("lon", "经度"), ("lon", "lng"), ("lon", "X"),
        ("lon", "POINT_X"), ("lon", "东坐标（米）"), ("lon", "lon_gcj"), ("lat", "纬度(WGS84)"),
        ("lat", "坐标Y"), ("people", "人口（人）"), ("people", "2020年常住人口"),
        ("people", "常住人口数(万人)"), ("address", "详细地址"), ("lonlat", "坐标（经度，纬度）"),
        ("code", "统计用区划代码"), ("settlement", "ur_code"), ("settlement", "城乡分类代码"),
        ("capacity", "日处理能力（件/日）"), ("cost_yuan", "建设成本（元）"), ("lonlat", "经纬度"),
    ],
)  # fmt: skip
def test_usual_headers_are_known(meaning, header):
    assert columns_meaning(meaning, [header, "备注"]) == (header,)


@pytest.mark.parametrize("header", ["typecode", "备注", "电话", "序号", "面积", ""])
def test_other_headers_mean_nothing(header):
    assert meaning_count([header]) == 0


def test_the_better_word_decides_and_two_equally_good_ones_are_both_found():
    assert columns_meaning("people", ["人口", "户籍人口", "常住人口"]) == ("常住人口",)
    assert columns_meaning("people", ["2020年常住人口", "2022年常住人口"]) == (
        "2020年常住人口",
        "2022年常住人口",
    )


@pytest.mark.parametrize("header", ["地区", "行政区划名称", "县（市、区）", "区划名称"])
def test_headers_of_yearbooks_name_units_only_where_nothing_better_does(header):
    assert columns_meaning("name", [header], level="district") == (header,)
    assert columns_meaning("name", [header, "名称"], level="district") == ("名称",)
    assert columns_meaning("name", [header]) == ()


def test_the_name_of_a_township_is_a_parent_among_communities():
    headers = ["街道名称", "社区名称"]
    assert columns_meaning("name", headers, level="township") == ("街道名称",)
    assert columns_meaning("name", headers, level="community") == ("社区名称",)
    assert columns_meaning("name", headers) == ("社区名称",)


@pytest.mark.parametrize(
    ("meaning", "word"),
    [("code", "统计用区划代码"), ("people", "常住人口总数"), ("settlement", "城乡分类代码")],
)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_headers_that_dbf_cut_at_ten_bytes_are_known_only_there(meaning, word, encoding):
    cut = word.encode(encoding)[:10].decode(encoding, errors="ignore")
    assert columns_meaning(meaning, [cut], is_cut=True) == (cut,)
    assert columns_meaning(meaning, ["统"], is_cut=True) == ()


def test_units_of_ten_thousand_are_told_from_names_that_hold_the_character():
    assert in_ten_thousands("常住人口（万人）")
    assert in_ten_thousands("投资(万元)")
    assert not in_ten_thousands("万福桥社区人口")
