"""Routes as lines along the road."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from lastmile.network.fastest import CostSteps, cost_steps, fastest_path
from lastmile.network.model import Network
from lastmile.network.pieces import NO_PATH, Ends, ends_of
from lastmile.network.snapping import Snaps

_Points = NDArray[np.float64]
"""Shape (points, 2): longitude, latitude."""

_NUDGE_DEG: Final = 1e-7
"""A centimetre: what a route that never moves is drawn with, so that its line is valid."""


def route_lines(
    network: Network, positions: Snaps, sequences: Sequence[NDArray[np.int64]]
) -> list[LineString]:
    """Draw each sequence of positions along the fastest paths between them.

    Lines run from position to position on the road; access legs are not drawn. Where there is no
    path, the leg is straight. A sequence that never leaves one place becomes a line a centimetre
    long, so that every result is a valid line.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    sequences
        For each line, the positions it visits, in order; one at least.

    Returns
    -------
    list of LineString
        In EPSG:4326.
    """
    drawer = _Drawer(network, positions)
    return [drawer.line(np.asarray(sequence, dtype=np.int64)) for sequence in sequences]


class _Drawer:
    """Holds the work space that all searches share."""

    def __init__(self, network: Network, positions: Snaps) -> None:
        self._network = network
        self._positions = positions
        self._ends: Ends = ends_of(network, positions)
        self._steps: CostSteps = cost_steps(network)
        self._cost = np.full(network.n_vertices, NO_PATH, dtype=np.int64)
        self._arrived_by = np.full(network.n_vertices, -1, dtype=np.int64)
        self._legs: dict[tuple[int, int], _Points] = {}

    def line(self, sequence: NDArray[np.int64]) -> LineString:
        legs = [self._place(int(sequence[0]))]
        for source, target in zip(sequence[:-1].tolist(), sequence[1:].tolist(), strict=True):
            legs.append(self._leg(source, target))
        points = np.concatenate(legs)
        moved = np.ones(len(points), dtype=np.bool_)
        moved[1:] = (points[1:] != points[:-1]).any(axis=1)
        points = points[moved]
        if len(points) == 1:
            points = np.concatenate((points, points + np.array([_NUDGE_DEG, 0.0])))
        return LineString(points)

    def _place(self, position: int) -> _Points:
        return np.array([[self._positions.lon[position], self._positions.lat[position]]])

    def _leg(self, source: int, target: int) -> _Points:
        key = (source, target)
        if key not in self._legs:
            self._legs[key] = self._find(source, target)
        return self._legs[key]

    def _find(self, source: int, target: int) -> _Points:
        first, last = self._place(source), self._place(target)
        edge = self._ends.edge
        if source == target or edge[source] < 0 or edge[target] < 0:
            return np.concatenate((first, last))
        found, direct, by_end, arcs, enters_by_end = fastest_path(
            self._steps, self._ends, source, target, self._cost, self._arrived_by
        )
        if not found:
            return np.concatenate((first, last))
        start_mm, goal_mm = self._positions.offset_mm[source], self._positions.offset_mm[target]
        if direct:
            return np.concatenate((first, self._piece(edge[source], start_mm, goal_mm), last))
        whole_mm = self._network.length_mm
        parts = [first]
        leave_mm = whole_mm[edge[source]] if by_end else 0
        parts.append(self._piece(edge[source], start_mm, leave_mm))
        net = self._network
        at = net.edge_to[edge[source]] if by_end else net.edge_from[edge[source]]
        for arc in arcs.tolist():
            along = self._steps.edge[arc]
            if along >= 0:  # and not a turn
                parts.append(self._edge_shape(along, at))
                at = net.search.vertex[self._steps.head[arc]]
        enter_mm = whole_mm[edge[target]] if enters_by_end else 0
        parts.append(self._piece(edge[target], enter_mm, goal_mm))
        return np.concatenate([*parts, last])

    def _shape(self, edge: int) -> slice:
        offsets = self._network.shape_offsets
        return slice(int(offsets[edge]), int(offsets[edge + 1]))

    def _edge_shape(self, edge: int, start: int) -> _Points:
        """Points of a whole edge, begun at the vertex ``start``."""
        net, span = self._network, self._shape(edge)
        points = np.column_stack((net.shape_lon[span], net.shape_lat[span]))
        return points if net.edge_from[edge] == start else points[::-1]

    def _piece(self, edge: int, from_mm: int, to_mm: int) -> _Points:
        """Shape points of an edge between two offsets, both included, in order of travel."""
        net, span = self._network, self._shape(edge)
        low_mm, high_mm = min(from_mm, to_mm), max(from_mm, to_mm)
        inside = (net.shape_mm[span] >= low_mm) & (net.shape_mm[span] <= high_mm)
        points = np.column_stack((net.shape_lon[span][inside], net.shape_lat[span][inside]))
        return points if from_mm <= to_mm else points[::-1]
