"""The health report in the terminal: a few tables, English, and sentences below them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lastmile.findings import CrsFinding, LayerFinding
from lastmile.health import Health, counted
from lastmile.health_page.terminal_readings import TerminalTable, reading_tables

_SUSPECTS_SHOWN: Final = 5
_TOTALS_SHOWN: Final = 5
_TOLD_WITH_ROADS: Final = "gap"
_SYSTEMS: Final = ("wgs84", "gcj02", "bd09")


def health_tables(health: Health) -> Iterator[TerminalTable]:
    """Lay out everything but faults and notes; parts without content are left out."""
    if health.findings.layers:
        rows = tuple(_layer_row(layer) for layer in health.findings.layers)
        yield TerminalTable("Layers", ("layer", "file", "form", "rows", "kept", "columns"), rows)
    if health.figures:
        yield _counts(health)
    if health.findings.crs:
        yield _systems(health.findings.crs)
    yield from reading_tables(health)
    if health.findings.totals:
        yield _totals(health)
    if health.roads is not None:
        yield _roads(health, health.roads)
    if health.findings.suspects:
        yield _suspects(health)


def _counts(health: Health) -> TerminalTable:
    rows = [(key.replace("_", " "), _shown(value)) for key, value in health.figures.items()]
    rows += [(f"{part.settlement} people", f"{part.people:,.0f}") for part in health.classes]
    below = []
    if health.scenario is not None:
        standard = health.scenario.service_distance
        told = f"urban {standard.urban_m:,g} m, rural {standard.rural_m:,g} m"
        below.append(f"Standard: {told}; {standard.provenance('en')}.")
    return TerminalTable(health.name, ("what was read", "found"), tuple(rows), tuple(below))


def _layer_row(layer: LayerFinding) -> tuple[str, ...]:
    columns = "; ".join(
        f"{column.meaning} = {column.column}" + ("" if column.is_stated else " (recognised)")
        for column in layer.columns
    )
    return (layer.key, layer.file, layer.form, f"{layer.n_rows:,}", f"{layer.n_kept:,}", columns)


def _systems(findings: Sequence[CrsFinding]) -> TerminalTable:
    """Set the evidence of each system side by side."""
    rows, below = [], []
    for finding in findings:
        for number, (test, by_system) in enumerate(evidence_by_test(finding).items()):
            first = number == 0
            rows.append(
                (
                    finding.key if first else "",
                    (finding.stated or "not stated") if first else "",
                    finding.verdict if first else "",
                    test,
                    *(by_system.get(system, "–") for system in _SYSTEMS),
                )
            )
        if finding.proposal and finding.proposal != finding.stated:
            below.append(f'{finding.key}: the evidence speaks for crs = "{finding.proposal}"')
    headers = ("layer", "stated", "verdict", "test", *_SYSTEMS)
    return TerminalTable("Coordinate systems", headers, tuple(rows), tuple(below))


def evidence_by_test(finding: CrsFinding) -> Mapping[str, Mapping[str, str]]:
    """Group evidence by test, then by system; one row without content where there is none."""
    grouped: dict[str, dict[str, str]] = {}
    for item in finding.evidence:
        grouped.setdefault(item.test, {})[item.system] = item.en
    return grouped or {"–": {}}


def _totals(health: Health) -> TerminalTable:
    totals = health.findings.totals
    worst = sorted(totals, key=lambda t: -abs(t.people - t.official))
    unlike = [t for t in worst if abs(t.people - t.official) >= 1.0]
    rows = tuple(
        (t.code, t.name, f"{t.people:,.0f}", f"{t.official:,.0f}", f"{t.people - t.official:+,.0f}",
         t.source)
        for t in unlike[:_TOTALS_SHOWN]
    )  # fmt: skip
    told = f"{len(totals) - len(unlike):,} of {len(totals):,} totals agree to the person"
    more = len(unlike) - len(rows)
    below = (f"{told}; {more:,} more differ." if more > 0 else f"{told}.",)
    headers = ("code", "unit", "as planned", "official", "difference", "source")
    return TerminalTable("Totals against official ones", headers, rows, below)


def _roads(health: Health, roads: Mapping[str, Any]) -> TerminalTable:
    """Tell how far people are from the roads."""
    snapping = roads["snapping"]
    rows = [
        (f"{band['over_m']:,}–{band['to_m']:,}" if band["to_m"] else f"over {band['over_m']:,}",
         f"{band['n']:,}", f"{band['weight']:,.0f}")
        for band in snapping["bands"]
        if band["n"]
    ]  # fmt: skip
    without = snapping["without_road"]
    if without["n"]:
        rows.append(("no road", f"{without['n']:,}", f"{without['weight']:,.0f}"))
    below, legs = [], snapping["weighted_legs"]
    if not math.isnan(legs["median_m"]):
        below.append(
            f"Half of the people live within {legs['median_m']:,.0f} m of a road, nine tenths "
            f"within {legs['p90_m']:,.0f} m; the farthest point is "
            f"{snapping['legs']['longest_m']:,.0f} m off."
        )
    for told, tally in (
        ("are snapped past an island of road that is nearer", snapping["past_island"]),
        ("are on roads that are not joined to the longest part", snapping["beside_main"]),
    ):
        if tally["n"]:
            below.append(f"{tally['n']:,} demand points ({tally['weight']:,.0f} people) {told}.")
    below += _gaps(health, roads["repairs"]["n"])
    headers = ("metres", "demand points", "people")
    return TerminalTable("To the nearest road", headers, tuple(rows), tuple(below))


def _gaps(health: Health, n_repairs: int) -> list[str]:
    """Tell of places where roads almost touch; those beside people first."""
    felt = [suspect.en for suspect in health.findings.suspects if suspect.kind == "gap"]
    told = [f"Look at the map: {sentence}" for sentence in felt[:_SUSPECTS_SHOWN]]
    rest = n_repairs - len(told)
    if rest > 0:
        told.append(
            f"{rest:,} {'more ' if told else ''}places where roads almost touch and are not "
            f"joined, {len(felt) - len(told):,} of them beside people; --json lists the first."
        )
    return told


def _suspects(health: Health) -> TerminalTable:
    suspects = [suspect for suspect in health.findings.suspects if suspect.kind != _TOLD_WITH_ROADS]
    rows = []
    for kind, n in counted(suspect.kind for suspect in suspects).items():
        first = next(suspect for suspect in suspects if suspect.kind == kind)
        place = ", ".join(part for part in (first.file, first.where) if part)
        rows.append((kind, f"{n:,}", f"{place}: {first.en}"))
    below = ("--json lists them all; the page (-o) shows them on a map.",)
    return TerminalTable("Worth a look", ("kind", "n", "such as"), tuple(rows), below)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count:,} {name}" for name, count in value.items()) or "none"
    return f"{value:,}"
