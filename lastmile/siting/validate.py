"""What makes a siting problem impossible, told before anything is solved."""

from __future__ import annotations

import numpy as np

from lastmile.siting.problem import SitingProblem


def _names(problem: SitingProblem, positions: list[int]) -> str:
    shown = ", ".join(problem.reach.site_ids[j] for j in positions[:5])
    return shown + (f" and {len(positions) - 5} more" if len(positions) > 5 else "")  # noqa: PLR2004 - names shown


def check_shapes(problem: SitingProblem) -> None:
    """Refuse arrays that do not fit the reach: a programming error.

    Raises
    ------
    ValueError
        When a shape is wrong, or a demand or cost is negative.
    """
    reach = problem.reach
    if problem.demand.shape != (reach.n_demand,):
        raise ValueError(f"demand has shape {problem.demand.shape}, not ({reach.n_demand},)")
    for name in ("cost_yuan", "existing", "required", "forbidden"):
        shape = getattr(problem, name).shape
        if shape != (reach.n_sites,):
            raise ValueError(f"{name} has shape {shape}, not ({reach.n_sites},)")
    if problem.group is not None:
        shape, n_groups = problem.group.shape, len(problem.group_names)
        if shape != (reach.n_demand,):
            raise ValueError(f"group has shape {shape}, not ({reach.n_demand},)")
        if problem.group.size and not 0 <= problem.group.min() <= problem.group.max() < n_groups:
            raise ValueError(f"group holds numbers outside 0 to {n_groups - 1}")
    if (problem.demand < 0).any() or (problem.cost_yuan < 0).any():
        raise ValueError("demand and cost_yuan must not be negative")


def contradictions(problem: SitingProblem) -> tuple[str, ...]:
    """Name requirements that no set of open sites can meet, whatever it covers."""
    found = []
    both = np.flatnonzero((problem.required | problem.existing) & problem.forbidden).tolist()
    if both:
        found.append(
            f"{len(both)} sites must be open and must stay closed at once: {_names(problem, both)}"
        )
    if problem.goal == "mclp":
        counted = problem.required & ~problem.existing
        n_required, cost = int(counted.sum()), int(problem.cost_yuan[counted].sum())
        if problem.p is not None and n_required > problem.p:
            found.append(f"{n_required} sites are required, but p allows {problem.p} new stations")
        if problem.budget_yuan is not None and cost > problem.budget_yuan:
            found.append(
                f"the required sites cost {cost} yuan, "
                f"{cost - problem.budget_yuan} yuan more than the budget of {problem.budget_yuan}"
            )
    return tuple(found)


def validate(problem: SitingProblem) -> tuple[str, ...]:
    """Name everything that makes the problem impossible or senseless.

    Returns
    -------
    tuple of str
        One message per fault; empty when the problem is sound. ``solve`` gives up only on
        contradictions among the requirements; it takes a p above the number of candidates
        for all of them.

    Raises
    ------
    ValueError
        When the arrays do not fit together.
    """
    check_shapes(problem)
    found = list(contradictions(problem))
    if problem.goal == "lscp":
        if not 0.0 < problem.required_share <= 1.0:
            found.append(f"the required share {problem.required_share} is not in (0, 1]")
        if problem.p is not None or problem.budget_yuan is not None:
            found.append("p and budget_yuan belong to goal mclp; lscp asks for the fewest")
        return tuple(found)
    if problem.group is not None:
        found.append("shares by group belong to goal lscp; mclp asks for the most in all")
    if problem.p is None and problem.budget_yuan is None:
        found.append("goal mclp needs p (a number of stations) or budget_yuan")
    n_candidates = int((~problem.existing & ~problem.forbidden).sum())
    if problem.p is not None and problem.p > n_candidates:
        found.append(f"p asks for {problem.p} stations, but there are {n_candidates} candidates")
    if problem.p is not None and problem.p < 0:
        found.append(f"p is {problem.p}; a number of stations is not negative")
    if problem.budget_yuan is not None and problem.budget_yuan < 0:
        found.append(f"the budget is {problem.budget_yuan} yuan; it must not be negative")
    return tuple(found)
