"""Which suspicious places are listed one by one, and under which number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lastmile.findings import Suspect
from lastmile.health import counted

MOST_LISTED: Final = 200
"""Places of one kind that are listed; thousands would hide each other on map and paper."""

KNOWN_KINDS: Final = (
    "outside", "duplicate", "off_network", "gap", "overlap", "hole", "outside_parent", "stacked",
    "look_alike", "mended", "multipart", "duplicate_name", "name_differs", "parent_missing",
    "level", "excluded", "closed",
)  # fmt: skip
"""Kinds that have a name, a shape and a colour of their own."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Suspicious places, those of one kind together."""

    listed: tuple[tuple[int, Suspect], ...]
    """With their numbers, from 1."""

    rest: tuple[Suspect, ...]
    kinds: Mapping[str, int]
    """How many there are of each kind, known kinds first."""

    def unlisted(self) -> dict[str, int]:
        """Count, by kind, what is not listed."""
        return counted(suspect.kind for suspect in self.rest)


def numbered(suspects: Sequence[Suspect]) -> Numbered:
    """Give numbers to the first ``MOST_LISTED`` of each kind, in the order found."""
    counts = counted(suspect.kind for suspect in suspects)
    known = [kind for kind in KNOWN_KINDS if kind in counts]
    kinds = {kind: counts[kind] for kind in (*known, *(k for k in counts if k not in known))}
    listed: list[Suspect] = []
    rest: list[Suspect] = []
    for kind in kinds:
        own = [suspect for suspect in suspects if suspect.kind == kind]
        listed += own[:MOST_LISTED]
        rest += own[MOST_LISTED:]
    return Numbered(tuple(enumerate(listed, 1)), tuple(rest), MappingProxyType(kinds))
