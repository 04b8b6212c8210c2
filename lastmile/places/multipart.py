"""Units drawn in several rows: one code, one name, many parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from pathlib import PurePath

import numpy as np
import shapely

from lastmile.errors import FaultLog
from lastmile.findings import Suspect
from lastmile.places.notes import Note, listed
from lastmile.places.tables import Table, whole_floats_mended


def dissolved(
    table: Table,
    code_column: str,
    name_column: str,
    attributes: Collection[str],
    faults: FaultLog,
    key: str,
) -> tuple[Table, tuple[Note, ...]]:
    """Join the rows that share a code and a name into one, their outlines united.

    Rows of one code with different names stay apart: they are reported as repeated codes.

    Parameters
    ----------
    table
        Rows with polygons in WGS84.
    code_column, name_column
        What makes rows parts of one unit; '' for a column that there is none of.
    attributes
        Columns that belong to the unit; in all its parts they must say the same or nothing.
    faults
        Where parts that contradict each other are reported; its findings name every such unit.
    key
        The scenario table of the layer.

    Returns
    -------
    tuple
        The table with one row a unit, in the order of first parts, and a note that counts them.
    """
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    codes = whole_floats_mended(list(table.frame[code_column])) if code_column else []
    names = list(table.frame[name_column]) if name_column else [""] * len(table)
    for k, code in enumerate(codes):
        groups[(code or f"row {k}", names[k])].append(k)
    several = {unit: rows for unit, rows in groups.items() if len(rows) > 1}
    if not several or table.geometry is None:
        return table, ()
    frame, geometry = table.frame.copy(), table.geometry.copy()
    keep = np.ones(len(table), dtype=bool)
    for rows in several.values():
        geometry[rows[0]] = shapely.union_all(geometry[rows])
        keep[rows[1:]] = False
        for column in dict.fromkeys(name for name in attributes if name):
            frame.loc[rows[0], column] = _agreed(table, rows, column, faults)
        _tell(table, rows, geometry[rows[0]], faults, key)
    joined = Table(table.file, frame, table.rows, table.row_word, geometry, table.crs).take(keep)
    return joined, (_note(table.file, [" ".join(unit).strip() for unit in several]),)


def _agreed(table: Table, rows: list[int], column: str, faults: FaultLog) -> str:
    cells = [str(cell) for cell in dict.fromkeys(table.frame[column].iloc[rows]) if cell]
    if len(cells) > 1:
        where = " and ".join(table.where(k) for k in rows)
        faults.add(
            table.file, f"{where}, column {column}", found=" and ".join(map(repr, cells)),
            expected="the same in all parts of one unit",
            remedy="write the unit's figure into one of its parts, and leave the others empty",
        )  # fmt: skip
    return cells[0] if cells else ""


def _tell(
    table: Table, rows: list[int], outline: shapely.Geometry, faults: FaultLog, key: str
) -> None:
    spot = shapely.point_on_surface(outline)
    where = ", ".join(table.where(k) for k in rows)
    faults.findings.suspects.append(
        Suspect(
            key=key, file=table.file, where=where, lon=spot.x, lat=spot.y, kind="multipart",
            zh=f"同一代码出现在 {len(rows)} 行，已合并为一个区划",
            en=f"one code in {len(rows)} rows, joined into one unit",
        )
    )  # fmt: skip


def _note(file: str, units: list[str]) -> Note:
    zh, en = listed(units)
    name = PurePath(file).name
    return Note(
        zh=f"{name} 中 {len(units):,} 个区划各占多行，已按代码合并：{zh}",
        en=f"{name}: {len(units):,} units stand in several rows and were joined by code: {en}",
    )
