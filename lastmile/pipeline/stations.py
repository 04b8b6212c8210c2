"""Third stage: which stations open, and how coverage grows with their number."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lastmile import siting
from lastmile.costs import Reach
from lastmile.errors import Fault, InputError, LastmileError
from lastmile.pipeline.groups import share_groups
from lastmile.pipeline.inputs import Inputs
from lastmile.pipeline.walking import Walking
from lastmile.progress import Progress
from lastmile.scenario import Scenario
from lastmile.siting import ComponentProof, Phase, PhasePlan, SitingProblem, SitingSolution
from lastmile.stop import Stop


class CheckError(LastmileError):
    """The independent checker rejects a solution: a defect of this program, not of the input."""


@dataclass(frozen=True, slots=True, eq=False)
class Stations:
    """The siting problem, its solution, and the coverage curve."""

    problem: SitingProblem
    solution: SitingSolution
    curve: tuple[tuple[int, SitingSolution], ...]
    """For each number of new stations asked about: the best coverage found, and its bound."""

    before: NDArray[np.bool_]
    """Shape (demand points,). Covered by the existing stations alone."""

    all_open: NDArray[np.bool_]
    """Shape (demand points,). Covered if every site that may open were open."""

    measured: bool = False
    """Whether the existing stations were measured alone: none was chosen, so none is optimal."""

    cut_short: bool = False
    """Whether the clock, not the work limit or a proof, ended a search."""

    phasing: PhasePlan | None = None
    """When each station opens; None where no years are asked about."""


def choose_stations(
    scenario: Scenario,
    inputs: Inputs,
    walking: Walking,
    progress: Progress,
    interruption: threading.Event,
) -> Stations:
    """Solve the siting problem of a scenario and check the answer independently.

    Raises
    ------
    InputError
        When the question itself is impossible, such as more stations than candidates.
    CheckError
        When the checker rejects the answer.
    """
    problem = siting_problem(scenario, inputs, walking.reach)
    _refuse_impossible(problem)
    wish = scenario.siting
    numbers = sorted(set(wish.curve_p))
    # One limit for all that is asked: the plan itself may take half of it, if there is more.
    whole = Stop.after(wish.time_limit_s)
    limit_s = wish.time_limit_s / 2 if numbers or wish.phases else wish.time_limit_s
    solution = _solve(problem, scenario, limit_s, progress, interruption)
    phasing = _phased(problem, solution, scenario, whole, progress, interruption)
    curve: list[tuple[int, SitingSolution]] = []
    for k, p in enumerate(numbers):
        asked = replace(problem, goal="mclp", p=p, budget_yuan=None, group=None)
        limit_s = whole.remaining_s() / (len(numbers) - k)
        answer = _solve(asked, scenario, limit_s, progress, interruption)
        if curve and answer.objective < curve[-1][1].objective:
            answer = _no_worse(asked, answer, curve[-1][1])
        curve.append((p, answer))
    return Stations(
        problem,
        solution,
        tuple(curve),
        cut_short=any(s.cut_short for s in (solution, *(answer for _, answer in curve)))
        or (phasing is not None and phasing.cut_short),
        before=siting.coverage(problem, problem.existing)[0] >= 0,
        all_open=_covered_by_all(problem),
        phasing=phasing,
    )


def _phased(
    problem: SitingProblem,
    solution: SitingSolution,
    scenario: Scenario,
    whole: Stop,
    progress: Progress,
    interruption: threading.Event,
) -> PhasePlan | None:
    """Put the stations into the order of the years asked about; half of what is left of the time.

    Raises
    ------
    CheckError
        When the checker rejects the order.
    """
    wish = scenario.siting
    if not wish.phases:
        return None
    limit_s = whole.remaining_s() / 2 if wish.curve_p else whole.remaining_s()
    plan = siting.plan_phases(
        problem,
        solution,
        [Phase(p.name, p.n_stations, p.budget_yuan, p.covered_share) for p in wish.phases],
        stop=Stop.after(limit_s, interruption),
        seed=scenario.seed,
        max_iterations=wish.max_iterations,
        progress=progress,
    )
    complaints = siting.check_phases(problem, solution, plan)
    if complaints:
        raise CheckError("the checker rejects the years: " + "; ".join(complaints))
    return plan


def keep_stations(scenario: Scenario, inputs: Inputs, walking: Walking) -> Stations:
    """Open nothing: how well the existing stations cover, stated like a siting solution."""
    problem = siting_problem(scenario, inputs, walking.reach)
    kept = replace(
        problem,
        goal="mclp",
        p=0,
        budget_yuan=None,
        required=np.zeros_like(problem.required),
        group=None,
    )
    solution = siting.solve(kept, stop=Stop(), seed=scenario.seed, max_iterations=1)
    _hold_to_checker(kept, solution)
    # Nothing was asked for, so no budget can be what people lack.
    reason = tuple("not_open" if told == "budget" else told for told in solution.reason)
    measured = replace(solution, reason=reason)
    before, all_open = solution.station >= 0, _covered_by_all(problem)
    return Stations(kept, measured, (), before, all_open, measured=True)


def _covered_by_all(problem: SitingProblem) -> NDArray[np.bool_]:
    """Which demand points would be covered if every site that may open were open."""
    return siting.coverage(problem, ~problem.forbidden | problem.existing)[0] >= 0


def siting_problem(scenario: Scenario, inputs: Inputs, reach: Reach) -> SitingProblem:
    """Put a scenario's wishes and its people and sites into numbers."""
    sites, demand = inputs.places.sites, inputs.places.demand
    role = sites["role"].to_numpy()
    wish = scenario.siting
    group, group_names = share_groups(scenario, inputs)
    return SitingProblem(
        reach,
        demand=np.rint(demand["people"].to_numpy() * 1000.0).astype(np.int64),
        cost_yuan=sites["cost_yuan"].to_numpy().astype(np.int64),
        existing=role == "existing",
        required=role == "required",
        forbidden=role == "forbidden",
        goal=wish.goal,
        minimise=wish.minimise,
        required_share=wish.required_share,
        share_of=wish.share_of,
        group=group,
        group_names=group_names,
        p=wish.p,
        budget_yuan=wish.budget_yuan,
    )


