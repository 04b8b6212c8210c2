"""The first page: the result in plain words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lastmile.indicators import coverage_by_class, distance_figures, overall, people_by_reason
from lastmile.plans import Plan
from lastmile.report.clean import figure, share_text, text
from lastmile.report.routes import routing_status, unserved_counts
from lastmile.report.stations import NEW_ROLES, new_cost_yuan
from lastmile.report.table import CellKind, Column, Fact, Section, Table
from lastmile.report.texts import Wording

_KIND_BY_UNIT: Final[Mapping[str, CellKind]] = {"yuan": "yuan", "people": "people"}


def title(plan: Plan, words: Wording) -> str:
    """Title of the report."""
    return words.filled("report_title", text(plan.summary.get("name")) or text(plan.scenario.name))


def labels(plan: Plan, words: Wording) -> tuple[str, ...]:
    """Lines that every page carries: date, notice, map review, attribution; none is empty."""
    output = plan.scenario.output
    date = text(output.data_date) or words("unknown_date")
    number = text(output.map_review_number)
    lines = (
        words.filled("data_date", date),
        text(output.notice),
        words.filled("review_number", number) if number else words("working_map"),
        words("attribution") if plan.is_openstreetmap else "",
    )
    return tuple(line for line in lines if line)


def overview_sections(plan: Plan, words: Wording) -> tuple[Section, ...]:
    """Tell the result, what was proven, the deliveries, and what a reader must know."""
    sections = [
        Section(words("section_headline"), _headlines(plan, words)),
        _result(plan, words),
        _proof(plan, words),
        _deliveries(plan, words),
    ]
    notes = [text(note) for note in plan.summary.get("notes") or []]
    if notes:
        facts = tuple(Fact(f"{k}", note, "note") for k, note in enumerate(notes, 1))
        sections.append(Section(words("section_notes"), facts))
    return tuple(sections)


def before_after_table(plan: Plan, words: Wording) -> Table | None:
    """Compare today's stations with the plan; None where today's are not known."""
    before = (plan.summary.get("indicators") or {}).get("before") or {}
    people, share = figure(before.get("covered_people")), figure(before.get("covered_share"))
    if people is None or _measured(plan) or not _has_existing(plan):
        return None
    after = overall(plan.layers["demand"])
    after_share = figure(after["covered_share"])
    gain = None if share is None or after_share is None else after_share - share
    rows = (
        (words("before"), people, share),
        (words("after"), after["covered_people"], after_share),
    )
    gained = (words("gain"), round(after["covered_people"] - people, 3), gain)
    columns = (
        Column(words("stage")),
        Column(words("covered_people"), "people"),
        Column(words("covered_share"), "share"),
    )
    kinds: tuple[CellKind, ...] = ("text", "people", "points")
    return Table(columns, rows, words("before_after"), (gained,), total_kinds=kinds)


def class_table(plan: Plan, words: Wording) -> Table:
    """Give people and coverage of urban and rural places, if anybody lives there."""
    rows = tuple(
        (
            words.coded("class_", name),
            figures["people"],
            figures["covered_people"],
            figure(figures["covered_share"]),
            figures["off_network_people"],
        )
        for name, figures in coverage_by_class(plan.layers["demand"]).items()
        if figures["people"]
    )
    columns = (
        Column(words("class")),
        Column(words("people"), "people"),
        Column(words("covered_people"), "people"),
        Column(words("covered_share"), "share"),
        Column(words("off_network_people"), "people"),
    )
    return Table(columns, rows, words("by_class"), empty_note=words("none"))


def _headlines(plan: Plan, words: Wording) -> tuple[Fact, ...]:
    """Say the result in sentences that can be read out in a meeting."""
    demand, roles = plan.layers["demand"], plan.layers["stations"]["role"]
    figures = overall(demand)
    people, covered = figures["people"], figures["covered_people"]
    n_new = int(roles.isin(NEW_ROLES).sum())
    told = {"plan_status": _status(plan, words)}
    siting = plan.summary.get("siting") or {}
    if siting.get("status") == "infeasible" and siting.get("message"):
        told["siting_message"] = text(siting["message"])
    if people > 0:
        measured = (covered, people, share_text(figures["covered_share"]))
        counts = (n_new, len(roles) - n_new, len(roles))
        told["headline_label_covered"] = (
            words.filled("headline_covered_measured", len(roles), *measured)
            if _measured(plan)
            else words.filled("headline_covered", *counts, *measured)
            if len(roles) > n_new
            else words.filled("headline_covered_new", n_new, *measured)
        )
    told |= _required(plan, words)
    stated = (plan.summary.get("indicators") or {}).get("before") or {}
    before = figure(stated.get("covered_share"))
    if people > 0 and before is not None and len(roles) > n_new and not _measured(plan):
        points = (figures["covered_share"] - before) * 100
        told["headline_label_before"] = words.filled("headline_before", share_text(before), points)
    reasons = people_by_reason(demand)
    if reasons:
        main = max(reasons, key=reasons.__getitem__)
        reason = words.reason(main, plan.scenario.service_distance.max_access_m)
        told["uncovered_people"] = words.filled(
            "headline_uncovered", people - covered, reason, reasons[main]
        )
        told["uncovered_people"] += _ceiling(plan, words, main)
    if plan.summary.get("routing"):
        told["section_routes"] = _headline_of_routes(plan, words)
    return tuple(Fact(words(key), sentence, "note") for key, sentence in told.items())


def _measured(plan: Plan) -> bool:
    """Whether the plan measures today's stations and chooses none."""
    return bool((plan.summary.get("siting") or {}).get("measured"))


