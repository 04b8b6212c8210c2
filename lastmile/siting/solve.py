"""Solve a siting problem: fix, reduce, search, bound, prove, and say what was proven."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from lastmile.progress import Progress, silent
from lastmile.siting.assign import coverage
from lastmile.siting.effort import Effort
from lastmile.siting.lscp import Found, cover_all
from lastmile.siting.maximal import UNLIMITED, Limits
from lastmile.siting.mclp import cover_share, most_demand
from lastmile.siting.polish import close_idle, shorten_walks
from lastmile.siting.prepare import Prepared, needed_demand, points_reached, prepare
from lastmile.siting.problem import ComponentProof, SitingProblem, SitingSolution, Status
from lastmile.siting.shares import cover_groups
from lastmile.siting.validate import check_shapes, contradictions
from lastmile.stop import Stop

_NAMED = 5
"""Groups that fall short, named in a message."""


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    found: Found
    infeasible: str
    """Why no plan meets the requirements; empty when one does."""


def solve(
    problem: SitingProblem,
    *,
    stop: Stop,
    seed: int,
    max_iterations: int | None = None,
    workers: int = 2,
    progress: Progress = silent,
) -> SitingSolution:
    """Choose the sites to open.

    Parameters
    ----------
    problem
        What to decide, and what binds.
    stop
        Polled at least every fifth of a second; the best so far is returned with its bound.
    seed
        Of the local search. The same problem, seed and ``max_iterations`` give the same
        answer whatever ``workers`` is, unless ``stop`` cut the work.
    max_iterations
        Steps of local search in all; None for a number that grows with the problem.
    workers
        Processes for exact solves; 0 to go without them.
    progress
        Told the stage ``siting``, the share done, and the incumbent with its bound.

    Returns
    -------
    SitingSolution
        Accepted by :func:`lastmile.siting.check`. Where the requirements cannot be met its
        status is ``infeasible``, its message says by how much, and it covers what can be.

    Raises
    ------
    ValueError
        When the problem's arrays do not fit together.
    """
    check_shapes(problem)
    began = (time.perf_counter(), time.process_time())
    prepared = prepare(problem)
    effort = Effort(stop, seed, max_iterations, workers, progress)
    model = _lscp if problem.goal == "lscp" else _mclp
    answer = model(problem, prepared, effort)
    kept = problem.existing | problem.required
    is_open = prepared.fixed.copy()
    is_open[answer.found.sites] = True
    is_open = close_idle(problem, is_open, kept)
    if not stop.reached():
        is_open = shorten_walks(problem, is_open, kept, prepared.unit_cost, stop)
    return _told(problem, prepared, answer, is_open, effort, began)


def _lscp(problem: SitingProblem, prepared: Prepared, effort: Effort) -> _Answer:
    needs = needed_demand(problem, prepared.coverable_in)
    messages = list(contradictions(problem))
    if (needs > prepared.coverable_in).any():
        messages.append(_shortage(problem, prepared, needs))
    left = np.minimum(needs, prepared.coverable_in) - prepared.covered_in
    if (needs >= prepared.coverable_in).all():
        found = cover_all(prepared.table, effort)
    elif (left <= 0).all():
        found = Found(np.zeros(0, np.int64), ())
    elif left.size == 1:
        found = cover_share(prepared.table, int(left[0]), effort)
    else:
        found = cover_groups(prepared.table, np.maximum(left, 0), effort)
    return _Answer(found, "; ".join(messages))


def _shortage(problem: SitingProblem, prepared: Prepared, needs: NDArray[np.int64]) -> str:
    short = np.flatnonzero(needs > prepared.coverable_in)
    if problem.group is not None:
        names = ", ".join(problem.group_names[k] for k in short[:_NAMED].tolist())
        more = f" and {short.size - _NAMED} more" if short.size > _NAMED else ""
        return (
            f"{100 * problem.required_share:g} % of the people of {short.size} groups cannot be "
            f"reached: {names}{more}; this plan covers all that can be reached there"
        )
    need, everyone = int(needs[0]), int(problem.demand.sum())
    return (
        f"{100 * problem.required_share:g} % of all people asked, "
        f"{np.floor(1000 * prepared.coverable / everyone) / 10:g} % can be reached: "
        f"{(need - prepared.coverable) / 1000:,.0f} people too few; "
        "this plan covers all that can be reached"
    )


def _mclp(problem: SitingProblem, prepared: Prepared, effort: Effort) -> _Answer:
    p = UNLIMITED if problem.p is None else problem.p - prepared.fixed_count
    budget = UNLIMITED
    if problem.budget_yuan is not None:
        budget = min(UNLIMITED, problem.budget_yuan - prepared.fixed_cost)
    # Limits that can never bind are left out, so that an infinite budget equals none.
    if budget >= int(prepared.table.cost.sum()):
        budget = UNLIMITED
    if p >= prepared.table.n_columns:
        p = UNLIMITED
    found = most_demand(prepared.table, Limits(p, budget), effort)
    return _Answer(found, "; ".join(contradictions(problem)))


def _told(
    problem: SitingProblem,
    prepared: Prepared,
    answer: _Answer,
    is_open: NDArray[np.bool_],
    effort: Effort,
    began: tuple[float, float],
) -> SitingSolution:
    """Work out every figure of the solution from the open sites."""
    station, length_mm = coverage(problem, is_open)
    covered = station >= 0
    if problem.goal == "lscp":
        objective = int(prepared.unit_cost[is_open & ~problem.existing].sum())
        fixed = prepared.fixed_cost
    else:
        objective = int(problem.demand[covered].sum())
        fixed = prepared.covered
    proofs = _reconciled(_fixed_part(problem, prepared, fixed) + answer.found.proofs, objective)
    bound = sum(proof.bound for proof in proofs)
    cut_short = effort.cut_short()
    status, message = _status(answer, objective == bound, effort.stop, cut_short)
    return SitingSolution(
        status=status,
        objective=objective,
        bound=bound,
        open=is_open,
        station=station,
        length_mm=length_mm,
        reason=_reasons(problem, covered),
        components=proofs,
        wall_s=time.perf_counter() - began[0],
        cpu_s=time.process_time() - began[1],
        seed=effort.seed,
        message=message,
        cut_short=cut_short and status == "feasible",
        versions={name: version(name) for name in ("numba", "numpy", "ortools")},
    )


def _fixed_part(
    problem: SitingProblem, prepared: Prepared, value: int
) -> tuple[ComponentProof, ...]:
    """Tell what follows from the sites that are open in any case."""
    n_sites = int(prepared.fixed.sum())
    if not n_sites:
        return ()
    n_demand = int(points_reached(problem, prepared.fixed).sum())
    return (ComponentProof(n_demand, n_sites, value, value, "fixed"),)


def _reconciled(proofs: tuple[ComponentProof, ...], objective: int) -> tuple[ComponentProof, ...]:
    """Credit what the finishing touches gained to parts not yet proven, none past its bound."""
    gained = objective - sum(proof.objective for proof in proofs)
    settled = list(proofs)
    for k in reversed(range(len(settled))):
        room = settled[k].bound - settled[k].objective  # below zero where less is better
        step = max(gained, room) if gained < 0 else min(gained, room)
        if step * gained > 0:
            settled[k] = replace(settled[k], objective=settled[k].objective + step)
            gained -= step
    if gained:
        raise AssertionError("a proven bound was passed")  # a fault of ours, never of the data
    return tuple(settled)


def _status(
    answer: _Answer,
    proven: bool,  # noqa: FBT001 - internal
    stop: Stop,
    cut_short: bool,  # noqa: FBT001 - internal
) -> tuple[Status, str]:
    if answer.infeasible:
        return "infeasible", answer.infeasible
    if proven:
        return "optimal", ""
    if stop.interrupted():
        return "interrupted", "interrupted; this is the best plan found until then"
    if cut_short:
        return "feasible", "the time limit ended the search"
    return "feasible", "the work limit ended the search"


def _reasons(problem: SitingProblem, covered: NDArray[np.bool_]) -> tuple[str, ...]:
    allowed = ~problem.forbidden | problem.existing | problem.required
    coverable = points_reached(problem, allowed)
    reached = np.diff(problem.reach.indptr) > 0
    left = "share_met" if problem.goal == "lscp" else "budget"
    reason = np.select(
        [covered, coverable, reached], ["", left, "forbidden"], "no_candidate_in_reach"
    )
    return tuple(reason.tolist())
