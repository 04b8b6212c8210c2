"""What of an OpenStreetMap file is kept while it streams by."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Final

import osmium

from lastmile.network.relations import restrictions_of
from lastmile.network.roads import NODE_KEYS, WAY_KEYS, Restriction

PER_DEGREE: Final = 10_000_000
_UNDEFINED: Final = 2_147_483_647
"""What osmium says of a coordinate it does not know."""

_Tags = tuple[tuple[str, str], ...]
_Node = tuple[int, int, int]
"""Id, and whole 1e-7 degrees east and north."""

# What roads' nodes say that no profile asks for, and what most of them are.
_DULL_NODES: Final = frozenset(("crossing", "street_lamp", "bus_stop", "turning_circle"))


@dataclass(slots=True)
class Collector:
    """Grows while the file is read; coordinates are whole 1e-7 degrees as in the file."""

    bounds: tuple[int, int, int, int] | None
    way_ids: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    refs: array[int] = field(default_factory=lambda: array("q"))
    xs: array[int] = field(default_factory=lambda: array("i"))
    ys: array[int] = field(default_factory=lambda: array("i"))
    tag_set: array[int] = field(default_factory=lambda: array("i"))
    tag_sets: dict[_Tags, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    marked_ids: array[int] = field(default_factory=lambda: array("q"))
    mark_set: array[int] = field(default_factory=lambda: array("i"))
    mark_sets: dict[_Tags, int] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    n_broken_restrictions: int = 0
    n_missing: int = 0
    n_seen: int = 0
    extent: list[int] = field(
        default_factory=lambda: [_UNDEFINED, _UNDEFINED, -_UNDEFINED, -_UNDEFINED]
    )

    def add_way(self, way: osmium.osm.Way) -> None:
        """Take a way in, cut where nodes are missing, if it touches the bounds."""
        pairs = [(tag.k, tag.v) for tag in way.tags]
        name = ""
        kept = []
        is_road = False
        for key, value in pairs:
            if key in WAY_KEYS:
                kept.append((key, value))
                is_road |= key == "highway" or (key == "route" and value == "ferry")
            elif key == "name":
                name = value
        if not is_road:
            return
        self.n_seen += 1
        nodes = [(node.ref, node.x, node.y) for node in way.nodes]
        known = [node for node in nodes if _is_known(node)]
        if not known or not self._touches(known):
            return
        self.n_missing += len(nodes) - len(known)
        kept.sort()
        number = self.tag_sets.setdefault(tuple(kept), len(self.tag_sets))
        for piece in [known] if len(known) == len(nodes) else _whole_pieces(nodes):
            if len(piece) > 1:
                self._add_piece(way.id, number, name, piece)

    def add_node(self, node: osmium.osm.Node) -> None:
        """Take in what a node says of its own, if a profile may ask for it."""
        if not node.tags.get("barrier") and node.tags.get("highway") in _DULL_NODES:
            return
        kept = tuple(sorted((tag.k, tag.v) for tag in node.tags if tag.k in NODE_KEYS))
        self.marked_ids.append(node.id)
        self.mark_set.append(self.mark_sets.setdefault(kept, len(self.mark_sets)))

    def add_relation(self, relation: osmium.osm.Relation) -> None:
        """Take in what a relation says of turning."""
        tags = {tag.k: tag.v for tag in relation.tags}
        members = [(member.type, member.ref, member.role) for member in relation.members]
        found = list(restrictions_of(relation.id, tags, members))
        self.restrictions.extend(found)
        self.n_broken_restrictions += not found

    def known_restrictions(self) -> tuple[Restriction, ...]:
        """Restrictions all of whose ways were taken in, by id."""
        known = set(self.way_ids)
        kept = [
            rule
            for rule in self.restrictions
            if known.issuperset(rule.via_ways)
            and not known.isdisjoint(rule.from_ways)
            and not known.isdisjoint(rule.to_ways)
        ]
        return tuple(sorted(kept, key=lambda rule: rule.relation_id))

    def _touches(self, nodes: list[_Node]) -> bool:
        xs = [node[1] for node in nodes]
        ys = [node[2] for node in nodes]
        west, south, east, north = min(xs), min(ys), max(xs), max(ys)
        seen = self.extent
        self.extent = [
            *(min(seen[0], west), min(seen[1], south)),
            *(max(seen[2], east), max(seen[3], north)),
        ]
        if self.bounds is None:
            return True
        left, bottom, right, top = self.bounds
        return west <= right and east >= left and south <= top and north >= bottom

    def _add_piece(self, way_id: int, tag_set: int, name: str, piece: list[_Node]) -> None:
        self.way_ids.append(way_id)
        self.sizes.append(len(piece))
        self.tag_set.append(tag_set)
        self.names.append(name)
        refs, xs, ys = zip(*piece, strict=True)
        self.refs.extend(refs)
        self.xs.extend(xs)
        self.ys.extend(ys)


def _is_known(node: _Node) -> bool:
    """Whether the node is in the file, and on the globe."""
    return abs(node[1]) <= 180 * PER_DEGREE and abs(node[2]) <= 90 * PER_DEGREE


def _whole_pieces(nodes: list[_Node]) -> list[list[_Node]]:
    pieces: list[list[_Node]] = [[]]
    for node in nodes:
        if _is_known(node):
            pieces[-1].append(node)
        else:
            pieces.append([])
    return pieces
