"""How large a vehicle may be by the signs along a way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIGNS: Final[Mapping[str, str]] = {
    "maxwidth": "width_m",
    "maxheight": "height_m",
    "maxlength": "length_m",
    "maxweight": "weight_t",
    "maxweightrating": "weight_t",
}
"""Keys that state a limit, and the field of a profile that is held against it."""

_FOOT_M: Final = 0.3048
_POUND_T: Final = 0.00045359237
# Tonnes or metres. ``st`` and ``lt`` are short and long tons: 2,000 and 2,240 pounds.
_UNITS: Final[Mapping[str, float]] = {
    "": 1.0, "m": 1.0, "cm": 0.01, "ft": _FOOT_M, "'": _FOOT_M, "in": _FOOT_M / 12,
    '"': _FOOT_M / 12, "t": 1.0, "kg": 0.001, "lb": _POUND_T, "lbs": _POUND_T,
    "st": 2000 * _POUND_T, "lt": 2240 * _POUND_T,
}  # fmt: skip
_NUMBER: Final = r"(\d+(?:[.,]\d+)?)"
_SIZE: Final = re.compile(_NUMBER + r"\s*(m|cm|ft|'|in|\"|t|kg|lbs?|st|lt)?\Z")
_FEET_AND_INCHES: Final = re.compile(_NUMBER + r"\s*(?:'|ft)\s*" + _NUMBER + r"\s*(?:\"|''|in)?\Z")
_NO_LIMIT: Final = frozenset(
    ("default", "below_default", "none", "no", "no_sign", "no_indications", "unsigned", "physical")
)


def parse_size(text: str) -> float | None:
    """Read a size in metres or tonnes; None where it states none.

    Examples
    --------
    >>> parse_size("2.5"), parse_size("3,5 t"), parse_size("10 ft"), parse_size("default")
    (2.5, 3.5, 3.048, None)
    >>> parse_size("3500 kg"), round(parse_size("6'7"), 3), round(parse_size("5 st"), 3)
    (3.5, 2.007, 4.536)
    """
    text = text.strip().lower()
    if both := _FEET_AND_INCHES.match(text):
        return _FOOT_M * (_number(both[1]) + _number(both[2]) / 12)
    match = _SIZE.match(text)
    return _number(match[1]) * _UNITS[match[2] or ""] if match else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def count_unreadable(tag_set: NDArray[np.int32], tag_sets: Sequence[Mapping[str, str]]) -> int:
    """Count the signs that state a limit in a way that is not understood, and so bind nobody.

    Parameters
    ----------
    tag_set
        Shape (ways or nodes,). Position in ``tag_sets``.
    tag_sets
        Sets of tags.

    Examples
    --------
    >>> tags = {"maxheight": "ask the guard", "maxweight": "none", "maxwidth": "2.5"}
    >>> count_unreadable(np.zeros(3, dtype=np.int32), [tags])
    3
    """
    n_in_set = [sum(_is_unreadable(tags.get(key, "")) for key in SIGNS) for tags in tag_sets]
    return int(np.array([*n_in_set, 0], dtype=np.int64)[tag_set].sum())


def _is_unreadable(text: str) -> bool:
    stated = text.strip().lower()
    return bool(stated) and stated not in _NO_LIMIT and parse_size(stated) is None
