"""Graphs as osmnx makes them."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    WALK,
    build_network,
    read_roads,
    roads_from_networkx,
    to_networkx,
)


def graph_of(*edges, directed=True, **facts):
    """A square of nodes 1 to 4, a thousandth of a degree wide, with these edges."""
    graph = (nx.MultiDiGraph if directed else nx.MultiGraph)(crs="epsg:4326", **facts)
    for node, (x, y) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1)), 1):
        graph.add_node(node, x=x / 1000, y=y / 1000)
    for start, end, attributes in edges:
        graph.add_edge(start, end, **attributes)
    return graph


def both_ways(start, end, **facts):
    return [
        (start, end, {"oneway": False, "reversed": False, **facts}),
        (end, start, {"oneway": False, "reversed": True, **facts}),
    ]


def test_the_two_directions_of_a_street_are_one_way():
    roads = roads_from_networkx(graph_of(*both_ways(1, 2, osmid=7, highway="residential")))
    assert roads.way_ids.tolist() == [7]
    assert roads.node_ids.tolist() == [1, 2]
    assert roads.segment_mm.tolist() == [111_319, 0]
    assert roads.values("oneway").tolist() == [""]


def test_a_one_way_street_is_drawn_the_way_it_goes():
    backward = (2, 1, {"osmid": 7, "highway": "primary", "oneway": True, "reversed": True})
    roads = roads_from_networkx(graph_of(backward))
    assert roads.node_ids.tolist() == [2, 1]
    assert roads.values("oneway").tolist() == ["yes"]


def test_a_street_that_goes_both_ways_though_its_class_implies_one_says_so():
    roads = roads_from_networkx(graph_of(*both_ways(1, 2, osmid=7, highway="motorway")))
    assert roads.values("oneway").tolist() == ["no"]


def test_points_along_an_edge_are_nodes_of_its_own():
    bent = LineString([(0, 0), (0.0005, 0.0003), (0.001, 0)])
    roads = roads_from_networkx(
        graph_of(
            (1, 2, {"osmid": 7, "geometry": bent, "oneway": False}),
            (2, 1, {"osmid": 7, "geometry": bent.reverse(), "oneway": False}),
            (1, 2, {"osmid": 8, "geometry": bent, "oneway": True}),
        )
    )
    # Edges that lie on each other share no point between their ends.
    assert roads.node_ids.tolist() == [1, 5, 2, 1, 6, 2]
    assert roads.lon[1] == 0.0005


def test_several_values_are_written_as_the_map_writes_them():
    facts = {"osmid": [9, 8], "highway": ["primary", "motorway"], "maxspeed": ["60", "30"],
             "name": ["b", "a"], "lanes": float("nan"), "access": None}  # fmt: skip
    roads = roads_from_networkx(graph_of(*both_ways(1, 2, **facts)))
    assert roads.way_ids.tolist() == [8]
    assert roads.names.tolist() == ["a;b"]
    assert dict(roads.tag_sets[0]) == {
        "highway": "motorway;primary", "maxspeed": "30;60"
    }  # fmt: skip


def test_an_edge_of_several_classes_is_open_only_to_those_who_may_use_all():
    facts = {"osmid": [8, 9], "highway": ["secondary", "steps"]}
    roads = roads_from_networkx(graph_of(*both_ways(1, 2, **facts)))
    assert roads.values("highway").tolist() == ["steps;secondary"]
    assert build_network(roads, VAN, min_component_m=0).n_edges == 0
    assert build_network(roads, WALK, min_component_m=0).n_edges == 1


def test_a_direction_that_is_missing_is_told():
    roads = roads_from_networkx(graph_of((1, 2, {"oneway": False, "highway": "primary"})))
    assert roads.values("oneway").tolist() == ["yes"]
    assert "1 edges of the graph" in roads.report.notes[0].en


def test_an_undirected_graph_goes_both_ways_unless_it_says_from_where():
    edges = [
        (1, 2, {"osmid": 1}),
        (2, 3, {"osmid": 2, "oneway": True, "from": 3, "to": 2}),
    ]
    roads = roads_from_networkx(graph_of(*edges, directed=False))
    assert roads.values("oneway").tolist() == ["", "yes"]
    assert roads.node_ids.tolist() == [1, 2, 3, 2]


def test_a_projected_graph_is_brought_back():
    graph = nx.MultiDiGraph(crs="EPSG:4549")
    graph.add_node("a", x=500_000.0, y=3_517_000.0)
    graph.add_node("b", x=500_100.0, y=3_517_000.0)
    graph.add_edge("a", "b", highway="residential")
    roads = roads_from_networkx(graph)
    assert roads.node_ids.tolist() == [1, 2]
    assert roads.lon[0] == 120.0
    assert roads.segment_mm[0] == pytest.approx(100_000, abs=60)


def test_a_graph_in_no_coordinate_system_is_refused():
    graph = graph_of((1, 2, {}))
    graph.graph["crs"] = "somewhere"
    with pytest.raises(ValueError, match="somewhere"):
        roads_from_networkx(graph)


def test_nodes_without_a_place_break_the_road_off():
    graph = graph_of(*both_ways(1, 2, osmid=1))
    graph.add_edge(2, 99, osmid=2, oneway=True)
    roads = roads_from_networkx(graph)
    assert roads.way_ids.tolist() == [1]
    assert (roads.report.n_off_globe, roads.report.n_short_ways) == (1, 1)


def test_signals_stay_where_they_are(draw):
    graph = graph_of(*both_ways(1, 2, osmid=1))
    graph.nodes[2]["highway"] = "traffic_signals"
    graph.nodes[1]["highway"] = "crossing"
    assert roads_from_networkx(graph).tagged_nodes.node_ids.tolist() == [2]


GRAPHML = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/>
<key id="d1" for="node" attr.name="x" attr.type="string"/>
<key id="d2" for="node" attr.name="y" attr.type="string"/>
<key id="d3" for="edge" attr.name="osmid" attr.type="string"/>
<key id="d4" for="edge" attr.name="highway" attr.type="string"/>
<key id="d5" for="edge" attr.name="oneway" attr.type="string"/>
<key id="d6" for="edge" attr.name="geometry" attr.type="string"/>
<key id="d7" for="edge" attr.name="name" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
<node id="1"><data key="d1">0.0</data><data key="d2">0.0</data></node>
<node id="2"><data key="d1">0.002</data><data key="d2">0.0</data></node>
<edge source="1" target="2" id="0"><data key="d3">[12, 11]</data>
<data key="d4">['primary', 'secondary']</data><data key="d5">True</data>
<data key="d6">LINESTRING (0 0, 0.001 0.0005, 0.002 0)</data><data key="d7">[南街</data></edge>
</graph></graphml>
"""


