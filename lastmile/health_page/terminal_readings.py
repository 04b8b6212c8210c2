"""What readers made of the rows, in the terminal: units, rows without one, sorts, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from lastmile.findings import Remark, Tally, UnitFinding, UnmatchedRow
from lastmile.health import Health, counted, units_by_level

_ROWS_SHOWN: Final = 20
_NOT_TOLD: Final = "not told"


@dataclass(frozen=True, slots=True)
class TerminalTable:
    """A table, and what is said below it."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[str, ...] = ()


def reading_tables(health: Health) -> Iterator[TerminalTable]:
    """Lay out how units and rows were understood; parts without content are left out."""
    findings = health.findings
    if findings.units:
        yield _units(findings.units)
    if findings.unmatched:
        yield _unmatched(findings.unmatched)
    if findings.tallies:
        yield _tallies(findings.tallies)
    if findings.remarks:
        yield _remarks(findings.remarks)


def _unmatched(unmatched: Sequence[UnmatchedRow]) -> TerminalTable:
    rows = tuple(
        (row.key, PurePath(row.file).name, row.where, row.found, ", ".join(row.nearest) or "–")
        for row in unmatched[:_ROWS_SHOWN]
    )
    headers = ("layer", "file", "where", "found", "nearest names")
    return TerminalTable("Rows that mean no unit", headers, rows, _more(len(unmatched)))


def _tallies(tallies: Sequence[Tally]) -> TerminalTable:
    rows = tuple(
        (tally.key, tally.topic, tally.value or _NOT_TOLD, f"{tally.n:,.10g}") for tally in tallies
    )
    return TerminalTable("Rows by sort", ("layer", "counted by", "sort", "n"), rows)


def _remarks(remarks: Sequence[Remark]) -> TerminalTable:
    rows = tuple(
        (PurePath(remark.file).name, remark.where or "–", remark.en)
        for remark in remarks[:_ROWS_SHOWN]
    )
    return TerminalTable("What readers did", ("file", "where", "what"), rows, _more(len(remarks)))


def _units(units: Sequence[UnitFinding]) -> TerminalTable:
    rows = tuple(
        (
            level,
            f"{len(own):,}",
            _amounts(unit.kind for unit in own),
            _amounts(unit.settlement for unit in own),
            _amounts(unit.settlement_source for unit in own),
            f"{sum(unit.is_estimated for unit in own):,}",
            f"{sum(unit.is_excluded for unit in own):,}",
        )
        for level, own in units_by_level(units).items()
    )
    out = [f"{unit.name} ({unit.code})" for unit in units if unit.is_excluded]
    below = (f"Left out by a rule of the scenario: {', '.join(out)}.",) if out else ()
    headers = ("level", "units", "kinds", "classes", "classes from", "estimated", "left out")
    return TerminalTable("Units", headers, rows, below)


def _amounts(sorts: Iterable[str]) -> str:
    amounts = counted(sorts)
    if set(amounts) <= {""}:
        return "–"
    return ", ".join(f"{n:,} {sort or _NOT_TOLD}" for sort, n in amounts.items())


def _more(n: int) -> tuple[str, ...]:
    return (f"{n - _ROWS_SHOWN:,} more; --json lists them all.",) if n > _ROWS_SHOWN else ()
