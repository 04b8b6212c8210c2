"""Shares of every group, on tables too large to try every subset, beside an independent model."""

from dataclasses import replace

import numpy as np
import pytest
from ortools.sat.python import cp_model
from siting_cases import reach_of

from lastmile.siting import SitingProblem, check, solve
from lastmile.stop import Stop


def town(seed, n_sites=40, n_points=160, n_groups=4):
    rng = np.random.default_rng(seed)
    sites, points = rng.random((n_sites, 2)) * 4000, rng.random((n_points, 2)) * 4000
    apart = np.hypot(*(points[:, None] - sites[None]).transpose(2, 0, 1))
    lengths = np.where(apart <= 700, np.maximum(apart, 1), 0).astype(int)
    nobody = np.zeros(n_sites, bool)
    return SitingProblem(
        reach_of(lengths.tolist()),
        demand=rng.integers(1, 900, n_points) * 1000,
        cost_yuan=rng.integers(2, 9, n_sites) * 10_000,
        existing=nobody, required=nobody, forbidden=nobody,
        group=np.minimum((points[:, 0] // (4000 / n_groups)).astype(int), n_groups - 1),
        group_names=tuple(f"g{k}" for k in range(n_groups)),
    )  # fmt: skip


def by_model(problem):
    """The optimum by a model written down here, without any of the solver's code."""
    model, reach = cp_model.CpModel(), problem.reach
    opened = [model.new_bool_var("") for _ in range(reach.n_sites)]
    covered = [model.new_bool_var("") for _ in range(reach.n_demand)]
    for i, y in enumerate(covered):
        near = reach.indices[reach.indptr[i] : reach.indptr[i + 1]]
        model.add(sum(opened[j] for j in near) >= y)
    coverable = np.diff(reach.indptr) > 0
    for k in range(len(problem.group_names)):
        members = np.flatnonzero(problem.group == k)
        whole = int(problem.demand[members][coverable[members]].sum())
        share = round(problem.required_share * 1000)
        got = sum(int(problem.demand[i]) * covered[i] for i in members)
        model.add(1000 * got >= share * whole)
    cost = problem.cost_yuan if problem.minimise == "cost" else np.ones(reach.n_sites, int)
    model.minimize(sum(int(c) * x for c, x in zip(cost, opened, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.parametrize("minimise", ["stations", "cost"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_optimum_is_that_of_an_independent_model(seed, minimise):
    problem = replace(town(seed), required_share=0.9, minimise=minimise)
    solution = solve(problem, stop=Stop(), seed=1)
    assert check(problem, solution) == ()
    assert (solution.status, solution.objective) == ("optimal", by_model(problem))


@pytest.mark.parametrize("seed", [4, 5])
def test_the_search_alone_comes_close_and_its_bound_holds(seed):
    problem = replace(town(seed), required_share=0.9)
    solution = solve(problem, stop=Stop(), seed=1, workers=0, max_iterations=5_000)
    assert check(problem, solution) == ()
    optimum = by_model(problem)
    assert solution.bound <= optimum <= solution.objective <= optimum + 1


def test_reruns_are_the_same_whatever_the_number_of_workers():
    problem = replace(town(6), required_share=0.85)
    one, two = (solve(problem, stop=Stop(), seed=3, workers=n) for n in (1, 2))
    assert one.open.tolist() == two.open.tolist()
    assert one.bound == two.bound
