"""Which ground belongs to the road within a place's limit: a field on a grid, compiled.

A value is the distance to the border in metres, as far as one grid step; zero or more is inside.
Inside is what lies within a width of reached road. Where asked for, inside is, too, whatever is
nearest to reached road and whose own access leg what is left of the limit there still pays for.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.contours import fill_holes, label_parts, trace_rings
from lastmile.network.grid import project
from lastmile.network.ground import Ground, Window

_DOUBT: Final = 0.2
"""Between a point that is served and one whose nearest road is not reached, the border may be
anywhere. Points of the latter kind count as so many grid steps outside, so that it is drawn close
to them: who is covered must not seem left out (measured: 1 in 3,000 is, by a third of a step)."""


class RoadPieces(NamedTuple):
    """Stretches of road by place, and their shapes in the plane."""

    offsets: NDArray[np.int64]
    """Shape (places + 1,)."""

    edge: NDArray[np.int32]
    from_mm: NDArray[np.int64]
    to_mm: NDArray[np.int64]
    from_left_m: NDArray[np.float64]
    """Shape (stretches,). What is left of the limit, as length of an access leg."""

    to_left_m: NDArray[np.float64]
    leg_m_per_mm: NDArray[np.float64]
    """Shape (stretches,). Length of an access leg that costs as much as a millimetre of road."""

    point_offsets: NDArray[np.int64]
    """Shape (stretches + 1,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


class Pen(NamedTuple):
    """How ground is shaded."""

    cell_m: float
    width_m: float
    """Ground nearer to reached road is inside; at least ``cell_m``."""

    access_m: float
    """Longest access leg of the ground that the nearest road decides; 0 for none of it."""

    spare_m: float
    """Access legs may be so much too long, to make up for rings that are simplified later."""

    least_hole: int
    """Smaller holes are filled, in grid points, unless other road runs in them."""


Rings = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]
"""Vertices (x, y), vertices of each ring, its part within the place, rings of each place."""


@njit(cache=True, nogil=True)
def draw_places(
    places: NDArray[np.int64], windows: NDArray[np.int64], pieces: RoadPieces, ground: Ground,
    pen: Pen, n_edges: int,
) -> Rings:  # fmt: skip
    """Draw the rings of some places.

    ``windows`` has a row of west, south, columns and rows for every place; they lie in ``ground``.
    """
    marked = np.full(n_edges, -1, dtype=np.int64)
    vertices, n_vertices = np.empty((4096, 2)), 0
    sizes, parts, n_rings = np.empty(256, dtype=np.int64), np.empty(256, dtype=np.int32), 0
    rings_of = np.zeros(places.size, dtype=np.int64)
    for k in range(places.size):
        west, south, n_columns, n_rows = windows[k]
        if n_columns == 0:
            continue
        window = Window(west, south, n_columns, n_rows)
        field = np.full((n_rows, n_columns), -pen.cell_m)
        _shade_road(field, window, pieces, places[k], pen)
        is_core = field >= 0.0
        is_other = np.zeros(field.shape, dtype=np.bool_)
        _shade_ground(field, is_other, window, pieces, places[k], ground, pen, marked)
        fill_holes(field, is_other, pen.least_hole, pen.cell_m)
        part = label_parts(field, is_core)[0]
        xy, ring_sizes, ring_parts = trace_rings(field, part)
        while n_vertices + len(xy) > len(vertices):
            vertices = np.concatenate((vertices, np.empty_like(vertices)))
        while n_rings + ring_sizes.size > sizes.size:
            sizes = np.concatenate((sizes, np.empty_like(sizes)))
            parts = np.concatenate((parts, np.empty_like(parts)))
        vertices[n_vertices : n_vertices + len(xy), 0] = (xy[:, 0] + west) * pen.cell_m
        vertices[n_vertices : n_vertices + len(xy), 1] = (xy[:, 1] + south) * pen.cell_m
        sizes[n_rings : n_rings + ring_sizes.size] = ring_sizes
        parts[n_rings : n_rings + ring_sizes.size] = ring_parts
        rings_of[k] = ring_sizes.size
        n_vertices, n_rings = n_vertices + len(xy), n_rings + ring_sizes.size
    return vertices[:n_vertices].copy(), sizes[:n_rings].copy(), parts[:n_rings].copy(), rings_of


@njit(cache=True, nogil=True)
def _shade_road(
    field: NDArray[np.float64], window: Window, pieces: RoadPieces, place: int, pen: Pen
) -> None:
    """Raise the field to the width less the distance to reached road."""
    cell_m, far_m = pen.cell_m, pen.width_m + pen.cell_m
    x, y, points = pieces.x, pieces.y, pieces.point_offsets
    for s in range(pieces.offsets[place], pieces.offsets[place + 1]):
        for p in range(points[s], points[s + 1] - 1):
            low_x, high_x = min(x[p], x[p + 1]) - far_m, max(x[p], x[p + 1]) + far_m
            low_y, high_y = min(y[p], y[p + 1]) - far_m, max(y[p], y[p + 1]) + far_m
            first, last = int(np.ceil(low_x / cell_m)), int(np.floor(high_x / cell_m))
            for row in range(int(np.ceil(low_y / cell_m)), int(np.floor(high_y / cell_m)) + 1):
                for column in range(first, last + 1):
                    distance2 = project(column * cell_m, row * cell_m,
                                        x[p], y[p], x[p + 1], y[p + 1])[1]  # fmt: skip
                    # A square root only where it raises the field.
                    r, c = row - window.south, column - window.west
                    lowest_m = pen.width_m - field[r, c]
                    if field[r, c] < cell_m and distance2 < lowest_m * lowest_m:
                        field[r, c] = min(cell_m, pen.width_m - np.sqrt(distance2))


@njit(cache=True, nogil=True)
def _shade_ground(  # noqa: PLR0913, PLR0917 - numba takes arrays, not dataclasses
    field: NDArray[np.float64], is_other: NDArray[np.bool_], window: Window, pieces: RoadPieces,
    place: int, ground: Ground, pen: Pen, marked: NDArray[np.int64],
) -> None:  # fmt: skip
    """Raise the field where the nearest road is reached; note where other road runs close by."""
    first, last = pieces.offsets[place], pieces.offsets[place + 1]
    for s in range(last - 1, first - 1, -1):
        marked[pieces.edge[s]] = s
    for r in range(field.shape[0]):
        for c in range(field.shape[1]):
            row, column = r + window.south - ground.south, c + window.west - ground.west
            edge = ground.edge[row, column]
            if edge < 0:
                continue
            away_m, offset_mm = ground.distance_m[row, column], ground.offset_mm[row, column]
            left_m, s = -1.0, marked[edge]
            reached = False
            while first <= s < last and pieces.edge[s] == edge:
                if pieces.from_mm[s] <= offset_mm <= pieces.to_mm[s]:
                    reached = True
                    by_from = pieces.from_left_m[s] - (
                        (offset_mm - pieces.from_mm[s]) * pieces.leg_m_per_mm[s]
                    )
                    by_to = pieces.to_left_m[s] - (
                        (pieces.to_mm[s] - offset_mm) * pieces.leg_m_per_mm[s]
                    )
                    left_m = max(left_m, by_from, by_to)
                s += 1
            if not reached:
                is_other[r, c] = away_m <= pen.cell_m
            if pen.access_m > 0.0:
                value = min(left_m, pen.access_m) - away_m + pen.spare_m if reached else -np.inf
                value = max(-_DOUBT * pen.cell_m, min(pen.cell_m, value))
                field[r, c] = max(field[r, c], value)
