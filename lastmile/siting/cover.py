"""Row-weighting local search for covers: rows that stay uncovered grow heavier.

The search keeps one column fewer than the best cover and repairs what is missing; the
weights drive it to the rows that are hard to cover. Costs may differ between columns.

References
----------
Gao, Weise & Li (2015), An efficient local search heuristic with row weighting for the
unicost set covering problem, doi:10.1016/j.ejor.2015.05.038.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.chunks import in_chunks
from lastmile.siting.kernel import draw, kernel
from lastmile.siting.table import Incidence, Table
from lastmile.stop import Stop

_COST, _BEST, _STEP, _N_OPEN, _N_BARE = range(5)

_SHARED = 2
"""Columns on a row from which on none of them is its only one."""


class _State(NamedTuple):
    """Everything the loop changes; it survives from one chunk to the next."""

    incidence: Incidence
    cost: NDArray[np.int64]
    hits: NDArray[np.int32]  # open columns of each row
    weight: NDArray[np.int64]  # of each row
    score: NDArray[np.int64]  # weight gained by opening, or lost by closing, a column
    added: NDArray[np.int64]  # step at which a column last opened
    removed: NDArray[np.int64]  # step at which it last closed
    touched: NDArray[np.int64]  # step at which a column of the row last changed
    open_list: NDArray[np.int32]
    open_place: NDArray[np.int32]  # place in open_list, or -1
    bare_list: NDArray[np.int32]
    bare_place: NDArray[np.int32]  # place in bare_list, or -1
    best: NDArray[np.bool_]
    scalar: NDArray[np.int64]
    random: NDArray[np.uint64]


@kernel
def _add(s: _State, j: int) -> None:
    rows = s.incidence
    s.scalar[_COST] += s.cost[j]
    s.open_list[s.scalar[_N_OPEN]] = j
    s.open_place[j] = s.scalar[_N_OPEN]
    s.scalar[_N_OPEN] += 1
    s.added[j] = s.scalar[_STEP]
    for e in range(rows.col_ptr[j], rows.col_ptr[j + 1]):
        i = rows.col_row[e]
        s.hits[i] += 1
        s.touched[i] = s.scalar[_STEP]
        if s.hits[i] == 1:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                if rows.row_col[f] != j:
                    s.score[rows.row_col[f]] -= s.weight[i]
            place = s.bare_place[i]
            last = s.bare_list[s.scalar[_N_BARE] - 1]
            s.bare_list[place] = last
            s.bare_place[last] = place
            s.bare_place[i] = -1
            s.scalar[_N_BARE] -= 1
        elif s.hits[i] == _SHARED:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                k = rows.row_col[f]
                if k != j and s.open_place[k] >= 0:
                    s.score[k] -= s.weight[i]
                    break


@kernel
def _remove(s: _State, j: int) -> None:
    rows = s.incidence
    s.scalar[_COST] -= s.cost[j]
    s.scalar[_N_OPEN] -= 1
    place = s.open_place[j]
    last = s.open_list[s.scalar[_N_OPEN]]
    s.open_list[place] = last
    s.open_place[last] = place
    s.open_place[j] = -1
    s.removed[j] = s.scalar[_STEP]
    for e in range(rows.col_ptr[j], rows.col_ptr[j + 1]):
        i = rows.col_row[e]
        s.hits[i] -= 1
        s.touched[i] = s.scalar[_STEP]
        if s.hits[i] == 0:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                if rows.row_col[f] != j:
                    s.score[rows.row_col[f]] += s.weight[i]
            s.bare_place[i] = s.scalar[_N_BARE]
            s.bare_list[s.scalar[_N_BARE]] = i
            s.scalar[_N_BARE] += 1
        elif s.hits[i] == 1:
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                k = rows.row_col[f]
                if k != j and s.open_place[k] >= 0:
                    s.score[k] += s.weight[i]
                    break


@kernel
def _to_remove(s: _State, tenure: int) -> int:
    """Pick the open column with the least weight lost per cost, the oldest on ties."""
    best = -1
    for place in range(s.scalar[_N_OPEN]):
        j = s.open_list[place]
        if s.added[j] > s.scalar[_STEP] - tenure:
            continue
        if best < 0:
            best = j
            continue
        left = s.score[j] * s.cost[best]
        right = s.score[best] * s.cost[j]
        if left < right or (left == right and (s.added[j], j) < (s.added[best], best)):
            best = j
    return best


@kernel
def _may_return(s: _State, j: int) -> bool:
    """Tell whether anything near a closed column changed since it closed."""
    for e in range(s.incidence.col_ptr[j], s.incidence.col_ptr[j + 1]):
        if s.touched[s.incidence.col_row[e]] > s.removed[j]:
            return True
    return False


@kernel
def _to_add(s: _State, i: int) -> int:
    """Pick the column of row i with the most weight gained per cost, the oldest on ties."""
    best = -1
    for f in range(s.incidence.row_ptr[i], s.incidence.row_ptr[i + 1]):
        j = s.incidence.row_col[f]
        if best >= 0:
            left = s.score[j] * s.cost[best]
            right = s.score[best] * s.cost[j]
            if left < right or (left == right and s.removed[j] >= s.removed[best]):
                continue
        if _may_return(s, j):
            best = j
    return best


@kernel
def _repair(s: _State) -> None:
    """Open columns of random bare rows while the result stays cheaper than the best cover."""
    heavier = False
    while s.scalar[_N_BARE] > 0:
        j = _to_add(s, s.bare_list[draw(s.random, s.scalar[_N_BARE])])
        if j < 0 or s.scalar[_COST] + s.cost[j] >= s.scalar[_BEST]:
            break
        _add(s, j)
        _weigh(s)
        heavier = True
    if not heavier:
        _weigh(s)


@kernel
def _weigh(s: _State) -> None:
    for place in range(s.scalar[_N_BARE]):
        i = s.bare_list[place]
        s.weight[i] += 1
        for f in range(s.incidence.row_ptr[i], s.incidence.row_ptr[i + 1]):
            s.score[s.incidence.row_col[f]] += 1


@kernel
def _keep_if_better(s: _State) -> None:
    """Close what is not needed, dearest first, and remember the cover if it is the cheapest."""
    while True:
        spare = -1
        for place in range(s.scalar[_N_OPEN]):
            j = s.open_list[place]
            if s.score[j] == 0 and (spare < 0 or (s.cost[j], -j) > (s.cost[spare], -spare)):
                spare = j
        if spare < 0:
            break
        _remove(s, spare)
    if s.scalar[_COST] < s.scalar[_BEST]:
        s.scalar[_BEST] = s.scalar[_COST]
        s.best[:] = s.open_place >= 0


@kernel
def _steps(s: _State, n_steps: int, target: int) -> None:
    last = s.scalar[_STEP] + n_steps
    while s.scalar[_STEP] < last and s.scalar[_BEST] > target:
        s.scalar[_STEP] += 1
        if s.scalar[_N_BARE] == 0:
            _keep_if_better(s)
        if s.scalar[_N_OPEN] > 0:
            j = _to_remove(s, 2)
            if j < 0:
                j = _to_remove(s, 0)
            _remove(s, j)
        _repair(s)
    if s.scalar[_N_BARE] == 0:
        _keep_if_better(s)


@kernel
def _greedy(s: _State) -> None:
    while s.scalar[_N_BARE] > 0:
        best = -1
        for j in range(s.cost.size):
            if (
                s.open_place[j] < 0
                and s.score[j] > 0
                and (best < 0 or s.score[j] * s.cost[best] > s.score[best] * s.cost[j])
            ):
                best = j
        _add(s, best)


def _initial(table: Table, seed: int) -> _State:
    m, n = table.n_rows, table.n_columns
    return _State(
        incidence=table.incidence,
        cost=table.cost,
        hits=np.zeros(m, np.int32),
        weight=np.ones(m, np.int64),
        score=np.diff(table.incidence.col_ptr),
        added=np.full(n, -(2**40), np.int64),
        removed=np.full(n, -1, np.int64),
        touched=np.zeros(m, np.int64),
        open_list=np.zeros(n, np.int32),
        open_place=np.full(n, -1, np.int32),
        bare_list=np.arange(m, dtype=np.int32),
        bare_place=np.arange(m, dtype=np.int32),
        best=np.zeros(n, np.bool_),
        scalar=np.array([0, 2**62, 0, 0, m], np.int64),
        random=np.array([seed * 2 + 1], np.uint64),
    )


@dataclass(slots=True)
class CoverSearch:
    """A search that can be continued: greedy first, then as many steps as asked."""

    table: Table
    seed: int
    _state: _State | None = None

    @property
    def cost(self) -> int:
        """Cost of the best cover found."""
        return int(self._started().scalar[_BEST])

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """The best cover found. Shape (columns,)."""
        return self._started().best.copy()

    @property
    def steps(self) -> int:
        """Steps made so far."""
        return int(self._started().scalar[_STEP])

    def _started(self) -> _State:
        if self._state is None:
            self._state = _initial(self.table, spread_seed(self.seed))
            _greedy(self._state)
            _keep_if_better(self._state)
        return self._state

    def run(self, n_steps: int, target: int, stop: Stop) -> None:
        """Search on until ``n_steps`` more are made, ``target`` is reached, or told to stop.

        The outcome depends on the steps made alone, not on how they fall into chunks.
        """
        state = self._started()
        for size in in_chunks(64, n_steps, stop, lambda: self.cost <= target):
            _steps(state, size, target)


def spread_seed(seed: int) -> int:
    """Spread neighbouring seeds over the whole range of the generator's state."""
    return int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] >> np.uint64(2))
