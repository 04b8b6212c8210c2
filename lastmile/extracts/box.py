"""The box that an extract is cut to, in degrees and in a file's own whole numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from lastmile.extracts.refusals import refused

PER_DEGREE: Final = 10_000_000
"""Coordinates in OpenStreetMap files are whole 1e-7 degrees."""

_METRES_PER_DEGREE: Final = 111_320.0
_HALF_GIRTH_M: Final = 20_040_000.0
_CORNERS: Final = 4
_MOST_LON: Final = 180.0
_MOST_LAT: Final = 90.0


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east and north in degrees; the border belongs to it."""

    west: float
    south: float
    east: float
    north: float

    def is_on_map(self) -> bool:
        """Whether it has an area, none of it beyond the date line or a pole."""
        across = -_MOST_LON <= self.west < self.east <= _MOST_LON
        return across and -_MOST_LAT <= self.south < self.north <= _MOST_LAT

    def widened(self, by_m: float) -> Box:
        """Return the box with a halo of so many metres at least, cut off at the map's edges."""
        check_halo(by_m)
        up = by_m / _METRES_PER_DEGREE
        farthest = min(89.9, max(abs(self.south), abs(self.north)) + up)
        aside = up / max(0.01, math.cos(math.radians(farthest)))
        return Box(
            max(-_MOST_LON, self.west - aside),
            max(-_MOST_LAT, self.south - up),
            min(_MOST_LON, self.east + aside),
            min(_MOST_LAT, self.north + up),
        )

    def whole(self) -> tuple[int, int, int, int]:
        """West, south, east and north in whole 1e-7 degrees."""
        west, south, east, north = (
            round(degrees * PER_DEGREE)
            for degrees in (self.west, self.south, self.east, self.north)
        )
        return west, south, east, north

    def area_km2(self) -> float:
        """Size on a sphere, good to a per cent."""
        km = _METRES_PER_DEGREE / 1000.0
        middle = math.cos(math.radians((self.south + self.north) / 2.0))
        return (self.east - self.west) * middle * km * (self.north - self.south) * km

    def __str__(self) -> str:
        return f"{self.west:.5f},{self.south:.5f},{self.east:.5f},{self.north:.5f}"


def check_halo(halo_m: float) -> None:
    """Refuse a halo that is no length; no end of the world is farther than half its girth."""
    if not 0.0 <= halo_m <= _HALF_GIRTH_M:
        raise refused(
            "--halo-m",
            found=f"{halo_m:g}",
            expected=f"0 to {_HALF_GIRTH_M:,.0f} metres",
            remedy="write a length in metres, such as 3000",
        )


def parse_box(text: str) -> Box:
    """Read ``W,S,E,N``, or refuse it.

    Examples
    --------
    >>> parse_box("119.3, 31.1, 120.2, 32.1").east
    120.2
    """
    try:
        corners = [float(part) for part in text.split(",")]
    except ValueError:
        corners = []
    if len(corners) == _CORNERS:
        box = Box(*corners)
        if box.is_on_map():
            return box
    raise refused(
        "--bbox",
        found=repr(text),
        expected="west,south,east,north in degrees (WGS84), west below east, south below north",
        remedy="write it like 119.3,31.1,120.2,32.1",
    )
