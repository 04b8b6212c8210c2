"""Walking reach on a town drawn by hand, and on a real district."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from pyproj import Geod

from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    WALK,
    build_network,
    euclidean_reach,
    reach,
    read_roads,
    snap,
    to_networkx,
)


def names(count, letter):
    return [f"{letter}{k}" for k in range(count)]


def walked(network, demand, sites, limit_mm, threads=1):
    return reach(
        network, demand, sites, limit_mm=np.full(len(demand), limit_mm),
        demand_ids=names(len(demand), "d"), site_ids=names(len(sites), "s"), threads=threads,
    )  # fmt: skip


def test_a_walk_round_the_corner_is_measured_along_the_road(draw):
    network = build_network(draw(), WALK, min_component_m=200)
    # From 0.2 units south of the south street to a shop 0.1 north of the north street.
    demand = snap(network, np.array([0.0005]), np.array([-0.0002]), max_access_m=300)
    sites = snap(network, np.array([0.0005]), np.array([0.0021]), max_access_m=300)
    table = walked(network, demand, sites, 1_000_000)
    access_mm = 22_115 + 11_057
    # Half a unit west, two north, half a unit east.
    expected = access_mm + 55_660 + 2 * 110_574 + 55_660
    assert table.length_mm.tolist() == pytest.approx([expected], abs=2)
    exact = int(table.length_mm[0])
    assert walked(network, demand, sites, exact).n_pairs == 1
    assert walked(network, demand, sites, exact - 1).n_pairs == 0


def test_two_places_on_one_street_walk_straight_along_it(draw):
    network = build_network(draw(), WALK, min_component_m=200)
    lon, lat = np.array([0.0005, 0.0015]), np.zeros(2)
    places = snap(network, lon, lat, max_access_m=300)
    table = walked(network, places, places, 150_000)
    assert table.indptr.tolist() == [0, 2, 4]
    assert table.length_mm.tolist() == pytest.approx([0, 111_319, 111_319, 0], abs=1)


def test_a_place_off_the_network_reaches_nothing(draw):
    network = build_network(draw(), WALK, min_component_m=200)
    places = snap(network, np.array([0.0005, 0.1]), np.zeros(2), max_access_m=300)
    table = walked(network, places, places, 2_000_000)
    assert table.indptr.tolist() == [0, 1, 1]
    assert table.demand_ids == ("d0", "d1")


def test_a_network_with_one_ways_is_refused(draw):
    network = build_network(draw(), VAN, min_component_m=0)
    places = snap(network, np.zeros(1), np.zeros(1), max_access_m=300)
    with pytest.raises(ValueError, match="one-ways"):
        walked(network, places, places, 1)


def test_straight_lines_are_geodesics_and_the_limit_is_inclusive():
    lon, lat = np.array([0.0]), np.array([0.0])
    site_lon, site_lat = np.array([0.001, 0.002]), np.zeros(2)

    def straight(limit_mm):
        return euclidean_reach(
            lon, lat, site_lon, site_lat, limit_mm=np.array([limit_mm]),
            demand_ids=["d"], site_ids=["a", "b"],
        )  # fmt: skip

    assert straight(111_318).n_pairs == 0
    assert straight(111_319).length_mm.tolist() == [111_319]
    assert straight(222_639).indices.tolist() == [0, 1]


def test_straight_lines_miss_no_pair_that_all_pairs_find():
    random = np.random.default_rng(3)
    lon, lat = random.uniform(119.5, 120.5, 300), random.uniform(31.2, 32.0, 300)
    site_lon, site_lat = random.uniform(119.5, 120.5, 80), random.uniform(31.2, 32.0, 80)
    limit_mm = random.integers(1_000_000, 20_000_000, 300)
    table = euclidean_reach(
        lon, lat, site_lon, site_lat, limit_mm=limit_mm, demand_ids=names(300, "d"),
        site_ids=names(80, "s"),
    )  # fmt: skip
    i, j = np.divmod(np.arange(300 * 80), 80)
    metres = Geod(ellps="WGS84").inv(lon[i], lat[i], site_lon[j], site_lat[j])[2]
    near = np.rint(np.asarray(metres) * 1000) <= limit_mm[i]
    assert np.array_equal(table.rows() * 80 + table.indices, np.flatnonzero(near))


@pytest.fixture(scope="module")
def xuhui(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    return build_network(roads, WALK, min_component_m=1000)


def scattered(network, count, seed):
    random = np.random.default_rng(seed)
    lon = random.uniform(121.40, 121.47, count)
    lat = random.uniform(31.13, 31.21, count)
    return snap(network, lon, lat, max_access_m=300)


@pytest.mark.real_data
def test_on_a_real_district_networkx_agrees_to_the_millimetre(xuhui):
    demand, sites = scattered(xuhui, 200, 1), scattered(xuhui, 150, 2)
    table = walked(xuhui, demand, sites, 1_000_000)
    graph = to_networkx(xuhui).to_undirected()
    by_key = {
        key // 2: (u, v, round(facts["length"] * 1000))
        for u, v, key, facts in to_networkx(xuhui).edges(keys=True, data=True)
    }
    plain = nx.Graph()
    for u, v, facts in graph.edges(data=True):
        mm = round(facts["length"] * 1000)
        if not plain.has_edge(u, v) or plain[u][v]["mm"] > mm:
            plain.add_edge(u, v, mm=mm)
    ids = xuhui.vertex_ids
    n_checked = 0
    for i in np.flatnonzero(demand.on_network):
        edge, offset = int(demand.edge[i]), int(demand.offset_mm[i])
        whole = int(xuhui.length_mm[edge])
        assert by_key[edge][2] == whole
        ends = (
            (int(ids[xuhui.edge_from[edge]]), offset),
            (
                int(ids[xuhui.edge_to[edge]]),
                whole - offset,
            ),
        )
        from_end = [
            (first, nx.single_source_dijkstra_path_length(plain, at, 1_000_000, "mm"))
            for at, first in ends
        ]
        row = {}
        for j in np.flatnonzero(sites.on_network):
            other, there = int(sites.edge[j]), int(sites.offset_mm[j])
            rest = int(xuhui.length_mm[other]) - there
            options = [abs(offset - there)] if edge == other else []
            for first, lengths in from_end:
                for vertex, last in ((xuhui.edge_from[other], there), (xuhui.edge_to[other], rest)):
                    if int(ids[vertex]) in lengths:
                        options.append(first + lengths[int(ids[vertex])] + last)
            access = int(demand.access_mm[i] + sites.access_mm[j])
            if options and min(options) + access <= 1_000_000:
                row[int(j)] = min(options) + access
        span = slice(table.indptr[i], table.indptr[i + 1])
        found = zip(table.indices[span].tolist(), table.length_mm[span].tolist(), strict=True)
        assert dict(found) == row
        n_checked += len(row)
    assert n_checked > 200


@pytest.mark.real_data
def test_any_number_of_threads_and_any_rerun_give_the_same_bytes(xuhui):
    demand, sites = scattered(xuhui, 5_000, 1), scattered(xuhui, 3_000, 2)
    first, *others = (walked(xuhui, demand, sites, 500_000, threads) for threads in (1, 2, 5, 2))
    assert first.n_pairs > 10_000
    for other in others:
        for name in ("indptr", "indices", "length_mm"):
            assert getattr(first, name).tobytes() == getattr(other, name).tobytes()
