"""The scenario as a whole: the layers, and what is asked of siting, routing and outputs."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from lastmile.scenario.boundaries import Boundaries
from lastmile.scenario.fields import (
    MOST_YUAN,
    Filled,
    Goal,
    LocalTime,
    Positive,
    Share,
    Table,
    broken_rule,
)
from lastmile.scenario.geocoding import Geocoding
from lastmile.scenario.movement import BUILTIN, Ban, Profile
from lastmile.scenario.orders import Orders
from lastmile.scenario.people import ConstantSettlement, Demand, SettlementSource
from lastmile.scenario.premises import Candidates, Depot, Depots, Duplicates, Existing
from lastmile.scenario.roads import Roads
from lastmile.scenario.site_defaults import SiteCapacities, SiteCosts
from lastmile.scenario.standards import ServiceDistance
from lastmile.scenario.unit_tables import UnitTable


class SitingPhase(Table):
    """A year of the programme. Stations open in its order, and no later year closes any.

    Limits add up: what one year leaves of its stations or its money the next may use. A year
    without limits opens what its covered_share needs, and without one all the rest.
    """

    name: Filled
    """Name of the year, such as 2014."""

    n_stations: Annotated[int, Field(ge=0)] | None = None
    """Most new stations of this year; none if unlimited."""

    budget_yuan: Annotated[int, Field(ge=0, le=1000 * MOST_YUAN)] | None = None
    """Most that they may cost together, in yuan; none if unlimited."""

    covered_share: Share | None = None
    """Share of all people to cover by the end of the year, 0 to 1; none if none is asked."""


class Siting(Table):
    """Which stations to open."""

    goal: Goal = "lscp"
    """lscp: fewest stations for a required share; mclp: most people for p or a budget."""

    required_share: Share = 1.0
    """lscp: share of people to cover, 0 to 1."""

    share_of: Literal["coverable", "all"] = "coverable"
    """Whether the share is of the people that any open set could cover, or of all people."""

    share_by: Literal["all", "class", "district", "township", "community"] = "all"
    """lscp: whether all people together must reach the share, or those of every class, or of every
    unit of a level, each by itself."""

    minimise: Literal["stations", "cost"] = "stations"
    """lscp: count the new stations, or add up their cost."""

    p: Annotated[int, Field(ge=1)] | None = None
    """mclp: how many new stations to open; existing ones stay open and do not count."""

    budget_yuan: Annotated[int, Field(ge=0, le=1000 * MOST_YUAN)] | None = None
    """mclp: what the new stations may cost together, in yuan."""

    curve_p: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Also report the best coverage for each of these numbers of new stations."""

    required: tuple[str, ...] = ()
    """Ids of candidates that must open."""

    forbidden: tuple[str, ...] = ()
    """Ids of candidates that must not open."""

    phases: tuple[SitingPhase, ...] = ()
    """Years in which the stations open one after the other; none to open all at once."""

    costs: SiteCosts = SiteCosts()
    """Default costs of opening."""

    capacities: SiteCapacities = SiteCapacities()
    """Default capacities."""

    time_limit_s: Positive = 60.0
    """Wall time for siting, in seconds; the best so far is returned with its bound."""

    max_iterations: Annotated[int, Field(ge=1)] = 500_000
    """Work limit of the search: unless the time limit cuts it short, reruns are identical."""

    @field_validator("phases")
    @classmethod
    def _phases_fit_together(cls, phases: tuple[SitingPhase, ...]) -> tuple[SitingPhase, ...]:
        _refuse_shared("phases", [phase.name for phase in phases], what_differs="name")
        for key in ("n_stations", "budget_yuan"):
            stated = [getattr(phase, key) is not None for phase in phases[:-1]]
            if len(set(stated)) > 1:
                raise broken_rule(
                    f"{key} in some years only", f"{key} in every year but perhaps the last"
                )
            if stated and not any(stated) and getattr(phases[-1], key) is not None:
                raise broken_rule(
                    f"{key} in the last year only, where earlier years spend without such a limit",
                    f"{key} in every year",
                )
        shares = [phase.covered_share for phase in phases if phase.covered_share is not None]
        if shares != sorted(shares):
            raise broken_rule("a covered_share below an earlier year's", "shares that never fall")
        return phases

    @model_validator(mode="after")
    def _goal_has_its_limit(self) -> Siting:
        if self.goal == "mclp" and self.p is None and self.budget_yuan is None:
            raise broken_rule(
                "goal mclp without a limit",
                "p (a number of stations), budget_yuan or both where goal is mclp",
            )
        if self.goal == "mclp" and self.share_by != "all":
            raise broken_rule("share_by under goal mclp", "share_by under goal lscp only")
        if self.goal == "lscp" and (self.p is not None or self.budget_yuan is not None):
            raise broken_rule(
                "p or budget_yuan under goal lscp, which asks for the fewest stations",
                "goal mclp, or neither of the two",
            )
        return self


