"""Small random towns for laws about roads, and networkx as their oracle."""

from __future__ import annotations

import dataclasses
import itertools

import networkx as nx
import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from road_towns import road_data

from lastmile.network import VAN, WALK, build_network, snap

METRES_PER_STEP = 100


@st.composite
def networks(draw, profiles=(WALK, VAN)):
    """A network over a few nodes on a coarse grid: rings, parallels and equal lengths abound."""
    n_nodes = draw(st.integers(2, 12))
    cell = st.tuples(st.integers(0, 5), st.integers(0, 5))
    places = draw(st.lists(cell, min_size=n_nodes, max_size=n_nodes))
    node = st.integers(0, n_nodes - 1)
    ways = draw(st.lists(st.lists(node, min_size=2, max_size=5), min_size=1, max_size=12))
    one_way = st.sampled_from(["", "", "yes", "-1"])
    tags = [(draw(one_way), "") for _ in ways]
    network = build_network(road_data(places, ways, tags), draw(st.sampled_from(profiles)),
                            min_component_m=0)  # fmt: skip
    assume(network.n_edges > 0)
    return network


def positions_at(network, edge, offset_mm, access_mm=None, on_network=None):
    """Positions on given edges; the places themselves lie wherever."""
    edge = np.asarray(edge, dtype=np.int32)
    there = np.zeros(edge.size)
    places = snap(network, there + 120.0, there + 31.0, max_access_m=1e6)
    return dataclasses.replace(
        places,
        edge=edge,
        offset_mm=np.asarray(offset_mm, dtype=np.int64),
        access_mm=np.zeros(edge.size, np.int64) if access_mm is None else np.asarray(access_mm),
        on_network=np.ones(edge.size, bool) if on_network is None else np.asarray(on_network),
    )


@st.composite
def positions(draw, network, n_most=5):
    """Positions on random edges; ends, middles and one place twice are common."""
    n = draw(st.integers(1, n_most))
    rows = [
        (
            draw(st.integers(0, network.n_edges - 1)),
            draw(st.sampled_from([0.0, 0.25, 0.5, 0.731, 1.0])),
            draw(st.sampled_from([0, 0, 7_003, 41_111])),
            draw(st.sampled_from([True, True, True, False])),
        )
        for _ in range(n)
    ]
    edge, share, access_mm, on_network = (np.array(column) for column in zip(*rows, strict=True))
    offset_mm = np.floor(share * network.length_mm[edge]).astype(np.int64)
    return positions_at(network, edge, offset_mm, access_mm, on_network)


def split_graph(network, groups):
    """The network with every position made a vertex, its pieces priced in ``mm`` and ``ms``."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_vertices))
    on_edge = [[] for _ in range(network.n_edges)]
    for name, places in groups.items():
        for k in range(len(places)):
            on_edge[places.edge[k]].append((int(places.offset_mm[k]), (name, k)))
    for edge in range(network.n_edges):
        whole_mm, whole_ms = int(network.length_mm[edge]), int(network.time_ms[edge])
        stops = [(0, 0, int(network.edge_from[edge]))]
        for offset, name in sorted(on_edge[edge], key=lambda stop: stop[0]):
            before_ms = (2 * offset * whole_ms + whole_mm) // max(1, 2 * whole_mm)
            stops.append((offset, before_ms, name))
        stops.append((whole_mm, whole_ms, int(network.edge_to[edge])))
        for (mm0, ms0, at), (mm1, ms1, to) in itertools.pairwise(stops):
            graph.add_edge(at, to, mm=mm1 - mm0, ms=ms1 - ms0)
            if not network.one_way[edge] or (mm0, ms0) == (mm1, ms1):
                graph.add_edge(to, at, mm=mm1 - mm0, ms=ms1 - ms0)
    return graph
