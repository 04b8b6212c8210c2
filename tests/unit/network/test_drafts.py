"""What was drawn in an editor and never sent to the map has ids below 0."""

from __future__ import annotations

import numpy as np
import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.errors import FaultLog
from lastmile.network import WALK, build_network, read_roads
from lastmile.network.drafts import above_zero
from lastmile.pipeline.road_files import reading_notes

NODES = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (2.0, 0.0), 4: (2.0, 1.0), 5: (4.0, 0.0)}
ROAD = {"highway": "residential"}
WAYS = {100: ((1, 2, 3), ROAD), 101: ((3, 4), ROAD), 102: ((3, 5), ROAD)}


@pytest.fixture
def drafted(draw):
    """The town as an editor holds it before it is sent: all ids turned below 0."""

    def write(**more):
        nodes = {-ref: place for ref, place in NODES.items()}
        ways = {-ref: ([-one for one in refs], tags) for ref, (refs, tags) in WAYS.items()}
        return draw(nodes, ways, **more)

    return write


def read(path):
    faults = FaultLog()
    roads = read_roads(path, bounds=None, faults=faults)
    assert not faults.faults
    return roads


def mm_of(roads):
    return int(roads.segment_mm.sum())


@pytest.mark.parametrize("bounds", [None, (-0.0005, -0.0005, 0.0015, 0.0005)])
def test_a_draft_is_read_as_what_it_will_be_on_the_map(draw, drafted, bounds):
    roads, sent = drafted(bounds=bounds), draw(NODES, WAYS, bounds=bounds)
    assert roads.n_ways == sent.n_ways == (3 if bounds is None else 1)
    assert mm_of(roads) == mm_of(sent) > 0
    assert roads.n_missing_nodes == 0
    assert roads.report.n_drafts == roads.n_ways
    assert (roads.node_ids > 0).all()
    networks = [build_network(one, WALK, min_component_m=0) for one in (roads, sent)]
    assert len({int(one.length_mm.sum()) for one in networks}) == 1


def test_a_draft_is_told(drafted):
    (note,) = reading_notes(drafted().report)
    assert note.en.startswith("3 roads lie on nodes with ids below 0")
    assert "3 条道路" in note.zh


def test_a_road_that_is_drawn_on_to_the_maps_own_meets_it(draw):
    roads = draw({**NODES, -1: (5.0, 0.0)}, {**WAYS, -9: ((5, -1), ROAD)})
    assert roads.report.n_drafts == 1
    # Ways that join gaps are numbered below 0, too: a draft is moved from there.
    assert roads.way_ids.tolist() == [100, 101, 102, 111]
    assert roads.node_ids[-2:].tolist() == [5, 6]


def test_a_node_with_the_id_of_a_barriers_arm_is_another_place(draw):
    # Barriers that nobody passes get ends of their own, whose ids begin at -1.
    nodes = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (2.0, 0.0), -1: (3.0, 0.0), -2: (4.0, 0.0)}
    ways = {10: ((1, 2, 3), ROAD), 11: ((3, -1, -2), ROAD)}
    walls = {2: {"barrier": "wall"}, -1: {"barrier": "wall"}}
    network = build_network(draw(nodes, ways, node_tags=walls), WALK, min_component_m=0)
    assert np.unique(network.vertex_ids).size == network.vertex_ids.size
    assert np.unique(network.edge_component).size == 3


def test_turns_at_a_drafted_junction_bind(drafted):
    members = [("w", -100, "from"), ("n", -3, "via"), ("w", -101, "to")]
    turn = {"type": "restriction", "restriction": "no_left_turn"}
    roads = drafted(relations=[(members, turn)])
    (rule,) = roads.restrictions
    assert rule.via_node in roads.node_ids
    assert np.count_nonzero(roads.node_ids == rule.via_node) == 3


def test_drafts_among_several_files_are_left_out_and_it_is_told(draw, drafted, tmp_path):
    drafted()
    (tmp_path / "town.osm").rename(tmp_path / "draft.osm")
    draw(NODES, WAYS)
    roads = read([tmp_path / "town.osm", tmp_path / "draft.osm"])
    assert (roads.n_ways, roads.report.n_drafts, roads.report.n_drafts_left_out) == (3, 0, 3)
    (note,) = reading_notes(roads.report)
    assert "3 roads lie on nodes with ids below 1" in note.en


def test_a_draft_is_read_from_every_format(drafted, tmp_path):
    roads, target = drafted(), tmp_path / "draft.osm.pbf"
    with osmium.SimpleWriter(str(target)) as writer:
        for one in osmium.FileProcessor(str(tmp_path / "town.osm")):
            writer.add(one)
    assert mm_of(read(target)) == mm_of(roads)


@given(st.lists(st.integers(-(2**40), 2**40), unique=True))
def test_moved_ids_stay_apart_and_none_is_below_zero(ids):
    before = np.array(ids, dtype=np.int64)
    after = above_zero(before, max((0, *ids)))
    assert (after >= 0).all()
    assert np.unique(after).size == before.size
    assert (after[before >= 0] == before[before >= 0]).all()
