"""Parts of edges between a position and the edge's ends, in time and length.

A cost here is one integer that holds both: time in the upper bits, length in the lower 32. Such
costs add like numbers and compare by time first and length second, so that one search finds the
shortest of the fastest paths, and equal inputs give equal answers.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lastmile.network.model import Network
from lastmile.network.snapping import Snaps

LENGTH_BITS: Final = 32
"""Paths up to 4,294 km and six days."""

NO_PATH: Final = 2**61
"""More than any cost; two of them still fit in int64."""

_MASK: Final = 2**LENGTH_BITS - 1


def pack(time_ms: NDArray[np.int64], length_mm: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join times and lengths into costs."""
    return (time_ms.astype(np.int64) << LENGTH_BITS) | length_mm


def unpack(cost: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split costs into times and lengths."""
    return cost >> LENGTH_BITS, cost & _MASK


class Ends(NamedTuple):
    """How positions are joined to the ends of their edges; costs are NO_PATH where forbidden."""

    edge: NDArray[np.int32]
    """Shape (positions,). -1 for places off the network."""

    start: NDArray[np.int32]
    """Shape (positions,). Vertex at the edge's start."""

    end: NDArray[np.int32]
    from_start: NDArray[np.int64]
    """Cost from the edge's start to the position."""

    to_end: NDArray[np.int64]
    to_start: NDArray[np.int64]
    """NO_PATH on a one-way edge, but for positions on its vertex."""

    from_end: NDArray[np.int64]
    """NO_PATH on a one-way edge, but for positions on its vertex."""


def ends_of(network: Network, places: Snaps) -> Ends:
    """Work out how each position is joined to its edge's ends.

    The two parts of an edge add up exactly to the whole, in time and in length.

    Parameters
    ----------
    network
        The network of the positions.
    places
        Positions.
    """
    edge = np.where(places.on_network, places.edge, -1).astype(np.int32)
    if not network.n_edges:
        nothing = np.full(edge.size, NO_PATH, dtype=np.int64)
        zeros = np.zeros(edge.size, dtype=np.int32)
        return Ends(edge, zeros, zeros, nothing, nothing, nothing, nothing)
    length_mm, time_ms = network.length_mm[edge], network.time_ms[edge]
    offset_mm = places.offset_mm
    # Half up: (2ot + l) // 2l; an edge without length is passed at its start.
    before_ms = (2 * offset_mm * time_ms + length_mm) // np.maximum(1, 2 * length_mm)
    first = pack(before_ms, offset_mm)
    second = pack(time_ms - before_ms, length_mm - offset_mm)
    closed = edge < 0
    no_return = network.one_way[edge]
    return Ends(
        edge=edge,
        start=network.edge_from[edge],
        end=network.edge_to[edge],
        from_start=np.where(closed, NO_PATH, first),
        to_end=np.where(closed, NO_PATH, second),
        # A position on a vertex is at that vertex, even where its edge is one-way.
        to_start=np.where(closed | (no_return & (first > 0)), NO_PATH, first),
        from_end=np.where(closed | (no_return & (second > 0)), NO_PATH, second),
    )
