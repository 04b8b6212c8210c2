"""What is kept of an extract, and what is refused."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys

import osmium
import pytest
from extract_files import ROAD, Map, contents, crossing, ids

from lastmile.errors import FaultLog, InputError
from lastmile.extracts import Box, clip
from lastmile.extracts.headers import PROGRAM, read_header
from lastmile.extracts.sources import Source
from lastmile.network import read_roads
from lastmile.network.roads import WAY_KEYS

MIDDLE = Box(0.0005, 0.0005, 0.0035, 0.0025)
SUFFIXES = (".osm.pbf", ".osm", ".osm.gz", ".osm.bz2")


def refusal(paths, output, box=MIDDLE, **more):
    before = sorted(output.parent.iterdir())
    with pytest.raises(InputError) as caught:
        clip(paths, output, box, **more)
    assert sorted(output.parent.iterdir()) == before
    (fault,) = caught.value.faults
    return str(fault)


@pytest.fixture
def town(tmp_path):
    return crossing().write(tmp_path / "town.osm")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "clip.osm.pbf"


def test_roads_ferries_and_whole_restrictions_are_kept(town, out):
    made = clip([town], out, MIDDLE)
    assert ids(out, "w") == [100, 101, 102, 103, 104, 106]
    assert ids(out, "n") == [1, 2, 3, 4, 5, 6, 7, 8]
    assert ids(out, "r") == [200]
    assert (made.n_ways, made.n_nodes, made.n_relations, made.n_missing) == (6, 8, 1, 0)
    assert made.is_streamed


def test_objects_are_kept_as_they_were(town, out):
    clip([town], out, MIDDLE)
    before = contents(town)
    assert all(thing in before for thing in contents(out))


def test_everything_keeps_also_shops_houses_and_what_they_belong_to(town, out):
    clip([town], out, MIDDLE, everything=True)
    assert ids(out, "w") == [100, 101, 102, 103, 104, 106, 107]
    assert ids(out, "n") == [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12]
    assert ids(out, "r") == [200, 202]


def test_a_way_that_crosses_the_box_without_a_node_in_it_is_kept(tmp_path, out):
    ways = {1: ((1, 2), ROAD), 2: ((3, 4), ROAD)}
    nodes = {1: (-1.0, 0.0015), 2: (1.0, 0.0015), 3: (-1.0, 1.0), 4: (-0.9, -1.0)}
    clip([Map(nodes, ways).write(tmp_path / "a.osm")], out, MIDDLE)
    assert ids(out, "w") == [1]


def test_the_border_belongs_to_the_box(tmp_path, out):
    ways = {1: ((1, 2), ROAD), 2: ((3, 4), ROAD)}
    nodes = {1: (0.0035, 0.0025), 2: (1, 1), 3: (0.0035001, 0.0025), 4: (1, 1)}
    clip([Map(nodes, ways).write(tmp_path / "a.osm")], out, MIDDLE)
    assert ids(out, "w") == [1]


@pytest.mark.parametrize("kind", ["restriction", "restriction:hgv"])
@pytest.mark.parametrize(
    ("members", "is_kept"),
    [
        ((("w", 100, "from"), ("n", 5, "via"), ("w", 101, "to")), True),
        ((("w", 100, "from"), ("w", 102, "via"), ("w", 101, "to")), True),
        ((("w", 100, "from"), ("n", 5, "via"), ("w", 105, "to")), False),
        ((("w", 100, "from"), ("n", 9, "via"), ("w", 101, "to")), False),
        ((("w", 100, "from"), ("w", 105, "via"), ("w", 101, "to")), False),
        ((("w", 100, "from"), ("n", 5, "via"), ("w", 101, "to"), ("n", 9, "location_hint")), True),
        ((("n", 5, "via"),), False),
        ((("r", 200, "from"), ("w", 100, "to")), False),
        ((), False),
    ],
)
def test_a_restriction_is_kept_if_all_that_it_binds_is(tmp_path, out, kind, members, is_kept):
    town = crossing()
    town.relations = {300: (members, {"type": kind, "restriction": "no_u_turn"})}
    clip([town.write(tmp_path / "a.osm")], out, MIDDLE)
    assert ids(out, "r") == ([300] if is_kept else [])


def test_a_restriction_whose_via_is_missing_is_dropped(tmp_path, out):
    town = crossing()
    del town.nodes[5]
    clip([town.write(tmp_path / "a.osm")], out, MIDDLE)
    assert ids(out, "r") == []


def test_missing_nodes_stay_missing_and_are_counted(tmp_path, out):
    town = crossing()
    del town.nodes[2]
    made = clip([town.write(tmp_path / "a.osm")], out, MIDDLE)
    assert made.n_missing == 2
    assert 100 in ids(out, "w")
    assert 2 not in ids(out, "n")


def test_a_way_of_which_no_node_is_there_is_dropped(tmp_path, out):
    town = crossing()
    town.ways[50] = ((70, 71), ROAD)
    town.ways[51] = ((), ROAD)
    clip([town.write(tmp_path / "a.osm")], out, MIDDLE)
    assert ids(out, "w") == [100, 101, 102, 103, 104, 106]


def test_nodes_that_are_nowhere_on_the_globe_count_as_missing(tmp_path, out):
    path = tmp_path / "a.osm"
    town = crossing().write(path).read_text("utf-8")
    path.write_text(town.replace('lon="0.0010000" lat="0.0010000"', ""), encoding="utf-8")
    assert clip([path], out, MIDDLE).n_missing == 2


@pytest.mark.parametrize("into", SUFFIXES)
@pytest.mark.parametrize("of", SUFFIXES)
def test_every_format_is_read_and_written(tmp_path, town, of, into):
    source = crossing().write(tmp_path / f"in{of}")
    clip([town], tmp_path / f"one{into}", MIDDLE)
    clip([source], tmp_path / f"other{into}", MIDDLE)
    assert contents(tmp_path / f"one{into}") == contents(tmp_path / f"other{into}")
    assert (tmp_path / f"one{into}").read_bytes() == (tmp_path / f"other{into}").read_bytes()


def test_the_header_says_box_date_program_and_order(tmp_path, out):
    town = crossing()
    town.head = '<meta osm_base="2025-05-06T07:08:09Z"/>'
    older = crossing()
    older.head = '<meta osm_base="2024-05-06T07:08:09Z"/>'
    paths = [town.write(tmp_path / "a.osm"), older.write(tmp_path / "b.osm")]
    made = clip(paths, out, MIDDLE)
    header = read_header(Source.at(out))
    assert header.box == MIDDLE
    assert header.program == PROGRAM
    assert header.is_sorted
    assert header.timestamp == made.timestamp == "2024-05-06T07:08:09Z"


def test_a_file_without_a_date_makes_the_date_unknown(tmp_path, town, out):
    dated = crossing()
    dated.head = '<meta osm_base="2025-05-06T07:08:09Z"/>'
    assert clip([town, dated.write(tmp_path / "b.osm")], out, MIDDLE).timestamp == ""


def test_of_several_versions_the_newest_counts(tmp_path, town, out):
    newer = crossing()
    newer.versions = {("w", 101): 2, ("n", 3): 2}
    newer.ways[101] = ((5, 6), {**ROAD, "name": "新街"})
    newer.nodes[3] = (0.0030001, 0.001)
    other = newer.write(tmp_path / "newer.osm")
    clip([town, other], out, MIDDLE)
    again = tmp_path / "again.osm.pbf"
    clip([other, town], again, MIDDLE)
    assert out.read_bytes() == again.read_bytes()
    (way,) = [thing for thing in contents(out) if thing[:2] == ("w", 101)]
    assert way[2:] == (2, (5, 6), {**ROAD, "name": "新街"})
    assert ids(out, "w") == sorted(set(ids(out, "w")))
    assert 3 not in ids(out, "n"), "only the old version of the way passed there"


def test_of_equal_versions_that_of_the_first_file_counts(tmp_path, town, out):
    other = crossing()
    other.ways[101] = ((5, 3), {**ROAD, "name": "别街"})
    clip([other.write(tmp_path / "other.osm"), town], out, MIDDLE)
    assert ("w", 101, 1, (5, 3), {**ROAD, "name": "别街"}) in contents(out)


def test_a_way_is_completed_by_nodes_of_another_file(tmp_path, out):
    halves = crossing(), crossing()
    for ref in (1, 2):
        del halves[0].nodes[ref]
    halves[1].ways, halves[1].relations = {}, {}
    paths = [half.write(tmp_path / f"{k}.osm") for k, half in enumerate(halves)]
    made = clip(paths, out, MIDDLE)
    assert made.n_missing == 0
    assert {1, 2} <= set(ids(out, "n"))


def test_objects_that_were_deleted_are_left_out(tmp_path, out):
    path = tmp_path / "a.osm"
    text = crossing().text().replace('<way id="101"', '<way id="101" visible="false"')
    path.write_text(text, encoding="utf-8")
    clip([path], out, MIDDLE)
    assert 101 not in ids(out, "w")


def test_ids_below_one_are_left_out(tmp_path, out):
    town = crossing()
    town.nodes |= {-1: (0.001, 0.001), -2: (0.002, 0.001)}
    town.ways[-3] = ((-1, -2), ROAD)
    clip([town.write(tmp_path / "a.osm")], out, MIDDLE, everything=True)
    assert min(ids(out, "n")) == 1
    assert min(ids(out, "w")) == 100


def test_equal_files_in_any_order_give_equal_bytes(tmp_path, town, out):
    clip([town], out, MIDDLE)
    lines = list(crossing().objects())
    for seed in range(5):
        random.Random(seed).shuffle(lines)  # noqa: S311 - an order, no secret
        mixed = crossing().write(tmp_path / "mixed.osm", lines)
        again = tmp_path / f"again{seed}.osm.pbf"
        made = clip([mixed], again, MIDDLE)
        assert again.read_bytes() == out.read_bytes()
        assert not made.is_streamed


# Refusals.


@pytest.mark.parametrize("share", [0.4, 0.7, 0.97])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_was_cut_off_is_refused_and_nothing_is_written(tmp_path, out, share, suffix):
    path = crossing().write(tmp_path / f"a{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    message = refusal([path], out)
    assert "cannot be read to its end" in message
    assert str(path) in message


def test_the_file_that_is_broken_is_named(tmp_path, town, out):
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"no map at all" * 50)
    assert refusal([town, broken], out).startswith(str(broken))


def test_missing_and_unknown_files_are_refused(tmp_path, town, out):
    assert "no such file" in refusal([tmp_path / "none.osm"], out)
    (tmp_path / "a.zip").write_bytes(b"PK")
    assert "ends in" in refusal([tmp_path / "a.zip"], out)
    assert "ends in" in refusal([town], tmp_path / "clip.zip")


def test_an_input_is_never_the_output(tmp_path, town):
    assert "as input and as output" in refusal([town], town, overwrite=True)
    (tmp_path / "link.osm").symlink_to(town)
    assert "as input and as output" in refusal([town], tmp_path / "link.osm", overwrite=True)
    (tmp_path / "hard.osm").hardlink_to(town)
    assert "as input and as output" in refusal([town], tmp_path / "hard.osm", overwrite=True)


def test_a_file_that_is_there_is_only_replaced_when_that_is_said(town, out):
    out.write_bytes(b"mine")
    assert "--overwrite" in refusal([town], out)
    assert out.read_bytes() == b"mine"
    clip([town], out, MIDDLE, overwrite=True)
    assert 100 in ids(out, "w")


def test_an_area_without_roads_is_refused(town, out):
    message = refusal([town], out, Box(10.0, 10.0, 11.0, 11.0))
    assert "no road within 10.00000,10.00000,11.00000,11.00000" in message


def test_a_stop_leaves_nothing_behind(town, out):
    def stop(_stage, _done, _total, note=""):
        if note == "cutting":
            raise KeyboardInterrupt

    before = sorted(out.parent.iterdir())
    with pytest.raises(KeyboardInterrupt):
        clip([town], out, MIDDLE, progress=stop)
    assert sorted(out.parent.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="limits are set the POSIX way")
def test_a_full_disk_is_an_error_and_no_crash(tmp_path):
    """The library's writer would abort the process when it is destroyed after a failure."""
    # Positions that no packing makes small.
    nodes = {k: (k * 7919 % 10_007 / 1e5, k * 104_729 % 10_009 / 1e5) for k in range(1, 9000)}
    source = Map(nodes, {1: (tuple(nodes), ROAD)}).write(tmp_path / "a.osm")
    code = (
        "import sys; from pathlib import Path; from lastmile.extracts import Box, clip\n"
        "try: clip([Path(sys.argv[1])], Path(sys.argv[2]), Box(0.0, 0.0, 1.0, 1.0))\n"
        "except OSError as error: print('told:', error)\n"
        "import gc; gc.collect()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(source), str(tmp_path / "b.osm")],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("told:")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.osm"]


