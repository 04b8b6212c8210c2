"""The plan: what the pipeline produces and every output is drawn from.

A :class:`Plan` holds exactly what its folder holds, so a plan that was loaded serves maps,
reports and comparisons as well as one that was just computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from lastmile.scenario import Scenario

LAYER_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "units": (
        "code", "name", "level", "parent_code", "class", "people", "covered_people",
        "covered_share", "estimated", "settlement_source", "geometry",
    ),
    "demand": (
        "id", "name", "unit_code", "class", "people", "service_distance_m", "covered",
        "station_id", "distance_m", "reason", "remedy", "geometry",
    ),
    "sites": (
        "id", "name", "kind", "role", "open", "cost_yuan", "capacity", "premises", "opened",
        "geometry",
    ),
    "stations": (
        "id", "name", "kind", "role", "people_served", "load", "utilisation", "phase", "geometry",
    ),
    "catchments": ("station_id", "limit_m", "geometry"),
    "assignments": ("demand_id", "station_id", "distance_m"),
    "centres": ("id", "name", "n_routes", "load", "geometry"),
    "vehicles": (
        "vehicle_type", "depot_id", "capacity_parcels", "shift_start_s", "shift_end_s",
        "max_distance_m", "n_available", "n_used",
    ),
    "routes": (
        "id", "vehicle_type", "depot_id", "n_stops", "distance_m", "duration_s", "load_parcels",
        "cost_yuan", "co2e_kg", "start_s", "end_s", "geometry",
    ),
    "stops": (
        "route_id", "sequence", "stop_id", "name", "arrival_s", "departure_s", "window_start_s",
        "window_end_s", "load_parcels", "station_id", "geometry",
    ),
    "unserved": ("stop_id", "reason", "remedy", "station_id", "geometry"),
    "roads": ("highway", "name", "geometry"),
}  # fmt: skip
"""Columns of every layer of ``plan.gpkg``, in order; all geometry is EPSG:4326, ids are text.

Layers without ``geometry`` are plain tables. ``people_served``, ``covered_people`` are people
(float); ``class`` is urban, rural or '' (a unit of both); times are whole seconds since midnight;
``covered`` and ``open`` are booleans; ``distance_m`` is NaN where there is no station.
A demand ``reason`` is '' or one of off_network, no_candidate_in_reach, forbidden, budget,
capacity, share_met, not_open (where the existing stations alone were measured). ``stop_id`` is
the station's id, with ``#k`` appended for the k-th visit of a station whose load was split;
``station_id`` joins it to ``stations``. A site without a limit has no ``capacity`` (NaN).
``premises`` is shop, property, committee, coop, post, generated (at a junction) or '' where it is
not known; ``opened`` the year in which a station opened, NaN where it is not known. ``estimated``
says that the outline of a unit was made from points; ``settlement_source`` is the file and column
of its class, or ''.
``catchments`` are the ground from which a station is within ``limit_m``, one row for each service
distance of the people that it serves, shortest first, each inside the next.
``roads`` are the area's ways, for the map's base."""

ADDED_COLUMNS: Final[Mapping[tuple[str, str], object]] = {
    ("units", "estimated"): False,
    ("units", "settlement_source"): "",
    ("sites", "premises"): "",
    ("sites", "opened"): math.nan,
}
"""Columns that plans of earlier versions lack, by layer, with the value that says nothing."""

SCHEMA_VERSION: Final = 1

_FLOATS: Final = frozenset(
    {"people", "covered_people", "covered_share", "service_distance_m", "distance_m", "capacity"}
    | {"people_served", "utilisation", "max_distance_m", "cost_yuan@routes", "co2e_kg"}
    | {"limit_m", "opened"}
)
_INTEGERS: Final = frozenset(
    {"cost_yuan", "load", "phase", "n_routes", "capacity_parcels", "shift_start_s", "shift_end_s"}
    | {
        "n_available",
        "n_used",
        "n_stops",
        "duration_s",
        "load_parcels",
        "start_s",
        "end_s",
        "sequence",
    }
    | {"arrival_s", "departure_s", "window_start_s", "window_end_s"}
)
_BOOLEANS: Final = frozenset({"covered", "open", "estimated"})


def layer_frame(name: str, columns: Mapping[str, Any]) -> gpd.GeoDataFrame | pd.DataFrame:
    """Make a layer with its contract's columns, order and types, empty or not.

    Parameters
    ----------
    name
        Key of ``LAYER_COLUMNS``.
    columns
        One sequence for each column of the layer; ``geometry`` in EPSG:4326.
    """
    wanted = LAYER_COLUMNS[name]
    attributes = {
        column: pd.Series(columns[column]).reset_index(drop=True).astype(_dtype(name, column))
        for column in wanted
        if column != "geometry"
    }
    if "geometry" not in wanted:
        return pd.DataFrame(attributes)
    geometry = gpd.GeoSeries(list(columns["geometry"]), crs="EPSG:4326")
    return gpd.GeoDataFrame(attributes, geometry=geometry)[list(wanted)]


def empty_layer(name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Make a layer without rows."""
    return layer_frame(name, dict.fromkeys(LAYER_COLUMNS[name], ()))


def _dtype(name: str, column: str) -> str:
    if column in _FLOATS or f"{column}@{name}" in _FLOATS:
        return "float64"
    if column in _INTEGERS:
        return "int64"
    return "bool" if column in _BOOLEANS else "str"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A finished plan: its scenario, its figures and its layers."""

    scenario: Scenario
    summary: Mapping[str, Any]
    """The content of ``plan.json`` but for the scenario; see docs/plan.md."""

    layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame]
    """One frame per key of ``LAYER_COLUMNS``, possibly empty, with exactly those columns."""

    @property
    def is_openstreetmap(self) -> bool:
        """Whether its roads come from OpenStreetMap, whose licence wants to be named.

        Older plans do not say; they credit it, as they always did.
        """
        network = self.summary.get("network") or {}
        return bool(network.get("from_openstreetmap", True))

    @classmethod
    def load(cls, folder: Path | str) -> Plan:
        """Load a plan folder.

        Raises
        ------
        InputError
            When the folder holds no plan, or one written by a newer version.
        """
        from lastmile.store import load_plan  # noqa: PLC0415 - the store knows plans, not they it

        return load_plan(Path(folder))
