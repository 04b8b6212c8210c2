"""What of a network the rules of turning look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What of a network the rules of turning look at."""

    n_vertices: int
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    goes: NDArray[np.bool_]
    """Shape (2, edges). Whether the edge may be driven along and against its shape."""

    own_side: NDArray[np.bool_]
    """Shape (edges,). Whether stops on the edge are left and reached on one side of it only."""

    time_ms: NDArray[np.int64]
    length_mm: NDArray[np.int64]
    way_at_start: NDArray[np.int64]
    """Shape (edges,). OSM id of the way at the edge's start."""

    way_at_end: NDArray[np.int64]
    vertex_ids: NDArray[np.int64]
    """Shape (vertices,). OSM ids; below 0 at closed barriers, where no rule applies."""

    next_at_start: NDArray[np.int64]
    """Shape (edges,). OSM id of the second node of the edge's shape."""

    next_at_end: NDArray[np.int64]
    """Shape (edges,). OSM id of the last node but one."""

    bearing_start: NDArray[np.float64]
    """Shape (edges, 2). Unit vector of the first segment, in the plane."""

    bearing_end: NDArray[np.float64]
    """Shape (edges, 2). Unit vector of the last segment."""

    delay_ms: NDArray[np.int64]
    """Shape (vertices,). What everybody loses there, at a signal or a gate."""