# Memory.

CLIP_AND_TELL_PEAK = """
import sys
from pathlib import Path
from lastmile.extracts import Box, clip
made = clip([Path(sys.argv[1])], Path(sys.argv[2]), Box(0.0, 0.0, 0.02, 0.02), overwrite=True)
peak = [row for row in open("/proc/self/status") if row.startswith("VmHWM")][0].split()[1]
print(made.n_ways, made.n_nodes, peak)
"""


def write_plain(path, n_away, spacing):
    """A street of 100 nodes, and far away so many nodes more, a tenth of them in ways."""
    node, way = osmium.osm.mutable.Node(version=1), osmium.osm.mutable.Way(version=1)
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for k in range(100 + n_away):
            node.id = 1 + k * spacing
            at = (k * 1e-4, 0.01) if k < 100 else (10 + k % 5000 * 1e-4, 10 + k // 5000 * 1e-4)
            node.location = at
            writer.add_node(node)
        way.id, way.nodes, way.tags = 1, [1 + k * spacing for k in range(100)], ROAD
        writer.add_way(way)
        for first in range(100, 100 + n_away, 20):
            way.id, way.nodes = first, [1 + k * spacing for k in (first, first + 1)]
            writer.add_way(way)
    return path


SHORT_QUEUES = (
    "OSMIUM_POOL_THREADS",
    "OSMIUM_MAX_INPUT_QUEUE_SIZE",
    "OSMIUM_MAX_OSMDATA_QUEUE_SIZE",
    "OSMIUM_MAX_WORK_QUEUE_SIZE",
)
"""The library reads ahead, by so many blocks at most; short files would not fill its queues."""


def peak_mb(source, out):
    run = subprocess.run(
        [sys.executable, "-c", CLIP_AND_TELL_PEAK, str(source), str(out)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | dict.fromkeys(SHORT_QUEUES, "2"),
    )
    n_ways, n_nodes, kb = run.stdout.split()
    assert (n_ways, n_nodes) == ("1", "100")
    return int(kb) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peaks are read from /proc")
def test_memory_is_bounded_by_the_area_not_by_the_file(tmp_path):
    # An index of all positions, 16 bytes a node, would take 14 MB more for the larger one; ids up
    # to those of today's map, as bits, 1.4 GB.
    small = write_plain(tmp_path / "small.osm.pbf", 100_000, 1)
    large = write_plain(tmp_path / "large.osm.pbf", 1_000_000, 12_000)
    least = peak_mb(small, tmp_path / "out.osm.pbf")
    most = peak_mb(large, tmp_path / "out.osm.pbf")
    assert most < least + 8.0


# Real extracts.


@pytest.mark.real_data
def test_a_plan_reads_the_same_roads_from_a_clip(shared_data, tmp_path):
    source = shared_data / "porto" / "porto.osm.pbf"
    box = Box(-8.63, 41.14, -8.60, 41.16)
    out = tmp_path / "clip.osm.pbf"
    clip([source], out, box)
    bounds = (box.west, box.south, box.east, box.north)
    whole = read_roads(source, bounds=bounds, faults=FaultLog())
    cut = read_roads(out, bounds=bounds, faults=FaultLog())
    for name in ("way_ids", "way_offsets", "node_ids", "lon", "lat", "segment_mm"):
        assert (getattr(cut, name) == getattr(whole, name)).all(), name
    for key in WAY_KEYS:
        assert (cut.values(key) == whole.values(key)).all(), key
    assert (cut.names == whole.names).all()
    assert cut.tagged_nodes.node_ids.tolist() == whole.tagged_nodes.node_ids.tolist()
    here = set(whole.way_ids.tolist())
    within = [
        one
        for one in whole.restrictions
        if here.issuperset((*one.from_ways, *one.via_ways, *one.to_ways))
    ]
    assert list(cut.restrictions) == within
    assert len(within) > 10


@pytest.mark.real_data
def test_a_clip_of_the_whole_keeps_all_restrictions_that_are_whole(shared_data, tmp_path):
    out = tmp_path / "clip.osm.pbf"
    made = clip([shared_data / "porto" / "porto.osm.pbf"], out, Box(-9.0, 40.0, -8.0, 42.0))
    assert made.n_relations == 351, "of 357, six bind no way at all"
    assert made.n_ways == 51_349


@pytest.mark.real_data
def test_two_districts_and_a_duplicate_are_merged(shared_data, tmp_path):
    xuhui = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    west = shared_data / "shanghai_sw" / "shanghai_sw_all_2021.osm.pbf"
    everywhere = Box(120.0, 30.0, 122.0, 32.0)
    out, again = tmp_path / "both.osm.pbf", tmp_path / "again.osm.pbf"
    clip([xuhui, west], out, everywhere)
    clip([west, xuhui, out], again, everywhere)
    ways = ids(out, "w")
    assert ids(again, "w") == ways
    assert ways == sorted(set(ways))
    assert set(ids(xuhui, "w")) | set(ids(west, "w")) == set(ways)
