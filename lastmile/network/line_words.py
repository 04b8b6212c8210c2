"""Columns of a road layer → tags of the map."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lastmile.errors import FaultLog
from lastmile.network.access import parse_maxspeed
from lastmile.network.line_source import LineColumns
from lastmile.network.profiles import VAN, WALK
from lastmile.places.tables import Table, missing_columns

_FILE: Final = Path(__file__).parent / "road_words.toml"
_SHOWN: Final = 12
_KEY: Final = "roads.columns"


@dataclass(frozen=True, slots=True, eq=False)
class LineTags:
    """What a layer says of each row."""

    tags: Sequence[Mapping[str, str]]
    names: Sequence[str]
    levels: Sequence[tuple[str, ...]]
    """Rows that differ cross without meeting."""

    odd_limits: Sequence[str]
    """Cells of the column of speed limits that state none that can be read."""


def line_tags(table: Table, columns: LineColumns, faults: FaultLog) -> LineTags | None:
    """Read what a layer says of its roads.

    Parameters
    ----------
    table
        The layer.
    columns
        Where it says so.
    faults
        Receives the columns that are missing, and the words that nobody knows.

    Returns
    -------
    LineTags or None
        None if a fault was noted.
    """
    if missing_columns(table, columns.named(), faults, _KEY):
        return None
    words = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    classes = _translated(table, columns.highway, _classes(words, columns), faults, "classes")
    oneway = _translated(
        table, columns.oneway, _directions(words, table, columns), faults, "directions"
    )
    if classes is None or oneway is None:
        return None
    nothing = frozenset(map(_plain, words["structure"]["no"]))
    bridge = ["" if _plain(cell) in nothing else "yes" for cell in _cells(table, columns.bridge)]
    tunnel = ["" if _plain(cell) in nothing else "yes" for cell in _cells(table, columns.tunnel)]
    speeds = _cells(table, columns.maxspeed)
    rows = zip(classes, oneway, speeds, bridge, tunnel, strict=True)
    levels = zip(_cells(table, columns.level), bridge, tunnel, strict=True)
    odd_limits = [cell for cell in speeds if cell.strip() and parse_maxspeed(cell) is None]
    return LineTags(
        tags=[_tags(*row) for row in rows],
        names=_cells(table, columns.name),
        levels=list(levels),
        odd_limits=odd_limits,
    )


def _cells(table: Table, column: str) -> list[str]:
    return list(table.frame[column]) if column else [""] * len(table)


def _plain(text: str) -> str:
    return "".join(text.split()).lower()


def _inverted(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {_plain(word): meaning for meaning, several in words.items() for word in several}


def _classes(words: Mapping[str, Any], columns: LineColumns) -> dict[str, str]:
    own = {highway for profile in (WALK, VAN) for highway, _ in profile.speed_kph}
    return {
        "": "road",
        **{highway: highway for highway in own | set(words["classes"])},
        **_inverted(words["classes"]),
        **{_plain(word): meaning for word, meaning in columns.classes.items()},
    }


def _directions(words: Mapping[str, Any], table: Table, columns: LineColumns) -> dict[str, str]:
    has_both = any(_plain(cell) in {"b", "both"} for cell in _cells(table, columns.oneway))
    return {
        **_inverted(words["oneway"]),
        **_inverted(words["oneway_with_both" if has_both else "oneway_without_both"]),
        **{_plain(word): meaning for word, meaning in columns.directions.items()},
    }


def _translated(
    table: Table, column: str, meanings: Mapping[str, str], faults: FaultLog, key: str
) -> list[str] | None:
    """Look up every cell of a column; None, with a fault, if some say what nobody knows."""
    cells = _cells(table, column)
    unknown = Counter(cell for cell in cells if _plain(cell) not in meanings)
    if not unknown:
        return [meanings[_plain(cell)] for cell in cells]
    shown = ", ".join(f"{cell!r} ({n:,} rows)" for cell, n in unknown.most_common(_SHOWN))
    more = len(unknown) - _SHOWN
    example = unknown.most_common(1)[0][0]
    meaning = "tertiary" if key == "classes" else "no"
    faults.add(
        table.file,
        f"column {column}",
        found=shown + (f" and {more} more" if more > 0 else ""),
        expected="words for road classes that are known, or classes of OpenStreetMap"
        if key == "classes"
        else "yes, no or -1, or other words for them that are known",
        remedy=f'say what they mean under [{_KEY}.{key}], such as "{example}" = "{meaning}"',
    )
    return None


def _tags(highway: str, oneway: str, maxspeed: str, bridge: str, tunnel: str) -> dict[str, str]:
    tags = {"route": "ferry"} if highway == "ferry" else {"highway": highway}
    stated = {"oneway": oneway, "maxspeed": maxspeed, "bridge": bridge, "tunnel": tunnel}
    # Where the layer tells directions, what classes imply does not count.
    return tags | {key: value for key, value in stated.items() if value}
