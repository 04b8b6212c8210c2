"""How good and how fast siting is: published covers, synthetic towns, beside greedy and spopt.

``--short`` is done within a minute, ``--full`` adds the prefecture. Instances
are looked for in ``../shared/benchmarks/siting``; those that are absent are left out, and said so.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lastmile.costs import Reach
from lastmile.siting import SitingProblem, SitingSolution, check, solve
from lastmile.stop import Stop

ROOT = Path(__file__).resolve().parents[1]
INSTANCES = ROOT.parent / "shared" / "benchmarks" / "siting"
OUT = ROOT / "benchmarks" / "out" / "siting.json"
SHORT_SCP = ("scp41", "scpa1", "scpnre1")
SCP = ("scp41", "scp51", "scp61", "scpa1", "scpb1", "scpnre1", "rail507")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table and of the file."""

    figure: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    goal: str | None = None
    met: bool | None = None


def problem_of(
    rows: NDArray[np.int64],
    sites: NDArray[np.int64],
    length_mm: NDArray[np.int64],
    people: NDArray[np.int64],
    cost: NDArray[np.int64],
) -> SitingProblem:
    """Assemble a problem from its pairs."""
    order = np.lexsort((sites, rows))
    counts = np.bincount(rows, minlength=people.size)
    reach = Reach(
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        sites[order].astype(np.int32),
        length_mm[order],
        tuple(map(str, range(people.size))),
        tuple(map(str, range(cost.size))),
    )
    closed = np.zeros(cost.size, bool)
    return SitingProblem(reach, people, cost, closed, closed, closed)


def read_scp(path: Path) -> SitingProblem:
    """Read a set covering instance: by rows, or by columns where the name says rail."""
    numbers = np.array(path.read_text().split(), np.int64)
    m, n = int(numbers[0]), int(numbers[1])
    by_columns = path.name.startswith("rail")
    own, other, cost = [], [], numbers[2 : 2 + n].copy()
    place = 2 if by_columns else 2 + n
    for k in range(n if by_columns else m):
        if by_columns:
            cost[k] = numbers[place]
            place += 1
        size = int(numbers[place])
        other.append(numbers[place + 1 : place + 1 + size] - 1)
        own.append(np.full(size, k))
        place += 1 + size
    a, b = np.concatenate(own), np.concatenate(other)
    rows, sites = (b, a) if by_columns else (a, b)
    people = np.full(m, 1000)
    return replace(
        problem_of(rows, sites, np.ones(rows.size, np.int64), people, cost), minimise="cost"
    )


def read_mclp(path: Path, radius: float) -> SitingProblem:
    """Read a maximal covering instance: facilities marked F, then the demand points."""
    lines = [line.split() for line in path.read_text().splitlines()[1:] if line.strip()]
    facility = np.array([line[2:5] for line in lines if line[0] == "F"], float)
    point = np.array([line[2:5] for line in lines if line[0] != "F"], float)
    length = np.hypot(*(point[:, None, :2] - facility[None, :, :2]).transpose(2, 0, 1))
    rows, sites = np.nonzero(length <= radius)
    length_mm = np.rint(length[rows, sites] * 1e6).astype(np.int64)
    people, cost = point[:, 2].astype(np.int64) * 1000, facility[:, 2].astype(np.int64)
    return replace(problem_of(rows, sites, length_mm, people, cost), goal="mclp")


