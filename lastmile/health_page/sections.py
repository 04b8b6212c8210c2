"""The sections of tables: faults, layers, counts, totals, classes, roads, notes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from lastmile.errors import Fault
from lastmile.findings import ColumnFinding, TotalFinding
from lastmile.health import Health
from lastmile.health_page.markup import Cell, Column, Html, Row, escaped, listing, paragraph, table
from lastmile.health_page.phrases import in_chinese
from lastmile.health_page.texts import Words
from lastmile.scenario import (
    ConstantSettlement,
    NearestCommunitySettlement,
    Scenario,
    UnitTotalsDemand,
)

_MOST_TOTALS: Final = 500
_AGREES: Final = 1.0
"""People by which two totals may differ and still be called equal."""


def fault_parts(health: Health, words: Words) -> list[str]:
    """List every fault with its place, and how it is mended."""
    columns = (
        Column(words("number"), "n"),
        Column(words("file")),
        Column(words("where")),
        Column(words("found"), "long"),
        Column(words("expected"), "long"),
        Column(words("remedy"), "long"),
    )
    rows = [
        Row((f"{k}", health.shown(fault.file), *_told(fault, words)), f"f{k}")
        for k, fault in enumerate(health.faults, 1)
    ]
    return [paragraph(words("faults_lead")), table("fault-table", words("faults"), columns, rows)]


def _told(fault: Fault, words: Words) -> list[Cell]:
    """Tell a fault in the page's language, with the words of the terminal behind what differs."""
    parts = (fault.where, fault.found, fault.expected, fault.remedy)
    if words.language == "en":
        return list(parts)
    cells: list[Cell] = []
    for part in parts:
        chinese = in_chinese(part)
        own = Html(f'<span title="{escaped(part)}">{escaped(chinese)}</span>')
        cells.append(part if chinese == part else own)
    return cells


def layer_parts(health: Health, words: Words) -> list[str]:
    """Say how each file was read."""
    if not health.findings.layers:
        return [paragraph(words("layers_none"))]
    columns = (
        Column(words("layer")),
        Column(words("file")),
        Column(words("form")),
        Column(words("rows"), "n"),
        Column(words("kept"), "n"),
        Column(words("system")),
        Column(words("columns"), "long"),
    )
    rows = [
        Row(
            (
                layer.key,
                layer.file,
                layer.form,
                f"{layer.n_rows:,}",
                f"{layer.n_kept:,}",
                layer.crs or "–",
                Html("<br>".join(_column(column, words) for column in layer.columns)),
            )
        )
        for layer in health.findings.layers
    ]
    return [paragraph(words("layers_lead")), table("layer-table", words("layers"), columns, rows)]


def _column(column: ColumnFinding, words: Words) -> str:
    told = f"{escaped(column.meaning)} ← {escaped(column.column)}"
    if column.is_stated:
        return told
    return f"{told} <em>{escaped(words('recognised'))}</em>"


def count_parts(health: Health, words: Words) -> list[str]:
    """Show the key figures."""
    figures = health.figures
    cards: list[tuple[str, str, str]] = []
    if "units" in figures:
        cards.append((words("units_n"), f"{figures['units']:,}", ""))
    if "people" in figures:
        people, off = figures["people"], figures["off_network_people"]
        share = f"{off / people:.2%}" if people else "–"
        roles = (words(f"role_{role}", f"{n:,}") for role, n in figures["sites"].items())
        cards += [
            (words("people"), f"{people:,.0f}", ""),
            (words("demand_n"), f"{figures['demand_points']:,}", ""),
            (words("off_network"), f"{off:,.0f}",
             words("off_share", share, f"{figures['off_network_points']:,}")),
            (words("sites_n"), f"{sum(figures['sites'].values()):,}", words("comma").join(roles)),
            (words("depots_n"), f"{figures['depots']:,}", ""),
            (words("walk_km"), f"{figures['walk_km']:,}", ""),
        ]  # fmt: skip
    drawn = "".join(
        f"<div><dt>{escaped(label)}</dt><dd><b>{escaped(value)}</b>"
        f"<small>{escaped(remark)}</small></dd></div>"
        for label, value, remark in cards
    )
    told = [f'<dl class="cards">{drawn}</dl>'] if cards else []
    return told if "people" in figures else [*told, paragraph(words("counts_none"))]


def total_parts(health: Health, words: Words) -> list[str]:
    """Hold the people planned with against official totals, the widest difference first."""
    totals = health.findings.totals
    if not totals:
        return [paragraph(words("totals_none"))] if not health.faults else []
    columns = (
        Column(words("code")),
        Column(words("unit")),
        Column(words("level")),
        Column(words("planned"), "n"),
        Column(words("official"), "n"),
        Column(words("difference"), "n"),
        Column("%", "n"),
        Column(words("source")),
    )
    ordered = sorted(totals, key=lambda total: -abs(total.people - total.official))
    n_equal = sum(abs(total.people - total.official) < _AGREES for total in totals)
    rows = [_total_row(total, words) for total in ordered[:_MOST_TOTALS]]
    parts = [paragraph(words("totals_lead", f"{n_equal:,}", f"{len(totals):,}"))]
    if len(ordered) > _MOST_TOTALS:
        parts.append(paragraph(words("totals_cut", f"{_MOST_TOTALS:,}")))
    return [*parts, table("total-table", words("totals"), columns, rows)]


