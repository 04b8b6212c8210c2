"""Laws of splitting, thinning and locating."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lastmile.places.junctions import thinned
from lastmile.places.locate import unit_positions
from lastmile.places.shares import split_exactly

weights = arrays(np.float64, st.integers(1, 40), elements=st.floats(0.01, 1e4))
spots = arrays(np.float64, st.tuples(st.integers(0, 40), st.just(2)), elements=st.floats(0, 1000))


@given(st.integers(0, 10**10), weights)
def test_splitting_people_loses_nobody(thousandths, weight):
    parts = np.rint(split_exactly(thousandths / 1000.0, weight) * 1000.0).astype(np.int64)
    assert int(parts.sum()) == thousandths
    assert (parts >= 0).all()


@given(st.integers(0, 10**7), weights)
def test_each_share_is_within_a_thousandth_of_its_proportion(thousandths, weight):
    parts = split_exactly(thousandths / 1000.0, weight)
    exact = weight / weight.sum() * thousandths / 1000.0
    assert np.abs(parts - exact).max() < 0.001 + 1e-9


@given(spots, st.floats(1.0, 500.0))
def test_thinned_points_keep_their_distance_and_leave_no_room(spots, spacing_m):
    chosen = spots[thinned(spots, spacing_m)]
    between = np.hypot(*(chosen[:, None, :] - chosen[None, :, :]).transpose(2, 0, 1))
    assert (between[~np.eye(len(chosen), dtype=bool)] >= spacing_m - 1e-6).all()
    if len(spots):
        away = np.hypot(*(spots[:, None, :] - chosen[None, :, :]).transpose(2, 0, 1)).min(axis=1)
        assert (away < spacing_m + 1e-6).all()


@given(spots, st.randoms(use_true_random=False))
def test_thinning_does_not_depend_on_the_order_of_the_points(spots, random):
    order = list(range(len(spots)))
    random.shuffle(order)
    shuffled = spots[order]
    assert (spots[thinned(spots, 100.0)] == shuffled[thinned(shuffled, 100.0)]).all()


@given(arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(-5, 25)))
def test_the_unit_of_a_point_is_the_first_polygon_that_holds_it(xy):
    polygons = np.array([shapely.box(k * 5, 0, k * 5 + 5, 20) for k in range(4)], dtype=object)
    points = shapely.points(xy)
    found = unit_positions(points, polygons)
    for point, position in zip(points, found, strict=True):
        holding = [k for k, polygon in enumerate(polygons) if polygon.intersects(point)]
        assert position == (holding[0] if holding else -1)
