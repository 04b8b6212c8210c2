"""Ids and codes as text, with what spreadsheets do to them undone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

# Not NFKC, which would make one id of A① and A1.
_HALF_WIDTH: Final = MappingProxyType({k: k - 0xFEE0 for k in range(0xFF01, 0xFF5F)} | {0x3000: 32})
_WHOLE_FLOAT: Final = re.compile(r"(\d+)\.0+")
_SCIENTIFIC: Final = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_SPACED_DIGITS: Final = re.compile(r"[\d\s]+")
_DIVISION_DIGITS: Final = frozenset({2, 4, 6, 9, 12})
_MOST_SHARE: Final = 0.9
_FEWEST_ROWS: Final = 10
_FEWEST_DIGITS: Final = 6
"""Shorter ids are counted up from 1, and of any length."""


def code_text(cell: str) -> str:
    """Write a code as it was before a spreadsheet had it.

    Full-width digits, a leading apostrophe, blanks among digits and a trailing ``.0`` are undone; a
    number in scientific notation is written out where it kept all its digits.

    Examples
    --------
    >>> [code_text(cell) for cell in ("320402001.0", "'3204", "３２０４ ０２", "3.20402001001E+11")]
    ['320402001', '3204', '320402', '320402001001']
    >>> code_text("3.20402E+11")
    '3.20402E+11'
    """
    text = cell.translate(_HALF_WIDTH).strip().lstrip("'’‘`").strip()
    if _SPACED_DIGITS.fullmatch(text):
        text = "".join(text.split())
    whole = _WHOLE_FLOAT.fullmatch(text)
    if whole:
        return whole.group(1)
    short = _SCIENTIFIC.fullmatch(text)
    if short and short.group(2):  # an id such as 7e0 is none of a spreadsheet's making
        lead, rest, power = short.group(1), short.group(2), int(short.group(3))
        if len(rest) >= power and not rest[power:].strip("0"):
            return lead + rest[:power]
    return text


def is_rounded(code: str) -> bool:
    """Tell whether a spreadsheet has cut digits off a code for good."""
    return _SCIENTIFIC.fullmatch(code) is not None


def shortened(codes: Sequence[str]) -> list[int]:
    """Positions of codes that have fewer digits than nearly all others: a zero in front is lost.

    Told only where the others share a length of six digits or more, and never of the lengths that
    codes of divisions have.
    """
    digits = [len(code) if code.isascii() and code.isdigit() else 0 for code in codes]
    if len(codes) < _FEWEST_ROWS:
        return []
    usual, count = Counter(digits).most_common(1)[0]
    if usual < _FEWEST_DIGITS or count < _MOST_SHARE * len(codes):
        return []
    return [k for k, n in enumerate(digits) if 0 < n < usual and n not in _DIVISION_DIGITS]