def read_text(tmp_path, text, bounds=None):
    path = tmp_path / "roads.graphml"
    path.write_text(text, encoding="utf-8")
    faults = FaultLog()
    return read_roads(path, bounds=bounds, faults=faults), [str(fault) for fault in faults.faults]


def test_a_saved_graph_is_read_without_networkx(tmp_path):
    roads, faults = read_text(tmp_path, GRAPHML)
    assert faults == []
    assert roads.way_ids.tolist() == [11]
    assert roads.node_ids.tolist() == [1, 3, 2]
    assert roads.names.tolist() == ["[南街"]
    assert dict(roads.tag_sets[0]) == {"highway": "primary;secondary", "oneway": "yes"}


@pytest.mark.parametrize("text", ["", "<graphml/>", GRAPHML[:-60], GRAPHML.replace("4326", "x")])
def test_what_is_no_graph_is_a_fault(tmp_path, text):
    roads, faults = read_text(tmp_path, text)
    assert roads is None
    assert "a file that is no graph of roads" in faults[0]


@pytest.mark.parametrize(
    "nested", ["[" * 100_000 + "]" * 100_000, "[" + "-" * 100_000 + "1]", "[" + "1+" * 9999 + "1]"]
)
def test_an_attribute_without_bottom_is_a_fault_or_a_text(tmp_path, nested):
    roads, faults = read_text(tmp_path, GRAPHML.replace("[南街", nested))
    assert (roads is None) == bool(faults)
    assert all("a file that is no graph of roads" in fault for fault in faults)


