"""Restrictions of turning, kept for an area while the blocks of files stream by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.pbf_blocks import Block, Relation
from lastmile.network.pbf_kernels import is_in
from lastmile.network.relations import restrictions_of
from lastmile.network.roads import Restriction
from lastmile.network.tag_numbers import text

_Rules = tuple[Restriction, ...]

_KINDS: Final = "nwr"


@dataclass(frozen=True, slots=True)
class _Entry:
    version: int
    rules: _Rules
    ways: frozenset[int]
    """Ids of all ways that the relation names, in whatever role."""


@dataclass(slots=True)
class RuleStore:
    """Grows while blocks stream by."""

    _entries: dict[int, _Entry] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been taken in."""
        return not self._entries

    def take(self, block: Block, ways: NDArray[np.int64]) -> None:
        """Take in the restrictions that concern some ways.

        Parameters
        ----------
        block
            Where they are.
        ways
            Ids, ascending.
        """
        try:
            key, value = block.strings.index(b"type"), block.strings.index(b"restriction")
        except ValueError:
            return
        for relation in block.relations(key, value):
            named = relation.members[relation.kinds == _KINDS.index("w")]
            if is_in(named, ways).any():
                self._keep(relation.relation_id, _entry(block, relation))

    def rules(self, ways: NDArray[np.int64]) -> tuple[_Rules, int]:
        """Return the restrictions all of whose ways are known, by id, and how many are broken.

        Parameters
        ----------
        ways
            Ids of the ways that were kept.
        """
        known = set(ways.tolist())
        kept: list[Restriction] = []
        n_broken = 0
        for relation_id in sorted(self._entries):
            entry = self._entries[relation_id]
            kept += [rule for rule in entry.rules if _is_whole(rule, known)]
            n_broken += not entry.rules and not known.isdisjoint(entry.ways)
        return tuple(kept), n_broken

    def _keep(self, relation_id: int, entry: _Entry) -> None:
        """Keep the newest version; among equals the choice is not left to the order of files."""
        old = self._entries.get(relation_id)
        if old is None or _rank(entry) > _rank(old):
            self._entries[relation_id] = entry


def _rank(entry: _Entry) -> tuple[int, str]:
    return entry.version, repr((entry.rules, sorted(entry.ways)))


def _is_whole(rule: Restriction, known: set[int]) -> bool:
    return (
        known.issuperset(rule.via_ways)
        and not known.isdisjoint(rule.from_ways)
        and not known.isdisjoint(rule.to_ways)
    )


def _entry(block: Block, relation: Relation) -> _Entry:
    tags = {
        text(block, key): text(block, value)
        for key, value in zip(relation.keys.tolist(), relation.values.tolist(), strict=True)
    }
    members = [
        (_KINDS[kind], ref, text(block, role))
        for kind, ref, role in zip(
            relation.kinds.tolist(), relation.members.tolist(), relation.roles.tolist(), strict=True
        )
    ]
    ways = frozenset(ref for kind, ref, _ in members if kind == "w")
    return _Entry(
        max(0, relation.version), tuple(restrictions_of(relation.relation_id, tags, members)), ways
    )
