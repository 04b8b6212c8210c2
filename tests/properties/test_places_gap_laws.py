"""Laws of the gaps between known premises, against every pair of points measured one by one."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lastmile.places.gaps import Gaps

spots = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12).map(
    lambda some: 50.0 * np.array(some, dtype=np.float64).reshape(-1, 2)
)


def points(places):
    return np.array(shapely.points(places), dtype=object).reshape(-1)


def gaps_of(demand, limits_m, known):
    return Gaps.of(points(demand), limits_m, np.ones(len(demand)), points(known))


def apart_m(one, two):
    return np.hypot(*(one[:, None, :] - two[None, :, :]).transpose(2, 0, 1))


@given(spots, spots, st.randoms(use_true_random=False))
def test_a_gap_is_whoever_no_known_premises_reach_and_the_limit_is_inclusive(demand, known, random):
    limits_m = np.array([random.choice([500.0, 1000.0]) for _ in demand])
    gaps = gaps_of(demand, limits_m, known)
    missed = ~(apart_m(demand, known) <= limits_m[:, None]).any(axis=1)
    assert shapely.get_coordinates(gaps.spots).tolist() == demand[missed].tolist()
    assert gaps.people == missed.sum()


@given(spots, spots, spots, st.randoms(use_true_random=False))
def test_a_place_is_of_use_where_it_reaches_somebody_in_a_gap(demand, known, places, random):
    limits_m = np.array([random.choice([500.0, 1000.0]) for _ in demand])
    gaps = gaps_of(demand, limits_m, known)
    missed = shapely.get_coordinates(gaps.spots).reshape(-1, 2)
    reached = (apart_m(places, missed) <= gaps.service_distance_m[None, :]).any(axis=1)
    assert gaps.reached_from(points(places)).tolist() == reached.tolist()


@given(spots, spots, spots)
def test_more_known_premises_never_open_a_gap(demand, known, more):
    limits_m = np.full(len(demand), 500.0)
    assert len(gaps_of(demand, limits_m, np.concatenate([known, more]))) <= len(
        gaps_of(demand, limits_m, known)
    )
