"""Cost of seeded towns against a kept baseline; the searches stop on iterations.

To keep a new baseline on purpose, run this file with ``LASTMILE_KEEP_BASELINE=1``.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lastmile.costs import CostMatrix
from lastmile.routing import RoutingProblem, VehicleType, check, solve
from lastmile.stop import Stop

BASELINE = Path(__file__).with_name("routing_baseline.json")
TOLERANCE = 0.01
"""Compilers and library versions may break ties differently."""


def town(n_stops, n_depots, seed, *, windows):
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 30_000, (n_depots + n_stops, 2))
    metres = np.rint(np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1)) * 1.3)
    ids = tuple(f"p{k}" for k in range(n_depots + n_stops))
    hour_ms = 3_600_000
    opens = np.full(n_stops, 7 * hour_ms)
    closes = np.full(n_stops, 18 * hour_ms)
    if windows:
        opens = rng.integers(7, 15, n_stops) * hour_ms
        closes = opens + 2 * hour_ms
    demand = rng.integers(10, 90, (n_stops, 1))
    vans = [
        VehicleType(f"van{k}", k, 40, (600,), 7 * hour_ms, 18 * hour_ms, None, 200.0, 1.2, 40.0)
        for k in range(n_depots)
    ]
    trike = VehicleType("", 0, 40, (200,), 7 * hour_ms, 18 * hour_ms, 50_000_000, 60.0, 0.3, 30.0)
    trikes = [replace(trike, id=f"trike{k}", depot=k) for k in range(n_depots)]
    return RoutingProblem(
        CostMatrix((metres * 90).astype(np.int64), ids, ids, "travel_time_ms"),
        CostMatrix((metres * 1_000).astype(np.int64), ids, ids, "length_mm"),
        n_depots, demand, 300_000 + 1_000 * demand[:, 0], opens, closes, (*vans, *trikes),
    )  # fmt: skip


INSTANCES = {
    "one depot, 100 stops": (100, 1, 11, False),
    "two depots, windows, 120 stops": (120, 2, 12, True),
    "two depots, in groups, 720 stops": (720, 2, 13, False),
}


@pytest.mark.parametrize("name", INSTANCES)
def test_cost_stays_within_a_hundredth_of_the_kept_baseline(name):
    n_stops, n_depots, seed, windows = INSTANCES[name]
    problem = town(n_stops, n_depots, seed, windows=windows)
    solution = solve(problem, stop=Stop.after(300), seed=1, max_iterations=2_000)
    assert check(problem, solution) == ()
    assert not solution.unserved
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    if os.environ.get("LASTMILE_KEEP_BASELINE"):
        kept[name] = {"cost_yuan": round(solution.cost_yuan, 2), "n_routes": len(solution.routes)}
        BASELINE.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    assert solution.cost_yuan <= kept[name]["cost_yuan"] * (1 + TOLERANCE)
