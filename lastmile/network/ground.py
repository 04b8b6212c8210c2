"""For every point of a grid on the ground: the nearest road, as places are joined to it.

Points of the grid lie at whole multiples of the cell, so that every window of it holds the same
points. The work is done in blocks of points: the segments that can be nearest to any point of a
block are gathered once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.grid import SegmentGrid, project
from lastmile.network.model import Network

BLOCK: Final = 4
"""Points of a block, each way."""


class Window(NamedTuple):
    """Columns ``west`` to ``west + n_columns``, rows ``south`` to ``south + n_rows``."""

    west: int
    south: int
    n_columns: int
    n_rows: int


class Ground(NamedTuple):
    """What lies nearest to the points of a window; of equally near segments, the first."""

    west: int
    south: int
    edge: NDArray[np.int32]
    """Shape (rows, columns). -1 without a road near enough, or where nothing was asked."""

    offset_mm: NDArray[np.int64]
    """Shape (rows, columns). Where on the edge."""

    distance_m: NDArray[np.float64]
    """Shape (rows, columns)."""


class Segments(NamedTuple):
    """Segments of road by the cells of a coarser grid, as :class:`SegmentGrid` has them."""

    cell_m: float
    west_m: float
    south_m: float
    n_columns: int
    n_rows: int
    offsets: NDArray[np.int64]
    members: NDArray[np.int32]
    ends: NDArray[np.float64]
    edge: NDArray[np.int32]
    from_mm: NDArray[np.int64]
    """Shape (segments,). Where the segment begins, from its edge's start."""

    length_mm: NDArray[np.int64]


def segments_of(network: Network, grid: SegmentGrid) -> Segments:
    """Gather what is to be known of segments.

    Parameters
    ----------
    network
        The network of the segments.
    grid
        The segments that count.
    """
    begin = network.shape_mm[grid.point]
    return Segments(
        cell_m=grid.cell_m,
        west_m=grid.west_m,
        south_m=grid.south_m,
        n_columns=grid.n_columns,
        n_rows=grid.n_rows,
        offsets=grid.offsets,
        members=grid.members,
        ends=grid.ends,
        edge=grid.edge,
        from_mm=begin,
        length_mm=network.shape_mm[grid.point + 1] - begin,
    )


def nearest_ground(
    segments: Segments,
    window: Window,
    wanted: NDArray[np.bool_],
    *,
    cell_m: float,
    limit_m: float,
) -> Ground:
    """Find the nearest position on the road for the points of a window.

    Parameters
    ----------
    segments
        Segments of road.
    window
        Which points; its sides are multiples of ``BLOCK``.
    wanted
        Shape (rows / BLOCK, columns / BLOCK). Blocks to be looked at.
    cell_m
        Distance between points.
    limit_m
        How far to look for a road.
    """
    shape = window.n_rows, window.n_columns
    ground = Ground(
        west=window.west,
        south=window.south,
        edge=np.full(shape, -1, dtype=np.int32),
        offset_mm=np.zeros(shape, dtype=np.int64),
        distance_m=np.full(shape, np.inf),
    )
    if segments.edge.size:
        _fill(segments, ground, wanted, cell_m, limit_m)
    return ground


@njit(cache=True, nogil=True)
def _fill(
    segments: Segments, ground: Ground, wanted: NDArray[np.bool_], cell_m: float, limit_m: float
) -> None:
    seen = np.full(segments.edge.size, -1, dtype=np.int32)
    half_m = 0.5 * (BLOCK - 1) * cell_m
    radius_m = np.sqrt(2.0) * half_m
    for block in range(wanted.size):
        row, column = block // wanted.shape[1], block % wanted.shape[1]
        if not wanted[row, column]:
            continue
        x = (ground.west + column * BLOCK) * cell_m + half_m
        y = (ground.south + row * BLOCK) * cell_m + half_m
        near = _near(segments, x, y, radius_m, limit_m, seen, block)
        _look(segments, near, ground, row * BLOCK, column * BLOCK, cell_m, limit_m)


