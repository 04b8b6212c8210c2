"""Routes, their stops in order, and stops left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lastmile.plans import Plan
from lastmile.report.clean import figure, text
from lastmile.report.table import Cell, Column, Table
from lastmile.report.texts import Wording


def clock(seconds: float | None) -> str:
    """Write seconds since midnight as hh:mm, seconds cut off; '' where there are none.

    Examples
    --------
    >>> clock(25_259), clock(90_000), clock(None)
    ('07:00', '25:00', '')
    """
    if seconds is None:
        return ""
    minutes = int(seconds) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def window(start_s: float | None, end_s: float | None) -> str:
    """Write a time window as hh:mm–hh:mm; '' where there is none."""
    return f"{clock(start_s)}–{clock(end_s)}" if start_s is not None and end_s is not None else ""


def centre_names(plan: Plan) -> dict[str, str]:
    """Give the name of each centre by its id; the id itself where it has no name."""
    centres = plan.layers["centres"]
    return {
        text(identifier): text(name) or text(identifier)
        for identifier, name in zip(centres["id"], centres["name"], strict=True)
    }


def stops_by_route(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Group the rows of the stops layer by route id, in order of their sequence."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    ordered = plan.layers["stops"].sort_values(["route_id", "sequence"], kind="stable")
    for stop in ordered.to_dict("records"):
        grouped.setdefault(text(stop["route_id"]), []).append(stop)
    return grouped


def leg_seconds(stops: list[dict[str, Any]], start_s: float | None) -> list[float | None]:
    """Driving time to each stop from the one before it, or from the depot."""
    legs: list[float | None] = []
    left_s = start_s
    for stop in stops:
        arrival_s = figure(stop["arrival_s"])
        legs.append(None if arrival_s is None or left_s is None else arrival_s - left_s)
        left_s = figure(stop["departure_s"])
    return legs


def routes_table(plan: Plan, words: Wording) -> Table:
    """List the routes with their totals."""
    names = centre_names(plan)
    rows = tuple(_route_row(route, names) for route in plan.layers["routes"].to_dict("records"))
    totals: tuple[tuple[Cell, ...], ...] = ()
    if rows:
        n_stops, *sums = [sum(float(row[k] or 0) for row in rows) for k in (3, 6, 7, 8, 9, 10)]
        totals = ((words("total"), None, None, n_stops, None, None, *sums),)
    # The tables of this sheet share its columns: like stands above like.
    columns = (
        Column(words("route")),
        Column(words("depot")),
        Column(words("vehicle")),
        Column(words("n_stops"), "count"),
        Column(words("departure"), "time"),
        Column(words("return"), "time"),
        Column(words("distance_km"), "kilometres"),
        Column(words("duration"), "hours"),
        Column(words("parcels"), "count"),
        Column(words("route_yuan"), "yuan"),
        Column(words("route_co2e"), "kilograms"),
    )
    return Table(columns, rows, words("table_routes"), totals, empty_note=words("no_routes"))


def stops_table(plan: Plan, words: Wording) -> Table:
    """List every stop of every route, in driving order."""
    start_s = _starts(plan.layers["routes"])
    rows: list[tuple[Cell, ...]] = []
    for route, stops in stops_by_route(plan).items():
        for stop, leg_s in zip(stops, leg_seconds(stops, start_s.get(route)), strict=True):
            begins_s, ends_s = figure(stop["window_start_s"]), figure(stop["window_end_s"])
            rows.append(
                (
                    route,
                    text(stop["name"]),
                    text(stop["stop_id"]),
                    figure(stop["sequence"]),
                    figure(stop["arrival_s"]),
                    figure(stop["departure_s"]),
                    leg_s,
                    window(begins_s, ends_s),
                    figure(stop["load_parcels"]),
                )
            )
    columns = (
        Column(words("route")),
        Column(words("station")),
        Column(words("stop")),
        Column(words("sequence"), "count"),
        Column(words("arrival"), "time"),
        Column(words("leave"), "time"),
        Column(words("leg"), "minutes"),
        Column(words("window")),
        Column(words("parcels"), "count"),
    )
    return Table(columns, tuple(rows), words("table_stops"), empty_note=words("none"))


def unserved_table(plan: Plan, words: Wording) -> Table:
    """List the stops that no route visits, with the reason and the remedy."""
    sites = plan.layers["sites"]
    names = {text(i): text(name) for i, name in zip(sites["id"], sites["name"], strict=True)}
    rows = tuple(
        (
            text(stop["stop_id"]),
            names.get(text(stop["station_id"]), ""),
            words.coded("unserved_", text(stop["reason"])),
            text(stop["remedy"]),
        )
        for stop in plan.layers["unserved"].to_dict("records")
    )
    columns = (
        Column(words("stop")),
        Column(words("station")),
        Column(words("reason"), span=4),
        Column(words("remedy"), span=5),
    )
    return Table(columns, rows, words("table_unserved"), empty_note=words("none"))


def fleet_table(plan: Plan, words: Wording) -> Table | None:
    """Say how many vehicles of each type and centre are used; None where none were stated.

    Plans of older versions do not tell how many are used: those cells stay blank.
    """
    names = centre_names(plan)
    rows = tuple(_fleet_row(kind, names, words) for kind in _vehicles(plan))
    columns = (
        Column(words("vehicle")),
        Column(words("depot")),
        Column(words("n_available"), "count"),
        Column(words("n_used"), "count"),
        Column(words("fleet_state"), span=2),
    )
    return Table(columns, rows, words("table_fleet")) if rows else None


def unserved_counts(plan: Plan) -> tuple[int, int]:
    """Count the stations that do not get all their parcels, and the visits left out.

    Plans of older versions count visits only; a station may have several.
    """
    routing = plan.summary.get("routing") or {}
    n_visits = int(routing.get("n_unserved") or 0)
    return int(routing.get("n_unserved_stations", n_visits)), n_visits


def routing_status(plan: Plan, words: Wording) -> str:
    """Say what became of the deliveries, what is not delivered first."""
    status = words(f"status_{plan.summary['routing']['status']}")
    n_stations, n_visits = unserved_counts(plan)
    if not n_visits:
        return status
    failure = words.filled("not_delivered", n_stations, n_visits)
    nothing_served = plan.summary["routing"]["status"] == "infeasible"
    key = "status_none_delivered" if nothing_served else "status_not_delivered"
    return words.filled(key, failure, status)


def _route_row(route: Mapping[str, Any], centre_name: Mapping[str, str]) -> tuple[Cell, ...]:
    depot = text(route["depot_id"])
    distance_m, duration_s = figure(route["distance_m"]), figure(route["duration_s"])
    return (
        text(route["id"]),
        centre_name.get(depot, depot),
        text(route["vehicle_type"]),
        figure(route["n_stops"]),
        figure(route["start_s"]),
        figure(route["end_s"]),
        None if distance_m is None else distance_m / 1000,
        None if duration_s is None else duration_s / 3600,
        figure(route["load_parcels"]),
        figure(route["cost_yuan"]),
        figure(route["co2e_kg"]),
    )


def _vehicles(plan: Plan) -> list[dict[str, Any]]:
    return [] if not plan.summary.get("routing") else plan.layers["vehicles"].to_dict("records")


def _fleet_row(
    kind: Mapping[str, Any], centre_name: Mapping[str, str], words: Wording
) -> tuple[Cell, ...]:
    depot = text(kind["depot_id"])
    n_available, n_used = figure(kind["n_available"]), figure(kind.get("n_used"))
    used_up = n_used is not None and n_used == n_available
    return (
        text(kind["vehicle_type"]),
        centre_name.get(depot, depot),
        n_available,
        n_used,
        words("fleet_used_up") if used_up else "",
    )


def _starts(routes: pd.DataFrame) -> dict[str, float | None]:
    return {
        text(identifier): figure(start_s)
        for identifier, start_s in zip(routes["id"], routes["start_s"], strict=True)
    }
