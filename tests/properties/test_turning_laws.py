"""Turn restrictions and turn costs, against a graph of all turns between all segments."""

from __future__ import annotations

import heapq
import math
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lastmile.costs import UNREACHABLE
from lastmile.network import VAN, Restriction, RoadData, Snaps, build_network, travel_costs
from lastmile.network.fastest import fastest_costs
from lastmile.network.hierarchy import build_hierarchy, build_sweep, hierarchy_costs
from lastmile.network.pieces import ends_of
from lastmile.network.roads import ReadingReport, TaggedNodes, segment_lengths, shared_sets

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# A metre a second: then times are lengths, and segments add up to edges without rounding.
STEADY = replace(
    VAN, speed_kph=(("residential", 3.6),), obeys_maxspeed=False, access_speed_kph=3.6, u_turn_s=0.0
)
SIZE = 4


def place(cell):
    """A grid without right angles, so that no turn lies just between straight and left."""
    x, y = cell
    return 120.0 + (x + 0.13 * math.sin(5 * y + x)) / 1000, 31.0 + (
        y + 0.11 * math.cos(3 * x + 2 * y)
    ) / 1000


@st.composite
def ruled_towns(draw):
    """Streets between neighbouring cells of a grid, cut into ways, with rules on them."""
    links = [((x, y), (x + 1, y)) for x in range(SIZE - 1) for y in range(SIZE)]
    links += [((x, y), (x, y + 1)) for x in range(SIZE) for y in range(SIZE - 1)]
    # Most of the grid stands: rules bind only where there is something to choose from.
    missing = draw(st.sets(st.sampled_from(links), max_size=10))
    chosen = draw(st.permutations([link for link in links if link not in missing]))
    ways = []
    for one, other in chosen:
        grow = ways and ways[-1][-1] == one and draw(st.booleans())
        if grow:
            ways[-1].append(other)
        else:
            ways.append([one, other])
    one_ways = draw(
        st.lists(st.sampled_from(["", "", "", "yes", "-1"]), min_size=len(ways), max_size=len(ways))
    )
    signals = draw(st.lists(st.sampled_from(sorted({c for w in ways for c in w})), max_size=2))
    roads = drawn(ways, one_ways, signals)
    return replace(roads, restrictions=tuple(draw(rules_on(ways))))


def number(cell):
    return 1 + cell[0] * SIZE + cell[1]


def drawn(ways, one_ways, signals):
    cells = [cell for way in ways for cell in way]
    lon, lat = np.array([place(cell) for cell in cells]).T
    offsets = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    tag_set, tag_sets = shared_sets({"highway": "residential", "oneway": o} for o in one_ways)
    ids = np.array(sorted({number(cell) for cell in signals}), dtype=np.int64)
    return RoadData(
        source="drawn", data_timestamp="", way_ids=np.arange(len(ways)) + 100, way_offsets=offsets,
        node_ids=np.array([number(cell) for cell in cells]), lon=lon, lat=lat,
        segment_mm=segment_lengths(lon, lat, offsets), tag_set=tag_set, tag_sets=tag_sets,
        names=np.full(len(ways), "", dtype=object), report=ReadingReport(),
        tagged_nodes=TaggedNodes(ids, np.zeros(ids.size, np.int32),
                                 ({"highway": "traffic_signals"},)),
    )  # fmt: skip


@st.composite
def rules_on(draw, ways):
    """Rules between ways that meet at their ends, some over a way between."""
    rules = []
    for k in range(draw(st.integers(2, 14))):
        one = draw(st.integers(0, len(ways) - 1))
        via = ways[one][draw(st.sampled_from([0, -1]))]
        touching = [w for w, way in enumerate(ways) if via in (way[0], way[-1])]
        other = draw(st.sampled_from(touching))
        kind = draw(st.sampled_from(["no_left_turn", "no_straight_on", "only_right_turn"]))
        if other == one:
            kind = "no_u_turn"
        longer = [w for w in touching if w not in (one, other)]
        if longer and kind != "no_u_turn" and draw(st.booleans()):
            between = draw(st.sampled_from(longer))
            far = ways[between][-1] if ways[between][0] == via else ways[between][0]
            last = [w for w, way in enumerate(ways) if far in (way[0], way[-1]) and w != between]
            if last and far != via and far not in (ways[one][0], ways[one][-1]):
                other = draw(st.sampled_from(last))
                rules.append(rule(k, kind, one, None, (between,), other))
                continue
        rules.append(rule(k, kind, one, number(via), (), other))
    return rules


def rule(k, kind, one, via_node, via_ways, other):
    return Restriction(k, kind, (100 + one,), via_node, tuple(100 + w for w in via_ways),
                       (100 + other,))  # fmt: skip


