"""Road layers as offices have them: words, encodings, joints."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import LineString, Point

from lastmile.errors import FaultLog
from lastmile.network import VAN, WALK, LineColumns, LineSource, build_network, read_roads

STEP = 0.001


def line(*points):
    return LineString([(119.9 + x * STEP, 31.7 + y * STEP) for x, y in points])


def write(path, shapes, crs="EPSG:4326", **columns):
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    encoding = {"encoding": "GBK"} if path.suffix == ".shp" else {}
    frame.to_file(path, **encoding)
    if path.suffix == ".shp":
        path.with_suffix(".cpg").unlink()
    return path


def read(path, columns=None, *, bounds=None, **source):
    faults = FaultLog()
    lines = LineSource(columns or LineColumns(), **source)
    roads = read_roads(path, bounds=bounds, faults=faults, lines=lines)
    assert (roads is None) == bool(faults.faults)
    return roads, "\n".join(map(str, faults.faults))


ROWS = [line((0, k), (1, k)) for k in range(8)]
CLASSES = ["高速公路", "快速路", "主干路", "次干路", "支路", "国道", " 村 道 ", None]
FOUND = ["motorway", "trunk", "primary", "secondary", "tertiary", "trunk", "unclassified", "road"]


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "geojson"])
def test_the_usual_words_for_classes_are_known_in_every_encoding(tmp_path, suffix):
    path = write(tmp_path / f"roads.{suffix}", ROWS, 等级=CLASSES, 路名=["延陵路"] * 8)
    roads, _ = read(path, LineColumns(highway="等级", name="路名"))
    assert roads.values("highway").tolist() == FOUND
    assert roads.names[0] == "延陵路"
    assert roads.way_ids.tolist() == list(range(1, 9))


def test_words_that_nobody_knows_are_told_all_together_with_a_remedy(tmp_path):
    classes = ["主干路", "大马路", "大马路", "小马路", *CLASSES[:4]]
    path = write(tmp_path / "roads.gpkg", ROWS, 等级=classes, 单行=["单向", "随便"] * 4)
    _, message = read(path, LineColumns(highway="等级", oneway="单行"))
    assert "column 等级: found '大马路' (2 rows), '小马路' (1 rows)" in message
    assert '[roads.columns.classes], such as "大马路" = "tertiary"' in message
    assert "column 单行: found '随便' (4 rows)" in message


def test_a_layer_may_state_its_own_words(tmp_path):
    path = write(tmp_path / "roads.gpkg", ROWS[:2], 等级=["甲", "支路"], 单行=["顺", "逆"])
    columns = LineColumns(
        highway="等级", oneway="单行", classes={"甲": "primary", "支路": "service"},
        directions={"顺": "yes", "逆": "-1"},
    )  # fmt: skip
    roads, _ = read(path, columns)
    assert roads.values("highway").tolist() == ["primary", "service"]
    assert roads.values("oneway").tolist() == ["yes", "-1"]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["F", "T", "B"], ["yes", "-1", "no"]),
        (["F", "T", "F"], ["no", "yes", "no"]),
        (["FT", "TF", ""], ["yes", "-1", "no"]),
        ([1, 0, -1], ["yes", "no", "-1"]),
        ([True, False, True], ["yes", "no", "yes"]),
        (["单向", "双向", "逆向"], ["yes", "no", "-1"]),
        (["yes", "no", "-1"], ["yes", "no", "-1"]),
    ],
)
def test_one_ways_are_read_as_offices_write_them(tmp_path, cells, found):
    path = write(tmp_path / "roads.gpkg", ROWS[:3], ow=cells)
    roads, _ = read(path, LineColumns(oneway="ow"))
    assert roads.values("oneway").tolist() == found


def test_a_layer_without_one_ways_has_none_on_motorways_either(tmp_path):
    path = write(tmp_path / "roads.gpkg", ROWS[:1], kind=["motorway"])
    roads, _ = read(path, LineColumns(highway="kind"))
    assert not build_network(roads, VAN, min_component_m=0).is_directed
    assert "every road is open both ways" in roads.report.notes[0].en


def test_bridges_limits_and_ferries_become_tags(tmp_path):
    path = write(
        tmp_path / "roads.gpkg", ROWS[:3], kind=["主干路", "主干路", "轮渡"],
        桥=["长江大桥", "否", "0"], 隧道=[0, 1, 0], 限速=[60.0, None, 0],
    )  # fmt: skip
    columns = LineColumns(highway="kind", bridge="桥", tunnel="隧道", maxspeed="限速")
    roads, _ = read(path, columns)
    assert roads.values("bridge").tolist() == ["yes", "", ""]
    assert roads.values("tunnel").tolist() == ["", "yes", ""]
    assert roads.values("maxspeed").tolist() == ["60", "", "0"]
    assert roads.values("route").tolist() == ["", "", "ferry"]
    speed = build_network(roads, VAN, min_component_m=0)
    first = speed.way_ids.tolist().index(1)
    assert speed.length_mm[first] / speed.time_ms[first] * 3.6 == pytest.approx(48, abs=0.01)


def test_ends_that_almost_meet_are_one_place(tmp_path):
    metre = 1 / 94.8
    path = write(
        tmp_path / "roads.gpkg",
        [line((0, 0), (1, 0)), line((1 + 0.4 * metre, 0), (2, 0)), line((2 + metre, 0), (3, 0))],
    )
    roads, _ = read(path)
    assert build_network(roads, WALK, min_component_m=0).component_mm.size == 2
    wider, _ = read(path, snap_m=1.5)
    assert build_network(wider, WALK, min_component_m=0).component_mm.size == 1


def test_a_bridge_crosses_without_meeting(tmp_path):
    shapes = [line((0, 1), (2, 1)), line((1, 0), (1, 2)), line((0.5, 0), (0.5, 2))]
    path = write(tmp_path / "roads.gpkg", shapes, bridge=["", "yes", ""])
    roads, _ = read(path, LineColumns(bridge="bridge"), noded=False)
    assert build_network(roads, WALK, min_component_m=0).component_mm.size == 2
    flat, _ = read(path, noded=False)
    assert build_network(flat, WALK, min_component_m=0).component_mm.size == 1
    apart, _ = read(path)
    assert build_network(apart, WALK, min_component_m=0).component_mm.size == 3


def test_ends_that_touch_a_road_without_joining_it_are_told(tmp_path):
    path = write(tmp_path / "roads.gpkg", [line((0, 0), (2, 0)), line((1, 0), (1, 1))])
    roads, _ = read(path)
    assert any("1 ends of roads lie beside another road" in note.en for note in roads.report.notes)
    joined, _ = read(path, noded=False)
    assert build_network(joined, WALK, min_component_m=0).component_mm.size == 1
    assert not any("ends of roads" in note.en for note in joined.report.notes)


def test_several_layers_are_read_as_one(tmp_path):
    paths = [
        write(tmp_path / "west.gpkg", [line((0, 0), (1, 0)), None]),
        write(tmp_path / "east.shp", [line((1, 0), (2, 0))]),
    ]
    roads, _ = read(paths)
    assert roads.way_ids.tolist() == [1, 3]
    assert build_network(roads, WALK, min_component_m=0).component_mm.size == 1
    assert roads.report.n_without_line == 1


def test_only_lines_that_touch_the_area_are_kept_with_the_numbers_of_their_rows(tmp_path):
    path = write(tmp_path / "roads.gpkg", ROWS)
    roads, _ = read(path, bounds=(119.9, 31.7 + 2.5 * STEP, 119.95, 31.7 + 4.5 * STEP))
    assert roads.way_ids.tolist() == [4, 5]


def test_lines_elsewhere_are_a_fault_that_says_where_they_are(tmp_path):
    _, message = read(write(tmp_path / "roads.gpkg", ROWS), bounds=(0, 0, 1, 1))
    assert "119.900 to 119.901 E, 31.700 to 31.707 N" in message


def test_metres_read_as_degrees_are_a_fault(tmp_path):
    moved = gpd.GeoSeries(ROWS, crs="EPSG:4326").to_crs("EPSG:4549")
    path = write(tmp_path / "roads.gpkg", moved, crs="EPSG:4549")
    _, message = read(path, crs="wgs84")
    assert "no place on the globe" in message
    roads, _ = read(path)
    assert roads.lon[0] == pytest.approx(119.9, abs=1e-6)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("shapes", "crs", "told"),
    [
        ([Point(119.9, 31.7)], "EPSG:4326", "found no line"),
        ([line((0, 0), (1, 0))], None, "no coordinate system stated"),
    ],
)
def test_what_is_no_layer_of_roads_is_a_fault(tmp_path, shapes, crs, told):
    _, message = read(write(tmp_path / "roads.gpkg", shapes, crs=crs))
    assert told in message


def test_columns_that_are_not_there_are_told(tmp_path):
    _, message = read(write(tmp_path / "roads.gpkg", ROWS), LineColumns(highway="等级"))
    assert "expected a column '等级'" in message
    assert "roads.columns" in message


def test_a_table_is_no_layer_of_roads(tmp_path):
    (tmp_path / "roads.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert "a table without shapes" in read(tmp_path / "roads.csv")[1]


def test_speed_limits_that_cannot_be_read_are_told(tmp_path):
    limits = ["60", "60km/h", "六十", "", "限速", "六十", "80", None]
    path = write(tmp_path / "roads.gpkg", ROWS, 限速=limits)
    roads, _ = read(path, LineColumns(maxspeed="限速"))
    (note,) = [note for note in roads.report.notes if "speed limits" in note.en]
    assert "3 rows" in note.en
    assert "'六十', '限速'" in note.en
    assert "3 行无法识别（如 六十、限速）" in note.zh


@pytest.mark.parametrize(
    ("column", "is_from_there"), [("osm_id", True), ("OSMID", True), ("id", False)]
)
def test_layers_that_keep_the_maps_ids_were_cut_from_the_map(tmp_path, column, is_from_there):
    path = write(tmp_path / "roads.gpkg", ROWS, **{column: list(range(8))})
    assert read(path)[0].is_openstreetmap == is_from_there
