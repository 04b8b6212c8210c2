"""Where the hierarchy of the roads stands between the tables of costs and the lines of routes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lastmile.network import cache_folder


@contextmanager
def hierarchy_folder() -> Iterator[Path | None]:
    """Give a folder for hierarchies; None for the machine's own.

    Where that is off, one is made that is gone afterwards: else the hierarchy would be built for
    the tables and once more for the lines, which takes minutes for a large city.
    """
    if cache_folder() is not None:
        yield None
        return
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)
