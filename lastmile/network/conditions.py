"""What keys with conditions say over a period: ``oneway``, ``oneway:conditional`` and the like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from lastmile.network.hours import Period, holds, moments

_RULE: Final = re.compile(r"(?:^|;)\s*([^@;()]+?)\s*@\s*(\([^)]*\)|[^;]+)")


_Rules = list[tuple[str, str]]
"""Values with their conditions, the last of the map first; a plain value has none."""


def values_over(
    tags: Mapping[str, str],
    keys: Sequence[str],
    period: Period | None,
    counts: Callable[[str], object] = bool,
) -> list[str]:
    """Find the values that hold at some moment of a period.

    The most specific key that says something at a moment decides it, and of its conditional rules
    the last that holds goes before the plain value.

    Parameters
    ----------
    tags
        Of a way or a node.
    keys
        The most specific first.
    period
        When; None for a day without hours, in which no conditional rule holds.
    counts
        Whether a value says something; any that is not empty, unless told otherwise.

    Returns
    -------
    list of str
        In order of first sight; empty for moments at which nothing is stated.

    Examples
    --------
    >>> tags = {"oneway": "yes", "oneway:conditional": "no @ (07:00-09:00); -1 @ (Su)"}
    >>> values_over(tags, ["oneway"], Period(8 * 60, 9 * 60, frozenset({0})))
    ['no']
    >>> values_over(tags, ["oneway"], Period(8 * 60, 10 * 60))
    ['no', 'yes', '-1']
    """
    rules = [rule for key in keys for rule in _rules(tags, key) if counts(rule[0])]
    conditions = [condition for _, condition in rules if condition]
    if period is None or not conditions:
        return [next((value for value, condition in rules if not condition), "")]
    found = (
        next((value for value, condition in rules if holds(condition, moment)), "")
        for moment in moments(conditions, period)
    )
    return list(dict.fromkeys(found))


def _rules(tags: Mapping[str, str], key: str) -> _Rules:
    """Return what a key says; what goes before the rest stands first."""
    conditional = reversed(_RULE.findall(tags.get(f"{key}:conditional", "")))
    rules = [(value, when.strip().strip("()").strip()) for value, when in conditional]
    return [*((value, when) for value, when in rules if when), (tags.get(key, ""), "")]
