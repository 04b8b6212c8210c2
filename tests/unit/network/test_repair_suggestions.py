"""What repair suggestions say of towns drawn by hand, and of real ones."""

from __future__ import annotations

import numpy as np
import pytest

from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    WALK,
    build_network,
    build_networks,
    components,
    components_frame,
    linked_parts,
    read_roads,
    repair_suggestions,
    weight_by_part,
)
from lastmile.network.repairs import COLUMNS
from lastmile.network.wayside import segments_at, way_of

STREET = {"highway": "residential"}
# A street of 4 units to the east; a unit is 111,319 mm east and 110,574 mm north.
STREET_NODES = {1: (0.0, 0.0), 2: (4.0, 0.0)}


def suggested(roads, profile=WALK, gap_m=15.0, **asked):
    network = build_network(roads, profile, min_component_m=0)
    return repair_suggestions(network, gap_m=gap_m, roads=roads, **asked)


def test_a_lane_that_ends_short_of_a_street_is_told_with_its_gap_and_what_it_joins(draw):
    nodes = STREET_NODES | {3: (2.0, 0.1), 4: (2.0, 1.0)}
    roads = draw(nodes, {7: ((1, 2), STREET), 8: ((4, 3), STREET)})
    network = build_network(roads, WALK, min_component_m=0)
    found = repair_suggestions(network, roads=roads, people=np.array([50.0, 1_234.0]))
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert found.crs.to_epsg() == 4326
    row = found.iloc[0]
    assert len(found) == 1
    assert (row["kind"], row["way"], row["other_way"], row["node"]) == ("end_to_edge", 8, 7, 3)
    assert found["other_node"].isna().all()
    assert row["gap_mm"] == 11_057
    assert row["joins_mm"] == 99_517
    assert (row["part"], row["other_part"], row["people"], row["choice"]) == (1, 0, 1_234.0, 1)
    assert (row["other_lon"], row["other_lat"]) == pytest.approx((0.002, 0.0), abs=1e-11)
    assert (row.geometry.x, row.geometry.y) == (0.002, 0.0001)
    assert row["en"] == (
        "the end of way 8 (node 3) lies 11.1 m from way 7: join them, which links 0.10 km of road "
        "and 1,234 people to the rest, or tell why not"
    )
    assert row["zh"] == (
        "道路 8 的端点（节点 3）距道路 7 仅 11.1 米：连通后可接入 0.10 公里道路、1,234 人，"
        "请核实并连通，或说明不连通的原因"
    )


def test_the_widest_gap_is_inclusive(draw):
    nodes = STREET_NODES | {3: (2.0, 0.1), 4: (2.0, 1.0)}
    roads = draw(nodes, {7: ((1, 2), STREET), 8: ((4, 3), STREET)})
    assert len(suggested(roads, gap_m=11.057)) == 1
    assert suggested(roads, gap_m=11.056).empty


def test_two_ends_that_face_each_other_are_told_once_from_the_smaller_part(draw):
    nodes = STREET_NODES | {3: (4.1, 0.0), 4: (5.0, 0.0)}
    found = suggested(draw(nodes, {7: ((1, 2), STREET), 8: ((4, 3), STREET)}))
    assert found["kind"].tolist() == ["end_to_vertex"]
    assert found[["way", "node", "other_way", "other_node"]].iloc[0].tolist() == [8, 3, 7, 2]
    assert "lies 11.1 m from node 2 of way 7: join" in found["en"].iloc[0]
    assert "距道路 7 的节点 2 仅 11.1 米" in found["zh"].iloc[0]


def test_two_nodes_on_one_spot_are_a_gap_of_nothing(draw):
    nodes = STREET_NODES | {3: (4.0, 0.0), 4: (5.0, 0.0)}
    found = suggested(draw(nodes, {7: ((1, 2), STREET), 8: ((4, 3), STREET)}), gap_m=0.0)
    assert found.loc[found["kind"] == "end_to_vertex", "gap_mm"].tolist() == [0]
    assert found["doubt"].eq("").all()


