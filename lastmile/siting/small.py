"""Small parts, solved by trying every subset."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.kernel import kernel
from lastmile.siting.maximal import (
    UNLIMITED,
    DemandState,
    Limits,
    close_column,
    new_state,
    open_column,
)
from lastmile.siting.table import Table

MOST_COLUMNS = 14
"""Subsets double with each column: 14 take about two milliseconds."""


@kernel
def _try_all(s: DemandState, p: int, budget: int, need: int, best: NDArray[np.bool_]) -> None:
    """Walk all subsets in Gray code, one column changing at a time."""
    n = s.cost.size
    best_covered, best_cost = np.int64(0), np.int64(2**60)
    if need >= 2**60:
        best_cost = np.int64(0)
    for code in range(1, 1 << n):
        j = 0
        while (code >> j) & 1 == 0:
            j += 1
        if s.open_place[j] >= 0:
            close_column(s, j)
        else:
            open_column(s, j)
        covered, cost, n_open = s.scalar[0], s.scalar[1], s.scalar[3]
        if n_open > p or cost > budget:
            continue
        if need < 2**60:
            better = covered >= need and (
                cost < best_cost or (cost == best_cost and covered > best_covered)
            )
        else:
            better = covered > best_covered or (covered == best_covered and cost < best_cost)
        if better:
            best_covered, best_cost = covered, cost
            best[:] = s.open_place >= 0


def best_subset(table: Table, limits: Limits) -> NDArray[np.bool_]:
    """Solve a table of at most ``MOST_COLUMNS`` columns exactly. Shape (columns,).

    With ``limits.need`` the cheapest subset that covers it (which must exist), otherwise the
    subset within the limits that covers most, the cheapest on ties.
    """
    best = np.zeros(table.n_columns, np.bool_)
    _try_all(new_state(table, limits, 0), limits.p, limits.budget, limits.need, best)
    return best


def full_need(table: Table) -> Limits:
    """Ask for every row."""
    return Limits(UNLIMITED, UNLIMITED, int(table.weight.sum()))