def _solve(
    problem: SitingProblem,
    scenario: Scenario,
    limit_s: float,
    progress: Progress,
    interruption: threading.Event,
) -> SitingSolution:
    solution = siting.solve(
        problem,
        stop=Stop.after(limit_s, interruption),
        seed=scenario.seed,
        max_iterations=scenario.siting.max_iterations,
        progress=progress,
    )
    _hold_to_checker(problem, solution)
    return solution


def _no_worse(
    problem: SitingProblem, answer: SitingSolution, fewer: SitingSolution
) -> SitingSolution:
    """Take what fewer stations covered, where the clock let more of them cover less."""
    n_demand, n_sites = problem.demand.size, problem.existing.size
    kept = replace(
        fewer,
        status=answer.status,
        bound=answer.bound,
        components=(
            ComponentProof(n_demand, n_sites, fewer.objective, answer.bound, "fewer stations"),
        ),
        message=answer.message,
        cut_short=answer.cut_short,
    )
    _hold_to_checker(problem, kept)
    return kept


def _hold_to_checker(problem: SitingProblem, solution: SitingSolution) -> None:
    """Refuse what the checker does not accept; that nothing can be done is a claim, too."""
    complaints = siting.check(problem, solution)
    if complaints:
        raise CheckError("the checker rejects the stations: " + "; ".join(complaints))


def _refuse_impossible(problem: SitingProblem) -> None:
    faults = [
        Fault("scenario", "siting", message, "a problem that can be solved", "correct it")
        for message in siting.validate(problem)
    ]
    if problem.forbidden.all():
        found = "no station that is open, and none that may open"
        remedy = "add [[candidates]] or [[existing]], or forbid fewer; to measure only: coverage"
        faults.append(Fault("scenario", "candidates", found, "at least one site", remedy))
    if faults:
        raise InputError(faults)
