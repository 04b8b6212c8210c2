"""What a plan becomes for people: its folder, with map and report."""

from __future__ import annotations

from pathlib import Path

from lastmile.cartography import write_map
from lastmile.plans import Plan
from lastmile.report import write_report
from lastmile.store import replaced_folder, save_plan


def hand_over(plan: Plan, folder: Path) -> None:
    """Write the plan folder with everything in it, whole or not at all.

    Raises
    ------
    InputError
        When ``folder`` holds something else than a plan.
    """
    with replaced_folder(folder) as fresh:
        save_plan(plan, fresh)
        write_map(plan, fresh / "map.html")
        write_report(plan, fresh)


def redraw_map(plan: Plan, folder: Path) -> None:
    """Draw the map of a loaded plan anew; all else in its folder stays."""
    with replaced_folder(folder) as fresh:
        write_map(plan, fresh / "map.html")


def rewrite_report(plan: Plan, folder: Path) -> None:
    """Write the report of a loaded plan anew; all else in its folder stays."""
    with replaced_folder(folder) as fresh:
        write_report(plan, fresh)
