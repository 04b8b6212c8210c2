"""Coverage and service figures of a plan: people reached, by unit, class and reason.

People are added up in whole thousandths, siting's own unit, so that sums do not depend on the
order of the rows and the figures of the parts add up to the figure of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

REASONS: Final = (
    "off_network", "no_candidate_in_reach", "forbidden", "budget", "capacity", "share_met",
    "not_open",
)  # fmt: skip
"""Why a demand point may be uncovered, the causes farthest from the planner's hand first."""

CLASSES: Final = ("urban", "rural")
"""Settlement classes, in the order in which they are reported."""


def share(part: float, whole: float) -> float:
    """Divide, with NaN where the whole is nothing: no people have no coverage.

    Examples
    --------
    >>> share(30.0, 40.0)
    0.75
    >>> share(0.0, 0.0)
    nan
    """
    return part / whole if whole else float("nan")


def overall(demand: pd.DataFrame) -> dict[str, float]:
    """Add up the people of all demand points.

    Parameters
    ----------
    demand
        The plan's demand layer (``LAYER_COLUMNS["demand"]``).

    Returns
    -------
    dict
        ``people``, ``covered_people``, ``covered_share`` (0 to 1, NaN without people) and
        ``off_network_people``, who are part of ``people`` and so of the share's denominator.
    """
    people = _thousandths(demand)
    covered = demand["covered"].to_numpy(dtype=bool)
    off_network = (demand["reason"] == "off_network").to_numpy(dtype=bool)
    n_people, n_covered = int(people.sum()), int(people[covered].sum())
    return {
        "people": n_people / 1000,
        "covered_people": n_covered / 1000,
        "covered_share": share(n_covered, n_people),
        "off_network_people": int(people[off_network].sum()) / 1000,
    }


