"""What a worker that was cut short may claim, and what it may not."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import numpy as np
import pytest

from lastmile.siting.exact import Job, solve_all
from lastmile.siting.maximal import DemandSearch, Limits
from lastmile.siting.mclp import most_demand
from lastmile.siting.prepare import prepare
from lastmile.stop import Stop


@pytest.fixture
def table(scattered):
    return prepare(replace(scattered, goal="mclp", p=12)).table


def asked(table, limits, incumbent, bound, work):
    job = Job("demand", table, limits, incumbent, bound, work)
    (outcome,) = solve_all([job], 1, Stop(), lambda _: None)
    assert outcome is not None
    return outcome


def test_a_search_cut_before_it_began_proves_nothing_about_the_most_people(table):
    everyone = int(table.weight.sum())
    outcome = asked(table, Limits(p=12), 1, everyone, work=1e-9)
    assert not outcome.optimal
    assert outcome.chosen is None
    assert outcome.bound == everyone


def test_a_search_cut_before_it_began_proves_nothing_about_the_least_cost(table):
    dearest = int(table.cost.sum())
    outcome = asked(table, Limits(need=int(table.weight.sum())), dearest, 3, work=1e-9)
    assert not outcome.optimal
    assert outcome.bound == 3


def test_a_plan_is_not_called_optimal_because_its_proof_was_cut_short(
    scattered, monkeypatch, effort_with_worker
):
    problem = replace(scattered, goal="mclp", budget_yuan=400_000)
    table = prepare(problem).table
    monkeypatch.setattr("lastmile.siting.mclp._WORK", 1e-9)
    (proof,) = most_demand(table, Limits(budget=400_000), effort_with_worker).proofs
    assert proof.objective < proof.bound
    assert np.isclose(proof.objective, proof.bound, rtol=0.2)


@pytest.mark.parametrize("limits", [Limits(budget=400_000), Limits(p=40, budget=900_000)])
def test_a_search_continued_in_short_runs_ends_where_one_long_run_does(table, limits):
    at_once, bit_by_bit = DemandSearch(table, limits, 3), DemandSearch(table, limits, 3)
    at_once.run(4_000, int(table.weight.sum()), -1, Stop())
    for _ in range(800):
        bit_by_bit.run(5, int(table.weight.sum()), -1, Stop())
    assert at_once.steps == bit_by_bit.steps == 4_000
    assert at_once.chosen.tobytes() == bit_by_bit.chosen.tobytes()


@pytest.fixture
def started(monkeypatch):
    """Every worker process that is started."""
    processes = []

    class Recorded(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            processes.append(self)

    monkeypatch.setattr("lastmile.siting.exact.subprocess.Popen", Recorded)
    return processes


def hard_job(table):
    return Job("demand", table, Limits(p=12), 1, int(table.weight.sum()), 1e6)


def test_no_worker_outlives_an_interruption_in_the_midst_of_a_proof(table, started):
    stop = Stop()
    outcomes = solve_all([hard_job(table)] * 2, 2, stop, lambda _: stop.interruption.set())
    assert outcomes == [None, None]
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


def test_no_worker_outlives_a_second_ctrl_c(table, started):
    def interrupt(_n_done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve_all([hard_job(table)], 1, Stop(), interrupt)
    assert len(started) == 1
    assert all(process.poll() is not None for process in started)


def test_a_machine_that_starts_no_process_still_gets_an_answer(table, monkeypatch, caplog):
    def refuse(*_args, **_kwargs):
        raise OSError("no more processes")

    monkeypatch.setattr("lastmile.siting.exact.subprocess.Popen", refuse)
    assert solve_all([hard_job(table)], 1, Stop(), lambda _: None) == [None]
    assert "no more processes" in caplog.text
