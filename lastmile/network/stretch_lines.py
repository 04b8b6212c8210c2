"""Stretches of road as lines."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from lastmile.network.model import Network
from lastmile.network.reached import ReachedRoad


def road_lines(network: Network, road: ReachedRoad) -> gpd.GeoDataFrame:
    """Draw stretches of road as lines.

    Parameters
    ----------
    network
        The network they lie on.
    road
        Stretches; single points are left out.

    Returns
    -------
    GeoDataFrame
        One row for each stretch with some length, in order: ``place`` (its position among the
        places), ``edge``, ``from_mm``, ``to_mm``, ``geometry`` in EPSG:4326.
    """
    long = np.flatnonzero(road.to_mm > road.from_mm)
    offsets, lon, lat = stretch_points(
        network.shape_offsets, network.shape_mm, network.shape_lon, network.shape_lat,
        road.edge[long], road.from_mm[long], road.to_mm[long],
    )  # fmt: skip
    owner = np.repeat(np.arange(long.size), np.diff(offsets))
    lines = shapely.linestrings(np.column_stack((lon, lat)), indices=owner)
    columns = {
        "place": road.places()[long],
        "edge": road.edge[long],
        "from_mm": road.from_mm[long],
        "to_mm": road.to_mm[long],
    }
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(lines, crs="EPSG:4326"))


@njit(cache=True, nogil=True)
def stretch_points(
    shape_offsets: NDArray[np.int64],
    shape_mm: NDArray[np.int64],
    shape_x: NDArray[np.float64],
    shape_y: NDArray[np.float64],
    edge: NDArray[np.int32],
    from_mm: NDArray[np.int64],
    to_mm: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Points of every stretch: its two ends, and what the road's shape has between them.

    Returns offsets (stretches + 1) and the coordinates, in whatever system the shape is given.
    """
    offsets = np.zeros(edge.size + 1, dtype=np.int64)
    for k in range(edge.size):
        n = 2
        for p in range(shape_offsets[edge[k]], shape_offsets[edge[k] + 1]):
            n += from_mm[k] < shape_mm[p] < to_mm[k]
        offsets[k + 1] = offsets[k] + n
    x, y = np.empty(offsets[-1]), np.empty(offsets[-1])
    for k in range(edge.size):
        out = offsets[k]
        first, last = shape_offsets[edge[k]], shape_offsets[edge[k] + 1] - 1
        x[out], y[out] = _at(shape_mm, shape_x, shape_y, first, last, from_mm[k])
        out += 1
        for p in range(first, last + 1):
            if from_mm[k] < shape_mm[p] < to_mm[k]:
                x[out], y[out] = shape_x[p], shape_y[p]
                out += 1
        x[out], y[out] = _at(shape_mm, shape_x, shape_y, first, last, to_mm[k])
    return offsets, x, y


@njit(cache=True, nogil=True)
def _at(
    shape_mm: NDArray[np.int64], shape_x: NDArray[np.float64], shape_y: NDArray[np.float64],
    first: int, last: int, offset_mm: int,
) -> tuple[float, float]:  # fmt: skip
    """Where an offset lies between the points of a shape."""
    point = first
    while point + 1 < last and shape_mm[point + 1] <= offset_mm:
        point += 1
    step_mm = shape_mm[point + 1] - shape_mm[point]
    if step_mm == 0:
        return shape_x[point], shape_y[point]
    share = (offset_mm - shape_mm[point]) / step_mm
    if share == 1.0:
        return shape_x[point + 1], shape_y[point + 1]
    return (
        shape_x[point] + share * (shape_x[point + 1] - shape_x[point]),
        shape_y[point] + share * (shape_y[point + 1] - shape_y[point]),
    )
