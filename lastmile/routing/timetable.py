"""When a vehicle is where: exact forward scheduling of one tour.

The end of a tour, as a function of its start, is flat and then rises with slope one. Starting
at the end of the flat part ends as early as any start and spends the least time on duty.
"""

from __future__ import annotations

from lastmile.costs import UNREACHABLE
from lastmile.routing.problem import Route, RoutingProblem, VehicleType, Visit

MM_PER_KM = 1_000_000
MS_PER_HOUR = 3_600_000


def timetable(problem: RoutingProblem, vehicle_type: int, stops: tuple[int, ...]) -> Route | None:
    """Schedule a tour so that it ends as early as it can and starts as late as it then may.

    Parameters
    ----------
    problem
        The problem, whose matrices are in ms and mm.
    vehicle_type
        Position of the vehicle type that drives the tour.
    stops
        Positions of the stops in the order of their visits; not empty.

    Returns
    -------
    Route or None
        The timed route; None if it breaks a rule (load, window, shift, distance, no road).
    """
    vehicle = problem.vehicle_types[vehicle_type]
    load = tuple(
        sum(int(problem.demand[stop, k]) for stop in stops) for k in range(len(vehicle.capacity))
    )
    if any(amount > room for amount, room in zip(load, vehicle.capacity, strict=True)):
        return None
    distances = _legs(problem.distance.values, problem.n_depots, vehicle.depot, stops)
    times = _legs(problem.travel_time.values, problem.n_depots, vehicle.depot, stops)
    if max(distances) >= UNREACHABLE or max(times) >= UNREACHABLE:
        return None
    distance_mm = sum(distances)
    if vehicle.max_distance_mm is not None and distance_mm > vehicle.max_distance_mm:
        return None
    end_ms = _drive(problem, times, stops, vehicle.shift_start_ms)[1]
    if end_ms > vehicle.shift_end_ms:
        return None
    start_ms = _latest_start(problem, times, stops, end_ms)
    if start_ms < vehicle.shift_start_ms:
        return None
    visits, end_ms = _drive(problem, times, stops, start_ms)
    cost_yuan = route_cost_yuan(vehicle, distance_mm, end_ms - start_ms)
    return Route(vehicle_type, visits, start_ms, end_ms, distance_mm, load, cost_yuan)


def route_cost_yuan(vehicle: VehicleType, distance_mm: int, duration_ms: int) -> float:
    """Add up what a used vehicle costs: its day, its kilometres and its hours on duty."""
    return (
        vehicle.fixed_cost_yuan
        + vehicle.cost_per_km_yuan * distance_mm / MM_PER_KM
        + vehicle.cost_per_hour_yuan * duration_ms / MS_PER_HOUR
    )


def _legs(values: object, n_depots: int, depot: int, stops: tuple[int, ...]) -> list[int]:
    """Cost of each leg: depot to first stop, stop to stop, last stop to depot."""
    places = [depot, *(n_depots + stop for stop in stops), depot]
    return values[places[:-1], places[1:]].tolist()  # type: ignore[index,no-any-return]  # an int64 array; its stubs lose the shape


def _drive(
    problem: RoutingProblem, times: list[int], stops: tuple[int, ...], start_ms: int
) -> tuple[tuple[Visit, ...], int]:
    """Follow the tour from its start, waiting where a window is not open yet."""
    now_ms = start_ms
    visits = []
    for stop, time_ms in zip(stops, times[:-1], strict=True):
        arrival_ms = now_ms + time_ms
        begin_ms = max(arrival_ms, int(problem.window_start_ms[stop]))
        now_ms = begin_ms + int(problem.service_ms[stop])
        visits.append(Visit(stop, arrival_ms, now_ms))
    return tuple(visits), now_ms + times[-1]


def _latest_start(
    problem: RoutingProblem, times: list[int], stops: tuple[int, ...], end_ms: int
) -> int:
    """Latest departure that still ends by ``end_ms`` and meets every window's end.

    Where a window is missed from every start, this lies before the shift, or the window.
    """
    latest_ms = end_ms - times[-1]
    for stop, time_ms in zip(reversed(stops), reversed(times[:-1]), strict=True):
        begin_ms = min(latest_ms - int(problem.service_ms[stop]), int(problem.window_end_ms[stop]))
        if begin_ms < problem.window_start_ms[stop]:
            return -UNREACHABLE
        latest_ms = begin_ms - time_ms
    return latest_ms
