"""The map in a real browser: no request, no error, layers, popups, search, phone and paper."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from lastmile.cartography import write_map
from lastmile.plans import LAYER_COLUMNS, layer_frame
from lastmile.report.routes import clock

pytestmark = pytest.mark.browser

NASTY = "<script>document.title='hurt'</script><img src=x onerror=\"document.title='hurt'\">&\"'"


@pytest.fixture
def opened(browser, tmp_path):
    """Open a plan's map; fail the test if the page complains or asks for anything."""
    faults, pages = [], []

    def open_map(plan, width=1280, height=800):
        path = tmp_path / "map.html"
        write_map(plan, path)
        page = browser.new_page(viewport={"width": width, "height": height})
        pages.append(page)
        page.on(
            "console",
            lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: faults.append(str(error)))

        def answer(route):
            if route.request.url == path.as_uri():
                route.continue_()
            else:
                faults.append(route.request.url)
                route.abort()

        page.route("**/*", answer)
        page.goto(path.as_uri())
        return page

    yield open_map
    for page in pages:
        page.close()
    assert faults == []


def picture(page, pane):
    """What a pane's canvas shows."""
    return page.evaluate(
        "(pane) => document.querySelector(`.leaflet-${pane}-pane canvas`).toDataURL()", pane
    )


def pixel_of(page, point):
    return page.evaluate(
        """([lat, lon]) => {
            const at = map_plan.latLngToContainerPoint([lat, lon]);
            const box = map_plan.getContainer().getBoundingClientRect();
            return [at.x + box.left, at.y + box.top];
        }""",
        [point.y, point.x],
    )


def card(page):
    rows = page.locator(".plan-card tr")
    return {
        rows.nth(k).locator("th").inner_text(): rows.nth(k).locator("td").inner_text()
        for k in range(rows.count())
    }


def emptied(plan, names):
    frames = dict(plan.layers)
    for name in names:
        frames[name] = layer_frame(name, {column: [] for column in LAYER_COLUMNS[name]})
    return dataclasses.replace(plan, layers=frames)


def test_the_page_opens_without_a_request_and_says_what_it_must(opened, tiny_plan):
    page = opened(tiny_plan)
    text = page.locator("body").inner_text()
    for words in (
        "小镇示例 <试>", "合成示例数据", "数据日期：2026-01", "内部工作底图",
        "© OpenStreetMap contributors", "80.0 %", "步行路网距离", "可行，差距",
    ):  # fmt: skip
        assert words in text
    assert "最优" not in text
    assert page.title() == "小镇示例 <试>"
    assert page.locator("html").get_attribute("lang") == "zh-CN"


LAYERS = {
    "服务屋·现有": "planTop",
    "服务范围": "planBase",
    "服务归属线": "planBase",
    "禁用候选点": "planTop",
    "未启用候选点": "planTop",
    "区划界线": "planBase",
    "名称注记": "planTop",
    "已覆盖": "planBase",
    "未覆盖：路网之外": "planBase",
    "中转、分拨中心": "planTop",
    "停靠顺序号": "planTop",
    "未送达站点": "planTop",
    "R001": "planTop",
    "主要道路": "planBase",
}


def test_every_layer_toggles(opened, tiny_plan):
    page = opened(tiny_plan)
    for label, pane in LAYERS.items():
        before = picture(page, pane)
        box = page.locator(".plan-row", has_text=label).first.locator("input")
        box.click()
        assert picture(page, pane) != before, label
        box.click()
        assert picture(page, pane) == before, label


def test_a_chosen_station_shows_the_ground_that_it_serves(opened, tiny_plan):
    place = tiny_plan.layers["stations"].geometry.iloc[1]
    seen = []
    for plan in (tiny_plan, emptied(tiny_plan, ["catchments"])):
        page = opened(plan)
        page.mouse.click(*pixel_of(page, place))
        assert page.locator(".plan-card h3").inner_text() == "郑陆村委会 & 超市"
        seen.append(picture(page, "planTop"))
    assert seen[0] != seen[1]
    assert page.locator(".plan-row", has_text="服务范围").count() == 0


