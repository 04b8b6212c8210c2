"""The curve of best coverage by number of stations."""

from dataclasses import replace

import numpy as np
import pytest

from lastmile import siting
from lastmile.costs import Reach
from lastmile.pipeline.stations import CheckError, _no_worse
from lastmile.siting import SitingProblem
from lastmile.stop import Stop


@pytest.fixture
def problem():
    # Three demand points, each within reach of one site of its own.
    reach = Reach(
        indptr=np.arange(4), indices=np.arange(3, dtype=np.int32), length_mm=np.full(3, 1000),
        demand_ids=("a", "b", "c"), site_ids=("x", "y", "z"),
    )  # fmt: skip
    none = np.zeros(3, dtype=np.bool_)
    return SitingProblem(
        reach, demand=np.array([5000, 3000, 1000]), cost_yuan=np.ones(3, np.int64),
        existing=none, required=none, forbidden=none, goal="mclp", p=1,
    )  # fmt: skip


def solved(problem):
    return siting.solve(problem, stop=Stop.after(10.0), seed=1, max_iterations=50)


def test_more_stations_never_cover_less_even_where_the_clock_cut_their_search(problem):
    fewer, two = solved(problem), replace(problem, p=2)
    cut = replace(solved(two), objective=1000, status="feasible")
    kept = _no_worse(two, cut, fewer)
    assert (kept.objective, kept.bound, kept.status) == (5000, 8000, "feasible")


def test_what_is_kept_is_checked_again(problem):
    fewer, two = solved(problem), replace(problem, p=2)
    wrong = replace(fewer, objective=9000)
    with pytest.raises(CheckError):
        _no_worse(two, replace(solved(two), objective=1000, status="feasible"), wrong)
