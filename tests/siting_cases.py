"""Small siting problems of every kind, for laws that hold of all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from lastmile.costs import Reach
from lastmile.siting import SitingProblem, SitingSolution, check, solve
from lastmile.stop import Stop

laws = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def reach_of(lengths: list[list[int]]) -> Reach:
    """A reach from a full table of lengths, in which 0 means out of reach."""
    table = np.array(lengths, np.int64)
    rows, sites = np.nonzero(table)
    counts = np.bincount(rows, minlength=table.shape[0])
    return Reach(
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        sites.astype(np.int32),
        table[rows, sites],
        tuple(f"d{i}" for i in range(table.shape[0])),
        tuple(f"s{j}" for j in range(table.shape[1])),
    )


@st.composite
def problems(draw, most_sites=8, *, roles=True):
    m, n = draw(st.integers(1, 10)), draw(st.integers(1, most_sites))
    length = st.one_of(st.just(0), st.integers(1, 900))
    lengths = draw(st.lists(st.lists(length, min_size=n, max_size=n), min_size=m, max_size=m))
    role = draw(st.lists(st.sampled_from("ccccerf" if roles else "c"), min_size=n, max_size=n))
    thousands = draw(st.sampled_from([1, 1000]))
    return SitingProblem(
        reach=reach_of(lengths),
        demand=np.array(draw(st.lists(st.integers(0, 9), min_size=m, max_size=m))) * thousands,
        cost_yuan=np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))),
        existing=np.array([r == "e" for r in role]),
        required=np.array([r == "r" for r in role]),
        forbidden=np.array([r == "f" for r in role]),
    )


def in_groups(problem: SitingProblem, draw) -> SitingProblem:
    """Ask for the share in each of two or three groups."""
    n = draw(st.integers(2, 3))
    size = problem.demand.size
    group = np.array(draw(st.lists(st.integers(0, n - 1), min_size=size, max_size=size)))
    return replace(problem, group=group, group_names=tuple(f"g{k}" for k in range(n)))


@st.composite
def any_model(draw):
    problem = draw(problems())
    if draw(st.booleans()):
        if draw(st.booleans()):
            problem = in_groups(problem, draw)
        return replace(
            problem,
            minimise=draw(st.sampled_from(["stations", "cost"])),
            required_share=draw(st.sampled_from([0.3, 0.5, 0.9, 0.95, 1.0])),
            share_of=draw(st.sampled_from(["coverable", "all"])),
        )
    p = draw(st.one_of(st.none(), st.integers(0, 8)))
    budget = draw(st.one_of(st.integers(0, 20), st.none() if p is not None else st.just(9)))
    return replace(problem, goal="mclp", p=p, budget_yuan=budget)


def solved(problem: SitingProblem, **limits) -> SitingSolution:
    solution = solve(problem, stop=Stop(), seed=1, workers=0, **limits)
    assert check(problem, solution) == ()
    return solution


def matrix(problem: SitingProblem) -> np.ndarray:
    table = np.zeros((problem.reach.n_demand, problem.reach.n_sites), bool)
    table[problem.reach.rows(), problem.reach.indices] = True
    return table
