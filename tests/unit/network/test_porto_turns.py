"""Vans on a whole metro area, against a graph of all turns that is made from the file anew."""

from __future__ import annotations

import numpy as np
import pytest
from turn_oracle import LENGTH_BITS, AllTurnsOf, MapOfTurns

from lastmile.costs import UNREACHABLE
from lastmile.errors import FaultLog
from lastmile.network import VAN, Snaps, build_network, read_roads, travel_costs

pytestmark = pytest.mark.real_data
U_TURN_MS = round(1000 * VAN.u_turn_s)


@pytest.fixture(scope="module")
def porto(shared_data):
    path = shared_data / "porto" / "porto.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    network = build_network(roads, VAN, min_component_m=1000)
    return network, AllTurnsOf(network, MapOfTurns(path), U_TURN_MS)


def inside(network, edges, random):
    """Positions on edges: their middles, points of their shapes, or anywhere between their ends."""
    offsets = []
    for edge in edges.tolist():
        whole = int(network.length_mm[edge])
        shape = network.shape_mm[network.shape_offsets[edge] + 1 : network.shape_offsets[edge + 1]]
        choices = [whole // 2, int(random.integers(1, whole)), int(random.choice(shape))]
        offsets.append(min(max(1, choices[random.integers(3)]), whole - 1))
    n = edges.size
    return Snaps(edges.astype(np.int32), np.array(offsets), np.zeros(n, np.int64),
                 np.ones(n, bool), np.zeros(n, bool), np.zeros(n), np.zeros(n))  # fmt: skip


def measured(network, places):
    time, length = travel_costs(network, places, ids=[str(k) for k in range(len(places))])
    lost = time.values == UNREACHABLE
    return np.where(lost, -1, time.values), np.where(lost, -1, length.values)


def pairs_differ(network, oracle, places):
    """Whether the costs from each even position to the next differ from the oracle's."""
    sources, targets = np.arange(0, len(places) - 1, 2), np.arange(1, len(places), 2)
    ours = [table[sources, targets] for table in measured(network, places)]
    # Nothing beyond our costs need be looked for, unless we found no way: then any way would tell.
    furthest = np.where(ours[0] < 0, np.inf, (ours[0] << LENGTH_BITS) + ours[1])
    theirs = oracle.costs(places.edge, places.offset_mm, sources, targets, furthest)
    assert (np.diagonal(theirs[0]) >= 0).mean() > 0.9
    return (ours[0] != np.diagonal(theirs[0])) | (ours[1] != np.diagonal(theirs[1]))


def test_a_thousand_random_pairs_cost_what_a_graph_of_all_turns_says(porto):
    network, oracle = porto
    random = np.random.default_rng(20)
    roads = np.flatnonzero(~network.closed & (network.length_mm >= 2))
    places = inside(network, random.choice(roads, 2_000, replace=False), random)
    differ = pairs_differ(network, oracle, places)
    assert differ.size == 1_000
    assert not differ.any()


def test_so_do_ways_from_before_every_rule_to_behind_it(porto):
    network, oracle = porto
    assert oracle.n_used == network.turns.n_bound - network.turns.n_loose - network.turns.n_moot
    assert oracle.n_used > 300
    assert max(len(path) for path in oracle.banned) > 2
    ends = np.array([(path[0] >> 1, path[-1] >> 1) for path in sorted(oracle.banned)])
    ends = ends[(network.length_mm[ends] >= 2).all(axis=1)]
    places = inside(network, ends.reshape(-1), np.random.default_rng(21))
    assert not pairs_differ(network, oracle, places).any()
    # Without its rules the oracle says otherwise: these are ways on which they matter.
    assert pairs_differ(network, oracle.without_rules(), places).sum() > 300
