"""Writing OpenStreetMap files by osmium, which must not be let down when the disk is full."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import osmium


@contextmanager
def writer_to(
    path: Path, kind: str, header: osmium.io.Header | None = None
) -> Iterator[osmium.SimpleWriter]:
    """Give a writer, and close it; a failed write is an :class:`OSError`.

    What is read within the context must turn its own errors into others than RuntimeError, as
    :class:`~lastmile.extracts.sources.Source` does.
    """
    writer = osmium.SimpleWriter(
        osmium.io.File(str(path), kind), header=header or osmium.io.Header(), overwrite=True
    )
    try:
        try:
            yield writer
        finally:
            writer.close()
    except RuntimeError as error:
        _never_destroy(writer)
        raise OSError(f"{path.name}: {error}") from None


def _never_destroy(writer: osmium.SimpleWriter) -> None:
    """Keep a failed writer until the process ends: its destructor would abort the process."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))
