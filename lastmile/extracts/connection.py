"""Whom to ask, and how long to wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lastmile.extracts.patience import Patience

NOMINATIM_URL: Final = "https://nominatim.openstreetmap.org/search"
OVERPASS_URL: Final = "https://overpass-api.de/api/interpreter"


@dataclass(frozen=True, slots=True)
class Connection:
    """The services that know places and roads, and the patience with all servers."""

    nominatim_url: str = NOMINATIM_URL
    """Knows where a place is."""

    overpass_url: str = OVERPASS_URL
    """Has the roads of a box."""

    patience: Patience = field(default_factory=Patience)