def test_ground_served_by_two_stations_is_no_darker_than_that_of_one(opened, tiny_plan):
    whole = tiny_plan.layers["catchments"]
    spot = whole.geometry.iloc[0].centroid
    seen = []
    for rows, stations in (([], []), ([0], ["s1"]), ([0, 0], ["s1", "s2"])):
        frame = whole.iloc[rows].reset_index(drop=True)
        frame["station_id"] = stations
        layers = {**emptied(tiny_plan, ["demand", "roads"]).layers, "catchments": frame}
        page = opened(dataclasses.replace(tiny_plan, layers=layers))
        if rows:
            page.locator(".plan-row", has_text="服务范围").locator("input").click()
        seen.append(
            page.evaluate(
                """([lat, lon]) => {
                    const at = map_plan.latLngToContainerPoint([lat, lon]);
                    const canvas = document.querySelector(".leaflet-planBase-pane canvas");
                    const box = canvas.getBoundingClientRect();
                    const frame = map_plan.getContainer().getBoundingClientRect();
                    const pen = canvas.getContext("2d");
                    const [x, y] = [at.x + frame.left - box.left, at.y + frame.top - box.top];
                    return [...pen.getImageData(x, y, 1, 1).data];
                }""",
                [spot.y, spot.x],
            )
        )
    assert seen[0] != seen[1] == seen[2]


def test_units_are_shaded_by_the_level_chosen(opened, tiny_plan):
    page = opened(tiny_plan)
    seen = set()
    for level in ("district", "township", ""):
        page.locator(f"input[name=plan-level][value='{level}']").check()
        seen.add(picture(page, "planBase"))
    assert len(seen) == 3


def test_shading_fades_from_near_so_that_roads_and_people_can_be_read(opened, tiny_plan):
    page = opened(tiny_plan)
    alpha = """() => {
        const canvas = document.querySelector(".leaflet-planBase-pane canvas");
        const copy = document.createElement("canvas");
        [copy.width, copy.height] = [canvas.width, canvas.height];
        const pen = copy.getContext("2d", { willReadFrequently: true });
        pen.drawImage(canvas, 0, 0);
        const {data} = pen.getImageData(0, 0, copy.width, copy.height);
        const seen = [];
        for (let k = 3; k < data.length; k += 4) if (data[k]) seen.push(data[k]);
        return seen.sort((a, b) => a - b)[seen.length >> 1] / 255;
    }"""
    (x, y) = tiny_plan.layers["units"].union_all().representative_point().coords[0]
    usual = {}
    for zoom in (12, 17):
        page.evaluate(f"map_plan.setView([{y}, {x}], {zoom}, {{animate: false}})")
        usual[zoom] = page.evaluate(alpha)
    assert usual[12] == pytest.approx(0.62, abs=0.02)
    assert usual[17] == pytest.approx(0.2, abs=0.02)


def test_a_station_popup_shows_the_figures_of_its_layer(opened, tiny_plan):
    page = opened(tiny_plan)
    row = tiny_plan.layers["stations"].iloc[0]
    page.mouse.click(*pixel_of(page, row.geometry))
    shown = card(page)
    assert shown["服务人口"] == f"{row['people_served']:,.0f}"
    assert shown["负荷（件/日）"] == f"{row['load']:,.0f}"
    assert shown["编号"] == row["id"]
    assert (shown["场所类别"], shown["启用年份"]) == ("便利店、超市", "2016")
    visit = page.locator(".plan-visits").inner_text()
    assert visit == "R001 第 1 次停靠，07:05 到达，07:12 离开，卸 140 件"


def test_demand_popups_tell_distance_station_and_reason(opened, tiny_plan):
    page = opened(tiny_plan)
    demand = tiny_plan.layers["demand"].set_index("id")
    page.mouse.click(*pixel_of(page, demand.loc["p2"].geometry))
    shown = card(page)
    assert (shown["到站距离"], shown["所属站点"]) == ("500.0 米", "兰陵便利店")
    page.mouse.click(*pixel_of(page, demand.loc["p4"].geometry))
    shown = card(page)
    assert shown["原因"] == "未覆盖：可达范围内无候选点"
    assert shown["建议"] == demand.loc["p4", "remedy"]


