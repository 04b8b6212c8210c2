"""A place's name → its box, by a Nominatim service."""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass
from typing import Final

from lastmile.extracts.box import Box
from lastmile.extracts.refusals import refused
from lastmile.extracts.web import blocks_of, open_answer

_MOST_BYTES: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Place:
    """What the service takes a name for."""

    name: str
    """Its full name, with what it lies in."""

    box: Box


def find_place(name: str, service: str, timeout_s: float) -> Place:
    """Ask once where a place is.

    Raises
    ------
    InputError
        When the service knows no such place, or gives an answer that cannot be read.
    BrokenError, UnreachableError
        When it cannot be asked.
    """
    query = urllib.parse.urlencode({"q": name, "format": "jsonv2", "limit": "1"})
    url = f"{service}{'&' if '?' in service else '?'}{query}"
    content = b""
    with open_answer(url, timeout_s) as response:
        for block in blocks_of(url, response):
            content += block
            if len(content) > _MOST_BYTES:
                break
    try:
        rows = json.loads(content)
        found = [_place(row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        told = content[:80].decode("utf-8", "replace")
        raise refused(
            service,
            found=f"an answer that is no list of places ({told})",
            expected="the JSON of a Nominatim service",
            remedy="correct --nominatim-url",
        ) from None
    if not found:
        raise refused(
            name,
            found=f"no such place at {service}",
            expected="a name that the map knows",
            remedy="write it with what it lies in, such as 'Changzhou, Jiangsu', or give the "
            "address of an extract",
        )
    return found[0]


def _place(row: dict[str, list[str]]) -> Place:
    south, north, west, east = (float(text) for text in row["boundingbox"])
    box = Box(west, south, east, north).widened(1.0)  # a place may be a point
    if not box.is_on_map():
        raise ValueError(row)
    return Place(str(row["display_name"]), box)
