"""What the planner knows of an area before any road is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from lastmile.places.notes import Note
from lastmile.places.population import AgeGroup

LEVELS: Final = ("district", "township", "community")
"""Levels of units, coarsest first."""

UNIT_COLUMNS: Final = (
    "code", "name", "level", "parent_code", "settlement", "settlement_source", "people",
    "estimated", "geometry",
)  # fmt: skip
DEMAND_COLUMNS: Final = (
    "id", "name", "unit_code", "settlement", "people", "service_distance_m", "geometry",
)  # fmt: skip
SITE_COLUMNS: Final = (
    "id", "name", "kind", "role", "cost_yuan", "capacity", "premises", "opened", "geometry",
)  # fmt: skip
DEPOT_COLUMNS: Final = ("id", "name", "kind", "capacity", "geometry")
ORDER_COLUMNS: Final = (
    "id", "name", "parcels", "weight_kg", "volume_m3", "window_start_s", "window_end_s",
    "temperature", "station_id", "geometry",
)  # fmt: skip


def no_orders() -> gpd.GeoDataFrame:
    """Return a frame of orders that holds none."""
    types = dict.fromkeys(("parcels", "window_start_s", "window_end_s"), "int64")
    types |= dict.fromkeys(("weight_kg", "volume_m3"), "float64")
    columns = {name: np.empty(0, types.get(name, "object")) for name in ORDER_COLUMNS[:-1]}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs="EPSG:4326"))


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
    the next coarser level that holds it ('' at the top); ``settlement`` urban, rural or '', and
    ``settlement_source`` the file and column that say so; ``people`` is the official total, NaN
    where none was given; ``estimated`` whether the outline was made from points."""

    demand: gpd.GeoDataFrame
    """``DEMAND_COLUMNS``: points; ``people`` > 0, float; ``unit_code`` the finest unit around
    the point, '' outside all; ``service_distance_m`` float metres."""

    sites: gpd.GeoDataFrame
    """``SITE_COLUMNS``: points; ``kind`` 服务屋 or 服务站; ``role`` existing, candidate, required
    or forbidden; ``cost_yuan`` int, 0 for existing; ``capacity`` parcels a day or inf;
    ``premises`` shop, property, committee, coop, post, generated or ''; ``opened`` year or NaN."""

    depots: gpd.GeoDataFrame
    """``DEPOT_COLUMNS``: points; ``kind`` transit, sorting or ''; ``capacity`` parcels a day or
    inf."""

    notes: tuple[Note, ...] = ()
    """What a planner must be told of the input: what was left out, what could not be checked."""

    orders: gpd.GeoDataFrame = field(default_factory=no_orders)
    """``ORDER_COLUMNS``: address points; ``parcels`` int, at least 1; ``weight_kg`` and
    ``volume_m3`` of the row as a whole, NaN where unknown; windows in seconds of the day, 0 to
    86,400 where any time will do; ``temperature`` ambient, chilled or frozen; ``station_id`` of
    ``sites``, or '' to be decided by the plan. Without orders it is empty."""

    order_demand: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Shape (orders,). Row of ``demand`` to which each order belongs; -1 where none is near."""

    age_groups: tuple[AgeGroup, ...] = ()
    """People by age, each group with one number for every row of ``demand``."""
