"""What the title block says: status in plain words, key figures, labels that must be there."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from lastmile.cartography.texts import TEXTS, filled
from lastmile.plans import Plan

_CLAUSE_ENDS: Final = re.compile("[：:；;，,。]|[.] ")
_TELLING: Final = 12
"""Half-width characters; "Note" or "声明" alone would say nothing."""

_MAX_NOTICE_CHARACTERS: Final = 32

OPENSTREETMAP: Final = "© OpenStreetMap contributors"
"""The words that its licence asks for, in every language."""


def title_facts(plan: Plan) -> dict[str, Any]:
    """Gather the text of the title block.

    Parameters
    ----------
    plan
        The plan to be shown.

    Returns
    -------
    dict
        ``title``, ``notice``, ``lines`` (date, standard, its norm, required share), ``status``
        (topic, verdict, detail, whether it was proven and whether it failed; failures first),
        ``figures`` (label, value, note), ``notes``, ``sources`` and ``labels`` (what every map
        must carry in its corner: whose roads they are where that must be said, the notice in
        short). All plain text, to be escaped when shown.
    """
    texts = TEXTS[plan.scenario.output.language]
    output = plan.scenario.output
    date = filled(texts["data_date"], output.data_date or texts["unknown_date"])
    review = output.map_review_number
    notice = short_notice(output.notice)
    label = filled(texts["review_number"], review) if review else texts["working_map"]
    credit = [OPENSTREETMAP] if plan.is_openstreetmap else []
    status = [
        _siting_status(plan.summary.get("siting") or {}, texts),
        _routing_status(plan.summary.get("routing"), texts),
    ]
    return {
        "title": plan.scenario.name,
        "notice": output.notice,
        "short_notice": notice,
        "lines": [date, _standard(plan, texts), _norm(plan, texts), *_required(plan, texts)],
        "status": sorted(status, key=lambda one: not one["failed"]),
        "figures": _figures(plan.summary, texts),
        "notes": [str(note) for note in plan.summary.get("notes") or ()],
        "sources": list(output.sources),
        "labels": [*credit, label, *([notice] if notice else [])],
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


def short_notice(notice: str) -> str:
    """Shorten a notice to its first clauses, so that it fits into the corner of a map.

    Examples
    --------
    >>> short_notice("合成示例路网：街道均为程序生成"), short_notice("Note: synthetic, all of it")
    ('合成示例路网', 'Note: synthetic')
    """
    clauses = _CLAUSE_ENDS.finditer(notice)
    ends = [clause.start() for clause in clauses if _width(notice[: clause.start()]) >= _TELLING]
    short = notice[: ends[0]] if ends else notice
    if len(short) <= _MAX_NOTICE_CHARACTERS:
        return short
    return short[: _MAX_NOTICE_CHARACTERS - 1] + "…"


def _width(text: str) -> int:
    """Width in half-width characters: Chinese ones count two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _standard(plan: Plan, texts: Mapping[str, str]) -> str:
    """State the standard of those classes in which somebody lives."""
    standard = plan.scenario.service_distance
    metric = texts[f"metric_{standard.metric}"]
    limit_m = {"urban": standard.urban_m, "rural": standard.rural_m}
    by_class = (plan.summary.get("indicators") or {}).get("by_class") or {}
    lived_in = [name for name in limit_m if (by_class.get(name) or {}).get("people")]
    told = [filled(texts[f"standard_{k}"], f"{limit_m[k]:,g}") for k in lived_in or limit_m]
    return filled(texts["standard"], texts["and"].join(told), metric)


def _norm(plan: Plan, texts: Mapping[str, str]) -> str:
    """Name the norm behind the standard, and say so where it is unverified or modified."""
    standard = plan.scenario.service_distance
    doubts = [] if standard.preset.verified else [texts["norm_unverified"]]
    doubts += [texts["norm_modified"]] if standard.modified else []
    return filled(texts["norm"], "".join([standard.preset.number, *doubts]))


def _required(plan: Plan, texts: Mapping[str, str]) -> list[str]:
    """Say of whom a required share is a share; nothing where all were asked for."""
    wish = plan.scenario.siting
    siting = plan.summary.get("siting") or {}
    if wish.goal != "lscp" or wish.required_share >= 1.0 or siting.get("measured"):
        return []
    told = filled(texts[f"required_{wish.share_of}"], f"{100.0 * wish.required_share:g} %")
    reachable = siting.get("all_open_share")
    if wish.share_of == "all" or reachable is None:
        return [told]
    return [filled(texts["that_is_of_all"], told, share_text(wish.required_share * reachable))]


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
        return _status(texts["siting"], texts["measured"])
    message = str(siting.get("message") or "")
    status = {
        **_status(texts["siting"], _verdict(siting, texts), message),
        "proven": siting.get("status") == "optimal",
        "failed": siting.get("status") == "infeasible",
    }
    objective, bound = siting.get("objective"), siting.get("bound")
    if status["failed"] or objective is None or bound is None:
        return status
    unit = str(siting.get("unit", "stations"))
    if unit == "people":
        claim = filled(texts["mclp"], whole(objective))
        proof = filled(texts["mclp_bound"], whole(bound))
        closed = texts["mclp_proven"]
    else:
        claim = filled(texts[f"lscp_{unit}"], whole(objective))
        proof = filled(texts["lscp_bound"], filled(texts[f"bound_{unit}"], whole(bound)))
        closed = texts["lscp_proven"]
    parts = [claim, closed if status["proven"] else proof, message]
    return status | {"detail": _join(parts, texts)}


