"""Which unit each row of a table means: by its code, else by its name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.findings import Suspect, UnmatchedRow
from lastmile.places.columns import column_findings, record_layer, resolved_unit_table
from lastmile.places.division_codes import comparable, division_code, is_rounded
from lastmile.places.division_names import NameIndex, plain_name, same_division
from lastmile.places.files import read_table
from lastmile.places.hierarchy import calling
from lastmile.places.model import LEVELS
from lastmile.places.notes import Note, listed
from lastmile.places.tables import (
    Table,
    filtered,
    missing_columns,
    report_rows,
    whole_floats_mended,
)
from lastmile.scenario import AUTO, UnitTable

_TOTALS: Final = frozenset({"合计", "总计", "共计", "全市", "全区", "全县", "总数"})
"""Names of rows that add up all others."""
_SUBTOTAL: Final = "小计"
_MOST_COMPARED: Final = 100
"""Rows without a unit for which similar names are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitRows:
    """The rows of one table that are about single units."""

    source: UnitTable
    """What the scenario says, with the columns that were recognised."""

    table: Table
    codes: list[str]
    names: list[str]
    parents: list[str]
    is_parent_stated: bool
    """Whether the scenario names the column of the unit above; else its header was recognised."""

    totals: Table | None = None
    """The rows that add up all others; None when there are none, or a filter keeps only some."""


def read_unit_rows(source: UnitTable, key: str, faults: FaultLog) -> UnitRows | None:
    """Read a table of units, without the rows that add others up; None with a fault."""
    columns = (source.code_column, source.name_column, source.parent_column,
               source.people_column, source.settlement_column)  # fmt: skip
    stated = [name for name in columns if name != AUTO]
    whole = read_table(source.path, source.layer, stated, faults)
    if whole is None or missing_columns(whole, stated, faults, key):
        return None
    left_open, source = source, resolved_unit_table(source, whole, faults, key)
    if not (source.code_column or source.name_column):
        return None
    table = filtered(whole, source.filter, faults, f"{key}.filter")
    if table is None:
        return None
    record_layer(faults, key, whole, column_findings(left_open, source), n_kept=len(table), crs="")
    table, totals = _without_totals(table, source)

    def cells(column: str) -> list[str]:
        if not column:
            return [""] * len(table)
        return [str(cell) for cell in table.frame[column]]

    codes = whole_floats_mended(cells(source.code_column))
    rounded = [k for k, code in enumerate(codes) if is_rounded(code)]
    report_rows(
        table, rounded, faults, column=source.code_column,
        found=[f"{codes[k]!r}, a code that a spreadsheet rounded" for k in rounded],
        expected="all digits of the code",
        remedy="format the column as text and fill in the codes again",
    )  # fmt: skip
    for k in rounded:
        codes[k] = ""
    names, parents = cells(source.name_column), cells(source.parent_column)
    is_stated = left_open.parent_column != AUTO
    return UnitRows(source, table, codes, names, parents, is_stated, totals)


def _without_totals(table: Table, source: UnitTable) -> tuple[Table, Table | None]:
    """Part the rows of single units from those that add up all of them."""
    if not source.name_column:
        return table, None
    names = [plain_name(str(name)) for name in table.frame[source.name_column]]
    adds_up = np.array([name in _TOTALS for name in names], dtype=bool)
    single = ~adds_up & np.array([name != _SUBTOTAL for name in names], dtype=bool)
    if not single.any():
        return table, None
    totals = table.take(adds_up) if adds_up.any() else table.totals
    if totals is not None:
        whole = [plain_name(str(name)) in _TOTALS for name in totals.frame[source.name_column]]
        totals = totals.take(np.array(whole, dtype=bool)) if any(whole) else None
    return table.take(single), None if source.filter.strip() else totals