@njit(cache=True, nogil=True)
def _near(
    segments: Segments, x: float, y: float, radius_m: float, limit_m: float,
    seen: NDArray[np.int32], turn: int,
) -> NDArray[np.int32]:  # fmt: skip
    """Segments that may be the nearest of some point within a radius; work for one ``turn``."""
    near, away_m = np.empty(64, dtype=np.int32), np.empty(64)
    n_near = 0
    cell_m, west_m, south_m = segments.cell_m, segments.west_m, segments.south_m
    column, row = int(np.floor((x - west_m) / cell_m)), int(np.floor((y - south_m) / cell_m))
    last_column, last_row = segments.n_columns - 1, segments.n_rows - 1
    ring = max(-column, column - last_column, -row, row - last_row, 0)
    # Whatever is nearest to a point of the block is so much farther from its middle at most.
    best_m = limit_m + radius_m
    while True:
        # Cells of this ring and of those beyond are at least so far away.
        inner_m = min(
            x - (west_m + (column - ring + 1) * cell_m), west_m + (column + ring) * cell_m - x,
            y - (south_m + (row - ring + 1) * cell_m), south_m + (row + ring) * cell_m - y,
        )  # fmt: skip
        if ring > 0 and inner_m > min(best_m + 2.0 * radius_m, limit_m + radius_m):
            break
        for r in range(max(0, row - ring), min(last_row, row + ring) + 1):
            step = 1 if abs(r - row) == ring or ring == 0 else 2 * ring
            for c in range(column - ring, column + ring + 1, step):
                if not 0 <= c <= last_column:
                    continue
                cell = r * segments.n_columns + c
                for k in range(segments.offsets[cell], segments.offsets[cell + 1]):
                    segment = segments.members[k]
                    if seen[segment] == turn:
                        continue
                    seen[segment] = turn
                    distance_m = np.sqrt(_project(segments.ends, segment, x, y)[1])
                    if distance_m > best_m + 2.0 * radius_m:
                        continue
                    best_m = min(best_m, distance_m)
                    if n_near == near.size:
                        near = np.concatenate((near, np.empty_like(near)))
                        away_m = np.concatenate((away_m, np.empty_like(away_m)))
                    near[n_near], away_m[n_near] = segment, distance_m
                    n_near += 1
        ring += 1
    # Only now is the best known.
    return near[:n_near][away_m[:n_near] <= best_m + 2.0 * radius_m]


@njit(cache=True, nogil=True)
def _project(ends: NDArray[np.float64], segment: int, x: float, y: float) -> tuple[float, float]:
    return project(x, y, ends[segment, 0], ends[segment, 1], ends[segment, 2], ends[segment, 3])


@njit(cache=True, nogil=True)
def _look(
    segments: Segments, near: NDArray[np.int32], ground: Ground, first_row: int,
    first_column: int, cell_m: float, limit_m: float,
) -> None:  # fmt: skip
    """Find the nearest of some segments for the points of a block."""
    ends = segments.ends
    for row in range(first_row, first_row + BLOCK):
        for column in range(first_column, first_column + BLOCK):
            x, y = (ground.west + column) * cell_m, (ground.south + row) * cell_m
            best2, best, share = limit_m * limit_m, -1, 0.0
            for segment in near:
                t, distance2 = _project(ends, segment, x, y)
                if distance2 < best2 or (distance2 == best2 and (best < 0 or segment < best)):
                    best2, best, share = distance2, segment, t
            if best >= 0:
                ground.edge[row, column] = segments.edge[best]
                along_mm = int(np.rint(share * segments.length_mm[best]))
                ground.offset_mm[row, column] = segments.from_mm[best] + along_mm
                ground.distance_m[row, column] = np.sqrt(best2)
