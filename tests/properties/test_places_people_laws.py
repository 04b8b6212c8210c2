"""Laws of splitting, raking, rounding and cutting: nobody is lost, nobody counts twice."""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rasterio import Affine

from lastmile.places.cells import (
    CellShares,
    Grid,
    cell_shares,
    piece_points,
    without_slivers,
)
from lastmile.places.raking import Margin, nested_whole, raked
from lastmile.places.shares import split_each

N_OWNERS = 4
parts = st.lists(
    st.tuples(st.integers(0, N_OWNERS - 1), st.integers(0, 1000)), min_size=1, max_size=60
)
owner_totals = arrays(np.int64, N_OWNERS, elements=st.integers(0, 10**12))


def split(totals, pairs):
    owner = np.array([one for one, _ in pairs], dtype=np.int64)
    weight = np.array([one for _, one in pairs], dtype=np.float64)
    return owner, weight, split_each(totals, owner, weight)


@given(owner_totals, parts)
def test_every_owner_with_weight_keeps_its_total_and_no_part_is_negative(totals, pairs):
    owner, weight, found = split(totals, pairs)
    for k in range(N_OWNERS):
        own = owner == k
        expected = totals[k] if weight[own].sum() > 0 else 0
        assert found[own].sum() == expected
    assert (found >= 0).all()


@given(owner_totals, parts)
def test_no_weight_is_nobody(totals, pairs):
    _, weight, found = split(totals, pairs)
    assert (found[weight == 0] == 0).all()


@given(owner_totals, parts, st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter(totals, pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)

    def told(given_pairs):
        owner, weight, found = split(totals, given_pairs)
        return sorted(zip(owner.tolist(), weight.tolist(), found.tolist(), strict=True))

    assert told(pairs) == told(shuffled)


@given(owner_totals, parts)
def test_no_part_is_a_whole_away_from_its_proportion(totals, pairs):
    owner, weight, found = split(totals, pairs)
    whole = np.bincount(owner, weight, minlength=N_OWNERS)
    exact = totals[owner] * (weight / np.maximum(whole[owner], 1.0))
    assert (np.abs(found - exact) < 1.0 + 1e-15 * totals[owner] * 8).all()


tables = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: st.tuples(
        arrays(np.float64, shape, elements=st.floats(0.1, 100.0)),
        arrays(np.float64, shape, elements=st.floats(0.1, 100.0)),
    )
)


def dense_fitting(seed, rows, columns):
    """Fit a table to its two margins, as the textbook does."""
    table = seed.copy()
    for _ in range(2000):
        table = table * (rows / table.sum(axis=1))[:, None]
        table = table * (columns / table.sum(axis=0))[None, :]
    return table


def both_margins(seed, truth):
    row, column = np.divmod(np.arange(seed.size), seed.shape[1])
    return [Margin(row, truth.sum(axis=1)), Margin(column, truth.sum(axis=0))]


@settings(max_examples=40, deadline=None)
@given(tables)
def test_raking_is_the_textbooks_fitting_of_a_table(pair):
    seed, truth = pair
    found = raked(seed.ravel(), both_margins(seed, truth)).reshape(seed.shape)
    expected = dense_fitting(seed, truth.sum(axis=1), truth.sum(axis=0))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_raked_numbers_add_up_to_both_margins(pair):
    seed, truth = pair
    found = raked(seed.ravel(), both_margins(seed, truth)).reshape(seed.shape)
    np.testing.assert_allclose(found.sum(axis=0), truth.sum(axis=0), rtol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), truth.sum(axis=1), rtol=1e-5)


@given(tables)
def test_what_adds_up_already_is_left_alone(pair):
    _, truth = pair
    found = raked(truth.ravel(), both_margins(truth, truth))
    np.testing.assert_allclose(found, truth.ravel(), rtol=1e-9)


def test_of_margins_that_contradict_one_another_the_last_holds():
    group = np.array([0, 0, 1])
    margins = [Margin(group, np.array([10.0, 5.0])), Margin(np.zeros(3, int), np.array([30.0]))]
    assert raked(np.array([1.0, 1.0, 1.0]), margins).tolist() == [10.0, 10.0, 10.0]


@st.composite
def hierarchies(draw):
    """Totals of districts, townships and communities that do not add up."""
    sizes = [draw(st.integers(1, 3)), draw(st.integers(1, 8)), draw(st.integers(1, 30))]
    people = st.floats(1.0, 1e6, allow_nan=False)
    levels = [draw(arrays(np.float64, n, elements=people)) for n in sizes]
    parents = [
        draw(arrays(np.int64, below, elements=st.integers(-1, above - 1)))
        for above, below in itertools.pairwise(sizes)
    ]
    return levels, parents


