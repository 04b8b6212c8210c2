"""The page of health: whatever was found is on it, and nothing on it can do harm."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box
from some_health import (
    NASTY,
    nasty_health,
    some_faults,
    some_findings,
    some_ground,
    some_health,
)

import lastmile.places
from lastmile.errors import Fault
from lastmile.findings import Suspect
from lastmile.health import Ground, Health, unreadable
from lastmile.health_page import health_page
from lastmile.health_page.drawing import ground_paths
from lastmile.health_page.frame import frame_of
from lastmile.health_page.map import draw_map, styles_of
from lastmile.health_page.markup import escaped
from lastmile.health_page.numbered import KNOWN_KINDS, MOST_LISTED, numbered
from lastmile.health_page.terminal import health_tables
from lastmile.health_page.texts import Words
from lastmile.places.premises import premises_classes
from lastmile.premises_words import PREMISES_WORDS


class Seen(HTMLParser):
    """What a browser would make of a page: its elements, its text, its links."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.ids, self.links, self.said = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.said.append(data)

    @property
    def text(self):
        return " ".join(self.said)


def test_the_verdict_stands_at_the_top_in_plain_words():
    sound = Seen(health_page(some_health())).text
    assert "可以规划：未发现错误" in sound
    assert "不能规划" not in sound
    faulty = Seen(health_page(some_health(faults=some_faults(3)))).text
    assert "不能规划：须先改正 3 处错误" in faulty
    assert "shops.csv（3）" in faulty
    assert "可以规划" not in faulty


def test_every_fault_is_listed_with_its_row():
    page = health_page(some_health(faults=some_faults(70)))
    seen = Seen(page)
    assert page.count("<td>shops.csv</td>") == 70  # named from the scenario's folder
    assert sum(bool(re.fullmatch(r"f\d+", one)) for one in seen.ids) == 70
    for k in range(70):
        assert f"f{k + 1}" in seen.ids
        assert f"'-{k}'" in seen.text


@pytest.mark.parametrize(
    "told",
    [
        # layers and columns
        "门店.csv", "CSV, GB18030", "120", "97", "name ← 站点名称", "自动识别", "lon ← 经度",
        # systems
        "31% 距道路30米内", "82% 距道路30米内", "不符", "未注明，有建议", "相符", "gcj02", "bd09",
        "坐标系存疑或未注明的图层：candidates[0]、existing[0]",
        # suspects
        "与第 6 行相距 3 米", "疑似重复", "经纬度疑似颠倒", "在所属区域之外", "距最近道路 400 米",
        "odd_kind", "看着奇怪", "其中 1 处在图幅之外", "另有 4 处建议人工核对",
        # units, rows, remarks
        "类似 1；街道 1", "表.csv, 城乡分类 2", "某监狱 320402400 · 街道/乡镇", "320402999 雕庄镇",
        "便利店、超市", "未注明", "停业", "启用年份", "1,234.5", "重量（千克）", "略去合计行",
        "读取时的处理（1）", "找不到单元的表格行（1）",
        # totals
        "郑陆镇", "450", "-150", "-33.3%", "1 / 2 个单元与官方总数一致", "七普",
        # classes and the standard
        "城镇", "400", "88.9%", "数据表的列，或所在单元的列", "常政发〔2014〕77号", "已核实",
        # roads
        "一半人口距道路 20 米以内", "5,000 以上", "附近无道路", "2 个需求点（30 人）越过",
        # the rest
        "有 3 处重叠", "手工绘制", "合成示例数据", "内部工作底图", "© OpenStreetMap contributors",
        "数据日期：2026-01", "11.11%", "候选 1、现有 1",
    ],
)  # fmt: skip
def test_each_kind_of_finding_is_shown(told):
    assert told in Seen(health_page(some_health())).text


def test_english_says_the_same_and_leaves_no_chinese_of_its_own():
    health = some_health("en", faults=some_faults(1))
    text = Seen(health_page(health)).text
    for told in (
        "Cannot be planned yet: faults to mend first: 1", "82% within 30 m", "recognised",
        "3 m from row 6", "Likely duplicate", "figure verified", "3 overlaps",
    ):  # fmt: skip
        assert told in text
    own = re.sub(r"《[^》]*》|〔2014〕|[^\x00-\x7f]*常政发[^ ]*", "", text)
    theirs = (
        "".join(some_findings().totals[k].name for k in (0, 1)) + "小镇示例试合成示例数据手工绘制"
    )
    theirs += "门店站点名称经度站点七普人口号" + "某监狱表城乡分类镇订单"
    assert set(re.findall(r"[\u4e00-\u9fff]", own)) <= set(theirs)


