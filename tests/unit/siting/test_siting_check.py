"""The checker refuses every solution that claims what is not true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lastmile.costs import UNREACHABLE
from lastmile.siting import check, solve
from lastmile.stop import Stop


@pytest.fixture
def solution(village):
    return solve(village, stop=Stop(), seed=1, workers=0)


def with_value(array, place, new):
    out = array.copy()
    out[place] = new
    return out


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        (lambda s: {"objective": s.objective + 1}, "the objective is 2, not 3"),
        (lambda s: {"bound": s.bound + 1}, "contradicts the objective"),
        (lambda s: {"bound": s.bound - 1}, "called optimal"),
        (lambda s: {"open": with_value(s.open, 3, new=True)}, "nearest open site is 3"),
        (lambda s: {"open": with_value(s.open, 2, new=False)}, "of people are covered"),
        (lambda s: {"station": with_value(s.station, 0, 2)}, "is sent to site 2"),
        (lambda s: {"length_mm": with_value(s.length_mm, 0, UNREACHABLE)}, "walks 300 mm"),
        (lambda s: {"reason": ("budget", *s.reason[1:])}, "d0 has the reason 'budget'"),
        (lambda s: {"reason": s.reason[1:]}, "reason has 4 entries"),
        (lambda _: {"components": ()}, "add up to 0"),
        (lambda _: {"status": "infeasible"}, "called infeasible"),
    ],
)
def test_a_mutated_cover_is_refused(village, solution, mutate, message):
    assert check(village, solution) == ()
    faults = check(village, replace(solution, **mutate(solution)))
    assert any(message in fault for fault in faults), faults


def test_roles_are_checked(village, solution):
    for role, message in (("existing", "existing station is closed"), ("required", "closed")):
        problem = replace(village, **{role: np.array([True, False, False, False])})
        assert any(message in fault for fault in check(problem, solution))
    problem = replace(village, forbidden=solution.open)
    assert any("forbidden site is open" in fault for fault in check(problem, solution))


def test_limits_are_checked(village):
    problem = replace(village, goal="mclp", p=2, budget_yuan=10)
    solution = solve(problem, stop=Stop(), seed=1, workers=0)
    assert check(problem, solution) == ()
    assert any("p allows 1" in f for f in check(replace(problem, p=1), solution))
    assert any("budget is 9" in f for f in check(replace(problem, budget_yuan=9), solution))


def test_a_plan_for_impossible_requirements_must_say_so(village, solution):
    problem = replace(village, share_of="all")
    assert any("not called infeasible" in fault for fault in check(problem, solution))
