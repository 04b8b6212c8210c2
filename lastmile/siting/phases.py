"""Phasing: which of the stations open in which year, nested and without regret.

The stations of the final plan stay as they were proven; what is decided is their order. A later
year never closes an earlier station. Limits add up: what one year leaves of its stations or its
money the next may use. Asked is the most demand covered, summed over the years; each year alone
bounds it, for no nested plan can cover more in a year than the best plan of that year.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lastmile.progress import Progress, silent
from lastmile.siting.prepare import points_reached
from lastmile.siting.problem import SitingProblem, SitingSolution
from lastmile.siting.reorder import NEVER, Purse, better_order, covered_by_year
from lastmile.siting.solve import solve
from lastmile.stop import Stop


@dataclass(frozen=True, slots=True)
class Phase:
    """What may be spent in one year, and what is to be reached by its end."""

    name: str
    n_stations: int | None = None
    """Most new stations of the year, beside those that earlier years left; None for no limit."""

    budget_yuan: int | None = None
    """Most that they may cost, beside what earlier years left; None for no limit."""

    target_share: float | None = None
    """Share of all demand to cover by the end of the year; None for none."""

    @property
    def is_limited(self) -> bool:
        """Whether stations or money bind."""
        return self.n_stations is not None or self.budget_yuan is not None


@dataclass(frozen=True, slots=True)
class YearProof:
    """What was reached by the end of a year, and what could have been."""

    covered: int
    """Demand covered, thousandths of a person."""

    bound: int
    """Most that any choice among the final stations covers within the year's limits."""

    alone: int
    """Covered by the best plan found for this year alone, from all sites that may open."""

    alone_bound: int
    """Most that any plan for this year alone can cover."""

    target: int
    """Demand that was to be covered; 0 for none."""


@dataclass(frozen=True, slots=True, eq=False)
class PhasePlan:
    """When each station opens."""

    phases: tuple[Phase, ...]
    phase: NDArray[np.int64]
    """Shape (sites,). 0 for existing stations, 1, 2, … for the years, ``NEVER`` for the others."""

    years: tuple[YearProof, ...]
    n_left_out: int
    """Stations of the final plan that fit no year's limits."""

    cut_short: bool = False
    """Whether the clock ended any search: a rerun may differ."""

    @property
    def objective(self) -> int:
        """Covered demand, summed over the years."""
        return sum(year.covered for year in self.years)

    @property
    def bound(self) -> int:
        """Most that any order of the final stations can cover, summed over the years."""
        return sum(year.bound for year in self.years)


