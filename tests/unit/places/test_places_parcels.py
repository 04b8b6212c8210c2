"""Orders reach the demand points, and no parcel disappears without a word."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from lastmile.places import parcels_of_orders, working_crs

PLANE = working_crs(120.0)
TO_DEGREES = Transformer.from_crs("EPSG:4549", "EPSG:4326", always_xy=True)


def at(x_m, y_m):
    return shapely.Point(TO_DEGREES.transform(500_000 + x_m, 3_518_000 + y_m))


def demand(*rows):
    spots, classes, people, units = zip(*rows, strict=True)
    columns = {"settlement": classes, "people": people, "unit_code": units}
    return gpd.GeoDataFrame(columns, geometry=[at(*s) for s in spots], crs="EPSG:4326")


def orders(*rows, units=None):
    spots, parcels = zip(*rows, strict=True)
    columns = {"id": [f"o{k}" for k in range(1, len(rows) + 1)], "parcels": parcels}
    if units is not None:
        columns["unit_code"] = units
    return gpd.GeoDataFrame(columns, geometry=[at(*s) for s in spots], crs="EPSG:4326")


STREET = demand(
    ((0, 0), "urban", 100.0, "a"), ((500, 0), "urban", 100.0, "b"), ((1000, 0), "rural", 50.0, "b")
)


def test_an_order_goes_to_the_nearest_point_and_rates_follow():
    found = parcels_of_orders(STREET, orders(((10, 0), 3), ((900, 0), 5), ((90, 5), 1)), PLANE, 300)
    assert found.parcels.tolist() == [4.0, 0.0, 5.0]
    assert found.placed.tolist() == [0, 2, 0]
    assert found.per_person_day == pytest.approx({"urban": 0.02, "rural": 0.1})
    (note,) = found.notes
    assert "9 a day" in note.en
    assert "城镇每人每日 0.02 件" in note.zh


def test_an_order_far_from_everybody_is_told_by_its_id():
    found = parcels_of_orders(STREET, orders(((0, 299), 2), ((0, 301), 7)), PLANE, 300)
    assert found.parcels.sum() == 2.0
    assert found.placed.tolist() == [0, -1]
    assert "1 orders (7 parcels) have no demand point within 300 m" in found.notes[-1].en
    assert found.notes[-1].en.endswith("o2")


def test_an_order_stays_in_its_own_unit_where_that_has_a_point_near():
    one = orders(((100, 0), 1), ((100, 0), 1), ((100, 0), 1), units=["b", "", "unknown"])
    assert parcels_of_orders(STREET, one, PLANE, 450).placed.tolist() == [1, 0, 0]
    # 400 m are too far: the nearest of all takes it.
    assert parcels_of_orders(STREET, one, PLANE, 300).placed.tolist() == [0, 0, 0]


@given(
    st.lists(
        st.tuples(st.tuples(st.integers(-900, 1900), st.integers(-900, 900)), st.integers(0, 40)),
        min_size=1,
        max_size=25,
    ),
    st.integers(1, 1500),
)
def test_every_parcel_is_placed_or_told(rows, limit_m):
    frame = orders(*rows)
    found = parcels_of_orders(STREET, frame, PLANE, limit_m)
    lost = frame["parcels"].to_numpy()[found.placed < 0].sum()
    assert found.parcels.sum() + lost == frame["parcels"].sum()
    away = np.array([[a.distance(b) for b in _flat(STREET)] for a in _flat(frame)]).min(axis=1)
    clear = np.abs(away - limit_m) > 1e-3
    assert ((found.placed >= 0) == (away <= limit_m))[clear].all()


def _flat(frame):
    return frame.to_crs("EPSG:4549").geometry
