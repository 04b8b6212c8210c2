"""Reached road and catchments on towns drawn by hand, and on a real district."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    WALK,
    Drawing,
    assign_road,
    build_network,
    build_networks,
    catchments,
    euclidean_catchments,
    euclidean_reach,
    reach,
    reached_road,
    reached_road_in_time,
    read_roads,
    road_catchments,
    road_lines,
    snap,
)

EAST_MM = 111_319  # of a thousandth of a degree on the equator; see conftest
NORTH_MM = 110_574


def placed(network, x, y):
    """Positions of places in thousandths of a degree."""
    lon, lat = np.array(x, dtype=float) / 1000, np.array(y, dtype=float) / 1000
    return snap(network, lon, lat, max_access_m=300)


def stretches(road):
    return list(zip(road.edge.tolist(), road.from_mm.tolist(), road.to_mm.tolist(), strict=True))


def in_plane(network, shapes):
    return np.asarray(shapes.to_crs(network.plane).array, dtype=object)


def test_an_edge_reached_from_both_ends_may_have_a_gap_in_its_middle(draw):
    # A street and a loop of two sides and a top that begins and ends on it.
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0), 5: (1, 2), 6: (2, 2)}
    ways = {
        1: ((1, 2, 3, 4), {"highway": "residential"}),
        2: ((2, 5, 6, 3), {"highway": "residential"}),
    }
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    road = reached_road(network, placed(network, [1.5], [0]), limit_mm=np.array([200_000]))
    (loop,) = np.flatnonzero(network.length_mm > 500_000)
    whole = network.length_mm[loop]
    left = 200_000 - EAST_MM / 2
    pieces = [piece[1:] for piece in stretches(road) if piece[0] == loop]
    assert np.array(pieces) == pytest.approx(np.array([[0, left], [whole - left, whole]]), abs=2)
    assert road.length_mm()[0] == pytest.approx(2 * left + 3 * EAST_MM, abs=4)


def test_the_access_leg_counts_and_the_places_own_edge_is_cut_at_it(draw):
    nodes, ways = {1: (0, 0), 2: (10, 0)}, {1: ((1, 2), {"highway": "residential"})}
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    place = placed(network, [5], [1])
    at_mm, leg_mm = int(place.offset_mm[0]), int(place.access_mm[0])
    assert leg_mm == pytest.approx(NORTH_MM, abs=1)
    road = reached_road(network, place, limit_mm=np.array([leg_mm + 40_000]))
    assert stretches(road) == [(0, at_mm - 40_000, at_mm), (0, at_mm, at_mm + 40_000)]
    assert (road.from_left.tolist(), road.to_left.tolist()) == ([0, 40_000], [40_000, 0])
    just = reached_road(network, place, limit_mm=np.array([leg_mm]))
    assert stretches(just) == [(0, at_mm, at_mm)]
    assert not stretches(reached_road(network, place, limit_mm=np.array([leg_mm - 1])))


def test_on_a_one_way_street_leaving_and_coming_are_two_things(draw):
    nodes = {1: (0, 0), 2: (10, 0), 3: (12, 0)}
    ways = {
        1: ((1, 2), {"highway": "residential", "oneway": "yes", "maxspeed": "45"}),
        2: ((2, 3), {"highway": "residential"}),
    }
    network = build_network(draw(nodes, ways), VAN, min_component_m=0)
    # Only the two-way street can be stopped on: the other leads out of nowhere.
    place = placed(network, [11], [0])
    limit = np.array([300_000])
    (one_way,) = np.flatnonzero(network.one_way)
    leaving = reached_road(network, place, limit_mm=limit, direction="from")
    assert leaving.edge.tolist().count(one_way) == 1  # its last point alone
    coming = reached_road(network, place, limit_mm=limit, direction="to")
    span = coming.edge == one_way
    whole = network.length_mm[one_way]
    assert coming.to_mm[span].tolist() == [whole]
    assert coming.from_mm[span] == pytest.approx([whole - (300_000 - EAST_MM)], abs=2)
    # Four fifths of 45 km/h are 10 m a second.
    in_time = reached_road_in_time(network, place, limit_ms=np.array([60_000]), direction="to")
    at_end_ms = round(EAST_MM / 1000 / (22 / 3.6) * 1000)
    span = in_time.edge == one_way
    assert in_time.from_mm[span] == pytest.approx([whole - (60_000 - at_end_ms) * 10], abs=20)


@pytest.mark.parametrize("profile", [WALK, VAN])
def test_road_that_serves_another_profile_alone_is_not_reached(draw, profile):
    # A motorway and a footway are short cuts for one of the two.
    nodes = {1: (0, 0), 2: (4, 0), 3: (4, 3), 4: (0, 3)}
    ways = {
        1: ((1, 2, 3, 4), {"highway": "residential"}),
        2: ((1, 4), {"highway": "footway"}),
        3: ((4, 2), {"highway": "motorway", "oneway": "no"}),
    }
    roads = draw(nodes, ways)
    alone = build_network(roads, profile, min_component_m=0)
    both = dict(zip("wv", build_networks(roads, (WALK, VAN), min_component_m=0), strict=True))
    shared = both[profile.name[0]]
    assert shared.closed.any()
    limit_mm = np.array([900_000])
    found = []
    for network in (alone, shared):
        place = placed(network, [1], [0])
        for direction in ("from", "to"):
            road = reached_road(network, place, limit_mm=limit_mm, direction=direction)
            assert not network.closed[road.edge].any()
            found.append(road.length_mm()[0])
        found.append(assign_road(network, place, limit_mm=limit_mm).length_mm()[0])
    assert len(set(found)) == 1


def test_road_between_two_sites_is_shared_at_its_middle_and_ties_go_to_the_first(draw):
    nodes, ways = {1: (0, 0), 2: (10, 0)}, {1: ((1, 2), {"highway": "residential"})}
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    sites = placed(network, [2, 4, 4], [0, 0, 0])
    road = assign_road(network, sites, limit_mm=np.full(3, 150_000))
    middle = (int(sites.offset_mm[0]) + int(sites.offset_mm[1])) // 2
    assert road.to_mm[road.places() == 0].max() == middle
    assert road.from_mm[road.places() == 1].min() == middle
    assert road.length_mm()[2] == 0


def test_a_far_site_with_a_long_limit_serves_what_lies_behind_a_near_one_with_a_short_limit(draw):
    nodes, ways = {1: (0, 0), 2: (10, 0)}, {1: ((1, 2), {"highway": "residential"})}
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    sites = placed(network, [2, 4], [0, 0])
    road = assign_road(network, sites, limit_mm=np.array([800_000, 50_000]))
    at = sites.offset_mm.tolist()
    behind = [(a, b) for (_, a, b), k in zip(stretches(road), road.places(), strict=True)
              if k == 0 and a > at[1]]  # fmt: skip
    assert behind == [(at[1] + 50_000, at[0] + 800_000)]


def test_a_parallel_street_that_is_not_reached_is_not_swallowed(draw):
    # Sixty metres apart for a kilometre, joined at the far end only.
    nodes = {1: (0, 0), 2: (9, 0), 3: (9, 0.55), 4: (0, 0.55)}
    ways = {1: ((1, 2), {"highway": "residential"}), 2: ((2, 3, 4), {"highway": "residential"})}
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    place = placed(network, [3], [-0.1])
    for style in ("isochrone", "service_area"):
        frame = catchments(
            network, place, limit_mm=np.array([300_000]), drawing=Drawing(style=style)
        )
        (shape,) = frame.geometry
        assert not shape.intersects(shapely.LineString([(0, 0.00055), (0.009, 0.00055)]))
        assert shape.covers(shapely.LineString([(0.0005, 0), (0.0055, 0)]))
    # A broad brush swallows it: that is what the width means.
    broad = Drawing(width_m=70.0)
    (shape,) = catchments(network, place, limit_mm=np.array([300_000]), drawing=broad).geometry
    assert shape.covers(shapely.LineString([(0.002, 0.00055), (0.004, 0.00055)]))


BLOCK = {1: (0, 0), 2: (2, 0), 3: (2, 2), 4: (0, 2), 5: (-9, 0)}
STREETS = {
    1: ((1, 2, 3, 4, 1), {"highway": "residential"}),
    2: ((1, 5), {"highway": "residential"}),
}


def area_of(network, place, **drawing):
    frame = catchments(
        network, place, limit_mm=np.array([700_000]),
        drawing=Drawing(style="service_area", **drawing),
    )  # fmt: skip
    (shape,) = frame.geometry.to_crs(network.plane)
    (polygon,) = shape.geoms
    return polygon


def test_holes_are_kept_from_a_stated_size_on(draw):
    network = build_network(draw(BLOCK, STREETS), WALK, min_component_m=0)
    place = placed(network, [0], [0])
    # 223 by 221 m between the middles of the streets; 20 m to each side, 8 m spare, are road.
    kept = area_of(network, place, min_hole_m2=25_000.0)
    assert len(kept.interiors) == 1
    assert shapely.Polygon(kept.interiors[0]).area == pytest.approx(167 * 165, rel=0.06)
    assert len(area_of(network, place, min_hole_m2=32_000.0).interiors) == 0


def test_a_hole_with_other_road_in_it_is_kept_however_small(draw):
    # A bridge over the block's northern street leads from its middle to the far north.
    nodes = BLOCK | {6: (1, 1), 7: (1, 9), 8: (-9, 9)}
    streets = STREETS | {3: ((6, 7, 8, 5), {"highway": "residential"})}
    network = build_network(draw(nodes, streets), WALK, min_component_m=0)
    place = placed(network, [0], [0])
    polygon = area_of(network, place, min_hole_m2=1e6)
    assert not polygon.covers(shapely.Point(*road_end(network, 6)))
    assert len(polygon.interiors) == 1


def road_end(network, node):
    (vertex,) = np.flatnonzero(network.vertex_ids == node)
    (edge,) = np.flatnonzero((network.edge_from == vertex) | (network.edge_to == vertex))
    at_end = network.edge_to[edge] == vertex
    point = network.shape_offsets[edge + at_end] - at_end
    return network.shape_x[point], network.shape_y[point]


def test_ground_inside_a_block_belongs_to_an_isochrone_as_far_as_the_limit_goes(draw):
    network = build_network(draw(BLOCK, STREETS), WALK, min_component_m=0)
    place = placed(network, [1], [0])
    # From the middle of the block it is one unit to any street, and two more from the far ones.
    frame = catchments(network, place, limit_mm=np.array([230_000]))
    (shape,) = frame.geometry
    assert shape.covers(shapely.Point(0.001, 0.0009))
    assert shape.covers(shapely.Point(0.0009, 0.0015)) is False
    assert shape.covers(shapely.Point(0.0015, 0.0012)) is False
    frame = catchments(network, place, limit_mm=np.array([700_000]))
    assert frame.geometry[0].covers(shapely.box(0, 0, 0.002, 0.002))


def test_places_that_reach_nothing_have_no_ground(draw):
    network = build_network(draw(BLOCK, STREETS), WALK, min_component_m=0)
    places = placed(network, [1, 500, 1], [0, 0, -1])
    frame = catchments(network, places, limit_mm=np.array([50_000, 50_000, 50_000]))
    assert frame["limit_m"].tolist() == [50.0] * 3
    assert frame.geometry.is_empty.tolist() == [False, True, True]
    assert frame.crs == "EPSG:4326"
    nobody = catchments(network, places.take(np.zeros(0, np.int64)), limit_mm=np.zeros(0))
    assert len(nobody) == 0


@pytest.mark.parametrize(
    "wrong", [{"cell_m": 11.0}, {"cell_m": 0.0}, {"tolerance_m": -1.0}, {"min_hole_m2": -1.0}]
)
def test_drawings_that_cannot_keep_their_word_are_refused(wrong):
    with pytest.raises(ValueError, match="catchments need"):
        Drawing(**wrong)


def test_a_straight_line_catchment_holds_whatever_is_in_reach_and_little_more():
    random = np.random.default_rng(5)
    lon, lat = random.uniform(119.98, 120.02, 3_000), random.uniform(31.48, 31.52, 3_000)
    limit_mm = np.array([1_000_000])
    (shape,) = euclidean_catchments(np.array([120.0]), np.array([31.5]), limit_mm=limit_mm)
    assert shape.is_valid
    assert shape.geoms[0].exterior.is_ccw
    points = shapely.points(lon, lat)

    def near(factor):
        table = euclidean_reach(
            lon, lat, np.array([120.0]), np.array([31.5]),
            limit_mm=np.full(3_000, round(1_000_000 * factor)),
            demand_ids=[str(k) for k in range(3_000)], site_ids=["s"],
        )  # fmt: skip
        return np.diff(table.indptr) == 1

    inside = shapely.covers(shape, points)
    assert inside[near(1.0)].all()
    assert not inside[~near(1.003)].any()
    assert near(1.0).any()


@pytest.fixture(scope="module")
def xuhui(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    return build_network(
        read_roads(path, bounds=None, faults=FaultLog()), WALK, min_component_m=1000
    )


def scattered(network, count, seed):
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(121.40, 121.47, count), random.uniform(31.13, 31.21, count)
    return snap(network, lon, lat, max_access_m=300), shapely.points(lon, lat)


@pytest.mark.real_data
def test_on_a_real_district_catchments_say_who_is_covered(xuhui):
    sites, _ = scattered(xuhui, 60, 1)
    people, points = scattered(xuhui, 20_000, 2)
    frame = catchments(xuhui, sites, limit_mm=np.full(60, 500_000))
    shapes = np.asarray(frame.geometry.array, dtype=object)
    assert shapely.is_valid(shapes).all()
    table = reach(
        xuhui, people, sites, limit_mm=np.full(20_000, 500_000),
        demand_ids=[str(k) for k in range(20_000)], site_ids=[str(k) for k in range(60)],
    )  # fmt: skip
    inside = shapely.covers(shapes[table.indices], points[table.rows()])
    short = people.access_mm[table.rows()] <= 20_000
    assert inside[short].all()
    assert inside.mean() > 0.99
    assert short.sum() > 500
    # And little ground is inside from which the site is too far.
    covered = set(zip(table.rows().tolist(), table.indices.tolist(), strict=True))
    tree = shapely.STRtree(points)
    site, point = tree.query(shapes, predicate="covers")
    truly = [pair in covered for pair in zip(point.tolist(), site.tolist(), strict=True)]
    assert np.mean(truly) > 0.85


@pytest.mark.real_data
def test_on_a_real_district_other_road_is_inside_only_beside_reached_road(xuhui):
    sites, _ = scattered(xuhui, 60, 1)
    road = reached_road(xuhui, sites, limit_mm=np.full(60, 500_000))
    shapes = in_plane(xuhui, road_catchments(xuhui, road))
    lines = in_plane(xuhui, road_lines(xuhui, road).geometry)
    owner = road.places()[road.to_mm > road.from_mm]
    believed = in_plane(xuhui, xuhui.edge_lines())[xuhui.can_stop & ~xuhui.on_island]
    tree = shapely.STRtree(believed)
    for k, shape in enumerate(shapes):
        reached = shapely.union_all(lines[owner == k])
        assert shape.covers(reached.buffer(19.99)) or reached.is_empty
        near = shapely.union_all(believed[tree.query(shape)])
        assert shape.intersection(near).difference(reached.buffer(36.0)).length < 0.01


@pytest.mark.real_data
def test_on_a_real_district_assigned_road_is_the_road_that_is_reached(xuhui):
    sites, _ = scattered(xuhui, 200, 3)
    limit_mm = np.where(np.arange(200) % 3, 500_000, 900_000)
    reached = reached_road(xuhui, sites, limit_mm=limit_mm)
    assigned = assign_road(xuhui, sites, limit_mm=limit_mm)
    total = 0
    for edge in np.unique(reached.edge):
        mine = reached.edge == edge
        end = 0
        for low, high in sorted(zip(reached.from_mm[mine], reached.to_mm[mine], strict=True)):
            total += max(0, high - max(low, end))
            end = max(end, high)
    assert assigned.length_mm().sum() == total
    first, *others = (
        reached_road(xuhui, sites, limit_mm=limit_mm, threads=threads) for threads in (1, 2, 5)
    )
    for other in others:
        assert first.from_mm.tobytes() == other.from_mm.tobytes()
        assert first.to_left.tobytes() == other.to_left.tobytes()
