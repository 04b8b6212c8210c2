"""Excel and OpenDocument sheets as offices keep them.

Read by calamine: 0.3 CPU-s for 100,000 rows of six cells where openpyxl takes 2.8 (measured), and
it reads .xls, .xlsb and .ods, too. It gives error cells as empty ones, so these are looked up in
the file itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from lastmile.errors import FaultLog
from lastmile.places.grids import (
    HEADER_WITHIN,
    Grid,
    Merge,
    header_score,
    table_from_grid,
)
from lastmile.places.tables import Table

_WORKER: Final = Path(__file__).with_name("workbook_worker.py")
_LIMIT_BYTES: Final = 4 << 30
_LIMIT_S: Final = 300.0
MAX_UNPACKED: Final = 512 << 20
"""Bytes that a workbook may unpack to: some three million cells."""

_TOO_LARGE: Final = "a sheet too large for the memory"

_KINDS: Final = {".xls": "Excel 97", ".xlsb": "Excel binary", ".ods": "OpenDocument"}


def read_workbook(
    path: Path, sheet: str, wanted: Collection[str], faults: FaultLog
) -> Table | None:
    """Read one sheet of a workbook.

    Parameters
    ----------
    path
        The workbook: .xlsx, .xlsm, .xls, .xlsb or .ods.
    sheet
        Its sheet; '' for the only one with a header that is recognised.
    wanted
        Columns the scenario names: the header is the row, among the first twenty, that holds most
        of them, so that titles above it do no harm.
    faults
        Where to report.
    """
    if not _is_bounded(path, faults):
        return None
    answer = _ask(path, "at once")
    if answer.get("error") == _TOO_LARGE and zipfile.is_zipfile(path):
        answer = _ask(path, "row by row")
    if "error" in answer:
        faults.add(
            path, "", found=str(answer["error"]), expected="an .xlsx file",
            remedy="save it as .xlsx or CSV in a spreadsheet program",
        )  # fmt: skip
        return None
    hidden = [str(name) for name in answer["hidden"]]
    chosen = _chosen(path, sheet, answer["sheets"], hidden, wanted, faults)
    if chosen is None:
        return None
    if hidden:
        faults.findings.remark(
            path, "", zh=f"隐藏的工作表未读取：{'、'.join(hidden)}",
            en=f"hidden sheets were not read: {', '.join(hidden)}",
        )  # fmt: skip
    kind = _KINDS.get(path.suffix.lower(), "Excel")
    merges: tuple[Merge, ...] = tuple((t, x, b, y) for t, x, b, y in chosen["merges"])
    bad = tuple((row, column, str(text)) for row, column, text in chosen["bad"])
    form = f"{kind}, sheet {chosen['name']}"
    grid = Grid(str(path), chosen["rows"], form, merges, bad)
    return table_from_grid(grid, wanted, faults)


def _is_bounded(path: Path, faults: FaultLog) -> bool:
    """Refuse archives that unpack to more than any table of places would."""
    try:
        if not zipfile.is_zipfile(path):
            return True
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        faults.add(
            path, "", found=f"no readable workbook ({error})", expected="an .xlsx file",
            remedy="save it as .xlsx or CSV in a spreadsheet program",
        )  # fmt: skip
        return False
    if unpacked <= MAX_UNPACKED:
        return True
    faults.add(
        path, "", found=f"a workbook that unpacks to {unpacked:,} bytes",
        expected=f"at most {MAX_UNPACKED:,}", remedy="save the one sheet that is needed as CSV",
    )  # fmt: skip
    return False


def _ask(path: Path, reader: str) -> Mapping[str, Any]:
    """Let a process of its own read the workbook, so that no file can end this one."""
    # -P keeps this folder, whose modules have short names, off the worker's import path.
    command = [sys.executable, "-P", str(_WORKER), str(path), str(_LIMIT_BYTES), reader]
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            command, capture_output=True, timeout=_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"a workbook that was not read within {_LIMIT_S:.0f} s"}
    try:
        answer: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError:
        if b"memory allocation" in done.stderr:
            return {"error": _TOO_LARGE}
        return {"error": "no readable workbook: its reader ended without an answer"}
    return answer


def _chosen(
    path: Path,
    sheet: str,
    sheets: Sequence[Mapping[str, Any]],
    hidden: Sequence[str],
    wanted: Collection[str],
    faults: FaultLog,
) -> Mapping[str, Any] | None:
    """Take the sheet that is named, or the only one that looks like a table."""
    names = [str(one["name"]) for one in sheets]
    if sheet:
        if sheet in names:
            return sheets[names.index(sheet)]
        shown = ", ".join(names) + (f"; hidden: {', '.join(hidden)}" if hidden else "")
        faults.add(
            path, f"sheet {sheet}", found=f"sheets {shown}", expected=f"a sheet {sheet!r}",
            remedy="show the sheet" if sheet in hidden else "correct layer in the scenario",
        )  # fmt: skip
        return None
    filled = [one for one in sheets if one["rows"]]
    if not filled:
        found = f"no filled sheet; hidden: {', '.join(hidden)}" if hidden else "an empty sheet"
        faults.add(path, "", found=found, expected="a header and rows", remedy="fill it")
        return None
    asked = {name for name in wanted if name}
    having = [
        one for one in filled if any(asked <= set(row) for row in one["rows"][:HEADER_WITHIN])
    ]
    filled = having if asked and having else filled
    scores = [header_score(one["rows"], wanted) for one in filled]
    likely = [one for one, score in zip(filled, scores, strict=True) if score > 1]
    likely = likely or [one for one, score in zip(filled, scores, strict=True) if score]
    likely = likely or filled[:1]
    if len(likely) == 1:
        return likely[0]
    faults.add(
        path, "", found=f"{len(likely)} sheets that look like tables: "
        f"{', '.join(str(one['name']) for one in likely)}",
        expected="the name of the one that is meant", remedy="state it as layer in the scenario",
    )  # fmt: skip
    return None
