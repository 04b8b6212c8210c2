"""A problem in the whole seconds, metres and cost units that engines compute in.

Times and lengths are rounded up, windows and shifts inwards, so that a plan that is feasible
here is feasible in the problem's own milliseconds and millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.routing.problem import RoutingProblem, VehicleType

_MS_PER_S = 1_000
_MM_PER_M = 1_000
_LEAST_DIGITS_OF_RATE = 3
"""The dearest metre or second costs 1,000 to 10,000 units: rounding is under 0.1 %."""

_LARGEST_FIXED_COST = 1e13
"""A thousand vehicles at this price still fit in int64, with room for prizes."""


@dataclass(frozen=True, slots=True)
class ScaledType:
    """A vehicle type in engine units."""

    shift_start_s: int
    shift_end_s: int
    max_distance_m: int | None
    fixed_cost: int
    cost_per_m: int
    cost_per_s: int


@dataclass(frozen=True, slots=True, eq=False)
class ScaledProblem:
    """Integer tables of one problem, none of which can overflow when summed over a plan."""

    time_s: NDArray[np.int64]
    """Shape (locations, locations). Where there is no road: longer than any shift."""

    distance_m: NDArray[np.int64]
    service_s: tuple[int, ...]
    window_start_s: tuple[int, ...]
    window_end_s: tuple[int, ...]
    types: tuple[ScaledType, ...]
    prize: int
    """What leaving out one stop costs: more than any detour to it with a vehicle of its own."""

    unit_cost: int
    """The dearest metre or second, in cost units."""


def scale(problem: RoutingProblem) -> ScaledProblem:
    """Round a problem to engine units.

    Parameters
    ----------
    problem
        A valid problem with at least one vehicle type.
    """
    horizon_s = max(vehicle.shift_end_ms for vehicle in problem.vehicle_types) // _MS_PER_S + 1
    # One forbidden leg already outlasts every shift, and a thousand of them stay small.
    time_s = np.minimum(_round_up(problem.travel_time.values, _MS_PER_S), horizon_s)
    legs = problem.distance.values
    has_road = legs < UNREACHABLE
    longest_mm = int(legs.max(initial=0, where=has_road))
    distance_m = _round_up(np.minimum(legs, longest_mm), _MM_PER_M)
    time_s[~has_road] = horizon_s
    types = _types(problem.vehicle_types)
    far = 2 * int(distance_m.max(initial=0)), 2 * horizon_s
    window_start_s = _round_up(problem.window_start_ms, _MS_PER_S)
    window_end_s = np.maximum(problem.window_end_ms // _MS_PER_S, window_start_s)
    return ScaledProblem(
        time_s=time_s,
        distance_m=distance_m,
        service_s=tuple(_round_up(problem.service_ms, _MS_PER_S).tolist()),
        window_start_s=tuple(window_start_s.tolist()),
        window_end_s=tuple(window_end_s.tolist()),
        types=types,
        prize=1 + max(t.fixed_cost + t.cost_per_m * far[0] + t.cost_per_s * far[1] for t in types),
        unit_cost=max(1, *(max(t.cost_per_m, t.cost_per_s) for t in types)),
    )


def _round_up(values: NDArray[np.int64], unit: int) -> NDArray[np.int64]:
    return -(-values // unit)


def _types(vehicles: tuple[VehicleType, ...]) -> tuple[ScaledType, ...]:
    per_m = [vehicle.cost_per_km_yuan / 1_000 for vehicle in vehicles]
    per_s = [vehicle.cost_per_hour_yuan / 3_600 for vehicle in vehicles]
    dearest = max(*per_m, *per_s)
    if dearest == 0.0:
        # Without running costs engines would wander: the shorter of two equal plans is wanted.
        dearest = max(1.0, *(vehicle.fixed_cost_yuan for vehicle in vehicles)) * 1e-9
        per_m = [dearest] * len(vehicles)
    units_per_yuan = 10.0 ** (_LEAST_DIGITS_OF_RATE - floor(log10(dearest)))
    dearest_day = max(vehicle.fixed_cost_yuan for vehicle in vehicles)
    if dearest_day * units_per_yuan > _LARGEST_FIXED_COST:
        units_per_yuan = _LARGEST_FIXED_COST / dearest_day
    return tuple(
        ScaledType(
            shift_start_s=-(-vehicle.shift_start_ms // _MS_PER_S),
            shift_end_s=vehicle.shift_end_ms // _MS_PER_S,
            max_distance_m=(
                None if vehicle.max_distance_mm is None else vehicle.max_distance_mm // _MM_PER_M
            ),
            fixed_cost=ceil(vehicle.fixed_cost_yuan * units_per_yuan),
            cost_per_m=round(metre * units_per_yuan),
            cost_per_s=round(second * units_per_yuan),
        )
        for vehicle, metre, second in zip(vehicles, per_m, per_s, strict=True)
    )
