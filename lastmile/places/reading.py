"""Reading everything a plan needs to know of its area before any road is measured."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.classes import ClassSource, nearest_in_plane, plane_of, read_classes
from lastmile.places.crs_gate import RoadGauge, check_stated_crs
from lastmile.places.demand import demand_frame
from lastmile.places.depots import read_depots
from lastmile.places.geocoding import read_known_addresses
from lastmile.places.ground import Ground
from lastmile.places.model import Places
from lastmile.places.notes import Note
from lastmile.places.orders import OrderDesk
from lastmile.places.points import PointTable
from lastmile.places.population import People
from lastmile.places.raster import read_raster
from lastmile.places.residents import read_residents
from lastmile.places.site_sources import SiteSources
from lastmile.places.sites import site_frame
from lastmile.places.totals import spread_totals
from lastmile.places.units import Units
from lastmile.progress import Progress
from lastmile.scenario import (
    PointColumns,
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
        reader.check_crs(classes.anchors, "settlement")
    progress(_STAGE, 1, _STEPS)
    people = reader.people()
    demand = None if people is None else demand_frame(scenario, people, classes, units, faults)
    progress(_STAGE, 2, _STEPS)
    known = read_known_addresses(scenario.geocoding, faults)
    if known is not None:
        reader.check_crs(known.table, "geocoding")
    sources = SiteSources(
        scenario, units, ground, plane_of(units), known, reader.check_crs, faults, reader.notes
    )
    found = sources.read(demand)
    progress(_STAGE, 3, _STEPS)
    sites = site_frame(
        found.parts,
        lambda points: _class_of(points, classes, demand, units),
        scenario.siting,
        faults,
    )
    progress(_STAGE, 4, _STEPS)
    depots = read_depots(scenario, faults)
    desk = OrderDesk(
        known, frozenset(sites["id"]), found.aliases, units.area, reader.check_crs, faults
    )
    orders = desk.read(scenario.orders)
    progress(_STAGE, _STEPS, _STEPS)
    if demand is None or ground is None or faults.faults:
        return None
    notes = (*reader.notes, *desk.notes)
    return Places(units.area, units.units, demand, sites, depots, notes, orders)


class _Reader:
    """What the steps of one reading share."""

    def __init__(
        self, scenario: Scenario, units: Units, ground: Ground | None, faults: FaultLog
    ) -> None:
        self._scenario = scenario
        self._units = units
        self._ground = ground
        self._faults = faults
        self._gauge = _gauge(units, ground)
        self.notes: list[Note] = []

    def check_crs(self, points: PointTable[PointColumns], key: str) -> None:
        """Test a layer's stated system against the roads."""
        if self._gauge is not None:
            self.notes += check_stated_crs(points, self._gauge, self._faults, key)

    def people(self) -> People | None:
        """Read the people from whichever source the scenario names."""
        source = self._scenario.demand
        if isinstance(source, RasterDemand):
            people, notes = read_raster(source, self._units.area, self._faults)
        elif isinstance(source, PointDemand):
            people, table, notes = read_residents(source, self._units, self._faults)
            if table is not None:
                self.check_crs(table, "demand")
        else:
            people, notes = spread_totals(source, self._units, self._ground, self._faults)
        self.notes += notes
        return people


def _gauge(units: Units, ground: Ground | None) -> RoadGauge | None:
    if ground is None or not len(ground.lines):
        return None
    return RoadGauge.of(ground.lines.geometry.to_numpy(), units.area, plane_of(units))


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
