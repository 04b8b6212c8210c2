"""Interchange with a tabu list: the most demand for a number of stations or a budget.

The same loop serves partial covers: whenever the demand asked is covered, the budget drops
below what was paid, and the search goes on.

References
----------
Church & ReVelle (1974), doi:10.1007/BF01942293; Teitz & Bart (1968), doi:10.1287/opre.16.5.955.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.chunks import in_chunks
from lastmile.siting.cover import spread_seed
from lastmile.siting.kernel import draw, kernel
from lastmile.siting.table import Incidence, Table
from lastmile.stop import Stop

_COVERED, _COST, _STEP, _N_OPEN, _BEST_COVERED, _BEST_COST, _P, _BUDGET, _NEED, _STALE = range(10)

_SHARED = 2
"""Columns on a row from which on none of them is its only one."""

UNLIMITED = 2**60
"""Stands for no limit; sums of it with any cost still fit in int64."""


class DemandState(NamedTuple):
    """Everything the loop changes; it survives from one chunk to the next."""

    incidence: Incidence
    demand: NDArray[np.int64]
    cost: NDArray[np.int64]
    price: NDArray[np.int64]  # what gains are divided by: 1, or the cost where a budget rules
    hits: NDArray[np.int32]
    gain: NDArray[np.int64]  # demand gained by opening, or lost by closing, a column
    free_at: NDArray[np.int64]  # step from which a column may change again
    open_list: NDArray[np.int32]
    open_place: NDArray[np.int32]
    best: NDArray[np.bool_]
    scalar: NDArray[np.int64]
    random: NDArray[np.uint64]


@kernel
def open_column(s: DemandState, j: int) -> None:
    """Open a column and bring every figure of the state up to date."""
    rows = s.incidence
    s.scalar[_COST] += s.cost[j]
    s.scalar[_COVERED] += s.gain[j]
    s.open_list[s.scalar[_N_OPEN]] = j
    s.open_place[j] = s.scalar[_N_OPEN]
    s.scalar[_N_OPEN] += 1
    for e in range(rows.col_ptr[j], rows.col_ptr[j + 1]):
        i = rows.col_row[e]
        s.hits[i] += 1
        if s.hits[i] == 1:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                if rows.row_col[f] != j:
                    s.gain[rows.row_col[f]] -= s.demand[i]
        elif s.hits[i] == _SHARED:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                k = rows.row_col[f]
                if k != j and s.open_place[k] >= 0:
                    s.gain[k] -= s.demand[i]
                    break


@kernel
def close_column(s: DemandState, j: int) -> None:
    """Close a column and bring every figure of the state up to date."""
    rows = s.incidence
    s.scalar[_COST] -= s.cost[j]
    s.scalar[_COVERED] -= s.gain[j]
    s.scalar[_N_OPEN] -= 1
    place = s.open_place[j]
    last = s.open_list[s.scalar[_N_OPEN]]
    s.open_list[place] = last
    s.open_place[last] = place
    s.open_place[j] = -1
    for e in range(rows.col_ptr[j], rows.col_ptr[j + 1]):
        i = rows.col_row[e]
        s.hits[i] -= 1
        if s.hits[i] == 0:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                if rows.row_col[f] != j:
                    s.gain[rows.row_col[f]] += s.demand[i]
        elif s.hits[i] == 1:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                k = rows.row_col[f]
                if k != j and s.open_place[k] >= 0:
                    s.gain[k] += s.demand[i]
                    break


@kernel
def _to_remove(s: DemandState, heed_tabu: bool) -> int:  # noqa: FBT001 - kernels take plain arguments
    """Pick the open column with the least demand lost per price, the lowest on ties."""
    best = -1
    for place in range(s.scalar[_N_OPEN]):
        j = s.open_list[place]
        if heed_tabu and s.free_at[j] > s.scalar[_STEP]:
            continue
        if best < 0:
            best = j
            continue
        left = float(s.gain[j]) * s.price[best]
        right = float(s.gain[best]) * s.price[j]
        if left < right or (left == right and j < best):
            best = j
    return best


@kernel
def _to_add(s: DemandState) -> int:
    """Pick the affordable closed column with the most demand gained per price.

    A tabu column may return at once if that beats the best plan.
    """
    best = -1
    if s.scalar[_N_OPEN] >= s.scalar[_P]:
        return best
    purse = s.scalar[_BUDGET] - s.scalar[_COST]
    record = s.scalar[_BEST_COVERED] - s.scalar[_COVERED]
    for j in range(s.cost.size):
        gain = s.gain[j]
        if gain <= 0 or s.open_place[j] >= 0 or s.cost[j] > purse:
            continue
        if s.free_at[j] > s.scalar[_STEP] and gain <= record:
            continue
        if best < 0 or float(gain) * s.price[best] > float(s.gain[best]) * s.price[j]:
            best = j
    return best


@kernel
def _fill(s: DemandState) -> None:
    while s.scalar[_COVERED] < s.scalar[_NEED]:
        j = _to_add(s)
        if j < 0:
            break
        open_column(s, j)
        s.free_at[j] = s.scalar[_STEP] + 2 + draw(s.random, 6)


@kernel
def _prune(s: DemandState) -> None:
    """Close columns while the demand asked (or all that is covered) stays covered."""
    floor = min(s.scalar[_NEED], s.scalar[_COVERED])
    while True:
        spare = -1
        for place in range(s.scalar[_N_OPEN]):
            j = s.open_list[place]
            if s.scalar[_COVERED] - s.gain[j] >= floor and (
                spare < 0 or (s.cost[j], -s.gain[j], -j) > (s.cost[spare], -s.gain[spare], -spare)
            ):
                spare = j
        if spare < 0:
            break
        close_column(s, spare)


@kernel
def _keep_if_better(s: DemandState) -> None:
    if s.scalar[_NEED] < UNLIMITED:
        if s.scalar[_COVERED] < s.scalar[_NEED]:
            return
        _prune(s)
        if s.scalar[_COST] >= s.scalar[_BEST_COST]:
            return
        s.scalar[_BUDGET] = s.scalar[_COST] - 1
    elif s.scalar[_COVERED] < s.scalar[_BEST_COVERED] or (
        s.scalar[_COVERED] == s.scalar[_BEST_COVERED] and s.scalar[_COST] >= s.scalar[_BEST_COST]
    ):
        return
    if s.scalar[_COVERED] > s.scalar[_BEST_COVERED] or s.scalar[_NEED] < UNLIMITED:
        s.scalar[_STALE] = 0
    s.scalar[_BEST_COVERED] = s.scalar[_COVERED]
    s.scalar[_BEST_COST] = s.scalar[_COST]
    s.best[:] = s.open_place >= 0


@kernel
def _return_to_best(s: DemandState) -> None:
    for j in range(s.cost.size):
        if s.open_place[j] >= 0 and not s.best[j]:
            close_column(s, j)
    for j in range(s.cost.size):
        if s.best[j] and s.open_place[j] < 0:
            open_column(s, j)


@kernel
def _disturb(s: DemandState) -> None:
    """Go back to the best plan and close a random part of it."""
    _return_to_best(s)
    n = min(s.scalar[_N_OPEN], 2 + draw(s.random, 2 + s.scalar[_N_OPEN] // 20))
    for _ in range(n):
        j = s.open_list[draw(s.random, s.scalar[_N_OPEN])]
        close_column(s, j)
        s.free_at[j] = s.scalar[_STEP] + 5 + draw(s.random, 10)
    s.scalar[_STALE] = 0


@kernel
def _steps(s: DemandState, n_steps: int, most: int, least_cost: int) -> None:
    last = s.scalar[_STEP] + n_steps
    while s.scalar[_STEP] < last:
        if s.scalar[_BEST_COVERED] >= most or s.scalar[_BEST_COST] <= least_cost:
            break
        s.scalar[_STEP] += 1
        s.scalar[_STALE] += 1
        if s.scalar[_STALE] > 200 + s.scalar[_N_OPEN] * 4:
            _disturb(s)
        n_drop = 1 + (draw(s.random, 4) == 0)
        while s.scalar[_N_OPEN] > 0 and (n_drop > 0 or s.scalar[_COST] > s.scalar[_BUDGET]):
            j = _to_remove(s, True)
            if j < 0:
                j = _to_remove(s, False)
            close_column(s, j)
            s.free_at[j] = s.scalar[_STEP] + 2 + draw(s.random, 8)
            n_drop -= 1
        _fill(s)
        _keep_if_better(s)


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds a search: stations, budget, and the demand at which it is content."""

    p: int = UNLIMITED
    budget: int = UNLIMITED
    need: int = UNLIMITED
    """Partial cover: demand to cover at least cost; unlimited to cover the most."""


