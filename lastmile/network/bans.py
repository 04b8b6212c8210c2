"""Areas closed to some vehicles at some hours (限行)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from lastmile.network.hours import Period
from lastmile.network.profiles import Profile
from lastmile.network.roads import RoadData


@dataclass(frozen=True, slots=True, eq=False)
class Ban:
    """An area that some vehicles may not drive in at some hours."""

    name: str
    area: BaseGeometry
    """Polygons in EPSG:4326."""

    vehicles: tuple[str, ...]
    """Names of the profiles that are banned; empty for all vehicles, never for walkers."""

    hours: tuple[Period, ...] = ()
    """When; empty for always."""

    def binds(self, profile: Profile, period: Period | None) -> bool:
        """Tell whether a profile is banned at some moment of a period."""
        named = profile.name in self.vehicles if self.vehicles else profile.obeys_one_way
        if not named or not self.hours:
            return named
        return period is not None and any(hours.meets(period) for hours in self.hours)


def banned_segments(
    roads: RoadData, bans: Sequence[Ban], profile: Profile, period: Period | None
) -> NDArray[np.bool_]:
    """Find the segments whose middle lies in an area that a profile is banned from.

    Parameters
    ----------
    roads
        The ways.
    bans
        The areas.
    profile
        Who moves.
    period
        When; None for a day without hours, in which only bans without hours bind.

    Returns
    -------
    ndarray
        Shape (node references,).
    """
    banned = np.zeros(roads.lon.size, dtype=np.bool_)
    areas = [ban.area for ban in bans if ban.binds(profile, period)]
    if areas:
        lon, lat = roads.lon.copy(), roads.lat.copy()
        lon[:-1] = (lon[:-1] + lon[1:]) / 2
        lat[:-1] = (lat[:-1] + lat[1:]) / 2
        shapely.prepare(areas)
        for area in areas:
            banned |= shapely.contains_xy(area, lon, lat)
    return banned


def banned_km(
    roads: RoadData, bans: Sequence[Ban], profile: Profile, period: Period | None
) -> float:
    """Measure the road, of whatever class, that a profile is banned from.

    Parameters
    ----------
    roads, bans, profile, period
        As for :func:`banned_segments`.
    """
    return int(roads.segment_mm[banned_segments(roads, bans, profile, period)].sum()) / 1e6
