"""How fast catchments are drawn and how true they are; a usual recipe runs in this very run.

    python benchmarks/catchments.py [--short]

Draws the ground around 1,400 places of the sample's core, which is made first, and around 108
places of the Xuhui extract where that stands beside the repository. The peer is the usual recipe:
networkx ``ego_graph`` around the nearest vertex, its edges buffered and united by Shapely. Prints
a table and writes ``benchmarks/out/catchments.json``. Seconds are CPU seconds of this process on
one thread, the second run of each figure, so that compiling is not in them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.network import (
    WALK,
    Drawing,
    Network,
    ReachedRoad,
    Snaps,
    assign_road,
    build_network,
    reached_road,
    read_roads,
    road_catchments,
    road_lines,
    snap,
)
from lastmile.sample import write_sample

HERE: Final = Path(__file__).resolve().parent
XUHUI: Final = HERE.parents[1] / "shared/data/shanghai_xuhui/xuhui_drive_2026.osm.pbf"
BESIDE_M: Final = 36.0
"""Other road so near to reached road cannot be kept out of ground that is drawn 20 m wide."""


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the second run, and its result."""
    work()
    begin_s = time.process_time()
    result = work()
    return time.process_time() - begin_s, result


def in_plane(network: Network, shapes: gpd.GeoSeries) -> NDArray[np.object_]:
    return np.asarray(shapes.to_crs(network.plane).array, dtype=object)


class Bench:
    """One network, its places, and the figures of this run."""

    def __init__(self, name: str, network: Network, places: Snaps) -> None:
        self.name, self.network = name, network
        self.places = places.take(np.flatnonzero(places.on_network))
        self.rows: list[dict[str, Any]] = []

    def add(self, figure: str, value: float, unit: str, peer: float | None = None) -> None:
        """Note one figure and print it."""
        figure = f"{self.name}: {figure}"
        ratio = None if peer is None or value < 1e-6 else round(peer / value, 1)
        self.rows.append(
            {"figure": figure, "value": round(value, 4), "unit": unit,
             "peer": None if peer is None else "networkx and buffers",
             "peer_value": None if peer is None else round(peer, 4), "ratio": ratio,
             "goal": None, "met": None}
        )  # fmt: skip
        against = "" if peer is None else f"networkx and buffers: {peer:.2f} ({ratio or '-'}x)"
        print(f"{figure:<64} {value:>9.3f} {unit:<9} {against}", flush=True)

    def run(self, limit_m: int, n_peer: int) -> None:
        """Measure one limit."""
        n = len(self.places)
        limit_mm = np.full(n, 1_000 * limit_m)
        reach_s, road = cpu(
            lambda: reached_road(self.network, self.places, limit_mm=limit_mm, threads=1)
        )
        assign_s, _ = cpu(lambda: assign_road(self.network, self.places, limit_mm=limit_mm))
        self.add(f"road within {limit_m} m of {n} places", reach_s, "s")
        self.add(f"the same, each stretch to its nearest place, {limit_m} m", assign_s, "s")
        peer_s, recipe, which = self.recipe(limit_m, n_peer)
        shapes = np.empty(0, dtype=object)
        for drawing in (Drawing(style="service_area"), Drawing()):
            draw_s, frame = cpu(
                lambda: road_catchments(self.network, road, drawing=drawing, threads=1)  # noqa: B023
            )
            shapes = in_plane(self.network, frame)
            scaled = None if peer_s is None else peer_s * n / n_peer
            self.add(f"{drawing.style}s of {n} places, {limit_m} m", reach_s + draw_s, "s", scaled)
        self.add("vertices of an isochrone", shapely.get_num_coordinates(shapes).mean(), "")
        ours, theirs = self.swallowed(road, shapes[which], recipe, which)
        hulls, _ = self.swallowed(road, shapely.convex_hull(shapes[which]), recipe, which)
        peer = theirs if recipe.size else None
        figure = f"other road inside, over {BESIDE_M:g} m off, of 100 km reached"
        self.add(figure, ours, "km", peer)
        self.add(f"{figure}, convex hulls", hulls, "km")

    def recipe(
        self, limit_m: int, n_peer: int
    ) -> tuple[float | None, NDArray[np.object_], NDArray[np.int64]]:
        """Draw a few places as many do; return seconds, shapes, and which places."""
        which = np.linspace(0, len(self.places) - 1, n_peer).astype(np.int64)
        try:
            import networkx as nx  # noqa: PLC0415 - a peer, present only with the bench extra
        except ImportError:
            return None, np.empty(0, dtype=object), which
        network = self.network
        lines = in_plane(network, network.edge_lines())
        graph = nx.MultiGraph()
        for edge, (u, v, mm) in enumerate(
            zip(network.edge_from.tolist(), network.edge_to.tolist(),
                network.length_mm.tolist(), strict=True)
        ):  # fmt: skip
            graph.add_edge(u, v, m=mm / 1000.0, line=lines[edge])

        def draw() -> NDArray[np.object_]:
            shapes = np.empty(n_peer, dtype=object)
            for k, place in enumerate(which.tolist()):
                start = int(network.edge_from[self.places.edge[place]])
                ego = nx.ego_graph(graph, start, radius=limit_m, distance="m")
                near = [line for _, _, line in ego.edges(data="line")]
                shapes[k] = shapely.union_all(shapely.buffer(near, 20.0))
            return shapes

        return *cpu(draw), which

    def swallowed(
        self,
        road: ReachedRoad,
        ours: NDArray[np.object_],
        theirs: NDArray[np.object_],
        which: NDArray[np.int64],
    ) -> tuple[float, float]:
        """Kilometres of road inside that are not reached, for 100 that are."""
        lines = road_lines(self.network, road)
        shapes = in_plane(self.network, lines.geometry)
        place = lines["place"].to_numpy()
        believed = self.network.can_stop & ~self.network.on_island
        roads = in_plane(self.network, self.network.edge_lines())[believed]
        tree = shapely.STRtree(roads)
        lengths = np.zeros(3)
        for k, one in enumerate(which.tolist()):
            reached = shapely.union_all(shapes[place == one])
            lengths[0] += reached.length
            around = shapely.buffer(reached, BESIDE_M)
            for column, drawn in enumerate((ours, theirs), 1):
                if len(drawn):
                    near = shapely.union_all(roads[tree.query(drawn[k])])
                    lengths[column] += drawn[k].intersection(near).difference(around).length
        return 100.0 * lengths[1] / lengths[0], 100.0 * lengths[2] / lengths[0]