@dataclass(slots=True)
class DemandSearch:
    """A search that can be continued: greedy first, then as many steps as asked."""

    table: Table
    limits: Limits
    seed: int
    start: NDArray[np.bool_] | None = None
    """Columns to begin with; None to begin greedily."""

    _state: DemandState | None = None

    @property
    def covered(self) -> int:
        """Demand that the best plan covers."""
        return int(self._started().scalar[_BEST_COVERED])

    @property
    def cost(self) -> int:
        """Cost of the best plan."""
        return int(self._started().scalar[_BEST_COST])

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """The best plan. Shape (columns,)."""
        return self._started().best.copy()

    @property
    def steps(self) -> int:
        """Steps made so far."""
        return int(self._started().scalar[_STEP])

    def _started(self) -> DemandState:
        if self._state is None:
            self._state = _begun(self.table, self.limits, self.seed, self.start)
        return self._state

    def run(self, n_steps: int, most: int, least_cost: int, stop: Stop) -> None:
        """Search on until ``n_steps`` more are made, a bound is met, or told to stop.

        ``most`` demand or ``least_cost`` are proven limits at which the search ends.
        """
        state = self._started()

        def is_met() -> bool:
            return self.covered >= most or self.cost <= least_cost

        for size in in_chunks(16, n_steps, stop, is_met):
            _steps(state, size, most, least_cost)


