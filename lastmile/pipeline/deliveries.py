"""Fourth stage: vans from the centres to the open stations, over real roads."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import LineString

from lastmile import routing
from lastmile.costs import CostMatrix
from lastmile.errors import Fault, InputError
from lastmile.network import Network, Snaps, route_lines, travel_costs
from lastmile.pipeline.hierarchy_folder import hierarchy_folder
from lastmile.pipeline.inputs import Inputs
from lastmile.pipeline.stations import CheckError, Stations
from lastmile.pipeline.walking import snap_frame
from lastmile.progress import Progress
from lastmile.routing import RoutingProblem, RoutingSolution, VehicleType
from lastmile.scenario import Scenario, Vehicle
from lastmile.stop import Stop

_MOST_VISITS: Final = 20_000
"""Stops of a day that can be planned at once: times and lengths between them are two tables of
this squared, together 6.4 GB."""


@dataclass(frozen=True, slots=True, eq=False)
class Deliveries:
    """The routing problem, its solution, and the way each route takes."""

    drive: Network
    problem: RoutingProblem
    solution: RoutingSolution
    visited_site: NDArray[np.int64]
    """Shape (stops,). Position of each stop's station among the sites."""

    lines: tuple[LineString, ...]
    """One per route, along the roads."""

    vehicles: tuple[Vehicle, ...]
    """One per vehicle type of the problem: the scenario's vehicle it came from."""

    cut_short: bool
    """Whether the clock, not the work limit, ended the search."""


