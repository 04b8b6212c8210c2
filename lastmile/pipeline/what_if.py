"""What would change in a plan if stations opened, closed or moved."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile import indicators, siting
from lastmile.errors import Fault, FaultLog, InputError
from lastmile.pipeline.inputs import Inputs, hashes, read_inputs
from lastmile.pipeline.stations import siting_problem
from lastmile.pipeline.walking import measure_walking, snap_places
from lastmile.plans import Plan
from lastmile.progress import Progress, silent

_UNIT_COLUMNS = ("code", "name", "level", "before", "after")
_DEMAND_COLUMNS = ("id", "name", "unit_code", "people", "change")


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """A change to a plan, and what it does to those who live there."""

    opened: tuple[str, ...]
    closed: tuple[str, ...]
    people: float
    """Covered people gained less lost."""

    covered_share: float
    """Afterwards, of all people."""

    people_elsewhere: float
    """People who stay covered and walk to another station."""

    longer_by_m: float
    """How much farther these walk on average; below 0 if less far."""

    units: pd.DataFrame
    """Units whose covered share changes: code, name, level, before, after."""

    demand: pd.DataFrame
    """Demand points that gain or lose: id, name, unit_code, people, change (gained or lost)."""


def what_if(
    plan: Plan,
    *,
    opened: Sequence[str] = (),
    closed: Sequence[str] = (),
    progress: Progress = silent,
) -> WhatIf:
    """Read a plan's inputs again, and tell what opening and closing some sites would change.

    Parameters
    ----------
    plan
        A finished plan whose input files are as they were.
    opened, closed
        Ids of sites. A forbidden site may be asked about, too.
    progress
        Told how far reading is.

    Raises
    ------
    InputError
        When ids are unknown, already open or closed, or an input file has changed since.
    """
    _refuse_ids(plan, opened, closed)
    scenario = plan.scenario
    # Vans and their roads do not matter to who walks where.
    routing = scenario.routing.model_copy(update={"enabled": False})
    walked = scenario.model_copy(update={"routing": routing})
    inputs = read_inputs(walked, progress)
    _refuse_changed(plan)
    walking = measure_walking(walked, inputs, snap_places(walked, inputs, progress), progress)
    problem = siting_problem(walked, inputs, walking.reach)
    position = {own: k for k, own in enumerate(inputs.places.sites["id"])}
    is_open = np.zeros(len(position), np.bool_)
    is_open[[position[own] for own in plan.layers["stations"]["id"]]] = True
    before = siting.situation_of(problem, is_open)
    change = siting.what_if(
        before,
        opened=[position[own] for own in opened],
        closed=[position[own] for own in closed],
    )
    return _told(inputs, before, change, tuple(opened), tuple(closed))


def _told(
    inputs: Inputs,
    before: siting.Situation,
    change: siting.Change,
    opened: tuple[str, ...],
    closed: tuple[str, ...],
) -> WhatIf:
    weight, after = before.problem.demand, change.situation
    covered = int(weight[after.station >= 0].sum())
    moved = weight[change.moved]
    longer = (after.length_mm[change.moved] - change.before_mm) / 1000.0
    return WhatIf(
        opened,
        closed,
        people=change.demand / 1000,
        covered_share=indicators.share(covered, int(weight.sum())),
        people_elsewhere=int(moved.sum()) / 1000,
        longer_by_m=float(np.average(longer, weights=moved)) if moved.sum() else 0.0,
        units=_units(inputs, before.station >= 0, after.station >= 0),
        demand=_demand(inputs, change),
    )


def _units(inputs: Inputs, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> pd.DataFrame:
    units, demand = inputs.units.units, inputs.places.demand
    shares = [
        indicators.coverage_by_unit(units, demand.assign(covered=covered))["covered_share"]
        for covered in (before, after)
    ]
    frame = units[["code", "name", "level"]].assign(before=shares[0], after=shares[1])
    differs = (frame["before"] != frame["after"]) & frame["before"].notna()
    return frame.loc[differs, list(_UNIT_COLUMNS)].reset_index(drop=True)


def _demand(inputs: Inputs, change: siting.Change) -> pd.DataFrame:
    rows = np.concatenate([change.gained, change.lost])
    frame = inputs.places.demand.iloc[rows][["id", "name", "unit_code", "people"]]
    told = np.repeat(["gained", "lost"], [change.gained.size, change.lost.size])
    frame = pd.DataFrame(frame).assign(change=told)[list(_DEMAND_COLUMNS)]
    return frame.sort_values("people", ascending=False, kind="stable").reset_index(drop=True)


def _refuse_ids(plan: Plan, opened: Sequence[str], closed: Sequence[str]) -> None:
    faults = FaultLog()
    sites = dict(zip(plan.layers["sites"]["id"], plan.layers["sites"]["open"], strict=True))
    if not opened and not closed:
        faults.add(
            "what-if", "", found="no site", expected="ids to open or to close",
            remedy="name them: --open ID, --close ID",
        )  # fmt: skip
    for option, ids, wrong in (("--open", opened, True), ("--close", closed, False)):
        for own in ids:
            if own not in sites:
                near = difflib.get_close_matches(own, list(sites), n=3)
                faults.add(
                    "what-if", option, found=f"{own!r}, which is no site of the plan",
                    expected="the id of a site",
                    remedy=f"write {' or '.join(near)}" if near else "look it up on the map",
                )  # fmt: skip
            elif bool(sites[own]) is wrong:
                state = "open" if wrong else "closed"
                faults.add(
                    "what-if", option, found=f"{own!r}, which is {state} already",
                    expected=f"a site that is {'closed' if wrong else 'open'}",
                    remedy="leave it out",
                )  # fmt: skip
    for own in sorted(set(opened) & set(closed)):
        faults.add(
            "what-if", "", found=f"{own!r} to open and to close", expected="one of the two",
            remedy="decide",
        )  # fmt: skip
    faults.raise_if_any()


def _refuse_changed(plan: Plan) -> None:
    """Refuse inputs that are not those of the plan: its stations would answer another question."""
    was = {(entry["path"], entry["sha256"]) for entry in plan.summary["inputs"]}
    changed = [e["path"] for e in hashes(plan.scenario) if (e["path"], e["sha256"]) not in was]
    if changed:
        raise InputError([
            Fault(name, "", "a file that is not as it was planned with", "the plan's own inputs",
                  "plan again, or put the file back")
            for name in changed
        ])  # fmt: skip
