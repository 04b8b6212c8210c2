"""Sheets and tracks that a driver takes along."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import gpxpy
import pytest
from shapely import LineString, MultiLineString, Point

from lastmile.report.sheets import STOPS_PER_QR, write_route_sheets
from lastmile.report.strip_map import strip_map
from lastmile.report.texts import Wording

NASTY = "A&B <script>alert(\"1\")</script> \x00\x07]]> 'x'"


class Reader(HTMLParser):
    """Collects text and tags, and fails on tags that do not close."""

    VOID = frozenset({"meta"})

    def __init__(self):
        super().__init__()
        self.words, self.tags, self.open, self.links = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for key, value in attrs if key in ("href", "src", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def read(file):
    reader = Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


def with_layers(plan, **frames):
    return dataclasses.replace(plan, layers={**plan.layers, **frames})


def test_a_sheet_lists_the_stops_with_times_and_parcels(tiny_plan, tmp_path):
    write_route_sheets(tiny_plan, tmp_path)
    words = read(tmp_path / "R001.html").words
    for expected in ("兰陵便利店", "郑陆村委会 & 超市", "07:05", "07:12", "07:20", "140", "10"):
        assert expected in words
    assert "停靠 2 次 · 7.6 公里 · 150 件 · 0.7 小时" in words
    assert "小镇示例 <试>" in words
    assert "道路数据 © OpenStreetMap contributors（ODbL）" in words
    assert "内部工作底图，公开使用前须依法送审" in words
    assert "签收" in words


def test_a_sheet_warns_that_navigation_apps_shift_its_coordinates(tiny_plan, tmp_path):
    write_route_sheets(tiny_plan, tmp_path)
    assert "直接输入会偏约 500 米" in (tmp_path / "R001.html").read_text("utf-8")


def test_an_english_sheet_has_english_colons(tiny_plan, tmp_path):
    output = tiny_plan.scenario.output.model_copy(update={"language": "en"})
    scenario = tiny_plan.scenario.model_copy(update={"output": output})
    write_route_sheets(dataclasses.replace(tiny_plan, scenario=scenario), tmp_path)
    assert "：" not in (tmp_path / "R001.html").read_text("utf-8")


def test_a_sheet_asks_the_network_for_nothing(tiny_plan, tmp_path):
    write_route_sheets(tiny_plan, tmp_path)
    for page in tmp_path.glob("*.html"):
        content = page.read_text(encoding="utf-8")
        assert not re.search(r"https?://|url\(|@import", content)
        assert all(re.fullmatch(r"[\w\-]+\.(html|gpx)", link) for link in read(page).links)


def test_users_text_never_becomes_markup(tiny_plan, tmp_path):
    frames = {
        name: tiny_plan.layers[name].assign(name=NASTY) for name in ("stops", "centres", "sites")
    }
    routes = tiny_plan.layers["routes"].assign(vehicle_type=NASTY)
    unserved = tiny_plan.layers["unserved"].assign(remedy=NASTY, reason=NASTY)
    plan = with_layers(tiny_plan, **frames, routes=routes, unserved=unserved)
    plan = dataclasses.replace(plan, summary={**plan.summary, "name": NASTY})
    write_route_sheets(plan, tmp_path)
    for page in tmp_path.glob("*.html"):
        reader = read(page)
        assert "script" not in reader.tags
        assert "\x00" not in page.read_text(encoding="utf-8")
    track = gpxpy.parse((tmp_path / "R001.gpx").read_text(encoding="utf-8"))
    assert track.waypoints[1].name == "1 A&B <script>alert(\"1\")</script> ]]> 'x'"


def test_the_gpx_holds_the_line_and_the_stops_in_order(tiny_plan, tmp_path):
    write_route_sheets(tiny_plan, tmp_path)
    content = (tmp_path / "R001.gpx").read_text(encoding="utf-8")
    assert "<time>" not in content
    gpx = gpxpy.parse(content)
    assert gpx.description == "合成示例数据"
    line = tiny_plan.layers["routes"].geometry.iloc[0]
    ((segment,),) = [track.segments for track in gpx.tracks]
    assert [(p.longitude, p.latitude) for p in segment.points] == pytest.approx(line.coords)
    assert [w.name for w in gpx.waypoints] == [
        "0 城北分拨中心",
        "1 兰陵便利店",
        "2 郑陆村委会 & 超市",
    ]
    assert gpx.waypoints[1].description == "到达 07:05，离开 07:12，包裹 140 件"


def test_route_ids_make_safe_file_names_that_the_index_links(tiny_plan, tmp_path):
    identifier = "../北线/1 号"
    plan = with_layers(
        tiny_plan,
        routes=tiny_plan.layers["routes"].assign(id=identifier),
        stops=tiny_plan.layers["stops"].assign(route_id=identifier),
    )
    write_route_sheets(plan, tmp_path)
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {"北线_1_号.html", "北线_1_号.gpx", "index.html"}
    assert set(read(tmp_path / "index.html").links) == names - {"index.html"}


def test_without_routes_the_index_says_so(tiny_plan, tmp_path):
    frames = {name: tiny_plan.layers[name].iloc[:0] for name in ("routes", "stops", "unserved")}
    write_route_sheets(with_layers(tiny_plan, **frames), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]
    assert "本方案没有配送线路。" in read(tmp_path / "index.html").words


def test_unserved_stops_stand_on_the_index_with_their_reason(tiny_plan, tmp_path):
    write_route_sheets(tiny_plan, tmp_path)
    words = read(tmp_path / "index.html").words
    assert {"s9", "车辆不足", "1 more vehicle of type van"} <= set(words)


def test_a_long_route_gets_several_codes(tiny_plan, tmp_path):
    stop = tiny_plan.layers["stops"].iloc[[0]]
    n_stops = 2 * STOPS_PER_QR + 1
    stops = stop.loc[stop.index.repeat(n_stops)].reset_index(drop=True)
    stops["sequence"] = range(1, n_stops + 1)
    write_route_sheets(with_layers(tiny_plan, stops=stops), tmp_path)
    content = (tmp_path / "R001.html").read_text(encoding="utf-8")
    assert content.count("<figure>") == 3
    assert Wording("zh").filled("qr_caption", 51, 51) in content


def test_stops_that_would_hide_each_other_share_a_mark():
    stops = [Point(120.0, 31.0), Point(120.02, 31.0), Point(120.0, 31.0)]
    drawing = strip_map(LineString(stops), stops[0], stops, "map")
    assert ">1,3<" in drawing
    assert ">2<" in drawing


def test_a_drawing_stays_inside_its_frame_whatever_the_shape():
    tall = LineString([(120.0, 31.0), (120.0001, 32.0)])
    parts = MultiLineString([[(119, 30), (119.5, 30)], [(121, 30.1), (121.5, 30)]])
    for line in (tall, parts, LineString([(120, 31), (120, 31)])):
        drawing = strip_map(line, None, [], "map")
        points = re.findall(r'points="([^"]*)"', drawing)
        for pair in " ".join(points).split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 720
            assert 0 <= y <= 440


def test_where_nothing_is_known_nothing_is_drawn():
    assert strip_map(None, None, [], "map") == ""
    assert strip_map(LineString(), Point(), [None, Point()], "map") == ""
