"""The figures of ``plan.json``: proofs, indicators, inputs, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile import indicators
from lastmile.network import NetworkReport
from lastmile.pipeline import words
from lastmile.pipeline.catchments import are_too_many
from lastmile.pipeline.deliveries import Deliveries
from lastmile.pipeline.inputs import Inputs, hashes
from lastmile.pipeline.layers import Layers
from lastmile.pipeline.mending import RoadQuality, figures, repair_note
from lastmile.pipeline.phases import phase_figures, phase_notes
from lastmile.pipeline.stations import Stations
from lastmile.pipeline.walking import Walking
from lastmile.plans import SCHEMA_VERSION
from lastmile.scenario import Scenario
from lastmile.siting import SitingSolution

_WEAKEST_FIRST = ("infeasible", "interrupted", "feasible", "optimal")
_MOST_NAMED = 60
"""A planner must be told by name which places the roads miss."""
_FOOTWAYS = ("footway", "path", "pedestrian", "steps")


def summarise(
    scenario: Scenario,
    inputs: Inputs,
    walking: Walking,
    stations: Stations,
    deliveries: Deliveries | None,
    layers: Layers,
    quality: RoadQuality,
) -> dict[str, Any]:
    """Collect the figures of a plan, as docs/plan.md describes them, but for the timings."""
    undrawn = are_too_many(scenario, inputs, stations)

    def tell(language: words.Language) -> list[str]:
        return [
            *_delivery_notes(inputs, deliveries, layers, language),
            *_candidate_notes(stations, layers, language),
            *_notes(scenario, inputs, walking, layers, quality, language),
            *phase_notes(stations, language),
            *_cuts(stations, deliveries, language),
            *([words.no_catchments(language)] if undrawn else []),
        ]

    statuses = [stations.solution.status]
    if deliveries is not None:
        statuses.append(deliveries.solution.status)
    return {
        "schema": SCHEMA_VERSION,
        "name": scenario.name,
        "status": min(statuses, key=_WEAKEST_FIRST.index),
        "standard": scenario.service_distance.as_dict(),
        "siting": _siting(scenario, stations, layers),
        "routing": None if deliveries is None else _routing(deliveries, layers),
        "indicators": _indicators(scenario, inputs, stations, layers),
        "network": _network(inputs, walking) | figures(quality),
        "notes": tell(scenario.output.language),
        "notes_en": tell("en"),
        "inputs": hashes(scenario),
        "seed": scenario.seed,
    }


def _siting(scenario: Scenario, stations: Stations, layers: Layers) -> dict[str, Any]:
    problem, solution = stations.problem, stations.solution
    lscp = problem.goal == "lscp"
    unit = {"stations": "stations", "cost": "yuan"}[problem.minimise] if lscp else "people"
    total = int(problem.demand.sum())
    n_existing = int(np.count_nonzero(problem.existing))
    n_open = int(np.count_nonzero(solution.open))
    components = [
        {
            "n_demand": part.n_demand,
            "n_sites": part.n_sites,
            "objective": _shown(part.objective, unit),
            "bound": _shown(part.bound, unit),
            "method": part.method,
            "proven": part.proven,
        }
        for part in solution.components
    ]
    return {
        "goal": problem.goal,
        "measured": stations.measured,
        "status": solution.status,
        "objective": _shown(solution.objective, unit),
        "bound": _shown(solution.bound, unit),
        "unit": unit,
        "gap": round(solution.gap, 6),
        "n_open": n_open,
        "n_new": n_open - n_existing,
        "n_existing": n_existing,
        "cost_yuan": int(problem.cost_yuan[solution.open & ~problem.existing].sum()),
        "message": _message(scenario, stations),
        "all_open_share": indicators.share(int(problem.demand[stations.all_open].sum()), total),
        "n_components": len(components),
        "n_proven": sum(part.proven for part in solution.components),
        "components": components,
        "curve": [_curve_point(p, answer, total) for p, answer in stations.curve],
        "phases": phase_figures(stations, layers),
    }


def _message(scenario: Scenario, stations: Stations) -> str:
    """Tell in the reader's language why siting ended as it did."""
    problem, solution, language = stations.problem, stations.solution, scenario.output.language
    told = words.siting_ended(solution.status, solution.message, language)
    if solution.status != "infeasible" or problem.goal != "lscp":
        return told
    if problem.group is not None:
        short = _short_groups(stations, problem.group)
        return words.groups_short(problem.required_share, short, language) or told
    total, possible = int(problem.demand.sum()), int(problem.demand[stations.all_open].sum())
    missing = problem.required_share * total - possible
    share = indicators.share(possible, total)
    return words.shortage(problem.required_share, share, missing / 1000, language) or told


