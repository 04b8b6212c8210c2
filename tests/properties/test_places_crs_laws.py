"""Laws of the gate: what evidence may and may not do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import shapely
from crs_layers import around, judge, layer
from hypothesis import given, settings
from hypothesis import strategies as st

from lastmile.places import from_wgs84, working_crs
from lastmile.places.crs_evidence import (
    CONFIRMED,
    REFUTED,
    SYSTEMS,
    Weighing,
    figures_of,
    judged,
    odds_of_misfits,
    total_odds,
)
from lastmile.places.crs_outlines import weigh_outlines
from lastmile.places.crs_units import KnownUnits, short_code, weigh_units

PLANE = working_crs(119.95)
systems = st.sampled_from(SYSTEMS)
odds = st.lists(st.floats(-40.0, 40.0), min_size=3, max_size=3)
spots = st.lists(st.tuples(st.floats(119.9, 120.0), st.floats(31.7, 31.8)), min_size=1, max_size=30)


def weighing(support):
    values, phrases = np.array(support), ["x"] * 3
    return Weighing(figures_of("x", support, phrases, phrases), values[:, None] - values[None, :])


@given(st.lists(odds, max_size=4), systems)
def test_a_system_is_refused_only_when_another_explains_the_layer_clearly_better(many, stated):
    weighings = [weighing(support) for support in many]
    found = judged(weighings, stated)
    against = total_odds(weighings)[:, SYSTEMS.index(stated)]
    assert (found.verdict == "refuted") == bool(against.max() >= REFUTED)
    if found.verdict == "confirmed":
        assert np.delete(-against, SYSTEMS.index(stated)).min() >= CONFIRMED
    assert found.proposal != stated or found.verdict == "confirmed"


@given(st.lists(odds, max_size=4), systems)
def test_a_proposal_does_not_depend_on_what_is_stated(many, stated):
    weighings = [weighing(support) for support in many]
    found = judged(weighings, stated)
    if found.verdict == "refuted":
        assert found.proposal == judged(weighings, "").proposal


@given(st.lists(st.lists(st.floats(0, 1e4), min_size=6, max_size=6), min_size=3, max_size=3))
def test_misfits_compare_systems_antisymmetrically(misfits):
    found = odds_of_misfits(np.array(misfits))
    np.testing.assert_allclose(found, -found.T)
    assert np.isfinite(found).all()


@given(spots, systems, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_odds(places, true, random):
    lon, lat = from_wgs84(*np.array(places).T.copy(), true)
    half = {"320402": shapely.box(119.9, 31.7, 119.95, 31.8)}
    frame = pd.DataFrame({"code": ["320402001"] * len(places)})
    order = list(range(len(places)))
    random.shuffle(order)
    one = weigh_units(frame, lon, lat, KnownUnits(half, {}))
    other = weigh_units(frame, lon[order], lat[order], KnownUnits(half, {}))
    np.testing.assert_array_equal(one.log_odds, other.log_odds)


@given(st.integers(0, 1000), systems, systems)
@settings(max_examples=25)
def test_corners_strewn_at_random_refuse_no_system(seed, true, stated):
    rng = np.random.default_rng(seed)
    squares = [shapely.box(x, y, x + 0.05, y + 0.05) for x in (119.8, 119.9) for y in (31.7, 31.8)]
    lon, lat = rng.uniform(119.8, 119.95, 60), rng.uniform(31.7, 31.85, 60)
    found = weigh_outlines(*from_wgs84(lon, lat, true), np.array(squares, dtype=object), PLANE)
    assert found is None or judged([found], stated).verdict != "refuted"


@given(st.integers(0, 1000), st.floats(0.0, 60.0), systems)
@settings(max_examples=25)
def test_corners_drawn_apart_by_some_metres_are_never_refused_in_their_system(seed, apart_m, true):
    rng = np.random.default_rng(seed)
    ring = shapely.segmentize(shapely.box(119.8, 31.7, 119.95, 31.85).exterior, 0.01)
    spots = pyproj.Proj(PLANE)(*shapely.get_coordinates(ring).T)
    moved = np.array(spots) + rng.normal(0.0, apart_m, (2, len(spots[0])))
    lon, lat = pyproj.Proj(PLANE)(*moved, inverse=True)
    known = np.array([shapely.box(119.8, 31.7, 119.95, 31.85)], dtype=object)
    found = weigh_outlines(*from_wgs84(lon, lat, true), known, PLANE)
    assert judged([found], true).verdict == "confirmed"
    for other in SYSTEMS:
        if other != true:
            assert judged([found], other).proposal == true


@given(st.integers(100_000, 999_999), st.integers(1, 999), st.integers(1, 999))
def test_codes_are_read_whatever_fills_them_up(county, town, village):
    township = f"{county}{town:03d}"
    assert short_code(f"{county}000000") == short_code(str(county)) == str(county)
    assert short_code(f"{township}000") == short_code(f"{township}.0") == township
    assert short_code(f"{township}{village:03d}") == f"{township}{village:03d}"


@given(spots, st.sampled_from(["", *SYSTEMS, "EPSG:4549"]))
@settings(max_examples=40)
def test_a_layer_without_a_system_never_passes_and_every_layer_is_found(places, stated):
    lon, lat = np.array(places).T.copy()
    _, log = judge(around(), demand=layer(lon, lat, stated))
    assert bool(log.faults) or stated != ""
    assert [finding.key for finding in log.findings.crs] == ["demand"]
