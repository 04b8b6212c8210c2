"""What the planner knows of an area before any road is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from lastmile.places.notes import Note
from lastmile.places.population import AgeGroup

UNIT_COLUMNS: Final = ("code", "name", "level", "parent_code", "settlement", "people", "geometry")
DEMAND_COLUMNS: Final = (
    "id", "name", "unit_code", "settlement", "people", "service_distance_m", "geometry",
)  # fmt: skip
SITE_COLUMNS: Final = ("id", "name", "kind", "role", "cost_yuan", "capacity", "geometry")
DEPOT_COLUMNS: Final = ("id", "name", "geometry")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Units, people, sites and depots of the planning area, all in EPSG:4326.

    Every frame has a fresh ``RangeIndex`` and exactly the columns listed, in that order.
    Ids and codes are text, unique inside their frame, and rows keep the order of the files.
    """

    area: Polygon | MultiPolygon
    """Union of the first boundary layer."""

    units: gpd.GeoDataFrame
    """``UNIT_COLUMNS``: polygons of every level, coarsest first. ``parent_code`` is the unit of
    the next coarser level that holds it ('' at the top); ``settlement`` urban, rural or '';
    ``people`` is the official total, NaN where none was given."""

    demand: gpd.GeoDataFrame
    """``DEMAND_COLUMNS``: points; ``people`` > 0, float; ``unit_code`` the finest unit around
    the point, '' outside all; ``service_distance_m`` float metres."""

    sites: gpd.GeoDataFrame
    """``SITE_COLUMNS``: points; ``kind`` 服务屋 or 服务站; ``role`` existing, candidate, required
    or forbidden; ``cost_yuan`` int, 0 for existing; ``capacity`` parcels a day or inf."""

    depots: gpd.GeoDataFrame
    """``DEPOT_COLUMNS``: points."""

    notes: tuple[Note, ...] = ()
    """What a planner must be told of the input: what was left out, what could not be checked."""

    age_groups: tuple[AgeGroup, ...] = ()
    """People by age, each group with one number for every row of ``demand``."""

    parcels_per_day: NDArray[np.float64] | None = None
    """Parcels a day at every row of ``demand``, where orders tell them; None to take the rates per
    person of ``[routing]``."""
