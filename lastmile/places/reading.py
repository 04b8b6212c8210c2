"""Reading everything a plan needs to know of its area before any road is measured."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.classes import ClassSource, nearest_in_plane, plane_of, read_classes
from lastmile.places.crs_gate import CrsGate, surroundings
from lastmile.places.crs_telling import tell_untested
from lastmile.places.demand import demand_frame
from lastmile.places.depots import read_depots
from lastmile.places.ground import Ground
from lastmile.places.model import Places
from lastmile.places.notes import Note
from lastmile.places.points import read_points
from lastmile.places.population import People
from lastmile.places.raster import read_raster
from lastmile.places.residents import read_residents
from lastmile.places.sites import (
    SiteRows,
    already_open,
    already_open_note,
    dropped_note,
    near_area,
    site_frame,
    sites_from_junctions,
    sites_from_table,
)
from lastmile.places.totals import spread_totals
from lastmile.places.units import Units
from lastmile.progress import Progress
from lastmile.scenario import (
    Existing,
    PointCandidates,
    PointDemand,
    RasterDemand,
    Scenario,
)

_STAGE = "places"
_STEPS = 5


def read_places(
    scenario: Scenario,
    units: Units,
    ground: Ground | None,
    faults: FaultLog,
    progress: Progress,
) -> Places | None:
    """Read demand, candidates, stations and depots.

    Parameters
    ----------
    scenario
        Names every file, column and system.
    units
        From :func:`lastmile.places.read_units`.
    ground
        The roads as plain geometry; None when they could not be read: then everything that needs
        no road is still read, so that all faults are told at once.
    faults
        Collects whatever is wrong; the caller raises.
    progress
        Told after each of the stage's five steps.

    Returns
    -------
    Places or None
        None when the log holds any fault, or roads are missing.
    """
    reader = _Reader(scenario, units, ground, faults)
    progress(_STAGE, 0, _STEPS)
    classes = read_classes(scenario, faults)
    if classes.anchors is not None:
        reader.gate.look(classes.anchors, "settlement")
    progress(_STAGE, 1, _STEPS)
    people = reader.people()
    demand = None if people is None else demand_frame(scenario, people, classes, units, faults)
    progress(_STAGE, 2, _STEPS)
    parts = reader.sites(0.0 if demand is None else float(demand["service_distance_m"].max()))
    progress(_STAGE, 3, _STEPS)
    sites = site_frame(
        parts,
        lambda points: _class_of(points, classes, demand, units),
        scenario.siting.costs,
        scenario.siting,
        faults,
    )
    progress(_STAGE, 4, _STEPS)
    depots = read_depots(scenario, faults, reader.gate.look)
    reader.notes += reader.gate.judge()
    progress(_STAGE, _STEPS, _STEPS)
    if demand is None or ground is None or faults.faults:
        return None
    return Places(units.area, units.units, demand, sites, depots, tuple(reader.notes))


class _Reader:
    """What the steps of one reading share."""

    def __init__(
        self, scenario: Scenario, units: Units, ground: Ground | None, faults: FaultLog
    ) -> None:
        self._scenario = scenario
        self._units = units
        self._ground = ground
        self._faults = faults
        self._plane = plane_of(units)
        self.gate = CrsGate(surroundings(units, ground), faults)
        self.notes: list[Note] = []

    def people(self) -> People | None:
        """Read the people from whichever source the scenario names."""
        source = self._scenario.demand
        if isinstance(source, RasterDemand):
            people, notes = read_raster(source, self._units.area, self._faults)
            tell_untested("demand", source.path, source.crs, self._faults)
        elif isinstance(source, PointDemand):
            people, table, notes = read_residents(source, self._units, self._faults)
            if table is not None:
                self.gate.look(table, "demand")
        else:
            people, notes = spread_totals(source, self._units, self._ground, self._faults)
        self.notes += notes
        return people

    def sites(self, margin_m: float) -> list[SiteRows]:
        """Read existing stations, then candidates; those too far outside are left out."""
        standard = self._scenario.service_distance
        margin_m = margin_m or max(standard.urban_m, standard.rural_m)
        parts = []
        for number, station in enumerate(self._scenario.existing):
            rows = self._table_sites(station, f"existing[{number}]", f"e{number + 1}", margin_m)
            parts.append(rows)
        for number, source in enumerate(self._scenario.candidates):
            key, prefix = f"candidates[{number}]", f"c{number + 1}"
            if isinstance(source, PointCandidates):
                parts.append(self._table_sites(source, key, prefix, margin_m))
            elif self._ground is not None:
                prefix = "j" if self._n_junction_sources() == 1 else f"j{number + 1}"
                parts.append(sites_from_junctions(source, self._ground, self._units, prefix))
        return self._without_open([part for part in parts if part is not None])

    def _without_open(self, parts: list[SiteRows]) -> list[SiteRows]:
        """Drop candidates that are existing stations: one table often lists both."""
        existing = [part for part in parts if "existing" in part.role]
        kept, n_open = [], 0
        for part in parts:
            if "existing" in part.role:
                kept.append(part)
                continue
            same = already_open(part, existing, self._plane)
            n_open += int(same.sum())
            kept.append(part.take(~same))
        if n_open:
            self.notes.append(already_open_note(n_open))
        return kept

    def _n_junction_sources(self) -> int:
        return sum(source.source == "junctions" for source in self._scenario.candidates)

    def _table_sites(
        self, source: PointCandidates | Existing, key: str, prefix: str, margin_m: float
    ) -> SiteRows | None:
        columns = source.columns
        extra = (columns.kind, columns.role, columns.cost_yuan, columns.capacity)
        table = read_points(source, columns, extra, self._faults, key)
        if table is None:
            return None
        self.gate.look(table, key)
        rows = sites_from_table(source, table, prefix, self._faults)
        near = near_area(rows, self._units.area, margin_m, self._plane)
        existing = isinstance(source, Existing)
        if not near.any() and not existing and table.crs:
            self._faults.add(
                source.path, "", found=f"{len(near)} candidates, none within {margin_m:.0f} m "
                "of the area", expected="candidates in or near the area",
                remedy=f"check {key}.crs, {key}.filter and the boundaries",
            )  # fmt: skip
        elif not near.all():
            label = ("现有站点", "existing stations") if existing else ("候选点", "candidates")
            self.notes.append(dropped_note(label, int((~near).sum()), len(near), margin_m))
        return rows.take(near)


def _class_of(
    points: NDArray[np.object_],
    classes: ClassSource,
    demand: gpd.GeoDataFrame | None,
    units: Units,
) -> NDArray[np.object_]:
    """Class of any place: as for demand, else that of the nearest demand point."""
    found = classes.of(points, units)
    unknown = np.flatnonzero(found == "")
    if len(unknown) and demand is not None:
        anchors = demand.geometry.to_numpy()
        nearest = nearest_in_plane(anchors, points[unknown], plane_of(units))
        found = found.copy()
        found[unknown] = demand["settlement"].to_numpy(dtype=object)[nearest]
    return found