class Vehicle(Table):
    """A type of van."""

    id: Filled
    """Id, unique among its kind."""

    n_per_depot: Annotated[int, Field(ge=1, le=10_000)] = 20
    """Vehicles of this type at each depot."""

    capacity_parcels: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    """Parcels one vehicle carries."""

    shift_start: LocalTime = time(7, 0)
    """Earliest departure from the depot, local time."""

    shift_end: LocalTime = time(18, 0)
    """Latest return to the depot, local time."""

    max_distance_km: Annotated[float, Field(gt=0.0, le=100_000.0)] | None = None
    """Longest route, in kilometres; none if unlimited."""

    fixed_cost_yuan: Annotated[float, Field(ge=0.0, le=1e9)] = 200.0
    """Cost of using the vehicle for a day, in yuan."""

    cost_per_km_yuan: Annotated[float, Field(ge=0.0, le=1e6)] = 1.2
    """In yuan per kilometre driven."""

    cost_per_hour_yuan: Annotated[float, Field(ge=0.0, le=1e6)] = 40.0
    """In yuan per hour on duty."""

    co2e_kg_per_km: Annotated[float, Field(ge=0.0, le=1e6)] = 0.25
    """Emission factor in kg CO2e per kilometre; unverified default, state your own."""

    depots: tuple[str, ...] = ()
    """Ids of the depots that have this type; empty for all."""

    @model_validator(mode="after")
    def _shift_has_length(self) -> Vehicle:
        if self.shift_end <= self.shift_start:
            raise broken_rule(
                f"a shift from {self.shift_start:%H:%M} to {self.shift_end:%H:%M}",
                "a shift_end after shift_start",
            )
        return self


class Routing(Table):
    """How parcels reach the stations."""

    enabled: bool = True
    """Whether to plan routes at all; without depots none are planned."""

    parcels_per_person_day_urban: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.04
    """Same-city parcels a day for each urban person served. The default is Jiangsu's mean of
    2024 (13.92 bn parcels, 8.9 % of them same-city, some 85 M residents): state your own."""

    parcels_per_person_day_rural: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.04
    """Same-city parcels a day for each rural person served; default as for urban people."""

    service_s_per_stop: Annotated[float, Field(ge=0.0, le=86_400.0)] = 300.0
    """Time at each stop, whatever is unloaded, in seconds."""

    service_s_per_parcel: Annotated[float, Field(ge=0.0, le=86_400.0)] = 1.0
    """Further time for each parcel unloaded, in seconds."""

    station_opens: LocalTime = time(7, 0)
    """Earliest start of unloading at a station, local time."""

    station_closes: LocalTime = time(18, 0)
    """Latest start of unloading at a station, local time."""

    split_loads: bool = False
    """Whether a station whose load exceeds every vehicle may be visited several times."""

    profile: Filled = "van"
    """Profile by which vans drive: van, truck, e_tricycle, or one of [[profiles]]. Rules that
    hold at some hour of the vans' shifts bind all day, and speeds are those of these hours."""

    engine: Literal["auto", "pyvrp", "ortools"] = "auto"
    """Who solves; auto takes the best engine that supports the problem."""

    time_limit_s: Positive = 30.0
    """Wall time for routing, in seconds."""

    max_iterations: Annotated[int, Field(ge=1)] = 3_000
    """Work limit of the search: unless the time limit cuts it short, reruns are identical."""

    vehicles: tuple[Vehicle, ...] = Field((Vehicle(id="van"),), min_length=1)
    """The fleet, by type."""

    @model_validator(mode="after")
    def _stations_open(self) -> Routing:
        if self.station_closes < self.station_opens:
            raise broken_rule(
                f"stations open from {self.station_opens:%H:%M} to {self.station_closes:%H:%M}",
                "a station_closes that does not come before station_opens",
            )
        return self


