"""The map's own words that profiles and road layers may use; all others are slips of the pen.

Source: the pages of the keys in the OpenStreetMap wiki.
"""

from __future__ import annotations

from typing import Final

from lastmile.network.roads import NODE_KEYS, WAY_KEYS

ROAD_CLASSES: Final = frozenset(
    (
        *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
        *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
        *("living_street", "service", "pedestrian", "track", "bus_guideway", "busway", "escape"),
        *("raceway", "road", "footway", "bridleway", "steps", "corridor", "path", "via_ferrata"),
        *("sidewalk", "cycleway", "crossing", "platform", "trail", "elevator", "ladder"),
        *("emergency_bay", "rest_area", "services", "traffic_island", "proposed", "construction"),
        *("abandoned", "disused", "razed", "no", "ferry"),
    )
)
"""Values of ``highway``, and ``ferry``."""

ACCESS_KEYS: Final = frozenset(
    key
    for key in NODE_KEYS
    if not key.startswith("max") and key not in {"barrier", "highway", "locked"}
)
"""Keys that say who may use a way, as far as roads are read for them."""

ONE_WAY_KEYS: Final = frozenset(
    key for key in WAY_KEYS if key.startswith("oneway") and not key.endswith(":conditional")
)

ACCESS_VALUES: Final = frozenset(
    (
        *("yes", "no", "private", "permissive", "permit", "designated", "destination", "delivery"),
        *("customers", "residents", "employees", "license", "official", "agricultural"),
        *("forestry", "emergency", "military", "bus", "psv", "hgv", "taxi", "school"),
        *("use_sidepath", "dismount", "discouraged", "restricted", "unknown", "variable"),
    )
)

BARRIERS: Final = frozenset(
    (
        *("barrier_board", "block", "bollard", "border_control", "bump_gate", "bus_trap"),
        *("cable_barrier", "cattle_grid", "chain", "city_wall", "coupure", "cycle_barrier"),
        *("debris", "ditch", "entrance", "fence", "full-height_turnstile", "gate", "guard_rail"),
        *("hampshire_gate", "handrail", "hedge", "height_restrictor", "horse_stile", "island"),
        *("jersey_barrier", "kerb", "kissing_gate", "lift_gate", "log", "motorcycle_barrier"),
        *("planter", "retaining_wall", "rope", "sally_port", "sliding_beam", "sliding_gate"),
        *("spikes", "stile", "sump_buster", "swing_gate", "toll_booth", "turnstile", "wall"),
        *("wedge", "wicket_gate", "yes"),
    )
)
