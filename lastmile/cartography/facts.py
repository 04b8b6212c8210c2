"""What the title block says: status in plain words, key figures, labels that must be there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lastmile.cartography.texts import TEXTS
from lastmile.plans import Plan


def title_facts(plan: Plan) -> dict[str, Any]:
    """Gather the text of the title block.

    Parameters
    ----------
    plan
        The plan to be shown.

    Returns
    -------
    dict
        ``title``, ``notice``, ``lines`` (date, standard), ``status`` (topic, verdict, detail and
        whether it was proven), ``figures`` (label, value, note), ``notes``, ``sources`` and
        ``labels`` (the lines every map must carry). All plain text, to be escaped when shown.
    """
    texts = TEXTS[plan.scenario.output.language]
    output = plan.scenario.output
    date = [texts["data_date"].format(output.data_date)] if output.data_date else []
    review = output.map_review_number
    return {
        "title": plan.scenario.name,
        "notice": output.notice,
        "lines": [*date, _standard(plan, texts)],
        "status": [
            _siting_status(plan.summary.get("siting") or {}, texts),
            _routing_status(plan.summary.get("routing"), texts),
        ],
        "figures": _figures(plan.summary, texts),
        "notes": [str(note) for note in plan.summary.get("notes") or ()],
        "sources": list(output.sources),
        "labels": [texts["review_number"].format(review) if review else texts["working_map"]],
    }


def whole(number: float) -> str:
    """Write a number without decimals, thousands apart.

    Examples
    --------
    >>> whole(5278120.6)
    '5,278,121'
    """
    return f"{number:,.0f}"


def share_text(share: float) -> str:
    """Write a share so that it never looks better than it is: 100 % only when whole.

    Examples
    --------
    >>> share_text(0.99996), share_text(1.0), share_text(0.00001), share_text(0.853)
    ('99.9 %', '100 %', '0.1 %', '85.3 %')
    """
    if math.isnan(share):
        return "–"
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(share * 100.0, 0.1), 99.9):.1f} %"


def _standard(plan: Plan, texts: Mapping[str, str]) -> str:
    standard = plan.scenario.service_distance
    metric = texts[f"metric_{standard.metric}"]
    return texts["standard"].format(f"{standard.urban_m:g}", f"{standard.rural_m:g}", metric)


def _verdict(part: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Say what was proven; a feasible plan is never called optimal."""
    status = str(part.get("status", ""))
    if status == "optimal":
        return texts["proven"]
    if status == "infeasible":
        return texts["infeasible"]
    key = "interrupted" if status == "interrupted" else "feasible"
    gap = part.get("gap")
    return texts[f"{key}_no_bound"] if gap is None else texts[key].format(share_text(gap))


def _siting_status(siting: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    if siting.get("measured"):
        verdict = texts["measured"]
        return {"topic": texts["siting"], "verdict": verdict, "proven": False, "detail": ""}
    message = str(siting.get("message") or "")
    status = {
        "topic": texts["siting"],
        "verdict": _verdict(siting, texts),
        "proven": siting.get("status") == "optimal",
        "detail": message,
    }
    objective, bound = siting.get("objective"), siting.get("bound")
    if siting.get("status") == "infeasible" or objective is None or bound is None:
        return status
    unit = str(siting.get("unit", "stations"))
    if unit == "people":
        claim = texts["mclp"].format(whole(objective))
        proof = texts["mclp_bound"].format(whole(bound))
        closed = texts["mclp_proven"]
    else:
        claim = texts[f"lscp_{unit}"].format(whole(objective))
        proof = texts["lscp_bound"].format(texts[f"bound_{unit}"].format(whole(bound)))
        closed = texts["lscp_proven"]
    parts = [claim, closed if status["proven"] else proof, message]
    return status | {"detail": _join(parts, texts)}


def _routing_status(routing: Mapping[str, Any] | None, texts: Mapping[str, str]) -> dict[str, Any]:
    topic = texts["routing"]
    if not routing:
        return {"topic": topic, "verdict": texts["no_routing"], "proven": False, "detail": ""}
    cost, bound = routing.get("cost_yuan"), routing.get("bound_yuan")
    parts = [texts["routing_cost"].format(whole(cost))] if cost is not None else []
    if bound and routing.get("status") != "optimal":
        parts.append(texts["routing_bound"].format(whole(bound)))
    gap = (cost - bound) / cost if cost and bound else None
    return {
        "topic": topic,
        "verdict": _verdict({**routing, "gap": gap}, texts),
        "proven": routing.get("status") == "optimal",
        "detail": _join(parts, texts),
    }


def _join(parts: list[str], texts: Mapping[str, str]) -> str:
    comma = "；" if texts is TEXTS["zh"] else "; "
    return comma.join(part for part in parts if part)


def _figures(summary: Mapping[str, Any], texts: Mapping[str, str]) -> list[dict[str, str]]:
    indicators: Mapping[str, Any] = summary.get("indicators") or {}
    figures = [_coverage_figure(summary, texts)]
    for name, part in (indicators.get("by_class") or {}).items():
        if part.get("people"):
            note = texts["of_people"].format(whole(part["people"]))
            figures.append(_figure(texts[name], share_text(part["covered_share"]), note))
    off = texts["n_people"].format(whole(indicators.get("off_network_people") or 0.0))
    people = whole(indicators.get("people") or 0.0)
    figures.append(_figure(texts["people"], people, f"{texts['off_network']} {off}"))
    siting: Mapping[str, Any] = summary.get("siting") or {}
    split = (siting.get("n_new") or 0, siting.get("n_existing") or 0)
    note = texts["new_existing"].format(*map(whole, split))
    figures.append(_figure(texts["stations"], whole(siting.get("n_open") or 0), note))
    routing: Mapping[str, Any] = summary.get("routing") or {}
    if routing:
        note = texts["route_figures"].format(
            whole(routing.get("distance_km") or 0.0), whole(routing.get("n_unserved") or 0)
        )
        figures.append(_figure(texts["routes"], whole(routing.get("n_routes") or 0), note))
    return figures


def _coverage_figure(summary: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, str]:
    indicators: Mapping[str, Any] = summary.get("indicators") or {}
    siting: Mapping[str, Any] = summary.get("siting") or {}
    share = indicators.get("covered_share")
    notes = [texts["covered_people"].format(whole(indicators.get("covered_people") or 0.0))]
    if siting.get("n_existing") == 0:
        notes.append(texts["no_existing"])
    elif (before := (indicators.get("before") or {}).get("covered_share")) is not None:
        notes.append(texts["before"].format(share_text(before)))
    ceiling = siting.get("all_open_share")
    if ceiling is not None and ceiling < 1.0:
        notes.append(texts["ceiling"].format(share_text(ceiling)))
    note = " · ".join(notes)
    return _figure(texts["covered_share"], "–" if share is None else share_text(share), note)


def _figure(label: str, value: str, note: str) -> dict[str, str]:
    return {"label": label, "value": value, "note": note}
