"""The way through the room: validate, diagnose, build, improve, time, explain."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Final, Literal

from lastmile.progress import Progress, silent
from lastmile.routing.bound import lower_bound_yuan
from lastmile.routing.decompose import improve_by_groups
from lastmile.routing.diagnose import diagnose
from lastmile.routing.engine import Budget, Draft, Engine, Tour, choose
from lastmile.routing.explain import explain_left_out
from lastmile.routing.insertion import build, insert
from lastmile.routing.ortools_engine import OrToolsEngine
from lastmile.routing.problem import Route, RoutingProblem, RoutingSolution, Status, Unserved
from lastmile.routing.pyvrp_engine import PyVrpEngine
from lastmile.routing.restrict import restrict
from lastmile.routing.settle import settle
from lastmile.routing.timetable import timetable
from lastmile.routing.validate import validate
from lastmile.stop import Stop

DIRECT_STOPS: Final = 700
"""Up to so many stops the engine sees the whole problem; above, groups of tours in turn."""

EngineName = Literal["auto", "pyvrp", "ortools"]

_logger = logging.getLogger(__name__)


def solve(
    problem: RoutingProblem,
    *,
    stop: Stop,
    seed: int,
    engine: EngineName = "auto",
    max_iterations: int | None = None,
    progress: Progress = silent,
) -> RoutingSolution:
    """Plan routes: first as many stops served as can be, then least cost.

    Parameters
    ----------
    problem
        What to plan.
    stop
        When to return the best plan so far. The user's interruption ends the search within 1 s;
        the plan it starts from is made all the same.
    seed
        Seed of every random choice.
    engine
        Which engine improves the plan; ``auto`` takes PyVRP if it supports the problem, else
        OR-Tools.
    max_iterations
        Work limit, in the engine's iterations; with one, and no time limit reached, reruns are
        identical.
    progress
        Told how far the search is.

    Returns
    -------
    RoutingSolution
        Every stop is in one route or unserved with a reason and a remedy.

    Raises
    ------
    MalformedProblemError
        When the problem's parts do not fit together.
    UnsupportedProblemError
        When no engine that may be used supports the problem; names the missing features.
    ValueError
        When neither a time limit nor a work limit is given.
    """
    if max_iterations is None and math.isinf(stop.deadline_s):
        raise ValueError("give a stop with a time limit, or max_iterations")
    begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
    validate(problem)
    solver = choose(_engines(engine), problem)
    hopeless = diagnose(problem)
    tours, left_out, iterations = _plan(
        problem, hopeless, solver, Budget(stop, seed, max_iterations, progress)
    )
    routes = _timed(problem, tours)
    cost_yuan = math.fsum(route.cost_yuan for route in routes)
    served = sorted(visit.stop for route in routes for visit in route.visits)
    explained = explain_left_out(problem, left_out, served=served, stop=stop)
    unserved = tuple(sorted((*hopeless, *explained), key=lambda left: left.stop))
    bound_yuan = min(cost_yuan, lower_bound_yuan(problem, served))
    return RoutingSolution(
        status=_status(problem, routes, unserved, cost_yuan - bound_yuan, stop),
        cost_yuan=cost_yuan,
        bound_yuan=bound_yuan,
        routes=routes,
        unserved=unserved,
        engine=solver.name,
        wall_s=time.perf_counter() - begun_s,
        cpu_s=time.process_time() - begun_cpu_s,
        seed=seed,
        iterations=iterations,
        versions=_versions(solver),
    )


def _engines(name: EngineName) -> tuple[Engine, ...]:
    pyvrp, ortools = PyVrpEngine(), OrToolsEngine()
    known: Mapping[EngineName, tuple[Engine, ...]] = {
        "auto": (pyvrp, ortools),
        "pyvrp": (pyvrp,),
        "ortools": (ortools,),
    }
    if name not in known:
        raise ValueError(f"engine is one of {', '.join(known)}, not {name!r}")
    return known[name]


def _versions(solver: Engine) -> dict[str, str]:
    return {"lastmile": version("lastmile"), solver.name: solver.version}


def _plan(
    problem: RoutingProblem, hopeless: Sequence[Unserved], solver: Engine, budget: Budget
) -> tuple[tuple[Tour, ...], tuple[int, ...], int]:
    """Plan the stops that can be served; returns tours, stops left out, and iterations."""
    excluded = {left.stop for left in hopeless}
    stops = [s for s in range(problem.n_stops) if s not in excluded]
    n_available = [vehicle.n_available for vehicle in problem.vehicle_types]
    if not stops or not any(n_available):
        return (), tuple(stops), 0
    # Whoever interrupts wants the best so far, and that is never a plan without routes: the
    # start is made in any case, and only the search for better ones is left out.
    whole = Stop()
    start, waiting = build(problem, stops, n_available, whole)
    start, waiting = insert(problem, start, waiting, whole)
    _logger.info("%d stops: start with %d tours, %d left out", len(stops), len(start), len(waiting))
    draft = _improve(problem, stops, start, solver, budget)
    tours = settle(problem, stops, start, draft.tours, whole)
    served = {s for tour in tours for s in tour.stops}
    return tours, tuple(stop for stop in stops if stop not in served), draft.iterations


def _improve(
    problem: RoutingProblem,
    stops: Sequence[int],
    start: tuple[Tour, ...],
    solver: Engine,
    budget: Budget,
) -> Draft:
    if budget.stop.reached() or budget.max_iterations == 0:
        return Draft(start, 0)
    if len(stops) > DIRECT_STOPS:
        # Tables of this size are gigabytes: the hopeless stops stay in them, and no tour asks.
        return improve_by_groups(problem, stops, start, solver, budget)
    if len(stops) == problem.n_stops:
        return solver.improve(problem, start, budget)
    n_available = [vehicle.n_available for vehicle in problem.vehicle_types]
    core, local = restrict(problem, stops, n_available), {s: k for k, s in enumerate(stops)}
    renamed = [Tour(t.vehicle_type, tuple(local[s] for s in t.stops)) for t in start]
    draft = solver.improve(core, renamed, budget)
    tours = (Tour(t.vehicle_type, tuple(stops[s] for s in t.stops)) for t in draft.tours)
    return Draft(tuple(tours), draft.iterations)


def _timed(problem: RoutingProblem, tours: tuple[Tour, ...]) -> tuple[Route, ...]:
    """Time the tours, in an order that does not depend on how they were found."""
    routes = [timetable(problem, tour.vehicle_type, tour.stops) for tour in tours]
    if any(route is None for route in routes):
        raise RuntimeError("a settled tour breaks a rule")  # a fault of ours, never of the data
    return tuple(
        sorted(
            (route for route in routes if route is not None),
            key=lambda route: (route.vehicle_type, route.visits[0].stop),
        )
    )


def _status(
    problem: RoutingProblem,
    routes: tuple[Route, ...],
    unserved: tuple[Unserved, ...],
    gap_yuan: float,
    stop: Stop,
) -> Status:
    if problem.n_stops and not routes:
        searched = all(left.reason != "search" for left in unserved)
        return "infeasible" if searched or not stop.interrupted() else "interrupted"
    if not unserved and gap_yuan <= 1e-7:  # noqa: PLR2004 - a rounding error of float sums
        return "optimal"
    return "interrupted" if stop.interrupted() else "feasible"
