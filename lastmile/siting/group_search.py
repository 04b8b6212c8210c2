"""Local search for the least cost at which every group has its share covered.

While some group falls short, the station that is missed least closes and one near an uncovered
point of such a group opens; groups that stay short grow heavier, as rows do in covers of all.
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

_COST, _BEST_COST, _STEP, _N_OPEN, _N_SHORT = range(5)
_SHARED = 2
"""Columns on a row from which on none of them is its only one."""

_HEAVIEST = 4096
"""Weight at which those of all groups are halved, so that sums fit in int64."""

_TRIES = 50
"""Draws of an uncovered row of a short group before all are looked through."""


class GroupState(NamedTuple):
    """Everything the loop changes; it survives from one chunk to the next."""

    incidence: Incidence
    demand: NDArray[np.int64]
    cost: NDArray[np.int64]
    group: NDArray[np.int32]
    row_of: NDArray[np.int64]  # rows by group
    row_ptr: NDArray[np.int64]  # where each group's begin
    need: NDArray[np.int64]
    covered: NDArray[np.int64]  # of each group
    heavy: NDArray[np.int64]  # weight of each group
    hits: NDArray[np.int32]
    gain: NDArray[np.int64]  # weighted demand gained by opening, or lost by closing, a column
    free_at: NDArray[np.int64]  # step from which a column may close again
    open_list: NDArray[np.int32]
    open_place: NDArray[np.int32]
    best: NDArray[np.bool_]
    scalar: NDArray[np.int64]
    random: NDArray[np.uint64]


@kernel
def _count(s: GroupState, i: int, sign: int) -> None:
    """Let a row's demand count for its group, or no more."""
    g = s.group[i]
    was_short = s.covered[g] < s.need[g]
    s.covered[g] += sign * s.demand[i]
    is_short = s.covered[g] < s.need[g]
    s.scalar[_N_SHORT] += int(is_short) - int(was_short)


@kernel
def _only_other(s: GroupState, i: int, j: int) -> int:
    """Find the one open column of a row beside ``j``."""
    rows = s.incidence
    for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
        k = rows.row_col[f]
        if k != j and s.open_place[k] >= 0:
            return int(k)
    return -1


@kernel
def _toggle(s: GroupState, j: int, sign: int) -> None:
    """Open (1) or close (-1) a column and bring every figure up to date."""
    rows = s.incidence
    s.scalar[_COST] += sign * s.cost[j]
    if sign > 0:
        s.open_list[s.scalar[_N_OPEN]] = j
        s.open_place[j] = s.scalar[_N_OPEN]
        s.scalar[_N_OPEN] += 1
    else:
        s.scalar[_N_OPEN] -= 1
        place, last = s.open_place[j], s.open_list[s.scalar[_N_OPEN]]
        s.open_list[place], s.open_place[last] = last, place
        s.open_place[j] = -1
    # Hits after opening, or before closing: the two mirror each other.
    for e in range(rows.col_ptr[j], rows.col_ptr[j + 1]):
        i = rows.col_row[e]
        worth = s.demand[i] * s.heavy[s.group[i]] * sign
        hits = s.hits[i] + (1 if sign > 0 else 0)
        s.hits[i] += sign
        if hits == 1:
            _count(s, i, sign)
            for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
                if rows.row_col[f] != j:
                    s.gain[rows.row_col[f]] -= worth
        elif hits == _SHARED:
            k = _only_other(s, i, j)
            if k >= 0:
                s.gain[k] -= worth


@kernel
def _least_missed(s: GroupState, heed_tabu: bool) -> int:  # noqa: FBT001 - kernels take plain arguments
    """Pick the open column with the least weighted demand lost per cost, the lowest on ties."""
    best = -1
    for place in range(s.scalar[_N_OPEN]):
        j = s.open_list[place]
        if heed_tabu and s.free_at[j] > s.scalar[_STEP]:
            continue
        if best < 0:
            best = j
            continue
        left, right = float(s.gain[j]) * s.cost[best], float(s.gain[best]) * s.cost[j]
        if left < right or (left == right and j < best):
            best = j
    return best


