"""A lower bound on cost that needs no search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.routing.problem import RoutingProblem
from lastmile.routing.timetable import MM_PER_KM, MS_PER_HOUR

_BLOCK = 256


def lower_bound_yuan(problem: RoutingProblem, stops: Sequence[int]) -> float:
    """Bound the cost of serving these stops from below.

    Every stop is entered by one leg and left by one leg, and every vehicle leaves and enters a
    depot once; hours on duty are at least those driven and spent serving. So, with n vehicles
    proven necessary, cost >= n cheapest fixed costs + service + the cheapest leg into every
    stop + n cheapest legs home; the same holds for the legs out of every stop, and the larger
    of the two counts. All rates are the cheapest of any type.

    Parameters
    ----------
    problem
        The problem.
    stops
        Positions of the stops that are served.

    Returns
    -------
    float
        Yuan; 0 for no stops.
    """
    if not stops:
        return 0.0
    vehicles = [vehicle for vehicle in problem.vehicle_types if vehicle.n_available > 0]
    per_mm = min(vehicle.cost_per_km_yuan for vehicle in vehicles) / MM_PER_KM
    per_ms = min(vehicle.cost_per_hour_yuan for vehicle in vehicles) / MS_PER_HOUR
    fixed = min(vehicle.fixed_cost_yuan for vehicle in vehicles)
    depots = sorted({vehicle.depot for vehicle in vehicles})
    n_vehicles = fewest_vehicles(problem, stops)
    there = problem.n_depots + np.array(stops, dtype=np.intp)
    start = np.array(depots, dtype=np.intp)
    rates = _Rates(per_mm, per_ms)
    into, out_of = _cheapest_legs(problem, np.concatenate((start, there)), rates)
    home, away = (
        _legs(problem, there, start, rates).min(),
        _legs(problem, start, there, rates).min(),
    )
    n = len(depots)
    entering = float(into[n:].sum()) + n_vehicles * float(home)
    leaving = float(out_of[n:].sum()) + n_vehicles * float(away)
    service = per_ms * float(problem.service_ms[list(stops)].sum())
    return n_vehicles * fixed + service + max(entering, leaving)


def fewest_vehicles(problem: RoutingProblem, stops: Sequence[int]) -> int:
    """Count the vehicles without which the loads cannot be carried, largest vehicles first."""
    demand = problem.demand[list(stops)].sum(axis=0)
    needed = 1 if stops else 0
    for k, amount in enumerate(demand.tolist()):
        rooms = sorted(
            ((v.capacity[k], v.n_available) for v in problem.vehicle_types if v.capacity[k] > 0),
            reverse=True,
        )
        n, left = 0, amount
        for room, n_available in rooms:
            used = min(n_available, -(-max(left, 0) // room))
            n, left = n + used, left - used * room
        needed = max(needed, n)
    return needed


def capacity_is_short(problem: RoutingProblem, stops: Sequence[int]) -> bool:
    """Whether all vehicles together cannot hold the loads of these stops: a proof, no guess."""
    capacity = [
        sum(v.n_available * v.capacity[k] for v in problem.vehicle_types)
        for k in range(len(problem.load_dimensions))
    ]
    demand = problem.demand[list(stops)].sum(axis=0).tolist()
    return any(amount > room for amount, room in zip(demand, capacity, strict=True)) or (
        sum(v.n_available for v in problem.vehicle_types) < fewest_vehicles(problem, stops)
    )


@dataclass(frozen=True, slots=True)
class _Rates:
    yuan_per_mm: float
    yuan_per_ms: float


def _cheapest_legs(
    problem: RoutingProblem, places: NDArray[np.intp], rates: _Rates
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cheapest leg into and out of every place, a block of rows at a time to spare memory."""
    into, out_of = np.full(places.size, np.inf), np.full(places.size, np.inf)
    for first in range(0, places.size, _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, places.size))
        legs = _legs(problem, places[rows], places, rates)
        legs[rows - first, rows] = np.inf
        out_of[rows] = legs.min(axis=1)
        into = np.minimum(into, legs.min(axis=0))
    return into, out_of


def _legs(
    problem: RoutingProblem, origins: NDArray[np.intp], ends: NDArray[np.intp], rates: _Rates
) -> NDArray[np.float64]:
    length_mm = problem.distance.values[np.ix_(origins, ends)]
    time_ms = problem.travel_time.values[np.ix_(origins, ends)]
    legs = np.multiply(length_mm, rates.yuan_per_mm, dtype=np.float64)
    legs += time_ms * rates.yuan_per_ms
    legs[(length_mm >= UNREACHABLE) | (time_ms >= UNREACHABLE)] = np.inf
    return legs
