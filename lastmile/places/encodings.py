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

_SAMPLE: Final = 1 << 20
_MOST_BAD: Final = 0.02
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
    for bom, codec, name in _BOMS:
        if content.startswith(bom):
            return _lenient(content, ((codec, name),))
    wide = _wide(content)
    if wide:
        return _lenient(content, ((wide, "UTF-16 without BOM"),))
    if content.count(0) > _MOST_BAD * len(content):
        return None
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        pass
    if _is_big5(content[:_SAMPLE]):
        return Decoded(content.decode("big5"), "Big5")
    return _lenient(content, (("utf-8", "UTF-8"), ("gb18030", "GB18030")))


def legacy_codec(content: bytes) -> str:
    """Tell in which of the two usual encodings the cells of an old table are: UTF-8 or GB18030.

    Cells cut in the middle of a character leave a few bad bytes in either.
    """
    bad = {
        name: content.decode(name, errors="replace").count(UNREADABLE)
        for name in ("utf-8", "gb18030")
    }
    return "UTF-8" if bad["utf-8"] <= bad["gb18030"] else "GB18030"


def _lenient(content: bytes, codecs: tuple[tuple[str, str], ...]) -> Decoded | None:
    """Decode by the codec that leaves fewest bytes unread; None if it leaves too many."""
    tried = [(content.decode(codec, errors="replace"), name) for codec, name in codecs]
    text, name = min(tried, key=lambda pair: pair[0].count(UNREADABLE))
    n_bad = text.count(UNREADABLE)
    if not n_bad:
        return Decoded(text, name)
    n_wide = len(text) - sum(map(text.count, _ASCII))
    # One bad row in a small file is still worth naming; a file of nothing else is no text.
    if n_bad > max(_MOST_BAD * len(text), 3) or (n_bad and n_bad * 2 > n_wide and n_bad > 3):
        return None
    return Decoded(text, name)


_ASCII: Final = tuple(map(chr, range(128)))


def _wide(content: bytes) -> str:
    """Recognise UTF-16 without a mark: separators and line ends have a zero on one side."""
    head = content[:_SAMPLE]
    head = head[: len(head) // 2 * 2]
    if len(head) < 4 or head.count(0) * 20 < len(head):
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
    wide_big5 = [c for c in as_big5 if ord(c) > 0x3000]
    wide_gbk = [c for c in as_gbk if ord(c) > 0x3000]
    if len(wide_big5) < 4 or not wide_gbk:
        return False
    common = sum(_is_frequent(c) for c in wide_big5) / len(wide_big5)
    usual = sum(len(c.encode("gb2312", errors="ignore")) == 2 for c in wide_gbk) / len(wide_gbk)
    return common > 0.95 and usual < 0.75


def _is_frequent(character: str) -> bool:
    """Tell whether Big5 lists a character among its 5,401 frequent ones, or as punctuation."""
    code = character.encode("big5", errors="ignore")
    return len(code) == 2 and 0xA1 <= code[0] <= 0xC6
