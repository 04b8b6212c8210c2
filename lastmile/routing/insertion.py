"""Building and mending tours by cheapest insertion, exact in every rule.

The start of every search, and what places a stop that an engine left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.routing.engine import Tour
from lastmile.routing.problem import RoutingProblem
from lastmile.routing.timetable import MM_PER_KM, MS_PER_HOUR
from lastmile.stop import Stop

_NEIGHBOURS = 256
"""Stops considered for a tour around its seed; a van visits far fewer in a day."""

_TIE_BREAK_YUAN = 1e-9
"""Per ms and mm, so that the shorter of two equally dear detours is taken."""


def build(
    problem: RoutingProblem, stops: Sequence[int], n_spare: Sequence[int], stop: Stop
) -> tuple[tuple[Tour, ...], tuple[int, ...]]:
    """Build tours one after another, each from the dearest stop outwards.

    Parameters
    ----------
    problem
        The problem.
    stops
        Positions of the stops to serve.
    n_spare
        Vehicles that may be used, per vehicle type.
    stop
        Only the user's interruption ends the work: a plan is wanted even past the time limit.

    Returns
    -------
    tuple
        The tours, each feasible, and the stops for which no vehicle was left.

    References
    ----------
    Insertion heuristic I1 of Solomon (1987), doi:10.1287/opre.35.2.254, with savings measured
    against a trip from the stop's cheapest depot.
    """
    spare = list(n_spare)
    waiting = np.array(sorted(stops), dtype=np.int64)
    alone = np.stack([cheapest(problem, Tour(k, ()), waiting)[0] for k in range(len(spare))])
    tours = []
    while waiting.size and not stop.interrupted():
        seed = _seed(problem, alone, spare)
        if seed is None:
            break
        column, kind = seed
        tour = _grow(problem, kind, column, waiting, alone.min(axis=0))
        spare[kind] -= 1
        tours.append(tour)
        keep = ~np.isin(waiting, tour.stops)
        waiting, alone = waiting[keep], alone[:, keep]
    return tuple(tours), tuple(waiting.tolist())


def _seed(
    problem: RoutingProblem, alone: NDArray[np.float64], spare: list[int]
) -> tuple[int, int] | None:
    """Choose the dearest stop that a spare vehicle can serve, and the vehicle for it."""
    cost = alone.copy()
    cost[[k for k, n in enumerate(spare) if n < 1]] = np.inf
    best = cost.min(axis=0)
    best[np.isinf(best)] = -1.0
    column = int(best.argmax())
    if best[column] < 0.0:
        return None
    capacity = np.array([v.capacity for v in problem.vehicle_types], dtype=np.float64)
    share = (capacity / np.maximum(capacity.max(axis=0), 1.0)).min(axis=1, initial=1.0)
    fixed = np.array([v.fixed_cost_yuan for v in problem.vehicle_types])
    return column, int(((fixed + cost[:, column]) / np.maximum(share, 1e-3)).argmin())


def _grow(
    problem: RoutingProblem,
    kind: int,
    column: int,
    waiting: NDArray[np.int64],
    alone: NDArray[np.float64],
) -> Tour:
    """Insert the stop that saves most against a trip of its own, until none fits."""
    tour = Tour(kind, (int(waiting[column]),))
    near = problem.travel_time.values[
        problem.n_depots + waiting[column], problem.n_depots + waiting
    ]
    pool = np.argsort(near, kind="stable")[: _NEIGHBOURS + 1]
    pool = pool[pool != column]
    floor_yuan = -problem.vehicle_types[kind].fixed_cost_yuan
    while pool.size:
        cost, where = cheapest(problem, tour, waiting[pool])
        fits = np.isfinite(cost)
        # A stop that does not fit now never will: the tour only gets fuller.
        pool, cost, where = pool[fits], cost[fits], where[fits]
        if not pool.size:
            break
        saving = alone[pool] - cost
        best = int(saving.argmax())
        if saving[best] < floor_yuan:
            break
        tour = _inserted(tour, int(waiting[pool[best]]), int(where[best]))
        pool = np.delete(pool, best)
    return tour


def _inserted(tour: Tour, stop: int, where: int) -> Tour:
    return Tour(tour.vehicle_type, (*tour.stops[:where], stop, *tour.stops[where:]))


def insert(
    problem: RoutingProblem, tours: Sequence[Tour], stops: Sequence[int], stop: Stop
) -> tuple[tuple[Tour, ...], tuple[int, ...]]:
    """Place stops into tours, or into vehicles still unused, cheapest first.

    Parameters
    ----------
    problem
        The problem; its fleet less the tours is what may still be used.
    tours
        Feasible tours.
    stops
        Positions of the stops to place.
    stop
        Only the user's interruption ends the work.

    Returns
    -------
    tuple
        The tours, each feasible, and the stops for which there is no place.
    """
    work = _Insertion(problem, list(tours), np.array(sorted(stops), dtype=np.int64))
    work.run(stop)
    return tuple(work.tours), tuple(work.stops.tolist())


@dataclass(slots=True)
class _Insertion:
    """Costs of placing each waiting stop in each tour, kept up to date."""

    problem: RoutingProblem
    tours: list[Tour]
    stops: NDArray[np.int64]
    cost: list[NDArray[np.float64]] = field(default_factory=list)
    where: list[NDArray[np.int64]] = field(default_factory=list)

    def run(self, stop: Stop) -> None:
        """Place stops until none fits anywhere."""
        for tour in self.tours:
            self._append(tour)
        while self.stops.size and not stop.interrupted():
            self._open_vehicles()
            if not self.cost:
                return
            table = np.stack(self.cost)
            row, column = divmod(int(table.argmin()), self.stops.size)
            if np.isinf(table[row, column]):
                self._close_vehicles()
                return
            self._place(row, column)
            self._close_vehicles()

    def _append(self, tour: Tour) -> None:
        cost, where = cheapest(self.problem, tour, self.stops)
        if not tour.stops:
            cost = cost + self.problem.vehicle_types[tour.vehicle_type].fixed_cost_yuan
        self.cost.append(cost)
        self.where.append(where)

    def _open_vehicles(self) -> None:
        """Offer one empty tour of every type that has a vehicle left."""
        used = Counter(tour.vehicle_type for tour in self.tours)
        for kind, vehicle in enumerate(self.problem.vehicle_types):
            if used[kind] < vehicle.n_available:
                self.tours.append(Tour(kind, ()))
                self._append(self.tours[-1])

    def _close_vehicles(self) -> None:
        keep = [k for k, tour in enumerate(self.tours) if tour.stops]
        self.tours = [self.tours[k] for k in keep]
        self.cost = [self.cost[k] for k in keep]
        self.where = [self.where[k] for k in keep]

    def _place(self, row: int, column: int) -> None:
        where = int(self.where[row][column])
        self.tours[row] = _inserted(self.tours[row], int(self.stops[column]), where)
        self.stops = np.delete(self.stops, column)
        self.cost = [np.delete(cost, column) for cost in self.cost]
        self.where = [np.delete(where, column) for where in self.where]
        self.cost[row], self.where[row] = cheapest(self.problem, self.tours[row], self.stops)


def cheapest(
    problem: RoutingProblem, tour: Tour, stops: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Find each stop's cheapest feasible place in a tour.

    Parameters
    ----------
    problem
        The problem.
    tour
        A feasible tour, or one without stops.
    stops
        Shape (stops to place,). Their positions.

    Returns
    -------
    tuple
        Cost in yuan (infinite where there is no place) and the place, each of that shape. Of
        time on duty only driving and serving count; waiting is left to the timetable.
    """
    vehicle = problem.vehicle_types[tour.vehicle_type]
    places = np.array(
        [vehicle.depot, *(problem.n_depots + s for s in tour.stops), vehicle.depot], dtype=np.intp
    )
    there = problem.n_depots + stops
    time, length = problem.travel_time.values, problem.distance.values
    legs_ms, legs_mm = time[places[:-1], places[1:]], length[places[:-1], places[1:]]
    if not tour.stops:
        legs_ms, legs_mm = np.zeros_like(legs_ms), np.zeros_like(legs_mm)
    leave_ms, latest_ms = _slack(problem, tour, legs_ms)
    to_ms, from_ms = time[np.ix_(places[:-1], there)], time[np.ix_(there, places[1:])].T
    begin_ms = np.maximum(leave_ms[:, None] + to_ms, problem.window_start_ms[stops])
    fits = begin_ms <= problem.window_end_ms[stops]
    fits &= begin_ms + problem.service_ms[stops] + from_ms <= latest_ms[:, None]
    more_mm = length[np.ix_(places[:-1], there)] + length[np.ix_(there, places[1:])].T
    more_mm -= legs_mm[:, None]
    limit_mm = UNREACHABLE - 1 if vehicle.max_distance_mm is None else vehicle.max_distance_mm
    fits &= more_mm + legs_mm.sum() <= limit_mm
    room = np.array(vehicle.capacity) - problem.demand[list(tour.stops)].sum(axis=0)
    fits &= (problem.demand[stops] <= room).all(axis=1)
    more_ms = to_ms + from_ms - legs_ms[:, None] + problem.service_ms[stops]
    cost = more_mm * (vehicle.cost_per_km_yuan / MM_PER_KM + _TIE_BREAK_YUAN)
    cost += more_ms * (vehicle.cost_per_hour_yuan / MS_PER_HOUR + _TIE_BREAK_YUAN)
    cost[~fits] = np.inf
    where = cost.argmin(axis=0)
    return cost[where, np.arange(stops.size)], where


def _slack(
    problem: RoutingProblem, tour: Tour, legs_ms: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Earliest departure from the depot and each stop; latest arrival at each stop and home."""
    vehicle = problem.vehicle_types[tour.vehicle_type]
    stops = list(tour.stops)
    legs = legs_ms.tolist()
    opens = problem.window_start_ms[stops].tolist()
    closes = problem.window_end_ms[stops].tolist()
    service = problem.service_ms[stops].tolist()
    leave = [vehicle.shift_start_ms]
    for k in range(len(stops)):
        leave.append(max(leave[-1] + legs[k], opens[k]) + service[k])
    latest = [vehicle.shift_end_ms]
    for k in reversed(range(len(stops))):
        latest.append(min(closes[k], latest[-1] - legs[k + 1] - service[k]))
    return np.array(leave, dtype=np.int64), np.array(latest[::-1], dtype=np.int64)
