"""What plans and checks become for people: a folder with map and report, a page of health."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lastmile.cartography import write_map
from lastmile.health import Health
from lastmile.health_page import health_page, refuse_foreign_page, write_page
from lastmile.plans import Plan
from lastmile.progress import Progress, silent
from lastmile.report import write_report
from lastmile.store import replaced_folder, save_plan

__all__ = ["hand_over", "redraw_map", "refuse_foreign_page", "rewrite_report", "write_health"]

_PARTS: Final = 3


def hand_over(plan: Plan, folder: Path, *, progress: Progress = silent) -> None:
    """Write the plan folder with everything in it, whole or not at all.

    Parameters
    ----------
    plan
        What to write.
    folder
        The plan folder; one that is there is replaced.
    progress
        Told of each part.

    Raises
    ------
    InputError
        When ``folder`` holds something else than a plan.
    """
    with replaced_folder(folder) as fresh:
        progress("write", 0, _PARTS, "layers")
        save_plan(plan, fresh)
        progress("write", 1, _PARTS, "map")
        write_map(plan, fresh / "map.html")
        progress("write", 2, _PARTS, "report and route sheets")
        write_report(plan, fresh)
    progress("write", _PARTS, _PARTS)


def redraw_map(plan: Plan, folder: Path) -> None:
    """Draw the map of a loaded plan anew; all else in its folder stays."""
    with replaced_folder(folder) as fresh:
        write_map(plan, fresh / "map.html")


def rewrite_report(plan: Plan, folder: Path) -> None:
    """Write the report of a loaded plan anew; all else in its folder stays."""
    with replaced_folder(folder) as fresh:
        write_report(plan, fresh)


def write_health(health: Health, path: Path) -> None:
    """Write the health of a scenario's data as one page, whole or not at all."""
    write_page(health_page(health), path)