def _short_groups(stations: Stations, group: NDArray[np.int64]) -> list[str]:
    """Names of the groups whose share no choice of sites reaches, the farthest from it first."""
    problem = stations.problem
    n_groups = len(problem.group_names)
    total, possible = np.zeros(n_groups), np.zeros(n_groups)
    np.add.at(total, group, problem.demand)
    np.add.at(possible, group, np.where(stations.all_open, problem.demand, 0))
    missing = problem.required_share * total - possible
    order = np.argsort(-missing, kind="stable")
    return [problem.group_names[k] for k in order[missing[order] > 0.0].tolist()]


def _shown(value: int, unit: str) -> float | int:
    return value / 1000 if unit == "people" else value


def _curve_point(p: int, answer: SitingSolution, total: int) -> dict[str, Any]:
    return {
        "p": p,
        "covered_people": answer.objective / 1000,
        "covered_share": indicators.share(answer.objective, total),
        "bound_share": indicators.share(answer.bound, total),
        "status": answer.status,
    }


def _routing(deliveries: Deliveries, layers: Layers) -> dict[str, Any]:
    solution, routes = deliveries.solution, layers["routes"]
    # The sum of what the layers show to the cent, so that all tables agree.
    cost_yuan = round(float(routes["cost_yuan"].sum()), 2)
    return {
        "status": solution.status,
        "engine": solution.engine,
        "cost_yuan": cost_yuan,
        "bound_yuan": min(round(solution.bound_yuan, 2), cost_yuan),
        "n_routes": len(solution.routes),
        "n_unserved": len(solution.unserved),
        "n_unserved_stations": int(layers["unserved"]["station_id"].nunique()),
        "distance_km": round(sum(r.distance_mm for r in solution.routes) / 1e6, 3),
        "duration_h": round(sum(r.end_ms - r.start_ms for r in solution.routes) / 3.6e6, 3),
        "load_parcels": int(routes["load_parcels"].sum()),
        "co2e_kg": round(float(routes["co2e_kg"].sum()), 3),
    }


def _indicators(
    scenario: Scenario, inputs: Inputs, stations: Stations, layers: Layers
) -> dict[str, Any]:
    demand = layers["demand"]
    weight = stations.problem.demand
    before = int(weight[stations.before].sum())
    return {
        **indicators.overall(demand),
        "by_class": dict.fromkeys(indicators.CLASSES, indicators.overall(demand.iloc[:0]))
        | indicators.coverage_by_class(demand),
        "by_age_group": _ages(inputs, layers),
        "by_reason": indicators.people_by_reason(demand),
        "before": {
            "covered_people": before / 1000,
            "covered_share": indicators.share(before, int(weight.sum())),
        },
        **indicators.distance_figures(demand),
        "metric": scenario.service_distance.metric,
    }


def _ages(inputs: Inputs, layers: Layers) -> dict[str, dict[str, float]]:
    groups = {group.name: group.people for group in inputs.places.age_groups}
    return indicators.coverage_by_age_group(layers["demand"], groups)


def _network(inputs: Inputs, walking: Walking) -> dict[str, Any]:
    report = NetworkReport.of(inputs.walk)
    past = walking.snapped.demand.past_island
    people = inputs.places.demand["people"].to_numpy()
    return {
        "walk_km": round(report.length_km, 3),
        "drive_km": None
        if inputs.drive is None
        else round(NetworkReport.of(inputs.drive).length_km, 3),
        "n_turn_restrictions": 0 if inputs.drive is None else inputs.drive.turns.n_bound,
        "from_openstreetmap": inputs.roads.is_openstreetmap,
        "walk_components": report.n_components,
        "main_component_share": round(report.main_component_share, 6),
        "n_snapped_past_islands": int(past.sum()),
        "people_past_islands": round(float(people[past].sum()), 3),
    }


