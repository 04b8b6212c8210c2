"""Where people live: cells of three arc seconds, about 80 m by 90 m, like a population raster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import rasterio.features
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

from lastmile.sample.lines import RANK, Flags, Ints
from lastmile.sample.plane import Floats, degrees_xy, plane_xy, to_degrees
from lastmile.sample.streets import Streets
from lastmile.sample.units import Units, apportion

CELL_DEG: Final = 1.0 / 1200.0
"""Side of a cell: three arc seconds."""

_HOUSES_PER_M: Final = {"residential": 1.0, "living_street": 1.3, "service": 1.0, "footway": 0.6,
                        "pedestrian": 1.0, "tertiary": 0.25, "unclassified": 0.22,
                        "secondary": 0.1, "primary": 0.05}  # fmt: skip
"""How much a metre of street says about homes beside it; invented."""

_SAMPLE_M: Final = 32.0
_FIELD_CELLS: Final = 0.4
"""Share of the cells two or more away from any street in which somebody lives."""

_NOTHING_M: Final = 1e-9
"""Less street than this in a cell is the blur of nothing."""

_FAR_SHARE: Final = 0.003
"""Share of the fields' weight, so that a few people live far from any street."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Populated cells, from north-west to south-east."""

    lon_lat: Floats
    """Shape (cells, 2). Centres, WGS84 degrees."""

    people: Ints
    """Shape (cells,). Whole, at least one."""

    community: Ints
    """Shape (cells,). Positions in the units' communities."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The raster that cells are taken from, row 0 in the north."""

    west: float
    north: float
    shape: tuple[int, int]

    @property
    def transform(self) -> rasterio.Affine:
        """From columns and rows to degrees."""
        return rasterio.Affine(CELL_DEG, 0.0, self.west, 0.0, -CELL_DEG, self.north)

    def cell(self, lon_lat: Floats) -> Ints:
        """Flat number of the cell around each point, -1 outside. Shape (points,)."""
        column = np.floor((lon_lat[:, 0] - self.west) / CELL_DEG).astype(np.int64)
        row = np.floor((self.north - lon_lat[:, 1]) / CELL_DEG).astype(np.int64)
        inside = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        return np.where(inside, row * self.shape[1] + column, -1)

    def centres(self, cells: Ints) -> Floats:
        """Centres of cells in degrees, 7 decimals. Shape (cells, 2)."""
        row, column = np.divmod(cells, self.shape[1])
        lon = self.west + (column + 0.5) * CELL_DEG
        lat = self.north - (row + 0.5) * CELL_DEG
        return np.asarray(np.round(np.column_stack((lon, lat)), 7), dtype=np.float64)


def grid_over(units: Units) -> Grid:
    """Lay the raster over the units, on whole multiples of its cell size."""
    west, south, east, north = shapely.total_bounds(to_degrees(units.districts))
    left, right = np.floor(west / CELL_DEG), np.ceil(east / CELL_DEG)
    top, bottom = np.ceil(north / CELL_DEG), np.floor(south / CELL_DEG)
    return Grid(
        float(left * CELL_DEG), float(top * CELL_DEG), (int(top - bottom), int(right - left))
    )


def community_of_cells(units: Units, grid: Grid) -> Ints:
    """Community under each cell's centre, flat, -1 outside all."""
    shapes = zip(to_degrees(units.communities), range(1, len(units.communities) + 1), strict=True)
    burnt = rasterio.features.rasterize(
        shapes, out_shape=grid.shape, transform=grid.transform, fill=0, dtype="int32"
    )
    community = np.asarray(burnt, dtype=np.int64) - 1
    # Outlines are written to a centimetre: a centre on the outer edge might fall outside.
    rim = np.flatnonzero((minimum_filter(community, size=3) < 0).ravel() & (community.ravel() >= 0))
    inner = units.area.buffer(-1.0)
    shapely.prepare(inner)
    outside = rim[~shapely.contains_xy(inner, plane_xy(grid.centres(rim)))]
    community.ravel()[outside] = -1
    return community.ravel()


