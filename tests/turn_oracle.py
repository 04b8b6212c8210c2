"""Driving with turn restrictions by scipy over all turns: the oracle that travel costs are held to.

Reads the .pbf itself: ways, their nodes, and restriction relations, which it resolves by its own
rules. Every directed edge is a vertex of the graph it searches, every turn from one into the next
an arc, at every junction of the map; nothing is left out where nothing is ruled. Rules over several
edges are followed by the automaton of Aho & Corasick (1975), doi:10.1145/360825.360855.

Taken from the package, and not checked here: which edges there are between which vertices, whether
they are closed or one-way, their whole milliseconds and millimetres.
"""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import scipy.sparse
from scipy.sparse.csgraph import dijkstra

from lastmile.network import Network

NAMES = {"vehicle", "motor_vehicle", "motorcar", "goods"}
"""What a van is to the rules of turning."""

LENGTH_BITS = 27
"""Time above, length below: exact in a 64-bit float up to 134 km and 18 hours."""


class MapOfTurns:
    """What the file says of ways and of turning."""

    def __init__(self, path: Path) -> None:
        self.ways, self.rules, self.spot = {}, [], {}
        self.at = defaultdict(set)
        for item in osmium.FileProcessor(str(path)).with_locations():
            if item.is_way() and ("highway" in item.tags or "route" in item.tags):
                self._add_way(item)
            elif item.is_relation() and item.tags.get("type") == "restriction":
                self._add_rule(item)

    def _add_way(self, way):
        nodes = [node.ref for node in way.nodes if node.location.valid()]
        if len(nodes) < len(way.nodes):
            return  # a way that leaves the extract: no rule of it is followed
        self.ways[way.id] = nodes
        for node in way.nodes:
            self.spot[node.ref] = round(node.lon * 1e7), round(node.lat * 1e7)

    def _add_rule(self, relation):
        said = {relation.tags[k] for k in ("restriction", *(f"restriction:{n}" for n in NAMES))
                if k in relation.tags}  # fmt: skip
        if NAMES & {name.strip() for name in relation.tags.get("except", "").split(";")}:
            return
        roles = defaultdict(list)
        for member in relation.members:
            roles[member.role, member.type].append(member.ref)
        via = roles["via", "n"], roles["via", "w"]
        if sum(map(bool, via)) != 1 or len(via[0]) > 1:
            return
        for rule in sorted(said):
            if rule.startswith(("no_", "only_")):
                self.rules.append((rule, roles["from", "w"], *via, roles["to", "w"]))

    def arms(self, way, node):
        """How many arms of a way meet a node."""
        nodes = self.ways[way]
        return sum((k > 0) + (k < len(nodes) - 1) for k, n in enumerate(nodes) if n == node)

    def along(self, from_ways, via_ways, to_ways):
        """Nodes over the ways between, from the way in to the way out."""
        into = {n for way in from_ways for n in self.ways.get(way, ())}
        first = self.ways[via_ways[0]]
        begin = next((n for w in from_ways for n in self.ways.get(w, ()) if n in set(first)), None)
        if begin is None or not into:
            return None
        nodes = [begin]
        for k, way in enumerate(via_ways):
            chain = self.ways[way]
            after = {n for w in (via_ways[k + 1 : k + 2] or to_ways) for n in self.ways.get(w, ())}
            if nodes[-1] not in chain:
                return None
            here = chain.index(nodes[-1])
            ahead = [j for j, n in enumerate(chain) if n in after and n != nodes[-1]]
            if not ahead:
                return None
            there = min(ahead, key=lambda j: abs(j - here))
            nodes += chain[here + 1 : there + 1] if there > here else chain[there:here][::-1]
        return nodes


