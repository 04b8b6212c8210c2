"""Search, dual bound and exact solver against enumeration, on models small enough for it.

What is small enough for brute force is small enough for ``siting.small``, too; here that step is
left out, so that the steps for large models have an oracle.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastmile.costs import Reach
from lastmile.siting import SitingProblem, check, solve
from lastmile.stop import Stop


@pytest.fixture(scope="module", autouse=True)
def no_enumeration():
    """Send parts of any size to the search."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lastmile.siting.lscp.MOST_COLUMNS", 0)
        patch.setattr("lastmile.siting.mclp.MOST_COLUMNS", 0)
        yield


@st.composite
def towns(draw):
    """Points and up to eleven sites in the plane, close enough together to compete."""
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    m, n = int(rng.integers(12, 40)), int(rng.integers(4, 12))
    points, sites = rng.random((m, 2)), rng.random((n, 2))
    apart = np.hypot(*(points[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    near = apart <= 0.35
    rows, columns = np.nonzero(near)
    role = rng.choice(["c", "e", "r", "f"], n, p=[0.82, 0.06, 0.06, 0.06])
    reach = Reach(
        np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=m)))).astype(np.int64),
        columns.astype(np.int32),
        (apart[near] * 1_000_000).astype(np.int64) + 1,
        tuple(f"d{i}" for i in range(m)),
        tuple(f"s{j}" for j in range(n)),
    )
    return SitingProblem(
        reach,
        demand=rng.integers(0, 50, m) * draw(st.sampled_from([1, 1_000, 5_000_000])),
        cost_yuan=rng.integers(0, 4, n) * draw(st.sampled_from([1, 20_000])),
        existing=role == "e",
        required=role == "r",
        forbidden=role == "f",
    )


@st.composite
def models(draw):
    problem = draw(towns())
    change = draw(
        st.sampled_from(
            [
                {},
                {"minimise": "cost"},
                {"required_share": 0.9},
                {"required_share": 0.7, "minimise": "cost"},
                {"goal": "mclp", "p": 3},
                {"goal": "mclp", "budget_yuan": int(problem.cost_yuan.sum()) // 3},
                {"goal": "mclp", "p": 4, "budget_yuan": int(problem.cost_yuan.sum()) // 2},
            ]
        )
    )
    return replace(problem, **change)


def covered_by_subset(problem: SitingProblem) -> tuple[np.ndarray, np.ndarray]:
    """Every allowed set of open sites, and the demand it covers."""
    n = problem.reach.n_sites
    sets = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1 == 1
    kept = problem.existing | problem.required
    sets = sets[(sets >= kept).all(axis=1) & ~(sets & problem.forbidden).any(axis=1)]
    table = np.zeros((problem.reach.n_demand, n), np.int64)
    table[problem.reach.rows(), problem.reach.indices] = 1
    return sets, (sets.astype(np.int64) @ table.T > 0) @ problem.demand


def optimum(problem: SitingProblem) -> int | None:
    """The best objective of all sets, None where no set meets the requirements."""
    sets, covered = covered_by_subset(problem)
    new = (sets & ~problem.existing).astype(np.int64)
    cost = new @ problem.cost_yuan
    if problem.goal == "lscp":
        need = -(-round(problem.required_share * 10) * int(covered.max()) // 10)
        paid = cost if problem.minimise == "cost" else new.sum(axis=1)
        return int(paid[covered >= need].min())
    fits = np.ones(len(sets), bool)
    if problem.p is not None:
        fits &= new.sum(axis=1) <= problem.p
    if problem.budget_yuan is not None:
        fits &= cost <= problem.budget_yuan
    return int(covered[fits].max()) if fits.any() else None


def expect_held(problem, solution, best):
    assert check(problem, solution) == ()
    if best is None:
        assert solution.status == "infeasible"
        return
    assert solution.status in {"optimal", "feasible"}
    sense = 1 if problem.goal == "lscp" else -1
    assert sense * solution.bound <= sense * best <= sense * solution.objective
    if solution.status == "optimal":
        assert solution.objective == best


@settings(max_examples=80, deadline=None, derandomize=True)
@given(models(), st.sampled_from([1, 300]))
def test_bounds_and_plans_enclose_the_enumerated_optimum(problem, max_iterations):
    solution = solve(problem, stop=Stop(), seed=1, workers=0, max_iterations=max_iterations)
    expect_held(problem, solution, optimum(problem))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(models())
def test_with_workers_small_models_are_solved_to_the_enumerated_optimum(problem):
    best = optimum(problem)
    solution = solve(problem, stop=Stop(), seed=1, workers=1, max_iterations=1)
    expect_held(problem, solution, best)
    assert best is None or solution.status == "optimal"


@settings(max_examples=25, deadline=None, derandomize=True)
@given(models())
def test_a_search_that_is_stopped_at_once_claims_no_more_than_it_knows(problem):
    solution = solve(problem, stop=Stop.after(0.0), seed=1, workers=1)
    expect_held(problem, solution, optimum(problem))
