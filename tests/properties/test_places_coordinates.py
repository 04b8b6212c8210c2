"""Laws of the coordinate systems."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lastmile.errors import FaultLog
from lastmile.places import from_wgs84, outline_bounds, to_wgs84, working_crs
from lastmile.places.coordinates import areas_m2, geometries_to_wgs84, projected

_GEOD = pyproj.Geod(ellps="WGS84")
in_china = st.tuples(st.floats(74.0, 134.5), st.floats(4.0, 53.0))
in_box = st.tuples(st.floats(72.0041, 137.8346), st.floats(0.8294, 55.827))
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


@given(st.lists(in_box, max_size=40), st.sampled_from(["gcj02", "bd09"]))
def test_the_inverse_holds_everywhere_in_the_box_where_the_shift_applies(spots, crs):
    lon, lat = np.array(spots, dtype=np.float64).reshape(-1, 2).T.copy()
    back_lon, back_lat = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert back_lon.shape == lon.shape
    _, _, distance_m = _GEOD.inv(lon, lat, back_lon, back_lat)
    assert np.all(np.asarray(distance_m) < 1e-3)


@given(
    st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=9),
    in_china,
    st.sampled_from(["gcj02", "bd09"]),
)
def test_what_is_no_number_stays_none_and_disturbs_no_other_point(odd, spot, crs):
    odd = [pair for pair in odd if not np.isfinite(pair).all()]
    lon, lat = np.array([*odd, spot], dtype=np.float64).T.copy()
    for convert in (from_wgs84, to_wgs84):
        x, y = convert(lon, lat, crs)
        alone = convert(lon[-1:], lat[-1:], crs)
        assert not np.isfinite(x[:-1] + y[:-1]).any()
        assert (x[-1], y[-1]) == (alone[0][0], alone[1][0])


@given(st.floats(74.0, 134.0), st.floats(18.0, 53.0), st.floats(0.01, 4.0))
def test_areas_are_right_to_a_tenth_of_a_per_cent_across_the_edges_of_zones(west, south, width):
    box = shapely.segmentize(shapely.box(west, south, west + width, south + 0.5), 0.05)
    (measured,) = areas_m2(np.array([box], dtype=object))
    equal_area = pyproj.CRS.from_proj4(
        f"+proj=laea +lon_0={west + width / 2} +lat_0={south + 0.25} +ellps=WGS84"
    )
    (flat,) = projected(np.array([box], dtype=object), equal_area)
    assert measured == pytest.approx(flat.area, rel=1e-3)


def test_a_hole_is_no_area_whichever_way_its_ring_turns():
    shell = shapely.box(119.9, 31.7, 120.1, 31.9)
    hole = [(119.95, 31.75), (119.95, 31.8), (120.0, 31.8), (120.0, 31.75)]
    whole, inner = areas_m2(np.array([shell, shapely.Polygon(hole)], dtype=object))
    for ring in (hole, hole[::-1]):
        pierced = shapely.Polygon(shell.exterior, [ring])
        (left,) = areas_m2(np.array([pierced], dtype=object))
        assert left == pytest.approx(whole - inner)
    assert areas_m2(np.array([shapely.Polygon(), shapely.Point(1, 2)], dtype=object)).sum() == 0


@pytest.mark.parametrize("epsg", [4490, 4326, 4549, 4528, 4214])
def test_a_file_in_any_axis_order_lies_where_it_was_drawn(tmp_path, epsg):
    village = shapely.box(119.9, 31.7, 120.1, 31.9)
    frame = gpd.GeoDataFrame({"code": ["v"]}, geometry=[village], crs="EPSG:4326").to_crs(epsg)
    for name in ("v.gpkg", "v.shp", "v.geojson"):
        frame.to_file(tmp_path / name)
        bounds = outline_bounds(tmp_path / name, "file", FaultLog())
        # Beijing 1954 lies some 100 m off, by whichever datum shift PROJ has at hand.
        assert bounds == pytest.approx(village.bounds, abs=2e-3 if epsg == 4214 else 1e-4)


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
