"""Travel times, lengths and lines of vans."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from pyproj import Geod

from lastmile.costs import UNREACHABLE
from lastmile.errors import FaultLog
from lastmile.network import VAN, build_network, read_roads, route_lines, snap, travel_costs

BLOCK = {
    1: (0, 0),
    2: (2, 0),
    3: (2, 2),
    4: (0, 2),
}
RING = {
    # One-way round the block, counter-clockwise, at 0.8 x 45 = 36 km/h = 10 mm/ms.
    7: ((1, 2, 3, 4, 1), {"highway": "residential", "oneway": "yes", "maxspeed": "45"}),
}
SOUTH, EAST, NORTH, WEST = 222_639, 221_149, 222_639, 221_149


@pytest.fixture
def ring(draw):
    return build_network(draw(BLOCK, RING), VAN, min_component_m=0)


def test_a_one_way_street_is_left_forward_only(ring):
    places = snap(ring, np.array([0.0005, 0.0015]), np.zeros(2), max_access_m=300)
    time, length = travel_costs(ring, places, ids=["west", "east"])
    assert length.impedance == "length_mm"
    assert length.values[0, 1] == pytest.approx(111_319, abs=2)
    # Back means round the block.
    assert length.values[1, 0] == pytest.approx(SOUTH + EAST + NORTH + WEST - 111_319, abs=4)
    assert time.values[0, 1] == pytest.approx(11_132, abs=1)
    assert time.values[0, 1] + time.values[1, 0] == ring.time_ms[0]


def test_access_legs_count_at_their_own_speed(ring):
    lon, lat = np.array([0.0005, 0.0015]), np.array([-0.0001, 0.0])
    time, length = travel_costs(
        ring, snap(ring, lon, lat, max_access_m=300), ids=["yard", "street"]
    )
    assert length.values[0, 1] == pytest.approx(111_319 + 11_057, abs=2)
    # 11.057 m at 10 km/h take 3.981 s.
    assert time.values[0, 1] == pytest.approx(11_132 + 3_981, abs=2)
    assert np.diagonal(time.values).tolist() == [0, 0]


def test_a_place_off_the_network_is_unreachable(ring):
    lon = np.array([0.0005, 0.05])
    time, length = travel_costs(
        ring, snap(ring, lon, np.zeros(2), max_access_m=300), ids=["a", "b"]
    )
    assert time.values.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    assert length.values.tolist() == time.values.tolist()


def test_no_place_makes_an_empty_matrix(ring):
    nothing = snap(ring, np.zeros(0), np.zeros(0), max_access_m=300)
    time, _ = travel_costs(ring, nothing, ids=[])
    assert time.values.shape == (0, 0)


def test_a_route_is_drawn_along_the_road(ring):
    places = snap(ring, np.array([0.0005, 0.0015]), np.zeros(2), max_access_m=300)
    there, back = route_lines(ring, places, [np.array([0, 1]), np.array([1, 0])])
    assert there.length == pytest.approx(0.001, abs=1e-9)
    assert {(0.002, 0.0), (0.002, 0.002), (0.0, 0.002), (0.0, 0.0)} <= set(back.coords)


@pytest.mark.parametrize("sequence", [[0], [0, 0], [0, 0, 0]])
def test_a_route_that_never_moves_is_a_valid_line(ring, sequence):
    places = snap(ring, np.array([0.0005]), np.zeros(1), max_access_m=300)
    (line,) = route_lines(ring, places, [np.array(sequence)])
    assert line.is_valid
    assert line.length < 1e-6


def test_where_there_is_no_path_the_leg_is_straight(ring):
    places = snap(ring, np.array([0.0005, 0.05]), np.zeros(2), max_access_m=300)
    (line,) = route_lines(ring, places, [np.array([0, 1])])
    assert line.coords[-1] == (0.05, 0.0)


@pytest.fixture(scope="module")
def southwest(shared_data):
    path = shared_data / "shanghai_sw" / "shanghai_sw_all_2021.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    return build_network(roads, VAN, min_component_m=1000)


def scattered(network, count):
    random = np.random.default_rng(5)
    return snap(
        network, random.uniform(120.95, 121.40, count), random.uniform(30.70, 31.05, count),
        max_access_m=1000,
    )  # fmt: skip


@pytest.mark.real_data
def test_a_drawn_route_is_as_long_as_the_matrix_says(southwest):
    places = scattered(southwest, 40)
    _, length = travel_costs(southwest, places, ids=[str(k) for k in range(40)])
    stops = np.flatnonzero(places.on_network)[:20]
    (line,) = route_lines(southwest, places, [stops])
    expected_mm = sum(
        int(length.values[a, b] - places.access_mm[a] - places.access_mm[b])
        for a, b in itertools.pairwise(stops)
    )
    assert Geod(ellps="WGS84").geometry_length(line) * 1000 == pytest.approx(expected_mm, abs=2000)
    assert shapely.get_num_points(line) > 500


@pytest.mark.real_data
def test_few_positions_and_many_find_the_same_costs_with_any_number_of_threads(southwest):
    places = scattered(southwest, 200)
    ids = [str(k) for k in range(200)]
    one, two = (travel_costs(southwest, places, ids=ids, threads=threads) for threads in (1, 3))
    for first, second in zip(one, two, strict=True):
        assert first.values.tobytes() == second.values.tobytes()
    few = type(places)(*(getattr(places, name)[:20] for name in places.__slots__))
    for table, part in zip(one, travel_costs(southwest, few, ids=ids[:20]), strict=True):
        assert np.array_equal(table.values[:20, :20], part.values)
