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
from lastmile.places.geocoding import read_known_addresses
from lastmile.places.ground import Ground
from lastmile.places.model import Places
from lastmile.places.notes import Note
from lastmile.places.orders import OrderDesk
from lastmile.places.parcels import parcels_of_orders
from lastmile.places.population import People
from lastmile.places.raster import read_raster
from lastmile.places.residents import read_residents
from lastmile.places.site_sources import SiteSources
from lastmile.places.sites import site_frame
from lastmile.places.total_findings import compare_totals
from lastmile.places.totals import spread_totals
from lastmile.places.units import Units
from lastmile.progress import Progress
from lastmile.scenario import (
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
    for key, table in units.points:
        reader.gate.look(table, key)
    classes = read_classes(scenario, faults)
    if classes.anchors is not None:
        reader.gate.look(classes.anchors, "settlement")
    progress(_STAGE, 1, _STEPS)
    people = reader.people()
    demand = None if people is None else demand_frame(scenario, people, classes, units, faults)
    progress(_STAGE, 2, _STEPS)
    known = read_known_addresses(scenario.geocoding, faults)
    if known is not None:
        reader.gate.look(known.table, "geocoding")
    sources = SiteSources(
        scenario, units, ground, plane_of(units), known, reader.gate.look, faults, reader.notes
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
    depots = read_depots(scenario, faults, reader.gate.look)
    desk = OrderDesk(
        known, frozenset(sites["id"]), found.aliases, units.area, reader.gate.look, faults
    )
    orders = desk.read(scenario.orders)
    reader.notes += reader.gate.judge()
    progress(_STAGE, _STEPS, _STEPS)
    if demand is not None:
        compare_totals(demand, units, faults.findings)
    if people is None or demand is None or ground is None or faults.faults:
        return None
    placed, order_notes = _placed_orders(scenario, demand, orders, units)
    notes = (*reader.notes, *desk.notes, *order_notes)
    return Places(
        units.area, units.units, demand, sites, depots, notes, orders, placed, people.age_groups
    )


def _placed_orders(
    scenario: Scenario, demand: gpd.GeoDataFrame, orders: gpd.GeoDataFrame, units: Units
) -> tuple[NDArray[np.int64], tuple[Note, ...]]:
    """Give each order the demand point it belongs to: the nearest within the longer standard."""
    if orders.empty:
        return np.empty(0, np.int64), ()
    standard = scenario.service_distance
    near_m = max(standard.urban_m, standard.rural_m)
    found = parcels_of_orders(demand, orders, plane_of(units), near_m)
    return found.placed, found.notes


class _Reader:
    """What the steps of one reading share."""

    def __init__(
        self, scenario: Scenario, units: Units, ground: Ground | None, faults: FaultLog
    ) -> None:
        self._scenario = scenario
        self._units = units
        self._ground = ground
        self._faults = faults
        self.gate = CrsGate(surroundings(units, ground), faults)
        self.notes: list[Note] = []

    def people(self) -> People | None:
        """Read the people from whichever source the scenario names."""
        source = self._scenario.demand
        if isinstance(source, RasterDemand):
            people, notes = read_raster(source, self._units, self._faults)
            for path in source.path:
                tell_untested("demand", path, source.crs, self._faults)
        elif isinstance(source, PointDemand):
            people, table, notes = read_residents(source, self._units, self._faults)
            if table is not None:
                self.gate.look(table, "demand")
        else:
            people, notes = spread_totals(source, self._units, self._ground, self._faults)
        self.notes += notes
        return people


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