def _begun(table: Table, limits: Limits, seed: int, start: NDArray[np.bool_] | None) -> DemandState:
    state = new_state(table, limits, seed)
    for j in np.flatnonzero(start).tolist() if start is not None else ():
        open_column(state, j)
    _fill(state)
    _keep_if_better(state)
    return state


def new_state(table: Table, limits: Limits, seed: int) -> DemandState:
    """Lay out the state of a search in which everything is closed."""
    n = table.n_columns
    gain = np.zeros(n, np.int64)
    columns = np.repeat(np.arange(n), np.diff(table.incidence.col_ptr))
    np.add.at(gain, columns, table.weight[table.incidence.col_row])
    by_cost = limits.budget < UNLIMITED or limits.need < UNLIMITED
    return DemandState(
        incidence=table.incidence,
        demand=table.weight,
        cost=table.cost,
        price=np.maximum(table.cost, 1) if by_cost else np.ones(n, np.int64),
        hits=np.zeros(table.n_rows, np.int32),
        gain=gain,
        free_at=np.zeros(n, np.int64),
        open_list=np.zeros(n, np.int32),
        open_place=np.full(n, -1, np.int32),
        best=np.zeros(n, np.bool_),
        scalar=np.array(
            [0, 0, 0, 0, -1, UNLIMITED, limits.p, limits.budget, limits.need, 0], np.int64
        ),
        random=np.array([spread_seed(seed) * 2 + 1], np.uint64),
    )
