"""The routing problem and its solution: ids, numbers and costs, never geometry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import CostMatrix

Status = Literal["optimal", "feasible", "infeasible", "interrupted"]


@dataclass(frozen=True, slots=True)
class VehicleType:
    """Vehicles that are alike and start from one depot."""

    id: str
    depot: int
    """Position of the depot where routes start and end."""

    n_available: int
    capacity: tuple[int, ...]
    """Per load dimension, in the unit of the problem's ``demand``."""

    shift_start_ms: int = 0
    """Since midnight, local time."""

    shift_end_ms: int = 86_400_000
    max_distance_mm: int | None = None
    fixed_cost_yuan: float = 0.0
    cost_per_km_yuan: float = 0.0
    cost_per_hour_yuan: float = 0.0
    """On duty: driving, waiting and serving."""


@dataclass(frozen=True, slots=True, eq=False)
class RoutingProblem:
    """Which vehicle visits which stops, in which order.

    Locations are the depots, then the stops; both matrices are over all of them.
    """

    travel_time: CostMatrix
    """Shape (locations, locations), impedance travel_time_ms, along the fastest path."""

    distance: CostMatrix
    """Shape (locations, locations), impedance length_mm, along that same path."""

    n_depots: int
    demand: NDArray[np.int64]
    """Shape (stops, load dimensions). What each stop receives."""

    service_ms: NDArray[np.int64]
    """Shape (stops,). Time spent at each stop."""

    window_start_ms: NDArray[np.int64]
    """Shape (stops,). Earliest start of service, since midnight; arriving earlier means waiting."""

    window_end_ms: NDArray[np.int64]
    """Shape (stops,). Latest start of service, inclusive."""

    vehicle_types: tuple[VehicleType, ...]
    load_dimensions: tuple[str, ...] = ("parcels",)

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return int(self.service_ms.size)

    @property
    def stop_ids(self) -> tuple[str, ...]:
        """Ids of the stops, in order."""
        return self.travel_time.origin_ids[self.n_depots :]


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop on a route, with its times since midnight."""

    stop: int
    arrival_ms: int
    """When the vehicle gets there; service starts then or when the window opens."""

    departure_ms: int


@dataclass(frozen=True, slots=True)
class Route:
    """One vehicle's day."""

    vehicle_type: int
    """Position in the problem's ``vehicle_types``."""

    visits: tuple[Visit, ...]
    start_ms: int
    end_ms: int
    distance_mm: int
    load: tuple[int, ...]
    """Per load dimension, on leaving the depot."""

    cost_yuan: float


@dataclass(frozen=True, slots=True)
class Unserved:
    """A stop that no route visits, and why."""

    stop: int
    reason: Literal["capacity", "window", "range", "unreachable", "fleet", "search"]
    """Too large, too late or too far for every vehicle; no road; provably too few vehicles; or the
    search found no place for it."""

    remedy: str
    """One English sentence with its figures."""

    n_more_vehicles: int = 0
    """fleet, search: how many more vehicles of ``vehicle_type`` would serve all that is left."""

    vehicle_type: int = -1
    """Position in the problem's ``vehicle_types``; -1 where the remedy is no vehicle."""

    excess: int = 0
    """range: by how many mm the shortest round trip of ``vehicle_type`` is too long. window: by
    how many ms its shift must end later, or, if negative, start earlier."""


@dataclass(frozen=True, slots=True, eq=False)
class RoutingSolution:
    """Routes, stops left out, and what was proven.

    Every stop is in exactly one route or in ``unserved``.
    """

    status: Status
    cost_yuan: float
    bound_yuan: float
    """A proven lower bound on the cost of serving the same stops; 0 when none was sought."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    engine: str
    wall_s: float
    cpu_s: float
    seed: int
    iterations: int = 0
    versions: dict[str, str] = field(default_factory=dict)
