"""Whatever a user wants to have: an address, or a place's name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lastmile.extracts.box import check_halo
from lastmile.extracts.by_place import fetch_place
from lastmile.extracts.checksums import Checksum
from lastmile.extracts.connection import Connection
from lastmile.extracts.download import Fetched, fetch
from lastmile.extracts.formats import format_of
from lastmile.extracts.refusals import refused
from lastmile.progress import Progress, silent

USUAL_HALO_M: Final = 3_000.0
"""As plans keep around their areas at least."""


def get(
    what: str,
    target: Path,
    *,
    expected: tuple[Checksum, ...] = (),
    halo_m: float | None = None,
    connection: Connection | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Fetched:
    """Fetch an extract by its address, or the roads of a place by its name.

    Parameters
    ----------
    what
        An address with ``://``, or a name.
    target
        Where to put it.
    expected
        Checksums of the file at an address.
    halo_m
        Metres around a place's box; None for the usual ones.
    connection
        Services, time-outs and retries; None for the usual ones.
    overwrite
        Whether a file that is there may be replaced.
    progress
        Told of bytes and steps.

    Raises
    ------
    InputError
        When it cannot be had, or does not fit what is asked with it.
    """
    connection = connection or Connection()
    if "://" in what:
        if halo_m is not None:
            raise refused(
                "--halo-m", found="an address", expected="a place's name, whose roads are chosen",
                remedy="leave it out; lastmile osm clip cuts the file when it is here",
            )  # fmt: skip
        return fetch(
            what, target, expected=expected, overwrite=overwrite, patience=connection.patience,
            progress=progress,
        )  # fmt: skip
    _refuse_if_no_name(what, expected)
    halo_m = USUAL_HALO_M if halo_m is None else halo_m
    check_halo(halo_m)  # before a service is asked for anything
    return fetch_place(
        what,
        target,
        halo_m=halo_m,
        connection=connection,
        overwrite=overwrite,
        progress=progress,
    )


def _refuse_if_no_name(what: str, expected: tuple[Checksum, ...]) -> None:
    if expected:
        raise refused(
            f"--{expected[0].algorithm}", found=f"the place {what!r}",
            expected="an address, whose file has a checksum",
            remedy="leave it out: what a service answers has none",
        )  # fmt: skip
    if not what.strip():
        raise refused(
            "WHAT", found="nothing", expected="an address or a place's name",
            remedy="write it like 'Changzhou, Jiangsu'",
        )  # fmt: skip
    if Path(what).is_file() or format_of(what) is not None:
        raise refused(
            what,
            found="what looks like a file",
            expected="an address that begins with https://, or a place's name",
            remedy="write the address whole; a file that is here needs no fetching: look into it "
            "with lastmile osm check, cut it with lastmile osm clip",
        )
