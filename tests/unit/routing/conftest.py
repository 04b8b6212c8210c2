"""Towns on a line, whose every time and length can be checked on paper."""

from __future__ import annotations

import numpy as np
import pytest

from lastmile.costs import CostMatrix
from lastmile.routing import RoutingProblem, VehicleType

MINUTE_MS = 60_000


@pytest.fixture
def line_town():
    """Builder of a street: one minute and one kilometre per unit of position."""

    def build(positions, *, demand=None, service_min=10, windows=None, vehicles=None, depots=(0,)):
        at = np.array([*depots, *positions], dtype=np.int64)
        apart = np.abs(at[:, None] - at[None, :])
        n = len(positions)
        ids = tuple(f"depot{k}" for k in range(len(depots))) + tuple(f"s{k}" for k in range(n))
        opens, closes = np.array(windows or [(0, 24 * 60)] * n, dtype=np.int64).reshape(-1, 2).T
        return RoutingProblem(
            CostMatrix(apart * MINUTE_MS, ids, ids, "travel_time_ms"),
            CostMatrix(apart * 1_000_000, ids, ids, "length_mm"),
            len(depots),
            np.array(demand or [1] * n, dtype=np.int64).reshape(n, 1),
            np.full(n, service_min * MINUTE_MS, dtype=np.int64),
            opens * MINUTE_MS,
            closes * MINUTE_MS,
            vehicles or (van(),),
        )

    return build


def van(**changes):
    given = {
        "id": "van", "depot": 0, "n_available": 2, "capacity": (10,),
        "shift_start_ms": 0, "shift_end_ms": 600 * MINUTE_MS,
        "fixed_cost_yuan": 100.0, "cost_per_km_yuan": 1.0, "cost_per_hour_yuan": 60.0,
    }  # fmt: skip
    return VehicleType(**(given | changes))


@pytest.fixture(name="van")
def van_fixture():
    """Builder of a van: 10 parcels, 10 hours, 100 yuan a day, 1 yuan per km and per minute."""
    return van


@pytest.fixture(scope="session")
def scattered_town():
    """Builder of a random town, large enough for real searches."""

    def build(n_stops, seed=0, *, n_depots=1, n_vans=50, windows=False):
        rng = np.random.default_rng(seed)
        at = rng.integers(0, 20_000, (n_depots + n_stops, 2))
        metres = np.rint(np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1)) * 1.3)
        ids = tuple(f"p{k}" for k in range(n_depots + n_stops))
        opens = np.full(n_stops, 7 * 60, dtype=np.int64)
        closes = np.full(n_stops, 18 * 60, dtype=np.int64)
        if windows:
            middle = rng.integers(8 * 60, 17 * 60, n_stops)
            opens, closes = middle - 60, middle + 60
        demand = rng.integers(10, 80, (n_stops, 1))
        types = tuple(
            van(
                id=f"van{k}", depot=k, n_available=n_vans, capacity=(600,), cost_per_hour_yuan=40.0,
                shift_start_ms=7 * 60 * MINUTE_MS, shift_end_ms=18 * 60 * MINUTE_MS,
            )
            for k in range(n_depots)
        )  # fmt: skip
        return RoutingProblem(
            CostMatrix((metres * 100).astype(np.int64), ids, ids, "travel_time_ms"),
            CostMatrix((metres * 1_000).astype(np.int64), ids, ids, "length_mm"),
            n_depots,
            demand,
            300_000 + 1_000 * demand[:, 0],
            opens * MINUTE_MS,
            closes * MINUTE_MS,
            types,
        )

    return build
