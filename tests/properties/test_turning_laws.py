"""Turn restrictions and turn costs, against a graph of all turns between all segments."""

from __future__ import annotations

import heapq
import math
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruled_towns import MS_PER_MM, STEADY, ruled_towns, to_segments

from lastmile.costs import UNREACHABLE
from lastmile.network import Snaps, build_network, travel_costs
from lastmile.network.fastest import fastest_costs
from lastmile.network.hierarchy import build_hierarchy, build_sweep, hierarchy_costs
from lastmile.network.pieces import ends_of

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class AllTurns:
    """Dijkstra over directed segments, every turn judged by itself."""

    def __init__(self, roads, profile):
        self.profile = profile
        self.at, self.segments, self.ways = {}, {}, {}
        for row in range(roads.n_ways):
            span = slice(int(roads.way_offsets[row]), int(roads.way_offsets[row + 1]))
            nodes = roads.node_ids[span].tolist()
            oneway, highway = roads.values("oneway")[row], roads.values("highway")[row]
            way = int(roads.way_ids[row])
            self.ways[way] = nodes
            for k in range(len(nodes) - 1):
                mm = int(roads.segment_mm[span][k])
                self.at[nodes[k]] = roads.lon[span][k], roads.lat[span][k]
                self.at[nodes[k + 1]] = roads.lon[span][k + 1], roads.lat[span][k + 1]
                if oneway != "-1":
                    self.segments[nodes[k], nodes[k + 1]] = (mm, way, highway)
                if oneway != "yes":
                    self.segments[nodes[k + 1], nodes[k]] = (mm, way, highway)
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
        """Sequences of nodes that a rule forbids, from each of its ways to each."""
        for one in r.from_ways:
            for other in r.to_ways:
                yield from self.forbidden_between(r, one, other)

    def forbidden_between(self, r, one, other):
        if r.via_node is not None:
            middle = [r.via_node]
        else:
            nodes = self.ways[r.via_ways[0]]
            middle = nodes if nodes[0] in self.ways[one] else nodes[::-1]
            if middle[0] not in self.ways[one] or middle[-1] not in self.ways[other]:
                return
        back = r.rule == "no_u_turn" and one == other
        ends = self.ends_once(one, middle[0]) and self.ends_once(other, middle[-1])
        if not (back or ends):
            return
        if r.rule == "no_u_turn" and len(middle) == 1 and not back and other in r.from_ways:
            return
        into = [u for u, v in self.segments if v == middle[0] and self.segments[u, v][1] == one]
        out = [w for v, w in self.segments if v == middle[-1]]
        meant = [w for w in out if self.segments[middle[-1], w][1] == other]
        for u in into:
            if back and len(middle) == 1:
                chosen = [w for w in meant if w == u]
            elif r.rule.startswith("only"):
                chosen = [w for w in out if w not in meant] if meant else []
            else:
                chosen = meant
            for w in chosen:
                yield (u, *middle, w)

    def goes_on(self, u, v):
        """Whether a road just goes on where it comes from u: nobody turns round there."""
        others = self.arms[v] - {u}
        return len(others) == 1 and (v, *others) in self.segments

    def turn_ms(self, u, v, w):
        """Cost of a turn; None where nobody turns round in the middle of a road."""
        ms = round(1000 * self.profile.signal_s) if v in self.signals else 0
        if u == w:
            return None if self.goes_on(u, v) else ms + round(1000 * self.profile.u_turn_s)
        if len(self.arms[v]) >= 3 and self.crosses(u, v, w):
            ms += round(1000 * self.profile.left_turn_s)
        return ms

    def drive(self, segment, mm=None):
        """Time and length of a segment, or of some of it."""
        mm = self.segments[segment][0] if mm is None else mm
        return mm * MS_PER_MM[self.segments[segment][2]], mm

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
                time, mm = self.drive((v, w))
                yield (cost[0] + ms + time, cost[1] + mm), path[-max(2, self.longest - 1) :]


def ways_to_visit(oracle, spot, side, profile):
    """Directed segments by which a stop may be visited, and how far along each it lies."""
    a, b, x = spot
    both = (a, b) in oracle.segments and (b, a) in oracle.segments
    beside = side if profile.drives_on == "right" else -side
    bound = both and oracle.segments[a, b][2] in profile.own_side_only
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
            found.append(oracle.drive(segment, target[segment] - x))
        starts.append((oracle.drive(segment, oracle.segments[segment][0] - x), segment))
    for state, cost in oracle.search(starts).items():
        u, v = state[-2:]
        for (begin, finish), piece_mm in target.items():
            if v != begin:
                continue
            path = (*state, finish)
            ms = oracle.turn_ms(u, v, finish)
            if ms is None or any(path[k:] in oracle.banned for k in range(len(path) - 2)):
                continue
            piece = oracle.drive((begin, finish), piece_mm)
            found.append((cost[0] + ms + piece[0], cost[1] + piece[1]))
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
    oracle = AllTurns(roads, profile)
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
