"""Routing against the bare engine: gaps at equal CPU seconds, in one run.

Usage: ``python benchmarks/routing.py [--short] [--instances DIR] [--seconds S] [--seeds N]
[NAME ...]``

``DIR`` holds VRPLIB ``.vrp`` files (with ``.sol``) or Solomon ``.txt`` files (with ``*_BKS.json``
in a parent folder). ``--short`` takes four published instances for 5 s each where
``../shared/benchmarks/routing`` stands beside the repository. Without files seeded random towns
are used; their gaps are to the best plan of the run, so that no goal is judged by them. Writes
``benchmarks/out/routing.json``.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyvrp

from lastmile.costs import CostMatrix
from lastmile.routing import RoutingProblem, VehicleType, check, solve
from lastmile.stop import Stop

OUT = Path(__file__).parent / "out" / "routing.json"
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "routing"
SHORT = ["X-n106-k14", "X-n139-k10", "C201", "R112"]
GOAL_RATIO = 0.85
UNITS = 100
"""Metres and seconds per unit of an instance: Solomon distances keep two decimals."""


@dataclass(frozen=True)
class Instance:
    """A one-depot problem in the units of its file; location 0 is the depot."""

    name: str
    length: np.ndarray
    demand: np.ndarray
    capacity: int
    opens: np.ndarray
    closes: np.ndarray
    service: np.ndarray
    n_vehicles: int
    best_known: float | None


def read_vrplib(path: Path) -> Instance:
    text = path.read_text()
    at = np.array(_section(text, "NODE_COORD_SECTION", 3))[:, 1:]
    demand = np.array(_section(text, "DEMAND_SECTION", 2))[:, 1]
    capacity = int(re.search(r"CAPACITY\s*:\s*(\d+)", text)[1])
    length = np.rint(np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1)))
    solution = path.with_suffix(".sol")
    cost = re.search(r"Cost\s+([\d.]+)", solution.read_text()) if solution.exists() else None
    zeros = np.zeros(len(at))
    far = np.full(len(at), 10_000.0)
    best_known = float(cost[1]) if cost else None
    n = len(at) - 1
    return Instance(path.stem, length, demand, capacity, zeros, far, zeros, n, best_known)


def _section(text: str, name: str, width: int) -> list[list[float]]:
    lines = text.split(name)[1].split("\n")[1:]
    rows = (line.split() for line in lines)
    found = []
    for row in rows:
        if len(row) != width:
            break
        found.append([float(cell) for cell in row])
    return found


def read_solomon(path: Path) -> Instance:
    rows = [[float(c) for c in line.split()] for line in path.read_text().splitlines()
            if re.fullmatch(r"[\d\s.]+", line) and line.strip()]  # fmt: skip
    n_vehicles, capacity = rows[0]
    table = np.array(rows[1:])
    at = table[:, 1:3]
    length = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    return Instance(
        path.stem, length, table[:, 3], int(capacity), table[:, 4], table[:, 5], table[:, 6],
        int(n_vehicles), _best_known(path),
    )  # fmt: skip


def _best_known(path: Path) -> float | None:
    for file in sorted(path.parent.parent.glob("vrptw*_BKS.json")):
        known = json.loads(file.read_text())
        # Best for distance alone where it is known: others use fewer vehicles first.
        for name in (f"{path.stem}_distance", path.stem):
            if name in known:
                return float(known[name]["best_known_cost"])
    return None


def random_town(n_stops: int, seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 1_000, (n_stops + 1, 2))
    length = np.rint(np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1)))
    demand = rng.integers(1, 100, n_stops + 1)
    demand[0] = 0
    zeros, far = np.zeros(n_stops + 1), np.full(n_stops + 1, 10_000.0)
    name = f"town-{n_stops}-{seed}"
    return Instance(name, length, demand, 600, zeros, far, zeros, n_stops, None)


def as_problem(instance: Instance) -> RoutingProblem:
    """One unit costs one yuan; only distance costs."""
    metres = np.rint(instance.length * UNITS).astype(np.int64)
    seconds = _units(instance.length) if instance.service.any() else np.zeros_like(metres)
    ids = tuple(str(k) for k in range(len(metres)))
    end_ms = int(_units(instance.closes)[0]) * 1_000
    vehicle = VehicleType(
        "vehicle", 0, instance.n_vehicles, (instance.capacity,), 0, end_ms, None, 0.0,
        1_000.0 / UNITS, 0.0,
    )  # fmt: skip
    return RoutingProblem(
        CostMatrix(seconds * 1_000, ids, ids, "travel_time_ms"),
        CostMatrix(metres * 1_000, ids, ids, "length_mm"),
        1,
        instance.demand[1:, None].astype(np.int64),
        _units(instance.service)[1:] * 1_000,
        _units(instance.opens)[1:] * 1_000,
        _units(instance.closes)[1:] * 1_000,
        (vehicle,),
    )


def _units(values: np.ndarray) -> np.ndarray:
    return np.rint(values * UNITS).astype(np.int64)


def bare_pyvrp(instance: Instance, cpu_s: float, seed: int) -> float | None:
    """Cost that PyVRP finds on its own in so many CPU seconds; None without a feasible plan."""
    begun_s = time.process_time()
    length, opens, closes = (_units(v) for v in (instance.length, instance.opens, instance.closes))
    service = _units(instance.service)
    duration = length if instance.service.any() else np.zeros_like(length)
    n = len(length)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(n)],
        clients=[
            pyvrp.Client(
                location=k,
                delivery=[int(instance.demand[k])],
                service_duration=int(service[k]),
                tw_early=int(opens[k]),
                tw_late=int(closes[k]),
            )
            for k in range(1, n)
        ],
        depots=[pyvrp.Depot(0)],
        vehicle_types=[
            pyvrp.VehicleType(instance.n_vehicles, [instance.capacity], tw_late=int(closes[0]))
        ],
        distance_matrices=[length],
        duration_matrices=[duration],
    )
    result = pyvrp.solve(
        data, lambda _best: time.process_time() - begun_s >= cpu_s, seed=seed, collect_stats=False
    )
    return result.cost() / UNITS if result.is_feasible() else None


def own(instance: Instance, seconds: float, seed: int) -> tuple[float | None, float]:
    """Cost and CPU seconds of this package; the plan has been checked."""
    problem = as_problem(instance)
    solution = solve(problem, stop=Stop.after(seconds), seed=seed)
    faults = check(problem, solution)
    if faults:
        raise RuntimeError(f"{instance.name}: {faults}")
    return (None if solution.unserved else solution.cost_yuan), solution.cpu_s


def instances(folder: Path | None, names: list[str], *, short: bool) -> list[Instance]:
    if folder is None and short:
        if BESIDE.is_dir():
            return instances(BESIDE, SHORT, short=True)
        return [random_town(n, seed) for n, seed in ((120, 1), (240, 2))]
    if folder is None:
        return [random_town(n, seed) for n, seed in ((200, 1), (400, 2), (600, 3))]
    files = [file for name in names for file in sorted(folder.rglob(f"{name}.*"))]
    read = {".vrp": read_vrplib, ".txt": read_solomon}
    return [read[file.suffix](file) for file in files if file.suffix in read]


def compare(
    chosen: list[Instance], seconds: float, n_seeds: int
) -> tuple[list[float], list[float]]:
    """Gaps in percent, ours and the peer's, of the runs in which both served every stop."""
    gaps: list[float] = []
    peer_gaps: list[float] = []
    head = ("lastmile", "gap %", "bare", "gap %")
    print(f"{'instance':22} seed  CPU-s {head[0]:>12} {head[1]:>7} {head[2]:>12} {head[3]:>7}")
    for instance in chosen:
        for seed in range(1, n_seeds + 1):
            cost, cpu_s = own(instance, seconds, seed)
            peer = bare_pyvrp(instance, cpu_s, seed)
            if cost is None or peer is None:
                print(f"{instance.name:22} {seed:4} {cpu_s:6.1f} {cost!s:>12} {'':7} {peer!s:>12}")
                continue
            best = instance.best_known or min(cost, peer)
            gaps.append(100 * (cost / best - 1))
            peer_gaps.append(100 * (peer / best - 1))
            print(
                f"{instance.name:22} {seed:4} {cpu_s:6.1f} {cost:12.2f} {gaps[-1]:7.2f} "
                f"{peer:12.2f} {peer_gaps[-1]:7.2f}"
            )
    return gaps, peer_gaps


