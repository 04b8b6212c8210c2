"""The exception tree, and the log that collects every fault before one is raised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Final

from lastmile.findings import Findings

_LONGEST_PART: Final = 600


class LastmileError(Exception):
    """Base of every error this package raises on purpose."""


class MissingDependencyError(LastmileError, ImportError):
    """An optional library is needed for what was asked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the user's input, told so that it can be mended.

    Examples
    --------
    >>> print(Fault("shops.csv", "row 7, column 人口", "-3", "people >= 0", "correct the cell"))
    shops.csv, row 7, column 人口: found -3; expected people >= 0. Remedy: correct the cell.
    """

    file: str
    """The file as the user named it."""

    where: str
    """Layer, row or column inside the file; empty when the whole file is meant."""

    found: str
    expected: str
    remedy: str

    def __post_init__(self) -> None:
        """Keep every part short and printable: a cell may hold a million characters, or control."""
        for part in fields(self):
            object.__setattr__(self, part.name, _shown(getattr(self, part.name)))

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: found {self.found}; expected {self.expected}. Remedy: {self.remedy}."


def _shown(text: str) -> str:
    if len(text) > _LONGEST_PART:
        half = _LONGEST_PART // 2
        text = f"{text[:half]} [… {len(text):,} characters …] {text[-half:]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class InputError(LastmileError, ValueError):
    """The user's input is faulty; carries every fault that was found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        lines = "\n".join(f"  {k}. {fault}" for k, fault in enumerate(self.faults, 1))
        noun = "fault" if len(self.faults) == 1 else "faults"
        super().__init__(f"{len(self.faults)} {noun} in the input:\n{lines}")


@dataclass(slots=True)
class FaultLog:
    """Collects faults while files are read, so that one message names them all.

    The one mutable object that readers share; it never outlives a reading stage.
    """

    faults: list[Fault] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    """What was found beside faults, for the health report."""

    def add(self, file: object, where: str, *, found: str, expected: str, remedy: str) -> None:
        """Note one fault and go on reading."""
        self.faults.append(Fault(str(file), where, found, expected, remedy))

    def raise_if_any(self) -> None:
        """Raise :class:`InputError` with all faults noted so far, if there are any."""
        if self.faults:
            raise InputError(self.faults)
