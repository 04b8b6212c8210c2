"""Laws of clipping, on maps of a few streets drawn at random, against a plain oracle."""

from __future__ import annotations

from pathlib import Path

import pytest
from extract_files import Map, contents
from hypothesis import given, settings
from hypothesis import strategies as st

from lastmile.errors import FaultLog, InputError
from lastmile.extracts import Box, clip
from lastmile.network import read_roads

GRID = 1e-3
FEWER = settings(max_examples=60)  # of laws that cut two or three times
ROAD, FERRY, HOUSE = {"highway": "service"}, {"route": "ferry"}, {"building": "yes"}
BUS = {"route": "bus"}


@st.composite
def maps(draw):
    """Up to a dozen nodes on a grid; ways and relations that may name what is not there."""
    coordinates = st.integers(-6, 6)
    refs = st.integers(1, 14)
    nodes = draw(st.dictionaries(refs, st.tuples(coordinates, coordinates), max_size=12))
    ways = draw(
        st.dictionaries(
            st.integers(1, 9),
            st.tuples(
                st.lists(refs, max_size=5).map(tuple), st.sampled_from([ROAD, FERRY, HOUSE, BUS])
            ),
            max_size=7,
        )
    )
    member = st.tuples(
        st.sampled_from("nw"), st.integers(1, 9), st.sampled_from(["from", "via", "to", "x"])
    )
    kinds = st.sampled_from(["restriction", "restriction:bus", "site", ""])
    relations = draw(
        st.dictionaries(
            st.integers(1, 5),
            st.tuples(
                st.lists(member, max_size=4).map(tuple), kinds.map(lambda kind: {"type": kind})
            ),
            max_size=4,
        )
    )
    placed = {ref: (x * GRID, y * GRID) for ref, (x, y) in nodes.items()}
    return Map(placed, ways, relations)


@st.composite
def boxes(draw):
    """Boxes whose borders pass through nodes as often as between them."""
    west, south = draw(st.integers(-13, 11)), draw(st.integers(-13, 11))
    east, north = draw(st.integers(west + 1, 13)), draw(st.integers(south + 1, 13))
    return Box(*(edge * GRID / 2 for edge in (west, south, east, north)))


def oracle(town, box, *, everything):
    """Ids that are to be kept, by the definition."""

    def meets(refs):
        xs = [town.nodes[ref][0] for ref in refs if ref in town.nodes]
        ys = [town.nodes[ref][1] for ref in refs if ref in town.nodes]
        slack = 1e-9  # the box and the nodes are whole 1e-7 degrees
        return bool(xs) and (
            min(xs) <= box.east + slack
            and max(xs) >= box.west - slack
            and min(ys) <= box.north + slack
            and max(ys) >= box.south - slack
        )

    ways = {
        ref
        for ref, (refs, tags) in town.ways.items()
        if meets(refs) and (everything or "highway" in tags or tags.get("route") == "ferry")
    }
    nodes = {one for ref in ways for one in town.ways[ref][0] if one in town.nodes}
    if everything:
        nodes |= {ref for ref in town.nodes if meets([ref])}
    kept = {"n": nodes, "w": ways}
    relations = set()
    for ref, (members, tags) in town.relations.items():
        if tags["type"].split(":")[0] == "restriction":
            bound = [one for one in members if one[2] in {"from", "via", "to"}]
            whole = all(one[1] in kept[one[0]] for one in bound)
            if whole and any(kind == "w" and one in ways for kind, one, _ in members):
                relations.add(ref)
        elif everything and any(one in kept[kind] for kind, one, _ in members):
            relations.add(ref)
    return [("n", ref) for ref in sorted(nodes)] + [
        *(("w", ref) for ref in sorted(ways)),
        *(("r", ref) for ref in sorted(relations)),
    ]


def clipped(paths, out, box, *, everything):
    """Objects of the clip, or nothing where it is refused for want of any way."""
    try:
        clip(paths, out, box, everything=everything, overwrite=True)
    except InputError as error:
        told = str(error)
    else:
        return contents(out)
    assert "no road" in told
    return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("laws")


