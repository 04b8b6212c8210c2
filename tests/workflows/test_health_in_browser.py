"""The page of health in a real browser: no request, no error, tables, map, paper, Chinese."""

import pytest
from some_health import nasty_health, some_faults, some_health

from lastmile.health_page import health_page

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page of health; fail the test if it complains or asks for anything."""
    complaints, pages = [], []

    def open_page(health, width=1280, height=900):
        path = tmp_path / "health.html"
        path.write_text(health_page(health), "utf-8")
        page = browser.new_page(viewport={"width": width, "height": height}, accept_downloads=True)
        pages.append(page)
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else 0,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def answer(route):
            if route.request.url.partition("#")[0] == path.as_uri():
                route.continue_()
            else:
                complaints.append(route.request.url)
                route.abort()

        page.route("**/*", answer)
        page.goto(path.as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []


def test_the_page_opens_without_a_request_and_counts_its_faults(opened):
    page = opened(some_health(faults=some_faults(12)))
    assert page.title() == "数据体检报告 · 小镇示例 <试>"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "不能规划：须先改正 12 处错误" in page.locator(".verdict").inner_text()
    assert page.locator("#fault-table tbody tr").count() == 12


def test_nothing_from_the_data_runs(opened):
    page = opened(nasty_health())
    assert page.title().startswith("数据体检报告 · <script>document.title=")
    assert page.locator("img").count() == 0


def test_chinese_is_drawn_and_not_as_boxes(opened):
    page = opened(some_health())
    widths = page.evaluate(
        """() => ["常州天宁区", "\\uE123\\uE124\\uE125\\uE126\\uE127"].map((text) => {
            const canvas = document.createElement("canvas").getContext("2d");
            canvas.font = "20px " + getComputedStyle(document.body).fontFamily;
            canvas.fillText(text, 5, 25);
            return Array.from(canvas.getImageData(0, 0, 120, 40).data).reduce((a, b) => a + b, 0);
        })"""
    )
    assert widths[0] > 0
    assert widths[0] != widths[1]


def test_a_table_is_filtered_copied_and_saved(opened, tmp_path):
    page = opened(some_health(faults=some_faults(12)))
    tools = page.locator("#faults .tools")
    tools.locator("input").fill("人口 CSV '-9'")
    shown = page.locator("#fault-table tbody tr:visible")
    assert shown.count() == 1
    assert "第 11 行" in shown.inner_text()
    assert "1 / 12" in tools.inner_text()
    with page.expect_download() as started:
        tools.get_by_text("另存为 CSV").click()
    text = (started.value.path()).read_bytes().decode("utf-8-sig")
    assert started.value.suggested_filename == "fault-table.csv"
    assert len(text.splitlines()) == 2
    assert "'-9'" in text
    tools.get_by_text("复制表格").click()
    page.wait_for_function("document.querySelector('#faults .tools').innerText.includes('已复制')")


def test_a_saved_cell_is_never_a_formula(opened):
    page = opened(some_health())
    with page.expect_download() as started:
        page.locator("#totals").get_by_text("另存为 CSV").click()
    text = started.value.path().read_bytes().decode("utf-8-sig")
    assert '"-150"' in text  # a number stays one
    harmless = page.evaluate("lastmileHealth.harmless('=1+1')")
    assert harmless == "'=1+1"


def test_the_map_leads_to_the_table_and_back(opened):
    page = opened(some_health())
    assert page.locator("#map-svg a.mark").count() == 4
    page.locator('#suspects a[href="#m1"]').click()
    box = page.locator("#map-svg").get_attribute("viewBox").split()
    assert float(box[2]) < 200
    assert page.evaluate("document.activeElement.id") == "m1"
    page.keyboard.press("Enter")
    assert "found" in page.locator("#s1").get_attribute("class")
    page.locator('[data-zoom="all"]').click()
    assert float(page.locator("#map-svg").get_attribute("viewBox").split()[2]) > 900


def test_the_map_can_be_moved_by_keys_and_pointer(opened):
    page = opened(some_health())
    svg = page.locator("#map-svg")
    svg.focus()
    whole = svg.get_attribute("viewBox")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    near = svg.get_attribute("viewBox")
    assert near != whole
    area = svg.bounding_box()
    page.mouse.move(area["x"] + 300, area["y"] + 200)
    page.mouse.down()
    page.mouse.move(area["x"] + 200, area["y"] + 150)
    page.mouse.up()
    assert svg.get_attribute("viewBox") != near
    svg.focus()
    page.keyboard.press("0")
    assert [float(v) for v in svg.get_attribute("viewBox").split()] == pytest.approx(
        [float(v) for v in whole.split()]
    )


def test_pins_keep_their_size_whatever_the_zoom(opened):
    page = opened(some_health())
    before = page.locator("#m3 path").bounding_box()["width"]
    page.locator('[data-zoom="in"]').click()
    assert page.locator("#m3 path").bounding_box()["width"] == pytest.approx(before, abs=1.5)


def test_paper_has_everything_and_a_phone_scrolls_in_one_direction_only(opened):
    page = opened(some_health(faults=some_faults(12)), width=390, height=800)
    whole = page.locator("#map-svg").get_attribute("viewBox").split()
    page.locator('[data-zoom="in"]').click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.emulate_media(media="print")
    assert not page.locator(".tools").first.is_visible()
    assert not page.locator(".zoom").is_visible()
    assert page.locator("#map-svg").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    printed = page.locator("#map-svg").get_attribute("viewBox").split()
    assert list(map(float, printed)) == pytest.approx(list(map(float, whole)))
