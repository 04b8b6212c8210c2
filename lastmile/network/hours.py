"""When a rule of the road holds: hours of the day on days of the week."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

DAY_MIN: Final = 24 * 60
_EVERY_DAY: Final = frozenset(range(7))
_DAYS: Final = {day: k for k, day in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))}
_HOURS: Final = re.compile(r"(\d{1,2}):([0-5]\d)\s*-\s*(\d{1,2}):([0-5]\d)\Z")
_SPAN: Final = re.compile(r"(Mo|Tu|We|Th|Fr|Sa|Su)(?:\s*-\s*(Mo|Tu|We|Th|Fr|Sa|Su))?\Z")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the day on some days of the week."""

    start_min: int
    """Minutes after midnight."""

    end_min: int
    """Minutes after midnight, not included; at most a day."""

    days: frozenset[int] = _EVERY_DAY
    """Days of the week, 0 is Monday."""

    def __post_init__(self) -> None:
        """Refuse empty and overlong periods."""
        if not (0 <= self.start_min < self.end_min <= DAY_MIN and self.days):
            raise ValueError(f"no period of a day: {self.start_min} to {self.end_min} min")

    def meets(self, other: Period) -> bool:
        """Tell whether the two have a moment in common."""
        return (
            self.start_min < other.end_min
            and other.start_min < self.end_min
            and not self.days.isdisjoint(other.days)
        )


def parse_hours(text: str) -> tuple[Period, ...] | None:
    """Read opening hours as the map writes them.

    Days and hours are understood (``Mo-Fr 07:00-09:00,17:00-19:00; Sa 08:00-12:00``, over midnight
    too); anything else, such as seasons, holidays, weights or the sun, is not.

    Parameters
    ----------
    text
        The condition, without its brackets.

    Returns
    -------
    tuple of Period or None
        None if some of it is not understood.

    Examples
    --------
    >>> parse_hours("Mo-Fr 07:00-09:30")
    (Period(start_min=420, end_min=570, days=frozenset({0, 1, 2, 3, 4})),)
    >>> [(p.start_min, p.end_min) for p in parse_hours("22:00-05:00")]
    [(1320, 1440), (0, 300)]
    >>> parse_hours("sunset-sunrise") is None
    True
    """
    periods: list[Period] = []
    for part in text.split(";"):
        if part.strip():
            found = _one_rule(part.strip())
            if found is None:
                return None
            periods += found
    return tuple(periods) if periods else None


def _one_rule(text: str) -> list[Period] | None:
    if text == "24/7":
        return [Period(0, DAY_MIN)]
    days: set[int] = set()
    hours: list[tuple[int, int]] = []
    for word in re.split(r"\s*,\s*|\s+(?=\d)", text):
        span, clock = _SPAN.match(word.strip()), _HOURS.match(word.strip())
        if span and not hours:
            first, last = _DAYS[span[1]], _DAYS[span[2] or span[1]]
            days.update((first + k) % 7 for k in range((last - first) % 7 + 1))
        elif clock:
            hours.append((int(clock[1]) * 60 + int(clock[2]), int(clock[3]) * 60 + int(clock[4])))
        else:
            return None
    on = frozenset(days) or _EVERY_DAY
    if not hours:
        return [Period(0, DAY_MIN, on)] if days else None
    return _periods(hours, on)


def _periods(hours: list[tuple[int, int]], on: frozenset[int]) -> list[Period] | None:
    found = []
    for start, end in hours:
        if not (start < DAY_MIN and start != end and end - start <= DAY_MIN):
            return None
        if start < end <= DAY_MIN:
            found.append(Period(start, end, on))
            continue
        # Over midnight: the rest belongs to the day after.
        found.append(Period(start, DAY_MIN, on))
        rest = end % DAY_MIN
        if rest:
            found.append(Period(0, rest, frozenset((day + 1) % 7 for day in on)))
    return found


def holds(condition: str, period: Period | None) -> bool:
    """Tell whether a conditional rule holds at some moment of a period.

    Without a period, and where the condition is not understood, it does not.

    Parameters
    ----------
    condition
        As the map writes it; empty for always.
    period
        When somebody drives.
    """
    if not condition:
        return True
    hours = parse_hours(condition)
    return period is not None and hours is not None and any(h.meets(period) for h in hours)


def moments(conditions: Iterable[str], period: Period) -> list[Period]:
    """Divide a period into stretches of one day each in which no condition begins or ends to hold.

    Parameters
    ----------
    conditions
        As the map writes them; what is not understood divides nothing.
    period
        When somebody drives.

    Examples
    --------
    >>> monday = frozenset({0})
    >>> parts = moments(["Mo-Fr 07:00-09:00"], Period(360, 600, monday))
    >>> [(part.start_min, part.end_min) for part in parts]
    [(360, 420), (420, 540), (540, 600)]
    """
    hours = [h for condition in conditions for h in parse_hours(condition) or ()]
    cuts = {m for h in hours for m in (h.start_min, h.end_min)}
    cuts = {m for m in cuts if period.start_min < m < period.end_min}
    bounds = [period.start_min, *sorted(cuts), period.end_min]
    return [
        Period(start, end, frozenset({day}))
        for day in sorted(period.days)
        for start, end in pairwise(bounds)
    ]
