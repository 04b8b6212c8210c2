"""Laws of the routing room, on towns small enough to enumerate every plan."""

from __future__ import annotations

import itertools
import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lastmile.costs import UNREACHABLE, CostMatrix
from lastmile.progress import silent
from lastmile.routing import RoutingProblem, VehicleType, check, diagnose, solve, timetable
from lastmile.routing.bound import lower_bound_yuan
from lastmile.routing.decompose import group_tours, improve_by_groups
from lastmile.routing.engine import Budget, Tour
from lastmile.routing.insertion import build, insert
from lastmile.routing.pyvrp_engine import PyVrpEngine
from lastmile.routing.restrict import restrict
from lastmile.stop import Stop

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
LAW = settings(max_examples=25, deadline=None, derandomize=True)


def shortest(legs):
    """Costs along the cheapest way: what a road network's tables are like."""
    values = legs.astype(np.int64)
    np.fill_diagonal(values, 0)
    for k in range(len(values)):
        np.minimum(values, values[:, k : k + 1] + values[k], out=values)
    return values


@st.composite
def problems(draw, max_stops=5):
    """Towns of whole minutes and 100 m, windows, two depots, two types, some roads missing."""
    n_depots = draw(st.integers(1, 2))
    n_stops = draw(st.integers(0, max_stops) | st.just(max_stops))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n = n_depots + n_stops
    minutes = rng.integers(1, 60, (n, n))
    metres = rng.integers(1, 300, (n, n)) * 100
    cut_off = rng.random(n) < draw(st.sampled_from([0.0, 0.0, 0.2]))
    cut_off[:n_depots] = False
    missing = np.broadcast_to(cut_off, (n, n))
    time_ms = shortest(np.where(missing, UNREACHABLE, minutes * MINUTE_MS))
    length_mm = shortest(np.where(missing, UNREACHABLE, metres * 1_000))
    ids = tuple(f"p{k}" for k in range(n))
    opens = rng.integers(0, 6, n_stops) * HOUR_MS
    closes = opens + rng.integers(0, 8, n_stops) * HOUR_MS
    types = tuple(
        VehicleType(
            id=f"type{k}",
            depot=int(rng.integers(n_depots)),
            n_available=draw(st.sampled_from([0, 1, 1, 2, 2])),
            capacity=(int(rng.integers(3, 12)), int(rng.integers(3, 12))),
            shift_start_ms=int(rng.integers(0, 3)) * HOUR_MS,
            shift_end_ms=int(rng.integers(6, 12)) * HOUR_MS,
            max_distance_mm=draw(st.sampled_from([None, 60_000_000])),
            fixed_cost_yuan=float(rng.integers(0, 200)),
            cost_per_km_yuan=float(rng.integers(0, 4)) / 2,
            cost_per_hour_yuan=float(rng.integers(0, 80)),
        )
        for k in range(draw(st.integers(1, 2)))
    )
    return RoutingProblem(
        CostMatrix(time_ms, ids, ids, "travel_time_ms"),
        CostMatrix(length_mm, ids, ids, "length_mm"),
        n_depots,
        rng.integers(0, 6, (n_stops, 2)).astype(np.int64),
        (rng.integers(0, 30, n_stops) * MINUTE_MS).astype(np.int64),
        opens.astype(np.int64),
        closes.astype(np.int64),
        types,
        ("parcels", "kg"),
    )


def cheapest_by_trial(problem, kind, stops):
    """Cost of one tour, from every start at which waiting could begin or end; None if barred."""
    vehicle, t, d = problem.vehicle_types[kind], problem.travel_time.values, problem.distance.values
    places = [vehicle.depot, *(problem.n_depots + s for s in stops), vehicle.depot]
    legs = list(itertools.pairwise(places))
    length = sum(int(d[a, b]) for a, b in legs)
    if any(t[a, b] >= UNREACHABLE for a, b in legs):
        return None
    if vehicle.max_distance_mm is not None and length > vehicle.max_distance_mm:
        return None
    if any(problem.demand[list(stops)].sum(axis=0) > np.array(vehicle.capacity)):
        return None
    offset, starts = 0, {vehicle.shift_start_ms}
    for (a, b), stop in zip(legs[:-1], stops, strict=True):
        offset += int(t[a, b])
        starts |= {int(problem.window_start_ms[stop]) - offset}
        starts |= {int(problem.window_end_ms[stop]) - offset}
        offset += int(problem.service_ms[stop])
    durations = []
    for start in starts:
        now, fits = start, start >= vehicle.shift_start_ms
        for (a, b), stop in zip(legs[:-1], stops, strict=True):
            now = max(now + int(t[a, b]), int(problem.window_start_ms[stop]))
            fits &= now <= problem.window_end_ms[stop]
            now += int(problem.service_ms[stop])
        now += int(t[legs[-1]])
        if fits and now <= vehicle.shift_end_ms:
            durations.append(now - start)
    if not durations:
        return None
    return (
        vehicle.fixed_cost_yuan
        + vehicle.cost_per_km_yuan * length / 1e6
        + vehicle.cost_per_hour_yuan * min(durations) / HOUR_MS
    )


