"""How fast roads become networks, reach and travel costs; peers run in this very run.

    python benchmarks/roads.py [EXTRACT] [--short]

Without an extract the one of Porto is taken where it stands beside the repository, else the
synthetic roads of the sample's core, which are made first. Prints a table and writes
``benchmarks/out/roads.json``. Seconds are CPU seconds of this process, the second run of each
figure, so that compiling is not in them.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph

from lastmile.costs import Reach
from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    WALK,
    Network,
    Snaps,
    build_network,
    reach,
    read_roads,
    snap,
    travel_costs,
)
from lastmile.network.fastest import fastest_costs
from lastmile.network.pieces import ends_of
from lastmile.sample import write_sample

HERE = Path(__file__).resolve().parent
PORTO = HERE.parents[1] / "shared" / "data" / "porto" / "porto.osm.pbf"
MIB = 1024


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the second run, and its result."""
    work()
    begin_s = time.process_time()
    result = work()
    return time.process_time() - begin_s, result


class Table:
    """Figures of this run."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(
        self,
        figure: str,
        value: float,
        unit: str,
        *,
        goal: float | None = None,
        peer: str | None = None,
        peer_value: float | None = None,
    ) -> None:
        """Note one figure and print it; goals are upper bounds."""
        ratio = None if peer_value is None else round(peer_value / max(value, 1e-9), 2)
        met = None if goal is None else value <= goal
        self.rows.append(
            {"figure": figure, "value": round(value, 4), "unit": unit, "peer": peer,
             "peer_value": None if peer_value is None else round(peer_value, 4), "ratio": ratio,
             "goal": goal, "met": met}
        )  # fmt: skip
        against = peer or ""
        if peer_value is not None:
            against += f": {peer_value:.3f} ({ratio}x)"
        aim = "" if goal is None else f"goal {goal} {'met' if met else 'MISSED'}"
        print(f"{figure:<58} {value:>10.3f} {unit:<6} {aim:<16} {against}", flush=True)


def scattered(network: Network, count: int, seed: int) -> Snaps:
    """Places near random points of the roads."""
    random = np.random.default_rng(seed)
    at = random.integers(0, network.shape_lon.size, count)
    lon = network.shape_lon[at] + random.normal(0, 0.001, count)
    lat = network.shape_lat[at] + random.normal(0, 0.001, count)
    return snap(network, lon, lat, max_access_m=300)


def head(places: Snaps, count: int) -> Snaps:
    return Snaps(*(getattr(places, name)[:count] for name in places.__slots__))


def walked(network: Network, demand: Snaps, sites: Snaps, threads: int = 1) -> Reach:
    return reach(
        network, demand, sites, limit_mm=np.full(len(demand), 1_000_000),
        demand_ids=[str(k) for k in range(len(demand))],
        site_ids=[str(k) for k in range(len(sites))], threads=threads,
    )  # fmt: skip


def bench_reading(table: Table, extract: Path, goal_s: float | None) -> tuple[Network, Network]:
    read_s, roads = cpu(lambda: read_roads(extract, bounds=None, faults=FaultLog()))
    if roads is None:
        raise SystemExit(f"cannot read {extract}")
    walk_s, walk = cpu(lambda: build_network(roads, WALK, min_component_m=1000))
    van_s, van = cpu(lambda: build_network(roads, VAN, min_component_m=1000))
    table.add("read the extract", read_s, "s")
    table.add("build the walk network", walk_s, "s")
    table.add("build the van network", van_s, "s")
    table.add("extract to walk and van networks", read_s + walk_s + van_s, "s",
              goal=goal_s)  # fmt: skip
    return walk, van


def networkx_s(walk: Network, starts: list[int]) -> float | None:
    """CPU seconds of networkx for the same searches, between vertices only."""
    try:
        import networkx as nx  # noqa: PLC0415 - a peer, present only with the bench extra
    except ImportError:
        return None
    graph = nx.Graph()
    for u, v, mm in zip(walk.edge_from.tolist(), walk.edge_to.tolist(),
                        walk.length_mm.tolist(), strict=True):  # fmt: skip
        if not graph.has_edge(u, v) or graph[u][v]["mm"] > mm:
            graph.add_edge(u, v, mm=mm)
    return cpu(
        lambda: [nx.single_source_dijkstra_path_length(graph, v, 1_000_000, "mm") for v in starts]
    )[0]


def bench_reach(table: Table, walk: Network, n_places: int, n_peer: int) -> None:
    lon = np.resize(walk.shape_lon, 20 * n_places) + 0.0003
    lat = np.resize(walk.shape_lat, 20 * n_places) + 0.0003
    snap_s, _ = cpu(lambda: snap(walk, lon, lat, max_access_m=300))
    table.add(f"snap {20 * n_places} places", snap_s, "s", goal=30.0 * n_places / 20_000)
    demand = scattered(walk, n_places, 1)
    sites = scattered(walk, n_places // 10, 2)
    alone_s, _ = cpu(lambda: walked(walk, demand, head(sites, 1)))
    table.add("reach within 1 km of 1 site, from the site", alone_s, "s")
    own_s, _ = cpu(lambda: walked(walk, demand, demand))
    table.add(f"reach within 1 km, {n_places} places x themselves", own_s, "s",
              goal=0.6 * n_places / 20_000)  # fmt: skip
    some_s, _ = cpu(lambda: walked(walk, head(demand, n_peer), demand))
    starts = walk.edge_from[head(demand, n_peer).edge].tolist()
    peer_s = networkx_s(walk, starts)
    table.add(f"reach within 1 km, {n_peer} of them", some_s, "s",
              peer="networkx" if peer_s is not None else "networkx absent",
              peer_value=peer_s)  # fmt: skip
    arcs = walk.forward
    matrix = scipy.sparse.csr_array(
        (arcs.length_mm.astype(float), arcs.head, arcs.offsets), (walk.n_vertices,) * 2
    )
    few = starts[: max(1, n_peer // 4)]
    few_s, _ = cpu(lambda: walked(walk, head(demand, len(few)), demand))
    scipy_s, _ = cpu(lambda: scipy.sparse.csgraph.dijkstra(matrix, indices=few, limit=1_000_000.0))
    table.add(f"reach within 1 km, {len(few)} of them", few_s, "s", peer="scipy",
              peer_value=scipy_s)  # fmt: skip


def bench_travel(table: Table, van: Network, n_places: int) -> None:
    places = scattered(van, n_places, 3)
    ids = [str(k) for k in range(n_places)]
    own_s, _ = cpu(lambda: travel_costs(van, places, ids=ids, threads=1))
    few = np.arange(50)
    ends = ends_of(van, places)
    dijkstra_s, _ = cpu(lambda: fastest_costs(van, ends, few))
    name = f"travel time and length, {n_places} x {n_places}"
    table.add(
        name,
        own_s,
        "s",
        goal=round(60.0 * (n_places / 4000) ** 2, 3),
        peer="own Dijkstra, scaled up",
        peer_value=dijkstra_s * n_places / few.size,
    )
    try:
        import pyroutingkit  # noqa: PLC0415 - a peer that not every platform has
    except ImportError:
        table.add(name, own_s, "s", peer="pyroutingkit absent")
        return
    arcs = van.forward
    tail = np.repeat(np.arange(van.n_vertices), np.diff(arcs.offsets)).astype(np.uint32)
    vertices = np.asarray(van.edge_from[places.edge], dtype=np.uint32)

    def peer() -> object:
        topology = pyroutingkit.CCHTopology()
        topology.build(tail, arcs.head.astype(np.uint32), van.vertex_lat.astype(np.float32),
                       van.vertex_lon.astype(np.float32), van.n_vertices)  # fmt: skip
        metric = pyroutingkit.CCHMetric(topology)
        metric.customize(arcs.time_ms.astype(np.uint32), 1)
        return metric.distances_many_to_many(vertices, vertices)

    peer_s, _ = cpu(peer)
    table.add(name, own_s, "s", peer="pyroutingkit, times between vertices only",
              peer_value=peer_s)  # fmt: skip


def own_roads(folder: Path) -> Path:
    """Make the sample's roads where there are no real ones."""
    print("no extract given or found: the sample's core is made")
    return write_sample(folder, "core").with_name("roads.osm.pbf")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", nargs="?", type=Path)
    parser.add_argument("--short", action="store_true", help="a tenth of the places")
    options = parser.parse_args()
    if options.extract is not None and not options.extract.is_file():
        raise SystemExit(f"no extract at {options.extract}")
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        extract = options.extract or (PORTO if PORTO.is_file() else own_roads(Path(folder)))
        print(f"roads: {extract.name}")
        # The goal was set on Porto; of other extracts it says nothing.
        walk, van = bench_reading(table, extract, 2.4 if extract.name == PORTO.name else None)
    bench_reach(table, walk, 2_000 if options.short else 20_000, 200 if options.short else 2_000)
    bench_travel(table, van, 400 if options.short else 4_000)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    table.add("peak memory, peers included", peak_mib, "MiB")
    out = HERE / "out" / "roads.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(table.rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
