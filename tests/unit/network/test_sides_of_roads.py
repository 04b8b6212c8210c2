"""On which side of a road a place lies, and from where it may be visited."""

from __future__ import annotations

import numpy as np
import pytest
from oracle import GEOD

from lastmile.errors import FaultLog
from lastmile.network import VAN, WALK, approaches, build_network, read_roads, snap

DEGREE = 0.001
STREET = {"highway": "residential"}


def sides(network, lon, lat):
    places = snap(network, np.array(lon) * DEGREE, np.array(lat) * DEGREE, max_access_m=500)
    return places.side.tolist()


def test_south_of_an_eastward_street_is_its_right_whichever_way_it_was_drawn(draw):
    nodes = {1: (0, 0), 2: (4, 0)}
    one = build_network(draw(nodes, {7: ((1, 2), STREET)}), WALK, min_component_m=0)
    other = build_network(draw(nodes, {7: ((2, 1), STREET)}), WALK, min_component_m=0)
    for network in (one, other):
        eastward = network.vertex_lon[network.edge_from[0]] == 0.0
        right = 1 if eastward else -1
        assert sides(network, [2, 2], [-1, 1]) == [right, -right]


def test_a_one_way_has_the_sides_of_who_drives_on_it(draw):
    nodes = {1: (0, 0), 2: (4, 0), 3: (4, 4), 4: (0, 4)}
    against = {"highway": "residential", "oneway": "-1"}
    ways = {7: ((1, 2), against), 8: ((2, 3, 4, 1), {"highway": "residential", "oneway": "-1"})}
    network = build_network(draw(nodes, ways), VAN, min_component_m=0)
    # It is driven westward, so that north is to the right.
    assert sides(network, [2, 2], [1, -1]) == [1, -1]


def test_a_place_on_the_line_at_a_junction_beyond_an_end_or_without_an_edge_has_no_side(draw):
    network = build_network(
        draw({1: (0, 0), 2: (4, 0)}, {7: ((1, 2), STREET)}), WALK, min_component_m=0
    )
    assert sides(network, [1, -1, 4, 500], [0, 0.5, 1, 500]) == [0, 0, 0, 0]


def test_a_place_outside_a_bend_is_on_its_outer_side(draw):
    # East, then north: a left bend, whose outer corner is in the south-east.
    nodes = {1: (0, 0), 2: (2, 0), 3: (2, 2)}
    network = build_network(draw(nodes, {7: ((1, 2, 3), STREET)}), WALK, min_component_m=0)
    outside = 1 if network.vertex_ids[network.edge_from[0]] == 1 else -1
    assert sides(network, [2.5, 2.1, 1.5], [-0.1, -0.5, 0.5]) == [outside, outside, -outside]


def test_snaps_that_are_taken_keep_their_sides(draw):
    network = build_network(
        draw({1: (0, 0), 2: (4, 0)}, {7: ((1, 2), STREET)}), WALK, min_component_m=0
    )
    places = snap(network, np.full(2, DEGREE), np.array([DEGREE, -DEGREE]), max_access_m=300)
    assert places.take(np.array([1, 0, 1])).side.tolist() == places.side[[1, 0, 1]].tolist()
    assert places.side[0] == -places.side[1] != 0


@pytest.mark.real_data
def test_sides_are_those_of_the_bearings_on_the_ellipsoid(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    network = build_network(
        read_roads(path, bounds=None, faults=FaultLog()), WALK, min_component_m=1000
    )
    random = np.random.default_rng(5)
    lon, lat = random.uniform(121.41, 121.46, 3_000), random.uniform(31.13, 31.20, 3_000)
    places = snap(network, lon, lat, max_access_m=2_000)
    clear = np.flatnonzero(places.side != 0)
    assert clear.size > 2_500
    assert {-1, 1} <= set(places.side[clear].tolist())
    for k in clear[:1_000].tolist():
        first, last = network.shape_offsets[places.edge[k] : places.edge[k] + 2]
        point = int(np.searchsorted(network.shape_mm[first:last], places.offset_mm[k])) + first
        ends = [(network.shape_lon[p], network.shape_lat[p]) for p in (point - 1, point)]
        along = GEOD.inv(*ends[0], *ends[1])[0]
        aside = GEOD.inv(places.lon[k], places.lat[k], lon[k], lat[k])[0]
        turn = (aside - along) % 360
        # A foot is at a right angle; beyond a bend the angle lies between the two of its arms.
        assert (0 < turn < 180) == (places.side[k] == 1)


@pytest.mark.parametrize("drives_on", ["right", "left"])
def test_without_a_divided_road_every_place_may_be_visited_from_both_sides(drives_on):
    side = np.array([1, 0, -1], dtype=np.int8)
    forward, backward = approaches(side, np.zeros(3, dtype=bool), drives_on)
    assert forward.all()
    assert backward.all()


def test_on_a_divided_road_only_the_lane_beside_the_place_reaches_it():
    side, divided = np.array([1, 0, -1], dtype=np.int8), np.ones(3, dtype=bool)
    forward, backward = approaches(side, divided, "right")
    assert forward.tolist() == [True, True, False]
    assert backward.tolist() == [False, True, True]
    # Who drives on the left sees it mirrored, as who travels the other way does.
    left = approaches(side, divided, "left")
    assert left[0].tolist() == backward.tolist()
    assert left[1].tolist() == forward.tolist()
    turned = approaches(-side, divided, "right")
    assert turned[0].tolist() == backward.tolist()


def test_no_place_is_closed_to_both_directions():
    side = np.repeat(np.array([1, 0, -1], dtype=np.int8), 2)
    divided = np.tile([False, True], 3)
    for drives_on in ("right", "left"):
        forward, backward = approaches(side, divided, drives_on)
        assert (forward | backward).all()
