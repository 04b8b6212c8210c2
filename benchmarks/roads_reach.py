"""Walking reach on one extract: networkx, scipy, pandana and floors in C beside it.

    python benchmarks/roads_reach.py [EXTRACT] [--short]

Reach is between places on edges, access legs included, all pairs within 1 km in a table. Peers
know distances between vertices only, from one end of each place's edge. Slow ones run for a
sample of the sources, and their seconds are scaled up to all: searches do not depend on each
other.

The floors only relax edges, one source at a time; 1.3 times their CPU is the goal. The product
searches sixteen sources at once, so that its relaxations per second are not its own count, but
those of the floor over its seconds. What its searches take without any place to be found is told
beside it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph
from numba import njit
from road_figures import Table, cpu_s, extract_of, has, options, scattered
from road_floor import Floors, compiled

from lastmile.costs import Reach
from lastmile.errors import FaultLog
from lastmile.network import WALK, Network, Snaps, build_network, reach, read_roads, snap
from lastmile.network.spreading import (
    LANES,
    Sources,
    Steps,
    Workspace,
    clean,
    spread,
    start,
    workspace,
)

LIMIT_MM = 1_000_000


def walked(network: Network, demand: Snaps, sites: Snaps) -> Reach:
    return reach(
        network, demand, sites, limit_mm=np.full(len(demand), LIMIT_MM),
        demand_ids=[str(k) for k in range(len(demand))],
        site_ids=[str(k) for k in range(len(sites))], threads=1,
    )  # fmt: skip


def scaled(seconds: float, sample: int, n: int) -> float:
    return seconds * n / sample


def networkx_s(walk: Network, starts: list[int]) -> float:
    import networkx as nx  # noqa: PLC0415 - a peer, present only with the bench extra

    graph = nx.Graph()
    for u, v, mm in zip(walk.edge_from.tolist(), walk.edge_to.tolist(),
                        walk.length_mm.tolist(), strict=True):  # fmt: skip
        if not graph.has_edge(u, v) or graph[u][v]["mm"] > mm:
            graph.add_edge(u, v, mm=mm)
    return cpu_s(
        lambda: [nx.single_source_dijkstra_path_length(graph, v, LIMIT_MM, "mm") for v in starts]
    )[0]


def scipy_s(walk: Network, starts: list[int]) -> float:
    arcs = walk.forward
    matrix = scipy.sparse.csr_array(
        (arcs.length_mm.astype(float), arcs.head, arcs.offsets), (walk.n_vertices,) * 2
    )
    return cpu_s(
        lambda: scipy.sparse.csgraph.dijkstra(matrix, indices=starts, limit=float(LIMIT_MM))
    )[0]


def pandana_s(walk: Network, starts: list[int]) -> float:
    import pandana  # noqa: PLC0415 - a peer that few have
    import pandas as pd  # noqa: PLC0415

    network = pandana.Network(
        pd.Series(walk.vertex_lon), pd.Series(walk.vertex_lat), pd.Series(walk.edge_from),
        pd.Series(walk.edge_to), pd.DataFrame({"m": walk.length_mm / 1000}), twoway=True,
    )  # fmt: skip
    return cpu_s(lambda: network.nodes_in_range(starts, LIMIT_MM / 1000))[0]


PEERS = (
    ("networkx", networkx_s, 500, "networkx, vertices only, sample of {sample} scaled"),
    ("scipy", scipy_s, 50, "scipy limit=, vertices only, sample of {sample} scaled"),
    ("pandana", pandana_s, 1_000, "pandana, vertices only, sample of {sample} scaled"),
)


def beside_peers(table: Table, walk: Network, demand: Snaps, own_s: float, *, short: bool) -> None:
    starts = walk.edge_from[demand.edge[demand.on_network]].tolist()
    name = f"reach within 1 km, {len(demand)} places x themselves"
    for module, seconds_of, most, words in PEERS:
        sample = starts[: most // 5 if short else most]
        goal: dict[str, Any] = {"times_less": 20} if module == "networkx" else {}
        if not has(module):
            table.add(name, own_s, "CPU s", peer=(f"{module} absent", None), **goal)
            continue
        peer_s = scaled(seconds_of(walk, sample), len(sample), len(starts))
        table.add(name, own_s, "CPU s", peer=(words.format(sample=len(sample)), peer_s), **goal)


@njit(nogil=True)
def _searches(steps: Steps, sources: Sources, work: Workspace) -> None:
    for begin in range(0, sources.edge.size, LANES):
        count = min(LANES, sources.edge.size - begin)
        n_touched = spread(steps, work, start(sources, begin, count, work))
        clean(work, n_touched, 0)


def searches_s(walk: Network, places: Snaps) -> float:
    """CPU seconds of the product's own searches, without places to be found."""
    at = np.flatnonzero(places.on_network)
    at = at[np.argsort(places.edge[at], kind="stable")]
    edge, offset_mm = places.edge[at], places.offset_mm[at]
    arcs = walk.forward
    sources = Sources(edge, walk.edge_from[edge], walk.edge_to[edge], offset_mm,
                      walk.length_mm[edge] - offset_mm, places.access_mm[at],
                      np.full(at.size, LIMIT_MM))  # fmt: skip
    steps = Steps(arcs.offsets, arcs.head, arcs.length_mm.astype(np.int32))
    work = workspace(walk.n_vertices, 0, LIMIT_MM)
    return cpu_s(lambda: _searches(steps, sources, work), runs=4)[0]


