"""Random towns, and places on their roads: what laws of the network are tried on."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from lastmile.network import RoadData, Snaps
from lastmile.network.roads import segment_lengths, shared_sets

LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def towns(draw):
    """A few dozen nodes on a coarse grid, so that equal lengths and equal places are common."""
    n_nodes = draw(st.integers(2, 14))
    cell = st.tuples(st.integers(0, 5), st.integers(0, 5))
    places = draw(st.lists(cell, min_size=n_nodes, max_size=n_nodes))
    node = st.integers(0, n_nodes - 1)
    ways = draw(st.lists(st.lists(node, min_size=2, max_size=5), min_size=1, max_size=14))
    tag = st.tuples(st.sampled_from(["", "yes", "-1", "no"]), st.sampled_from(["", "", "30"]))
    return road_data(places, ways, draw(st.lists(tag, min_size=len(ways), max_size=len(ways))))


def road_data(places, ways, tags):
    sizes = [len(way) for way in ways]
    node = np.concatenate([np.array(way) for way in ways])
    where = np.array(places, dtype=float)[node]
    lon, lat = 120.0 + where[:, 0] / 1000, 31.0 + where[:, 1] / 1000
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    segment_mm = segment_lengths(lon, lat, offsets)
    tag_set, tag_sets = shared_sets(
        {"highway": "residential", "oneway": oneway, "maxspeed": maxspeed}
        for oneway, maxspeed in tags
    )
    return RoadData(
        source="drawn", data_timestamp="", way_ids=np.arange(len(ways)), way_offsets=offsets,
        node_ids=node.astype(np.int64), lon=lon, lat=lat, segment_mm=segment_mm, tag_set=tag_set,
        tag_sets=tag_sets, names=np.full(len(ways), "", dtype=object),
    )  # fmt: skip


def positions(draw, network, n_most=6):
    """Places at random offsets; ends and middles of edges, and one place twice, are common."""
    n_places = draw(st.integers(1, n_most))
    edge = draw(st.lists(st.integers(0, network.n_edges - 1), min_size=n_places, max_size=n_places))
    share = st.sampled_from([0.0, 0.25, 0.5, 0.731, 1.0])
    shares = np.array(draw(st.lists(share, min_size=n_places, max_size=n_places)))
    access = st.sampled_from([0, 0, 7_003, 41_111])
    access_mm = np.array(draw(st.lists(access, min_size=n_places, max_size=n_places)))
    edges = np.array(edge, dtype=np.int32)
    on_network = np.array(draw(st.lists(st.sampled_from([True, True, True, False]),
                                        min_size=n_places, max_size=n_places)))  # fmt: skip
    offset_mm = np.floor(shares * network.length_mm[edges]).astype(np.int64)
    zeros = np.zeros(n_places)
    off = np.zeros(n_places, dtype=bool)
    return Snaps(edges, offset_mm, access_mm, on_network, off, zeros + 120.0, zeros + 31.0)
