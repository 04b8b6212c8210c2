"""From what an engine proposes to tours that obey every rule exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lastmile.routing.engine import Tour
from lastmile.routing.insertion import insert
from lastmile.routing.problem import RoutingProblem
from lastmile.routing.timetable import timetable
from lastmile.stop import Stop


def settle(
    problem: RoutingProblem,
    stops: Sequence[int],
    start: Sequence[Tour],
    proposed: Sequence[Tour],
    stop: Stop,
) -> tuple[Tour, ...]:
    """Dissolve tours that break a rule in ms and mm, place what is left out, keep the better.

    Parameters
    ----------
    problem
        The problem in its own units.
    stops
        Positions of the stops to serve.
    start
        Feasible tours to fall back on.
    proposed
        Tours of an engine that computed in rounded units.
    stop
        Polled while stops are placed.

    Returns
    -------
    tuple of Tour
        Feasible tours, never worse than ``start``.
    """
    sound = [tour for tour in proposed if timetable(problem, tour.vehicle_type, tour.stops)]
    served = {position for tour in sound for position in tour.stops}
    missing = [position for position in stops if position not in served]
    tours = insert(problem, sound, missing, stop)[0] if missing else tuple(sound)
    return min(tours, tuple(start), key=lambda plan: rank(problem, plan))


def rank(problem: RoutingProblem, tours: Sequence[Tour]) -> tuple[int, float]:
    """Order plans: fewer stops left out, then lower cost in yuan."""
    routes = [timetable(problem, tour.vehicle_type, tour.stops) for tour in tours]
    n_served = sum(len(route.visits) for route in routes if route)
    cost_yuan = math.fsum(route.cost_yuan for route in routes if route)
    return problem.n_stops - n_served, cost_yuan
