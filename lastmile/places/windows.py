"""Delivery windows as people write them: ``08:00-12:00``, ``上午``, ``下午2点到5点``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DAY_S: Final = 86_400
Window = tuple[int, int]

ANY_TIME: Final[Window] = (0, DAY_S)

_NAMED: Final[Mapping[str, Window]] = MappingProxyType(
    dict.fromkeys(("", "全天", "不限", "任意", "任意时间", "均可", "any", "any time"), ANY_TIME)
    # Where a part of the day begins and ends is custom, not norm: docs/places.md lists these.
    | dict.fromkeys(("上午", "morning", "am"), (8 * 3600, 12 * 3600))
    | dict.fromkeys(("中午", "noon"), (11 * 3600, 14 * 3600))
    | dict.fromkeys(("下午", "afternoon", "pm"), (12 * 3600, 18 * 3600))
    | dict.fromkeys(("晚上", "晚间", "傍晚", "evening"), (18 * 3600, 21 * 3600))
    | dict.fromkeys(("工作时间", "上班时间"), (9 * 3600, 18 * 3600))
)
_CLOCK: Final = re.compile(
    r"(?P<part>上午|早上|中午|下午|晚上|晚)?(?:"
    r"(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?"
    r"|(?P<hour>\d{1,2})[点时](?:(?P<half>半)|(?P<minute>[0-5]?\d)分?)?)\Z"
)
_BETWEEN: Final = re.compile(r"\s*(?:-|~|—|–|−|至|到)+\s*")
_DATED: Final = re.compile(r"^\d{4}-\d\d?-\d\d?[t ]+(?=\d)")
_FRACTION: Final = re.compile(r"(?:0?\.\d+|[01](?:\.0+)?)\Z")
_NOON: Final = 12


def window_of(cell: str) -> Window | None:
    """Read a window: first and last second of the day; None where the cell holds none.

    Examples
    --------
    >>> window_of("8:00~12:30")
    (28800, 45000)
    >>> window_of("下午2点到5点半") == (14 * 3600, 17 * 3600 + 1800)
    True
    >>> window_of("18:00-08:00") is None
    True
    """
    plain = _plain(cell)
    if plain in _NAMED:
        return _NAMED[plain]
    ends = _BETWEEN.split(plain)
    if len(ends) != 2 or not all(ends):  # noqa: PLR2004 - a start and an end
        return None
    start, end = clock_of(ends[0]), clock_of(ends[1])
    if start is None or end is None:
        return None
    afternoon = ends[0].startswith(("下午", "晚"))
    if afternoon and end <= start and end + DAY_S // 2 > start:
        end += DAY_S // 2  # 下午2点到5点: what is said of the start holds for the end.
    return (start, end) if start < end <= DAY_S else None


def clock_of(cell: str) -> int | None:
    """Read a time of day as seconds; None where the cell holds none.

    Examples
    --------
    >>> [clock_of(cell) for cell in ("08:00", "８：３０", "14点", "0.5", "25:00")]
    [28800, 30600, 50400, 43200, None]
    >>> clock_of("1899-12-30 09:00:00")
    32400
    """
    plain = _DATED.sub("", _plain(cell))
    if _FRACTION.match(plain):
        return round(float(plain) * DAY_S)  # Spreadsheets store times as parts of a day.
    found = _CLOCK.match(plain)
    if found is None:
        return None
    hour = int(found["h"] or found["hour"])
    if found["part"] in ("下午", "晚上", "晚") and hour < _NOON:
        hour += _NOON
    minute = 30 if found["half"] else int(found["m"] or found["minute"] or 0)
    seconds = hour * 3600 + minute * 60 + int(found["s"] or 0)
    return seconds if seconds <= DAY_S else None


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lower()
