"""OpenStreetMap tags → what a profile may use, in which direction and how fast."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.profiles import Profile
from lastmile.network.roads import TAG_KEYS, RoadData

_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?\Z")
_UNIT_KPH: Final = {"mph": 1.609344, "knots": 1.852}

# Limits that a zone implies. 50 (urban) and 70 (rural) are those of a Chinese road with one lane
# each way: 道路交通安全法实施条例 art. 45; other countries' zones are near enough for planning.
_ZONE_KPH: Final = {"urban": 50.0, "rural": 70.0, "motorway": 120.0, "living_street": 20.0}

_SLOWEST_KPH: Final = 1.0
"""Lower limits are slips: a way of hours a metre would be no way at all."""

_FORWARD: Final = ("yes", "true", "1")
_BACKWARD: Final = ("-1", "reverse")
_NO_BRIDGE: Final = ("", "no")
# A passage through a building is a yard's gate, and a culvert runs under the road.
_NO_TUNNEL: Final = ("", "no", "building_passage", "culvert")
_ROUNDABOUTS: Final = ("roundabout", "circular")


@dataclass(frozen=True, slots=True, eq=False)
class WayRules:
    """What a profile makes of each way."""

    is_open: NDArray[np.bool_]
    """Shape (ways,)."""

    direction: NDArray[np.int8]
    """Shape (ways,). 0 both ways, 1 along the way, -1 against it."""

    speed_kph: NDArray[np.float64]
    """Shape (ways,). 0 where closed."""

    can_stop: NDArray[np.bool_]
    """Shape (ways,). Whether places may be visited from it; false where closed."""


def way_rules(roads: RoadData, profile: Profile) -> WayRules:
    """Apply a profile to every way.

    Parameters
    ----------
    roads
        The ways with their tags.
    profile
        Who moves.
    """
    speeds = dict(profile.speed_kph)
    verdicts: dict[tuple[str, ...], tuple[int, float, bool]] = {}
    keys = [key for key in TAG_KEYS if key not in ("name", "service")]
    direction = np.zeros(roads.n_ways, dtype=np.int8)
    speed_kph = np.zeros(roads.n_ways)
    can_stop = np.zeros(roads.n_ways, dtype=np.bool_)
    for way, values in enumerate(zip(*(roads.tags[key] for key in keys), strict=True)):
        verdict = verdicts.get(values)
        if verdict is None:
            tags = dict(zip(keys, values, strict=True))
            towards, kph = _verdict(tags, profile, speeds)
            verdict = towards, kph, kph > 0.0 and _may_stop(tags, profile)
            verdicts[values] = verdict
        direction[way], speed_kph[way], can_stop[way] = verdict
    return WayRules(speed_kph > 0.0, direction, speed_kph, can_stop)


def _verdict(
    tags: Mapping[str, str], profile: Profile, speeds: Mapping[str, float]
) -> tuple[int, float]:
    """Direction and speed of a way with these tags; speed 0 if it is closed."""
    speed_kph = speeds.get(_highway(tags), 0.0)
    if speed_kph == 0.0 or not _is_permitted(tags, profile):
        return 0, 0.0
    if profile.obeys_one_way and tags["oneway"] == "reversible":
        # Its direction changes with the hour, which a timeless network cannot say.
        return 0, 0.0
    if profile.obeys_maxspeed:
        limit_kph = parse_maxspeed(tags["maxspeed"])
        if limit_kph is not None:
            speed_kph = limit_kph * profile.limit_share
    direction = one_way(tags) if profile.obeys_one_way else 0
    return direction, min(speed_kph, profile.top_speed_kph)


def _highway(tags: Mapping[str, str]) -> str:
    return tags["highway"].split(";")[0].strip()


def _may_stop(tags: Mapping[str, str], profile: Profile) -> bool:
    if _highway(tags) in profile.passed_only:
        return False
    return profile.stops_on_structures or not (
        tags["motorroad"] == "yes"
        or tags["bridge"] not in _NO_BRIDGE
        or tags["tunnel"] not in _NO_TUNNEL
    )


def _is_permitted(tags: Mapping[str, str], profile: Profile) -> bool:
    for key in profile.access_tags:
        if tags[key]:
            values = (value.strip() for value in tags[key].split(";"))
            return not all(value in profile.closed_values for value in values)
    return True


def one_way(tags: Mapping[str, str]) -> int:
    """Direction in which vehicles may use a way: 0 both, 1 along it, -1 against it.

    Parameters
    ----------
    tags
        Its tags; ``oneway``, ``junction`` and ``highway`` matter. An explicit ``oneway=no`` wins
        over what roundabouts and motorways imply.
    """
    stated = tags.get("oneway", "")
    if stated in _BACKWARD:
        return -1
    implied = tags.get("junction", "") in _ROUNDABOUTS or tags.get("highway", "") == "motorway"
    if stated in _FORWARD or (implied and not stated):
        return 1
    return 0


def parse_maxspeed(text: str) -> float | None:
    """Read a ``maxspeed`` value in km/h; None where it states no number that could be used.

    Of several limits (``60;80``) the lowest counts.

    Examples
    --------
    >>> parse_maxspeed("60"), parse_maxspeed("80 km/h; 60"), parse_maxspeed("CN:urban")
    (60.0, 60.0, 50.0)
    >>> round(parse_maxspeed("40 MPH"), 2), parse_maxspeed("DE:zone:30"), parse_maxspeed("signals")
    (64.37, 30.0, None)
    """
    limits = [_one_limit(part.strip()) for part in re.split(r"[;,|]", text.lower())]
    known = [limit for limit in limits if limit and limit >= _SLOWEST_KPH]
    return min(known) if known else None


def _one_limit(text: str) -> float | None:
    match = _NUMBER.match(text)
    if match:
        return float(match[1]) * _UNIT_KPH.get(match[2] or "", 1.0)
    zone = text.rpartition(":")[2] if ":" in text else ""
    return float(zone) if zone.isdecimal() else _ZONE_KPH.get(zone)
