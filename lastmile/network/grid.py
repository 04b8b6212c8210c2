"""A uniform grid over road segments, to find the nearest one to a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.model import Network

_CELL_M: Final = 120.0
_MAX_CELLS: Final = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class SegmentGrid:
    """Segments of some edges in the network's plane, listed by the cells their boxes touch."""

    cell_m: float
    west_m: float
    south_m: float
    n_columns: int
    n_rows: int
    offsets: NDArray[np.int64]
    """Shape (cells + 1,). Cells run row by row."""

    members: NDArray[np.int32]
    """Segments of each cell, ascending."""

    ends: NDArray[np.float64]
    """Shape (segments, 4). x and y of the start, x and y of the end, in metres."""

    edge: NDArray[np.int32]
    """Shape (segments,)."""

    point: NDArray[np.int64]
    """Shape (segments,). Position of the segment's start among the network's shape points."""


def grid_of_edges(network: Network, chosen: NDArray[np.bool_]) -> SegmentGrid:
    """Index the segments of the chosen edges.

    Parameters
    ----------
    network
        Any network.
    chosen
        Shape (edges,).
    """
    owner = np.repeat(np.arange(network.n_edges, dtype=np.int32), np.diff(network.shape_offsets))
    is_start = np.ones(owner.size, dtype=np.bool_)
    is_start[network.shape_offsets[1:] - 1] = False
    point = np.flatnonzero(is_start & chosen[owner])
    x, y = network.shape_x, network.shape_y
    ends = np.column_stack((x[point], y[point], x[point + 1], y[point + 1]))
    if not point.size:
        nothing = np.zeros(0, dtype=np.int32)
        return SegmentGrid(_CELL_M, 0.0, 0.0, 0, 0, np.zeros(1, np.int64), nothing, ends, nothing,
                           point)  # fmt: skip
    west_m = float(min(ends[:, 0].min(), ends[:, 2].min()))
    south_m = float(min(ends[:, 1].min(), ends[:, 3].min()))
    width_m = float(max(ends[:, 0].max(), ends[:, 2].max())) - west_m
    height_m = float(max(ends[:, 1].max(), ends[:, 3].max())) - south_m
    cell_m = max(_CELL_M, float(np.sqrt(width_m * height_m / _MAX_CELLS)),
                 max(width_m, height_m) / _MAX_CELLS)  # fmt: skip
    n_columns, n_rows = int(width_m / cell_m) + 1, int(height_m / cell_m) + 1
    offsets, members = _fill(ends, west_m, south_m, cell_m, n_columns, n_rows)
    return SegmentGrid(
        cell_m, west_m, south_m, n_columns, n_rows, offsets, members, ends, owner[point], point
    )


