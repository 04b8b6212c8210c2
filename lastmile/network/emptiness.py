"""Files that hold no road in the area."""

from __future__ import annotations

from lastmile.errors import FaultLog
from lastmile.network.boxes import PER_DEGREE, Box
from lastmile.network.roads import Bounds


def add_empty(
    source: str, bounds: Bounds | None, n_seen: int, extent: Box | None, faults: FaultLog
) -> None:
    """Note that a file holds no road in the area.

    Parameters
    ----------
    source
        The file.
    bounds
        The area; None for everything.
    n_seen
        Roads in the file, wherever they are.
    extent
        Box of what the file holds; None if it holds nothing.
    faults
        Receives the fault.
    """
    if n_seen == 0 or bounds is None or extent is None:
        found, expected = "no road", "ways with a highway tag and their nodes"
        remedy = "use an extract that holds roads and was made with complete ways"
    else:
        box = [coordinate / PER_DEGREE for coordinate in extent]
        found = (
            f"no road in the planning area; the file spans {box[0]:.3f} to {box[2]:.3f} E, "
            f"{box[1]:.3f} to {box[3]:.3f} N"
        )
        expected = (
            f"roads within {bounds[0]:.3f} to {bounds[2]:.3f} E, {bounds[1]:.3f} to "
            f"{bounds[3]:.3f} N"
        )
        remedy = "use an extract of the area, and check the CRS of the boundaries"
    faults.add(source, "", found=found, expected=expected, remedy=remedy)
