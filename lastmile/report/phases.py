"""The programme by years: what each opens, costs and reaches, and what bounds it."""

from __future__ import annotations

from typing import Any

from lastmile.plans import Plan
from lastmile.report.clean import figure, text
from lastmile.report.table import Column, Table
from lastmile.report.texts import Wording
from lastmile.report.units import in_hierarchy


def phase_table(plan: Plan, words: Wording) -> Table | None:
    """List the years; None where none were asked about."""
    phases = _phases(plan)
    if not phases:
        return None
    rows = tuple(
        (
            text(phase["name"]),
            figure(phase["n_new"]),
            figure(phase["n_open"]),
            figure(phase["cost_yuan"]),
            figure(phase["covered_people"]),
            figure(phase["covered_share"]),
            figure(phase["target_share"]),
            figure(phase["bound_share"]),
            figure(phase["alone_share"]),
            figure(phase["alone_bound_share"]),
        )
        for phase in phases
    )
    columns = (
        Column(words("phase")),
        Column(words("phase_new"), "count"),
        Column(words("phase_open"), "count"),
        Column(words("phase_cost"), "count"),
        Column(words("covered_people"), "people"),
        Column(words("covered_share"), "share"),
        Column(words("phase_target"), "share"),
        Column(words("phase_bound"), "share"),
        Column(words("phase_alone"), "share"),
        Column(words("phase_alone_bound"), "share"),
    )
    return Table(columns, rows, title=words("phases_title"))


def phase_units_table(plan: Plan, words: Wording) -> Table | None:
    """List districts and townships with their covered share by the end of each year."""
    phases = _phases(plan)
    if not phases:
        return None
    units = plan.layers["units"]
    order = [
        (units.iloc[position], depth)
        for position, depth in in_hierarchy(units)
        if text(units["code"].iloc[position]) in phases[0]["units"]
    ]
    if not order:
        return None
    rows = tuple(
        (
            words.coded("level_", text(unit["level"])),
            text(unit["code"]),
            text(unit["name"]),
            *(figure(phase["units"].get(text(unit["code"]))) for phase in phases),
        )
        for unit, _ in order
    )
    columns = (
        Column(words("level")),
        Column(words("code")),
        Column(words("name")),
        *(Column(text(phase["name"]), "share") for phase in phases),
    )
    return Table(
        columns, rows, title=words("phase_units_title"), depths=tuple(depth for _, depth in order)
    )


def _phases(plan: Plan) -> list[dict[str, Any]]:
    return list((plan.summary.get("siting") or {}).get("phases") or [])
