"""Laws of the coordinate systems."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.places import from_wgs84, to_wgs84, working_crs
from lastmile.places.coordinates import geometries_to_wgs84

_GEOD = pyproj.Geod(ellps="WGS84")
in_china = st.tuples(st.floats(74.0, 134.5), st.floats(4.0, 53.0))
on_earth = st.tuples(st.floats(-179.0, 179.0), st.floats(-80.0, 80.0))
systems = st.sampled_from(["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4490"])


def _array(value):
    return np.array([value])


@given(in_china, systems)
def test_going_there_and_back_returns_within_a_millimetre(spot, crs):
    lon, lat = _array(spot[0]), _array(spot[1])
    back_lon, back_lat = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    _, _, distance_m = _GEOD.inv(lon, lat, back_lon, back_lat)
    assert distance_m[0] < 1e-3


@given(in_china, st.sampled_from(["gcj02", "bd09"]))
def test_reading_first_and_writing_back_returns_within_a_millimetre_too(spot, crs):
    lon, lat = _array(spot[0]), _array(spot[1])
    back_lon, back_lat = from_wgs84(*to_wgs84(lon, lat, crs), crs)
    _, _, distance_m = _GEOD.inv(lon, lat, back_lon, back_lat)
    assert distance_m[0] < 1e-3


@given(in_china)
def test_gcj02_moves_every_place_in_china_by_less_than_a_kilometre(spot):
    lon, lat = _array(spot[0]), _array(spot[1])
    _, _, distance_m = _GEOD.inv(lon, lat, *from_wgs84(lon, lat, "gcj02"))
    assert 10.0 < distance_m[0] < 1_000.0


@given(on_earth.filter(lambda spot: not (71 < spot[0] < 139 and 0 < spot[1] < 56)))
def test_gcj02_moves_nothing_outside_china(spot):
    lon, lat = _array(spot[0]), _array(spot[1])
    assert from_wgs84(lon, lat, "gcj02") == (lon, lat)
    assert to_wgs84(lon, lat, "gcj02") == (lon, lat)


@given(st.floats(-179.0, 179.0), st.floats(-60.0, 60.0))
def test_the_working_plane_measures_a_kilometre_to_within_40_centimetres(lon, lat):
    plane = pyproj.Transformer.from_crs("EPSG:4326", working_crs(lon), always_xy=True)
    east, north, _ = _GEOD.fwd(lon, lat, 30.0, 1000.0)
    x0, y0 = plane.transform(lon, lat)
    x1, y1 = plane.transform(east, north)
    assert np.hypot(x1 - x0, y1 - y0) == pytest.approx(1000.0, abs=0.4)


def test_known_points_of_changzhou_shift_by_half_a_kilometre_to_the_east_south_east():
    lon, lat = _array(119.97), _array(31.79)
    azimuth, _, distance_m = _GEOD.inv(lon, lat, *from_wgs84(lon, lat, "gcj02"))
    assert 487.0 < distance_m[0] < 557.0
    assert 111.0 < azimuth[0] < 120.0


def test_the_zone_of_changzhou_is_the_one_at_120_degrees():
    assert working_crs(119.97).to_epsg() == 4549
    assert working_crs(75.2).to_epsg() == 4534
    assert working_crs(135.1).to_epsg() == 4554


def test_an_unknown_system_is_refused():
    with pytest.raises(ValueError, match="coordinate system"):
        to_wgs84(_array(120.0), _array(31.0), "EPSG:999999")


@pytest.mark.real_data
def test_the_gcj02_twin_of_the_districts_lands_on_the_true_outlines(shared_data):
    true = gpd.read_file(shared_data / "changzhou" / "districts_wgs84.geojson").set_index("name")
    twin = gpd.read_file(shared_data / "changzhou" / "districts_datav_gcj02.geojson")
    twin = twin.set_index("name")
    for name, outline in true.geometry.items():
        (moved,) = geometries_to_wgs84(np.array([twin.geometry[name]], dtype=object), "gcj02")
        mended = _differing_share(moved, outline)
        # The twin is drawn coarser, so a few per cent remain; the shift itself is gone.
        assert mended < 0.075
        assert mended < 0.6 * _differing_share(twin.geometry[name], outline)


def _differing_share(one, other):
    return one.symmetric_difference(other).area / other.area
