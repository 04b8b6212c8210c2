"""The programme by years, for ``plan.json``: what each year opens, costs and reaches."""

from __future__ import annotations

from typing import Any

import numpy as np

from lastmile import indicators
from lastmile.pipeline import words
from lastmile.pipeline.layers import Layers
from lastmile.pipeline.stations import Stations
from lastmile.siting import PhasePlan, YearProof, first_years

_COARSE = ("district", "township")


def phase_figures(stations: Stations, layers: Layers) -> list[dict[str, Any]]:
    """Figures of each year, empty without phases.

    Returns
    -------
    list of dict
        name; n_new and cost_yuan of the year; n_open, covered_people, covered_share, by its end;
        bound_share (most that these stations can cover within the year's limits), alone_share and
        alone_bound_share (a plan for that year alone); target_share or None, target_met; and
        units: covered share of each district and township by code.
    """
    phasing, problem = stations.phasing, stations.problem
    if phasing is None:
        return []
    total = int(problem.demand.sum())
    first = first_years(problem, phasing.phase, len(phasing.phases))
    figures = []
    for k, (phase, year) in enumerate(zip(phasing.phases, phasing.years, strict=True), 1):
        opened = phasing.phase == k
        figures.append({
            "name": phase.name,
            "n_new": int(opened.sum()),
            "n_open": int(((phasing.phase >= 0) & (phasing.phase <= k)).sum()),
            "cost_yuan": int(problem.cost_yuan[opened].sum()),
            "covered_people": year.covered / 1000,
            "covered_share": indicators.share(year.covered, total),
            "bound_share": indicators.share(year.bound, total),
            "alone_share": indicators.share(year.alone, total),
            "alone_bound_share": indicators.share(year.alone_bound, total),
            "target_share": phase.target_share,
            "target_met": year.covered >= year.target,
            "units": _by_unit(first <= k, layers),
        })  # fmt: skip
    return figures


def phase_notes(stations: Stations, language: words.Language) -> list[str]:
    """Tell of targets that are missed, and of stations that no year pays for."""
    phasing = stations.phasing
    if phasing is None:
        return []
    total = int(stations.problem.demand.sum())
    notes = [
        words.target_missed(phase.name, phase.target_share or 0.0, *_shares(year, total), language)
        for phase, year in zip(phasing.phases, phasing.years, strict=True)
        if year.covered < year.target
    ]
    if phasing.n_left_out:
        notes.append(
            words.not_in_any_year(phasing.n_left_out, _cost_left(stations, phasing), language)
        )
    return notes


def _shares(year: YearProof, total: int) -> tuple[float, float, float]:
    covered, bound, alone = (
        indicators.share(part, total) for part in (year.covered, year.bound, year.alone_bound)
    )
    return covered, bound, alone


def _cost_left(stations: Stations, phasing: PhasePlan) -> int:
    left = stations.solution.open & (phasing.phase < 0)
    return int(stations.problem.cost_yuan[left].sum())


def _by_unit(covered: np.ndarray, layers: Layers) -> dict[str, float | None]:
    units = layers["units"]
    figures = indicators.coverage_by_unit(units, layers["demand"].assign(covered=covered))
    coarse = units["level"].isin(_COARSE).to_numpy()
    return {
        code: None if np.isnan(share) else float(share)
        for code, share in zip(
            figures["code"][coarse], figures["covered_share"][coarse], strict=True
        )
    }
