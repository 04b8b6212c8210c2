"""Reads a workbook in a process of its own, started as a program and never imported.

A cell far to the right makes calamine ask for the memory of all cells between, and a failed
allocation ends its process: better this one than the planner's, which then asks again for the
slower reader. The answer goes to standard output as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

import python_calamine as calamine

_EXACT = 1e15  # spreadsheets keep 15 digits of a number; the exponent tells readers of codes
_BAD_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?P<error>[^>]*\bt="e"[^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>(?P<text>[^<]*)<
    |<(?:\w+:)?c\s(?P<formula>[^>/]*)>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)
    \s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>""",
    re.VERBOSE | re.DOTALL,
)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_MERGE = re.compile(rb'mergeCell [^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def main(path: str, limit_bytes: int, reader: str) -> None:
    """Write all visible sheets of a workbook, and the names of the hidden ones."""
    limit_memory(limit_bytes)
    answer: dict[str, object]
    try:
        answer = _row_by_row(path) if reader == "row by row" else _at_once(path)
    except calamine.PasswordError:
        answer = {"error": "a workbook protected by a password"}
    except MemoryError:
        answer = {"error": "a sheet too large for the memory"}
    except BaseException as error:  # noqa: BLE001 - a panic of the library is no Exception
        answer = {"error": f"no readable workbook ({error})"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _at_once(path: str) -> dict[str, object]:
    with calamine.CalamineWorkbook.from_path(path) as book:
        hidden = [sheet.name for sheet in book.sheets_metadata if not is_read(sheet)]
        return {"sheets": list(_sheets(book, path)), "hidden": hidden}


def _row_by_row(path: str) -> dict[str, object]:
    """Read a workbook whose cells are strewn over more room than there is memory."""
    import openpyxl  # noqa: PLC0415 - takes longer than most workbooks

    warnings.simplefilter("ignore")  # of styles and validations that are dropped
    bad, merges = bad_cells(path), _merges(path)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheets = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # some writers state a wrong extent
        rows = [_filled("" if v is None else v for v in row) for row in sheet.values]
        while rows and not rows[-1]:
            rows.pop()
        name = sheet.title
        sheets.append(
            {"name": name, "rows": rows, "merges": merges.get(name, []), "bad": bad.get(name, [])}
        )
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    return {"sheets": sheets, "hidden": hidden}


def _merges(path: str) -> dict[str, list[tuple[int, ...]]]:
    with zipfile.ZipFile(path) as archive:
        return {
            name: [
                (int(top) - 1, _column(left), int(bottom) - 1, _column(right))
                for left, top, right, bottom in _MERGE.findall(archive.read(part))
            ]
            for name, part in _parts(archive)
        }


def limit_memory(limit_bytes: int) -> None:
    """Keep a hostile file from filling the machine's memory, where the system can."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


def is_read(sheet: calamine.SheetMetadata) -> bool:
    """Tell whether a sheet is a visible table of cells."""
    kinds, states = calamine.SheetTypeEnum, calamine.SheetVisibleEnum
    return sheet.typ == kinds.WorkSheet and sheet.visible == states.Visible


def _sheets(book: calamine.CalamineWorkbook, path: str) -> Iterator[dict[str, object]]:
    bad = bad_cells(path)
    for sheet in book.sheets_metadata:
        if not is_read(sheet):
            continue
        cells = book.get_sheet_by_name(sheet.name)
        rows = [_filled(row) for row in cells.to_python(skip_empty_area=False)]
        while rows and not rows[-1]:
            rows.pop()
        yield {
            "name": sheet.name,
            "rows": rows,
            "merges": [(*start, *end) for start, end in cells.merged_cell_ranges or ()],
            "bad": bad.get(sheet.name, []),
        }


def _filled(row: Iterable[object]) -> list[str]:
    """Cells of a row, up to the last that holds anything."""
    cells = [text_of(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def text_of(value: object) -> str:
    """Write a cell as its user sees it: whole numbers without a fraction, dates as ISO."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < _EXACT
        return str(int(value)) if is_whole else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).strip()


def bad_cells(path: str) -> dict[str, list[tuple[int, int, str]]]:
    """Find the cells whose value calamine gives as nothing, by sheet: errors, unsaved formulas.

    Row and column from 0 and the text of each; only of workbooks in Office Open XML.
    """
    if not zipfile.is_zipfile(path):
        return {}
    found: dict[str, list[tuple[int, int, str]]] = {}
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return {}
        for name, part in _parts(archive):
            found[name] = list(_bad_in(archive.read(part)))
    return found


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and part of each sheet."""
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - see below
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    # Expat refuses entities that blow up, and there is a limit on this process's memory.
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            target = targets.get(sheet.get(_RELATED), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.namelist():
                yield sheet.get("name", ""), part


def _bad_in(xml: bytes) -> Iterator[tuple[int, int, str]]:
    for cell in _BAD_CELL.finditer(xml):
        attributes = b" " + (cell["error"] or cell["formula"] or b"")
        place = _REFERENCE.search(attributes)
        if place and b't="str"' not in attributes:  # a formula may well give an empty text
            text = (cell["text"] or b"").decode("utf-8", errors="replace")
            yield int(place[2]) - 1, _column(place[1]), text


def _column(letters: bytes) -> int:
    """Position of a column, from 0: AA is 26."""
    position = 0
    for letter in letters:
        position = position * 26 + letter - ord("A") + 1
    return position - 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
