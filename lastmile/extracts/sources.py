"""An extract that is read: its faults are told by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import osmium

from lastmile.errors import InputError
from lastmile.extracts.formats import KINDS, required_format
from lastmile.extracts.refusals import refused

_READING_ERRORS: Final = (RuntimeError, OSError, ValueError, osmium.InvalidLocationError)
"""What osmium raises on files that are not what they seem."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is there, and its format."""

    path: Path
    kind: str
    """osmium's name of the format."""

    name: str = ""
    """What to call it in a fault, if not by its path."""

    @classmethod
    def at(cls, path: Path) -> Source:
        """Take a file by its name, or refuse it."""
        if not path.is_file():
            raise refused(
                path,
                found="a folder" if path.is_dir() else "no such file",
                expected=f"an OpenStreetMap file ({KINDS})",
                remedy="correct the name, or fetch one: lastmile osm get",
            )
        return cls(path, required_format(path))

    def file(self) -> osmium.io.File:
        """Name the file to osmium, whatever its name ends in."""
        return osmium.io.File(str(self.path), self.kind)

    def objects(
        self, entities: osmium.osm.osm_entity_bits, *filters: osmium.BaseFilter
    ) -> Iterator[Any]:
        """Read objects of some kinds; each is valid until the next one is read.

        Raises
        ------
        InputError
            When the file cannot be read to its end.
        """
        stream = osmium.FileProcessor(self.file(), entities)
        for one in filters:
            stream = stream.with_filter(one)
        try:
            yield from stream
        except _READING_ERRORS as error:
            raise self.unreadable(error) from None

    def header(self) -> osmium.io.Header:
        """Read what the file says of itself."""
        try:
            with osmium.io.Reader(self.file(), osmium.osm.NOTHING) as reader:
                return reader.header()
        except _READING_ERRORS as error:
            raise self.unreadable(error) from None

    def unreadable(self, error: Exception) -> InputError:
        """Say that the file cannot be read to its end."""
        return refused(
            self.name or self.path,
            found=f"a file that cannot be read to its end ({error})",
            expected=f"a whole OpenStreetMap file ({KINDS})",
            remedy="download or copy it again; it may have been cut off, or be something else",
        )

    def check_whole(self) -> None:
        """Refuse the file if osmium cannot read it to its end, or if it holds nothing.

        Nothing is kept and nothing is handed to Python, so that this takes about a second for
        each 100 MB of .pbf. Meaning is not tested: ``lastmile osm check`` does that.
        """
        first = next(self.objects(osmium.osm.ALL), None)
        for _ in self.objects(osmium.osm.ALL, osmium.filter.EntityFilter(osmium.osm.NOTHING)):
            pass
        if first is None:
            raise refused(
                self.name or self.path,
                found="an OpenStreetMap file that holds nothing",
                expected="nodes, ways and relations",
                remedy="use another extract",
            )


WHAT_IS_TESTED: Final = (
    "read from beginning to end: every block unpacked and decoded, one object found at least"
)
