"""Opening a file by its kind."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from lastmile.errors import FaultLog
from lastmile.places.delimited import read_delimited
from lastmile.places.tables import Table
from lastmile.places.vectors import read_vector
from lastmile.places.workbooks import read_workbook

_DELIMITED: Final = frozenset({".csv", ".tsv", ".txt"})
_WORKBOOK: Final = frozenset({".xlsx", ".xlsm", ".xls"})


def read_table(path: Path, layer: str, wanted: Collection[str], faults: FaultLog) -> Table | None:
    """Read a table from CSV, Excel or any vector file.

    Parameters
    ----------
    path
        The file.
    layer
        Layer or sheet; '' for the first.
    wanted
        Columns that the scenario names; they help to find the header of a sheet.
    faults
        Where a missing or unreadable file is reported.

    Returns
    -------
    Table or None
        None when the file cannot be read.
    """
    if not file_exists(path, faults):
        return None
    suffix = path.suffix.lower()
    try:
        if suffix in _DELIMITED:
            return read_delimited(path, faults)
        if suffix in _WORKBOOK:
            return read_workbook(path, layer, wanted, faults)
        return read_vector(path, layer, faults)
    except OSError as error:
        faults.add(
            path, "", found=str(error), expected="a readable file", remedy="check its permissions"
        )
        return None


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
