"""All objects of a file: how many, in which order, which twice, and where its nodes lie."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import osmium
from numpy.typing import NDArray

from lastmile.extracts.blocks import NODES_A_BLOCK, NodeBlock
from lastmile.extracts.sources import Source
from lastmile.extracts.steps import Steps

TYPES: Final = ("nodes", "ways", "relations")

_CLASSES: Final = (osmium.osm.Node, osmium.osm.Way, osmium.osm.Relation)
_ENTITIES: Final = (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION)
_ABOVE: Final = 1 << 61


@dataclass(frozen=True, slots=True)
class Order:
    """How the objects of one type stand in a file."""

    n: int
    n_out_of_order: int
    """Whose id is lower than that of the one before."""

    n_duplicates: int
    """Whose id another before them had."""

    n_below_one: int
    """Made by an editor, and never sent to the map."""


@dataclass(frozen=True, slots=True, eq=False)
class Census:
    """What one reading of all objects finds."""

    orders: tuple[Order, ...]
    """Of each of ``TYPES``."""

    n_types_out_of_order: int
    """Objects after one of a later type: nodes after a way, ways after a relation."""

    ways: frozenset[int]
    """Of those wanted the ones that are there."""

    nodes: NodeBlock
    """Of those wanted the ones on the globe, by ascending ids, each once."""


@dataclass(slots=True)
class _Row:
    """The objects of one type while they pass."""

    n: int = 0
    n_out: int = 0
    n_same: int = 0
    n_below_one: int = 0
    last: int = -1

    def add(self, ids: NDArray[np.int64]) -> None:
        # As osmium sorts: ids below 1 first, by their size.
        keys = np.where(ids > 0, ids + _ABOVE, np.abs(ids))
        steps = np.diff(keys, prepend=self.last)
        self.n += ids.size
        self.n_out += int((steps < 0).sum())
        self.n_same += int((steps == 0).sum())
        self.n_below_one += int((ids < 1).sum())
        self.last = int(keys[-1])


@dataclass(slots=True)
class _Tally:
    """What is kept while all objects pass."""

    wanted: NDArray[np.int64]
    wanted_ways: frozenset[int]
    rows: tuple[_Row, ...] = field(default_factory=lambda: tuple(_Row() for _ in TYPES))
    n_types_out: int = 0
    latest: int = 0
    ways: set[int] = field(default_factory=set)
    kept: list[NodeBlock] = field(default_factory=list)

    def add(self, kind: int, block: NodeBlock) -> None:
        self.rows[kind].add(block.ids)
        if kind < self.latest:
            self.n_types_out += block.ids.size
        self.latest = max(self.latest, kind)
        if kind == 1 and self.wanted_ways:
            self.ways.update(self.wanted_ways.intersection(block.ids.tolist()))
        elif kind == 0 and self.wanted.size:
            at = np.minimum(np.searchsorted(self.wanted, block.ids), self.wanted.size - 1)
            keep = (self.wanted[at] == block.ids) & block.on_globe()
            self.kept.append(NodeBlock(block.ids[keep], block.x[keep], block.y[keep]))

    def nodes(self) -> NodeBlock:
        none = np.zeros(0, dtype=np.int64)
        ids = np.concatenate([none, *(block.ids for block in self.kept)])
        x = np.concatenate([none, *(block.x for block in self.kept)])
        y = np.concatenate([none, *(block.y for block in self.kept)])
        self.kept.clear()
        if (np.diff(ids) > 0).all():
            return NodeBlock(ids, x, y)
        once, first = np.unique(ids, return_index=True)
        return NodeBlock(once, x[first], y[first])


def take_census(
    source: Source, wanted: NDArray[np.int64], wanted_ways: frozenset[int], steps: Steps
) -> Census:
    """Read all objects of a file.

    Parameters
    ----------
    source
        The file.
    wanted
        Shape (nodes,). Ascending ids of nodes whose positions are kept.
    wanted_ways
        Ids of ways that are looked for.
    steps
        Told how many have been read.
    """
    tally = _Tally(wanted, wanted_ways)
    for kind, block in _blocks(steps.counted(source.objects(osmium.osm.ALL))):
        tally.add(kind, block)
    orders = tuple(
        Order(row.n, row.n_out, _duplicates(source, kind, row), row.n_below_one)
        for kind, row in enumerate(tally.rows)
    )
    return Census(orders, tally.n_types_out, frozenset(tally.ways), tally.nodes())


def _blocks(things: Iterable[Any]) -> Iterator[tuple[int, NodeBlock]]:
    """Gather objects that follow each other and are of one type; only nodes have positions."""
    kind, ids, xs, ys = 0, array("q"), array("q"), array("q")
    for thing in things:
        if type(thing) is not _CLASSES[kind] or len(ids) == NODES_A_BLOCK:
            if ids:
                yield kind, _block(ids, xs, ys)
                ids, xs, ys = array("q"), array("q"), array("q")
            if type(thing) not in _CLASSES:
                continue
            kind = _CLASSES.index(type(thing))
        ids.append(thing.id)
        if kind == 0:
            place = thing.location
            xs.append(place.x)
            ys.append(place.y)
    if ids:
        yield kind, _block(ids, xs, ys)


def _block(ids: array[int], xs: array[int], ys: array[int]) -> NodeBlock:
    return NodeBlock(*(np.frombuffer(column, dtype=np.int64) for column in (ids, xs, ys)))


def _duplicates(source: Source, kind: int, row: _Row) -> int:
    """Count ids that occur again; where they do not ascend, all have to be kept for it."""
    if not row.n_out:
        return row.n_same
    things = source.objects(_ENTITIES[kind])
    ids = np.fromiter((thing.id for thing in things), dtype=np.int64, count=row.n)
    return row.n - int(np.unique(ids).size)
