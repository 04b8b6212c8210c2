"""Laws of catchments on random towns: what lies inside them, what does not, and what is drawn."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from random_towns import networks, positions

from lastmile.network import (
    WALK,
    Drawing,
    assign_road,
    catchment_bands,
    catchments,
    reach,
    reached_road,
    reached_road_in_time,
    road_catchments,
    road_lines,
    snap,
)
from lastmile.network.drawing import BLOCK, draw_rings
from lastmile.network.grid import grid_of_edges
from lastmile.network.ground import Window, nearest_ground, segments_of
from lastmile.network.stretch_lines import stretch_points

LAW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIMITS_MM = st.sampled_from([0, 7_003, 60_000, 111_319, 250_000, 600_000])
DRAWINGS = st.sampled_from(
    [
        Drawing(),
        Drawing(style="service_area", width_m=30.0, min_hole_m2=0.0),
        Drawing(cell_m=5.0, width_m=10.0, tolerance_m=0.0),
        Drawing(cell_m=20.0, width_m=40.0, tolerance_m=10.0),
    ]
)


def in_plane(network, shapes):
    return np.asarray(shapes.to_crs(network.plane).array, dtype=object)


def road_of(network, road, n_places):
    """The road of each place as one shape in the plane; points count, too."""
    lines = in_plane(network, road_lines(network, road).geometry)
    owner = road.places()[road.to_mm > road.from_mm]
    return [shapely.union_all(lines[owner == k]) for k in range(n_places)]


@LAW
@given(networks(), st.data(), DRAWINGS)
def test_ground_near_reached_road_is_inside_and_other_road_farther_off_is_not(
    network, data, drawing
):
    places = data.draw(positions(network, 3))
    limit_mm = np.array([data.draw(LIMITS_MM) for _ in range(len(places))])
    road = reached_road(network, places, limit_mm=limit_mm)
    shapes = in_plane(
        network, catchments(network, places, limit_mm=limit_mm, drawing=drawing).geometry
    )
    assert shapely.is_valid(shapes).all()
    believed = network.can_stop & ~network.on_island
    everything = shapely.union_all(in_plane(network, network.edge_lines())[believed])
    around_m = drawing.width_m + 2.0 * drawing.tolerance_m + 2.0 * drawing.cell_m
    for shape, reached in zip(shapes, road_of(network, road, len(places)), strict=True):
        if reached.is_empty:
            continue
        assert shape.covers(reached.buffer(drawing.width_m - 0.01, quad_segs=16))
        swallowed = shape.intersection(everything).difference(reached.buffer(around_m))
        assert swallowed.length < 0.01
    reaches_nothing = np.diff(road.offsets) == 0
    assert (shapely.is_empty(shapes) == reaches_nothing).all()


@LAW
@given(networks((WALK,)), st.data(), DRAWINGS)
def test_covered_points_with_a_short_access_leg_are_inside(network, data, drawing):
    sites = data.draw(positions(network, 3))
    seed = data.draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    at = random.integers(0, network.shape_lon.size, 60)
    lon = network.shape_lon[at] + random.normal(0, 0.0004, 60)
    lat = network.shape_lat[at] + random.normal(0, 0.0004, 60)
    people = snap(network, lon, lat, max_access_m=300)
    limit_mm = data.draw(LIMITS_MM)
    table = reach(
        network, people, sites, limit_mm=np.full(60, limit_mm),
        demand_ids=[str(k) for k in range(60)], site_ids=[str(k) for k in range(len(sites))],
    )  # fmt: skip
    frame = catchments(network, sites, limit_mm=np.full(len(sites), limit_mm), drawing=drawing)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    near = people.access_mm[table.rows()] <= drawing.width_m * 1000.0
    points = shapely.points(lon, lat)[table.rows()]
    assert shapely.covers(shapes[table.indices], points)[near].all()


@LAW
@given(networks(), st.data())
def test_bands_lie_inside_each_other(network, data):
    places = data.draw(positions(network, 3))
    frame = catchment_bands(network, places, limits_mm=(500_000, 60_000, 250_000))
    assert frame["limit_m"].tolist() == [60.0, 250.0, 500.0] * len(places)
    assert frame["place"].tolist() == np.repeat(np.arange(len(places)), 3).tolist()
    shapes = np.asarray(frame.geometry.array, dtype=object)
    assert shapely.is_valid(shapes).all()
    for k in np.flatnonzero(np.arange(len(shapes)) % 3):
        assert shapes[k - 1].difference(shapes[k]).area < 1e-14  # a square decimetre


@LAW
@given(networks(), st.data())
def test_a_drawing_depends_on_nothing_but_its_place(network, data):
    places = data.draw(positions(network, 4))
    limit_mm = np.array([data.draw(LIMITS_MM) for _ in range(len(places))])
    whole = catchments(network, places, limit_mm=limit_mm, threads=1)
    again = catchments(network, places, limit_mm=limit_mm, threads=3)
    assert whole.geometry.to_wkb().tolist() == again.geometry.to_wkb().tolist()
    for k in range(len(places)):
        alone = catchments(network, places.take(np.array([k])), limit_mm=limit_mm[[k]])
        assert alone.geometry.to_wkb()[0] == whole.geometry.to_wkb()[k]


@LAW
@given(networks(), st.data())
def test_road_in_time_and_assigned_road_are_drawn_as_well(network, data):
    places = data.draw(positions(network, 4))
    limit_ms = np.array([data.draw(LIMITS_MM) for _ in range(len(places))])
    for road in (
        reached_road_in_time(network, places, limit_ms=limit_ms),
        assign_road(network, places, limit_mm=limit_ms),
    ):
        shapes = in_plane(network, road_catchments(network, road))
        assert shapely.is_valid(shapes).all()
        for shape, reached in zip(shapes, road_of(network, road, len(places)), strict=True):
            assert shape.covers(reached.buffer(19.99)) or reached.is_empty


@LAW
@given(networks(), st.sampled_from([5.0, 20.0]), st.integers(-4, 4))
def test_the_nearest_road_of_the_ground_is_the_one_that_places_are_joined_to(
    network, cell_m, aside
):
    grid = grid_of_edges(network, network.can_stop & ~network.on_island)
    wanted = np.ones((20, 25), dtype=bool)
    n_rows, n_columns = BLOCK * np.array(wanted.shape)
    west = int(network.shape_x.min() / cell_m) + aside
    south = int(network.shape_y.min() / cell_m) + aside
    ground = nearest_ground(
        segments_of(network, grid), Window(west, south, n_columns, n_rows), wanted,
        cell_m=cell_m, limit_m=100.0,
    )  # fmt: skip
    column, row = np.meshgrid(np.arange(n_columns), np.arange(n_rows))
    x, y = (west + column.ravel()) * cell_m, (south + row.ravel()) * cell_m
    to_degrees = Transformer.from_crs(network.plane, "EPSG:4326", always_xy=True)
    assume(grid.edge.size > 0)
    places = snap(network, *to_degrees.transform(x, y), max_access_m=1e6)
    near = ground.distance_m.ravel() < np.inf
    # Ties may go either way by the last bit of the degrees there and back.
    lines = in_plane(network, network.edge_lines())
    away_m = shapely.distance(lines[places.edge], shapely.points(x, y))
    assert (near == (away_m < 100.0))[np.abs(away_m - 100.0) > 1e-6].all()
    assert np.abs(ground.distance_m.ravel()[near] - away_m[near]).max(initial=0.0) < 1e-6
    edge, offset_mm = ground.edge.ravel()[near], ground.offset_mm.ravel()[near]
    _, at_x, at_y = stretch_points(
        network.shape_offsets, network.shape_mm, network.shape_x, network.shape_y, edge,
        offset_mm, offset_mm,
    )  # fmt: skip
    there_m = np.hypot(at_x[::2] - x[near], at_y[::2] - y[near])
    assert np.abs(there_m - away_m[near]).max(initial=0.0) < 0.001
    mine = shapely.distance(lines[ground.edge.ravel()[near]], shapely.points(x, y)[near])
    assert np.abs(mine - away_m[near]).max(initial=0.0) < 1e-6


@LAW
@given(networks(), st.data())
def test_rings_run_anticlockwise_around_ground_and_clockwise_around_holes(network, data):
    places = data.draw(positions(network, 3))
    limit_mm = np.full(len(places), 400_000)
    road = reached_road(network, places, limit_mm=limit_mm)
    vertices, sizes, part, rings_of = draw_rings(network, road, Drawing(), threads=1)
    assert sizes.sum() == len(vertices)
    assert rings_of.sum() == sizes.size == part.size
    place = np.repeat(np.arange(len(places)), rings_of)
    turns = [shapely.LinearRing(ring).is_ccw for ring in np.split(vertices, np.cumsum(sizes)[:-1])]
    for key in set(zip(place.tolist(), part.tolist(), strict=True)):
        mine = [turn for turn, *one in zip(turns, place, part, strict=True) if tuple(one) == key]
        assert sum(mine) == 1