class KnownUnits:
    """The units of one level, to be found by code or by name."""

    def __init__(
        self, units: gpd.GeoDataFrame, rows: NDArray[np.int64], parents: NDArray[np.int64]
    ) -> None:
        self.units = units
        self.rows = rows
        above = parents[rows]
        names = units["name"].to_numpy()
        self._level = str(units["level"].iat[rows[0]])
        self._codes = {comparable(str(units["code"].iat[row])): int(row) for row in rows}
        self._index = NameIndex(
            [str(name) for name in names[rows]],
            [str(names[parent]) if parent >= 0 else "" for parent in above],
            _names_above(units, self._level),
        )
        self._above = [
            division_code(str(units["code"].iat[k]))
            if k >= 0 and units["is_coded"].iat[k]
            else None
            for k in above
        ]
        self._upper = {comparable(str(units["code"].iat[k])) for k in np.unique(above) if k >= 0}
        self._upper_names = [str(names[k]) for k in np.unique(above) if k >= 0]

    def by_code(self, code: str) -> int:
        """Return the unit's row, -1 when there is none."""
        return self._codes.get(comparable(code), -1) if code else -1

    def by_name(
        self, name: str, parent: str, code: str, claimed: Collection[int]
    ) -> tuple[int, list[str]]:
        """Return the unit's row, -1 when there is none, and the choices when there are several.

        A code that no unit has still says which unit above the row belongs to, and that the unit
        is none of those whose codes stand in other rows (``claimed``).
        """
        own, among = division_code(code), None
        if own is not None:
            among = {
                k
                for k, above in enumerate(self._above)
                if (above is None or own.lies_in(above)) and int(self.rows[k]) not in claimed
            }
        match = self._index.find(name, parent, among)
        row = int(self.rows[match.position]) if match.position >= 0 else -1
        return row, [calling(self.units, int(self.rows[k])) for k in match.choices]

    def is_called(self, row: int, name: str) -> bool:
        """Tell whether a name may be that of a unit."""
        own = int(np.searchsorted(self.rows, row))
        return self._index.find(name, among={own}).position == own

    def nearest(self, name: str) -> list[str]:
        """Return names that look like one that was not found."""
        return self._index.nearest(name)

    def should_hold(self, code: str, parent: str) -> bool:
        """Tell whether the plan's boundaries hold the unit above: then its row needs a unit."""
        known = division_code(code)
        if known is not None and self._level != LEVELS[0]:
            return any(known.cut_to(level) in self._upper for level in ("township", "district"))
        return self.holds(parent)

    def holds(self, parent: str) -> bool:
        """Tell whether a name is that of a unit above."""
        return bool(parent) and any(same_division(parent, name) for name in self._upper_names)


def _names_above(units: gpd.GeoDataFrame, level: str) -> list[str]:
    coarser = units["level"].isin(LEVELS[: LEVELS.index(level)]).to_numpy()
    return [str(name) for name in units["name"].to_numpy()[coarser]]


def matched_units(
    source: UnitTable,
    key: str,
    rows: UnitRows,
    known: KnownUnits,
    faults: FaultLog,
    notes: list[Note],
) -> NDArray[np.int64]:
    """Find each row's unit.

    Parameters
    ----------
    source, key
        What the scenario says of the table, and where.
    rows, known
        What is looked for, and among what.
    faults
        Where rows that mean several units, the same again, or none are reported.
    notes
        Told of rows about units outside the plan.

    Returns
    -------
    array
        Shape (rows,). Rows of the frame of units, -1 where there is none.
    """
    if not rows.is_parent_stated and not any(map(known.holds, set(rows.parents))):
        # 街道 says nothing where the units above are districts.
        rows = replace(rows, parents=[""] * len(rows.table))
    found = np.full(len(rows.table), -1, dtype=np.int64)
    claimed = {known.by_code(code) for code in rows.codes} - {-1}
    first: dict[int, int] = {}
    strangers: list[int] = []
    again: list[tuple[int, str]] = []
    renumbered: list[int] = []
    for k, (code, name, parent) in enumerate(
        zip(rows.codes, rows.names, rows.parents, strict=True)
    ):
        unit, choices = known.by_code(code), list[str]()
        if unit < 0 and name:
            unit, choices = known.by_name(name, parent, code, claimed)
            if unit >= 0 and code and known.units["is_coded"].iat[unit]:
                renumbered.append(unit)
        elif unit >= 0 and name and not known.is_called(unit, name):
            _tell_other_name(key, rows, k, known, unit, faults)
        if choices:
            faults.add(
                rows.table.file, rows.table.where(k),
                found=f"{name}, which may be {', '.join(choices)}",
                expected="a name that means one unit",
                remedy=f"add codes, or a column of the unit above under {key}.parent_column",
            )  # fmt: skip
        elif unit < 0:
            strangers.append(k)
        elif first.setdefault(unit, k) != k:
            again.append(
                (k, f"{calling(known.units, unit)}, as in {rows.table.where(first[unit])}")
            )
        else:
            found[k] = unit
    report_rows(
        rows.table, [k for k, _ in again], faults, column="", found=[told for _, told in again],
        expected="one row a unit",
        remedy=f"remove one of the two, set {key}.filter, or correct {key}.level",
    )  # fmt: skip
    notes += _tell_strangers(source, key, rows, strangers, known, faults)
    notes += _tell_renumbered(rows, renumbered, known)
    return found


