"""A download that is not whole yet, and what is known of the file at the server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Final, Literal

from lastmile.extracts.output import with_folder
from lastmile.extracts.refusals import refused
from lastmile.extracts.web import RangeError

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_MOST_DIGITS: Final = 18
"""Of a size in bytes; more is no size."""

_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
"""Windows has no such flag; there the look before must do."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a file at a server."""

    url: str
    etag: str = ""
    last_modified: str = ""
    total_bytes: int | None = None

    def validator(self) -> str:
        """Return what tells this version from later ones; '' if the server names nothing.

        A weak tag promises the same meaning, not the same bytes, and may not be used to resume.
        """
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified


@dataclass(frozen=True, slots=True)
class Partial:
    """``FILE.part`` and ``FILE.part.json`` beside the file that is fetched."""

    target: Path

    @property
    def data(self) -> Path:
        """The bytes that are here."""
        return self.target.with_name(self.target.name + ".part")

    @property
    def note(self) -> Path:
        """The version of which they are."""
        return self.target.with_name(self.target.name + ".part.json")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs away, which would write into the same file."""
        lock = self.target.with_name(self.target.name + ".part.lock")
        for path in (self.data, self.note, lock):
            _refuse_link(path)
        with with_folder(self.target), _opened(lock, "ab") as file:
            _refuse_if_locked(self.target, file.fileno())
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes that are here."""
        return self.data.stat().st_size if self.data.is_file() else 0

    def version(self) -> Version | None:
        """Return the version noted, or None where there is no note that can be used."""
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            found = Version(
                url=str(noted["url"]),
                etag=str(noted["etag"]),
                last_modified=str(noted["last_modified"]),
                total_bytes=size_in(str(noted["total_bytes"])),
            )
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return found

    def begin(self, version: Version) -> None:
        """Note the version whose first byte comes next; what was here of another is dropped."""
        with _opened(self.data, "wb"):
            pass
        with _opened(self.note, "wb") as file:
            file.write(json.dumps(asdict(version), indent=1).encode("utf-8"))

    def behind(self) -> IO[bytes]:
        """Open the bytes that are here, to write more behind them."""
        return _opened(self.data, "ab")

    def drop(self) -> None:
        """Remove both files."""
        self.data.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise refused(
            path,
            found="a link, through which a file elsewhere would be written over",
            expected="a file of this command's own",
            remedy="remove the link, or name another output",
        )


def _opened(path: Path, mode: Literal["ab", "wb"]) -> IO[bytes]:
    """Open a file, but never through a link, not even one that was put there a moment ago."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | _NO_LINK, 0o666)

    file: IO[bytes] = open(path, mode, opener=opener)  # noqa: SIM115 - Path.open has no opener; the caller closes
    return file


def _refuse_if_locked(target: Path, descriptor: int) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise refused(
            target,
            found="another run that fetches this file",
            expected="one run for each file",
            remedy="wait for it, or name another output",
        ) from None
    except OSError:
        return  # a file system without locks: two runs at once would then spoil the checksum


def range_of(text: str) -> tuple[int | None, int | None]:
    """Read first byte and total size from a Content-Range; None where it does not say.

    Examples
    --------
    >>> range_of("bytes 100-199/200"), range_of("bytes */200"), range_of("")
    ((100, 200), (None, 200), (None, None))
    """
    span, _, total = text.removeprefix("bytes").strip().partition("/")
    first = span.partition("-")[0]
    return size_in(first), size_in(total)


def total_at_end(error: RangeError) -> int | None:
    """Size of a file beyond whose end was asked."""
    return range_of(str(error))[1]


def size_in(text: str) -> int | None:
    """Read a number of bytes; None where it is none, or more than any file has.

    Examples
    --------
    >>> size_in(" 200"), size_in("-1"), size_in("9" * 5000)
    (200, None, None)
    """
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= _MOST_DIGITS else None
