"""Calls of ``solve`` that make no sense are refused before anything is searched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lastmile.routing import MalformedProblemError, solve
from lastmile.stop import Stop


def test_a_search_without_any_end_is_refused(line_town):
    with pytest.raises(ValueError, match="time limit, or max_iterations"):
        solve(line_town([5]), stop=Stop(), seed=1)


def test_an_unknown_engine_is_refused_with_the_known_ones(line_town):
    with pytest.raises(ValueError, match="auto, pyvrp, ortools, not 'vroom'"):
        solve(line_town([5]), stop=Stop.after(1), seed=1, engine="vroom")


def test_a_malformed_problem_is_refused_by_its_own_name(line_town):
    problem = line_town([5])
    with pytest.raises(MalformedProblemError, match="malformed routing problem"):
        solve(replace(problem, service_ms=-problem.service_ms - 1), stop=Stop.after(1), seed=1)
