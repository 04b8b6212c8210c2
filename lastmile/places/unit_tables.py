"""Official figures in tables of their own, joined to the units by code or by name."""

from __future__ import annotations

from pathlib import PurePath

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.findings import TotalFinding
from lastmile.places.coordinates import Floats
from lastmile.places.hierarchy import calling
from lastmile.places.notes import Note, listed
from lastmile.places.settlement import UNREADABLE, settlements_from
from lastmile.places.tables import numbers_from
from lastmile.places.unit_matching import KnownUnits, UnitRows, matched_units, read_unit_rows
from lastmile.places.unit_sums import difference_note, differs
from lastmile.scenario import MOST_PEOPLE, Scenario, UnitTable


def joined(
    scenario: Scenario,
    units: gpd.GeoDataFrame,
    parents: NDArray[np.int64],
    faults: FaultLog,
    notes: list[Note],
) -> gpd.GeoDataFrame:
    """Give the units what tables say of them: people, classes, and codes where they have none.

    Parameters
    ----------
    scenario
        Names the tables.
    units
        All units, with ``LAYER_COLUMNS``.
    parents
        Shape (units,). The row of the unit above each, -1 for none.
    faults
        Where rows that mean several units, none, or the same one again are reported; its findings
        get every comparison of totals and every row without a unit.
    notes
        Told of units that a table does not know, and of totals that differ.
    """
    units = units.copy()
    for position, source in enumerate(scenario.unit_tables):
        key = f"unit_tables[{position}]"
        at_level = np.flatnonzero((units["level"] == source.level).to_numpy())
        if not len(at_level):
            present = ", ".join(dict.fromkeys(units["level"]))
            faults.add(
                "scenario", f"{key}.level", found=f"{source.level}; boundaries hold {present}",
                expected="a level among the boundaries",
                remedy="add that layer, or correct the level",
            )  # fmt: skip
            continue
        rows = read_unit_rows(source, key, faults)
        if rows is not None:
            _join(rows.source, key, rows, KnownUnits(units, at_level, parents), faults, notes)
    return units


def _join(
    source: UnitTable,
    key: str,
    rows: UnitRows,
    known: KnownUnits,
    faults: FaultLog,
    notes: list[Note],
) -> None:
    found = matched_units(source, key, rows, known, faults, notes)
    if not (found >= 0).any():
        if not faults.faults:
            faults.add(
                source.path, "", found=f"{len(found)} rows, none about a unit of the plan",
                expected=f"units of the level {source.level}",
                remedy=f"check {key}.level, {key}.code_column and {key}.name_column",
            )  # fmt: skip
        return
    _adopt_codes(rows, found, known.units)
    title = source.title or PurePath(rows.table.file).name
    if source.people_column:
        notes += _give_people(source, rows, found, known, title, faults)
    if source.settlement_column:
        _give_classes(source, rows, found, known.units, faults)
    missing = np.setdiff1d(known.rows, found)
    if len(missing):
        zh, en = listed([calling(known.units, row) for row in missing])
        notes.append(
            Note(
                zh=f"{title} 中没有以下 {len(missing):,} 个区划：{zh}",
                en=f"{title} has no row for {len(missing):,} units: {en}",
            )
        )


def _adopt_codes(rows: UnitRows, found: NDArray[np.int64], units: gpd.GeoDataFrame) -> None:
    """Give units that were read by name the code of their row."""
    columns = units.columns
    code, coded = columns.get_loc("code"), columns.get_loc("is_coded")
    for k in np.flatnonzero(found >= 0):
        if rows.codes[k] and not units["is_coded"].iat[found[k]]:
            units.iloc[found[k], code] = rows.codes[k]
            units.iloc[found[k], coded] = True


def _give_people(
    source: UnitTable,
    rows: UnitRows,
    found: NDArray[np.int64],
    known: KnownUnits,
    title: str,
    faults: FaultLog,
) -> tuple[Note, ...]:
    official = numbers_from(
        rows.table, source.people_column, faults,
        what="people", optional=True, positive=False, most=MOST_PEOPLE,
    )  # fmt: skip
    units, column = known.units, known.units.columns.get_loc("people")
    off = []
    for k in np.flatnonzero((found >= 0) & ~np.isnan(official)):
        row, own = found[k], float(known.units["people"].iat[found[k]])
        if np.isnan(own):
            units.iloc[row, column] = official[k]
            continue
        finding = TotalFinding(
            code=str(units["code"].iat[row]), name=str(units["name"].iat[row]),
            level=source.level, people=own, official=float(official[k]), source=title,
        )  # fmt: skip
        faults.findings.totals.append(finding)
        if differs(own, float(official[k])):
            off.append(finding)
    notes = difference_note(
        off, f"边界图层的人口与 {title} 不符", f"people in the boundary layer differ from {title}"
    )
    return (*notes, *_check_total(source, rows, official, title, faults))


def _check_total(
    source: UnitTable, rows: UnitRows, official: Floats, title: str, faults: FaultLog
) -> tuple[Note, ...]:
    """Hold the sum of a table's rows against the total that it states itself."""
    if rows.totals is None:
        return ()
    stated = numbers_from(
        rows.totals, source.people_column, faults,
        what="people", optional=True, positive=False, most=MOST_PEOPLE * len(official),
    )  # fmt: skip
    names = rows.totals.frame[source.name_column]
    findings = [
        TotalFinding(
            code="", name=str(name), level=source.level, people=float(np.nansum(official)),
            official=float(total), source=title,
        )
        for name, total in zip(names, stated, strict=True)
        if not np.isnan(total)
    ]  # fmt: skip
    faults.findings.totals += findings
    off = [item for item in findings if differs(item.people, item.official)]
    return difference_note(
        off, f"{title} 各行人口之和与其合计不符", f"the rows of {title} do not add up to its total"
    )


def _give_classes(
    source: UnitTable,
    rows: UnitRows,
    found: NDArray[np.int64],
    units: gpd.GeoDataFrame,
    faults: FaultLog,
) -> None:
    """Give units without a class of their own that of their row, and say where it comes from."""
    classes = settlements_from(rows.table, source.settlement_column, faults)
    own, said = units.columns.get_loc("settlement"), units.columns.get_loc("settlement_source")
    text = f"{PurePath(rows.table.file).name}, {source.settlement_column}"
    for k in np.flatnonzero(found >= 0):
        if classes[k] not in ("", UNREADABLE) and not units["settlement"].iat[found[k]]:
            units.iloc[found[k], own] = classes[k]
            units.iloc[found[k], said] = text
