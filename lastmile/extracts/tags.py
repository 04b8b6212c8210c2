"""What tags say that matters to walkers and vans, as far as an extract is judged by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FOOT_CLASSES: Final = frozenset(
    {"bridleway", "corridor", "footway", "path", "pedestrian", "platform", "steps"}
)
"""Ways made for walking."""

DRIVE_CLASSES: Final = frozenset(
    {
        *("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"),
        *("secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified"),
        *("residential", "living_street", "service", "road", "busway"),
    }
)
"""Ways made for driving."""

NO_ROADS: Final = frozenset(
    {
        *("abandoned", "bus_stop", "construction", "demolished", "disused", "elevator", "no"),
        *("planned", "proposed", "raceway", "razed", "rest_area", "services"),
    }
)
"""Values of ``highway`` at ways on which nobody moves."""

TURN_KINDS: Final = frozenset(
    {
        *("no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit"),
        *("only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn"),
    }
)

_ONE_WAYS: Final = frozenset({"yes", "true", "1", "-1", "reverse"})
_IMPLYING: Final = frozenset({"roundabout", "circular"})

NAMED: Final = 1
LIMITED: Final = 2
"""Has a speed limit."""

WALKED: Final = 4
"""Says something of walkers: a sidewalk, or whether they may use it."""

ONE_WAY: Final = 8
IMPLIED_ONE_WAY: Final = 16
"""Without saying so: roundabouts and motorways."""


def road_class(tags: Mapping[str, str]) -> str:
    """Return the class of a way: its first ``highway`` value.

    Examples
    --------
    >>> road_class({"highway": "residential; service"})
    'residential'
    """
    return tags["highway"].split(";")[0].strip()


def road_flags(tags: Mapping[str, str]) -> int:
    """Return what is known of a way, as bits.

    Examples
    --------
    >>> road_flags({"highway": "residential", "name": "延陵路", "oneway": "yes"}) == NAMED | ONE_WAY
    True
    """
    flags = NAMED if tags.get("name") else 0
    if any(key.split(":")[0] == "maxspeed" for key in tags):
        flags |= LIMITED
    if any(key.split(":")[0] in {"sidewalk", "foot"} for key in tags):
        flags |= WALKED
    stated = tags.get("oneway")
    if stated in _ONE_WAYS:
        flags |= ONE_WAY
    elif stated is None and (
        tags.get("junction") in _IMPLYING or road_class(tags) in {"motorway", "motorway_link"}
    ):
        flags |= IMPLIED_ONE_WAY
    return flags
