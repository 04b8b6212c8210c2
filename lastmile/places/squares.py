"""Ground cut into squares: what people are spread over where no road or house says more."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from rasterio import Affine

from lastmile.errors import FaultLog
from lastmile.places.cells import Grid, cell_shares, piece_points
from lastmile.places.coordinates import from_wgs84
from lastmile.places.spots import Spots

_MOST_SQUARES: Final = 20_000_000


def square_spots(
    ground: NDArray[np.object_], plane: pyproj.CRS, spacing_m: float, faults: FaultLog
) -> Spots:
    """Cut polygons into squares of a common grid, weighted by the area of each piece in m².

    Parameters
    ----------
    ground
        Shape (polygons,). EPSG:4326; owners of the spots.
    plane
        Where areas are measured.
    spacing_m
        Side of the squares.
    faults
        Where squares too fine for the area are reported.
    """
    nowhere = Spots(np.empty(0, np.int64), np.empty(0, object), np.empty(0))
    if not len(ground) or shapely.is_empty(ground).all():
        return nowhere
    crs = plane.to_wkt()
    corners = shapely.get_coordinates(ground)
    x, y = from_wgs84(corners[:, 0].copy(), corners[:, 1].copy(), crs)
    west, north = x.min() - spacing_m, y.max() + spacing_m
    height = int(np.ceil((north - y.min()) / spacing_m)) + 1
    width = int(np.ceil((x.max() - west) / spacing_m)) + 1
    if height * width > _MOST_SQUARES:
        faults.add(
            "scenario", "demand.spacing_m", found=f"{height * width:,} squares over the area",
            expected=f"at most {_MOST_SQUARES:,}", remedy="give a larger spacing",
        )  # fmt: skip
        return nowhere
    transform = Affine(spacing_m, 0.0, float(west), 0.0, -spacing_m, float(north))
    blank = np.broadcast_to(np.float64(0.0), (height, width))
    grid = Grid(blank, transform, crs, 0, 0, shapely.Polygon())
    pieces = cell_shares(ground, grid)
    points = piece_points(pieces, ground, grid)
    return Spots(pieces.owner, points, pieces.share * spacing_m**2)