def station_loads(scenario: Scenario, inputs: Inputs, stations: Stations) -> NDArray[np.int64]:
    """Parcels a day at every site, rounded up: those of orders, else people times a class's rate.

    Returns
    -------
    NDArray
        Shape (sites,). Zero at closed sites.
    """
    if not inputs.places.orders.empty:
        return _ordered(inputs, stations)
    # Integer thousandths: a sum of floats would depend on the order of its terms.
    weight = np.rint(_parcels(scenario, inputs) * 1000.0).astype(np.int64)
    served = stations.solution.station >= 0
    loads = np.zeros(len(inputs.places.sites), np.int64)
    np.add.at(loads, stations.solution.station[served], weight[served])
    return -(-loads // 1000)


def _ordered(inputs: Inputs, stations: Stations) -> NDArray[np.int64]:
    """Parcels of the orders at every site.

    An order goes to the station that it names, if that is open, else to that of the people around
    its address; where these have none nobody hands it out.
    """
    places, solution = inputs.places, stations.solution
    position = {own: k for k, own in enumerate(places.sites["id"])}
    named = np.array([position.get(own, -1) for own in places.orders["station_id"]], np.int64)
    around = np.where(places.order_demand >= 0, solution.station[places.order_demand], -1)
    site = np.where((named >= 0) & solution.open[named], named, around)
    loads = np.zeros(len(places.sites), np.int64)
    handed = site >= 0
    np.add.at(loads, site[handed], places.orders["parcels"].to_numpy(np.int64)[handed])
    return loads


def _parcels(scenario: Scenario, inputs: Inputs) -> NDArray[np.float64]:
    """Parcels a day at every demand point."""
    demand, wish = inputs.places.demand, scenario.routing
    urban = (demand["settlement"] == "urban").to_numpy()
    rate = np.where(urban, wish.parcels_per_person_day_urban, wish.parcels_per_person_day_rural)
    parcels: NDArray[np.float64] = demand["people"].to_numpy(dtype=np.float64) * rate
    return parcels


def plan_deliveries(
    scenario: Scenario,
    inputs: Inputs,
    stations: Stations,
    progress: Progress,
    interruption: threading.Event,
) -> Deliveries | None:
    """Route the day's parcels from the depots to the open stations; None if none are asked for.

    Raises
    ------
    InputError
        When a stop is larger than any vehicle.
    CheckError
        When the checker rejects the routes.
    """
    if inputs.drive is None:
        return None
    with hierarchy_folder() as cache:
        return _planned(scenario, inputs, inputs.drive, stations, progress, interruption, cache)


def _planned(
    scenario: Scenario,
    inputs: Inputs,
    drive: Network,
    stations: Stations,
    progress: Progress,
    interruption: threading.Event,
    cache: Path | None,
) -> Deliveries:
    depots, sites = inputs.places.depots, inputs.places.sites
    loads = station_loads(scenario, inputs, stations)
    visited, parcels = _visits(scenario, sites, loads)
    is_first = np.ones(visited.size, dtype=np.bool_)
    is_first[1:] = visited[1:] != visited[:-1]
    served = visited[is_first]
    progress("roads", 0, 1, "travel times")
    located = pd.concat([depots[["id", "geometry"]], sites[["id", "geometry"]].iloc[served]])
    positions = snap_frame(drive, located, scenario.service_distance.max_access_m)
    # Depots and stations are numbered apart by their owners, often both from 1.
    ids = (*(f"depot {own}" for own in depots["id"]), *sites["id"].iloc[served])
    expand = np.concatenate([np.arange(len(depots)), len(depots) + np.cumsum(is_first) - 1])
    costs = _visit_costs(drive, positions, ids, expand, progress, cache)
    progress("roads", 1, 1)
    vehicle_types, vehicles = _fleet(scenario, depots)
    problem = _problem(scenario, costs, parcels, vehicle_types)
    stop = Stop.after(scenario.routing.time_limit_s, interruption)
    solution = routing.solve(
        problem,
        stop=stop,
        seed=scenario.seed,
        engine=scenario.routing.engine,
        max_iterations=scenario.routing.max_iterations,
        progress=progress,
    )
    cut_short = solution.status == "feasible" and stop.reached()
    progress("routing", 1, 1, f"{len(solution.routes):,} routes")
    complaints = routing.check(problem, solution)
    if complaints:
        raise CheckError("the checker rejects the routes: " + "; ".join(complaints))
    sequences = [expand[_locations(route, vehicle_types, len(depots))] for route in solution.routes]
    lines = tuple(route_lines(drive, positions, sequences, cache=cache))
    return Deliveries(drive, problem, solution, visited, lines, vehicles, cut_short)


def _locations(
    route: routing.Route, vehicle_types: tuple[VehicleType, ...], n_depots: int
) -> list[int]:
    depot = vehicle_types[route.vehicle_type].depot
    return [depot, *(n_depots + visit.stop for visit in route.visits), depot]


def _visits(
    scenario: Scenario, sites: pd.DataFrame, loads: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split each station's load into visits that a vehicle can carry, or refuse it.

    Returns the site of each visit, those of one site in a row, and the parcels it brings.
    """
    largest = max(vehicle.capacity_parcels for vehicle in scenario.routing.vehicles)
    # By id, so that the order of a table's rows does not matter.
    loaded = np.flatnonzero(loads)
    loaded = loaded[np.argsort(sites["id"].to_numpy(dtype=str)[loaded], kind="stable")]
    too_large = loaded[loads[loaded] > largest]
    if too_large.size and not scenario.routing.split_loads:
        raise InputError(
            Fault(
                "scenario",
                f"station {sites['id'].iloc[k]} {sites['name'].iloc[k]}",
                f"{loads[k]:,} parcels a day, more than any vehicle carries",
                f"at most {largest:,}",
                "set routing.split_loads = true, give a larger vehicle, or lower the parcel rates",
            )
            for k in too_large.tolist()
        )
    full = _full_load(scenario)
    n_visits = np.where(loads[loaded] > largest, -(-loads[loaded] // full), 1)
    if n_visits.sum() > _MOST_VISITS:
        raise InputError(
            [
                Fault(
                    "scenario",
                    "routing",
                    f"{int(n_visits.sum()):,} visits a day to {loaded.size:,} stations",
                    f"at most {_MOST_VISITS:,}",
                    "lower the parcel rates, or give larger vehicles",
                )
            ]
        )
    visited = np.repeat(loaded, n_visits)
    rank = np.arange(visited.size) - np.repeat(np.cumsum(n_visits) - n_visits, n_visits)
    # Full loads and one rest: two halves of little more than a full load share no vehicle.
    is_last = rank == np.repeat(n_visits, n_visits) - 1
    parcels = np.where(is_last, loads[visited] - rank * full, full)
    return visited, parcels


def _full_load(scenario: Scenario) -> int:
    """Capacity of the vehicles that together carry the most: many must be able to take a load."""
    fleet = scenario.routing.vehicles
    together = max(fleet, key=lambda v: (v.n_per_depot * v.capacity_parcels, v.capacity_parcels))
    return together.capacity_parcels


def _fleet(
    scenario: Scenario, depots: pd.DataFrame
) -> tuple[tuple[VehicleType, ...], tuple[Vehicle, ...]]:
    types, origins = [], []
    ids = list(depots["id"])
    for vehicle in scenario.routing.vehicles:
        for depot in (k for k, name in enumerate(ids) if name in (vehicle.depots or ids)):
            types.append(_vehicle_type(vehicle, depot, ids[depot]))
            origins.append(vehicle)
    return tuple(types), tuple(origins)


def _vehicle_type(vehicle: Vehicle, depot: int, depot_id: str) -> VehicleType:
    limit = vehicle.max_distance_km
    return VehicleType(
        id=f"{vehicle.id}@{depot_id}",
        depot=depot,
        n_available=vehicle.n_per_depot,
        capacity=(vehicle.capacity_parcels,),
        shift_start_ms=to_ms(vehicle.shift_start),
        shift_end_ms=to_ms(vehicle.shift_end),
        max_distance_mm=None if limit is None else round(limit * 1e6),
        fixed_cost_yuan=vehicle.fixed_cost_yuan,
        cost_per_km_yuan=vehicle.cost_per_km_yuan,
        cost_per_hour_yuan=vehicle.cost_per_hour_yuan,
    )


def to_ms(moment: time) -> int:
    """Milliseconds since midnight."""
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return seconds * 1000 + moment.microsecond // 1000


def _problem(
    scenario: Scenario,
    costs: tuple[CostMatrix, CostMatrix],
    parcels: NDArray[np.int64],
    vehicle_types: tuple[VehicleType, ...],
) -> RoutingProblem:
    wish = scenario.routing
    travel_time, distance = costs
    service_ms = np.rint(
        (wish.service_s_per_stop + wish.service_s_per_parcel * parcels) * 1000.0
    ).astype(np.int64)
    n_stops = parcels.size
    return RoutingProblem(
        travel_time,
        distance,
        n_depots=len(travel_time.origin_ids) - n_stops,
        demand=parcels[:, None],
        service_ms=service_ms,
        window_start_ms=np.full(n_stops, to_ms(wish.station_opens), np.int64),
        window_end_ms=np.full(n_stops, to_ms(wish.station_closes), np.int64),
        vehicle_types=vehicle_types,
    )


def _visit_costs(
    drive: Network,
    positions: Snaps,
    ids: tuple[str, ...],
    expand: NDArray[np.int64],
    progress: Progress,
    cache: Path | None,
) -> tuple[CostMatrix, CostMatrix]:
    """Measure between all visits: rows and columns of stations visited more than once repeat."""
    travel_time, distance = travel_costs(drive, positions, ids=ids, progress=progress, cache=cache)
    # Tables of ten thousand stations take gigabytes: they are copied only where visits repeat,
    # and one after the other, so that the first is gone before the second is copied.
    if expand.size > len(ids):
        names = _visit_ids(ids, expand)
        travel_time = _expanded(travel_time, expand, names)
        distance = _expanded(distance, expand, names)
    return travel_time, distance


def _expanded(table: CostMatrix, expand: NDArray[np.int64], ids: tuple[str, ...]) -> CostMatrix:
    return CostMatrix(table.values[np.ix_(expand, expand)], ids, ids, table.impedance)


def _visit_ids(ids: tuple[str, ...], expand: NDArray[np.int64]) -> tuple[str, ...]:
    """Ids of the locations; ``#k`` marks the k-th visit of a station visited several times."""
    counts = np.bincount(expand, minlength=len(ids))
    seen: dict[int, int] = {}
    names = []
    for location in expand.tolist():
        seen[location] = seen.get(location, 0) + 1
        suffix = f"#{seen[location]}" if counts[location] > 1 else ""
        names.append(ids[location] + suffix)
    if len(set(names)) < len(names):
        alike = next(name for name in names if names.count(name) > 1)
        raise InputError(
            [
                Fault(
                    "sites",
                    f"id {alike!r}",
                    "an id that another station's visit, or a depot, goes by as well",
                    "ids without '#' and a number, which marks the visits of one station",
                    "rename the site",
                )
            ]
        )
    return tuple(names)
