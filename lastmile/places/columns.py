"""Columns that the scenario leaves to be recognised by their headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import BaseModel

from lastmile.errors import FaultLog
from lastmile.findings import ColumnFinding, LayerFinding
from lastmile.places.header_words import MEANINGS, VALUES
from lastmile.places.headers import columns_meaning, is_registered_only, parent_columns
from lastmile.places.tables import Table
from lastmile.scenario import AUTO, Boundaries, PointColumns, UnitTable

ColumnsT = TypeVar("ColumnsT", bound=PointColumns)
ModelT = TypeVar("ModelT", bound=BaseModel)

_OF_BOUNDARIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "code_column": "code",
        "name_column": "name",
        "people_column": "people",
        "settlement_column": "settlement",
    }
)
_PLACES: Final = ("lon", "lat", "lonlat")


def resolved_columns(columns: ColumnsT, table: Table, faults: FaultLog, key: str) -> ColumnsT:
    """Name the columns of a point table that the scenario leaves to be recognised.

    Parameters
    ----------
    columns
        As the scenario states them: a name, '' for none, or ``AUTO``.
    table
        The table as read.
    faults
        Where two columns of one meaning are reported.
    key
        The scenario table in which columns are stated: ``candidates[0].columns``.

    Returns
    -------
    PointColumns
        The same, with a name or '' in place of every ``AUTO``.
    """
    fields = {name: name for name in type(columns).model_fields if name in MEANINGS}
    if table.geometry is not None:  # the shapes tell the place
        columns = columns.model_copy(
            update={name: "" for name in _PLACES if getattr(columns, name) == AUTO}
        )
    return _resolved(columns, fields, table, faults, key)


def resolved_boundary(layer: Boundaries, table: Table, faults: FaultLog, key: str) -> Boundaries:
    """Name the columns of a boundary layer that the scenario leaves to be recognised.

    What is stated in place, a code or a name, needs no column. A layer in which neither codes nor
    names are recognised is reported.
    """
    alone = {"code_column": layer.code, "name_column": layer.name}
    given = {field: "" for field, value in alone.items() if value and getattr(layer, field) == AUTO}
    left = layer.model_copy(update=given)
    found = _resolved(left, _OF_BOUNDARIES, table, faults, key, level=layer.level)
    if not (found.code_column or found.name_column or layer.code or layer.name):
        faults.add(
            table.file, "header", found=_present(table),
            expected="a column of codes or names, such as 区划代码 and 名称",
            remedy=f"name the column that is meant as {key}.code_column or {key}.name_column",
        )  # fmt: skip
    return found


def resolved_unit_table(source: UnitTable, table: Table, faults: FaultLog, key: str) -> UnitTable:
    """Name the columns of a table of figures that the scenario leaves to be recognised.

    A table in which neither codes nor names are recognised is reported.
    """
    found = _resolved(source, _OF_BOUNDARIES, table, faults, key, level=source.level)
    if not (found.code_column or found.name_column):
        faults.add(
            table.file, "header", found=_present(table),
            expected="a column of codes or names, such as 区划代码 and 名称",
            remedy=f"name the column that is meant as {key}.code_column or {key}.name_column",
        )  # fmt: skip
    if source.parent_column != AUTO:
        return found
    free = [str(name) for name in table.frame.columns if name not in _columns_of(found)]
    above = parent_columns(free, source.level)
    return found.model_copy(update={"parent_column": above[0] if len(above) == 1 else ""})


def _columns_of(source: UnitTable) -> set[str]:
    return {str(value) for field, value in source if field.endswith("_column")}


def resolved_column(table: Table, stated: str, meaning: str, faults: FaultLog, key: str) -> str:
    """Name one column that must be there; '' with a fault when it is not recognised.

    Parameters
    ----------
    table
        The table as read.
    stated
        The column, or ``AUTO``.
    meaning
        A key of ``MEANINGS``.
    faults
        Where to report.
    key
        Where the column may be stated, such as ``settlement.code_column``.
    """
    if stated != AUTO:
        return stated
    headers = [str(name) for name in table.frame.columns]
    column = _recognised(table, headers, meaning, faults, key)
    if not column:
        words = "、".join(MEANINGS[meaning][0][:3])
        faults.add(
            table.file, "header", found=_present(table), expected=f"a column such as {words}",
            remedy=f"name the column that is meant as {key} in the scenario",
        )  # fmt: skip
    return column


def record_layer(
    faults: FaultLog, key: str, table: Table, columns: tuple[ColumnFinding, ...],
    *, n_kept: int, crs: str,
) -> None:  # fmt: skip
    """Note how a layer was read, for the health report.

    Parameters
    ----------
    faults
        Carries the findings.
    key
        The layer's table in the scenario: ``candidates[0]``.
    table
        As read from the file, before any filter.
    columns
        From :func:`column_findings`.
    n_kept
        Rows left after the filter and what was refused.
    crs
        The system in which coordinates were read; '' for none.
    """
    finding = LayerFinding(key, table.file, table.form, len(table), n_kept, crs, columns)
    if finding not in faults.findings.layers:
        faults.findings.layers.append(finding)


def _resolved(
    stated: ModelT, fields: Mapping[str, str], table: Table, faults: FaultLog, key: str,
    *, level: str = "",
) -> ModelT:  # fmt: skip
    # What is stated for one key by hand is not taken for another by its header.
    named = [f for f in type(stated).model_fields if f in MEANINGS or f.endswith("_column")]
    by_hand = {str(getattr(stated, field)) for field in named}
    free = [str(name) for name in table.frame.columns if str(name) not in by_hand]
    update = {
        field: _recognised(table, free, meaning, faults, f"{key}.{field}", level=level)
        for field, meaning in fields.items()
        if getattr(stated, field) == AUTO
    }
    people = [update[field] for field, meaning in fields.items()
              if meaning == "people" and update.get(field)]  # fmt: skip
    for column in people:
        if is_registered_only(column):
            faults.findings.remark(
                table.file, f"column {column}",
                zh=f"只有户籍人口（{column}），按常住人口使用；人户分离会使结果偏离",
                en="only registered residents (户籍) are given; they stand for those who live here",
            )  # fmt: skip
    return stated.model_copy(update=update)


def _recognised(
    table: Table, headers: Sequence[str], meaning: str, faults: FaultLog, key: str,
    *, level: str = "",
) -> str:  # fmt: skip
    is_cut = table.form.startswith("Shapefile")
    found = columns_meaning(meaning, headers, level=level, is_cut=is_cut)
    if not found:
        return ""
    # Programs write columns that nobody fills: KML has a Name beside the 名称 of its data.
    found = tuple(name for name in found if (table.frame[name] != "").any()) or found[:1]
    first = table.frame[found[0]]
    # An export may hold one column twice, under a Chinese and an English name.
    others = [name for name in found[1:] if not table.frame[name].equals(first)]
    if not others:
        return found[0] if _is_legible(table, found[0], meaning, faults) else ""
    faults.add(
        table.file, "header",
        found=f"columns {', '.join([found[0], *others])}, each of which may be meant as {meaning}",
        expected="one column of that meaning",
        remedy=f"state {key} in the scenario; an empty text takes none of them",
    )  # fmt: skip
    return ""


def _is_legible(table: Table, column: str, meaning: str, faults: FaultLog) -> bool:
    """Tell whether a recognised column holds words of its meaning, and remark it when not."""
    known = VALUES.get(meaning)
    cells = [cell for cell in table.frame[column] if cell]
    if known is None or 2 * sum(cell in known for cell in cells) >= len(cells):
        return True
    shown = "、".join(sorted(known))
    faults.findings.remark(
        table.file, f"column {column}",
        zh=f"列“{column}”的值多不是 {shown}，未使用",
        en=f"most of its cells are none of {shown}: not used as {meaning}",
    )  # fmt: skip
    return False


def column_findings(stated: BaseModel, resolved: BaseModel) -> tuple[ColumnFinding, ...]:
    """Tell which columns are used for what, and whether the scenario names them."""
    return tuple(
        ColumnFinding(_meaning_of(field), column, getattr(stated, field) != AUTO)
        for field, column in _named(resolved)
    )


def _meaning_of(field: str) -> str:
    return _OF_BOUNDARIES.get(field, field.removesuffix("_column"))


def _named(resolved: BaseModel) -> Iterator[tuple[str, str]]:
    for field in type(resolved).model_fields:
        column = getattr(resolved, field)
        is_column = field in MEANINGS or field in _OF_BOUNDARIES or field == "parent_column"
        if is_column and isinstance(column, str) and column:
            yield field, column


def _present(table: Table) -> str:
    return ", ".join(map(str, table.frame.columns)) or "no column at all"
