"""Fetching the roads of a place by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lastmile.errors import InputError
from lastmile.extracts.box import Box
from lastmile.extracts.clipping import clip
from lastmile.extracts.connection import Connection
from lastmile.extracts.download import Fetched
from lastmile.extracts.gazetteer import Place, find_place
from lastmile.extracts.headers import read_header
from lastmile.extracts.offline import no_way_to
from lastmile.extracts.output import check_output, working_folder
from lastmile.extracts.overpass import download_roads
from lastmile.extracts.patience import BrokenError
from lastmile.extracts.refusals import refused
from lastmile.extracts.sources import Source
from lastmile.extracts.web import RangeError, UnreachableError, check_url
from lastmile.progress import Progress, silent

MOST_KM2: Final = 30_000.0
"""Of a box that may be asked for: a large prefecture. The service is shared by all the world."""


def fetch_place(
    name: str,
    target: Path,
    *,
    halo_m: float,
    connection: Connection,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Fetched:
    """Find a place, ask a map service for the roads of its box, and write them sorted.

    Parameters
    ----------
    name
        Such as ``Changzhou, Jiangsu`` or ``常州市``.
    target
        Where to put the file; the end of its name states its format.
    halo_m
        Metres around the place's box.
    connection
        The services, time-outs and retries.
    overwrite
        Whether a file that is there may be replaced.
    progress
        Told of the steps.

    Raises
    ------
    InputError
        When the place is unknown or too large, a service cannot be had or breaks off, there is
        no road, or the file may not be written.
    """
    for service in (connection.nominatim_url, connection.overpass_url):
        check_url(service)
    check_output(target, overwrite=overwrite)
    overpass_url = connection.overpass_url
    place = _found(name, target, connection, progress)
    box = place.box.widened(halo_m)
    _refuse_too_large(name, place, box)
    with working_folder(target) as folder:
        answer = folder / "answer.osm"
        try:
            download_roads(box, overpass_url, answer, connection.patience, progress)
        except (BrokenError, UnreachableError, RangeError) as error:
            raise _away(overpass_url, target, error) from None
        date = read_header(Source(answer, "osm", overpass_url)).timestamp
        made = clip([answer], target, box, overwrite=overwrite, timestamp=date, progress=progress)
    size = f"{box.area_km2():,.0f} km²"
    notes = (
        f"found as {place.name}",
        f"its box with {halo_m:,.0f} m around it: {box} (west, south, east, north), {size}",
        f"{made.n_ways:,} roads and ferries, {made.n_relations:,} turn restrictions",
    )
    return Fetched(target, name, made.size_bytes, notes)


def _found(name: str, target: Path, connection: Connection, progress: Progress) -> Place:
    service, patience = connection.nominatim_url, connection.patience

    def tell(reason: str) -> None:
        progress("find the place", 0, 1, reason)

    tell(name)
    try:
        place = patience.insist(lambda: find_place(name, service, patience.timeout_s), tell)
    except (BrokenError, UnreachableError, RangeError) as error:
        raise _away(service, target, error) from None
    progress("find the place", 1, 1, place.name)
    return place


def _away(service: str, target: Path, error: Exception) -> InputError:
    return no_way_to(
        service, target, str(error), by_hand="fetch an extract of the area, or run this command,"
    )


def _refuse_too_large(name: str, place: Place, box: Box) -> None:
    if box.area_km2() <= MOST_KM2:
        return
    raise refused(
        name,
        found=f"{place.name}, whose box of {box.area_km2():,.0f} km² is too large for a service "
        "that all share",
        expected=f"a place of {MOST_KM2:,.0f} km² at most",
        remedy="fetch an extract of the province by its address (lastmile osm get https://…), "
        "then lastmile osm clip",
    )
