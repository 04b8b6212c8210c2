"""What the data of a scenario are worth, collected whatever is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lastmile.costs import UNREACHABLE
from lastmile.errors import Fault, FaultLog, InputError
from lastmile.findings import Suspect, TotalFinding
from lastmile.health import ClassCount, Ground, Health, Remark
from lastmile.network import NetworkReport, Snaps
from lastmile.pipeline import words
from lastmile.pipeline.checks import note_unsound
from lastmile.pipeline.inputs import Inputs, Reading, read_what_can_be
from lastmile.pipeline.mending import RoadQuality, for_machines, road_quality
from lastmile.pipeline.walking import Snapped, snap_places
from lastmile.progress import Progress, silent
from lastmile.scenario import Scenario, UnitTotalsDemand


def health(scenario: Scenario, *, source: str = "", progress: Progress = silent) -> Health:
    """Read everything a scenario names, and tell what was found; plan nothing.

    Faulty data are what this is for: they are told in ``faults``, and what can be read beside
    them is read.

    Parameters
    ----------
    scenario
        Names the files.
    source
        The scenario file as the user named it, for the title.
    progress
        Told how far each stage is.

    Returns
    -------
    Health
        With ``faults`` exactly where :func:`lastmile.pipeline.check` raises them.
    """
    log = FaultLog()
    reading, met = Reading(None, None, None, None, ()), None
    try:
        reading = read_what_can_be(scenario, log, progress)
        if reading.inputs is not None and not log.faults:
            met = _meet(scenario, reading.inputs, log, progress)
    except InputError as error:  # of a reader that cannot go on
        log.faults += error.faults
    if reading.inputs is None and not log.faults:
        log.faults.append(Fault("scenario", "", "nothing read", "readable inputs", "report this"))
    if met is not None and reading.inputs is not None:
        log.findings.suspects += _off_network(scenario, reading.inputs, met.snapped)
        log.findings.suspects += _gaps(scenario, met.quality)
        log.findings.totals = log.findings.totals or list(_unit_totals(scenario, reading.inputs))
    return Health(
        source=source,
        scenario=scenario,
        faults=tuple(dict.fromkeys(log.faults)),
        findings=log.findings,
        notes=tuple(Remark(note.zh, note.en) for note in reading.notes),
        figures=MappingProxyType(_figures(reading, met)),
        classes=() if met is None or reading.inputs is None else _classes(reading.inputs, met),
        roads=None if met is None else for_machines(met.quality),
        ground=_ground(reading),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Meeting:
    """Where places meet the roads, and how well."""

    snapped: Snapped
    quality: RoadQuality


def _meet(scenario: Scenario, inputs: Inputs, log: FaultLog, progress: Progress) -> _Meeting:
    snapped = snap_places(scenario, inputs, progress)
    note_unsound(scenario, inputs, snapped, log)
    return _Meeting(snapped, road_quality(scenario, inputs, snapped))


def _figures(reading: Reading, met: _Meeting | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reading.units is not None:
        found["units"] = len(reading.units.units)
    if reading.inputs is None or met is None:
        return found
    places, off = reading.inputs.places, ~met.snapped.demand.on_network
    people = places.demand["people"].to_numpy(dtype=np.float64)
    return found | {
        "demand_points": len(places.demand),
        "people": round(float(people.sum()), 3),
        "off_network_points": int(off.sum()),
        "off_network_people": round(float(people[off].sum()), 3),
        "sites": places.sites["role"].value_counts().sort_index().to_dict(),
        "depots": len(places.depots),
        "walk_km": round(NetworkReport.of(reading.inputs.walk).length_km, 1),
    }


def _classes(inputs: Inputs, met: _Meeting) -> tuple[ClassCount, ...]:
    demand = inputs.places.demand
    settlement = demand["settlement"].to_numpy(dtype=object)
    people, off = demand["people"].to_numpy(dtype=np.float64), ~met.snapped.demand.on_network
    return tuple(
        ClassCount(name, int(own.sum()), float(people[own].sum()), float(people[own & off].sum()))
        for name in ("urban", "rural")
        if (own := settlement == name).any()
    )


def _ground(reading: Reading) -> Ground:
    places = reading.places
    return Ground(
        units=None if reading.units is None else reading.units.units,
        roads=None if reading.roads is None else reading.roads.lines(),
        demand=None if places is None else places.demand,
        sites=None if places is None else places.sites,
        depots=None if places is None else places.depots,
    )


def _off_network(scenario: Scenario, inputs: Inputs, snapped: Snapped) -> Iterator[Suspect]:
    """Point at everything that is too far from any road."""
    places = inputs.places
    people = "" if isinstance(scenario.demand, UnitTotalsDemand) else scenario.demand.file_names
    yield from _far("demand", people, places.demand, snapped.demand)
    yield from _far("sites", "", places.sites, snapped.sites)
    if snapped.depots is not None:
        yield from _far("depots", "", places.depots, snapped.depots)


def _far(key: str, file: str, frame: gpd.GeoDataFrame, snaps: Snaps) -> Iterator[Suspect]:
    far = np.flatnonzero(~snaps.on_network)
    if key == "demand":  # those who concern most people first
        far = far[np.argsort(-frame["people"].to_numpy()[far], kind="stable")]
    for k in far.tolist():
        row, access_mm = frame.iloc[k], int(snaps.access_mm[k])
        access_m = None if access_mm >= UNREACHABLE else access_mm / 1000
        where = row["id"] if row["name"] == row["id"] else f"{row['id']} {row['name']}"
        zh, en = words.off_network(access_m, "zh"), words.off_network(access_m, "en")
        if key == "demand":
            zh, en = f"{row['people']:,.0f} 人；{zh}", f"{row['people']:,.0f} people; {en}"
        at = row["geometry"]
        yield Suspect(key, file, str(where), at.x, at.y, "off_network", zh, en)


def _gaps(scenario: Scenario, quality: RoadQuality) -> Iterator[Suspect]:
    """Point at the places where roads almost touch and are not joined, beside people."""
    for row in quality.felt.itertuples(index=False):
        at = row.geometry
        yield Suspect(
            "roads", scenario.roads.file_names, f"way {row.way}", at.x, at.y, "gap", row.zh, row.en
        )


def _unit_totals(scenario: Scenario, inputs: Inputs) -> Iterator[TotalFinding]:
    """Set the people planned with beside the official ones, for every unit that states some.

    A unit's own count is the sum of the points whose finest unit is it or lies in it.
    """
    units, demand = inputs.units.units, inputs.places.demand
    planned = demand.groupby("unit_code")["people"].sum().to_dict()
    own = pd.Series(planned, dtype=float).reindex(units["code"]).fillna(0.0).to_numpy(copy=True)
    position = {code: k for k, code in enumerate(units["code"])}
    # Coarsest first: from the end, every unit hands on its whole sum.
    for k in range(len(units) - 1, -1, -1):
        parent = position.get(units["parent_code"].iloc[k])
        if parent is not None and parent < k:
            own[parent] += own[k]
    named = {layer.level: layer for layer in scenario.boundaries if layer.people_column}
    for k in np.flatnonzero(units["people"].notna()).tolist():
        row = units.iloc[k]
        layer = named.get(row["level"])
        source = "" if layer is None else _column_of(layer.path, layer.people_column)
        yield TotalFinding(
            row["code"], row["name"], row["level"], float(own[k]), float(row["people"]), source
        )


def _column_of(path: Path, column: str) -> str:
    return f"{path.name}, {column}"