def best_plan(problem):
    """(stops left out, cost) of the best plan, by trying every order in every vehicle."""
    n = problem.n_stops
    tour_costs = []
    for kind in range(len(problem.vehicle_types)):
        table = {}
        for size in range(1, n + 1):
            for stops in itertools.permutations(range(n), size):
                cost = cheapest_by_trial(problem, kind, stops)
                if cost is not None:
                    mask = sum(1 << s for s in stops)
                    table[mask] = min(cost, table.get(mask, math.inf))
        tour_costs.append(table)
    plans = {0: 0.0}
    for kind, vehicle in enumerate(problem.vehicle_types):
        for _ in range(vehicle.n_available):
            grown = dict(plans)
            for served, cost in plans.items():
                for mask, more in tour_costs[kind].items():
                    if not served & mask:
                        grown[served | mask] = min(cost + more, grown.get(served | mask, math.inf))
            plans = grown
    return min((n - served.bit_count(), cost) for served, cost in plans.items())


def solved(problem, engine="pyvrp", max_iterations=60):
    return solve(
        problem, stop=Stop.after(30.0), seed=7, engine=engine, max_iterations=max_iterations
    )


def value(solution):
    return len(solution.unserved), solution.cost_yuan


def is_no_better(value_, than):
    return value_[0] > than[0] or (value_[0] == than[0] and value_[1] >= than[1] - 1e-6)


@given(problems(), st.permutations(range(5)))
@LAW
def test_the_timetable_spends_the_least_time_on_duty(problem, order):
    stops = tuple(stop for stop in order if stop < problem.n_stops)
    if not stops:
        return
    for kind in range(len(problem.vehicle_types)):
        for size in range(1, len(stops) + 1):
            route = timetable(problem, kind, stops[:size])
            cost_yuan = cheapest_by_trial(problem, kind, stops[:size])
            assert (route is None) == (cost_yuan is None)
            if route is not None:
                assert route.cost_yuan == pytest.approx(cost_yuan)


@given(problems())
@LAW
def test_plans_of_pyvrp_are_accepted_and_never_beat_the_enumerated_optimum(problem):
    solution = solved(problem)
    assert check(problem, solution) == ()
    optimum = best_plan(problem)
    assert is_no_better(value(solution), optimum)
    if solution.status == "optimal":
        assert value(solution) == pytest.approx(optimum)


@given(problems())
@LAW
def test_pyvrp_finds_the_enumerated_optimum(problem):
    assert value(solved(problem, max_iterations=300)) == pytest.approx(best_plan(problem))


@given(problems())
@LAW
def test_plans_of_or_tools_are_accepted_and_never_beat_the_enumerated_optimum(problem):
    solution = solved(problem, "ortools", 10)
    assert check(problem, solution) == ()
    assert is_no_better(value(solution), best_plan(problem))


@given(problems())
@LAW
def test_a_stop_is_hopeless_exactly_if_no_vehicle_could_serve_it_alone(problem):
    hopeless = {left.stop for left in diagnose(problem)}
    for stop in range(problem.n_stops):
        alone = [
            cheapest_by_trial(problem, kind, (stop,)) for kind in range(len(problem.vehicle_types))
        ]
        assert (stop in hopeless) == all(cost is None for cost in alone)


@given(problems(max_stops=4))
@LAW
def test_removing_a_stop_never_raises_the_optimal_cost(problem):
    n_left, cost = best_plan(problem)
    fleet = [vehicle.n_available for vehicle in problem.vehicle_types]
    for stop in range(problem.n_stops):
        others = [s for s in range(problem.n_stops) if s != stop]
        fewer_left, fewer_cost = best_plan(restrict(problem, others, fleet))
        assert fewer_left <= n_left
        if n_left == 0:
            assert fewer_cost <= cost + 1e-6


@given(problems())
@LAW
def test_the_bound_never_exceeds_the_optimum(problem):
    n_left, cost = best_plan(problem)
    if n_left == 0:
        assert lower_bound_yuan(problem, range(problem.n_stops)) <= cost + 1e-6


