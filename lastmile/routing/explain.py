"""Why stops that a vehicle could serve are left out all the same, and what would serve them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lastmile.routing.bound import capacity_is_short
from lastmile.routing.insertion import build
from lastmile.routing.problem import RoutingProblem, Unserved
from lastmile.stop import Stop


def explain_left_out(
    problem: RoutingProblem, stops: Sequence[int], *, searched: bool, stop: Stop
) -> tuple[Unserved, ...]:
    """Say for each stop that the fleet is too small, and by how many vehicles.

    Parameters
    ----------
    problem
        The problem.
    stops
        Positions of stops that some vehicle could serve alone, but no route serves.
    searched
        Whether an engine looked for a place for them. If not, and the fleet's capacity would
        suffice, the reason is ``search``.
    stop
        Polled while the vehicles that would be needed are counted.
    """
    if not stops:
        return ()
    tours, unplaced = build(problem, stops, [len(stops)] * len(problem.vehicle_types), stop)
    n_more = Counter(tour.vehicle_type for tour in tours)
    is_short = capacity_is_short(problem)
    told = []
    for tour in tours:
        vehicle, n = problem.vehicle_types[tour.vehicle_type], n_more[tour.vehicle_type]
        noun = "vehicle" if n == 1 else "vehicles"
        remedy = f"{n} more {noun} of type {vehicle.id}"
        for position in tour.stops:
            if searched or is_short:
                told.append(Unserved(position, "fleet", remedy, n, tour.vehicle_type))
            else:
                longer = f"a longer time limit, or {remedy}"
                told.append(Unserved(position, "search", longer, n, tour.vehicle_type))
    told += (Unserved(position, "search", "a longer time limit") for position in unplaced)
    return tuple(told)
