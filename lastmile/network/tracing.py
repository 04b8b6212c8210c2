"""Drives as points along the road."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray
from shapely import LineString

from lastmile.network.drives import Drives
from lastmile.network.model import Network
from lastmile.network.snapping import Snaps

_NUDGE_DEG: Final = 1e-7
"""A centimetre: what a drive that never moves is drawn with, so that its line is valid."""


class Traces(NamedTuple):
    """Points along drives, no two of them in a row at one place.

    Drive ``d`` has those at ``offsets[d]:offsets[d + 1]``.
    """

    offsets: NDArray[np.int64]
    """Shape (drives + 1,)."""

    points: NDArray[np.float64]
    """Shape (points, 2). Longitude, latitude."""


class _Shapes(NamedTuple):
    offsets: NDArray[np.int64]
    mm: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def trace(network: Network, positions: Snaps, drives: Drives) -> Traces:
    """Follow drives along the shape of their roads, from position to position.

    Where there is no path, the trace is straight.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    drives
        Between them.
    """
    shapes = _Shapes(network.shape_offsets, network.shape_mm, network.shape_lon, network.shape_lat)
    return Traces(*_follow(shapes, positions.lon, positions.lat, drives))


def lines_along(offsets: NDArray[np.int64], points: NDArray[np.float64]) -> list[LineString]:
    """Make a valid line of each run of points, a centimetre long where there is only one.

    Parameters
    ----------
    offsets
        Shape (lines + 1,). Line ``k`` has the points ``offsets[k]:offsets[k + 1]``, one at least.
    points
        Shape (points, 2). Longitude, latitude; no two in a row at one place.
    """
    sizes = np.diff(offsets)
    single = np.flatnonzero(sizes == 1)
    nudged = points[offsets[single]] + np.array([_NUDGE_DEG, 0.0])
    points = np.insert(points, offsets[single] + 1, nudged, axis=0)
    owner = np.repeat(np.arange(sizes.size), np.maximum(sizes, 2))
    return list(shapely.linestrings(points, indices=owner))


@njit(cache=True, nogil=True)
def _follow(
    shapes: _Shapes, lon: NDArray[np.float64], lat: NDArray[np.float64], drives: Drives
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    n_drives = drives.source.size
    most = 2 * n_drives
    for edge in drives.edge:
        most += shapes.offsets[edge + 1] - shapes.offsets[edge]
    points = np.empty((most, 2), dtype=np.float64)
    offsets = np.zeros(n_drives + 1, dtype=np.int64)
    n = 0
    for drive in range(n_drives):
        begin = n
        source, target = drives.source[drive], drives.target[drive]
        n = _add(points, begin, n, lon[source], lat[source])
        for piece in range(drives.offsets[drive], drives.offsets[drive + 1]):
            edge = drives.edge[piece]
            first, last = shapes.offsets[edge], shapes.offsets[edge + 1]
            low_mm = min(drives.from_mm[piece], drives.to_mm[piece])
            high_mm = max(drives.from_mm[piece], drives.to_mm[piece])
            for k in range(last - first):
                at = first + k if drives.forward[piece] else last - 1 - k
                if low_mm <= shapes.mm[at] <= high_mm:
                    n = _add(points, begin, n, shapes.lon[at], shapes.lat[at])
        n = _add(points, begin, n, lon[target], lat[target])
        offsets[drive + 1] = n
    return offsets, points[:n].copy()


@njit(cache=True, nogil=True)
def _add(points: NDArray[np.float64], begin: int, n: int, lon: float, lat: float) -> int:
    """Add a point unless the one before is there already; return how many there are."""
    if n > begin and points[n - 1, 0] == lon and points[n - 1, 1] == lat:
        return n
    points[n, 0], points[n, 1] = lon, lat
    return n + 1