def lost_visits(plan, stop_ids, station_id):
    """The plan with these visits of a station unserved, where the station stands."""
    one = plan.layers["unserved"]
    frame = one.loc[one.index.repeat(len(stop_ids))].reset_index(drop=True)
    frame["stop_id"], frame["station_id"] = stop_ids, station_id
    place = plan.layers["stations"].set_index("id").geometry[station_id]
    frame = frame.set_geometry([place] * len(frame), crs=4326)
    return dataclasses.replace(plan, layers={**plan.layers, "unserved": frame})


def test_the_card_of_a_station_says_that_it_is_unserved_and_why(opened, tiny_plan):
    plan = lost_visits(tiny_plan, ["s2#2", "s2#3"], "s2")
    page = opened(plan)
    page.mouse.click(*pixel_of(page, plan.layers["unserved"].geometry.iloc[0]))
    assert page.locator(".plan-card h3").inner_text() == "郑陆村委会 & 超市"
    assert page.locator(".plan-lost").inner_text() == (
        "⊘ 2 次停靠未送达：车辆不足\n建议：1 more vehicle of type van"
    )
    page.mouse.click(*pixel_of(page, plan.layers["stations"].geometry.iloc[0]))
    assert page.locator(".plan-lost").count() == 0


def test_an_unserved_stop_without_a_station_on_the_map_has_a_card_of_its_own(opened, tiny_plan):
    page = opened(tiny_plan)
    page.mouse.click(*pixel_of(page, tiny_plan.layers["unserved"].geometry.iloc[0]))
    assert card(page)["原因"] == "车辆不足"


def test_a_named_demand_point_is_found_by_its_name_and_bears_it(opened, tiny_plan):
    demand = tiny_plan.layers["demand"].copy()
    demand["name"] = ["天宁花园", "p2", "p3", "郑陆镇中心村", "p5"]
    page = opened(dataclasses.replace(tiny_plan, layers={**tiny_plan.layers, "demand": demand}))
    box = page.locator("input[type=search]")
    box.fill("郑陆")
    names = page.locator(".plan-found button span").all_inner_texts()
    assert names == ["郑陆镇", "郑陆村委会 & 超市", "郑陆镇中心村"]  # points come last
    box.fill("天宁花园")
    box.press("Enter")
    assert page.locator(".plan-card h3").first.inner_text() == "天宁花园"
    assert (card(page)["类型"], card(page)["到站距离"]) == ("需求点", "120.5 米")
    page.mouse.click(*pixel_of(page, demand.geometry.iloc[1]))
    assert page.locator(".plan-card h3").first.inner_text() == "需求点"


def test_many_named_points_do_not_flood_the_search(opened, tiny_plan):
    source = tiny_plan.layers["demand"]
    demand = source.iloc[np.arange(500) % 5].reset_index(drop=True)
    demand["id"], demand["name"] = [f"q{k}" for k in range(500)], [f"小区{k}" for k in range(500)]
    page = opened(dataclasses.replace(tiny_plan, layers={**tiny_plan.layers, "demand": demand}))
    page.locator("input[type=search]").fill("小区")
    assert page.locator(".plan-found button").count() == 30
    assert "470" in page.locator(".plan-none").inner_text()


def test_page_and_sheet_tell_the_same_minute(opened, tiny_plan):
    """Times fall anywhere within a minute; both cut them off."""
    routes = tiny_plan.layers["routes"]
    frame = routes.loc[routes.index.repeat(60)].reset_index(drop=True)
    frame["id"] = [f"R{k:03d}" for k in range(60)]
    frame["start_s"] = 25_200 + np.arange(60)
    frame["end_s"] = 86_340 + np.arange(60)
    page = opened(dataclasses.replace(tiny_plan, layers={**tiny_plan.layers, "routes": frame}))
    shown = page.locator(".plan-routes button").all_inner_texts()
    assert [text.rsplit(" · ", 1)[1] for text in shown] == [
        f"{clock(start)}–{clock(end)}"
        for start, end in zip(frame["start_s"], frame["end_s"], strict=True)
    ]


