"""Small tables in which every group needs its share, solved by trying every subset."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.kernel import kernel
from lastmile.siting.small import MOST_COLUMNS
from lastmile.siting.table import Incidence, Table

__all__ = ["MOST_COLUMNS", "cheapest_subset"]


@kernel
def _try_all(
    incidence: Incidence,
    weight: NDArray[np.int64],
    cost: NDArray[np.int64],
    group: NDArray[np.int32],
    needs: NDArray[np.int64],
    best: NDArray[np.bool_],
) -> None:
    """Walk all subsets in Gray code, one column changing at a time."""
    hits = np.zeros(weight.size, np.int32)
    covered = np.zeros(needs.size, np.int64)
    chosen = np.zeros(cost.size, np.bool_)
    paid, best_cost, best_covered = np.int64(0), np.int64(2**62), np.int64(-1)
    for code in range(1, 1 << cost.size):
        j = 0
        while (code >> j) & 1 == 0:
            j += 1
        chosen[j] = not chosen[j]
        sign = 1 if chosen[j] else -1
        paid += sign * cost[j]
        for e in range(incidence.col_ptr[j], incidence.col_ptr[j + 1]):
            i = incidence.col_row[e]
            hits[i] += sign
            if hits[i] == (1 if sign > 0 else 0):
                covered[group[i]] += sign * weight[i]
        if (covered < needs).any() or paid > best_cost:
            continue
        total = covered.sum()
        if paid < best_cost or total > best_covered:
            best_cost, best_covered = paid, total
            best[:] = chosen


def cheapest_subset(table: Table, needs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Solve a table of at most ``MOST_COLUMNS`` columns exactly. Shape (columns,).

    The cheapest subset that covers the needs of all groups (which must exist), and of these
    the one that covers most.
    """
    best = np.zeros(table.n_columns, np.bool_)
    _try_all(table.incidence, table.weight, table.cost, table.group, needs, best)
    return best
