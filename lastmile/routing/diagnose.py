"""Which stops no vehicle could serve even alone, why, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.routing.problem import RoutingProblem, Unserved

_MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class _Alone:
    """What each vehicle type meets when it serves each stop alone; shape (types, stops)."""

    reachable: NDArray[np.bool_]
    holds: NDArray[np.bool_]
    late_ms: NDArray[np.int64]
    """How long after the window's end, or the shift's, the vehicle is; 0 when in time."""

    too_far_mm: NDArray[np.int64]
    """How much the round trip exceeds the vehicle's range; 0 when within it."""


def diagnose(problem: RoutingProblem) -> tuple[Unserved, ...]:
    """Find the stops that no vehicle type can serve, not even on a trip of its own.

    Parameters
    ----------
    problem
        A valid problem. How many vehicles there are does not matter here.

    Returns
    -------
    tuple of Unserved
        In the order of the stops, each with the first rule that excludes every type:
        unreachable, capacity, window (or shift), range.

    Notes
    -----
    Tables of a road network obey the triangle inequality in time, so that a stop that is
    unreachable or too late alone is so on every tour. Not so in length: ``range`` is judged by the
    fastest way there and back, though a tour over slower, shorter roads might be within it.
    """
    if problem.n_stops == 0:
        return ()
    alone = _try_alone(problem)
    able = alone.reachable
    reason = np.full(problem.n_stops, "", dtype=object)
    for name, passes in (
        ("unreachable", alone.reachable),
        ("capacity", alone.holds),
        ("window", alone.late_ms == 0),
        ("range", alone.too_far_mm == 0),
    ):
        narrowed = able & passes
        reason[(reason == "") & ~narrowed.any(axis=0)] = name
        # The remedy compares only the types that pass every earlier rule.
        able = np.where(reason != "", able, narrowed)
    remedies = {"capacity": _hold, "window": _in_time, "range": _in_range}
    return tuple(
        remedies.get(reason[stop], _reach)(problem, alone, stop, able[:, stop])
        for stop in np.flatnonzero(reason != "").tolist()
    )


def oversized_stops(problem: RoutingProblem) -> tuple[int, ...]:
    """List the stops whose load exceeds every vehicle type, whatever else is true of them."""
    capacity = _capacities(problem)
    fits = (problem.demand[None, :, :] <= capacity[:, None, :]).all(axis=2).any(axis=0)
    return tuple(np.flatnonzero(~fits).tolist())


def _capacities(problem: RoutingProblem) -> NDArray[np.int64]:
    """Shape (types, load dimensions)."""
    rows = [vehicle.capacity for vehicle in problem.vehicle_types]
    return np.array(rows, dtype=np.int64).reshape(-1, len(problem.load_dimensions))


def _try_alone(problem: RoutingProblem) -> _Alone:
    depots = np.array([vehicle.depot for vehicle in problem.vehicle_types], dtype=np.intp)
    d = problem.n_depots
    time, length = problem.travel_time.values, problem.distance.values
    out_ms, back_ms = time[depots, d:], time[d:, depots].T
    trip_mm = length[depots, d:] + length[d:, depots].T
    starts = np.array([v.shift_start_ms for v in problem.vehicle_types], dtype=np.int64)
    ends = np.array([v.shift_end_ms for v in problem.vehicle_types], dtype=np.int64)
    reach_mm = np.array(
        [
            4 * UNREACHABLE if v.max_distance_mm is None else v.max_distance_mm
            for v in problem.vehicle_types
        ],
        dtype=np.int64,
    )
    arrival_ms = starts[:, None] + out_ms
    begin_ms = np.maximum(arrival_ms, problem.window_start_ms)
    home_ms = begin_ms + problem.service_ms + back_ms
    late_ms = np.maximum(begin_ms - problem.window_end_ms, home_ms - ends[:, None])
    return _Alone(
        reachable=(out_ms < UNREACHABLE) & (back_ms < UNREACHABLE) & (trip_mm < UNREACHABLE),
        holds=np.all(problem.demand[None, :, :] <= _capacities(problem)[:, None, :], axis=2),
        late_ms=np.maximum(late_ms, 0),
        too_far_mm=np.maximum(trip_mm - reach_mm[:, None], 0),
    )


def _reach(
    problem: RoutingProblem, _alone: _Alone, stop: int, _able: NDArray[np.bool_]
) -> Unserved:
    if not problem.vehicle_types:
        return Unserved(stop, "unreachable", "add a vehicle type: there is none")
    remedy = (
        f"no road leads from a depot with vehicles to {problem.stop_ids[stop]} and back: "
        "correct its position, or the road extract"
    )
    return Unserved(stop, "unreachable", remedy)


def _hold(problem: RoutingProblem, _alone: _Alone, stop: int, able: NDArray[np.bool_]) -> Unserved:
    largest = _capacities(problem)[able].max(axis=0)
    demand = problem.demand[stop]
    over = [
        f"{demand[k]} {name} (the largest takes {largest[k]})"
        for k, name in enumerate(problem.load_dimensions)
        if demand[k] > largest[k]
    ] or ["this mix of loads together"]
    remedy = f"add a vehicle type that takes {' and '.join(over)}, or split the load"
    return Unserved(stop, "capacity", remedy)


def _in_time(
    problem: RoutingProblem, alone: _Alone, stop: int, able: NDArray[np.bool_]
) -> Unserved:
    late_ms = np.where(able, alone.late_ms[:, stop], 4 * UNREACHABLE)
    best = int(late_ms.argmin())
    excess_ms = int(late_ms[best])
    minutes = -(-excess_ms // _MS_PER_MINUTE)
    vehicle = problem.vehicle_types[best]
    out_ms = int(problem.travel_time.values[vehicle.depot, problem.n_depots + stop])
    missed = vehicle.shift_start_ms + out_ms > problem.window_end_ms[stop]
    if missed:
        remedy = f"start the shift of {vehicle.id} {minutes} min earlier"
        return Unserved(stop, "window", remedy, vehicle_type=best, excess=-excess_ms)
    remedy = f"end the shift of {vehicle.id} {minutes} min later"
    return Unserved(stop, "window", remedy, vehicle_type=best, excess=excess_ms)


def _in_range(
    problem: RoutingProblem, alone: _Alone, stop: int, able: NDArray[np.bool_]
) -> Unserved:
    excess_mm = np.where(able, alone.too_far_mm[:, stop], 4 * UNREACHABLE)
    best = int(excess_mm.argmin())
    vehicle = problem.vehicle_types[best]
    kilometres = -(-int(excess_mm[best]) // 100_000) / 10
    remedy = (
        f"extend the range of {vehicle.id} by {kilometres:.1f} km, or serve from a nearer depot"
    )
    excess = int(excess_mm[best])
    return Unserved(stop, "range", remedy, vehicle_type=best, excess=excess)
