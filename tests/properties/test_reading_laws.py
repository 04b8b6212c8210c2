"""OpenStreetMap files of every form hold the same roads, whatever is wrong with them.

The oracle is plain Python over what was drawn: dictionaries of nodes and ways, nothing streamed.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lastmile.errors import FaultLog
from lastmile.network import RoadData, read_roads

quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

TAGS = (
    {"highway": "residential", "name": "南街"},
    {"highway": "primary", "oneway": "yes", "colour": "blue"},
    {"highway": ""},
    {"route": "ferry", "name": "轮渡"},
    {"route": "bus"},
    {"building": "yes"},
    {},
)
IS_ROAD = (True, True, True, True, False, False, False)


@dataclass(frozen=True)
class Node:
    id: int
    version: int
    x: int
    y: int
    """Whole 1e-7 degrees."""

    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Way:
    id: int
    version: int
    refs: tuple[int, ...]
    kind: int


@dataclass(frozen=True)
class Rule:
    id: int
    version: int
    members: tuple[tuple[str, int, str], ...]


ids = st.integers(1, 12)
# Some stand far from the box below.
degrees = st.sampled_from((0, 1, 2, 3, 4, 700, 900, -800)).map(lambda k: k * 1000)
NODE_TAGS = ((), (("barrier", "gate"),), (("highway", "crossing"),), (("name", "x"),),
             (("highway", "traffic_signals"), ("name", "x")))  # fmt: skip
nodes = st.builds(Node, ids, st.integers(1, 2), degrees, degrees, st.sampled_from(NODE_TAGS))
ways = st.builds(
    Way, ids, st.integers(1, 2), st.lists(ids, max_size=6).map(tuple),
    st.integers(0, len(TAGS) - 1),
)  # fmt: skip
members = st.tuples(st.sampled_from("nw"), ids, st.sampled_from(("from", "via", "to", "")))
rules = st.builds(Rule, ids, st.integers(1, 2), st.lists(members, max_size=4).map(tuple))
things = st.lists(
    st.one_of(nodes, nodes, nodes, ways, ways, rules),
    max_size=40,
    unique_by=lambda thing: (type(thing).__name__, thing.id),
).map(lambda drawn: sorted(drawn, key=lambda t: ("NWR".index(type(t).__name__[0]), t.id)))
boxes = st.sampled_from((None, (0, 0, 2_000, 2_000), (700_000, 0, 900_000, 3_000)))


def xml(drawn) -> str:
    lines = ['<osm version="0.6">']
    for thing in drawn:
        if isinstance(thing, Node):
            at = f'lon="{thing.x / 1e7:.7f}" lat="{thing.y / 1e7:.7f}"'
            lines.append(f'<node id="{thing.id}" version="{thing.version}" {at}>')
            lines += [f'<tag k="{key}" v="{value}"/>' for key, value in thing.tags]
            lines.append("</node>")
        elif isinstance(thing, Way):
            lines.append(f'<way id="{thing.id}" version="{thing.version}">')
            lines += [f'<nd ref="{ref}"/>' for ref in thing.refs]
            lines += [f'<tag k="{key}" v="{value}"/>' for key, value in TAGS[thing.kind].items()]
            lines.append("</way>")
        else:
            lines.append(f'<relation id="{thing.id}" version="{thing.version}">')
            for kind, ref, role in thing.members:
                word = {"n": "node", "w": "way"}[kind]
                lines.append(f'<member type="{word}" ref="{ref}" role="{role}"/>')
            lines.append('<tag k="type" v="restriction"/>')
            lines.append('<tag k="restriction" v="no_left_turn"/></relation>')
    return "\n".join([*lines, "</osm>"])


def written(drawn, folder: Path, form: str, name: str = "roads") -> Path:
    """Write things to a file of a form: a suffix, and how osmium is to pack it."""
    suffix, _, packing = form.partition(",")
    text = xml(drawn)
    path = folder / f"{name}{suffix}"
    if suffix == ".osm":
        path.write_text(text, encoding="utf-8")
    elif suffix == ".osm.gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        source = osmium.io.FileBuffer(text.encode(), "osm")
        path.unlink(missing_ok=True)
        with (
            osmium.io.Reader(source) as reader,
            osmium.SimpleWriter(osmium.io.File(path, f"pbf,{packing}")) as writer,
        ):
            osmium.apply(reader, writer)
    return path


def read(paths, box) -> RoadData | None:
    bounds = None if box is None else tuple(value / 1e7 for value in box)
    faults = FaultLog()
    roads = read_roads(paths, bounds=bounds, faults=faults)
    assert (roads is None) == bool(faults.faults)
    return roads


def content(roads: RoadData | None):
    """Everything in it but the file's name, to be compared."""
    if roads is None:
        return None
    spans = list(zip(roads.way_offsets[:-1].tolist(), roads.way_offsets[1:].tolist(), strict=True))
    x, y = np.rint(roads.lon * 1e7).astype(int), np.rint(roads.lat * 1e7).astype(int)
    pieces = [
        (
            int(roads.way_ids[k]),
            tuple(zip(roads.node_ids[a:b].tolist(), x[a:b].tolist(), y[a:b].tolist(), strict=True)),
            dict(roads.tag_sets[roads.tag_set[k]]),
            roads.names[k],
        )
        for k, (a, b) in enumerate(spans)
    ]
    marks = roads.tagged_nodes
    said = {
        int(node): dict(marks.tag_sets[number])
        for node, number in zip(marks.node_ids, marks.tag_set, strict=True)
    }
    return pieces, said, roads.restrictions, replace(roads.report, n_zero_length=0)


