"""How good the search is, at a fixed number of steps, against a baseline that is kept.

To record a better baseline, run this file as a program.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lastmile.costs import Reach
from lastmile.siting import SitingProblem, check, solve
from lastmile.stop import Stop

BASELINE = Path(__file__).with_name("siting_baseline.json")
INSTANCES = Path(__file__).resolve().parents[3] / "shared" / "benchmarks" / "siting" / "scp"
BEST_KNOWN = {"scp41": 429, "scp51": 253, "scp61": 138, "scpa1": 253, "scpb1": 69}


def synthetic_city() -> SitingProblem:
    """20,000 points in clusters and 2,000 sites, with about 23 sites in reach of each point."""
    rng = np.random.default_rng(11)
    centre = rng.random((12, 2)) * 20
    spread = 0.5 + 1.5 * rng.random(12)

    def scatter(n: int) -> np.ndarray:
        home = rng.integers(0, 12, n)
        return centre[home] + rng.normal(size=(n, 2)) * spread[home, None]

    points, sites = scatter(20_000), scatter(2_000)
    rows, columns, lengths = [], [], []
    for start in range(0, len(points), 1_000):
        block = points[start : start + 1_000]
        length = np.hypot(*(block[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
        i, j = np.nonzero(length <= 0.5)
        rows.append(i + start)
        columns.append(j)
        lengths.append(np.rint(length[i, j] * 1e6).astype(np.int64))
    counts = np.bincount(np.concatenate(rows), minlength=len(points))
    reach = Reach(
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        np.concatenate(columns).astype(np.int32),
        np.concatenate(lengths),
        tuple(map(str, range(len(points)))),
        tuple(map(str, range(len(sites)))),
    )
    closed = np.zeros(len(sites), bool)
    people = rng.integers(1, 40, len(points)) * 1000
    return SitingProblem(
        reach, people, rng.integers(20_000, 80_001, len(sites)), closed, closed, closed
    )


MODELS = {
    "lscp": {},
    "lscp_cost": {"minimise": "cost"},
    "lscp_90_percent": {"required_share": 0.9},
    "mclp_60": {"goal": "mclp", "p": 60},
    "mclp_budget": {"goal": "mclp", "budget_yuan": 2_000_000},
}


def measured(city: SitingProblem, model: str) -> dict[str, int]:
    problem = replace(city, **MODELS[model])
    solution = solve(problem, stop=Stop(), seed=1, max_iterations=20_000, workers=0)
    assert check(problem, solution) == ()
    return {"objective": solution.objective, "bound": solution.bound}


@pytest.fixture(scope="module")
def city() -> SitingProblem:
    return synthetic_city()


@pytest.mark.parametrize("model", MODELS)
def test_no_model_is_more_than_one_percent_worse_than_its_baseline(city, model):
    kept = json.loads(BASELINE.read_text())[model]
    now = measured(city, model)
    sense = 1 if model.startswith("lscp") else -1
    for figure, direction in (("objective", sense), ("bound", -sense)):
        worse = direction * (now[figure] - kept[figure]) / kept[figure]
        assert worse <= 0.01, f"{figure} {now[figure]}, baseline {kept[figure]}"


def read_orlib(path: Path) -> SitingProblem:
    """Read a set covering file: rows, columns, costs, then each row's columns from 1."""
    numbers = np.array(path.read_text().split(), np.int64)
    m, n = int(numbers[0]), int(numbers[1])
    counts, columns, place = [], [], 2 + n
    for _ in range(m):
        counts.append(int(numbers[place]))
        columns.append(np.sort(numbers[place + 1 : place + 1 + counts[-1]] - 1))
        place += 1 + counts[-1]
    reach = Reach(
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        np.concatenate(columns).astype(np.int32),
        np.ones(sum(counts), np.int64),
        tuple(map(str, range(m))),
        tuple(map(str, range(n))),
    )
    closed = np.zeros(n, bool)
    people = np.full(m, 1000)
    return SitingProblem(reach, people, numbers[2 : 2 + n], closed, closed, closed, minimise="cost")


@pytest.mark.real_data
@pytest.mark.parametrize("name", BEST_KNOWN)
def test_published_covers_are_solved_within_one_percent_of_the_best_known(name):
    path = INSTANCES / f"{name}.txt"
    if not path.is_file():
        pytest.skip("the set covering instances (../shared/benchmarks) are not on this machine")
    problem = read_orlib(path)
    solution = solve(problem, stop=Stop(), seed=1, max_iterations=100_000, workers=0)
    assert check(problem, solution) == ()
    assert solution.objective <= BEST_KNOWN[name] * 1.01
    assert solution.bound <= BEST_KNOWN[name]


if __name__ == "__main__":
    figures = {model: measured(synthetic_city(), model) for model in MODELS}
    BASELINE.write_text(json.dumps(figures, indent=1) + "\n")
