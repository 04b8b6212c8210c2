"""Bytes of a text file turned into text, whichever encoding an office saved it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 with BOM"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
UNREADABLE: Final = "\ufffd"
"""Stands in decoded text for bytes that are no character of its encoding."""

_FEW: Final = 3
"""Bad characters that any text may have."""

_FIRST_CHINESE: Final = "\u2e80"
_FIRST_WIDE: Final = "\u3000"
_FEWEST_WIDE: Final = 4
_SURELY_BIG5: Final = 0.95
_HARDLY_GBK: Final = 0.75
_CONTROLS: Final = tuple(chr(k) for k in range(32) if chr(k) not in "\t\n\v\f\r")
_SAMPLE: Final = 1 << 20
_MOST_BAD: Final = 0.05
"""Share of the bytes beyond ASCII that may be unreadable before a file is no text at all."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text and the encoding it was read in."""

    text: str
    """``UNREADABLE`` stands where bytes are no character."""

    encoding: str
    """As users call it: UTF-8, UTF-8 with BOM, UTF-16, GB18030, Big5."""


def decoded(content: bytes) -> Decoded | None:
    """Decode a text file.

    A byte order mark decides; else UTF-16 is known by its zeros, UTF-8 by its strictness, and the
    rest is GB18030 unless it clearly is Big5.

    Returns
    -------
    Decoded or None
        None when the bytes are no text in any of these.

    Examples
    --------
    >>> decoded("名称".encode("gbk"))
    Decoded(text='名称', encoding='GB18030')
    """
    made = _decoded(content)
    if made is None:
        return None
    n_control = sum(map(made.text.count, _CONTROLS))
    return None if n_control > max(_MOST_BAD * len(made.text), _FEW) else made


def _decoded(content: bytes) -> Decoded | None:
    for bom, codec, name in _BOMS:
        if content.startswith(bom):
            return _lenient(content, codec, name)
    wide = _wide(content)
    if wide:
        return _lenient(content, wide, "UTF-16 without BOM")
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        pass
    try:
        if _is_big5(content[:_SAMPLE]):
            return Decoded(content.decode("big5"), "Big5")
    except UnicodeDecodeError:  # only its beginning was
        pass
    # One row pasted from another file must not make mojibake of all the others.
    likely = "utf-8" if legacy_codec(content) == "UTF-8" else "gb18030"
    return _lenient(content, likely, likely.upper())


def legacy_codec(content: bytes) -> str:
    """Tell in which of the two usual encodings the cells of an old table are: UTF-8 or GB18030.

    Cells cut in the middle of a character leave bad bytes in either, so that UTF-8 is known by
    what can be read: Chinese text in GBK hardly ever makes a Chinese character of UTF-8.
    """
    text = content.decode("utf-8", errors="replace")
    n_wide = sum(c >= _FIRST_CHINESE and c != UNREADABLE for c in text if not c.isascii())
    return "UTF-8" if n_wide >= text.count(UNREADABLE) else "GB18030"


def _lenient(content: bytes, codec: str, name: str) -> Decoded | None:
    """Decode what can be, with ``UNREADABLE`` for the rest; None if that is too much."""
    text = content.decode(codec, errors="replace")
    n_bad = text.count(UNREADABLE)
    if not n_bad:
        return Decoded(text, name)
    n_wide = len(text) - sum(map(text.count, _ASCII))
    # One bad row in a small file is still worth naming; a file of nothing else is no text.
    is_mostly_bad = n_bad > _MOST_BAD * len(text) or n_bad * 2 > n_wide
    if n_bad > _FEW and is_mostly_bad:
        return None
    return Decoded(text, name)


_ASCII: Final = tuple(map(chr, range(128)))


def _wide(content: bytes) -> str:
    """Recognise UTF-16 without a mark: separators and line ends have a zero on one side."""
    head = content[:_SAMPLE]
    head = head[: len(head) // 2 * 2]
    if len(head) < _FEWEST_WIDE or head.count(0) * 20 < len(head):
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    codec = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) * 10 > max(even, odd):
        return ""
    try:
        head.decode(codec)
    except UnicodeDecodeError:
        return ""
    return codec


def _is_big5(sample: bytes) -> bool:
    """Tell whether bytes are clearly Big5: all common characters there, mostly rare ones in GBK.

    Big5 read as GB18030 gives no error, but characters that no office uses; half the second bytes
    of Big5 never occur in the common set of GB 2312.
    """
    try:
        as_big5, as_gbk = sample.decode("big5"), sample.decode("gb18030", errors="replace")
    except UnicodeDecodeError:
        return False
    wide_big5 = [c for c in as_big5 if c >= _FIRST_WIDE]
    wide_gbk = [c for c in as_gbk if c >= _FIRST_WIDE]
    if len(wide_big5) < _FEWEST_WIDE or not wide_gbk:
        return False
    common = sum(_is_frequent(c) for c in wide_big5) / len(wide_big5)
    usual = sum(bool(c.encode("gb2312", errors="ignore")) for c in wide_gbk) / len(wide_gbk)
    return common > _SURELY_BIG5 and usual < _HARDLY_GBK


def _is_frequent(character: str) -> bool:
    """Tell whether Big5 lists a character among its 5,401 frequent ones, or as punctuation."""
    return b"\xa1" <= character.encode("big5", errors="ignore")[:1] <= b"\xc6"
