"""Certified bounds by Lagrangian duals: any multipliers give one, good ones a tight one.

The constraints "a covered row has an open column" are priced with one multiplier per row.
Subgradient steps in floating point find good multipliers; the bound itself is then computed
from them in whole numbers, so that no rounding can flatter it.

References
----------
Held, Wolfe & Crowder (1974), doi:10.1007/BF01580223;
Beasley (1990), doi:10.1002/1520-6750(199002)37:1<151::AID-NAV3220370110>3.0.CO;2-2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.kernel import kernel
from lastmile.siting.maximal import Limits
from lastmile.siting.table import Incidence, Table, rows_hit
from lastmile.stop import Stop

_Floats = NDArray[np.float64]


@kernel
def _column_sums(incidence: Incidence, u: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.zeros(incidence.col_ptr.size - 1)
    for j in range(sums.size):
        for e in range(incidence.col_ptr[j], incidence.col_ptr[j + 1]):
            sums[j] += u[incidence.col_row[e]]
    return sums


@kernel
def _exact_column_sums(incidence: Incidence, u: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.zeros(incidence.col_ptr.size - 1, np.int64)
    for j in range(sums.size):
        for e in range(incidence.col_ptr[j], incidence.col_ptr[j + 1]):
            sums[j] += u[incidence.col_row[e]]
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """The relaxed problem's optimum at given multipliers."""

    value: float
    rows: _Floats
    """How much of each row is covered."""

    columns: _Floats
    """How much of each column is open."""


class _Relaxation(Protocol):
    """A problem to be minimised, with its covering constraints priced."""

    @property
    def table(self) -> Table: ...

    def solve(self, u: _Floats) -> _Answer:
        """Solve the relaxed problem at given multipliers."""

    def certify(self, u: _Floats) -> int:
        """Prove a lower bound on the optimum, in whole units of the objective."""

    def ceiling(self) -> _Floats | float:
        """Bound the multipliers that can be useful."""

    def start(self) -> _Floats:
        """Give the multipliers to begin with."""

    def penalties(self, u: _Floats) -> _Floats:
        """Tell by how much the bound rises at least when a column is opened. Shape (columns,)."""


def _scaled(u: _Floats, magnitude: float) -> tuple[NDArray[np.int64], int]:
    """Turn multipliers to whole numbers on a scale at which sums of ``magnitude`` fit int64."""
    bits = int(np.clip(59 - np.log2(max(magnitude, 1.0)), 0, 40))
    return np.floor(u * float(2**bits)).astype(np.int64), 2**bits


def _fair_shares(table: Table) -> _Floats:
    """Let every row pay its part of the cheapest column that covers it."""
    incidence = table.incidence
    per_row = table.cost / np.maximum(np.diff(incidence.col_ptr), 1)
    lowest: _Floats = np.minimum.reduceat(per_row[incidence.row_col], incidence.row_ptr[:-1])
    return lowest


