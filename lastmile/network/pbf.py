"""The ``.osm.pbf`` file format: blobs, their compression, and what a file says of itself.

Format: https://wiki.openstreetmap.org/wiki/PBF_Format. What is inside the blocks is decoded by
:mod:`lastmile.network.pbf_blocks`.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

_MOST_HEADER_BYTES: Final = 64 * 1024
_MOST_BLOB_BYTES: Final = 32 * 1024 * 1024
"""Limits of the format: larger numbers mean that this is something else."""

_KNOWN_FEATURES: Final = frozenset(("OsmSchema-V0.6", "DenseNodes"))
_HISTORY: Final = "HistoricalInformation"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Value = int | bytes


class BrokenFileError(ValueError):
    """The file is cut off, damaged, or something else."""


class UnknownPackingError(ValueError):
    """The file is sound, but packed in a way that is not read here."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Where a packed block lies in its file."""

    offset: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself."""

    timestamp: str = ""
    """Date of the data, ISO 8601; empty where it does not say."""

    is_history: bool = False
    """Whether the file holds former versions, deleted things included."""


@dataclass(frozen=True, slots=True)
class Pbf:
    """A file that was opened once, to see what it is."""

    path: Path
    header: Header
    n_bytes: int

    def blobs(self) -> Iterator[Blob]:
        """Find the blocks of data, in order.

        Raises
        ------
        BrokenFileError
            Where the file is cut off or is no such file.
        """
        with self.path.open("rb") as file:
            for kind, blob in _blobs(file, self.n_bytes):
                if kind == b"OSMData":
                    yield blob

    def unpacked(self, blobs: Iterator[Blob]) -> Iterator[tuple[Blob, bytes]]:
        """Read and unpack blobs, one at a time."""
        with self.path.open("rb") as file:
            for blob in blobs:
                yield blob, _unpacked(file, blob)


def open_pbf(path: Path) -> Pbf:
    """Look at a file's header.

    Parameters
    ----------
    path
        An ``.osm.pbf`` file.

    Raises
    ------
    BrokenFileError
        If it is no such file, or cut off.
    UnknownPackingError
        If it needs something of its reader that this one lacks.
    """
    n_bytes = path.stat().st_size
    with path.open("rb") as file:
        blobs = _blobs(file, n_bytes)
        kind, first = next(blobs, (b"", Blob(0, 0)))
        if kind != b"OSMHeader":
            raise BrokenFileError("it does not begin as an .osm.pbf file does")
        header = _header(_unpacked(file, first))
        second = next(blobs, None)
        if second is not None:
            _unpacked(file, second[1])  # an unknown packing shows itself here
    return Pbf(path, header, n_bytes)


def _blobs(file: BinaryIO, n_bytes: int) -> Iterator[tuple[bytes, Blob]]:
    at = 0
    while at < n_bytes:
        file.seek(at)
        size = int.from_bytes(file.read(4), "big")
        head = file.read(min(size, _MOST_HEADER_BYTES + 1))
        if not 0 < size <= _MOST_HEADER_BYTES:
            raise BrokenFileError("a block's header has no sensible size")
        found = dict(fields_of(head)) if len(head) == size else {}
        kind, blob_size = found.get(1), found.get(3)
        offset = file.tell()
        if not isinstance(kind, bytes) or not isinstance(blob_size, int):
            raise BrokenFileError("a block's header is damaged or cut off")
        at = offset + blob_size
        if blob_size > _MOST_BLOB_BYTES or at > n_bytes:
            raise BrokenFileError("it ends within a block")
        yield kind, Blob(offset, blob_size)


def _unpacked(file: BinaryIO, blob: Blob) -> bytes:
    file.seek(blob.offset)
    found = dict(fields_of(file.read(blob.n_bytes)))
    try:
        for number, unpack in ((1, bytes), (3, zlib.decompress), (4, lzma.decompress)):
            packed = found.get(number)
            if isinstance(packed, bytes):
                return unpack(packed)
    except (zlib.error, lzma.LZMAError) as error:
        raise BrokenFileError(f"a block cannot be unpacked: {error}") from error
    if {5, 6, 7} & set(found):
        raise UnknownPackingError("blocks packed with bzip2, lz4 or zstd")
    raise BrokenFileError("a block without data")


def _header(data: bytes) -> Header:
    timestamp, is_history = "", False
    for number, value in fields_of(data):
        if number == 4 and isinstance(value, bytes):  # noqa: PLR2004 - required_features
            feature = value.decode("utf-8", errors="replace")
            is_history |= feature == _HISTORY
            if feature not in _KNOWN_FEATURES and feature != _HISTORY:
                raise UnknownPackingError(f"the feature {feature}")
        elif number == 32 and isinstance(value, int):  # noqa: PLR2004 - replication timestamp
            timestamp = _moment(value)
    return Header(timestamp, is_history)


def _moment(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""


def fields_of(data: bytes) -> Iterator[tuple[int, Value]]:
    r"""Read the fields of a small protocol buffer message.

    Parameters
    ----------
    data
        The whole message.

    Raises
    ------
    BrokenFileError
        Where it is no such message.

    Examples
    --------
    >>> list(fields_of(b"\x08\x96\x01\x12\x02hi"))
    [(1, 150), (2, b'hi')]
    """
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise BrokenFileError("a message of unknown form")
        if at + size > len(data):
            raise BrokenFileError("a message that is cut off")
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:  # noqa: PLR2004 - the longest varint has 64 bits
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a varint
            return value, at
        shift += 7
    raise BrokenFileError("a number that is cut off")