class AllTurnsOf:
    """Fastest paths between positions on the edges of a network, every turn an arc."""

    def __init__(self, network: Network, facts: MapOfTurns, u_turn_ms: int) -> None:
        self.network, self.facts, self.u_turn_ms = network, facts, u_turn_ms
        goes = np.column_stack((~network.closed, ~network.closed & ~network.one_way)).reshape(-1)
        self.arcs = np.flatnonzero(goes)
        self.goes = goes
        self.tail = np.column_stack((network.edge_from, network.edge_to)).reshape(-1)
        self.head = np.column_stack((network.edge_to, network.edge_from)).reshape(-1)
        self.cost = np.repeat((network.time_ms << LENGTH_BITS) + network.length_mm, 2)
        self.out, self.into = defaultdict(list), defaultdict(list)
        for arc in self.arcs.tolist():
            self.out[int(self.tail[arc])].append(arc)
            self.into[int(self.head[arc])].append(arc)
        # Two arms that may both be driven out of are one road that goes on: nobody turns there.
        n_arms, n_out = np.zeros((2, network.n_vertices), dtype=int)
        np.add.at(n_arms, np.concatenate((network.edge_from, network.edge_to))[
            np.tile(~network.closed, 2)], 1)  # fmt: skip
        np.add.at(n_out, self.tail[self.arcs], 1)
        self.goes_on = (n_arms == 2) & (n_out == 2)
        self._name_ends()
        forbidden = [set(self._forbidden(*rule)) for rule in facts.rules]
        self.n_used = sum(map(bool, forbidden))
        self._obey(set().union(*forbidden))

    def _obey(self, banned):
        """Number the states of those who follow a rule over several arcs so far."""
        self.banned = banned
        begun = {path[:k] for path in banned for k in range(2, len(path))}
        self.numbers = {path: self.goes.size + k for k, path in enumerate(sorted(begun))}
        self.states_of = defaultdict(list)
        for path, number in self.numbers.items():
            self.states_of[path[-1]].append((path, number))

    def without_rules(self):
        """The same roads, where everybody may turn as they like."""
        free = copy(self)
        free._obey(set())
        return free

    def _name_ends(self):
        """Ways and next nodes at both ends of the edges, found by the points of their shapes."""
        net, facts = self.network, self.facts
        sides = defaultdict(set)
        for way, nodes in facts.ways.items():
            for u, v in pairwise(nodes):
                sides[facts.spot[u], facts.spot[v]].add(way)
                sides[facts.spot[v], facts.spot[u]].add(way)
        x = np.rint(net.shape_lon * 1e7).astype(np.int64).tolist()
        y = np.rint(net.shape_lat * 1e7).astype(np.int64).tolist()
        self.next_spot, self.ways_at = {}, {}
        for edge in range(net.n_edges):
            begin, end = int(net.shape_offsets[edge]), int(net.shape_offsets[edge + 1]) - 1
            for arc, k, step in ((2 * edge, begin, 1), (2 * edge + 1, end, -1)):
                spot, following = (x[k], y[k]), (x[k + step], y[k + step])
                self.next_spot[arc] = following
                # Of leaving along this arc; arriving along an arc is leaving along its reverse.
                self.ways_at[arc] = sides[spot, following]
        self.vertex = {int(v): k for k, v in enumerate(net.vertex_ids.tolist())}

    def _forbidden(self, rule, from_ways, via_node, via_ways, to_ways):
        """Sequences of arcs that a rule forbids."""
        facts = self.facts
        if not set(via_ways) <= set(facts.ways):
            return
        nodes = via_node or facts.along(from_ways, via_ways, to_ways)
        if not nodes or nodes[0] not in self.vertex or nodes[-1] not in self.vertex:
            return
        between = self._over(nodes, set(via_ways))
        if between is None:
            return
        for way in set(from_ways) & set(facts.ways):
            for other in set(to_ways) & set(facts.ways):
                for one, last in self._turns_between(rule, way, other, nodes, from_ways):
                    path = (one, *between, last)
                    if between or self._turn(one, last) is not None:
                        yield path

    def _turns_between(self, rule, way, other, nodes, from_ways):
        """Arcs in and out that a rule from one of its ways to one of its ways forbids."""
        arms = self.facts.arms(way, nodes[0]), self.facts.arms(other, nodes[-1])
        back = rule == "no_u_turn" and way == other
        if min(arms) < 1 or not (back or arms == (1, 1)):
            return
        at_node = len(nodes) == 1
        if rule == "no_u_turn" and at_node and not back and other in from_ways:
            return  # of the arms that it names each is for those who come by it
        leaving = self.out[self.vertex[nodes[-1]]]
        for one in self.into[self.vertex[nodes[0]]]:
            if way not in self.ways_at[one ^ 1]:
                continue
            meant = [arc for arc in leaving if other in self.ways_at[arc]]
            if back and at_node:
                meant = [arc for arc in meant if arc == one ^ 1]
            elif rule.startswith("only_"):
                meant = [arc for arc in leaving if arc not in meant] if meant else []
            yield from ((one, arc) for arc in meant)

    def _over(self, nodes, ways):
        """Arcs over the nodes of the ways between."""
        found, k = [], 0
        while k < len(nodes) - 1:
            arc = next((a for a in self.out[self.vertex[nodes[k]]] if self.ways_at[a] & ways
                        and self.next_spot[a] == self.facts.spot[nodes[k + 1]]), None)  # fmt: skip
            if arc is None:
                return None
            reached = int(self.network.vertex_ids[self.head[arc]])
            if reached not in nodes[k + 1 :]:
                return None
            found.append(arc)
            k = nodes.index(reached, k + 1)
        return found

    def _follow(self, begun, arc):
        """State after one more arc; None where a rule forbids it."""
        path = (*begun, arc)
        if self._turn(begun[-1], arc) is None or any(
            path[k:] in self.banned for k in range(len(path) - 1)
        ):
            return None
        longer = next((path[k:] for k in range(len(path) - 1) if path[k:] in self.numbers), None)
        return arc if longer is None else self.numbers[longer]

    def _turn(self, one, other):
        """Cost of a turn; None where nobody turns round."""
        if other != one ^ 1:
            return 0
        return None if self.goes_on[self.tail[other]] else self.u_turn_ms << LENGTH_BITS

    def costs(self, edges, offsets_mm, sources, targets, furthest):
        """Times and lengths from some positions to others, -1 where there is no way.

        Ways from source k that cost over ``furthest[k]`` need not be found. A state is "having
        driven an arc to its end"; sources and targets are states of their own.
        """
        n_states = self.goes.size + len(self.numbers)
        tails, heads, costs = self._plain_steps()
        more = list(self._ruled_steps())
        for k in range(len(edges)):
            more += self._steps_at(int(edges[k]), int(offsets_mm[k]), n_states + k,
                                   n_states + len(edges) + k)  # fmt: skip
        extra = np.array(more, dtype=np.int64).reshape(-1, 3)
        size = n_states + 2 * len(edges)
        graph = _least(np.concatenate((tails, extra[:, 0])), np.concatenate((heads, extra[:, 1])),
                       np.concatenate((costs, extra[:, 2])), size)  # fmt: skip
        found = np.full((sources.size, targets.size), np.inf)
        order = np.argsort(furthest)
        for rows in np.array_split(order, max(1, sources.size // 25)):
            reached = dijkstra(graph, indices=n_states + sources[rows], limit=furthest[rows].max())
            found[rows] = reached[:, n_states + len(edges) + targets]
        self._drive_straight(edges, offsets_mm, sources, targets, found)
        packed = np.where(np.isfinite(found), found, -1).astype(np.int64)
        lost = packed < 0
        times, lengths = packed >> LENGTH_BITS, packed & (2**LENGTH_BITS - 1)
        return np.where(lost, -1, times), np.where(lost, -1, lengths)

    def _plain_steps(self):
        """All turns from one arc into the next, but for those that a rule looks at."""
        n_vertices = self.network.n_vertices
        order = self.arcs[np.argsort(self.tail[self.arcs], kind="stable")]
        n_out = np.bincount(self.tail[order], minlength=n_vertices)
        offsets = np.concatenate(([0], np.cumsum(n_out)))
        at = self.head[self.arcs]
        one = np.repeat(self.arcs, n_out[at])
        k = np.arange(one.size) - np.repeat(np.cumsum(n_out[at]) - n_out[at], n_out[at])
        other = order[np.repeat(offsets[at], n_out[at]) + k]
        cost = self.cost[other] + np.where(other == one ^ 1, self.u_turn_ms << LENGTH_BITS, 0)
        looked_at = {path[:2] for path in self.banned}
        marked = np.array([u * self.goes.size + v for u, v in looked_at], dtype=np.int64)
        free = ~np.isin(one * self.goes.size + other, marked)
        free &= (other != one ^ 1) | ~self.goes_on[self.tail[other]]
        return one[free], other[free], cost[free]

    def _ruled_steps(self):
        """Turns that rules look at, and all turns of those who follow one so far."""
        begins = {path[:2] for path in self.banned}
        states = [((one,), one, other) for one, other in begins]
        states += [(begun, number, other) for begun, number in self.numbers.items()
                   for other in self.out[int(self.head[begun[-1]])]]  # fmt: skip
        for begun, number, other in states:
            after = self._follow(begun, other)
            if after is not None:
                yield number, after, int(self.cost[other]) + self._turn(begun[-1], other)

    def _steps_at(self, edge, offset_mm, source, target):
        """Ways out of a position and into it."""
        before, rest = self.pieces(edge, offset_mm)
        for arc, to_end, to_here in ((2 * edge, rest, before), (2 * edge + 1, before, rest)):
            if not self.goes[arc]:
                continue
            yield source, arc, to_end
            for one in self.into[int(self.tail[arc])]:
                for begun, state in [((one,), one), *self.states_of[one]]:
                    if self._follow(begun, arc) is not None:
                        yield state, target, to_here + self._turn(one, arc)

    def pieces(self, edge, offset_mm):
        """Costs of the two parts of an edge; its milliseconds are shared out half up."""
        whole_ms, whole_mm = int(self.network.time_ms[edge]), int(self.network.length_mm[edge])
        before_ms = (2 * offset_mm * whole_ms + whole_mm) // (2 * whole_mm)
        return ((before_ms << LENGTH_BITS) + offset_mm,
                ((whole_ms - before_ms) << LENGTH_BITS) + whole_mm - offset_mm)  # fmt: skip

    def _drive_straight(self, edges, offsets_mm, sources, targets, found):
        """Put in what is shorter along the edge that both lie on."""
        for i, source in enumerate(sources.tolist()):
            for j in np.flatnonzero(edges[targets] == edges[source]).tolist():
                target, edge = int(targets[j]), int(edges[source])
                first, second = (self.pieces(edge, int(offsets_mm[k]))[0] for k in (source, target))
                if first == second or self.goes[2 * edge + (second < first)]:
                    found[i, j] = min(found[i, j], abs(second - first))


def _least(tails, heads, costs, size):
    """A graph of the cheapest of parallel arcs."""
    order = np.lexsort((costs, heads, tails))
    tails, heads, costs = tails[order], heads[order], costs[order]
    first = np.ones(tails.size, dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    values = costs[first].astype(np.float64)
    return scipy.sparse.csr_array((values, (tails[first], heads[first])), (size, size))
