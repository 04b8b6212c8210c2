"""Reductions: what can be decided without search, to a fixpoint.

Merging equal rows and dropping dominated columns keep every model's optimum. Dropping
dominated rows and forcing essential columns hold only where every row must be covered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.kernel import kernel
from lastmile.siting.table import Incidence, Table, covered_rows, incidence_of, select
from lastmile.stop import Stop


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A smaller table with the same optimum, and the sites already decided."""

    table: Table
    forced: NDArray[np.int64]
    """Sites that some optimal solution opens."""

    forced_cost: int


@kernel
def _row_keys(incidence: Incidence) -> NDArray[np.uint64]:
    keys = np.zeros(incidence.row_ptr.size - 1, np.uint64)
    for i in range(keys.size):
        for e in range(incidence.row_ptr[i], incidence.row_ptr[i + 1]):
            # splitmix64 of each member, summed: equal sets get equal keys.
            z = np.uint64(incidence.row_col[e] + 1) * np.uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            keys[i] += z ^ (z >> np.uint64(31))
    return keys


@kernel
def _equal_rows(
    incidence: Incidence,
    order: NDArray[np.int64],
    keys: NDArray[np.uint64],
    group: NDArray[np.int32],
) -> NDArray[np.int64]:
    """For each row the first row that equals it (itself where none does)."""
    ptr, index = incidence.row_ptr, incidence.row_col
    twin = np.arange(order.size)
    for k in range(1, order.size):
        a = twin[order[k - 1]]
        b = order[k]
        if group[a] != group[b]:
            continue
        if keys[a] != keys[b] or ptr[a + 1] - ptr[a] != ptr[b + 1] - ptr[b]:
            continue
        same = True
        for e in range(ptr[a + 1] - ptr[a]):
            if index[ptr[a] + e] != index[ptr[b] + e]:
                same = False
                break
        if same:
            twin[b] = a
    return twin


@kernel
def _is_subset(index: NDArray[np.int32], a0: int, a1: int, b0: int, b1: int) -> bool:
    b = b0
    for a in range(a0, a1):
        low, high = b, b1
        while low < high:
            middle = (low + high) >> 1
            if index[middle] < index[a]:
                low = middle + 1
            else:
                high = middle
        if low == b1 or index[low] != index[a]:
            return False
        b = low + 1
    return True


