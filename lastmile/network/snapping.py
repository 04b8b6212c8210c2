"""Places → positions on edges."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.network.geodesy import geodesic_mm, to_plane
from lastmile.network.grid import grid_of_edges, nearest_segments
from lastmile.network.model import Network

_LOOK_M: Final = 5_000.0
"""How far to look for a road, so that a place off the network is told how far off it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """Where places meet the network: one row for each place."""

    edge: NDArray[np.int32]
    """Shape (places,). The nearest edge to stop on, islands left out; -1 if none for 5 km."""

    offset_mm: NDArray[np.int64]
    """Shape (places,). Length from the edge's start to the position."""

    access_mm: NDArray[np.int64]
    """Shape (places,). Geodesic from the place to the position; UNREACHABLE without an edge."""

    on_network: NDArray[np.bool_]
    """Shape (places,). Whether the access leg is no longer than allowed."""

    past_island: NDArray[np.bool_]
    """Shape (places,). On the network, but an island was nearer."""

    lon: NDArray[np.float64]
    """Shape (places,). Of the position; of the place itself without an edge."""

    lat: NDArray[np.float64]

    side: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    """Shape (places,). 1 to the right of the edge in its direction, -1 to the left; 0 on the edge,
    at one of its two ends, where there is no side, without an edge, or if not given."""

    def __post_init__(self) -> None:
        """Give no side to places whose sides were not told."""
        if not self.side.size:
            object.__setattr__(self, "side", np.zeros(self.edge.size, dtype=np.int8))

    def __len__(self) -> int:
        """Count the places."""
        return int(self.edge.size)

    def take(self, positions: NDArray[np.int64]) -> Snaps:
        """Return the snaps at these positions, in this order."""
        columns = (getattr(self, column.name)[positions] for column in fields(self))
        return Snaps(*columns)


def snap(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    max_access_m: float,
) -> Snaps:
    """Find the nearest position on the network for each place.

    Nearness is judged in the network's plane; the access leg is a geodesic. Of equally near
    positions the one on the first edge is taken. Edges that must not be stopped on are not looked
    at, on islands or off.

    Parameters
    ----------
    network
        Any network.
    lon, lat
        Shape (places,). Degrees, EPSG:4326, finite.
    max_access_m
        Longest access leg, inclusive, in metres.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ValueError("coordinates must be finite; readers refuse others")
    x, y = to_plane(network.plane, lon, lat)
    look_m = max(_LOOK_M, 1.01 * max_access_m)
    mainland = grid_of_edges(network, network.can_stop & ~network.on_island)
    segment, share, distance_m = nearest_segments(mainland, x, y, look_m)
    has_edge = segment >= 0
    found = segment[has_edge]
    edge, point = mainland.edge[found], mainland.point[found]
    share = share[has_edge]
    step_mm = network.shape_mm[point + 1] - network.shape_mm[point]
    at_lon, at_lat = lon.copy(), lat.copy()
    at_lon[has_edge] = _between(network.shape_lon, point, share)
    at_lat[has_edge] = _between(network.shape_lat, point, share)
    access_mm = np.full(lon.size, UNREACHABLE, dtype=np.int64)
    access_mm[has_edge] = geodesic_mm(
        lon[has_edge], lat[has_edge], at_lon[has_edge], at_lat[has_edge]
    )
    edge_of = np.full(lon.size, -1, dtype=np.int32)
    edge_of[has_edge] = edge
    offset_mm = np.zeros(lon.size, dtype=np.int64)
    offset_mm[has_edge] = network.shape_mm[point] + np.rint(share * step_mm).astype(np.int64)
    on_network = access_mm <= round(min(max_access_m, UNREACHABLE / 2000) * 1000)
    side = np.zeros(lon.size, dtype=np.int8)
    at_end = (offset_mm[has_edge] == 0) | (offset_mm[has_edge] == network.length_mm[edge])
    has_side = ~at_end & (access_mm[has_edge] > 0)
    side[has_edge] = has_side * _side(mainland.ends[found], x[has_edge], y[has_edge])
    return Snaps(
        edge=edge_of,
        offset_mm=offset_mm,
        access_mm=access_mm,
        on_network=on_network,
        past_island=on_network & _is_island_nearer(network, x, y, distance_m),
        lon=at_lon,
        lat=at_lat,
        side=side,
    )


def _side(
    ends: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Tell on which side of segments points lie: 1 right, -1 left, 0 in line.

    Points nearest to a bend lie on the same side of both segments that meet there.
    """
    x0, y0, x1, y1 = ends.T
    leftward = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
    side: NDArray[np.int8] = np.sign(-leftward).astype(np.int8)
    return side


def _between(
    values: NDArray[np.float64], point: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    start, end = values[point], values[point + 1]
    # Exact at both ends, so that positions on a vertex have the vertex's coordinates.
    return np.where(share == 1.0, end, start + share * (end - start))


def _is_island_nearer(
    network: Network,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    distance_m: NDArray[np.float64],
) -> NDArray[np.bool_]:
    islands = grid_of_edges(network, network.can_stop & network.on_island)
    nearest_m = np.full(x.size, np.inf)
    known = np.isfinite(distance_m)
    if islands.edge.size and known.any():
        look_m = float(distance_m[known].max())
        nearest_m[known] = nearest_segments(islands, x[known], y[known], look_m)[2]
    return nearest_m < distance_m
