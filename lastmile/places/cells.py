"""Cells of a grid, and the share of each that lies in a polygon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from rasterio import Affine

from lastmile.places.coordinates import Floats, from_wgs84, geometries_to_wgs84, to_wgs84

_BORDER_STEP_DEGREES: Final = 0.01
"""A straight border of a kilometre bends by 2 cm in any projection of a city."""

_DUST: Final = 1e-9
"""Shares below this are rounding, not ground."""

_SLIVER: Final = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells around the area, of one raster or several that fit together."""

    values: Floats
    """Shape (rows, columns). NaN where a cell holds no number."""

    transform: Affine
    """From columns and rows of ``values`` to the system of the raster."""

    crs: str
    first_row: int
    first_column: int
    """Where ``values`` begins in the (first) raster."""

    footprint: shapely.Geometry
    """EPSG:4326. What the files reach, inside the area or not."""

    def centres(self, cell: NDArray[np.int64]) -> NDArray[np.object_]:
        """Return the middles of cells, EPSG:4326, by their flat positions."""
        row, column = np.divmod(cell, self.values.shape[1])
        return self.points(column + 0.5, row + 0.5)

    def points(self, column: Floats, row: Floats) -> NDArray[np.object_]:
        """Bring places in columns and rows to points of EPSG:4326."""
        lon, lat = to_wgs84(*placed(self.transform, column, row), self.crs)
        points: NDArray[np.object_] = shapely.points(lon, lat)
        return points

    def polygons(self, polygons: NDArray[np.object_]) -> NDArray[np.object_]:
        """Bring polygons of EPSG:4326 to columns and negative rows, so that north stays up."""

        def move(corners: Floats) -> Floats:
            x, y = from_wgs84(corners[:, 0].copy(), corners[:, 1].copy(), self.crs)
            column, row = placed(~self.transform, x, y)
            return np.column_stack([column, -row])

        moved = shapely.transform(shapely.segmentize(polygons, _BORDER_STEP_DEGREES), move)
        broken = ~shapely.is_valid(moved)
        moved[broken] = shapely.make_valid(moved[broken], method="structure", keep_collapsed=False)
        flat: NDArray[np.object_] = moved
        return flat


@dataclass(frozen=True, slots=True, eq=False)
class CellShares:
    """Which share of which cell lies in which polygon."""

    owner: NDArray[np.int64]
    """Shape (pieces,). Position of the polygon."""

    cell: NDArray[np.int64]
    """Shape (pieces,). Flat position in the grid."""

    share: Floats
    """Shape (pieces,). Greater than 0, at most 1."""

    def take(self, keep: NDArray[np.bool_]) -> CellShares:
        """Keep some of the pieces."""
        return CellShares(self.owner[keep], self.cell[keep], self.share[keep])


def cell_shares(polygons: NDArray[np.object_], grid: Grid) -> CellShares:
    """Measure the share of every cell that each polygon covers.

    The grid is measured in its own columns and rows, so that turned and sheared grids are exact,
    too: affine maps keep the ratio of areas.

    Parameters
    ----------
    polygons
        Shape (polygons,). EPSG:4326. Where they overlap, a cell's shares are cut back in
        proportion, so that nobody counts twice.
    grid
        The cells.

    References
    ----------
    The coverage fractions are those of the library exactextract.
    """
    height, width = grid.values.shape
    system = str(gpd.GeoSeries([], crs="EPSG:4326").crs.to_wkt())  # of nowhere: columns and rows
    cells = NumPyRasterSource(
        np.ones((height, width), np.uint8), 0, -height, width, 0, srs_wkt=system
    )
    shapes = grid.polygons(polygons)
    real = np.flatnonzero(~shapely.is_empty(shapes))
    frame = gpd.GeoDataFrame(geometry=shapes[real], crs=system)
    found = exact_extract(cells, frame, ["cell_id", "coverage"], output="pandas")
    counts = np.array([len(ids) for ids in found["cell_id"]], dtype=np.int64)
    owner = np.repeat(real.astype(np.int64), counts)
    cell = np.concatenate([np.empty(0, np.int64), *found["cell_id"]]).astype(np.int64)
    share = np.concatenate([np.empty(0), *found["coverage"]]).astype(np.float64)
    together = np.bincount(cell, share, minlength=height * width)
    share = np.minimum(share / np.maximum(together[cell], 1.0), 1.0)
    return CellShares(owner, cell, share).take(share > _DUST)


def without_slivers(pieces: CellShares) -> CellShares:
    """Give pieces of less than a thousandth of a cell to the largest piece of that cell.

    Outlines drawn apart leave such slivers between them; a demand point each would say nothing.
    """
    order = np.lexsort((-pieces.share, pieces.cell))
    cell = pieces.cell[order]
    is_largest = np.ones(len(cell), dtype=np.bool_)
    is_largest[1:] = cell[1:] != cell[:-1]
    sliver = (pieces.share[order] < _SLIVER) & ~is_largest
    largest = order[is_largest][np.cumsum(is_largest) - 1]
    share = pieces.share.copy()
    np.add.at(share, largest[sliver], pieces.share[order[sliver]])
    keep = np.ones(len(share), dtype=np.bool_)
    keep[order[sliver]] = False
    return CellShares(pieces.owner, pieces.cell, np.minimum(share, 1.0)).take(keep)


def piece_points(
    pieces: CellShares, polygons: NDArray[np.object_], grid: Grid
) -> NDArray[np.object_]:
    """Give each piece a point inside its polygon: the cell's middle where that lies inside.

    Parameters
    ----------
    pieces
        Shares of cells.
    polygons
        The polygons that own them, EPSG:4326.
    grid
        The cells.

    Returns
    -------
    array
        Shape (pieces,). Points, EPSG:4326.
    """
    row, column = np.divmod(pieces.cell, grid.values.shape[1])
    x, y = column + 0.5, row + 0.5
    shapes = grid.polygons(polygons)
    shapely.prepare(shapes)
    cut = np.flatnonzero(pieces.share < 1.0 - _DUST)
    apart = cut[~shapely.contains_xy(shapes[pieces.owner[cut]], x[cut], -y[cut])]
    boxes = shapely.box(column[apart], -row[apart] - 1.0, column[apart] + 1.0, -row[apart])
    inner = shapely.point_on_surface(shapely.intersection(shapes[pieces.owner[apart]], boxes))
    # A sliver narrower than rounding has no inside: the middle of its cell is as good.
    real = ~shapely.is_empty(inner)
    x[apart[real]], y[apart[real]] = shapely.get_x(inner[real]), -shapely.get_y(inner[real])
    return grid.points(x, y)


def placed(transform: Affine, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Apply an affine map; written out, for its operator differs between affine 2 and 3."""
    return (
        transform.a * first + transform.b * second + transform.c,
        transform.d * first + transform.e * second + transform.f,
    )


def footprint_of(transform: Affine, shape: tuple[int, int], crs: str) -> shapely.Geometry:
    """Outline a raster in EPSG:4326, from its corners: turned ones have no bounds to speak of."""
    height, width = float(shape[0]), float(shape[1])
    columns, rows = np.array([0.0, width, width, 0.0]), np.array([0.0, 0.0, height, height])
    corners = np.column_stack(placed(transform, columns, rows))
    size = max(float(np.hypot(transform.a, transform.d)), float(np.hypot(transform.b, transform.e)))
    box = shapely.segmentize(shapely.Polygon(corners), size * 50.0)
    return geometries_to_wgs84(np.array([box], dtype=object), crs)[0]
