"""Why stops that a vehicle could serve are left out all the same, and what would serve them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lastmile.routing.bound import capacity_is_short
from lastmile.routing.insertion import build
from lastmile.routing.problem import RoutingProblem, Unserved
from lastmile.stop import Stop


def explain_left_out(
    problem: RoutingProblem, stops: Sequence[int], *, served: Sequence[int], stop: Stop
) -> tuple[Unserved, ...]:
    """Say for each stop how many more vehicles would serve it, and whether they are needed.

    Parameters
    ----------
    problem
        The problem.
    stops
        Positions of stops that some vehicle could serve alone, but no route serves.
    served
        Positions of the stops that routes serve. The reason is ``fleet`` only where the vehicles
        provably cannot hold the loads of both; else it is ``search``, for a longer one may do.
    stop
        Polled while the vehicles that would be needed are counted.
    """
    if not stops:
        return ()
    tours, unplaced = build(problem, stops, [len(stops)] * len(problem.vehicle_types), stop)
    n_more = Counter(tour.vehicle_type for tour in tours)
    is_short = capacity_is_short(problem, sorted((*served, *stops)))
    told = []
    for tour in tours:
        vehicle, n = problem.vehicle_types[tour.vehicle_type], n_more[tour.vehicle_type]
        noun = "vehicle" if n == 1 else "vehicles"
        remedy = f"{n} more {noun} of type {vehicle.id}"
        for position in tour.stops:
            if is_short:
                told.append(Unserved(position, "fleet", remedy, n, tour.vehicle_type))
            else:
                longer = f"a longer time limit, or {remedy}"
                told.append(Unserved(position, "search", longer, n, tour.vehicle_type))
    told += (Unserved(position, "search", "a longer time limit") for position in unplaced)
    return tuple(told)
