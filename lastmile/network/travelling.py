"""Travel times, and lengths along the same fastest paths, between all positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE, CostMatrix
from lastmile.network.fastest import fastest_costs
from lastmile.network.hierarchy import build_hierarchy, build_sweep, hierarchy_costs
from lastmile.network.model import Network
from lastmile.network.pieces import NO_PATH, Ends, ends_of, unpack
from lastmile.network.snapping import Snaps
from lastmile.progress import Progress, silent

_BLOCK: Final = 64
_FEW: Final = 32
"""Up to so many positions Dijkstra is done before a hierarchy is built."""

_STAGE: Final = "travel times"
_MS_PER_MM_AT_1_KPH: Final = 3.6


def travel_costs(
    network: Network,
    positions: Snaps,
    *,
    ids: Sequence[str],
    threads: int = 2,
    progress: Progress = silent,
) -> tuple[CostMatrix, CostMatrix]:
    """Measure the fastest paths between all positions, one-ways obeyed.

    Of equally fast paths the shortest is taken. Both access legs count, at the profile's access
    speed; from a position to itself is zero.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it; those off the network are reached by nothing and reach nothing.
    ids
        Their ids, in order.
    threads
        How many blocks are searched at once; the result does not depend on it.
    progress
        Told how many origins are done.

    Returns
    -------
    tuple
        Two matrices over all positions: travel_time_ms, and length_mm along that same path.
    """
    ends = ends_of(network, positions)
    n = len(positions)
    blocks = [np.arange(at, min(n, at + _BLOCK)) for at in range(0, n, _BLOCK)]
    time_ms, length_mm = np.empty((n, n), dtype=np.int64), np.empty((n, n), dtype=np.int64)
    access_mm = np.where(positions.on_network, positions.access_mm, 0)
    access_ms = np.rint(access_mm * _MS_PER_MM_AT_1_KPH / network.profile.access_speed_kph)
    access_ms = access_ms.astype(np.int64)

    costs_from = _search(network, ends)

    def measure(block: NDArray[np.int64]) -> int:
        cost = costs_from(block)
        missing = cost >= NO_PATH
        path_ms, path_mm = unpack(cost)
        path_ms += access_ms[block, None] + access_ms[None, :]
        path_mm += access_mm[block, None] + access_mm[None, :]
        path_ms[missing], path_mm[missing] = UNREACHABLE, UNREACHABLE
        time_ms[block], length_mm[block] = path_ms, path_mm
        return int(block[-1]) + 1

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        for done in pool.map(measure, blocks):
            progress(_STAGE, done, n)
    np.fill_diagonal(time_ms, 0)
    np.fill_diagonal(length_mm, 0)
    names = tuple(ids)
    return (
        CostMatrix(time_ms, names, names, "travel_time_ms"),
        CostMatrix(length_mm, names, names, "length_mm"),
    )


def _search(network: Network, ends: Ends) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
    """Choose how to search; both ways give the same costs."""
    if ends.edge.size <= _FEW:
        return lambda sources: fastest_costs(network, ends, sources)
    hierarchy = build_hierarchy(network)
    sweep = build_sweep(hierarchy, ends)
    return lambda sources: hierarchy_costs(hierarchy, sweep, ends, sources)
