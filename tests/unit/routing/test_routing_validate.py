"""Malformed problems are refused with everything that is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastmile.errors import LastmileError
from lastmile.routing import validate


def test_a_sound_problem_passes(line_town):
    assert validate(line_town([5, 6])) is None
    assert validate(line_town([])) is None


def test_all_faults_are_named_at_once(line_town, van):
    problem = line_town([5, 6])
    table = problem.travel_time
    for changes, told in (
        ({"travel_time": replace(table, values=table.values[:2])}, "has shape (2, 3)"),
        ({"travel_time": replace(table, values=table.values * 1.0)}, "holds float64"),
        ({"travel_time": replace(table, values=table.values - 1)}, "outside 0 to UNREACHABLE"),
        ({"distance": table}, "is in travel_time_ms"),
        ({"demand": np.zeros((2, 3), dtype=np.int64)}, "demand has shape"),
        ({"demand": -problem.demand}, "demand has negative entries"),
        ({"window_start_ms": problem.window_start_ms[:1]}, "window_start_ms needs one entry"),
        ({"window_end_ms": problem.window_end_ms - 10**9}, "stop s1 ends before it starts"),
        ({"vehicle_types": (van(depot=1),)}, "names depot 1 of 1"),
        ({"vehicle_types": (van(capacity=()),)}, "has 0 capacities"),
        ({"vehicle_types": (van(n_available=-1),)}, "negative number"),
        ({"vehicle_types": (van(shift_start_ms=10**9),)}, "ends before it starts"),
        ({"vehicle_types": (van(cost_per_km_yuan=float("nan")),)}, "not finite"),
    ):
        with pytest.raises(LastmileError, match=r"malformed") as caught:
            validate(replace(problem, **changes))
        assert told in str(caught.value)
    both = replace(problem, demand=-problem.demand, vehicle_types=(van(depot=7),))
    with pytest.raises(ValueError, match=r"negative.*names depot 7"):
        validate(both)
