"""Every open station: where it is, whom it serves, how busy it is, what it costs."""

from __future__ import annotations

import math

from lastmile.plans import Plan
from lastmile.report.clean import figure, text
from lastmile.report.table import Cell, Column, Table
from lastmile.report.texts import Wording
from lastmile.report.units import finest_around, paths

NEW_ROLES = frozenset({"candidate", "required"})
"""Roles of stations that the plan opens; existing ones were open before."""


def new_cost_yuan(plan: Plan) -> int:
    """Add up the cost of the stations that the plan opens, in yuan."""
    sites = plan.layers["sites"]
    opened = sites[sites["open"].astype(bool) & sites["role"].isin(NEW_ROLES)]
    return int(opened["cost_yuan"].sum())


def station_table(plan: Plan, words: Wording) -> Table:
    """List the open stations by unit, the busiest first.

    Returns
    -------
    Table
        Id, name, kind, role, unit, longitude, latitude, people served, parcels a day, capacity
        (text where unlimited), utilisation, cost, and where any is known, premises and year of
        opening; the closing row adds up people, parcels, cost.
    """
    stations = plan.layers["stations"]
    home = finest_around(plan.layers["units"], stations)
    path = paths(plan.layers["units"])
    sites = plan.layers["sites"]
    capacity = {text(i): figure(c) for i, c in zip(sites["id"], sites["capacity"], strict=True)}
    cost = {text(i): figure(c) for i, c in zip(sites["id"], sites["cost_yuan"], strict=True)}
    told = {
        text(i): (words.coded("premises_", text(premises)) if text(premises) else "", _year(opened))
        for i, premises, opened in zip(sites["id"], sites["premises"], sites["opened"], strict=True)
    }
    rows: list[tuple[Cell, ...]] = []
    keys: list[tuple[str, float, str]] = []
    for code, station in zip(home, stations.to_dict("records"), strict=True):
        identifier, role = text(station["id"]), text(station["role"])
        served = figure(station["people_served"]) or 0.0
        keys.append((code or "~", -served, identifier))
        rows.append(
            (
                identifier,
                text(station["name"]),
                words.coded("kind_", text(station["kind"])),
                words.coded("role_", role),
                path.get(code, ""),
                round(station["geometry"].x, 6),
                round(station["geometry"].y, 6),
                served,
                figure(station["load"]),
                _capacity_cell(capacity.get(identifier), words),
                figure(station["utilisation"]),
                cost.get(identifier) if role in NEW_ROLES else 0.0,
                *told.get(identifier, ("", "")),
            )
        )
    ordered = [rows[k] for k in sorted(range(len(rows)), key=keys.__getitem__)]
    return Table(
        _columns(words),
        tuple(ordered),
        title=words("sheet_stations"),
        totals=_totals(ordered, words),
        empty_note=words("none"),
    ).without_blank(words("premises"), words("opened"))


def kinds_table(plan: Plan, words: Wording) -> Table:
    """Count the open stations by kind and role."""
    stations = plan.layers["stations"]
    roles = ("existing", "candidate", "required")
    kinds = sorted(set(stations["kind"]))
    pairs = list(zip(stations["kind"], stations["role"], strict=True))
    rows: list[tuple[Cell, ...]] = []
    for kind in kinds:
        counts = [pairs.count((kind, role)) for role in roles]
        rows.append((words.coded("kind_", text(kind)), *map(float, counts), float(sum(counts))))
    sums = [sum(float(row[k] or 0) for row in rows) for k in range(1, len(roles) + 2)]
    columns = (
        Column(words("kind")),
        *(Column(words(f"role_{role}"), "count") for role in roles),
        Column(words("total"), "count"),
    )
    return Table(
        columns,
        tuple(rows),
        title=words("by_kind"),
        totals=((words("total"), *sums),),
        empty_note=words("none"),
    )


def _columns(words: Wording) -> tuple[Column, ...]:
    return (
        Column(words("id")),
        Column(words("name")),
        Column(words("kind")),
        Column(words("role")),
        Column(words("unit")),
        Column(words("lon"), "degrees"),
        Column(words("lat"), "degrees"),
        Column(words("people_served"), "people"),
        Column(words("load"), "count"),
        Column(words("capacity"), "count"),
        Column(words("utilisation"), "share"),
        Column(words("cost"), "yuan"),
        Column(words("premises")),
        Column(words("opened")),
    )


def _year(opened: float) -> str:
    year = figure(opened)
    return "" if year is None else f"{year:.0f}"


def _capacity_cell(capacity: float | None, words: Wording) -> Cell:
    return words("unlimited") if capacity is None or math.isinf(capacity) else capacity


def _totals(rows: list[tuple[Cell, ...]], words: Wording) -> tuple[tuple[Cell, ...], ...]:
    if not rows:
        return ()

    def added(position: int) -> float:
        return math.fsum(float(row[position] or 0) for row in rows)

    blank = (None,) * 6
    return ((words("total"), *blank, added(7), added(8), None, None, added(11), None, None),)
