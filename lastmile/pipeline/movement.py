"""Who moves, when, and where they are banned: the scenario's words in the network's terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lastmile.errors import Fault, FaultLog, InputError
from lastmile.network import Ban, Period, Profile, builtin_profile, parse_hours, profile_from
from lastmile.pipeline.map_words import check_profile
from lastmile.places import Note, read_bans
from lastmile.scenario import Scenario

_DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """How people walk and vans drive."""

    walker: Profile
    van: Profile
    on_shift: Period
    """From the first van's start to the last one's end; rules of any weekday bind."""

    bans: tuple[Ban, ...]
    notes: tuple[Note, ...]


def read_movement(scenario: Scenario, faults: FaultLog) -> Movement:
    """Choose the profiles, and read the areas that vans are banned from.

    Parameters
    ----------
    scenario
        Names profiles, shifts and layers.
    faults
        Where unusable layers and hours are reported.
    """
    notes: list[Note] = []
    for k, profile in enumerate(scenario.profiles):
        check_profile(f"profiles[{k}]", profile, faults)
    _refuse_capped_speeds(scenario, faults)
    _refuse_banned_walkers(scenario, faults)
    areas = read_bans(scenario, faults, notes)
    bans = []
    for k, area in enumerate(areas):
        hours = parse_hours(area.hours) if area.hours else ()
        if hours is None:
            faults.add(
                "scenario",
                f"bans[{k}].hours",
                found=repr(area.hours),
                expected="hours such as Mo-Fr 07:00-09:00,17:00-19:00",
                remedy="write days as Mo Tu We Th Fr Sa Su, and hours as 07:00-09:00",
            )
            continue
        bans.append(Ban(area.name, area.area, _with_offspring(scenario, area.vehicles), hours))
    return Movement(
        walker=_walker(scenario, faults),
        van=_van(scenario, faults),
        on_shift=_shifts(scenario),
        bans=tuple(bans),
        notes=(*notes, *_idle_profiles(scenario)),
    )


def _with_offspring(scenario: Scenario, vehicles: tuple[str, ...]) -> tuple[str, ...]:
    """Add the profiles based on those that are named: what binds vans binds one's own van, too."""
    own = {p.name: p.based_on for p in scenario.profiles}
    return (*vehicles, *(name for name, base in own.items() if base in vehicles))


def _refuse_banned_walkers(scenario: Scenario, faults: FaultLog) -> None:
    walks = _walks(scenario)
    for k, ban in enumerate(scenario.bans):
        for name in (name for name in ban.vehicles if name in walks):
            faults.add(
                "scenario", f"bans[{k}].vehicles", found=f"{name!r}, by which people walk",
                expected="vehicles: bans never bind walkers",
                remedy="remove it; to keep walkers off roads, state them closed in the road file",
            )  # fmt: skip


def _idle_profiles(scenario: Scenario) -> Iterator[Note]:
    """Tell of profiles that nobody chose: a slip that else would change nothing in silence."""
    chosen = {scenario.roads.walk_profile, scenario.routing.profile}
    for profile in scenario.profiles:
        if profile.name not in chosen:
            yield Note(
                zh=f"方案定义了 [[profiles]] {profile.name}，但 roads.walk_profile 与 "
                "routing.profile 均未选用，未起作用",
                en=f"the profile {profile.name} is stated but chosen neither by roads.walk_profile "
                "nor by routing.profile: it changes nothing",
            )


def named_profile(scenario: Scenario, name: str) -> Profile:
    """Return a profile of the scenario's own, or else a built-in one.

    Raises
    ------
    InputError
        If what the scenario states makes no profile.
    """
    for k, profile in enumerate(scenario.profiles):
        if profile.name == name:
            try:
                return profile_from(profile.stated(), base=builtin_profile(profile.based_on))
            except ValueError as error:
                expected, remedy = "a profile that can be meant", "correct its fields"
                where = f"profiles[{k}]"
                raise InputError([Fault("scenario", where, str(error), expected, remedy)]) from None
    return builtin_profile(name)


def _walker(scenario: Scenario, faults: FaultLog) -> Profile:
    walker = named_profile(scenario, scenario.roads.walk_profile)
    if walker.obeys_one_way:
        faults.add(
            "scenario",
            "roads.walk_profile",
            found=f"{walker.name!r}, whom one-ways bind",
            expected="a profile of people on foot",
            remedy='name walk, or base yours on it: based_on = "walk"',
        )
    return walker


def _van(scenario: Scenario, faults: FaultLog) -> Profile:
    if scenario.routing.profile in _walks(scenario):
        faults.add(
            "scenario",
            "routing.profile",
            found=f"{scenario.routing.profile!r}, by which people walk: no one-way or ban binds it",
            expected="a profile of vehicles",
            remedy="name van, truck or e_tricycle, or base yours on one of them",
        )
    return named_profile(scenario, scenario.routing.profile)


def _refuse_capped_speeds(scenario: Scenario, faults: FaultLog) -> None:
    """Refuse speeds that the same profile's top speed takes back."""
    for k, profile in enumerate(scenario.profiles):
        top_kph = profile.top_speed_kph or builtin_profile(profile.based_on).top_speed_kph
        for highway, kph in profile.speed_kph.items():
            if kph > top_kph:
                faults.add(
                    "scenario", f"profiles[{k}].speed_kph.{highway}", found=f"{kph:g} km/h",
                    expected=f"at most its top_speed_kph, {top_kph:g}",
                    remedy=f"lower it, or set top_speed_kph = {kph:g}",
                )  # fmt: skip


def _walks(scenario: Scenario) -> set[str]:
    """Names of the profiles of people on foot."""
    own = {profile.name: profile.based_on for profile in scenario.profiles}
    return {name for name, base in ({"walk": "walk"} | own).items() if base == "walk"}


def _shifts(scenario: Scenario) -> Period:
    vehicles = scenario.routing.vehicles
    start = min(v.shift_start.hour * 60 + v.shift_start.minute for v in vehicles)
    end = max(-(-(v.shift_end.hour * 3600 + v.shift_end.minute * 60 + v.shift_end.second) // 60)
              for v in vehicles)  # fmt: skip
    return Period(start, min(_DAY_MIN, max(end, start + 1)))
