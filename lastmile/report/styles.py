"""Cell formats of the workbook: fonts that hold Chinese, number formats, colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from lastmile.report.table import CellKind
from lastmile.report.texts import Language

FONTS: Final = {"zh": "Microsoft YaHei", "en": "Calibri"}
"""On every office machine of the language; others substitute their own Chinese font."""

ACCENT: Final = "#1F4E79"
COVERED_COLOUR: Final = "#2C7FB8"
UNCOVERED_COLOUR: Final = "#D9D9D9"
BOUND_COLOUR: Final = "#D95F02"
BAR_COLOUR: Final = "#9ECAE1"
_BORDER: Final = "#BFBFBF"
_BAND: Final = "#EAF1F8"
_DEEPEST_INDENT: Final = 4

_POINTS: Final[Mapping[Language, str]] = {"zh": '0.0 "个百分点"', "en": '0.0 "points"'}
"""Between two shares there is a difference of points; "per cent" would be read as a ratio."""

NUMBER_FORMATS: Final[dict[CellKind, str]] = {
    "text": "@", "note": "@", "count": "#,##0", "people": "#,##0", "share": "0.0 %",
    "gap": "0.00 %", "metres": "#,##0", "kilometres": "#,##0.0", "hours": "#,##0.0",
    "minutes": "#,##0.0", "time": "[hh]:mm", "yuan": "#,##0", "kilograms": "#,##0.0",
    "degrees": "0.000000",
}  # fmt: skip

_CENTRED: Final = frozenset({"time"})
_LEFT: Final = frozenset({"text", "note"})


@dataclass(frozen=True, slots=True)
class Styles:
    """Formats by use; created once per workbook, for the file holds each by number."""

    title: Format
    label: Format
    heading: Format
    header: Format
    fact_label: Format
    remark: Format
    cells: Mapping[tuple[CellKind, str], Format]
    """(kind of cell, ``plain``, ``top`` or ``total``) to format."""

    indents: tuple[Format, ...]
    """Text formats by depth in the hierarchy."""

    font: str

    def cell(self, kind: CellKind, part: str = "plain") -> Format:
        """Format of a cell in a row, a row at the top of a hierarchy, or a closing row."""
        return self.cells[kind, part]


def make_styles(workbook: Workbook, language: Language) -> Styles:
    """Create the formats of a workbook."""
    font = FONTS[language]
    workbook.formats[0].set_font_name(font)
    workbook.formats[0].set_font_size(10)
    base = {"font_name": font, "font_size": 10, "valign": "vcenter"}
    framed = {**base, "border": 1, "border_color": _BORDER}
    parts: dict[str, dict[str, Any]] = {
        "plain": {},
        "top": {"bold": True, "bg_color": _BAND},
        "total": {"bold": True, "top": 2, "top_color": ACCENT},
    }
    formats: dict[CellKind, str] = {**NUMBER_FORMATS, "points": _POINTS[language]}
    cells = {
        (kind, part): workbook.add_format(
            {**framed, **extra, "num_format": number_format, **_alignment(kind)}
        )
        for kind, number_format in formats.items()
        for part, extra in parts.items()
    }
    return Styles(
        title=workbook.add_format({**base, "font_size": 16, "bold": True, "font_color": ACCENT}),
        label=workbook.add_format({**base, "font_size": 9, "font_color": "#595959"}),
        heading=workbook.add_format({**base, "font_size": 12, "bold": True, "font_color": ACCENT}),
        header=workbook.add_format(
            {**framed, "bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT,
             "align": "center", "text_wrap": True}
        ),
        fact_label=workbook.add_format(
            {**framed, "bg_color": _BAND, "text_wrap": True, "indent": 1}
        ),
        remark=workbook.add_format({**base, "font_size": 9, "font_color": "#7F7F7F", "indent": 1}),
        cells=cells,
        indents=tuple(
            workbook.add_format({**framed, "num_format": "@", "indent": depth + 1})
            for depth in range(_DEEPEST_INDENT + 1)
        ),
        font=font,
    )  # fmt: skip


def _alignment(kind: CellKind) -> dict[str, Any]:
    if kind == "note":
        return {"align": "left", "indent": 1, "text_wrap": True}
    if kind in _CENTRED:
        return {"align": "center"}
    return {"align": "left", "indent": 1} if kind in _LEFT else {"align": "right"}
