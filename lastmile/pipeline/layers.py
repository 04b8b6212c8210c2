"""Fifth stage: the layers of a plan, drawn together from what the other stages found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.indicators import coverage_by_unit
from lastmile.pipeline.catchments import draw_catchments
from lastmile.pipeline.deliveries import Deliveries, station_loads
from lastmile.pipeline.inputs import Inputs
from lastmile.pipeline.stations import Stations
from lastmile.pipeline.walking import SEARCH_BEYOND_M, Walking, nearest_sites
from lastmile.pipeline.words import (
    nearest_candidate,
    no_candidate_near,
    off_network,
    routing_remedy,
)
from lastmile.plans import LAYER_COLUMNS, empty_layer, layer_frame
from lastmile.scenario import Scenario

Layers = Mapping[str, gpd.GeoDataFrame | pd.DataFrame]


def draw_layers(
    scenario: Scenario,
    inputs: Inputs,
    walking: Walking,
    stations: Stations,
    deliveries: Deliveries | None,
) -> Layers:
    """Make every layer of ``LAYER_COLUMNS``."""
    demand = _demand(scenario, inputs, walking, stations)
    layers = {
        "units": _units(inputs, demand),
        "demand": demand,
        "sites": _sites(inputs, stations),
        "stations": _stations(scenario, inputs, stations),
        "catchments": draw_catchments(scenario, inputs, walking, stations),
        "assignments": _assignments(demand),
        "roads": _roads(inputs),
    }
    if deliveries is None:
        names = ("centres", "vehicles", "routes", "stops", "unserved")
        return layers | {name: empty_layer(name) for name in names}
    routes = _routes(inputs, deliveries)
    return layers | {
        "centres": _centres(inputs, routes),
        "vehicles": _vehicles(inputs, deliveries),
        "routes": routes,
        "stops": _stops(inputs, deliveries),
        "unserved": _unserved(scenario, inputs, deliveries),
    }


def _demand(
    scenario: Scenario, inputs: Inputs, walking: Walking, stations: Stations
) -> gpd.GeoDataFrame:
    frame = inputs.places.demand
    station = stations.solution.station
    covered = station >= 0
    ids = np.append(inputs.places.sites["id"].to_numpy(dtype=object), "")
    reason = np.asarray(stations.solution.reason, dtype=object)
    reason[walking.off_network & ~covered] = "off_network"
    distance_m = np.where(covered, stations.solution.length_mm / 1000.0, np.nan)
    return layer_frame(
        "demand",
        {
            "id": frame["id"],
            "name": frame["name"],
            "unit_code": frame["unit_code"],
            "class": frame["settlement"],
            "people": frame["people"],
            "service_distance_m": frame["service_distance_m"],
            "covered": covered,
            "station_id": ids[station],
            "distance_m": distance_m,
            "reason": reason,
            "remedy": _remedies(scenario, inputs, walking, reason),
            "geometry": frame.geometry,
        },
    )


def _remedies(
    scenario: Scenario, inputs: Inputs, walking: Walking, reason: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Say for each uncovered point what stands nearest, and by how much it falls short."""
    language = scenario.output.language
    remedy = np.full(reason.size, "", dtype=object)
    remedy[reason == "no_candidate_in_reach"] = no_candidate_near(None, language)
    access_mm = walking.snapped.demand.access_mm
    for k in np.flatnonzero(reason == "off_network").tolist():
        near = access_mm[k] < UNREACHABLE
        remedy[k] = off_network(access_mm[k] / 1000.0 if near else None, language)
    far = np.flatnonzero(reason == "no_candidate_in_reach")
    if not far.size:
        return remedy
    nearest = nearest_sites(scenario, inputs, walking, far)
    standard_m = inputs.places.demand["service_distance_m"].to_numpy()
    names = inputs.places.sites["name"].to_numpy()
    found = nearest.site >= 0
    for k in nearest.point[~found].tolist():
        remedy[k] = no_candidate_near(standard_m[k] + SEARCH_BEYOND_M, language)
    for k, site, length_mm in zip(
        nearest.point[found].tolist(),
        nearest.site[found].tolist(),
        nearest.length_mm[found].tolist(),
        strict=True,
    ):
        remedy[k] = nearest_candidate(names[site], length_mm / 1000.0 - standard_m[k], language)
    return remedy


