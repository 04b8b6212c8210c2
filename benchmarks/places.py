"""How fast a prefecture's people are loaded, checked and spread; totals are kept to the person.

    python benchmarks/places.py [--short]

Writes the embedded sample's prefecture (1,049 communities, 5.3 million people, synthetic streets)
and a raster of 440,000 cells of 100 m into a temporary folder, then reads them in fresh processes
as a plan would, boundaries, roads, candidates and CRS gate included. ``--short`` takes the five
districts of the city and their share of the cells. Prints a table and writes
``benchmarks/out/places.json``. Seconds are CPU seconds of the whole process, imports included.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Final

from road_figures import Table, fresh

_CELL_DEGREES: Final = 0.000_97  # some 100 m at 31.5 degrees north, in both directions
_RASTER: Final = 'source = "raster"\npath = "population.tif"\n'
_TOTALS: Final = (
    'source = "unit_totals"\nlevel = "community"\nrake_to = ["district"]\nrounding = "person"\n'
)
_POPULATION: Final = '[demand.population]\npath = "population.tif"\n'
CASES: Final = {
    "raster": ("cells of a raster, cut at the border", _RASTER),
    "raster_units": ("cells of a raster, cut at all units", f'{_RASTER}border = "units"\n'),
    "roads": ("community totals over residential roads", _TOTALS),
    "cells": ("community totals over a raster", f'{_TOTALS}weights = ["raster"]\n{_POPULATION}'),
    "ground": ("community totals over the ground", f'{_TOTALS}weights = ["equal"]\n'),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="the city instead of the prefecture")
    parser.add_argument("--scenario", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.scenario:
        read(given.scenario)
        return
    table = Table("places")
    with tempfile.TemporaryDirectory() as folder:
        n_cells, official = write(Path(folder) / "sample", "city" if given.short else "prefecture")
        table.add("cells of the raster inside the area", n_cells, "cells")
        for name, (label, _) in CASES.items():
            scenario = Path(folder) / "sample" / f"{name}.toml"
            child = fresh(Path(__file__), "--scenario", str(scenario))
            found = json.loads(child.output)
            table.add(f"{label}: read in all", child.cpu_s, "CPU-s", at_most=30.0)
            table.add(f"{label}: of that people", found["people_s"], "CPU-s")
            table.add(f"{label}: peak memory", child.peak_mb, "MB", at_most=2000.0)
            table.add(f"{label}: demand points", found["points"], "points")
            if "raster" not in name:
                lost = abs(found["people"] - official)
                worst = found["worst_unit"]
                table.add(f"{label}: people lost or made up", lost, "people", at_most=0.0)
                table.add(f"{label}: in the worst community", worst, "people", at_most=0.0)
    table.write()
    if any(row.met is False for row in table.rows):
        sys.exit("a goal was missed")


def write(folder: Path, extent: str) -> tuple[int, float]:
    """Write the sample, a raster over it and a scenario for each case.

    Returns the cells inside the area, and the people of all communities.
    """
    import geopandas as gpd  # noqa: PLC0415 - a process that starts others stays small

    from lastmile.sample import write_sample  # noqa: PLC0415

    text = write_sample(folder, extent).read_text(encoding="utf-8")
    for name, (_, demand) in CASES.items():
        one = re.sub(r"\[demand\]\n.*?\n\n", f"[demand]\n{demand}\n", text, flags=re.DOTALL)
        (folder / f"{name}.toml").write_text(one, encoding="utf-8")
    area = gpd.read_file(folder / "districts.gpkg").union_all()
    communities = gpd.read_file(folder / "communities.gpkg")
    return write_raster(folder / "population.tif", area), float(communities["people"].sum())


def write_raster(path: Path, area: object) -> int:
    """Write cells of random people over the area's bounds; return how many lie inside."""
    import numpy as np  # noqa: PLC0415
    import rasterio  # noqa: PLC0415
    from rasterio.features import geometry_mask  # noqa: PLC0415

    west, south, east, north = area.bounds  # type: ignore[attr-defined]
    width = int((east - west) / _CELL_DEGREES) + 2
    height = int((north - south) / _CELL_DEGREES) + 2
    step = rasterio.Affine(_CELL_DEGREES, 0.0, west, 0.0, -_CELL_DEGREES, north)
    people = np.random.default_rng(1).gamma(0.5, 24.0, (height, width)).astype(np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=1, dtype="float32",
        crs="EPSG:4326", nodata=-99999.0, transform=step, compress="lzw",
    ) as raster:  # fmt: skip
        raster.write(people, 1)
    return int((~geometry_mask([area], (height, width), step)).sum())


def read(path: Path) -> None:
    """Read the people of a scenario as a plan does, and print what they come to as JSON."""
    import time  # noqa: PLC0415

    from lastmile.errors import FaultLog  # noqa: PLC0415
    from lastmile.network import read_roads  # noqa: PLC0415
    from lastmile.places import Ground, read_places, read_units  # noqa: PLC0415
    from lastmile.progress import silent  # noqa: PLC0415
    from lastmile.scenario import read_scenario  # noqa: PLC0415

    scenario, faults = read_scenario(path), FaultLog()
    units = read_units(scenario, faults)
    roads = read_roads(scenario.roads.path, bounds=None, faults=faults, progress=silent)
    if units is None or roads is None:
        raise SystemExit(str(faults.faults))
    lines = roads.lines()
    begin_s = time.process_time()
    places = read_places(scenario, units, Ground(lines, lines.iloc[:0]), faults, silent)
    people_s = time.process_time() - begin_s
    faults.raise_if_any()
    if places is None:
        raise SystemExit("nothing read")
    worst = max(
        (abs(t.people - t.official) for t in faults.findings.totals if t.level == "community"),
        default=0.0,
    )
    found = {
        "people": float(places.demand["people"].sum()),
        "points": len(places.demand),
        "people_s": people_s,
        "worst_unit": worst,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
