"""What a file says of itself: its program, its date, its box."""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import osmium

from lastmile import __version__
from lastmile.extracts.box import Box
from lastmile.extracts.sources import Source

PROGRAM: Final = f"lastmile/{__version__}"

_BEGINNING: Final = 4096
_DATE_IN_XML: Final = re.compile(
    rb"""(?:osm_base|<osm\b[^>]*\btimestamp)\s*=\s*["'](\d{4}-\d\d-\d\dT[\d:]+Z)["']"""
)


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of a file."""

    program: str
    """That wrote it; '' where it does not say."""

    timestamp: str
    """Date of the data, ISO 8601; '' where it does not say."""

    box: Box | None
    is_sorted: bool
    """Whether it promises nodes, ways and relations in this order, each by ascending ids."""


def read_header(source: Source) -> Header:
    """Read the header of a file."""
    header = source.header()
    timestamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    return Header(
        program=header.get("generator"),
        timestamp=timestamp or _date_in_xml(source),
        box=_box(header.box()),
        is_sorted=header.get("sorting") == "Type_then_ID",
    )


def is_synthetic(program: str) -> bool:
    """Whether a program draws roads of its own, for which OpenStreetMap has no credit.

    Examples
    --------
    >>> is_synthetic("lastmile synthetic sample"), is_synthetic("osmium/1.16.0"), is_synthetic("")
    (True, False, False)
    """
    return "synthetic" in program.lower()


def made_header(box: Box, timestamp: str, program: str = PROGRAM) -> osmium.io.Header:
    """Make the header of a sorted file; only .pbf has room for the date and the order."""
    header = osmium.io.Header()
    header.set("generator", program)
    header.set("sorting", "Type_then_ID")
    if timestamp:
        header.set("osmosis_replication_timestamp", timestamp)
    header.add_box(osmium.osm.Box(box.west, box.south, box.east, box.north))
    return header


def _box(box: osmium.osm.Box) -> Box | None:
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return Box(low.lon, low.lat, high.lon, high.lat)


def _date_in_xml(source: Source) -> str:
    """Find the date that Overpass and others write into their first lines, which osmium skips."""
    if source.kind == "pbf":
        return ""
    try:
        with _unpacked(source) as file:
            found = _DATE_IN_XML.search(file.read(_BEGINNING))
    except (OSError, EOFError, zlib.error):  # reading on will tell what is wrong with the file
        return ""
    return found[1].decode("ascii") if found else ""


def _unpacked(source: Source) -> BinaryIO:
    openers: dict[str, Any] = {"osm.gz": gzip.open, "osm.bz2": bz2.open}
    file: BinaryIO = openers.get(source.kind, open)(source.path, "rb")
    return file