def _delivery_notes(
    inputs: Inputs, deliveries: Deliveries | None, layers: Layers, language: words.Language
) -> list[str]:
    """Tell what a dispatcher must know first: who gets nothing, and where no van is left."""
    if deliveries is None:
        return []
    notes = []
    left_out = layers["unserved"]["station_id"].nunique()
    if left_out:
        n_loaded = int(np.unique(deliveries.visited_site).size)
        notes.append(words.left_unserved(left_out, n_loaded, language))
    names = dict(zip(inputs.places.depots["id"], inputs.places.depots["name"], strict=True))
    fleets = layers["vehicles"].groupby("depot_id", sort=False)[["n_used", "n_available"]].sum()
    for depot_id, n_used, n_available in fleets.itertuples():
        if n_used == n_available > 0 and (left_out or len(fleets) > 1):
            notes.append(words.fleet_used_up(names[depot_id], n_available, language))
    return notes


def _candidate_notes(stations: Stations, layers: Layers, language: words.Language) -> list[str]:
    """Tell what no choice among the candidates can exceed: an optimum alone does not say it."""
    reasons = indicators.people_by_reason(layers["demand"])
    if not (reasons.get("no_candidate_in_reach") or reasons.get("forbidden")):
        return []
    weight = stations.problem.demand
    share = indicators.share(int(weight[stations.all_open].sum()), int(weight.sum()))
    return [words.best_possible(share, reasons, language)]


def _notes(
    scenario: Scenario,
    inputs: Inputs,
    walking: Walking,
    layers: Layers,
    quality: RoadQuality,
    language: words.Language,
) -> list[str]:
    notes = [getattr(note, language) for note in inputs.places.notes]
    ages = _ages(inputs, layers)
    notes += [words.age_group(name, found, language) for name, found in ages.items()]
    if scenario.service_distance.metric == "euclidean":
        notes.append(words.straight_line(language))
    else:
        notes += _network_notes(inputs, walking, layers["demand"], language)
        notes += repair_note(quality, language)
    return notes


def _cuts(stations: Stations, deliveries: Deliveries | None, language: words.Language) -> list[str]:
    stages = {
        "siting": stations.cut_short,
        "routing": deliveries is not None and deliveries.cut_short,
    }
    return [words.cut_short(stage, language) for stage, cut in stages.items() if cut]


def _network_notes(
    inputs: Inputs, walking: Walking, demand: gpd.GeoDataFrame, language: words.Language
) -> list[str]:
    notes = []
    highways = set(inputs.roads.values("highway").tolist())
    if highways.isdisjoint(_FOOTWAYS):
        lacks_service = "service" not in highways
        notes.append(words.no_footways(no_service_roads=lacks_service, language=language))
    people = demand["people"].to_numpy()
    past = walking.snapped.demand.past_island & ~walking.off_network
    if past.any():
        notes.append(words.past_islands(int(past.sum()), float(people[past].sum()), language))
    for tell, chosen in (
        (words.off_network_points, walking.off_network),
        (words.outside_extract, walking.off_network & ~_inside_extract(inputs, demand)),
    ):
        if chosen.any():
            rows = demand[chosen]
            notes.append(
                tell(len(rows), float(rows["people"].sum()), _named(rows, language), language)
            )
    n_sites = int(np.count_nonzero(~walking.snapped.sites.on_network))
    if n_sites:
        notes.append(words.off_network_sites(n_sites, language))
    return notes


def _inside_extract(inputs: Inputs, demand: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Whether each demand point lies within the bounds of the roads that were read."""
    lon, lat = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    roads = inputs.roads
    west, east = roads.lon.min(), roads.lon.max()
    south, north = roads.lat.min(), roads.lat.max()
    inside: NDArray[np.bool_] = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return inside


def _named(rows: gpd.GeoDataFrame, language: words.Language) -> str:
    """List the most populous places; raster cells, whose names are their ids, are not listed."""
    if (rows["name"] == rows["id"]).all():
        return ""
    largest = rows.sort_values("people", ascending=False, kind="stable").head(_MOST_NAMED)
    mark = "、" if language == "zh" else ", "
    return words.others(mark.join(largest["name"]), len(rows) - len(largest), language)


def versions() -> Mapping[str, str]:
    """Versions of the libraries whose results a plan rests on."""
    from importlib.metadata import version  # noqa: PLC0415 - read only when a plan is finished

    names = ("lastmile", "numpy", "numba", "ortools", "osmium", "pyproj", "pyvrp", "shapely")
    return {name: version(name) for name in names}
