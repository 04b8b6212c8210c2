"""First stage: read every file the scenario names, and report every fault at once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
from pydantic import BaseModel

from lastmile.errors import Fault, FaultLog, InputError
from lastmile.network import (
    VAN,
    WALK,
    Network,
    RoadData,
    build_network,
    junctions,
    read_roads,
    snap,
)
from lastmile.places import Ground, Note, Places, Units, file_exists, read_places, read_units
from lastmile.progress import Progress
from lastmile.scenario import Scenario

_METRES_PER_DEGREE: Final = 111_320.0
_MIN_HALO_M: Final = 3_000.0
"""Roads kept around the area at least: stations near its edge are reached from outside, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What was read: the area, its people and sites, and the roads around them."""

    units: Units
    places: Places
    roads: RoadData
    walk: Network
    """The walkable network, islands and all."""

    drive: Network | None
    """The network of vans; None where no routes are asked for."""


def read_inputs(scenario: Scenario, progress: Progress) -> Inputs:
    """Read and check everything a scenario names; plan nothing.

    Raises
    ------
    InputError
        Listing every fault of every file.
    """
    faults = FaultLog()
    _refuse_missing_files(scenario, faults)
    progress("read", 0, 3, "boundaries")
    units = read_units(scenario, faults)
    progress("read", 1, 3, "roads")
    roads = None
    if file_exists(scenario.roads.path, faults):
        bounds = None if units is None else halo_bounds(scenario, units)
        roads = read_roads(scenario.roads.path, bounds=bounds, faults=faults, progress=progress)
    progress("read", 2, 3, "people and sites")
    walk = None
    if roads is not None:
        walk = build_network(roads, WALK, min_component_m=scenario.roads.min_component_m)
    drive = None
    if roads is not None and scenario.routing.enabled and scenario.depots:
        drive = build_network(roads, VAN, min_component_m=scenario.roads.min_drive_component_m)
    places = None
    if units is not None:
        ground = None
        if roads is not None and walk is not None:
            ground = Ground(roads.lines(), _site_junctions(scenario, walk, drive))
        places = read_places(scenario, units, ground, faults, progress)
    progress("read", 3, 3)
    faults.raise_if_any()
    if units is None or places is None or roads is None or walk is None:
        raise InputError([Fault("scenario", "", "nothing read", "readable inputs", "report this")])
    places = replace(places, notes=(*units.notes, *places.notes, *_missing_nodes(roads)))
    return Inputs(units, places, roads, walk, None if places.depots.empty else drive)


def _site_junctions(scenario: Scenario, walk: Network, drive: Network | None) -> gpd.GeoDataFrame:
    """Junctions at which a station may be thought of: where vans must supply it, they can."""
    found = junctions(walk)
    if drive is None or found.empty:
        return found
    lon, lat = found.geometry.x.to_numpy(), found.geometry.y.to_numpy()
    snaps = snap(drive, lon, lat, max_access_m=scenario.service_distance.max_access_m)
    return found[snaps.on_network].reset_index(drop=True)


def _missing_nodes(roads: RoadData) -> tuple[Note, ...]:
    n = roads.n_missing_nodes
    if not n:
        return ()
    return (
        Note(
            zh=f"道路数据缺少 {n:,} 个节点，道路在该处中断；请使用含完整道路的数据",
            en=f"the road file lacks {n:,} nodes, and roads break off there; use an extract made "
            "with complete ways",
        ),
    )


def halo_bounds(scenario: Scenario, units: Units) -> tuple[float, float, float, float]:
    """Bounds in degrees of the area and a halo of twice the largest service distance."""
    standard = scenario.service_distance
    halo_m = max(_MIN_HALO_M, 2.0 * max(standard.urban_m, standard.rural_m))
    west, south, east, north = units.area.bounds
    up = halo_m / _METRES_PER_DEGREE
    aside = up / max(0.01, math.cos(math.radians(max(abs(south), abs(north)))))
    return west - aside, south - up, east + aside, north + up


def input_files(model: BaseModel) -> Iterator[Path]:
    """Every file a scenario names, in the order of its fields, each once."""
    seen: set[Path] = set()
    stack: list[object] = [model]
    while stack:
        item = stack.pop(0)
        if isinstance(item, Path):
            if item not in seen:
                seen.add(item)
                yield item
        elif isinstance(item, BaseModel):
            stack[:0] = [getattr(item, name) for name in type(item).model_fields]
        elif isinstance(item, tuple):
            stack[:0] = list(item)


def hashes(scenario: Scenario) -> list[dict[str, str]]:
    """SHA-256 of every input file, so that a plan can be tied to its data."""
    entries = []
    for path in input_files(scenario):
        digest = hashlib.sha256()
        for part in _parts(path):
            with part.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        entries.append({"path": path.name, "sha256": digest.hexdigest()})
    return entries


def _parts(path: Path) -> list[Path]:
    """Every file that an input is made of, in the order of their names."""
    if path.is_dir():  # a file geodatabase
        return sorted(path.glob("*.*"))
    if path.suffix.lower() != ".shp":
        return [path]
    stem = path.with_suffix("").name
    beside = (p for p in path.parent.iterdir() if p.with_suffix("").name == stem)
    return sorted(p for p in beside if p.suffix.lower() in _SHAPEFILE)


_SHAPEFILE: Final = (".cpg", ".dbf", ".prj", ".shp", ".shx")


def _refuse_missing_files(scenario: Scenario, faults: FaultLog) -> None:
    for path in input_files(scenario):
        file_exists(path, faults)
