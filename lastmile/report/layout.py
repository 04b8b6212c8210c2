"""Tables and facts onto a worksheet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from xlsxwriter.format import Format

from lastmile.report.clean import cell_text, display_width
from lastmile.report.styles import BAR_COLOUR, Styles
from lastmile.report.table import Cell, CellKind, Column, Fact, Section, Table

_MAX_EXCEL_ROWS: Final = 1_048_576
_SAMPLED_ROWS: Final = 2_000
_NARROWEST, _WIDEST = 8, 46
_PADDING, _TEXT_PADDING = 2, 4
"""Beside the characters of a cell; text is indented, and capitals are wider than figures."""

_LINE_HEIGHT_PT: Final = 15.0
_INDENT_WIDTH: Final = 2.0
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table came to stand, in rows counted from 0."""

    header_row: int
    first_row: int
    last_row: int
    """Last row of the body; the header's own row if the body is empty."""

    end_row: int
    """First row below the table, its closing rows included."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet and the styles to write it with."""

    page: Any
    styles: Styles

    def write(self, row: int, column: int, value: Cell, kind: CellKind, style: Format) -> None:
        """Write one cell; text is never taken for a formula, a link or a number."""
        if value is None:
            self.page.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.page.write_string(row, column, cell_text(value), style)
        else:
            self.page.write_number(row, column, in_cell_unit(value, kind), style)

    def title(self, row: int, words: str) -> int:
        """Write a title; returns the next row."""
        self.page.set_row(row, 26)
        self.page.write_string(row, 0, cell_text(words), self.styles.title)
        return row + 1

    def labels(self, row: int, lines: tuple[str, ...]) -> int:
        """Write the lines every sheet carries; returns the next row."""
        self.page.write_string(row, 0, cell_text("    ".join(lines)), self.styles.label)
        return row + 1

    def heading(self, row: int, words: str) -> int:
        """Write a heading; returns the next row."""
        self.page.set_row(row, 20)
        self.page.write_string(row, 0, cell_text(words), self.styles.heading)
        return row + 1

    def table(self, row: int, table: Table, *, filtered: bool) -> Placed:
        """Write a table with its header at ``row``.

        Parameters
        ----------
        row
            Row of the header.
        table
            What to write. Rows that a sheet cannot hold raise ValueError.
        filtered
            Whether to put filter buttons on the header, which only suits tables of more than
            one row that stand by themselves.
        """
        if row + len(table.rows) + len(table.totals) >= _MAX_EXCEL_ROWS:
            raise ValueError(f"{len(table.rows)} rows do not fit on one sheet")
        for position, column in _placed(table.columns):
            self._put((row, position, column.span), column.header, "text", self.styles.header)
        self.page.set_row(row, 2 * _LINE_HEIGHT_PT + 2)
        first = row + 1
        for offset, cells in enumerate(table.rows):
            depth = table.depths[offset] if table.depths else None
            self._row(first + offset, table.columns, cells, depth)
        end = first + len(table.rows)
        if not table.rows and table.empty_note:
            self.page.write_string(end, 0, table.empty_note, self.styles.remark)
            end += 1
        for cells in table.totals:
            kinds = table.total_kinds or tuple(column.kind for column in table.columns)
            for (at, column), kind, value in zip(_placed(table.columns), kinds, cells, strict=True):
                self._put((end, at, column.span), value, kind, self.styles.cell(kind, "total"))
            end += 1
        last = row + len(table.rows)
        if filtered and table.rows and all(column.span == 1 for column in table.columns):
            self._filter(row, last, table.columns)
        if table.rows:
            self._bars(first, last, table.columns)
        return Placed(row, first, last, end)

    def section(self, row: int, section: Section, n_columns: int, widths: list[float]) -> int:
        """Write a heading and its facts over the first ``n_columns``; returns the next row."""
        if not section.facts:
            return row
        row = self.heading(row, section.title)
        for fact in section.facts:
            self._fact(row, fact, n_columns, widths)
            row += 1
        return row + 1

    def _row(self, row: int, columns: tuple[Column, ...], cells: tuple[Cell, ...],
             depth: int | None) -> None:  # fmt: skip
        part = "top" if depth == 0 else "plain"
        for (position, column), value in zip(_placed(columns), cells, strict=True):
            style = self.styles.cell(column.kind, part)
            self._put((row, position, column.span), value, column.kind, style)
        if depth:
            deepest = len(self.styles.indents) - 1
            name = next(k for k, cell in enumerate(cells) if k > 1 and isinstance(cell, str))
            style = self.styles.indents[min(depth, deepest)]
            self.write(row, name, cells[name], "text", style)
            self.page.set_row(row, None, None, {"level": min(depth, 7)})

    def _put(self, where: tuple[int, int, int], value: Cell, kind: CellKind,
             style: Format) -> None:  # fmt: skip
        """Write a cell at a row and column, over as many columns as it takes."""
        row, column, span = where
        if span > 1:
            self.page.merge_range(row, column, row, column + span - 1, "", style)
        self.write(row, column, value, kind, style)

    def _filter(self, header: int, last: int, columns: tuple[Column, ...]) -> None:
        # A native table, and not the sheet's one filter, so that a sheet may hold several.
        named = [{"header": c.header, "header_format": self.styles.header} for c in columns]
        where = (header, 0, last, len(columns) - 1)
        self.page.add_table(*where, {"columns": named, "style": None})

    def _bars(self, first: int, last: int, columns: tuple[Column, ...]) -> None:
        for position, column in _placed(columns):
            if column.kind == "share":
                self.page.conditional_format(first, position, last, position, {
                    "type": "data_bar", "data_bar_2010": True, "bar_solid": True,
                    "bar_color": BAR_COLOUR, "min_type": "num", "min_value": 0,
                    "max_type": "num", "max_value": 1,
                })  # fmt: skip

    def _fact(self, row: int, fact: Fact, n_columns: int, widths: list[float]) -> None:
        self.page.write_string(row, 0, cell_text(fact.label), self.styles.fact_label)
        style = self.styles.cell(fact.kind)
        if fact.kind != "note":
            self.write(row, 1, fact.value, fact.kind, style)
            if fact.remark:
                self.page.write_string(row, 2, cell_text(fact.remark), self.styles.remark)
            return
        words = cell_text(str(fact.value or ""))
        self.page.merge_range(row, 1, row, n_columns - 1, "", style)
        self.page.write_string(row, 1, words, style)
        # Merged cells never grow by themselves, in any spreadsheet program.
        n_lines = max(
            _lines(words, sum(widths[1:n_columns]) - 2),
            _lines(cell_text(fact.label), widths[0] - 2),
        )
        self.page.set_row(row, min(409.0, _LINE_HEIGHT_PT * n_lines + 3))


