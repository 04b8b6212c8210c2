"""On which sides of a box the nodes of a file lie, without keeping the nodes.

A way's own box meets the area's exactly when no side of the area has all its nodes beyond it: one
bit for each side, and a way's codes have no bit in common. (Cohen and Sutherland's test of a line,
taken to many points.) So four bits a node decide, and neighbours in a file are neighbours on
the ground, so that their codes stand in long runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from lastmile.extracts.blocks import NodeBlock
from lastmile.extracts.box import Box

UNKNOWN: Final = 15
"""Code of a node that is not there: as if beyond all sides, it never keeps a way."""


class Codes(Protocol):
    """Tells the codes of nodes by their ids."""

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Codes of nodes; ``UNKNOWN`` where there is no such node.

        Parameters
        ----------
        ids
            Shape (nodes,).
        """

    def inside(self) -> NDArray[np.int64]:
        """Shape (nodes inside the box,). Their ids, ascending."""


def codes_in(block: NodeBlock, box: Box) -> NDArray[np.uint8]:
    """Shape (nodes,). A bit for each of west, east, south and north beyond which a node lies."""
    west, south, east, north = box.whole()
    codes = (
        (block.x < west) * 1 + (block.x > east) * 2 + (block.y < south) * 4 + (block.y > north) * 8
    )
    return np.where(block.on_globe(), codes, UNKNOWN).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class ExactCodes:
    """One code for each node: 9 bytes."""

    ids: NDArray[np.int64]
    """Shape (nodes,). Ascending."""

    codes: NDArray[np.uint8]
    """Shape (nodes,)."""

    @classmethod
    def read(cls, blocks: Iterable[NodeBlock], box: Box) -> ExactCodes:
        """Take all nodes in, in any order; nodes with ids below 1 are left out."""
        ids, codes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint8)]
        for block in blocks:
            ids.append(block.ids)
            codes.append(codes_in(block, box))
        every, sides = np.concatenate(ids), np.concatenate(codes)
        order = np.argsort(every, kind="stable")
        order = order[every[order] > 0]
        return cls(every[order], sides[order])

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.uint8]:
        """See :class:`Codes`."""
        if not self.ids.size:
            return np.full(ids.size, UNKNOWN, dtype=np.uint8)
        at = np.minimum(np.searchsorted(self.ids, ids), self.ids.size - 1)
        found: NDArray[np.uint8] = np.where(self.ids[at] == ids, self.codes[at], UNKNOWN)
        return found.astype(np.uint8)

    def inside(self) -> NDArray[np.int64]:
        """See :class:`Codes`."""
        within: NDArray[np.int64] = self.ids[self.codes == 0]
        return within


@dataclass(frozen=True, slots=True, eq=False)
class RunCodes:
    """One code for each run of nodes that follow each other: for files whose ids ascend.

    An id that is missing inside a run is taken for one of the run, so that a way may seem to
    meet the box that does not; never the other way round.
    """

    first: NDArray[np.int64]
    """Shape (runs,). Ascending ids."""

    last: NDArray[np.int64]
    """Shape (runs,)."""

    codes: NDArray[np.uint8]
    """Shape (runs,)."""

    within: NDArray[np.int64]
    """Shape (nodes inside the box,). Ids, ascending."""

    @classmethod
    def read(cls, blocks: Iterable[NodeBlock], box: Box) -> RunCodes | None:
        """Take all nodes in; None as soon as their ids do not ascend from 1."""
        first, last = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        codes, within = [np.zeros(0, dtype=np.uint8)], [np.zeros(0, dtype=np.int64)]
        before = 0
        for block in blocks:
            if block.ids[0] <= before or (np.diff(block.ids) <= 0).any():
                return None
            before = int(block.ids[-1])
            sides = codes_in(block, box)
            starts = np.concatenate(([0], np.flatnonzero(np.diff(sides)) + 1))
            ends = np.concatenate((starts[1:], [sides.size])) - 1
            first.append(block.ids[starts])
            last.append(block.ids[ends])
            codes.append(sides[starts])
            within.append(block.ids[sides == 0])
        return cls(
            np.concatenate(first),
            np.concatenate(last),
            np.concatenate(codes),
            np.concatenate(within),
        )

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.uint8]:
        """See :class:`Codes`."""
        if not self.first.size:
            return np.full(ids.size, UNKNOWN, dtype=np.uint8)
        at = np.maximum(np.searchsorted(self.first, ids, side="right") - 1, 0)
        hit = (self.first[at] <= ids) & (ids <= self.last[at])
        return np.where(hit, self.codes[at], UNKNOWN).astype(np.uint8)

    def inside(self) -> NDArray[np.int64]:
        """See :class:`Codes`."""
        return self.within


@dataclass(frozen=True, slots=True, eq=False)
class AllCodes:
    """Several files seen as one; where they differ on a node, every way it may keep is kept."""

    parts: Sequence[Codes]

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.uint8]:
        """See :class:`Codes`."""
        codes = np.full(ids.size, UNKNOWN, dtype=np.uint8)
        for part in self.parts:
            codes &= part.of(ids)
        return codes

    def inside(self) -> NDArray[np.int64]:
        """See :class:`Codes`."""
        ids = [part.inside() for part in self.parts]
        return np.unique(np.concatenate(ids)) if ids else np.zeros(0, dtype=np.int64)
