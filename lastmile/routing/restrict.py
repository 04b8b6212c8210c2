"""Part of a problem as a problem of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import CostMatrix
from lastmile.routing.problem import RoutingProblem


def restrict(
    problem: RoutingProblem, stops: Sequence[int], n_available: Sequence[int]
) -> RoutingProblem:
    """Keep some stops and some vehicles, and every depot.

    Parameters
    ----------
    problem
        The whole.
    stops
        Positions of the stops to keep; position k of the part is ``stops[k]`` of the whole.
    n_available
        Vehicles of each type that the part may use.

    Returns
    -------
    RoutingProblem
        The part, with copies of the tables' rows it needs.
    """
    keep = np.array(stops, dtype=np.intp)
    places = np.concatenate((np.arange(problem.n_depots), problem.n_depots + keep))
    return replace(
        problem,
        travel_time=_part(problem.travel_time, places),
        distance=_part(problem.distance, places),
        demand=problem.demand[keep],
        service_ms=problem.service_ms[keep],
        window_start_ms=problem.window_start_ms[keep],
        window_end_ms=problem.window_end_ms[keep],
        vehicle_types=tuple(
            replace(vehicle, n_available=n)
            for vehicle, n in zip(problem.vehicle_types, n_available, strict=True)
        ),
    )


def _part(matrix: CostMatrix, places: NDArray[np.intp]) -> CostMatrix:
    ids = tuple(matrix.origin_ids[place] for place in places)
    return CostMatrix(matrix.values[np.ix_(places, places)], ids, ids, matrix.impedance)