@njit(cache=True)
def _fill(
    ends: NDArray[np.float64],
    west_m: float,
    south_m: float,
    cell_m: float,
    n_columns: int,
    n_rows: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    counts = np.zeros(n_columns * n_rows + 1, dtype=np.int64)
    members = np.empty(0, dtype=np.int32)
    # Round 0 counts, round 1 writes.
    for writing in range(2):
        for segment in range(ends.shape[0]):
            x0, y0, x1, y1 = ends[segment]
            first_column = int((min(x0, x1) - west_m) / cell_m)
            last_column = min(n_columns - 1, int((max(x0, x1) - west_m) / cell_m))
            first_row = int((min(y0, y1) - south_m) / cell_m)
            last_row = min(n_rows - 1, int((max(y0, y1) - south_m) / cell_m))
            for row in range(first_row, last_row + 1):
                for column in range(first_column, last_column + 1):
                    cell = row * n_columns + column
                    if writing:
                        members[counts[cell]] = segment
                        counts[cell] += 1
                    else:
                        counts[cell + 1] += 1
        if not writing:
            counts = np.cumsum(counts)
            members = np.empty(counts[-1], dtype=np.int32)
    offsets = np.zeros(counts.size, dtype=np.int64)
    offsets[1:] = counts[:-1]
    return offsets, members


def nearest_segments(
    grid: SegmentGrid, x: NDArray[np.float64], y: NDArray[np.float64], limit_m: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Find the nearest segment to each point; of equally near ones, the first.

    Parameters
    ----------
    grid
        Segments.
    x, y
        Shape (points,). In the grid's plane, metres.
    limit_m
        How far to look.

    Returns
    -------
    tuple
        Of shape (points,) each: the segment, -1 if there is none; where on it, from 0 to 1; and
        the distance in the plane, infinite if there is none.
    """
    return _nearest(
        *(x, y, limit_m, grid.cell_m, grid.west_m, grid.south_m, grid.n_columns, grid.n_rows),
        *(grid.offsets, grid.members, grid.ends),
    )


@njit(cache=True, nogil=True)
def _nearest(  # noqa: C901, PLR0913, PLR0917 - numba takes arrays, not dataclasses
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    limit_m: float,
    cell_m: float,
    west_m: float,
    south_m: float,
    n_columns: int,
    n_rows: int,
    offsets: NDArray[np.int64],
    members: NDArray[np.int32],
    ends: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    found = np.full(x.size, -1, dtype=np.int64)
    share = np.zeros(x.size)
    distance_m = np.full(x.size, np.inf)
    for i in range(x.size):
        if not (np.isfinite(x[i]) and np.isfinite(y[i])):
            continue  # too far round the globe for the plane
        column = int(np.floor((x[i] - west_m) / cell_m))
        row = int(np.floor((y[i] - south_m) / cell_m))
        outside = max(-column, column - n_columns + 1, -row, row - n_rows + 1, 0)
        furthest = max(column, n_columns - 1 - column, row, n_rows - 1 - row)
        best2 = limit_m * limit_m
        for ring in range(outside, furthest + 1):
            # Everything nearer than the border of the rings seen so far has been seen.
            seen_m = min(
                x[i] - (west_m + (column - ring + 1) * cell_m),
                west_m + (column + ring) * cell_m - x[i],
                y[i] - (south_m + (row - ring + 1) * cell_m),
                south_m + (row + ring) * cell_m - y[i],
            )
            if ring > 0 and seen_m > 0 and seen_m * seen_m > best2:
                break
            for r in range(max(0, row - ring), min(n_rows - 1, row + ring) + 1):
                on_edge = abs(r - row) == ring
                step = 1 if on_edge or ring == 0 else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < 0 or c >= n_columns:
                        continue
                    cell = r * n_columns + c
                    for k in range(offsets[cell], offsets[cell + 1]):
                        s = members[k]
                        t, d2 = project(x[i], y[i], ends[s, 0], ends[s, 1], ends[s, 2], ends[s, 3])
                        if d2 < best2 or (d2 == best2 and (found[i] < 0 or s < found[i])):
                            best2, found[i], share[i] = d2, s, t
        if found[i] >= 0:
            distance_m[i] = np.sqrt(best2)
    return found, share, distance_m


@njit(cache=True, nogil=True)
def project(
    px: float, py: float, x0: float, y0: float, x1: float, y1: float
) -> tuple[float, float]:
    """Nearest position on a segment, 0 to 1, and the squared distance to it."""
    dx, dy = x1 - x0, y1 - y0
    length2 = dx * dx + dy * dy
    t = ((px - x0) * dx + (py - y0) * dy) / length2 if length2 > 0.0 else 0.0
    # The ends are taken as they stand, so that segments which share one are equally near it.
    if t <= 0.0:
        return 0.0, (px - x0) ** 2 + (py - y0) ** 2
    if t >= 1.0:
        return 1.0, (px - x1) ** 2 + (py - y1) ** 2
    return t, (px - (x0 + t * dx)) ** 2 + (py - (y0 + t * dy)) ** 2
