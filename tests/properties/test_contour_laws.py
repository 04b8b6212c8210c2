"""Laws of the rings around fields on a grid, against plain counting."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from lastmile.network.contours import fill_holes, label_parts, trace_rings
from lastmile.network.thinning import kept_vertices

VALUES = st.sampled_from([-10.0, -3.0, -0.001, 0.0, 0.001, 4.0, 10.0])


@st.composite
def fields(draw):
    """A field whose outermost points are outside."""
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    return np.pad(draw(arrays(np.float64, shape, elements=VALUES)), 1, constant_values=-10.0)


def polygons(field, part):
    """Polygons of each part by their rings: the outer one first, as it must come."""
    vertices, sizes, owner = trace_rings(field, part)
    rings = [shapely.LinearRing(piece) for piece in np.split(vertices, np.cumsum(sizes)[:-1])]
    shapes = {}
    for number in sorted(set(owner.tolist())):
        mine = [ring for ring, one in zip(rings, owner, strict=True) if one == number]
        outer = [ring for ring in mine if ring.is_ccw]
        assert len(outer) == 1
        shapes[number] = shapely.Polygon(outer[0], [ring for ring in mine if not ring.is_ccw])
    return shapes


@given(fields())
def test_rings_hold_every_inside_point_and_no_other(field):
    part, n_parts = label_parts(field, field >= 0.0)
    shapes = polygons(field, part) if n_parts else {}
    assert sorted(shapes) == list(range(1, n_parts + 1))
    for row, column in np.ndindex(field.shape):
        holders = [k for k, shape in shapes.items() if shape.contains(shapely.Point(column, row))]
        assert holders == ([part[row, column]] if field[row, column] >= 0.0 else [])
    assert all(shape.is_valid for shape in shapes.values())
    assert shapely.MultiPolygon(list(shapes.values())).is_valid


@given(fields(), st.data())
def test_parts_are_those_that_hold_a_point_of_the_core(field, data):
    core = data.draw(arrays(np.bool_, field.shape)) & (field >= 0.0)
    part, n_parts = label_parts(field, core)
    expected, _ = ndimage.label(field >= 0.0)
    kept = {expected[at] for at in zip(*np.nonzero(core), strict=True)}
    assert len(kept) == n_parts
    assert np.array_equal(part > 0, np.isin(expected, sorted(kept)))
    for number in kept:
        assert len(set(part[expected == number].tolist())) == 1


@given(fields(), st.integers(0, 12), st.data())
def test_small_holes_are_filled_unless_something_in_them_is_to_be_kept(field, least, data):
    kept = data.draw(arrays(np.bool_, field.shape))
    holes, n_holes = ndimage.label(field < 0.0, structure=np.ones((3, 3)))
    expected = field.copy()
    for number in range(1, n_holes + 1):
        mine = holes == number
        if mine.sum() < least and not mine[kept].any() and number != holes[0, 0]:
            expected[mine] = 10.0
    fill_holes(field, kept, least, 10.0)
    assert np.array_equal(field, expected)


@given(fields(), st.data())
def test_a_field_that_is_nowhere_lower_has_rings_around_those_of_the_other(field, data):
    higher = field + data.draw(
        arrays(np.float64, field.shape, elements=st.sampled_from([0.0, 2.5]))
    )
    higher[[0, -1], :] = -10.0
    higher[:, [0, -1]] = -10.0
    low, high = (
        shapely.union_all(list(polygons(one, label_parts(one, one >= 0.0)[0]).values()))
        if (one >= 0.0).any()
        else shapely.Polygon()
        for one in (field, higher)
    )
    assert low.difference(high).area < 1e-9


@st.composite
def rings(draw):
    """A ring of places on a coarse grid, no two of them the same."""
    spot = st.tuples(st.integers(0, 6), st.integers(0, 6))
    spots = draw(st.lists(spot, min_size=3, max_size=14, unique=True))
    return np.array(spots, dtype=float)


@given(rings(), st.sampled_from([0.0, 0.5, 1.0, 2.5]), st.integers(0, 13))
def test_a_thinned_ring_is_never_farther_than_the_tolerance_wherever_it_begins(
    ring, tolerance_m, turn
):
    def thinned(vertices):
        return kept_vertices(vertices, np.array([len(vertices)]), np.array([tolerance_m]))

    kept = thinned(ring)
    assert kept.sum() >= 3
    corners = np.flatnonzero(kept)
    for at, to in zip(corners, np.roll(corners, -1), strict=True):
        chord = shapely.LineString([ring[at], ring[to]])
        between = (at + 1 + np.arange((to - at) % len(ring) - 1)) % len(ring)
        for k in between:
            assert chord.distance(shapely.Point(ring[k])) <= tolerance_m + 1e-9
    # Ties may fall either way from another beginning, the law holds from each.
    turned = np.roll(ring, turn, axis=0)
    if tolerance_m == 0.0:
        assert ring[kept].tolist() == np.roll(turned, -turn, axis=0)[
            np.roll(thinned(turned), -turn)
        ].tolist()  # fmt: skip


def test_rings_are_thinned_each_by_its_own_tolerance():
    one = np.array([[0.0, 0.0], [5.0, 0.4], [10.0, 0.0], [10.0, 9.0], [4.0, 9.3], [0.0, 9.0]])
    vertices, sizes = np.concatenate((one, one, one)), np.array([6, 6, 6])
    kept = kept_vertices(vertices, sizes, np.array([0.1, 0.5, 100.0]))
    assert kept.reshape(3, 6).sum(axis=1).tolist() == [6, 4, 6]
