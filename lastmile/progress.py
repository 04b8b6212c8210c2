"""How a long stage tells how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the state of a stage; the command line draws bars from it."""

    def __call__(self, stage: str, done: float, total: float, note: str = "") -> None:
        """Report that ``done`` of ``total`` units of ``stage`` are finished.

        ``note`` is a short live figure, such as an incumbent and its gap.
        """


def silent(stage: str, done: float, total: float, note: str = "") -> None:
    """Listen to nothing: the default."""
