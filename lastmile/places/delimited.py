"""CSV files as offices save them: any usual encoding and separator, titles above the header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Final

from lastmile.errors import FaultLog
from lastmile.places.encodings import UNREADABLE, decoded
from lastmile.places.grids import Grid, header_score, table_from_grid
from lastmile.places.tables import MAX_ROW_FAULTS, Table

_SEPARATORS: Final = (",", ";", "\t", "|", "，", "；")
"""In the order in which they are preferred: full-width ones also stand inside addresses."""

_SHOWN: Final = {"\t": "tab"}
_END: Final = "\x01"
_TRIED_LINES: Final = 64
_STATED: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line by which Excel is told the separator."""

MAX_BYTES: Final = 256 << 20
"""A text file larger than this is no table of places."""


def read_delimited(path: Path, wanted: Collection[str], faults: FaultLog) -> Table | None:
    """Read a CSV file.

    Encoding, separator and header row are recognised. Returns None, with a fault, when it cannot
    be read.

    Parameters
    ----------
    path
        The file.
    wanted
        Columns that the scenario names; they help to find the header below title rows.
    faults
        Where bytes that are no text, rows of another length and open quotes are reported.
    """
    if path.stat().st_size > MAX_BYTES:
        _add(path, faults, f"a file of {path.stat().st_size:,} bytes", "a table below 256 MiB")
        return None
    made = decoded(path.read_bytes())
    if made is None:
        _add(path, faults, "bytes that are no text", "a CSV file in UTF-8 or GB18030")
        return None
    text, n_above, separator = made.text, 0, ""
    stated = _STATED.match(text)
    if stated:
        text, n_above, separator = text[stated.end() :], 1, stated.group(1)
    if not text.strip():
        faults.add(
            path, "", found="an empty file", expected="a header and rows", remedy="fill the file"
        )
        return None
    separator = separator or _separator(text, wanted)
    cells = _records(path, text, separator, n_above, faults)
    if cells is None:
        return None
    form = f"CSV, {made.encoding}, separator {_SHOWN.get(separator, separator)}"
    return table_from_grid(Grid(str(path), cells, form, is_delimited=True), wanted, faults)


def _add(path: Path, faults: FaultLog, found: str, expected: str) -> None:
    remedy = "save the table as CSV UTF-8, or name the right file"
    faults.add(path, "", found=found, expected=expected, remedy=remedy)


def _records(
    path: Path, text: str, separator: str, n_above: int, faults: FaultLog
) -> list[list[str]] | None:
    """All records, stripped; those with unreadable bytes are reported."""
    # The reader takes the rest of a file for one cell when a quote is never closed: the last line
    # then is no record of its own.
    lines = io.StringIO(f"{text}\n{_END}", newline="")
    reader = csv.reader(lines, delimiter=separator)
    cells: list[list[str]] = [[] for _ in range(n_above)]
    before = csv.field_size_limit(len(text) + 1)  # a cell may hold a million characters
    try:
        cells += ([cell.strip() for cell in record] for record in reader)
    except csv.Error as error:
        faults.add(
            path, f"row {len(cells) + 1}", found=str(error), expected="cells of a CSV table",
            remedy="close every quote, and write a quote inside a cell twice",
        )  # fmt: skip
        return None
    finally:
        csv.field_size_limit(before)
    if cells.pop() != [_END]:
        faults.add(
            path, f"row {len(cells) + 1}", found="a quote that is never closed",
            expected="quotes in pairs", remedy="close it, or write a quote inside a cell twice",
        )  # fmt: skip
        return None
    _report_unreadable(path, cells, faults)
    return cells


def _report_unreadable(path: Path, cells: list[list[str]], faults: FaultLog) -> None:
    bad = [
        k for k, row in enumerate(cells) if any(UNREADABLE in cell or "\0" in cell for cell in row)
    ]
    for k in bad[:MAX_ROW_FAULTS]:
        faults.add(
            path, f"row {k + 1}", found="bytes that are no character of the file's encoding",
            expected="one encoding in all rows", remedy="type the cell anew, and save as CSV UTF-8",
        )  # fmt: skip
    if len(bad) > MAX_ROW_FAULTS:
        faults.add(
            path, "other rows", found=f"the same in {len(bad) - MAX_ROW_FAULTS} more rows",
            expected="one encoding in all rows", remedy="save the whole table anew as CSV UTF-8",
        )  # fmt: skip


def _separator(text: str, wanted: Collection[str]) -> str:
    """Choose the separator that makes a header of some row, and rows of one length of the others.

    The header goes first: every row of a table of shops may hold 购物服务;便民商店;便利店.
    """
    lines = list(io.StringIO(text[: 1 << 20], newline=""))
    filled = [line for line in lines if line.strip()][:_TRIED_LINES]
    best, choice = (0, 0.0, 0), _SEPARATORS[0]
    for separator in _SEPARATORS:
        try:
            records = list(csv.reader(filled, delimiter=separator))
        except csv.Error:
            continue
        counts = Counter(len(record) for record in records if len(record) > 1)
        n, width = max(((n, width) for width, n in counts.items()), default=(0, 0))
        score = (header_score(records, wanted), n / len(records), width)
        if n and score > best:
            best, choice = score, separator
    return choice
