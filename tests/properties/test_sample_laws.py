"""Laws of what the sample is drawn with."""

from __future__ import annotations

import networkx as nx
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lastmile.sample.lines import HIGHWAYS, RANK, Lines, node_lines, pruned
from lastmile.sample.names import street_name
from lastmile.sample.plane import Warp, degrees_xy, plane_xy
from lastmile.sample.units import apportion

coordinates = st.integers(0, 40).map(lambda k: 10.0 * k)


@st.composite
def line_sets(draw):
    n = draw(st.integers(1, 12))
    ends = draw(arrays(np.float64, (n, 2, 2), elements=coordinates))
    return ends[(ends[:, 0] != ends[:, 1]).any(axis=1)]


@given(st.integers(0, 10**7), arrays(np.float64, st.integers(1, 30), elements=st.floats(0.01, 1e6)))
def test_apportioning_loses_nobody_and_rounds_by_less_than_one(total, weight):
    shares = apportion(total, weight)
    assert shares.sum() == total
    assert np.abs(shares - total * weight / weight.sum()).max() <= 1.0 + 1e-6


@settings(deadline=None, max_examples=60)
@given(line_sets())
def test_noded_lines_meet_only_at_nodes_and_keep_their_length(ends):
    if len(ends) == 0:
        return
    lines = Lines.of(np.asarray(shapely.linestrings(ends), dtype=object), "residential")
    edges = node_lines(lines)
    assert np.isclose(edges.length_m().sum(), shapely.length(lines.geometry).sum(), atol=1.0)
    first = shapely.get_coordinates(shapely.get_point(edges.lines.geometry, 0))
    last = shapely.get_coordinates(shapely.get_point(edges.lines.geometry, -1))
    assert (first == edges.node_xy[edges.start]).all()
    assert (last == edges.node_xy[edges.end]).all()


@settings(deadline=None, max_examples=60)
@given(line_sets())
def test_noded_lines_are_connected_as_the_lines_touch(ends):
    if len(ends) == 0:
        return
    geometry = np.asarray(shapely.linestrings(ends), dtype=object)
    edges = node_lines(Lines.of(geometry, "residential"))
    graph = nx.Graph(zip(edges.start.tolist(), edges.end.tolist(), strict=True))
    touching = nx.Graph()
    touching.add_nodes_from(range(len(geometry)))
    touching.add_edges_from(
        zip(*shapely.STRtree(geometry).query(geometry, "intersects"), strict=True)
    )
    assert nx.number_connected_components(graph) == nx.number_connected_components(touching)


@settings(deadline=None, max_examples=60)
@given(line_sets())
def test_pruning_leaves_no_short_dead_end_after_enough_rounds(ends):
    if len(ends) == 0:
        return
    geometry = np.asarray(shapely.linestrings(ends), dtype=object)
    limit = np.full(len(HIGHWAYS), 25.0)
    edges = pruned(node_lines(Lines.of(geometry, "service")), limit, rounds=1000)
    degree = edges.degree()
    dead = (degree[edges.start] == 1) | (degree[edges.end] == 1)
    assert not (dead & (edges.length_m() < 25.0)).any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**20))
def test_bending_never_folds_the_plane_and_can_be_undone(seed):
    warp = Warp.seeded(seed)
    x, y = np.meshgrid(np.arange(0.0, 20_000.0, 400.0), np.arange(0.0, 20_000.0, 400.0))
    xy = np.column_stack((x.ravel(), y.ravel())) + np.array((480_000.0, 3_500_000.0))
    here = warp(xy)
    east, north = warp(xy + np.array((1.0, 0.0))) - here, warp(xy + np.array((0.0, 1.0))) - here
    assert (east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]).min() > 0.0
    assert np.abs(warp(warp.unbend(xy)) - xy).max() < 0.01


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**20))
def test_degrees_to_plane_and_back_is_exact_to_a_centimetre(seed):
    lon_lat = np.random.default_rng(seed).uniform((119.1, 31.1), (120.3, 32.1), (1000, 2))
    assert np.abs(degrees_xy(plane_xy(lon_lat)) - lon_lat).max() <= 1e-7


@given(st.sampled_from(sorted(RANK.values())), st.integers(-1, 10**6))
def test_street_names_are_stable_and_chinese(rank, number):
    name = street_name(rank, number)
    assert name == street_name(rank, number)
    assert all("一" <= sign <= "鿿" for sign in name)
