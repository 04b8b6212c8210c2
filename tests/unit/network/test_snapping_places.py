"""From places to positions on edges."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import osmium
import pytest
import shapely
from oracle import GEOD, may_walk

from lastmile.costs import UNREACHABLE
from lastmile.errors import FaultLog
from lastmile.network import VAN, WALK, build_network, read_roads, snap
from lastmile.network.geodesy import plane_for, to_plane

DEGREE = 0.001
STREET = {7: ((1, 2), {"highway": "residential"})}


def test_a_place_beside_a_street_snaps_to_its_foot(draw):
    network = build_network(draw({1: (0, 0), 2: (4, 0)}, STREET), WALK, min_component_m=0)
    places = snap(network, np.array([DEGREE]), np.array([DEGREE]), max_access_m=300)
    assert places.edge.tolist() == [0]
    assert places.offset_mm[0] == pytest.approx(111_319, abs=2)
    assert places.access_mm.tolist() == [110_574]
    assert places.lat.tolist() == pytest.approx([0.0], abs=1e-12)
    assert places.on_network.all()


def test_the_longest_access_leg_is_inclusive(draw):
    network = build_network(draw({1: (0, 0), 2: (4, 0)}, STREET), WALK, min_component_m=0)
    lon, lat = np.array([0.0]), np.array([DEGREE])
    assert snap(network, lon, lat, max_access_m=110.574).on_network.all()
    off = snap(network, lon, lat, max_access_m=110.573)
    assert not off.on_network.any()
    assert off.access_mm.tolist() == [110_574]


def test_a_place_beyond_the_ends_snaps_to_the_end(draw):
    network = build_network(draw({1: (0, 0), 2: (4, 0)}, STREET), WALK, min_component_m=0)
    places = snap(network, np.array([-DEGREE, 0.006]), np.zeros(2), max_access_m=300)
    assert places.offset_mm.tolist() == [0, network.length_mm[0]]
    assert places.lon.tolist() == [0.0, 0.004]


def test_a_place_far_from_any_road_has_no_edge(draw):
    network = build_network(draw(), WALK, min_component_m=0)
    places = snap(network, np.array([1.0, 120.0]), np.array([1.0, -80.0]), max_access_m=300)
    assert places.edge.tolist() == [-1, -1]
    assert places.access_mm.tolist() == [UNREACHABLE, UNREACHABLE]
    assert places.lon.tolist() == [1.0, 120.0]


def test_an_island_is_passed_over_and_counted(draw):
    network = build_network(draw(), WALK, min_component_m=200)
    # The island's road is at 3, the ring's north side at 2 thousandths.
    places = snap(network, np.full(2, 0.0015), np.array([0.0028, 0.0021]), max_access_m=300)
    assert places.past_island.tolist() == [True, False]
    assert places.lat.tolist() == pytest.approx([0.002, 0.002], abs=1e-9)


def test_vans_pass_over_elevated_roads_and_walkers_do_not(draw):
    # An elevated road at 1, a street at 3 thousandths; the place between them, nearer the bridge.
    nodes = {1: (0, 1), 2: (4, 1), 3: (0, 3), 4: (4, 3)}
    high, low = {"highway": "trunk", "bridge": "yes"}, {"highway": "residential"}
    ways = {7: ((1, 2), high), 8: ((3, 4), low), 9: ((1, 3), low), 10: ((2, 4), low)}
    roads, spot = draw(nodes, ways), (np.array([2 * DEGREE]), np.array([1.2 * DEGREE]))
    van = build_network(roads, VAN, min_component_m=0)
    stop = snap(van, *spot, max_access_m=300)
    assert stop.lat.tolist() == pytest.approx([3 * DEGREE])
    assert stop.access_mm[0] == pytest.approx(1.8 * 110_574, abs=2)
    assert stop.past_island.tolist() == [False]
    walk = build_network(roads, WALK, min_component_m=0)
    assert snap(walk, *spot, max_access_m=300).lat.tolist() == pytest.approx([DEGREE])


def test_a_motorway_on_an_island_is_nothing_that_was_passed_over(draw):
    nodes = {1: (0, 0), 2: (4, 0), 3: (1, 1), 4: (3, 1), 5: (2, 2), 6: (2.1, 2)}
    ways = {
        7: ((1, 2), {"highway": "residential"}),
        8: ((3, 4), {"highway": "motorway"}),
        9: ((5, 6), {"highway": "residential"}),
    }
    network = build_network(draw(nodes, ways), VAN, min_component_m=100)
    places = snap(network, np.full(2, 2 * DEGREE), np.array([0.9, 1.9]) * DEGREE, max_access_m=300)
    assert places.lat.tolist() == pytest.approx([0.0, 0.0], abs=1e-12)
    assert places.past_island.tolist() == [False, True]


def test_where_no_van_may_stop_there_is_no_edge(draw):
    nodes = {1: (0, 0), 2: (4, 0)}
    network = build_network(
        draw(nodes, {7: ((1, 2), {"highway": "motorway"})}), VAN, min_component_m=0
    )
    places = snap(network, np.array([0.0]), np.array([0.0]), max_access_m=300)
    assert places.edge.tolist() == [-1]


def test_of_equally_near_edges_the_first_is_taken_whatever_the_order_of_places(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1)}
    street = {"highway": "residential"}
    ways = {7: ((1, 2), street), 8: ((2, 3), street), 9: ((2, 4), street)}
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    at_junction = snap(network, np.full(3, DEGREE), np.zeros(3), max_access_m=300)
    assert at_junction.edge.tolist() == [0, 0, 0]
    assert at_junction.access_mm.tolist() == [0, 0, 0]


def test_places_without_coordinates_are_a_programming_error(draw):
    network = build_network(draw(), WALK, min_component_m=0)
    with pytest.raises(ValueError, match="finite"):
        snap(network, np.array([np.nan]), np.array([0.0]), max_access_m=300)


def test_nothing_snaps_to_nothing(draw):
    empty = build_network(
        draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), {"highway": "steps"})}), VAN, min_component_m=0
    )
    assert snap(empty, np.array([0.0]), np.array([0.0]), max_access_m=300).edge.tolist() == [-1]
    town = build_network(draw(), WALK, min_component_m=0)
    assert len(snap(town, np.zeros(0), np.zeros(0), max_access_m=300)) == 0


@pytest.mark.parametrize(
    ("lon", "epsg"), [(119.97, 4549), (121.4, 4549), (121.6, 4550), (104.0, 4544), (75.0, 4534)]
)
def test_the_plane_in_china_is_the_zone_of_the_longitude(lon, epsg):
    assert plane_for(lon, 31.0) == f"EPSG:{epsg}"


@pytest.mark.parametrize(("lon", "lat"), [(-8.6, 41.1), (24.9, 60.2), (119.97, 31.78)])
def test_the_plane_keeps_lengths_near_its_centre(lon, lat):
    x, y = to_plane(plane_for(lon, lat), np.array([lon, lon]), np.array([lat, lat + 0.01]))
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(1112, rel=3e-3)
    assert y[1] > y[0]


@pytest.mark.real_data
def test_positions_are_as_near_as_shapely_finds(shared_data):
    path = shared_data / "helsinki" / "Helsinki.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    network = build_network(roads, WALK, min_component_m=1000)
    random = np.random.default_rng(7)
    lon = random.uniform(24.90, 24.99, 500)
    lat = random.uniform(60.15, 60.19, 500)
    places = snap(network, lon, lat, max_access_m=300)
    owner = np.repeat(np.arange(network.n_edges), np.diff(network.shape_offsets))
    lines = shapely.linestrings(np.column_stack((network.shape_x, network.shape_y)), indices=owner)
    tree = shapely.STRtree(lines[~network.on_island])
    points = shapely.points(*to_plane(network.plane, lon, lat))
    near, distance_m = tree.query_nearest(points, return_distance=True, all_matches=False)
    assert near[0].tolist() == list(range(500))
    found = shapely.distance(points, lines[places.edge])
    assert np.allclose(found, distance_m, atol=1e-6)
    assert np.allclose(places.access_mm / 1000, distance_m, rtol=1e-3, atol=0.01)


@pytest.mark.real_data
def test_no_van_stops_on_an_expressway_of_shanghai(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    network = build_network(roads, VAN, min_component_m=10_000)
    random = np.random.default_rng(3)
    at = random.integers(0, network.shape_lon.size, 3_000)
    lon = network.shape_lon[at] + random.normal(0, 0.0005, at.size)
    lat = network.shape_lat[at] + random.normal(0, 0.0005, at.size)
    places = snap(network, lon, lat, max_access_m=300)
    way = {int(i): k for k, i in enumerate(roads.way_ids)}
    stopped = [way[int(i)] for i in np.unique(network.way_ids[places.edge[places.on_network]])]
    assert len(stopped) > 500
    for k in stopped:
        tags = {key: roads.values(key)[k] for key in ("highway", "bridge", "tunnel", "motorroad")}
        assert tags["highway"] not in {"motorway", "motorway_link", "trunk_link"}, tags
        assert set(tags.values()) - {"", tags["highway"]} <= {"no"}, tags
    # The nearest of what is left, as Shapely finds it.
    owner = np.repeat(np.arange(network.n_edges), np.diff(network.shape_offsets))
    lines = shapely.linestrings(np.column_stack((network.shape_x, network.shape_y)), indices=owner)
    tree = shapely.STRtree(lines[network.can_stop & ~network.on_island])
    points = shapely.points(*to_plane(network.plane, lon, lat))
    distance_m = tree.query_nearest(points, return_distance=True, all_matches=False)[1]
    found = shapely.distance(points, lines[places.edge])
    assert np.allclose(found, distance_m, atol=1e-6)


@pytest.mark.real_data
def test_islands_passed_over_are_those_of_the_raw_data(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    network = build_network(roads, WALK, min_component_m=1000)
    random = np.random.default_rng(11)
    lon, lat = random.uniform(121.40, 121.46, 3_000), random.uniform(31.12, 31.21, 3_000)
    places = snap(network, lon, lat, max_access_m=300)
    # Every OSM node a vertex, components by networkx, the nearest segment by Shapely.
    graph = nx.Graph()
    for way in (
        osmium.FileProcessor(path).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
    ):
        if way.is_way() and may_walk(dict(way.tags)):
            for one, other in itertools.pairwise(way.nodes):
                ends = (one.lon, one.lat, other.lon, other.lat)
                graph.add_edge(one.ref, other.ref, ends=ends, length_m=GEOD.inv(*ends)[2])
    small = set()
    for part in nx.connected_components(graph):
        if graph.subgraph(part).size(weight="length_m") < 1000:
            small |= part
    ends = np.array([facts["ends"] for _, _, facts in graph.edges(data=True)])
    start, end = (np.column_stack(to_plane(network.plane, *ends[:, k : k + 2].T)) for k in (0, 2))
    lines = shapely.linestrings(np.stack((start, end), axis=1))
    is_small = np.array([one in small for one, _ in graph.edges])
    points = shapely.points(*to_plane(network.plane, lon, lat))
    to_small, to_others = (
        shapely.STRtree(lines[chosen]).query_nearest(
            points, return_distance=True, all_matches=False
        )[1]
        for chosen in (is_small, ~is_small)
    )
    assert places.past_island.sum() > 10
    is_clear = abs(to_others - 300) > 1.0  # at the limit the plane is no judge
    expected = (to_small < to_others) & (to_others <= 300)
    assert (places.past_island == expected)[is_clear].all()
