"""How surely the gate tells coordinate systems apart, and how often it is wrong.

    python benchmarks/crs_gate.py [--draws 100] [--sizes 30,50,200] [--short]

Every layer has a known system. Random samples of it are read under the right label and under the
two wrong ones; the table counts, in per cent of the samples, what the gate makes of each. Layers
of other countries are moved into China first (by whole degrees, roads and points alike) and put
into each of the three systems in turn. Real inputs stand beside the repository.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from lastmile.errors import FaultLog
from lastmile.network import read_roads
from lastmile.places import Ground, from_wgs84, read_units, to_wgs84, working_crs
from lastmile.places.crs_evidence import SYSTEMS, Weighing, judged
from lastmile.places.crs_gate import Surroundings, surroundings
from lastmile.places.crs_names import NamedRoads, weigh_names
from lastmile.places.crs_outlines import weigh_outlines
from lastmile.places.crs_pairs import anchor_of, weigh_pairs
from lastmile.places.crs_roads import RoadGauge, weigh_roads
from lastmile.places.crs_units import KnownUnits, weigh_units
from lastmile.places.known_outlines import county_outlines
from lastmile.progress import silent
from lastmile.sample import write_sample
from lastmile.scenario import read_scenario

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
SCENARIOS = HERE.parent / "tests" / "scenarios"
Floats = np.ndarray


@dataclass(frozen=True)
class Layer:
    """Points whose system is known, and how they are weighed."""

    name: str
    against: str
    lon: Floats
    lat: Floats
    """WGS84."""

    true: Sequence[str]
    """Systems it is put into, in turn."""

    weigh: Callable[[np.ndarray, Floats, Floats], list[Weighing | None]]
    """Takes the rows of a sample and their coordinates as stated."""


def points_layer(
    name: str,
    frame: pd.DataFrame,
    lon: Floats,
    lat: Floats,
    true: Sequence[str],
    around: Surroundings,
) -> Layer:
    """Weigh points against whatever a scenario holds of units, roads and names."""
    cells = frame.reset_index(drop=True)

    def weigh(rows: np.ndarray, x: Floats, y: Floats) -> list[Weighing | None]:
        chosen = cells.iloc[rows]
        found = [weigh_units(chosen, x, y, around.units)]
        if around.gauge is not None:
            found.append(weigh_roads(x, y, around.gauge))
        if around.names is not None:
            found.append(weigh_names(chosen, x, y, around.names))
        return found

    against = "units" if around.gauge is None else "units, roads, names"
    return Layer(name, against, lon, lat, true, weigh)


def outline_layers() -> Iterator[Layer]:
    for name, file, true in (
        ("Changzhou outlines (DataV)", "districts_datav_gcj02.geojson", "gcj02"),
        ("Changzhou outlines", "districts_wgs84.geojson", "wgs84"),
    ):
        shapes = gpd.read_file(DATA / "changzhou" / file).geometry.to_numpy()
        lon, lat = to_wgs84(*shapely.get_coordinates(shapes).T.copy(), true)
        known = np.array(list(county_outlines((119.0, 31.0, 120.6, 32.2)).values()), dtype=object)
        plane = working_crs(119.9)

        def weigh(_rows, x, y, known=known, plane=plane):  # noqa: ANN001, ANN202
            return [weigh_outlines(x, y, known, plane)]

        yield Layer(name, "counties of China", lon, lat, (true,), weigh)


def seat_layers() -> Iterator[Layer]:
    folder = DATA / "changzhou"
    seats = pd.read_csv(folder / "towns_coords_bd09_2020.csv", dtype=str).fillna("")
    seats = seats[seats["level"] == "4"].reset_index(drop=True)
    lon, lat = to_wgs84(seats["lng"].to_numpy(float), seats["lat"].to_numpy(float), "bd09")
    table = pd.read_csv(folder / "admin5_2016_urcode.csv", dtype=str).fillna("")
    table = table[(table["lon_gcj"] != "") & table["level"].isin(["town", "village"])]
    other = (table["lon_gcj"].to_numpy(float), table["lat_gcj"].to_numpy(float))
    anchor = anchor_of("settlement", table, *other, "gcj02")
    counties, plane = county_outlines((119.0, 31.0, 120.6, 32.2)), working_crs(119.9)
    units = KnownUnits(counties, {})

    def paired(rows, x, y):  # noqa: ANN001, ANN202
        chosen = seats.iloc[rows]
        return [weigh_units(chosen, x, y, units), weigh_pairs(chosen, x, y, anchor, plane)]

    def alone(rows, x, y):  # noqa: ANN001, ANN202
        return [weigh_units(seats.iloc[rows], x, y, units)]

    yield Layer("Changzhou town seats", "points of the same towns", lon, lat, ("bd09",), paired)
    yield Layer("Changzhou town seats", "counties of China", lon, lat, ("bd09",), alone)
    place = to_wgs84(*other, "gcj02")
    for level in ("town", "village"):
        own = (table["level"] == level).to_numpy()
        cells = table[own].reset_index(drop=True)
        around = Surroundings(shapely.box(119, 31, 120.6, 32.2), plane, units, None, None)
        name = f"Changzhou {level}s of 2016"
        yield points_layer(name, cells, place[0][own], place[1][own], ("gcj02",), around)


def xuhui_layers() -> Iterator[Layer]:
    around = around_scenario(SCENARIOS / "xuhui.toml")
    table = pd.read_csv(DATA / "shanghai_xuhui" / "poi_amap_gcj02.csv", dtype=str).fillna("")
    lon, lat = to_wgs84(table["lng"].to_numpy(float), table["lat"].to_numpy(float), "gcj02")
    inside = shapely.intersects_xy(around.area, lon, lat)
    kinds = {"shops": "便利店|超级市场", "government": "政府", "homes": "住宅", "medical": "医疗"}
    yield points_layer("Xuhui POI, whole crawl", table, lon, lat, ("gcj02",), around)
    yield points_layer(
        "Xuhui POI in the district", table[inside], lon[inside], lat[inside], ("gcj02",), around
    )
    for kind, words in kinds.items():
        own = inside & table["type"].str.contains(words).to_numpy()
        name = f"Xuhui {kind} in the district"
        yield points_layer(name, table[own], lon[own], lat[own], ("gcj02",), around)


def songjiang_layers() -> Iterator[Layer]:
    around = around_scenario(SCENARIOS / "songjiang_jinshan.toml")
    table = pd.read_csv(DATA / "shanghai_sw" / "admin5_2016_urcode.csv", dtype=str).fillna("")
    table = table[(table["lon_gcj"] != "") & (table["level"] == "village")]
    lon, lat = to_wgs84(table["lon_gcj"].to_numpy(float), table["lat_gcj"].to_numpy(float), "gcj02")
    yield points_layer("Songjiang, Jinshan villages", table, lon, lat, ("gcj02",), around)


def abroad_layers() -> Iterator[Layer]:
    """Shops and amenities of Porto and Helsinki, moved by whole degrees into China."""
    for city, file, east, north in (
        ("Porto", "porto/porto.osm.pbf", 120.0, 0.0),
        ("Helsinki", "helsinki/Helsinki.osm.pbf", 90.0, -25.0),
    ):
        around = around_moved(DATA / file, east, north)
        rows = []
        for node in osmium.FileProcessor(str(DATA / file), osmium.osm.NODE):
            tags = node.tags
            if len(tags) and ("shop" in tags or "amenity" in tags):
                place = (node.location.lon + east, node.location.lat + north)
                rows.append((*place, tags.get("addr:street", "")))
        table = pd.DataFrame(rows, columns=["lon", "lat", "street"])
        lon, lat = table["lon"].to_numpy(float), table["lat"].to_numpy(float)
        names = (("shops and amenities", table[[]]), ("… with their streets", table[["street"]]))
        for words, cells in names:
            yield points_layer(f"{city} {words}", cells, lon, lat, SYSTEMS, around)


def sample_layers() -> Iterator[Layer]:
    """Layers of the embedded sample: real district outlines, synthetic streets and premises."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = write_sample(Path(folder) / "core", "core")
        around = around_scenario(scenario)
        for file in ("candidates", "people"):
            table = pd.read_csv(scenario.parent / f"{file}.csv", dtype=str).fillna("")
            lon, lat = table["lon"].to_numpy(float), table["lat"].to_numpy(float)
            cells = table[[c for c in ("id", "name") if c in table]]
            yield points_layer(f"sample {file} (synthetic)", cells, lon, lat, SYSTEMS, around)