def beside_floors(table: Table, walk: Network, demand: Snaps, own_s: float) -> None:
    name = "the same reach"
    alone_s = searches_s(walk, demand)
    table.add(name, own_s, "CPU s", peer=("its own searches, no places to be found", alone_s))
    library = compiled()
    if library is None:
        table.add(name, own_s, "CPU s", peer=("floors in C: no compiler", None))
        return
    floors = Floors(walk, demand, LIMIT_MM)
    heap_s, n_relaxed = floors.by_heap(library)
    bucket_s, _ = floors.by_buckets(library)
    for floor, seconds in (("heap", heap_s), ("buckets", bucket_s)):
        table.add(name, own_s, "CPU s", peer=(f"floor in C by {floor}, no places", seconds),
                  least_ratio=1 / 1.3)  # fmt: skip
    rate = n_relaxed / 1e6
    table.add(f"{n_relaxed} relaxations, million per core-second", rate / own_s, "M/s",
              peer=("C by heap", rate / heap_s))  # fmt: skip
    table.add("the same", rate / own_s, "M/s", peer=("C by buckets", rate / bucket_s))
    table.add("the same", rate / own_s, "M/s", peer=("no places to be found", rate / alone_s))


def main() -> None:
    given = options(__doc__).parse_args()
    table = Table("roads_reach")
    with tempfile.TemporaryDirectory() as folder:
        extract = extract_of(given, Path(folder))
        roads = read_roads(extract, bounds=None, faults=FaultLog())
    if roads is None:
        raise SystemExit(f"cannot read {extract}")
    walk = build_network(roads, WALK, min_component_m=1000)
    del roads
    n_places = 4_000 if given.short else 20_000
    print(f"{extract.name}: {walk.n_vertices} vertices, {walk.n_edges} edges")
    lon = np.resize(walk.shape_lon, 20 * n_places) + 0.0003
    lat = np.resize(walk.shape_lat, 20 * n_places) + 0.0003
    snap_s, _ = cpu_s(lambda: snap(walk, lon, lat, max_access_m=300))
    table.add(f"snap {20 * n_places} places", snap_s, "CPU s")
    demand = scattered(walk, n_places, 1)
    own_s, pairs = cpu_s(lambda: walked(walk, demand, demand), runs=4)
    print(f"{pairs.n_pairs} pairs within 1 km")
    beside_peers(table, walk, demand, own_s, short=given.short)
    beside_floors(table, walk, demand, own_s)
    few = demand.take(np.arange(n_places // 10))
    table.add(f"reach within 1 km, {n_places} places x {n_places // 10} of them",
              cpu_s(lambda: walked(walk, demand, few))[0], "CPU s")  # fmt: skip
    table.write()


if __name__ == "__main__":
    main()
