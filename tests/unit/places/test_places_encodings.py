"""Text and cells as offices save them, decoded for what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.places.codes import code_text, is_rounded, shortened
from lastmile.places.degrees import degrees_in, pairs_in
from lastmile.places.encodings import decoded
from lastmile.places.numbers import numbers_in

COMMON = "编号名称经度纬度人口社区村委会街道镇常州市天宁区钟楼新北武进金坛溧阳路号服务站便利店"
ROWS = st.lists(st.text(COMMON + "0123456789,", min_size=4, max_size=30), min_size=3, max_size=20)


@given(ROWS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_text_comes_back_from_every_usual_encoding(rows, encoding):
    text = "编号,名称\n" + "\n".join(rows) + "\n"
    made = decoded(text.encode(encoding))
    assert made is not None
    assert made.text == text


@given(ROWS, st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf_16_without_a_mark_is_known_by_its_zeros(rows, encoding):
    text = "id,name,lon,lat\n" + "".join(f"{k},{row},119.97,31.81\n" for k, row in enumerate(rows))
    made = decoded(text.encode(encoding))
    assert made is not None
    assert made.text == text


def test_big5_is_read_only_where_it_clearly_is():
    rows = "編號,名稱,地址\n1,臺北市信義區公所,信義路五段\n2,高雄市政府,四維三路\n"
    assert decoded(rows.encode("big5")).encoding == "Big5"
    assert decoded(rows.encode("gb18030")).encoding == "GB18030"


@given(st.binary(max_size=400))
def test_no_bytes_break_the_decoder(content):
    made = decoded(content)
    assert made is None or (made.encoding and isinstance(made.text, str))


def test_bytes_of_another_encoding_in_one_row_are_kept_visible():
    content = "名称\n甲社区\n".encode() + "乙社区\n".encode("gb18030") + "丙社区\n".encode() * 50
    made = decoded(content)
    assert made is not None
    assert made.encoding == "UTF-8"
    assert "\ufffd" in made.text
    assert made.text.count("丙社区") == 50


@given(st.integers(10**11, 10**12 - 1))
def test_a_code_survives_whatever_keeps_its_digits(number):
    code = str(number)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    scientific = f"{code[0]}.{code[1:]}E+11"
    for cell in (code, f"{code}.0", f"'{code}", wide, f" {code[:6]} {code[6:]} ", scientific):
        assert code_text(cell) == code


@given(st.text(max_size=20))
def test_mending_a_code_twice_is_mending_it_once(cell):
    assert code_text(code_text(cell)) == code_text(cell)


def test_a_code_that_lost_digits_is_not_made_up():
    assert is_rounded(code_text("3.20402E+11"))
    assert not is_rounded(code_text("320402001001"))


def test_codes_with_a_zero_lost_in_front_are_found_among_the_others():
    codes = [f"{k:07d}" for k in range(1, 30)]
    assert shortened([*codes, "12345"]) == [29]
    assert shortened([str(k) for k in range(1, 120)]) == []
    assert shortened(["320402001001"] * 20 + ["320402", "320402001"]) == []


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59))
def test_degrees_minutes_and_seconds_are_the_angle_they_say(degrees, minutes, seconds):
    angle = degrees + minutes / 60 + seconds / 3600
    cells = [
        f"{degrees}°{minutes}′{seconds}″E", f"{degrees}°{minutes}'{seconds}\"",
        f"东经{degrees}度{minutes}分{seconds}秒", f"{degrees} ° {minutes} ' {seconds} ''",
        f"E{degrees}°{minutes}′{seconds}″",
    ]  # fmt: skip
    assert degrees_in(pd.Series(cells)) == pytest.approx([angle] * len(cells))
    assert degrees_in(pd.Series([f"{degrees}°{minutes}′{seconds}″W"])) == pytest.approx([-angle])


@given(st.floats(-180, 180))
def test_a_plain_number_of_degrees_is_read_exactly(angle):
    assert degrees_in(pd.Series([repr(angle)]))[0] == angle


@pytest.mark.parametrize("cell", ["", "北方", "119°60′", "119.5°30′", "1,2", "119°58″", "nan"])
def test_what_is_no_angle_is_none(cell):
    assert np.isnan(degrees_in(pd.Series([cell]))[0])


@given(st.text(max_size=20))
def test_no_cell_breaks_the_readers_of_numbers(cell):
    cells = pd.Series([cell], dtype=str)
    assert degrees_in(cells).shape == numbers_in(cells).shape == (1,)
    assert pairs_in(cells).shape == (1, 2)


@pytest.mark.parametrize(
    "cell", ["119.97,31.81", "119.97， 31.81", "(119.97 31.81)", "POINT (119.97 31.81)",
             "119.97;31.81", "[119.97, 31.81]", "１１９．９７，３１．８１"],
)  # fmt: skip
def test_one_cell_may_hold_both_coordinates(cell):
    assert pairs_in(pd.Series([cell])).tolist() == [[119.97, 31.81]]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1.2万", 12_000.0), ("66.9万人", 669_000.0), ("1,200人", 1200.0), ("３万", 30_000.0),
     ("800 元", 800.0)],
)  # fmt: skip
def test_ten_thousands_and_units_are_numbers(cell, number):
    assert numbers_in(pd.Series([cell])).tolist() == [number]


@pytest.mark.parametrize("cell", ["万", "1.2.3万", "1,2万", "约3万", "3万5千"])
def test_what_only_looks_like_ten_thousands_is_no_number(cell):
    assert np.isnan(numbers_in(pd.Series([cell]))[0])