def core(folder: Path) -> tuple[Network, Snaps]:
    """Roads of the sample's core, and every ninth candidate."""
    scenario = write_sample(folder, "core")
    table = pd.read_csv(scenario.with_name("candidates.csv")).iloc[::9]
    network = walked(scenario.with_name("roads.osm.pbf"))
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    return network, snap(network, lon[:1_400], lat[:1_400], max_access_m=300)


def xuhui() -> tuple[Network, Snaps]:
    """Roads of the real district, and places beside them."""
    network = walked(XUHUI)
    random = np.random.default_rng(1)
    at = random.integers(0, network.shape_lon.size, 108)
    lon = network.shape_lon[at] + random.normal(0, 0.0005, 108)
    lat = network.shape_lat[at] + random.normal(0, 0.0005, 108)
    return network, snap(network, lon, lat, max_access_m=300)


def walked(path: Path) -> Network:
    roads = read_roads(path, bounds=None, faults=FaultLog())
    if roads is None:
        raise SystemExit(f"cannot read {path}")
    return build_network(roads, WALK, min_component_m=1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of the places")
    share = 10 if parser.parse_args().short else 1
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        inputs = {"core": core(Path(folder) / "sample")}
    if XUHUI.is_file():
        inputs["Xuhui"] = xuhui()
    for name, (network, places) in inputs.items():
        bench = Bench(name, network, places.take(np.arange(0, len(places), share)))
        for limit_m in (500, 1_000):
            bench.run(limit_m, 10 if share > 1 else 30)
        rows += bench.rows
    out = HERE / "out" / "catchments.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
