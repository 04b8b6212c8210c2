"""OR-Tools routing: guided local search, the second engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from lastmile.routing.engine import Budget, Draft, Tour
from lastmile.routing.problem import RoutingProblem
from lastmile.routing.scaling import scale

_LONGEST_S = 31_536_000
_POLL_EVERY = 16
_SOLUTIONS_PER_STOP = 100
"""Solutions in a row, per stop, that may be no improvement before the search has run dry."""

_POLLS_PER_STOP_SQUARED = 30
"""Polls without any solution before it has. Counted, not timed, so that reruns are identical;
without the two a tiny problem would always last until its time limit."""


class OrToolsEngine:
    """OR-Tools 9 behind the engine interface.

    An iteration is one solution that the search accepted.
    """

    @property
    def name(self) -> str:
        """Name by which the engine is chosen."""
        return "ortools"

    @property
    def version(self) -> str:
        """Version of the library."""
        return version("ortools")

    def supports(self, _problem: RoutingProblem) -> tuple[str, ...]:
        """Name missing features: today none, every field of the problem is understood."""
        return ()

    def improve(self, problem: RoutingProblem, start: Sequence[Tour], budget: Budget) -> Draft:
        """Run guided local search from the given tours; every stop may be left out at a price."""
        return _Model(problem, start, budget).run(start)


class _Model:
    """One OR-Tools model: locations as nodes, one vehicle per van that may drive."""

    def __init__(self, problem: RoutingProblem, start: Sequence[Tour], budget: Budget) -> None:
        self._problem, self._budget = problem, budget
        self._scaled = scale(problem)
        self._kinds = _vehicles(problem, start)
        depots = [problem.vehicle_types[kind].depot for kind in self._kinds]
        n = problem.n_depots + problem.n_stops
        self._manager = pywrapcp.RoutingIndexManager(n, len(depots), depots, depots)
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._limit_s = budget.stop.remaining_s()
        self._n_solutions = 0
        self._n_polls_since_solution = 0
        self._best: float = float("inf")
        self._improved_at = 0
        self._solution_patience = _SOLUTIONS_PER_STOP * (problem.n_stops + 10)
        self._poll_patience = _POLLS_PER_STOP_SQUARED * (problem.n_stops + 10) ** 2
        self._add_costs()
        self._add_time()
        self._add_distance()
        self._add_loads()
        for stop in range(problem.n_stops):
            self._routing.AddDisjunction([self._index(stop)], self._scaled.prize)
        self._close_unused_depots(set(range(problem.n_depots)) - set(depots))

    def run(self, start: Sequence[Tour]) -> Draft:
        routing = self._routing
        routing.AddAtSolutionCallback(self._count)
        # Polled between solutions too, where callbacks at solutions would be silent for long.
        poll: Callable[[], bool] = self._is_over
        routing.AddSearchMonitor(routing.solver().CustomLimit(poll))
        routing.CloseModelWithParameters(_parameters(self._budget))
        ordered = self._by_vehicle(start)
        given = routing.ReadAssignmentFromRoutes(ordered, True)
        if given is None:
            return Draft(tuple(start), 0)
        found = routing.SolveFromAssignmentWithParameters(given, _parameters(self._budget))
        if found is None:
            return Draft(tuple(start), self._n_solutions)
        return Draft(self._tours(found), self._n_solutions)

    def _close_unused_depots(self, unused: set[int]) -> None:
        """Keep vehicles from depots that have none: the model takes them for stops like others."""
        for depot in sorted(unused):
            index = int(self._manager.NodeToIndex(depot))
            self._routing.AddDisjunction([index], 0)
            self._routing.solver().Add(self._routing.ActiveVar(index) == 0)

    def _index(self, stop: int) -> int:
        return int(self._manager.NodeToIndex(self._problem.n_depots + stop))

    def _count(self) -> None:
        self._n_solutions += 1
        self._n_polls_since_solution = 0
        cost = self._routing.CostVar().Max()
        if cost < self._best:
            self._best, self._improved_at = cost, self._n_solutions
        limit, stop = self._budget.max_iterations, self._budget.stop
        if limit is not None:
            self._budget.progress("routing", min(self._n_solutions, limit), limit)
        elif self._n_solutions % _POLL_EVERY == 0:
            spent_s = max(0.0, self._limit_s - stop.remaining_s())
            self._budget.progress("routing", spent_s, self._limit_s)

    def _is_over(self) -> bool:
        self._n_polls_since_solution += 1
        n_stale = self._n_solutions - self._improved_at
        if n_stale > self._solution_patience or self._n_polls_since_solution > self._poll_patience:
            return True
        return self._n_polls_since_solution % _POLL_EVERY == 0 and self._budget.stop.reached()

    def _add_costs(self) -> None:
        """Metres cost along legs; seconds cost over the whole time on duty (see time)."""
        lengths = {
            cost: self._routing.RegisterTransitMatrix((self._scaled.distance_m * cost).tolist())
            for cost in sorted({self._scaled.types[kind].cost_per_m for kind in self._kinds})
        }
        for vehicle, kind in enumerate(self._kinds):
            costs = self._scaled.types[kind]
            self._routing.SetArcCostEvaluatorOfVehicle(lengths[costs.cost_per_m], vehicle)
            self._routing.SetFixedCostOfVehicle(costs.fixed_cost, vehicle)

    def _add_time(self) -> None:
        scaled, problem = self._scaled, self._problem
        # Service is spent before leaving: it lengthens the legs out of a stop.
        legs = scaled.time_s.copy()
        legs[problem.n_depots :] += [[seconds] for seconds in scaled.service_s]
        horizon = max(costs.shift_end_s for costs in scaled.types)
        transit = self._routing.RegisterTransitMatrix(legs.tolist())
        self._routing.AddDimension(transit, horizon, horizon, False, "time")
        time = self._routing.GetDimensionOrDie("time")
        for stop in range(problem.n_stops):
            opens, closes = scaled.window_start_s[stop], scaled.window_end_s[stop]
            time.CumulVar(self._index(stop)).SetRange(min(opens, horizon), min(closes, horizon))
        for vehicle, kind in enumerate(self._kinds):
            costs = scaled.types[kind]
            for end in (self._routing.Start(vehicle), self._routing.End(vehicle)):
                time.CumulVar(end).SetRange(costs.shift_start_s, costs.shift_end_s)
            time.SetSpanCostCoefficientForVehicle(costs.cost_per_s, vehicle)

    def _add_distance(self) -> None:
        limits = [self._scaled.types[kind].max_distance_m for kind in self._kinds]
        if all(limit is None for limit in limits):
            return
        most = int(self._scaled.distance_m.max(initial=0)) * (self._problem.n_stops + 1)
        transit = self._routing.RegisterTransitMatrix(self._scaled.distance_m.tolist())
        ranges = [most if limit is None else min(limit, most) for limit in limits]
        self._routing.AddDimensionWithVehicleCapacity(transit, 0, ranges, True, "distance")

    def _add_loads(self) -> None:
        problem = self._problem
        for k in range(len(problem.load_dimensions)):
            amounts = [0] * problem.n_depots + problem.demand[:, k].tolist()
            load = self._routing.RegisterUnaryTransitVector(amounts)
            rooms = [problem.vehicle_types[kind].capacity[k] for kind in self._kinds]
            self._routing.AddDimensionWithVehicleCapacity(load, 0, rooms, True, f"load_{k}")

    def _by_vehicle(self, tours: Sequence[Tour]) -> list[list[int]]:
        """Give each tour to a vehicle of its type; indices of the stops per vehicle."""
        ordered: list[list[int]] = [[] for _ in self._kinds]
        free = {kind: [v for v, k in enumerate(self._kinds) if k == kind] for kind in self._kinds}
        for tour in tours:
            vehicle = free[tour.vehicle_type].pop(0)
            ordered[vehicle] = [self._index(stop) for stop in tour.stops]
        return ordered

    def _tours(self, found: pywrapcp.Assignment) -> tuple[Tour, ...]:
        tours = []
        for vehicle, kind in enumerate(self._kinds):
            stops = []
            index = found.Value(self._routing.NextVar(self._routing.Start(vehicle)))
            while not self._routing.IsEnd(index):
                stops.append(self._manager.IndexToNode(index) - self._problem.n_depots)
                index = found.Value(self._routing.NextVar(index))
            if stops:
                tours.append(Tour(kind, tuple(stops)))
        return tuple(tours)


def _vehicles(problem: RoutingProblem, start: Sequence[Tour]) -> tuple[int, ...]:
    """Vehicle types of the model's vehicles: those in use, and some more to exchange with."""
    used = Counter(tour.vehicle_type for tour in start)
    kinds: list[int] = []
    for kind, vehicle in enumerate(problem.vehicle_types):
        wanted = max(used[kind] + 3, used[kind] * 3 // 2)
        kinds += [kind] * min(vehicle.n_available, max(1, problem.n_stops), wanted)
    return tuple(kinds)


def _parameters(budget: Budget) -> pywrapcp.DefaultRoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    if budget.max_iterations is not None:
        parameters.solution_limit = budget.max_iterations
    seconds = min(budget.stop.remaining_s(), _LONGEST_S)
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1_000)))
    return parameters
