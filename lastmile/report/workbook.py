"""``report.xlsx``: the sheets and their charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.chart import Chart

from lastmile.plans import Plan
from lastmile.report import method, overview
from lastmile.report.clean import cell_text
from lastmile.report.coverage import charted_units, coverage_table
from lastmile.report.curve import curve_table
from lastmile.report.layout import Placed, Sheet, fitting_widths
from lastmile.report.phases import phase_table, phase_units_table
from lastmile.report.routes import fleet_table, routes_table, stops_table, unserved_table
from lastmile.report.stations import kinds_table, station_table
from lastmile.report.styles import (
    BOUND_COLOUR,
    COVERED_COLOUR,
    UNCOVERED_COLOUR,
    Styles,
    make_styles,
)
from lastmile.report.table import Table
from lastmile.report.texts import Wording
from lastmile.report.uncovered import reasons_table, uncovered_table

_CREATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the file format holds no zone
"""Equal plans give equal bytes, so the clock must not show."""

_OVERVIEW_WIDTHS: Final = [30.0, 16.0, 14.0, 14.0, 14.0, 14.0]
_METHOD_WIDTHS: Final = [22.0, 72.0, 16.0, 16.0, 16.0]
_MAX_FOOTER_CHARACTERS: Final = 120
_ROWS_ABOVE_TABLE: Final = 2
_GAPS: Final = (400, 300, 200, 150, 100, 60)
"""Between bars, in per cent of a bar's width: a single bar must not fill the chart."""

_ROW_HEIGHT_PT: Final = 18
_MAX_SINGLE_TICKS: Final = 12


@dataclass(frozen=True, slots=True)
class _Book:
    """The workbook being written, for one plan in one language."""

    file: Any
    plan: Plan
    words: Wording
    styles: Styles

    def add(self, key: str, *, portrait: bool = False) -> tuple[Sheet, str]:
        """Start a sheet; returns it and its name."""
        name = self.words(key)
        page = self.file.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_default_row(_ROW_HEIGHT_PT)
        if not portrait:
            page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        imprint = " · ".join(overview.labels(self.plan, self.words)[1:])
        # & starts a code in footers, and && prints one.
        shown = imprint[:_MAX_FOOTER_CHARACTERS].replace("&", "&&")
        page.set_footer(f"&L&8 {shown}&R&8 {self.words('page')}")
        return Sheet(page, self.styles), name


def write_workbook(plan: Plan, file: Path) -> None:
    """Write the report of a plan as an Excel workbook.

    Parameters
    ----------
    plan
        The plan.
    file
        Where to write; overwritten. Equal plans give equal bytes.
    """
    words = Wording(plan.scenario.output.language)
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as workbook:
        heading = overview.title(plan, words)
        workbook.set_properties(
            {"title": cell_text(heading)[:250], "author": "lastmile", "created": _CREATED}
        )
        book = _Book(workbook, plan, words, make_styles(workbook, words.language))
        _overview(book)
        _single(book, "sheet_coverage", coverage_table(plan, words), freeze_columns=3)
        _single(book, "sheet_stations", station_table(plan, words), freeze_columns=2)
        _single(book, "sheet_uncovered", uncovered_table(plan, words), freeze_columns=2)
        _routes(book)
        _phases(book)
        curve = curve_table(plan, words)
        if curve is not None:
            _curve(book, curve)
        _method(book)


def _overview(book: _Book) -> None:
    sheet, name = book.add("sheet_overview", portrait=True)
    plan, words = book.plan, book.words
    n_columns = len(_OVERVIEW_WIDTHS)
    for position, width in enumerate(_OVERVIEW_WIDTHS):
        sheet.page.set_column(position, position, width)
    row = sheet.title(0, overview.title(plan, words))
    for line in overview.labels(plan, words):
        row = sheet.labels(row, (line,))
    row += 1
    for section in overview.overview_sections(plan, words):
        row = sheet.section(row, section, n_columns, _OVERVIEW_WIDTHS)
    by_unit = charted_units(plan, words)
    tables = (
        overview.before_after_table(plan, words),
        overview.class_table(plan, words),
        kinds_table(plan, words),
        reasons_table(plan, words),
        by_unit,
    )
    for table in tables:
        if table is None:
            continue
        row = sheet.heading(row, table.title)
        placed = sheet.table(row, table, filtered=False)
        row = placed.end_row + 1
        if table is by_unit:
            _chart_by_unit(book, sheet, name, placed, table)
    sheet.page.activate()


def _chart_by_unit(book: _Book, sheet: Sheet, name: str, placed: Placed, table: Table) -> None:
    chart = book.file.add_chart({"type": "column", "subtype": "percent_stacked"})
    for column, colour in ((2, COVERED_COLOUR), (4, UNCOVERED_COLOUR)):
        chart.add_series({
            "name": [name, placed.header_row, column],
            "categories": [name, placed.first_row, 0, placed.last_row, 0],
            "values": [name, placed.first_row, column, placed.last_row, column],
            "fill": {"color": colour},
            "gap": _GAPS[min(len(table.rows), len(_GAPS)) - 1],
        })  # fmt: skip
    level = table.columns[0].header
    _dress(book, chart, book.words.filled("chart_by_unit", level), {"name": level})
    chart.set_size({"width": 760, "height": 400})
    sheet.page.insert_chart(placed.end_row + 1, 0, chart)


