"""Tables as users have them, turned into one shape: cells of text, with rows as the user counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.codes import code_text, is_rounded, shortened
from lastmile.places.filters import FilterError, matches, parse_filter
from lastmile.places.headers import in_ten_thousands
from lastmile.places.numbers import is_ambiguous, numbers_in

MAX_ROW_FAULTS: Final = 20
"""Faults of one kind told row by row; the rest are counted."""


_EXACT: Final = 1e15
"""Spreadsheets keep 15 digits of a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of text from any kind of file."""

    file: str
    frame: pd.DataFrame
    """Text cells, stripped; missing ones are ''. The index is 0, 1, 2, …"""

    rows: NDArray[np.int64]
    """Shape (rows,). Number of each row as the user sees it: the header of a sheet is row 1."""

    row_word: Literal["row", "feature"] = "row"
    geometry: NDArray[np.object_] | None = None
    """Shape (rows,). Shapely geometries in the file's own system; None for plain tables."""

    crs: str = ""
    """The system the file states, as pyproj reads it; '' when it states none."""

    form: str = ""
    """What the file turned out to be: ``CSV, GB18030, separator ;``."""

    totals: Table | None = None
    """The rows that add up others and are no rows of data; None where there are none."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.frame)

    def where(self, position: int, column: str = "") -> str:
        """Name a row, and a column in it, for a fault."""
        row = f"{self.row_word} {self.rows[position]}"
        return f"{row}, column {column}" if column else row

    def take(self, keep: NDArray[np.bool_]) -> Table:
        """Return the rows for which ``keep`` holds."""
        geometry = None if self.geometry is None else self.geometry[keep]
        frame = self.frame[keep].reset_index(drop=True)
        return replace(self, frame=frame, rows=self.rows[keep], geometry=geometry)


def missing_columns(table: Table, wanted: Collection[str], faults: FaultLog, key: str) -> bool:
    """Report the columns that the scenario names and the table lacks.

    Parameters
    ----------
    table
        The table as read.
    wanted
        Column names; empty ones are ignored.
    faults
        Where to report.
    key
        The scenario table in which the columns are named, such as ``candidates.columns``.

    Returns
    -------
    bool
        Whether any column is missing.
    """
    lacking = [name for name in dict.fromkeys(wanted) if name and name not in table.frame.columns]
    present = ", ".join(map(str, table.frame.columns)) or "no column at all"
    for name in lacking:
        faults.add(
            table.file,
            "header",
            found=present,
            expected=f"a column {name!r}",
            remedy=f"name the column that is meant under {key} in the scenario",
        )
    return bool(lacking)


def filtered(table: Table, text: str, faults: FaultLog, key: str) -> Table | None:
    """Keep the rows that a filter of the scenario chooses.

    Returns
    -------
    Table or None
        None, with a fault reported, when the filter cannot be read or keeps no row.
    """
    if text.strip():
        try:
            table_kept = table.take(matches(parse_filter(text), table.frame))
        except FilterError as error:
            faults.add(
                table.file,
                f"filter {text!r}, character {error.position}",
                found=error.found,
                expected=error.expected,
                remedy=f"correct {key} in the scenario",
            )
            return None
    else:
        table_kept = table
    if len(table_kept):
        return table_kept
    if text.strip() and len(table):
        found, remedy = f"0 of {len(table)} rows kept by {text!r}", f"correct {key}"
    else:
        found, remedy = "no rows", "use a file that holds data"
    faults.add(table.file, "", found=found, expected="at least one row", remedy=remedy)
    return None


def report_rows(
    table: Table,
    positions: Sequence[int] | NDArray[np.int64],
    faults: FaultLog,
    *,
    column: str,
    found: Sequence[str],
    expected: str,
    remedy: str,
) -> None:
    """Report one fault a row, and count those beyond the first twenty.

    Parameters
    ----------
    table, positions
        The rows that are at fault, as positions in the table.
    faults
        Where to report.
    column
        The column at fault; '' for the row as a whole.
    found
        What stands in each of the rows.
    expected, remedy
        The same for all of them.
    """
    shown = list(zip(positions, found, strict=True))[:MAX_ROW_FAULTS]
    for position, cell in shown:
        where = table.where(int(position), column)
        faults.add(table.file, where, found=cell, expected=expected, remedy=remedy)
    more = len(positions) - len(shown)
    if more > 0:
        where = f"column {column}" if column else "other rows"
        noun = "row" if more == 1 else "rows"
        faults.add(
            table.file,
            where,
            found=f"the same in {more} more {noun}",
            expected=expected,
            remedy=remedy,
        )


def cell_shown(cell: str) -> str:
    """Show a cell in a fault."""
    return repr(cell) if cell else "nothing"


def codes_from(table: Table, column: str, faults: FaultLog) -> list[str]:
    """Read a column of ids or codes as text, mending what spreadsheets do to them.

    ``320402001.0`` becomes ``320402001``; ``3.20402E+11`` has lost digits and is a fault. Empty
    and repeated cells are faults, too, and so are the few that have fewer digits than all others.
    """
    codes = [code_text(cell) for cell in table.frame[column]]
    empty = [k for k, code in enumerate(codes) if not code]
    report_rows(
        table,
        empty,
        faults,
        column=column,
        found=["nothing"] * len(empty),
        expected="an id",
        remedy="fill the cell",
    )
    rounded = [k for k, code in enumerate(codes) if is_rounded(code)]
    report_rows(
        table,
        rounded,
        faults,
        column=column,
        found=[f"{codes[k]!r}, a code that a spreadsheet rounded" for k in rounded],
        expected="all digits of the code",
        remedy="format the column as text and fill in the codes again",
    )
    short = shortened(codes)
    report_rows(
        table,
        short,
        faults,
        column=column,
        found=[f"{codes[k]!r}, shorter than nearly all others" for k in short],
        expected="as many digits as in the other rows",
        remedy="a spreadsheet drops zeros in front: format the column as text and fill them in",
    )
    _report_repeated(table, codes, column, faults, skip=set(rounded))
    return codes


def _report_repeated(
    table: Table, codes: list[str], column: str, faults: FaultLog, *, skip: set[int]
) -> None:
    first: dict[str, int] = {}
    repeated = []
    for k, code in enumerate(codes):
        if code and k not in skip and first.setdefault(code, k) != k:
            repeated.append(k)
    report_rows(
        table,
        repeated,
        faults,
        column=column,
        found=[f"{codes[k]!r}, as in {table.where(first[codes[k]])}" for k in repeated],
        expected="an id of its own in each row",
        remedy="number the rows differently, or remove the double",
    )


def numbers_from(
    table: Table,
    column: str,
    faults: FaultLog,
    *,
    what: str,
    optional: bool,
    positive: bool,
    most: float,
) -> NDArray[np.float64]:
    """Read a column of numbers, reporting the cells that hold none, or one out of range.

    Parameters
    ----------
    table, column
        Where the cells are.
    faults
        Where to report.
    what
        What the numbers are, for the message: ``people``.
    optional
        Whether empty cells are allowed.
    positive
        Whether zero is refused, too.
    most
        The largest number that makes sense: whole thousandths of larger ones would overflow.

    Returns
    -------
    array
        Shape (rows,). NaN where a cell is empty or at fault.
    """
    cells = table.frame[column]
    values = numbers_in(cells)
    if in_ten_thousands(column):
        values = _from_ten_thousands(table, column, values, faults)
    empty = (cells == "").to_numpy(dtype=bool)
    with np.errstate(invalid="ignore"):
        low = (values <= 0) if positive else (values < 0)
    bad = low | ~(values <= most)
    if optional:
        bad &= ~empty
    unclear = bad & np.isnan(values)
    unclear[unclear] = [is_ambiguous(cell) for cell in cells[unclear]]
    report_rows(
        table, np.flatnonzero(unclear), faults, column=column,
        found=[f"{cell!r}, whose separators can be read in two ways" for cell in cells[unclear]],
        expected=f"{what} as a plain number, or in groups of three digits such as 1,200",
        remedy="write the number without separators",
    )  # fmt: skip
    wordy = bad & ~unclear & np.isnan(values)
    bad_otherwise = bad & ~unclear & ~wordy
    expected = f"{what} {'>' if positive else '>='} 0"
    if (values[bad_otherwise] > most).any():
        expected += f" and at most {most:,.0f}"
    report_rows(
        table, np.flatnonzero(bad_otherwise), faults, column=column,
        found=[cell_shown(cell) for cell in cells[bad_otherwise]],
        expected=expected, remedy="correct the cell",
    )  # fmt: skip
    report_rows(
        table, np.flatnonzero(wordy), faults, column=column,
        found=[cell_shown(cell) for cell in cells[wordy]],
        expected=what if what.startswith("a ") else f"a number of {what}",
        remedy="correct the cell",
    )  # fmt: skip
    values[bad] = np.nan
    return values


def _from_ten_thousands(
    table: Table, column: str, values: NDArray[np.float64], faults: FaultLog
) -> NDArray[np.float64]:
    """Multiply the numbers of a column such as 人口(万人), and say so."""
    faults.findings.remark(
        table.file,
        f"column {column}",
        zh=f"列“{column}”以万为单位，已乘以 10,000",
        en=f"column {column} counts in units of 10,000 (万); its numbers were multiplied",
    )
    # Rounded to a thousandth: 66.9 times 10,000 is 669,000.0000000001.
    return np.round(values * 10_000.0, 3)


def whole_floats_mended(codes: Sequence[str]) -> list[str]:
    """Write codes without what spreadsheets do to them, reporting nothing."""
    return [code_text(code) for code in codes]


def float_text(value: float) -> str:
    """Write a number as its user would: whole ones without a fraction, missing ones as ''."""
    if np.isnan(value):
        return ""
    # Above 15 digits a spreadsheet has kept none: the exponent shows it to whoever reads codes.
    is_whole = float(value).is_integer() and abs(value) < _EXACT
    return str(int(value)) if is_whole else repr(float(value))
