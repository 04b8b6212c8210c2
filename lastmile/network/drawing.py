"""Reached road → rings in the network's plane, square by square of the map."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from lastmile.network.grid import grid_of_edges
from lastmile.network.ground import BLOCK, Segments, Window, nearest_ground, segments_of
from lastmile.network.model import Network
from lastmile.network.reached import ReachedRoad, access_rate
from lastmile.network.shading import Pen, Rings, RoadPieces, draw_places
from lastmile.network.stretch_lines import stretch_points

Style = Literal["isochrone", "service_area"]

_TILE_M: Final = 6_000.0
"""Places of a square of this side are drawn together: they share the ground below them."""

_SPARE_M: Final = 0.05
"""More than the plane and the way back to degrees can take away."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How catchments are drawn."""

    style: Style = "isochrone"
    """``service_area`` is the reached road, ``width_m`` wide to each side. ``isochrone`` is, in
    addition, all ground whose nearest road is reached and from which the place is within the
    limit, its own access leg counted: what :func:`lastmile.network.reach` calls covered."""

    width_m: float = 20.0
    """Ground so near to reached road is inside; at least twice ``cell_m``."""

    max_access_m: float = 300.0
    """Longest access leg of ground in an isochrone."""

    tolerance_m: float = 5.0
    """Borders are simplified by at most this."""

    min_hole_m2: float = 10_000.0
    """Smaller holes are filled, unless road that is not reached runs in them."""

    cell_m: float = 10.0
    """Distance between the points of ground that are looked at."""

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not 0.0 < 2.0 * self.cell_m <= self.width_m:
            raise ValueError("catchments need cell_m above 0 and width_m of two cells or more")
        if min(self.tolerance_m, self.max_access_m, self.min_hole_m2) < 0.0:
            raise ValueError("catchments need tolerance, access legs and holes of 0 or more")

    def pen(self) -> Pen:
        """Return the widths that are drawn, so that those asked for are kept.

        Between points of the grid the border is straight where it should be round. Around a point
        at r metres a string of s metres is s * s / 8r nearer than its ends. That happens once
        along a grid line, s = cell, and once across a cell, s * s = 2 cell * cell; both times r
        is the width less a cell at least.
        """
        bend_m = 0.375 * self.cell_m**2 / (self.width_m + self.tolerance_m - self.cell_m)
        spare_m = self.tolerance_m + bend_m + _SPARE_M
        return Pen(
            cell_m=self.cell_m,
            width_m=self.width_m + spare_m,
            access_m=self.max_access_m if self.style == "isochrone" else 0.0,
            spare_m=spare_m,
            least_hole=int(np.ceil(self.min_hole_m2 / self.cell_m**2)),
        )


def draw_rings(network: Network, road: ReachedRoad, drawing: Drawing, *, threads: int) -> Rings:
    """Draw the rings around each place's road.

    Parameters
    ----------
    network
        The network of the road.
    road
        Stretches within the limit of each place.
    drawing
        How to draw.
    threads
        How many squares are drawn at once; the result does not depend on it.

    Returns
    -------
    tuple
        Vertices in the plane, shape (vertices, 2); vertices of each ring; its part, numbered from
        1 within the place; rings of each place. Outer rings run anticlockwise, holes clockwise.
    """
    pen, pieces = drawing.pen(), _pieces(network, road)
    windows = _windows(pieces, pen)
    believed = grid_of_edges(network, network.can_stop & ~network.on_island)
    segments = segments_of(network, believed)
    tiles = _tiles(windows, pen.cell_m)

    def draw(tile: NDArray[np.int64]) -> Rings:
        return _draw_tile(network, segments, pieces, pen, tile, windows[tile])

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        parts = list(pool.map(draw, tiles))
    return _in_order(parts, tiles, road.n_places)


def _pieces(network: Network, road: ReachedRoad) -> RoadPieces:
    point_offsets, x, y = stretch_points(
        network.shape_offsets, network.shape_mm, network.shape_x, network.shape_y,
        road.edge, road.from_mm, road.to_mm,
    )  # fmt: skip
    cost = network.length_mm if road.impedance == "length_mm" else network.time_ms
    per_mm = cost[road.edge] / np.maximum(1, network.length_mm[road.edge])
    leg_m = np.float64(access_rate(network, road.impedance))
    return RoadPieces(
        offsets=road.offsets,
        edge=road.edge,
        from_mm=road.from_mm,
        to_mm=road.to_mm,
        from_left_m=np.multiply(road.from_left, leg_m, dtype=np.float64),
        to_left_m=np.multiply(road.to_left, leg_m, dtype=np.float64),
        leg_m_per_mm=per_mm * leg_m,
        point_offsets=point_offsets,
        x=x,
        y=y,
    )