def _units(inputs: Inputs, demand: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    units = inputs.units.units
    figures = coverage_by_unit(units, demand)
    return layer_frame(
        "units",
        {
            "code": units["code"],
            "name": units["name"],
            "level": units["level"],
            "parent_code": units["parent_code"],
            "class": units["settlement"],
            "people": figures["people"],
            "covered_people": figures["covered_people"],
            "covered_share": figures["covered_share"],
            "estimated": units["estimated"],
            "settlement_source": units["settlement_source"],
            "geometry": units.geometry,
        },
    )


def _sites(inputs: Inputs, stations: Stations) -> gpd.GeoDataFrame:
    sites = inputs.places.sites
    columns = {name: sites[name] for name in LAYER_COLUMNS["sites"] if name != "open"}
    # No limit is NULL, not infinity, which tables and GIS programs do not know.
    capacity = sites["capacity"].replace(np.inf, np.nan)
    return layer_frame("sites", columns | {"open": stations.solution.open, "capacity": capacity})


def _stations(scenario: Scenario, inputs: Inputs, stations: Stations) -> gpd.GeoDataFrame:
    solution = stations.solution
    served = solution.station >= 0
    people = np.zeros(len(inputs.places.sites), np.int64)
    np.add.at(people, solution.station[served], stations.problem.demand[served])
    loads = station_loads(scenario, inputs, stations)
    rows = np.flatnonzero(solution.open)
    sites = inputs.places.sites.iloc[rows]
    capacity = sites["capacity"].to_numpy()
    utilisation = np.full(rows.size, np.nan)
    limited = np.isfinite(capacity) & (capacity > 0)
    utilisation[limited] = loads[rows][limited] / capacity[limited]
    return layer_frame(
        "stations",
        {
            "id": sites["id"],
            "name": sites["name"],
            "kind": sites["kind"],
            "role": sites["role"],
            "people_served": people[rows] / 1000.0,
            "load": loads[rows],
            "utilisation": utilisation,
            "phase": _phase(stations)[rows],
            "geometry": sites.geometry,
        },
    )


def _phase(stations: Stations) -> NDArray[np.int64]:
    """Year in which each site opens, from 1; 0 for those open before, -1 for those left out."""
    if stations.phasing is None:
        return np.ones(stations.problem.existing.size, np.int64)
    return stations.phasing.phase


def _assignments(demand: gpd.GeoDataFrame) -> pd.DataFrame:
    served = demand[demand["covered"]]
    columns = {
        "demand_id": served["id"],
        "station_id": served["station_id"],
        "distance_m": served["distance_m"],
    }
    return layer_frame("assignments", columns)


def _roads(inputs: Inputs) -> gpd.GeoDataFrame:
    lines = inputs.roads.lines()
    near = lines.geometry.intersects(inputs.units.area.envelope)
    return layer_frame("roads", {name: lines.loc[near, name] for name in LAYER_COLUMNS["roads"]})


def _centres(inputs: Inputs, routes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    depots = inputs.places.depots
    groups = routes.groupby("depot_id")
    return layer_frame(
        "centres",
        {
            "id": depots["id"],
            "name": depots["name"],
            "n_routes": depots["id"].map(groups.size()).fillna(0),
            "load": depots["id"].map(groups["load_parcels"].sum()).fillna(0),
            "geometry": depots.geometry,
        },
    )


def _vehicles(inputs: Inputs, deliveries: Deliveries) -> pd.DataFrame:
    depot_ids = inputs.places.depots["id"].to_numpy()
    types = deliveries.problem.vehicle_types
    limits = [np.nan if t.max_distance_mm is None else t.max_distance_mm / 1000 for t in types]
    used = Counter(route.vehicle_type for route in deliveries.solution.routes)
    return layer_frame(
        "vehicles",
        {
            "vehicle_type": [vehicle.id for vehicle in deliveries.vehicles],
            "depot_id": [depot_ids[t.depot] for t in types],
            "capacity_parcels": [t.capacity[0] for t in types],
            "shift_start_s": [t.shift_start_ms // 1000 for t in types],
            "shift_end_s": [t.shift_end_ms // 1000 for t in types],
            "max_distance_m": limits,
            "n_available": [t.n_available for t in types],
            "n_used": [used[k] for k in range(len(types))],
        },
    )


def route_ids(deliveries: Deliveries) -> list[str]:
    """Name the routes: R001, R002 and so on."""
    n_routes = len(deliveries.solution.routes)
    width = max(3, len(str(n_routes)))
    return [f"R{k:0{width}}" for k in range(1, n_routes + 1)]


def _routes(inputs: Inputs, deliveries: Deliveries) -> gpd.GeoDataFrame:
    depot_ids = inputs.places.depots["id"].to_numpy()
    types, vehicles = deliveries.problem.vehicle_types, deliveries.vehicles
    routes = deliveries.solution.routes
    return layer_frame(
        "routes",
        {
            "id": route_ids(deliveries),
            "vehicle_type": [vehicles[route.vehicle_type].id for route in routes],
            "depot_id": [depot_ids[types[route.vehicle_type].depot] for route in routes],
            "n_stops": [len(route.visits) for route in routes],
            "distance_m": [route.distance_mm / 1000.0 for route in routes],
            "duration_s": [(route.end_ms - route.start_ms) // 1000 for route in routes],
            "load_parcels": [route.load[0] for route in routes],
            "cost_yuan": [round(route.cost_yuan, 2) for route in routes],
            "co2e_kg": [
                round(route.distance_mm / 1e6 * vehicles[route.vehicle_type].co2e_kg_per_km, 3)
                for route in routes
            ],
            "start_s": [route.start_ms // 1000 for route in routes],
            "end_s": [route.end_ms // 1000 for route in routes],
            "geometry": deliveries.lines,
        },
    )


def _stops(inputs: Inputs, deliveries: Deliveries) -> gpd.GeoDataFrame:
    problem, sites = deliveries.problem, inputs.places.sites
    visits = [
        (name, rank, visit)
        for name, route in zip(route_ids(deliveries), deliveries.solution.routes, strict=True)
        for rank, visit in enumerate(route.visits, 1)
    ]
    stop = np.array([visit.stop for _, _, visit in visits], dtype=np.int64)
    stop_ids = np.array([*problem.stop_ids, ""], dtype=object)
    visited = sites.iloc[deliveries.visited_site[stop]]
    return layer_frame(
        "stops",
        {
            "route_id": [name for name, _, _ in visits],
            "sequence": [rank for _, rank, _ in visits],
            "stop_id": stop_ids[stop],
            "name": visited["name"],
            "arrival_s": [visit.arrival_ms // 1000 for _, _, visit in visits],
            "departure_s": [visit.departure_ms // 1000 for _, _, visit in visits],
            "window_start_s": problem.window_start_ms[stop] // 1000,
            "window_end_s": problem.window_end_ms[stop] // 1000,
            "load_parcels": problem.demand[stop, 0],
            "station_id": visited["id"],
            "geometry": visited.geometry,
        },
    )


def _unserved(scenario: Scenario, inputs: Inputs, deliveries: Deliveries) -> gpd.GeoDataFrame:
    left_out = deliveries.solution.unserved
    stop = np.array([item.stop for item in left_out], dtype=np.int64)
    language = scenario.output.language
    depot_ids = inputs.places.depots["id"].to_numpy()
    depot_names = inputs.places.depots["name"].to_numpy()
    centre_names = depot_names if language == "zh" else depot_ids
    # The last stands for the -1 of remedies that need no vehicle.
    needed = [
        *(
            (vehicle.id, centre_names[t.depot])
            for vehicle, t in zip(
                deliveries.vehicles, deliveries.problem.vehicle_types, strict=True
            )
        ),
        ("", ""),
    ]
    visited = inputs.places.sites.iloc[deliveries.visited_site[stop]]
    return layer_frame(
        "unserved",
        {
            "stop_id": [deliveries.problem.stop_ids[k] for k in stop],
            "reason": [item.reason for item in left_out],
            "remedy": [
                routing_remedy(item, *needed[item.vehicle_type], language) for item in left_out
            ],
            "station_id": visited["id"],
            "geometry": visited.geometry,
        },
    )