def row(figure: str, value: float, unit: str, peer_value: float | None, goal: float | None) -> dict:
    ratio = value / peer_value if peer_value else None
    met = None if goal is None or ratio is None else ratio <= goal
    peer = None if peer_value is None else f"bare PyVRP {version('pyvrp')}"
    return {
        "figure": figure, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value,
        "ratio": ratio, "goal": goal, "met": met,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=Path)
    parser.add_argument("--short", action="store_true", help="done within a minute")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    seconds = given.seconds or (5.0 if given.short else 10.0)
    chosen = instances(given.instances, given.names, short=given.short)
    gaps, peer_gaps = compare(chosen, seconds, given.seeds)
    if not gaps:
        raise SystemExit("no instance was solved by both")
    value, peer_value = statistics.median(gaps), statistics.median(peer_gaps)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    is_known = all(instance.best_known for instance in chosen)
    best = "best known" if is_known else "best of this run"
    figure = f"median gap to the {best} over {len(gaps)} runs of {seconds:g} s"
    rows = [
        row(figure, value, "%", peer_value, GOAL_RATIO if is_known else None),
        row("peak memory of the run", peak_mb, "MB", None, None),
    ]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(f"median gap {value:.2f} %, bare {peer_value:.2f} %; peak {peak_mb:.0f} MB; see {OUT}")


if __name__ == "__main__":
    main()
