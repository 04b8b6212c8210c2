"""Links added where roads almost touch, on towns drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lastmile.costs import UNREACHABLE
from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    WALK,
    build_network,
    join_gaps,
    read_roads,
    repair_suggestions,
    snap,
    to_networkx,
    travel_costs,
)
from lastmile.network.roads import segment_lengths

STREET = {"highway": "residential"}
NODES = {1: (0.0, 0.0), 2: (4.0, 0.0), 3: (2.0, 0.1), 4: (2.0, 1.0)}


def nodes_of(roads, way):
    return roads.node_ids[roads.way_offsets[way] : roads.way_offsets[way + 1]].tolist()


def test_a_lane_is_led_on_to_a_new_node_of_the_street(draw):
    lane = {"highway": "service", "name": "小巷"}
    roads = draw(NODES, {7: ((1, 2), STREET), 8: ((4, 3), lane)})
    joined, links = join_gaps(roads, 15.0)
    assert [(link.way, link.node, link.other_way, link.new_way) for link in links] == [
        (8, 3, 7, -1)
    ]
    assert links[0].length_mm == 11_057
    assert (links[0].lon, links[0].lat) == (0.002, 0.0001)
    assert joined.way_ids.tolist() == [7, 8, -1]
    assert [nodes_of(joined, way) for way in range(3)] == [[1, 5, 2], [4, 3], [3, 5]]
    assert joined.names.tolist() == ["", "小巷", "小巷"]
    assert joined.values("highway").tolist() == ["residential", "service", "service"]
    assert joined.segment_mm.tolist() == [222_639, 222_639, 0, 99_517, 0, 11_057, 0]
    again = segment_lengths(joined.lon, joined.lat, joined.way_offsets)
    assert joined.segment_mm.tolist() == again.tolist()
    network = build_network(joined, WALK, min_component_m=0)
    assert network.component_mm.size == 1
    assert repair_suggestions(network, roads=joined).empty


def test_the_roads_that_were_given_stay_as_they_were(draw):
    roads = draw(NODES, {7: ((1, 2), STREET), 8: ((4, 3), STREET)})
    before = [roads.node_ids.copy(), roads.way_offsets.copy(), roads.segment_mm.copy()]
    join_gaps(roads, 15.0)
    for old, now in zip(before, (roads.node_ids, roads.way_offsets, roads.segment_mm), strict=True):
        assert np.array_equal(old, now)


@pytest.mark.parametrize(("lane", "reachable"), [((4, 3), "street"), ((3, 4), "lane")])
def test_a_one_way_lane_goes_on_in_its_direction(draw, lane, reachable):
    nodes = NODES | {5: (3.0, 1.0), 6: (3.0, 0.0)}
    one_way = STREET | {"oneway": "yes"}
    roads = draw(nodes, {7: ((1, 6, 2), STREET), 8: (lane, one_way), 9: ((4, 5), STREET)})
    joined, links = join_gaps(roads, 15.0)
    assert len(links) == 1
    graph = to_networkx(build_network(joined, VAN, min_component_m=0))
    # The lane and its link are one edge: of one kind, they pass straight on.
    top, foot = 4, int(joined.node_ids.max())
    assert links[0].node not in graph
    assert graph.has_edge(top, foot) == (reachable == "street")
    assert graph.has_edge(foot, top) == (reachable == "lane")


def test_two_lanes_on_one_stretch_meet_it_in_order(draw):
    nodes = NODES | {5: (3.0, 0.1), 6: (3.0, 1.0), 9: (1.0, -0.1), 10: (1.0, -1.0)}
    ways = {7: ((2, 1), STREET), 8: ((4, 3), STREET), 9: ((6, 5), STREET), 10: ((9, 10), STREET)}
    joined, links = join_gaps(draw(nodes, ways), 15.0)
    assert len(links) == 3
    first, last = joined.way_offsets[:2]
    assert joined.lon[first:last].tolist() == pytest.approx([0.004, 0.003, 0.002, 0.001, 0.0])
    assert build_network(joined, WALK, min_component_m=0).component_mm.size == 1


def test_ends_that_face_each_other_get_one_link_and_no_new_node(draw):
    nodes = {1: (0.0, 0.0), 2: (4.0, 0.0), 3: (4.1, 0.0), 4: (5.0, 0.0)}
    roads = draw(nodes, {7: ((1, 2), STREET), 8: ((3, 4), STREET)})
    joined, links = join_gaps(roads, 15.0)
    assert len(links) == 1
    assert set(nodes_of(joined, 2)) == {2, 3}
    assert set(joined.node_ids.tolist()) == {1, 2, 3, 4}


def test_twins_levels_closed_ends_and_gaps_too_wide_are_left_alone(draw):
    beside = NODES | {3: (3.0, 0.1), 4: (0.5, 0.1)}
    assert join_gaps(draw(beside, {7: ((1, 2), STREET), 8: ((3, 4), STREET)}), 15.0)[1] == ()
    high = STREET | {"bridge": "yes"}
    assert join_gaps(draw(NODES, {7: ((1, 2), STREET), 8: ((4, 3), high)}), 15.0)[1] == ()
    on = {7: ((1, 2), STREET), 8: ((4, 3), STREET), 9: ((3, 5), {"highway": "construction"})}
    assert join_gaps(draw(NODES | {5: (2.0, -1.0)}, on), 15.0)[1] == ()
    wide = draw(NODES, {7: ((1, 2), STREET), 8: ((4, 3), STREET)})
    assert join_gaps(wide, 11.0)[1] == ()
    assert len(join_gaps(wide, 11.1)[1]) == 1


def test_parts_that_a_closed_way_joins_are_joined_already(draw):
    nodes = NODES | {5: (0.0, 1.0)}
    ways = {7: ((1, 2), STREET), 8: ((4, 3), STREET), 9: ((4, 5, 1), STREET | {"foot": "no"})}
    roads = draw(nodes, ways)
    assert build_network(roads, WALK, min_component_m=0).component_mm.size == 2
    assert join_gaps(roads, 15.0)[1] == ()


def test_roads_that_nobody_uses_have_nothing_to_join(draw):
    roads = draw(NODES, {7: ((1, 2), {"highway": "construction"})})
    assert join_gaps(roads, 15.0) == (roads, ())


@pytest.mark.real_data
def test_links_on_xuhui_let_a_van_through_and_move_no_other_way(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    joined, links = join_gaps(roads, 20.0)
    assert {link.node for link in links} >= {5081198391}, "the end near Qinfen Road"
    before, after = (build_network(r, VAN, min_component_m=1_000) for r in (roads, joined))
    assert after.length_mm.sum() - before.length_mm.sum() == pytest.approx(
        sum(link.length_mm for link in links), abs=20 * len(links)
    )
    named = np.isin(before.way_ids, roads.way_ids[roads.names == "勤奋路"])
    main = (before.edge_component == 0) & before.can_stop
    points = [before.shape_offsets[np.flatnonzero(chosen)[0]] for chosen in (named, main)]
    lon, lat = before.shape_lon[points], before.shape_lat[points]
    costs = [
        travel_costs(n, snap(n, lon, lat, max_access_m=100), ids=["quarter", "main"])
        for n in (before, after)
    ]
    assert costs[0][0].values[0, 1] == UNREACHABLE
    assert 0 < costs[1][0].values[0, 1] < 3_600_000
