"""Tags of a block's things → numbers of distinct sets of tags, shared over all blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lastmile.network.pbf_blocks import Block, Tagged

Tags = tuple[tuple[str, str], ...]
"""Keys and values, in the order of the alphabet."""


@dataclass(slots=True)
class TagNumbers:
    """Numbers sets of tags in order of first sight: most ways of a city share few."""

    numbers: dict[Tags, int] = field(default_factory=dict)

    @property
    def sets(self) -> tuple[Tags, ...]:
        """The sets, by number."""
        return tuple(self.numbers)

    def of(self, block: Block, tagged: Tagged) -> NDArray[np.int64]:
        """Give numbers to the sets of a block's things.

        Parameters
        ----------
        block
            Whose strings these are.
        tagged
            The things.

        Returns
        -------
        ndarray
            Shape (things,).
        """
        pairs, which = np.unique(
            tagged.key * len(block.strings) + tagged.value, return_inverse=True
        )
        spelt = self._spelt(block, pairs)
        numbers, bounds = which.tolist(), tagged.offsets.tolist()
        seen: dict[tuple[int, ...], int] = {}
        chosen = np.empty(tagged.item.size, dtype=np.int64)
        for k in range(chosen.size):
            code = tuple(numbers[bounds[k] : bounds[k + 1]])
            number = seen.get(code)
            if number is None:
                tags = tuple(sorted(spelt[c] for c in code))
                number = seen[code] = self.numbers.setdefault(tags, len(self.numbers))
            chosen[k] = number
        return chosen

    @staticmethod
    def _spelt(block: Block, pairs: NDArray[np.int64]) -> list[tuple[str, str]]:
        n = max(1, len(block.strings))
        return [(text(block, int(code) // n), text(block, int(code) % n)) for code in pairs]


def text(block: Block, string: int) -> str:
    """Return a string of a block; what is no UTF-8 in it is replaced."""
    if not 0 <= string < len(block.strings):
        raise ValueError("tags that the block's strings do not hold")
    return block.strings[string].decode("utf-8", errors="replace")


def roles(strings: Sequence[bytes], table: Mapping[bytes, int]) -> NDArray[np.uint8]:
    """Look up the role of every string of a block; 0 for those that have none."""
    return np.array([table.get(string, 0) for string in strings], dtype=np.uint8)
