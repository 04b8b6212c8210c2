"""Laws of repair suggestions, components and snapping quality, against networkx and Shapely."""

from __future__ import annotations

import itertools
from functools import cache

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import GEOD
from pyproj import Transformer

from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    WALK,
    build_network,
    components,
    join_gaps,
    linked_parts,
    read_roads,
    repair_suggestions,
    snap,
    snap_quality,
    weight_by_part,
)
from lastmile.network.feet import edge_lines_in_plane

LAW = settings(max_examples=25, deadline=None,
               suppress_health_check=[HealthCheck.too_slow,
                                      HealthCheck.function_scoped_fixture])  # fmt: skip
CLEAR_MM = 12
"""Between shape points positions in degrees run beside the plane's straight line: by 9 mm in the
middle of the longest segment here, 870 m across (L² tan φ / 8R)."""
JITTER = (0, 0, 1, 4, 11, 15)


@st.composite
def towns(draw, *, apart=False):
    """Streets on a coarse grid whose corners are often missed by some metres, or hit by two nodes.

    With ``apart`` no two nodes share a place.
    """
    n_nodes = draw(st.integers(6, 16))
    spot = st.tuples(st.integers(0, 3), st.integers(0, 3),
                     st.sampled_from(JITTER), st.sampled_from(JITTER))  # fmt: skip
    key = (lambda at: (100 * at[0] + at[2], 100 * at[1] + at[3])) if apart else None
    spots = draw(st.lists(spot, min_size=n_nodes, max_size=n_nodes, unique_by=key))
    nodes = {
        k + 1: (120.0 + x / 500 + dx * 1e-5, 31.0 + y / 500 + dy * 1e-5)
        for k, (x, y, dx, dy) in enumerate(spots)
    }
    # Most ways keep to one of a few sets of nodes, so that most towns fall into parts.
    n_parts = draw(st.integers(1, min(4, n_nodes // 2)))
    way = st.integers(0, n_parts - 1).flatmap(
        lambda part: st.lists(st.sampled_from(range(1 + part, n_nodes + 1, n_parts)),
                              min_size=2, max_size=4)
    )  # fmt: skip
    ways = draw(st.lists(way, min_size=2, max_size=9))
    ways = [way for way in ways if any(a != b for a, b in itertools.pairwise(way))]
    return nodes, ways or [[1, 2]]


@cache
def transformer(plane):
    return Transformer.from_crs("EPSG:4326", plane, always_xy=True)


def projected(plane, nodes):
    lon, lat = np.array(list(nodes.values())).T
    return list(zip(*transformer(plane).transform(lon, lat), strict=True))


class Town:
    """The same town as the product reads it, and as a networkx graph of its OSM nodes."""

    def __init__(self, folder, drawn, tags='<tag k="highway" v="residential"/>'):
        self.nodes, self.ways = drawn
        text = ["<osm version='0.6'>"]
        text += [f"<node id='{k}' lon='{x:.7f}' lat='{y:.7f}'/>"
                 for k, (x, y) in self.nodes.items()]  # fmt: skip
        for k, way in enumerate(self.ways, 100):
            members = "".join(f"<nd ref='{ref}'/>" for ref in way)
            text.append(f"<way id='{k}'>{members}{tags}</way>")
        path = folder / "town.osm"
        path.write_text("\n".join([*text, "</osm>"]))
        self.roads = read_roads(path, bounds=None, faults=FaultLog())
        self.walk = build_network(self.roads, WALK, min_component_m=0)
        self.spots = dict(zip(self.nodes, projected(self.walk.plane, self.nodes), strict=True))
        self.graph = nx.MultiGraph()
        for k, way in enumerate(self.ways, 100):
            for a, b in itertools.pairwise(way):
                if a != b:
                    ends = (*self.nodes[a], *self.nodes[b])
                    mm = round(GEOD.inv(*ends)[2] * 1000)
                    self.graph.add_edge(a, b, way=k, mm=mm)
        self.parts = [frozenset(part) for part in nx.connected_components(self.graph)]
        self.part_of = {ref: part for part in self.parts for ref in part}

    def length_mm(self, part):
        return int(self.graph.subgraph(part).size(weight="mm"))

    def line(self, a, b):
        return shapely.LineString([self.spots[a], self.spots[b]])

    def lines_of(self, part):
        return shapely.MultiLineString(
            [self.line(a, b) for a, b in self.graph.subgraph(part).edges()]
        )

    def gap_mm(self, ref, part):
        """Geodesic from a node to the nearest position on a part."""
        point = shapely.Point(self.line(ref, ref).coords[0])
        foot = shapely.ops.nearest_points(point, self.lines_of(part))[1]
        return round(
            GEOD.inv(
                *self.nodes[ref],
                *transformer(self.walk.plane).transform(foot.x, foot.y, direction="INVERSE"),
            )[2]
            * 1000
        )


def at_ends(found):
    return found[found["kind"].isin(["end_to_edge", "end_to_vertex"])]


@LAW
@given(drawn=towns(apart=True), gap_m=st.sampled_from([0.0, 2.0, 15.0, 40.0]))
def test_gaps_are_those_between_every_dead_end_and_every_other_part(tmp_path, drawn, gap_m):
    town = Town(tmp_path, drawn)
    found = at_ends(repair_suggestions(town.walk, gap_m=gap_m, roads=town.roads))
    told = {}
    for row in found.itertuples():
        other = town.part_of[town.ways[row.other_way - 100][0]]
        told[row.node, other] = row.gap_mm
        if row.kind == "end_to_vertex":
            told.setdefault((row.other_node, town.part_of[row.node]), row.gap_mm)
    expected = {}
    for ref, degree in town.graph.degree():
        if degree == 1:
            for part in town.parts:
                if ref not in part:
                    expected[ref, part] = town.gap_mm(ref, part)
    for pair, gap_mm in expected.items():
        if gap_mm <= gap_m * 1000 - CLEAR_MM:
            assert told[pair] == pytest.approx(gap_mm, abs=CLEAR_MM)
        elif gap_mm > gap_m * 1000 + CLEAR_MM:
            assert pair not in told
    # What is told beside the dead ends' own are the vertices that they meet.
    assert all(pair in expected or town.graph.degree(pair[0]) > 1 for pair in told)


@LAW
@given(drawn=towns(apart=True))
def test_joining_what_is_suggested_joins_two_parts(tmp_path, drawn):
    town = Town(tmp_path, drawn)
    found = repair_suggestions(town.walk, gap_m=30.0, roads=town.roads)
    for row in found.itertuples():
        own = town.ways[row.way - 100]
        assert row.kind == "crossing" or row.node in own
        other = town.ways[row.other_way - 100]
        assert row.kind != "end_to_vertex" or row.other_node in other
        joined = town.graph.copy()
        joined.add_edge(own[0], other[0], mm=0)
        assert nx.number_connected_components(joined) == len(town.parts) - 1
        lengths = [town.length_mm(town.part_of[way[0]]) for way in (own, other)]
        assert row.joins_mm == min(lengths)
    assert not found.duplicated(["kind", "node", "way", "other_way", "other_node", "edge",
                                 "other_edge"]).any()  # fmt: skip


@LAW
@given(drawn=towns(), gap_m=st.sampled_from([0.0, 15.0, 200.0]))
def test_roads_that_hang_together_need_no_repair(tmp_path, drawn, gap_m):
    town = Town(tmp_path, drawn)
    largest = max(town.parts, key=len)
    kept = [way for way in town.ways if set(way) <= largest]
    one = Town(tmp_path, (town.nodes, kept))
    assert repair_suggestions(one.walk, gap_m=gap_m, roads=one.roads).empty


@LAW
@given(drawn=towns(), widths=st.tuples(st.floats(0, 40), st.floats(0, 40)))
def test_a_wider_gap_never_loses_a_suggestion(tmp_path, drawn, widths):
    town = Town(tmp_path, drawn)
    narrow, wide = (
        repair_suggestions(town.walk, gap_m=width, roads=town.roads, detours=True)
        for width in sorted(widths)
    )
    assert (narrow["gap_mm"] <= round(min(widths) * 1000)).all()
    keys = ["kind", "node", "edge", "other_edge", "gap_mm", "doubt", "joins_mm"]
    rows = [set(frame[keys].astype(str).itertuples(index=False)) for frame in (narrow, wide)]
    assert rows[0] <= rows[1]


@LAW
@given(drawn=towns())
def test_crossings_are_the_pairs_of_edges_of_two_parts_that_meet(tmp_path, drawn):
    town = Town(tmp_path, drawn)
    found = repair_suggestions(town.walk, gap_m=0.0, roads=town.roads)
    pairs = found.loc[found["kind"] == "crossing", ["edge", "other_edge"]]
    told = {frozenset(pair) for pair in pairs.itertuples(index=False)}
    lines = edge_lines_in_plane(town.walk)
    part = linked_parts(town.walk)[0]
    for a, b in itertools.combinations(range(town.walk.n_edges), 2):
        if part[a] != part[b] and lines[a].distance(lines[b]) > 1e-6:
            assert frozenset((a, b)) not in told
        elif part[a] != part[b] and lines[a].crosses(lines[b]):
            # An end upon the other road may miss it by the last digit; then it is a gap.
            ends = shapely.boundary(lines[a]).union(shapely.boundary(lines[b]))
            if ends.distance(lines[a].intersection(lines[b])) > 1e-6:
                assert frozenset((a, b)) in told


@LAW
@given(drawn=towns())
def test_detours_are_those_that_networkx_finds(tmp_path, drawn):
    town = Town(tmp_path, drawn)
    network, gap_m = town.walk, 60.0
    found = repair_suggestions(network, gap_m=gap_m, roads=town.roads, detours=True)
    found = found[found["kind"] == "detour"]
    told = set(zip(found["node"], found["other_edge"], strict=True))
    # Two that meet at a vertex are told once, whichever edge leads there.
    met = set(zip(found["node"], found["other_node"], strict=True))
    met |= {(end, node) for node, end in met}
    graph = nx.Graph()
    graph.add_nodes_from(range(network.n_vertices))
    for a, b, mm in zip(
        network.edge_from, network.edge_to, network.length_mm.tolist(), strict=True
    ):
        if not graph.has_edge(a, b) or graph[a][b]["mm"] > mm:
            graph.add_edge(a, b, mm=mm)
    part = linked_parts(network)[0]
    degree = np.bincount(np.concatenate((network.edge_from, network.edge_to)))
    lines = edge_lines_in_plane(network)
    for v in np.flatnonzero(degree == 1).tolist():
        own = int(np.flatnonzero((network.edge_from == v) | (network.edge_to == v))[0])
        reached = nx.single_source_dijkstra_path_length(graph, v, weight="mm")
        point = shapely.Point(lines[own].coords[0 if network.edge_from[own] == v else -1])
        for edge in range(network.n_edges):
            if edge == own or part[edge] != part[own]:
                continue
            gap_mm = 1000 * point.distance(lines[edge])
            along = 1000 * lines[edge].project(point)
            way_mm = min(
                reached[network.edge_from[edge]] + along,
                reached[network.edge_to[edge]] + network.length_mm[edge] - along,
            )
            least = max(500_000, 10 * gap_mm)
            node = int(network.vertex_ids[v])
            if gap_mm > gap_m * 1010 or way_mm < least - 2_000:
                assert (node, edge) not in told
            elif gap_mm < gap_m * 990 and way_mm > least + 2_000:
                ends = {int(network.vertex_ids[w])
                        for w in (network.edge_from[edge], network.edge_to[edge])}  # fmt: skip
                assert (node, edge) in told or any((node, end) in met for end in ends)


@LAW
@given(drawn=towns())
def test_components_are_those_of_networkx_and_as_far_apart_as_shapely_measures(tmp_path, drawn):
    town = Town(tmp_path, drawn)
    found = components(town.walk)
    lengths = sorted((town.length_mm(part) for part in town.parts), reverse=True)
    assert [part.length_mm for part in found] == lengths == town.walk.component_mm.tolist()
    assert sum(part.n_edges for part in found) == town.walk.n_edges
    assert not any(part.is_linked for part in found)
    lines = edge_lines_in_plane(town.walk)
    component = town.walk.edge_component
    whole = [shapely.MultiLineString(list(lines[component == part.number])) for part in found]
    for part in found[1:]:
        nearest_m = min(whole[part.number].distance(other) for other in whole[: part.number])
        assert part.gap_mm == pytest.approx(1000 * nearest_m, rel=1e-3, abs=CLEAR_MM)
        assert 0 <= part.nearest_larger < part.number
    assert (found[0].gap_mm, found[0].nearest_larger) == (-1, -1)
    for part in found:
        west, south, east, north = part.bounds
        assert west <= part.lon <= east
        assert south <= part.lat <= north
        own = town.walk.edge_component == part.number
        spots = {(lon, lat) for edge in np.flatnonzero(own)
                 for lon, lat in town.walk.edge_lines()[edge].coords}  # fmt: skip
        assert (part.lon, part.lat) in spots
        assert west == min(lon for lon, _ in spots)
        assert north == max(lat for _, lat in spots)


@LAW
@given(drawn=towns(), seed=st.integers(0, 999), limit_m=st.sampled_from([40.0, 300.0, 9_000.0]))
def test_figures_of_snapping_add_up(tmp_path, drawn, seed, limit_m):
    town = Town(tmp_path, drawn)
    network = build_network(town.roads, WALK, min_component_m=700)
    random = np.random.default_rng(seed)
    lon, lat = 120.003 + random.normal(0, 0.01, 60), 31.003 + random.normal(0, 0.01, 60)
    people = random.integers(0, 50, 60).astype(float)
    lon[:2] += 3
    snaps = snap(network, lon, lat, max_access_m=limit_m)
    quality = snap_quality(network, snaps, people)
    assert (quality.places.n, quality.places.weight) == (60, people.sum())
    assert quality.on_network.n + quality.off_network.n == 60
    assert sum(band.n for band in quality.bands) + quality.without_road.n == 60
    total = sum(band.weight for band in quality.bands) + quality.without_road.weight
    assert total == people.sum()
    assert quality.past_island.n == snaps.past_island.sum()
    assert quality.without_road.n >= 2
    legs_m = snaps.access_mm[snaps.edge >= 0] / 1000
    for band in quality.bands:
        top = np.inf if band.to_m is None else band.to_m
        low = -1 if band.over_m == 0 else band.over_m
        assert band.n == ((legs_m > low) & (legs_m <= top)).sum()
    if legs_m.size:
        assert quality.legs.longest_m == legs_m.max()
        repeated = np.repeat(legs_m, people[snaps.edge >= 0].astype(int))
        if repeated.size:
            wanted = np.quantile(repeated, [0.5, 0.9], method="inverted_cdf").tolist()
            assert [quality.weighted_legs.median_m, quality.weighted_legs.p90_m] == wanted
        wanted = np.quantile(legs_m, [0.5, 0.9], method="inverted_cdf").tolist()
        assert [quality.legs.median_m, quality.legs.p90_m] == wanted


@LAW
@given(drawn=towns(), seed=st.integers(0, 999))
def test_people_belong_to_the_part_of_their_nearest_road(tmp_path, drawn, seed):
    town = Town(tmp_path, drawn)
    random = np.random.default_rng(seed)
    lon, lat = 120.003 + random.normal(0, 0.004, 40), 31.003 + random.normal(0, 0.004, 40)
    people = random.integers(1, 9, 40).astype(float)
    sums = weight_by_part(town.walk, lon, lat, people, max_access_m=200.0)
    part, part_mm = linked_parts(town.walk)
    assert sums.size == part_mm.size == len(town.parts)
    lines = edge_lines_in_plane(town.walk)
    least, most = np.zeros(sums.size), np.zeros(sums.size)
    for x, y, n in zip(*transformer(town.walk.plane).transform(lon, lat), people, strict=True):
        distance_m = shapely.distance(shapely.Point(x, y), lines)
        near = np.unique(part[distance_m <= distance_m.min() + 1e-6])
        if distance_m.min() < 200.5:
            most[near] += n
        if distance_m.min() < 199.5 and near.size == 1:
            least[near] += n
    assert (least <= sums).all()
    assert (sums <= most).all()


@LAW
@given(drawn=towns(apart=True), gap_m=st.sampled_from([2.0, 15.0, 30.0]))
def test_links_join_the_parts_that_suggestions_name_and_change_nothing_else(tmp_path, drawn, gap_m):
    town = Town(tmp_path, drawn)
    joined, links = join_gaps(town.roads, gap_m)
    found = at_ends(repair_suggestions(town.walk, gap_m=gap_m, roads=town.roads))
    found = found[found["doubt"] == ""]
    wanted = town.graph.copy()
    for row in found.itertuples():
        wanted.add_edge(row.node, town.ways[row.other_way - 100][0], mm=0)
    network = build_network(joined, WALK, min_component_m=0)
    assert network.component_mm.size == nx.number_connected_components(wanted)
    ends = {link.node: link.length_mm for link in links}
    for row in found.itertuples():
        linked_mm = ends.get(row.node, ends.get(row.other_node))
        assert linked_mm == pytest.approx(row.gap_mm, abs=20), "met at whole 1e-7 degrees"
    assert len(links) == len(found)
    # The old ways run as they ran, new nodes between; new ways are the links.
    n_old, n_links = town.roads.n_ways, len(links)
    assert joined.n_ways == n_old + n_links
    assert joined.way_ids[n_old:].tolist() == [link.new_way for link in links]
    assert joined.way_ids[:n_old].tolist() == town.roads.way_ids.tolist()
    known = set(town.roads.node_ids.tolist())
    for way in range(n_old):
        old, new = (
            slice(*roads.way_offsets[way : way + 2].tolist()) for roads in (town.roads, joined)
        )
        kept = [ref for ref in joined.node_ids[new].tolist() if ref in known]
        assert kept == town.roads.node_ids[old].tolist()
        assert joined.segment_mm[new].sum() == pytest.approx(
            town.roads.segment_mm[old].sum(), abs=20 * (n_links + 1)
        )
    for link, way in zip(links, range(n_old, joined.n_ways), strict=True):
        first = int(joined.way_offsets[way])
        assert link.node in joined.node_ids[first : first + 2]
        assert joined.segment_mm[first] == link.length_mm <= gap_m * 1000 + CLEAR_MM
    # Done once, nothing is left to do.
    assert join_gaps(joined, gap_m)[1] == ()


@LAW
@given(drawn=towns())
def test_a_gap_of_nothing_links_nothing(tmp_path, drawn):
    town = Town(tmp_path, drawn)
    joined, links = join_gaps(town.roads, 0.0)
    assert joined is town.roads
    assert links == ()


def test_where_one_ways_bind_a_part_that_cannot_be_left_is_linked(tmp_path):
    nodes = {k: (120.0 + k / 1000, 31.0) for k in range(1, 7)} | {7: (120.0015, 31.001)}
    one_way = '<tag k="highway" v="residential"/><tag k="oneway" v="yes"/>'
    town = Town(tmp_path, (nodes, [[1, 2, 7, 1], [2, 3], [3, 4, 5, 3]]), one_way)
    van = build_network(town.roads, VAN, min_component_m=0)
    found = components(van)
    assert [part.is_linked for part in found] == [False, True]
    assert found[1].gap_mm == round(GEOD.inv(*nodes[2], *nodes[3])[2] * 1000)
    assert repair_suggestions(van, roads=town.roads).empty
