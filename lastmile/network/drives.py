"""Which pieces of edges are driven on the way from one position to another, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.fastest import CostSteps, cost_steps
from lastmile.network.hierarchy_cache import network_hierarchy
from lastmile.network.model import Network
from lastmile.network.pieces import LENGTH_BITS, NO_PATH, ends_of
from lastmile.network.snapping import Snaps
from lastmile.network.unpacking import Paths, hierarchy_paths

_NO_PATH: Final = NO_PATH
_LENGTH_BITS: Final = LENGTH_BITS
_LENGTH_MASK: Final = 2**LENGTH_BITS - 1


class Drives(NamedTuple):
    """Pieces of edges in the order in which they are driven.

    Drive ``d`` has those at ``offsets[d]:offsets[d + 1]``. Pieces that take neither time nor length
    are left out. Access legs are not driven.
    """

    source: NDArray[np.int64]
    """Shape (drives,). Position in which each begins."""

    target: NDArray[np.int64]
    """Shape (drives,)."""

    cost: NDArray[np.int64]
    """Shape (drives,). Time and length as one number; NO_PATH where there is no path."""

    offsets: NDArray[np.int64]
    """Shape (drives + 1,)."""

    edge: NDArray[np.int32]
    """Shape (pieces,)."""

    forward: NDArray[np.bool_]
    """Shape (pieces,). Whether the edge is driven in the sense of its shape."""

    from_mm: NDArray[np.int64]
    """Shape (pieces,). Where on the edge the piece begins, from the edge's start."""

    to_mm: NDArray[np.int64]
    """Shape (pieces,). Where it ends."""

    begin_ms: NDArray[np.int64]
    """Shape (pieces,). Time since the drive began, turns included."""

    end_ms: NDArray[np.int64]
    """Shape (pieces,)."""

    begin_mm: NDArray[np.int64]
    """Shape (pieces,). Length since the drive began."""


class _Ground(NamedTuple):
    """What of a network tells which way an edge is driven."""

    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    length_mm: NDArray[np.int64]
    vertex: NDArray[np.int32]
    """Shape (states,)."""

    enter_start: NDArray[np.int32]
    enter_end: NDArray[np.int32]
    leave_start: NDArray[np.int32]
    leave_end: NDArray[np.int32]


class _Ends(NamedTuple):
    """Positions, and what their pieces of edges cost."""

    edge: NDArray[np.int32]
    offset_mm: NDArray[np.int64]
    to_start: NDArray[np.int64]
    to_end: NDArray[np.int64]
    from_start: NDArray[np.int64]
    from_end: NDArray[np.int64]


def drive(
    network: Network,
    positions: Snaps,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    cache: Path | None,
) -> Drives:
    """Find the fastest drives between pairs of positions, the shortest among equally fast ones.

    Of several that are equal in both, the same is taken whatever else is asked for.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    source, target
        Shape (drives,). Pairs of positions.
    cache
        Folder of kept hierarchies; None for the machine's own.
    """
    ends = ends_of(network, positions)
    apart = np.flatnonzero((source != target) & (ends.edge[source] >= 0) & (ends.edge[target] >= 0))
    pairs = source[apart], target[apart]
    steps = cost_steps(network)
    # However few they are: of equal paths Dijkstra would take another than the hierarchy does.
    paths = hierarchy_paths(network_hierarchy(network, cache), ends, *pairs)
    search = network.search
    ground = _Ground(
        network.edge_from,
        network.edge_to,
        network.length_mm,
        search.vertex,
        search.enter_start,
        search.enter_end,
        search.leave_start,
        search.leave_end,
    )
    joined = _Ends(
        ends.edge, positions.offset_mm, ends.to_start, ends.to_end, ends.from_start, ends.from_end
    )
    assembled = _assemble(ground, joined, steps, paths, *pairs)
    cost = np.where(source == target, 0, NO_PATH)
    cost[apart] = paths.cost
    offsets = np.zeros(source.size + 1, dtype=np.int64)
    offsets[1 + apart] = assembled[0]
    return Drives(source, target, cost, np.cumsum(offsets), *assembled[1:])


_Assembled = tuple[
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.bool_],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]


@njit(cache=True, nogil=True)
def _assemble(
    ground: _Ground,
    ends: _Ends,
    steps: CostSteps,
    paths: Paths,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
) -> _Assembled:
    """Numbers of pieces, and the pieces, of paths between positions."""
    n_paths = source.size
    most = paths.steps.size + 2 * n_paths
    edge, forward = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.bool_)
    from_mm, to_mm = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    begin, end = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    sizes = np.zeros(n_paths, dtype=np.int64)
    n = 0
    for path in range(n_paths):
        if paths.cost[path] >= _NO_PATH:
            continue
        one, other = source[path], target[path]
        first = n
        so_far = 0
        last_mm = ends.offset_mm[other]
        if paths.direct[path]:
            edge[n], forward[n] = ends.edge[one], last_mm >= ends.offset_mm[one]
            from_mm[n], to_mm[n] = ends.offset_mm[one], last_mm
            begin[n], end[n] = 0, paths.cost[path]
            sizes[path] = paths.cost[path] > 0
            n += sizes[path]
            continue
        edge_of, by_end = ends.edge[one], paths.leaves_by_end[path]
        whole_mm = ground.length_mm[edge_of]
        edge[n], forward[n] = edge_of, by_end
        from_mm[n], to_mm[n] = ends.offset_mm[one], whole_mm if by_end else 0
        begin[n], end[n] = 0, ends.to_end[one] if by_end else ends.to_start[one]
        so_far = end[n]
        n += so_far > 0
        tail = ground.leave_end[edge_of] if by_end else ground.leave_start[edge_of]
        for k in range(paths.offsets[path], paths.offsets[path + 1]):
            step = paths.steps[k]
            along = steps.edge[step]
            if along >= 0:  # and not a turn
                ahead = _goes_forward(ground, along, tail, steps.head[step])
                edge[n], forward[n] = along, ahead
                from_mm[n] = 0 if ahead else ground.length_mm[along]
                to_mm[n] = ground.length_mm[along] - from_mm[n]
                begin[n], end[n] = so_far, so_far + steps.cost[step]
                n += 1
            so_far += steps.cost[step]
            tail = steps.head[step]
        by_end = paths.enters_by_end[path]
        edge[n], forward[n] = ends.edge[other], not by_end
        from_mm[n], to_mm[n] = ground.length_mm[ends.edge[other]] if by_end else 0, last_mm
        begin[n] = so_far
        end[n] = so_far + (ends.from_end[other] if by_end else ends.from_start[other])
        n += end[n] > begin[n]
        sizes[path] = n - first
    return (
        sizes,
        edge[:n].copy(),
        forward[:n].copy(),
        from_mm[:n].copy(),
        to_mm[:n].copy(),
        begin[:n] >> _LENGTH_BITS,
        end[:n] >> _LENGTH_BITS,
        begin[:n] & _LENGTH_MASK,
    )


@njit(cache=True, nogil=True)
def _goes_forward(ground: _Ground, edge: int, tail: int, head: int) -> bool:
    """Tell whether a step between two states drives its edge in the sense of its shape."""
    if ground.edge_from[edge] != ground.edge_to[edge]:
        return bool(ground.vertex[head] == ground.edge_to[edge])
    # Who drives round a ring comes into another state than who drives round it backwards, or out
    # of another: else nothing is ruled there, and driving round would be a detour.
    enters_back = tail == ground.enter_end[edge] and tail != ground.enter_start[edge]
    leaves_back = head == ground.leave_start[edge] and head != ground.leave_end[edge]
    return not (enters_back or leaves_back)
