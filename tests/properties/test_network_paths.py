"""Laws of reach and travel costs on random towns, with networkx as the oracle."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from road_towns import LAW, positions, towns

from lastmile.costs import UNREACHABLE
from lastmile.network import (
    VAN,
    WALK,
    Snaps,
    build_network,
    reach,
    reach_in_blocks,
    travel_costs,
)
from lastmile.network.fastest import fastest_costs
from lastmile.network.hierarchy import build_hierarchy, build_sweep, hierarchy_costs
from lastmile.network.lines import route_lines
from lastmile.network.pieces import ends_of


def split_graph(network, groups):
    """The network with every position made a vertex; weight = time in ms * 2**32 + mm."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_vertices))
    for edge in range(network.n_edges):
        whole_mm, whole_ms = int(network.length_mm[edge]), int(network.time_ms[edge])
        stops = [(0, 0, int(network.edge_from[edge]))]
        for name, places in groups.items():
            for k in range(len(places)):
                if places.edge[k] == edge:
                    offset = int(places.offset_mm[k])
                    before_ms = (2 * offset * whole_ms + whole_mm) // max(1, 2 * whole_mm)
                    stops.append((offset, before_ms, (name, k)))
        stops.sort(key=lambda stop: stop[:2])
        stops.append((whole_mm, whole_ms, int(network.edge_to[edge])))
        for (mm0, ms0, at), (mm1, ms1, to) in itertools.pairwise(stops):
            cost = ((ms1 - ms0) << 32) + (mm1 - mm0)
            graph.add_edge(at, to, mm=mm1 - mm0, cost=cost)
            if not network.one_way[edge] or cost == 0:
                graph.add_edge(to, at, mm=mm1 - mm0, cost=cost)
    return graph


def oracle_reach(network, demand, sites, limit_mm):
    graph = split_graph(network, {"demand": demand, "site": sites})
    rows = []
    for i in range(len(demand)):
        row = {}
        if demand.on_network[i]:
            lengths = nx.single_source_dijkstra_path_length(graph, ("demand", i), weight="mm")
            for j in range(len(sites)):
                if sites.on_network[j] and ("site", j) in lengths:
                    total = lengths["site", j] + int(demand.access_mm[i] + sites.access_mm[j])
                    if total <= limit_mm[i]:
                        row[j] = total
        rows.append(row)
    return rows


def as_rows(table):
    return [
        dict(zip(table.indices[a:b].tolist(), table.length_mm[a:b].tolist(), strict=True))
        for a, b in zip(table.indptr[:-1], table.indptr[1:], strict=True)
    ]


def names(places):
    return [str(k) for k in range(len(places))]


def measured(network, demand, sites, limit_mm, threads=1):
    return reach(
        network, demand, sites, limit_mm=limit_mm, demand_ids=names(demand),
        site_ids=names(sites), threads=threads,
    )  # fmt: skip


@LAW
@given(towns(), st.data())
def test_reach_is_what_networkx_finds_from_whichever_side_it_searches(roads, data):
    network = build_network(roads, WALK, min_component_m=0)
    if network.n_edges == 0:
        return
    demand = positions(data.draw, network)
    sites = positions(data.draw, network)
    limit = st.sampled_from([0, 111_000, 250_000, 600_000, 2_000_000])
    limit_mm = np.array([data.draw(limit) for _ in range(len(demand))])
    table = measured(network, demand, sites, limit_mm)
    expected = oracle_reach(network, demand, sites, limit_mm)
    assert as_rows(table) == expected
    # Many copies of one side push the search to the other.
    many = 9 * len(sites)
    copies = Snaps(*(np.tile(getattr(sites, name), 9) for name in Snaps.__slots__))
    crowded = as_rows(measured(network, demand, copies, limit_mm))
    assert crowded == [
        {j: row[j % len(sites)] for j in range(many) if j % len(sites) in row} for row in expected
    ]


@LAW
@given(towns(), st.integers(0, 2**32 - 1))
def test_in_a_crowd_everybody_reaches_what_they_reach_alone(roads, seed):
    network = build_network(roads, WALK, min_component_m=0)
    if network.n_edges == 0:
        return
    random = np.random.default_rng(seed)
    demand, sites = thrown(network, 37, random), thrown(network, 21, random)
    limit_mm = random.choice([0, 111_000, 250_000, 600_000, 2_000_000], 37)
    crowd = measured(network, demand, sites, limit_mm)
    alone = [
        as_rows(measured(network, demand.take(np.array([k])), sites, limit_mm[k : k + 1]))[0]
        for k in range(37)
    ]
    assert as_rows(crowd) == alone
    assert as_rows(crowd) == oracle_reach(network, demand, sites, limit_mm)
    pieces = [
        row
        for piece in reach_in_blocks(
            network, demand, sites, limit_mm=limit_mm, demand_ids=names(demand),
            site_ids=names(sites), n_rows=int(random.integers(1, 40)), threads=1,
        )
        for row in as_rows(piece)
    ]  # fmt: skip
    assert pieces == alone


def thrown(network, count, random):
    edge = random.integers(0, network.n_edges, count).astype(np.int32)
    share = random.choice([0.0, 0.25, 0.5, 0.731, 1.0], count)
    offset_mm = np.floor(share * network.length_mm[edge]).astype(np.int64)
    access_mm = random.choice([0, 7_003, 41_111], count)
    off = np.zeros(count, dtype=bool)
    return Snaps(edge, offset_mm, access_mm, random.random(count) < 0.9, off,
                 np.full(count, 120.0), np.full(count, 31.0))  # fmt: skip


