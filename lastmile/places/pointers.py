"""Files that hold no data, but name other files or addresses for GDAL to open."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lastmile.errors import FaultLog

_MARKS: Final = (
    b"<OGRVRT",
    b"<VRT",
    b"gdal_streamed_alg",
    b"<GDAL_WMS",
    b"<WCS_GDAL",
    b"<OGRWFSDataSource",
    b"_Capabilities",
    b"<WMS_Tile_Service",
)
"""By which GDAL knows them, whatever they are called, in the first kilobyte or so of a file."""

_LOOKED_AT: Final = 4096


def refuse_pointer(path: Path, opened: Path, faults: FaultLog) -> bool:
    """Report a file that would make GDAL read something else; tell whether it is one.

    A mosaic that says by its ending, .vrt, what it is was chosen by whoever named it. A layer
    that was sent by somebody, named .geojson, must not read this disk or call the network.

    Parameters
    ----------
    path
        The file as the user knows it.
    opened
        The file to look into, such as a member of an archive.
    faults
        Where to report.
    """
    if opened.suffix.lower() == ".vrt" or not opened.is_file():
        return False
    with opened.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if not any(mark in start for mark in _MARKS):
        return False
    faults.add(
        path, "", found="a file that names others to be read in its place",
        expected="the data themselves", remedy="name the file or files that hold the data",
    )  # fmt: skip
    return True
