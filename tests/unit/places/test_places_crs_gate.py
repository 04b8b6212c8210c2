"""Coordinates in a wrong system are refused, and those in the right one never."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from lastmile.errors import FaultLog
from lastmile.network import read_roads
from lastmile.places import from_wgs84, read_units, working_crs
from lastmile.places.crs_gate import RoadGauge, check_stated_crs, contradiction, evidence_for
from lastmile.places.points import PointTable, read_points
from lastmile.places.tables import Table
from lastmile.progress import silent
from lastmile.scenario import PointCandidates, SiteColumns, read_scenario

SYSTEMS = ("wgs84", "gcj02", "bd09")


def layer(lon, lat, crs):
    """Points as a file would hold them, stated to be in ``crs``."""
    n = len(lon)
    frame = pd.DataFrame({"id": [str(k) for k in range(n)]})
    table = Table("points.csv", frame, np.arange(2, n + 2))
    return PointTable(table, SiteColumns(), crs, lon, lat, lon, lat)


def restated(points, crs):
    return layer(points.stated_lon, points.stated_lat, crs)


def refused(points, gauge):
    faults = FaultLog()
    check_stated_crs(points, gauge, faults, "candidates[0]")
    return faults.faults


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
    area = shapely.box(119.89, 31.75, 119.99, 31.83)
    gauge = RoadGauge.of(np.array(lines, dtype=object), area, plane)
    aside = np.column_stack([-along[:80, 1], along[:80, 0]])
    shops = middles[:80] + 15 * aside + rng.uniform(-150, 150, (80, 1)) * along[:80]
    spots = rng.uniform((491e3, 3515e3), (496e3, 3520e3), (2000, 2))
    away = gauge.distances_m(spots)
    homes = spots[(away > 70) & (away < 110)][:80]
    return gauge, *back(*shops.T, inverse=True), *back(*homes.T, inverse=True)


@pytest.mark.parametrize("true", SYSTEMS)
@pytest.mark.parametrize("stated", SYSTEMS)
def test_only_the_true_system_is_accepted(grid, true, stated):
    gauge, lon, lat, *_ = grid
    faults = refused(layer(*from_wgs84(lon, lat, true), stated), gauge)
    if stated == true:
        assert not faults
    else:
        (fault,) = faults
        assert f'crs = "{true}"' in fault.remedy
        assert "within 30 m of a road" in fault.found


@pytest.mark.parametrize("stated", ["cgcs2000", "EPSG:4490", "EPSG:4326"])
def test_systems_that_agree_with_wgs84_are_tested_as_such(grid, stated):
    gauge, lon, lat, *_ = grid
    assert not refused(layer(lon, lat, stated), gauge)
    (fault,) = refused(layer(*from_wgs84(lon, lat, "gcj02"), stated), gauge)
    assert fault.found.startswith(stated)


def test_homes_that_keep_away_from_roads_are_told_apart_as_well(grid):
    gauge, _, _, lon, lat = grid
    assert not refused(layer(*from_wgs84(lon, lat, "gcj02"), "gcj02"), gauge)
    assert refused(layer(*from_wgs84(lon, lat, "gcj02"), "wgs84"), gauge)


def test_too_few_points_are_accepted_with_a_remark(grid):
    gauge, lon, lat, *_ = grid
    faults = FaultLog()
    few = layer(*from_wgs84(lon[:20], lat[:20], "gcj02"), "wgs84")
    (note,) = check_stated_crs(few, gauge, faults, "depots[0]")
    assert not faults.faults
    assert "neither confirm nor refute" in note.en


def test_points_strewn_at_random_are_accepted_in_any_system(grid):
    gauge, *_ = grid
    for seed in range(4):
        rng = np.random.default_rng(seed)
        lon, lat = rng.uniform(119.92, 119.98, 60), rng.uniform(31.77, 31.81, 60)
        for stated in SYSTEMS:
            assert not refused(layer(lon, lat, stated), gauge)


def test_projected_coordinates_are_not_tested(grid):
    gauge, lon, lat, *_ = grid
    faults = FaultLog()
    assert check_stated_crs(layer(lon, lat, "EPSG:4549"), gauge, faults, "demand") == ()
    assert not faults.faults


@pytest.fixture(scope="module")
def xuhui(shared_data, repository):
    scenario = read_scenario(repository / "tests" / "scenarios" / "xuhui.toml")
    return _gauge(scenario), shared_data / "shanghai_xuhui" / "poi_amap_gcj02.csv"


def _gauge(scenario):
    faults = FaultLog()
    units = read_units(scenario, faults)
    roads = read_roads(scenario.roads.path, bounds=None, faults=faults, progress=silent)
    assert not faults.faults
    lines = roads.lines().geometry.to_numpy()
    return RoadGauge.of(lines, units.area, working_crs(units.area.centroid.x))


def _poi(path, rule):
    faults = FaultLog()
    columns = SiteColumns(id="id", name="name", lon="lng", lat="lat")
    source = PointCandidates(source="points", path=path, crs="gcj02", filter=rule, columns=columns)
    points = read_points(source, columns, (), faults, "candidates[0]")
    assert not faults.faults
    return points


@pytest.mark.real_data
@pytest.mark.parametrize(
    "rule",
    ["type contains 便利店, 超级市场", "type contains 政府", "type contains 住宅", "id is present"],
)
def test_every_kind_of_premises_in_xuhui_is_known_to_be_gcj02(xuhui, rule):
    gauge, path = xuhui
    points = _poi(path, rule)
    assert not refused(points, gauge)
    (fault,) = refused(restated(points, "wgs84"), gauge)
    assert 'crs = "gcj02"' in fault.remedy


@pytest.mark.real_data
def test_of_thirty_samples_of_fifty_shops_none_is_refused_wrongly_and_nearly_all_rightly(xuhui):
    gauge, path = xuhui
    shops = _poi(path, "type contains 便利店, 超级市场")
    spots = gpd.points_from_xy(shops.lon, shops.lat, crs="EPSG:4326").to_crs(gauge.plane)
    shops = shops.take(np.asarray(gauge.area.buffer(300).contains(spots)))
    rng = np.random.default_rng(1)
    wrongly = rightly = 0
    for _ in range(30):
        keep = np.zeros(len(shops), dtype=bool)
        keep[rng.choice(len(shops), 50, replace=False)] = True
        evidence = evidence_for(shops.take(keep), gauge)
        wrongly += contradiction(evidence, "gcj02") is not None
        rightly += contradiction(evidence, "wgs84") is not None
    assert wrongly == 0
    assert rightly >= 28


@pytest.mark.real_data
def test_sparse_villages_of_songjiang_and_jinshan_are_known_to_be_gcj02(repository, shared_data):
    scenario = read_scenario(repository / "tests" / "scenarios" / "songjiang_jinshan.toml")
    gauge = _gauge(scenario)
    points = read_points(scenario.demand, scenario.demand.columns, (), FaultLog(), "demand")
    assert not refused(points, gauge)
    for wrong in ("wgs84", "bd09"):
        (fault,) = refused(restated(points, wrong), gauge)
        assert re.search(r"fit the roads only as gcj02: \d+% within 30 m", fault.found)


@pytest.mark.real_data
def test_the_evidence_for_the_true_system_stands_out(xuhui):
    gauge, path = xuhui
    by_system = {
        item.system: item.departure
        for item in evidence_for(_poi(path, "type contains 便利店, 超级市场"), gauge)
    }
    assert by_system["gcj02"] > 6.0
    assert max(by_system["wgs84"], by_system["bd09"]) < 2.0
