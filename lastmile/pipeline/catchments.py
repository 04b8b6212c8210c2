"""The ground that each open station serves: a layer of the plan, for maps."""

from __future__ import annotations

import math
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.network import Drawing, catchments, euclidean_catchments, nested
from lastmile.pipeline.inputs import Inputs
from lastmile.pipeline.stations import Stations
from lastmile.pipeline.walking import Walking, to_mm
from lastmile.plans import layer_frame
from lastmile.scenario import Scenario

_MOST_POINTS: Final = 1e8
"""Points of ground that all catchments may take together: a few CPU-s."""

_FINEST_M: Final = 10.0
_COARSEST_M: Final = 50.0
_STEP_M: Final = 5.0

_MOST_OF_A_STATION: Final = 3
"""People may have standards of their own; their shortest, middle and longest are drawn then."""


def draw_catchments(
    scenario: Scenario, inputs: Inputs, walking: Walking, stations: Stations
) -> gpd.GeoDataFrame:
    """Draw the ground from which each open station is within the standard of those it serves.

    A station that serves nobody is drawn with the standard of its kind. The more ground there is,
    the broader the strokes; where they would be too broad to say anything, nothing is drawn.
    """
    site, limit_mm = _limits(scenario, inputs, stations)
    if are_too_many(scenario, inputs, stations):
        site, limit_mm = site[:0], limit_mm[:0]
    if scenario.service_distance.metric == "network":
        on_network = walking.snapped.sites.on_network[site]
        site, limit_mm = site[on_network], limit_mm[on_network]
    shapes = nested(_shapes(scenario, inputs, walking, site, limit_mm), site)
    drawn = ~shapely.is_empty(np.asarray(shapes.array, dtype=object))
    columns = {
        "station_id": inputs.places.sites["id"].to_numpy()[site[drawn]],
        "limit_m": limit_mm[drawn] / 1000.0,
        "geometry": shapes[drawn],
    }
    return layer_frame("catchments", columns)


def are_too_many(scenario: Scenario, inputs: Inputs, stations: Stations) -> bool:
    """Whether the catchments would take too long to draw, so that none is."""
    if scenario.service_distance.metric == "euclidean":
        return False
    return _cell_m(_limits(scenario, inputs, stations)[1]) > _COARSEST_M


def _cell_m(limit_mm: NDArray[np.int64]) -> float:
    """Distance between points of ground that keeps their number within bounds."""
    square_m2 = float(np.square(2.0 * limit_mm / 1000.0).sum())
    return max(_FINEST_M, _STEP_M * math.ceil(math.sqrt(square_m2 / _MOST_POINTS) / _STEP_M))


def _limits(
    scenario: Scenario, inputs: Inputs, stations: Stations
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sites and standards to be drawn, site by site, shortest standard first."""
    standard = scenario.service_distance
    kind = inputs.places.sites["kind"].to_numpy()
    by_kind_m = np.where(kind == "服务屋", standard.urban_m, standard.rural_m)
    solution = stations.solution
    served = np.flatnonzero(solution.station >= 0)
    rows = np.unique(
        np.column_stack(
            (
                solution.station[served],
                to_mm(inputs.places.demand["service_distance_m"].to_numpy()[served]),
            )
        ),
        axis=0,
    )
    idle = np.setdiff1d(np.flatnonzero(solution.open), rows[:, 0])
    rows = np.concatenate((rows, np.column_stack((idle, to_mm(by_kind_m[idle])))))
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))].astype(np.int64)
    return _few(rows)


def _few(rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the shortest, middle and longest standard of sites that have many."""
    _, first, count = np.unique(rows[:, 0], return_index=True, return_counts=True)
    n = np.repeat(count, count)
    rank = np.arange(len(rows)) - np.repeat(first, count)
    kept = (n <= _MOST_OF_A_STATION) | (rank == 0) | (rank == n // 2) | (rank == n - 1)
    return rows[kept, 0], rows[kept, 1]


def _shapes(
    scenario: Scenario,
    inputs: Inputs,
    walking: Walking,
    site: NDArray[np.int64],
    limit_mm: NDArray[np.int64],
) -> gpd.GeoSeries:
    standard = scenario.service_distance
    if standard.metric == "euclidean":
        points = inputs.places.sites.geometry.iloc[site]
        return euclidean_catchments(points.x.to_numpy(), points.y.to_numpy(), limit_mm=limit_mm)
    cell_m = _cell_m(limit_mm)
    drawing = Drawing(
        max_access_m=standard.max_access_m,
        cell_m=cell_m,
        width_m=2.0 * cell_m,
        tolerance_m=0.5 * cell_m,
    )
    return catchments(
        inputs.walk, walking.snapped.sites.take(site), limit_mm=limit_mm, drawing=drawing
    ).geometry