def test_nothing_that_data_hold_becomes_markup():
    page = health_page(nasty_health())
    seen = Seen(page)
    assert "<img" not in page
    assert page.count("<script") == 2  # its words and its own
    assert not [attrs for _, attrs in seen.tags if any(name.startswith("on") for name in attrs)]
    assert html.escape(NASTY) in page


@given(st.text())
def test_escaped_text_reads_as_itself_or_as_escapes(text):
    out = escaped(text)
    assert not set("<>\"'") & set(out)
    back = html.unescape(out)
    assert back == text or not text.isprintable()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", out)


def test_the_page_asks_the_network_for_nothing():
    page = health_page(some_health(faults=some_faults(2)))
    seen = Seen(page)
    assert all(link.startswith("#") for link in seen.links)
    assert not [attrs for _, attrs in seen.tags if "src" in attrs]
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_every_link_leads_to_something_and_no_id_stands_twice():
    seen = Seen(health_page(some_health(faults=some_faults(2))))
    assert len(set(seen.ids)) == len(seen.ids)
    assert {link[1:] for link in seen.links} <= set(seen.ids)


def test_equal_health_gives_equal_bytes():
    assert health_page(some_health()) == health_page(some_health())


def test_a_scenario_that_cannot_be_read_has_a_page_all_the_same():
    fault = Fault("scenario.toml", "line 3", "text that is no TOML", "TOML", "mend this place")
    seen = Seen(health_page(unreadable("scenario.toml", [fault, fault])))
    assert "须先改正 1 处错误" in seen.text
    assert "改正此处" in seen.text
    assert "mend this place" in [attrs.get("title") for _, attrs in seen.tags]


def test_a_map_is_drawn_from_whatever_there_is():
    empty = Health(source="s.toml", scenario=None, faults=some_faults(1))
    assert "<svg id=" not in health_page(empty)
    assert "无法绘图" in health_page(empty)
    ground = some_ground()
    for part in (Ground(units=ground.units), Ground(roads=ground.roads)):
        assert "<svg id=" in health_page(replace(empty, ground=part))


coordinates = st.floats(allow_nan=True, allow_infinity=True) | st.floats(119.9, 120.0)


@given(st.lists(st.tuples(coordinates, coordinates), max_size=20))
def test_a_suspect_anywhere_is_drawn_on_the_sheet(places):
    suspects = [
        Suspect("demand", "f", f"row {k}", lon, lat, "outside", "甲", "a")
        for k, (lon, lat) in enumerate(places)
    ]
    ground = Ground(units=some_ground().units)
    frame = frame_of(ground)
    svg, n_beyond = draw_map(ground, numbered(suspects), Words("zh"), "图")
    assert n_beyond <= len(places)
    drawn = re.findall(r'class="mark".*?translate\(([-\d.]+) ([-\d.]+)\)', svg)
    assert len(drawn) == len(places)
    for x, y in drawn:
        assert 0 <= float(x) <= frame.width
        assert 0 <= float(y) <= frame.height


@given(st.lists(st.sampled_from(["outside", "gap", "new", "duplicate"]), max_size=60),
       st.integers(1, 3))  # fmt: skip
def test_no_suspect_is_lost_between_list_and_rest(kinds, repeats):
    suspects = [
        Suspect("k", "f", f"{k}", 0.0, 0.0, kind, "", "") for k, kind in enumerate(kinds * repeats)
    ]
    marks = numbered(suspects)
    together = [suspect for _, suspect in marks.listed] + list(marks.rest)
    assert sorted(together, key=lambda s: int(s.where)) == suspects
    assert [number for number, _ in marks.listed] == list(range(1, len(marks.listed) + 1))


def test_what_is_not_listed_is_counted_aloud_and_still_drawn():
    many = [
        Suspect("demand", "f", f"p{k}", 119.96, 31.785 + k * 1e-6, "off_network", "甲", "a")
        for k in range(MOST_LISTED + 7)
    ]
    page = health_page(replace(some_health(), findings=replace(some_findings(), suspects=many)))
    assert "“远离道路”另有 7 处未逐一列出" in Seen(page).text
    assert len(re.findall(r'id="s\d+"', page)) == MOST_LISTED
    assert 'class="rest k2"' in page


