"""The bare covering table that reductions, searches and bounds work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.kernel import kernel


class Incidence(NamedTuple):
    """Which columns cover which rows, by row and by column; both lists ascend."""

    row_ptr: NDArray[np.int64]
    row_col: NDArray[np.int32]
    col_ptr: NDArray[np.int64]
    col_row: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows with demand, columns with cost, and the sites the columns stand for."""

    incidence: Incidence
    weight: NDArray[np.int64]
    """Shape (rows,). Demand, thousandths of a person."""

    cost: NDArray[np.int64]
    """Shape (columns,). What a column adds to the objective, or takes from the budget."""

    site: NDArray[np.int64]
    """Shape (columns,). Position of the site in the problem."""

    group: NDArray[np.int32]
    """Shape (rows,). Group for whose share the row's demand counts; 0 where all are one group."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.weight.size)

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return int(self.cost.size)


@kernel
def _transpose(
    ptr: NDArray[np.int64], index: NDArray[np.int32], n_columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    out_ptr = np.zeros(n_columns + 1, np.int64)
    for e in range(index.size):
        out_ptr[index[e] + 1] += 1
    for j in range(n_columns):
        out_ptr[j + 1] += out_ptr[j]
    place = out_ptr[:-1].copy()
    out = np.empty(index.size, np.int32)
    for i in range(ptr.size - 1):
        for e in range(ptr[i], ptr[i + 1]):
            j = index[e]
            out[place[j]] = i
            place[j] += 1
    return out_ptr, out


@kernel
def _select(
    ptr: NDArray[np.int64],
    index: NDArray[np.int32],
    rows: NDArray[np.int64],
    column_number: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    out_ptr = np.zeros(rows.size + 1, np.int64)
    for r in range(rows.size):
        n = 0
        for e in range(ptr[rows[r]], ptr[rows[r] + 1]):
            if column_number[index[e]] >= 0:
                n += 1
        out_ptr[r + 1] = out_ptr[r] + n
    out = np.empty(out_ptr[-1], np.int32)
    k = 0
    for r in range(rows.size):
        for e in range(ptr[rows[r]], ptr[rows[r] + 1]):
            j = column_number[index[e]]
            if j >= 0:
                out[k] = j
                k += 1
    return out_ptr, out


def incidence_of(
    row_ptr: NDArray[np.int64], row_col: NDArray[np.int32], n_columns: int
) -> Incidence:
    """Complete a table by rows with the same table by columns."""
    col_ptr, col_row = _transpose(row_ptr, row_col, n_columns)
    return Incidence(row_ptr, row_col, col_ptr, col_row)


def select_pairs(
    row_ptr: NDArray[np.int64],
    row_col: NDArray[np.int32],
    rows: NDArray[np.bool_],
    columns: NDArray[np.bool_],
) -> Incidence:
    """Keep the pairs of the rows and columns that are true, renumbered in their old order."""
    number = np.full(columns.size, -1, np.int32)
    n_columns = int(columns.sum())
    number[columns] = np.arange(n_columns, dtype=np.int32)
    ptr, index = _select(row_ptr, row_col, np.flatnonzero(rows).astype(np.int64), number)
    return incidence_of(ptr, index, n_columns)


def select(table: Table, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> Table:
    """Keep the rows and columns that are true."""
    old = table.incidence
    return Table(
        select_pairs(old.row_ptr, old.row_col, rows, columns),
        table.weight[rows],
        table.cost[columns],
        table.site[columns],
        table.group[rows],
    )


@kernel
def rows_hit(incidence: Incidence, chosen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up, for every row, how much of its columns is chosen. Shape (rows,)."""
    hits = np.zeros(incidence.row_ptr.size - 1)
    for j in range(chosen.size):
        if chosen[j] != 0.0:
            for e in range(incidence.col_ptr[j], incidence.col_ptr[j + 1]):
                hits[incidence.col_row[e]] += chosen[j]
    return hits


def covered_rows(table: Table, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which rows the chosen columns cover. Shape (rows,)."""
    return rows_hit(table.incidence, chosen.astype(np.float64)) > 0.0
