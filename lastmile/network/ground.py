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


def nearest_ground(
    network: Network,
    grid: SegmentGrid,
    window: Window,
    wanted: NDArray[np.bool_],
    *,
    cell_m: float,
    limit_m: float,
) -> Ground:
    """Find the nearest position on the road for the points of a window.

    Parameters
    ----------
    network
        The network of the segments.
    grid
        The segments that count.
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
    edge = np.full(shape, -1, dtype=np.int32)
    offset_mm = np.zeros(shape, dtype=np.int64)
    distance_m = np.full(shape, np.inf)
    if grid.edge.size:
        _fill(
            *(grid.cell_m, grid.west_m, grid.south_m, grid.n_columns, grid.n_rows),
            *(grid.offsets, grid.members, grid.ends, grid.edge, grid.point, network.shape_mm),
            *(window.west, window.south, cell_m, limit_m, wanted, edge, offset_mm, distance_m),
        )
    return Ground(window.west, window.south, edge, offset_mm, distance_m)


@njit(cache=True, nogil=True)
def _fill(  # noqa: C901, PLR0913, PLR0917 - numba takes arrays, not dataclasses
    grid_m: float, west_m: float, south_m: float, n_columns: int, n_rows: int,
    offsets: NDArray[np.int64], members: NDArray[np.int32], ends: NDArray[np.float64],
    segment_edge: NDArray[np.int32], segment_point: NDArray[np.int64],
    shape_mm: NDArray[np.int64],
    west: int, south: int, cell_m: float, limit_m: float, wanted: NDArray[np.bool_],
    edge: NDArray[np.int32], offset_mm: NDArray[np.int64], distance_m: NDArray[np.float64],
) -> None:  # fmt: skip
    seen = np.full(segment_edge.size, -1, dtype=np.int32)
    near, near2 = np.empty(64, dtype=np.int32), np.empty(64)
    half_m = 0.5 * (BLOCK - 1) * cell_m
    radius_m = np.sqrt(2.0) * half_m
    for block in range(wanted.size):
        block_row, block_column = block // wanted.shape[1], block % wanted.shape[1]
        if not wanted[block_row, block_column]:
            continue
        x0 = (west + block_column * BLOCK) * cell_m
        y0 = (south + block_row * BLOCK) * cell_m
        x, y = x0 + half_m, y0 + half_m
        # Whatever is nearest to a point of the block is so much farther from its middle at most.
        best_m = limit_m + radius_m
        n_near = 0
        column, row = int(np.floor((x - west_m) / grid_m)), int(np.floor((y - south_m) / grid_m))
        ring = max(-column, column - n_columns + 1, -row, row - n_rows + 1, 0)
        while True:
            # Cells of this ring and of those beyond are at least so far away.
            inner_m = min(
                x - (west_m + (column - ring + 1) * grid_m), west_m + (column + ring) * grid_m - x,
                y - (south_m + (row - ring + 1) * grid_m), south_m + (row + ring) * grid_m - y,
            )  # fmt: skip
            if ring > 0 and inner_m > min(best_m + 2.0 * radius_m, limit_m + radius_m):
                break
            for r in range(max(0, row - ring), min(n_rows - 1, row + ring) + 1):
                on_edge = abs(r - row) == ring
                step = 1 if on_edge or ring == 0 else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < 0 or c >= n_columns:
                        continue
                    cell = r * n_columns + c
                    for k in range(offsets[cell], offsets[cell + 1]):
                        segment = members[k]
                        if seen[segment] == block:
                            continue
                        seen[segment] = block
                        distance2 = project(x, y, ends[segment, 0], ends[segment, 1],
                                            ends[segment, 2], ends[segment, 3])[1]  # fmt: skip
                        away_m = np.sqrt(distance2)
                        if away_m > best_m + 2.0 * radius_m:
                            continue
                        best_m = min(best_m, away_m)
                        if n_near == near.size:
                            near = np.concatenate((near, np.empty_like(near)))
                            near2 = np.concatenate((near2, np.empty_like(near2)))
                        near[n_near], near2[n_near] = segment, away_m
                        n_near += 1
            ring += 1
        # Only now is the best known.
        kept = 0
        for k in range(n_near):
            if near2[k] <= best_m + 2.0 * radius_m:
                near[kept] = near[k]
                kept += 1
        _fill_block(near[:kept], ends, segment_edge, segment_point, shape_mm, x0, y0, cell_m,
                    limit_m, block_row, block_column, edge, offset_mm, distance_m)  # fmt: skip


@njit(cache=True, nogil=True)
def _fill_block(  # noqa: PLR0913, PLR0917 - numba takes arrays, not dataclasses
    near: NDArray[np.int32], ends: NDArray[np.float64], segment_edge: NDArray[np.int32],
    segment_point: NDArray[np.int64], shape_mm: NDArray[np.int64],
    x0: float, y0: float, cell_m: float, limit_m: float, block_row: int, block_column: int,
    edge: NDArray[np.int32], offset_mm: NDArray[np.int64], distance_m: NDArray[np.float64],
) -> None:  # fmt: skip
    for j in range(BLOCK):
        for i in range(BLOCK):
            x, y = x0 + i * cell_m, y0 + j * cell_m
            best2, best, share = limit_m * limit_m, -1, 0.0
            for segment in near:
                t, d2 = project(x, y, ends[segment, 0], ends[segment, 1],
                                ends[segment, 2], ends[segment, 3])  # fmt: skip
                if d2 < best2 or (d2 == best2 and (best < 0 or segment < best)):
                    best2, best, share = d2, segment, t
            if best < 0:
                continue
            r, c, point = block_row * BLOCK + j, block_column * BLOCK + i, segment_point[best]
            step_mm = shape_mm[point + 1] - shape_mm[point]
            edge[r, c] = segment_edge[best]
            offset_mm[r, c] = shape_mm[point] + int(np.rint(share * step_mm))
            distance_m[r, c] = np.sqrt(best2)
