"""Positions of nodes, kept for an area while the blocks of files stream by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.pbf_blocks import Block, Nodes, Tagged
from lastmile.network.pbf_kernels import is_in
from lastmile.network.roads import NODE_KEYS
from lastmile.network.tag_numbers import TagNumbers, Tags, roles

PER_DEGREE: Final = 10_000_000

Box = tuple[int, int, int, int]
"""West, south, east, north, in whole 1e-7 degrees."""

_Ints = NDArray[np.int64]
_Part = tuple[_Ints, NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]

_NONE: Final = np.zeros(0, dtype=np.int64)
_LEAST, _MOST = -(2**31), 2**31 - 1

_ROLES: Final[Mapping[bytes, int]] = {
    **{key.encode(): 1 for key in NODE_KEYS},
    # Only nodes that have one of these are looked at.
    b"barrier": 2,
    b"highway": 2,
}

# What roads' nodes say that no profile asks for, and what most of them are.
_DULL: Final = frozenset(("crossing", "street_lamp", "bus_stop", "turning_circle"))


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Where nodes are; each stands once, in its newest version."""

    ids: _Ints
    """Shape (nodes,). Ascending."""

    x: NDArray[np.int32]
    """Shape (nodes,). Whole 1e-7 degrees."""

    y: NDArray[np.int32]
    version: NDArray[np.int32]
    """Shape (nodes,). 0 where the file does not say."""

    conflicting: _Ints = field(default_factory=_NONE.copy)
    """Ids of nodes that stood at different places, ascending."""


@dataclass(slots=True)
class NodeStore:
    """Grows while blocks stream by."""

    box: Box | None
    """Nodes outside are kept only if they are asked for; None to keep all. Of a node that stands
    at several places, those outside are not looked for if one is inside."""

    extent: Box | None = None
    """Box of all nodes that went by."""

    _parts: list[_Part] = field(default_factory=list)
    _marks: list[_Ints] = field(default_factory=list)
    _numbers: TagNumbers = field(default_factory=TagNumbers)
    _sealed: Positions | None = None
    _conflicting: _Ints = field(default_factory=_NONE.copy)

    def take(self, block: Block) -> tuple[int, int]:
        """Take in the nodes within the box; return the lowest and the highest id of all."""
        span: list[int] = []
        for nodes in block.nodes():
            if nodes.ids.size:
                span += [int(nodes.ids.min()), int(nodes.ids.max())]
                self._extend(nodes)
                self._keep(block, nodes, self._within(nodes))
        return (min(span), max(span)) if span else (0, -1)

    def take_wanted(self, block: Block, wanted: _Ints) -> None:
        """Take in the nodes that are asked for by id, ascending, wherever they are."""
        for nodes in block.nodes():
            self._keep(block, nodes, is_in(nodes.ids, wanted))

    def positions(self) -> Positions:
        """Sort what has been taken in so far."""
        if self._sealed is None:
            self._sealed = _sort(self._parts, self._conflicting)
            sealed = self._sealed
            self._parts = [(sealed.ids, sealed.x, sealed.y, sealed.version)]
            self._conflicting = sealed.conflicting
        return self._sealed

    def marks(self) -> tuple[_Ints, _Ints, tuple[Tags, ...]]:
        """Return what nodes say of their own: ids, ascending, numbers of sets, and the sets.

        Of a node that stands several times the newest version speaks. If several of them differ,
        the set that is first in the alphabet does: the order of files never matters.
        """
        positions = self.positions()
        rows = np.concatenate((np.zeros((0, 3), dtype=np.int64), *self._marks))
        newest = positions.version[np.searchsorted(positions.ids, rows[:, 0])]
        rows = rows[newest == rows[:, 1]]
        sets = self._numbers.sets
        rank = np.empty(len(sets), dtype=np.int64)
        rank[sorted(range(len(sets)), key=sets.__getitem__)] = np.arange(len(sets))
        rows = rows[np.lexsort((rank[rows[:, 2]], rows[:, 0]))]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = rows[1:, 0] != rows[:-1, 0]
        return rows[first, 0], rows[first, 2], sets

    def _within(self, nodes: Nodes) -> NDArray[np.bool_]:
        if self.box is None:
            return np.ones(nodes.ids.size, dtype=np.bool_)
        west, south, east, north = self.box
        return (nodes.x >= west) & (nodes.x <= east) & (nodes.y >= south) & (nodes.y <= north)

    def _extend(self, nodes: Nodes) -> None:
        placed = on_globe(nodes.x, nodes.y)
        if not placed.any():
            return
        x, y = nodes.x[placed], nodes.y[placed]
        box = (int(x.min()), int(y.min()), int(x.max()), int(y.max()))
        old = self.extent or box
        lows = (min(old[0], box[0]), min(old[1], box[1]))
        self.extent = (*lows, max(old[2], box[2]), max(old[3], box[3]))

    def _keep(self, block: Block, nodes: Nodes, keep: NDArray[np.bool_]) -> None:
        if not keep.any():
            return
        # What does not fit is off the globe anyway.
        x, y, version = (
            np.clip(column[keep], _LEAST, _MOST).astype(np.int32)
            for column in (nodes.x, nodes.y, np.maximum(nodes.version, 0))
        )
        self._parts.append((nodes.ids[keep], x, y, version))
        self._sealed = None
        role = roles(block.strings, _ROLES) if nodes.tags.size else np.zeros(0, dtype=np.uint8)
        if (role == 2).any():  # noqa: PLR2004 - see _ROLES
            self._mark(block, nodes, block.tagged(nodes, role), keep)

    def _mark(self, block: Block, nodes: Nodes, tagged: Tagged, keep: NDArray[np.bool_]) -> None:
        tagged = tagged.only(keep[tagged.item])
        number = self._numbers.of(block, tagged)
        said = [has_a_say(dict(tags)) for tags in self._numbers.sets]
        speaks = np.array(said, dtype=np.bool_)[number]
        at = tagged.item[speaks]
        version = np.clip(nodes.version[at], 0, _MOST)
        self._marks.append(np.column_stack((nodes.ids[at], version, number[speaks])))


def on_globe(x: NDArray[np.integer], y: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell which coordinates, in whole 1e-7 degrees, are those of a place."""
    # No np.abs: the lowest number of 32 bits has no opposite.
    most_x, most_y = 180 * PER_DEGREE, 90 * PER_DEGREE
    return (x >= -most_x) & (x <= most_x) & (y >= -most_y) & (y <= most_y)


def has_a_say(tags: Mapping[str, str]) -> bool:
    """Tell whether a node with a barrier or highway tag says what a profile may ask for.

    Parameters
    ----------
    tags
        Of the node.
    """
    return bool(tags.get("barrier")) or tags.get("highway") not in _DULL


def _sort(parts: list[_Part], conflicting: _Ints) -> Positions:
    if not parts:
        none = np.zeros(0, dtype=np.int32)
        return Positions(_NONE, none, none, none, conflicting)
    ids, x, y, version = (np.concatenate(column) for column in zip(*parts, strict=True))
    if (ids[1:] > ids[:-1]).all():
        return Positions(ids, x, y, version, conflicting)
    order = np.lexsort((y, x, version, ids))
    ids, x, y, version = ids[order], x[order], y[order], version[order]
    again = ids[1:] == ids[:-1]
    moved = again & ((x[1:] != x[:-1]) | (y[1:] != y[:-1]))
    last = np.append(~again, True)
    conflicting = np.union1d(conflicting, ids[1:][moved])
    return Positions(ids[last], x[last], y[last], version[last], conflicting)
