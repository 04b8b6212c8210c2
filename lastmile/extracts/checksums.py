"""Checksums: stated by the user, or found beside the file at the server."""

from __future__ import annotations

import hashlib
import re
import urllib.parse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from lastmile.errors import InputError
from lastmile.extracts.patience import BrokenError, Patience
from lastmile.extracts.refusals import refused
from lastmile.extracts.secrets import redacted
from lastmile.extracts.web import RangeError, UnreachableError, blocks_of, open_answer

Algorithm = Literal["sha256", "md5"]

_DIGITS: Final[dict[Algorithm, int]] = {"sha256": 64, "md5": 32}
_MOST_BYTES: Final = 1 << 16
"""Of a checksum file; whatever is longer is a page about something else."""

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file's digest must be."""

    algorithm: Algorithm
    digits: str
    source: str
    """Who says so: an option, or an address."""

    def verify(self, path: Path) -> None:
        """Refuse a file whose digest is another."""
        with path.open("rb") as file:
            # Against accidents, not against attackers, for whom MD5 would be too weak.
            fresh = hashlib.new(self.algorithm, usedforsecurity=False)
            found = hashlib.file_digest(file, lambda: fresh).hexdigest()
        if found != self.digits:
            raise refused(
                path,
                found=f"a file whose {self.algorithm} is {found}",
                expected=f"{self.digits}, as {self.source} says",
                remedy="fetch it again; if it comes out the same, the file at the server was "
                "damaged or replaced, or the checksum belongs to another file",
            )


def stated(algorithm: Algorithm, digits: str) -> Checksum:
    """Read a checksum that the user gives, or refuse what is none."""
    option = f"--{algorithm}"
    text = digits.strip().lower()
    if re.fullmatch(rf"[0-9a-f]{{{_DIGITS[algorithm]}}}", text) is None:
        raise refused(
            option,
            found=repr(digits),
            expected=f"{_DIGITS[algorithm]} digits 0-9, a-f",
            remedy="copy it whole from where the file is published",
        )
    return Checksum(algorithm, text, option)


def beside(url: str, patience: Patience) -> Checksum | None:
    """Look for ``URL.sha256`` and ``URL.md5``; None where the server has neither."""
    parts = urllib.parse.urlsplit(url)
    name = parts.path.rpartition("/")[2]
    for algorithm in _DIGITS:
        place = parts._replace(path=f"{parts.path}.{algorithm}").geturl()
        digits = digits_in(_text_at(place, patience), algorithm, name)
        if digits:
            return Checksum(algorithm, digits, redacted(place))
    return None


def digits_in(text: str, algorithm: Algorithm, name: str) -> str:
    """Find the digest in a checksum file: alone, before a name, or ``MD5 (name) = …``.

    A list of several files must name ours; one line may name it otherwise, as ``latest`` files
    name the dated one that they stand for.

    Examples
    --------
    >>> digits_in("0123456789abcdef0123456789ABCDEF  a.osm.pbf", "md5", "latest.osm.pbf")
    '0123456789abcdef0123456789abcdef'
    >>> digits_in("<html>not found</html>", "md5", "latest.osm.pbf")
    ''
    """
    hexes = rf"([0-9a-fA-F]{{{_DIGITS[algorithm]}}})"
    plain = re.compile(rf"\s*{hexes}(?:\s+\*?(\S.*?))?\s*")
    labelled = re.compile(rf"\s*\w+\s*\((.+)\)\s*=\s*{hexes}\s*")
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if match := plain.fullmatch(line):
            found.append((match[2] or "", match[1].lower()))
        elif match := labelled.fullmatch(line):
            found.append((match[1], match[2].lower()))
    if len(found) == 1:
        return found[0][1]
    return next((sum_ for file, sum_ in found if file.rpartition("/")[2] == name), "")


def _text_at(url: str, patience: Patience) -> str:
    """Read a short text; '' where there is none, or none to be had."""

    def ask() -> str:
        content = b""
        with open_answer(url, patience.timeout_s) as response:
            for block in blocks_of(url, response):
                content += block
                if len(content) > _MOST_BYTES:
                    return ""
        return content.decode("utf-8", errors="replace")

    try:
        return replace(patience, max_failures=_TRIES).insist(ask, lambda _told: None)
    except (InputError, BrokenError, UnreachableError, RangeError):
        return ""
