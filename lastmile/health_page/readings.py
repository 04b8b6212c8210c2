"""The sections of what readers made of the rows: units, rows without one, sorts, remarks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lastmile.findings import Tally, UnitFinding
from lastmile.health import Health, counted, units_by_level
from lastmile.health_page.markup import Column, Row, listing, paragraph, table
from lastmile.health_page.phrases import in_chinese
from lastmile.health_page.texts import Words

_MOST_ROWS: Final = 500


def unit_parts(health: Health, words: Words) -> list[str]:
    """Count units by level, kind, class and its source; name those that are left out."""
    by_level = units_by_level(health.findings.units)
    if not by_level:
        return []
    columns = (
        Column(words("level")),
        Column(words("units_n"), "n"),
        Column(words("unit_kinds"), "long"),
        Column(words("unit_classes"), "long"),
        Column(words("unit_sources"), "long"),
        Column(words("unit_estimated"), "n"),
        Column(words("unit_excluded"), "n"),
    )
    rows = [
        Row(
            (
                words.named("level", level),
                f"{len(units):,}",
                _amounts((_kind(unit, words) for unit in units), words),
                _amounts((_class(unit, words) for unit in units), words),
                _amounts((unit.settlement_source for unit in units), words),
                f"{sum(unit.is_estimated for unit in units):,}",
                f"{sum(unit.is_excluded for unit in units):,}",
            )
        )
        for level, units in by_level.items()
    ]
    parts = [table("unit-table", words("units"), columns, rows)]
    excluded = [unit for unit in health.findings.units if unit.is_excluded]
    if not excluded:
        return parts
    names = [f"{unit.name} {unit.code} · {words.named('level', unit.level)}" for unit in excluded]
    return [*parts, paragraph(words("unit_excluded_lead")), listing(names)]


def _kind(unit: UnitFinding, words: Words) -> str:
    return words.named("unitkind", unit.kind) if unit.kind else ""


def _class(unit: UnitFinding, words: Words) -> str:
    return words.named("class", unit.settlement) if unit.settlement else ""


def _amounts(sorts: Iterable[str], words: Words) -> str:
    """Say how many there are of each sort; nothing where none is told."""
    amounts = counted(sorts)
    if set(amounts) <= {""}:
        return "–"
    return words("mark").join(f"{sort or words('not_told')} {n:,}" for sort, n in amounts.items())


def unmatched_parts(health: Health, words: Words) -> list[str]:
    """List the rows of tables of figures that mean no unit of the plan."""
    unmatched = health.findings.unmatched
    if not unmatched:
        return []
    columns = (
        Column(words("layer")),
        Column(words("file")),
        Column(words("where")),
        Column(words("found"), "long"),
        Column(words("nearest"), "long"),
    )
    rows = [
        Row(
            (
                row.key,
                health.shown(row.file),
                _where(row.where, words),
                row.found,
                words("comma").join(row.nearest) or "–",
            )
        )
        for row in unmatched[:_MOST_ROWS]
    ]
    cut = words("rows_cut", f"{len(unmatched) - _MOST_ROWS:,}")
    return [
        paragraph(words("unmatched_lead")),
        *([paragraph(cut)] if len(unmatched) > _MOST_ROWS else []),
        table("unmatched-table", words("unmatched"), columns, rows),
    ]


def tally_parts(health: Health, words: Words) -> list[str]:
    """Show how many rows of each layer are of which sort."""
    tallies = health.findings.tallies
    if not tallies:
        return []
    columns = (
        Column(words("layer")),
        Column(words("file")),
        Column(words("topic")),
        Column(words("sort")),
        Column(words("number_of"), "n"),
    )
    rows = [
        Row(
            (
                tally.key,
                health.shown(tally.file),
                words.named("topic", tally.topic),
                _sort(tally, words),
                f"{tally.n:,.10g}",
            )
        )
        for tally in tallies
    ]
    return [table("tally-table", words("tallies"), columns, rows)]


def _sort(tally: Tally, words: Words) -> str:
    return words.named(tally.topic, tally.value) if tally.value else words("not_told")


def remark_parts(health: Health, words: Words) -> list[str]:
    """List what readers did to files that nobody asked for."""
    remarks = health.findings.remarks
    if not remarks:
        return []
    columns = (Column(words("file")), Column(words("where")), Column(words("told"), "long"))
    rows = [
        Row(
            (
                health.shown(remark.file),
                _where(remark.where, words) or "–",
                remark.zh if words.language == "zh" else remark.en,
            )
        )
        for remark in remarks
    ]
    return [
        paragraph(words("remarks_lead")),
        table("remark-table", words("remarks"), columns, rows),
    ]


def _where(where: str, words: Words) -> str:
    return in_chinese(where) if words.language == "zh" else where
