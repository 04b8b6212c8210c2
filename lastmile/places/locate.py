"""Which unit a point lies in, and whether it lies in the area at all."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.places.model import LEVELS


def unit_positions(points: NDArray[np.object_], polygons: NDArray[np.object_]) -> NDArray[np.int64]:
    """Find the polygon around each point, the first of them on a shared border.

    Parameters
    ----------
    points
        Shape (points,). Shapely points.
    polygons
        Shape (units,). Of one level.

    Returns
    -------
    array
        Shape (points,). Positions among the polygons, -1 outside all.
    """
    found = np.full(len(points), len(polygons), dtype=np.int64)
    # The tree holds the points, so that each polygon is prepared once and tested against many.
    owner, inside = shapely.STRtree(points).query(polygons, predicate="intersects")
    np.minimum.at(found, inside, owner)
    found[found == len(polygons)] = -1
    return found


def finest_units(points: NDArray[np.object_], units: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Find the finest unit around each point: positions in ``units``, -1 outside all."""
    finest = np.full(len(points), -1, dtype=np.int64)
    for level in LEVELS:
        rows = np.flatnonzero((units["level"] == level).to_numpy())
        if len(rows):
            found = unit_positions(points, units.geometry.to_numpy()[rows])
            finest = np.where(found >= 0, rows[found], finest)
    return finest


def inside_area(points: NDArray[np.object_], area: shapely.Geometry) -> NDArray[np.bool_]:
    """Tell which points lie in the area, its border included."""
    shapely.prepare(area)
    inside: NDArray[np.bool_] = shapely.intersects_xy(
        area, shapely.get_x(points), shapely.get_y(points)
    )
    return inside
