"""People at points, before they have a class and a service distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class AgeGroup:
    """The people of one age at every demand point."""

    name: str
    """As the scenario calls it: ``65+``."""

    people: NDArray[np.float64]
    """Shape (points,). At least 0."""


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Where people are."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    points: NDArray[np.object_]
    """Shape (points,). Shapely points, EPSG:4326."""

    people: NDArray[np.float64]
    """Shape (points,). Greater than 0."""

    settlement: tuple[str, ...] = ()
    """urban, rural or '' per point, where the table states a class; empty where none does."""

    service_distance_m: NDArray[np.float64] | None = None
    """Shape (points,). The points' own service distances, NaN where a point has none."""

    age_groups: tuple[AgeGroup, ...] = ()
    """In the order of the scenario; people of no group are in ``people`` alone."""

    unit_codes: tuple[str, ...] = ()
    """Unit per point, where the source knows it ('' where not): outlines drawn apart overlap by
    slivers, and people of one unit must not count for its neighbour. Empty where it knows none."""
