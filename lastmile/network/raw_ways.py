"""Roads as raw as files hold them: ids of nodes, without their places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Ints = NDArray[np.int64]

Tags = tuple[tuple[str, str], ...]
"""Keys and values, in the order of the alphabet."""


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
