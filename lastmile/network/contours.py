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

    A hole is made of outside points that touch, along diagonals, too, and does not reach the rim.
    """
    n_rows, n_columns = field.shape
    runs = _runs(field, False)
    root = _joined(runs, 1)
    size, keep = np.zeros(len(runs), dtype=np.int64), np.zeros(len(runs), dtype=np.bool_)
    for k in range(len(runs)):
        row, first, last = runs[k, 0], runs[k, 1], runs[k, 2]
        at = root[k]
        size[at] += last - first
        rim = row == 0 or row == n_rows - 1 or first == 0 or last == n_columns
        keep[at] = keep[at] or rim
        column = first
        while column < last and not keep[at]:
            keep[at] = is_kept[row, column]
            column += 1
    for k in range(len(runs)):
        row, first, last = runs[k, 0], runs[k, 1], runs[k, 2]
        if size[root[k]] < least and not keep[root[k]]:
            field[row, first:last] = value


@njit(cache=True, nogil=True)
def label_parts(
    field: NDArray[np.float64], is_core: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], int]:
    """Assign numbers from 1 to the connected inside parts with a point of the core; else 0."""
    part = np.zeros(field.shape, dtype=np.int32)
    runs = _runs(field, True)
    root = _joined(runs, 0)
    number = np.zeros(len(runs), dtype=np.int32)
    n_parts = 0
    for k in range(len(runs)):
        row, column, last = runs[k, 0], runs[k, 1], runs[k, 2]
        while column < last and number[root[k]] == 0:
            if is_core[row, column]:
                n_parts += 1
                number[root[k]] = n_parts
            column += 1
    for k in range(len(runs)):
        part[runs[k, 0], runs[k, 1] : runs[k, 2]] = number[root[k]]
    return part, n_parts


@njit(cache=True, nogil=True)
def _runs(field: NDArray[np.float64], inside: bool) -> NDArray[np.int64]:  # noqa: FBT001
    """Row, first column and column behind the last of every run of inside or outside points."""
    n_rows, n_columns = field.shape
    n = 0
    for row in range(n_rows):
        was_wanted = False
        for column in range(n_columns):
            is_wanted = (field[row, column] >= 0.0) == inside
            n += is_wanted and not was_wanted
            was_wanted = is_wanted
    # Counted first: arrays that grow inside the loop make it twenty times slower.
    runs = np.empty((n, 3), dtype=np.int64)
    k = 0
    for row in range(n_rows):
        was_wanted = False
        for column in range(n_columns):
            is_wanted = (field[row, column] >= 0.0) == inside
            if is_wanted and not was_wanted:
                runs[k, 0], runs[k, 1] = row, column
            elif was_wanted and not is_wanted:
                runs[k, 2] = column
                k += 1
            was_wanted = is_wanted
        if was_wanted:
            runs[k, 2] = n_columns
            k += 1
    return runs


@njit(cache=True, nogil=True)
def _joined(runs: NDArray[np.int64], aside: int) -> NDArray[np.int64]:
    """Join runs of neighbouring rows that touch, diagonals counting where ``aside`` is 1.

    Returns the first run of those that each one is joined to.
    """
    root = np.arange(len(runs))
    above = 0
    for k in range(len(runs)):
        row, first, last = runs[k, 0], runs[k, 1] - aside, runs[k, 2] + aside
        while runs[above, 0] < row - 1 or (runs[above, 0] == row - 1 and runs[above, 2] <= first):
            above += 1
        other = above
        while runs[other, 0] == row - 1 and runs[other, 1] < last:
            one, two = _root(root, k), _root(root, other)
            root[max(one, two)] = min(one, two)
            other += 1
    for k in range(len(runs)):
        root[k] = _root(root, k)
    return root


@njit(cache=True, nogil=True)
def _root(root: NDArray[np.int64], k: int) -> int:
    while root[k] != k:
        root[k] = root[root[k]]
        k = root[k]
    return k


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
