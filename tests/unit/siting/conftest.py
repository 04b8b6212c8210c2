"""Small siting problems that several tests use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lastmile.costs import Reach
from lastmile.progress import silent
from lastmile.siting import SitingProblem
from lastmile.siting.effort import Effort
from lastmile.stop import Stop


def _problem(table: list[list[int]], people: list[int], cost: list[int]) -> SitingProblem:
    lengths = np.array(table, np.int64)
    rows, sites = np.nonzero(lengths)
    counts = np.bincount(rows, minlength=len(people))
    reach = Reach(
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        sites.astype(np.int32),
        lengths[rows, sites],
        tuple(f"d{i}" for i in range(len(people))),
        tuple(f"s{j}" for j in range(len(cost))),
    )
    closed = np.zeros(len(cost), bool)
    return SitingProblem(
        reach, np.array(people) * 1000, np.array(cost), closed, closed.copy(), closed.copy()
    )


@pytest.fixture
def problem_of() -> Callable[[list[list[int]], list[int], list[int]], SitingProblem]:
    """Build a problem from lengths (0: out of reach), people and costs."""
    return _problem


@pytest.fixture
def village() -> SitingProblem:
    """Five hamlets and four sites; s1 and s2 together cover all but d4, which has no site.

    d0: s0 100, s1 300 · d1: s1 200 · d2: s1 400, s2 100 · d3: s2 250, s3 50 · d4: none
    """
    return _problem(
        [[100, 300, 0, 0], [0, 200, 0, 0], [0, 400, 100, 0], [0, 0, 250, 50], [0, 0, 0, 0]],
        [10, 20, 30, 40, 5],
        [8, 8, 2, 2],
    )


@pytest.fixture
def scattered() -> SitingProblem:
    """A synthetic town of 600 points and 150 sites, too large to enumerate."""
    rng = np.random.default_rng(5)
    points, sites = rng.random((600, 2)) * 10, rng.random((150, 2)) * 10
    length = np.hypot(*(points[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    table = np.where(length < 1.0, np.maximum(1, length * 500_000), 0).astype(np.int64)
    people = rng.integers(1, 60, 600).tolist()
    return _problem(table.tolist(), people, rng.integers(20_000, 80_000, 150).tolist())


@pytest.fixture
def effort_with_worker() -> Effort:
    """Few steps of local search and one worker process."""
    return Effort(Stop(), seed=1, max_iterations=100, workers=1, progress=silent)