def synthetic(n_points: int, n_sites: int, mean_reach: float) -> SitingProblem:
    """Scatter points and sites in clusters over a plane; the radius gives the mean reach."""
    rng = np.random.default_rng(0)
    side, n_clusters = np.sqrt(n_points) * 0.1, max(3, n_points // 4_000)
    centre, spread = rng.random((n_clusters, 2)) * side, rng.gamma(2, 0.02, n_clusters) * side

    def scatter(n: int) -> NDArray[np.float64]:
        home = rng.integers(0, n_clusters, int(n * 0.7))
        clustered = centre[home] + rng.normal(size=(home.size, 2)) * spread[home, None]
        return np.vstack([clustered, rng.random((n - home.size, 2)) * side])

    points, sites = scatter(n_points), scatter(n_sites)
    tree, sample = cKDTree(sites), points[rng.integers(0, n_points, 2_000)]
    low, high = 0.0, 10.0
    for _ in range(25):
        radius = (low + high) / 2
        mean = tree.query_ball_point(sample, radius, return_length=True).mean()
        low, high = (low, radius) if mean > mean_reach else (radius, high)
    near = cKDTree(points).sparse_distance_matrix(tree, high, output_type="coo_matrix")
    return problem_of(
        near.row.astype(np.int64),
        near.col.astype(np.int64),
        np.rint(near.data * 1e6).astype(np.int64),
        rng.integers(1, 40, n_points) * 1000,
        rng.integers(20_000, 80_001, n_sites),
    )


def greedy_cover(problem: SitingProblem) -> int:
    """Open the site of the most uncovered points per cost until all are covered: the peer."""
    reach = problem.reach
    n = reach.n_sites
    cost = problem.cost_yuan if problem.minimise == "cost" else np.ones(n, np.int64)
    rows = reach.rows()
    order = np.argsort(reach.indices, kind="stable")
    starts = np.searchsorted(reach.indices[order], np.arange(n + 1))
    gain = np.bincount(reach.indices, minlength=n)
    bare = np.diff(reach.indptr) > 0
    total = 0
    while bare.any():
        best = int(np.argmax(gain / cost))
        total += int(cost[best])
        taken = rows[order[starts[best] : starts[best + 1]]]
        for i in taken[bare[taken]]:
            gain[reach.indices[reach.indptr[i] : reach.indptr[i + 1]]] -= 1
        bare[taken] = False
    return total


def run(problem: SitingProblem, limit_s: float) -> SitingSolution:
    """Solve, and let the independent checker look at the result."""
    solution = solve(problem, stop=Stop.after(limit_s), seed=1)
    faults = check(problem, solution)
    if faults:
        raise SystemExit(f"the checker refuses the solution: {faults}")
    return solution


def figures_of(name: str, solution: SitingSolution) -> list[Row]:
    """Objective, proven gap and time of one solution."""
    return [
        Row(
            f"{name}: objective",
            solution.objective,
            "",
            "bound",
            solution.bound,
            round(1 - solution.gap, 5),
        ),
        Row(f"{name}: certified gap", round(100 * solution.gap, 3), "%"),
        Row(f"{name}: wall time", round(solution.wall_s, 2), "s"),
        Row(f"{name}: CPU of the main process", round(solution.cpu_s, 2), "CPU s"),
    ]


def covers(names: tuple[str, ...], limit_s: float) -> list[Row]:
    """Measure published set covering instances, beside their best known values."""
    folder = INSTANCES / "scp"
    if not folder.is_dir():
        print("set covering instances are absent: left out")
        return []
    lines = (folder / "best_known.tsv").read_text().splitlines()
    known = {line.split("\t")[0]: int(line.split("\t")[1].split("(")[0]) for line in lines}
    rows = []
    for name in names:
        path = folder / (name if name.startswith("rail") else f"{name}.txt")
        problem = read_scp(path)
        solution = run(problem, limit_s)
        ratio = solution.objective / known[name]
        rows += figures_of(name, solution)
        rows.append(
            Row(
                f"{name}: against best known",
                solution.objective,
                "cost",
                "best known",
                known[name],
                round(ratio, 5),
                "<= 1.005",
                met=ratio <= 1.005,
            )
        )
        peer = greedy_cover(problem)
        rows.append(
            Row(
                f"{name}: against greedy",
                solution.objective,
                "cost",
                "greedy",
                peer,
                round(solution.objective / peer, 4),
            )
        )
    return rows


def most_covered(
    limit_s: float, *, radii: tuple[float, ...], budgets: tuple[int, ...]
) -> list[Row]:
    """Measure maximal covering instances, at each budget and radius."""
    paths = sorted((INSTANCES / "mclp").glob("*.dat"), key=lambda path: path.stat().st_size)
    rows = []
    for path in paths[:4]:
        for radius in radii:
            problem = read_mclp(path, radius)
            unit = 1 if int(problem.cost_yuan.max()) == 1 else 10
            for budget in budgets:
                solution = run(replace(problem, budget_yuan=budget * unit), limit_s)
                name = f"{path.stem} radius {radius} budget {budget * unit}: certified gap"
                gap = 100 * solution.gap
                rows.append(Row(name, round(gap, 4), "%", goal="<= 0.1", met=gap <= 0.1))
    return rows


def towns(limit_s: float) -> list[Row]:
    """Measure a synthetic city under every model, beside greedy."""
    city = synthetic(20_000, 2_000, 37.0)
    rows = figures_of("city 20k x 2k lscp", run(city, limit_s))
    peer = greedy_cover(city)
    rows.append(
        Row(
            "city 20k x 2k lscp: against greedy",
            rows[0].value,
            "stations",
            "greedy",
            peer,
            round(rows[0].value / peer, 4),
        )
    )
    share = replace(city, required_share=0.9)
    rows += figures_of("city 20k x 2k 90 percent", run(share, limit_s))
    most = replace(synthetic(6_000, 450, 37.0), goal="mclp", p=50)
    return rows + figures_of("town 6k x 450 mclp p=50", run(most, limit_s))


def prefecture() -> list[Row]:
    """Measure the size of a prefecture: 400k points, 50k sites, 15 million pairs."""
    problem = synthetic(400_000, 50_000, 37.0)
    solution = run(problem, 180.0)
    rows = figures_of("prefecture 400k x 50k lscp", solution)
    rows.append(
        Row(
            "prefecture 400k x 50k lscp: in time",
            round(solution.wall_s, 1),
            "s",
            goal="<= 190",
            met=solution.wall_s <= 190.0,
        )
    )
    most = run(replace(problem, goal="mclp", p=1_000), 180.0)
    rows += figures_of("prefecture 400k x 50k mclp p=1000", most)
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows.append(
        Row(
            "peak memory of the whole run",
            round(gigabytes, 2),
            "GB",
            goal="<= 5",
            met=gigabytes <= 5.0,
        )
    )
    return rows


def beside_spopt(limit_s: float) -> list[Row]:
    """Solve the same cover by spopt with its default solver, where it is installed."""
    problem = synthetic(2_000, 500, 20.0)
    solution = run(problem, limit_s)
    if importlib.util.find_spec("spopt") is None:
        return [Row("2k x 500 lscp: objective", solution.objective, "stations", "spopt absent")]
    import pulp  # noqa: PLC0415 - a peer, present only with the bench extra
    from spopt.locate import LSCP  # noqa: PLC0415 - the same

    reach = problem.reach
    reached = np.diff(reach.indptr) > 0
    dense = np.full((reach.n_demand, reach.n_sites), 1e9)
    dense[reach.rows(), reach.indices] = 1.0
    began = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    peer = LSCP.from_cost_matrix(dense[reached], 1.0)
    peer.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=limit_s))
    spent = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - began
    return [
        Row(
            "2k x 500 lscp: objective",
            solution.objective,
            "stations",
            "spopt",
            float(peer.problem.objective.value()),
        ),
        Row(
            "2k x 500 lscp: time",
            round(solution.cpu_s, 3),
            "CPU s",
            "spopt",
            round(spent, 3),
            round(spent / max(solution.cpu_s, 1e-3), 1),
        ),
    ]


