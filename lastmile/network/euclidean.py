"""Straight-line reach and catchments: the second metric, for comparison with norms that use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from scipy.spatial import KDTree

from lastmile.costs import Reach
from lastmile.network.geodesy import geodesic_mm, plane_for, to_plane
from lastmile.network.reaching import Pairs, assemble_reach

_MARGIN: Final = 1.01
"""Two degrees off its meridian, or far from it in a wide area, the plane stretches lengths by
up to 0.1 %; what the margin lets in too much, the geodesics throw out."""

_BLOCK: Final = 20_000
_CORNERS: Final = 48


def euclidean_reach(
    demand_lon: NDArray[np.float64],
    demand_lat: NDArray[np.float64],
    site_lon: NDArray[np.float64],
    site_lat: NDArray[np.float64],
    *,
    limit_mm: NDArray[np.int64],
    demand_ids: Sequence[str],
    site_ids: Sequence[str],
) -> Reach:
    """Find the sites within a straight line of each demand point.

    Lengths are WGS84 geodesics in whole millimetres; the limit is inclusive.

    Parameters
    ----------
    demand_lon, demand_lat
        Shape (demand points,). Degrees, EPSG:4326.
    site_lon, site_lat
        Shape (sites,).
    limit_mm
        Shape (demand points,). Longest length, in millimetres.
    demand_ids, site_ids
        Their ids, in order.
    """
    demand_lon, demand_lat = np.asarray(demand_lon, float), np.asarray(demand_lat, float)
    site_lon, site_lat = np.asarray(site_lon, float), np.asarray(site_lat, float)
    limit_mm = np.asarray(limit_mm, dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int32)
    parts = [Pairs(nothing, nothing, np.zeros(0, dtype=np.int64))]
    if demand_lon.size and site_lon.size:
        plane = plane_for(float(np.median(demand_lon)), float(np.median(demand_lat)))
        tree = KDTree(np.column_stack(to_plane(plane, site_lon, site_lat)))
        points = np.column_stack(to_plane(plane, demand_lon, demand_lat))
        radius_m = limit_mm / 1000.0 * _MARGIN + 0.001
        for at in range(0, demand_lon.size, _BLOCK):
            block = np.arange(at, min(at + _BLOCK, demand_lon.size))
            near = tree.query_ball_point(points[block], radius_m[block])
            sizes = np.fromiter((len(row) for row in near), np.int64, len(near))
            row = np.repeat(block, sizes).astype(np.int32)
            column = np.fromiter((j for found in near for j in found), np.int32, int(sizes.sum()))
            length_mm = geodesic_mm(
                demand_lon[row], demand_lat[row], site_lon[column], site_lat[column]
            )
            keep = length_mm <= limit_mm[row]
            parts.append(Pairs(row[keep], column[keep], length_mm[keep]))
    pairs = Pairs(
        np.concatenate([part.demand for part in parts]),
        np.concatenate([part.site for part in parts]),
        np.concatenate([part.length_mm for part in parts]),
    )
    return assemble_reach(pairs, demand_ids, site_ids)


def euclidean_catchments(
    lon: NDArray[np.float64], lat: NDArray[np.float64], *, limit_mm: NDArray[np.int64]
) -> gpd.GeoSeries:
    """Draw the ground within a straight line of each place.

    Parameters
    ----------
    lon, lat
        Shape (places,). Degrees, EPSG:4326.
    limit_mm
        Shape (places,). Longest length, in millimetres.

    Returns
    -------
    GeoSeries
        A MultiPolygon of one round polygon for each place, in EPSG:4326, just around its circle.
    """
    bearing_deg = np.linspace(360.0, 0.0, _CORNERS, endpoint=False)
    radius_m = np.asarray(limit_mm) / 1000.0 / np.cos(np.pi / _CORNERS)
    place = np.repeat(np.arange(len(lon)), _CORNERS)
    x, y, _ = Geod(ellps="WGS84").fwd(
        lon[place], lat[place], np.tile(bearing_deg, len(lon)), radius_m[place]
    )
    rings = shapely.linearrings(np.column_stack((x, y)), indices=place)
    whole = shapely.multipolygons(shapely.polygons(rings), indices=np.arange(len(lon)))
    return gpd.GeoSeries(whole, crs="EPSG:4326")
