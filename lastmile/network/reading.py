"""Files of roads → :class:`RoadData`, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lastmile.errors import FaultLog
from lastmile.network.osm_files import read_osm
from lastmile.network.roads import Bounds, RoadData
from lastmile.progress import Progress, silent

_OSM: Final = (".pbf", ".osm", ".gz", ".bz2", ".o5m", ".opl", ".osc")


def read_roads(
    path: Path | str | Sequence[Path | str],
    *,
    bounds: Bounds | None,
    faults: FaultLog,
    progress: Progress = silent,
) -> RoadData | None:
    """Read the roads of an area.

    Parameters
    ----------
    path
        OpenStreetMap extracts (.osm.pbf, .osm, .osm.gz, .osm.bz2); several are read as one, and
        their order does not matter.
    bounds
        West, south, east, north in degrees, halo included: ways whose box meets it are kept
        whole, but for those that have no node within some 5 km of it. None keeps all.
    faults
        Receives a fault for each file that is missing, unreadable or cut off, or one if they
        hold no road there.
    progress
        Told how far it is, and how many ways have been seen.

    Returns
    -------
    RoadData or None
        None if a fault was noted.
    """
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
    return read_osm(paths, bounds, faults, progress)
