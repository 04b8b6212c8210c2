"""Arrays kept on disk between runs, by what they were made from.

Whatever is wrong with a file (cut short, damaged, another program's, another machine's) it is as if
there were none, and what was kept is made anew. Files appear whole: they are written beside their
place and moved there, so that several programs may use one folder at a time.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)

VARIABLE: Final = "LASTMILE_CACHE"
"""Names the folder, or is ``off``."""

_MAGIC: Final = int.from_bytes(b"lastmile", sys.byteorder)
_FORMAT: Final = 1
"""Raised when files or what they hold change; so does the program's version."""

_DTYPES: Final = (np.dtype(np.int64), np.dtype(np.int32))
_SUFFIX: Final = ".arrays"
_UNFINISHED: Final = ".part"
_PREFIX: Final = "lastmile-"

# The folder may hold anything else: unfinished downloads, somebody's own arrays.
_OWN: Final = re.compile(r"[a-z]+-[0-9a-f]{64}" + re.escape(_SUFFIX))
_BEGUN: Final = re.compile(re.escape(_PREFIX) + r"\w+" + re.escape(_UNFINISHED))
_MOST_BYTES: Final = 2 * 2**30
_STALE_S: Final = 24 * 3600
"""After a day nobody finishes a file any more."""


def cache_folder() -> Path | None:
    """Return the folder for kept arrays, None if nothing is to be kept.

    ``LASTMILE_CACHE`` names it, or is ``off``; else it is where the platform keeps such things.
    """
    named = os.environ.get(VARIABLE, "")
    if named.lower() == "off":
        return None
    try:
        return Path(named).expanduser() if named else _user_folder()
    except RuntimeError:  # nobody's home
        return None


def _user_folder() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "lastmile" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "lastmile"
    # A relative path there is to be ignored, by the XDG base directory specification.
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".cache") / "lastmile"


def key_of(kind: str, parts: Sequence[NDArray[Any]]) -> str:
    """Name what arrays are made from: equal names, equal arrays.

    Parameters
    ----------
    kind
        What is made.
    parts
        All that it is made from.
    """
    digest = hashlib.sha256(f"{kind} {_FORMAT} {version('lastmile')} {sys.byteorder}".encode())
    for part in parts:
        digest.update(f"{part.dtype.str} {part.shape}".encode())
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class ArrayCache:
    """A folder of kept arrays."""

    folder: Path
    most_bytes: int = _MOST_BYTES
    """What all files together may take; those longest unused go first."""

    def read(self, kind: str, key: str) -> list[NDArray[Any]] | None:
        """Return kept arrays; None if there are none that are whole.

        Parameters
        ----------
        kind
            What they are.
        key
            From :func:`key_of`.
        """
        path = self._path(kind, key)
        try:
            if path.stat().st_size > self.most_bytes:
                return None
            words = np.fromfile(path, dtype=np.int64)
        except (OSError, ValueError):
            return None
        arrays = _unpacked(words, key)
        if arrays is None:
            _LOG.info("%s is damaged or foreign, and made anew", path)
        else:
            with suppress(OSError):
                os.utime(path)
        return arrays

    def write(self, kind: str, key: str, arrays: Sequence[NDArray[Any]]) -> None:
        """Keep arrays; if that cannot be, nothing happens.

        Parameters
        ----------
        kind, key
            As for :meth:`read`.
        arrays
            Of int32 or int64, one-dimensional.
        """
        words = _packed(arrays, key)
        if words.nbytes > self.most_bytes:
            return
        unfinished = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(_UNFINISHED, _PREFIX, dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                words.tofile(file)
            Path(unfinished).replace(self._path(kind, key))
            self._make_room()
        except OSError as error:
            # A full disk, a folder of somebody else, a file that Windows holds open.
            _LOG.info("nothing is kept in %s: %s", self.folder, error)
            if unfinished is not None:
                with suppress(OSError):
                    Path(unfinished).unlink()

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / f"{kind}-{key}{_SUFFIX}"

    def _make_room(self) -> None:
        """Remove what was longest unused, and what was never finished; others' files stay."""
        kept: list[tuple[float, str, int]] = []
        for path in self.folder.iterdir():
            with suppress(OSError):
                status = path.stat()
                if _OWN.fullmatch(path.name):
                    kept.append((status.st_mtime, path.name, status.st_size))
                elif _BEGUN.fullmatch(path.name) and status.st_mtime < time.time() - _STALE_S:
                    path.unlink()
        total = sum(size for _, _, size in kept)
        for _, name, size in sorted(kept):
            if total <= self.most_bytes:
                break
            with suppress(OSError):
                (self.folder / name).unlink()
            total -= size


def _packed(arrays: Sequence[NDArray[Any]], key: str) -> NDArray[np.int64]:
    """Magic, checksum, key, number of arrays, type and size of each, arrays padded to words."""
    head = [len(arrays)]
    body = []
    for array in arrays:
        head += [_DTYPES.index(array.dtype), array.size]
        words = np.zeros(-(-array.nbytes // 8), dtype=np.int64)
        words.view(array.dtype)[: array.size] = array
        body.append(words)
    rest = np.concatenate([_words_of(key), np.array(head, dtype=np.int64), *body])
    return np.concatenate((np.array([_MAGIC, zlib.crc32(rest.data)], dtype=np.int64), rest))


def _words_of(key: str) -> NDArray[np.int64]:
    return np.frombuffer(bytes.fromhex(key), dtype=np.int64)


def _unpacked(words: NDArray[np.int64], key: str) -> list[NDArray[Any]] | None:
    own = _words_of(key)
    at = 2 + own.size
    if words.size <= at or words[0] != _MAGIC or words[1] != zlib.crc32(words[2:].data):
        return None
    if not np.array_equal(words[2:at], own):
        return None
    # What is behind a right checksum and key was written by this program.
    n_arrays = int(words[at])
    head = words[at + 1 : at + 1 + 2 * n_arrays].reshape(n_arrays, 2).tolist()
    at += 1 + 2 * n_arrays
    arrays: list[NDArray[Any]] = []
    for kind, size in head:
        dtype = _DTYPES[kind]
        n_words = -(-size * dtype.itemsize // 8)
        arrays.append(words[at : at + n_words].view(dtype)[:size])
        at += n_words
    return arrays
