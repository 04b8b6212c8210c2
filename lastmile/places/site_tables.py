"""Sites from the rows of a table: candidates, or stations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import Floats
from lastmile.places.points import PointTable, ids_of, names_of
from lastmile.places.premises import (
    classes_of_rows,
    premises_classes,
    premises_tally,
    type_column,
)
from lastmile.places.site_rows import SiteRows
from lastmile.places.site_suspects import said_closed
from lastmile.places.sites import HOUSE, STATION
from lastmile.places.station_status import CLOSED, OPEN, PLANNED
from lastmile.places.tables import cell_shown, numbers_from, report_rows
from lastmile.scenario import (
    MOST_PEOPLE,
    MOST_YUAN,
    Existing,
    PointCandidates,
    SiteColumns,
    StationColumns,
)

_ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {"candidate": "candidate", "required": "required", "forbidden": "forbidden"}
    | {"候选": "candidate", "必选": "required", "必建": "required", "禁止": "forbidden"}
    | {"禁选": "forbidden", "": "candidate"}
)
_KINDS: Final[Mapping[str, str]] = MappingProxyType({HOUSE: HOUSE, STATION: STATION, "": ""})


def named_columns(columns: SiteColumns) -> tuple[str, ...]:
    """Columns that must be there, beside those of every table of points; '' for none."""
    own = (columns.status, columns.opened) if isinstance(columns, StationColumns) else ()
    return (columns.type, columns.kind, columns.role, columns.cost_yuan, columns.capacity, *own)


def candidate_rows(
    source: PointCandidates,
    table: PointTable[SiteColumns],
    key: str,
    prefix: str,
    faults: FaultLog,
) -> SiteRows:
    """Read ids, kinds, roles, costs and capacities of candidates, of the classes asked for.

    Reported is a table of which no row belongs to any of these classes.
    """
    columns = table.columns
    roles = _words(table, columns.role, _ROLES, faults)
    costs = _costs(table, columns, faults)
    rows = _rows(source, table, (key, prefix), roles, costs, np.full(len(table), np.nan), faults)
    keep = np.array([bool(own) for own in rows.premises], dtype=np.bool_)
    if not source.classes:
        keep[:] = True
    elif not keep.any():
        column = type_column(table.table, columns.type)
        by = f"column {column}" if column else "the names, as no column of types is known"
        faults.add(
            table.table.file, "", found=f"{len(keep):,} rows, none of the classes "
            f"{', '.join(source.classes)} by {by}", expected="premises of these classes",
            remedy=f"name the column of types in {key}.columns.type, or use {key}.filter instead "
            f"of {key}.classes",
        )  # fmt: skip
    faults.findings.tallies += premises_tally(key, rows.file, rows.premises)
    chosen = rows.take(keep)
    faults.findings.suspects += said_closed(chosen)
    return chosen


def station_rows(
    source: Existing,
    table: PointTable[StationColumns],
    prefix: tuple[str, str],
    statuses: list[str],
    years: Floats,
    faults: FaultLog,
) -> SiteRows:
    """Read stations; those that are closed are left out, planned ones as the scenario says.

    Parameters
    ----------
    source, table
        The stations.
    prefix
        Key of the source in the scenario, and how ids of numbered rows begin.
    statuses, years
        Of each row.
    faults
        Receives what is wrong.
    """
    planned = np.array([status == PLANNED for status in statuses], dtype=np.bool_)
    roles = ["existing" if status == OPEN else source.planned for status in statuses]
    costs = np.where(planned, _costs(table, table.columns, faults), 0.0)
    rows = _rows(source, table, prefix, roles, costs, years, faults)
    left_out = np.array([status == CLOSED for status in statuses], dtype=np.bool_)
    if source.planned == "left_out":
        left_out |= planned
    return rows.take(~left_out)


def _rows(
    source: PointCandidates | Existing,
    table: PointTable[SiteColumns],
    named: tuple[str, str],
    roles: list[str],
    costs: Floats,
    years: Floats,
    faults: FaultLog,
) -> SiteRows:
    columns = table.columns
    key, prefix = named
    ids = ids_of(table, columns.id, prefix, faults)
    names = names_of(table, columns.name, ids)
    kind = _words(table, columns.kind, _KINDS, faults)
    if source.kind != "by_class":
        kind = [own or source.kind for own in kind]
    classes = premises_classes(source.classes if isinstance(source, PointCandidates) else ())
    types = type_column(table.table, columns.type)
    return SiteRows(
        key,
        table.table.file,
        tuple(ids),
        tuple(names),
        table.points,
        tuple(kind),
        tuple(roles),
        tuple(classes_of_rows(table.table, types, names, classes)),
        costs,
        _capacities(table, columns, faults),
        years,
        _filled(table),
        tuple(table.table.where(k) for k in range(len(table))),
    )


def _filled(table: PointTable[SiteColumns]) -> NDArray[np.int64]:
    filled: NDArray[np.int64] = (table.table.frame != "").to_numpy().sum(axis=1).astype(np.int64)
    return filled


def _words(
    table: PointTable[SiteColumns], column: str, known: Mapping[str, str], faults: FaultLog
) -> list[str]:
    """Read a column that may hold only certain words."""
    if not column:
        return [known[""]] * len(table)
    cells = [cell.strip() for cell in table.table.frame[column]]
    bad = [k for k, cell in enumerate(cells) if cell not in known]
    report_rows(
        table.table, bad, faults, column=column, found=[cell_shown(cells[k]) for k in bad],
        expected=", ".join(word for word in known if word), remedy="correct the cell",
    )  # fmt: skip
    return [known.get(cell, known[""]) for cell in cells]


def _costs(table: PointTable[SiteColumns], columns: SiteColumns, faults: FaultLog) -> Floats:
    if not columns.cost_yuan:
        return np.full(len(table), np.nan)
    return numbers_from(
        table.table, columns.cost_yuan, faults, what="a cost in yuan", optional=True,
        positive=False, most=MOST_YUAN,
    )  # fmt: skip


def _capacities(table: PointTable[SiteColumns], columns: SiteColumns, faults: FaultLog) -> Floats:
    if not columns.capacity:
        return np.full(len(table), np.nan)
    return numbers_from(
        table.table, columns.capacity, faults, what="parcels a day", optional=True,
        positive=True, most=MOST_PEOPLE,
    )  # fmt: skip
