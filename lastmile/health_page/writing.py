"""Writes the page whole or not at all, and over nothing but a page of its own."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from lastmile.errors import Fault, InputError

MARK: Final = '<meta name="generator" content="lastmile check">'
"""Stands near the beginning of every page, so that it may be replaced by the next."""

_LOOKED_AT: Final = 4096
_ENDINGS: Final = (".html", ".htm")


def refuse_foreign_page(path: Path) -> None:
    """Make sure that a page may be written, before the long reading starts.

    Raises
    ------
    InputError
        When ``path`` has no ending that browsers open, holds something else than a page of
        ours, or lies where nothing can be written.
    """
    if path.suffix.lower() not in _ENDINGS:
        _refuse(path, f"the ending {path.suffix!r}", "a name that ends in .html")
    try:
        if path.is_dir() or (path.exists() and not _is_ours(path)):
            _refuse(
                path, "something that lastmile check did not write", "a new page, or an old one"
            )
        folder = next(p for p in path.absolute().parents if p.exists())
        if not folder.is_dir():
            _refuse(path, f"{folder}, which is a file", "a folder to write into")
        if not os.access(folder, os.W_OK):
            _refuse(path, f"{folder}, which is not writable", "a writable place")
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        _refuse(path, error.strerror or str(error), "a path that can be written")


def write_page(text: str, path: Path) -> None:
    """Write a page under a temporary name, and give it its own when it is whole.

    Raises
    ------
    InputError
        As :func:`refuse_foreign_page`.
    OSError
        When the disk is full or the place has gone; what stood there before still stands.
    """
    refuse_foreign_page(path)
    path = path.resolve()  # a link goes on leading to the page
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name nobody can foresee, opened as new: no link that waits in a shared folder is followed.
    handle, name = tempfile.mkstemp(prefix=".lastmile-check-", suffix=".html", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        fresh.chmod(_usual_mode())
        fresh.replace(path)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()


def _usual_mode() -> int:
    """Permissions of a file made in the usual way; temporary ones are the owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return MARK.encode() in file.read(_LOOKED_AT)


def _refuse(path: Path, found: str, expected: str) -> None:
    raise InputError([Fault(str(path), "", found, expected, "name another file with -o")])