class Output(Table):
    """What maps and reports say about themselves."""

    language: Literal["zh", "en"] = "zh"
    """Language of maps and reports."""

    data_date: str = ""
    """Date of the data, shown under every title, such as 2026-01; empty for that of the road
    file, where it states one."""

    sources: tuple[str, ...] = ()
    """Where the data came from, one line each, shown in the report."""

    map_review_number: str = ""
    """审图号 of the map, if it has one; empty prints 内部工作底图."""

    notice: str = ""
    """A line shown on every map and report, such as the label of synthetic data."""


class Scenario(Table):
    """Everything a plan depends on besides the files it names."""

    name: Filled
    """Title of the plan, shown on maps and reports."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    """Seed of every random choice."""

    boundaries: tuple[Boundaries, ...] = Field(min_length=1)
    """Layers of units; the first bounds the planning area."""

    unit_tables: tuple[UnitTable, ...] = ()
    """Official figures of units in tables of their own."""

    demand: Demand
    """Where the people live."""

    settlement: SettlementSource = ConstantSettlement(source="constant")
    """How demand points get their class, urban or rural."""

    service_distance: ServiceDistance = ServiceDistance()
    """The standard."""

    roads: Roads
    """The road network."""

    candidates: tuple[Candidates, ...] = ()
    """Where stations may open."""

    existing: tuple[Existing, ...] = ()
    """Stations already there."""

    duplicates: Duplicates = Duplicates()
    """When two rows are one and the same premises."""

    geocoding: Geocoding | None = None
    """Known addresses, for tables without coordinates."""

    orders: tuple[Orders, ...] = ()
    """What is to be brought to addresses, where that is known."""

    depots: tuple[Depots, ...] = ()
    """Where vans start; without any, no routes are planned."""

    profiles: tuple[Profile, ...] = ()
    """Who moves on the roads, where the built-in profiles do not fit."""

    bans: tuple[Ban, ...] = ()
    """Areas closed to some vehicles at some hours."""

    siting: Siting = Siting()
    """Which stations to open."""

    routing: Routing = Routing()
    """How parcels reach the stations."""

    output: Output = Output()
    """What maps and reports say about themselves."""

    @field_validator("depots")
    @classmethod
    def _depot_ids_differ(cls, depots: tuple[Depots, ...]) -> tuple[Depots, ...]:
        _refuse_shared("depots", [depot.id for depot in depots if isinstance(depot, Depot)])
        return depots

    @field_validator("profiles")
    @classmethod
    def _profile_names_differ(cls, profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
        _refuse_shared("profiles", [profile.name for profile in profiles], what_differs="name")
        return profiles

    @model_validator(mode="after")
    def _profiles_are_known(self) -> Scenario:
        known = (*BUILTIN, *(p.name for p in self.profiles if p.name not in BUILTIN))
        chosen = {"roads.walk_profile": self.roads.walk_profile}
        chosen["routing.profile"] = self.routing.profile
        for k, ban in enumerate(self.bans):
            chosen |= {f"bans[{k}].vehicles": name for name in ban.vehicles if name not in known}
        for where, name in chosen.items():
            if name not in known:
                raise broken_rule(f"{where} = {name!r}", f"one of {', '.join(known)}")
        return self

    @field_validator("routing")
    @classmethod
    def _vehicle_ids_differ(cls, routing: Routing) -> Routing:
        _refuse_shared("vehicle types", [vehicle.id for vehicle in routing.vehicles])
        return routing


def _refuse_shared(what: str, ids: list[str], *, what_differs: str = "id") -> None:
    shared = sorted({own for own in ids if ids.count(own) > 1})
    if shared:
        found = f"several {what} with the {what_differs} {', '.join(map(repr, shared))}"
        article = "an" if what_differs == "id" else "a"
        raise broken_rule(found, f"{article} {what_differs} of its own for each")
