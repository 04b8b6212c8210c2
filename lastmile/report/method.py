"""How the figures came about: the exact rule, the data, what was proven, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from lastmile.indicators import coverage_by_class
from lastmile.plans import Plan
from lastmile.report.clean import figure, text
from lastmile.report.routes import routing_status
from lastmile.report.table import Cell, Column, Fact, Section, Table
from lastmile.report.texts import Wording
from lastmile.scenario import (
    ConstantSettlement,
    JunctionCandidates,
    OsmCandidates,
    RasterDemand,
    Scenario,
    UnitTotalsDemand,
)

_MAX_OPEN_COMPONENTS = 50
"""The widest gaps; thousands of rows of small print would hide them."""


def method_sections(plan: Plan, words: Wording) -> tuple[Section, ...]:
    """Explain the plan in sentences that can be quoted.

    Returns
    -------
    tuple of Section
        Rule, siting, deliveries (where planned), data, proofs, limits.
    """
    sections = [_rule(plan, words), _siting(plan, words)]
    if plan.summary.get("routing"):
        sections.append(_routing(plan, words))
    sections += [_data(plan, words), _proof(plan, words), _limits(plan, words)]
    return tuple(sections)


def inputs_table(plan: Plan, words: Wording) -> Table:
    """List the files that were read, with their SHA-256."""
    inputs = plan.summary.get("inputs") or []
    rows = tuple((text(item["path"]), text(item["sha256"])) for item in inputs)
    columns = (Column(words("file")), Column(words("sha256")))
    return Table(columns, rows, words("method_inputs"), empty_note=words("none"))


def open_components_table(plan: Plan, words: Wording) -> Table | None:
    """List the components not proven optimal, the widest gap first; None if all are proven."""
    components = (plan.summary.get("siting") or {}).get("components") or []
    still_open = [item for item in components if not item["proven"]]
    if not still_open:
        return None
    still_open.sort(key=lambda item: -abs(item["objective"] - item["bound"]))
    rows = tuple(
        (
            figure(item["n_demand"]),
            figure(item["n_sites"]),
            figure(item["objective"]),
            figure(item["bound"]),
            text(item["method"]),
        )
        for item in still_open[:_MAX_OPEN_COMPONENTS]
    )
    columns = (
        Column(words("n_demand"), "count"),
        Column(words("n_sites"), "count"),
        Column(words("objective"), "people"),
        Column(words("bound"), "people"),
        Column(words("by_means_of")),
    )
    return Table(columns, rows, words("method_open_components"))


def _rule(plan: Plan, words: Wording) -> Section:
    standard = plan.scenario.service_distance
    urban_m, rural_m = standard.urban_m, standard.rural_m
    limits = _by_class(plan, words, "standard", {"urban": urban_m, "rural": rural_m})
    facts = [_note(words, "standard", words.filled("standard_text", limits))]
    language = plan.scenario.output.language
    facts.append(_note(words, "norm", standard.provenance(language)))
    if remark := standard.preset.remark.text(language):
        facts.append(_note(words, "norm_remark", remark))
    facts.append(_note(words, "metric", words(f"metric_{standard.metric}")))
    if standard.metric == "network":
        facts.append(_note(words, "lengths", words("lengths_text")))
    facts.append(
        _note(words, "off_network", words.filled("off_network_text", standard.max_access_m))
    )
    facts += _network_facts(plan, words)
    facts.append(_note(words, "share_rule", words("share_rule_text")))
    return Section(words("method_rule"), tuple(facts))


def _network_facts(plan: Plan, words: Wording) -> list[Fact]:
    network = plan.summary.get("network") or {}
    if not network:
        return []
    islands = words.filled(
        "islands_text",
        plan.scenario.roads.min_component_m,
        int(network.get("n_snapped_past_islands") or 0),
        figure(network.get("people_past_islands")) or 0.0,
    )
    drive_km = figure(network.get("drive_km"))
    extent = words.filled(
        "network_text",
        figure(network.get("walk_km")) or 0.0,
        "" if drive_km is None else words.filled("network_drive", drive_km),
        int(network.get("walk_components") or 0),
        figure(network.get("main_component_share")) or 0.0,
    )
    return [_note(words, "islands", islands), _note(words, "network", extent)]


def _siting(plan: Plan, words: Wording) -> Section:
    if (plan.summary.get("siting") or {}).get("measured"):
        measured = _note(words, "goal", words("status_measured"))
        return Section(words("method_siting"), (measured,))
    siting = plan.scenario.siting
    roles = [text(role) for role in plan.layers["sites"]["role"]]
    if siting.goal == "lscp":
        goal = words.filled(
            f"goal_lscp_{siting.minimise}",
            words(f"share_of_{siting.share_of}"),
            siting.required_share,
        )
    else:
        limits = [words.filled("limit_p", siting.p)] if siting.p is not None else []
        if siting.budget_yuan is not None:
            limits.append(words.filled("limit_budget", siting.budget_yuan))
        goal = words.filled("goal_mclp", words("limits_joint").join(limits))
    fixed = words.filled("existing_rule_text", roles.count("required"), roles.count("forbidden"))
    return Section(
        words("method_siting"),
        (
            _note(words, "goal", goal),
            _note(words, "existing_rule", fixed),
            _note(words, "solver", words.filled("solver_text", plan.summary.get("seed"))),
        ),
    )


def _routing(plan: Plan, words: Wording) -> Section:
    routing = plan.scenario.routing
    rates = {
        "urban": routing.parcels_per_person_day_urban,
        "rural": routing.parcels_per_person_day_rural,
    }
    parcels = _by_class(plan, words, "parcels", rates)
    service = words.filled(
        "service_time_text",
        routing.service_s_per_stop,
        routing.service_s_per_parcel,
        _hour(routing.station_opens),
        _hour(routing.station_closes),
    )
    facts = [
        _note(words, "demand_parcels", words.filled("demand_parcels_text", parcels)),
        _note(words, "service_time", service),
    ]
    for vehicle in routing.vehicles:
        sentence = words.filled(
            "vehicle_text",
            vehicle.capacity_parcels,
            _hour(vehicle.shift_start),
            _hour(vehicle.shift_end),
            vehicle.fixed_cost_yuan,
            vehicle.cost_per_km_yuan,
            vehicle.cost_per_hour_yuan,
            vehicle.co2e_kg_per_km,
        )
        facts.append(Fact(words.filled("vehicle_type", text(vehicle.id)), sentence, "note"))
    engine = text((plan.summary.get("routing") or {}).get("engine"))
    facts.append(_note(words, "engine", engine))
    return Section(words("method_routing"), tuple(facts))


def _data(plan: Plan, words: Wording) -> Section:
    scenario = plan.scenario
    facts = [_note(words, "demand_source", _demand(scenario, words))]
    settlement = scenario.settlement
    classes = words(f"settlement_{settlement.source}")
    if isinstance(settlement, ConstantSettlement):
        classes = classes.format(words(f"class_{settlement.value}"))
    facts.append(_note(words, "settlement_source", classes))
    for boundary in scenario.boundaries:
        label = words.filled("boundary_source", words(f"level_{boundary.level}"))
        facts.append(Fact(label, text(boundary.path.name), "note"))
    for candidates in scenario.candidates:
        if isinstance(candidates, JunctionCandidates):
            sentence = words.filled("candidate_junctions", f"{candidates.spacing_m:g}")
        elif isinstance(candidates, OsmCandidates):
            sentence = words.filled("candidate_osm", text(candidates.file_names))
        else:
            sentence = words.filled("candidate_points", text(candidates.path.name))
        facts.append(_note(words, "candidate_source", sentence))
    roads = "road_text" if plan.is_openstreetmap else "road_file_text"
    facts.append(_note(words, "road_source", words.filled(roads, text(scenario.roads.file_names))))
    if plan.summary.get("routing"):
        n_depots = len(plan.layers["centres"])
        facts.append(_note(words, "depot_source", words.filled("depot_count", n_depots)))
    facts += [_note(words, "stated_source", text(line)) for line in scenario.output.sources]
    date = text(scenario.output.data_date) or words("unknown_date")
    facts.append(_note(words, "date_source", date))
    versions = plan.summary.get("versions") or {}
    listed = words("versions_joint").join(f"{name} {versions[name]}" for name in sorted(versions))
    facts.append(_note(words, "versions", text(listed)))
    facts.append(_note(words, "seed", text(plan.summary.get("seed"))))
    return Section(words("method_data"), tuple(facts))


def _demand(scenario: Scenario, words: Wording) -> str:
    demand = scenario.demand
    if isinstance(demand, UnitTotalsDemand):
        weights = words("weight_joint").join(words(f"weight_{kind}") for kind in demand.weights)
        return words.filled("demand_unit_totals", f"{demand.spacing_m:g}", weights)
    if isinstance(demand, RasterDemand):
        return words.filled("demand_raster", text(", ".join(path.name for path in demand.path)))
    return words.filled("demand_points", text(demand.path.name))


def _proof(plan: Plan, words: Wording) -> Section:
    siting: Mapping[str, Any] = plan.summary.get("siting") or {}
    routing: Mapping[str, Any] | None = plan.summary.get("routing")
    facts: list[Fact] = []
    if siting.get("measured"):
        facts.append(_note(words, "proof_siting", words("status_measured")))
    elif siting and siting["status"] == "infeasible":
        reason = text(siting.get("message")) or words("status_infeasible")
        facts.append(_note(words, "proof_siting", reason))
    elif siting:
        sentence = words.filled(
            "proof_siting_text",
            words(f"status_{siting['status']}"),
            int(siting.get("n_components") or 0),
            int(siting.get("n_proven") or 0),
            _amount(siting.get("objective")),
            _amount(siting.get("bound")),
            figure(siting.get("gap")) or 0.0,
        )
        facts.append(_note(words, "proof_siting", sentence))
    if routing:
        bound_yuan = figure(routing.get("bound_yuan")) or 0.0
        proof = (
            words.filled("proof_routing_bound", bound_yuan)
            if bound_yuan > 0
            else words("proof_routing_none")
        )
        cost_yuan = figure(routing.get("cost_yuan")) or 0.0
        status = routing_status(plan, words)
        sentence = words.filled("proof_routing_text", status, cost_yuan, proof)
        facts.append(_note(words, "proof_routing", sentence))
    return Section(words("method_proof"), tuple(facts))


def _limits(plan: Plan, words: Wording) -> Section:
    roads = "limit_osm" if plan.is_openstreetmap else "limit_road_file"
    keys = [roads, "limit_people", "limit_cost", "limit_capacity"]
    if plan.summary.get("routing"):
        keys[2:2] = ["limit_traffic", "limit_rounds"]
    facts = tuple(Fact(f"{number}", words(key), "note") for number, key in enumerate(keys, 1))
    return Section(words("method_limits"), facts)


def _by_class(plan: Plan, words: Wording, key: str, figures: Mapping[str, float]) -> str:
    """State a figure for each class in which somebody lives; for both where nobody does."""
    lived_in = {
        name
        for name, found in coverage_by_class(plan.layers["demand"]).items()
        if found["people"] and name in figures
    }
    told = [
        words.filled(f"{key}_{name}", value)
        for name, value in figures.items()
        if name in lived_in or not lived_in
    ]
    return words("classes_joint").join(told)


def _note(words: Wording, key: str, sentence: Cell) -> Fact:
    return Fact(words(key), sentence, "note")


def _amount(value: float | None) -> str:
    number = figure(value)
    return "–" if number is None else f"{number:,.3f}".rstrip("0").rstrip(".")


def _hour(moment: time) -> str:
    return moment.strftime("%H:%M")
