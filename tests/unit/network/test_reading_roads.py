"""Reading OpenStreetMap files."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from lastmile.errors import FaultLog
from lastmile.extracts import Box, clip
from lastmile.network import read_roads


def one_fault(path, bounds=None):
    faults = FaultLog()
    assert read_roads(path, bounds=bounds, faults=faults) is None
    (fault,) = faults.faults
    return str(fault)


def test_a_town_is_read_as_it_was_drawn(draw):
    roads = draw()
    assert roads.way_ids.tolist() == [100, 101, 102, 103, 104, 105]
    assert roads.node_ids[roads.way_offsets[0] : roads.way_offsets[1]].tolist() == [1, 2, 3]
    assert roads.names[0] == "南街"
    assert roads.values("maxspeed").tolist() == ["", "36", "", "", "", ""]
    assert roads.segment_mm[:5].tolist() == [111_319, 111_319, 0, 110_574, 110_574]


def test_lines_have_the_columns_maps_need(draw):
    lines = draw().lines()
    assert list(lines.columns) == ["highway", "name", "geometry"]
    assert lines.crs.to_epsg() == 4326
    assert lines.geometry[0].coords[:] == [(0.0, 0.0), (0.001, 0.0), (0.002, 0.0)]


def test_only_ways_touching_the_bounds_are_kept_and_kept_whole(draw):
    roads = draw(bounds=(0.0029, -0.0001, 0.0031, 0.0001))
    assert roads.way_ids.tolist() == [104]
    assert roads.lon.tolist() == [0.002, 0.004]


def test_a_way_that_lacks_nodes_is_cut_and_counted(draw):
    nodes = {1: (0, 0), 2: (1, 0), 4: (3, 0), 6: (5, 0), 7: (6, 0), 8: (7, 0)}
    ways = {9: ((1, 2, 3, 4, 5, 6, 7, 8), {"highway": "path"})}
    roads = draw(nodes, ways)
    assert roads.n_missing_nodes == 2
    assert roads.way_ids.tolist() == [9, 9]
    assert roads.node_ids.tolist() == [1, 2, 6, 7, 8]


def test_a_compressed_file_is_read_too(draw, tmp_path):
    plain = draw()
    packed = tmp_path / "town.osm.gz"
    packed.write_bytes(gzip.compress((tmp_path / "town.osm").read_bytes()))
    roads = read_roads(packed, bounds=None, faults=FaultLog())
    assert np.array_equal(roads.node_ids, plain.node_ids)


def test_a_missing_file_is_a_fault(tmp_path):
    assert "no such file" in one_fault(tmp_path / "none.osm.pbf")


def test_a_file_of_something_else_is_a_fault(tmp_path):
    path = tmp_path / "roads.osm.pbf"
    path.write_bytes(b"these are not roads" * 100)
    assert "cannot be read to its end" in one_fault(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html></html>",
        '<osm version="0.5"></osm>',
        '<osm version="0.6"><node id="1" version="1" lon="119.9" lat="31.7"/>',
        '<osm version="0.6"><node id="1" version="1" lon="999" lat="x"/></osm>',
    ],
)
def test_xml_that_is_not_openstreetmap_or_not_whole_is_a_fault(tmp_path, text):
    path = tmp_path / "roads.osm"
    path.write_text(text, encoding="utf-8")
    assert "cannot be read to its end" in one_fault(path)


def test_an_archive_that_was_cut_off_is_a_fault(draw, tmp_path):
    draw()
    whole = gzip.compress((tmp_path / "town.osm").read_bytes())
    path = tmp_path / "town.osm.gz"
    path.write_bytes(whole[:-40])
    assert "cut off" in one_fault(path)


def test_a_file_without_roads_is_a_fault(tmp_path):
    path = tmp_path / "empty.osm"
    path.write_text('<osm version="0.6"><node id="1" version="1" lon="1" lat="1"/></osm>')
    assert "no road" in one_fault(path)


def test_roads_elsewhere_are_a_fault_that_says_where_they_are(draw, tmp_path):
    draw()
    message = one_fault(tmp_path / "town.osm", bounds=(119.0, 31.0, 120.0, 32.0))
    assert "0.000 to 0.004 E, 0.000 to 0.003 N" in message
    assert "119.000 to 120.000 E" in message


@pytest.mark.real_data
@pytest.mark.parametrize("share", [0.2, 0.6, 0.999])
def test_a_pbf_that_was_cut_off_is_refused(shared_data, tmp_path, share):
    whole = (shared_data / "helsinki" / "Helsinki.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "cut off" in one_fault(path)


@pytest.mark.real_data
def test_a_metropolis_is_read_whole(shared_data):
    roads = read_roads(shared_data / "porto" / "porto.osm.pbf", bounds=None, faults=FaultLog())
    # 51,349 ways in the file, 39 of them with a single node.
    assert roads.n_ways == 51_310
    assert roads.data_timestamp == "2015-06-06T00:23:02Z"
    assert 9_500 < roads.segment_mm.sum() / 1e6 < 11_500


@pytest.mark.parametrize(
    ("program", "is_from_there"), [("JOSM", True), ("lastmile synthetic sample", False)]
)
def test_roads_that_a_program_made_up_are_not_the_maps(draw, tmp_path, program, is_from_there):
    draw()
    whole, cut = tmp_path / "whole.osm", tmp_path / "cut.osm.pbf"
    text = (tmp_path / "town.osm").read_text(encoding="utf-8")
    named = text.replace("<osm ", f"<osm generator='{program}' ")
    whole.write_text(named, encoding="utf-8")
    clip([whole], cut, Box(-1.0, -1.0, 1.0, 1.0))
    for paths in ([whole], [cut], [whole, cut]):
        faults = FaultLog()
        roads = read_roads(paths, bounds=None, faults=faults)
        assert roads.is_openstreetmap == is_from_there
