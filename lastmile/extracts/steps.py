"""Telling how far a job is that consists of steps of unknown length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from lastmile.progress import Progress

_REPORT: Final = 1 << 19
"""Objects between two reports: about a second."""

Thing = TypeVar("Thing")


class Steps:
    """Tells which step has begun, and how much of it is done."""

    def __init__(self, stage: str, total: int, progress: Progress) -> None:
        self._stage, self._total, self._progress = stage, total, progress
        self._done, self._name = -1, ""

    def begin(self, name: str) -> None:
        """Say which step begins; what was begun before is done."""
        self._done, self._name = self._done + 1, name
        self._progress(self._stage, self._done, self._total, name)

    def end(self) -> None:
        """Say that all is done."""
        self._progress(self._stage, self._total, self._total, "done")

    def counted(self, things: Iterable[Thing], size: int = 1) -> Iterator[Thing]:
        """Pass things on, each of ``size`` objects, and tell now and then how many there were."""
        told = 0
        for n, thing in enumerate(things, 1):
            if n * size - told >= _REPORT:
                told = n * size
                note = f"{self._name}: {told / 1e6:,.1f} million objects"
                self._progress(self._stage, self._done, self._total, note)
            yield thing
