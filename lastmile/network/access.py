"""OpenStreetMap tags → what a profile may use, in which direction and how fast."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.conditions import values_over
from lastmile.network.hours import Period
from lastmile.network.profiles import HOURS, Profile
from lastmile.network.roads import GROUND_TUNNELS, RoadData
from lastmile.network.signs import SIGNS, parse_size

_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?\Z")
_UNIT_KPH: Final = {"mph": 1.609344, "knots": 1.852}

# Limits that a zone implies. 50 (urban) and 70 (rural) are those of a Chinese road with one lane
# each way: 道路交通安全法实施条例 art. 45; other countries' zones are near enough for planning.
_ZONE_KPH: Final = {"urban": 50.0, "rural": 70.0, "motorway": 120.0, "living_street": 20.0}

_SLOWEST_KPH: Final = 1.0
"""Lower limits are slips: a way of hours a metre would be no way at all."""

_FORWARD: Final = ("yes", "true", "1")
_BACKWARD: Final = ("-1", "reverse")
_EITHER: Final = ("no", "false", "0")
_NO_BRIDGE: Final = ("", "no")
_ROUNDABOUTS: Final = ("roundabout", "circular")
_AGAINST: Final = ("opposite", "opposite_lane", "opposite_track")

# On these the width of the way itself is a limit; on streets it is the mapper's estimate.
_NARROW: Final = ("path", "cycleway", "footway", "pedestrian", "track", "service")


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

    own_side: NDArray[np.bool_]
    """Shape (ways,). Whether a stop is made on the vehicle's own side only."""

    free_kph: NDArray[np.float64]
    """Shape (ways,). Speed without the factors of the hour."""

    speed_group: NDArray[np.int8]
    """Shape (ways,). Which of the profile's ``speed_factors`` apply; -1 for none."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    direction: int
    can_stop: bool
    own_side: bool
    free_kph: float
    speed_group: int


def way_rules(roads: RoadData, profile: Profile, period: Period | None = None) -> WayRules:
    """Apply a profile to every way.

    Parameters
    ----------
    roads
        The ways with their tags.
    profile
        Who moves.
    period
        When: what conditional rules close, order or slow at some moment of it counts, what they
        open must be open throughout, and speeds are those of its hours. None for a day without
        hours: no conditional rules, no factors.
    """
    speeds = dict(profile.speed_kph)
    verdicts = [_verdict(tags, profile, speeds, period) for tags in roads.tag_sets]
    direction = np.array([v.direction for v in verdicts], dtype=np.int8)[roads.tag_set]
    free_kph = np.array([v.free_kph for v in verdicts], dtype=np.float64)[roads.tag_set]
    group = np.array([v.speed_group for v in verdicts], dtype=np.int8)[roads.tag_set]
    # A timetable knows no traffic; factors that are stated for ferries are meant, though.
    for_all = np.array([*(name == "all" for name, _ in profile.speed_factors), False])
    group[_time_ferries(roads, free_kph) & for_all[group]] = -1
    factors = np.array([*_factors(profile, period), 1.0])
    speed_kph = free_kph * factors[group]
    return WayRules(
        is_open=speed_kph > 0.0,
        direction=direction,
        speed_kph=speed_kph,
        can_stop=np.array([v.can_stop for v in verdicts], dtype=np.bool_)[roads.tag_set],
        own_side=np.array([v.own_side for v in verdicts], dtype=np.bool_)[roads.tag_set],
        free_kph=free_kph,
        speed_group=group,
    )


def _verdict(
    tags: Mapping[str, str],
    profile: Profile,
    speeds: Mapping[str, float],
    period: Period | None,
) -> _Verdict:
    """Judge a way with these tags; its speed is 0 if it is closed."""
    highway = road_class(tags)
    speed_kph = speeds.get(highway, 0.0)
    closed = _Verdict(0, can_stop=False, own_side=False, free_kph=0.0, speed_group=-1)
    if speed_kph == 0.0 or not _fits(tags, profile):
        return closed
    if not is_permitted(tags, profile.access_tags, profile.closed_values, period):
        return closed
    direction = _direction(tags, profile, period)
    if direction is None:
        return closed
    if profile.obeys_maxspeed:
        speed_kph = _under_limits(tags, profile, period, speed_kph)
    groups = [highway for highway, _ in profile.speed_factors]
    own = next((name for name in (highway, "all") if name in groups), None)
    return _Verdict(
        direction=direction,
        can_stop=_may_stop(tags, profile),
        own_side=highway in profile.own_side_only,
        free_kph=min(speed_kph, profile.top_speed_kph),
        speed_group=-1 if own is None else groups.index(own),
    )


def road_class(tags: Mapping[str, str]) -> str:
    """Return the ``highway`` class of a way, or ``ferry``.

    Parameters
    ----------
    tags
        Its tags.
    """
    highway = tags.get("highway", "").split(";")[0].strip()
    return highway or ("ferry" if tags.get("route") == "ferry" else "")


def _factors(profile: Profile, period: Period | None) -> list[float]:
    """Mean factor of each group over a period: of times, not of speeds."""
    if period is None:
        return [1.0] * len(profile.speed_factors)
    weights = [
        max(0, min(period.end_min, 60 * hour + 60) - max(period.start_min, 60 * hour))
        for hour in range(HOURS)
    ]
    total = sum(weights)
    return [
        total / sum(w / f for w, f in zip(weights, by_hour, strict=True))
        for _, by_hour in profile.speed_factors
    ]


def _under_limits(
    tags: Mapping[str, str], profile: Profile, period: Period | None, class_kph: float
) -> float:
    """Speed at the lowest limit that holds at some moment; the class's where none is stated."""
    values = values_over(tags, profile.maxspeed_tags, period, parse_maxspeed)
    limits = [parse_maxspeed(value) for value in values]
    return min(class_kph if limit is None else limit * profile.limit_share for limit in limits)