def around_scenario(path: Path) -> Surroundings:
    scenario, faults = read_scenario(path), FaultLog()
    units = read_units(scenario, faults)
    roads = read_roads(scenario.roads.path, bounds=None, faults=faults, progress=silent)
    if units is None or roads is None:
        raise SystemExit(f"cannot read {path}")
    return surroundings(units, Ground(roads.lines(), gpd.GeoDataFrame()))


def around_moved(extract: Path, east: float, north: float) -> Surroundings:
    roads = read_roads((extract,), bounds=None, faults=FaultLog(), progress=silent)
    if roads is None:
        raise SystemExit(f"cannot read {extract}")
    frame = roads.lines()
    lines = shapely.transform(frame.geometry.to_numpy(), lambda c: c + np.array([east, north]))
    area = shapely.box(*shapely.total_bounds(lines))
    plane = working_crs(area.centroid.x)
    names = NamedRoads.of(lines, frame["name"].to_numpy(dtype=object), plane)
    return Surroundings(area, plane, KnownUnits({}, {}), RoadGauge.of(lines, plane), names)


def measured(layer: Layer, size: int, draws: int, seed: int) -> dict[str, float]:
    """Count verdicts over random samples, in per cent."""
    rng = np.random.default_rng(seed)
    stated = {system: from_wgs84(layer.lon, layer.lat, system) for system in layer.true}
    counts = dict.fromkeys(("right_refused", "right_confirmed", "wrong_refused", "misproposed"), 0)
    n_wrong = 0
    for draw in range(draws):
        true = layer.true[draw % len(layer.true)]
        rows = rng.choice(len(layer.lon), size, replace=False)
        x, y = stated[true]
        weighings = [w for w in layer.weigh(rows, x[rows], y[rows]) if w is not None]
        for label in SYSTEMS:
            found = judged(weighings, label)
            refused = found.verdict == "refuted"
            if label == true:
                counts["right_refused"] += refused
                counts["right_confirmed"] += found.verdict == "confirmed"
            else:
                n_wrong += 1
                counts["wrong_refused"] += refused and found.proposal == true
                counts["misproposed"] += refused and found.proposal not in (true, "")
    shares = {name: 100.0 * count / draws for name, count in counts.items()}
    shares["wrong_refused"] = 100.0 * counts["wrong_refused"] / n_wrong
    shares["misproposed"] = 100.0 * counts["misproposed"] / n_wrong
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--sizes", default="30,50,200")
    parser.add_argument("--short", action="store_true", help="20 draws of 50")
    options = parser.parse_args()
    if options.short:
        options.draws, options.sizes = 20, "50"
    if not DATA.is_dir():
        sys.exit(f"the real inputs ({DATA}) are not on this machine")
    print("| layer | held against | n | right: refused | right: confirmed | "
          "wrong: refused, right proposal | wrong proposal |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- | --- |")
    figures, started = [], time.process_time()
    sources = (
        outline_layers, seat_layers, xuhui_layers, songjiang_layers, abroad_layers, sample_layers,
    )  # fmt: skip
    for layer in (layer for source in sources for layer in source()):
        sizes = [int(n) for n in options.sizes.split(",")]
        for size in [n for n in sizes if n <= len(layer.lon)]:
            row = measured(layer, size, options.draws, seed=1)
            shown = " | ".join(f"{value:.1f}" for value in (
                row["right_refused"], row["right_confirmed"], row["wrong_refused"],
                row["misproposed"]))  # fmt: skip
            print(f"| {layer.name} | {layer.against} | {size} | {shown} |", flush=True)
            figures += [
                {"figure": f"{layer.name}, {layer.against}, n={size}: {name}", "value": value,
                 "unit": "%"} for name, value in row.items()
            ]  # fmt: skip
    print(f"\n{time.process_time() - started:.0f} CPU-s, {options.draws} draws each")
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (out / "crs_gate.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