@given(hierarchies())
def test_nested_totals_come_out_whole_and_children_add_up_to_their_parent(case):
    levels, parents = case
    whole = nested_whole(levels, parents)
    assert whole[0].tolist() == np.rint(levels[0]).astype(int).tolist()
    for above, below, parent in zip(whole[:-1], whole[1:], parents, strict=True):
        assert (below >= 0).all()
        for k in set(parent.tolist()) - {-1}:
            assert below[parent == k].sum() == above[k]


@given(hierarchies())
def test_a_unit_without_a_parent_keeps_its_own_total(case):
    levels, parents = case
    whole = nested_whole(levels, parents)
    for totals, found, parent in zip(levels[1:], whole[1:], parents, strict=True):
        assert found[parent < 0].tolist() == np.rint(totals[parent < 0]).astype(int).tolist()


def grid_of(height, width, degrees=0.0):
    size = 0.001
    a, d = size * np.cos(np.radians(degrees)), size * np.sin(np.radians(degrees))
    transform = Affine(a, d, 119.9, d, -a, 31.8)
    return Grid(np.ones((height, width)), transform, "EPSG:4326", 0, 0, shapely.Polygon())


def in_degrees(grid, xy):
    """A polygon drawn in columns and rows."""
    t = grid.transform
    return shapely.Polygon([(t.a * x + t.b * y + t.c, t.d * x + t.e * y + t.f) for x, y in xy])


corners = st.lists(st.tuples(st.floats(-3, 15), st.floats(-3, 12)), min_size=3, max_size=7)


@settings(max_examples=60, deadline=None)
@given(corners, st.sampled_from([0.0, 30.0, 90.0, 200.0]))
def test_the_shares_of_cells_are_those_of_cutting_each_cell_by_hand(xy, degrees):
    drawn = shapely.convex_hull(shapely.MultiPoint(xy))
    if drawn.geom_type != "Polygon" or drawn.area < 1e-3:
        return
    grid = grid_of(9, 12, degrees)
    polygon = in_degrees(grid, drawn.exterior.coords)
    found = cell_shares(np.array([polygon], dtype=object), grid)
    shares = np.zeros(9 * 12)
    shares[found.cell] = found.share
    for cell in range(9 * 12):
        row, column = divmod(cell, 12)
        by_hand = drawn.intersection(shapely.box(column, row, column + 1, row + 1)).area
        assert abs(shares[cell] - by_hand) < 1e-5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1, 13), min_size=0, max_size=5))
def test_units_that_tile_the_area_share_out_every_cell_once(cuts):
    grid = grid_of(9, 12)
    edges = sorted({-2.0, *cuts, 14.0})
    units = np.array(
        [
            in_degrees(grid, [(a, -1), (b, -1), (b + 0.3, 10), (a + 0.3, 10)])
            for a, b in itertools.pairwise(edges)
            if b - a > 1e-6
        ],
        dtype=object,
    )
    found = cell_shares(units, grid)
    together = np.bincount(found.cell, found.share, minlength=9 * 12)
    np.testing.assert_allclose(together, 1.0, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(corners)
def test_every_piece_of_a_cell_has_its_point_inside_the_polygon(xy):
    drawn = shapely.convex_hull(shapely.MultiPoint(xy))
    if drawn.geom_type != "Polygon" or drawn.area < 1e-3:
        return
    grid = grid_of(9, 12)
    polygons = np.array([in_degrees(grid, drawn.exterior.coords)], dtype=object)
    pieces = cell_shares(polygons, grid)
    pieces = pieces.take(pieces.share > 1e-4)
    points = piece_points(pieces, polygons, grid)
    assert (shapely.distance(points, polygons[pieces.owner]) < 1e-9).all()


def test_where_units_overlap_nobody_counts_twice():
    grid = grid_of(3, 3)
    whole = in_degrees(grid, [(0, 0), (3, 0), (3, 3), (0, 3)])
    found = cell_shares(np.array([whole, whole], dtype=object), grid)
    together = np.bincount(found.cell, found.share, minlength=9)
    np.testing.assert_allclose(together, 1.0)


pieces = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([1e-6, 5e-4, 0.01, 0.15])), min_size=1, max_size=6
)


@given(pieces)
def test_slivers_are_given_to_their_neighbours_and_no_cell_loses_ground(given_pieces):
    cell = np.array([one for one, _ in given_pieces], dtype=np.int64)
    share = np.array([one for _, one in given_pieces])
    found = without_slivers(CellShares(np.arange(len(cell)), cell, share))
    before, after = np.bincount(cell, share, minlength=6), np.zeros(6)
    np.add.at(after, found.cell, found.share)
    np.testing.assert_allclose(after, before, rtol=1e-12)
    alone = np.bincount(found.cell, minlength=6)[found.cell] == 1
    assert ((found.share >= 1e-3) | alone).all()