def _windows(pieces: RoadPieces, pen: Pen) -> NDArray[np.int64]:
    """West, south, columns and rows of the points that may be inside, and one point around."""
    n_places = pieces.offsets.size - 1
    windows = np.zeros((n_places, 4), dtype=np.int64)
    if not pieces.edge.size:
        return windows
    left_m = np.maximum(pieces.from_left_m, pieces.to_left_m)
    by_ground = np.minimum(left_m, pen.access_m) + pen.spare_m
    around_m = np.maximum(pen.width_m, by_ground if pen.access_m else 0.0)
    first = pieces.point_offsets[:-1]
    has_road = np.flatnonzero(np.diff(pieces.offsets))
    begin = pieces.offsets[:-1][has_road]
    for axis, at in enumerate((pieces.x, pieces.y)):
        low = np.minimum.reduceat(np.minimum.reduceat(at, first) - around_m, begin)
        high = np.maximum.reduceat(np.maximum.reduceat(at, first) + around_m, begin)
        low = np.floor(low / pen.cell_m).astype(np.int64) - 1
        high = np.ceil(high / pen.cell_m).astype(np.int64) + 1
        windows[has_road, axis], windows[has_road, axis + 2] = low, high - low + 1
    return windows


def _tiles(windows: NDArray[np.int64], cell_m: float) -> list[NDArray[np.int64]]:
    """Places whose windows have their middles in one square, square by square."""
    drawn = np.flatnonzero(windows[:, 2] > 0)
    middle = windows[drawn, :2] + windows[drawn, 2:] // 2
    square = middle // max(1, round(_TILE_M / cell_m))
    order = np.lexsort((drawn, square[:, 0], square[:, 1]))
    breaks = np.flatnonzero((np.diff(square[order], axis=0) != 0).any(axis=1)) + 1
    return [tile for tile in np.split(drawn[order], breaks) if tile.size]


def _draw_tile(
    network: Network,
    segments: Segments,
    pieces: RoadPieces,
    pen: Pen,
    places: NDArray[np.int64],
    windows: NDArray[np.int64],
) -> Rings:
    low = windows[:, :2].min(axis=0) // BLOCK
    high = (windows[:, :2] + windows[:, 2:]).max(axis=0) // BLOCK + 1
    n_columns, n_rows = (high - low).tolist()
    wanted = np.zeros((n_rows, n_columns), dtype=np.bool_)
    for west, south, columns, rows in (windows - np.tile(low * BLOCK, 2) * [1, 1, 0, 0]).tolist():
        wanted[
            south // BLOCK : (south + rows - 1) // BLOCK + 1,
            west // BLOCK : (west + columns - 1) // BLOCK + 1,
        ] = True
    west, south = (low * BLOCK).tolist()
    ground = nearest_ground(
        segments, Window(west, south, n_columns * BLOCK, n_rows * BLOCK), wanted,
        cell_m=pen.cell_m, limit_m=max(pen.access_m, pen.cell_m),
    )  # fmt: skip
    rings: Rings = draw_places(places, windows, pieces, ground, pen, network.n_edges)
    return rings


def _in_order(parts: list[Rings], tiles: list[NDArray[np.int64]], n_places: int) -> Rings:
    """Put the rings of the tiles into the order of the places."""
    rings_of = np.zeros(n_places, dtype=np.int64)
    if not parts:
        return np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, np.int32), rings_of
    place = np.concatenate(tiles)
    count = np.concatenate([part[3] for part in parts])
    sizes = np.concatenate([part[1] for part in parts])
    rings_of[place] = count
    ring_order = np.argsort(np.repeat(place, count), kind="stable")
    vertex_order = np.argsort(np.repeat(np.repeat(place, count), sizes), kind="stable")
    return (
        np.concatenate([part[0] for part in parts])[vertex_order],
        sizes[ring_order],
        np.concatenate([part[2] for part in parts])[ring_order],
        rings_of,
    )