@pytest.mark.parametrize("osmid", ["--5", "-", "5-", "[--5, 6-]", "9" * 5000, "１２", ""])
def test_an_odd_id_of_a_way_is_none(tmp_path, osmid):
    text = GRAPHML.replace("[12, 11]", osmid)
    assert text != GRAPHML
    roads, faults = read_text(tmp_path, text)
    assert faults == []
    assert roads.way_ids.tolist() == [1]


@given(st.text(st.characters(codec="utf-8", exclude_characters="<&", min_codepoint=32)))
def test_no_attribute_ends_in_a_traceback(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("odd")
    for old in ("[12, 11]", "['primary', 'secondary']", "[南街", "0.002<", "0.001 0.0005", "True"):
        end = "<" if old.endswith("<") else ""
        roads, faults = read_text(folder, GRAPHML.replace(old, text + end))
        assert (roads is None) == bool(faults)


def test_ids_of_drafts_do_not_stand_for_arms_of_barriers():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node, x in ((5, 0.0), (-1, 0.001), (-2, 0.002)):
        graph.add_node(node, x=x, y=0.0)
    for one in (*both_ways(5, -1, osmid=7), *both_ways(-1, -2, osmid=8)):
        graph.add_edge(one[0], one[1], **one[2])
    roads = roads_from_networkx(graph)
    assert sorted(set(roads.node_ids.tolist())) == [5, 6, 7]


def test_a_graph_of_elsewhere_is_a_fault_that_says_where_it_is(tmp_path):
    roads, faults = read_text(tmp_path, GRAPHML, bounds=(119.0, 31.0, 120.0, 32.0))
    assert roads is None
    assert "0.000 to 0.002 E, 0.000 to 0.000 N" in faults[0]


def test_osmnx_can_use_and_save_what_is_exported(draw, tmp_path):
    ox = pytest.importorskip("osmnx", reason="osmnx is a peer of the bench extra")
    roads = draw()
    graph = to_networkx(build_network(roads, VAN, min_component_m=0), roads)
    assert ox.routing.shortest_path(graph, 1, 5, weight="travel_time") == [1, 3, 5]
    edges = ox.convert.graph_to_gdfs(graph, nodes=False)
    assert edges.loc[edges["osmid"] == 101, "highway"].tolist() == ["residential"]
    ox.io.save_graphml(graph, tmp_path / "town.graphml")
    again = ox.io.load_graphml(tmp_path / "town.graphml")
    assert nx.is_isomorphic(graph, again)
    one = roads_from_networkx(graph)
    other = read_roads(tmp_path / "town.graphml", bounds=None, faults=FaultLog())
    third = roads_from_networkx(again)
    for name in ("way_ids", "node_ids", "lon", "lat", "segment_mm", "tag_set", "names"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
        assert np.array_equal(getattr(one, name), getattr(third, name))


@pytest.mark.parametrize(("simplify", "profiles"), [(False, (WALK, VAN)), (True, (WALK,))])
def test_what_osmnx_makes_of_a_town_is_as_long_as_the_town(draw, tmp_path, simplify, profiles):
    ox = pytest.importorskip("osmnx", reason="osmnx is a peer of the bench extra")
    roads = draw()
    graph = ox.graph.graph_from_xml(tmp_path / "town.osm", retain_all=True, simplify=simplify)
    made = roads_from_networkx(graph)
    for profile in profiles:
        one, other = (build_network(r, profile, min_component_m=0) for r in (roads, made))
        assert one.length_mm.sum() == other.length_mm.sum()
        # Motorways imply no one-way to osmnx, so that it has the other one alone.
        assert set(other.way_ids[other.one_way]) == ({101} if profile is VAN else set())
