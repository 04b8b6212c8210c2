"""PyVRP: iterated local search, the engine of choice for what it supports."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    compute_neighbours,
)

from lastmile.routing.bound import capacity_is_short
from lastmile.routing.engine import Budget, Draft, Tour
from lastmile.routing.problem import RoutingProblem
from lastmile.routing.scaling import ScaledProblem, scale

_NATURAL_PENALTY = 100_000.0
"""PyVRP's largest penalty where a unit of distance costs one."""

_SAFE_SUM = 2.0**58
_NO_LIMIT = 2**63 - 1
_PROGRESS_EVERY = 200


class PyVrpEngine:
    """PyVRP 0.14 behind the engine interface."""

    @property
    def name(self) -> str:
        """Name by which the engine is chosen."""
        return "pyvrp"

    @property
    def version(self) -> str:
        """Version of the library."""
        return version("pyvrp")

    def supports(self, _problem: RoutingProblem) -> tuple[str, ...]:
        """Name missing features: today none, every field of the problem is understood."""
        return ()

    def improve(self, problem: RoutingProblem, start: Sequence[Tour], budget: Budget) -> Draft:
        """Run iterated local search from the given tours.

        Where ``start`` leaves stops out, a third of the budget first looks for a plan that
        serves all. If there is none, every stop becomes optional at a prize above the cost of
        any detour, so that as many as possible are served.
        """
        complete = _Search.of(problem, required=True)
        if _n_served(start) == problem.n_stops:
            return complete.run(start, budget)
        search, tours, n_spent = complete, tuple(start), 0
        if not capacity_is_short(problem, range(problem.n_stops)):
            found = complete.run(start, _third(budget), until_feasible=True)
            tours, n_spent = found.tours, found.iterations
        if _n_served(tours) < problem.n_stops:
            search = _Search.of(problem, required=False)
        draft = search.run(tours, _less(budget, n_spent))
        return Draft(draft.tours, n_spent + draft.iterations)


def _third(budget: Budget) -> Budget:
    limit, stop = budget.max_iterations, budget.stop
    if limit is not None:
        return replace(budget, max_iterations=-(-limit // 3))
    soon = replace(stop, deadline_s=time.monotonic() + stop.remaining_s() / 3)
    return replace(budget, stop=soon)


def _less(budget: Budget, n_spent: int) -> Budget:
    limit = budget.max_iterations
    return budget if limit is None else replace(budget, max_iterations=max(0, limit - n_spent))


def _n_served(tours: Sequence[Tour]) -> int:
    return sum(len(tour.stops) for tour in tours)


@dataclass(frozen=True, slots=True)
class _Search:
    """PyVRP's data, and the vehicle types that it knows (it refuses types without vehicles)."""

    data: pyvrp.ProblemData
    kinds: tuple[int, ...]
    penalties: pyvrp.PenaltyParams

    @classmethod
    def of(cls, problem: RoutingProblem, *, required: bool) -> _Search:
        scaled = scale(problem)
        n = problem.n_depots
        clients = [
            pyvrp.Client(
                location=n + stop,
                delivery=problem.demand[stop].tolist(),
                service_duration=scaled.service_s[stop],
                tw_early=scaled.window_start_s[stop],
                tw_late=scaled.window_end_s[stop],
                prize=0 if required else scaled.prize,
                required=required,
            )
            for stop in range(problem.n_stops)
        ]
        kinds = tuple(k for k, v in enumerate(problem.vehicle_types) if v.n_available > 0)
        data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(n + problem.n_stops)],
            clients=clients,
            depots=[pyvrp.Depot(location=depot) for depot in range(n)],
            vehicle_types=[_vehicle(problem, scaled, kind) for kind in kinds],
            distance_matrices=[scaled.distance_m],  # type: ignore[list-item]  # PyVRP writes ndarray[int]
            duration_matrices=[scaled.time_s],  # type: ignore[list-item]  # the same
        )
        return cls(data, kinds, _penalties(problem, scaled))

    def run(self, start: Sequence[Tour], budget: Budget, *, until_feasible: bool = False) -> Draft:
        """Search; returns ``start`` where nothing feasible is found."""
        given = self.solution(start)
        if budget.stop.reached() or budget.max_iterations == 0:
            return Draft(tuple(start), 0)
        rng = pyvrp.RandomNumberGenerator(seed=budget.seed)
        search = self.local_search(rng)
        manager = pyvrp.PenaltyManager(self.penalties.midpoint_penalties(self.data), self.penalties)
        # Infeasible ground is explored on purpose: a saturated penalty is no fault of the user's.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            polished = search(given, manager.max_cost_evaluator(), exhaustive=True)
            keeps = polished.is_feasible() or not given.is_feasible()
            algorithm = pyvrp.IteratedLocalSearch(
                self.data, manager, search, polished if keeps else given
            )
            criterion = _Criterion(budget, self.data.num_clients, until_feasible=until_feasible)
            result = algorithm.run(criterion, collect_stats=False)
        tours = self.tours(result.best) if result.best.is_feasible() else tuple(start)
        return Draft(tours, result.num_iterations)

    def local_search(self, rng: pyvrp.RandomNumberGenerator) -> LocalSearch:
        """Assemble PyVRP's local search from every operator that applies."""
        neighbours = compute_neighbours(self.data, NeighbourhoodParams())
        search = LocalSearch(self.data, rng, neighbours, PerturbationManager())
        for operator in OPERATORS:
            if operator.supports(self.data):
                search.add_operator(operator(self.data))
        return search

    def solution(self, tours: Sequence[Tour]) -> pyvrp.Solution:
        """Translate tours into PyVRP's terms."""
        routes = [
            pyvrp.Route(self.data, list(tour.stops), self.kinds.index(tour.vehicle_type))
            for tour in tours
        ]
        return pyvrp.Solution(self.data, routes)

    def tours(self, solution: pyvrp.Solution) -> tuple[Tour, ...]:
        """Translate PyVRP's routes back."""
        return tuple(
            Tour(
                self.kinds[route.vehicle_type()],
                tuple(activity.idx for activity in route if activity.is_client()),
            )
            for route in solution.routes()
            if route.num_clients() > 0
        )


