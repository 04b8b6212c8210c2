"""Rules and costs of turning → a graph of states, split only where it must be.

Turning round is priced everywhere, yet junctions need to be split for it only near those where
something else is ruled: a fastest path turns round only to come back to a junction from another
side, and that changes nothing where all sides are treated alike. It does so at the first junction
after the one that matters, or farther on if the price is dodged there; and beyond half the price's
drive that is never worth while. Within that distance vertices are split, beyond they are not, and
the paths are those of a graph of all turns. Roads on which stops are made on one side only are such
places, too: whoever leaves a stop may have to turn round at the end of the road. See
:mod:`lastmile.network.u_turns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.ground_of_turns import Ground
from lastmile.network.profiles import Profile
from lastmile.network.search_graph import Arcs, SearchGraph
from lastmile.network.turn_rules import TurnRule
from lastmile.network.u_turns import mid_road, u_turn_zone

_FORBIDDEN: Final = -1
_SHARPEST_LEFT: Final = 0.7071067811865476
"""Cosine of 45 degrees: turns that bend less go straight on."""

_A_JUNCTION: Final = 3
"""Roads that meet where crossing the oncoming traffic costs something."""

Arc = int
"""A directed edge: twice its number, and one more if it is driven against its shape."""


@dataclass(slots=True)
class _Junction:
    """Ways into and out of one vertex while rules are laid on it."""

    into: list[Arc]
    out_of: list[Arc]
    cost_ms: dict[tuple[Arc, Arc], int] = field(default_factory=dict)
    """Of allowed turns, tracked copies among them."""


@dataclass(frozen=True, slots=True, eq=False)
class Turning:
    """The graph of states, and how many rules forbid nothing that could be driven."""

    graph: SearchGraph
    n_moot: int
    n_split: int


def plain_graph(ground: Ground, steps: Arcs) -> SearchGraph:
    """Return the graph of a network where nobody is bound: a state for each vertex.

    Parameters
    ----------
    ground
        The network.
    steps
        Its steps between vertices.
    """
    return SearchGraph(
        vertex=np.arange(ground.n_vertices, dtype=np.int32),
        enter_start=ground.edge_from,
        enter_end=ground.edge_to,
        leave_start=ground.edge_from,
        leave_end=ground.edge_to,
        steps=steps,
    )


def turning_graph(ground: Ground, rules: tuple[TurnRule, ...], profile: Profile) -> Turning:
    """Split the vertices that rules and costs of turning need split.

    Parameters
    ----------
    ground
        The network.
    rules
        Restrictions that bind.
    profile
        Its costs of turning, and on which side it drives.
    """
    return _Splitter(ground, profile).split(rules)


class _Splitter:
    """Work space: which vertices are split, and what turns cost there."""

    def __init__(self, ground: Ground, profile: Profile) -> None:
        self._ground = ground
        self._u_turn_ms = round(1000 * profile.u_turn_s)
        self._cross_ms = round(1000 * profile.left_turn_s)
        self._sign = 1.0 if profile.drives_on == "right" else -1.0
        self._junctions: dict[int, _Junction] = {}
        self._copies: list[tuple[Arc, int]] = []
        """Arcs that remember how they were come by: the plain arc, and its number as a copy."""
        self._is_mid_road = mid_road(ground)
        self._out, self._into = _incidence(ground)
        self._vertex_of = {int(v): k for k, v in enumerate(ground.vertex_ids.tolist())}

    def split(self, rules: tuple[TurnRule, ...]) -> Turning:
        """Lay all rules and costs on the vertices, and number the states."""
        deciding = self._crossed()
        paths: list[tuple[Arc, ...]] = []
        n_moot = 0
        for rule in rules:
            banned = list(self._banned(rule))
            n_moot += not banned
            paths += banned
        pairs = {path for path in paths if len(path) == 2}  # noqa: PLR2004 - in and out
        longer = sorted({path for path in paths if len(path) > 2})  # noqa: PLR2004
        deciding.update(self._head(path[0]) for path in pairs)
        for path in longer:
            deciding.update(self._head(arc) for arc in path[:-1])
        zone = u_turn_zone(self._ground, self._is_mid_road, deciding, self._u_turn_ms)
        slow = set(np.flatnonzero(self._ground.delay_ms > 0).tolist())
        for vertex in sorted(deciding | zone | slow):
            self._open(vertex, rounds=vertex in deciding or vertex in zone)
        for one, other in sorted(pairs):
            self._junctions[self._head(one)].cost_ms.pop((one, other), None)
        self._track(longer)
        return Turning(self._graph(), n_moot, len(self._junctions))

    # -- arcs ------------------------------------------------------------------------------

    def _plain(self, arc: Arc) -> Arc:
        n_plain = 2 * self._ground.edge_from.size
        return arc if arc < n_plain else self._copies[arc - n_plain][0]

    def _head(self, arc: Arc) -> int:
        plain = self._plain(arc)
        ends = self._ground.edge_from if plain & 1 else self._ground.edge_to
        return int(ends[plain >> 1])

    def _tail(self, arc: Arc) -> int:
        return self._head(self._plain(arc) ^ 1)

    def _leaving(self, vertex: int) -> list[Arc]:
        offsets, arcs = self._out
        return list(arcs[offsets[vertex] : offsets[vertex + 1]].tolist())

    def _entering(self, vertex: int) -> list[Arc]:
        offsets, arcs = self._into
        return list(arcs[offsets[vertex] : offsets[vertex + 1]].tolist())

    def _way_in(self, arc: Arc) -> int:
        """OSM id of the way by which an arc arrives."""
        ground = self._ground
        return int((ground.way_at_start if arc & 1 else ground.way_at_end)[arc >> 1])

    def _way_out(self, arc: Arc) -> int:
        """OSM id of the way by which an arc leaves."""
        return self._way_in(arc ^ 1)

    # -- rules -----------------------------------------------------------------------------

    def _banned(self, rule: TurnRule) -> Iterator[tuple[Arc, ...]]:
        """Sequences of arcs that a rule forbids."""
        first, last = self._vertex_of.get(rule.nodes[0]), self._vertex_of.get(rule.nodes[-1])
        if first is None or last is None:
            return
        between = self._arcs_along(rule)
        if between is None:
            return
        for arc in self._entering(first):
            for other in self._forbidden_after(rule, arc, last):
                # In the middle of a road nobody turns round anyway.
                if between or other != arc ^ 1 or not self._is_mid_road[first]:
                    yield (arc, *between, other)

    def _forbidden_after(self, rule: TurnRule, arc: Arc, last: int) -> Iterator[Arc]:
        leaving, way = self._leaving(last), self._way_in(arc)
        if way in rule.from_ways:
            meant = [other for other in leaving if self._way_out(other) in rule.to_ways]
            if rule.only:
                # Where what is ordered cannot be driven the order is a slip of the map.
                yield from (other for other in leaving if meant and other not in meant)
            else:
                yield from meant
        if way in rule.round_ways:
            back = [other for other in leaving if self._way_out(other) == way]
            # At a node, a way that runs on is not turned round on where it runs on.
            yield from back if len(rule.nodes) > 1 else (o for o in back if o == arc ^ 1)

    def _arcs_along(self, rule: TurnRule) -> tuple[Arc, ...] | None:
        """Arcs along the ways between; None if they cannot be driven."""
        at, found = 0, []
        while at < len(rule.nodes) - 1:
            vertex = self._vertex_of[rule.nodes[at]]
            arc = self._arc_towards(vertex, rule.nodes[at + 1], rule.via_ways)
            if arc is None:
                return None
            found.append(arc)
            reached = int(self._ground.vertex_ids[self._head(arc)])
            if reached not in rule.nodes[at + 1 :]:
                return None
            at = rule.nodes.index(reached, at + 1)
        return tuple(found)

    def _arc_towards(self, vertex: int, node: int, ways: frozenset[int]) -> Arc | None:
        ground = self._ground
        for arc in self._leaving(vertex):
            following = (ground.next_at_end if arc & 1 else ground.next_at_start)[arc >> 1]
            if int(following) == node and self._way_out(arc) in ways:
                return int(arc)
        return None

    # -- costs -----------------------------------------------------------------------------

    def _crossed(self) -> set[int]:
        """Vertices where crossing the oncoming traffic costs something."""
        if not self._cross_ms:
            return set()
        ground = self._ground
        is_open = ground.goes.any(axis=0)
        ends = np.concatenate((ground.edge_from[is_open], ground.edge_to[is_open]))
        n_roads = np.bincount(ends, minlength=ground.n_vertices)
        return set(np.flatnonzero(n_roads >= _A_JUNCTION).tolist())

    def _open(self, vertex: int, *, rounds: bool) -> None:
        """Start from all turns allowed, at what they cost.

        Where nobody gains by turning round (``rounds`` is false) it is neither priced nor refused,
        as at vertices that stay whole.
        """
        into, out_of = self._entering(vertex), self._leaving(vertex)
        junction = _Junction(into, out_of)
        # Arms, not edges: a ring that begins and ends here has two.
        n_roads = len({*out_of, *(arc ^ 1 for arc in into)})
        delay_ms = int(self._ground.delay_ms[vertex])
        crossing = n_roads >= _A_JUNCTION and self._cross_ms > 0
        for one in into:
            for other in out_of:
                cost_ms = delay_ms
                if other == one ^ 1:
                    if rounds and self._is_mid_road[vertex]:
                        continue
                    cost_ms += self._u_turn_ms if rounds else 0
                elif crossing and self._crosses(one, other):
                    cost_ms += self._cross_ms
                junction.cost_ms[one, other] = cost_ms
        self._junctions[vertex] = junction

    def _crosses(self, one: Arc, other: Arc) -> bool:
        """Whether a turn crosses the oncoming traffic."""
        ground = self._ground
        arrives = -ground.bearing_start[one >> 1] if one & 1 else ground.bearing_end[one >> 1]
        leaves = -ground.bearing_end[other >> 1] if other & 1 else ground.bearing_start[other >> 1]
        along = float(arrives[0] * leaves[0] + arrives[1] * leaves[1])
        across = float(arrives[0] * leaves[1] - arrives[1] * leaves[0])
        return self._sign * across > 0.0 and along < _SHARPEST_LEFT

    # -- rules that lead along several arcs ------------------------------------------------

    def _track(self, paths: list[tuple[Arc, ...]]) -> None:
        """Give arcs that belong to a longer rule a copy for those who follow it so far."""
        n_plain = 2 * self._ground.edge_from.size
        tracked: dict[tuple[Arc, ...], Arc] = {}
        for path in paths:
            for size in range(2, len(path)):
                begun = path[:size]
                if begun not in tracked:
                    tracked[begun] = n_plain + len(self._copies)
                    self._copies.append((begun[-1], n_plain + len(self._copies)))
        banned = set(paths)
        for begun, copy in tracked.items():
            at = self._junctions[self._head(copy)]
            at.into.append(copy)
            for other in list(at.out_of):
                if other < n_plain and (begun[-1], other) in at.cost_ms:
                    at.cost_ms[copy, other] = at.cost_ms[begun[-1], other]
            start = self._junctions.get(self._tail(copy))
            if start is not None:
                start.out_of.append(copy)
        for begun, own in [
            *(((arc,), arc) for arc in self._plain_begun(tracked)),
            *tracked.items(),
        ]:
            self._redirect(begun, own, tracked, banned)

    def _plain_begun(self, tracked: dict[tuple[Arc, ...], Arc]) -> list[Arc]:
        """Plain arcs after which a longer rule begins, or goes on."""
        return sorted({arc for begun in tracked for arc in begun[:-1]})

    def _redirect(
        self,
        begun: tuple[Arc, ...],
        own: Arc,
        tracked: dict[tuple[Arc, ...], Arc],
        banned: set[tuple[Arc, ...]],
    ) -> None:
        """Send turns out of an arc to the copies that follow, and forbid what completes a rule."""
        junction = self._junctions[self._head(own)]
        n_plain = 2 * self._ground.edge_from.size
        for other in [out for out in junction.out_of if out < n_plain]:
            if (own, other) not in junction.cost_ms:
                continue
            suffixes = [(*begun[k:], other) for k in range(len(begun))]
            if any(suffix in banned for suffix in suffixes):
                del junction.cost_ms[own, other]
                continue
            goes_on = next((tracked[s] for s in suffixes if s in tracked), None)
            if goes_on is not None:
                junction.cost_ms[own, goes_on] = junction.cost_ms.pop((own, other))

    # -- states ----------------------------------------------------------------------------

    def _graph(self) -> SearchGraph:
        ground = self._ground
        n_edges = ground.edge_from.size
        n_plain = 2 * n_edges
        vertex = list(range(ground.n_vertices))
        n_copies = len(self._copies)
        tail = np.concatenate(
            (_woven(ground.edge_from, ground.edge_to), np.zeros(n_copies, dtype=np.int32))
        )
        head = np.concatenate(
            (_woven(ground.edge_to, ground.edge_from), np.zeros(n_copies, dtype=np.int32))
        )
        turns: list[tuple[int, int, int]] = []
        for at in sorted(self._junctions):
            turns += self._number(at, vertex, tail, head)
        enter = tail[:n_plain].copy()
        self._share_entrances(vertex, tail, enter, turns)
        goes = ground.goes.T.reshape(-1)
        split = np.zeros(ground.n_vertices, dtype=np.bool_)
        split[sorted(self._junctions)] = True
        at_tail = _woven(ground.edge_from, ground.edge_to)
        at_head = _woven(ground.edge_to, ground.edge_from)
        enter[~goes & split[at_tail]] = -1
        leave = np.where(~goes & split[at_head], -1, head[:n_plain]).astype(np.int32)
        return SearchGraph(
            vertex=np.array(vertex, dtype=np.int32),
            enter_start=enter[0::2].copy(),
            enter_end=enter[1::2].copy(),
            leave_start=leave[1::2].copy(),
            leave_end=leave[0::2].copy(),
            steps=self._steps(tail, head, goes, turns, len(vertex)),
        )

    def _number(
        self, at: int, vertex: list[int], tail: NDArray[np.int32], head: NDArray[np.int32]
    ) -> list[tuple[int, int, int]]:
        """Give a vertex its states; ways in that are treated alike share one, ways out, too."""
        junction = self._junctions[at]
        costs = junction.cost_ms
        rows = {
            one: tuple(costs.get((one, other), _FORBIDDEN) for other in junction.out_of)
            for one in junction.into
        }
        columns = {
            other: tuple(costs.get((one, other), _FORBIDDEN) for one in junction.into)
            for other in junction.out_of
        }
        arriving: dict[tuple[int, ...], int] = {}
        leaving: dict[tuple[int, ...], int] = {}
        own_is_free = True
        for group, lines, ends in ((arriving, rows, head), (leaving, columns, tail)):
            for arc, line in lines.items():
                if line not in group:
                    group[line] = at if own_is_free else len(vertex)
                    if not own_is_free:
                        vertex.append(at)
                    own_is_free = False
                ends[arc] = group[line]
        turns = {(int(head[one]), int(tail[other]), cost) for (one, other), cost in costs.items()}
        return sorted(turns)

    def _share_entrances(
        self,
        vertex: list[int],
        tail: NDArray[np.int32],
        enter: NDArray[np.int32],
        turns: list[tuple[int, int, int]],
    ) -> None:
        """Let positions on an arc that has copies be reached through each of them."""
        by_arc: dict[Arc, list[Arc]] = {}
        for plain, copy in self._copies:
            by_arc.setdefault(plain, []).append(copy)
        for plain, copies in sorted(by_arc.items()):
            entrance = len(vertex)
            vertex.append(self._tail(plain))
            states = sorted({int(tail[arc]) for arc in (plain, *copies)})
            turns += [(state, entrance, 0) for state in states]
            enter[plain] = entrance

    def _steps(
        self,
        tail: NDArray[np.int32],
        head: NDArray[np.int32],
        goes: NDArray[np.bool_],
        turns: list[tuple[int, int, int]],
        n_states: int,
    ) -> Arcs:
        plain = np.array([arc for arc, _ in self._copies], dtype=np.int64)
        arcs = np.concatenate((np.flatnonzero(goes), 2 * self._ground.edge_from.size
                               + np.arange(plain.size)))  # fmt: skip
        edge = np.concatenate((np.flatnonzero(goes), plain)) >> 1
        turn = np.array(turns, dtype=np.int64).reshape(-1, 3)
        step_tail = np.concatenate((tail[arcs], turn[:, 0])).astype(np.int32)
        step_head = np.concatenate((head[arcs], turn[:, 1])).astype(np.int32)
        step_edge = np.concatenate((edge, np.full(len(turn), -1))).astype(np.int32)
        step_ms = np.concatenate((self._ground.time_ms[edge], turn[:, 2]))
        step_mm = np.concatenate((self._ground.length_mm[edge], np.zeros(len(turn), np.int64)))
        order = np.lexsort((step_edge, step_head, step_tail))
        offsets = np.zeros(n_states + 1, dtype=np.int64)
        np.cumsum(np.bincount(step_tail, minlength=n_states), out=offsets[1:])
        return Arcs(offsets, step_head[order], step_edge[order], step_mm[order], step_ms[order])


def _woven(even: NDArray[np.int32], odd: NDArray[np.int32]) -> NDArray[np.int32]:
    both = np.empty(2 * even.size, dtype=np.int32)
    both[0::2], both[1::2] = even, odd
    return both


_Incidence = tuple[NDArray[np.int64], NDArray[np.int64]]


def _incidence(ground: Ground) -> tuple[_Incidence, _Incidence]:
    """Arcs out of and into every vertex, as offsets and arcs."""
    arcs = np.flatnonzero(ground.goes.T.reshape(-1))
    tail = _woven(ground.edge_from, ground.edge_to)[arcs]
    head = _woven(ground.edge_to, ground.edge_from)[arcs]
    found = []
    for end in (tail, head):
        order = np.argsort(end, kind="stable")
        offsets = np.zeros(ground.n_vertices + 1, dtype=np.int64)
        np.cumsum(np.bincount(end, minlength=ground.n_vertices), out=offsets[1:])
        found.append((offsets, arcs[order]))
    return found[0], found[1]
