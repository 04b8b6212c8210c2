"""What commands tell people of plans, and pick of them for machines."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lastmile.console import Screen, people, share

if TYPE_CHECKING:
    from lastmile.compare import Comparison
    from lastmile.pipeline import WhatIf
    from lastmile.plans import Plan

_CHANGES_SHOWN: Final = 20

_WHY: Final = {
    "off_network": "off the network: too far from any walkable road",
    "no_candidate_in_reach": "no candidate within the service distance",
    "forbidden": "only forbidden sites within the service distance",
    "budget": "within reach of a candidate that is not opened",
    "not_open": "within reach of a candidate that is not open",
    "share_met": "within reach of a candidate, but the required share is met without it",
}


def tell_coverage(screen: Screen, found: Plan) -> None:
    """Tell who is covered, who is not and why, and what a reader must know."""
    figures = found.summary["indicators"]
    rows = [
        (name, people(part["people"]), people(part["covered_people"]), share(part["covered_share"]))
        for name, part in (("all", figures), *figures["by_class"].items())
        if part["people"] or name == "all"
    ]
    screen.table(found.scenario.name, ("class", "people", "covered", "share"), rows)
    for reason, count in figures["by_reason"].items():
        screen.say(f"Uncovered: {people(count)} people, {_WHY.get(reason, reason)}")
    for note in found.summary["notes_en"]:
        screen.say(f"Note: {note}")


def tell_proof(screen: Screen, found: Plan) -> None:
    """Tell what was chosen, and what was proven of it."""
    siting, routing = found.summary["siting"], found.summary["routing"]
    wish = found.scenario.siting
    if wish.goal == "lscp" and wish.required_share < 1.0 and wish.share_of == "coverable":
        whole = found.summary["indicators"]["covered_share"]
        screen.say(
            f"Asked for {wish.required_share:.1%} of the people whom any site can reach, "
            f"which is {share(whole)} of all people."
        )
    proof = (
        ""
        if siting["status"] == "infeasible"
        else f"; objective {siting['objective']:,} {siting['unit']}, "
        f"proven bound {siting['bound']:,}, gap {siting['gap']:.2%}"
    )
    screen.say(
        f"Siting {siting['status']}: {siting['n_new']:,} new stations beside "
        f"{siting['n_existing']:,} existing{proof}."
        + (f" {siting['message']}" if siting["message"] else "")
    )
    for year in siting["phases"]:
        asked = year["target_share"]
        told = "" if asked is None else f", {share(asked)} asked"
        screen.say(
            f"By the end of {year['name']}: {year['n_new']:,} new stations for "
            f"{year['cost_yuan']:,} yuan, {share(year['covered_share'])} covered{told} (the same "
            f"stations in another order: at most {share(year['bound_share'])}; for this year alone "
            f"{share(year['alone_share'])}, at most {share(year['alone_bound_share'])})"
        )
    for point in siting["curve"]:
        screen.say(
            f"Best {point['p']:,} new stations: {share(point['covered_share'])} covered "
            f"({point['status']}; at most {share(point['bound_share'])})"
        )
    if routing is not None:
        screen.say(
            f"Routing {routing['status']} ({routing['engine']}): {routing['n_routes']:,} routes, "
            f"{routing['distance_km']:,.0f} km, {routing['cost_yuan']:,.0f} yuan a day, "
            f"{routing['n_unserved']:,} stops unserved."
        )


def for_machines(found: Plan, output: Path | None) -> dict[str, object]:
    """Pick the figures of a plan that ``--json`` prints."""
    siting = {key: value for key, value in found.summary["siting"].items() if key != "components"}
    keys = ("name", "status", "routing", "indicators", "network", "notes", "notes_en")
    folder = None if output is None else str(output)
    return {"folder": folder, "siting": siting} | {key: found.summary[key] for key in keys}


def tell_comparison(screen: Screen, found: Comparison, name_a: str, name_b: str) -> None:
    """Tell in which figures, units and stations two plans differ."""
    for caution in found.cautions:
        screen.say(f"Caution: {caution}")
    figures = [
        (row.figure, *_three(row.figure, row.a, row.b, row.difference))
        for row in found.figures.itertuples()
    ]
    screen.table("Figures", ("figure", name_a, name_b, "difference"), figures)
    units = [
        (row.code, row.name, *_three("share", row.a, row.b, row.difference))
        for row in found.units.itertuples(index=False)
    ]
    screen.table("Units whose covered share differs", ("code", "name", "a", "b", "±"), units)
    for name, ids in ((name_a, found.only_a), (name_b, found.only_b)):
        screen.say(f"Open only in {name}, {len(ids):,}: {', '.join(ids) or 'none'}")


def tell_what_if(screen: Screen, found: WhatIf) -> None:
    """Tell what a change to a plan does to those who live there."""
    screen.say(
        f"{found.people:+,.0f} people covered, {share(found.covered_share)} afterwards; "
        f"{people(found.people_elsewhere)} more walk to another station, "
        f"{found.longer_by_m:+,.0f} m on average."
    )
    units = [
        (row.code, row.name, *_three("share", row.before, row.after, row.after - row.before))
        for row in found.units.itertuples(index=False)
    ]
    if units:
        screen.table("Covered share", ("code", "name", "before", "after", "±"), units)
    shown = found.demand.head(_CHANGES_SHOWN)
    rows = [(row.id, row.name, people(row.people), row.change) for row in shown.itertuples()]
    if rows:
        title = f"Who gains or loses, {len(rows):,} of {len(found.demand):,}"
        screen.table(title, ("id", "name", "people", "change"), rows)


def _three(figure: str, a: float, b: float, difference: float) -> tuple[str, str, str]:
    """Write two values and their difference alike; a dash where a plan has no such figure."""
    if "share" in figure:
        points = "–" if math.isnan(difference) else f"{100 * difference:+.1f} points"
        return share(a), share(b), points
    decimals = 1 if figure.endswith((", m", "km a day")) else 0
    told = [
        "–" if math.isnan(value) else f"{value:{sign},.{decimals}f}"
        for value, sign in ((a, ""), (b, ""), (difference, "+"))
    ]
    return told[0], told[1], told[2]
