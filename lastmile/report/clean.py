"""Text from users' files, made fit for spreadsheets, pages and file names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, SupportsFloat

import pandas as pd

MAX_CELL_CHARACTERS: Final = 32_767
"""Longest text of an Excel cell; ECMA-376 part 1, 18.4 and Excel's own limit."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_FILE_NAMES = re.compile(r"[^\w\-]+")
_RESERVED_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\Z", re.IGNORECASE)
_MAX_FILE_NAME_CHARACTERS: Final = 60  # 180 bytes of Chinese; file systems stop at 255


def text(value: object) -> str:
    r"""Turn any cell of a layer into text that XML can hold.

    Missing values become ''; characters that XML forbids are dropped, line breaks and tabs
    become spaces.

    Examples
    --------
    >>> text("兰陵\x07便利店\n二店")
    '兰陵便利店 二店'
    >>> text(None)
    ''
    """
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    return re.sub(r"[\t\r\n]+", " ", _NOT_XML.sub("", str(value))).strip()


def figure(value: SupportsFloat | None) -> float | None:
    """Turn a number of a layer or of the summary into a float; None where there is none.

    Examples
    --------
    >>> figure(float("nan")) is None, figure(None) is None, figure(3)
    (True, True, 3.0)
    """
    if value is None or pd.isna(value):
        return None
    return float(value)


def cell_text(value: str) -> str:
    """Cut text to what one spreadsheet cell holds, with … where something was cut.

    A cell beginning with ``<r>`` and ending with ``</r>`` would be taken for raw markup by the
    workbook writer, so such text gets a space behind it.
    """
    if value.startswith("<r>") and value.endswith("</r>"):
        value += " "
    if len(value) <= MAX_CELL_CHARACTERS:
        return value
    return value[: MAX_CELL_CHARACTERS - 1] + "…"


def share_text(value: float) -> str:
    """Write a share for a sentence, so that it never looks better or worse than it is.

    Examples
    --------
    >>> share_text(0.99996), share_text(1.0), share_text(0.00001), share_text(0.853)
    ('99.9 %', '100 %', '0.1 %', '85.3 %')
    """
    if value in (0.0, 1.0):
        return f"{value * 100:.0f} %"
    return f"{min(max(value * 100.0, 0.1), 99.9):.1f} %"


def display_width(value: str) -> int:
    """Width of text in columns of half-width characters: Chinese characters count two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in value)


def file_stems(ids: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """Give each id a file name without ending that every file system takes.

    Parameters
    ----------
    ids
        Distinct ids.
    reserved
        Names already taken.

    Returns
    -------
    dict
        Id to name; distinct also where case does not count.

    Examples
    --------
    >>> file_stems(["R001", "r001", "../etc", "CON"])
    {'R001': 'R001', 'r001': 'r001-2', '../etc': 'etc', 'CON': 'CON_'}
    """
    taken = {name.casefold() for name in reserved}
    stems: dict[str, str] = {}
    for identifier in ids:
        base = _NOT_IN_FILE_NAMES.sub("_", text(identifier)).strip("_")
        base = base[:_MAX_FILE_NAME_CHARACTERS] or "route"
        if _RESERVED_BY_WINDOWS.match(base):
            base += "_"
        stem, number = base, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{base}-{number}"
        taken.add(stem.casefold())
        stems[identifier] = stem
    return stems
