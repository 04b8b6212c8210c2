"""Who moves on the roads: what is open to them, in which direction and how fast.

Profiles are data: the built-in ones are files in ``builtin/``, and a scenario may state its own,
based on one of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

HOURS: Final = 24
MS_PER_MM_AT_1_KPH: Final = 3.6

_FOLDER: Final = Path(__file__).parent / "builtin"


@dataclass(frozen=True, slots=True)
class Profile:
    """The rules by which OpenStreetMap tags become a network."""

    name: str
    speed_kph: tuple[tuple[str, float], ...]
    """Speed by ``highway`` class, and by ``ferry``; classes that are not listed are closed."""

    access_tags: tuple[str, ...]
    """Access keys that apply, the most specific first: the first one present decides."""

    closed_values: tuple[str, ...]
    """Values of those keys that close a way."""

    top_speed_kph: float
    """No edge is faster than this."""

    access_speed_kph: float
    """Speed on the straight leg between a place and its position on the network."""

    one_way_tags: tuple[str, ...] = ()
    """Keys that state a direction, the most specific first; none for those whom no one-way binds.
    Where they bind, components are strongly connected."""

    obeys_maxspeed: bool = False
    """Whether a posted limit replaces the class's speed."""

    maxspeed_tags: tuple[str, ...] = ("maxspeed",)
    """Keys that state a limit, the most specific first."""

    limit_share: float = 1.0
    """Share of a posted limit that is driven on average."""

    passed_only: tuple[str, ...] = ()
    """``highway`` classes that may be travelled, but where nobody stops."""

    stops_on_structures: bool = True
    """Whether stopping is allowed on ``bridge``, in ``tunnel`` and on a ``motorroad``."""

    own_side_only: tuple[str, ...] = ()
    """``highway`` classes on which a stop is made on the vehicle's own side of a two-way road."""

    drives_on: str = "right"
    """Side of the road, ``right`` or ``left``."""

    node_access_tags: tuple[str, ...] | None = None
    """Access keys that are asked at gates and other nodes; None for ``access_tags``."""

    closed_barriers: tuple[str, ...] = ()
    """Kinds of ``barrier`` on a node that cannot be passed."""

    barrier_s: tuple[tuple[str, float], ...] = ()
    """Delay at kinds of ``barrier`` that can be passed, in seconds."""

    width_m: float = 0.0
    """Width, against ``maxwidth`` and, on paths and cycle ways, ``width``; 0 fits everywhere."""

    height_m: float = 0.0
    length_m: float = 0.0
    weight_t: float = 0.0

    obeys_turn_restrictions: bool = False
    u_turn_s: float = 0.0
    """What turning round at a junction or a dead end costs, in seconds."""

    left_turn_s: float = 0.0
    """What crossing the oncoming traffic costs where three roads or more meet, in seconds."""

    signal_s: float = 0.0
    """Mean delay at a traffic signal, in seconds."""

    speed_factors: tuple[tuple[str, tuple[float, ...]], ...] = ()
    """By ``highway`` class, or ``all``: 24 factors on speed, one for each hour of the day."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.drives_on not in {"right", "left"}:
            raise ValueError(f"drives_on is right or left, not {self.drives_on!r}")
        for highway, factors in self.speed_factors:
            if len(factors) != HOURS or min(factors) <= 0:
                raise ValueError(f"{highway}: {HOURS} factors above 0 are wanted, one an hour")

    @property
    def obeys_one_way(self) -> bool:
        """Whether one-ways and roundabouts bind."""
        return bool(self.one_way_tags)

    @property
    def vehicle_tags(self) -> tuple[str, ...]:
        """Keys under which rules of turning name this vehicle."""
        return tuple(key for key in self.access_tags if key not in {"access", "foot"})


def profile_from(table: Mapping[str, Any], base: Profile | None = None) -> Profile:
    """Read a profile from a table of its fields.

    Parameters
    ----------
    table
        Fields of :class:`Profile` by name; lists and tables as TOML has them.
    base
        Where fields that the table lacks come from; tables within are joined, not replaced. A
        speed of 0 closes a class.

    Raises
    ------
    ValueError
        If a field is unknown, or one without default is missing.
    """
    known = {field.name for field in fields(Profile)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise ValueError(
            f"a profile has no {', '.join(unknown)}; it has {', '.join(sorted(known))}"
        )
    values: dict[str, Any] = {}
    if base is not None:
        values = {name: getattr(base, name) for name in known}
    for name, value in table.items():
        if isinstance(value, Mapping):
            joined = dict(values.get(name, ())) | dict(value)
            values[name] = tuple((key, _frozen(item)) for key, item in joined.items())
        else:
            values[name] = _frozen(value)
    try:
        return Profile(**values)
    except TypeError as error:
        raise ValueError(f"the profile is incomplete: {error}") from None


def _frozen(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    return tuple(value) if isinstance(value, list | tuple) else value


def builtin_profile(name: str) -> Profile:
    """Return a profile that comes with the program: walk, e_tricycle, van or truck.

    Parameters
    ----------
    name
        Its name.

    Raises
    ------
    ValueError
        If there is none of this name.
    """
    known = sorted(path.stem for path in _FOLDER.glob("*.toml"))
    if name not in known:
        raise ValueError(f"no built-in profile {name!r}; there are {', '.join(known)}")
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return profile_from(tomllib.load(file))


# Two small files, read once: everything that moves by default is one of these.
WALK: Final = builtin_profile("walk")
VAN: Final = builtin_profile("van")
