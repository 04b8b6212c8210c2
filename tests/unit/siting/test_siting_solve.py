"""Examples that can be checked on paper, limits that are honoured, answers that repeat."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from lastmile.costs import UNREACHABLE
from lastmile.siting import ComponentProof, check, solve, validate
from lastmile.siting.effort import Effort
from lastmile.siting.solve import _reconciled
from lastmile.stop import Stop


def solved(problem, stop=None, **limits):
    solution = solve(problem, stop=stop or Stop(), seed=1, **{"workers": 0, **limits})
    assert check(problem, solution) == ()
    return solution


def opened(problem, solution):
    return {problem.reach.site_ids[j] for j in np.flatnonzero(solution.open)}


def flags(problem, *names):
    return np.isin(problem.reach.site_ids, names)


def test_two_stations_cover_the_village_and_the_hamlet_out_of_reach_is_named(village):
    solution = solved(village)
    assert (solution.status, solution.objective, solution.bound) == ("optimal", 2, 2)
    assert solution.reason == ("", "", "", "", "no_candidate_in_reach")
    assert solution.station[4] == -1
    assert solution.length_mm[4] == UNREACHABLE


def test_among_covers_of_two_the_one_with_shorter_walks_is_chosen(village):
    # s1+s2 and s1+s3 both cover; 10x300+20x200+30x100+40x250 < 10x300+20x200+30x400+40x50.
    assert opened(village, solved(village)) == {"s1", "s2"}


def test_a_forbidden_site_is_given_as_the_reason(village):
    problem = replace(village, forbidden=flags(village, "s1"))
    solution = solved(problem)
    assert solution.reason[1] == "forbidden"
    assert not solution.open[1]


def test_an_existing_station_counts_for_nothing(village):
    problem = replace(village, existing=flags(village, "s1"))
    solution = solved(problem)
    assert solution.objective == 1
    assert {"s1"} < opened(problem, solution)


def test_a_required_site_is_counted(village):
    solution = solved(replace(village, required=flags(village, "s0")))
    assert solution.objective == 3


def test_half_of_the_people_need_one_station(village):
    solution = solved(replace(village, required_share=0.5))
    assert solution.objective == 1
    assert opened(village, solution) == {"s2"}
    assert solution.reason[0] == "share_met"


def test_a_share_is_the_decimal_number_that_was_written(problem_of):
    # 0.07 of 100 people is 7 exactly, though the binary 0.07 is a little more.
    problem = problem_of([[1, 0], [0, 1]], [7, 93], [1, 9])
    solution = solved(replace(problem, required_share=0.07, minimise="cost"))
    assert solution.objective == 1


def test_a_share_of_all_people_that_cannot_be_reached_says_by_how_much(village):
    solution = solved(replace(village, required_share=0.99, share_of="all"))
    assert solution.status == "infeasible"
    assert "99 % of all people asked, 95.2 % can be reached" in solution.message
    assert "4 people too few" in solution.message


def test_a_budget_of_ten_yuan_buys_the_best_pair(village):
    solution = solved(replace(village, goal="mclp", budget_yuan=10))
    assert solution.objective == 100_000
    assert opened(village, solution) == {"s1", "s2"}


def test_a_budget_of_four_yuan_leaves_people_behind_for_want_of_budget(village):
    solution = solved(replace(village, goal="mclp", budget_yuan=4))
    assert solution.objective == 70_000
    assert solution.reason == ("budget", "budget", "", "", "no_candidate_in_reach")


def test_no_station_is_allowed_when_p_is_zero(village):
    solution = solved(replace(village, goal="mclp", p=0))
    assert (solution.objective, solution.status) == (0, "optimal")
    assert not solution.open.any()


def test_p_above_the_candidates_is_named_but_solved(village):
    problem = replace(village, goal="mclp", p=9)
    assert validate(problem) == ("p asks for 9 stations, but there are 4 candidates",)
    assert solved(problem).objective == 100_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"goal": "mclp"}, "needs p"),
        ({"goal": "mclp", "p": -1}, "not negative"),
        ({"goal": "mclp", "budget_yuan": -1}, "must not be negative"),
        ({"required_share": 0.0}, "not in (0, 1]"),
        ({"p": 3}, "belong to goal mclp"),
    ],
)
def test_senseless_problems_are_told(village, change, message):
    assert any(message in found for found in validate(replace(village, **change)))


def test_contradictions_are_told_and_make_the_problem_infeasible(village):
    both = flags(village, "s0")
    problem = replace(village, required=both, forbidden=both)
    assert "must be open and must stay closed at once: s0" in validate(problem)[0]
    assert solved(problem).status == "infeasible"


def test_required_sites_above_the_budget_are_told_with_the_difference(village):
    problem = replace(village, goal="mclp", required=flags(village, "s0", "s1"), budget_yuan=9)
    assert "cost 16 yuan, 7 yuan more than the budget of 9" in validate(problem)[0]
    assert solved(problem).status == "infeasible"


def test_required_sites_above_p_are_told(village):
    problem = replace(village, goal="mclp", required=flags(village, "s0", "s1"), p=1)
    assert "2 sites are required, but p allows 1" in validate(problem)[0]


def test_arrays_that_do_not_fit_are_a_programming_error(village):
    with pytest.raises(ValueError, match="demand has shape"):
        solve(replace(village, demand=np.ones(2, np.int64)), stop=Stop(), seed=1)
    with pytest.raises(ValueError, match="existing has shape"):
        solve(replace(village, existing=np.ones(2, bool)), stop=Stop(), seed=1)
    with pytest.raises(ValueError, match="must not be negative"):
        solve(replace(village, cost_yuan=-village.cost_yuan), stop=Stop(), seed=1)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"minimise": "cost"},
        {"required_share": 0.9},
        {"required_share": 0.9, "minimise": "cost"},
        {"goal": "mclp", "p": 12},
        {"goal": "mclp", "budget_yuan": 400_000},
        {"goal": "mclp", "p": 12, "budget_yuan": 400_000},
    ],
)
def test_every_model_is_accepted_and_repeats_itself(scattered, change):
    problem = replace(scattered, **change)
    first = solved(problem, max_iterations=3_000)
    second = solved(problem, max_iterations=3_000)
    assert first.gap < 0.15
    assert first.open.tobytes() == second.open.tobytes()
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_the_answer_does_not_depend_on_the_number_of_workers(scattered):
    one = solved(scattered, workers=1, max_iterations=500)
    two = solved(scattered, workers=2, max_iterations=500)
    assert one.open.tobytes() == two.open.tobytes()
    assert one.components == two.components
    assert one.status == "optimal"


def test_a_worker_process_proves_what_the_dual_leaves_open(problem_of):
    # The 35 lines of PG(3, 2) are hit by no fewer than a plane's 7 points (Bose & Burton 1966),
    # while the linear relaxation is content with 5.
    lines = sorted({tuple(sorted((a, b, a ^ b))) for a in range(1, 16) for b in range(1, a)})
    table = [[10 * (j + 1 in line) for j in range(15)] for line in lines]
    problem = problem_of(table, [1] * 35, [1] * 15)
    (proof,) = solved(problem, workers=1).components
    assert (proof.objective, proof.bound, proof.method) == (7, 7, "cp-sat")
    (proof,) = solved(problem, workers=0).components
    assert (proof.objective, proof.bound, proof.method) == (7, 5, "dual")


def test_a_stop_that_is_reached_at_once_still_gives_a_cover(scattered):
    solution = solved(scattered, stop=Stop.after(0.0))
    assert not set(solution.reason) - {"", "no_candidate_in_reach"}
    assert solution.bound <= solution.objective


@pytest.mark.parametrize("change", [{}, {"goal": "mclp", "p": 12}, {"required_share": 0.9}])
def test_an_interruption_ends_a_search_that_would_take_for_ever(scattered, change):
    problem = replace(scattered, **change)
    solved(problem, max_iterations=100)  # loops are compiled once
    event = threading.Event()
    timer = threading.Timer(0.3, event.set)
    timer.start()
    solution = solved(problem, stop=Stop(interruption=event), max_iterations=10**12, workers=1)
    assert solution.status in {"interrupted", "optimal"}
    timer.join()


def test_progress_rises_to_the_end(scattered):
    told = []

    def listen(stage, done, total, note=""):
        told.append((stage, done / total))

    solve(scattered, stop=Stop(), seed=1, workers=0, max_iterations=500, progress=listen)
    assert {stage for stage, _ in told} == {"siting"}
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_nothing_to_decide_is_an_answer_too(village):
    every = np.ones(4, bool)
    for goal in ("lscp", "mclp"):
        solution = solved(replace(village, existing=every, goal=goal, p=2 * (goal == "mclp")))
        assert solution.status == "optimal"
        assert solution.open.all()


@pytest.mark.parametrize("change", [{}, {"goal": "mclp", "p": 12}, {"required_share": 0.9}])
def test_a_step_cut_by_its_part_of_the_time_is_told_although_time_is_left(
    scattered, monkeypatch, change
):
    whole_part = Effort.part_of_time
    monkeypatch.setattr(Effort, "part_of_time", lambda effort, _share: whole_part(effort, 0.0))
    solution = solved(replace(scattered, **change), stop=Stop.after(3600.0))
    assert solution.status == "feasible"
    assert solution.message == "the time limit ended the search"
    assert solution.cut_short


def test_a_search_that_its_work_limit_ended_is_not_called_cut_short(scattered):
    solution = solved(replace(scattered, required_share=0.9), stop=Stop.after(3600.0))
    assert not solution.cut_short
    assert "time limit" not in solution.message


def test_what_finishing_touches_gain_is_never_credited_past_a_bound():
    parts = (
        ComponentProof(5, 5, 10, 8, "lp"),
        ComponentProof(5, 5, 4, 4, "reduction"),
        ComponentProof(5, 5, 6, 5, "lp"),
    )
    settled = _reconciled(parts, 17)
    assert [part.objective for part in settled] == [8, 4, 5]
    with pytest.raises(AssertionError):
        _reconciled(parts, 16)
    covered = (ComponentProof(5, 5, 10, 13, "dual"), ComponentProof(5, 5, 6, 7, "dual"))
    assert [part.objective for part in _reconciled(covered, 19)] == [12, 7]


def test_a_station_does_not_move_to_more_people_of_another_group(problem_of):
    # Either site is enough by itself for group a; only the second also is for b.
    table = [[1, 9], [1, 0], [0, 9], [1, 0]]
    problem = replace(
        problem_of(table, [5, 5, 3, 0], [1, 1]), required_share=0.4, share_of="all",
        group=np.array([0, 0, 1, 1]), group_names=("a", "b"),
    )  # fmt: skip
    solution = solved(problem)
    assert solution.open.tolist() == [False, True]
    assert solution.status == "optimal"
