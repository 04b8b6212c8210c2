"""``.osm.pbf`` files → the roads of an area and their nodes, in as few passes as it takes.

Memory is in proportion to the area, not to the files. While the files stream by, nodes are kept
only within the area and a margin around it; of the ways that come after them, only those with such
a node. What these ways have outside the margin is fetched afterwards, from those blocks alone whose
ids may hold it. Several files are one: the nodes of all are read before the ways of any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.node_store import PER_DEGREE, Box, NodeStore
from lastmile.network.pbf import Blob, Pbf
from lastmile.network.pbf_blocks import Block
from lastmile.network.pbf_kernels import is_in
from lastmile.network.rule_store import RuleStore
from lastmile.network.way_store import RawWays, WayStore

MARGIN: Final = round(0.05 * PER_DEGREE)
"""How far around the area nodes are kept from the start: some 5 km. A road none of whose nodes
comes that near is left out even if its box meets the area, as that of a far ring road does."""

Told = Callable[[float, int], None]
"""Receives the share that has been read, and how many roads were seen."""

_Spot = tuple[int, Blob]
"""A block, and the file that it is in."""


class BrokenBlockError(ValueError):
    """A file is cut off or damaged."""

    def __init__(self, file: int, reason: Exception) -> None:
        super().__init__(str(reason))
        self.file = file
        """Position among the files."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What files hold of an area."""

    nodes: NodeStore
    ways: RawWays
    """Roads with a node within the margin; some may stand twice."""

    rules: RuleStore
    n_seen: int
    """Roads in the files, here or elsewhere."""


def gather(files: Sequence[Pbf], box: Box | None, told: Told) -> Gathered:
    """Read the roads of an area.

    Parameters
    ----------
    files
        Extracts; parts of one road and its nodes may stand in different ones.
    box
        The area; None for everything.
    told
        Told how far it is.

    Raises
    ------
    BrokenBlockError
        If a file is broken.
    """
    sweep = _Sweep(files, None if box is None else _widened(box))
    total = max(1, sum(file.n_bytes for file in files))
    before = 0
    for k, file in enumerate(files):
        with _naming(k):
            for blob, data in file.unpacked(file.blobs()):
                sweep.take((k, blob), Block(data))
                told((before + blob.offset + blob.n_bytes) / total, sweep.ways.n_seen)
        before += file.n_bytes
    ways = sweep.finish()
    return Gathered(sweep.nodes, ways, sweep.rules, sweep.ways.n_seen)


class _Sweep:
    """One pass over the files, and what must be read again after it.

    Ways are taken as they come where a single file holds nodes, ways and relations in this order,
    as nearly all do. Else they are taken afterwards, when all nodes are known.
    """

    def __init__(self, files: Sequence[Pbf], box: Box | None) -> None:
        self.nodes, self.ways, self.rules = NodeStore(box), WayStore(), RuleStore()
        self._files = files
        self._is_straight = len(files) == 1
        self._node_spots: list[_Spot] = []
        self._node_ids: list[tuple[int, int]] = []
        """Lowest and highest id at each spot."""

        self._way_spots: list[_Spot] = []
        self._rule_spots: list[_Spot] = []
        self._way_ids: NDArray[np.int64] | None = None

    def take(self, spot: _Spot, block: Block) -> None:
        """Take in a block as it streams by."""
        if block.has_nodes:
            self._is_straight &= not self._way_spots
            self._node_spots.append(spot)
            self._node_ids.append(self.nodes.take(block))
        if block.has_ways:
            self._is_straight &= not self._rule_spots
            self._way_spots.append(spot)
            if self._is_straight:
                self.ways.take(block, self._known())
        if block.has_relations:
            self._rule_spots.append(spot)
            if self._is_straight:
                self.rules.take(block, self._ids_of_ways())

    def finish(self) -> RawWays:
        """Read again what could not be taken, and the nodes that are still missing."""
        if not self._is_straight:
            self.ways, self.rules = WayStore(), RuleStore()
            self._way_ids = None
            known = self._known()
            self._each(self._way_spots, lambda block: self.ways.take(block, known))
            way_ids = self._ids_of_ways()
            self._each(self._rule_spots, lambda block: self.rules.take(block, way_ids))
        ways = self.ways.ways()
        if self.nodes.box is not None:
            self._fetch(np.unique(ways.refs))
        return ways

    def _fetch(self, refs: NDArray[np.int64]) -> None:
        missing = refs[~is_in(refs, self.nodes.positions().ids)]
        if not missing.size:
            return
        spans = np.array(self._node_ids, dtype=np.int64).reshape(-1, 2)
        first = np.searchsorted(missing, spans[:, 0], side="left")
        last = np.searchsorted(missing, spans[:, 1], side="right")
        spots = [self._node_spots[k] for k in np.flatnonzero(first < last).tolist()]
        self._each(spots, lambda block: self.nodes.take_wanted(block, missing))

    def _each(self, spots: Sequence[_Spot], take: Callable[[Block], None]) -> None:
        """Read some blocks again."""
        for file, group in groupby(spots, key=lambda spot: spot[0]):
            with _naming(file):
                for _, data in self._files[file].unpacked(blob for _, blob in group):
                    take(Block(data))

    def _known(self) -> NDArray[np.int64] | None:
        """Ids of the nodes of the area; None where everything is wanted."""
        return None if self.nodes.box is None else self.nodes.positions().ids

    def _ids_of_ways(self) -> NDArray[np.int64]:
        if self._way_ids is None:
            self._way_ids = np.unique(self.ways.ways().ids)
        return self._way_ids


@contextmanager
def _naming(file: int) -> Iterator[None]:
    """Say which file is broken."""
    try:
        yield
    except (ValueError, IndexError, OSError) as error:
        raise BrokenBlockError(file, error) from error


def _widened(box: Box) -> Box:
    west, south, east, north = box
    return west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN
