"""What is wrong with OpenStreetMap files is counted and survived."""

from __future__ import annotations

import osmium
import pytest

from lastmile.errors import FaultLog
from lastmile.network import WALK, build_network, read_roads
from lastmile.network.gathering import gather
from lastmile.network.pbf import open_pbf

ROAD = '<tag k="highway" v="residential"/>'


def node(ref, x, y=0.0, version=1):
    return f'<node id="{ref}" version="{version}" lon="{x}" lat="{y}"/>'


def way(ref, *nodes, version=1, tags=ROAD):
    members = "".join(f'<nd ref="{one}"/>' for one in nodes)
    return f'<way id="{ref}" version="{version}">{members}{tags}</way>'


def rule(ref, *members):
    inner = "".join(f'<member type="{k}" ref="{r}" role="{role}"/>' for k, r, role in members)
    return (
        f'<relation id="{ref}" version="1">{inner}<tag k="type" v="restriction"/>'
        '<tag k="restriction" v="no_left_turn"/></relation>'
    )


@pytest.fixture
def read(tmp_path):
    def from_lines(*lines, bounds=None):
        path = tmp_path / "roads.osm"
        path.write_text(f'<osm version="0.6">{"".join(lines)}</osm>', encoding="utf-8")
        faults = FaultLog()
        roads = read_roads(path, bounds=bounds, faults=faults)
        assert not faults.faults
        return roads

    return from_lines


NODES = [node(k, k / 1000) for k in range(1, 6)]


def test_a_road_breaks_off_where_nodes_are_missing(read):
    roads = read(*NODES, way(9, 1, 2, 77, 3, 4, 5))
    assert roads.report.n_missing_nodes == 1
    assert roads.way_ids.tolist() == [9, 9]


def test_a_road_breaks_off_where_a_node_is_no_place_on_the_globe(read):
    roads = read(*NODES, node(6, 200.0), way(9, 1, 2, 6, 4, 5))
    assert (roads.report.n_off_globe, roads.report.n_missing_nodes) == (1, 0)
    assert roads.node_ids.tolist() == [1, 2, 4, 5]


def test_of_ways_with_one_id_the_newest_is_kept(read):
    old, new = way(9, 1, 2, 3), way(9, 4, 5, version=2)
    for order in ((old, new), (new, old)):
        roads = read(*NODES, *order)
        assert roads.node_ids.tolist() == [4, 5]
        assert roads.report.n_duplicate_ways == 1


def test_of_ways_equally_new_the_one_with_more_known_nodes_is_kept(read):
    roads = read(*NODES, way(9, 1, 2, 77, 78), way(9, 3, 4, 5))
    assert roads.node_ids.tolist() == [3, 4, 5]


def test_a_node_at_two_places_is_where_its_newest_version_is(read):
    moved = node(2, 0.0025, version=2)
    roads = read(moved, *NODES, way(9, 1, 2, 3))
    assert roads.lon.tolist() == [0.001, 0.0025, 0.003]
    assert roads.report.n_conflicting_nodes == 1


def test_a_node_named_twice_in_a_row_is_no_road(read):
    roads = read(*NODES, way(9, 1, 2, 2, 3))
    assert roads.report.n_repeated_nodes == 1
    assert build_network(roads, WALK, min_component_m=0).length_mm.sum() == 2 * 111_319


def test_nodes_at_one_place_are_joined_by_nothing_in_length(read):
    roads = read(*NODES, node(6, 0.002), way(9, 1, 2, 6, 3))
    assert roads.report.n_zero_length == 1
    assert build_network(roads, WALK, min_component_m=0).length_mm.sum() == 2 * 111_319


def test_ways_of_fewer_than_two_nodes_are_left_out(read):
    roads = read(*NODES, way(7), way(8, 1), way(9, 2, 3), way(10, 4, 77))
    assert roads.way_ids.tolist() == [9]
    # Of the first nobody knows whether it is in the area.
    assert roads.report.n_short_ways == 2


def test_an_editors_ids_below_zero_are_read(read):
    roads = read(
        node(-1, 0.001),
        node(-2, 0.002),
        *NODES,
        way(-5, -1, -2, 3),
        way(6, 3, 4),
        rule(-7, ("way", -5, "from"), ("node", 3, "via"), ("way", 6, "to")),
    )
    assert roads.way_ids.tolist() == [-5, 6]
    assert roads.node_ids.tolist() == [-1, -2, 3, 3, 4]
    assert roads.restrictions[0].from_ways == (-5,)
    assert build_network(roads, WALK, min_component_m=0).component_mm.size == 1


