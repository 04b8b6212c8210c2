"""Opening a file by its kind."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from lastmile.errors import FaultLog
from lastmile.places.delimited import read_delimited
from lastmile.places.encodings import decoded
from lastmile.places.tables import Table
from lastmile.places.vectors import read_vector
from lastmile.places.workbooks import read_workbook

_DELIMITED: Final = frozenset({".csv", ".tsv", ".txt", ".tab"})
_WORKBOOK: Final = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})
_WORKBOOK_STARTS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_PAGE_STARTS: Final = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")
_MAPINFO_START: Final = b"!table"


def read_table(path: Path, layer: str, wanted: Collection[str], faults: FaultLog) -> Table | None:
    """Read a table from CSV, Excel or any vector file.

    Parameters
    ----------
    path
        The file.
    layer
        Layer or sheet; '' for the only one, or the only one with a header that is recognised.
    wanted
        Columns that the scenario names; they help to find the header and the layer.
    faults
        Where a missing or unreadable file is reported.

    Returns
    -------
    Table or None
        None when the file cannot be read.
    """
    if not file_exists(path, faults):
        return None
    try:
        kind = _kind(path)
        if kind == "page":
            faults.add(
                path, "", found=f"a web page or XML named {path.suffix}",
                expected="a workbook or a CSV file",
                remedy="open it in a spreadsheet program and save it as .xlsx",
            )  # fmt: skip
            return None
        if kind == "delimited":
            return read_delimited(path, wanted, faults)
        if kind == "workbook":
            return read_workbook(path, layer, wanted, faults)
        return read_vector(path, layer, wanted, faults)
    except OSError as error:
        faults.add(
            path, "", found=str(error), expected="a readable file", remedy="check its permissions"
        )
        return None


def _kind(path: Path) -> str:
    """Tell the kind of a file: by its name, unless its first bytes say otherwise.

    Systems of offices export text, and web pages, named .xls.
    """
    suffix = path.suffix.lower()
    if suffix not in _DELIMITED | _WORKBOOK:
        return "vector"
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(_WORKBOOK_STARTS):
        return "workbook"
    if suffix == ".tab" and start.lstrip().lower().startswith(_MAPINFO_START):
        return "vector"
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGE_STARTS):
        return "page"
    is_text = suffix == ".xls" and bool(start.strip()) and decoded(start) is not None
    return "delimited" if suffix in _DELIMITED or is_text else "workbook"


def file_exists(path: Path, faults: FaultLog) -> bool:
    """Tell whether a file is there, and report it when not."""
    try:
        if path.is_file() or (path.suffix.lower() == ".gdb" and path.is_dir()):
            return True
        found = "a folder" if path.is_dir() else "no such file"
    except OSError as error:  # a name too long, a folder that may not be searched
        found = error.strerror or str(error)
    faults.add(
        path,
        "",
        found=found,
        expected="a readable file",
        remedy="correct the path in the scenario; it is relative to the scenario file",
    )
    return False