@dataclass(frozen=True, slots=True, eq=False)
class _Ask:
    """What every solve of one phasing shares."""

    problem: SitingProblem
    final: NDArray[np.bool_]
    """Shape (sites,). New stations of the final plan."""

    purses: tuple[Purse, ...]
    targets: tuple[float | None, ...]
    stop: Stop
    seed: int
    max_iterations: int | None
    cut: threading.Event = field(default_factory=threading.Event)
    """Set when the clock ended a search."""

    def best(self, k: int, kept: NDArray[np.bool_], among: NDArray[np.bool_]) -> SitingSolution:
        """Cover the most by the end of year ``k``; without a limit its target with the fewest."""
        purse = self.purses[k]
        asked = replace(
            self.problem, required=kept, forbidden=~(among | self.problem.existing),
            goal="mclp", p=purse.n, budget_yuan=purse.yuan, group=None,
        )  # fmt: skip
        if purse.is_bottomless:
            share = self.targets[k]
            asked = replace(
                asked, goal="lscp", share_of="coverable" if share is None else "all",
                required_share=share or 1.0,
            )  # fmt: skip
        n_solves = 4 * len(self.purses)
        found = solve(
            asked,
            stop=Stop.after(self.stop.remaining_s() / n_solves, self.stop.interruption),
            seed=self.seed,
            max_iterations=self.max_iterations,
        )
        if found.cut_short:
            self.cut.set()
        return found

    def opened(
        self, k: int, kept: NDArray[np.bool_], among: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Choose the new stations that are open by the end of year ``k``."""
        everything = self.purses[k].pays(self.problem.cost_yuan[among])
        if everything and (self.purses[k].n is not None or self.purses[k].yuan is not None):
            return among
        if self.purses[k].is_bottomless and self.targets[k] is None:
            return among
        chosen: NDArray[np.bool_] = self.best(k, kept, among).open & ~self.problem.existing
        return chosen


def plan_phases(
    problem: SitingProblem,
    solution: SitingSolution,
    phases: Sequence[Phase],
    *,
    stop: Stop,
    seed: int,
    max_iterations: int | None = None,
    progress: Progress = silent,
) -> PhasePlan:
    """Put the new stations of a solution into an order of years.

    Parameters
    ----------
    problem, solution
        The final plan, which is not changed.
    phases
        The years, first to last. A year without limits opens what its target needs, and without
        a target all the rest.
    stop
        Shared out among the years; the order is complete even when it is reached, with wider
        bounds.
    seed, max_iterations
        As for :func:`lastmile.siting.solve`.
    progress
        Told the stage ``phases`` after each year.

    Returns
    -------
    PhasePlan
        Accepted by :func:`lastmile.siting.check_phases`.
    """
    ask = _Ask(
        problem, solution.open & ~problem.existing, _added_up(phases),
        tuple(phase.target_share for phase in phases), stop, seed, max_iterations,
    )  # fmt: skip
    n = len(phases)
    forward = _forward(ask, progress, phases)
    order = better_order(problem, ask.final, [forward, _backward(ask)], ask.purses, stop)
    covered = covered_by_year(problem, order, n)
    years = tuple(_proof(ask, k, covered[k]) for k in range(n))
    progress("phases", n, n)
    left_out = int((ask.final & (order == NEVER)).sum())
    phase = np.where(problem.existing, 0, order)
    return PhasePlan(tuple(phases), phase, years, left_out, ask.cut.is_set())


def _added_up(phases: Sequence[Phase]) -> tuple[Purse, ...]:
    """Stations and money up to the end of each year; without limit once a year has none."""
    purses = []
    n: int | None = 0
    yuan: int | None = 0
    for phase in phases:
        n = None if n is None or phase.n_stations is None else n + phase.n_stations
        yuan = None if yuan is None or phase.budget_yuan is None else yuan + phase.budget_yuan
        purses.append(Purse(n, yuan))
    return tuple(purses)


def _forward(ask: _Ask, progress: Progress, phases: Sequence[Phase]) -> NDArray[np.int64]:
    """Cover the most in the first year, then the most that can be added, and so on."""
    order = np.full(ask.final.size, NEVER, np.int64)
    kept = np.zeros(ask.final.size, np.bool_)
    for k, phase in enumerate(phases):
        progress("phases", k, len(phases), phase.name)
        opened = kept | ask.opened(k, kept, ask.final)
        order[opened & ~kept] = k + 1
        kept = opened
    return order


def _backward(ask: _Ask) -> NDArray[np.int64]:
    """Cover the most in the last year, then leave out what costs least, year by year back."""
    order = np.full(ask.final.size, NEVER, np.int64)
    opened, nothing = ask.final, np.zeros_like(ask.final)
    for k in range(len(ask.purses) - 1, -1, -1):
        opened = ask.opened(k, nothing, opened) & opened
        order[opened] = k + 1
    return order


def _proof(ask: _Ask, k: int, covered: int) -> YearProof:
    """Bound a year by itself: among the final stations, and among all sites that may open."""
    problem, whole = ask.problem, int(ask.problem.demand.sum())
    share = ask.targets[k]
    target = 0 if share is None else int(np.ceil(share * whole))
    nothing = np.zeros_like(ask.final)
    if ask.purses[k].is_bottomless:
        # Nothing keeps the year from opening everything, whatever its target needs.
        final, every = (
            int(problem.demand[points_reached(problem, problem.existing | sites)].sum())
            for sites in (ask.final, ~problem.forbidden)
        )
        return YearProof(covered, final, every, every, target)
    inside = ask.best(k, nothing, ask.final)
    free = ask.best(k, nothing, ~problem.forbidden & ~problem.existing)
    bound = max(covered, min(inside.bound, free.bound))
    return YearProof(covered, bound, max(covered, free.objective), max(covered, free.bound), target)
