"""Sheets of cells made into tables: titles, headers of two rows, merged cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from lastmile.errors import FaultLog
from lastmile.places.header_words import MEANINGS
from lastmile.places.headers import columns_meaning, meaning_count
from lastmile.places.left_out import left_out_as, remark_left_out
from lastmile.places.tables import MAX_ROW_FAULTS, Table, report_rows

HEADER_WITHIN: Final = 20
"""Rows at the top of a sheet among which its header is looked for."""

_NUMBER: Final = re.compile(r"[-+]?[\d.,%]+")
_NAMES_SHOWN: Final = 12
_MOST_COLUMNS: Final = 16_384
"""Of an Excel sheet; a million columns of a CSV file took minutes."""

Merge = tuple[int, int, int, int]
"""Top, left, bottom and right cell of a merge, all inclusive, from 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """All cells of a sheet or CSV file, as text."""

    file: str
    cells: list[list[str]]
    """Rows of any length; the first is row 1 of the file."""

    form: str
    merges: tuple[Merge, ...] = ()
    bad: tuple[tuple[int, int, str], ...] = ()
    """Row, column and text of error cells; '' for a formula whose value was never computed."""

    is_delimited: bool = False
    """Whether every row should have as many cells as the header: in a sheet they need not."""


def header_score(cells: Sequence[Sequence[str]], wanted: Collection[str]) -> int:
    """Count how many wanted or recognised columns the likeliest header of a sheet has."""
    return max(_scores(cells, wanted), default=0)


def table_from_grid(grid: Grid, wanted: Collection[str], faults: FaultLog) -> Table | None:
    """Make a table of a sheet's cells.

    Parameters
    ----------
    grid
        The cells, title rows included.
    wanted
        Columns that the scenario names; they help to find the header.
    faults
        Where repeated column names and rows of another length are reported. What was left out,
        filled in or joined is told as remarks.

    Returns
    -------
    Table or None
        Without rows that are empty, totals or footnotes; None when there is no header, or two
        columns share a name.
    """
    first = _header_row(grid.cells, wanted)
    if first is None:
        faults.add(
            grid.file, "", found="no cell that holds anything", expected="a header and rows",
            remedy="fill it",
        )  # fmt: skip
        return None
    if sum(map(bool, grid.cells[first])) > _MOST_COLUMNS:
        faults.add(
            grid.file, f"row {first + 1}", found=f"{len(grid.cells[first]):,} columns",
            expected=f"at most {_MOST_COLUMNS:,}, as in a sheet of Excel",
            remedy="keep the columns that are needed, or check the separator",
        )  # fmt: skip
        return None
    names, n_rows = _names(grid, first)
    repeated = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if repeated:
        faults.add(
            grid.file, f"row {first + 1}", found=f"two columns named {', '.join(repeated)}",
            expected="a name of its own for each column", remedy="rename or remove one",
        )  # fmt: skip
        return None
    start = first + n_rows
    cells = _unmerged(grid, start, names, faults)
    form = grid.form if not start - 1 else f"{grid.form}, header in row {_span(first, n_rows)}"
    _report_bad_cells(grid, start, names, wanted, faults)
    return _body(replace(grid, cells=cells, form=form), start, names, faults)


def _body(grid: Grid, start: int, names: list[str], faults: FaultLog) -> Table:
    cells = grid.cells
    keep = [k for k, name in enumerate(names) if name]
    kept: list[int] = []
    left_out: dict[str, list[int]] = {}
    header = [name for name in names if name]
    for k in range(start, len(cells)):
        filled = [cell for cell in cells[k] if cell]
        kind = left_out_as(filled, header) if filled else ""
        if kind:
            left_out.setdefault(kind, []).append(k + 1)
        elif filled:
            kept.append(k)
    for kind, numbers in left_out.items():
        remark_left_out(grid.file, kind, numbers, faults)
    _remark_nameless(grid, kept, names, faults)
    rows = [cells[k] for k in kept]
    totals = [number - 1 for number in left_out.get("total", ())]
    table = _table(grid, kept, names, keep)
    if totals:
        table = replace(table, totals=_table(grid, totals, names, keep))
    if grid.is_delimited:
        table = _without_ragged(table, rows, len(names), faults)
    filled_rows = (table.frame != "").any(axis=1).to_numpy(dtype=bool)
    return table.take(filled_rows)