@given(problems(), st.sampled_from([2, 10]))
@LAW
def test_counting_loads_in_smaller_units_changes_nothing(problem, factor):
    scaled = replace(
        problem,
        demand=problem.demand * factor,
        vehicle_types=tuple(
            replace(vehicle, capacity=tuple(room * factor for room in vehicle.capacity))
            for vehicle in problem.vehicle_types
        ),
    )
    assert value(solved(scaled, max_iterations=300)) == pytest.approx(
        value(solved(problem, max_iterations=300))
    )


@given(problems(), st.permutations(range(5)))
@LAW
def test_relabelling_stops_permutes_the_plan(problem, order):
    order = [stop for stop in order if stop < problem.n_stops]
    fleet = [vehicle.n_available for vehicle in problem.vehicle_types]
    relabelled = restrict(problem, order, fleet)
    assert value(solved(relabelled, max_iterations=300)) == pytest.approx(
        value(solved(problem, max_iterations=300))
    )


@given(problems())
@LAW
def test_the_same_seed_and_iterations_give_the_same_plan(problem):
    for engine in ("pyvrp", "ortools"):
        first, second = (solved(problem, engine, 20) for _ in range(2))
        assert (first.routes, first.unserved) == (second.routes, second.unserved)


@given(problems(), st.integers(0, 5))
@LAW
def test_building_and_inserting_keep_every_rule_and_lose_no_stop(problem, n_first):
    fleet = [vehicle.n_available for vehicle in problem.vehicle_types]
    first = range(min(n_first, problem.n_stops))
    tours, waiting = build(problem, first, fleet, Stop())
    rest = [*waiting, *range(len(first), problem.n_stops)]
    tours, left_out = insert(problem, tours, rest, Stop())
    assert all(timetable(problem, tour.vehicle_type, tour.stops) for tour in tours)
    placed = [stop for tour in tours for stop in tour.stops]
    assert sorted([*placed, *left_out]) == list(range(problem.n_stops))


@given(problems())
@LAW
def test_improving_by_groups_keeps_every_rule_and_never_worsens(problem):
    fleet = [vehicle.n_available for vehicle in problem.vehicle_types]
    start, left_out = build(problem, range(problem.n_stops), fleet, Stop())
    budget = Budget(Stop(), 3, 30, silent)
    tours = improve_by_groups(problem, range(problem.n_stops), start, PyVrpEngine(), budget).tours
    assert all(timetable(problem, tour.vehicle_type, tour.stops) for tour in tours)
    placed = [stop for tour in tours for stop in tour.stops]
    assert len(set(placed)) == len(placed) >= problem.n_stops - len(left_out)


@given(problems(), st.sampled_from([1, 700]))
@LAW
def test_hopeless_stops_do_not_change_how_the_others_are_planned(problem, direct_stops):
    hopeless = {left.stop for left in diagnose(problem)}
    others = [s for s in range(problem.n_stops) if s not in hopeless]
    assume(hopeless and others)
    part = restrict(problem, others, [v.n_available for v in problem.vehicle_types])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["lastmile.routing.solve"], "DIRECT_STOPS", direct_stops)
        whole, alone = solved(problem, max_iterations=30), solved(part, max_iterations=30)
    assert [[visit.stop for visit in route.visits] for route in whole.routes] == [
        [others[visit.stop] for visit in route.visits] for route in alone.routes
    ]


@given(st.integers(1, 700), st.integers(0, 1_000))
@LAW
def test_groups_of_tours_are_a_partition_into_few_hundred_stops(n_stops, seed):
    rng = np.random.default_rng(seed)
    time_ms = rng.integers(1, 10**6, (n_stops + 1, n_stops + 1))
    ids = tuple(map(str, range(n_stops + 1)))
    zeros = np.zeros(n_stops, dtype=np.int64)
    problem = RoutingProblem(
        CostMatrix(time_ms, ids, ids, "travel_time_ms"),
        CostMatrix(time_ms, ids, ids, "length_mm"),
        1, np.zeros((n_stops, 1), dtype=np.int64), zeros, zeros, zeros, (),
    )  # fmt: skip
    cuts = sorted({0, n_stops, *rng.integers(0, n_stops, n_stops // 10).tolist()})
    tours = [Tour(0, tuple(range(a, b))) for a, b in itertools.pairwise(cuts)]
    groups = group_tours(problem, tours, int(rng.integers(len(tours))))
    assert sorted(k for group in groups for k in group) == list(range(len(tours)))
    for group in groups:
        assert len(group) == 1 or sum(len(tours[k].stops) for k in group) <= 300