def expected(drawn, box):
    """What should be read: pieces of ways, and what nodes say."""

    newest = {node.id: node for node in drawn if isinstance(node, Node)}
    here = {k: node for k, node in newest.items() if abs(node.x) <= 18e8 and abs(node.y) <= 9e8}
    roads: dict[int, Way] = {}
    for way in (thing for thing in drawn if isinstance(thing, Way)):
        if IS_ROAD[way.kind] and not here.keys().isdisjoint(way.refs):
            roads[way.id] = way
    pieces = []
    for _, way in sorted(roads.items()):
        known = [here[ref] for ref in way.refs if ref in here]
        if box is not None and not (
            min(n.x for n in known) <= box[2] and max(n.x for n in known) >= box[0]
            and min(n.y for n in known) <= box[3] and max(n.y for n in known) >= box[1]
        ):  # fmt: skip
            continue
        kept = {k: v for k, v in TAGS[way.kind].items() if k not in {"name", "colour"}}
        for is_known, run in groupby(way.refs, key=lambda ref: ref in here):
            piece = tuple((ref, here[ref].x, here[ref].y) for ref in run) if is_known else ()
            if len(piece) > 1:
                pieces.append((way.id, piece, kept, TAGS[way.kind].get("name", "")))
    return pieces


@quick
@given(things, boxes)
def test_what_was_drawn_is_read(tmp_path, drawn, box):
    found = content(read(written(drawn, tmp_path, ".osm"), box))
    pieces = expected(drawn, box)
    assert (found is None) == (not pieces)
    if found is not None:
        assert found[0] == pieces


FORMS = (".osm.gz", ".osm.pbf,pbf_dense_nodes=true", ".osm.pbf,pbf_dense_nodes=false",
         ".osm.pbf,pbf_compression=none")  # fmt: skip


@quick
@given(things, boxes, st.sampled_from(FORMS))
def test_every_form_of_file_holds_the_same(tmp_path, drawn, box, form):
    plain = content(read(written(drawn, tmp_path, ".osm"), box))
    assert content(read(written(drawn, tmp_path, form), box)) == plain


@quick
@given(things, boxes, st.data())
def test_several_files_are_read_as_one_in_whatever_order_they_are_named(tmp_path, drawn, box, data):
    whole = read(written(drawn, tmp_path, ".osm"), box)
    parts = [[], [], []]
    for thing in drawn:
        for k in data.draw(st.sets(st.integers(0, 2), min_size=1), label="files"):
            parts[k].append(thing)
    paths = [written(part, tmp_path, ".osm.pbf", f"part{k}") for k, part in enumerate(parts)]
    together = read(paths, box)
    again = read(data.draw(st.permutations(paths), label="order"), box)
    assert as_bytes(together) == as_bytes(again)
    assert (together is None) == (whole is None)
    if whole is not None:
        assert content(together)[:3] == content(whole)[:3]


def as_bytes(roads):
    if roads is None:
        return None
    arrays = (roads.way_ids, roads.way_offsets, roads.node_ids, roads.lon, roads.lat,
              roads.segment_mm, roads.tag_set, roads.tagged_nodes.node_ids,
              roads.tagged_nodes.tag_set)  # fmt: skip
    rest = (roads.tag_sets, list(roads.names), roads.tagged_nodes.tag_sets,
            roads.restrictions, roads.report)  # fmt: skip
    return [array.tobytes() for array in arrays], repr(rest)


@quick
@given(
    things,
    st.sampled_from(("pbf_compression=none", "pbf_compression=none,pbf_dense_nodes=false")),
    st.data(),
)
def test_a_damaged_file_is_a_fault_or_other_roads_but_never_worse(tmp_path, drawn, packing, data):
    path = written(drawn, tmp_path, f".osm.pbf,{packing}")
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    roads = read(path, None)  # where there are none, a fault says why
    assert roads is None or roads.lon.size == roads.lat.size


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("extract", "box"),
    [
        ("porto/porto.osm.pbf", None),
        ("porto/porto.osm.pbf", (-86_200_000, 411_400_000, -86_000_000, 411_600_000)),
        ("helsinki/Helsinki.osm.pbf", None),
        ("helsinki/Helsinki.osm.pbf", (249_300_000, 601_600_000, 249_500_000, 601_800_000)),
        ("shanghai_sw/shanghai_sw_all_2021.osm.pbf", None),
    ],
)
def test_real_extracts_are_read_as_osmium_reads_them(shared_data, extract, box):
    path = shared_data / extract
    pieces = []
    for way in (
        osmium.FileProcessor(path)
        .with_locations()
        .with_filter(osmium.filter.KeyFilter("highway", "route"))
    ):
        if not way.is_way() or not ("highway" in way.tags or way.tags.get("route") == "ferry"):
            continue
        nodes = [(node.ref, node.x, node.y) for node in way.nodes]
        known = [node for node in nodes if abs(node[1]) <= 18e8]
        xs, ys = [n[1] for n in known], [n[2] for n in known]
        if not known or (box is not None and not (
            min(xs) <= box[2] and max(xs) >= box[0] and min(ys) <= box[3] and max(ys) >= box[1]
        )):  # fmt: skip
            continue
        for is_known, run in groupby(nodes, key=lambda node: abs(node[1]) <= 18e8):
            piece = tuple(run)
            if is_known and len(piece) > 1:
                pieces.append((way.id, piece, way.tags.get("name", "")))
    found = content(read(path, box))
    assert [(way, nodes, name) for way, nodes, _, name in found[0]] == sorted(
        pieces, key=lambda piece: piece[0]
    )