@kernel
def _bare_row(s: GroupState) -> int:
    """Draw an uncovered row of a group that falls short; -1 where there is none."""
    n_groups = s.need.size
    start = draw(s.random, n_groups)
    for step in range(n_groups):
        g = (start + step) % n_groups
        if s.covered[g] >= s.need[g]:
            continue
        first, n = s.row_ptr[g], s.row_ptr[g + 1] - s.row_ptr[g]
        for _ in range(_TRIES):
            i = s.row_of[first + draw(s.random, n)]
            if s.hits[i] == 0:
                return int(i)
        for k in range(first, first + n):
            if s.hits[s.row_of[k]] == 0:
                return int(s.row_of[k])
    return -1


@kernel
def _best_of_row(s: GroupState, i: int, purse: int, heed_tabu: bool) -> int:  # noqa: FBT001 - as above
    """Pick the column of a row with the most weighted demand gained per cost that is affordable."""
    best = -1
    for f in range(s.incidence.row_ptr[i], s.incidence.row_ptr[i + 1]):
        j = s.incidence.row_col[f]
        if s.cost[j] > purse or (heed_tabu and s.free_at[j] > s.scalar[_STEP]):
            continue
        if best < 0 or float(s.gain[j]) * s.cost[best] > float(s.gain[best]) * s.cost[j]:
            best = j
    return best


@kernel
def _grow_heavier(s: GroupState) -> None:
    """Add to the weight of every group that falls short."""
    for g in range(s.need.size):
        if s.covered[g] >= s.need[g]:
            continue
        s.heavy[g] += 1
        for k in range(s.row_ptr[g], s.row_ptr[g + 1]):
            _reweigh(s, s.row_of[k], s.demand[s.row_of[k]])


@kernel
def _reweigh(s: GroupState, i: int, more: int) -> None:
    """Let a row's demand count for more."""
    rows = s.incidence
    if s.hits[i] == 0:
        for f in range(rows.row_ptr[i], rows.row_ptr[i + 1]):
            s.gain[rows.row_col[f]] += more
    elif s.hits[i] == 1:
        k = _only_other(s, i, -1)
        s.gain[k] += more


