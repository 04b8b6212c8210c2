"""The ground that each station serves, in the plan of the hand-drawn town."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from town import at, write_town

from lastmile import pipeline
from lastmile.pipeline import catchments as module
from lastmile.scenario import read_scenario


def planned(folder, people=None, **service_distance):
    path = write_town(folder)
    if people:
        table = path.parent / "people.csv"
        text = table.read_text("utf-8")
        for old, new in people.items():
            assert old in text
            text = text.replace(old, new)
        table.write_text(text, encoding="utf-8")
    scenario = read_scenario(path)
    standard = scenario.service_distance.model_copy(update=service_distance)
    return pipeline.plan(scenario.model_copy(update={"service_distance": standard}))


def ground(plan):
    frame = plan.layers["catchments"]
    keys = zip(frame["station_id"], frame["limit_m"], strict=True)
    return dict(zip(keys, frame.geometry, strict=True))


def test_each_station_has_the_ground_within_the_standard_of_those_it_serves(tmp_path):
    plan = planned(tmp_path / "town")
    shapes = ground(plan)
    assert list(shapes) == [("s1", 500.0), ("s2", 1000.0), ("s3", 1000.0)]
    # s1 stands at 600 m, 5 m off the street: its people come from 105 to 1,095 m, and from 95 m
    # into the lane that leaves at 1,000 m.
    near = shapes["s1", 500.0]
    inside = [at(106, 0), at(1094, 0), at(1000, 94), at(600, 150), at(500, 20)]
    outside = [at(60, 0), at(1140, 0), at(1000, 140), at(150, 100), at(600, 340)]
    assert [near.covers(shapely.Point(spot)) for spot in inside] == [True] * len(inside)
    assert [near.covers(shapely.Point(spot)) for spot in outside] == [False] * len(outside)
    demand = plan.layers["demand"].set_index("id")
    for point, key in (("p1", ("s1", 500.0)), ("p3", ("s2", 1000.0)), ("p4", ("s3", 1000.0))):
        assert shapes[key].covers(demand.loc[point, "geometry"])


def test_a_station_with_people_of_two_standards_has_two_shapes_one_in_the_other(tmp_path):
    shapes = ground(planned(tmp_path / "town", {"400,urban": "400,rural"}))
    assert [key for key in shapes if key[0] == "s1"] == [("s1", 500.0), ("s1", 1000.0)]
    near, far = shapes["s1", 500.0], shapes["s1", 1000.0]
    assert near.difference(far).area < 1e-14
    assert far.covers(shapely.Point(at(1500, 0)))


def test_straight_line_standards_have_round_ground(tmp_path):
    shapes = ground(planned(tmp_path / "town", metric="euclidean"))
    (shape,) = (shape for key, shape in shapes.items() if key == ("s1", 500.0))
    x, y = at(600, 5)
    assert shape.covers(shapely.Point(x, y + 0.0044))  # 488 m
    assert not shape.covers(shapely.Point(x, y + 0.0046))  # 510 m


def test_stations_that_serve_nobody_are_drawn_with_the_standard_of_their_kind(tmp_path):
    path = write_town(tmp_path / "town")
    table = path.parent / "stations.csv"
    rows = [f"e{k},站{k},{at(x, 5)[0]},{at(x, 5)[1]},{kind}"
            for k, x, kind in ((1, 1700, "服务屋"), (2, 1750, "服务站"))]  # fmt: skip
    table.write_text("id,name,lon,lat,kind\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(
            '\n[[existing]]\npath = "stations.csv"\ncrs = "wgs84"\n'
            'columns = { id = "id", name = "name", kind = "kind" }\n'
        )
    plan = pipeline.coverage(read_scenario(path))
    assert list(ground(plan)) == [("e1", 500.0), ("e2", 1000.0)]
    assert plan.layers["stations"]["people_served"].tolist() == [0.0, 0.0]


def test_of_many_standards_the_shortest_the_middle_and_the_longest_are_drawn():
    rows = np.array([[3, 100], [5, 10], [5, 20], [5, 30], [5, 40], [5, 50], [9, 1], [9, 2], [9, 3]])
    site, limit_mm = module._few(rows)
    assert site.tolist() == [3, 5, 5, 5, 9, 9, 9]
    assert limit_mm.tolist() == [100, 10, 30, 50, 1, 2, 3]


@pytest.mark.parametrize("count", [1, 1_403, 12_875])
def test_the_more_ground_there_is_the_broader_the_strokes(count):
    cell_m = module._cell_m(np.full(count, 1_000_000))
    assert cell_m >= 10.0
    assert cell_m % 5.0 == 0.0
    assert count * (2_000 / cell_m) ** 2 <= module._MOST_POINTS


def test_too_much_ground_is_left_out_and_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST_POINTS", 100.0)
    plan = planned(tmp_path / "town")
    assert plan.layers["catchments"].empty
    assert any("未绘服务范围" in note for note in plan.summary["notes"])
    assert any("service areas" in note for note in plan.summary["notes_en"])
    monkeypatch.undo()
    plan = planned(tmp_path / "again")
    assert not any("service areas" in note for note in plan.summary["notes_en"])
