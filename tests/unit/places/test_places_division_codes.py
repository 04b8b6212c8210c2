"""Codes of divisions say level, kind and parent, however a spreadsheet has written them."""

import pytest

from lastmile.places.division_codes import comparable, division_code, is_rounded


@pytest.mark.parametrize(
    ("code", "level", "kind"),
    [
        ("32", "province", ""),
        ("3204", "city", ""),
        ("320402", "district", ""),
        ("320402001", "township", "街道"),
        ("320402100", "township", "镇"),
        ("320402200", "township", "乡"),
        ("320402399", "township", "乡"),
        ("320481400", "township", "类似"),
        ("320481599", "township", "类似"),
        ("320481600", "township", ""),
        ("320402001001", "community", "居委会"),
        ("320402001199", "community", "居委会"),
        ("320402001200", "community", "村委会"),
        ("320402001498", "community", "类似"),
        ("320402001000", "township", "街道"),
        ("320402000000", "district", ""),
        ("320400000000", "city", ""),
    ],
)
def test_a_code_says_its_level_and_kind(code, level, kind):
    known = division_code(code)
    assert (known.level, known.kind) == (level, kind)


@pytest.mark.parametrize(
    "text", ["", "3", "32040", "99", "992402", "320402001.5", "3.20402E+11", "S-17", "３２０４a"]
)
def test_what_is_no_code_is_none(text):
    assert division_code(text) is None


@pytest.mark.parametrize(
    "text", ["320412", "320412000000", "156320412", " ３２０４１２ ", "320412.0", "3204 12"]
)
def test_one_county_is_one_code_in_all_its_forms(text):
    assert comparable(text) == "320412"


def test_the_city_of_a_province_without_counties_is_no_county():
    # 东莞 has townships straight below the city: 441900003.
    assert division_code("441900003000").level == "township"


def test_a_code_lies_in_those_it_begins_with_and_not_in_itself():
    village = division_code("320402001001")
    assert village.lies_in(division_code("320402001"))
    assert village.lies_in(division_code("320402"))
    assert not village.lies_in(village)
    assert not village.lies_in(division_code("320404"))


def test_a_rounded_code_is_known_as_such():
    assert is_rounded("3.20402E+11")
    assert not is_rounded("320402001001")
