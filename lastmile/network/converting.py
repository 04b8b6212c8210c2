"""Other OpenStreetMap formats → ``.osm.pbf``, by osmium, so that one reader serves all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import osmium

from lastmile.network.pbf import BrokenFileError

_ALL: Final = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
# Read once and thrown away: packing it would take longer than writing it plain.
_PLAIN: Final = "pbf,pbf_compression=none,add_metadata=version"


def convert(path: Path, to: Path) -> str:
    """Write a file anew as plain ``.osm.pbf``; return the date that its header states.

    Parameters
    ----------
    path
        Any file that osmium reads: ``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.o5m``, ``.opl``…
    to
        File to write.

    Raises
    ------
    BrokenFileError
        If the file is cut off, or something else.
    """
    try:
        with osmium.io.Reader(str(path), _ALL) as reader:
            header = reader.header()
            with osmium.SimpleWriter(osmium.io.File(str(to), _PLAIN)) as writer:
                osmium.apply(reader, *_filters(), writer)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise BrokenFileError(str(error)) from error
    return str(header.get("osmosis_replication_timestamp") or header.get("timestamp") or "")


def _filters() -> list[osmium.BaseFilter]:
    """Let all nodes pass, but only roads, ferries and restrictions."""
    roads = osmium.filter.KeyFilter("highway", "route")
    roads.enable_for(osmium.osm.WAY)
    rules = osmium.filter.TagFilter(("type", "restriction"))
    rules.enable_for(osmium.osm.RELATION)
    return [roads, rules]
