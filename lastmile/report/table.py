"""Tables of a report, before any file format is chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Cell = str | float | None

CellKind = Literal[
    "text", "note", "count", "people", "share", "gap", "metres", "kilometres", "hours", "minutes",
    "time", "yuan", "kilograms", "degrees", "points",
]  # fmt: skip
"""What a column holds: sets the number format and the alignment. ``note`` is text that wraps;
``share`` and ``gap`` are 0 to 1; so is ``points``, a difference of shares, shown in percentage
points; ``time`` is seconds since midnight; ``minutes`` are seconds, too, shown as minutes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header and what it holds."""

    header: str
    kind: CellKind = "text"
    span: int = 1
    """Columns of the sheet that it takes, where a table stands below narrower ones. A table with
    wide columns cannot be filtered: no spreadsheet filters merged cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers, ready to be laid out."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    totals: tuple[tuple[Cell, ...], ...] = ()
    """Closing rows, such as sums; not part of what is filtered or sorted."""

    total_kinds: tuple[CellKind, ...] = ()
    """What the closing rows hold, where it differs from what the columns hold."""

    depths: tuple[int, ...] = ()
    """Per row, how deep it lies in the hierarchy, 0 at the top; empty for a flat table."""

    empty_note: str = ""
    """What stands in place of the rows when there are none."""

    def column(self, header: str) -> list[Cell]:
        """Cells of one column, top to bottom."""
        position = [column.header for column in self.columns].index(header)
        return [row[position] for row in self.rows]

    def without_blank(self, *headers: str) -> Table:
        """Leave out those of some columns that hold nothing in any row."""
        kept = [
            position
            for position, column in enumerate(self.columns)
            if column.header not in headers or any(row[position] for row in self.rows)
        ]
        return replace(
            self,
            columns=tuple(self.columns[k] for k in kept),
            rows=tuple(tuple(row[k] for k in kept) for row in self.rows),
            totals=tuple(tuple(row[k] for k in kept) for row in self.totals),
            total_kinds=tuple(self.total_kinds[k] for k in kept) if self.total_kinds else (),
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure or sentence with its label."""

    label: str
    value: Cell
    kind: CellKind = "text"
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading."""

    title: str
    facts: tuple[Fact, ...]