def main() -> None:
    """Run, print a table, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="done within a minute")
    parser.add_argument("--full", action="store_true", help="add the prefecture")
    parser.add_argument("--limit", type=float, help="seconds per instance, 20 or in short 3")
    options = parser.parse_args()
    run(synthetic(2_000, 200, 20.0), 5.0)  # loops are compiled before anything is timed
    limit_s = options.limit or (3.0 if options.short else 20.0)
    rows = covers(SHORT_SCP if options.short else SCP, limit_s)
    radii, budgets = ((5.5,), (15,)) if options.short else ((5.5, 6.25), (10, 15, 20))
    rows += most_covered(limit_s, radii=radii, budgets=budgets)
    rows += towns(limit_s) + beside_spopt(limit_s)
    if options.full:
        rows += prefecture()
    for row in rows:
        peer = " ".join(str(part) for part in (row.peer, row.peer_value) if part is not None)
        goal = row.goal or ""
        mark = "" if row.met is None else ("met" if row.met else "MISSED")
        print(f"{row.figure:62} {row.value:>14} {row.unit:8} {peer:24} {goal:9} {mark}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    keys = ("figure", "value", "unit", "peer", "peer_value", "ratio", "goal", "met")
    OUT.write_text(json.dumps([{k: getattr(r, k) for k in keys} for r in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
