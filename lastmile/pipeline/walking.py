"""Second stage: who can walk where. Geography ends with the table made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.costs import Reach
from lastmile.network import Network, Snaps, euclidean_reach, reach, snap
from lastmile.pipeline.inputs import Inputs
from lastmile.progress import Progress, silent
from lastmile.scenario import Scenario

SEARCH_BEYOND_M: Final = 2_000.0
"""How far past the standard the nearest candidate of an uncovered point is looked for."""
_MOST_EXPLAINED: Final = 5_000
"""Uncovered points whose remedy is looked up, the most populous first."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Where people, sites and depots meet the roads."""

    demand: Snaps
    sites: Snaps
    depots: Snaps | None
    """On the drive network; None where no routes are asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Walking:
    """The sites within each point's service distance."""

    snapped: Snapped
    reach: Reach
    off_network: NDArray[np.bool_]
    """Shape (demand points,). Too far from any walkable road to count as reached."""


def snap_places(scenario: Scenario, inputs: Inputs, progress: Progress) -> Snapped:
    """Find the nearest walkable road of people and sites, and the nearest road of depots."""
    places, limit_m = inputs.places, scenario.service_distance.max_access_m
    progress("snap", 0, 3, "people")
    demand = snap_frame(inputs.walk, places.demand, limit_m)
    progress("snap", 1, 3, "sites")
    sites = snap_frame(inputs.walk, places.sites, limit_m)
    progress("snap", 2, 3, "depots")
    drive = inputs.drive
    depots = None if drive is None else snap_frame(drive, places.depots, limit_m)
    progress("snap", 3, 3)
    return Snapped(demand, sites, depots)


def measure_walking(
    scenario: Scenario, inputs: Inputs, snapped: Snapped, progress: Progress
) -> Walking:
    """Measure which sites each demand point reaches within its service distance."""
    places = inputs.places
    network = scenario.service_distance.metric == "network"
    off_network = ~snapped.demand.on_network & network
    progress("reach", 0, 1)
    limit_mm = to_mm(places.demand["service_distance_m"].to_numpy())
    table = _reach(scenario, inputs, snapped, np.arange(len(places.demand)), limit_mm, progress)
    progress("reach", 1, 1, f"{table.n_pairs:,} pairs")
    return Walking(snapped, table, off_network)


def _reach(
    scenario: Scenario,
    inputs: Inputs,
    snapped: Snapped,
    points: NDArray[np.int64],
    limit_mm: NDArray[np.int64],
    progress: Progress = silent,
) -> Reach:
    """Measure, by the scenario's metric, what some of the demand points reach."""
    demand, sites = inputs.places.demand.iloc[points], inputs.places.sites
    demand_ids, site_ids = tuple(demand["id"]), tuple(sites["id"])
    if scenario.service_distance.metric == "network":
        return reach(
            inputs.walk,
            snapped.demand.take(points),
            snapped.sites,
            limit_mm=limit_mm,
            demand_ids=demand_ids,
            site_ids=site_ids,
            progress=progress,
        )
    return euclidean_reach(
        demand.geometry.x.to_numpy(),
        demand.geometry.y.to_numpy(),
        sites.geometry.x.to_numpy(),
        sites.geometry.y.to_numpy(),
        limit_mm=limit_mm,
        demand_ids=demand_ids,
        site_ids=site_ids,
    )


def to_mm(length_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Metres to whole millimetres."""
    return np.rint(np.asarray(length_m, dtype=np.float64) * 1000.0).astype(np.int64)


def snap_frame(network: Network, points: gpd.GeoDataFrame, max_access_m: float) -> Snaps:
    """Snap the points of a frame in EPSG:4326."""
    x, y = points.geometry.x.to_numpy(), points.geometry.y.to_numpy()
    return snap(network, x, y, max_access_m=max_access_m)


@dataclass(frozen=True, slots=True, eq=False)
class NearestSite:
    """For demand points that no site covers: the nearest site, however far."""

    point: NDArray[np.int64]
    """Shape (explained points,). Positions of demand points."""

    site: NDArray[np.int64]
    """Shape (explained points,). Position of the nearest site, or -1 if none is near at all."""

    length_mm: NDArray[np.int64]
    """Shape (explained points,)."""


def nearest_sites(
    scenario: Scenario, inputs: Inputs, walking: Walking, points: NDArray[np.int64]
) -> NearestSite:
    """Find the nearest site of points that none covers, so that a remedy can be named."""
    demand = inputs.places.demand
    people = demand["people"].to_numpy()[points]
    points = points[np.lexsort((points, -people))][:_MOST_EXPLAINED]
    standard_m = demand["service_distance_m"].to_numpy()[points]
    limit_mm = to_mm(standard_m + SEARCH_BEYOND_M)
    table = _reach(scenario, inputs, walking.snapped, points, limit_mm)
    may_open = (inputs.places.sites["role"] != "forbidden").to_numpy()
    site = np.full(points.size, -1, np.int64)
    length = np.zeros(points.size, np.int64)
    for k in range(points.size):
        row = np.arange(table.indptr[k], table.indptr[k + 1])
        row = row[may_open[table.indices[row]]]
        if row.size:
            best = row[int(np.argmin(table.length_mm[row]))]
            site[k], length[k] = table.indices[best], table.length_mm[best]
    return NearestSite(points, site, length)
