"""OpenStreetMap files → :class:`RoadData`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lastmile.errors import FaultLog
from lastmile.network.assembling import assemble
from lastmile.network.converting import convert
from lastmile.network.gathering import BrokenBlockError, gather
from lastmile.network.pbf import BrokenFileError, Pbf, UnknownPackingError, open_pbf
from lastmile.network.roads import Bounds, RoadData
from lastmile.network.spans import add_empty, whole_box
from lastmile.progress import Progress

_STAGE: Final = "read roads"
_PACKED: Final = ".pbf"


def read_osm(
    paths: Sequence[Path], bounds: Bounds | None, faults: FaultLog, progress: Progress
) -> RoadData | None:
    """Read the roads of an area from OpenStreetMap files, several as one.

    Parameters
    ----------
    paths
        Extracts. Other formats than ``.osm.pbf`` are converted to it first, in a folder that is
        gone afterwards.
    bounds, faults, progress
        As in :func:`~lastmile.network.reading.read_roads`.

    Returns
    -------
    RoadData or None
        None if a fault was noted.
    """
    box = None if bounds is None else whole_box(bounds)
    progress(_STAGE, 0, 1)
    with ExitStack() as stack:
        files = []
        for path in paths:
            file = _opened(path, stack, faults)
            if file is not None:
                files.append(file)
        if len(files) < len(paths):
            return None
        try:
            gathered = gather(
                files, box, lambda share, n: progress(_STAGE, share, 1, f"{n:,} ways seen")
            )
        except BrokenBlockError as error:
            _add_broken(faults, paths[error.file], error)
            return None
    timestamps = [file.header.timestamp for file in files if file.header.timestamp]
    source = ", ".join(sorted(str(path) for path in paths))
    # Several files are as old as the oldest of them.
    roads = assemble(gathered, box, source, min(timestamps, default=""))
    progress(_STAGE, 1, 1, f"{roads.n_ways:,} ways")
    if not roads.n_ways:
        add_empty(source, bounds, gathered.n_seen, gathered.nodes.extent, faults)
        return None
    return roads


def _opened(path: Path, stack: ExitStack, faults: FaultLog) -> Pbf | None:
    """Open a file, converted if need be; None if a fault was noted."""
    if not path.is_file():
        remedy = "correct [roads] path, or fetch an extract of the area"
        faults.add(path, "", found="no such file", expected="an OpenStreetMap file", remedy=remedy)
        return None
    try:
        file = _as_pbf(path, stack)
    except (BrokenFileError, OSError) as error:
        _add_broken(faults, path, error)
        return None
    if file.header.is_history:
        faults.add(
            path,
            "",
            found="a file with the history of the map",
            expected="the map as it is at one moment",
            remedy="use an ordinary extract",
        )
        return None
    return file


def _as_pbf(path: Path, stack: ExitStack) -> Pbf:
    if path.suffix.lower() == _PACKED:
        try:
            return open_pbf(path)
        except UnknownPackingError:
            pass  # osmium may know it
    folder = stack.enter_context(TemporaryDirectory(prefix="lastmile-"))
    spare = Path(folder) / "roads.osm.pbf"
    timestamp = convert(path, spare)
    file = open_pbf(spare)
    return replace(file, header=replace(file.header, timestamp=timestamp))


def _add_broken(faults: FaultLog, path: Path, error: Exception) -> None:
    faults.add(
        path,
        "",
        found=f"a file that cannot be read to its end ({error})",
        expected="a whole OpenStreetMap file (.osm.pbf, .osm, .osm.gz, .osm.bz2)",
        remedy="download or copy it again; it may have been cut off",
    )