@given(
    st.lists(
        st.tuples(st.floats(119.9, 120.1), st.floats(31.7, 31.9), st.floats(0.0, 1e6)), min_size=1
    )
)
def test_people_are_shaded_wherever_they_are_on_the_sheet(rows):
    frame = frame_of(some_ground())
    demand = gpd.GeoDataFrame(
        {"people": [row[2] for row in rows]},
        geometry=[Point(row[:2]) for row in rows],
        crs="EPSG:4326",
    )
    drawn = "".join(ground_paths(Ground(demand=demand), frame))
    xy = frame.xy(demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy())
    inside = (xy >= 0).all(axis=1) & (xy < [frame.width, frame.height]).all(axis=1)
    cells = {tuple(cell) for cell in np.floor(xy[inside & (demand["people"] > 0)] / 8).astype(int)}
    assert drawn.count("M") == len(cells)


def test_a_prefecture_of_roads_stays_a_light_page():
    rng = np.random.default_rng(1)
    starts = rng.uniform([119.0, 31.0], [120.0, 32.0], (60_000, 2))
    bend = np.array([[0.0, 0.0], [0.004, 0.003], [0.001, 0.006]])
    lines = [LineString(start + bend) for start in starts]
    roads = gpd.GeoDataFrame({"highway": ["residential"] * 60_000}, geometry=lines, crs="EPSG:4326")
    ground = Ground(
        units=gpd.GeoDataFrame(
            {"code": ["1"], "name": ["市"], "level": ["district"]},
            geometry=[box(119, 31, 120, 32)],
            crs="EPSG:4326",
        ),
        roads=roads,
    )
    drawn = "".join(ground_paths(ground, frame_of(ground)))
    assert 500_000 < len(drawn) < 1_200_000


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_remark_is_told_once_though_the_plan_has_it_among_its_notes(language):
    health = some_health(language)
    text = Seen(health_page(health)).text
    assert text.count("略去合计行" if language == "zh" else "a row of totals is left out") == 1
    assert text.count("有 3 处重叠" if language == "zh" else "3 overlaps") == 1
    assert [note.en for note in health.own_notes] == ["3 overlaps"]


def test_machines_get_the_units_read_beside_the_count_of_those_planned_with():
    told = some_health().for_machines()
    assert told["units"] == 2
    assert [unit["is_excluded"] for unit in told["units_read"]] == [False, False, True]
    assert told["tallies"][0]["value"] == "shop"
    assert told["unmatched"][0]["nearest"] == ("雕庄街道",)
    assert told["remarks"][0]["en"] == "a row of totals is left out"


def test_what_no_unit_of_a_level_has_is_not_counted_as_untold():
    (units,) = (table for table in health_tables(some_health()) if table.title == "Units")
    assert units.rows[0] == ("district", "1", "–", "–", "–", "0", "0")


def test_every_kind_that_readers_tell_has_a_name_and_looks_like_no_other():
    suspects = [Suspect("k", "f", "", 0.0, 0.0, kind, "", "") for kind in (*KNOWN_KINDS, "odd")]
    styles = styles_of(numbered(suspects))
    assert len(set(styles.values())) == len(KNOWN_KINDS) + 1
    for language, own in (("zh", "[\u4e00-\u9fff]"), ("en", "^[A-Z]")):
        for kind in KNOWN_KINDS:
            assert re.search(own, Words(language).named("kind", kind)), kind


def test_kinds_of_suspects_that_readers_write_are_known():
    folder = Path(lastmile.places.__file__).parent
    written = {
        kind
        for path in folder.glob("*.py")
        for kind in re.findall(r'suspect\([^"()]*"(\w+)"', path.read_text(encoding="utf-8"))
        + re.findall(r' kind="(?!stable)(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert len(written) >= 12
    assert written <= set(KNOWN_KINDS)


def test_premises_are_called_as_in_the_list_of_their_words():
    for one in premises_classes():
        assert PREMISES_WORDS[one.id] == (one.zh, one.en)


def test_the_terminal_shows_the_same_findings():
    tables = {table.title: table for table in health_tables(some_health())}
    text = "\n".join(
        "|".join(row) for table in tables.values() for row in (*table.rows, table.below)
    )
    for told in ("门店.csv", "name = 站点名称 (recognised)", "lon = 经度", "82% within 30 m",
                 "refuted", "not stated", 'speaks for crs = "gcj02"', "郑陆镇", "-150",
                 "1 of 2 totals agree", "duplicate", "3 m from row 6", "1 candidate, 1 existing",
                 "over 5,000", "figure verified", "1 类似, 1 街道",
                 "Left out by a rule of the scenario: 某监狱 (320402400)", "320402999 雕庄镇",
                 "premises|shop|90", "status|closed|2", "a row of totals is left out"):  # fmt: skip
        assert told in text, told
