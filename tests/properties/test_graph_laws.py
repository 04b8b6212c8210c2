"""A network goes to networkx and back, and its paths are as long as before."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lastmile.network import VAN, WALK, RoadData, build_network, roads_from_networkx, to_networkx
from lastmile.network.roads import segment_lengths, shared_sets

quick = settings(max_examples=80)

# A road of unknown class has no maxspeed of its own; turning costs nothing in either network.
DRIVER = replace(VAN, obeys_turn_restrictions=False, u_turn_s=0.0)

TAGS = (
    {"highway": "residential"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "primary", "maxspeed": "50", "oneway": "-1"},
    {"highway": "tertiary", "junction": "roundabout"},
    {"highway": "motorway"},
    {"highway": "motorway", "oneway": "no"},
    {"highway": "secondary", "bridge": "yes"},
)


@st.composite
def towns(draw):
    """Ways over a few nodes: crossing, parallel, in rings, and over each other."""
    n_nodes = draw(st.integers(2, 8))
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 9)),
            min_size=n_nodes, max_size=n_nodes, unique=True,
        )
    )  # fmt: skip
    nodes = st.integers(0, n_nodes - 1)
    ways = draw(st.lists(st.lists(nodes, min_size=2, max_size=6), min_size=1, max_size=6))
    tags = [draw(st.sampled_from(TAGS)) for _ in ways]
    members = np.array([node for way in ways for node in way])
    lon = np.array([spots[node][0] for node in members]) / 1000 + 119.9
    lat = np.array([spots[node][1] for node in members]) / 1000 + 31.7
    lon, lat = np.rint(lon * 1e7) / 1e7, np.rint(lat * 1e7) / 1e7
    offsets = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    tag_set, tag_sets = shared_sets(tags)
    return RoadData(
        source="drawn",
        data_timestamp="",
        way_ids=np.arange(1, len(ways) + 1),
        way_offsets=offsets,
        node_ids=members + 1,
        lon=lon,
        lat=lat,
        segment_mm=segment_lengths(lon, lat, offsets),
        tag_set=tag_set,
        tag_sets=tag_sets,
        names=np.array(["路"] * len(ways), dtype=object),
    )


def lengths(network):
    """Shortest lengths between vertices by their ids, in millimetres, where there is a path."""
    graph = nx.MultiDiGraph()
    ids = network.vertex_ids.tolist()
    graph.add_nodes_from(ids)
    for edge in np.flatnonzero(~network.closed).tolist():
        one, other = ids[network.edge_from[edge]], ids[network.edge_to[edge]]
        mm = int(network.length_mm[edge])
        graph.add_edge(one, other, mm=mm)
        if not network.one_way[edge]:
            graph.add_edge(other, one, mm=mm)
    return {
        (one, other): mm
        for one, found in nx.all_pairs_dijkstra_path_length(graph, weight="mm")
        for other, mm in found.items()
    }


def compared(before, after):
    """Lengths between the vertices that both have; rings may be cut at another place."""
    both = set(before.vertex_ids.tolist()) & set(after.vertex_ids.tolist())
    return tuple(
        {pair: mm for pair, mm in lengths(network).items() if both.issuperset(pair)}
        for network in (before, after)
    )


@quick
@given(towns(), st.sampled_from((WALK, DRIVER)))
def test_paths_are_as_long_after_a_round_trip(roads, profile):
    network = build_network(roads, profile, min_component_m=0)
    again = roads_from_networkx(to_networkx(network, roads))
    after = build_network(again, profile, min_component_m=0)
    one, other = compared(network, after)
    assert one == other
    assert after.length_mm.sum() == network.length_mm.sum()
    assert after.one_way.sum() <= network.one_way.sum()
    # Each edge is rounded to a millisecond, and edges may be joined.
    assert abs(int(after.time_ms.sum() - network.time_ms.sum())) <= network.n_edges


@quick
@given(towns())
def test_walking_lengths_need_no_tags(roads):
    network = build_network(roads, WALK, min_component_m=0)
    after = build_network(roads_from_networkx(to_networkx(network)), WALK, min_component_m=0)
    one, other = compared(network, after)
    assert one == other


@quick
@given(towns(), st.randoms())
def test_the_order_of_nodes_and_edges_does_not_matter(roads, random):
    graph = to_networkx(build_network(roads, DRIVER, min_component_m=0), roads)
    shuffled = nx.MultiDiGraph(**graph.graph)
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))
    random.shuffle(nodes)
    random.shuffle(edges)
    shuffled.add_nodes_from(nodes)
    shuffled.add_edges_from(edges)
    one, other = roads_from_networkx(graph), roads_from_networkx(shuffled)
    for name in ("way_ids", "way_offsets", "node_ids", "lon", "lat", "segment_mm", "tag_set"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    assert one.tag_sets == other.tag_sets
