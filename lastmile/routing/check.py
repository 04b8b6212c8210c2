"""The independent judge: recomputes a solution from the matrices alone.

Nothing here is shared with the code that builds, times or improves plans.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from lastmile.costs import UNREACHABLE
from lastmile.routing.problem import Route, RoutingProblem, RoutingSolution, VehicleType

_TOLERANCE_YUAN = 1e-6


def check(problem: RoutingProblem, solution: RoutingSolution) -> tuple[str, ...]:
    """Recompute loads, times, distances and costs, and compare them with every rule.

    Parameters
    ----------
    problem
        What was asked.
    solution
        What was answered.

    Returns
    -------
    tuple of str
        What is wrong, one sentence each; empty if the solution is accepted.
    """
    told = [*_partition(problem, solution), *_fleet(problem, solution), *_status(solution)]
    for number, route in enumerate(solution.routes, 1):
        told += (f"route {number}: {fault}" for fault in _route(problem, route))
    total_yuan = math.fsum(route.cost_yuan for route in solution.routes)
    if not math.isclose(total_yuan, solution.cost_yuan, rel_tol=1e-9, abs_tol=_TOLERANCE_YUAN):
        told.append(f"cost is stated as {solution.cost_yuan}, the routes cost {total_yuan}")
    return tuple(told)


def _partition(problem: RoutingProblem, solution: RoutingSolution) -> Iterator[str]:
    """Every stop is in exactly one route or in ``unserved``."""
    seen = Counter(visit.stop for route in solution.routes for visit in route.visits)
    seen.update(left.stop for left in solution.unserved)
    for stop in range(problem.n_stops):
        if seen[stop] != 1:
            yield f"stop {problem.stop_ids[stop]} is listed {seen[stop]} times, expected once"
    for stop in sorted(set(seen) - set(range(problem.n_stops))):
        yield f"there is no stop at position {stop}"


def _fleet(problem: RoutingProblem, solution: RoutingSolution) -> Iterator[str]:
    used = Counter(route.vehicle_type for route in solution.routes)
    for position, vehicle in enumerate(problem.vehicle_types):
        if used[position] > vehicle.n_available:
            yield f"{used[position]} vehicles of {vehicle.id} drive, {vehicle.n_available} exist"


def _status(solution: RoutingSolution) -> Iterator[str]:
    if not (math.isfinite(solution.bound_yuan) and math.isfinite(solution.cost_yuan)):
        yield f"the bound {solution.bound_yuan} or the cost {solution.cost_yuan} is no number"
    if solution.bound_yuan > solution.cost_yuan + _TOLERANCE_YUAN:
        yield f"the bound {solution.bound_yuan} is above the cost {solution.cost_yuan}"
    if solution.status == "infeasible" and solution.routes:
        yield "status is infeasible, yet there are routes"
    if solution.status == "optimal" and (
        solution.unserved or solution.cost_yuan > solution.bound_yuan + _TOLERANCE_YUAN
    ):
        yield "status is optimal, but the bound does not prove it"
    for left in solution.unserved:
        if not left.remedy:
            yield f"unserved stop {left.stop} has no remedy"


def _route(problem: RoutingProblem, route: Route) -> Iterator[str]:
    if not 0 <= route.vehicle_type < len(problem.vehicle_types):
        yield f"there is no vehicle type at position {route.vehicle_type}"
        return
    if any(not 0 <= visit.stop < problem.n_stops for visit in route.visits):
        return
    if not route.visits:
        yield "visits no stop"
        return
    vehicle = problem.vehicle_types[route.vehicle_type]
    yield from _loads(problem, vehicle, route)
    yield from _clock(problem, vehicle, route)
    yield from _length_and_cost(problem, vehicle, route)


def _loads(problem: RoutingProblem, vehicle: VehicleType, route: Route) -> Iterator[str]:
    if len(route.load) != len(problem.load_dimensions):
        yield f"states {len(route.load)} loads, there are {len(problem.load_dimensions)} dimensions"
    for k, name in enumerate(problem.load_dimensions):
        amount = sum(int(problem.demand[visit.stop][k]) for visit in route.visits)
        stated = route.load[k] if k < len(route.load) else None
        if stated != amount:
            yield f"load of {name} is stated as {stated}, the stops receive {amount}"
        if amount > vehicle.capacity[k]:
            yield f"carries {amount} {name}, {vehicle.id} takes {vehicle.capacity[k]}"


def _clock(problem: RoutingProblem, vehicle: VehicleType, route: Route) -> Iterator[str]:
    clock, place = route.start_ms, vehicle.depot
    if clock < vehicle.shift_start_ms:
        yield f"starts at {clock} ms, the shift at {vehicle.shift_start_ms} ms"
    for visit in route.visits:
        name = problem.stop_ids[visit.stop]
        here = problem.n_depots + visit.stop
        drive = int(problem.travel_time.values[place, here])
        if drive >= UNREACHABLE:
            yield f"there is no way to {name}"
        if visit.arrival_ms != clock + drive:
            yield f"arrives at {name} at {visit.arrival_ms} ms, expected {clock + drive} ms"
        begin = max(visit.arrival_ms, int(problem.window_start_ms[visit.stop]))
        if begin > problem.window_end_ms[visit.stop]:
            yield f"serves {name} after its window has closed"
        leave = begin + int(problem.service_ms[visit.stop])
        if visit.departure_ms != leave:
            yield f"leaves {name} at {visit.departure_ms} ms, expected {leave} ms"
        clock, place = visit.departure_ms, here
    home = int(problem.travel_time.values[place, vehicle.depot])
    if home >= UNREACHABLE:
        yield "there is no way back to the depot"
    if route.end_ms != clock + home:
        yield f"ends at {route.end_ms} ms, expected {clock + home} ms"
    if route.end_ms > vehicle.shift_end_ms:
        yield f"ends at {route.end_ms} ms, the shift at {vehicle.shift_end_ms} ms"


def _length_and_cost(problem: RoutingProblem, vehicle: VehicleType, route: Route) -> Iterator[str]:
    length, place = 0, vehicle.depot
    for here in [*(problem.n_depots + visit.stop for visit in route.visits), vehicle.depot]:
        leg = int(problem.distance.values[place, here])
        if leg >= UNREACHABLE:
            yield "a leg has no length"
        length, place = length + leg, here
    if route.distance_mm != length:
        yield f"distance is stated as {route.distance_mm} mm, the legs add up to {length} mm"
    if vehicle.max_distance_mm is not None and length > vehicle.max_distance_mm:
        yield f"drives {length} mm, {vehicle.id} may drive {vehicle.max_distance_mm} mm"
    hours = (route.end_ms - route.start_ms) / 3_600_000
    cost = vehicle.fixed_cost_yuan + length / 1e6 * vehicle.cost_per_km_yuan
    cost += hours * vehicle.cost_per_hour_yuan
    if not math.isclose(cost, route.cost_yuan, rel_tol=1e-9, abs_tol=_TOLERANCE_YUAN):
        yield f"cost is stated as {route.cost_yuan} yuan, recomputed {cost} yuan"
