"""What is wrong with OpenStreetMap files is counted and survived."""

from __future__ import annotations

import osmium
import pytest

from lastmile.errors import FaultLog
from lastmile.network import WALK, build_network, osm_files, read_roads

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


def test_a_long_way_into_the_area_is_kept_whole(read):
    far = [node(k, k / 10) for k in range(11, 14)]
    roads = read(*NODES, *far, way(9, 1, 11, 12, 13), bounds=(0, 0, 0.001, 0))
    assert roads.lon.tolist() == [0.001, 1.1, 1.2, 1.3]


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
    paths = [tmp_path / "whole.osm", tmp_path / "cut.osm"]
    assert read_roads(paths, bounds=None, faults=faults) is None
    assert [fault.file.rpartition("/")[2] for fault in faults.faults] == ["cut.osm"]


def test_of_several_files_those_that_are_missing_are_named(tmp_path):
    faults = FaultLog()
    paths = [tmp_path / "one.osm", tmp_path / "other.osm"]
    assert read_roads(paths, bounds=None, faults=faults) is None
    assert [fault.file.rpartition("/")[2] for fault in faults.faults] == ["one.osm", "other.osm"]


def test_a_road_that_two_files_cut_is_whole_in_both(tmp_path):
    road = way(9, 1, 2, 3, 4)
    for name, nodes in (("west", NODES[:2]), ("east", NODES[2:4])):
        text = f'<osm version="0.6">{"".join(nodes)}{road}</osm>'
        (tmp_path / f"{name}.osm").write_text(text, encoding="utf-8")
    faults = FaultLog()
    paths = [tmp_path / "west.osm", tmp_path / "east.osm"]
    roads = read_roads(paths, bounds=None, faults=faults)
    assert roads.node_ids.tolist() == [1, 2, 3, 4]
    assert roads.way_ids.tolist() == [9]
    assert roads.report.n_missing_nodes == 0


def test_a_large_extract_is_read_as_a_small_one(tmp_path, monkeypatch):
    far = [node(k, k / 10) for k in range(11, 40)]
    text = f'<osm version="0.6">{"".join([*NODES, *far])}{way(7, 12, 13)}{way(9, 1, 2, 11)}</osm>'
    (tmp_path / "roads.osm").write_text(text, encoding="utf-8")
    found = []
    for largest in (2**30, 0):
        monkeypatch.setattr(osm_files, "_LARGE_BYTES", largest)
        bounds = (0.0, -0.1, 0.01, 0.1)
        roads = read_roads(tmp_path / "roads.osm", bounds=bounds, faults=FaultLog())
        found.append((roads.way_ids.tolist(), roads.node_ids.tolist(), roads.lon.tolist()))
    assert found[0] == found[1] == ([9], [1, 2, 11], [0.001, 0.002, 1.1])


def test_extracts_and_layers_are_not_read_as_one(tmp_path):
    faults = FaultLog()
    paths = [tmp_path / "a.osm.pbf", tmp_path / "b.shp"]
    assert read_roads(paths, bounds=None, faults=faults) is None
    assert "cannot be read as one" in str(faults.faults[0])
