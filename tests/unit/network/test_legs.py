"""Legs on a drawn ring and on real roads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pyproj import Geod

from lastmile.costs import UNREACHABLE
from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    Snaps,
    build_network,
    prepare_travel,
    read_roads,
    roundabout_ways,
    route_legs,
    route_lines,
    snap,
    travel_costs,
    way_names,
)

# A road (11) to a junction, a road (14) on, and a ring of two ways from the junction to itself.
NODES = {1: (0, 1), 5: (1, 1), 4: (1, 2), 6: (2, 1), 7: (2, 0)}
WAYS = {k: (refs, {"highway": "residential"})
        for k, refs in {11: (1, 5), 14: (5, 4), 20: (5, 6, 7), 21: (7, 5)}.items()}  # fmt: skip


def no_turn(one, other):
    members = (("w", one, "from"), ("n", 5, "via"), ("w", other, "to"))
    return (members, {"type": "restriction", "restriction": "no_left_turn"})


@pytest.mark.parametrize(("closed", "through"), [(20, [7, 6]), (21, [6, 7])])
def test_a_ring_is_drawn_in_the_sense_in_which_it_is_driven(draw, closed, through):
    rules = [no_turn(11, 14), no_turn(11, closed)]
    roads = draw(NODES, WAYS, relations=rules)
    network = build_network(roads, replace(VAN, u_turn_s=10_000.0), min_component_m=0)
    edges = [int(np.flatnonzero(network.way_ids == way)[0]) for way in (11, 14)]
    edge = np.array(edges, dtype=np.int32)
    nothing = np.zeros(2, dtype=np.int64)
    places = Snaps(edge, network.length_mm[edge] // 2, nothing, np.ones(2, bool),
                   np.zeros(2, bool), np.zeros(2), np.zeros(2))  # fmt: skip
    ((leg,),) = route_legs(network, places, [np.array([0, 1])])
    corners = [(NODES[k][0] / 1000, NODES[k][1] / 1000) for k in (5, *through, 5)]
    assert np.allclose(leg.geometry.coords[1:-1], corners)


def test_no_sequence_makes_no_line_and_no_leg(draw):
    network = build_network(draw(NODES, WAYS), VAN, min_component_m=0)
    places = snap(network, np.array([0.0005]), np.array([0.001]), max_access_m=300)
    assert route_lines(network, places, []) == []
    assert route_legs(network, places, []) == []
    assert route_legs(network, places, [np.array([0])]) == [[]]


@pytest.fixture(scope="module")
def southwest(shared_data):
    path = shared_data / "shanghai_sw" / "shanghai_sw_all_2021.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    return roads, build_network(roads, VAN, min_component_m=1000)


@pytest.fixture(scope="module")
def places(southwest):
    random = np.random.default_rng(11)
    lon, lat = random.uniform(120.95, 121.40, 400), random.uniform(30.70, 31.05, 400)
    return snap(southwest[1], lon, lat, max_access_m=1000)


@pytest.mark.real_data
def test_legs_on_real_roads_are_those_of_the_table(southwest, places):
    roads, network = southwest
    ids = [str(k) for k in range(400)]
    time, length = (table.values for table in travel_costs(network, places, ids=ids))
    random = np.random.default_rng(12)
    routes = [random.integers(0, 400, 5) for _ in range(60)]
    words = {"names": way_names(roads), "roundabouts": roundabout_ways(roads)}
    legs = [leg for route in route_legs(network, places, routes, **words) for leg in route]
    assert len(legs) == 240
    geod = Geod(ellps="WGS84")
    for leg in legs:
        assert (leg.time_ms, leg.length_mm) == (
            time[leg.source, leg.target],
            length[leg.source, leg.target],
        )
        if leg.length_mm < UNREACHABLE and leg.source != leg.target:
            access_mm = places.access_mm[leg.source] + places.access_mm[leg.target]
            drawn_mm = 1000 * geod.geometry_length(leg.geometry)
            assert drawn_mm == pytest.approx(leg.length_mm - access_mm, abs=200)
            assert leg.turns[-1].time_ms == leg.time_ms
    assert len({turn.name_after for leg in legs for turn in leg.turns}) > 50


@pytest.mark.real_data
def test_the_nearest_do_not_depend_on_threads_and_are_those_of_the_table(southwest, places):
    network = southwest[1]
    ids = [str(k) for k in range(400)]
    time, length = (table.values for table in travel_costs(network, places, ids=ids))
    one, two = (
        prepare_travel(network, places, ids=ids, threads=threads).nearest(10) for threads in (1, 3)
    )
    for name in ("indptr", "indices", "time_ms", "length_mm"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    rows = one.rows()
    assert np.array_equal(one.time_ms, time[rows, one.indices])
    assert np.array_equal(one.length_mm, length[rows, one.indices])
    # Nobody that is left out of a row is nearer than those in it.
    others = np.where(np.eye(400, dtype=bool), UNREACHABLE, time)
    full = np.flatnonzero(np.diff(one.indptr) == 10)
    assert full.size > 300
    assert np.array_equal(one.time_ms[one.indptr[1:][full] - 1], np.sort(others)[full, 9])
    assert np.array_equal(np.diff(one.indptr), np.minimum(10, (others < UNREACHABLE).sum(axis=1)))