def test_the_notice_stands_in_the_corner_of_the_map(opened, tiny_plan):
    page = opened(tiny_plan)
    corner = page.locator(".leaflet-control-attribution").inner_text()
    assert corner == "© OpenStreetMap contributors · 内部工作底图 · 合成示例数据"


def test_what_is_not_delivered_stands_out_by_more_than_its_colour(opened, tiny_plan):
    page = opened(tiny_plan)
    told = page.locator(".plan-status p").first.inner_text()
    assert "⚠" in told
    assert "1 个站点未能全部送达" in told
    assert "可行" not in told


def test_search_finds_a_township_by_its_chinese_name(opened, tiny_plan):
    page = opened(tiny_plan)
    page.locator("input[type=search]").fill("郑陆镇")
    page.locator("input[type=search]").press("Enter")
    assert page.locator(".plan-card h3").inner_text() == "郑陆镇"
    shown = card(page)
    assert (shown["人口"], shown["覆盖率"]) == ("300", "33.3 %")
    unit = tiny_plan.layers["units"].set_index("name").loc["郑陆镇"].geometry.centroid
    centre = page.evaluate("[map_plan.getCenter().lng, map_plan.getCenter().lat]")
    assert centre == pytest.approx([unit.x, unit.y], abs=0.002)


def test_choosing_one_route_hides_the_others(opened, tiny_plan):
    page = opened(tiny_plan)
    page.locator(".plan-routes button").first.click()
    assert page.locator(".plan-chosen").get_attribute("data-route") == "R001"
    assert page.locator(".plan-route input").first.is_checked()
    page.get_by_role("button", name="全不选").click()
    assert not page.locator(".plan-route input").first.is_checked()


def test_hostile_names_stay_text(opened, tiny_plan):
    frames = dict(tiny_plan.layers)
    for name in ("units", "stations", "centres", "stops", "roads"):
        frames[name] = frames[name].copy()
        frames[name]["name"] = NASTY
    fields = {"notice": NASTY, "map_review_number": NASTY, "sources": (NASTY,)}
    output = tiny_plan.scenario.output.model_copy(update=fields)
    scenario = tiny_plan.scenario.model_copy(update={"name": NASTY, "output": output})
    page = opened(dataclasses.replace(tiny_plan, scenario=scenario, layers=frames))
    page.mouse.click(*pixel_of(page, frames["stations"].geometry.iloc[0]))
    page.locator("input[type=search]").fill("<script")
    assert page.locator(".plan-card h3").inner_text() == NASTY
    assert page.locator(".plan-found button").count() == 6
    assert page.title() == NASTY
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("gone", [["routes", "stops"], ["stations", "sites"], list(LAYER_COLUMNS)])
def test_a_plan_with_nothing_in_it_still_opens(opened, tiny_plan, gone):
    page = opened(emptied(tiny_plan, gone))
    page.mouse.click(800, 400)
    page.evaluate("map_plan.setZoom(15, {animate: false})")
    assert page.locator("h1").is_visible()


def test_english_pages_speak_english(opened, tiny_plan):
    output = tiny_plan.scenario.output.model_copy(update={"language": "en"})
    scenario = tiny_plan.scenario.model_copy(update={"output": output})
    page = opened(dataclasses.replace(tiny_plan, scenario=scenario))
    text = page.locator(".plan-panel").inner_text()
    assert "Feasible, gap" in text
    assert "Internal working map" in text
    assert "undefined" not in text
    assert not re.search(r"(?<![\d.,])1 (stops|stations|people|points)\b", text)
    assert page.locator(".plan-routes button").first.inner_text().startswith("2 stops · 7.6 km")
    frame = tiny_plan.layers["routes"].assign(n_stops=1)
    layers = {**tiny_plan.layers, "routes": frame}
    page = opened(dataclasses.replace(tiny_plan, scenario=scenario, layers=layers))
    assert page.locator(".plan-routes button").first.inner_text().startswith("1 stop · 7.6 km")


