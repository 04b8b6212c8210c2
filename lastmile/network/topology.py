"""Segments between OSM nodes → edges between junctions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

_TWO: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight pieces of road between nodes, which are numbered from 0."""

    start: NDArray[np.int32]
    """Shape (segments,)."""

    end: NDArray[np.int32]
    has_direction: NDArray[np.bool_]
    """Shape (segments,). Whether somebody may pass only from start to end."""

    kind: NDArray[np.int32]
    """Shape (segments,). Segments of different kind (speed, stopping) are not joined."""


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Each edge as the run of segments it is made of."""

    offsets: NDArray[np.int64]
    """Shape (edges + 1,)."""

    segment: NDArray[np.int64]
    """Shape (segments,). Every segment is in exactly one edge."""

    flipped: NDArray[np.bool_]
    """Shape (segments,). Whether the edge runs against the segment."""


def chain_segments(segments: Segments, is_break: NDArray[np.bool_]) -> Chains:
    """Join segments at nodes where nothing else meets.

    Two segments are joined where they alone meet, are of one kind, and can be passed in the same
    directions. A ring that meets nothing is cut at the node where its first segment starts.

    Parameters
    ----------
    segments
        Pieces of road; start and end differ.
    is_break
        Shape (nodes,). Nodes at which nothing is joined, because something happens there.
    """
    n_nodes = is_break.size
    ends = np.concatenate((segments.start, segments.end)).astype(np.int64)
    order = np.argsort(ends, kind="stable")
    n_segments = max(1, segments.start.size)
    adjacent = (order % n_segments).astype(np.int64)
    offsets = np.zeros(n_nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=n_nodes), out=offsets[1:])
    return Chains(
        *_chain(
            segments.start,
            segments.end,
            segments.has_direction,
            segments.kind,
            is_break,
            offsets,
            adjacent,
        )
    )


@njit(cache=True)
def _passes(
    node: int,
    end: NDArray[np.int32],
    one_way: NDArray[np.bool_],
    kind: NDArray[np.int32],
    offsets: NDArray[np.int64],
    adjacent: NDArray[np.int64],
) -> bool:
    """Whether an edge runs straight on through the node."""
    first = offsets[node]
    if offsets[node + 1] - first != _TWO:
        return False
    one, other = adjacent[first], adjacent[first + 1]
    if one == other or kind[one] != kind[other] or one_way[one] != one_way[other]:
        return False
    if one_way[one]:
        return bool((end[one] == node) != (end[other] == node))
    return True


@njit(cache=True)
def _chain(
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    one_way: NDArray[np.bool_],
    kind: NDArray[np.int32],
    is_break: NDArray[np.bool_],
    offsets: NDArray[np.int64],
    adjacent: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    n_nodes = offsets.size - 1
    n_segments = start.size
    passes = np.empty(n_nodes, dtype=np.bool_)
    for node in range(n_nodes):
        passes[node] = not is_break[node] and _passes(node, end, one_way, kind, offsets, adjacent)
    taken = np.zeros(n_segments, dtype=np.bool_)
    run = np.empty(n_segments, dtype=np.int64)
    flipped = np.empty(n_segments, dtype=np.bool_)
    edge_offsets = np.zeros(n_segments + 1, dtype=np.int64)
    n_edges = 0
    n_run = 0
    # Round 0 starts from junctions and dead ends; round 1 cuts the rings that are left.
    for ring in range(2):
        for node in range(n_nodes):
            if passes[node] and ring == 0:
                continue
            for k in range(offsets[node], offsets[node + 1]):
                segment = adjacent[k]
                if taken[segment] or (one_way[segment] and start[segment] != node):
                    continue
                at = node
                while True:
                    taken[segment] = True
                    run[n_run] = segment
                    flipped[n_run] = start[segment] != at
                    at = start[segment] if flipped[n_run] else end[segment]
                    n_run += 1
                    if at == node or not passes[at]:
                        break
                    one = adjacent[offsets[at]]
                    segment = adjacent[offsets[at] + 1] if one == segment else one
                n_edges += 1
                edge_offsets[n_edges] = n_run
    return edge_offsets[: n_edges + 1].copy(), run, flipped