def _total_row(total: TotalFinding, words: Words) -> Row:
    difference = total.people - total.official
    share = f"{difference / total.official:+.1%}" if total.official else "–"
    cells: tuple[str, ...] = (
        total.code,
        total.name,
        words.named("level", total.level),
        f"{total.people:,.0f}",
        f"{total.official:,.0f}",
        f"{difference:+,.0f}" if abs(difference) >= _AGREES else "0",
        share if abs(difference) >= _AGREES else "–",
        (total.source_zh or total.source) if words.language == "zh" else total.source,
    )
    return Row(cells)


def class_parts(health: Health, words: Words) -> list[str]:
    """Show urban and rural people, where the classes come from, and the standard of each."""
    scenario = health.scenario
    if scenario is None:
        return []
    standard = scenario.service_distance
    limits = {"urban": standard.urban_m, "rural": standard.rural_m}
    all_people = sum(part.people for part in health.classes)
    columns = (
        Column(words("class")),
        Column(words("points"), "n"),
        Column(words("people"), "n"),
        Column(words("share"), "n"),
        Column(words("off_network"), "n"),
        Column(words("standard_m"), "n"),
    )
    rows = [
        Row(
            (
                words.named("class", part.settlement),
                f"{part.n_points:,}",
                f"{part.people:,.0f}",
                f"{part.people / all_people:.1%}" if all_people else "–",
                f"{part.off_network_people:,.0f}",
                f"{limits[part.settlement]:,g}",
            )
        )
        for part in health.classes
    ]
    told = [table("class-table", words("classes"), columns, rows)] if rows else []
    remark = standard.preset.remark.text(words.language)
    sources = [
        words("people_source", _people_source(scenario, words)),
        words("class_source", _class_source(scenario, words)),
        words("standard", standard.provenance(words.language)),
        *([remark] if remark else []),
    ]
    return [*told, listing(sources)]


def _people_source(scenario: Scenario, words: Words) -> str:
    demand = scenario.demand
    if isinstance(demand, UnitTotalsDemand):
        return words("demand_unit_totals", words.named("level", demand.level))
    return words(f"demand_{demand.source}", demand.file_names)


def _class_source(scenario: Scenario, words: Words) -> str:
    settlement = scenario.settlement
    if isinstance(settlement, ConstantSettlement):
        return words("settlement_constant", words.named("class", settlement.value))
    if isinstance(settlement, NearestCommunitySettlement):
        return words("settlement_nearest_community", settlement.path.name)
    return words.named("settlement", settlement.source)


def road_parts(health: Health, words: Words) -> list[str]:
    """Show how far people live from the roads."""
    if health.roads is None:
        return [] if health.faults else [paragraph(words("roads_none"))]
    snapping: Mapping[str, Any] = health.roads["snapping"]
    columns = (
        Column(words("metres")),
        Column(words("points"), "n"),
        Column(words("people"), "n"),
        Column(words("share"), "n"),
    )
    whole = snapping["places"]["weight"]
    bands = [(_band(band, words), band) for band in snapping["bands"]]
    bands.append((words("no_road"), snapping["without_road"]))
    rows = [
        Row(
            (
                label,
                f"{band['n']:,}",
                f"{band['weight']:,.0f}",
                Html(_bar(band["weight"] / whole if whole else 0.0)),
            )
        )
        for label, band in bands
        if band["n"]
    ]
    return [
        *_road_sentences(snapping, words),
        table("road-table", words("roads"), columns, rows),
    ]


def _road_sentences(snapping: Mapping[str, Any], words: Words) -> list[str]:
    legs = snapping["weighted_legs"]
    told = []
    if not math.isnan(legs["median_m"]):
        longest = snapping["legs"]["longest_m"]
        metres = (f"{value:,.0f}" for value in (legs["median_m"], legs["p90_m"], longest))
        told.append(paragraph(words("roads_lead", *metres)))
    for key, name in (("past_island", "roads_past"), ("beside_main", "roads_beside")):
        tally = snapping[key]
        if tally["n"]:
            told.append(paragraph(words(name, f"{tally['n']:,}", f"{tally['weight']:,.0f}")))
    return told


def _band(band: Mapping[str, Any], words: Words) -> str:
    if band["to_m"] is None:
        return words("metres_over", f"{band['over_m']:,}")
    return f"{band['over_m']:,}–{band['to_m']:,}"


def _bar(share: float) -> str:
    return (
        f'<span class="bar" style="--share:{100 * share:.2f}%" aria-hidden="true"></span>'
        f"{share:.1%}"
    )


def note_parts(health: Health, words: Words) -> list[str]:
    """List what a planner must be told, and where the data came from."""
    notes = [note.zh if words.language == "zh" else note.en for note in health.own_notes]
    parts = [listing(notes)] if notes else [paragraph(words("notes_none"))]
    sources = () if health.scenario is None else health.scenario.output.sources
    if sources:
        parts += [f"<h3>{escaped(words('sources'))}</h3>", listing(sources)]
    return parts
