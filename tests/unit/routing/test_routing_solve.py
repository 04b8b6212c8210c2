"""Solving end to end, with both engines."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from lastmile.costs import UNREACHABLE, CostMatrix
from lastmile.routing import UnsupportedProblemError, check, solve
from lastmile.routing.engine import choose
from lastmile.routing.pyvrp_engine import PyVrpEngine
from lastmile.stop import Stop

ENGINES = pytest.mark.parametrize("engine", ["pyvrp", "ortools"])


def solved(problem, engine="auto", max_iterations=100, seed=1, **given):
    solution = solve(
        problem,
        stop=Stop.after(60),
        seed=seed,
        engine=engine,
        max_iterations=max_iterations,
        **given,
    )
    assert check(problem, solution) == ()
    return solution


@ENGINES
def test_no_stops_cost_nothing_and_that_is_proven(line_town, engine):
    solution = solved(line_town([]), engine)
    assert (solution.status, solution.cost_yuan, solution.routes) == ("optimal", 0.0, ())


@ENGINES
def test_one_stop_is_proven_optimal_by_the_bound(line_town, engine):
    solution = solved(line_town([5]), engine)
    assert solution.status == "optimal"
    assert solution.cost_yuan == solution.bound_yuan == 100.0 + 10.0 + 20.0


@ENGINES
def test_each_stop_goes_to_the_near_depot(line_town, van, engine):
    problem = line_town([1, 2, 98, 99], depots=(0, 100), vehicles=(van(), van(id="other", depot=1)))
    solution = solved(problem, engine)
    served = {route.vehicle_type: {v.stop for v in route.visits} for route in solution.routes}
    assert served == {0: {0, 1}, 1: {2, 3}}


@ENGINES
def test_the_cheaper_vehicle_that_suffices_drives(line_town, van, engine):
    problem = line_town(
        [5, 6], vehicles=(van(fixed_cost_yuan=500.0), van(id="small", capacity=(2,)))
    )
    assert [route.vehicle_type for route in solved(problem, engine).routes] == [1]


@ENGINES
def test_a_fleet_too_small_serves_what_it_can_and_says_what_is_missing(line_town, van, engine):
    problem = line_town([5, 6, 7, 8], demand=[5, 5, 5, 5], vehicles=(van(n_available=1),))
    solution = solved(problem, engine)
    assert solution.status == "feasible"
    assert [left.reason for left in solution.unserved] == ["fleet", "fleet"]
    assert solution.unserved[0].remedy == "1 more vehicle of type van"


def test_without_any_vehicle_the_plan_is_infeasible(line_town, van):
    solution = solved(line_town([5], vehicles=(van(n_available=0),)))
    assert (solution.status, solution.unserved[0].reason) == ("infeasible", "fleet")


@ENGINES
def test_hopeless_stops_are_listed_and_the_others_served(line_town, engine):
    problem = line_town([5, 6, 7], demand=[1, 99, 1])
    values = problem.travel_time.values.copy()
    values[:, 3] = values[3, :] = UNREACHABLE
    values[3, 3] = 0
    problem = replace(problem, travel_time=replace(problem.travel_time, values=values))
    solution = solved(problem, engine)
    assert [(left.stop, left.reason) for left in solution.unserved] == [
        (1, "capacity"), (2, "unreachable"),
    ]  # fmt: skip
    assert [visit.stop for visit in solution.routes[0].visits] == [0]


@ENGINES
def test_times_that_are_no_whole_seconds_still_give_exact_plans(line_town, engine):
    problem = line_town([5, 6], windows=[(0, 5), (0, 1440)])
    odd = replace(
        problem,
        travel_time=replace(problem.travel_time, values=problem.travel_time.values * 7 // 9),
        window_end_ms=problem.window_end_ms - 66_667,
    )
    assert not solved(odd, engine).unserved


@ENGINES
def test_free_vehicles_still_take_the_short_way(line_town, van, engine):
    free = van(fixed_cost_yuan=0.0, cost_per_km_yuan=0.0, cost_per_hour_yuan=0.0)
    solution = solved(line_town([5, 1, 3], vehicles=(free,)), engine)
    assert solution.cost_yuan == 0.0


@ENGINES
def test_reruns_with_a_work_limit_are_identical(scattered_town, engine):
    problem = scattered_town(60, n_depots=2, windows=True)
    first, second = (solved(problem, engine, 40, seed=3) for _ in range(2))
    assert first.routes == second.routes


def test_reruns_of_a_decomposed_problem_are_identical(scattered_town):
    problem = scattered_town(750, n_depots=2)
    first, second = (solved(problem, "pyvrp", 30) for _ in range(2))
    assert first.routes == second.routes
    assert first.iterations == 30


@ENGINES
@pytest.mark.parametrize("n_stops", [80, 750])
def test_an_interruption_is_honoured_at_once(scattered_town, engine, n_stops):
    problem = scattered_town(n_stops)
    stop, told_late = Stop(), []
    timer = threading.Timer(0.3, stop.interruption.set)
    timer.start()

    def listen(_stage, done, _total, _note=""):
        if stop.interrupted():
            told_late.append(done)

    solution = solve(
        problem, stop=stop, seed=1, engine=engine, max_iterations=10**9, progress=listen
    )
    timer.join()
    assert len(told_late) <= 2
    assert solution.status == "interrupted"
    assert check(problem, solution) == ()


@ENGINES
def test_a_time_limit_that_has_passed_still_gives_a_plan(scattered_town, engine):
    problem = scattered_town(50)
    solution = solve(problem, stop=Stop.after(0), seed=1, engine=engine)
    assert check(problem, solution) == ()
    assert not solution.unserved
    assert solution.iterations == 0


def test_progress_is_told_and_never_exceeds_its_total(scattered_town):
    told = []
    problem = scattered_town(30)

    def listen(stage, done, total, note=""):
        told.append((stage, done, total))

    solved(problem, progress=listen)
    assert told
    assert all(stage == "routing" and 0 <= done <= total for stage, done, total in told)


def test_a_search_without_any_limit_is_refused(line_town):
    with pytest.raises(ValueError, match="time limit"):
        solve(line_town([5]), stop=Stop(), seed=1)


def test_an_unknown_engine_is_refused(line_town):
    with pytest.raises(ValueError, match="auto, pyvrp, ortools"):
        solve(line_town([5]), stop=Stop.after(1), seed=1, engine="vroom")


def test_a_problem_no_engine_supports_is_refused_with_the_missing_features(line_town):
    class Modest(PyVrpEngine):
        def supports(self, _problem):
            return ("breaks", "skills")

    problem = line_town([5])
    with pytest.raises(UnsupportedProblemError, match="pyvrp lacks breaks, skills"):
        choose([Modest()], problem)
    assert type(choose([Modest(), PyVrpEngine()], problem)) is PyVrpEngine


@ENGINES
def test_a_depot_without_vehicles_keeps_no_engine_from_searching(line_town, van, engine):
    problem = line_town([5, 6, 7, 8, 9], demand=[3] * 5, vehicles=(van(n_available=3),))
    places = np.r_[0, : problem.n_stops + 1]
    ids = ("without vans", *problem.travel_time.origin_ids)
    tables = [
        CostMatrix(table.values[np.ix_(places, places)], ids, ids, table.impedance)
        for table in (problem.travel_time, problem.distance)
    ]
    types = (replace(problem.vehicle_types[0], depot=1),)
    wider = replace(
        problem, n_depots=2, travel_time=tables[0], distance=tables[1], vehicle_types=types
    )
    solution = solved(wider, engine)
    assert solution.iterations > 0
    assert solution.cost_yuan == pytest.approx(solved(problem, engine).cost_yuan)


@ENGINES
def test_what_no_vehicle_holds_proves_nothing_about_the_rest(line_town, van, engine):
    # One van has time for one of two far stops; its capacity would do for both.
    hours = {"n_available": 1, "shift_end_ms": 70 * 60_000}
    small = line_town([30, -30], demand=[1, 1], vehicles=(van(**hours),))
    assert [left.reason for left in solved(small, engine).unserved] == ["search"]
    large = line_town([30, -30, 5], demand=[1, 1, 500], vehicles=(van(**hours),))
    reasons = [left.reason for left in solved(large, engine).unserved]
    assert sorted(reasons) == ["capacity", "search"]