def _table(grid: Grid, numbers: list[int], names: list[str], keep: list[int]) -> Table:
    """Make a table of some rows of a grid, and of its named columns."""
    rows = [grid.cells[k] for k in numbers]
    columns = {
        names[c]: pd.Series([row[c] if c < len(row) else "" for row in rows], dtype=str)
        for c in keep
    }
    header = [names[c] for c in keep]
    frame = pd.DataFrame(columns, columns=header, index=range(len(rows)))
    return Table(grid.file, frame, np.array(numbers, dtype=np.int64) + 1, form=grid.form)


def _scores(cells: Sequence[Sequence[str]], wanted: Collection[str]) -> list[int]:
    names = {name for name in wanted if name}
    heads = [row[:_MOST_COLUMNS] for row in cells[:HEADER_WITHIN]]
    return [len(names.intersection(row)) + meaning_count(row) for row in heads]


def _header_row(cells: Sequence[Sequence[str]], wanted: Collection[str]) -> int | None:
    """Position of the header: the row that has most of the columns looked for, or the first."""
    scores = _scores(cells, wanted)
    best = max(scores, default=0)
    if best:
        return scores.index(best)
    filled = [k for k, row in enumerate(cells) if any(row)]
    # A title stands alone in its row.
    return next((k for k in filled if sum(map(bool, cells[k])) > 1), filled[0] if filled else None)


def _names(grid: Grid, first: int) -> tuple[list[str], int]:
    """Names of the columns, and the number of rows that they stand in: one or two."""
    above = [cell.strip() for cell in grid.cells[first]]
    if first + 1 >= len(grid.cells):
        return above, 1
    below = [cell.strip() for cell in grid.cells[first + 1]]
    width = max(len(above), len(below))
    above += [""] * (width - len(above))
    below += [""] * (width - len(below))
    spans = _spans(above)
    if not _is_second_header(above, below, spans):
        # Blank cells at the end of a CSV header are columns; beside a sheet's they are nothing.
        named = max((k + 1 for k, name in enumerate(above) if name), default=0)
        return above[: len(grid.cells[first]) if grid.is_delimited else named], 1
    return [_joined(above[spans[k]], below[k], whole=spans[k] == k) for k in range(width)], 2


def _spans(above: Sequence[str]) -> list[int]:
    """For each column, the column whose upper header is spread over it."""
    spans, current = [], 0
    for k, cell in enumerate(above):
        current = k if cell else current
        spans.append(current)
    return spans


def _is_second_header(above: Sequence[str], below: Sequence[str], spans: Sequence[int]) -> bool:
    """Tell whether the row below a header divides its columns: 人口 into 常住 and 户籍."""
    divided = {spans[k] for k, cell in enumerate(below) if cell and not above[k]}
    if not divided or any(_NUMBER.fullmatch(cell) for cell in below if cell):
        return False
    return all(spans[k] in divided for k, cell in enumerate(below) if cell)


def _joined(above: str, below: str, *, whole: bool) -> str:
    if not below:
        return above if whole else ""
    known = any(columns_meaning(meaning, [below]) for meaning in ("lon", "lat", "lonlat"))
    return below if known and not columns_meaning("people", [above]) else above + below


