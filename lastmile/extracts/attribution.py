"""What whoever shows OpenStreetMap's data, or what was made from them, must say."""

from __future__ import annotations

from typing import Final

ATTRIBUTION: Final = (
    "Data © OpenStreetMap contributors, under the Open Database License (ODbL): name them where "
    "you show it (https://www.openstreetmap.org/copyright)"
)
