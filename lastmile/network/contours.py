"""From a field on a grid to rings around where it is not negative, compiled.

Inside are points whose value is zero or more. Inside points touch along the grid's lines, outside
points along its diagonals, too: so rings never touch each other, and are valid as they come.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

_MARGIN: Final = 0.02
"""Rings keep so much of a grid step away from its points."""

_STEP: Final = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""Rows and columns to the next point: east, north, west, south."""


@njit(cache=True, nogil=True)
def fill_holes(
    field: NDArray[np.float64], is_kept: NDArray[np.bool_], least: int, value: float
) -> None:
    """Raise holes of less than ``least`` points to ``value``, unless a point of them is to be kept.

    The outermost points of the field must be outside.
    """
    n_rows, n_columns = field.shape
    seen = np.zeros(field.shape, dtype=np.bool_)
    stack = np.empty(field.size, dtype=np.int64)
    for start in range(field.size):
        r, c = start // n_columns, start % n_columns
        if seen[r, c] or field[r, c] >= 0.0:
            continue
        # ``stack`` keeps all points of the hole: it is read from one end and written at the other.
        seen[r, c], stack[0], size, at, keep = True, start, 1, 0, start == 0
        while at < size:
            r, c = stack[at] // n_columns, stack[at] % n_columns
            at += 1
            keep = keep or is_kept[r, c]
            for row in range(max(0, r - 1), min(n_rows, r + 2)):
                for column in range(max(0, c - 1), min(n_columns, c + 2)):
                    if not seen[row, column] and field[row, column] < 0.0:
                        seen[row, column] = True
                        stack[size] = row * n_columns + column
                        size += 1
        if size < least and not keep:
            for k in range(size):
                field[stack[k] // n_columns, stack[k] % n_columns] = value


@njit(cache=True, nogil=True)
def label_parts(
    field: NDArray[np.float64], is_core: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], int]:
    """Number the connected inside parts that hold a point of the core, from 1; 0 is outside."""
    n_rows, n_columns = field.shape
    part = np.zeros(field.shape, dtype=np.int32)
    stack = np.empty(field.size, dtype=np.int64)
    n_parts = 0
    for start in range(field.size):
        r, c = start // n_columns, start % n_columns
        if not is_core[r, c] or part[r, c] > 0:
            continue
        n_parts += 1
        part[r, c], stack[0], size = n_parts, start, 1
        while size > 0:
            size -= 1
            r, c = stack[size] // n_columns, stack[size] % n_columns
            for dr, dc in _STEP:
                row, column = r + dr, c + dc
                if 0 <= row < n_rows and 0 <= column < n_columns and (
                    part[row, column] == 0 and field[row, column] >= 0.0
                ):  # fmt: skip
                    part[row, column] = n_parts
                    stack[size] = row * n_columns + column
                    size += 1
    return part, n_parts


@njit(cache=True, nogil=True)
def trace_rings(
    field: NDArray[np.float64], part: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int32]]:
    """Trace the rings around the parts, which lie to the left.

    Returns column and row of every vertex (the first of a ring is not repeated), the number of
    vertices of every ring, and its part. Outer rings run anticlockwise, holes clockwise.
    """
    n_rows, n_columns = field.shape
    passed = np.zeros(field.shape, dtype=np.uint8)
    vertices = np.empty((256, 2))
    sizes, parts = np.empty(16, dtype=np.int64), np.empty(16, dtype=np.int32)
    n, n_rings = 0, 0
    for r in range(n_rows):
        for c in range(n_columns - 1):
            if part[r, c] == 0 or part[r, c + 1] > 0 or passed[r, c] & 1:
                continue
            begin, row, column, way = n, r, c, 0
            while not passed[row, column] >> way & 1:
                passed[row, column] |= 1 << way
                dr, dc = _STEP[way]
                inside, outside = field[row, column], field[row + dr, column + dc]
                share = min(1.0 - _MARGIN, max(_MARGIN, inside / (inside - outside)))
                if n == len(vertices):
                    vertices = np.concatenate((vertices, np.empty_like(vertices)))
                vertices[n, 0], vertices[n, 1] = column + share * dc, row + share * dr
                n += 1
                # On along the border: ahead is a quarter turn to the left of the way out.
                ahead = (way + 1) % 4
                ar, ac = _STEP[ahead]
                if part[row + ar, column + ac] == 0:
                    way = ahead
                elif part[row + dr + ar, column + dc + ac] == 0:
                    row, column = row + ar, column + ac
                else:
                    row, column, way = row + dr + ar, column + dc + ac, (way + 3) % 4
            if n_rings == sizes.size:
                sizes = np.concatenate((sizes, np.empty_like(sizes)))
                parts = np.concatenate((parts, np.empty_like(parts)))
            sizes[n_rings], parts[n_rings] = n - begin, part[r, c]
            n_rings += 1
    return vertices[:n].copy(), sizes[:n_rings].copy(), parts[:n_rings].copy()