def _single(book: _Book, key: str, table: Table, *, freeze_columns: int) -> None:
    sheet, _ = book.add(key)
    for position, width in enumerate(fitting_widths(table)):
        sheet.page.set_column(position, position, width)
    sheet.heading(0, table.title)
    sheet.labels(1, overview.labels(book.plan, book.words))
    placed = sheet.table(_ROWS_ABOVE_TABLE, table, filtered=True)
    sheet.page.freeze_panes(placed.first_row, freeze_columns)
    sheet.page.repeat_rows(placed.header_row)
    if table.depths:
        sheet.page.outline_settings(symbols_below=False)


def _routes(book: _Book) -> None:
    sheet, _ = book.add("sheet_routes")
    makers = (routes_table, fleet_table, unserved_table, stops_table)
    tables = [table for make in makers if (table := make(book.plan, book.words)) is not None]
    widths = _widest([fitting_widths(table) for table in tables])
    for position, width in enumerate(widths):
        sheet.page.set_column(position, position, width)
    row = 0
    for table in tables:
        row = sheet.heading(row, table.title)
        if row == 1:
            row = sheet.labels(row, overview.labels(book.plan, book.words))
            sheet.page.freeze_panes(row + 1, 1)
        row = sheet.table(row, table, filtered=True).end_row + 1


def _phases(book: _Book) -> None:
    makers = (phase_table, phase_units_table)
    tables = [table for make in makers if (table := make(book.plan, book.words)) is not None]
    if not tables:
        return
    sheet, _ = book.add("sheet_phases")
    widths = _widest([fitting_widths(table) for table in tables])
    for position, width in enumerate(widths):
        sheet.page.set_column(position, position, width)
    row = 0
    for table in tables:
        row = sheet.heading(row, table.title)
        if row == 1:
            row = sheet.labels(row, overview.labels(book.plan, book.words))
        row = sheet.table(row, table, filtered=False).end_row + 1


def _curve(book: _Book, table: Table) -> None:
    sheet, name = book.add("sheet_curve")
    for position, width in enumerate(fitting_widths(table)):
        sheet.page.set_column(position, position, width)
    sheet.heading(0, table.title)
    sheet.labels(1, overview.labels(book.plan, book.words))
    placed = sheet.table(_ROWS_ABOVE_TABLE, table, filtered=True)
    sheet.page.freeze_panes(placed.first_row, 1)
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    for column, colour, dash in ((2, COVERED_COLOUR, "solid"), (3, BOUND_COLOUR, "dash")):
        chart.add_series({
            "name": [name, placed.header_row, column],
            "categories": [name, placed.first_row, 0, placed.last_row, 0],
            "values": [name, placed.first_row, column, placed.last_row, column],
            "line": {"color": colour, "width": 2.0, "dash_type": dash},
            "marker": {"type": "circle", "size": 6,
                       "fill": {"color": colour}, "border": {"color": colour}},
        })  # fmt: skip
    counts = [float(row[0] or 0) for row in table.rows]
    # Between few counts the axis would else show half stations.
    unit = 1 if max(counts) <= _MAX_SINGLE_TICKS else None
    x_axis = {"name": table.columns[0].header, "min": 0, "major_unit": unit}
    _dress(book, chart, table.title, x_axis)
    chart.set_size({"width": 720, "height": 400})
    sheet.page.insert_chart(_ROWS_ABOVE_TABLE, len(table.columns) + 1, chart)


def _dress(book: _Book, chart: Chart, title: str, x_axis: Mapping[str, Any]) -> None:
    font = {"name": book.styles.font, "size": 9}
    chart.set_title({"name": title, "name_font": {**font, "size": 12}, "overlay": False})
    chart.set_x_axis({"name_font": font, "num_font": font, **x_axis})
    chart.set_y_axis({
        "min": 0, "max": 1, "num_format": "0%", "name_font": font, "num_font": font,
        "name": book.words("covered_share"),
        "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}},
    })  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font})


def _method(book: _Book) -> None:
    sheet, _ = book.add("sheet_method", portrait=True)
    for position, width in enumerate(_METHOD_WIDTHS):
        sheet.page.set_column(position, position, width)
    row = sheet.title(0, book.words("sheet_method"))
    row = sheet.labels(row, overview.labels(book.plan, book.words)) + 1
    for section in method.method_sections(book.plan, book.words):
        row = sheet.section(row, section, len(_METHOD_WIDTHS), _METHOD_WIDTHS)
    tables = (
        method.inputs_table(book.plan, book.words),
        method.open_components_table(book.plan, book.words),
    )
    for table in tables:
        if table is not None:
            row = sheet.heading(row, table.title)
            row = sheet.table(row, table, filtered=False).end_row + 1


def _widest(lists: Sequence[Sequence[float]]) -> list[float]:
    n = max(len(widths) for widths in lists)
    return [max((w[k] for w in lists if k < len(w)), default=0.0) for k in range(n)]
