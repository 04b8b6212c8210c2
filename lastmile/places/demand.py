"""Demand points: people with a unit, a class and a service distance."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.classes import Classes, ClassSource, plane_of
from lastmile.places.coordinates import projected
from lastmile.places.locate import finest_units
from lastmile.places.model import DEMAND_COLUMNS, LEVELS
from lastmile.places.population import People
from lastmile.places.units import Units
from lastmile.scenario import ColumnSettlement, PointDemand, Scenario

_SLIVER_M: Final = 30.0
"""Borders of two layers differ by less, and cells are larger."""


def demand_frame(
    scenario: Scenario, people: People, classes: ClassSource, units: Units, faults: FaultLog
) -> gpd.GeoDataFrame | None:
    """Give people their unit, class and service distance.

    Parameters
    ----------
    scenario
        Says where classes come from, and the service distance of each class.
    people
        The points.
    classes
        The source of classes beside the table's own column.
    units
        The units.
    faults
        Where points without a class are reported.

    Returns
    -------
    GeoDataFrame or None
        ``DEMAND_COLUMNS``; None when some point has no class.
    """
    settlement = _classes(scenario, people, classes, units, faults)
    if settlement is None:
        return None
    codes = np.append(units.units["code"].to_numpy(dtype=object), "")
    standard = scenario.service_distance
    distance_m = np.where(settlement == "urban", standard.urban_m, standard.rural_m)
    if people.service_distance_m is not None:
        own = people.service_distance_m
        distance_m = np.where(np.isnan(own), distance_m, own)
    frame = gpd.GeoDataFrame(
        {
            "id": pd.Series(people.ids, dtype=object),
            "name": pd.Series(people.names, dtype=object),
            "unit_code": pd.Series(codes[_homes(people, units)], dtype=object),
            "settlement": pd.Series(settlement, dtype=object),
            "people": people.people.astype(np.float64),
            "service_distance_m": distance_m.astype(np.float64),
        },
        geometry=gpd.GeoSeries(people.points, crs="EPSG:4326"),
        crs="EPSG:4326",
    )
    return frame[list(DEMAND_COLUMNS)]


def _homes(people: People, units: Units) -> NDArray[np.int64]:
    """Find the finest unit of every point: around it, unless its source knows better."""
    around = finest_units(people.points, units.units)
    if not people.unit_codes:
        return around
    codes = {str(code): row for row, code in enumerate(units.units["code"])}
    stated = np.array([codes.get(code, -1) for code in people.unit_codes], dtype=np.int64)
    # The last, at -1, is outside all units: any stated one is finer.
    rank = np.append([LEVELS.index(level) for level in units.units["level"]], -1)
    return np.where((stated >= 0) & (rank[stated] >= rank[around]), stated, around)


def _classes(
    scenario: Scenario, people: People, classes: ClassSource, units: Units, faults: FaultLog
) -> Classes | None:
    by_column = isinstance(scenario.settlement, ColumnSettlement)
    if not by_column:
        if not classes.constant and classes.anchors is None:
            return None  # the community layer could not be read, which has been reported
        return classes.of(people.points, units)
    own = np.array(people.settlement, dtype=object) if people.settlement else None
    found = classes.of(people.points, units)
    if own is not None:
        found = np.where(own != "", own, found)
    found = _across_slivers(people, found, units)
    unknown = found == ""
    if unknown.any():
        _report_unknown(scenario, people, unknown, faults)
        return None
    return found


def _across_slivers(people: People, found: Classes, units: Units) -> Classes:
    """Give points between units the class of the unit beside them.

    Layers drawn apart leave slivers that are in the area and in no finer unit: one cell of half a
    million with its middle there would refuse the whole plan.
    """
    unknown = np.flatnonzero(found == "")
    classed = units.units[units.units["settlement"] != ""]
    if not len(unknown) or classed.empty:
        return found
    plane = plane_of(units)
    tree = shapely.STRtree(projected(classed.geometry.to_numpy(), plane))
    point, unit = tree.query_nearest(
        projected(people.points[unknown], plane), max_distance=_SLIVER_M, all_matches=False
    )
    found = found.copy()
    found[unknown[point]] = classed["settlement"].to_numpy(dtype=object)[unit]
    return found


def _report_unknown(
    scenario: Scenario, people: People, unknown: NDArray[np.bool_], faults: FaultLog
) -> None:
    first = people.names[int(np.flatnonzero(unknown)[0])]
    demand = scenario.demand
    file = str(demand.path) if isinstance(demand, PointDemand) else "boundaries"
    faults.add(
        file,
        "settlement",
        found=f"no class for {int(unknown.sum())} of {len(unknown)} points, such as {first}",
        expected="urban or rural for every demand point",
        remedy="set demand.columns.settlement or settlement_column of a boundary layer, fill its "
        "cells, or set settlement.source",
    )