def test_rules_of_turning_that_lack_a_part_are_counted(read):
    whole = (("way", 8, "from"), ("node", 2, "via"), ("way", 9, "to"))
    roads = read(
        *NODES,
        *(way(8, 1, 2), way(9, 2, 3)),
        *(rule(1, *whole), rule(2, *whole[:2]), rule(3, ("way", 400, "from"))),
    )
    assert [one.relation_id for one in roads.restrictions] == [1]
    # The third concerns none of these roads.
    assert roads.report.n_broken_restrictions == 1


def test_nodes_that_come_after_ways_are_found(read):
    roads = read(way(9, 1, 2, 3), *NODES, bounds=(0.0, -0.1, 0.01, 0.1))
    assert roads.node_ids.tolist() == [1, 2, 3]


def test_a_far_ring_road_is_left_out_though_its_box_meets_the_area(read):
    corners = [node(k, x, y) for k, (x, y) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1)), 11)]
    roads = read(*NODES, *corners, way(8, 11, 12, 13, 14, 11), way(9, 1, 2), bounds=(0, 0, 0.01, 0))
    assert roads.way_ids.tolist() == [9]


def test_a_long_way_into_the_area_is_kept_whole(read):
    far = [node(k, k / 10) for k in range(11, 14)]
    roads = read(*NODES, *far, way(9, 1, 11, 12, 13), bounds=(0, 0, 0.001, 0))
    assert roads.lon.tolist() == [0.001, 1.1, 1.2, 1.3]


def test_nodes_far_from_the_area_are_not_kept_in_memory(tmp_path):
    path = tmp_path / "roads.osm.pbf"
    with osmium.SimpleWriter(path) as writer:
        for k in range(20_000):
            writer.add_node(osmium.osm.mutable.Node(id=k + 1, location=(k / 1000, 0.0)))
        for k in range(0, 20_000, 10):
            writer.add_way(
                osmium.osm.mutable.Way(
                    id=k + 1, nodes=range(k + 1, k + 11), tags={"highway": "residential"}
                )
            )
    gathered = gather([open_pbf(path)], (50_000_000, -1, 50_100_000, 1), lambda share, n: None)
    # Within 0.05 degrees on either side 100 nodes and ten, and what their ways have beyond.
    assert 110 <= gathered.nodes.positions().ids.size <= 130
    assert gathered.n_seen == 2_000


def test_a_history_of_the_map_is_refused(tmp_path):
    path = tmp_path / "roads.osh.pbf"
    text = f'<osm version="0.6">{"".join(NODES)}{way(9, 1, 2)}</osm>'
    source = osmium.io.FileBuffer(text.encode(), "osm")
    target = osmium.io.File(path, "osh.pbf")
    with osmium.io.Reader(source) as reader, osmium.SimpleWriter(target) as writer:
        osmium.apply(reader, writer)
    faults = FaultLog()
    assert read_roads(path, bounds=None, faults=faults) is None
    assert "history of the map" in str(faults.faults[0])


def test_of_several_files_the_broken_one_is_named(tmp_path):
    text = f'<osm version="0.6">{"".join(NODES)}{way(9, 1, 2)}</osm>'
    (tmp_path / "whole.osm").write_text(text, encoding="utf-8")
    (tmp_path / "cut.osm").write_text(text[:-20], encoding="utf-8")
    faults = FaultLog()
    paths = [tmp_path / "whole.osm", tmp_path / "cut.osm", tmp_path / "none.osm"]
    assert read_roads(paths, bounds=None, faults=faults) is None
    assert [fault.file.rpartition("/")[2] for fault in faults.faults] == ["cut.osm", "none.osm"]


def test_a_road_that_two_files_cut_is_whole_in_both(tmp_path):
    road = way(9, 1, 2, 3, 4)
    for name, nodes in (("west", NODES[:2]), ("east", NODES[2:4])):
        text = f'<osm version="0.6">{"".join(nodes)}{road}</osm>'
        (tmp_path / f"{name}.osm").write_text(text, encoding="utf-8")
    faults = FaultLog()
    paths = [tmp_path / "west.osm", tmp_path / "east.osm"]
    roads = read_roads(paths, bounds=None, faults=faults)
    assert roads.node_ids.tolist() == [1, 2, 3, 4]
    assert (roads.report.n_missing_nodes, roads.report.n_duplicate_ways) == (0, 1)


def test_extracts_and_layers_are_not_read_as_one(tmp_path):
    faults = FaultLog()
    paths = [tmp_path / "a.osm.pbf", tmp_path / "b.shp"]
    assert read_roads(paths, bounds=None, faults=faults) is None
    assert "cannot be read as one" in str(faults.faults[0])
