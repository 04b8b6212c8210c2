"""Turn restrictions as an extract has them, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

import osmium

from lastmile.extracts.tags import TURN_KINDS

_SEVERAL_FROM: Final = frozenset({"no_entry"})
_SEVERAL_TO: Final = frozenset({"no_exit"})


@dataclass(frozen=True, slots=True)
class Restriction:
    """One ``restriction`` relation."""

    kind: str
    """Such as ``no_left_turn``; '' where it does not say."""

    is_conditional: bool
    """Whether it binds at some hours, or under another condition, alone."""

    is_for_some: bool
    """Whether it binds some vehicles alone, or spares some."""

    members: Mapping[tuple[str, str], tuple[int, ...]]
    """Role and type (``n``, ``w`` or ``r``) → ids."""

    def ids(self, role: str, kind: str) -> tuple[int, ...]:
        """Ids of the members with a role and a type."""
        return self.members.get((role, kind), ())


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """All restrictions of an extract, counted."""

    n: int
    by_kind: Mapping[str, int]
    n_via_node: int
    n_via_way: int
    n_conditional: int
    n_for_some_vehicles: int
    problems: Mapping[str, int] = field(default_factory=dict)
    """What keeps a planner from obeying a restriction, and how often it occurs."""


def restriction_of(relation: osmium.osm.Relation) -> Restriction:
    """Take a restriction over from osmium."""
    tags = dict(relation.tags)
    key = next((key for key in sorted(tags) if key.split(":")[0] == "restriction"), "")
    members: dict[tuple[str, str], tuple[int, ...]] = {}
    for member in relation.members:
        place = (member.role, member.type)
        members[place] = (*members.get(place, ()), member.ref)
    vehicles = [part for part in key.split(":")[1:] if part != "conditional"]
    old_style = ":" in tags.get("type", "")
    return Restriction(
        kind=tags.get(key, "").split("@")[0].strip(),
        is_conditional=key.endswith(":conditional") or _is_timed_the_old_way(tags),
        is_for_some=bool(vehicles) or "except" in tags or old_style,
        members=members,
    )


def _is_timed_the_old_way(tags: Mapping[str, str]) -> bool:
    return any(key in tags for key in ("hour_on", "hour_off", "day_on", "day_off"))


def ways_named_by(restrictions: Iterable[Restriction]) -> frozenset[int]:
    """Ids of all ways that restrictions have among their members."""
    return frozenset(
        way
        for one in restrictions
        for (_, kind), ids in one.members.items()
        if kind == "w"
        for way in ids
    )


def count_turns(
    restrictions: Iterable[Restriction],
    ways: Mapping[int, Sequence[int]],
    way_ids: AbstractSet[int],
) -> TurnFigures:
    """Count restrictions by kind, and those that cannot be obeyed by what is wrong with them.

    Parameters
    ----------
    restrictions
        All of the extract.
    ways
        Road id → node ids, for the roads that restrictions name.
    way_ids
        Ids of the ways that restrictions name and the extract has, roads or not.
    """
    every = list(restrictions)
    problems: Counter[str] = Counter()
    for one in every:
        problems.update(_problems_of(one, ways, way_ids))
    kinds = Counter(one.kind or "without a kind" for one in every)
    return TurnFigures(
        n=len(every),
        by_kind=dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
        n_via_node=sum(bool(one.ids("via", "n")) for one in every),
        n_via_way=sum(bool(one.ids("via", "w")) for one in every),
        n_conditional=sum(one.is_conditional for one in every),
        n_for_some_vehicles=sum(one.is_for_some for one in every),
        problems=dict(sorted(problems.items())),
    )


def _problems_of(
    one: Restriction, ways: Mapping[int, Sequence[int]], way_ids: AbstractSet[int]
) -> list[str]:
    """Name the first thing that is wrong; what follows from it is not told again."""
    starts, ends = one.ids("from", "w"), one.ids("to", "w")
    via_nodes, via_ways = one.ids("via", "n"), one.ids("via", "w")
    if one.kind not in TURN_KINDS:
        return ["unknown kind"]
    if not starts or not ends or not (via_nodes or via_ways):
        return ["lacks from, via or to"]
    if any(way not in way_ids for way in (*starts, *via_ways, *ends)):
        return ["a way is not in the file"]
    if any(way not in ways for way in (*starts, *via_ways, *ends)):
        return ["a member is no road"]
    if _is_ambiguous(one):
        return ["several from, via or to"]
    return [] if _is_connected(one, ways) else ["its ways do not meet at via"]


def _is_ambiguous(one: Restriction) -> bool:
    several_from = len(one.ids("from", "w")) > 1 and one.kind not in _SEVERAL_FROM
    several_to = len(one.ids("to", "w")) > 1 and one.kind not in _SEVERAL_TO
    return several_from or several_to or len(one.ids("via", "n")) > 1


def _is_connected(one: Restriction, ways: Mapping[int, Sequence[int]]) -> bool:
    """Whether from, via and to hang together: ways at via nodes, ways end to end."""
    starts, ends = one.ids("from", "w"), one.ids("to", "w")
    if via := one.ids("via", "n"):
        return all(via[0] in ways[way] for way in (*starts, *ends))
    chain = one.ids("via", "w")
    joined = set(ways[chain[0]])
    for way in chain[1:]:
        if joined.isdisjoint(ways[way]):
            return False
        joined.update(ways[way])
    return all(not joined.isdisjoint(ways[way]) for way in (*starts, *ends))
