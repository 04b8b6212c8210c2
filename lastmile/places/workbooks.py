"""Excel sheets as offices keep them: title rows and merged cells above the header."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import openpyxl
import pandas as pd
from openpyxl import Workbook

from lastmile.errors import FaultLog
from lastmile.places.delimited import table_from_grid
from lastmile.places.tables import Table, float_text

_HEADER_WITHIN: Final = 20


def read_workbook(
    path: Path, sheet: str, wanted: Collection[str], faults: FaultLog
) -> Table | None:
    """Read one sheet of an ``.xlsx`` file.

    Parameters
    ----------
    path
        The workbook.
    sheet
        Its sheet; '' for the first.
    wanted
        Columns the scenario names: the header is the row, among the first twenty, that holds most
        of them, so that titles above it do no harm.
    faults
        Where to report.
    """
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and validations it drops; cells are all we read.
            warnings.simplefilter("ignore")
            # Opened here: openpyxl leaves a file that it cannot read open.
            with path.open("rb") as file:
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
                try:
                    return _read_sheet(book, path, sheet, wanted, faults)
                finally:
                    book.close()
    except Exception as error:  # noqa: BLE001 - a damaged file breaks openpyxl in any of a dozen ways
        faults.add(
            path,
            "",
            found=f"no readable workbook ({error})",
            expected="an .xlsx file",
            remedy="save it as .xlsx or CSV in a spreadsheet program",
        )
        return None


def _read_sheet(
    book: Workbook, path: Path, sheet: str, wanted: Collection[str], faults: FaultLog
) -> Table | None:
    if sheet and sheet not in book.sheetnames:
        faults.add(
            path,
            f"sheet {sheet}",
            found=f"sheets {', '.join(book.sheetnames)}",
            expected=f"a sheet {sheet!r}",
            remedy="correct layer in the scenario",
        )
        return None
    worksheet = book[sheet] if sheet else book.worksheets[0]
    worksheet.reset_dimensions()  # some writers state a wrong extent
    cells = [_filled(row) for row in worksheet.iter_rows(values_only=True)]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        faults.add(path, "", found="an empty sheet", expected="a header and rows", remedy="fill it")
        return None
    header = _header(cells, wanted)
    # A stray cell far to the right of the header would widen every row to its column.
    width = len(cells[header])
    padded = [row[:width] + [""] * (width - len(row)) for row in cells]
    return table_from_grid(str(path), pd.DataFrame(padded), header, faults)


def _filled(row: Iterable[object]) -> list[str]:
    """Cells of a row, up to the last that holds anything."""
    cells = [_text(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _header(cells: list[list[str]], wanted: Collection[str]) -> int:
    first = next((k for k, row in enumerate(cells) if any(row)), 0)
    names = {name for name in wanted if name}
    scores = [
        len(names & {cell.strip() for cell in row})
        for row in itertools.islice(cells, _HEADER_WITHIN)
    ]
    best = max(scores)
    return scores.index(best) if best else first


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return float_text(value) if isinstance(value, float) else str(value).strip()
