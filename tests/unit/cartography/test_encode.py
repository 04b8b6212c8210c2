"""Coded geometry decodes to what went in, and sorts as the page needs it."""

from __future__ import annotations

import base64
import itertools

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from lastmile.cartography import encode

degrees = st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-85, 85, allow_nan=False))


def decoded(text: str) -> list[int]:
    """Read varints as the page does, but written apart from it."""
    out, value, shift = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            out.append(value)
            value, shift = 0, 0
    return out


def signed(text: str) -> list[int]:
    return [-(v + 1) // 2 if v % 2 else v // 2 for v in decoded(text)]


@given(st.lists(st.integers(0, 2**40)))
def test_counts_decode_to_what_was_encoded(values):
    assert decoded(encode.encode_counts(np.array(values, dtype=np.int64))) == values


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_differences_add_up_to_what_was_encoded(values):
    text = encode.encode_signed(np.array(values, dtype=np.int64))
    assert np.cumsum(signed(text), dtype=np.int64).tolist() == values


@given(st.lists(degrees, min_size=1))
def test_points_come_back_within_half_a_step(places):
    given_deg = np.array(places, dtype=np.float64)
    steps = np.array(signed(encode.encode_points(given_deg))).reshape(-1, 2).cumsum(axis=0)
    assert np.abs(steps / encode.DEGREE_STEPS - given_deg).max() <= 0.5000001e-5


def test_a_line_that_rounds_to_a_point_is_left_out_and_named():
    dot = LineString([(120, 31), (120.000001, 31)])
    line = LineString([(120, 31), (120, 31), (120.001, 31.002)])
    text, kept = encode.encode_lines(np.array([dot, line, dot], dtype=object))
    assert kept.tolist() == [1]
    assert decoded(text["n"]) == [2]
    assert signed(text["xy"]) == [12_000_000, 3_100_000, 100, 200]


def test_no_lines_encode_to_nothing():
    text, kept = encode.encode_lines(np.empty(0, dtype=object))
    assert (text, kept.tolist()) == ({"n": "", "xy": ""}, [])


@given(st.lists(degrees, min_size=1, max_size=60), st.integers(1, 20))
def test_every_cell_of_every_zoom_is_one_run_of_points(places, bits):
    lon_lat = np.array(places, dtype=np.float64)
    order = encode.drawing_order(lon_lat)
    assert sorted(order.tolist()) == list(range(len(places)))
    lon, lat = (encode.quantise(lon_lat[order]) / encode.DEGREE_STEPS).T
    x = lon / 360 + 0.5
    y = 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * np.pi)
    side = 2**bits
    cells = [
        (min(int(a * side), side - 1), min(int(b * side), side - 1))
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]
    runs = 1 + sum(a != b for a, b in itertools.pairwise(cells))
    assert runs == len(set(cells))


def test_rings_of_a_polygon_with_a_hole_are_all_encoded():
    polygon = shapely.box(0, 0, 1, 1) - shapely.box(0.2, 0.2, 0.4, 0.4)
    text, kept = encode.encode_lines(shapely.get_rings([polygon]))
    assert decoded(text["n"]) == [5, 5]
    assert kept.tolist() == [0, 1]
