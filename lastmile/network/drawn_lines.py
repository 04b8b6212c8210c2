"""Lines that come from no OpenStreetMap file, as raw ways with places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.boxes import PER_DEGREE, on_globe
from lastmile.network.placing import Placed
from lastmile.network.raw_ways import RawWays
from lastmile.network.roads import WAY_KEYS, shared_sets

_Ints = NDArray[np.int64]
_NOWHERE: Final = 400.0


@dataclass(frozen=True, slots=True)
class Line:
    """A way as drawn: nodes that several share join them."""

    way_id: int
    nodes: Sequence[int]
    x: Sequence[int]
    """Of each node, in whole 1e-7 degrees, WGS84."""

    y: Sequence[int]
    tags: Mapping[str, str]
    """Keys that no profile asks for are left out later."""

    name: str = ""


def placed_lines(lines: Sequence[Line]) -> Placed:
    """Put lines into arrays, by the ids of their ways; lines of one way stay in order.

    Parameters
    ----------
    lines
        In any order.
    """
    lines = sorted(lines, key=lambda line: line.way_id)
    x = np.array([value for line in lines for value in line.x], dtype=np.int64)
    y = np.array([value for line in lines for value in line.y], dtype=np.int64)
    tag_set, tag_sets = shared_sets(
        {key: value for key, value in line.tags.items() if key in WAY_KEYS} for line in lines
    )
    sizes = np.array([len(line.nodes) for line in lines], dtype=np.int64)
    ways = RawWays(
        ids=np.array([line.way_id for line in lines], dtype=np.int64),
        version=np.zeros(len(lines), dtype=np.int64),
        tag_set=tag_set.astype(np.int64),
        tag_sets=tuple(tuple(tags.items()) for tags in tag_sets),
        names=np.array([line.name for line in lines], dtype=object),
        ref_offsets=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        refs=np.array([node for line in lines for node in line.nodes], dtype=np.int64),
    )
    is_known = on_globe(x, y)
    return Placed(ways, x, y, is_known, ~is_known)


def whole_degrees(degrees: NDArray[np.float64]) -> _Ints:
    """Round coordinates to whole 1e-7 degrees; what is no number, or far off, becomes no place.

    Parameters
    ----------
    degrees
        Any shape.
    """
    sound = np.where(np.isfinite(degrees), degrees, _NOWHERE)
    whole: _Ints = np.rint(np.clip(sound, -_NOWHERE, _NOWHERE) * PER_DEGREE).astype(np.int64)
    return whole
