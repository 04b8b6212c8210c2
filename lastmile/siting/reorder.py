"""Orders of opening: what each covers year by year, and exchanges that cover more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.kernel import kernel
from lastmile.siting.problem import SitingProblem
from lastmile.stop import Stop

NEVER: Final = -1
"""Phase of a site that does not open."""

_TRIED: Final = 64
"""Stations of each of two years whose exchange is tried: those with least and most to give."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What may be spent up to the end of a year."""

    n: int | None
    """New stations; None for no limit."""

    yuan: int | None

    @property
    def is_bottomless(self) -> bool:
        """Whether nothing binds."""
        return self.n is None and self.yuan is None

    def pays(self, cost_yuan: NDArray[np.int64]) -> bool:
        """Whether stations of these costs may all open."""
        in_number = self.n is None or cost_yuan.size <= self.n
        return in_number and (self.yuan is None or int(cost_yuan.sum()) <= self.yuan)


@kernel
def _first_year(
    ptr: NDArray[np.int64],
    index: NDArray[np.int32],
    opens: NDArray[np.int64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    by: NDArray[np.int64],
) -> None:
    """Find by row the earliest two years that cover it, and the site of the earliest."""
    for i in range(first.size):
        for e in range(ptr[i], ptr[i + 1]):
            year = opens[index[e]]
            if year < first[i]:
                second[i] = first[i]
                first[i] = year
                by[i] = index[e]
            elif year < second[i]:
                second[i] = year


def first_years(
    problem: SitingProblem, order: NDArray[np.int64], n_years: int
) -> NDArray[np.int64]:
    """Year from which each demand point is covered. Shape (demand points,).

    0 where an existing station covers it, ``n_years + 1`` where it is never covered.
    """
    return _years(problem, _opening(problem, order, n_years), n_years)[0]


def covered_by_year(
    problem: SitingProblem, order: NDArray[np.int64], n_years: int
) -> tuple[int, ...]:
    """Demand covered by the end of each year, existing stations included.

    Parameters
    ----------
    problem
        The reach and the demand.
    order
        Shape (sites,). Year of opening from 1, or ``NEVER``; whatever stands at existing sites.
    n_years
        Number of years.
    """
    gained = np.zeros(n_years + 2, np.int64)
    np.add.at(gained, first_years(problem, order, n_years), problem.demand)
    return tuple(int(total) for total in np.cumsum(gained)[1 : n_years + 1])


def better_order(
    problem: SitingProblem,
    final: NDArray[np.bool_],
    orders: Sequence[NDArray[np.int64]],
    purses: Sequence[Purse],
    stop: Stop,
) -> NDArray[np.int64]:
    """Take the order that covers most, summed over the years, and exchange stations of its years.

    Parameters
    ----------
    problem
        The reach, demand and costs.
    final
        Shape (sites,). The stations that may open.
    orders
        Orders within the limits, each of shape (sites,).
    purses
        What may be spent up to the end of each year.
    stop
        Polled before each exchange.
    """
    n_years = len(purses)
    totals = [sum(covered_by_year(problem, order, n_years)) for order in orders]
    order = orders[int(np.argmax(totals))].copy()
    if any(purse.is_bottomless for purse in purses[:-1]):
        return order  # years with targets only ask for few stations, not for many people
    total = max(totals)
    while not stop.reached():
        improved = _exchanged(problem, final, order, purses, total)
        if improved is None:
            return order
        order, total = improved
    return order


def _exchanged(
    problem: SitingProblem,
    final: NDArray[np.bool_],
    order: NDArray[np.int64],
    purses: Sequence[Purse],
    total: int,
) -> tuple[NDArray[np.int64], int] | None:
    """Find one station to open earlier, perhaps in exchange for another, so that more is covered.

    Stations that never open take part as if they opened after the last year.
    """
    n_years = len(purses)
    opens = _opening(problem, order, n_years)
    first, second, by = _years(problem, opens, n_years)
    for early in range(1, n_years + 1):
        for late in range(early + 1, n_years + 2):
            gain = _gained(problem, opens, first, early, late)
            loss = _lost(problem, first, second, by, late)
            news = _extreme(np.flatnonzero(final & (opens == late)), -gain)
            olds = _extreme(np.flatnonzero(opens == early), loss)
            for new in news[gain[news] > 0].tolist():
                for old in [None, *olds[loss[olds] < gain[new]].tolist()]:
                    tried = opens.copy()
                    tried[new] = early
                    if old is not None:
                        tried[old] = late
                    if not _within(problem, tried, purses):
                        continue
                    changed = np.where(tried > n_years, NEVER, tried)
                    reached = sum(covered_by_year(problem, changed, n_years))
                    if reached > total:
                        return changed, reached
    return None


def _extreme(sites: NDArray[np.int64], value: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pick the sites of the smallest values, the lowest position first on ties."""
    return sites[np.argsort(value[sites], kind="stable")][:_TRIED]


def _opening(problem: SitingProblem, order: NDArray[np.int64], n_years: int) -> NDArray[np.int64]:
    """Year in which each site is open: 0 for existing ones, past the last for those never."""
    opens = np.where(order == NEVER, n_years + 1, order)
    opens[problem.existing] = 0
    return opens.astype(np.int64)


def _years(
    problem: SitingProblem, opens: NDArray[np.int64], n_years: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    first = np.full(problem.reach.n_demand, n_years + 1, np.int64)
    second, by = first.copy(), np.full(problem.reach.n_demand, -1, np.int64)
    _first_year(problem.reach.indptr, problem.reach.indices, opens, first, second, by)
    return first, second, by


def _lost(
    problem: SitingProblem,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    by: NDArray[np.int64],
    late: int,
) -> NDArray[np.int64]:
    """Demand years lost if a site opened only in year ``late``. Shape (sites,)."""
    years = np.clip(np.minimum(second, late) - first, 0, None)
    loss = np.zeros(problem.reach.n_sites, np.int64)
    np.add.at(loss, by[by >= 0], (years * problem.demand)[by >= 0])
    return loss


def _gained(
    problem: SitingProblem,
    opens: NDArray[np.int64],
    first: NDArray[np.int64],
    early: int,
    late: int,
) -> NDArray[np.int64]:
    """Demand years gained if a site of year ``late`` opened in ``early``. Shape (sites,)."""
    years = np.clip(np.minimum(first, late) - early, 0, None) * problem.demand
    of_late = opens[problem.reach.indices] == late
    gain = np.zeros(problem.reach.n_sites, np.int64)
    np.add.at(gain, problem.reach.indices[of_late], years[problem.reach.rows()[of_late]])
    return gain


def _within(problem: SitingProblem, opens: NDArray[np.int64], purses: Sequence[Purse]) -> bool:
    """Whether every year's limits hold; existing stations, open in year 0, cost nothing."""
    return all(
        purse.pays(problem.cost_yuan[(opens > 0) & (opens <= k)])
        for k, purse in enumerate(purses, 1)
    )
