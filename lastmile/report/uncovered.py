"""People without a station: who, where, why, and what would help."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from lastmile.indicators import overall, people_by_reason, share
from lastmile.plans import Plan
from lastmile.report.clean import figure, text
from lastmile.report.table import Cell, Column, Table
from lastmile.report.texts import Wording
from lastmile.report.units import paths

MAX_LISTED = 50_000
"""Points beyond this are added up by unit and reason: nobody reads more, and sheets stay quick."""


@dataclass(frozen=True, slots=True)
class _Teller:
    """Says where, why and what to do, in one language."""

    words: Wording
    path: dict[str, str]
    max_access_m: float

    def where(self, code: str) -> str:
        return self.path.get(code, self.words("outside_units"))

    def why(self, code: str) -> str:
        return self.words.reason(code, self.max_access_m)

    def remedy(self, reason: str, stated: str) -> str:
        """Give the remedy the plan states, else the usual one for the reason."""
        usual = self.words.coded("remedy_", reason)
        return stated or ("" if usual == reason else usual)


def uncovered_table(plan: Plan, words: Wording, max_listed: int = MAX_LISTED) -> Table:
    """List every uncovered demand point, most people first.

    Parameters
    ----------
    plan
        The plan.
    words
        The language.
    max_listed
        Largest number of points to list singly; more are added up by unit and reason.

    Returns
    -------
    Table
        Its title says which of the two forms it is in.
    """
    demand = plan.layers["demand"]
    left_out = demand[~demand["covered"].astype(bool)]
    left_out = left_out.sort_values(["people", "id"], ascending=[False, True], kind="stable")
    access_m = plan.scenario.service_distance.max_access_m
    teller = _Teller(words, paths(plan.layers["units"]), access_m)
    if len(left_out) > max_listed:
        return _aggregated(left_out, teller, max_listed)
    return _listed(left_out, teller)


def reasons_table(plan: Plan, words: Wording) -> Table:
    """Add up the uncovered people by reason."""
    demand = plan.layers["demand"]
    access_m = plan.scenario.service_distance.max_access_m
    whole = overall(demand)["people"]
    rows = tuple(
        (words.reason(reason, access_m), people, figure(share(people, whole)))
        for reason, people in people_by_reason(demand).items()
    )
    columns = (
        Column(words("reason")),
        Column(words("people"), "people"),
        Column(words("share_of_people"), "share"),
    )
    return Table(columns, rows, title=words("by_reason"), empty_note=words("none"))


def _listed(left_out: gpd.GeoDataFrame, teller: _Teller) -> Table:
    words = teller.words
    rows = tuple(
        (
            text(point["id"]),
            text(point["name"]),
            teller.where(text(point["unit_code"])),
            figure(point["people"]),
            words.coded("class_", text(point["class"])),
            figure(point["service_distance_m"]),
            teller.why(text(point["reason"])),
            teller.remedy(text(point["reason"]), text(point["remedy"])),
            *_lon_lat(point["geometry"]),
        )
        for point in left_out.to_dict("records")
    )
    columns = (
        Column(words("id")),
        Column(words("name")),
        Column(words("unit")),
        Column(words("people"), "people"),
        Column(words("class")),
        Column(words("service_distance"), "metres"),
        Column(words("reason")),
        Column(words("remedy")),
        Column(words("lon"), "degrees"),
        Column(words("lat"), "degrees"),
    )
    title = words.filled("listed", len(left_out))
    return Table(columns, rows, title=title, empty_note=words("none"))


def _aggregated(left_out: gpd.GeoDataFrame, teller: _Teller, max_listed: int) -> Table:
    words = teller.words
    rows: list[tuple[Cell, ...]] = []
    for (code, reason), group in left_out.groupby(["unit_code", "reason"], sort=True):
        largest = group.iloc[0]  # the frame is sorted, and grouping keeps the order
        rows.append(
            (
                teller.where(text(code)),
                teller.why(text(reason)),
                float(len(group)),
                _people(group),
                text(largest["id"]),
                figure(largest["people"]),
                teller.remedy(text(reason), text(largest["remedy"])),
                *_lon_lat(largest["geometry"]),
            )
        )
    rows.sort(key=lambda row: -float(row[3] or 0))
    columns = (
        Column(words("unit")),
        Column(words("reason")),
        Column(words("n_points"), "count"),
        Column(words("people"), "people"),
        Column(words("largest")),
        Column(words("largest_people"), "people"),
        Column(words("remedy")),
        Column(words("lon"), "degrees"),
        Column(words("lat"), "degrees"),
    )
    title = words.filled("aggregated", len(left_out), max_listed)
    return Table(columns, tuple(rows), title=title)


def _people(group: pd.DataFrame) -> float:
    return sum(people_by_reason(group).values())


def _lon_lat(point: object) -> tuple[Cell, Cell]:
    x, y = getattr(point, "x", None), getattr(point, "y", None)
    return (None, None) if x is None or y is None else (round(x, 6), round(y, 6))