@kernel
def _signatures(ptr: NDArray[np.int64], index: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Fold every set into 64 bits: a subset's bits are a subset of the bits."""
    out = np.zeros(ptr.size - 1, np.uint64)
    for i in range(out.size):
        for e in range(ptr[i], ptr[i + 1]):
            bit = (np.uint64(index[e]) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58)
            out[i] |= np.uint64(1) << bit
    return out


@kernel
def _dominated_rows(
    incidence: Incidence,
    signature: NDArray[np.uint64],
    start: int,
    stop: int,
    drop: NDArray[np.bool_],
) -> None:
    """Mark every row that is covered whenever one of rows start..stop is."""
    ptr, index = incidence.row_ptr, incidence.row_col
    for s in range(start, stop):
        if drop[s]:
            continue
        n = ptr[s + 1] - ptr[s]
        rarest, fewest = -1, np.int64(2**62)
        for e in range(ptr[s], ptr[s + 1]):
            j = index[e]
            size = incidence.col_ptr[j + 1] - incidence.col_ptr[j]
            if size < fewest:
                rarest, fewest = j, size
        for e in range(incidence.col_ptr[rarest], incidence.col_ptr[rarest + 1]):
            r = incidence.col_row[e]
            if signature[s] & ~signature[r]:
                continue
            m = ptr[r + 1] - ptr[r]
            if r == s or drop[r] or m < n or (m == n and r < s):
                continue
            if _is_subset(index, ptr[s], ptr[s + 1], ptr[r], ptr[r + 1]):
                drop[r] = True


@kernel
def _dominated_columns(
    incidence: Incidence,
    cost: NDArray[np.int64],
    start: int,
    stop: int,
    drop: NDArray[np.bool_],
) -> None:
    """Mark the columns start..stop that another column, no dearer, can stand in for."""
    ptr, index = incidence.col_ptr, incidence.col_row
    for j in range(start, stop):
        n = ptr[j + 1] - ptr[j]
        if n == 0:
            drop[j] = True
            continue
        rarest, fewest = -1, np.int64(2**62)
        for e in range(ptr[j], ptr[j + 1]):
            i = index[e]
            size = incidence.row_ptr[i + 1] - incidence.row_ptr[i]
            if size < fewest:
                rarest, fewest = i, size
        for e in range(incidence.row_ptr[rarest], incidence.row_ptr[rarest + 1]):
            k = incidence.row_col[e]
            m = ptr[k + 1] - ptr[k]
            if k == j or cost[k] > cost[j] or m < n:
                continue
            if m == n and cost[k] == cost[j] and k > j:
                continue
            if _is_subset(index, ptr[j], ptr[j + 1], ptr[k], ptr[k + 1]):
                drop[j] = True
                break


_CHUNK = 20_000
"""Rows or columns between two looks at the clock."""


def _merge_rows(table: Table) -> Table:
    keys = _row_keys(table.incidence)
    order = np.argsort(keys, kind="stable")
    if table.group.any():
        order = order[np.argsort(table.group[order], kind="stable")]
    twin = _equal_rows(table.incidence, order, keys, table.group)
    first = twin == np.arange(twin.size)
    if first.all():
        return table
    weight = np.zeros(table.n_rows, np.int64)
    np.add.at(weight, twin, table.weight)
    every = np.ones(table.n_columns, np.bool_)
    return select(Table(table.incidence, weight, table.cost, table.site, table.group), first, every)


def _without_dominated_rows(table: Table, stop: Stop) -> Table:
    drop = np.zeros(table.n_rows, np.bool_)
    signature = _signatures(table.incidence.row_ptr, table.incidence.row_col)
    for start in range(0, table.n_rows, _CHUNK):
        if stop.reached():
            break
        end = min(start + _CHUNK, table.n_rows)
        _dominated_rows(table.incidence, signature, start, end, drop)
    return select(table, ~drop, np.ones(table.n_columns, np.bool_)) if drop.any() else table


def _without_dominated_columns(table: Table, stop: Stop) -> Table:
    drop = np.zeros(table.n_columns, np.bool_)
    for start in range(0, table.n_columns, _CHUNK // 10):
        if stop.reached():
            break
        end = min(start + _CHUNK // 10, table.n_columns)
        _dominated_columns(table.incidence, table.cost, start, end, drop)
    return select(table, np.ones(table.n_rows, np.bool_), ~drop) if drop.any() else table


def _essentials(table: Table) -> tuple[Table, NDArray[np.bool_]]:
    """Force the only column of every row that has but one."""
    incidence = table.incidence
    single = np.flatnonzero(np.diff(incidence.row_ptr) == 1)
    forced = np.zeros(table.n_columns, np.bool_)
    forced[incidence.row_col[incidence.row_ptr[single]]] = True
    if not forced.any():
        return table, forced
    return select(table, ~covered_rows(table, forced), ~forced), forced


def reduce_cover(table: Table, stop: Stop) -> Reduced:
    """Shrink a table in which every row must be covered, to a fixpoint.

    Parameters
    ----------
    table
        Every row has at least one column.
    stop
        Polled between chunks; what is left out then is only speed.

    Returns
    -------
    Reduced
        Its optimum plus ``forced_cost`` is the table's optimum.

    References
    ----------
    Toregas & ReVelle (1972), doi:10.1111/j.1435-5597.1972.tb01481.x.
    """
    forced_sites: list[NDArray[np.int64]] = []
    forced_cost = 0
    while not stop.reached():
        before = (table.n_rows, table.n_columns)
        table = _without_dominated_rows(_merge_rows(table), stop)
        smaller, forced = _essentials(table)
        forced_sites.append(table.site[forced])
        forced_cost += int(table.cost[forced].sum())
        table = _without_dominated_columns(smaller, stop)
        if (table.n_rows, table.n_columns) == before:
            break
    everyone = np.concatenate([*forced_sites, np.zeros(0, np.int64)])
    return Reduced(table, np.sort(everyone), forced_cost)


def reduce_demand(table: Table, stop: Stop) -> Table:
    """Shrink a table whose rows may stay uncovered: equal rows merge, dominated columns go.

    A dominated column's rows are all covered by a column that is no dearer, so swapping the
    two breaks neither a number of stations nor a budget.
    """
    while not stop.reached():
        before = (table.n_rows, table.n_columns)
        table = _without_dominated_columns(_merge_rows(table), stop)
        if (table.n_rows, table.n_columns) == before:
            break
    return table


@kernel
def _row_components(incidence: Incidence) -> NDArray[np.int64]:
    """Mark the rows so that rows that share a column share a number."""
    n = incidence.row_ptr.size - 1
    parent = np.arange(n)
    for j in range(incidence.col_ptr.size - 1):
        first = incidence.col_ptr[j]
        for e in range(first + 1, incidence.col_ptr[j + 1]):
            a = incidence.col_row[first]
            b = incidence.col_row[e]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            parent[max(a, b)] = min(a, b)
    for i in range(n):
        parent[i] = parent[parent[i]]
    return parent


def split(table: Table) -> tuple[Table, ...]:
    """Split a table into parts that share neither rows nor columns, in order of first row.

    Columns that cover nothing are left out.
    """
    incidence = table.incidence
    if table.n_rows == 0:
        return ()
    _, part = np.unique(_row_components(incidence), return_inverse=True)
    n_parts = int(part.max()) + 1
    if n_parts == 1:
        return (table,)
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(n_parts + 1))
    return tuple(
        _part(table, order[bounds[k] : bounds[k + 1]].astype(np.int64)) for k in range(n_parts)
    )


def _part(table: Table, rows: NDArray[np.int64]) -> Table:
    """Take the rows given and all their columns, built without a pass over the whole table."""
    incidence = table.incidence
    starts, ends = incidence.row_ptr[rows], incidence.row_ptr[rows + 1]
    lengths = ends - starts
    ptr = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    pairs = np.repeat(starts - ptr[:-1], lengths) + np.arange(int(ptr[-1]))
    columns, local = np.unique(incidence.row_col[pairs], return_inverse=True)
    return Table(
        incidence_of(ptr, local.astype(np.int32), columns.size),
        table.weight[rows],
        table.cost[columns],
        table.site[columns],
        table.group[rows],
    )
