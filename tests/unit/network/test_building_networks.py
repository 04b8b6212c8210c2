"""From ways to vertices and edges."""

from __future__ import annotations

import numpy as np
import pytest

from lastmile.network import VAN, WALK, NetworkReport, build_network, junctions, to_networkx
from lastmile.network.morton import morton


def test_the_town_becomes_edges_between_its_junctions(draw):
    network = build_network(draw(), WALK, min_component_m=0)
    # Walkers see one ring (the motorway is closed), cut where its first segment starts, and
    # the island's road.
    around_mm = 2 * 111_319 + 2 * 110_574 + 222_639 + 2 * 110_574
    assert sorted(network.length_mm.tolist()) == [111_319, around_mm]


def test_a_ring_that_meets_nothing_is_one_edge_from_a_vertex_to_itself(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 1)}
    network = build_network(
        draw(nodes, {7: ((1, 2, 3, 1), {"highway": "residential"})}), WALK, min_component_m=0
    )
    assert network.n_edges == 1
    assert network.edge_from[0] == network.edge_to[0]


def test_parallel_edges_stay_apart(draw):
    nodes = {1: (0, 0), 2: (2, 0), 3: (1, 1), 4: (-1, 0), 5: (3, 0)}
    street = {"highway": "residential"}
    ways = {7: ((4, 1, 2, 5), street), 8: ((1, 3, 2), street)}
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    assert network.n_vertices == 4
    assert network.n_edges == 4


def test_a_vans_edges_break_where_the_speed_changes_and_obey_one_ways(draw):
    network = build_network(draw(), VAN, min_component_m=0)
    at_36 = network.length_mm == 221_148
    assert network.one_way[at_36].all()
    # 221,148 mm at 0.8 x 36 km/h = 8 m/s.
    assert network.time_ms[at_36].tolist() == [27_644]


def test_a_vans_edges_break_where_stopping_is_forbidden(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0)}
    street = {"highway": "trunk", "name": "高架路"}
    ways = {7: ((1, 2), street), 8: ((2, 3), street | {"bridge": "yes"}), 9: ((3, 4), street)}
    roads = draw(nodes, ways)
    van = build_network(roads, VAN, min_component_m=0)
    assert dict(zip(van.way_ids.tolist(), van.can_stop.tolist(), strict=True)) == {
        7: True, 8: False, 9: True,
    }  # fmt: skip
    walk = build_network(roads, WALK, min_component_m=0)
    assert (walk.n_edges, walk.can_stop.tolist()) == (1, [True])


def test_a_one_way_against_its_way_is_turned_round(draw):
    nodes = {1: (0, 0), 2: (1, 0)}
    ways = {7: ((1, 2), {"highway": "residential", "oneway": "-1"})}
    network = build_network(draw(nodes, ways), VAN, min_component_m=0)
    assert network.vertex_ids[network.edge_from].tolist() == [2]
    assert network.shape_lon.tolist() == [0.001, 0.0]


def test_slips_of_the_mapper_survive(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 0), 4: (2, 0)}
    street = {"highway": "residential"}
    ways = {7: ((1, 1, 2, 3, 4), street), 8: ((4, 4), street), 9: ((2, 2), street)}
    network = build_network(draw(nodes, ways), WALK, min_component_m=0)
    assert network.length_mm.tolist() == [222_638]


def test_a_network_without_any_open_road_is_empty(draw):
    nodes = {1: (0, 0), 2: (1, 0)}
    network = build_network(
        draw(nodes, {7: ((1, 2), {"highway": "steps"})}), VAN, min_component_m=0
    )
    assert (network.n_vertices, network.n_edges) == (0, 0)
    assert NetworkReport.of(network).main_component_share == 0.0
    assert junctions(network).empty


def test_small_components_are_islands(draw):
    network = build_network(draw(), WALK, min_component_m=200)
    assert network.on_island.sum() == 1
    report = NetworkReport.of(network)
    assert report.n_components == 2
    assert report.island_km == pytest.approx(0.111319)
    assert report.main_component_share == pytest.approx(887_573 / 998_892, abs=1e-3)


def test_the_longest_component_is_never_an_island(draw):
    network = build_network(draw(), WALK, min_component_m=1_000_000)
    assert network.on_island.tolist() == [
        component != 0 for component in network.edge_component.tolist()
    ]


def test_where_one_ways_bind_a_component_can_be_left_and_reached(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0)}
    ways = {
        7: ((1, 2), {"highway": "residential"}),
        8: ((2, 3), {"highway": "residential", "oneway": "yes"}),
    }
    network = build_network(draw(nodes, ways), VAN, min_component_m=0)
    trapped = network.one_way
    assert network.edge_component[trapped].tolist() == [-1]
    assert network.on_island.tolist() == trapped.tolist()


def test_junctions_are_where_three_roads_meet_off_islands(draw):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (10, 0), 6: (40, 0)}
    street = {"highway": "residential"}
    roads = draw(nodes, {7: ((1, 2, 3), street), 8: ((2, 4), street), 9: ((5, 6), street)})
    found = junctions(build_network(roads, WALK, min_component_m=0))
    assert [(point.x, point.y) for point in found.geometry] == [(0.001, 0.0)]
    assert junctions(build_network(roads, WALK, min_component_m=1000)).empty


def test_networkx_receives_osmnx_conventions(draw):
    graph = to_networkx(build_network(draw(), VAN, min_component_m=0))
    start, end, facts = next(
        (u, v, facts) for u, v, facts in graph.edges(data=True) if facts["osmid"] == 101
    )
    assert (start, end, facts["oneway"]) == (3, 5, True)
    assert facts["length"] == 221.148
    assert graph.nodes[3] == {"x": 0.002, "y": 0.0}
    assert facts["geometry"].coords[0] == (0.002, 0.0)


def test_the_z_order_visits_quadrant_by_quadrant():
    step = 1e-5
    lon = np.array([0, 1, 0, 1, 2, 3, 2, 3]) * step - 180
    lat = np.array([0, 0, 1, 1, 0, 0, 1, 1]) * step - 90
    assert morton(lon, lat).tolist() == list(range(8))
