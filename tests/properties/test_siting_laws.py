"""Laws that every siting solution obeys, with brute force as the oracle."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import any_model, laws, matrix, problems, reach_of, solved

from lastmile.costs import covers
from lastmile.siting import SitingProblem, coverage, marginal_people


def members_of(problem: SitingProblem) -> list[np.ndarray]:
    if problem.group is None:
        return [np.ones(problem.demand.size, bool)]
    return [problem.group == k for k in range(len(problem.group_names))]


def value(problem: SitingProblem, open_: np.ndarray, needs: list[Fraction]) -> int | None:
    """The objective of a set of open sites, or None where it breaks a limit."""
    near = (matrix(problem) & open_).any(axis=1)
    covered = int(problem.demand[near].sum())
    new = open_ & ~problem.existing
    count, cost = int(new.sum()), int(problem.cost_yuan[new].sum())
    if problem.goal == "lscp":
        paid = count if problem.minimise == "stations" else cost
        reached = all(
            int(problem.demand[near & members].sum()) >= need
            for members, need in zip(members_of(problem), needs, strict=True)
        )
        return paid if reached else None
    fits_p = problem.p is None or count <= problem.p
    fits_budget = problem.budget_yuan is None or cost <= problem.budget_yuan
    return covered if fits_p and fits_budget else None


def brute_force(problem: SitingProblem) -> int | None:
    """The optimum by trying every set of open sites, or None where there is none."""
    near_allowed = (matrix(problem) & ~problem.forbidden).any(axis=1)
    counted = near_allowed | (problem.share_of == "all")
    needs = [
        Fraction(str(problem.required_share)) * int(problem.demand[counted & members].sum())
        for members in members_of(problem)
    ]
    fixed = problem.existing | problem.required
    free = np.flatnonzero(~fixed & ~problem.forbidden)
    values = []
    for code in range(1 << free.size):
        open_ = fixed.copy()
        open_[free[[bool(code >> k & 1) for k in range(free.size)]]] = True
        values.append(value(problem, open_, needs))
    known = [v for v in values if v is not None]
    if not known:
        return None
    return min(known) if problem.goal == "lscp" else max(known)


@laws
@given(any_model())
def test_every_small_model_is_solved_to_the_optimum_that_brute_force_finds(problem):
    solution = solved(problem)
    optimum = brute_force(problem)
    if optimum is None:
        assert solution.status == "infeasible"
        assert solution.message
    else:
        assert (solution.status, solution.objective) == ("optimal", optimum)


def grouped(rng):
    """A small problem that asks for a share of each of two groups; kinds of sites mixed."""
    m, n = int(rng.integers(3, 11)), int(rng.integers(3, 8))
    lengths = rng.integers(1, 900, (m, n)) * (rng.random((m, n)) < 0.5)
    role = rng.choice(list("cccerf"), n)
    return SitingProblem(
        reach_of(lengths.tolist()), demand=rng.integers(0, 9, m), cost_yuan=rng.integers(0, 6, n),
        existing=role == "e", required=role == "r", forbidden=role == "f",
        minimise=str(rng.choice(["stations", "cost"])),
        required_share=float(rng.choice([0.3, 0.5, 0.8])),
        share_of=str(rng.choice(["coverable", "all"])),
        group=rng.integers(0, 2, m), group_names=("a", "b"),
    )  # fmt: skip


def test_shares_of_groups_are_met_at_the_optimum_in_many_small_towns():
    # One in 150 such problems was once called optimal with a group short of its share.
    rng = np.random.default_rng(11)
    for _ in range(700):
        problem = grouped(rng)
        solution, optimum = solved(problem), brute_force(problem)
        expected = ("infeasible", None) if optimum is None else ("optimal", optimum)
        found = None if optimum is None else solution.objective
        assert (solution.status, found) == expected


@laws
@given(problems(), st.integers(0, 6))
def test_covered_demand_never_falls_as_p_rises(problem, p):
    fewer = solved(replace(problem, goal="mclp", p=p))
    more = solved(replace(problem, goal="mclp", p=p + 1))
    assert more.objective >= fewer.objective


@laws
@given(problems(), st.integers(0, 8))
def test_an_infinite_budget_equals_none(problem, p):
    without = solved(replace(problem, goal="mclp", p=p))
    infinite = solved(replace(problem, goal="mclp", p=p, budget_yuan=10**15))
    assert infinite.objective == without.objective
    assert infinite.open.tolist() == without.open.tolist()


@laws
@given(problems())
def test_as_many_stations_as_lscp_needs_let_mclp_cover_all_that_can_be_covered(problem):
    cover = solved(problem)
    most = solved(replace(problem, goal="mclp", p=cover.objective))
    allowed = (matrix(problem) & ~problem.forbidden).any(axis=1)
    assert most.objective == problem.demand[allowed].sum()


@laws
@given(problems(), st.randoms(use_true_random=False))
def test_permuting_sites_and_points_permutes_nothing_but_names(problem, random):
    sites = list(range(problem.reach.n_sites))
    points = list(range(problem.reach.n_demand))
    random.shuffle(sites)
    random.shuffle(points)
    lengths = np.zeros((len(points), len(sites)), np.int64)
    lengths[problem.reach.rows(), problem.reach.indices] = problem.reach.length_mm
    shuffled = replace(
        problem,
        reach=reach_of(lengths[points][:, sites].tolist()),
        demand=problem.demand[points],
        cost_yuan=problem.cost_yuan[sites],
        existing=problem.existing[sites],
        required=problem.required[sites],
        forbidden=problem.forbidden[sites],
    )
    assert solved(shuffled).objective == solved(problem).objective


@laws
@given(problems(roles=False), st.integers(1, 4))
def test_one_more_candidate_never_hurts(problem, p):
    fewer = replace(problem, forbidden=np.arange(problem.reach.n_sites) == 0)
    before = solved(replace(fewer, goal="mclp", p=p))
    after = solved(replace(problem, goal="mclp", p=p))
    assert after.objective >= before.objective


@laws
@given(problems(roles=False), st.integers(1, 900))
def test_a_longer_standard_never_needs_more_stations_for_the_same_points(problem, standard_mm):
    limit = np.full(problem.reach.n_demand, standard_mm)
    short = covers(problem.reach, limit)
    reached = np.diff(short.indptr) > 0
    demand = np.where(reached, 1000, 0)
    near = solved(replace(problem, reach=short, demand=demand))
    far = solved(replace(problem, reach=covers(problem.reach, 2 * limit), demand=demand))
    assert far.objective <= near.objective


@laws
@given(problems())
def test_each_point_walks_to_its_nearest_open_site(problem):
    open_ = problem.existing | problem.required
    station, length_mm = coverage(problem, open_)
    for i in range(problem.reach.n_demand):
        span = slice(problem.reach.indptr[i], problem.reach.indptr[i + 1])
        near = [
            (mm, j)
            for j, mm in zip(
                problem.reach.indices[span].tolist(),
                problem.reach.length_mm[span].tolist(),
                strict=True,
            )
            if open_[j]
        ]
        assert ((length_mm[i], station[i]) == min(near)) if near else station[i] == -1


@laws
@given(problems())
def test_marginal_people_are_those_who_lose_cover_when_a_site_closes(problem):
    open_ = ~problem.forbidden
    lost = marginal_people(problem, open_)
    covered = problem.demand[(matrix(problem) & open_).any(axis=1)].sum()
    for j in np.flatnonzero(open_):
        without = open_.copy()
        without[j] = False
        left = problem.demand[(matrix(problem) & without).any(axis=1)].sum()
        assert covered - left == lost[j]


@st.composite
def larger_problems(draw):
    """Too many sites to enumerate, few enough to bound by hand: points on a line."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    at, site_at = rng.random(60) * 100, np.sort(rng.random(40) * 100)
    lengths = np.abs(at[:, None] - site_at[None, :])
    table = np.where(lengths < 4.0, np.maximum(1, lengths * 1000), 0).astype(np.int64)
    closed = np.zeros(site_at.size, bool)
    return SitingProblem(
        reach=reach_of(table.tolist()),
        demand=rng.integers(1, 50, at.size) * 1000,
        cost_yuan=rng.integers(1, 9, site_at.size),
        existing=closed,
        required=closed,
        forbidden=closed,
    )


def most_points_that_share_no_site(problem: SitingProblem) -> int:
    """On a line each point's sites are an interval, so this many stations are also enough."""
    table = matrix(problem)
    spans = [row.nonzero()[0] for row in table[table.any(axis=1)]]
    count, last = 0, -1
    for span in sorted(spans, key=lambda sites: sites[-1]):
        if span[0] > last:
            count, last = count + 1, span[-1]
    return count


@settings(max_examples=15, deadline=None, derandomize=True)
@given(larger_problems())
def test_stations_on_a_line_are_as_few_as_points_that_share_none(problem):
    solution = solved(problem)
    assert solution.status == "optimal"
    assert solution.objective == most_points_that_share_no_site(problem)