@given(maps(), boxes(), st.booleans())
def test_exactly_what_the_definition_says_is_kept_and_as_it_was(folder, town, box, everything):
    path = town.write(folder / "town.osm")
    before = contents(path)
    found = clipped([path], folder / "clip.osm.pbf", box, everything=everything)
    expected = oracle(town, box, everything=everything)
    if any(kind == "w" for kind, _ in expected):
        assert [row[:2] for row in found] == expected
        assert all(row in before for row in found)
    else:
        assert found == []


@given(maps(), boxes(), st.booleans())
def test_clipping_twice_changes_no_byte(folder, town, box, everything):
    path, once = town.write(folder / "town.osm"), folder / "once.osm.pbf"
    if clipped([path], once, box, everything=everything):
        twice = folder / "twice.osm.pbf"
        clip([once], twice, box, everything=everything, overwrite=True)
        assert twice.read_bytes() == once.read_bytes()


@FEWER
@given(maps(), boxes(), boxes(), st.booleans())
def test_a_wide_clip_first_changes_nothing_for_what_lies_in_it(
    folder, town, box, other, everything
):
    wide = Box(
        min(box.west, other.west),
        min(box.south, other.south),
        max(box.east, other.east),
        max(box.north, other.north),
    )
    path, first = town.write(folder / "town.osm"), folder / "wide.osm.pbf"
    direct = clipped([path], folder / "direct.osm.pbf", box, everything=everything)
    if clipped([path], first, wide, everything=everything):
        again = clipped([first], folder / "again.osm.pbf", box, everything=everything)
        assert again == direct


@FEWER
@given(maps(), boxes(), st.booleans(), st.data())
def test_the_order_of_the_objects_does_not_matter(folder, town, box, everything, data):
    lines = list(town.objects())
    mixed = town.write(folder / "mixed.osm", data.draw(st.permutations(lines)))
    path = town.write(folder / "town.osm")
    direct = clipped([path], folder / "one.osm.pbf", box, everything=everything)
    assert clipped([mixed], folder / "two.osm.pbf", box, everything=everything) == direct
    if direct:
        assert (folder / "one.osm.pbf").read_bytes() == (folder / "two.osm.pbf").read_bytes()


@FEWER
@given(maps(), boxes(), st.booleans(), st.data())
def test_a_map_in_pieces_that_overlap_is_the_whole_map(folder, town, box, everything, data):
    lines = list(town.objects())
    owners = st.lists(st.sampled_from("ab+"), min_size=len(lines), max_size=len(lines))
    owner = data.draw(owners)
    pieces = [
        town.write(
            folder / f"{name}.osm.pbf",
            [line for line, who in zip(lines, owner, strict=True) if who in {name, "+"}],
        )
        for name in "ab"
    ]
    path = town.write(folder / "town.osm")
    direct = clipped([path], folder / "one.osm.pbf", box, everything=everything)
    assert clipped(pieces, folder / "two.osm.pbf", box, everything=everything) == direct


@given(maps(), boxes())
def test_a_plan_reads_from_the_clip_what_it_reads_from_the_whole(folder, town, box):
    path, out = town.write(folder / "town.osm"), folder / "clip.osm.pbf"
    bounds = (box.west, box.south, box.east, box.north)
    whole = read_roads(path, bounds=bounds, faults=FaultLog())
    found = clipped([path], out, box, everything=False)
    if whole is None:
        assert not found or read_roads(out, bounds=bounds, faults=FaultLog()) is None
        return
    cut = read_roads(out, bounds=bounds, faults=FaultLog())
    assert cut is not None
    assert cut.way_ids.tolist() == whole.way_ids.tolist()
    assert cut.node_ids.tolist() == whole.node_ids.tolist()
    assert cut.segment_mm.tolist() == whole.segment_mm.tolist()
    assert cut.n_missing_nodes == whole.n_missing_nodes
