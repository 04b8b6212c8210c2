"""``routes/``: a printable sheet and a GPX file per route, and a page that lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

import segno

from lastmile.plans import Plan
from lastmile.report import overview, page
from lastmile.report.clean import figure, file_stems, text
from lastmile.report.gpx import route_gpx
from lastmile.report.routes import (
    centre_names,
    clock,
    stops_by_route,
    unserved_table,
    window,
)
from lastmile.report.strip_map import strip_map
from lastmile.report.texts import Wording

STOPS_PER_QR: Final = 25
"""As many as a phone still reads from a code printed 34 mm wide."""


@dataclass(frozen=True, slots=True)
class _Trip:
    """One route with all that its sheet shows."""

    route: Mapping[str, Any]
    stops: list[dict[str, Any]]
    depot_name: str
    depot_point: Any

    def totals(self, words: Wording) -> str:
        """Sum up stops, kilometres, parcels and hours in one line."""
        return words.filled(
            "totals_line",
            len(self.stops),
            (figure(self.route["distance_m"]) or 0.0) / 1000,
            int(figure(self.route["load_parcels"]) or 0),
            (figure(self.route["duration_s"]) or 0.0) / 3600,
        )

    def hours(self) -> str:
        """Tell departure and return."""
        start_s, end_s = figure(self.route["start_s"]), figure(self.route["end_s"])
        return f"{clock(start_s)} → {clock(end_s)}"


def write_route_sheets(plan: Plan, folder: Path) -> None:
    """Write the sheet and the GPX file of every route, and ``index.html``.

    Parameters
    ----------
    plan
        The plan; without routes only the index is written, and says so.
    folder
        An existing folder.
    """
    words = Wording(plan.scenario.output.language)
    trips = _trips(plan)
    credit = "OpenStreetMap contributors" if plan.is_openstreetmap else ""
    stems = file_stems([text(trip.route["id"]) for trip in trips], reserved=("index",))
    for trip in trips:
        stem = stems[text(trip.route["id"])]
        depot = (trip.depot_name, trip.depot_point)
        gpx = route_gpx(trip.route, trip.stops, depot, words, plan.scenario.output.notice, credit)
        _save(folder / f"{stem}.html", _sheet(plan, trip, words))
        _save(folder / f"{stem}.gpx", gpx)
    _save(folder / "index.html", _index(plan, trips, stems, words))


def _trips(plan: Plan) -> list[_Trip]:
    centres = plan.layers["centres"]
    points = {text(i): p for i, p in zip(centres["id"], centres.geometry, strict=True)}
    names, stops = centre_names(plan), stops_by_route(plan)
    return [
        _Trip(
            route,
            stops.get(text(route["id"]), []),
            names.get(text(route["depot_id"]), text(route["depot_id"])),
            points.get(text(route["depot_id"])),
        )
        for route in plan.layers["routes"].to_dict("records")
    ]


def _save(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8", newline="\n")


def _sheet(plan: Plan, trip: _Trip, words: Wording) -> str:
    identifier = text(trip.route["id"])
    title = f"{words('sheet_of_route')} {identifier}"
    plan_name = text(plan.summary.get("name")) or text(plan.scenario.name)
    points = [stop["geometry"] for stop in trip.stops]
    drawing = strip_map(
        trip.route["geometry"], trip.depot_point, points, escape(words("strip_map"))
    )
    facts = (
        words.filled("label", words("vehicle"), text(trip.route["vehicle_type"])),
        words.filled("label", words("depot"), trip.depot_name),
        words.filled("label", f"{words('departure')} → {words('return')}", trip.hours()),
    )
    blanks = "".join(
        f"<span>{escape(words.filled('label', words(key), ''))}<i></i></span>"
        for key in ("day", "driver", "plate")
    )
    body = (
        f'<header><div><h1>{escape(title)}</h1><p class="plan">{escape(plan_name)}</p>'
        + "".join(f"<p>{escape(fact)}</p>" for fact in facts)
        + f'<p class="big">{escape(trip.totals(words))}</p></div>'
        + f'<div class="qr">{_qr_codes(trip.stops, words)}</div></header>'
        + f'<p class="blanks">{blanks}</p>'
        + (f"<h2>{escape(words('strip_map'))}{_legend(words)}</h2>{drawing}" if drawing else "")
        + f"<h2>{escape(words('table_stops'))}</h2>{_stop_rows(trip, words)}"
    )
    closing = (words("coordinate_hint"), *overview.labels(plan, words))
    return page.page(title, words.language, body, closing)


def _legend(words: Wording) -> str:
    depot, stop = escape(words("strip_depot")), escape(words("strip_stop"))
    return f' <small><b class="d"></b> {depot} &nbsp; <b class="s"></b> {stop}</small>'


def _stop_rows(trip: _Trip, words: Wording) -> str:
    headers = [
        words(key) for key in ("sequence", "station", "id", "window", "arrival", "leave", "parcels")
    ]
    rows = [
        page.row(
            (
                ("t", f"{number}"),
                ("", text(stop["name"])),
                ("id", text(stop["stop_id"])),
                ("t", window(figure(stop["window_start_s"]), figure(stop["window_end_s"]))),
                ("t", clock(figure(stop["arrival_s"]))),
                ("t", clock(figure(stop["departure_s"]))),
                ("n", f"{figure(stop['load_parcels']) or 0:,.0f}"),
                ("sign", ""),
            )
        )
        for number, stop in enumerate(trip.stops, 1)
    ]
    home = f"{words('back_at_depot')} {trip.depot_name}"
    back = clock(figure(trip.route["end_s"]))
    blank = ("", "")
    rows.append(
        page.row((blank, ("", home), blank, blank, ("t", back), blank, blank, blank), "end")
    )
    return page.table([*headers, words("signature")], rows)


def _qr_codes(stops: list[dict[str, Any]], words: Wording) -> str:
    """Codes holding ``number lat,lon`` lines: plain ASCII that any scanner shows.

    A lone stop is coded as a ``geo:`` address (RFC 5870), which phones open on a map.
    """
    codes = []
    for first in range(0, len(stops), STOPS_PER_QR):
        lines = [
            f"{number} {stop['geometry'].y:.6f},{stop['geometry'].x:.6f}"
            for number, stop in enumerate(stops[first : first + STOPS_PER_QR], first + 1)
            if stop["geometry"] is not None and not stop["geometry"].is_empty
        ]
        if not lines:
            continue
        last = min(first + STOPS_PER_QR, len(stops))
        content = "\n".join(lines)
        caption = words.filled("qr_caption", first + 1, last)
        if len(stops) == 1:
            content, caption = f"geo:{lines[0].split()[1]}", words("qr_caption_one")
        drawing = segno.make_qr(content, error="l").svg_inline(border=2, omitsize=True)
        codes.append(f"<figure>{drawing}<figcaption>{escape(caption)}</figcaption></figure>")
    return "".join(codes)


def _index(plan: Plan, trips: list[_Trip], stems: Mapping[str, str], words: Wording) -> str:
    title = words("all_routes")
    plan_name = text(plan.summary.get("name")) or text(plan.scenario.name)
    parts = [
        (
            f'<header><div><h1>{escape(title)}</h1><p class="plan">{escape(plan_name)}</p></div>'
            "</header>"
        )
    ]
    if trips:
        headers = [
            words(key)
            for key in ("route", "depot", "vehicle", "departure", "return", "n_stops",
                        "distance_km", "parcels")
        ]  # fmt: skip
        rows = [_index_row(trip, stems[text(trip.route["id"])], words) for trip in trips]
        parts.append(page.table([*headers, ""], rows))
    else:
        parts.append(f"<p>{escape(words('no_routes'))}</p>")
    left_out = unserved_table(plan, words)
    if left_out.rows:
        rows = [page.row([("", str(cell or "")) for cell in cells]) for cells in left_out.rows]
        headers = [column.header for column in left_out.columns]
        parts.append(f"<h2>{escape(left_out.title)}</h2>{page.table(headers, rows)}")
    return page.page(title, words.language, "".join(parts), overview.labels(plan, words))


def _index_row(trip: _Trip, stem: str, words: Wording) -> str:
    route = trip.route
    cells = page.row(
        (
            ("", text(route["id"])),
            ("", trip.depot_name),
            ("", text(route["vehicle_type"])),
            ("t", clock(figure(route["start_s"]))),
            ("t", clock(figure(route["end_s"]))),
            ("n", f"{len(trip.stops)}"),
            ("n", f"{(figure(route['distance_m']) or 0) / 1000:,.1f}"),
            ("n", f"{figure(route['load_parcels']) or 0:,.0f}"),
        )
    )
    # Stems hold only letters, digits, _ and -, so they may stand in an address as they are.
    links = (
        f'<td class="t"><a href="{stem}.html">{escape(words("open_sheet"))}</a> '
        f'<a href="{stem}.gpx">GPX</a></td>'
    )
    return cells.replace("</tr>", f"{links}</tr>")
