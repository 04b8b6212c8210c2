"""Coverage of every unit, with its rank among its peers."""

from __future__ import annotations

import pandas as pd

from lastmile.indicators import overall, share
from lastmile.plans import Plan
from lastmile.report.clean import figure, text
from lastmile.report.table import Cell, Column, Table
from lastmile.report.texts import Wording
from lastmile.report.units import LEVELS, in_hierarchy

MAX_CHARTED_UNITS = 40
"""Bars beyond this number cannot be told apart on a page."""


def coverage_table(plan: Plan, words: Wording) -> Table:
    """List every unit after the one that holds it.

    Returns
    -------
    Table
        Level, code, name, class, people, covered people, share, uncovered, rank within the
        level, and where any unit has them, the source of its class and whether its outline is
        an estimate. Closing rows: people outside all units, if any, and the total of the plan.
    """
    units = plan.layers["units"]
    order = in_hierarchy(units)
    ranks = _ranks(units)
    rows = tuple(_unit_row(units.iloc[position], ranks[position], words) for position, _ in order)
    return Table(
        (
            Column(words("level")),
            Column(words("code")),
            Column(words("name")),
            Column(words("class")),
            Column(words("people"), "people"),
            Column(words("covered_people"), "people"),
            Column(words("covered_share"), "share"),
            Column(words("uncovered_people"), "people"),
            Column(words("rank"), "count"),
            Column(words("class_source")),
            Column(words("outline")),
        ),
        rows,
        title=words("sheet_coverage"),
        totals=_totals(plan, words),
        depths=tuple(depth for _, depth in order),
        empty_note=words("none"),
    ).without_blank(words("class_source"), words("outline"))


def charted_units(plan: Plan, words: Wording) -> Table | None:
    """Choose the units that the coverage chart compares.

    Returns
    -------
    Table or None
        Name, people, covered people, uncovered, share of the coarsest level that has at least
        two units (or of the coarsest there is), in order of code; only the lowest shares where
        there are more than a chart can show. None without units.
    """
    units = plan.layers["units"]
    present = [level for level in LEVELS if (units["level"] == level).any()]
    if not present:
        return None
    level = next((name for name in present if (units["level"] == name).sum() > 1), present[0])
    chosen = units[units["level"] == level].sort_values("code", kind="stable")
    level_name = words(f"level_{level}")
    title = words.filled("by_unit", level_name)
    if len(chosen) > MAX_CHARTED_UNITS:
        chosen = chosen.sort_values("covered_share", kind="stable").head(MAX_CHARTED_UNITS)
        title += words.filled("lowest_units", MAX_CHARTED_UNITS)
    rows = tuple(
        (text(name), *_people_cells(people, covered))
        for name, people, covered in zip(
            chosen["name"], chosen["people"], chosen["covered_people"], strict=True
        )
    )
    columns = (
        Column(level_name),
        Column(words("people"), "people"),
        Column(words("covered_people"), "people"),
        Column(words("covered_share"), "share"),
        Column(words("uncovered_people"), "people"),
    )
    return Table(columns, rows, title=title)


def _people_cells(people: float, covered: float) -> tuple[Cell, Cell, Cell, Cell]:
    """People, covered people, share and uncovered people, blank where unknown."""
    whole, part = figure(people), figure(covered)
    if whole is None or part is None:
        return whole, part, None, None
    return whole, part, figure(share(part, whole)), whole - part


def _unit_row(unit: pd.Series, rank: int | None, words: Wording) -> tuple[Cell, ...]:
    return (
        words.coded("level_", text(unit["level"])),
        text(unit["code"]),
        text(unit["name"]),
        words.coded("class_", text(unit["class"])),
        *_people_cells(unit["people"], unit["covered_people"]),
        rank,
        text(unit["settlement_source"]),
        words("outline_estimated") if unit["estimated"] else "",
    )


def _ranks(units: pd.DataFrame) -> list[int | None]:
    """Rank by covered share among the units of one level; equal shares share the better rank."""
    ranks = units.groupby("level")["covered_share"].rank(method="min", ascending=False)
    return [None if pd.isna(rank) else int(rank) for rank in ranks]


def _totals(plan: Plan, words: Wording) -> tuple[tuple[Cell, ...], ...]:
    demand = plan.layers["demand"]
    known = {text(code) for code in plan.layers["units"]["code"]}
    homeless = demand[[text(code) not in known for code in demand["unit_code"]]]
    totals: list[tuple[Cell, ...]] = []
    for label, part in ((words("outside_units"), homeless), (words("total"), demand)):
        if part.empty and part is homeless:
            continue
        figures = overall(part)
        cells = _people_cells(figures["people"], figures["covered_people"])
        totals.append((label, None, None, None, *cells, None, None, None))
    return tuple(totals)
