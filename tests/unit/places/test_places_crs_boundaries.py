"""Boundary layers and whole scenarios whose system is wrong, or not stated."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lastmile.errors import FaultLog
from lastmile.places import from_wgs84, outline_bounds, read_units
from lastmile.places.coordinates import geometries_to_wgs84
from lastmile.places.known_outlines import county_outlines
from lastmile.scenario import scenario_from_table

COUNTIES = ("320402", "320404")


@pytest.fixture(scope="module")
def districts():
    known = county_outlines((119.8, 31.7, 120.1, 31.9))
    shapes = [known[code] for code in COUNTIES]
    return gpd.GeoDataFrame({"code": COUNTIES, "name": ["天宁", "钟楼"]}, geometry=shapes, crs=4326)


def read(folder, **boundary):
    table = {
        "name": "x",
        "boundaries": [{"level": "district", **boundary}],
        "roads": {"path": "r.pbf"},
        "demand": {"source": "raster", "path": "p.tif"},
    }
    faults = FaultLog()
    units = read_units(scenario_from_table(table, folder, "scenario.toml"), faults)
    return units, faults


ZONES = [4549, 4528, 4548, 4497, 3857]


@pytest.mark.parametrize("true", ZONES)
@pytest.mark.parametrize("stated", ["file", "EPSG:4549", "EPSG:4528"])
def test_outlines_in_a_wrong_zone_are_refused_with_the_right_one(tmp_path, districts, true, stated):
    districts.to_crs(true).to_file(tmp_path / "units.shp")
    (tmp_path / "units.prj").unlink()
    units, log = read(tmp_path, path="units.shp", crs=stated)
    if stated == f"EPSG:{true}":
        assert not log.faults
        assert len(units.units) == 2
    else:
        (fault,) = log.faults
        assert fault.where == "boundaries[0].crs"
        assert f'boundaries[0].crs = "EPSG:{true}"' in fault.remedy
        assert units is None


@pytest.mark.parametrize("true", ["wgs84", "gcj02", "bd09"])
def test_outlines_in_degrees_without_a_system_are_refused_with_a_proposal(
    tmp_path, districts, true
):
    moved = shapely.transform(
        districts.geometry.to_numpy(),
        lambda c: np.column_stack(from_wgs84(c[:, 0].copy(), c[:, 1].copy(), true)),
    )
    frame = gpd.GeoDataFrame(districts.drop(columns="geometry"), geometry=moved, crs=4326)
    frame.to_file(tmp_path / "units.shp")
    (tmp_path / "units.prj").unlink()
    units, log = read(tmp_path, path="units.shp")
    assert units is None
    (fault,) = log.faults
    assert fault.found.count("within 100 m of a known outline") == 3
    assert f'boundaries[0].crs = "{true}"' in fault.remedy
    assert not read(tmp_path, path="units.shp", crs=true)[1].faults


def test_a_second_layer_is_held_against_the_first(tmp_path, districts):
    """Townships far inside their county touch no county border, but those of other townships."""
    districts = districts.assign(level="x")
    west, south, east, north = districts.total_bounds
    xs, ys = np.linspace(west, east, 9), np.linspace(south, north, 9)
    cells = [
        shapely.box(x0, y0, x1, y1)
        for x0, x1 in itertools.pairwise(xs)
        for y0, y1 in itertools.pairwise(ys)
    ]
    whole = districts.geometry.union_all()
    cut = [piece for piece in shapely.intersection(cells, whole) if not piece.is_empty]
    towns = gpd.GeoDataFrame(
        {"code": [f"t{k}" for k in range(len(cut))], "name": "x"}, geometry=cut, crs=4326
    )
    districts.to_file(tmp_path / "districts.gpkg")
    towns.to_file(tmp_path / "towns.gpkg")
    for stated in ("wgs84", "gcj02", "bd09"):
        table = {
            "name": "x",
            "boundaries": [
                {"path": "districts.gpkg"},
                {"path": "towns.gpkg", "level": "township", "crs": stated},
            ],
            "roads": {"path": "r.pbf"},
            "demand": {"source": "raster", "path": "p.tif"},
        }
        faults = FaultLog()
        read_units(scenario_from_table(table, tmp_path, "scenario.toml"), faults)
        assert [f.where for f in faults.faults] == ["boundaries[1].crs"] * (stated != "wgs84")
        assert [f.proposal for f in faults.findings.crs] == ["wgs84", "wgs84"]


def test_coordinates_beyond_a_projection_are_one_fault_and_not_one_for_each_unit(
    tmp_path, districts
):
    districts = districts.assign(code=["a", "b"])  # no county to look at
    districts.to_crs(4528).to_file(tmp_path / "units.shp")
    (fault,) = read(tmp_path, path="units.shp", crs="EPSG:4549")[1].faults
    assert fault.found == "coordinates that are none of EPSG:4549"


def test_outlines_that_meet_no_known_border_pass_with_a_note(tmp_path):
    square = gpd.GeoDataFrame(
        {"code": ["v"], "name": ["村"]},
        geometry=[shapely.box(119.60, 31.60, 119.61, 31.61)],
        crs=4326,
    )
    square.to_file(tmp_path / "v.gpkg")
    units, log = read(tmp_path, path="v.gpkg")
    assert not log.faults
    assert [note.en[:13] for note in units.notes] == ["boundaries[0]"]
    assert "无法用道路" in units.notes[0].zh


def test_a_gcj02_twin_lands_on_the_outlines_it_was_made_of(districts):
    shapes = districts.geometry.to_numpy()
    back = geometries_to_wgs84(geometries_to_wgs84(shapes, "gcj02"), "wgs84")
    assert shapely.hausdorff_distance(back, shapes).min() > 0.002


def test_every_point_source_without_a_system_is_refused_once_and_nothing_is_read(village):
    rows = "id,lon,lat,ur_code\ns,119.97,31.78,111\n"
    for name in ("shops.csv", "open.csv", "depots.csv", "classes.csv"):
        village.write(name, rows)
    del village.table["demand"]["crs"]
    village.table |= {
        "candidates": [{"source": "points", "path": "shops.csv"}],
        "existing": [{"path": "open.csv"}],
        "depots": [{"path": "depots.csv"}],
        "settlement": {"source": "nearest_community", "path": "classes.csv"},
    }
    keys = ["candidates[0]", "demand", "depots[0]", "existing[0]", "settlement"]
    for ground in (True, False):
        village.faults = FaultLog()
        assert village.read(ground=ground) is None
        told = [f for f in village.faults.faults if "no coordinate system stated" in f.found]
        assert sorted(fault.where for fault in told) == [f"{key}.crs" for key in keys]
        assert len(village.faults.faults) == len(keys)


def test_eastings_without_a_system_are_refused_once_with_their_zone(village):
    village.people("id,lon,lat,people\na,497100,3518500,10\nb,498500,3518510,20\n")
    del village.table["demand"]["crs"]
    assert village.read() is None
    (fault,) = village.faults.faults
    assert fault.where == "demand.crs"
    assert 'set demand.crs = "EPSG:4549"' in fault.remedy


def test_a_raster_is_said_to_be_untested(village):
    village.table["demand"] = {"source": "raster", "path": "people.tif"}
    village.read()
    found = {finding.key: finding for finding in village.faults.findings.crs}
    assert (found["demand"].verdict, found["demand"].evidence) == ("unconfirmed", ())


def test_outlines_of_a_command_are_told_by_its_option(tmp_path, districts):
    districts.to_crs(4528).to_file(tmp_path / "units.shp")
    (tmp_path / "units.prj").unlink()
    log = FaultLog()
    assert outline_bounds(tmp_path / "units.shp", "file", log) is None
    (fault,) = log.faults
    assert fault.remedy == 'set --crs = "EPSG:4528"'
    assert outline_bounds(tmp_path / "units.shp", "EPSG:4528", log) is not None