@LAW
@given(towns(), st.data())
def test_sites_may_have_limits_of_their_own(roads, data):
    network = build_network(roads, WALK, min_component_m=0)
    if network.n_edges == 0:
        return
    demand, sites = positions(data.draw, network), positions(data.draw, network)
    most = st.integers(-1, 600_000)
    limit_mm, own_mm = (
        np.array(data.draw(st.lists(most, min_size=len(p), max_size=len(p))), dtype=np.int64)
        for p in (demand, sites)
    )
    ids = {"demand_ids": names(demand), "site_ids": names(sites)}
    free = reach(network, demand, sites, limit_mm=limit_mm, **ids)
    bound = reach(network, demand, sites, limit_mm=limit_mm, site_limit_mm=own_mm, **ids)
    kept = free.length_mm <= own_mm[free.indices]
    assert bound.rows().tolist() == free.rows()[kept].tolist()
    assert bound.indices.tolist() == free.indices[kept].tolist()
    assert bound.length_mm.tolist() == free.length_mm[kept].tolist()


@LAW
@given(towns(), st.data())
def test_the_limit_is_inclusive(roads, data):
    network = build_network(roads, WALK, min_component_m=0)
    if network.n_edges == 0:
        return
    demand, sites = positions(data.draw, network, 1), positions(data.draw, network, 1)
    far = measured(network, demand, sites, np.array([2**31 - 2]))
    if far.n_pairs:
        exact = far.length_mm[:1]
        assert measured(network, demand, sites, exact).n_pairs == 1
        assert exact[0] == 0 or measured(network, demand, sites, exact - 1).n_pairs == 0


@LAW
@given(towns(), st.data())
def test_walking_is_as_long_there_as_back(roads, data):
    network = build_network(roads, WALK, min_component_m=0)
    if network.n_edges == 0:
        return
    ours, theirs = positions(data.draw, network), positions(data.draw, network)
    limit_mm = 700_000
    there = measured(network, ours, theirs, np.full(len(ours), limit_mm))
    back = measured(network, theirs, ours, np.full(len(theirs), limit_mm))
    pairs = {(i, j): mm for i, row in enumerate(as_rows(there)) for j, mm in row.items()}
    assert pairs == {(j, i): mm for i, row in enumerate(as_rows(back)) for j, mm in row.items()}


@LAW
@given(towns())
def test_joining_segments_changes_no_distance(roads):
    for profile in (WALK, VAN):
        network = build_network(roads, profile, min_component_m=0)
        plain = nx.MultiDiGraph()
        backward = roads.values("oneway") == "-1"
        bound = backward | (roads.values("oneway") == "yes")
        for way in range(roads.n_ways):
            span = range(roads.way_offsets[way], roads.way_offsets[way + 1] - 1)
            for k in span:
                at, to = int(roads.node_ids[k]), int(roads.node_ids[k + 1])
                if backward[way]:
                    at, to = to, at
                plain.add_edge(at, to, mm=int(roads.segment_mm[k]))
                if profile is WALK or not bound[way]:
                    plain.add_edge(to, at, mm=int(roads.segment_mm[k]))
        joined = nx.MultiDiGraph()
        ids = network.vertex_ids.tolist()
        joined.add_nodes_from(ids)
        for edge in range(network.n_edges):
            at, to = ids[network.edge_from[edge]], ids[network.edge_to[edge]]
            joined.add_edge(at, to, mm=int(network.length_mm[edge]))
            if not network.one_way[edge]:
                joined.add_edge(to, at, mm=int(network.length_mm[edge]))
        for vertex in ids:
            lengths = nx.single_source_dijkstra_path_length(plain, vertex, weight="mm")
            expected = {node: mm for node, mm in lengths.items() if node in set(ids)}
            assert expected == nx.single_source_dijkstra_path_length(joined, vertex, weight="mm")


@LAW
@given(towns(), st.data())
def test_travel_costs_are_the_shortest_of_the_fastest_paths(roads, data):
    network = build_network(roads, VAN, min_component_m=0)
    if network.n_edges == 0:
        return
    places = positions(data.draw, network)
    time, length = travel_costs(network, places, ids=names(places), threads=1)
    graph = split_graph(network, {"place": places})
    access_ms = np.rint(places.access_mm * 3.6 / VAN.access_speed_kph).astype(int)
    for i in range(len(places)):
        costs = nx.single_source_dijkstra_path_length(graph, ("place", i), weight="cost")
        for j in range(len(places)):
            found = int(time.values[i, j]), int(length.values[i, j])
            if i == j:
                assert found == (0, 0)
            elif not (places.on_network[i] and places.on_network[j] and ("place", j) in costs):
                assert found == (UNREACHABLE, UNREACHABLE)
            else:
                cost = costs["place", j]
                assert found == (
                    (cost >> 32) + access_ms[i] + access_ms[j],
                    (cost & (2**32 - 1)) + places.access_mm[i] + places.access_mm[j],
                )


@LAW
@given(towns(), st.data())
def test_the_hierarchy_finds_what_dijkstra_finds(roads, data):
    network = build_network(roads, VAN, min_component_m=0)
    if network.n_edges == 0:
        return
    ends = ends_of(network, positions(data.draw, network, 20))
    everything = np.arange(ends.edge.size)
    hierarchy = build_hierarchy(network)
    found = hierarchy_costs(hierarchy, build_sweep(hierarchy, ends), ends, everything)
    assert np.array_equal(found, fastest_costs(network, ends, everything))


@LAW
@given(towns(), st.data())
def test_every_route_has_a_valid_line(roads, data):
    network = build_network(roads, VAN, min_component_m=0)
    if network.n_edges == 0:
        return
    places = positions(data.draw, network)
    sequence = data.draw(st.lists(st.integers(0, len(places) - 1), min_size=1, max_size=6))
    (line,) = route_lines(network, places, [np.array(sequence)])
    assert line.is_valid
    assert not line.is_empty