def _routing_status(routing: Mapping[str, Any] | None, texts: Mapping[str, str]) -> dict[str, Any]:
    topic = texts["routing"]
    if not routing:
        return _status(topic, texts["no_routing"])
    cost, bound = routing.get("cost_yuan"), routing.get("bound_yuan")
    parts = [filled(texts["routing_cost"], whole(cost))] if cost is not None else []
    if bound and routing.get("status") != "optimal":
        parts.append(filled(texts["routing_bound"], whole(bound)))
    gap = (cost - bound) / cost if cost and bound else None
    if routing.get("n_unserved"):
        return _failed_routing(routing, gap, parts, texts)
    verdict = _verdict({**routing, "gap": gap}, texts)
    proven = routing.get("status") == "optimal"
    return {**_status(topic, verdict, _join(parts, texts)), "proven": proven}


def _failed_routing(
    routing: Mapping[str, Any], gap: float | None, parts: list[str], texts: Mapping[str, str]
) -> dict[str, Any]:
    """Lead with what is not delivered; cost, bound and gap know nothing of it."""
    if gap is not None:
        parts = [*parts, filled(texts["routing_gap"], share_text(gap))]
    left_out = filled(texts["visits_failed"], whole(routing["n_unserved"]))
    told = parts if routing.get("status") != "infeasible" else []
    served = filled(texts["served_only"], _join(told, texts)) if told else ""
    verdict = filled(texts["routing_failed"], whole(_unserved_stations(routing)))
    status = _status(texts["routing"], verdict, _join([left_out, served], texts))
    return status | {"failed": True}


def _unserved_stations(routing: Mapping[str, Any]) -> int:
    """Stations some of whose parcels no route brings; older plans count visits only."""
    return int(routing.get("n_unserved_stations", routing.get("n_unserved") or 0))


def _status(topic: str, verdict: str, detail: str = "") -> dict[str, Any]:
    return {"topic": topic, "verdict": verdict, "detail": detail, "proven": False, "failed": False}


def _join(parts: list[str], texts: Mapping[str, str]) -> str:
    comma = "；" if texts is TEXTS["zh"] else "; "
    return comma.join(part for part in parts if part)


def _figures(summary: Mapping[str, Any], texts: Mapping[str, str]) -> list[dict[str, str]]:
    indicators: Mapping[str, Any] = summary.get("indicators") or {}
    figures = [_coverage_figure(summary, texts)]
    for name, part in (indicators.get("by_class") or {}).items():
        if part.get("people"):
            note = filled(texts["of_people"], whole(part["people"]))
            figures.append(_figure(texts[name], share_text(part["covered_share"]), note))
    off = filled(texts["n_people"], whole(indicators.get("off_network_people") or 0.0))
    people = whole(indicators.get("people") or 0.0)
    figures.append(_figure(texts["people"], people, f"{texts['off_network']} {off}"))
    siting: Mapping[str, Any] = summary.get("siting") or {}
    split = (siting.get("n_new") or 0, siting.get("n_existing") or 0)
    note = filled(texts["new_existing"], *map(whole, split))
    figures.append(_figure(texts["stations"], whole(siting.get("n_open") or 0), note))
    routing: Mapping[str, Any] = summary.get("routing") or {}
    if routing:
        note = filled(
            texts["route_figures"],
            whole(routing.get("distance_km") or 0.0),
            whole(_unserved_stations(routing)),
        )
        figures.append(_figure(texts["routes"], whole(routing.get("n_routes") or 0), note))
    return figures


def _coverage_figure(summary: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, str]:
    indicators: Mapping[str, Any] = summary.get("indicators") or {}
    siting: Mapping[str, Any] = summary.get("siting") or {}
    share = indicators.get("covered_share")
    notes = [filled(texts["covered_people"], whole(indicators.get("covered_people") or 0.0))]
    if siting.get("n_existing") == 0:
        notes.append(texts["no_existing"])
    elif (before := (indicators.get("before") or {}).get("covered_share")) is not None:
        notes.append(filled(texts["before"], share_text(before)))
    ceiling = siting.get("all_open_share")
    if ceiling is not None and ceiling < 1.0:
        notes.append(filled(texts["ceiling"], share_text(ceiling)))
    note = " · ".join(notes)
    return _figure(texts["covered_share"], "–" if share is None else share_text(share), note)


def _figure(label: str, value: str, note: str) -> dict[str, str]:
    return {"label": label, "value": value, "note": note}
