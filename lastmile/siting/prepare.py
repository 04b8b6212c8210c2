"""From the problem to the bare table: fix what is fixed, drop what is out of the question."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.problem import SitingProblem
from lastmile.siting.table import Table, select_pairs


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What is left to decide."""

    table: Table
    """Demand points that no fixed site covers, and the sites that may yet open."""

    fixed: NDArray[np.bool_]
    """Shape (sites,). Open in any case: existing, required, and those that cost nothing."""

    fixed_cost: int
    """What the fixed sites add to the objective, or take from the budget."""

    fixed_count: int
    """Required sites, which count towards p."""

    covered: int
    """Demand that the fixed sites cover."""

    coverable: int
    """Demand that some allowed site reaches."""

    covered_in: NDArray[np.int64]
    """Shape (groups,). Demand of each group that the fixed sites cover."""

    coverable_in: NDArray[np.int64]
    """Shape (groups,). Demand of each group that some allowed site reaches."""

    unit_cost: NDArray[np.int64]
    """Shape (sites,). What each site adds to the objective or takes from the budget."""


def points_reached(problem: SitingProblem, sites: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which demand points have one of the sites in reach. Shape (demand points,)."""
    reach = problem.reach
    hits = np.concatenate(([0], np.cumsum(sites[reach.indices], dtype=np.int64)))
    reached: NDArray[np.bool_] = hits[reach.indptr[1:]] > hits[reach.indptr[:-1]]
    return reached


def prepare(problem: SitingProblem) -> Prepared:
    """Fix existing and required sites, drop forbidden ones and the points already covered."""
    n_sites = problem.reach.n_sites
    by_cost = problem.goal == "mclp" or problem.minimise == "cost"
    unit_cost = problem.cost_yuan if by_cost else np.ones(n_sites, np.int64)
    required = problem.required & ~problem.existing
    fixed = problem.existing | required
    allowed = ~problem.forbidden | fixed
    if problem.goal == "lscp":
        fixed = fixed | (allowed & (unit_cost == 0))
    covered, coverable = points_reached(problem, fixed), points_reached(problem, allowed)
    left = coverable & ~covered & (problem.demand > 0)
    candidates = allowed & ~fixed
    reach = problem.reach
    incidence = select_pairs(reach.indptr, reach.indices, left, candidates)
    return Prepared(
        table=Table(
            incidence,
            problem.demand[left],
            unit_cost[candidates].astype(np.int64),
            np.flatnonzero(candidates).astype(np.int64),
            groups_of(problem)[left],
        ),
        fixed=fixed,
        fixed_cost=int(unit_cost[required].sum()),
        fixed_count=int(required.sum()),
        covered=int(problem.demand[covered].sum()),
        coverable=int(problem.demand[coverable].sum()),
        covered_in=demand_in_groups(problem, covered),
        coverable_in=demand_in_groups(problem, coverable),
        unit_cost=unit_cost,
    )


def groups_of(problem: SitingProblem) -> NDArray[np.int32]:
    """Group of each demand point; all are one where the problem names none."""
    if problem.group is None:
        return np.zeros(problem.demand.size, np.int32)
    return problem.group.astype(np.int32)


def demand_in_groups(problem: SitingProblem, points: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Add up the demand of some points in each group. Shape (groups,)."""
    total = np.zeros(max(1, len(problem.group_names)), np.int64)
    np.add.at(total, groups_of(problem)[points], problem.demand[points])
    return total


def needed_demand(problem: SitingProblem, coverable_in: NDArray[np.int64]) -> NDArray[np.int64]:
    """Demand that an lscp must cover in each group, in thousandths of a person, rounded up.

    The share is taken as the decimal fraction the user wrote: 0.95 means 95/100, not the
    binary number nearest to it.
    """
    everyone = np.ones(problem.demand.size, np.bool_)
    whole = coverable_in if problem.share_of == "coverable" else demand_in_groups(problem, everyone)
    share = Fraction(repr(float(problem.required_share)))
    parts = [share * int(part) for part in whole]
    return np.array([-(-part.numerator // part.denominator) for part in parts], np.int64)
