"""The checker rejects every kind of broken plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastmile.costs import UNREACHABLE
from lastmile.routing import Unserved, check, solve
from lastmile.stop import Stop


@pytest.fixture
def town(line_town, van):
    vans = (van(max_distance_mm=40_000_000),)
    return line_town([5, 8, 9], windows=[(0, 100), (50, 100), (50, 200)], vehicles=vans)


@pytest.fixture
def plan(town):
    return solve(town, stop=Stop.after(20), seed=1, max_iterations=50)


def first(plan, **changes):
    return replace(plan, routes=(replace(plan.routes[0], **changes), *plan.routes[1:]))


def test_a_sound_plan_is_accepted(town, plan):
    assert check(town, plan) == ()
    assert len(plan.routes) == 1


def mutations(plan):
    route, visit = plan.routes[0], plan.routes[0].visits[0]
    late = replace(visit, departure_ms=visit.departure_ms + 1)
    return {
        "expected once": replace(plan, routes=()),
        "listed 2 times": replace(plan, routes=(*plan.routes, route)),
        "no stop at position": first(plan, visits=(*route.visits, replace(visit, stop=9))),
        "no vehicle type": first(plan, vehicle_type=5),
        "vehicles of van drive": replace(plan, routes=(route, route, route)),
        "visits no stop": first(plan, visits=()),
        "load of parcels": first(plan, load=(99,)),
        "distance is stated": first(plan, distance_mm=route.distance_mm - 1),
        "cost is stated": replace(plan, cost_yuan=plan.cost_yuan - 1.0),
        "route 1: cost is stated": first(plan, cost_yuan=route.cost_yuan - 1.0),
        "starts at": first(plan, start_ms=-1),
        "arrives at": first(plan, start_ms=route.start_ms + 1),
        "leaves": first(plan, visits=(late, *route.visits[1:])),
        "ends at": first(plan, end_ms=route.end_ms + 1),
        "the bound": replace(plan, bound_yuan=plan.cost_yuan + 1.0),
        "infeasible": replace(plan, status="infeasible"),
        "does not prove it": replace(plan, status="optimal", bound_yuan=0.0),
        "no remedy": replace(plan, unserved=(Unserved(0, "fleet", ""),)),
    }


def test_every_mutated_plan_is_rejected_for_its_fault(town, plan):
    for told, mutated in mutations(plan).items():
        assert any(told in fault for fault in check(town, mutated)), told


def test_a_plan_that_breaks_a_rule_of_the_problem_is_rejected(town, plan):
    vehicle = town.vehicle_types[0]
    cut = town.travel_time.values.copy()
    cut[:, 1] = UNREACHABLE
    for broken, told in (
        ({"demand": town.demand * 4}, "takes 10"),
        ({"window_end_ms": np.zeros(3, dtype=np.int64)}, "window has closed"),
        ({"vehicle_types": (replace(vehicle, shift_end_ms=1),)}, "the shift at 1 ms"),
        ({"vehicle_types": (replace(vehicle, max_distance_mm=1),)}, "may drive 1 mm"),
        ({"travel_time": replace(town.travel_time, values=cut)}, "no way to s0"),
    ):
        assert any(told in fault for fault in check(replace(town, **broken), plan)), told