class AllTurns:
    """Dijkstra over directed segments, every turn judged by itself."""

    def __init__(self, roads, profile, vertices):
        self.profile, self.vertices = profile, vertices
        self.at, self.segments, self.ways = {}, {}, {}
        for row in range(roads.n_ways):
            span = slice(int(roads.way_offsets[row]), int(roads.way_offsets[row + 1]))
            nodes = roads.node_ids[span].tolist()
            oneway = roads.values("oneway")[row]
            way = int(roads.way_ids[row])
            self.ways[way] = nodes
            for k in range(len(nodes) - 1):
                mm = int(roads.segment_mm[span][k])
                self.at[nodes[k]] = roads.lon[span][k], roads.lat[span][k]
                self.at[nodes[k + 1]] = roads.lon[span][k + 1], roads.lat[span][k + 1]
                if oneway != "-1":
                    self.segments[nodes[k], nodes[k + 1]] = (mm, way)
                if oneway != "yes":
                    self.segments[nodes[k + 1], nodes[k]] = (mm, way)
        self.signals = set(roads.tagged_nodes.node_ids.tolist())
        self.arms = {}
        for u, v in self.segments:
            self.arms.setdefault(u, set()).add(v)
            self.arms.setdefault(v, set()).add(u)
        self.banned = {path for r in roads.restrictions for path in self.forbidden(r)}
        self.longest = max((len(path) for path in self.banned), default=2)

    def ends_once(self, way, node):
        nodes = self.ways[way]
        return (nodes[0] == node) + (nodes[-1] == node) == 1 and node not in nodes[1:-1]

    def forbidden(self, r):
        """Sequences of nodes that a rule forbids."""
        one, other = r.from_ways[0], r.to_ways[0]
        if r.via_node is not None:
            middle = [r.via_node]
        else:
            nodes = self.ways[r.via_ways[0]]
            middle = nodes if nodes[0] in self.ways[one] else nodes[::-1]
            if middle[0] not in self.ways[one] or middle[-1] not in self.ways[other]:
                return
        if r.rule != "no_u_turn" and not (
            self.ends_once(one, middle[0]) and self.ends_once(other, middle[-1])
        ):
            return
        into = [u for u, v in self.segments if v == middle[0] and self.segments[u, v][1] == one]
        out = [w for v, w in self.segments if v == middle[-1]]
        meant = [w for w in out if self.segments[middle[-1], w][1] == other]
        for u in into:
            if r.rule == "no_u_turn":
                chosen = [w for w in meant if w == u]
            elif r.rule.startswith("only"):
                chosen = [w for w in out if w not in meant] if meant else []
            else:
                chosen = meant
            for w in chosen:
                yield (u, *middle, w)

    def turn_ms(self, u, v, w):
        """Cost of a turn; None where nobody turns round between junctions."""
        ms = round(1000 * self.profile.signal_s) if v in self.signals else 0
        if u == w:
            return ms + round(1000 * self.profile.u_turn_s) if v in self.vertices else None
        if len(self.arms[v]) >= 3 and self.crosses(u, v, w):
            ms += round(1000 * self.profile.left_turn_s)
        return ms

    def crosses(self, u, v, w):
        (x0, y0), (x1, y1), (x2, y2) = (self.at[n] for n in (u, v, w))
        scale = math.cos(math.radians(31.0))
        turn = math.atan2(y2 - y1, (x2 - x1) * scale) - math.atan2(y1 - y0, (x1 - x0) * scale)
        degrees = (math.degrees(turn) + 540) % 360 - 180
        return degrees > 45 if self.profile.drives_on == "right" else degrees < -45

    def search(self, starts):
        """Costs at the end of every (recent path), from (cost, segment) starts."""
        best, done = {}, {}
        queue = [(cost, (u, v)) for cost, (u, v) in starts]
        heapq.heapify(queue)
        for cost, state in queue:
            best[state] = min(cost, best.get(state, cost))
        while queue:
            cost, state = heapq.heappop(queue)
            if state in done:
                continue
            done[state] = cost
            for total, following in self.after(cost, state):
                if total < best.get(following, (math.inf,)):
                    best[following] = total
                    heapq.heappush(queue, (total, following))
        return done

    def after(self, cost, state):
        u, v = state[-2:]
        for w in self.arms.get(v, ()):
            if (v, w) not in self.segments:
                continue
            path = (*state, w)
            if any(path[k:] in self.banned for k in range(len(path) - 2)):
                continue
            ms = self.turn_ms(u, v, w)
            if ms is not None:
                mm = self.segments[v, w][0]
                yield (cost[0] + ms + mm, cost[1] + mm), path[-max(2, self.longest - 1) :]


