"""The groups of people that must each reach the required share."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile.errors import Fault, InputError
from lastmile.pipeline.inputs import Inputs
from lastmile.scenario import Scenario


def share_groups(
    scenario: Scenario, inputs: Inputs
) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Group demand points as ``siting.share_by`` asks.

    Returns
    -------
    group
        Shape (demand points,). Positions in the names; None where all are one group. Points that
        lie in no unit of the level are a group of their own.
    names
        Of the groups, as a reader knows them.

    Raises
    ------
    InputError
        When no boundary layer holds the level.
    """
    by = scenario.siting.share_by
    demand = inputs.places.demand
    if by == "all":
        return None, ()
    if by == "class":
        names = sorted(demand["settlement"].unique())
        return demand["settlement"].map({n: k for k, n in enumerate(names)}).to_numpy(), (*names,)
    units = inputs.units.units
    chosen = units[units["level"] == by]
    if chosen.empty:
        fault = Fault(
            "scenario", "siting.share_by", f"{by}; boundaries hold "
            f"{', '.join(dict.fromkeys(units['level']))}", "a level among the boundaries",
            "add that layer, or name another level",
        )  # fmt: skip
        raise InputError([fault])
    home = _above(units, set(chosen["code"]))
    code = demand["unit_code"].map(home).fillna("")
    outside = (code == "").any()
    codes = [*chosen["code"], *([""] if outside else [])]
    position = {own: k for k, own in enumerate(codes)}
    names = [*(f"{n} {c}" for n, c in zip(chosen["name"], chosen["code"], strict=True))]
    return code.map(position).to_numpy(dtype=np.int64), (*names, *(["–"] if outside else []))


def _above(units: pd.DataFrame, wanted: set[str]) -> dict[str, str]:
    """Give every unit the wanted unit that it is or lies in; '' where there is none."""
    parent = dict(zip(units["code"], units["parent_code"], strict=True))
    home = {}
    for code in units["code"]:
        at, steps = code, 0
        while at and at not in wanted and steps < len(parent):
            at, steps = parent.get(at, ""), steps + 1
        home[code] = at if at in wanted else ""
    return home
