"""Who moves on the roads: what is open to them, in which direction and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """The rules by which OpenStreetMap tags become a network."""

    name: str
    speed_kph: tuple[tuple[str, float], ...]
    """Speed by ``highway`` class; classes that are not listed are closed."""

    access_tags: tuple[str, ...]
    """Access keys that apply, the most specific first: the first one present decides."""

    closed_values: tuple[str, ...]
    """Values of those keys that close a way."""

    obeys_one_way: bool
    """Whether ``oneway`` and roundabouts bind; components are then strongly connected."""

    obeys_maxspeed: bool
    """Whether ``maxspeed`` replaces the class's speed."""

    top_speed_kph: float
    """No edge is faster than this."""

    limit_share: float
    """Share of a posted limit that is driven on average."""

    access_speed_kph: float
    """Speed on the straight leg between a place and its position on the network."""

    passed_only: tuple[str, ...]
    """``highway`` classes that may be travelled, but where nobody stops."""

    stops_on_structures: bool
    """Whether stopping is allowed on ``bridge``, in ``tunnel`` and on a ``motorroad``."""


_WALKED: Final = (
    *("trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"),
    *("tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service"),
    *("road", "track", "pedestrian", "footway", "path", "steps", "cycleway", "bridleway"),
    *("busway", "corridor", "crossing", "platform", "trail", "elevator"),
)

# 4.8 km/h is the pace behind the usual "500 m is six minutes"; unverified as a Chinese norm, and
# without effect on coverage, which is a matter of length.
WALK: Final = Profile(
    name="walk",
    speed_kph=tuple((highway, 4.8) for highway in _WALKED),
    access_tags=("foot", "access"),
    closed_values=("no", "private"),
    obeys_one_way=False,
    obeys_maxspeed=False,
    top_speed_kph=4.8,
    limit_share=1.0,
    access_speed_kph=4.8,
    passed_only=(),
    stops_on_structures=True,
)

# Mean speeds of a loaded van by day, junction delays included. Unverified: set from practice in
# Chinese cities, not measured; to be replaced by a scenario's own table when it has one.
VAN: Final = Profile(
    name="van",
    speed_kph=(
        ("motorway", 85.0),
        ("motorway_link", 45.0),
        ("trunk", 50.0),
        ("trunk_link", 35.0),
        ("primary", 40.0),
        ("primary_link", 30.0),
        ("secondary", 35.0),
        ("secondary_link", 28.0),
        ("tertiary", 30.0),
        ("tertiary_link", 25.0),
        ("unclassified", 28.0),
        ("residential", 22.0),
        ("road", 22.0),
        ("service", 15.0),
        ("living_street", 12.0),
    ),
    access_tags=("goods", "motorcar", "motor_vehicle", "vehicle", "access"),
    closed_values=(
        "no",
        "private",
        "agricultural",
        "forestry",
        "emergency",
        "military",
        "bus",
        "psv",
    ),
    obeys_one_way=True,
    obeys_maxspeed=True,
    top_speed_kph=90.0,
    # A posted limit is a ceiling; driven means lie a fifth to a quarter below it (unverified).
    limit_share=0.8,
    access_speed_kph=10.0,
    # No premises front on a slip road, at grade or not, and it is too narrow to stop on.
    passed_only=("motorway", "motorway_link", "trunk_link"),
    # 道路交通安全法实施条例 art. 63 (2) forbids stopping on bridges and in tunnels, of whatever
    # class. The elevated roads (高架) of cities are such bridges: trunk, primary or their links,
    # above streets from which nobody gets up.
    stops_on_structures=False,
)
