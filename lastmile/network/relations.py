"""OpenStreetMap ``restriction`` relations → :class:`~lastmile.network.roads.Restriction`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lastmile.network.roads import Restriction

Member = tuple[str, int, str]
"""Type (``n``, ``w`` or ``r``), id and role."""

_RULE: Final = re.compile(r"(no|only)_[a-z_]+\Z")
_CONDITION: Final = re.compile(r"\s*([a-z_]+)\s*@\s*(\([^)]*\)|[^;]+)")


def restrictions_of(
    relation_id: int, tags: Mapping[str, str], members: Sequence[Member]
) -> Iterator[Restriction]:
    """Read what a relation says of turning; several rules where it states several.

    Parameters
    ----------
    relation_id
        OSM id.
    tags
        Its tags: ``restriction``, ``restriction:VEHICLE``, each with ``:conditional`` or not.
    members
        Its members in order. Without a usable from, via and to nothing is read.
    """
    from_ways = tuple(ref for kind, ref, role in members if kind == "w" and role == "from")
    to_ways = tuple(ref for kind, ref, role in members if kind == "w" and role == "to")
    via_ways = tuple(ref for kind, ref, role in members if kind == "w" and role == "via")
    via_nodes = [ref for kind, ref, role in members if kind == "n" and role == "via"]
    if not from_ways or not to_ways or bool(via_ways) == bool(via_nodes) or len(via_nodes) > 1:
        return
    excepted = tuple(key.strip() for key in tags.get("except", "").split(";") if key.strip())
    for vehicle, rule, condition in _rules(tags):
        yield Restriction(
            relation_id=relation_id,
            rule=rule,
            from_ways=from_ways,
            via_node=via_nodes[0] if via_nodes else None,
            via_ways=via_ways,
            to_ways=to_ways,
            excepted=excepted,
            vehicle=vehicle,
            condition=condition,
        )


def _rules(tags: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Vehicle, rule and condition of every statement, in the order of the keys."""
    for key in sorted(tags):
        parts = key.split(":")
        if parts[0] != "restriction":
            continue
        conditional = parts[-1] == "conditional"
        vehicle = ":".join(parts[1:-1] if conditional else parts[1:])
        if conditional:
            for rule, when in _CONDITION.findall(tags[key]):
                if _RULE.match(rule):
                    yield vehicle, rule, when.strip().strip("()").strip()
        elif _RULE.match(tags[key].strip()):
            yield vehicle, tags[key].strip(), ""