def test_a_road_drawn_twice_is_not_said_to_be_near_itself(draw):
    nodes = STREET_NODES | {3: (0.0, 0.0), 4: (4.0, 0.0)}
    found = suggested(draw(nodes, {7: ((1, 2), STREET), 8: ((3, 4), STREET)}))
    assert (found["way"] != found["other_way"]).all()
    ends = found[found["kind"] == "end_to_vertex"]
    assert {frozenset(pair) for pair in zip(ends["node"], ends["other_node"], strict=True)} == {
        frozenset((1, 3)), frozenset((2, 4))
    }  # fmt: skip


def test_of_ways_on_one_line_each_edge_finds_its_own(draw):
    # Two ways from 1 to 2 by nodes on one spot, and a spur at either end.
    nodes = STREET_NODES | {3: (2.0, 0.0), 13: (2.0, 0.0), 5: (0.0, 1.0), 6: (4.0, 1.0)}
    twice = {7: ((1, 3, 2), STREET), 8: ((1, 13, 2), STREET)}
    roads = draw(nodes, {**twice, 9: ((1, 5), STREET), 10: ((2, 6), STREET)})
    network = build_network(roads, WALK, min_component_m=0)
    edges = np.flatnonzero(np.isin(network.way_ids, [7, 8]))
    assert edges.size == 2
    for step in (0, 1):
        found = segments_at(network, roads, edges, network.shape_offsets[edges] + step)
        assert roads.way_ids[way_of(roads, found)].tolist() == network.way_ids[edges].tolist()


def test_ways_are_named_at_the_place_not_at_the_start_of_the_edge(draw):
    nodes = {1: (0.0, 0.0), 2: (2.0, 0.0), 3: (4.0, 0.0), 4: (3.0, 0.1), 5: (3.0, 1.0), 6: (3, 2)}
    ways = {7: ((1, 2), STREET), 9: ((2, 3), STREET), 8: ((6, 5), STREET), 6: ((5, 4), STREET)}
    roads = draw(nodes, ways)
    found = suggested(roads)
    assert found[["way", "other_way"]].iloc[0].tolist() == [6, 9]
    # Without the roads the network knows the first way of each edge.
    network = build_network(roads, WALK, min_component_m=0)
    assert network.n_edges == 2
    alone = repair_suggestions(network).iloc[0]
    assert {alone["way"], alone["other_way"]} <= set(network.way_ids.tolist())


def test_a_road_that_ends_beside_its_twin_is_doubted(draw):
    nodes = STREET_NODES | {3: (3.0, 0.1), 4: (0.0, 0.1)}
    found = suggested(draw(nodes, {7: ((1, 2), STREET), 8: ((4, 3), STREET)}))
    beside = found[found["kind"] == "end_to_edge"]
    assert beside["doubt"].tolist() == ["aside"]
    assert "(which is beside it, not ahead)" in beside["en"].iloc[0]
    assert "侧面" in beside["zh"].iloc[0]
    # Less than two metres beside it, the end may have been drawn a step too far.
    nodes = STREET_NODES | {3: (3.0, 0.01), 4: (0.5, 0.01)}
    near = suggested(draw(nodes, {7: ((1, 2), STREET), 8: ((4, 3), STREET)}))
    assert near["doubt"].tolist() == ["", ""]


def test_doubted_suggestions_come_after_all_others_however_much_they_join(draw):
    nodes = STREET_NODES | {3: (3.0, 0.1), 4: (0.01, 0.1), 5: (4.1, 0.0), 6: (4.2, 0.0)}
    ways = {7: ((1, 2), STREET), 8: ((4, 3), STREET), 9: ((5, 6), STREET)}
    found = suggested(draw(nodes, ways))
    assert found["doubt"].eq("").tolist() == sorted(found["doubt"].eq(""), reverse=True)
    assert found["way"].iloc[0] == 9
    assert found["joins_mm"].iloc[-1] > found["joins_mm"].iloc[0]


