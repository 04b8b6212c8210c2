"""Fetching a file from an address: resumed, checked, and put in place whole."""

from __future__ import annotations

import http.client
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lastmile.errors import InputError
from lastmile.extracts import checksums
from lastmile.extracts.checksums import Checksum
from lastmile.extracts.formats import format_of, required_format
from lastmile.extracts.offline import no_way_to
from lastmile.extracts.output import check_output, put_in_place
from lastmile.extracts.partial import Partial, Version, range_of, size_in, total_at_end
from lastmile.extracts.patience import BrokenError, Patience
from lastmile.extracts.refusals import refused
from lastmile.extracts.secrets import redacted
from lastmile.extracts.sources import WHAT_IS_TESTED, Source
from lastmile.extracts.web import RangeError, UnreachableError, blocks_of, check_url, open_answer
from lastmile.progress import Progress, silent

_STAGE: Final = "fetch (MB)"
_MB: Final = 1e6


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is in place."""

    path: Path
    source: str
    """The address, without a password in it, or the place that was asked for."""

    size_bytes: int
    notes: tuple[str, ...]
    """What the user should know: resumed, started anew, how it was verified."""


def fetch(
    url: str,
    target: Path,
    *,
    expected: tuple[Checksum, ...] = (),
    overwrite: bool = False,
    patience: Patience | None = None,
    progress: Progress = silent,
) -> Fetched:
    """Download an extract to its place.

    Until it is whole it stands beside its place as ``FILE.part``; whoever stops, or is cut off,
    goes on from there with the same call, provided that the server still has the same version.

    Parameters
    ----------
    url
        http or https.
    target
        Where to put it; the end of its name states its format.
    expected
        Checksums it must have. Where none are given, those beside the file at the server count.
    overwrite
        Whether a file that is there may be replaced.
    patience
        Time-outs and retries.
    progress
        Told of the bytes.

    Raises
    ------
    InputError
        When the file cannot be had, is not what it should be, or may not be written.
    """
    check_url(url)
    check_output(target, overwrite=overwrite)
    kind = _agreed_format(url, target)
    patience = patience or Patience()
    part = Partial(target)
    with part.held():
        run = _Run(url, part, patience, progress)
        run.complete()
        try:
            run.notes.append(_verify(url, part, expected, patience))
            progress("check", 0, 1, "reading it to its end")
            Source(part.data, kind, url).check_whole()
            progress("check", 1, 1)
        except InputError:
            part.drop()  # what is wrong in it stays wrong: nothing to go on from
            raise
        run.notes.append(f"OpenStreetMap file {WHAT_IS_TESTED}")
        size = part.size()
        put_in_place(part.data, target, overwrite=overwrite)
        part.drop()
    return Fetched(target, redacted(url), size, tuple(run.notes))


def _agreed_format(url: str, target: Path) -> str:
    stated = format_of(urllib.parse.urlsplit(url).path)
    wanted = required_format(target)
    if stated not in {None, wanted}:
        raise refused(
            target,
            found=f"a name for another format than that of {url}",
            expected=f"a file of format {stated}: it is kept as the server sends it",
            remedy="give the output the same ending as the address",
        )
    return wanted


def _verify(url: str, part: Partial, expected: tuple[Checksum, ...], patience: Patience) -> str:
    """Verify all checksums that can be had, and say what was done."""
    found = expected
    if not expected:
        one = checksums.beside(url, patience)
        found = () if one is None else (one,)
    for checksum in found:
        checksum.verify(part.data)
    if not found:
        version = part.version()
        sized = version is not None and version.total_bytes is not None
        size = "size as the server states it" if sized else "the server states no size"
        return f"{size}; it has no .sha256 or .md5 beside the file"
    return "checksum verified: " + ", ".join(f"{sum_.algorithm} by {sum_.source}" for sum_ in found)


@dataclass(slots=True)
class _Run:
    """One command's tries until all bytes are here."""

    url: str
    part: Partial
    patience: Patience
    progress: Progress
    notes: list[str] = field(default_factory=list)
    was_reached: bool = False

    def complete(self) -> None:
        """Try until the file is whole; give up after too many failures without a new byte."""
        failures, most = 0, self.part.size()
        while True:
            try:
                self._attempt()
            except UnreachableError as error:
                if not self.was_reached:
                    raise self._offline(str(error)) from None
                broken = BrokenError(str(error))
            except BrokenError as error:
                broken = error
            else:
                return
            if self.part.size() > most:
                failures, most = 0, self.part.size()
            failures += 1
            if failures >= self.patience.max_failures:
                raise self._given_up(failures, broken) from None
            self._pause(failures, broken)

    def _pause(self, failures: int, broken: BrokenError) -> None:
        seconds = self.patience.pause_before(failures, broken.retry_after_s)
        told = f"{broken.reason}; trying again in {seconds:.0f} s"
        self.progress(_STAGE, self.part.size() / _MB, self._total_mb(), told)
        self.patience.wait(seconds)

    def _total_mb(self) -> float:
        version = self.part.version()
        total = 0 if version is None else version.total_bytes or 0
        return max(total, self.part.size(), 1) / _MB

    def _attempt(self) -> None:
        """Ask for what is missing, once."""
        known, here = self._usable_part()
        if known is not None and known.total_bytes == here:
            self.notes.append("all bytes were here already")
            return
        asked = {}
        if known is not None and here:
            asked = {"Range": f"bytes={here}-", "If-Range": known.validator()}
        try:
            response = open_answer(self.url, self.patience.timeout_s, asked)
        except RangeError as error:
            self.was_reached = True
            if known is not None and known.total_bytes is None and total_at_end(error) == here:
                return  # its size was not stated at first; now it is, and all is here
            self.part.drop()
            raise BrokenError("the server's file is shorter than what is here") from None
        self.was_reached = True
        with response:
            self._take(response, known if asked else None, here)

    def _usable_part(self) -> tuple[Version | None, int]:
        """Version and size of what is here and can be gone on from."""
        here = self.part.size()
        if not here:
            return None, 0
        known = self.part.version()
        if known is None or known.url != redacted(self.url):
            self.notes.append(f"started anew: {self.part.data.name} was of another address")
        elif not known.validator() and known.total_bytes != here:
            self.notes.append("started anew: the server does not name the version of its file")
        else:
            return known, here
        self.part.drop()
        return None, 0

    def _take(self, response: http.client.HTTPResponse, known: Version | None, here: int) -> None:
        """Write an answer behind what is here, or in its stead."""
        if response.status == http.client.PARTIAL_CONTENT and known is not None:
            first, total = range_of(response.headers.get("Content-Range", ""))
            if first != here or total != known.total_bytes:
                self.part.drop()
                raise BrokenError("the server sent another part than was asked for")
            self.notes.append(f"resumed at {here:,} bytes")
        elif response.status == http.client.OK:
            fresh = _version_of(self.url, response)
            if known is not None:
                self.notes.append(_why_anew(known, fresh))
            known, here = fresh, 0
            self.part.begin(fresh)
        else:
            raise refused(
                self.url,
                found=f"the answer {response.status} {response.reason}",
                expected="a file",
                remedy="correct the address",
            )
        self._receive(response, known, here)

    def _receive(self, response: http.client.HTTPResponse, version: Version, here: int) -> None:
        begun, start = time.monotonic(), here
        with self.part.behind() as file:
            for block in blocks_of(self.url, response):
                file.write(block)
                here += len(block)
                total = version.total_bytes or here + 1
                speed = (here - start) / max(time.monotonic() - begun, 0.001)
                note = f"{here / _MB:,.1f} of {total / _MB:,.1f} MB, {speed / _MB:,.1f} MB/s"
                self.progress(_STAGE, here / _MB, total / _MB, note)
        if version.total_bytes is not None and here != version.total_bytes:
            raise BrokenError(
                f"the connection was cut at {here:,} of {version.total_bytes:,} bytes"
            )

    def _offline(self, reason: str) -> InputError:
        return no_way_to(self.url, self.part.target, reason, by_hand="fetch it")

    def _given_up(self, failures: int, broken: BrokenError) -> InputError:
        if not self.was_reached and not self.part.size():
            return self._offline(broken.reason)
        return refused(
            self.url,
            found=f"{failures} failures in a row, the last: {broken.reason}; "
            f"{self.part.size():,} bytes are in {self.part.data.name}",
            expected="a server that sends the whole file",
            remedy="run the same command later: it goes on from there where the server allows it",
        )


def _version_of(url: str, response: http.client.HTTPResponse) -> Version:
    return Version(
        url=redacted(url),
        etag=response.headers.get("ETag", ""),
        last_modified=response.headers.get("Last-Modified", ""),
        total_bytes=size_in(response.headers.get("Content-Length", "")),
    )


def _why_anew(known: Version, fresh: Version) -> str:
    if known.validator() != fresh.validator():
        return "started anew: the file at the server has changed since"
    return "started anew: the server sends whole files only"
