"""Whether two positions that lie close together are far apart along the roads."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.gaps import EndGaps
from lastmile.network.heap import pop_packed, push_packed
from lastmile.network.model import Network

_LEAST_DETOUR_MM: Final = 500_000
_LEAST_FACTOR: Final = 10
_LONGEST_MM: Final = 2**31 - 1


def is_far_along(network: Network, gaps: EndGaps) -> NDArray[np.bool_]:
    """Tell which gaps are over 500 m, and over ten times their width, along the roads.

    One-ways are ignored: what is asked is whether a road is missing.

    Parameters
    ----------
    network
        Any network.
    gaps
        Dead ends and positions on their own part.
    """
    limit_mm = np.maximum(_LEAST_DETOUR_MM, _LEAST_FACTOR * gaps.gap_mm)
    if limit_mm.max(initial=0) > _LONGEST_MM:
        raise ValueError("a gap over 214 km")
    offsets, head, length_mm = _both_ways(network)
    before_mm = gaps.to_offset_mm
    return _beyond(
        *(offsets, head, length_mm, gaps.vertex, limit_mm),
        *(network.edge_from[gaps.to_edge], network.edge_to[gaps.to_edge]),
        *(before_mm, network.length_mm[gaps.to_edge] - before_mm),
    )


def _both_ways(
    network: Network,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    tail = np.concatenate((network.edge_from, network.edge_to))
    order = np.argsort(tail, kind="stable")
    offsets = np.zeros(network.n_vertices + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=network.n_vertices), out=offsets[1:])
    head = np.concatenate((network.edge_to, network.edge_from))[order]
    return offsets, head, np.concatenate((network.length_mm, network.length_mm))[order]


@njit(cache=True, nogil=True)
def _beyond(  # noqa: PLR0913, PLR0917 - numba takes arrays, not dataclasses
    offsets: NDArray[np.int64],
    head: NDArray[np.int32],
    length_mm: NDArray[np.int64],
    source: NDArray[np.int64],
    limit_mm: NDArray[np.int64],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    start_mm: NDArray[np.int64],
    end_mm: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Search around each source; a target is reached over either end of its edge."""
    label = np.full(offsets.size - 1, -1, dtype=np.int64)
    seen_by = np.full(offsets.size - 1, -1, dtype=np.int64)
    heap = np.empty(head.size + 2, dtype=np.int64)
    beyond = np.ones(source.size, dtype=np.bool_)
    for k in range(source.size):
        seen_by[source[k]], label[source[k]] = k, 0
        push_packed(heap, 0, source[k])
        size = 1
        while size > 0:
            entry = pop_packed(heap, size)
            size -= 1
            at_mm, at = entry >> 32, entry & 0xFFFFFFFF
            if at_mm > label[at]:
                continue
            left_mm = limit_mm[k] - at_mm
            if (at == start[k] and start_mm[k] <= left_mm) or (
                at == end[k] and end_mm[k] <= left_mm
            ):
                beyond[k] = False
                break
            for step in range(offsets[at], offsets[at + 1]):
                to, to_mm = head[step], at_mm + length_mm[step]
                if to_mm <= limit_mm[k] and (seen_by[to] != k or to_mm < label[to]):
                    seen_by[to], label[to] = k, to_mm
                    push_packed(heap, size, (to_mm << 32) | to)
                    size += 1
    return beyond