def _tell_renumbered(rows: UnitRows, renumbered: list[int], known: KnownUnits) -> list[Note]:
    if not renumbered:
        return []
    zh, en = listed([calling(known.units, unit) for unit in renumbered])
    file = PurePath(rows.table.file).name
    return [
        Note(
            zh=f"{file} 中 {len(renumbered):,} 行的代码与边界图层不同，已按上级和名称对应：{zh}",
            en=f"{file}: {len(renumbered):,} rows have other codes than the boundary layer, and "
            f"were matched by name inside the unit above: {en}",
        )
    ]


def _tell_other_name(
    key: str, rows: UnitRows, k: int, known: KnownUnits, unit: int, faults: FaultLog
) -> None:
    spot = known.units.geometry.iat[unit].representative_point()
    own = calling(known.units, unit)
    faults.findings.suspects.append(
        Suspect(
            key=key, file=rows.table.file, where=rows.table.where(k), lon=spot.x, lat=spot.y,
            kind="name_differs",
            zh=f"代码为 {own} 的行写作 {rows.names[k]}",
            en=f"the row with the code of {own} is called {rows.names[k]}",
        )
    )  # fmt: skip


def _tell_strangers(
    source: UnitTable,
    key: str,
    rows: UnitRows,
    strangers: list[int],
    known: KnownUnits,
    faults: FaultLog,
) -> list[Note]:
    """Report the rows without a unit: as faults where people of the plan would be lost."""
    held: list[tuple[int, str, tuple[str, ...]]] = []
    outside: list[tuple[int, str, tuple[str, ...]]] = []
    for number, k in enumerate(strangers):
        shown = " ".join(part for part in (rows.codes[k], rows.names[k]) if part) or "nothing"
        nearest = tuple(known.nearest(rows.names[k])) if number < _MOST_COMPARED else ()
        faults.findings.unmatched.append(
            UnmatchedRow(key, rows.table.file, rows.table.where(k), shown, nearest)
        )
        is_held = bool(source.people_column) and known.should_hold(rows.codes[k], rows.parents[k])
        place = held if is_held else outside
        place.append((k, shown, nearest))
    report_rows(
        rows.table, [k for k, _, _ in held], faults,
        column=source.code_column or source.name_column,
        found=[
            f"{shown}, no unit of the level {source.level}"
            + (f"; similar names: {', '.join(nearest)}" if nearest else "")
            for _, shown, nearest in held
        ],
        expected="the code or name of a unit in the boundaries",
        remedy=f"correct the code or the name, or filter the row out in {key}.filter",
    )  # fmt: skip
    if not outside:
        return []
    zh, en = listed([f"{shown} ({near[0]}?)" if near else shown for _, shown, near in outside])
    file = PurePath(rows.table.file).name
    return [
        Note(
            zh=f"{file} 中 {len(outside):,} 行不对应规划范围内的区划，未采用：{zh}",
            en=f"{file}: {len(outside):,} rows are about no unit of the plan and are not used: "
            f"{en}",
        )
    ]
