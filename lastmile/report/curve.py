"""Best coverage by number of new stations, with the bound on what is possible."""

from __future__ import annotations

from lastmile.plans import Plan
from lastmile.report.clean import figure
from lastmile.report.table import Column, Table
from lastmile.report.texts import Wording


def curve_table(plan: Plan, words: Wording) -> Table | None:
    """List the points of the curve; None where none was asked for."""
    curve = (plan.summary.get("siting") or {}).get("curve") or []
    if not curve:
        return None
    rows = tuple(
        (
            figure(point["p"]),
            figure(point["covered_people"]),
            figure(point["covered_share"]),
            figure(point["bound_share"]),
            words.coded("short_", str(point["status"])),
        )
        for point in sorted(curve, key=lambda point: int(point["p"]))
    )
    columns = (
        Column(words("n_new"), "count"),
        Column(words("covered_people"), "people"),
        Column(words("covered_share"), "share"),
        Column(words("curve_bound"), "share"),
        Column(words("status")),
    )
    return Table(columns, rows, title=words("curve_title"))
