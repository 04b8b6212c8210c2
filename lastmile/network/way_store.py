"""Roads as raw as files hold them, kept for an area while the blocks of files stream by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.pbf_blocks import Block, Ways
from lastmile.network.pbf_kernels import any_in
from lastmile.network.roads import WAY_KEYS
from lastmile.network.tag_numbers import TagNumbers, Tags, roles, text

_Ints = NDArray[np.int64]

_ROLES: Final[Mapping[bytes, int]] = {
    **{key.encode(): 1 for key in WAY_KEYS},
    b"name": 2,
    b"highway": 3,
    b"route": 4,
}


@dataclass(frozen=True, slots=True, eq=False)
class RawWays:
    """Roads and ferries with the ids of their nodes; some may stand twice."""

    ids: _Ints
    version: _Ints
    """Shape (ways,). 0 where the file does not say."""

    tag_set: _Ints
    """Shape (ways,). Position in ``tag_sets``."""

    tag_sets: tuple[Tags, ...]
    names: NDArray[np.object_]
    ref_offsets: _Ints
    """Shape (ways + 1,)."""

    refs: _Ints
    """Shape (node references,)."""

    def only(self, chosen: _Ints) -> RawWays:
        """Return some of the ways, in the order in which they are named."""
        sizes = np.diff(self.ref_offsets)[chosen]
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        moved = np.repeat(self.ref_offsets[:-1][chosen] - offsets[:-1], sizes)
        return RawWays(
            ids=self.ids[chosen],
            version=self.version[chosen],
            tag_set=self.tag_set[chosen],
            tag_sets=self.tag_sets,
            names=self.names[chosen],
            ref_offsets=offsets,
            refs=self.refs[np.arange(offsets[-1]) + moved],
        )


@dataclass(slots=True)
class WayStore:
    """Grows while blocks stream by."""

    n_seen: int = 0
    """Roads that went by, kept or not."""

    _parts: list[RawWays] = field(default_factory=list)
    _numbers: TagNumbers = field(default_factory=TagNumbers)

    def take(self, block: Block, known: _Ints | None) -> None:
        """Take in the roads of a block.

        Parameters
        ----------
        block
            Where they are.
        known
            Ids of nodes, ascending: roads with none of them are left out. None to keep all.
        """
        role = roles(block.strings, _ROLES)
        is_ferry = np.array([string == b"ferry" for string in block.strings], dtype=np.bool_)
        for ways in block.ways(role, is_ferry):
            self.n_seen += ways.ids.size
            keep = np.arange(ways.ids.size)
            if known is not None:
                keep = np.flatnonzero(any_in(ways.refs, ways.ref_offsets, known))
            if keep.size:
                self._parts.append(self._kept(block, ways, keep))

    def ways(self) -> RawWays:
        """Join what has been taken in."""
        parts = self._parts
        none = np.zeros(0, dtype=np.int64)
        sizes = np.concatenate((none, *(np.diff(part.ref_offsets) for part in parts)))
        return RawWays(
            ids=np.concatenate((none, *(part.ids for part in parts))),
            version=np.concatenate((none, *(part.version for part in parts))),
            tag_set=np.concatenate((none, *(part.tag_set for part in parts))),
            tag_sets=self._numbers.sets,
            names=np.concatenate((np.zeros(0, dtype=object), *(part.names for part in parts))),
            ref_offsets=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
            refs=np.concatenate((none, *(part.refs for part in parts))),
        )

    def _kept(self, block: Block, ways: Ways, keep: _Ints) -> RawWays:
        strings, which = np.unique(ways.name, return_inverse=True)
        names = np.array([text(block, k) if k else "" for k in strings.tolist()], dtype=object)
        raw = RawWays(
            ids=ways.ids,
            version=np.maximum(ways.version, 0),
            tag_set=np.zeros(ways.ids.size, dtype=np.int64),
            tag_sets=(),
            names=names[which],
            ref_offsets=ways.ref_offsets,
            refs=ways.refs,
        ).only(keep)
        return replace(raw, tag_set=self._numbers.of(block, ways.tags.only(keep)))
