"""Pairs of rows and columns → tables sorted by both, compiled, in linear time."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Table = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]
"""Offsets of the rows, columns ascending in each row, values."""


@njit(cache=True, nogil=True)
def sort_pairs(
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    values: NDArray[np.int64],
    n_rows: int,
    n_columns: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Sort (row, column, value) triples into a CSR table, in linear time.

    Two stable counting sorts, first by column, then by row. Returns offsets, columns, values.
    """
    by_column = np.empty(rows.size, dtype=np.int64)
    fill = np.zeros(n_columns + 1, dtype=np.int64)
    for k in range(rows.size):
        fill[columns[k] + 1] += 1
    fill = np.cumsum(fill)
    for k in range(rows.size):
        by_column[fill[columns[k]]] = k
        fill[columns[k]] += 1
    offsets = np.zeros(n_rows + 1, dtype=np.int64)
    for k in range(rows.size):
        offsets[rows[k] + 1] += 1
    offsets = np.cumsum(offsets)
    fill = offsets.copy()
    sorted_columns = np.empty(rows.size, dtype=np.int32)
    sorted_values = np.empty(rows.size, dtype=np.int64)
    for place in range(rows.size):
        k = by_column[place]
        at = fill[rows[k]]
        sorted_columns[at], sorted_values[at] = columns[k], values[k]
        fill[rows[k]] += 1
    return offsets, sorted_columns, sorted_values


@njit(cache=True, nogil=True)
def turn_pairs(
    row_order: NDArray[np.int32],
    n_in_row: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.int32],
    n_rows: int,
    n_columns: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Turn rows that came in some order into the table whose rows are the columns.

    ``columns`` and ``values`` hold ``n_in_row[k]`` pairs of row ``row_order[k]`` after those of
    the rows before. Returns offsets, columns, values.
    """
    begin = np.zeros(n_rows + 1, dtype=np.int64)
    size = np.zeros(n_rows, dtype=np.int64)
    at = 0
    for k in range(row_order.size):
        begin[row_order[k]], size[row_order[k]] = at, n_in_row[k]
        at += n_in_row[k]
    offsets = np.zeros(n_columns + 1, dtype=np.int64)
    for k in range(columns.size):
        offsets[columns[k] + 1] += 1
    offsets = np.cumsum(offsets)
    fill = offsets.copy()
    turned = np.empty(columns.size, dtype=np.int32)
    turned_values = np.empty(columns.size, dtype=np.int64)
    for row in range(n_rows):
        for k in range(begin[row], begin[row] + size[row]):
            to = fill[columns[k]]
            turned[to], turned_values[to] = row, values[k]
            fill[columns[k]] += 1
    return offsets, turned, turned_values


@njit(cache=True, nogil=True)
def lay_rows(
    row_order: NDArray[np.int32],
    n_in_row: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.int32],
    n_rows: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Put rows that came in some order, each already ascending, in their places.

    Arguments are those of :func:`turn_pairs`. Returns offsets, columns, values.
    """
    offsets = np.zeros(n_rows + 1, dtype=np.int64)
    for k in range(row_order.size):
        offsets[row_order[k] + 1] = n_in_row[k]
    offsets = np.cumsum(offsets)
    laid = np.empty(columns.size, dtype=np.int32)
    laid_values = np.empty(columns.size, dtype=np.int64)
    at = 0
    for k in range(row_order.size):
        to = offsets[row_order[k]]
        for _ in range(n_in_row[k]):
            laid[to], laid_values[to] = columns[at], values[at]
            at += 1
            to += 1
    return offsets, laid, laid_values
