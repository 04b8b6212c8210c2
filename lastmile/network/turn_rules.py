"""Restrictions of the map → which node paths a profile may not take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.hours import Period, holds
from lastmile.network.profiles import Profile
from lastmile.network.roads import Restriction, RoadData

_U_TURN: Final = "no_u_turn"


@dataclass(frozen=True, slots=True)
class TurnRule:
    """One rule, tied to nodes: it begins on a way, leads along nodes and ends on a way."""

    from_ways: frozenset[int]
    nodes: tuple[int, ...]
    """OSM ids along the rule: the junction alone, or every node along the ways between."""

    via_ways: frozenset[int]
    to_ways: frozenset[int]
    only: bool
    """Whether everything else is forbidden, rather than this."""

    round_ways: frozenset[int] = frozenset()
    """Ways on which turning round is forbidden: who comes by one may not leave by the same."""


@dataclass(frozen=True, slots=True)
class TurnRules:
    """The rules that bind a profile, and how many could not be tied to roads."""

    rules: tuple[TurnRule, ...]
    n_bound: int
    """Restrictions of the map that bind this profile at this time."""

    n_loose: int
    """Of these, rules whose ways do not meet where they should: mapped wrongly, left out."""

    def break_nodes(self) -> NDArray[np.int64]:
        """Return the OSM ids at which roads must not be joined into one, ascending."""
        nodes = {node for rule in self.rules for node in (rule.nodes[0], rule.nodes[-1])}
        return np.array(sorted(nodes), dtype=np.int64)


def turn_rules(roads: RoadData, profile: Profile, period: Period | None) -> TurnRules:
    """Choose the restrictions that bind a profile, and tie them to nodes.

    Parameters
    ----------
    roads
        The ways with their restrictions.
    profile
        Who moves. Those whom no rule of turning binds get none.
    period
        When; a conditional rule binds if it holds at some moment of it.
    """
    if not profile.obeys_turn_restrictions:
        return TurnRules((), 0, 0)
    bound = [rule for rule in roads.restrictions if _binds(rule, profile, period)]
    nodes_of = _way_nodes(roads, bound)
    tied: list[TurnRule] = []
    n_loose = 0
    for restriction in bound:
        found = _tie(restriction, nodes_of)
        if found is None:
            n_loose += 1
        else:
            tied.append(found)
    return TurnRules(tuple(tied), len(bound), n_loose)


def _binds(rule: Restriction, profile: Profile, period: Period | None) -> bool:
    keys = profile.vehicle_tags
    if rule.vehicle and rule.vehicle not in keys:
        return False
    return not any(key in keys for key in rule.excepted) and holds(rule.condition, period)


def _way_nodes(
    roads: RoadData, restrictions: Sequence[Restriction]
) -> dict[int, tuple[tuple[int, ...], ...]]:
    """Nodes of every piece of the ways that restrictions name."""
    wanted = {
        way for rule in restrictions for way in (*rule.from_ways, *rule.via_ways, *rule.to_ways)
    }
    pieces: dict[int, list[tuple[int, ...]]] = {way: [] for way in sorted(wanted)}
    ids = np.array(sorted(wanted), dtype=np.int64)
    for row in np.flatnonzero(np.isin(roads.way_ids, ids)).tolist():
        span = slice(int(roads.way_offsets[row]), int(roads.way_offsets[row + 1]))
        pieces[int(roads.way_ids[row])].append(tuple(roads.node_ids[span].tolist()))
    return {way: tuple(found) for way, found in pieces.items()}


def _tie(rule: Restriction, nodes_of: dict[int, tuple[tuple[int, ...], ...]]) -> TurnRule | None:
    """Find the nodes along a rule; None if its ways do not meet where they should."""
    if rule.via_node is not None:
        nodes: tuple[int, ...] | None = (rule.via_node,)
    else:
        nodes = _along(rule, nodes_of)
    if nodes is None:
        return None
    from_ways, to_ways, round_ways = set(rule.from_ways), set(rule.to_ways), set[int]()
    if rule.rule == _U_TURN:
        # Back on a way that runs on one turns round on either arm, and so both are meant.
        round_ways = {
            way
            for way in from_ways & to_ways
            if _meets(nodes_of[way], nodes[0]) and _meets(nodes_of[way], nodes[-1])
        }
        if len(nodes) == 1:
            # Of the arms of one road the rule names, none is forbidden to who comes by another.
            to_ways -= from_ways
    # A way that runs on beyond the junction does not tell which of its arms is meant.
    from_ways = {way for way in from_ways if _ends(nodes_of[way], nodes[0])}
    to_ways = {way for way in to_ways if _ends(nodes_of[way], nodes[-1])}
    if not (from_ways and to_ways):
        from_ways, to_ways = set(), set()
        if not round_ways:
            return None
    return TurnRule(
        from_ways=frozenset(from_ways),
        nodes=nodes,
        via_ways=frozenset(rule.via_ways),
        to_ways=frozenset(to_ways),
        only=rule.rule.startswith("only"),
        round_ways=frozenset(round_ways),
    )


def _meets(pieces: Sequence[tuple[int, ...]], node: int) -> bool:
    return any(node in piece for piece in pieces)


def _ends(pieces: Sequence[tuple[int, ...]], node: int) -> bool:
    """Whether the way touches the node with one arm only, at an end of it."""
    arms = sum(
        (k > 0) + (k < len(piece) - 1)
        for piece in pieces
        for k, other in enumerate(piece)
        if other == node
    )
    return arms == 1


def _along(
    rule: Restriction, nodes_of: dict[int, tuple[tuple[int, ...], ...]]
) -> tuple[int, ...] | None:
    """Nodes from the way in to the way out, over the ways between, in order of travel."""
    for first in _shared(rule.from_ways, (rule.via_ways[0],), nodes_of):
        path = _follow(first, rule, nodes_of)
        if path is not None:
            return path
    return None


def _follow(
    first: int, rule: Restriction, nodes_of: dict[int, tuple[tuple[int, ...], ...]]
) -> tuple[int, ...] | None:
    nodes = [first]
    for k, way in enumerate(rule.via_ways):
        after = rule.via_ways[k + 1 : k + 2] or rule.to_ways
        piece = next((p for p in nodes_of[way] if nodes[-1] in p), None)
        if piece is None:
            return None
        at = piece.index(nodes[-1])
        ahead = [n for n in _shared((way,), after, nodes_of) if n in piece and n != nodes[-1]]
        if not ahead:
            return None
        to = min((piece.index(node) for node in ahead), key=lambda k, at=at: abs(k - at))  # type: ignore[misc]
        nodes += piece[at + 1 : to + 1] if to > at else piece[to:at][::-1]
    return tuple(nodes)


def _shared(
    ways: Sequence[int], others: Sequence[int], nodes_of: dict[int, tuple[tuple[int, ...], ...]]
) -> Iterator[int]:
    """Nodes that two groups of ways have in common, in the order of the first group."""
    theirs = {node for way in others for piece in nodes_of[way] for node in piece}
    seen: set[int] = set()
    for way in ways:
        for piece in nodes_of[way]:
            for node in piece:
                if node in theirs and node not in seen:
                    seen.add(node)
                    yield node