def _vehicle(problem: RoutingProblem, scaled: ScaledProblem, kind: int) -> pyvrp.VehicleType:
    vehicle, costs = problem.vehicle_types[kind], scaled.types[kind]
    longest_m = _NO_LIMIT if costs.max_distance_m is None else costs.max_distance_m
    return pyvrp.VehicleType(
        num_available=min(vehicle.n_available, max(1, problem.n_stops)),
        capacity=list(vehicle.capacity),
        start_depot=vehicle.depot,
        end_depot=vehicle.depot,
        fixed_cost=costs.fixed_cost,
        tw_early=costs.shift_start_s,
        tw_late=max(costs.shift_start_s, costs.shift_end_s),
        unit_distance_cost=costs.cost_per_m,
        unit_duration_cost=costs.cost_per_s,
        max_distance=longest_m,
    )


def _penalties(problem: RoutingProblem, scaled: ScaledProblem) -> pyvrp.PenaltyParams:
    """Fit PyVRP's penalty range to our cost units, below what could overflow 64 bits."""
    largest = max(_NATURAL_PENALTY * scaled.unit_cost / 100, float(scaled.prize))
    worst = max(
        float(problem.demand.sum(axis=0).max(initial=1)),
        float(scaled.time_s.max(initial=1)) * (problem.n_stops + 1),
        float(scaled.distance_m.max(initial=1)) * (problem.n_stops + 1),
    )
    return pyvrp.PenaltyParams(max_penalty=min(largest, _SAFE_SUM / worst))


class _Criterion:
    """Ends the search at the stop, the work limit, or when nothing has improved for long."""

    def __init__(self, budget: Budget, n_stops: int, *, until_feasible: bool) -> None:
        self._budget = budget
        self._until_feasible = until_feasible
        self._patience = max(2_000, 300 * n_stops)
        self._iterations = 0
        self._best: float = float("inf")
        self._improved_at = 0
        self._limit_s = budget.stop.remaining_s()

    def __call__(self, best_cost: float) -> bool:
        if best_cost < self._best:
            self._best, self._improved_at = best_cost, self._iterations
        limit = self._budget.max_iterations
        if limit is not None and self._iterations >= limit:
            return True
        if self._until_feasible and best_cost < _NO_LIMIT:
            return True
        if self._iterations - self._improved_at >= self._patience:
            return True
        if self._iterations % _PROGRESS_EVERY == 0:
            self._tell(limit)
        self._iterations += 1
        return self._budget.stop.reached()

    def _tell(self, limit: int | None) -> None:
        if limit is not None:
            self._budget.progress("routing", self._iterations, limit)
        else:
            left_s = self._budget.stop.remaining_s()
            self._budget.progress("routing", self._limit_s - left_s, self._limit_s)