def test_a_phone_shows_title_coverage_notice_and_failure_above_the_map(opened, tiny_plan):
    name = "很长的方案名称" * 12
    scenario = tiny_plan.scenario.model_copy(update={"name": name})
    page = opened(dataclasses.replace(tiny_plan, scenario=scenario), width=390, height=844)
    bar = page.locator(".plan-bar")
    told = bar.inner_text()
    for words in (name, "覆盖率 80.0 %", "合成示例数据", "配送：1 个站点未能全部送达"):
        assert words in told
    box, below = bar.bounding_box(), page.locator("#map_plan").bounding_box()
    assert box["height"] < 90
    assert below["y"] == pytest.approx(box["y"] + box["height"], abs=1)
    assert below["y"] + below["height"] == pytest.approx(844, abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_wide_screen_needs_no_bar(opened, tiny_plan):
    assert not opened(tiny_plan).locator(".plan-bar").is_visible()


def test_on_a_phone_the_map_fills_the_screen_and_the_panel_opens_on_demand(opened, tiny_plan):
    page = opened(tiny_plan, width=390, height=844)
    assert not page.locator(".plan-panel").is_visible()
    page.locator(".plan-toggle").click()
    assert page.locator("h1").is_visible()
    page.locator("input[type=search]").fill("雕庄")
    page.locator("input[type=search]").press("Enter")
    assert page.locator(".plan-card h3").inner_text() == "雕庄街道"


def test_paper_keeps_title_and_legend_and_drops_the_controls(opened, tiny_plan):
    page = opened(tiny_plan)
    page.emulate_media(media="print")
    for kept in ("h1", ".plan-legend", ".plan-notice", ".plan-north", ".leaflet-control-scale"):
        assert page.locator(kept).first.is_visible(), kept
    for dropped in (".plan-search", ".leaflet-control-zoom", ".plan-buttons", ".plan-bar"):
        assert not page.locator(dropped).first.is_visible(), dropped


def test_a_print_is_one_page_that_holds_the_map_as_one_opaque_picture(opened, tiny_plan):
    page = opened(tiny_plan)
    before = picture(page, "planBase")
    page.evaluate(
        """() => {
            window.matchMedia("print").addEventListener("change", (event) => {
                if (!event.matches) return;
                const canvas = document.querySelector(".leaflet-planBase-pane canvas");
                const pen = canvas.getContext("2d");
                const {data} = pen.getImageData(0, 0, canvas.width, canvas.height);
                let clear = 0;
                for (let k = 3; k < data.length; k += 4) if (data[k] < 255) clear++;
                window.seen = {clear, size: canvas.width * canvas.height};
            });
        }"""
    )
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type /Page\b(?!s)", paper)) == 1
    seen = page.evaluate("window.seen")
    assert seen["size"] > 1_000_000
    assert seen["clear"] == 0
    assert picture(page, "planBase") == before


def test_crowded_demand_is_gathered_by_zoom_and_keeps_every_person(opened, tiny_plan):
    source = tiny_plan.layers["demand"]
    n = 30_000
    frame = source.iloc[np.arange(n) % 5].reset_index(drop=True)
    frame["id"] = [f"q{k}" for k in range(n)]
    frame["people"] = 1.5
    page = opened(dataclasses.replace(tiny_plan, layers={**tiny_plan.layers, "demand": frame}))
    page.evaluate("map_plan.setZoom(13, {animate: false})")
    page.mouse.click(*pixel_of(page, source.geometry.iloc[3]))
    assert page.locator(".plan-card h3").first.inner_text() == "6,000 个需求点"
    assert card(page)["未覆盖"] == "9,000"
    legend = page.locator(".plan-row", has_text="已覆盖").locator(".plan-note").inner_text()
    assert legend == "27,000"
