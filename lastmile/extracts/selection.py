"""What is kept of a file: the roads of a box, and what hangs on them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import osmium
from numpy.typing import NDArray

from lastmile.extracts.outcodes import UNKNOWN, Codes
from lastmile.extracts.sources import Source

_REFERENCES: Final = 1 << 18
"""To nodes, looked up at once."""

_ROLES: Final = ("from", "via", "to")


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Ids of what is kept."""

    nodes: NDArray[np.int64]
    """Shape (nodes,). Ascending."""

    ways: frozenset[int]
    relations: frozenset[int]
    n_missing: int
    """References of kept ways to nodes that are nowhere."""

    n_drafts: int
    """Ways on nodes with ids below 1, wherever they lie; those nodes are not kept."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to keep of a box."""

    everything: bool
    """Not only roads and ferries, and their restrictions, but all that lies in the box."""

    whole_restrictions: bool
    """Whether each of a restriction's members must be kept, or one way among them is enough."""


def is_restriction(relation: osmium.osm.Relation) -> bool:
    """Whether a relation forbids or demands a turn.

    Old ones name a kind of vehicle in their type, such as ``restriction:hgv``.
    """
    return (relation.tags.get("type") or "").split(":")[0] == "restriction"


def select(sources: Sequence[Source], codes: Codes, wish: Wish) -> Selection:
    """Choose the ways whose own box meets the box, their nodes, and relations upon them.

    Parameters
    ----------
    sources
        Seen as one.
    codes
        Where their nodes lie.
    wish
        What is wanted.
    """
    ways: set[int] = set()
    needed = [codes.inside() if wish.everything else np.zeros(0, dtype=np.int64)]
    n_missing = n_drafts = 0
    for source in sources:
        for batch in _batches(_ways_of(source, wish)):
            n_drafts += batch.n_drafts()
            kept = batch.meeting(codes)
            ways.update(kept.ids.tolist())
            needed.append(np.unique(kept.refs))
            n_missing += int((codes.of(kept.refs) == UNKNOWN).sum())
    nodes = np.unique(np.concatenate(needed))
    nodes = nodes[codes.of(nodes) != UNKNOWN]
    is_kept = _relation_rule(ways, nodes, wish)
    relations = {
        relation.id
        for source in sources
        for relation in source.objects(osmium.osm.RELATION)
        if is_kept(relation)
    }
    return Selection(nodes, frozenset(ways), frozenset(relations), n_missing, n_drafts)


def _ways_of(source: Source, wish: Wish) -> Iterator[osmium.osm.Way]:
    if wish.everything:
        yield from source.objects(osmium.osm.WAY)
        return
    for way in source.objects(osmium.osm.WAY, osmium.filter.KeyFilter("highway", "route")):
        if "highway" in way.tags or way.tags.get("route") == "ferry":
            yield way


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Some ways with their nodes."""

    ids: NDArray[np.int64]
    """Shape (ways,)."""

    sizes: NDArray[np.int64]
    """Shape (ways,). One at least."""

    refs: NDArray[np.int64]
    """Shape (references,). Node ids, way after way."""

    def n_drafts(self) -> int:
        """Count the ways on nodes with ids below 1."""
        starts = np.cumsum(self.sizes) - self.sizes
        return int((np.minimum.reduceat(self.refs, starts) < 1).sum())

    def meeting(self, codes: Codes) -> _Batch:
        """Return the ways whose own box meets the box."""
        starts = np.cumsum(self.sizes) - self.sizes
        keep = np.bitwise_and.reduceat(codes.of(self.refs), starts) == 0
        return _Batch(self.ids[keep], self.sizes[keep], self.refs[np.repeat(keep, self.sizes)])


def _batches(ways: Iterable[osmium.osm.Way]) -> Iterator[_Batch]:
    ids, sizes, refs = array("q"), array("q"), array("q")
    for way in ways:
        nodes = way.nodes
        if not len(nodes):
            continue
        ids.append(way.id)
        sizes.append(len(nodes))
        refs.extend([node.ref for node in nodes])
        if len(refs) >= _REFERENCES:
            yield _batch(ids, sizes, refs)
            ids, sizes, refs = array("q"), array("q"), array("q")
    if ids:
        yield _batch(ids, sizes, refs)


def _batch(ids: array[int], sizes: array[int], refs: array[int]) -> _Batch:
    return _Batch(*(np.frombuffer(column, dtype=np.int64) for column in (ids, sizes, refs)))


def _relation_rule(
    ways: set[int], nodes: NDArray[np.int64], wish: Wish
) -> Callable[[osmium.osm.Relation], bool]:
    def is_here(member: osmium.osm.RelationMember) -> bool:
        if member.type == "w":
            return member.ref in ways
        if member.type != "n" or not nodes.size:
            return False
        at = int(np.searchsorted(nodes, member.ref))
        return at < nodes.size and int(nodes[at]) == member.ref

    def is_kept(relation: osmium.osm.Relation) -> bool:
        members = list(relation.members)
        if not is_restriction(relation):
            return wish.everything and any(is_here(member) for member in members)
        if not any(member.type == "w" and member.ref in ways for member in members):
            return False
        bound = [member for member in members if member.role in _ROLES]
        return not wish.whole_restrictions or all(is_here(member) for member in bound)

    return is_kept


def copy(things: Iterable[Any], selection: Selection, writer: osmium.SimpleWriter) -> None:
    """Write what was selected, in the order in which it comes: the nodes' ids must ascend."""
    wanted = map(int, selection.nodes)
    expected = next(wanted, _BEYOND)
    others = {
        osmium.osm.Way: (selection.ways, writer.add_way),
        osmium.osm.Relation: (selection.relations, writer.add_relation),
    }
    for thing in things:
        ref = thing.id
        if type(thing) is osmium.osm.Node:
            while expected < ref:
                expected = next(wanted, _BEYOND)
            if ref == expected and not thing.deleted:
                writer.add_node(thing)
        elif type(thing) in others:
            kept, add = others[type(thing)]
            if ref in kept and not thing.deleted:
                add(thing)


_BEYOND: Final = 1 << 62
