"""The roads of a box, from an Overpass service."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lastmile.extracts.box import Box
from lastmile.extracts.patience import Patience
from lastmile.extracts.refusals import refused
from lastmile.extracts.web import blocks_of, open_answer
from lastmile.progress import Progress, silent

_STAGE: Final = "ask the map (MB)"
_QUERY_S: Final = 300
"""Seconds that the service may think; it then says so."""

_MOST_BYTES: Final = 1 << 30
"""Memory that the service may use for the answer."""

_REMARK: Final = b"<remark>"
_MB: Final = 1e6


def query_for(box: Box) -> str:
    """Ask for roads and ferries that meet a box, the restrictions upon them, and their nodes."""
    within = f"({box.south:.7f},{box.west:.7f},{box.north:.7f},{box.east:.7f})"
    return (
        f"[out:xml][timeout:{_QUERY_S}][maxsize:{_MOST_BYTES}];"
        f'(way["highway"]{within};way["route"="ferry"]{within};)->.roads;'
        'relation(bw.roads)["type"~"^restriction"]->.turns;'
        "(node(w.roads);.roads;.turns;);out meta;"
    )


def download_roads(
    box: Box, service: str, target: Path, patience: Patience, progress: Progress = silent
) -> None:
    """Write the service's answer, XML, to a file.

    Raises
    ------
    InputError
        When the service refuses, or breaks off with a remark.
    BrokenError, UnreachableError
        When it cannot be asked.
    """

    def ask() -> None:
        here = 0
        # It thinks before it sends: the time-out is that of the query.
        timeout_s = patience.timeout_s + _QUERY_S
        with (
            open_answer(service, timeout_s, form={"data": query_for(box)}) as response,
            target.open("wb") as file,
        ):
            for block in blocks_of(service, response):
                file.write(block)
                here += len(block)
                progress(_STAGE, here / _MB, here / _MB + 1.0, f"{here / _MB:,.1f} MB so far")

    def tell(reason: str) -> None:
        progress(_STAGE, 0, 1, reason)

    progress(_STAGE, 0, 1, "waiting for the answer")
    patience.insist(ask, tell)
    progress(_STAGE, target.stat().st_size / _MB, target.stat().st_size / _MB, "answered")
    _refuse_remarks(service, target)


def _refuse_remarks(service: str, answer: Path) -> None:
    """Refuse an answer that says it is not whole; in tags, the sign < is written otherwise."""
    with answer.open("rb") as file:
        before = b""
        while block := file.read(1 << 20):
            at = (before + block).find(_REMARK)
            if at >= 0:
                text = ((before + block)[at + len(_REMARK) :] + file.read(1000)).partition(b"<")[0]
                raise refused(
                    service,
                    found=f"an answer that breaks off: {text.decode('utf-8', 'replace').strip()}",
                    expected="all roads of the area",
                    remedy="ask later or for a smaller area, or give the address of an extract",
                )
            before = block[-len(_REMARK) :]
