"""Coordinates: the shifted Chinese systems, exact inverses, and the plane to compute in.

GCJ-02 moves points by some 500 m and BD-09 by some 1,200 m. Both are published only as code that
circulates; the constants below are those every implementation shares. Neither has a closed
inverse; fixed-point iteration converges by a factor of some 1e-3 a round.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_Pair = tuple[Floats, Floats]

WGS84_LIKE: Final = frozenset({"wgs84", "cgcs2000", "EPSG:4326", "EPSG:4490", "OGC:CRS84"})
"""Systems that agree with WGS84 within a metre: CGCS2000 differs by the drift of the plate."""

LON_MAX: Final = 180.0
LAT_MAX: Final = 90.0
_SEMI_MAJOR_M: Final = 6378245.0  # Krassovsky 1940, which GCJ-02 is defined on
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323
_LON_LIMITS: Final = (72.004, 137.8347)
_LAT_LIMITS: Final = (0.8293, 55.8271)
_ROUNDS: Final = 10
_BD_WAVE: Final = np.pi * 3000.0 / 180.0


def to_wgs84(lon: Floats, lat: Floats, crs: str) -> _Pair:
    """Bring coordinates of any supported system to WGS84.

    Parameters
    ----------
    lon, lat
        Longitudes (or eastings) and latitudes (or northings), equal shapes, in the system's unit.
    crs
        wgs84, cgcs2000, gcj02, bd09, or whatever pyproj reads (``EPSG:4549``, WKT).

    Returns
    -------
    tuple of arrays
        Longitudes and latitudes in degrees; the inverse shifts are exact to under 1 mm.

    Raises
    ------
    ValueError
        When ``crs`` is not a coordinate system.
    """
    if crs in WGS84_LIKE:
        return lon, lat
    with np.errstate(
        invalid="ignore", over="ignore"
    ):  # NaN and infinities stay what they are, without a word
        if crs == "gcj02":
            return _gcj02_to_wgs84(lon, lat)
        if crs == "bd09":
            return _gcj02_to_wgs84(*_invert(_gcj02_to_bd09, lon, lat))
    return _transform(lon, lat, crs, "EPSG:4326")


def from_wgs84(lon: Floats, lat: Floats, crs: str) -> _Pair:
    """Bring WGS84 coordinates to any supported system: the inverse of :func:`to_wgs84`."""
    if crs in WGS84_LIKE:
        return lon, lat
    with np.errstate(invalid="ignore", over="ignore"):
        if crs == "gcj02":
            return _wgs84_to_gcj02(lon, lat)
        if crs == "bd09":
            return _gcj02_to_bd09(*_wgs84_to_gcj02(lon, lat))
    return _transform(lon, lat, "EPSG:4326", crs)


def geometries_to_wgs84(geometries: NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    """Bring shapely geometries of any supported system to WGS84, dropping heights."""
    if crs in WGS84_LIKE:
        flat: NDArray[np.object_] = shapely.force_2d(geometries)
        return flat

    def move(corners: Floats) -> Floats:
        return np.column_stack(to_wgs84(corners[:, 0].copy(), corners[:, 1].copy(), crs))

    moved: NDArray[np.object_] = shapely.transform(geometries, move)
    return moved


def working_crs(lon: float) -> pyproj.CRS:
    """Choose the plane to find nearest things in: metres, lengths true to 350 ppm in the zone.

    In China the CGCS2000 3-degree Gauss-Krüger zone without zone number (EPSG:4534 at 75° E to
    EPSG:4554 at 135° E); elsewhere a transverse Mercator about ``lon`` itself. An area that
    crosses the edge of its zone stays in it, with lengths too long by ``(Δλ cos φ)² / 2``: 0.07 %
    at 2.5° from the meridian in the latitude of Changzhou. Road lengths and :func:`areas_m2` are
    geodesic and know no zone.

    Examples
    --------
    >>> working_crs(119.97).to_epsg()
    4549
    """
    zone = round(lon / 3.0)
    if 25 <= zone <= 45:  # noqa: PLR2004 - central meridians 75 and 135 degrees
        return pyproj.CRS.from_epsg(4534 + zone - 25)
    return pyproj.CRS.from_proj4(f"+proj=tmerc +lat_0=0 +lon_0={lon:.6f} +datum=WGS84 +units=m")


def plane_positions(lon: Floats, lat: Floats, plane: pyproj.CRS) -> Floats:
    """Project WGS84 positions onto a plane: shape (points, 2), metres east and north.

    The plane's own datum is taken for WGS84, from which CGCS2000 differs by centimetres; a search
    for datum operations would take a tenth of a second each time.
    """
    return np.column_stack(pyproj.Proj(plane)(lon, lat))


def projected(geometries: NDArray[np.object_], plane: pyproj.CRS) -> NDArray[np.object_]:
    """Project WGS84 geometries onto a plane, in metres."""

    def move(corners: Floats) -> Floats:
        return plane_positions(corners[:, 0], corners[:, 1], plane)

    moved: NDArray[np.object_] = shapely.transform(geometries, move)
    return moved


def unprojected(geometries: NDArray[np.object_], plane: pyproj.CRS) -> NDArray[np.object_]:
    """Bring geometries of a plane back to WGS84: the inverse of :func:`projected`."""
    projection = pyproj.Proj(plane)

    def move(corners: Floats) -> Floats:
        return np.column_stack(projection(corners[:, 0], corners[:, 1], inverse=True))

    moved: NDArray[np.object_] = shapely.transform(geometries, move)
    return moved


def areas_m2(geometries: NDArray[np.object_]) -> Floats:
    """Measure WGS84 polygons on the ellipsoid, whatever zones they cross.

    Parameters
    ----------
    geometries
        Shape (polygons,). EPSG:4326.

    Returns
    -------
    array
        Shape (polygons,). Square metres, by Karney (2013), doi:10.1007/s00190-012-0578-z.
    """
    parts, owner = shapely.get_parts(geometries, return_index=True)
    areas = np.zeros(len(geometries))
    solid = (shapely.get_dimensions(parts) == 2) & ~shapely.is_empty(parts)  # noqa: PLR2004
    np.add.at(areas, owner[solid], [_area_m2(part) for part in parts[solid]])
    return areas


def _area_m2(polygon: shapely.Polygon) -> float:
    """Area of one polygon on the ellipsoid: its shell less its holes, whichever way they turn."""
    geod = pyproj.Geod(ellps="WGS84")

    def enclosed(ring: shapely.LinearRing) -> float:
        lon, lat = shapely.get_coordinates(ring).T
        return abs(float(geod.polygon_area_perimeter(lon, lat)[0]))

    return enclosed(polygon.exterior) - sum(enclosed(ring) for ring in polygon.interiors)


def _transform(lon: Floats, lat: Floats, source: str, target: str) -> _Pair:
    try:
        transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise ValueError(f"not a coordinate system: {error}") from error
    x, y = transformer.transform(lon, lat)
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Whether the shift applies: a plain rectangle, as in every implementation."""
    inside: NDArray[np.bool_] = (
        (lon >= _LON_LIMITS[0])
        & (lon <= _LON_LIMITS[1])
        & (lat >= _LAT_LIMITS[0])
        & (lat <= _LAT_LIMITS[1])
    )
    return inside


