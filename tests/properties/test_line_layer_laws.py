"""Lines drawn on a grid are joined where they should be, and nowhere else.

The oracle walks the grid step by step: a place is a point of the grid on a level.
"""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString

from lastmile.errors import FaultLog
from lastmile.network import LineColumns, LineSource, read_roads

quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

STEP = 1e-4
"""Degrees: some 11 m at the equator."""


@st.composite
def drawn_lines(draw):
    """Lines along a grid of 6 by 6, each on a level."""
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        point = (draw(st.integers(0, 5)), draw(st.integers(0, 5)))
        points = [point]
        for _ in range(draw(st.integers(1, 3))):
            x, y = points[-1]
            to = draw(st.integers(0, 5))
            point = (to, y) if draw(st.booleans()) else (x, to)
            if point not in points:
                points.append(point)
        if len(points) > 1 and is_simple(points):
            lines.append((points, draw(st.integers(0, 1))))
    return lines


def steps(points):
    """Every point of the grid along a line."""
    walked = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        n = abs(x1 - x0) + abs(y1 - y0)
        walked += [(x0 + (x1 - x0) * k // n, y0 + (y1 - y0) * k // n) for k in range(1, n + 1)]
    return walked


def is_simple(points):
    """Whether a line does not meet itself, which layers do not node."""
    walked = steps(points)
    return len(set(walked)) == len(walked)


def by_steps(lines, split):
    """The graph as it should be, keyed by what is one place."""
    graph, ends = nx.Graph(), []
    for k, (points, level) in enumerate(lines):
        walked = steps(points)
        keys = [(point, level if split else f"line {k}") for point in walked]
        nx.add_path(graph, keys)
        ends.append((keys[0], keys[-1]))
    by_point = {}
    for key in (key for pair in ends for key in pair):
        graph.add_edge(by_point.setdefault(key[0], key), key, weight=0)
    for one, other in graph.edges:
        graph[one][other].setdefault("weight", 1)
    return graph, ends


def by_reading(roads):
    graph = nx.Graph()
    for k in range(roads.n_ways):
        first, end = int(roads.way_offsets[k]), int(roads.way_offsets[k + 1])
        for at in range(first, end - 1):
            one, other = int(roads.node_ids[at]), int(roads.node_ids[at + 1])
            weight = abs(roads.lon[at + 1] - roads.lon[at]) + abs(roads.lat[at + 1] - roads.lat[at])
            if not graph.has_edge(one, other) or graph[one][other]["weight"] > weight:
                graph.add_edge(one, other, weight=weight)
    return graph


def ends_of(roads):
    return {
        int(way): (int(roads.node_ids[roads.way_offsets[k]]),
                   int(roads.node_ids[roads.way_offsets[k + 1] - 1]))
        for k, way in enumerate(roads.way_ids)
    }  # fmt: skip


def between_ends(roads):
    """Lengths of the shortest paths between the ends of ways, in degrees, where there are any."""
    graph = by_reading(roads)
    ends = {
        (way, side): node for way, pair in ends_of(roads).items() for side, node in enumerate(pair)
    }
    found = {}
    for start, node in ends.items():
        reached = nx.single_source_dijkstra_path_length(graph, node)
        found |= {(start, end): reached[to] for end, to in ends.items() if to in reached}
    return found


def write(lines, folder, order=None):
    rows = [lines[k] for k in order] if order else lines
    shapes = [LineString([(x * STEP, y * STEP) for x, y in points]) for points, _ in rows]
    frame = gpd.GeoDataFrame(
        {"level": [level for _, level in rows]}, geometry=shapes, crs="EPSG:4326"
    )
    path = folder / "roads.geojson"
    frame.to_file(path)
    return path


def read(path, *, split, crs="file"):
    faults = FaultLog()
    source = LineSource(LineColumns(level="level"), noded=not split, crs=crs)
    roads = read_roads(path, bounds=None, faults=faults, lines=source)
    assert not faults.faults
    return roads


@quick
@given(drawn_lines(), st.booleans())
def test_lines_meet_where_ends_meet_and_where_they_cross_if_asked(tmp_path, lines, split):
    if not lines:
        return
    expected, ends = by_steps(lines, split)
    roads = read(write(lines, tmp_path), split=split)
    found, own = by_reading(roads), ends_of(roads)
    for k in range(len(lines)):
        lengths = nx.single_source_dijkstra_path_length(expected, ends[k][0])
        reached = nx.single_source_dijkstra_path_length(found, own[k + 1][0])
        for other, pair in enumerate(ends):
            for side in (0, 1):
                wanted = lengths.get(pair[side])
                got = reached.get(own[other + 1][side])
                assert (wanted is None) == (got is None)
                assert wanted is None or got == pytest.approx(wanted * STEP, abs=1e-6)


@quick
@given(drawn_lines(), st.booleans(), st.data())
def test_the_order_of_rows_changes_only_the_numbers_of_ways(tmp_path, lines, split, data):
    if not lines:
        return
    order = data.draw(st.permutations(range(len(lines))))
    one = read(write(lines, tmp_path), split=split)
    other = read(write(lines, tmp_path, order), split=split)

    def shapes(roads, rows):
        spans = zip(roads.way_offsets[:-1], roads.way_offsets[1:], strict=True)
        return sorted(
            (rows[way - 1], roads.lon[a:b].tolist(), roads.lat[a:b].tolist())
            for way, (a, b) in zip(roads.way_ids.tolist(), spans, strict=True)
        )

    assert shapes(one, range(len(lines))) == shapes(other, order)


@quick
@given(drawn_lines(), st.sampled_from(("cgcs2000", "gcj02", "bd09", "EPSG:4549", "EPSG:3857")))
def test_lines_meet_in_every_coordinate_system(tmp_path, lines, crs):
    if not lines:
        return
    path = write(lines, tmp_path)
    frame = gpd.read_file(path)
    # Near Changzhou, where Chinese systems hold.
    moved = frame.set_geometry(frame.translate(119.95, 31.78).scale(1, 1, origin=(0, 0)))
    stated = "EPSG:4326"
    if crs.startswith("EPSG"):
        moved, stated = moved.set_crs("EPSG:4326", allow_override=True).to_crs(crs), crs
    moved.set_crs(stated, allow_override=True).to_file(tmp_path / "moved.gpkg")
    there = read(tmp_path / "moved.gpkg", split=True, crs=crs)
    here = read(path, split=True)
    # Lines that lie on each other may cross anywhere along the way: paths count, not nodes.
    one, other = between_ends(here), between_ends(there)
    assert one.keys() == other.keys()
    for pair, length in one.items():
        assert other[pair] == pytest.approx(length, rel=0.01, abs=1e-6)


def test_parts_of_a_multiline_share_their_row(tmp_path):
    path = tmp_path / "parts.gpkg"
    parts = MultiLineString([[(0, 0), (STEP, 0)], [(STEP, 0), (STEP, STEP)]])
    rows = [None, LineString(), parts, LineString([(0, 0, 5), (0, STEP, 9)])]
    gpd.GeoDataFrame({"level": [0, 0, 0, 0]}, geometry=rows, crs="EPSG:4326").to_file(path)
    roads = read(path, split=False)
    assert roads.way_ids.tolist() == [3, 3, 4]
    assert roads.report.n_without_line == 2
    assert nx.number_connected_components(by_reading(roads)) == 1
