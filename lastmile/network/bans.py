"""Areas closed to some vehicles at some hours (限行)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from lastmile.network.hours import Period
from lastmile.network.profiles import Profile
from lastmile.network.roads import RoadData

_THROUGH_MM: Final = 50_000
"""So much of a segment may lie in a banned area if its middle does not."""


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
    """Find the segments that an area bans a profile from.

    A segment is banned whose middle lies in the area, or that runs through it for more than 50 m:
    a long straight road is one segment, and may cross a whole area between its nodes. What crosses
    a corner, or ends just inside, is not.

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
            banned |= _runs_through(roads, area, np.flatnonzero(~banned & _near(roads, area)))
    return banned


def _near(roads: RoadData, area: BaseGeometry) -> NDArray[np.bool_]:
    """Which segments are long enough to run through an area, and have boxes that meet its box."""
    west, south, east, north = area.bounds
    near = roads.segment_mm > _THROUGH_MM
    for first, low, high in ((roads.lon, west, east), (roads.lat, south, north)):
        second = np.append(first[1:], first[-1:])
        near &= (np.minimum(first, second) <= high) & (np.maximum(first, second) >= low)
    return near


def _runs_through(
    roads: RoadData, area: BaseGeometry, segment: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of some segments run through an area for longer than is passed over."""
    ends = np.stack((segment, segment + 1), axis=1)
    lines = shapely.linestrings(np.stack((roads.lon[ends], roads.lat[ends]), axis=2))
    # A segment is a few hundred metres long: its shares in degrees are those in metres.
    inside = shapely.length(shapely.intersection(lines, area)) / shapely.length(lines)
    through = np.zeros(roads.lon.size, dtype=np.bool_)
    through[segment] = inside * roads.segment_mm[segment] > _THROUGH_MM
    return through


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