@pytest.mark.parametrize(
    ("over", "under", "doubt"),
    [
        ({"bridge": "yes"}, {}, "levels"),
        ({"tunnel": "yes"}, {}, "levels"),
        ({"layer": "1"}, {}, "levels"),
        ({"bridge": "yes"}, {"bridge": "viaduct"}, ""),
        ({"bridge": "yes", "layer": "2"}, {"bridge": "yes", "layer": "1"}, "levels"),
        ({"tunnel": "building_passage"}, {}, ""),
        ({"layer": "nonsense"}, {}, ""),
    ],
)
def test_roads_at_different_levels_neither_cross_nor_almost_touch(draw, over, under, doubt):
    nodes = STREET_NODES | {3: (2.0, 0.1), 4: (2.0, 1.0), 5: (1.0, -1.0), 6: (1.0, 1.0)}
    ways = {
        7: ((1, 2), STREET | under),
        8: ((4, 3), STREET | over),
        9: ((5, 6), STREET | over),
    }
    roads = draw(nodes, ways)
    found = suggested(roads)
    assert found.loc[found["kind"] == "end_to_edge", "doubt"].tolist() == [doubt]
    crosses = found[found["kind"] == "crossing"]
    assert len(crosses) == (doubt == "")
    assert crosses["node"].isna().all()
    # Without tags every crossing may be a bridge, and is said to be so.
    blind = repair_suggestions(build_network(roads, WALK, min_component_m=0))
    crosses = blind[blind["kind"] == "crossing"]
    assert crosses["doubt"].tolist() == ["unknown"]
    assert (
        crosses["en"]
        .iloc[0]
        .startswith("way 9 crosses way 7 without a junction (one may be a bridge or a tunnel)")
    )
    assert "可能是桥梁" in crosses["zh"].iloc[0]
    assert blind["doubt"].tolist() == ["", "unknown"]


def test_an_end_where_a_closed_road_goes_on_is_doubted(draw):
    nodes = STREET_NODES | {3: (2.0, 0.1), 4: (2.0, 1.0), 5: (2.0, -1.0)}
    private = {"highway": "service", "foot": "no"}
    ways = {7: ((1, 2), STREET), 8: ((4, 3), STREET), 9: ((3, 5), private)}
    found = suggested(draw(nodes, ways))
    assert found["doubt"].tolist() == ["closed"]
    assert "closed here goes on" in found["en"].iloc[0]


BARRIER = """<osm version='0.6'>
<node id='1' lon='0' lat='0'/><node id='2' lon='0.002' lat='0'><tag k='barrier' v='wall'/></node>
<node id='3' lon='0.004' lat='0'/>
<way id='7'><nd ref='1'/><nd ref='2'/><nd ref='3'/><tag k='highway' v='residential'/></way>
</osm>"""


def test_a_closed_barrier_is_no_gap(tmp_path):
    path = tmp_path / "barrier.osm"
    path.write_text(BARRIER, encoding="utf-8")
    roads = read_roads(path, bounds=None, faults=FaultLog())
    network = build_network(roads, WALK, min_component_m=0)
    assert network.component_mm.size == 2
    assert repair_suggestions(network, roads=roads, gap_m=50.0).empty


def test_edges_that_only_others_may_use_are_not_there(draw):
    # A footway leads on from the end of a street that lies short of another.
    nodes = STREET_NODES | {3: (2.0, 0.1), 4: (2.0, 1.0), 5: (1.0, 1.0), 6: (1.0, -1.0)}
    foot = {"highway": "footway"}
    ways = {7: ((1, 2), STREET), 8: ((4, 3), STREET), 9: ((4, 5), foot), 10: ((5, 6), foot)}
    roads = draw(nodes, ways)
    walk, shared = build_networks(roads, (WALK, VAN), min_component_m=0)
    assert shared.closed.any()
    assert shared.n_edges == walk.n_edges
    alone = build_network(roads, VAN, min_component_m=0)
    columns = ["kind", "way", "other_way", "gap_mm", "joins_mm", "doubt", "choice", "en", "zh"]
    tables = [repair_suggestions(n, roads=roads)[columns] for n in (shared, alone)]
    assert tables[0].equals(tables[1])
    assert tables[0]["kind"].tolist() == ["end_to_edge"]
    assert linked_parts(shared)[1].tolist() == linked_parts(alone)[1].tolist()
    assert (linked_parts(shared)[0] == -1).tolist() == shared.closed.tolist()
    assert [c.length_mm for c in components(shared)] == [c.length_mm for c in components(alone)]
    # Walkers have the crossing of the footway and the street beside the gap.
    assert set(repair_suggestions(walk, roads=roads)["kind"]) == {"end_to_edge", "crossing"}