def to_segments(network, edge, offset_mm):
    """The raw segment that a position lies on, as (first node, second node, mm from the first)."""
    span = slice(int(network.shape_offsets[edge]), int(network.shape_offsets[edge + 1]))
    places = {place((x, y)): number((x, y)) for x in range(SIZE) for y in range(SIZE)}
    nodes = [places[p] for p in zip(network.shape_lon[span], network.shape_lat[span], strict=True)]
    mm = network.shape_mm[span]
    k = min(int(np.searchsorted(mm, offset_mm, side="right")) - 1, len(nodes) - 2)
    return nodes[k], nodes[k + 1], int(offset_mm - mm[k])


def ways_to_visit(oracle, spot, side, profile):
    """Directed segments by which a stop may be visited, and how far along each it lies."""
    a, b, x = spot
    both = (a, b) in oracle.segments and (b, a) in oracle.segments
    beside = side if profile.drives_on == "right" else -side
    bound = both and bool(profile.own_side_only)
    found = {}
    if (a, b) in oracle.segments and not (bound and beside < 0):
        found[a, b] = x
    if (b, a) in oracle.segments and not (bound and beside > 0):
        found[b, a] = oracle.segments[b, a][0] - x
    return found


def oracle_cost(oracle, source, target):
    found, starts = [], []
    for segment, x in source.items():
        if segment in target and target[segment] >= x:
            found.append((target[segment] - x,) * 2)
        rest = oracle.segments[segment][0] - x
        starts.append(((rest, rest), segment))
    for state, cost in oracle.search(starts).items():
        u, v = state[-2:]
        for (begin, finish), piece_mm in target.items():
            if v != begin:
                continue
            path = (*state, finish)
            ms = oracle.turn_ms(u, v, finish)
            if ms is None or any(path[k:] in oracle.banned for k in range(len(path) - 2)):
                continue
            found.append((cost[0] + ms + piece_mm, cost[1] + piece_mm))
    return min(found, default=None)


@LAW
@given(
    ruled_towns(),
    st.sampled_from([0.0, 30.0, 150.0, 700.0]),
    st.sampled_from([0.0, 20.0]),
    st.sampled_from([0.0, 17.0]),
    st.sampled_from(["right", "left"]),
    st.booleans(),
    st.data(),
)
def test_paths_obey_every_rule_and_pay_every_turn(
    roads, u_turn_s, signal_s, left_turn_s, drives_on, own_side, data
):
    profile = replace(STEADY, u_turn_s=u_turn_s, signal_s=signal_s, left_turn_s=left_turn_s,
                      drives_on=drives_on,
                      own_side_only=("residential",) if own_side else ())  # fmt: skip
    network = build_network(roads, profile, min_component_m=0)
    oracle = AllTurns(roads, profile, set(network.vertex_ids.tolist()))
    most = st.integers(0, max(0, network.n_edges - 10))
    edge = np.arange(data.draw(most), network.n_edges, dtype=np.int32)[:10]
    n = edge.size
    share = np.array(data.draw(st.lists(st.sampled_from([0.08, 0.5, 0.9]), min_size=n,
                                        max_size=n)))  # fmt: skip
    offset_mm = np.floor(share * network.length_mm[edge]).astype(np.int64)
    side = np.array(data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=n, max_size=n)),
                    dtype=np.int8)  # fmt: skip
    places = Snaps(edge, offset_mm, np.zeros(n, np.int64), np.ones(n, bool), np.zeros(n, bool),
                   np.full(n, 120.0), np.full(n, 31.0), side)  # fmt: skip
    time, length = travel_costs(network, places, ids=[str(k) for k in range(n)], threads=1)
    spots = [
        ways_to_visit(oracle, to_segments(network, e, o), s, profile)
        for e, o, s in zip(edge, offset_mm, side, strict=True)
    ]
    for i in range(n):
        for j in range(n):
            found = int(time.values[i, j]), int(length.values[i, j])
            if i == j:
                assert found == (0, 0)
            else:
                expected = oracle_cost(oracle, spots[i], spots[j])
                assert found == (expected or (UNREACHABLE, UNREACHABLE)), (spots[i], spots[j])
    ends = ends_of(network, places)
    hierarchy = build_hierarchy(network)
    everything = np.arange(n)
    swept = hierarchy_costs(hierarchy, build_sweep(hierarchy, ends), ends, everything)
    assert np.array_equal(swept, fastest_costs(network, ends, everything))


@LAW
@given(ruled_towns())
def test_whoever_is_not_bound_is_not_split(roads):
    free = replace(STEADY, obeys_turn_restrictions=False, u_turn_s=30.0)
    network = build_network(roads, free, min_component_m=0)
    assert network.search.n_states == network.n_vertices
    assert network.search.steps is network.forward
