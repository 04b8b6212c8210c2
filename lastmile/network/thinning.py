"""Rings with fewer vertices, never farther from the old ones than a tolerance, compiled.

GEOS keeps shapes valid, but takes the first vertex of a ring away after all others, and so strays
by up to twice its tolerance there. Here the tolerance is kept, and who calls looks at validity.

References
----------
Douglas and Peucker (1973), doi:10.3138/FM57-6770-U75U-7727.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.grid import project


@njit(cache=True, nogil=True)
def kept_vertices(
    vertices: NDArray[np.float64], sizes: NDArray[np.int64], tolerance_m: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Choose the vertices of each ring to be kept; three at least, or all of them.

    Every ring is cut at its first vertex from the west and at the one farthest from that.
    """
    kept = np.zeros(len(vertices), dtype=np.bool_)
    first = 0
    for ring in range(sizes.size):
        size = sizes[ring]
        x, y = vertices[first : first + size, 0], vertices[first : first + size, 1]
        mine = kept[first : first + size]
        west = 0
        for k in range(size):
            if x[k] < x[west] or (x[k] == x[west] and y[k] < y[west]):
                west = k
        far, far2 = west, 0.0
        for k in range(size):
            away2 = (x[k] - x[west]) ** 2 + (y[k] - y[west]) ** 2
            if away2 > far2:
                far, far2 = k, away2
        mine[west], mine[far] = True, True
        _thin(x, y, mine, west, far, tolerance_m[ring])
        _thin(x, y, mine, far, west, tolerance_m[ring])
        if mine.sum() < 3:  # noqa: PLR2004 - a ring, by definition
            mine[:] = True
        first += size
    return kept


@njit(cache=True, nogil=True)
def _thin(
    x: NDArray[np.float64], y: NDArray[np.float64], kept: NDArray[np.bool_],
    begin: int, end: int, tolerance_m: float,
) -> None:  # fmt: skip
    """Keep what is needed between two vertices of a ring, in the ring's direction."""
    size = x.size
    stack = np.empty((size + 1, 2), dtype=np.int64)
    # Positions along the ring from ``begin``, so that the seam is nothing special.
    stack[0, 0], stack[0, 1] = 0, (end - begin) % size
    n = 1
    while n > 0:
        n -= 1
        low, high = stack[n, 0], stack[n, 1]
        a, b = (begin + low) % size, (begin + high) % size
        far, far2 = -1, tolerance_m * tolerance_m
        for k in range(low + 1, high):
            at = (begin + k) % size
            away2 = project(x[at], y[at], x[a], y[a], x[b], y[b])[1]
            if away2 > far2:
                far, far2 = k, away2
        if far >= 0:
            kept[(begin + far) % size] = True
            stack[n, 0], stack[n, 1] = low, far
            stack[n + 1, 0], stack[n + 1, 1] = far, high
            n += 2