def _has_existing(plan: Plan) -> bool:
    return bool((plan.layers["sites"]["role"] == "existing").any())


def _required(plan: Plan, words: Wording) -> dict[str, str]:
    """Say of whom a required share is a share; nothing where all were asked for."""
    wish, siting = plan.scenario.siting, plan.summary.get("siting") or {}
    if wish.goal != "lscp" or wish.required_share >= 1.0 or _measured(plan):
        return {}
    told = words.filled(f"required_{wish.share_of}", 100.0 * wish.required_share)
    reachable = figure(siting.get("all_open_share"))
    if wish.share_of == "coverable" and reachable is not None:
        share = share_text(wish.required_share * reachable)
        told = words.filled("that_is_of_all", told, share)
    return {"headline_label_required": told}


def _ceiling(plan: Plan, words: Wording, main_reason: str) -> str:
    """Say what the candidates allow, where they are what holds coverage back."""
    most = figure((plan.summary.get("siting") or {}).get("all_open_share"))
    if most is None or most >= 1.0 or main_reason != "no_candidate_in_reach":
        return ""
    return words.filled("headline_ceiling", share_text(most))


def _status(plan: Plan, words: Wording) -> str:
    """Tell siting and routing apart: the weaker of the two would hide a proof."""
    siting, routing = plan.summary.get("siting"), plan.summary.get("routing")
    if _measured(plan):
        return words("status_measured")
    _, n_visits = unserved_counts(plan)
    if not siting or not routing or (siting["status"] == routing["status"] and not n_visits):
        return words(f"status_{plan.summary['status']}")
    order = "status_deliveries_first" if n_visits else "status_of_both"
    of_siting = words(f"status_{siting['status']}")
    return words.filled(order, of_siting, routing_status(plan, words))


def _headline_of_routes(plan: Plan, words: Wording) -> str:
    routes = plan.layers["routes"]
    km, parcels = routes["distance_m"].sum() / 1000, int(routes["load_parcels"].sum())
    mean_h = routes["duration_s"].sum() / 3600 / max(1, len(routes))
    driven = words.filled("headline_routes", len(routes), km, parcels, mean_h)
    n_stations, n_visits = unserved_counts(plan)
    if not n_visits:
        return words.filled("headline_served", driven)
    failure = words.filled("not_delivered", n_stations, n_visits)
    return words.filled("headline_unserved", failure, driven)


