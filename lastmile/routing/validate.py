"""Whether a routing problem is well formed, before anything is computed from it."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np

from lastmile.costs import UNREACHABLE, CostMatrix, Impedance
from lastmile.errors import LastmileError
from lastmile.routing.problem import RoutingProblem, VehicleType


class MalformedProblemError(LastmileError, ValueError):
    """Parts of a routing problem do not fit together; names every part that does not."""


def validate(problem: RoutingProblem) -> None:
    """Check shapes, ids, signs and references.

    Parameters
    ----------
    problem
        The problem to check.

    Raises
    ------
    MalformedProblemError
        Naming everything that is wrong.
    """
    told = [*_shapes(problem)]
    if not told:
        told = [*_values(problem)]
    for vehicle in problem.vehicle_types:
        told += _vehicle(problem, vehicle)
    if told:
        raise MalformedProblemError("malformed routing problem: " + "; ".join(told))


def _shapes(problem: RoutingProblem) -> Iterator[str]:
    n = problem.n_depots + problem.n_stops
    yield from _matrix("travel_time", problem.travel_time, "travel_time_ms", n)
    yield from _matrix("distance", problem.distance, "length_mm", n)
    if problem.travel_time.origin_ids != problem.distance.origin_ids:
        yield "travel_time and distance have different ids"
    if len(set(problem.travel_time.origin_ids)) != len(problem.travel_time.origin_ids):
        yield "two locations share an id"
    expected = (problem.n_stops, len(problem.load_dimensions))
    if problem.demand.shape != expected:
        yield f"demand has shape {problem.demand.shape}, expected {expected}"
    for name in ("window_start_ms", "window_end_ms"):
        if getattr(problem, name).shape != (problem.n_stops,):
            yield f"{name} needs one entry per stop"
    if problem.n_depots < 1:
        yield "there is no depot"


def _matrix(name: str, table: CostMatrix, impedance: Impedance, n: int) -> Iterator[str]:
    if table.values.shape != (n, n):
        yield f"{name} has shape {table.values.shape}, expected {(n, n)}"
    if table.values.dtype != np.int64:
        yield f"{name} holds {table.values.dtype}, expected int64"
    if table.impedance != impedance:
        yield f"{name} is in {table.impedance}, expected {impedance}"
    if table.origin_ids != table.destination_ids or len(table.origin_ids) != n:
        yield f"{name} needs the same {n} ids as origins and destinations"


def _values(problem: RoutingProblem) -> Iterator[str]:
    for name in ("travel_time", "distance"):
        values = getattr(problem, name).values
        if values.min(initial=0) < 0 or values.max(initial=0) > UNREACHABLE:
            yield f"{name} has entries outside 0 to UNREACHABLE"
    for name in ("demand", "service_ms", "window_start_ms"):
        if getattr(problem, name).min(initial=0) < 0:
            yield f"{name} has negative entries"
    for stop in np.flatnonzero(problem.window_end_ms < problem.window_start_ms)[:5]:
        yield f"the window of stop {problem.stop_ids[stop]} ends before it starts"


def _vehicle(problem: RoutingProblem, vehicle: VehicleType) -> Iterator[str]:
    if not 0 <= vehicle.depot < problem.n_depots:
        yield f"vehicle type {vehicle.id} names depot {vehicle.depot} of {problem.n_depots}"
    if len(vehicle.capacity) != len(problem.load_dimensions):
        yield (
            f"vehicle type {vehicle.id} has {len(vehicle.capacity)} capacities, expected "
            f"{len(problem.load_dimensions)} ({', '.join(problem.load_dimensions)})"
        )
    if vehicle.n_available < 0 or any(room < 0 for room in vehicle.capacity):
        yield f"vehicle type {vehicle.id} has a negative number or capacity"
    if not 0 <= vehicle.shift_start_ms <= vehicle.shift_end_ms:
        yield f"the shift of vehicle type {vehicle.id} ends before it starts"
    if vehicle.max_distance_mm is not None and vehicle.max_distance_mm < 0:
        yield f"vehicle type {vehicle.id} has a negative max_distance_mm"
    costs = (vehicle.fixed_cost_yuan, vehicle.cost_per_km_yuan, vehicle.cost_per_hour_yuan)
    if not all(isfinite(cost) and cost >= 0 for cost in costs):
        yield f"vehicle type {vehicle.id} has a cost that is negative or not finite"
