"""Two plans side by side: figures, units that gained or lost, stations that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from lastmile.plans import Plan

_FIGURES: Final = (
    ("people", ("indicators", "people")),
    ("covered people", ("indicators", "covered_people")),
    ("covered share", ("indicators", "covered_share")),
    ("mean distance, m", ("indicators", "mean_distance_m")),
    ("open stations", ("siting", "n_open")),
    ("new stations", ("siting", "n_new")),
    ("cost of new stations, yuan", ("siting", "cost_yuan")),
    ("routes", ("routing", "n_routes")),
    ("route km a day", ("routing", "distance_km")),
    ("route cost a day, yuan", ("routing", "cost_yuan")),
    ("unserved stops", ("routing", "n_unserved")),
)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What differs between two plans."""

    figures: pd.DataFrame
    """Columns figure, a, b, difference; NaN where a plan has no such figure."""

    units: pd.DataFrame
    """Units of either plan whose covered share differs: code, name, level, a, b, difference."""

    only_a: tuple[str, ...]
    """Ids of stations open in the first plan alone."""

    only_b: tuple[str, ...]
    """Ids of stations open in the second plan alone."""

    cautions: tuple[str, ...]
    """What makes the figures hard to compare: other standards, another way of measuring."""


def compare(a: Plan, b: Plan) -> Comparison:
    """Set two plans side by side.

    Parameters
    ----------
    a, b
        Plans of the same area, or at least with common unit codes.
    """
    rows = []
    for label, steps in _FIGURES:
        values = _figure(a, steps), _figure(b, steps)
        rows.append((label, *values, values[1] - values[0]))
    stations = [set(plan.layers["stations"]["id"]) for plan in (a, b)]
    return Comparison(
        pd.DataFrame(rows, columns=["figure", "a", "b", "difference"]),
        _units(a, b),
        tuple(sorted(stations[0] - stations[1])),
        tuple(sorted(stations[1] - stations[0])),
        _cautions(a, b),
    )


def _cautions(a: Plan, b: Plan) -> tuple[str, ...]:
    """Name the rules by which the two plans were measured differently."""
    one, two = (plan.scenario.service_distance for plan in (a, b))
    rules = (
        ("metric", one.metric, two.metric),
        ("urban standard", f"{one.urban_m:g} m", f"{two.urban_m:g} m"),
        ("rural standard", f"{one.rural_m:g} m", f"{two.rural_m:g} m"),
        ("farthest access", f"{one.max_access_m:g} m", f"{two.max_access_m:g} m"),
    )
    return tuple(
        f"{name} differs: {first} against {second}; the shares do not measure the same"
        for name, first, second in rules
        if first != second
    )


def _figure(plan: Plan, steps: tuple[str, str]) -> float:
    group: dict[str, Any] | None = plan.summary.get(steps[0])
    value = None if group is None else group.get(steps[1])
    return float("nan") if value is None else float(value)


def _units(a: Plan, b: Plan) -> pd.DataFrame:
    columns = ["code", "name", "level", "covered_share"]
    tables = [pd.DataFrame(plan.layers["units"][columns]) for plan in (a, b)]
    both = tables[0].merge(tables[1], on="code", how="outer", suffixes=("_a", "_b"))
    table = pd.DataFrame(
        {
            "code": both["code"],
            "name": both["name_a"].fillna(both["name_b"]),
            "level": both["level_a"].fillna(both["level_b"]),
            "a": both["covered_share_a"],
            "b": both["covered_share_b"],
        }
    )
    table["difference"] = table["b"] - table["a"]
    changed = table[(table["difference"] != 0.0) & (table["a"].notna() | table["b"].notna())]
    return changed.sort_values("code", ignore_index=True)