def settle(units: Units, streets: Streets, grid: Grid, seed: int) -> Cells:
    """Spread each community's residents over its cells; every community keeps its total.

    Parameters
    ----------
    units
        Communities and their people.
    streets
        Homes stand beside the small ones.
    grid
        Raster of the cells.
    seed
        Seed of the unevenness.
    """
    community = community_of_cells(units, grid)
    land = ~_wet(streets, grid) & (community >= 0)
    homes = _homes(streets, grid)
    rng = np.random.default_rng((seed, 61))
    uneven = np.exp(
        gaussian_filter(rng.normal(0.0, 2.2, grid.shape), 1.6) + rng.normal(0.0, 0.25, grid.shape)
    )
    weight = np.where(land, homes.ravel() * uneven.ravel(), 0.0)
    remote = maximum_filter(homes, size=5).ravel() <= 0.0
    fields = land & remote & (rng.random(weight.size) < _FIELD_CELLS)
    people = np.zeros(weight.size, dtype=np.int64)
    order = np.argsort(community, kind="stable")
    begin = np.searchsorted(community[order], np.arange(len(units.communities) + 1))
    for k, total in enumerate(units.people):
        own = order[begin[k] : begin[k + 1]]
        people[own] = apportion(int(total), _shares(weight[own], fields[own], land[own]))
    rows = np.flatnonzero(people > 0)
    return Cells(grid.centres(rows), people[rows], community[rows])


def _shares(weight: Floats, fields: Flags, land: Flags) -> Floats:
    """Weights of one community's cells; where it has no streets, of its land, else of all."""
    if weight.sum() > 0.0:
        few = float(weight.sum()) * _FAR_SHARE / max(int(fields.sum()), 1)
        return np.asarray(weight + fields * few, dtype=np.float64)
    return land.astype(np.float64) if land.any() else np.ones(weight.size)


def _homes(streets: Streets, grid: Grid) -> NDArray[np.float64]:
    """Weighted metres of small streets around each cell."""
    per_m = np.zeros(len(RANK))
    for name, homes in _HOUSES_PER_M.items():
        per_m[RANK[name]] = homes
    lines = streets.edges.lines
    rows = (per_m[lines.highway] > 0.0) & ~streets.bridge & ~streets.tunnel
    xy, edge = points_along(lines.geometry[rows], _SAMPLE_M)
    cell = grid.cell(degrees_xy(xy))
    weight = per_m[lines.highway[rows]][edge]
    inside = cell >= 0
    total = np.bincount(
        cell[inside], weights=weight[inside], minlength=grid.shape[0] * grid.shape[1]
    )
    spread: NDArray[np.float64] = gaussian_filter(total.reshape(grid.shape), 0.7, truncate=2.2)
    return np.where(spread < _NOTHING_M, 0.0, spread)


def points_along(geometry: NDArray[np.object_], step_m: float) -> tuple[Floats, Ints]:
    """Points about every ``step_m`` metres along lines, and the line of each.

    Returns
    -------
    tuple
        Shape (points, 2) and shape (points,).
    """
    count = np.ceil(shapely.length(geometry) / step_m).astype(np.int64)
    row = np.repeat(np.arange(len(geometry)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    at = shapely.line_interpolate_point(geometry[row], (within + 0.5) / count[row], normalized=True)
    return shapely.get_coordinates(at), row


def _wet(streets: Streets, grid: Grid) -> Flags:
    """Cells whose centre lies on water, flat."""
    surface = to_degrees(streets.waters.surface)
    burnt = rasterio.features.rasterize(
        ((g, 1) for g in surface),
        out_shape=grid.shape,
        transform=grid.transform,
        fill=0,
        dtype="uint8",
    )
    return np.asarray(burnt, dtype=bool).ravel()


def local_people(cells: Cells, grid: Grid) -> Floats:
    """People of each raster cell, flat, smoothed over a neighbourhood of about 150 m."""
    total = np.zeros(grid.shape[0] * grid.shape[1])
    total[grid.cell(cells.lon_lat)] = cells.people
    return np.asarray(gaussian_filter(total.reshape(grid.shape), 1.2, truncate=2.0)).ravel()
