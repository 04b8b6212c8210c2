"""From a scenario to a plan, stage by stage: inputs → walking → stations → deliveries → layers.

This is the only room that knows all others; none of them knows it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from lastmile.errors import LastmileError
from lastmile.pipeline.area import boundary_bounds, scenario_bounds
from lastmile.pipeline.checks import refuse_unsound
from lastmile.pipeline.deliveries import Deliveries, plan_deliveries
from lastmile.pipeline.health import health
from lastmile.pipeline.inputs import Inputs, read_inputs
from lastmile.pipeline.layers import draw_layers
from lastmile.pipeline.mending import RoadQuality, for_machines, road_quality
from lastmile.pipeline.stations import CheckError, Stations, choose_stations, keep_stations
from lastmile.pipeline.summary import summarise, versions
from lastmile.pipeline.walking import Snapped, Walking, measure_walking, snap_places
from lastmile.pipeline.what_if import WhatIf, what_if
from lastmile.pipeline.words import dated
from lastmile.plans import Plan
from lastmile.progress import Progress, silent
from lastmile.scenario import Scenario

__all__ = [
    "CheckError",
    "RoadQuality",
    "WhatIf",
    "boundary_bounds",
    "check",
    "coverage",
    "for_machines",
    "health",
    "plan",
    "road_quality",
    "scenario_bounds",
    "what_if",
]


@dataclass(slots=True)
class _Clock:
    """Wall seconds of every stage of one run."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def check(scenario: Scenario, *, progress: Progress = silent) -> tuple[Inputs, Snapped]:
    """Read everything a scenario names and check it against the roads; plan nothing.

    Raises
    ------
    InputError
        Listing every fault found.
    """
    inputs = read_inputs(scenario, progress)
    snapped = snap_places(scenario, inputs, progress)
    refuse_unsound(scenario, inputs, snapped)
    return inputs, snapped


def plan(
    scenario: Scenario,
    *,
    progress: Progress = silent,
    interruption: threading.Event | None = None,
) -> Plan:
    """Plan an area: who is covered by which stations, and which vans supply them.

    Parameters
    ----------
    scenario
        What is asked for, and of which files.
    progress
        Told how far each stage is.
    interruption
        Set from outside to end siting and routing early; the plan is then complete, made of
        the best found so far, and its status is ``interrupted``.

    Returns
    -------
    Plan
        Checked by the independent checkers of siting and routing.

    Raises
    ------
    InputError
        Listing every fault of the input.
    CheckError
        When a checker rejects a result.
    """
    event = interruption or threading.Event()
    clock = _Clock()
    with clock.stage("read"):
        inputs, snapped = check(scenario, progress=progress)
    with clock.stage("reach"):
        walking = measure_walking(scenario, inputs, snapped, progress)
    with clock.stage("siting"):
        stations = choose_stations(scenario, inputs, walking, progress, event)
    with clock.stage("routing"):
        deliveries = plan_deliveries(scenario, inputs, stations, progress, event)
    made = _assemble(scenario, inputs, walking, stations, deliveries, clock)
    if event.is_set() and made.summary["status"] != "infeasible":
        # A stage may have proven its part before the interruption; the plan as a whole was cut.
        summary = MappingProxyType(dict(made.summary) | {"status": "interrupted"})
        return replace(made, summary=summary)
    return made


def coverage(scenario: Scenario, *, progress: Progress = silent) -> Plan:
    """Measure how well the existing stations cover; site nothing and route nothing."""
    clock = _Clock()
    with clock.stage("read"):
        inputs, snapped = check(_measured_only(scenario), progress=progress)
    with clock.stage("reach"):
        walking = measure_walking(scenario, inputs, snapped, progress)
    stations = keep_stations(scenario, inputs, walking)
    return _assemble(scenario, inputs, walking, stations, None, clock)


def _measured_only(scenario: Scenario) -> Scenario:
    """Ask the same without vans and wishes: their faults are no matter of coverage."""
    routing = scenario.routing.model_copy(update={"enabled": False})
    siting = scenario.siting.model_copy(update={"goal": "lscp", "p": None, "curve_p": ()})
    return scenario.model_copy(update={"routing": routing, "siting": siting})


def _assemble(
    scenario: Scenario,
    inputs: Inputs,
    walking: Walking,
    stations: Stations,
    deliveries: Deliveries | None,
    clock: _Clock,
) -> Plan:
    if stations.solution.status == "infeasible" and not stations.solution.message:
        raise LastmileError("an infeasible siting problem must say why")
    scenario = dated(scenario, inputs.roads.data_timestamp)
    with clock.stage("layers"):
        layers = draw_layers(scenario, inputs, walking, stations, deliveries)
    with clock.stage("roads"):
        quality = road_quality(scenario, inputs, walking.snapped)
    summary = summarise(scenario, inputs, walking, stations, deliveries, layers, quality)
    summary |= {"timings": dict(clock.seconds), "versions": dict(versions())}
    return Plan(scenario, MappingProxyType(summary), MappingProxyType(layers))
