"""Why a place is on no road: restricted areas, islands, the profile itself, or its coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from lastmile.errors import FaultLog
from lastmile.network import Ban, Network, Profile, build_network, builtin_profile, snap
from lastmile.pipeline.inputs import Inputs
from lastmile.pipeline.movement import Movement, read_movement
from lastmile.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Cause:
    """What keeps a place off the roads, in the words of a fault."""

    found: str
    remedy: str


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """The roads with one hindrance less, and what that hindrance was."""

    network: Network
    cause: Cause


class ClosedRoads:
    """Takes one hindrance after the other away, and looks whether a place is on the roads then.

    Made only where something is off the roads: each trial builds a network.
    """

    def __init__(self, scenario: Scenario, inputs: Inputs) -> None:
        self._scenario, self._inputs = scenario, inputs
        self._read: Movement | None = None
        self._of_vans: list[_Trial] = []
        self._of_walkers: list[_Trial] = []

    def to_vans(self, points: gpd.GeoSeries) -> list[Cause | None]:
        """Say for each place why vans do not get near it, though a road is; None without any."""
        if not (self._of_vans or points.empty):
            key, name = "routing.profile", self._scenario.routing.profile
            island_m = self._scenario.roads.min_drive_component_m
            self._of_vans = [
                *self._without_bans(island_m),
                *self._of_profile(key, name, self._movement.van, island_m, self._movement.bans),
            ]
        return self._first(self._of_vans, points)

    def to_walkers(self, points: gpd.GeoSeries) -> list[Cause | None]:
        """Say for each place why people do not get near it, though a road is; None without any."""
        if not (self._of_walkers or points.empty):
            key, name = "roads.walk_profile", self._scenario.roads.walk_profile
            island_m = self._scenario.roads.min_component_m
            self._of_walkers = list(
                self._of_profile(key, name, self._movement.walker, island_m, ())
            )
        return self._first(self._of_walkers, points)

    @property
    def _movement(self) -> Movement:
        if self._read is None:
            self._read = read_movement(self._scenario, FaultLog())
        return self._read

    def _without_bans(self, island_m: float) -> Iterator[_Trial]:
        van = self._movement.van
        if self._movement.bans:
            cause = Cause(
                f"only roads in areas that are closed to {van.name} during the shifts, or cut off "
                "by them ([[bans]])",
                "correct areas, hours or vehicles of [[bans]]",
            )
            yield self._trial(van, island_m, (), cause)

    def _of_profile(
        self, key: str, name: str, profile: Profile, island_m: float, bans: Sequence[Ban]
    ) -> Iterator[_Trial]:
        key_of_island = "min_component_m" if key.startswith("roads") else "min_drive_component_m"
        cause = Cause(
            f"only roads that are cut off from all others, and shorter than {island_m:,.0f} m",
            f"use an extract that reaches farther, or lower roads.{key_of_island}",
        )
        yield self._trial(profile, 0.0, bans, cause)
        own = next((p for p in self._scenario.profiles if p.name == name), None)
        if own is not None:
            cause = Cause(
                f"only roads that the profile {name!r} closes, or on which it never stops, though "
                f"{own.based_on} does not",
                f"correct {name!r} under [[profiles]], or choose another in {key}",
            )
            yield self._trial(builtin_profile(own.based_on), 0.0, bans, cause)
        cause = Cause(
            f"only roads that are closed to {name!r}, or on which it never stops",
            f"check its coordinates, move it to an open road, or state a profile in {key} to "
            "which these are open",
        )
        yield self._trial(self._anybody(profile), 0.0, (), cause)

    def _anybody(self, like: Profile) -> Profile:
        """Whom nothing binds: who takes every class of road that there is."""
        classes = sorted({*self._inputs.roads.values("highway").tolist(), "ferry"} - {""})
        return Profile(
            name="anybody",
            speed_kph=tuple((highway, like.access_speed_kph) for highway in classes),
            access_tags=(),
            closed_values=(),
            top_speed_kph=like.access_speed_kph,
            access_speed_kph=like.access_speed_kph,
        )

    def _trial(
        self, profile: Profile, island_m: float, bans: Sequence[Ban], cause: Cause
    ) -> _Trial:
        network = build_network(
            self._inputs.roads,
            profile,
            min_component_m=island_m,
            period=self._movement.on_shift,
            bans=bans,
        )
        return _Trial(network, cause)

    def _first(self, trials: Sequence[_Trial], points: gpd.GeoSeries) -> list[Cause | None]:
        limit_m = self._scenario.service_distance.max_access_m
        x, y = points.x.to_numpy(), points.y.to_numpy()
        found: list[Cause | None] = [None] * len(points)
        for trial in reversed(trials):
            on_road = snap(trial.network, x, y, max_access_m=limit_m).on_network
            for k in np.flatnonzero(on_road).tolist():
                found[k] = trial.cause
        return found