@dataclass(frozen=True, slots=True, eq=False)
class _LeastCost:
    """What covers of all rows, and of some, have in common: columns are paid for."""

    table: Table

    def ceiling(self) -> float:
        """Bound the multipliers that can be useful."""
        return float(self.table.cost.max(initial=0))

    def start(self) -> _Floats:
        """Give the multipliers to begin with."""
        return _fair_shares(self.table)

    def penalties(self, u: _Floats) -> _Floats:
        """Tell how much the bound rises when a column is opened. Shape (columns,)."""
        return np.maximum(self.table.cost - _column_sums(self.table.incidence, u), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class FullCover(_LeastCost):
    """Least cost at which every row is covered."""

    def solve(self, u: _Floats) -> _Answer:
        """Solve the relaxed problem at given multipliers."""
        reduced = self.table.cost - _column_sums(self.table.incidence, u)
        value = u.sum() + np.minimum(reduced, 0.0).sum()
        return _Answer(float(value), np.ones(u.size), (reduced < 0.0).astype(np.float64))

    def certify(self, u: _Floats) -> int:
        """Prove a lower bound from given multipliers, in whole numbers."""
        whole, scale = _scaled(u, float(u.sum()) + float(self.table.cost.sum()))
        reduced = self.table.cost * scale - _exact_column_sums(self.table.incidence, whole)
        return -(-(int(whole.sum()) + int(np.minimum(reduced, 0).sum())) // scale)


@dataclass(frozen=True, slots=True, eq=False)
class PartialCover(_LeastCost):
    """Least cost at which of each group's demand its need is covered."""

    needs: NDArray[np.int64]
    """Shape (groups,). Above 0, and at most what the group's rows hold."""

    def _price_of_demand(self, u: _Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], _Floats]:
        """Rows by group from cheap to dear per demand.

        Returns
        -------
        order
            Shape (rows,).
        place
            Shape (groups,). Place in the order of the row that fills each need.
        part
            Shape (groups,). How much of that row is needed.
        """
        weight, group = self.table.weight, self.table.group
        order = np.argsort(u / weight, kind="stable")
        if self.needs.size > 1:
            order = order[np.argsort(group[order], kind="stable")]
        filled = np.cumsum(weight[order])
        first = np.searchsorted(group[order], np.arange(self.needs.size))
        before = np.where(first > 0, filled[first - 1], 0)
        place = np.searchsorted(filled, before + self.needs)
        critical = weight[order[place]]
        part = (before + self.needs - (filled[place] - critical)) / critical
        return order, place, part

    def solve(self, u: _Floats) -> _Answer:
        """Solve the relaxed problem at given multipliers."""
        order, place, part = self._price_of_demand(u)
        rows = np.zeros(u.size)
        rows[order[np.arange(u.size) < place[self.table.group[order]]]] = 1.0
        rows[order[place]] = part
        reduced = self.table.cost - _column_sums(self.table.incidence, u)
        value = float((u * rows).sum()) + np.minimum(reduced, 0.0).sum()
        return _Answer(float(value), rows, (reduced < 0.0).astype(np.float64))

    def certify(self, u: _Floats) -> int:
        """Prove a lower bound from given multipliers, in whole numbers."""
        order, place, _ = self._price_of_demand(u)
        cost, weight, group = self.table.cost, self.table.weight, self.table.group
        price = u[order[place]] / weight[order[place]]
        magnitude = float(u.sum()) + float(cost.sum()) + float((price[group] * weight).sum())
        whole, scale = _scaled(u, magnitude)
        whole_price = np.floor(price * scale).astype(np.int64)
        reduced = cost * scale - _exact_column_sums(self.table.incidence, whole)
        unpaid = np.minimum(whole - whole_price[group] * weight, 0)
        total = int((whole_price * self.needs).sum()) + int(unpaid.sum())
        total += int(np.minimum(reduced, 0).sum())
        return -(-total // scale)


@dataclass(frozen=True, slots=True, eq=False)
class MostDemand:
    """Most demand covered by p stations within a budget, as the least of its negative."""

    table: Table
    limits: Limits

    def _budget(self) -> int:
        return min(self.limits.budget, int(self.table.cost.sum()))

    def _p(self) -> int:
        return min(self.limits.p, self.table.n_columns)

    def _top(self, value: _Floats) -> NDArray[np.int64]:
        """Pick the p columns of the largest positive value, the lowest positions on ties."""
        positive = np.flatnonzero(value > 0.0)
        if positive.size <= self._p():
            return positive
        order = np.argsort(-value[positive], kind="stable")
        return positive[order[: self._p()]]

    def _pick(self, gain: _Floats) -> tuple[NDArray[np.int64], float]:
        """Pick columns that fit, and the price of a unit of budget at which they do."""
        cost = self.table.cost
        chosen = self._top(gain)
        if cost[chosen].sum() <= self._budget():
            return chosen, 0.0
        low, high = 0.0, float((gain / np.maximum(cost, 1)).max()) + 1.0
        for _ in range(40):
            price = (low + high) / 2.0
            if cost[self._top(gain - price * cost)].sum() > self._budget():
                low = price
            else:
                high = price
        return self._top(gain - high * cost), high

    def solve(self, u: _Floats) -> _Answer:
        """Solve the relaxed problem at given multipliers."""
        gain = _column_sums(self.table.incidence, u)
        chosen, price = self._pick(gain)
        columns = np.zeros(gain.size)
        columns[chosen] = 1.0
        value = np.maximum(self.table.weight - u, 0.0).sum() + price * self._budget()
        value += (gain - price * self.table.cost)[chosen].sum()
        return _Answer(-float(value), (u < self.table.weight).astype(np.float64), columns)

    def _floor(self, worth: _Floats, chosen: NDArray[np.int64]) -> float:
        """Price of a place among the p: what the least of the chosen is worth."""
        if chosen.size < self._p() or not chosen.size:
            return 0.0
        return max(0.0, float(worth[chosen].min()))

    def penalties(self, u: _Floats) -> _Floats:
        """Tell how much the bound rises when a column is opened. Shape (columns,)."""
        gain = _column_sums(self.table.incidence, u)
        chosen, price = self._pick(gain)
        worth = gain - price * self.table.cost
        return np.maximum(self._floor(worth, chosen) - worth, 0.0)

    def certify(self, u: _Floats) -> int:
        """Prove a lower bound from given multipliers, in whole numbers."""
        weight, cost = self.table.weight, self.table.cost
        gain = _column_sums(self.table.incidence, u)
        chosen, price = self._pick(gain)
        floor = self._floor(gain - price * cost, chosen)
        magnitude = float(weight.sum()) * 2 + float(gain.sum())
        magnitude += price * (float(cost.sum()) + self._budget()) + floor * self._p()
        whole, scale = _scaled(u, magnitude)
        whole_price, whole_floor = int(price * scale), int(floor * scale)
        left = _exact_column_sums(self.table.incidence, whole) - whole_floor - whole_price * cost
        total = int(np.maximum(weight * scale - whole, 0).sum()) + int(np.maximum(left, 0).sum())
        total += whole_floor * self._p() + whole_price * self._budget()
        return -(total // scale)

    def ceiling(self) -> _Floats:
        """Bound the multipliers that can be useful."""
        return self.table.weight.astype(np.float64)

    def start(self) -> _Floats:
        """Give the multipliers to begin with."""
        degree = np.diff(self.table.incidence.row_ptr)
        return self.table.weight / np.maximum(degree, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """Where a subgradient ascent ended."""

    bound: int
    """Certified lower bound (for MostDemand: of the negative demand)."""

    multipliers: _Floats


def ascend(
    relaxation: FullCover | PartialCover | MostDemand,
    incumbent: int,
    n_steps: int,
    stop: Stop,
) -> Ascent:
    """Raise the dual bound by subgradient steps.

    Parameters
    ----------
    relaxation
        The problem, to be minimised.
    incumbent
        Value of a known solution; the ascent ends when the bound meets it.
    n_steps
        Most steps.
    stop
        Polled at every step.

    Returns
    -------
    Ascent
        The best bound, rounded up to the next whole number, which an optimum is.
    """
    u = relaxation.start()
    best_u, best_value, pace, stale = u, -1e300, 0.5, 0
    direction = np.zeros(u.size)
    for _ in range(n_steps):
        answer = relaxation.solve(u)
        stale += 1
        if answer.value > best_value:
            stale = 0 if answer.value > best_value + 1e-5 * abs(best_value) else stale
            best_u, best_value = u, answer.value
        if best_value > incumbent - 1 or stop.reached() or pace < _SLOWEST:
            break
        if stale > _PATIENCE:
            pace, stale = pace / 2.0, 0
        direction = _slope(relaxation, u, answer) + _MEMORY * direction
        norm = float((direction * direction).sum())  # not BLAS, whose sums depend on its threads
        if norm <= 0.0:
            break
        aim = incumbent + 0.005 * abs(incumbent)
        u = np.clip(u + pace * (aim - answer.value) / norm * direction, 0.0, relaxation.ceiling())
    return Ascent(relaxation.certify(best_u), best_u)


_PATIENCE = 40
"""Steps without progress before the pace is halved."""

_SLOWEST = 0.002

_MEMORY = 0.95
"""Part of the last direction that is kept; damps the zigzag (measured: better than 0 to 0.9)."""


def _slope(relaxation: _Relaxation, u: _Floats, answer: _Answer) -> _Floats:
    slope = answer.rows - rows_hit(relaxation.table.incidence, answer.columns)
    # Steps against a side of the box lead nowhere and would only shorten the others.
    slope[(u <= 0.0) & (slope < 0.0)] = 0.0
    slope[(u >= relaxation.ceiling()) & (slope > 0.0)] = 0.0
    return slope


def useful_columns(
    relaxation: FullCover | PartialCover | MostDemand, ascent: Ascent, incumbent: int
) -> NDArray[np.bool_]:
    """Keep the columns that a solution better than the incumbent may open. Shape (columns,).

    Opening a column of positive reduced cost raises the bound by it; where that meets the
    incumbent, no better solution opens the column.
    """
    value = relaxation.solve(ascent.multipliers).value
    slack = incumbent - 1 - value + 1e-6 * max(1.0, abs(value))
    keep: NDArray[np.bool_] = relaxation.penalties(ascent.multipliers) <= slack
    return keep
