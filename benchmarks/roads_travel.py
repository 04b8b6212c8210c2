"""Travel times, lines and the price of turn restrictions; scipy, networkx, pyroutingkit beside it.

    python benchmarks/roads_travel.py [EXTRACT] [--short]

Ours are between places on edges, access legs included, turn restrictions obeyed and turning round
priced, and each run prepares the network anew: nothing is kept from an earlier one. Peers know
vertices only, from one end of each place's edge, and neither restrictions nor turns. scipy and
networkx run for a sample of the sources or pairs, scaled up to all.

scipy gets time and length as one number (time above 2^27 mm, exact in its 64-bit floats), so that a
single run of its Dijkstra yields the time and the length along that path.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph
from numpy.typing import NDArray
from road_figures import Table, cpu_s, extract_of, has, options, scattered, spots

from lastmile.errors import FaultLog
from lastmile.network import (
    VAN,
    Network,
    Profile,
    RoadData,
    Snaps,
    build_network,
    read_roads,
    route_lines,
    snap,
    travel_costs,
)

LENGTH_BITS = 27
FREE = replace(VAN, name="van, free to turn", obeys_turn_restrictions=False)


def matrix_s(van: Network, places: Snaps, runs: int = 2) -> float:
    ids = [str(k) for k in range(len(places))]
    return cpu_s(lambda: travel_costs(van, places, ids=ids, threads=1), runs=runs)[0]


def thinned(van: Network) -> tuple[NDArray[np.int64], ...]:
    """Tails, heads, costs and edges of the steps between vertices, the least of parallel ones."""
    arcs = van.forward
    tail = np.repeat(np.arange(van.n_vertices), np.diff(arcs.offsets))
    cost = (arcs.time_ms << LENGTH_BITS) + arcs.length_mm
    order = np.lexsort((cost, arcs.head, tail))
    first = np.ones(order.size, dtype=bool)
    ends = np.column_stack((tail, arcs.head))[order]
    first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    kept = order[first]
    return tail[kept], arcs.head[kept].astype(np.int64), cost[kept], arcs.edge[kept]


def scipy_s(van: Network, starts: NDArray[np.int64], targets: NDArray[np.int64]) -> float:
    tail, head, cost, _ = thinned(van)
    graph = scipy.sparse.csr_array((cost.astype(float), (tail, head)), (van.n_vertices,) * 2)

    def measure() -> object:
        found = [
            scipy.sparse.csgraph.dijkstra(graph, indices=starts[at : at + 25])[:, targets]
            for at in range(0, starts.size, 25)
        ]
        whole = np.concatenate(found)
        whole[~np.isfinite(whole)] = -1.0
        packed = whole.astype(np.int64)
        return packed >> LENGTH_BITS, packed & (2**LENGTH_BITS - 1)

    return cpu_s(measure, runs=1)[0]


def pyroutingkit_s(van: Network, vertices: NDArray[np.int64]) -> float:
    import pyroutingkit  # noqa: PLC0415 - a peer that not every platform has

    tail, head, cost, _ = thinned(van)
    numbers = [array.astype(np.uint32) for array in (tail, head, cost >> LENGTH_BITS, vertices)]

    def measure() -> object:
        topology = pyroutingkit.CCHTopology()
        topology.build(numbers[0], numbers[1], van.vertex_lat.astype(np.float32),
                       van.vertex_lon.astype(np.float32), van.n_vertices)  # fmt: skip
        metric = pyroutingkit.CCHMetric(topology)
        metric.customize(numbers[2], 1)
        return metric.distances_many_to_many(numbers[3], numbers[3])

    return cpu_s(measure)[0]


def matrices(table: Table, van: Network, n: int, sample: int) -> None:
    places = scattered(van, n, 3)
    vertices = van.edge_from[places.edge].astype(np.int64)
    own_s = matrix_s(van, places)
    name = f"time and length along the path, {n} x {n}"
    table.add(name, own_s, "CPU s", times_less=15,
              peer=(f"scipy, sample of {sample} scaled",
                    scipy_s(van, vertices[:sample], vertices) * n / sample))  # fmt: skip
    beside_pyroutingkit(table, van, name, own_s, vertices)


def beside_pyroutingkit(
    table: Table, van: Network, name: str, own_s: float, vertices: NDArray[np.int64]
) -> None:
    peer = ("pyroutingkit absent", None)
    if has("pyroutingkit"):
        peer = ("pyroutingkit, times alone", pyroutingkit_s(van, vertices))
    table.add(name, own_s, "CPU s", peer=peer)


def lines(table: Table, van: Network, n: int, sample: int) -> None:
    places = scattered(van, 2 * n, 5)
    there = np.flatnonzero(places.on_network)
    pairs = there[: there.size // 2 * 2].reshape(-1, 2)[:n]
    own_s, _ = cpu_s(lambda: route_lines(van, places, list(pairs)))
    figure: dict[str, Any] = {
        "figure": f"{len(pairs)} route lines",
        "value": own_s,
        "unit": "CPU s",
    }
    if not has("networkx"):
        table.add(**figure, peer=("networkx absent", None), times_less=20)
        return
    peer_s = networkx_s(van, van.edge_from[places.edge[pairs[:sample]]].tolist())
    table.add(**figure, peer=(f"networkx, sample of {sample} scaled", peer_s * len(pairs) / sample),
              times_less=20)  # fmt: skip


def networkx_s(van: Network, pairs: list[list[int]]) -> float:
    """CPU seconds of bidirectional Dijkstra and joining the edges' shapes."""
    import networkx as nx  # noqa: PLC0415 - a peer, present only with the bench extra

    graph = nx.DiGraph()
    shape = np.column_stack((van.shape_lon, van.shape_lat))
    for u, v, cost, edge in zip(*(a.tolist() for a in thinned(van)), strict=True):
        points = shape[van.shape_offsets[edge] : van.shape_offsets[edge + 1]]
        points = points if van.edge_from[edge] == u else points[::-1]
        graph.add_edge(u, v, ms=cost >> LENGTH_BITS, points=points)

    def draw() -> None:
        for source, target in pairs:
            try:
                path = nx.shortest_path(graph, source, target, "ms")
            except nx.NetworkXNoPath:
                continue
            parts = [graph.edges[step]["points"] for step in pairwise(path)]
            if parts:
                np.concatenate(parts)

    return cpu_s(draw, runs=1)[0]