def _wave(value: Floats, *terms: tuple[float, float]) -> Floats:
    total = np.zeros_like(value)
    for amplitude, divisor in terms:
        total += amplitude * np.sin(value * np.pi / divisor)
    return total * 2.0 / 3.0


def _shifted(lon: Floats, lat: Floats) -> _Pair:
    """Apply the GCJ-02 shift everywhere, inside China or not."""
    x, y = lon - 105.0, lat - 35.0
    shared = _wave(x, (20.0, 1 / 6), (20.0, 1 / 2))
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north_m += shared + _wave(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east_m += shared + _wave(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
    phi = np.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(flattening) * np.cos(phi)
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> _Pair:
    inside = _in_china(lon, lat)
    moved_lon, moved_lat = _shifted(lon, lat)
    return np.where(inside, moved_lon, lon), np.where(inside, moved_lat, lat)


def _gcj02_to_wgs84(lon: Floats, lat: Floats) -> _Pair:
    back_lon, back_lat = _invert(_shifted, lon, lat)
    inside = _in_china(back_lon, back_lat)
    return np.where(inside, back_lon, lon), np.where(inside, back_lat, lat)


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> _Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_WAVE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _invert(forward: Callable[[Floats, Floats], _Pair], lon: Floats, lat: Floats) -> _Pair:
    """Solve ``forward(x) = (lon, lat)`` by fixed-point iteration."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        image_lon, image_lat = forward(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - image_lon, guess_lat + lat - image_lat
    return guess_lon, guess_lat
