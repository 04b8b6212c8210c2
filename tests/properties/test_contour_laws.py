"""Laws of the rings around fields on a grid, against plain counting."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from lastmile.network.contours import fill_holes, label_parts, trace_rings

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
