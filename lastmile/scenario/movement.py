"""Who moves on the roads, and where vehicles are banned."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from lastmile.scenario.fields import CrsOrFile, DataPath, Filled, Table, broken_rule

_SLOWEST_KPH: Final = 0.1
"""Slower is no travel, and its times would be no numbers."""

_HOURS: Final = 24


def _closed_or_moving(kph: float) -> float:
    if 0.0 < kph < _SLOWEST_KPH:
        raise broken_rule(f"{kph}", f"0 to close a class, or at least {_SLOWEST_KPH} km/h")
    return kph


def _one_an_hour(factors: tuple[float, ...]) -> tuple[float, ...]:
    if len(factors) != _HOURS:
        raise broken_rule(
            f"{len(factors)} factor{'' if len(factors) == 1 else 's'}",
            f"exactly {_HOURS}, one for each hour from 0 to {_HOURS - 1}",
        )
    return factors


BuiltinProfile = Literal["walk", "e_tricycle", "van", "truck"]
Kph = Annotated[float, Field(ge=0.0, le=200.0), AfterValidator(_closed_or_moving)]
Seconds = Annotated[float, Field(ge=0.0, le=3600.0)]
Factor = Annotated[float, Field(ge=0.05, le=5.0)]
Factors = Annotated[tuple[Factor, ...], AfterValidator(_one_an_hour)]

BUILTIN: Final = ("walk", "e_tricycle", "van", "truck")


class Profile(Table):
    """Who moves on the roads: a built-in profile with what you state otherwise."""

    name: Filled
    """Name by which [roads] and [routing] choose it; that of a built-in one replaces that one."""

    based_on: BuiltinProfile = "van"
    """Where whatever is not stated here comes from: walk, e_tricycle, van or truck."""

    speed_kph: dict[str, Kph] = Field(default_factory=dict)
    """Speeds by highway class, and for ferry, in km/h; 0 closes a class. Classes that are not
    named keep those of the profile it is based on."""

    speed_factors: dict[str, Factors] = Field(default_factory=dict)
    """By highway class, or for all: 24 factors on the speed, for the hours from 0 to 23."""

    top_speed_kph: Annotated[float, Field(ge=_SLOWEST_KPH, le=200.0)] | None = None
    """No road is faster than this, in km/h."""

    access_speed_kph: Annotated[float, Field(ge=_SLOWEST_KPH, le=200.0)] | None = None
    """Speed on the straight line between a place and its road, in km/h."""

    obeys_maxspeed: bool | None = None
    """Whether a posted limit replaces the speed of the class."""

    limit_share: Annotated[float, Field(ge=0.05, le=1.5)] | None = None
    """Share of a posted limit that is driven on average."""

    access_tags: tuple[str, ...] | None = None
    """Access keys that apply, the most specific first: the first one present decides."""

    closed_values: tuple[str, ...] | None = None
    """Values of access keys that close a road."""

    one_way_tags: tuple[str, ...] | None = None
    """Keys that state a direction, the most specific first; none if one-ways do not bind."""

    passed_only: tuple[str, ...] | None = None
    """Highway classes that are travelled, but where nobody stops."""

    stops_on_structures: bool | None = None
    """Whether stopping is allowed on bridges, in tunnels and on motor roads."""

    own_side_only: tuple[str, ...] | None = None
    """Highway classes on which a stop is made on the vehicle's own side of a two-way road."""

    drives_on: Literal["right", "left"] | None = None
    """Side of the road."""

    closed_barriers: tuple[str, ...] | None = None
    """Kinds of barrier that cannot be passed."""

    barrier_s: dict[str, Seconds] = Field(default_factory=dict)
    """Delay at kinds of barrier that can be passed, in seconds."""

    width_m: Annotated[float, Field(ge=0.0, le=5.0)] | None = None
    """Width of the vehicle, in metres; 0 fits everywhere."""

    height_m: Annotated[float, Field(ge=0.0, le=6.0)] | None = None
    """Height of the vehicle, in metres."""

    length_m: Annotated[float, Field(ge=0.0, le=30.0)] | None = None
    """Length of the vehicle, in metres."""

    weight_t: Annotated[float, Field(ge=0.0, le=100.0)] | None = None
    """Weight of the loaded vehicle, in tonnes."""

    obeys_turn_restrictions: bool | None = None
    """Whether rules of turning bind."""

    u_turn_s: Seconds | None = None
    """What turning round at a junction or a dead end costs, in seconds."""

    left_turn_s: Seconds | None = None
    """What crossing the oncoming traffic costs where three roads or more meet, in seconds."""

    signal_s: Seconds | None = None
    """Mean delay at a traffic signal, in seconds."""

    def stated(self) -> dict[str, object]:
        """Return the fields that differ from the profile it is based on."""
        fields = self.model_dump(exclude={"based_on"})
        return {name: value for name, value in fields.items() if value not in (None, {})}


class Ban(Table):
    """Areas that some vehicles may not drive in at some hours (限行)."""

    path: DataPath
    """Any file OGR reads, holding polygons."""

    layer: str = ""
    """Layer inside the file; empty for the only or first one."""

    crs: CrsOrFile = "file"
    """Coordinate system: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file (as the file states)."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``name contains 限行``."""

    vehicles: tuple[str, ...] = ()
    """Names of the profiles that are banned, and with them those based on them; empty for all
    vehicles. Walkers never are."""

    hours: str = ""
    """When, such as ``Mo-Fr 07:00-09:00,17:00-19:00``; empty for always. A van that is on shift
    at some of these hours keeps out of the area all day."""
