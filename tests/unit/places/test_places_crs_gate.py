"""Coordinates in a wrong system are refused, and those in the right one never."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from crs_layers import AREA, SYSTEMS, around, judge, layer

from lastmile.places import from_wgs84, working_crs
from lastmile.places.crs_evidence import Weighing, figures_of, judged
from lastmile.places.crs_names import NamedRoads, weigh_names
from lastmile.places.crs_roads import RoadGauge
from lastmile.places.crs_units import KnownUnits


@pytest.fixture(scope="module")
def grid():
    """300 short streets in Changzhou, 80 shops 15 m beside them, and 80 homes away, in WGS84."""
    rng = np.random.default_rng(7)
    plane = working_crs(119.95)
    back = pyproj.Proj(plane)
    middles, angles = (
        rng.uniform((490e3, 3514e3), (497e3, 3521e3), (300, 2)),
        rng.uniform(0, 7, 300),
    )
    along = np.column_stack([np.cos(angles), np.sin(angles)])
    ends = np.stack([middles - 200 * along, middles + 200 * along], axis=1)
    lines = [shapely.LineString(np.column_stack(back(*e.T, inverse=True))) for e in ends]
    gauge = RoadGauge.of(np.array(lines, dtype=object), plane)
    aside = np.column_stack([-along[:80, 1], along[:80, 0]])
    shops = middles[:80] + 15 * aside + rng.uniform(-150, 150, (80, 1)) * along[:80]
    spots = rng.uniform((491e3, 3515e3), (496e3, 3520e3), (2000, 2))
    away = gauge.distances_m(spots)
    homes = spots[(away > 70) & (away < 110)][:80]
    roads = np.array(lines, dtype=object)
    return gauge, *back(*shops.T, inverse=True), *back(*homes.T, inverse=True), roads


def refused(points, gauge):
    return judge(around(gauge), demand=points)[1].faults


@pytest.mark.parametrize("true", SYSTEMS)
@pytest.mark.parametrize("stated", SYSTEMS)
def test_only_the_true_system_is_accepted(grid, true, stated):
    gauge, lon, lat, *_ = grid
    faults = refused(layer(*from_wgs84(lon, lat, true), stated), gauge)
    if stated == true:
        assert not faults
    else:
        (fault,) = faults
        assert f'demand.crs = "{true}"' in fault.remedy
        assert fault.found.count("within 30 m of a road") == 3


@pytest.mark.parametrize("stated", ["cgcs2000", "EPSG:4490", "EPSG:4326"])
def test_systems_that_agree_with_wgs84_are_tested_as_such(grid, stated):
    gauge, lon, lat, *_ = grid
    assert not refused(layer(lon, lat, stated), gauge)
    (fault,) = refused(layer(*from_wgs84(lon, lat, "gcj02"), stated), gauge)
    assert fault.found.startswith(stated)


def test_homes_that_keep_away_from_roads_are_told_apart_as_well(grid):
    gauge, _, _, lon, lat, _ = grid
    assert not refused(layer(*from_wgs84(lon, lat, "gcj02"), "gcj02"), gauge)
    assert refused(layer(*from_wgs84(lon, lat, "gcj02"), "wgs84"), gauge)


@pytest.mark.parametrize("true", SYSTEMS)
def test_a_layer_without_a_system_is_refused_with_a_proposal_and_figures_for_each(grid, true):
    gauge, lon, lat, *_ = grid
    _, log = judge(around(gauge), demand=layer(*from_wgs84(lon, lat, true), ""))
    (fault,) = log.faults
    assert fault.found.startswith("no coordinate system stated. Read as wgs84: ")
    assert fault.found.count("within 30 m of a road") == 3
    assert f'demand.crs = "{true}"' in fault.remedy
    (finding,) = log.findings.crs
    assert (finding.stated, finding.verdict, finding.proposal) == ("", "proposed", true)


def test_a_layer_without_a_system_is_refused_even_when_nothing_tells_which():
    _, log = judge(around(), depots=layer(np.array([119.95]), np.array([31.8]), ""))
    (fault,) = log.faults
    assert "nothing tells which" in fault.found
    assert "bd09 (Baidu)" in fault.remedy
    assert [f.verdict for f in log.findings.crs] == ["unconfirmed"]


def test_too_few_points_are_accepted_with_a_remark(grid):
    gauge, lon, lat, *_ = grid
    few = layer(*from_wgs84(lon[:10], lat[:10], "gcj02"), "wgs84")
    (note,), log = judge(around(gauge), depots=few)
    assert not log.faults
    assert "neither confirm nor refute" in note.en


def test_few_rows_of_a_file_are_confirmed_with_the_others(grid):
    gauge, lon, lat, *_ = grid
    shops = layer(lon, lat, "wgs84")
    few = layer(lon[:3], lat[:3], "wgs84", n=["1", "2", "3"])
    notes, log = judge(around(gauge), candidates=shops, depots=few)
    assert notes == ()
    assert {f.verdict for f in log.findings.crs} == {"confirmed"}
    wrong = layer(*from_wgs84(lon, lat, "gcj02"), "wgs84"), layer(lon[:3], lat[:3], "wgs84")
    _, log = judge(around(gauge), candidates=wrong[0], depots=wrong[1])
    assert [fault.where for fault in log.faults] == ["candidates.crs", "depots.crs"]
    other = layer(lon[:3], lat[:3], "wgs84", file="other.csv")
    assert len(judge(around(gauge), candidates=shops, depots=other)[0]) == 1


def test_points_strewn_at_random_are_accepted_in_any_system(grid):
    gauge, *_ = grid
    for seed in range(4):
        rng = np.random.default_rng(seed)
        lon, lat = rng.uniform(119.92, 119.98, 60), rng.uniform(31.77, 31.81, 60)
        for stated in SYSTEMS:
            assert not refused(layer(lon, lat, stated), gauge)


@pytest.mark.parametrize("stated", SYSTEMS)
def test_three_shops_that_name_their_roads_tell_a_system(grid, stated):
    _, lon, lat, *_, roads = grid
    names = np.array([f"第{k}路" for k in range(len(roads))], dtype=object)
    named = NamedRoads.of(roads, names, working_crs(119.95))
    cells = [f"小店(第{k}路店)" for k in range(3)]
    points = layer(*from_wgs84(lon[:3], lat[:3], "gcj02"), stated, name=cells)
    _, log = judge(around(names=named), candidates=points)
    if stated == "gcj02":
        assert not log.faults
        assert [f.verdict for f in log.findings.crs] == ["confirmed"]
    else:
        (fault,) = log.faults
        assert "3 of 3 within 50 m of the road they name" in fault.found
        assert 'crs = "gcj02"' in fault.remedy


def test_one_road_named_by_many_shops_has_two_votes_only(grid):
    _, lon, lat, *_, roads = grid
    names = np.array(["长街", *[""] * (len(roads) - 1)], dtype=object)
    named = NamedRoads.of(roads, names, working_crs(119.95))
    x, y = from_wgs84(lon[:1], lat[:1], "gcj02")
    frame = layer(x, y, "gcj02", name=["长街12号"]).table.frame
    one = weigh_names(frame, x, y, named)
    many = weigh_names(frame.iloc[[0] * 9], x[[0] * 9], y[[0] * 9], named)
    assert many.log_odds[1, 0] == pytest.approx(2 * one.log_odds[1, 0])


def test_shops_far_from_every_road_they_name_tell_no_system(grid):
    _, lon, lat, *_, roads = grid
    names = np.array([f"第{k}大街" for k in range(len(roads))], dtype=object)
    named = NamedRoads.of(roads, names, working_crs(119.95))
    shops = layer(lon + 0.4, lat, "wgs84", name=[f"超市({name}店)" for name in names[: len(lon)]])
    _, log = judge(around(names=named), candidates=shops)
    assert not log.faults
    assert [f.verdict for f in log.findings.crs] == ["unconfirmed"]


@pytest.mark.parametrize("column", ["code", "name"])
def test_points_lie_in_the_units_they_name(column):
    west, east = shapely.box(119.8, 31.7, 119.95, 31.9), shapely.box(119.95, 31.7, 120.1, 31.9)
    units = KnownUnits({"320402": west, "320404": east}, {"天宁区": "320402", "钟楼区": "320404"})
    lon = np.r_[np.full(12, 119.949), np.full(12, 119.951)]
    lat = np.linspace(31.75, 31.83, 24)
    cells = {"code": ["320402001"] * 12 + ["320404002000"] * 12,
             "name": ["天宁区"] * 12 + ["钟楼区"] * 12}  # fmt: skip
    for stated in SYSTEMS:
        points = layer(*from_wgs84(lon, lat, "bd09"), stated, place=cells[column])
        _, log = judge(around(units=units), demand=points)
        assert bool(log.faults) == (stated != "bd09")
        for fault in log.faults:
            assert "100.0% of 24 inside the unit they name" in fault.found
            assert 'crs = "bd09"' in fault.remedy


def test_a_column_of_units_that_do_not_hold_the_points_tells_nothing():
    units = KnownUnits({"320402": shapely.box(119.95, 31.7, 120.1, 31.9)}, {})
    lon, lat = np.r_[np.full(8, 119.951), np.full(4, 119.8)], np.linspace(31.75, 31.83, 12)
    points = layer(*from_wgs84(lon, lat, "bd09"), "wgs84", place=["320402"] * 12)
    assert not judge(around(units=units), demand=points)[1].faults


def test_seats_are_held_against_a_layer_that_was_told(grid):
    gauge, lon, lat, *_ = grid
    names = [f"{chr(0x4E00 + k)}庄镇" for k in range(80)]
    told = layer(lon, lat, "wgs84", "villages.csv", name=names)
    for stated in SYSTEMS:
        x, y = from_wgs84(lon[:8], lat[:8], "bd09")
        seats = layer(x, y, stated, "seats.csv", town=names[:8])
        _, log = judge(around(gauge), settlement=told, demand=seats)
        assert bool(log.faults) == (stated != "bd09")
        for fault in log.faults:
            assert (fault.file, fault.where) == ("seats.csv", "demand.crs")
            assert 'crs = "bd09"' in fault.remedy


def test_two_layers_that_contradict_each_other_are_refused_though_neither_is_told():
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(119.9, 119.98, 12), rng.uniform(31.76, 31.82, 12)
    names = [f"{chr(0x4E00 + k)}庄镇" for k in range(12)]
    one = layer(lon, lat, "wgs84", "one.csv", name=names)
    same = layer(lon, lat, "wgs84", "two.csv", name=names)
    moved = layer(*from_wgs84(lon, lat, "gcj02"), "wgs84", "two.csv", name=names)
    assert not judge(around(), settlement=one, demand=same)[1].faults
    (fault,) = judge(around(), settlement=one, demand=moved)[1].faults
    assert "while settlement is stated as wgs84" in fault.found
    assert 'if settlement is right, set demand.crs = "gcj02"' in fault.remedy


ZONES = ["EPSG:4549", "EPSG:4528", "EPSG:4548", "EPSG:4527", "EPSG:4550", "EPSG:4497", "EPSG:3857"]


@pytest.mark.parametrize("true", ZONES)
@pytest.mark.parametrize("stated", ["", "EPSG:4549", "EPSG:4528", "EPSG:4547"])
def test_eastings_in_a_wrong_zone_are_refused_with_the_right_one(true, stated):
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(119.9, 119.98, 20), rng.uniform(31.76, 31.82, 20)
    _, log = judge(around(), demand=layer(*from_wgs84(lon, lat, true), stated))
    if stated == true:
        assert not log.faults
    else:
        (fault,) = log.faults
        assert f'demand.crs = "{true}"' in fault.remedy
        assert "exchange" not in fault.remedy
        assert log.findings.crs[0].proposal == true


def test_easting_and_northing_exchanged_are_told():
    lon, lat = np.linspace(119.9, 119.98, 20), np.linspace(31.76, 31.82, 20)
    x, y = from_wgs84(lon, lat, "EPSG:4549")
    (fault,) = judge(around(), demand=layer(y, x, "EPSG:4549"))[1].faults
    assert fault.remedy == "exchange the two columns of coordinates"
    assert not judge(around(), demand=layer(x, y, "EPSG:4549"))[1].faults


def test_degrees_stated_as_eastings_are_told():
    lon, lat = np.linspace(119.9, 119.98, 20), np.linspace(31.76, 31.82, 20)
    (fault,) = judge(around(), demand=layer(lon, lat, "EPSG:4549"))[1].faults
    assert "degrees, whichever of wgs84, gcj02 and bd09" in fault.found


def test_points_far_from_the_area_in_every_reading_are_left_to_other_checks():
    lon, lat = np.linspace(100.0, 100.1, 20), np.linspace(31.76, 31.82, 20)
    for crs, (x, y) in (("wgs84", (lon, lat)), ("EPSG:4549", (lon * 1e9, lat))):
        assert not judge(around(), demand=layer(x, y, crs))[1].faults


def _weighing(odds):
    phrases = ["x"] * 3
    return Weighing(figures_of("roads", [0, 0, 0], phrases, phrases), np.array(odds, dtype=float))


def test_no_single_test_outvotes_two_that_agree():
    loud = _weighing([[0, 1000, 1000], [-1000, 0, 0], [-1000, 0, 0]])
    calm = _weighing([[0, -9, 0], [9, 0, 9], [0, -9, 0]])
    assert judged([loud], "gcj02").verdict == "refuted"
    assert judged([loud, calm, calm], "gcj02").verdict == "confirmed"


def test_a_refuted_system_has_no_proposal_when_two_others_fit_alike():
    weighing = _weighing([[0, -9, -9], [9, 0, 1], [9, -1, 0]])
    found = judged([weighing], "wgs84")
    assert (found.verdict, found.proposal) == ("refuted", "")


def test_the_area_of_the_tests_is_where_the_streets_are(grid):
    gauge, lon, lat, *_ = grid
    assert shapely.contains_xy(AREA, lon, lat).mean() > 0.7
    assert gauge.plane.to_epsg() == 4549
