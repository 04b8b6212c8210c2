"""Spots and shapes of the hand-drawn village, in metres east and north of its corner."""

from __future__ import annotations

import geopandas as gpd
import pyproj
import shapely

_PLANE = pyproj.Transformer.from_crs("EPSG:4549", "EPSG:4326", always_xy=True)
_EAST, _NORTH = 497_000.0, 3_518_000.0


def place(x_m, y_m):
    """Degrees of a spot x_m east and y_m north of the village's corner."""
    return _PLANE.transform(_EAST + x_m, _NORTH + y_m)


def box(x0, y0, x1, y1):
    return shapely.Polygon([place(x0, y0), place(x1, y0), place(x1, y1), place(x0, y1)])


def frame(columns, shapes):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