def in_cell_unit(value: float, kind: CellKind) -> float:
    """Convert a value to the unit in which its cell holds it: times in days, legs in minutes."""
    if kind == "time":
        return value / _DAY_S
    if kind == "points":
        return value * 100
    return value / 60 if kind == "minutes" else value


def fitting_widths(table: Table) -> list[float]:
    """Widths of a sheet's columns that fit a table, Chinese characters counting two.

    A column that spans several asks for nothing: it stands below others that do.
    """
    widths: list[float] = []
    for position, column in enumerate(table.columns):
        if column.span > 1:
            widths += [0.0] * column.span
            continue
        longest = (display_width(column.header) + 1) / (1 if column.kind == "text" else 1.4) + 2
        for row in (*table.rows[:_SAMPLED_ROWS], *table.totals):
            longest = max(longest, _shown_width(row[position], column.kind))
        widths.append(float(min(max(longest, _NARROWEST), _WIDEST)))
    return widths


def _placed(columns: tuple[Column, ...]) -> list[tuple[int, Column]]:
    """Where on the sheet each column begins."""
    ends = accumulate(column.span for column in columns)
    return [(end - column.span, column) for end, column in zip(ends, columns, strict=True)]


def _shown_width(value: Cell, kind: CellKind) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return display_width(value[:200]) + _TEXT_PADDING
    if kind == "degrees":
        return 10 + _PADDING
    decimals = 2 if kind in _WITH_DECIMALS else 0
    return len(f"{in_cell_unit(value, kind):,.0f}") + decimals + _PADDING


_WITH_DECIMALS: Final = frozenset({"kilometres", "hours", "minutes", "kilograms", "share", "gap"})


def _lines(words: str, width: float) -> int:
    """Lines that text takes in a cell; a little too many rather than one too few."""
    return max(1, -(-display_width(words) // max(1, int((width - _INDENT_WIDTH) * 0.92))))
