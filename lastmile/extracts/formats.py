"""Kinds of OpenStreetMap files, told by the end of their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lastmile.extracts.refusals import refused

SUFFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".osm.pbf": "pbf",
        ".osm.gz": "osm.gz",
        ".osm.bz2": "osm.bz2",
        ".osm": "osm",
        ".pbf": "pbf",
    }
)
"""End of a name → osmium's name of the format."""

KINDS: Final = ".osm.pbf, .osm, .osm.gz or .osm.bz2"


def format_of(name: str) -> str | None:
    """Return osmium's name of the format that a file name states; None where it states none.

    Examples
    --------
    >>> format_of("jiangsu-latest.osm.pbf"), format_of("Town.OSM"), format_of("town.zip")
    ('pbf', 'osm', None)
    """
    lower = name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if lower.endswith(suffix)), None)


def required_format(path: Path) -> str:
    """Return the format that a file's name states, or refuse the name."""
    found = format_of(path.name)
    if found is None:
        raise refused(
            path,
            found=f"the name {path.name!r}, which does not say what kind of file it is",
            expected=f"a name that ends in {KINDS}",
            remedy="rename it",
        )
    return found
