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
    Join,
    Network,
    RoadData,
    build_network,
    join_gaps,
    junctions,
    read_roads,
    snap,
)
from lastmile.pipeline.banned_roads import banned_roads
from lastmile.pipeline.movement import Movement, read_movement
from lastmile.pipeline.road_files import line_source, reading_notes, refuse_misfits
from lastmile.places import (
    Ground,
    Note,
    Places,
    Units,
    file_exists,
    read_depots,
    read_places,
    read_units,
)
from lastmile.progress import Progress
from lastmile.scenario import Scenario

_METRES_PER_DEGREE: Final = 111_320.0
_MIN_HALO_M: Final = 3_000.0
"""Roads kept around the area at least: stations near its edge are reached from outside, too."""
_FARTHEST_DEPOT_M: Final = 50_000.0
"""How far outside the area a depot's roads are still looked for; farther, it is misplaced."""

Bounds = tuple[float, float, float, float]


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


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """The roads of an area, for whoever moves on them."""

    roads: RoadData
    links: tuple[Join, ...]
    walk: Network
    drive: Network | None


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What could be read, whatever else could not."""

    units: Units | None
    places: Places | None
    """None also when anything at all is faulty."""

    roads: RoadData | None
    inputs: Inputs | None
    """Everything together; None where a part is missing."""

    notes: tuple[Note, ...]


def read_inputs(scenario: Scenario, progress: Progress) -> Inputs:
    """Read and check everything a scenario names; plan nothing.

    Raises
    ------
    InputError
        Listing every fault of every file.
    """
    faults = FaultLog()
    reading = read_what_can_be(scenario, faults, progress)
    faults.raise_if_any()
    if reading.inputs is None:
        raise InputError([Fault("scenario", "", "nothing read", "readable inputs", "report this")])
    return reading.inputs


def read_what_can_be(scenario: Scenario, faults: FaultLog, progress: Progress) -> Reading:
    """Read as much as there is of what a scenario names, noting every fault and finding."""
    _refuse_missing_files(scenario, faults)
    progress("read", 0, 3, "boundaries")
    units = read_units(scenario, faults)
    progress("read", 1, 3, "roads")
    halo_m = least_halo_m(scenario)
    movement = read_movement(scenario, faults)
    refuse_misfits(scenario.roads, faults)
    ways = _read_ways(scenario, movement, units, halo_m, faults, progress)
    progress("read", 2, 3, "people and sites")
    places = None
    if units is not None:
        ground = None
        if ways is not None:
            ground = Ground(ways.roads.lines(), _site_junctions(scenario, ways))
        places = read_places(scenario, units, ground, faults, progress)
    if places is not None:
        # Points may have standards of their own, and theirs is known only now.
        farthest_m = 2.0 * float(places.demand["service_distance_m"].max())
        if farthest_m > halo_m:
            ways = _read_ways(scenario, movement, units, farthest_m, faults, progress)
    progress("read", 3, 3)
    notes = (
        *(() if units is None else units.notes),
        *movement.notes,
        *(() if places is None else places.notes),
        *_reading_notes(faults),
        *(() if ways is None else _road_notes(scenario, ways)),
        *(() if ways is None or ways.drive is None else banned_roads(movement, ways.roads)),
    )
    roads = None if ways is None else ways.roads
    if units is None or places is None or ways is None:
        return Reading(units, places, roads, None, notes)
    places = replace(places, notes=notes)
    drive = None if places.depots.empty else ways.drive
    inputs = Inputs(units, places, ways.roads, ways.walk, drive)
    return Reading(units, places, roads, inputs, notes)


def _reading_notes(faults: FaultLog) -> Iterator[Note]:
    """Tell whoever reads the plan what readers did to files that nobody asked for."""
    for remark in faults.findings.remarks:
        zh, en = remark.sentence()
        yield Note(zh=zh, en=en)


def _read_ways(
    scenario: Scenario,
    movement: Movement,
    units: Units | None,
    halo_m: float,
    faults: FaultLog,
    progress: Progress,
) -> _Ways | None:
    """Read the roads within ``halo_m`` of the area and its depots, for walkers and vans."""
    found = [file_exists(path, faults) for path in scenario.roads.path]
    if not all(found):
        return None
    wants_vans = _wants_vans(scenario)
    bounds = None if units is None else widened(area_bounds(scenario, units), halo_m)
    roads = read_roads(
        scenario.roads.path,
        bounds=bounds,
        faults=faults,
        progress=progress,
        lines=line_source(scenario.roads),
    )
    if roads is None:
        return None
    wish = scenario.roads
    roads, links = join_gaps(roads, wish.join_gaps_m)
    walk = build_network(roads, movement.walker, min_component_m=wish.min_component_m)
    drive = None
    if wants_vans:
        drive = build_network(
            roads,
            movement.van,
            min_component_m=wish.min_drive_component_m,
            period=movement.on_shift,
            bans=movement.bans,
        )
    return _Ways(roads, links, walk, drive)


def least_halo_m(scenario: Scenario) -> float:
    """Metres of roads around the area that every plan keeps: people walk across its border."""
    standard = scenario.service_distance
    return max(_MIN_HALO_M, 2.0 * max(standard.urban_m, standard.rural_m))


def area_bounds(scenario: Scenario, units: Units) -> Bounds:
    """West, south, east and north of the area and, where vans drive, of the depots near it."""
    west, south, east, north = units.area.bounds
    if _wants_vans(scenario):
        for x, y in _near_depots(scenario, units):
            west, south, east, north = min(west, x), min(south, y), max(east, x), max(north, y)
    return west, south, east, north


def _wants_vans(scenario: Scenario) -> bool:
    return scenario.routing.enabled and bool(scenario.depots)


def _near_depots(scenario: Scenario, units: Units) -> list[tuple[float, float]]:
    """Positions of the depots that may well belong to the area.

    Whatever is wrong with their tables is reported when all places are read.
    """
    west, south, east, north = widened(units.area.bounds, _FARTHEST_DEPOT_M)
    points = read_depots(scenario, FaultLog()).geometry
    return [
        (point.x, point.y)
        for point in points
        if west <= point.x <= east and south <= point.y <= north
    ]


def _site_junctions(scenario: Scenario, ways: _Ways) -> gpd.GeoDataFrame:
    """Junctions at which a station may be thought of: where vans must supply it, they can."""
    found, drive = junctions(ways.walk), ways.drive
    if drive is None or found.empty:
        return found
    lon, lat = found.geometry.x.to_numpy(), found.geometry.y.to_numpy()
    snaps = snap(drive, lon, lat, max_access_m=scenario.service_distance.max_access_m)
    return found[snaps.on_network].reset_index(drop=True)


def _road_notes(scenario: Scenario, ways: _Ways) -> tuple[Note, ...]:
    notes = tuple(reading_notes(ways.roads.report))
    if not ways.links:
        return notes
    n, length_m = len(ways.links), sum(link.length_mm for link in ways.links) / 1000
    asked = f"roads.join_gaps_m = {scenario.roads.join_gaps_m:g}"
    joined = Note(
        zh=f"按 {asked}，在 {n:,} 处断头补画了共 {length_m:,.0f} 米道路，未经实地核实",
        en=f"by {asked}, {n:,} dead ends were led on to the next road, {length_m:,.0f} m in all; "
        "nobody has seen these links on the ground",
    )
    return (*notes, joined)


def widened(bounds: tuple[float, float, float, float], by_m: float) -> Bounds:
    """Widen west, south, east and north, in degrees, by so many metres at least."""
    west, south, east, north = bounds
    up = by_m / _METRES_PER_DEGREE
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
