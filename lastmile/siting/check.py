"""The independent checker: recomputes a solution's every figure from the problem alone.

It shares no code with the solver, on purpose.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.siting.problem import SitingProblem, SitingSolution


def check(problem: SitingProblem, solution: SitingSolution) -> tuple[str, ...]:
    """Verify a solution.

    Parameters
    ----------
    problem
        The problem it claims to solve.
    solution
        The solution.

    Returns
    -------
    tuple of str
        One sentence per claim that is not true; empty when the solution is accepted.
    """
    shapes = _shape_faults(problem, solution)
    if shapes:
        return tuple(shapes)
    faults = [
        *_role_faults(problem, solution),
        *_assignment_faults(problem, solution),
        *_reason_faults(problem, solution),
        *_proof_faults(problem, solution),
    ]
    if problem.goal == "lscp":
        faults += _lscp_faults(problem, solution)
    else:
        faults += _mclp_faults(problem, solution)
    return tuple(faults)


def _shape_faults(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    n_demand, n_sites = len(problem.reach.demand_ids), len(problem.reach.site_ids)
    expected = {"open": n_sites, "station": n_demand, "length_mm": n_demand, "reason": n_demand}
    found = {name: len(getattr(solution, name)) for name in expected}
    return [
        f"{name} has {found[name]} entries instead of {n}"
        for name, n in expected.items()
        if found[name] != n
    ]


def _role_faults(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    if solution.status == "infeasible":
        return [] if _is_infeasible(problem) else ["it is called infeasible, but it is not"]
    faults = []
    if (problem.existing & ~solution.open).any():
        faults.append("an existing station is closed")
    if (problem.required & ~solution.open).any():
        faults.append("a required site is closed")
    if (problem.forbidden & solution.open).any():
        faults.append("a forbidden site is open")
    if _is_infeasible(problem):
        faults.append("the requirements cannot be met, but it is not called infeasible")
    return faults


def _pairs_of(
    problem: SitingProblem, sites: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Demand position, site position and length of every pair whose site is listed."""
    lengths = problem.reach.indptr[1:] - problem.reach.indptr[:-1]
    rows = np.repeat(np.arange(lengths.size), lengths)
    listed = sites[problem.reach.indices]
    return rows[listed], problem.reach.indices[listed], problem.reach.length_mm[listed]


def _demand_near(problem: SitingProblem, sites: NDArray[np.bool_]) -> int:
    return _near(problem, sites, np.ones(problem.demand.size, np.bool_))


def _near(problem: SitingProblem, sites: NDArray[np.bool_], members: NDArray[np.bool_]) -> int:
    rows, _, _ = _pairs_of(problem, sites)
    covered = np.zeros(problem.demand.size, np.bool_)
    covered[rows] = True
    return int(problem.demand[covered & members].sum())


def _assignment_faults(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    rows, sites, length_mm = _pairs_of(problem, solution.open)
    order = np.lexsort((sites, length_mm, rows))
    points, first = np.unique(rows[order], return_index=True)
    station = np.full(solution.station.size, -1)
    nearest_mm = np.full(solution.station.size, UNREACHABLE)
    station[points] = sites[order][first]
    nearest_mm[points] = length_mm[order][first]
    faults = []
    if (station != solution.station).any():
        i = int(np.flatnonzero(station != solution.station)[0])
        faults.append(
            f"{problem.reach.demand_ids[i]} is sent to site {solution.station[i]}, "
            f"but its nearest open site is {station[i]}"
        )
    if (nearest_mm != solution.length_mm).any():
        i = int(np.flatnonzero(nearest_mm != solution.length_mm)[0])
        faults.append(
            f"{problem.reach.demand_ids[i]} walks {nearest_mm[i]} mm, not {solution.length_mm[i]}"
        )
    return faults


def _reason_faults(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    allowed = ~problem.forbidden | problem.existing | problem.required
    near_open, near_allowed, near_any = (
        np.bincount(_pairs_of(problem, sites)[0], minlength=solution.station.size) > 0
        for sites in (solution.open, allowed, np.ones_like(allowed))
    )
    left = "share_met" if problem.goal == "lscp" else "budget"
    for i, told in enumerate(solution.reason):
        if near_open[i]:
            true = ""
        elif near_allowed[i]:
            true = left
        else:
            true = "forbidden" if near_any[i] else "no_candidate_in_reach"
        if told != true:
            return [f"{problem.reach.demand_ids[i]} has the reason {told!r} instead of {true!r}"]
    return []


def _proof_faults(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    faults = []
    sense = 1 if problem.goal == "lscp" else -1
    if sense * solution.bound > sense * solution.objective:
        faults.append(f"the bound {solution.bound} contradicts the objective {solution.objective}")
    if (solution.status == "optimal") and solution.objective != solution.bound:
        faults.append("it is called optimal, but the bound does not meet the objective")
    for name in ("objective", "bound"):
        total = sum(getattr(part, name) for part in solution.components)
        if total != getattr(solution, name):
            faults.append(f"the components' {name}s add up to {total}")
    if any(sense * part.bound > sense * part.objective for part in solution.components):
        faults.append("a component's bound contradicts its objective")
    return faults


def _members(problem: SitingProblem) -> list[NDArray[np.bool_]]:
    """Demand points of each group whose share must be reached by itself."""
    if problem.group is None:
        return [np.ones(problem.demand.size, np.bool_)]
    return [problem.group == k for k in range(len(problem.group_names))]


def _required_demand(problem: SitingProblem, members: NDArray[np.bool_]) -> int:
    allowed = ~problem.forbidden | problem.existing | problem.required
    of_all = problem.share_of == "all"
    whole = int(problem.demand[members].sum()) if of_all else _near(problem, allowed, members)
    share = Decimal(repr(float(problem.required_share)))
    return int((share * whole).to_integral_value(ROUND_CEILING))


def _is_infeasible(problem: SitingProblem) -> bool:
    if (problem.forbidden & (problem.required | problem.existing)).any():
        return True
    new = problem.required & ~problem.existing
    if problem.goal == "lscp":
        return any(
            _required_demand(problem, members) > _near(problem, ~problem.forbidden, members)
            for members in _members(problem)
        )
    too_many = problem.p is not None and int(new.sum()) > problem.p
    cost = int(problem.cost_yuan[new].sum())
    return too_many or (problem.budget_yuan is not None and cost > problem.budget_yuan)


def _lscp_faults(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    new = solution.open & ~problem.existing
    stations = problem.minimise == "stations"
    objective = int(new.sum()) if stations else int(problem.cost_yuan[new].sum())
    faults = []
    if objective != solution.objective:
        faults.append(f"the objective is {objective}, not {solution.objective}")
    if solution.status == "infeasible":
        return faults
    for members in _members(problem):
        covered = _near(problem, solution.open, members)
        asked = _required_demand(problem, members)
        if covered < asked:
            faults.append(f"{covered} thousandths of people are covered, {asked} were asked")
    return faults


def _mclp_faults(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    covered = _demand_near(problem, solution.open)
    faults = []
    if covered != solution.objective:
        faults.append(f"the objective is {covered}, not {solution.objective}")
    if solution.status == "infeasible":
        return faults
    new = solution.open & ~problem.existing
    cost = int(problem.cost_yuan[new].sum())
    if problem.p is not None and int(new.sum()) > problem.p:
        faults.append(f"{int(new.sum())} new stations are open, p allows {problem.p}")
    if problem.budget_yuan is not None and cost > problem.budget_yuan:
        faults.append(f"the new stations cost {cost} yuan, the budget is {problem.budget_yuan}")
    return faults
