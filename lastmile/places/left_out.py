"""Rows of a sheet that are no data: totals, footnotes, the header printed again on each page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lastmile.errors import FaultLog
from lastmile.places.headers import normalised

_TOTALS: Final = frozenset(
    {"合计", "总计", "小计", "共计", "总和", "累计", "total", "subtotal", "grandtotal", "sum"}
)
_HINTS: Final = frozenset("计和tTsSgG")
"""Each total holds one of these characters."""

_TOTAL_ENDS: Final = ("合计", "小计", "总计")
_LONGEST_TOTAL: Final = 12
_FOOTNOTE: Final = re.compile(
    r"\s*(注|备注|说明|附注|资料来源|数据来源|来源|填表|制表|审核|填报|数据截至|本表|统计口径)",
    re.IGNORECASE,
)
_ROWS_SHOWN: Final = 12


def left_out_as(filled: Sequence[str], header: Sequence[str]) -> str:
    """Name the kind of a row that is no row of data; '' for those that are.

    Parameters
    ----------
    filled
        Cells of the row that hold anything.
    header
        Names of the table's columns.
    """
    if len(filled) == 1 and len(header) > 1 and _FOOTNOTE.match(filled[0]):
        return "footnote"
    for cell in filled[:3]:
        if _HINTS.isdisjoint(cell):  # most rows: tables may have half a million
            continue
        word = normalised(cell)
        ends = word.endswith(_TOTAL_ENDS) and len(word) <= _LONGEST_TOTAL
        if (word in _TOTALS or ends) and (len(header) > 1 or word in _TOTALS):
            return "total"
    if len(filled) > 1 and list(filled) == list(header):
        return "header"
    return ""


_KINDS: Final = {
    "footnote": ("脚注", "a footnote"),
    "total": ("合计行", "a total"),
    "header": ("重复的表头", "the header again"),
}


def remark_left_out(file: str, kind: str, rows: Sequence[int], faults: FaultLog) -> None:
    """Tell which rows were left out, and as what."""
    zh, en = _KINDS[kind]
    shown = ", ".join(map(str, rows[:_ROWS_SHOWN]))
    more = f" … ({len(rows)})" if len(rows) > _ROWS_SHOWN else ""
    faults.findings.remark(
        file, f"rows {shown}{more}" if len(rows) > 1 else f"row {shown}",
        zh=f"第 {shown}{more} 行为{zh}，未作为数据读取",
        en=f"left out as {en}",
    )  # fmt: skip
