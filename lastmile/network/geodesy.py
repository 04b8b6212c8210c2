"""Lengths on the WGS84 ellipsoid, and the plane in which nearest positions are sought."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod, Transformer

_ZONE_WIDTH_DEG: Final = 3
_FIRST_MERIDIAN_DEG: Final = 75
_LAST_MERIDIAN_DEG: Final = 135
_FIRST_ZONE_EPSG: Final = 4534
"""CGCS2000 / 3-degree Gauss-Kruger CM 75E; the next zones follow, CM 135E is EPSG:4554."""

_CHINA_LAT_DEG: Final = (0.0, 56.0)


def geodesic_mm(
    lon0: NDArray[np.float64],
    lat0: NDArray[np.float64],
    lon1: NDArray[np.float64],
    lat1: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return WGS84 geodesics between pairs of points, each rounded to whole millimetres.

    Parameters
    ----------
    lon0, lat0, lon1, lat1
        Shape (pairs,). Degrees.

    References
    ----------
    Karney (2013), doi:10.1007/s00190-012-0578-z.
    """
    if not len(lon0):
        return np.zeros(0, dtype=np.int64)
    _, _, metres = Geod(ellps="WGS84").inv(lon0, lat0, lon1, lat1)
    return np.rint(np.asarray(metres) * 1000.0).astype(np.int64)


def plane_for(lon: float, lat: float) -> str:
    """Return the coordinate system in which to compute around a place, as pyproj reads it.

    In China the 3° Gauss-Krüger zone of CGCS2000 by longitude; elsewhere a transverse Mercator
    of its own. UTM is never used: the seam of zones 50 and 51 cuts Changzhou.

    Examples
    --------
    >>> plane_for(119.97, 31.78)
    'EPSG:4549'
    """
    meridian = round(lon / _ZONE_WIDTH_DEG) * _ZONE_WIDTH_DEG
    in_zones = _FIRST_MERIDIAN_DEG <= meridian <= _LAST_MERIDIAN_DEG
    if in_zones and _CHINA_LAT_DEG[0] <= lat <= _CHINA_LAT_DEG[1]:
        return f"EPSG:{_FIRST_ZONE_EPSG + (meridian - _FIRST_MERIDIAN_DEG) // _ZONE_WIDTH_DEG}"
    return f"+proj=tmerc +lat_0=0 +lon_0={lon:.2f} +k=1 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m"


def to_plane(
    plane: str, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project degrees to metres east and north.

    Parameters
    ----------
    plane
        From :func:`plane_for`.
    lon, lat
        Shape (points,). Degrees.
    """
    # always_xy: EPSG:4549 and its sisters are northing-first.
    transformer = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    x, y = transformer.transform(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    return np.ascontiguousarray(x), np.ascontiguousarray(y)
