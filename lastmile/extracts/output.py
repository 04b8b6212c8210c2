"""Files that are written whole or not at all, and never over another by accident."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lastmile.extracts.formats import required_format
from lastmile.extracts.refusals import refused


def check_output(path: Path, *, overwrite: bool, inputs: Iterable[Path] = ()) -> None:
    """Refuse an output that cannot be written, that is there already, or that is an input."""
    required_format(path)
    if any(path.exists() and source.exists() and path.samefile(source) for source in inputs):
        raise refused(
            path,
            found="the same file as input and as output",
            expected="an output of its own",
            remedy="name another output",
        )
    if path.is_dir():
        raise refused(
            path, found="a folder", expected="a file to write", remedy="name a file in it"
        )
    if path.exists() and not overwrite:
        raise refused(
            path,
            found="a file that is there already",
            expected="a new file",
            remedy="name another, or say --overwrite",
        )


@contextmanager
def with_folder(output: Path) -> Iterator[None]:
    """Make the folders of an output; those in which nothing came to stand go again."""
    missing = [folder for folder in output.parents if not folder.exists()]
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):  # not empty, and so are those around it
            for folder in missing:
                folder.rmdir()


@contextmanager
def working_folder(output: Path) -> Iterator[Path]:
    """Give a folder beside an output for what is made on the way; it is gone afterwards."""
    with (
        with_folder(output),
        tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as folder,
    ):
        yield Path(folder)


def put_in_place(made: Path, output: Path, *, overwrite: bool) -> None:
    """Move a finished file to its place in one step, after its bytes are on the disk."""
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    check_output(output, overwrite=overwrite)  # somebody may have written it meanwhile
    made.replace(output)
