"""The gate every point layer passes: no coordinates are used in a system the evidence contradicts.

GCJ-02 read as WGS84 moves everything by some 500 m: a whole catchment. No file says so. The gate
reads each layer in each system it could be in, asks every test of evidence (:mod:`crs_evidence`
says how their answers add up), refuses what is contradicted, and proposes where nothing is stated.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely

from lastmile.errors import FaultLog
from lastmile.findings import Verdict
from lastmile.places.classes import plane_of
from lastmile.places.crs_evidence import (
    REFUTED,
    Weighing,
    judged,
    other_rows_tell,
    told_system,
    total_odds,
)
from lastmile.places.crs_names import NamedRoads, weigh_names
from lastmile.places.crs_pairs import Anchor, anchor_of, weigh_pairs
from lastmile.places.crs_projected import best_placing, is_misplaced, looks_like_degrees, placing
from lastmile.places.crs_roads import RoadGauge, weigh_roads
from lastmile.places.crs_telling import (
    record,
    refuse,
    refuse_pair,
    refuse_placing,
    stated_system,
    unconfirmed_note,
    unstated,
)
from lastmile.places.crs_units import KnownUnits, short_code, weigh_units
from lastmile.places.ground import Ground
from lastmile.places.known_outlines import county_outlines
from lastmile.places.notes import Note
from lastmile.places.points import PointTable
from lastmile.places.positions import is_geographic
from lastmile.places.units import Units
from lastmile.scenario import PointColumns

Layer = PointTable[PointColumns]

_MOST_PLACED: Final = 5_000
"""Points of a layer that are looked up to see whether it lies near the area at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Whatever layers can be held against."""

    area: shapely.Geometry
    """The planning area, EPSG:4326."""

    plane: pyproj.CRS
    units: KnownUnits
    gauge: RoadGauge | None
    names: NamedRoads | None


def surroundings(units: Units, ground: Ground | None) -> Surroundings:
    """Gather the area, its units, the counties around, and the roads where they could be read."""
    plane = plane_of(units)
    known = _known_units(units)
    if ground is None or not len(ground.lines):
        return Surroundings(units.area, plane, known, None, None)
    lines = ground.lines.geometry.to_numpy()
    names = NamedRoads.of(lines, ground.lines["name"].to_numpy(dtype=object), plane)
    return Surroundings(units.area, plane, known, RoadGauge.of(lines, plane), names)


class CrsGate:
    """Takes the layers of one reading, and judges them together once all are there."""

    def __init__(self, around: Surroundings, faults: FaultLog) -> None:
        self._around = around
        self._faults = faults
        self._layers: list[tuple[str, Layer]] = []

    def look(self, points: Layer, key: str) -> None:
        """Take a layer. ``key`` is the name of its table in the scenario."""
        self._layers.append((key, points))

    def judge(self) -> tuple[Note, ...]:
        """Judge every layer taken.

        Faults tell of layers that are refused, findings of all.

        Returns
        -------
        tuple of Note
            For each layer whose system could be neither confirmed nor refuted.
        """
        placed = [(key, layer) for key, layer in self._layers if self._is_placed(key, layer)]
        own = {key: self.own_evidence(layer) for key, layer in placed}
        notes: dict[str, Note] = {}
        anchors: list[Anchor] = []
        open_layers: list[tuple[str, Layer]] = []
        by_file: dict[tuple[str, str], str] = {}
        # Layers that are told on their own go first: the others are held against them.
        for key, layer in sorted(placed, key=lambda item: -_lead(own[item[0]])):
            weighings = [*own[key], *self._paired(layer, anchors)]
            told, file = told_system(weighings, REFUTED), (layer.table.file, layer.crs)
            if told:
                anchors.append(_anchor(key, layer, told))
                by_file.setdefault(file, told)
            elif file in by_file:
                weighings.append(other_rows_tell(by_file[file]))
            verdict = self._tell(key, layer, weighings)
            if verdict == "unconfirmed" and layer.crs:
                notes[key] = unconfirmed_note(key, layer.crs)
                open_layers.append((key, layer))
        self._refuse_contradictions(open_layers)
        return tuple(notes[key] for key, _ in placed if key in notes)

    def own_evidence(self, layer: Layer) -> list[Weighing]:
        """Hold a layer in degrees against units, roads and road names."""
        lon, lat, around = layer.stated_lon, layer.stated_lat, self._around
        found = [weigh_units(layer.table.frame, lon, lat, around.units)]
        if around.gauge is not None:
            found.append(weigh_roads(lon, lat, around.gauge))
        if around.names is not None:
            found.append(weigh_names(layer.table.frame, lon, lat, around.names))
        return [weighing for weighing in found if weighing is not None]

    def _paired(self, layer: Layer, anchors: list[Anchor]) -> list[Weighing]:
        frame, plane = layer.table.frame, self._around.plane
        found = [
            weigh_pairs(frame, layer.stated_lon, layer.stated_lat, anchor, plane)
            for anchor in anchors
        ]
        return [weighing for weighing in found if weighing is not None]

    def _is_placed(self, key: str, layer: Layer) -> bool:
        """Tell whether a layer is in degrees; one that lies far from the area is reported."""
        step = max(1, -(-len(layer) // _MOST_PLACED))
        x, y = layer.stated_lon[::step], layer.stated_lat[::step]
        crs, area = layer.crs, self._around.area
        in_degrees = is_geographic(crs) if crs else looks_like_degrees(x, y)
        way = "degrees" if in_degrees else crs
        if way and not is_misplaced(placing(x, y, way, area)):
            if not in_degrees:
                _record_projected(key, layer, self._faults)
            return in_degrees
        found = best_placing(x, y, area)
        if found is not None and (found.crs != way or found.is_exchanged):
            refuse_placing(key, layer.table.file, crs, found, self._faults)
            return False
        if not in_degrees and not crs:
            unstated(key, layer.table.file, judged((), ""), self._faults)
        return in_degrees

    def _tell(self, key: str, layer: Layer, weighings: list[Weighing]) -> Verdict:
        judgement = judged(weighings, stated_system(layer.crs))
        file = layer.table.file
        if not layer.crs:
            unstated(key, file, judgement, self._faults)
            return judgement.verdict
        record(key, file, layer.crs, judgement, self._faults)
        if judgement.verdict == "refuted":
            refuse(key, file, layer.crs, judgement, self._faults)
        return judgement.verdict

    def _refuse_contradictions(self, layers: list[tuple[str, Layer]]) -> None:
        """Refuse layers that cannot both be right, where neither could be told."""
        for (key, layer), (other_key, other) in itertools.combinations(layers, 2):
            anchor = _anchor(key, layer, stated_system(layer.crs))
            weighings = self._paired(other, [anchor])
            judgement = judged(weighings, stated_system(other.crs))
            if judgement.verdict == "refuted":
                refuse_pair(
                    (other_key, other.table.file, other.crs), (key, layer.crs), judgement,
                    self._faults,
                )  # fmt: skip


def _anchor(key: str, layer: Layer, system: str) -> Anchor:
    return anchor_of(key, layer.table.frame, layer.stated_lon, layer.stated_lat, system)


def _lead(weighings: list[Weighing]) -> float:
    total = total_odds(weighings)
    np.fill_diagonal(total, np.inf)
    return float(total.min(axis=1).max())


def _record_projected(key: str, layer: Layer, faults: FaultLog) -> None:
    record(key, layer.table.file, layer.crs, judged((), "wgs84"), faults)


def _known_units(units: Units) -> KnownUnits:
    """Take the scenario's units, and the counties around for codes that it has no outlines of."""
    # Outlines made from points say nothing of the system of these points, and outlines in a wrong
    # system would have right points refused; their counties are known without them.
    unusable = units.units["estimated"].astype(bool) | units.units["code"].isin(units.refuted)
    frame = units.units[~unusable.to_numpy(dtype=bool)]
    codes = [short_code(code) or code for code in frame["code"]]
    by_code = dict(county_outlines(units.area.bounds))
    names: dict[str, list[str]] = {}
    for code, name, shape in zip(codes, frame["name"], frame.geometry, strict=True):
        if code:
            by_code[code] = shape
            names.setdefault(str(name), []).append(code)
    single = {name: found[0] for name, found in names.items() if len(found) == 1 and len(name) > 1}
    return KnownUnits(by_code, single)
