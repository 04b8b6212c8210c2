"""Whether a station is open, planned or closed, and since when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from lastmile.errors import FaultLog
from lastmile.findings import Tally
from lastmile.places.coordinates import Floats
from lastmile.places.notes import Note, listed
from lastmile.places.tables import Table, cell_shown, report_rows

OPEN, PLANNED, CLOSED = "open", "planned", "closed"
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        OPEN: "open 在营 营业 营业中 在运营 运营 运营中 正常 正常营业 开业 已开业 已建 已建成 建成",
        PLANNED: "planned 筹建 筹建中 在建 建设中 拟建 规划 规划中 待建 未开业",
        CLOSED: "closed 停业 已停业 歇业 关闭 已关闭 停用 撤销 已撤销 关停 注销 已拆除",
    }
)
_STATUSES: Final[Mapping[str, str]] = MappingProxyType(
    {"": OPEN} | {word: status for status, words in _WORDS.items() for word in words.split()}
)
_YEAR: Final = re.compile(r"((?:19|20)\d\d)(?:$|\.0+$|[年./\-].*$|[01]\d[0-3]\d$)")


def statuses_of(table: Table, column: str, faults: FaultLog) -> list[str]:
    """Read a column of statuses; an empty cell is an open station, an unknown word a fault."""
    if not column:
        return [OPEN] * len(table)
    cells = [cell.strip().lower() for cell in table.frame[column]]
    bad = [k for k, cell in enumerate(cells) if cell not in _STATUSES]
    report_rows(
        table, bad, faults, column=column, found=[cell_shown(cells[k]) for k in bad],
        expected="open, planned or closed (在营、筹建、停业)", remedy="correct the cell",
    )  # fmt: skip
    return [_STATUSES.get(cell, OPEN) for cell in cells]


def opening_years(table: Table, column: str, faults: FaultLog) -> Floats:
    """Read years, or the years of dates: shape (rows,), NaN where a cell is empty or at fault.

    Read are ``2016``, ``2016年``, ``2016年5月``, ``2016-05-01``, ``2016/5/1``, ``20160501``.
    """
    if not column:
        return np.full(len(table), np.nan)
    cells = list(table.frame[column])
    found = [_YEAR.match(cell) for cell in cells]
    bad = [k for k, (cell, year) in enumerate(zip(cells, found, strict=True)) if cell and not year]
    report_rows(
        table, bad, faults, column=column, found=[cell_shown(cells[k]) for k in bad],
        expected="a year such as 2016, or a date such as 2016-05-01", remedy="correct the cell",
    )  # fmt: skip
    return np.array([float(year.group(1)) if year else np.nan for year in found])


def status_tally(key: str, file: str, statuses: Sequence[str], years: Floats) -> list[Tally]:
    """Count stations by status and by year of opening, for the health report."""
    by_status = [Tally(key, file, "status", s, n) for s, n in sorted(Counter(statuses).items())]
    known = Counter("" if np.isnan(year) else str(int(year)) for year in years)
    if set(known) <= {""}:
        return by_status
    return by_status + [Tally(key, file, "opened", y, n) for y, n in sorted(known.items())]


def closed_note(names: Sequence[str]) -> Note:
    """Tell which stations are closed."""
    zh, en = listed(names)
    return Note(
        zh=f"{len(names):,} 处现有站点已停业，未计入：{zh}",
        en=f"{len(names):,} existing stations are closed and left out: {en}",
    )


_BECOMES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "required": ("按必建站点处理", "must open"),
        "candidate": ("按候选点处理", "are candidates"),
        "left_out": ("未计入", "are left out"),
    }
)


def planned_note(names: Sequence[str], planned: str) -> Note:
    """Tell which stations are planned, and what becomes of them."""
    zh, en = listed(names)
    zh_rule, en_rule = _BECOMES[planned]
    return Note(
        zh=f"{len(names):,} 处站点尚在筹建，{zh_rule}：{zh}",
        en=f"{len(names):,} stations are planned, not open yet; they {en_rule}: {en}",
    )
