"""Names mean the same division with and without endings and the divisions above."""

import pytest

from lastmile.places.division_names import NameIndex, same_division

DISTRICTS = ["天宁区", "钟楼区", "新北区", "武进区", "溧阳市"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("新北区", "新北区"),
        ("常州市新北区", "新北区"),
        ("江苏省常州市新北区", "新北区"),
        ("新北", "新北区"),
        ("新 北 区", "新北区"),
        ("新北区人民政府", "新北区"),
        ("溧阳", "溧阳市"),
    ],
)
def test_a_district_is_known_by_any_of_its_names(written, meant):
    assert DISTRICTS[NameIndex(DISTRICTS).find(written).position] == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三里村村委会", "三里村"),
        ("三里村村委会", "三里村民委员会"),
        ("朝阳社区居委会", "朝阳社区居民委员会"),
        ("朝阳社区居委会", "朝阳居委会"),
        ("红梅街道办事处", "红梅街道"),
        ("金城镇人民政府", "金城镇"),
        ("常州高新技术产业开发区管委会", "常州高新区"),
        ("武进经济开发区", "武进经济技术开发区"),
        ("雕庄（街道）", "雕庄(街道)"),
    ],
)
def test_endings_of_offices_make_no_other_division(one, other):
    assert same_division(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("金城镇", "金城街道"),
        ("三里社区居委会", "三里村村委会"),
        ("翠竹南区第一社区居委会", "翠竹南区第二社区居委会"),
        ("水岸社区居委会", "朝阳花园社区居委会"),
        ("新城市花园社区", "花园社区"),
        ("翠竹南区第二社区居委会", "第二社区居委会"),
    ],
)
def test_names_that_only_look_alike_are_two_divisions(one, other):
    known = NameIndex([other], above=["天宁区", "茶山街道"])
    assert known.find(one).position == -1


def test_a_name_may_begin_with_the_divisions_above_it_that_are_known():
    known = NameIndex(["圩塘社区居委会", "东方社区居委会"], above=["新北区", "春江镇"])
    assert known.find("常州市新北区春江镇圩塘社区").position == 0


def test_homonyms_are_told_apart_by_the_unit_above():
    known = NameIndex(["新河村村委会"] * 2, ["金城镇", "薛埠镇"], above=["金城镇", "薛埠镇"])
    assert known.find("新河村").choices == (0, 1)
    assert known.find("新河村", "薛埠").position == 1
    assert known.find("薛埠镇新河村").position == 1
    assert known.find("新河村", "直溪镇").position == -1


def test_a_name_that_is_not_there_has_nearest_ones():
    assert "天宁区" in NameIndex(DISTRICTS).nearest("天宇区")


def test_an_empty_name_means_nothing():
    assert NameIndex(DISTRICTS).find("  ").position == -1
