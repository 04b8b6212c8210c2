"""Laws that every phasing obeys, with all orders tried as the oracle."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from siting_cases import laws, matrix, problems, reach_of, solved

from lastmile.siting import Phase, SitingProblem, check_phases, plan_phases
from lastmile.stop import Stop


@st.composite
def limits(draw):
    """Years that are limited alike: in stations, in money, or in both."""
    n = draw(st.integers(1, 3))
    counted, priced = draw(st.sampled_from([(True, False), (False, True), (True, True)]))
    return tuple(
        Phase(
            f"{2014 + k}",
            draw(st.integers(0, 3)) if counted else None,
            draw(st.integers(0, 8)) if priced else None,
            draw(st.sampled_from([None, 0.2, 0.9])),
        )
        for k in range(n)
    )


def phased(problem, phases):
    final = solved(problem)
    plan = plan_phases(problem, final, phases, stop=Stop(), seed=1)
    assert check_phases(problem, final, plan) == ()
    return final, plan


def every_order(problem, final, phases):
    """Each order of the final stations that keeps the limits, with what it covers by year."""
    table, new = matrix(problem), np.flatnonzero(final.open & ~problem.existing)
    for years in itertools.product(range(1, len(phases) + 2), repeat=len(new)):
        covered = []
        for k in range(1, len(phases) + 1):
            opened = [j for j, year in zip(new, years, strict=True) if year <= k]
            n = sum(phase.n_stations or 0 for phase in phases[:k])
            yuan = sum(phase.budget_yuan or 0 for phase in phases[:k])
            if phases[0].n_stations is not None and len(opened) > n:
                break
            if phases[0].budget_yuan is not None and problem.cost_yuan[opened].sum() > yuan:
                break
            sites = np.flatnonzero(problem.existing).tolist() + opened
            covered.append(int(problem.demand[table[:, sites].any(axis=1)].sum()))
        else:
            yield covered


@laws
@given(problems(6), limits())
def test_no_order_covers_more_than_the_bounds_allow(problem, phases):
    final, plan = phased(problem, phases)
    orders = list(every_order(problem, final, phases))
    for k, year in enumerate(plan.years):
        assert max(covered[k] for covered in orders) <= year.bound
    assert plan.objective <= max(sum(covered) for covered in orders) <= plan.bound


def random_problem(rng):
    m, n = int(rng.integers(4, 12)), int(rng.integers(3, 7))
    lengths = rng.integers(1, 900, (m, n)) * (rng.random((m, n)) < 0.35)
    nobody = np.zeros(n, bool)
    return SitingProblem(
        reach_of(lengths.tolist()), demand=rng.integers(1, 20, m), cost_yuan=rng.integers(1, 9, n),
        existing=nobody, required=nobody, forbidden=nobody,
    )  # fmt: skip


def test_orders_are_almost_always_the_best_of_all():
    rng, shares = np.random.default_rng(7), []
    for _ in range(60):
        phases = tuple(Phase(str(k), budget_yuan=int(rng.integers(0, 12))) for k in range(3))
        problem = random_problem(rng)
        final, plan = phased(problem, phases)
        best = max(sum(covered) for covered in every_order(problem, final, phases))
        shares.append(plan.objective / best if best else 1.0)
    assert np.mean(shares) > 0.995
    assert min(shares) > 0.8


@laws
@given(problems(7), limits())
def test_coverage_never_falls_from_year_to_year(problem, phases):
    _, plan = phased(problem, phases)
    covered = [year.covered for year in plan.years]
    assert covered == sorted(covered)


@laws
@given(problems(7), st.integers(1, 3))
def test_limits_that_never_bind_open_everything_in_the_first_year(problem, n_years):
    phases = tuple(Phase(str(k), 100) for k in range(n_years))
    final, plan = phased(problem, phases)
    assert (plan.phase[final.open & ~problem.existing] == 1).all()
    assert plan.n_left_out == 0
    assert plan.objective == plan.bound


@laws
@given(problems(7), st.sampled_from([0.2, 0.5, 0.8]))
def test_a_year_without_limits_opens_what_its_target_needs_and_the_last_the_rest(problem, share):
    phases = (Phase("2014", target_share=share), Phase("2015"))
    final, plan = phased(problem, phases)
    assert plan.n_left_out == 0
    whole, all_covered = int(problem.demand.sum()), plan.years[-1].covered
    assert plan.years[0].covered >= min(share * whole, all_covered) - 1e-9
    fewest = int((plan.phase == 1).sum())
    new = final.open & ~problem.existing
    table = matrix(problem)
    for n in range(fewest):
        for chosen in itertools.combinations(np.flatnonzero(new), n):
            sites = np.flatnonzero(problem.existing).tolist() + list(chosen)
            covered = int(problem.demand[table[:, sites].any(axis=1)].sum())
            assert covered < min(share * whole, all_covered)


@laws
@given(problems(6), limits(), st.sampled_from([(None, None), (2, None), (None, 5)]))
def test_a_last_year_limited_otherwise_leaves_the_limits_of_earlier_years(problem, phases, last):
    _, plan = phased(problem, (*phases, Phase("last", *last)))
    for k, phase in enumerate(phases, 1):
        opened = plan.phase[(plan.phase > 0) & (plan.phase <= k)].size
        if phase.n_stations is not None:
            assert opened <= sum(phase.n_stations for phase in phases[:k])


@laws
@given(problems(7), st.sampled_from([0.2, 0.5, 0.8]))
def test_a_year_without_limits_is_bounded_by_all_that_could_open(problem, share):
    final, plan = phased(problem, (Phase("2014", target_share=share), Phase("2015")))
    table, allowed = matrix(problem), ~problem.forbidden | problem.existing
    of_final, of_any = (
        int(problem.demand[table[:, sites].any(axis=1)].sum()) for sites in (final.open, allowed)
    )
    for year in plan.years:
        assert (year.bound, year.alone, year.alone_bound) == (of_final, of_any, of_any)


@laws
@given(problems(6), limits())
def test_more_money_never_covers_less(problem, phases):
    richer = tuple(
        replace(
            phase,
            n_stations=None if phase.n_stations is None else phase.n_stations + 50,
            budget_yuan=None if phase.budget_yuan is None else phase.budget_yuan + 500,
        )
        for phase in phases
    )
    _, poor = phased(problem, phases)
    _, rich = phased(problem, richer)
    assert rich.objective >= poor.objective
