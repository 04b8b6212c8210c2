"""Parcels a day at the demand points, from a day's orders instead of a rate per person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, plane_positions
from lastmile.places.notes import Note, listed
from lastmile.places.settlement import nearest_positions
from lastmile.scenario import MOST_DISTANCE_M


@dataclass(frozen=True, slots=True, eq=False)
class OrderParcels:
    """A day's orders, added up where the people are."""

    parcels: Floats
    """Shape (demand points,). Parcels a day."""

    per_person_day: Mapping[str, float]
    """Class to parcels a day for each of its people: the rate that the orders come to."""

    placed: NDArray[np.int64]
    """Shape (orders,). Position of the demand point of each order; -1 without one."""

    notes: tuple[Note, ...]
    """The rates, and the orders that have no demand point."""


def parcels_of_orders(
    demand: gpd.GeoDataFrame, orders: gpd.GeoDataFrame, plane: pyproj.CRS, max_distance_m: float
) -> OrderParcels:
    """Give each order to the nearest demand point, and add up their parcels.

    An order goes to the nearest point of its own unit where it states one and the unit has any
    within the distance, else to the nearest of all.

    Parameters
    ----------
    demand
        ``DEMAND_COLUMNS``.
    orders
        Points, EPSG:4326, with ``id``, ``parcels``, and ``unit_code`` where units are known ('' in
        rows that state none).
    plane
        Where distances are measured, in metres.
    max_distance_m
        An order farther than this from every demand point belongs to nobody; it is told.
    """
    spots = _plane(demand, plane)
    at = _plane(orders, plane)
    parcels = orders["parcels"].to_numpy(dtype=np.float64)
    placed = _nearest(spots, at, max_distance_m)
    if "unit_code" in orders:
        own = demand["unit_code"].astype(str).to_numpy()
        stated = orders["unit_code"].astype(str).to_numpy()
        for code in sorted(set(stated) & set(own) - {""}):
            rows, points = np.flatnonzero(stated == code), np.flatnonzero(own == code)
            found = _nearest(spots[points], at[rows], max_distance_m)
            placed[rows[found >= 0]] = points[found[found >= 0]]
    somewhere = placed >= 0
    sums = np.zeros(len(demand))
    np.add.at(sums, placed[somewhere], parcels[somewhere])
    rates = _rates(demand, sums)
    notes = (*_rate_notes(rates, float(parcels.sum())), *_unplaced(orders, placed, max_distance_m))
    return OrderParcels(sums, rates, placed, notes)


def _plane(frame: gpd.GeoDataFrame, plane: pyproj.CRS) -> NDArray[np.object_]:
    xy = plane_positions(frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy(), plane)
    points: NDArray[np.object_] = shapely.points(xy)
    return points


def _nearest(
    spots: NDArray[np.object_], at: NDArray[np.object_], max_distance_m: float
) -> NDArray[np.int64]:
    if not len(spots) or not len(at):
        return np.full(len(at), -1, dtype=np.int64)
    found = nearest_positions(spots, at).astype(np.int64)
    too_far = shapely.distance(spots[found], at) > min(max_distance_m, MOST_DISTANCE_M)
    return np.where(too_far, -1, found)


def _rates(demand: gpd.GeoDataFrame, parcels: Floats) -> dict[str, float]:
    classes = demand["settlement"].astype(str).to_numpy()
    people = demand["people"].to_numpy(dtype=np.float64)
    return {
        name: float(parcels[classes == name].sum() / people[classes == name].sum())
        for name in ("urban", "rural")
        if (classes == name).any()
    }


def _rate_notes(rates: Mapping[str, float], total: float) -> tuple[Note, ...]:
    called = {"urban": "城镇", "rural": "乡村"}
    zh = "，".join(f"{called[name]}每人每日 {rate:.3g} 件" for name, rate in rates.items())
    en = ", ".join(f"{rate:.3g} for each {name} person" for name, rate in rates.items())
    return (
        Note(
            zh=f"包裹量取自订单表，每日共 {total:,.0f} 件：{zh}",
            en=f"parcels are those of the orders, {total:,.0f} a day: {en}",
        ),
    )


def _unplaced(
    orders: gpd.GeoDataFrame, placed: NDArray[np.int64], max_distance_m: float
) -> tuple[Note, ...]:
    lost = np.flatnonzero(placed < 0)
    if not lost.size:
        return ()
    zh, en = listed([str(own) for own in orders["id"].to_numpy()[lost]])
    parcels = float(orders["parcels"].to_numpy(dtype=np.float64)[lost].sum())
    return (
        Note(
            zh=f"{lost.size:,} 个订单（{parcels:,.0f} 件）在 {max_distance_m:g} 米内没有需求点，"
            f"未计入：{zh}",
            en=f"{lost.size:,} orders ({parcels:,.0f} parcels) have no demand point within "
            f"{max_distance_m:g} m and are not counted: {en}",
        ),
    )