def coverage_by_class(demand: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Give the figures of :func:`overall` for each settlement class that occurs.

    Parameters
    ----------
    demand
        The plan's demand layer.

    Returns
    -------
    dict
        Class to figures: urban, then rural, then any other value in alphabetical order.
    """
    classes = demand["class"].astype(str)
    return {name: overall(demand[classes == name]) for name in _in_order(classes, CLASSES)}


def coverage_by_age_group(
    demand: pd.DataFrame, groups: Mapping[str, NDArray[np.float64]]
) -> dict[str, dict[str, float]]:
    """Give the covered people of each age group.

    Parameters
    ----------
    demand
        The plan's demand layer.
    groups
        Name to people of that age, one number for each row of ``demand``.

    Returns
    -------
    dict
        Name to ``people``, ``covered_people`` and ``covered_share`` (NaN where there is nobody).
    """
    covered = demand["covered"].to_numpy(dtype=bool)
    figures = {}
    for name, people in groups.items():
        thousandths = np.rint(people * 1000).astype(np.int64)
        n_people, n_covered = int(thousandths.sum()), int(thousandths[covered].sum())
        figures[name] = {
            "people": n_people / 1000,
            "covered_people": n_covered / 1000,
            "covered_share": share(n_covered, n_people),
        }
    return figures


def people_by_reason(demand: pd.DataFrame) -> dict[str, float]:
    """Add up the uncovered people by the reason why they are uncovered.

    Parameters
    ----------
    demand
        The plan's demand layer.

    Returns
    -------
    dict
        Reason to people, in the order of ``REASONS``; only reasons that occur.
    """
    left_out = demand[~demand["covered"].to_numpy(dtype=bool)]
    people = _thousandths(left_out)
    reasons = left_out["reason"].astype(str)
    return {
        reason: int(people[(reasons == reason).to_numpy(dtype=bool)].sum()) / 1000
        for reason in _in_order(reasons, REASONS)
    }


def distance_figures(demand: pd.DataFrame) -> dict[str, float]:
    """Say how far covered people are from their station.

    Every person counts once: a demand point weighs as many as its people. The p-th percentile
    is the least distance within which at least p per cent of the covered people have their
    station, so it is always a distance that somebody really walks; nothing is interpolated.

    Parameters
    ----------
    demand
        The plan's demand layer; ``distance_m`` of uncovered points is not looked at.

    Returns
    -------
    dict
        ``mean_distance_m``, ``median_distance_m``, ``p90_distance_m``; NaN if nobody is covered.
    """
    reached = demand[demand["covered"].to_numpy(dtype=bool)]
    people = _thousandths(reached)
    length_mm = np.rint(reached["distance_m"].to_numpy(dtype=float) * 1000).astype(np.int64)
    total = int(people.sum())
    if total == 0:
        nothing = float("nan")
        return dict.fromkeys(("mean_distance_m", "median_distance_m", "p90_distance_m"), nothing)
    order = np.argsort(length_mm, kind="stable")
    cumulated = np.cumsum(people[order])

    def percentile_m(per_cent: int) -> float:
        # Whole numbers on both sides: at exactly p per cent the distance counts.
        enough = np.searchsorted(cumulated * 100, total * per_cent, side="left")
        return float(length_mm[order[enough]]) / 1000

    return {
        # Below 2**63 for nine billion people at a kilometre.
        "mean_distance_m": int((people * length_mm).sum()) / total / 1000,
        "median_distance_m": percentile_m(50),
        "p90_distance_m": percentile_m(90),
    }


def coverage_by_unit(units: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Add up people and covered people inside every unit.

    A demand point belongs to the unit of its ``unit_code`` and to all units above it. Points
    without a known unit belong to none; they still count in :func:`overall`.

    Parameters
    ----------
    units
        The plan's units layer; ``code`` and ``parent_code`` ('' at the top) are used.
    demand
        The plan's demand layer.

    Returns
    -------
    pandas.DataFrame
        Columns code, people, covered_people, covered_share (NaN where nobody lives), one row
        per row of ``units`` with its index.

    Raises
    ------
    ValueError
        When units are their own ancestors, or two share a code.
    """
    codes = pd.Index(units["code"].astype(str))
    if not codes.is_unique:
        raise ValueError("two units share a code")
    parent = codes.get_indexer(units["parent_code"].fillna("").astype(str))
    home = codes.get_indexer(demand["unit_code"].fillna("").astype(str))
    covered = demand["covered"].to_numpy(dtype=bool)
    people = _thousandths(demand)
    n_people = _with_descendants(_sum_at(home, people, len(codes)), parent)
    n_covered = _with_descendants(_sum_at(home[covered], people[covered], len(codes)), parent)
    with np.errstate(invalid="ignore"):
        covered_share = n_covered / np.where(n_people > 0, n_people, np.nan)
    return pd.DataFrame(
        {
            "code": codes.to_numpy(),
            "people": n_people / 1000,
            "covered_people": n_covered / 1000,
            "covered_share": covered_share,
        },
        index=units.index,
    )


def _thousandths(demand: pd.DataFrame) -> NDArray[np.int64]:
    thousandths: NDArray[np.int64] = np.rint(demand["people"].to_numpy(dtype=float) * 1000).astype(
        np.int64
    )
    return thousandths


def _in_order(values: Iterable[str], known: tuple[str, ...]) -> list[str]:
    """List each value once: known ones in their order, then the others sorted."""
    present = set(values)
    return [name for name in known if name in present] + sorted(present - set(known))


def _sum_at(
    position: NDArray[np.intp], amount: NDArray[np.int64], n_positions: int
) -> NDArray[np.int64]:
    """Add up amounts by position; position -1 is nowhere."""
    sums = np.zeros(n_positions, dtype=np.int64)
    somewhere = position >= 0
    np.add.at(sums, position[somewhere], amount[somewhere])
    return sums


def _with_descendants(own: NDArray[np.int64], parent: NDArray[np.intp]) -> NDArray[np.int64]:
    """Add to each unit's own sum the sums of all units below it, one level at a time."""
    total, rising = own.copy(), own
    for _level in range(len(own)):
        if not rising.any():
            break
        rising = _sum_at(parent, rising, len(own))
        total += rising
    if rising.any() and len(own):
        raise ValueError("a unit is its own ancestor: parent_code goes round in a circle")
    return total
