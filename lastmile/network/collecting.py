"""What of an OpenStreetMap file is kept while it streams by."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray

from lastmile.network.boxes import Box, has_a_say, on_globe
from lastmile.network.drafts import Spot, above_zero
from lastmile.network.placing import Placed
from lastmile.network.raw_ways import RawWays, Tags
from lastmile.network.relations import restrictions_of
from lastmile.network.roads import NODE_KEYS, WAY_KEYS, Restriction

_UNDEFINED: Final = 2_147_483_647
"""What osmium says of a coordinate it does not know."""


@dataclass(slots=True)
class Collector:
    """Grows while the file is read; coordinates are whole 1e-7 degrees as in the file."""

    box: Box | None
    """Ways whose own box does not meet it are left out; None to keep all."""

    n_seen: int = 0
    """Roads that went by, kept or not."""

    n_broken_restrictions: int = 0
    n_drafts: int = 0
    """Roads on nodes with ids below 0, which nobody sent to the map; kept wherever they lie."""

    extent: Box | None = None
    """Box of all roads that went by."""

    _ids: array[int] = field(default_factory=lambda: array("q"))
    _versions: array[int] = field(default_factory=lambda: array("q"))
    _sizes: array[int] = field(default_factory=lambda: array("q"))
    _refs: array[int] = field(default_factory=lambda: array("q"))
    _xs: array[int] = field(default_factory=lambda: array("i"))
    _ys: array[int] = field(default_factory=lambda: array("i"))
    _tag_set: array[int] = field(default_factory=lambda: array("q"))
    _tag_sets: dict[Tags, int] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _mark_ids: array[int] = field(default_factory=lambda: array("q"))
    _mark_set: array[int] = field(default_factory=lambda: array("q"))
    _mark_sets: dict[Tags, int] = field(default_factory=dict)
    _restrictions: list[Restriction] = field(default_factory=list)

    def add_way(self, way: osmium.osm.Way) -> None:
        """Take a way in if it is a road or a ferry, and its box may meet the area."""
        kept = []
        name, is_road = "", False
        for tag in way.tags:
            key, value = tag.k, tag.v
            if key in WAY_KEYS:
                kept.append((key, value))
                is_road |= key == "highway" or (key == "route" and value == "ferry")
            elif key == "name":
                name = value
        if not is_road:
            return
        self.n_seen += 1
        # One walk over the nodes: each access makes an object anew.
        nodes = [(node.ref, node.x, node.y) for node in way.nodes]
        refs, xs, ys = zip(*nodes, strict=True) if nodes else ((), (), ())
        is_draft = min(refs, default=0) < 0  # where its nodes lie is known later
        self.n_drafts += is_draft
        if not (self._may_meet(xs, ys) or is_draft):
            return
        kept.sort()
        self._ids.append(way.id)
        self._versions.append(way.version)
        self._sizes.append(len(refs))
        self._refs.extend(refs)
        self._xs.extend(xs)
        self._ys.extend(ys)
        self._tag_set.append(self._tag_sets.setdefault(tuple(kept), len(self._tag_sets)))
        self._names.append(name)

    def add_node(self, node: osmium.osm.Node) -> None:
        """Take in what a node says of its own, if a profile may ask for it."""
        tags = {tag.k: tag.v for tag in node.tags if tag.k in NODE_KEYS}
        if has_a_say(tags):
            self._mark_ids.append(node.id)
            number = self._mark_sets.setdefault(tuple(sorted(tags.items())), len(self._mark_sets))
            self._mark_set.append(number)

    def add_relation(self, relation: osmium.osm.Relation) -> None:
        """Take in what a relation says of turning."""
        tags = {tag.k: tag.v for tag in relation.tags}
        members = [(member.type, member.ref, member.role) for member in relation.members]
        found = list(restrictions_of(relation.id, tags, members))
        self._restrictions.extend(found)
        known = set(self._ids) if not found else set()
        concerned = any(kind == "w" and ref in known for kind, ref, _ in members)
        self.n_broken_restrictions += not found and concerned

    def place_drafts(self, places: Mapping[int, Spot]) -> None:
        """Tell where nodes with ids below 0 lie."""
        for k, ref in enumerate(self._refs):
            if ref < 0 and ref in places:
                self._xs[k], self._ys[k] = places[ref]

    def ways(self) -> Placed:
        """Return the ways in order of their ids, each once: the newest, and of equals the last."""
        none = np.zeros(0, dtype=np.int64)
        sizes = np.array(self._sizes, dtype=np.int64)
        raw = RawWays(
            ids=above_zero(np.array(self._ids, dtype=np.int64), self._top_way),
            version=np.array(self._versions, dtype=np.int64),
            tag_set=np.array(self._tag_set, dtype=np.int64),
            tag_sets=tuple(self._tag_sets),
            names=np.array(self._names, dtype=object),
            ref_offsets=np.concatenate((none, [0], np.cumsum(sizes))).astype(np.int64),
            refs=above_zero(np.array(self._refs, dtype=np.int64), self.top),
        )
        x, y = np.array(self._xs, dtype=np.int64), np.array(self._ys, dtype=np.int64)
        in_file = (x != _UNDEFINED) & (y != _UNDEFINED)
        placed = on_globe(x, y)
        return Placed(raw, x, y, in_file & placed, in_file & ~placed)

    def marks(self) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[Tags, ...]]:
        """Return what nodes say of their own: ids, ascending, numbers of sets, and the sets."""
        ids = above_zero(np.array(self._mark_ids, dtype=np.int64), self.top)
        number = np.array(self._mark_set, dtype=np.int64)
        # Of a node that stands twice the last one speaks.
        own, last = np.unique(ids[::-1], return_index=True)
        return own, number[::-1][last], tuple(self._mark_sets)

    def restrictions(self, ways: NDArray[np.int64]) -> tuple[Restriction, ...]:
        """Return the restrictions whose ways are known, by id.

        Parameters
        ----------
        ways
            Ids of the ways that were kept.
        """
        known = set(ways.tolist())
        kept = [
            rule
            for rule in map(self._moved, self._restrictions)
            if known.issuperset(rule.via_ways)
            and not known.isdisjoint(rule.from_ways)
            and not known.isdisjoint(rule.to_ways)
        ]
        return tuple(sorted(kept, key=lambda rule: rule.relation_id))

    @property
    def top(self) -> int:
        """Highest id of a node in the file; those of drafts come after it."""
        found = (
            np.array(ids, dtype=np.int64).max(initial=0) for ids in (self._refs, self._mark_ids)
        )
        return int(max(found))

    @property
    def _top_way(self) -> int:
        return int(np.array(self._ids, dtype=np.int64).max(initial=0))

    def _moved(self, rule: Restriction) -> Restriction:
        """Name a rule's nodes and ways as they are numbered here."""
        members = (*rule.from_ways, *rule.via_ways, *rule.to_ways)
        if min(0, rule.via_node or 0, *members) >= 0:
            return rule

        def moved(ids: Sequence[int], top: int) -> tuple[int, ...]:
            return tuple(above_zero(np.array(ids, dtype=np.int64), top).tolist())

        return replace(
            rule,
            from_ways=moved(rule.from_ways, self._top_way),
            via_node=None if rule.via_node is None else moved((rule.via_node,), self.top)[0],
            via_ways=moved(rule.via_ways, self._top_way),
            to_ways=moved(rule.to_ways, self._top_way),
        )

    def _may_meet(self, xs: Sequence[int], ys: Sequence[int]) -> bool:
        """Whether the way's box meets the area, as far as its nodes are known."""
        if self.box is None:
            return True
        if _UNDEFINED in xs:
            known = [k for k, x in enumerate(xs) if x != _UNDEFINED]
            xs, ys = [xs[k] for k in known], [ys[k] for k in known]
        if not xs:
            return False
        west, south, east, north = min(xs), min(ys), max(xs), max(ys)
        seen = self.extent or (west, south, east, north)
        self.extent = (
            min(seen[0], west), min(seen[1], south), max(seen[2], east), max(seen[3], north)
        )  # fmt: skip
        left, bottom, right, top = self.box
        return west <= right and east >= left and south <= top and north >= bottom
