"""Eastings and northings: which projected system puts them where the area is.

The usual mistakes are told apart by where they put the points: another central meridian moves them
by some 280 km for three degrees, a zone number before the easting by thousands of kilometres, and
easting and northing exchanged by as much. What moves points by a hundred metres only, as Xian 1980
or Beijing 1954 read as CGCS2000 do, is beyond this test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely

from lastmile.places.coordinates import LAT_MAX, LON_MAX, Floats

_WIDENED_DEG: Final = 0.5
_LEAST_SHARE: Final = 0.5
"""A system is proposed when it puts so many of the points near the area."""

_MOST_MISPLACED: Final = 0.05
"""A stated system is refuted when it puts fewer than these near it."""

_TRIED: Final = 500


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a layer lies when it is read in one way."""

    crs: str
    """``EPSG:n``, or ``degrees``."""

    is_exchanged: bool
    """Whether the two columns were exchanged for it."""

    near_share: float
    """Share of the points within half a degree of the area's box."""

    inside_share: float
    """Share of the points in the area itself."""


def placing(
    x: Floats, y: Floats, crs: str, area: shapely.Geometry, *, is_exchanged: bool = False
) -> Placing:
    """Read points in one system.

    Parameters
    ----------
    x, y
        Shape (points,). As they stand in the file.
    crs
        ``EPSG:n``, or ``degrees``.
    area
        The planning area, EPSG:4326.
    is_exchanged
        Whether ``x`` and ``y`` are to be taken for each other.
    """
    first, second = (y, x) if is_exchanged else (x, y)
    lon, lat = (first, second) if crs == "degrees" else _degrees(first, second, crs)
    west, south, east, north = area.bounds
    near = (lon >= west - _WIDENED_DEG) & (lon <= east + _WIDENED_DEG)
    near &= (lat >= south - _WIDENED_DEG) & (lat <= north + _WIDENED_DEG)
    inside = np.zeros(len(near), dtype=bool)
    inside[near] = shapely.intersects_xy(area, lon[near], lat[near])
    return Placing(crs, is_exchanged, float(np.mean(near)), float(np.mean(inside)))


def is_misplaced(found: Placing) -> bool:
    """Tell whether next to none of the points lie near the area."""
    return found.near_share < _MOST_MISPLACED


def best_placing(x: Floats, y: Floats, area: shapely.Geometry) -> Placing | None:
    """Find the way to read points that puts most of them near the area.

    Ways are tried from the most to the least usual, and the first of equals is taken: degrees,
    3-degree and 6-degree zones of CGCS2000 with and without zone number, web Mercator, UTM; each
    as the columns stand, then exchanged.

    Parameters
    ----------
    x, y
        Shape (points,). As they stand in the file.
    area
        The planning area, EPSG:4326.

    Returns
    -------
    Placing or None
        None when none puts half of the points near it.
    """
    step = max(1, -(-len(x) // _TRIED))
    x, y = x[::step], y[::step]
    shapely.prepare(area)
    best: Placing | None = None
    for crs in _usual((area.bounds[0] + area.bounds[2]) / 2.0):
        for is_exchanged in (False, True):
            found = placing(x, y, crs, area, is_exchanged=is_exchanged)
            # UTM shrinks a Gauss-Krüger zone by a kilometre or two: only the area itself tells.
            if found.near_share >= _LEAST_SHARE and (
                best is None or found.inside_share > best.inside_share
            ):
                best = found
    return best


def looks_like_degrees(x: Floats, y: Floats) -> bool:
    """Tell whether most numbers could be degrees, in either order of the columns."""
    smaller, larger = np.minimum(np.abs(x), np.abs(y)), np.maximum(np.abs(x), np.abs(y))
    return bool(np.mean((smaller <= LAT_MAX) & (larger <= LON_MAX)) > _LEAST_SHARE)


def _usual(lon: float) -> Iterator[str]:
    yield "degrees"
    nearest = round(lon / 3.0)
    for zone in sorted(range(25, 46), key=lambda k: (abs(k - nearest), k)):
        if abs(zone - nearest) > 3:  # noqa: PLR2004 - nine degrees: no file of the area
            continue
        yield f"EPSG:{4534 + zone - 25}"
        yield f"EPSG:{4513 + zone - 25}"
    for zone in range(13, 24):
        if abs(6.0 * zone - 3.0 - lon) <= 9.0:  # noqa: PLR2004
            yield f"EPSG:{4502 + zone - 13}"
            yield f"EPSG:{4491 + zone - 13}"
    yield "EPSG:3857"
    utm = int((lon + 180.0) // 6.0) + 1
    yield from (f"EPSG:{32600 + zone}" for zone in (utm, utm - 1, utm + 1) if 1 <= zone <= 60)  # noqa: PLR2004


def _degrees(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Unproject, datum and all: half a degree of room forgives any difference of datums."""
    lon, lat = pyproj.Proj(crs)(x, y, inverse=True)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
