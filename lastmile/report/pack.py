"""The report pack of a plan, written whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import shutil
from pathlib import Path

import xlsxwriter.exceptions

from lastmile.errors import Fault, InputError
from lastmile.plans import Plan
from lastmile.report.sheets import write_route_sheets
from lastmile.report.workbook import write_workbook

_LOG = logging.getLogger(__name__)


def write_report(plan: Plan, folder: Path) -> None:
    """Write ``report.xlsx`` and ``routes/`` into a folder.

    Both are first written beside their place and then moved there, so that a crash leaves an
    older report whole. An older ``routes/`` is replaced with everything in it.

    Parameters
    ----------
    plan
        A plan, just computed or loaded. Equal plans give equal bytes.
    folder
        Where to write; created if it is not there.

    Raises
    ------
    InputError
        When the folder cannot be written, the disk is full, or the old report is open in a
        program that locks it.
    """
    workbook, routes = folder / "report.xlsx", folder / "routes"
    new_workbook, new_routes = folder / ".report.xlsx.new", folder / ".routes.new"
    old_routes = folder / ".routes.old"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _discard(new_workbook, new_routes, old_routes)
        new_routes.mkdir()
        write_workbook(plan, new_workbook)
        write_route_sheets(plan, new_routes)
        new_workbook.replace(workbook)
        if routes.exists():
            routes.rename(old_routes)
        new_routes.rename(routes)
        _discard(old_routes)
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        remedy = "close the report if it is open, and see that the folder can be written"
        fault = Fault(str(folder), "", str(error), "a folder to write the report to", remedy)
        raise InputError([fault]) from error
    finally:
        with contextlib.suppress(OSError):
            _discard(new_workbook, new_routes)
    _LOG.info("report written to %s", folder)


def _discard(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
