"""How the road engine grows from the sample's core to a city to the whole prefecture.

    python benchmarks/roads_growth.py [--short]

Each extent is made and worked on in a process of its own: the sample is generated and written, its
roads are read and become a walk network, demand points and candidate sites are snapped, and reach
is found at 500 m for urban and 1 km for rural demand points. The prefecture has 400,000 demand
points (its cells, some of them twice, 40 m apart) and 50,000 sites; the others in proportion. The
exponent of growth is the logarithm of the ratio of the seconds of the largest and the smallest
extent, over that of what the stage works on: places for snapping and reach, vertices for the rest.
1 is linear. The short form stops at the core.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from road_figures import Table, fresh, options

EXTENTS = ("core", "city", "prefecture")
DEMAND_PER_CELL, SITES_PER_PREMISES = 400_000 / 359_658, 50_000 / 51_711
STAGES = ("generate", "read", "build", "snap", "reach")
BY_PLACES = ("snap", "reach")
NEAR_LINEAR = 1.2
SIZES = ("vertices", "edges", "demand", "sites", "pairs")


def work(extent: str, folder: str) -> dict[str, float]:
    """One extent, stage by stage."""
    import numpy as np  # noqa: PLC0415 - only in the child, so that the parent stays small
    import pandas as pd  # noqa: PLC0415

    from lastmile.errors import FaultLog  # noqa: PLC0415
    from lastmile.network import WALK, build_network, reach, read_roads, snap  # noqa: PLC0415
    from lastmile.sample import write_sample  # noqa: PLC0415

    facts: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        begin_s = time.process_time()
        yield
        facts[name] = time.process_time() - begin_s

    with stage("generate"):
        home = write_sample(Path(folder), extent).parent
    with stage("read"):
        roads = read_roads(home / "roads.osm.pbf", bounds=None, faults=FaultLog())
        people = pd.read_csv(home / "people.csv")
        premises = pd.read_csv(home / "candidates.csv")
    if roads is None:
        raise SystemExit("the sample's roads cannot be read")
    with stage("build"):
        walk = build_network(roads, WALK, min_component_m=1000)
    again = np.linspace(0, len(people) - 1, round(len(people) * (DEMAND_PER_CELL - 1))).astype(int)
    twice = people.iloc[again].assign(lon=lambda table: table["lon"] + 0.0004)
    people = pd.concat((people, twice), ignore_index=True)
    chosen = np.linspace(0, len(premises) - 1, round(len(premises) * SITES_PER_PREMISES))
    premises = premises.iloc[chosen.astype(int)]
    limit_mm = np.where(people["settlement"] == "urban", 500_000, 1_000_000)
    with stage("snap"):
        demand, sites = (
            snap(walk, table["lon"].to_numpy(), table["lat"].to_numpy(), max_access_m=300)
            for table in (people, premises)
        )
    with stage("reach"):
        pairs = reach(walk, demand, sites, limit_mm=limit_mm, demand_ids=people["id"].tolist(),
                      site_ids=premises["id"].tolist())  # fmt: skip
    return facts | {"vertices": walk.n_vertices, "edges": walk.n_edges, "demand": len(demand),
                    "sites": len(sites), "pairs": pairs.n_pairs}  # fmt: skip


def grow(extents: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Facts of each extent; the first is run once before, so that all is compiled."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        if len(extents) > 1:
            fresh(Path(__file__), "work", extents[0], str(Path(folder) / "first"))
        for extent in extents:
            child = fresh(Path(__file__), "work", extent, str(Path(folder) / extent))
            facts = json.loads(child.output)
            facts["total"] = sum(facts[stage] for stage in STAGES)
            facts["places"] = facts["demand"] + facts["sites"]
            found[extent] = facts | {"peak memory": child.peak_mb}
    return found


def exponents(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """How each stage grows with what it works on."""
    first, last = next(iter(found.values())), list(found.values())[-1]

    def growth(fact: str) -> float:
        return math.log(last[fact] / first[fact])

    return {
        stage: growth(stage) / growth("places" if stage in BY_PLACES else "vertices")
        for stage in (*STAGES, "total", "peak memory")
    }


def tell(found: dict[str, dict[str, float]], exponent: dict[str, float]) -> None:
    """Print the stages beside each other."""
    head = "".join(f"{extent:>14}" for extent in found)
    print(f"{'':<14}{head}{'exponent' if exponent else '':>10}")
    for fact in (*SIZES, *STAGES, "total", "peak memory"):
        unit = "" if fact in SIZES else "MB" if fact == "peak memory" else "s"
        values = [facts[fact] for facts in found.values()]
        cells = "".join(
            f"{value:>14,.0f}" if value > 500 else f"{value:>14.3f}" for value in values
        )
        print(f"{fact:<12}{unit:>2}{cells}"
              + (f"{exponent[fact]:>10.2f}" if fact in exponent else ""))  # fmt: skip


def main() -> None:
    short = options(__doc__).parse_args().short
    found = grow(EXTENTS[:1] if short else EXTENTS)
    exponent = {} if short else exponents(found)
    tell(found, exponent)
    table = Table("roads_growth")
    for extent, facts in found.items():
        whole = extent == "prefecture"
        sizes = f"{facts['demand']} x {facts['sites']}"
        for stage in STAGES:
            table.add(f"{extent}: {stage}", facts[stage], "CPU s")
        table.add(f"{extent}: all stages, {sizes}", facts["total"], "CPU s",
                  at_most=60 if whole else None)  # fmt: skip
        table.add(f"{extent}: peak memory", facts["peak memory"], "MB",
                  at_most=3000 if whole else None)  # fmt: skip
    for stage, value in exponent.items():
        table.add(f"exponent of growth: {stage}", value, "", at_most=NEAR_LINEAR)
    table.write()


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        print(json.dumps(work(*sys.argv[2:])))
    else:
        main()
