"""The nodes of a file as arrays, a block at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray

from lastmile.extracts.box import PER_DEGREE
from lastmile.extracts.sources import Source

NODES_A_BLOCK: Final = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class NodeBlock:
    """Some nodes, in the order of the file."""

    ids: NDArray[np.int64]
    """Shape (nodes,)."""

    x: NDArray[np.int64]
    """Shape (nodes,). Longitude in whole 1e-7 degrees."""

    y: NDArray[np.int64]
    """Shape (nodes,). Latitude."""

    def on_globe(self) -> NDArray[np.bool_]:
        """Shape (nodes,). Whether the node has a position, and one that exists."""
        return (np.abs(self.x) <= 180 * PER_DEGREE) & (np.abs(self.y) <= 90 * PER_DEGREE)


def node_blocks(source: Source) -> Iterator[NodeBlock]:
    """Read all nodes of a file."""
    ids, xs, ys = array("q"), array("q"), array("q")
    for node in source.objects(osmium.osm.NODE):
        place = node.location
        ids.append(node.id)
        xs.append(place.x)
        ys.append(place.y)
        if len(ids) == NODES_A_BLOCK:
            yield _block(ids, xs, ys)
            ids, xs, ys = array("q"), array("q"), array("q")
    if ids:
        yield _block(ids, xs, ys)


def _block(ids: array[int], xs: array[int], ys: array[int]) -> NodeBlock:
    return NodeBlock(*(np.frombuffer(column, dtype=np.int64) for column in (ids, xs, ys)))