def _result(plan: Plan, words: Wording) -> Section:
    demand = plan.layers["demand"]
    figures, distances = overall(demand), distance_figures(demand)
    standard = plan.scenario.service_distance
    off_network = words.filled("off_network_remark", f"{standard.max_access_m:g}")
    uncovered = round(figures["people"] - figures["covered_people"], 3)
    measured = words("distance_remark" if standard.metric == "network" else "straight_remark")
    roles = [text(role) for role in plan.layers["stations"]["role"]]
    n_new = sum(role in NEW_ROLES for role in roles)
    siting = plan.summary.get("siting") or {}
    facts = (
        Fact(words("people"), figures["people"], "people"),
        Fact(words("covered_people"), figures["covered_people"], "people"),
        Fact(
            words("covered_share"), figure(figures["covered_share"]), "share", words("share_remark")
        ),
        Fact(
            words("uncovered_people"),
            uncovered,
            "people",
            "" if float(uncovered).is_integer() else words("shown_remark"),
        ),
        Fact(words("off_network_people"), figures["off_network_people"], "people", off_network),
        Fact(
            words("all_open_share"),
            figure(siting.get("all_open_share")),
            "share",
            words("all_open_remark"),
        ),
        Fact(words("mean_distance"), figure(distances["mean_distance_m"]), "metres", measured),
        Fact(words("median_distance"), figure(distances["median_distance_m"]), "metres", measured),
        Fact(words("p90_distance"), figure(distances["p90_distance_m"]), "metres", measured),
        Fact(words("n_stations"), float(len(roles)), "count"),
        Fact(words("n_new"), float(n_new), "count"),
        Fact(words("n_existing"), float(roles.count("existing")), "count"),
        Fact(words("new_cost"), float(new_cost_yuan(plan)), "yuan", words("cost_remark")),
    )
    return Section(words("section_result"), facts)


def _proof(plan: Plan, words: Wording) -> Section:
    siting: Mapping[str, Any] = plan.summary.get("siting") or {}
    if not siting:
        return Section(words("section_proof"), ())
    unit = text(siting.get("unit")) or "stations"
    side = "high" if siting.get("goal") == "mclp" else "low"
    kind = _KIND_BY_UNIT.get(unit, "count")
    if _measured(plan):
        return Section(
            words("section_proof"),
            (Fact(words("siting_status"), words("status_measured"), "note"),),
        )
    message = text(siting.get("message"))
    closing = (Fact(words("siting_message"), message, "note"),) if message else ()
    status = Fact(words("siting_status"), words(f"status_{siting['status']}"), "note")
    if siting["status"] == "infeasible":
        # A bound or a gap beside an unmet demand would read like a proof of success.
        return Section(words("section_proof"), (status, *closing))
    facts = (
        status,
        Fact(words(f"objective_{unit}"), figure(siting.get("objective")), kind),
        Fact(
            words(f"bound_{side}"),
            figure(siting.get("bound")),
            kind,
            words(f"bound_{side}_remark"),
        ),
        Fact(words("gap"), figure(siting.get("gap")), "gap", words("gap_remark")),
        Fact(words("components"), figure(siting.get("n_components")), "count"),
        Fact(words("components_proven"), figure(siting.get("n_proven")), "count"),
        *closing,
    )
    return Section(words("section_proof"), facts)


def _deliveries(plan: Plan, words: Wording) -> Section:
    routing: Mapping[str, Any] | None = plan.summary.get("routing")
    heading = words("section_routes")
    if not routing:
        return Section(heading, (Fact(words("routing_status"), words("no_routing"), "note"),))
    routes, stops = plan.layers["routes"], plan.layers["stops"]
    n_stations, n_visits = unserved_counts(plan)
    remark = words("served_bound_remark" if n_visits else "bound_low_remark")
    facts = [
        Fact(words("routing_status"), routing_status(plan, words), "note"),
        Fact(words("n_routes"), float(len(routes)), "count"),
        Fact(words("n_stops"), float(len(stops)), "count"),
        Fact(words("n_unserved_stations"), float(n_stations), "count"),
        Fact(words("n_unserved"), float(n_visits), "count"),
        Fact(words("route_km"), float(routes["distance_m"].sum()) / 1000, "kilometres"),
        Fact(words("route_hours"), float(routes["duration_s"].sum()) / 3600, "hours"),
        Fact(words("route_parcels"), float(routes["load_parcels"].sum()), "count"),
        Fact(words("route_cost"), float(routes["cost_yuan"].sum()), "yuan"),
    ]
    bound_yuan = figure(routing.get("bound_yuan")) or 0.0
    if bound_yuan > 0:
        facts.append(Fact(words("route_bound"), bound_yuan, "yuan", remark))
    facts.append(Fact(words("co2e"), float(routes["co2e_kg"].sum()), "kilograms"))
    return Section(heading, tuple(facts))