COSTS = (
    ("turning round 120 s", replace(VAN, u_turn_s=120.0)),
    ("also 20 s for left turns", replace(VAN, left_turn_s=20.0)),
    ("also 10 s at signals", replace(VAN, signal_s=10.0)),
    ("turning round 600 s", replace(VAN, u_turn_s=600.0)),
)


def turning(
    table: Table, roads: RoadData, van: Network, n: int, costs: Sequence[tuple[str, Profile]]
) -> None:
    """Show what restrictions and costs of turning add to a network that knows none."""
    free = build_network(roads, FREE, min_component_m=1000)
    lon, lat = spots(van, n)
    free_s = matrix_s(free, snap(free, lon, lat, max_access_m=300), runs=3)
    name = f"time and length, {n} x {n}, "
    bound_s = matrix_s(van, snap(van, lon, lat, max_access_m=300), runs=3)
    table.add(name + "restrictions on", bound_s, "CPU s", peer=("off", free_s),
              least_ratio=1 / 1.5)  # fmt: skip
    build_s = {
        profile.name: cpu_s(lambda p=profile: build_network(roads, p, min_component_m=1000))[0]
        for profile in (VAN, FREE)
    }
    table.add("build the network, restrictions on", build_s[VAN.name], "CPU s",
              peer=("off", build_s[FREE.name]))  # fmt: skip
    sizes(table, "restrictions on", van, free)
    table.add("vertices that are split", 100 * van.turns.n_split / van.n_vertices, "%")
    for words, profile in costs:
        other = build_network(roads, profile, min_component_m=1000)
        sizes(table, words, other, free)
        places = snap(other, lon, lat, max_access_m=300)
        table.add(name + words, matrix_s(other, places), "CPU s",
                  peer=("restrictions off", free_s))  # fmt: skip


def sizes(table: Table, words: str, one: Network, free: Network) -> None:
    """Show how much larger a graph of states is than without restrictions."""
    counts = (
        ("states", one.search.n_states, free.search.n_states),
        ("steps", one.search.steps.head.size, free.search.steps.head.size),
    )
    for name, n, n_free in counts:
        table.add(f"{name}, {words}: {n} where {n_free} would do", 100 * (n / n_free - 1), "% more")


def main() -> None:
    given = options(__doc__).parse_args()
    table = Table("roads_travel")
    with tempfile.TemporaryDirectory() as folder:
        extract = extract_of(given, Path(folder))
        roads = read_roads(extract, bounds=None, faults=FaultLog())
    if roads is None:
        raise SystemExit(f"cannot read {extract}")
    van = build_network(roads, VAN, min_component_m=1000)
    print(f"{extract.name}: {van.n_vertices} vertices, {van.n_edges} edges, "
          f"{van.turns.n_bound} restrictions")  # fmt: skip
    matrices(table, van, 1_000, 25 if given.short else 200)
    if not given.short:
        places = scattered(van, 4_000, 3)
        beside_pyroutingkit(table, van, "time and length along the path, 4000 x 4000",
                            matrix_s(van, places),
                            van.edge_from[places.edge].astype(np.int64))  # fmt: skip
    lines(table, van, 500 if given.short else 5_000, 5 if given.short else 60)
    turning(table, roads, van, 1_000, COSTS[:2] if given.short else COSTS)
    table.write()


if __name__ == "__main__":
    main()
