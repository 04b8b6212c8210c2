"""Parts of edges between a position and the edge's ends, in time and length.

A cost here is one integer that holds both: time in the upper bits, length in the lower 32. Such
costs add like numbers and compare by time first and length second, so that one search finds the
shortest of the fastest paths, and equal inputs give equal answers.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lastmile.network.approach import approaches
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

    before: NDArray[np.int64]
    """Shape (positions,). Cost of the piece from the edge's start, whoever may drive it."""

    enter_start: NDArray[np.int32]
    """Shape (positions,). State from which the edge is entered at its start."""

    enter_end: NDArray[np.int32]
    """State from which it is entered at its end."""

    leave_start: NDArray[np.int32]
    """State in which its start is reached along it."""

    leave_end: NDArray[np.int32]
    """State in which its end is reached along it."""

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
        return Ends(edge, nothing, zeros, zeros, zeros, zeros, nothing, nothing, nothing, nothing)
    length_mm, time_ms = network.length_mm[edge], network.time_ms[edge]
    offset_mm = places.offset_mm
    # Half up: (2ot + l) // 2l; an edge without length is passed at its start.
    before_ms = (2 * offset_mm * time_ms + length_mm) // np.maximum(1, 2 * length_mm)
    first = pack(before_ms, offset_mm)
    second = pack(time_ms - before_ms, length_mm - offset_mm)
    closed = edge < 0
    no_return = network.one_way[edge]
    search = network.search
    # A position on a vertex is at that vertex, even where its edge is one-way; but where turning
    # is ruled there, it is on its edge, and -1 says that the edge cannot be travelled that way.
    states = (search.enter_start, search.enter_end, search.leave_start, search.leave_end)
    along, against = _approaches(network, places, edge)
    shut = (
        closed | ~along,
        closed | ~against | (no_return & (second > 0)),
        closed | ~against | (no_return & (first > 0)),
        closed | ~along,
    )
    costs = (first, second, first, second)
    joined = [state[edge] for state in states]
    missing = [no | (state < 0) for no, state in zip(shut, joined, strict=True)]
    from_start, from_end, to_start, to_end = (
        np.where(no, NO_PATH, cost) for no, cost in zip(missing, costs, strict=True)
    )
    enter_start, enter_end, leave_start, leave_end = (
        np.where(no, 0, state).astype(np.int32) for no, state in zip(missing, joined, strict=True)
    )
    return Ends(
        edge=edge,
        before=first,
        enter_start=enter_start,
        enter_end=enter_end,
        leave_start=leave_start,
        leave_end=leave_end,
        from_start=from_start,
        to_end=to_end,
        to_start=to_start,
        from_end=from_end,
    )


def backwards(ends: Ends) -> Ends:
    """Return how positions are joined to their edges' ends by those who drive backwards in time.

    Parameters
    ----------
    ends
        All positions.
    """
    return Ends(
        edge=ends.edge,
        before=ends.before,
        enter_start=ends.leave_start,
        enter_end=ends.leave_end,
        leave_start=ends.enter_start,
        leave_end=ends.enter_end,
        from_start=ends.to_start,
        to_end=ends.from_end,
        to_start=ends.from_start,
        from_end=ends.to_end,
    )


def _approaches(
    network: Network, places: Snaps, edge: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell whether each position is visited by those who go along its edge, and against it."""
    own_side = network.own_side[edge] & ~network.one_way[edge]
    return approaches(places.side, own_side, network.profile.drives_on)