def _time_ferries(roads: RoadData, free_kph: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Give ferries that state their duration the speed it implies, and tell which they are."""
    is_timed = np.zeros(roads.n_ways, dtype=np.bool_)
    stating = [
        k for k, t in enumerate(roads.tag_sets) if road_class(t) == "ferry" and t.get("duration")
    ]
    for way in np.flatnonzero(np.isin(roads.tag_set, stating) & (free_kph > 0.0)).tolist():
        hours = parse_duration_h(roads.tag_sets[roads.tag_set[way]]["duration"])
        # Pieces of a way that was cut share its duration; each keeps the class's speed.
        if hours and np.count_nonzero(roads.way_ids == roads.way_ids[way]) == 1:
            span = slice(int(roads.way_offsets[way]), int(roads.way_offsets[way + 1]))
            length_km = int(roads.segment_mm[span].sum()) / 1e6
            free_kph[way] = max(_SLOWEST_KPH, length_km / hours)
            is_timed[way] = True
    return is_timed


def parse_duration_h(text: str) -> float | None:
    """Read a ``duration`` in hours; None where it states none.

    Examples
    --------
    >>> parse_duration_h("00:12"), parse_duration_h("30"), parse_duration_h("soon")
    (0.2, 0.5, None)
    """
    parts = text.strip().split(":")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:  # noqa: PLR2004 - h:m:s
        return None
    numbers = [int(part) for part in parts]
    if len(numbers) == 1:
        return numbers[0] / 60 or None
    seconds = numbers[2] if len(numbers) > 2 else 0  # noqa: PLR2004 - h:m:s
    return numbers[0] + numbers[1] / 60 + seconds / 3600 or None


def _may_stop(tags: Mapping[str, str], profile: Profile) -> bool:
    if road_class(tags) in profile.passed_only:
        return False
    return profile.stops_on_structures or not (
        tags.get("motorroad") == "yes"
        or tags.get("bridge", "") not in _NO_BRIDGE
        or tags.get("tunnel", "") not in GROUND_TUNNELS
    )


def is_permitted(
    tags: Mapping[str, str],
    keys: Sequence[str],
    closed_values: Sequence[str],
    period: Period | None,
) -> bool:
    """Tell whether access tags let somebody pass.

    Parameters
    ----------
    tags
        Of a way or a node.
    keys
        Access keys that apply, the most specific first: the first one present decides.
    closed_values
        Values that close.
    period
        When; who is shut out at some moment of it is not let pass. A conditional rule that opens
        counts if it holds throughout.
    """
    return not any(
        value and all(part.strip() in closed_values for part in value.split(";"))
        for value in values_over(tags, keys, period)
    )


def _fits(tags: Mapping[str, str], profile: Profile) -> bool:
    """Whether the vehicle is no larger than the signs allow."""
    for key, field in SIGNS.items():
        limit = parse_size(tags.get(key, ""))
        if limit is not None and limit < getattr(profile, field):
            return False
    if profile.width_m and road_class(tags) in _NARROW:
        width_m = parse_size(tags.get("width", ""))
        return width_m is None or width_m >= profile.width_m
    return True


def _direction(tags: Mapping[str, str], profile: Profile, period: Period | None) -> int | None:
    """Direction open throughout: 0 both, 1 along the way, -1 against it, None neither."""
    if not profile.obeys_one_way:
        return 0
    stated = values_over(tags, profile.one_way_tags, period)
    if "reversible" in stated:
        # Its direction changes with the hour, which a network of one hour cannot say.
        return None
    if "oneway:bicycle" in profile.one_way_tags and not tags.get("oneway:bicycle"):
        lanes = (tags.get(key, "") for key in ("cycleway", "cycleway:left", "cycleway:right"))
        if any(lane in _AGAINST for lane in lanes):
            return 0
    directions = {one_way(dict(tags) | {"oneway": value}) for value in stated} - {0}
    return None if len(directions) > 1 else max(directions, default=0)


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
    if stated in _FORWARD or (implied and stated not in _EITHER):
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class NodeRules:
    """What a profile makes of the nodes that say something of their own."""

    closed: NDArray[np.int64]
    """OSM ids of nodes that cannot be passed, ascending."""

    delayed: NDArray[np.int64]
    """OSM ids of nodes that cost time, ascending."""

    delay_ms: NDArray[np.int64]
    """Shape of ``delayed``."""


def node_rules(roads: RoadData, profile: Profile, period: Period | None = None) -> NodeRules:
    """Apply a profile to barriers and signals.

    Parameters
    ----------
    roads
        The roads with their tagged nodes.
    profile
        Who moves.
    period
        When; None for a day without hours.
    """
    nodes = roads.tagged_nodes
    is_open = [_may_pass(tags, profile, period) for tags in nodes.tag_sets]
    delay = [round(1000 * sum(_delays_s(tags, profile))) for tags in nodes.tag_sets]
    closed = ~np.array(is_open, dtype=np.bool_)[nodes.tag_set]
    delay_ms = np.array(delay, dtype=np.int64)[nodes.tag_set]
    slow = ~closed & (delay_ms > 0)
    return NodeRules(nodes.node_ids[closed], nodes.node_ids[slow], delay_ms[slow])


def _may_pass(tags: Mapping[str, str], profile: Profile, period: Period | None) -> bool:
    keys = profile.access_tags if profile.node_access_tags is None else profile.node_access_tags
    stated = [key for key in keys if tags.get(key)]
    if stated and not is_permitted(tags, keys, profile.closed_values, period):
        return False
    if not _fits(tags, profile):
        return False
    if tags.get("barrier", "") in profile.closed_barriers or tags.get("locked") == "yes":
        # A bollard that says of itself who may pass (bicycle=yes) is believed.
        return bool(stated)
    return True


def _delays_s(tags: Mapping[str, str], profile: Profile) -> Iterator[float]:
    if tags.get("highway") == "traffic_signals":
        yield profile.signal_s
    yield dict(profile.barrier_s).get(tags.get("barrier", ""), 0.0)


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