def _unmerged(grid: Grid, start: int, names: list[str], faults: FaultLog) -> list[list[str]]:
    """Give every row of a merge its value: 街道 is often merged over the communities below it."""
    cells = grid.cells
    columns: set[str] = set()
    for top, left, bottom, _ in grid.merges:
        if top < start or bottom == top or left >= len(names) or top >= len(cells):
            continue
        value = cells[top][left] if left < len(cells[top]) else ""
        if not value:
            continue
        if any(columns_meaning(meaning, [names[left]]) for meaning in ("people", "capacity")):
            _refuse_shared_number(grid, top, bottom, names[left], value, faults)
            continue
        columns.add(names[left])
        for k in range(top + 1, min(bottom + 1, len(cells))):
            if any(cells[k]):
                cells[k] += [""] * (left + 1 - len(cells[k]))
                cells[k][left] = value
    if columns - {""}:
        shown = "、".join(sorted(columns - {""}))
        faults.findings.remark(
            grid.file, "",
            zh=f"合并单元格的值已填入其各行（列：{shown}）",
            en=f"merged cells were read as if each of their rows held the value: {shown}",
        )  # fmt: skip
    return cells


def _refuse_shared_number(
    grid: Grid, top: int, bottom: int, column: str, value: str, faults: FaultLog
) -> None:
    faults.add(
        grid.file, f"row {top + 1}, column {column}",
        found=f"{value} in a cell merged over rows {top + 1} to {bottom + 1}",
        expected="a number of its own in each row",
        remedy="unmerge the cell and divide the number among the rows",
    )  # fmt: skip


def _report_bad_cells(
    grid: Grid, start: int, names: list[str], wanted: Collection[str], faults: FaultLog
) -> None:
    """Report error cells where a column is read, and count them where none is."""
    n_other, told = 0, 0
    for row, column, text in grid.bad:
        name = names[column] if column < len(names) else ""
        read = name in wanted or any(columns_meaning(meaning, [name]) for meaning in MEANINGS)
        if row < start or not name or not read:
            n_other += 1
            continue
        told += 1
        if told <= MAX_ROW_FAULTS:
            faults.add(
                grid.file, f"row {row + 1}, column {name}",
                found=f"the error {text}" if text else "a formula whose value was never computed",
                expected="a value",
                remedy="correct the formula, or type the value, and save again",
            )  # fmt: skip
    if told > MAX_ROW_FAULTS:
        faults.add(
            grid.file, "other rows", found=f"{told - MAX_ROW_FAULTS} more such cells",
            expected="values", remedy="correct the formulas, or paste the values, and save again",
        )  # fmt: skip
    if n_other:
        faults.findings.remark(
            grid.file, "", zh=f"{n_other:,} 个出错或未计算的单元格在未使用的列中",
            en=f"{n_other:,} error cells or formulas never computed, where nothing is read",
        )  # fmt: skip


def _remark_nameless(grid: Grid, kept: list[int], names: list[str], faults: FaultLog) -> None:
    cells = grid.cells
    nameless = {k for k, name in enumerate(names) if not name}
    lost = sorted(c for c in nameless if any(c < len(cells[k]) and cells[k][c] for k in kept))
    if lost:
        shown = ", ".join(str(c + 1) for c in lost[:_NAMES_SHOWN])
        faults.findings.remark(
            grid.file, f"columns {shown}",
            zh=f"第 {shown} 列没有表头，未读取", en="without a header, and therefore not read",
        )  # fmt: skip


def _without_ragged(table: Table, rows: list[list[str]], width: int, faults: FaultLog) -> Table:
    """Report rows with more or fewer cells than the header, whose cells may stand anywhere."""
    bad = [k for k, row in enumerate(rows) if len(row) < width or any(row[width:])]
    if not bad:
        return table
    report_rows(
        table, bad, faults, column="", found=[f"{len(rows[k])} cells" for k in bad],
        expected=f"{width} cells, as in the header",
        remedy="mend the row, or quote cells that hold the separator or a line break",
    )  # fmt: skip
    keep = np.ones(len(table), dtype=bool)
    keep[bad] = False
    return table.take(keep)


def _span(first: int, n_rows: int) -> str:
    return str(first + 1) if n_rows == 1 else f"{first + 1}-{first + n_rows}"
