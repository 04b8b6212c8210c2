"""The independent checker of phases: recomputes every figure from the problem alone.

It shares no code with the solver, on purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.problem import SitingProblem, SitingSolution

if TYPE_CHECKING:
    from lastmile.siting.phases import Phase, PhasePlan


def check_phases(
    problem: SitingProblem, solution: SitingSolution, plan: PhasePlan
) -> tuple[str, ...]:
    """Verify the order in which the stations of a solution open.

    Parameters
    ----------
    problem, solution
        The final plan.
    plan
        The claim: when each of its stations opens, and what is covered by then.

    Returns
    -------
    tuple of str
        One sentence per claim that is not true; empty when the plan is accepted.
    """
    final = solution.open & ~problem.existing
    opened = plan.phase > 0
    faults = []
    if (opened & ~final).any():
        faults.append("a site opens in some year that the final plan leaves closed")
    if (plan.phase[problem.existing] != 0).any():
        faults.append("an existing station is said to open")
    if int((final & ~opened).sum()) != plan.n_left_out:
        faults.append(f"{int((final & ~opened).sum())} stations are left out, not as told")
    n_allowed: int | None = 0
    yuan_allowed: int | None = 0
    for k, (phase, year) in enumerate(zip(plan.phases, plan.years, strict=True), 1):
        new = final & opened & (plan.phase <= k)
        n_allowed = _more(n_allowed, phase.n_stations)
        yuan_allowed = _more(yuan_allowed, phase.budget_yuan)
        cost = int(problem.cost_yuan[new].sum())
        if n_allowed is not None and int(new.sum()) > n_allowed:
            faults.append(f"{phase.name}: {int(new.sum())} stations are open, {n_allowed} allowed")
        if yuan_allowed is not None and cost > yuan_allowed:
            faults.append(f"{phase.name}: {cost} yuan are spent, {yuan_allowed} allowed")
        covered = _demand_near(problem, new | problem.existing)
        if covered != year.covered:
            faults.append(f"{phase.name}: {covered} are covered, not {year.covered}")
        if not (year.covered <= year.bound <= year.alone_bound and year.alone <= year.alone_bound):
            faults.append(f"{phase.name}: the bounds contradict each other or what is covered")
        faults += _target_faults(problem, phase, year.target)
    return tuple(faults)


def _more(allowed: int | None, of_year: int | None) -> int | None:
    """Add a year's limit; a year without one ends it for good."""
    return None if allowed is None or of_year is None else allowed + of_year


def _target_faults(problem: SitingProblem, phase: Phase, target: int) -> list[str]:
    share = phase.target_share or 0.0
    short = share * int(problem.demand.sum()) - target
    return [f"{phase.name}: its target is {target}"] if abs(short) > 1.0 else []


def _demand_near(problem: SitingProblem, sites: NDArray[np.bool_]) -> int:
    reach = problem.reach
    rows = np.repeat(np.arange(reach.n_demand), np.diff(reach.indptr))
    return int(problem.demand[np.unique(rows[sites[reach.indices]])].sum())