@kernel
def _halve(s: GroupState) -> None:
    """Halve all weights, so that old troubles fade."""
    s.gain[:] = 0
    for g in range(s.need.size):
        s.heavy[g] = max(1, s.heavy[g] // 2)
        for k in range(s.row_ptr[g], s.row_ptr[g + 1]):
            _reweigh(s, s.row_of[k], s.demand[s.row_of[k]] * s.heavy[g])


@kernel
def _is_spare(s: GroupState, j: int, lost: NDArray[np.int64]) -> bool:
    """Whether every group keeps its share without an open column; ``lost`` is zero throughout."""
    rows, spare = s.incidence, True
    for e in range(rows.col_ptr[j], rows.col_ptr[j + 1]):
        i = rows.col_row[e]
        if s.hits[i] == 1:
            g = s.group[i]
            lost[g] += s.demand[i]
            if s.covered[g] - lost[g] < s.need[g]:
                spare = False
    for e in range(rows.col_ptr[j], rows.col_ptr[j + 1]):
        lost[s.group[rows.col_row[e]]] = 0
    return spare


@kernel
def _prune(s: GroupState, lost: NDArray[np.int64]) -> None:
    """Close columns that no group needs, the dearest and least missed first."""
    while True:
        worst = -1
        for place in range(s.scalar[_N_OPEN]):
            j = s.open_list[place]
            if (
                worst < 0 or (s.cost[j], -s.gain[j], -j) > (s.cost[worst], -s.gain[worst], -worst)
            ) and _is_spare(s, j, lost):
                worst = j
        if worst < 0:
            break
        _toggle(s, worst, -1)


@kernel
def _close_one(s: GroupState) -> None:
    j = _least_missed(s, True)
    if j < 0:
        j = _least_missed(s, False)
    _toggle(s, j, -1)
    s.free_at[j] = s.scalar[_STEP] + 1 + draw(s.random, 4)


@kernel
def _begin(s: GroupState, lost: NDArray[np.int64]) -> None:
    """Open what gains most in groups that fall short, until none does."""
    while s.scalar[_N_SHORT] > 0:
        i = _bare_row(s)
        _toggle(s, _best_of_row(s, i, 2**62, False), 1)
    _prune(s, lost)
    s.scalar[_BEST_COST] = s.scalar[_COST]
    s.best[:] = s.open_place >= 0


@kernel
def _keep_if_better(s: GroupState, lost: NDArray[np.int64]) -> None:
    if s.scalar[_N_SHORT] == 0:
        _prune(s, lost)
        if s.scalar[_COST] < s.scalar[_BEST_COST]:
            s.scalar[_BEST_COST] = s.scalar[_COST]
            s.best[:] = s.open_place >= 0


@kernel
def _make_room(s: GroupState) -> None:
    """Close until something that costs less than the best may be opened, and one more."""
    while s.scalar[_N_OPEN] > 0 and (
        s.scalar[_N_SHORT] == 0 or s.scalar[_COST] >= s.scalar[_BEST_COST] - 1
    ):
        _close_one(s)
    if s.scalar[_N_OPEN] > 0:
        _close_one(s)


@kernel
def _repair(s: GroupState) -> None:
    """Open where groups fall short, as far as the cost stays below the best."""
    while s.scalar[_N_SHORT] > 0:
        i = _bare_row(s)
        purse = s.scalar[_BEST_COST] - 1 - s.scalar[_COST]
        j = _best_of_row(s, i, purse, True)
        if j < 0:
            j = _best_of_row(s, i, purse, False)
        if j < 0:
            break
        _toggle(s, j, 1)
        s.free_at[j] = s.scalar[_STEP] + 2 + draw(s.random, 4)


@kernel
def _steps(s: GroupState, n_steps: int, least_cost: int, lost: NDArray[np.int64]) -> None:
    last = s.scalar[_STEP] + n_steps
    while s.scalar[_STEP] < last and s.scalar[_BEST_COST] > least_cost:
        s.scalar[_STEP] += 1
        _keep_if_better(s, lost)
        _make_room(s)
        _repair(s)
        if s.scalar[_N_SHORT] > 0:
            _grow_heavier(s)
            if s.heavy.max() > _HEAVIEST:
                _halve(s)
    _keep_if_better(s, lost)


@dataclass(slots=True)
class GroupSearch:
    """A search that can be continued: greedy first, then as many steps as asked."""

    table: Table
    needs: NDArray[np.int64]
    """Shape (groups,). Demand to cover in each, above 0 and at most what its rows hold."""

    seed: int
    _state: GroupState | None = None

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

    def _started(self) -> GroupState:
        if self._state is None:
            self._state = _new_state(self.table, self.needs, self.seed)
            _begin(self._state, np.zeros(self.needs.size, np.int64))
        return self._state

    def run(self, n_steps: int, least_cost: int, stop: Stop) -> None:
        """Search on until ``n_steps`` more are made, the bound is met, or told to stop."""
        state, lost = self._started(), np.zeros(self.needs.size, np.int64)
        for size in in_chunks(16, n_steps, stop, lambda: self.cost <= least_cost):
            _steps(state, size, least_cost, lost)


def _new_state(table: Table, needs: NDArray[np.int64], seed: int) -> GroupState:
    """Lay out the state of a search in which everything is closed."""
    n, incidence = table.n_columns, table.incidence
    gain = np.zeros(n, np.int64)
    columns = np.repeat(np.arange(n), np.diff(incidence.col_ptr))
    np.add.at(gain, columns, table.weight[incidence.col_row])
    row_of = np.argsort(table.group, kind="stable").astype(np.int64)
    row_ptr = np.searchsorted(table.group[row_of], np.arange(needs.size + 1)).astype(np.int64)
    return GroupState(
        incidence=incidence,
        demand=table.weight,
        cost=table.cost,
        group=table.group,
        row_of=row_of,
        row_ptr=row_ptr,
        need=needs,
        covered=np.zeros(needs.size, np.int64),
        heavy=np.ones(needs.size, np.int64),
        hits=np.zeros(table.n_rows, np.int32),
        gain=gain,
        free_at=np.zeros(n, np.int64),
        open_list=np.zeros(n, np.int32),
        open_place=np.full(n, -1, np.int32),
        best=np.zeros(n, np.bool_),
        scalar=np.array([0, 2**62, 0, 0, int((needs > 0).sum())], np.int64),
        random=np.array([spread_seed(seed) * 2 + 1], np.uint64),
    )
