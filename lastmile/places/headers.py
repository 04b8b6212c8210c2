"""Headers of tables, recognised by their meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from lastmile.places.header_words import MEANINGS, UNIT_NAMES, UNIT_WORDS, Tiers

_BRACKETED: Final = re.compile(r"[(\[{【〔《<][^()\[\]{}【】〔〕《》<>]*[)\]}】〕》>]")
_NO_WORD: Final = re.compile(r"[\W_]+")
_DATUM: Final = re.compile(r"(wgs84|wgs|gcj02|gcj|bd09|bd|cgcs2000|高德|百度|火星|腾讯|84|2000)$")
_DATUM_FIRST: Final = re.compile(r"^(wgs84|gcj02|bd09|cgcs2000|高德|百度|火星|腾讯|gps)")
_DATUMS: Final = MappingProxyType(
    {"gcj": "gcj02", "火星": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "bd09": "bd09"}
    | {"百度": "bd09", "wgs": "wgs84", "gps": "wgs84", "cgcs": "cgcs2000"}
)
_YEAR: Final = re.compile(r"(19|20)\d\d(年末|年底|年)?")
_TEN_THOUSANDS: Final = re.compile(
    r"[(\[【]\s*(单位[::]\s*)?万\s*[人元件户口]?\s*[)\]】]|万[人元件]$"
)
_CUT_BYTES: Final = 10
"""Bytes of a field name in a DBF table; a character cut in two is dropped."""


def normalised(header: str) -> str:
    """Write a header as the lists of words do.

    Full-width letters become plain, case, blanks and punctuation go.

    Examples
    --------
    >>> normalised("Ｐｏｉｎｔ＿X"), normalised("人 口（人）")
    ('pointx', '人口人')
    """
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", header).casefold())


def in_ten_thousands(header: str) -> bool:
    """Tell whether a header counts in units of 万.

    Examples
    --------
    >>> in_ten_thousands("常住人口（万人）"), in_ten_thousands("人口")
    (True, False)
    """
    return _TEN_THOUSANDS.search(unicodedata.normalize("NFKC", header).strip()) is not None


def columns_meaning(
    meaning: str, headers: Sequence[str], *, level: str = "", is_cut: bool = False
) -> tuple[str, ...]:
    """Find the columns whose header has a meaning.

    Parameters
    ----------
    meaning
        A key of ``MEANINGS``.
    headers
        All headers of the table.
    level
        Level of the units that the table lists: 街道名称 is the own name of a township, and the
        parent's of a community. '' for tables of points.
    is_cut
        Whether the headers come from a DBF table, which cuts them at ten bytes.

    Returns
    -------
    tuple of str
        Those of the first tier that has any, in the order of the table; several are ambiguous.
    """
    spelt = {header: _spellings(meaning, header) for header in headers}
    for words in _tiers(meaning, level):
        found = tuple(header for header, own in spelt.items() if not own.isdisjoint(words))
        if found:
            return found
    if not is_cut:
        return ()
    for words in _tiers(meaning, level):
        found = tuple(header for header in headers if _is_cut_from(header, words))
        if found:
            return found
    return ()


def parent_columns(headers: Sequence[str], level: str) -> tuple[str, ...]:
    """Return the columns that name the unit above, of the nearest level above that has any.

    Examples
    --------
    >>> parent_columns(["区县", "街道名称", "社区名称"], "community")
    ('街道名称',)
    """
    levels = list(UNIT_WORDS)
    for upper in reversed(levels[: levels.index(level)]):
        words = UNIT_WORDS[upper]["name"]
        found = tuple(h for h in headers if not _spellings("name", h).isdisjoint(words))
        if found:
            return found
    return ()


def meaning_count(headers: Sequence[str], level: str = "") -> int:
    """Count the meanings that some header of a row has: how much the row looks like a header."""
    cells = [cell for cell in headers if cell]
    return sum(bool(columns_meaning(meaning, cells, level=level)) for meaning in MEANINGS)


def is_registered_only(header: str) -> bool:
    """Tell whether people of a column are those registered (户籍), not those who live there."""
    return not _spellings("people", header).isdisjoint(MEANINGS["people"][2])


def datum_named(header: str) -> str:
    """Name the system that a header of coordinates speaks of: wgs84, gcj02, bd09, cgcs2000 or ''.

    Examples
    --------
    >>> datum_named("lon_gcj"), datum_named("百度经度"), datum_named("经度")
    ('gcj02', 'bd09', '')
    """
    word = normalised(header)
    return next((system for part, system in _DATUMS.items() if part in word), "")


def latitude_first(header: str) -> bool:
    """Tell whether a header of combined coordinates names the latitude first."""
    return normalised(header).startswith(("lat", "纬"))


def _tiers(meaning: str, level: str) -> Tiers:
    own = UNIT_WORDS.get(level, {}).get(meaning, ())
    # 名称 of a table of communities may name anything where 社区名称 stands beside it.
    tiers = (own, *MEANINGS[meaning]) if own else MEANINGS[meaning]
    return (*tiers, UNIT_NAMES) if level and meaning == "name" else tiers


def _spellings(meaning: str, header: str) -> set[str]:
    """All that a header may be known by: with and without what stands in brackets, and so on."""
    folded = unicodedata.normalize("NFKC", header)
    spelt = {normalised(folded), normalised(_BRACKETED.sub("", folded))}
    if meaning in ("lon", "lat", "lonlat"):
        spelt |= {_DATUM.sub("", word) for word in spelt}
        spelt |= {_DATUM_FIRST.sub("", word) for word in spelt}
    if meaning == "people":
        spelt |= {_YEAR.sub("", word) for word in spelt}
    return spelt - {""}


def _is_cut_from(header: str, words: Sequence[str]) -> bool:
    """Tell whether a header is what ten bytes leave of a word, in GBK or in UTF-8."""
    own = normalised(header)
    full = any(
        _CUT_BYTES - 1 <= len(header.encode(encoding, errors="replace")) <= _CUT_BYTES
        for encoding in ("gb18030", "utf-8")
    )
    return bool(own) and full and any(word != own and word.startswith(own) for word in words)
