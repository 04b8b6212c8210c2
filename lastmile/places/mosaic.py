"""Joining tiles of one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio import Affine

from lastmile.errors import FaultLog
from lastmile.places.cells import Grid, placed
from lastmile.places.coordinates import Floats
from lastmile.places.notes import Note

_SAME_SIZE: Final = 1e-6
_SAME_PLACE: Final = 0.05
"""Of a cell; files written by several programs differ by rounding, not by more."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """The part of one raster around the area."""

    path: Path
    values: Floats
    """Shape (rows, columns). NaN where a cell holds no number."""

    transform: Affine
    """Of the whole file."""

    crs: str
    first_row: int
    first_column: int
    """Where ``values`` begins in the file."""

    footprint: shapely.Geometry
    """EPSG:4326."""


def joined(
    tiles: Sequence[Tile], faults: FaultLog, most_cells: int
) -> tuple[Grid | None, tuple[Note, ...]]:
    """Put tiles into one array; where two hold numbers, the one named first counts.

    Parameters
    ----------
    tiles
        At least one.
    faults
        Where tiles of another system, size or alignment, and too many cells, are reported.
    most_cells
        Limit of the joined array.
    """
    base = tiles[0]
    starts = []
    for tile in tiles:
        shift = cell_shift(base.transform, tile.transform) if tile.crs == base.crs else None
        if shift is None:
            faults.add(
                tile.path, "", found=f"cells that do not line up with those of {base.path.name}",
                expected="tiles of one grid: the same system, cell size and alignment",
                remedy="warp them to one raster in a GIS program (sums, not means)",
            )  # fmt: skip
            return None, ()
        starts.append((shift[0] + tile.first_row, shift[1] + tile.first_column))
    first = np.min(starts, axis=0)
    ends = [np.add(start, tile.values.shape) for start, tile in zip(starts, tiles, strict=True)]
    shape = np.max(ends, axis=0) - first
    if shape[0] * shape[1] > most_cells:
        faults.add(
            base.path, "", found=f"{shape[0] * shape[1]:,} cells over the area",
            expected=f"at most {most_cells:,}",
            remedy="resample the rasters to coarser cells (sums, not means), such as 100 m",
        )  # fmt: skip
        return None, ()
    values = np.full(shape, np.nan)
    n_clash = sum(
        _put(values, tile.values, start - first)
        for start, tile in zip(np.array(starts), tiles, strict=True)
    )
    top, left = int(first[0]), int(first[1])
    footprint = shapely.union_all([tile.footprint for tile in tiles])
    grid = Grid(values, _moved(base.transform, top, left), base.crs, top, left, footprint)
    return grid, _clashes(n_clash)


def cell_shift(base: Affine, other: Affine) -> tuple[int, int] | None:
    """Tell by how many rows and columns two grids differ; None when their cells do not line up."""
    size = max(abs(base.a), abs(base.b), abs(base.d), abs(base.e))
    sizes = [(base.a, other.a), (base.b, other.b), (base.d, other.d), (base.e, other.e)]
    if any(abs(one - two) > _SAME_SIZE * size for one, two in sizes):
        return None
    column, row = placed(~base, np.array([other.c]), np.array([other.f]))
    shift = np.rint([row[0], column[0]])
    if np.abs(shift - [row[0], column[0]]).max() > _SAME_PLACE:
        return None
    return int(shift[0]), int(shift[1])


def _put(values: Floats, tile: Floats, start: NDArray[np.int64]) -> int:
    """Write a tile where nothing stands yet; count the cells where another number stands."""
    rows, columns = tile.shape
    part = values[start[0] : start[0] + rows, start[1] : start[1] + columns]
    free = np.isnan(part)
    clash = ~free & ~np.isnan(tile) & ~np.isclose(part, tile, rtol=1e-6)
    part[free] = tile[free]
    return int(clash.sum())


def _moved(transform: Affine, row: int, column: int) -> Affine:
    x, y = placed(transform, np.array([float(column)]), np.array([float(row)]))
    return Affine(transform.a, transform.b, float(x[0]), transform.d, transform.e, float(y[0]))


def _clashes(n_cells: int) -> tuple[Note, ...]:
    if not n_cells:
        return ()
    return (
        Note(
            zh=f"人口栅格分幅在 {n_cells:,} 个重叠格网上数值不同，以列在前面的文件为准",
            en=f"tiles of the population raster disagree in {n_cells:,} cells that they share; "
            "the file named first counts",
        ),
    )
