"""Who moves, when, and where they are banned: the scenario's words in the network's terms."""

from __future__ import annotations

from dataclasses import dataclass

from lastmile.errors import Fault, FaultLog, InputError
from lastmile.network import Ban, Period, Profile, builtin_profile, parse_hours, profile_from
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
        bans.append(Ban(area.name, area.area, area.vehicles, hours))
    return Movement(
        walker=_walker(scenario, faults),
        van=named_profile(scenario, scenario.routing.profile),
        on_shift=_shifts(scenario),
        bans=tuple(bans),
        notes=tuple(notes),
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


def _shifts(scenario: Scenario) -> Period:
    vehicles = scenario.routing.vehicles
    start = min(v.shift_start.hour * 60 + v.shift_start.minute for v in vehicles)
    end = max(-(-(v.shift_end.hour * 3600 + v.shift_end.minute * 60 + v.shift_end.second) // 60)
              for v in vehicles)  # fmt: skip
    return Period(start, min(_DAY_MIN, max(end, start + 1)))
