"""Real layers whose system is known: of a hundred samples of fifty, none is judged wrongly."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from crs_layers import SYSTEMS, judge, layer

from lastmile.errors import FaultLog
from lastmile.network import read_roads
from lastmile.places import Ground, read_units, to_wgs84, working_crs
from lastmile.places.coordinates import geometries_to_wgs84
from lastmile.places.crs_boundaries import OutlineLayer, check_boundaries
from lastmile.places.crs_evidence import judged
from lastmile.places.crs_gate import CrsGate, Surroundings, surroundings
from lastmile.places.crs_outlines import weigh_outlines
from lastmile.places.crs_pairs import anchor_of, weigh_pairs
from lastmile.places.crs_units import KnownUnits
from lastmile.places.known_outlines import county_outlines
from lastmile.progress import silent
from lastmile.scenario import read_scenario, scenario_from_table

pytestmark = pytest.mark.real_data

DRAWS, SIZE = 100, 50
CHANGZHOU = (119.0, 31.0, 120.6, 32.2)


def verdicts(weigh, n, true, size=SIZE):
    """Judge samples under each label: those that were not told rightly."""
    rng = np.random.default_rng(11)
    wrong = []
    for draw in range(DRAWS):
        weighings = weigh(rng.choice(n, size, replace=False))
        for label in SYSTEMS:
            found = judged(weighings, label)
            expected = ("confirmed" if label == true else "refuted", true)
            if (found.verdict, found.proposal) != expected:
                wrong.append((draw, label, found.verdict, found.proposal))
    return wrong


@pytest.mark.parametrize(
    ("file", "true"),
    [("districts_datav_gcj02.geojson", "gcj02"), ("districts_wgs84.geojson", "wgs84")],
)
def test_fifty_corners_of_the_outlines_of_changzhou_tell_their_system(shared_data, file, true):
    shapes = gpd.read_file(shared_data / "changzhou" / file).geometry.to_numpy()
    lon, lat = shapely.get_coordinates(shapes).T.copy()
    known = np.array(list(county_outlines(CHANGZHOU).values()), dtype=object)
    plane = working_crs(119.9)

    def weigh(rows):
        return [weigh_outlines(lon[rows], lat[rows], known, plane)]

    assert verdicts(weigh, len(lon), true) == []


@pytest.fixture(scope="module")
def xuhui(shared_data, repository):
    scenario = read_scenario(repository / "tests" / "scenarios" / "xuhui.toml")
    table = pd.read_csv(shared_data / "shanghai_xuhui" / "poi_amap_gcj02.csv", dtype=str).fillna("")
    return _around(scenario), table


def _around(scenario):
    faults = FaultLog()
    units = read_units(scenario, faults)
    roads = read_roads(scenario.roads.path, bounds=None, faults=faults, progress=silent)
    assert not faults.faults
    return surroundings(units, Ground(roads.lines(), gpd.GeoDataFrame()))


def _poi(table, stated):
    cells = {"name": list(table["name"]), "type": list(table["type"])}
    lon, lat = table["lng"].to_numpy(float), table["lat"].to_numpy(float)
    return layer(lon, lat, stated, **cells)


def _inside(around, table):
    lon, lat = to_wgs84(table["lng"].to_numpy(float), table["lat"].to_numpy(float), "gcj02")
    return table[shapely.intersects_xy(around.area, lon, lat)].reset_index(drop=True)


@pytest.fixture(scope="module")
def any_type(xuhui):
    around, table = xuhui
    points = _poi(_inside(around, table), "gcj02")
    gate = CrsGate(around, FaultLog())

    def weigh(rows):
        chosen = np.zeros(len(points), dtype=bool)
        chosen[rows] = True
        return gate.own_evidence(points.take(chosen))

    return weigh, len(points)


def test_a_hundred_points_of_any_type_in_xuhui_tell_their_system(any_type):
    assert verdicts(*any_type, "gcj02", size=100) == []


def test_fifty_points_of_any_type_in_xuhui_are_never_judged_wrongly_and_rarely_not_at_all(any_type):
    # A sample in which two or three points name a road may tell too little: it passes with a note.
    wrong = verdicts(*any_type, "gcj02")
    assert len({draw for draw, *_ in wrong}) <= 6
    assert not [w for w in wrong if w[1] == "gcj02" and w[2] == "refuted"]
    assert not [w for w in wrong if w[2] == "refuted" and w[3] not in ("gcj02", "")]


@pytest.mark.parametrize("words", ["便利店|超级市场", "医疗"])
def test_fifty_shops_or_surgeries_in_xuhui_tell_their_system(xuhui, words):
    around, table = xuhui
    table = table[table["type"].str.contains(words)]
    points = _poi(_inside(around, table), "gcj02")
    gate = CrsGate(around, FaultLog())

    def weigh(rows):
        chosen = np.zeros(len(points), dtype=bool)
        chosen[rows] = True
        return gate.own_evidence(points.take(chosen))

    assert verdicts(weigh, len(points), "gcj02") == []


@pytest.mark.parametrize("words", ["便利店|超级市场", "政府", "住宅", ""])
def test_every_kind_of_premises_in_xuhui_is_known_to_be_gcj02(xuhui, words):
    around, table = xuhui
    chosen = table[table["type"].str.contains(words)].reset_index(drop=True)
    for stated in ("gcj02", "wgs84", "bd09", ""):
        _, log = judge(around, demand=_poi(chosen, stated))
        assert bool(log.faults) == (stated != "gcj02")
        for fault in log.faults:
            assert 'demand.crs = "gcj02"' in fault.remedy
            assert "within 50 m of the road they name" in fault.found


@pytest.fixture(scope="module")
def towns(shared_data):
    """Town seats in BD-09, a layer of the same towns in GCJ-02, and the counties around."""
    folder = shared_data / "changzhou"
    seats = pd.read_csv(folder / "towns_coords_bd09_2020.csv", dtype=str).fillna("")
    seats = seats[seats["level"] == "4"].reset_index(drop=True)
    table = pd.read_csv(folder / "admin5_2016_urcode.csv", dtype=str).fillna("")
    table = table[(table["lon_gcj"] != "") & table["level"].isin(["town", "village"])]
    return seats, table.reset_index(drop=True)


def test_fifty_town_seats_tell_their_system_beside_a_layer_of_the_same_towns(towns):
    seats, table = towns
    place = (table["lon_gcj"].to_numpy(float), table["lat_gcj"].to_numpy(float))
    anchor = anchor_of("settlement", table, *place, "gcj02")
    lon, lat, plane = seats["lng"].to_numpy(float), seats["lat"].to_numpy(float), working_crs(119.9)

    def weigh(rows):
        return [weigh_pairs(seats.iloc[rows], lon[rows], lat[rows], anchor, plane)]

    assert verdicts(weigh, len(seats), "bd09") == []


@pytest.mark.parametrize("stated", SYSTEMS)
def test_a_gate_that_sees_both_layers_tells_both(towns, stated):
    seats, table = towns
    counties = KnownUnits(county_outlines(CHANGZHOU), {})
    around = Surroundings(shapely.box(*CHANGZHOU), working_crs(119.9), counties, None, None)
    villages = _table_layer(table, "lon_gcj", "lat_gcj", "gcj02", "admin5.csv")
    own = _table_layer(seats, "lng", "lat", stated, "seats.csv")
    notes, log = judge(around, settlement=villages, demand=own)
    assert notes == ()
    assert [fault.where for fault in log.faults] == ["demand.crs"] * (stated != "bd09")
    verdicts_by_key = {f.key: (f.verdict, f.proposal) for f in log.findings.crs}
    assert verdicts_by_key["settlement"] == ("confirmed", "gcj02")
    assert verdicts_by_key["demand"] == ("confirmed" if stated == "bd09" else "refuted", "bd09")


def test_without_such_a_layer_the_seats_pass_with_a_note_in_any_system(towns):
    seats, _ = towns
    counties = KnownUnits(county_outlines(CHANGZHOU), {})
    around = Surroundings(shapely.box(*CHANGZHOU), working_crs(119.9), counties, None, None)
    for stated in ("gcj02", "bd09"):
        own = _table_layer(seats, "lng", "lat", stated, "seats.csv")
        notes, log = judge(around, demand=own)
        assert not log.faults
        assert len(notes) == (stated == "gcj02" or log.findings.crs[0].verdict == "unconfirmed")


def _table_layer(table, lon, lat, stated, file):
    cells = {column: list(table[column]) for column in ("code", "name")}
    x, y = table[lon].to_numpy(float), table[lat].to_numpy(float)
    return layer(x, y, stated, file, **cells)


@pytest.mark.parametrize("stated", [*SYSTEMS, "file"])
@pytest.mark.parametrize(
    ("file", "true", "code"),
    [
        ("districts_datav_gcj02.geojson", "gcj02", "adcode"),
        ("districts_wgs84.geojson", "wgs84", "gb"),
    ],
)
def test_boundaries_of_changzhou_are_refused_in_a_wrong_system(
    shared_data, file, true, code, stated
):
    path = shared_data / "changzhou" / file
    columns = list(gpd.read_file(path, rows=1).columns)
    boundary = {"path": str(path), "crs": stated, "name_column": "name",
                "code_column": code if code in columns else "name"}  # fmt: skip
    table = {"name": "x", "boundaries": [boundary], "roads": {"path": "r.pbf"},
             "demand": {"source": "raster", "path": "p.tif"}}  # fmt: skip
    faults = FaultLog()
    read_units(scenario_from_table(table, path.parent, "scenario.toml"), faults)
    found = faults.findings.crs[0]
    read_as = "wgs84" if stated == "file" else stated  # GeoJSON says WGS84, whatever it holds
    assert (found.verdict, found.proposal) == ("confirmed" if read_as == true else "refuted", true)
    assert [fault.where for fault in faults.faults] == ["boundaries[0].crs"] * (read_as != true)


def test_points_are_not_held_against_outlines_that_are_refused_themselves(shared_data):
    folder = shared_data / "changzhou"
    boundary = {"path": str(folder / "districts_datav_gcj02.geojson"), "crs": "wgs84",
                "code_column": "adcode"}  # fmt: skip
    table = {"name": "x", "boundaries": [boundary], "roads": {"path": "r.pbf"},
             "demand": {"source": "raster", "path": "p.tif"}}  # fmt: skip
    faults = FaultLog()
    units = read_units(scenario_from_table(table, folder, "scenario.toml"), faults)
    assert [fault.where for fault in faults.faults] == ["boundaries[0].crs"]
    rows = pd.read_csv(folder / "villages_2023.csv", dtype=str).fillna("")
    rows = rows[rows["lon_gcj"] != ""].reset_index(drop=True)
    villages = _table_layer(rows, "lon_gcj", "lat_gcj", "gcj02", "villages.csv")
    _, log = judge(surroundings(units, None), settlement=villages)
    assert not log.faults
    assert [(f.verdict, f.proposal) for f in log.findings.crs] == [("confirmed", "gcj02")]


def test_parts_of_the_outlines_are_told_as_the_whole(shared_data):
    frame = gpd.read_file(shared_data / "changzhou" / "districts_datav_gcj02.geojson")
    shapes = frame.geometry.to_numpy()
    for k, shape in enumerate(shapes):
        for stated in SYSTEMS:
            read = np.array([shape], dtype=object)
            one = OutlineLayer(
                "boundaries[0]", "f", stated, ("",), geometries_to_wgs84(read, stated)
            )
            faults = FaultLog()
            check_boundaries([one], faults)
            found = faults.findings.crs[0]
            assert (found.verdict == "refuted") == (stated != "gcj02"), (k, stated)


def test_sparse_villages_of_songjiang_and_jinshan_are_known_to_be_gcj02(repository, shared_data):
    scenario = read_scenario(repository / "tests" / "scenarios" / "songjiang_jinshan.toml")
    around = _around(scenario)
    table = pd.read_csv(shared_data / "shanghai_sw" / "admin5_2016_urcode.csv", dtype=str).fillna(
        ""
    )
    table = table[(table["lon_gcj"] != "") & (table["level"] == "village")].reset_index(drop=True)
    for stated in ("gcj02", "wgs84", "bd09"):
        _, log = judge(around, demand=_table_layer(table, "lon_gcj", "lat_gcj", stated, "v.csv"))
        assert bool(log.faults) == (stated != "gcj02")
        for fault in log.faults:
            assert 'demand.crs = "gcj02"' in fault.remedy