def test_a_part_of_many_gaps_is_told_by_its_narrowest_first(draw):
    nodes = STREET_NODES | {3: (1.0, 0.1), 4: (1.0, 1.0), 5: (3.0, 1.0), 6: (3.0, 0.05)}
    found = suggested(draw(nodes, {7: ((1, 2), STREET), 8: ((3, 4, 5, 6), STREET)}))
    assert found[["node", "choice"]].to_numpy().tolist() == [[6, 1], [3, 2]]


def test_detours_are_told_only_when_asked_for(draw):
    # A horseshoe of 600 m whose ends lie 11 m apart, and one of 300 m.
    nodes = {1: (0.0, 0.0), 2: (3.0, 0.0), 3: (3.0, 0.1), 4: (0.0, 0.1)}
    roads = draw(nodes, {7: ((1, 2, 3, 4), STREET)})
    assert suggested(roads).empty
    assert suggested(roads, detours=True).empty, "both ends lie on one edge, which is their own"
    roads = draw({**nodes, 6: (2.9, -1.0)}, {7: ((1, 2, 3, 4), STREET), 8: ((2, 6), STREET)})
    found = suggested(roads, detours=True)
    assert found["kind"].tolist() == ["detour"]
    assert set(found[["node", "other_node"]].iloc[0]) == {1, 4}
    assert found[["joins_mm", "choice"]].iloc[0].tolist() == [0, 1]
    assert "but over 500 m along the roads" in found["en"].iloc[0]
    assert "links" not in found["en"].iloc[0]
    assert "沿路却须绕行 500 米以上" in found["zh"].iloc[0]
    assert "接入" not in found["zh"].iloc[0]
    nodes = {1: (0.0, 0.0), 2: (2.0, 0.0), 3: (2.0, 0.1), 4: (0.0, 0.1), 6: (2.0, -1.0)}
    short = draw(nodes, {7: ((1, 2, 3, 4), STREET), 8: ((2, 6), STREET)})
    assert suggested(short, detours=True).empty


def test_nothing_is_suggested_where_there_is_no_road(draw):
    empty = build_network(
        draw({1: (0, 0), 2: (1, 0)}, {7: ((1, 2), {"highway": "steps"})}), VAN, min_component_m=0
    )
    found = repair_suggestions(empty, detours=True)
    assert list(found.columns) == [*COLUMNS, "geometry"]
    assert found.empty
    assert components(empty) == ()
    assert components_frame(()).empty
    assert linked_parts(empty)[1].size == 0
    assert weight_by_part(empty, np.zeros(1), np.zeros(1), np.ones(1), max_access_m=9).size == 0


@pytest.mark.real_data
def test_the_quarter_around_qinfen_road_would_be_joined_by_twenty_metres(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    roads = read_roads(path, bounds=None, faults=FaultLog())
    network = build_network(roads, WALK, min_component_m=1000)
    named = roads.way_ids[roads.names == "勤奋路"]
    part = linked_parts(network)[0]
    quarter = np.unique(part[np.isin(network.way_ids, named)]).tolist()
    assert len(quarter) == 1
    narrow, wide = (repair_suggestions(network, gap_m=m, roads=roads) for m in (15.0, 20.0))
    assert not narrow["part"].isin(quarter).any()
    joins = wide[wide["part"].isin(quarter)]
    assert joins["gap_mm"].tolist() == [19_367]
    assert joins["doubt"].tolist() == [""]
    assert joins["joins_mm"].tolist() == [2_366_729]
    again = repair_suggestions(network, gap_m=20.0, roads=roads)
    assert again.equals(wide)
    parts = components(network)
    assert [c.length_mm for c in parts] == network.component_mm.tolist()
    frame = components_frame(parts)
    assert frame["gap_mm"].tolist()[:1] == [-1]
    assert frame["is_island"].sum() == (network.component_mm < 1_000_000).sum()
