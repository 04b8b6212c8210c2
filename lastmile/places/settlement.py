"""Urban or rural: from a column, from 城乡分类 codes, or from the nearest community."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import shapely

from lastmile.errors import FaultLog
from lastmile.places.tables import Table, cell_shown, report_rows, whole_floats_mended

URBAN_RURAL_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "111": "urban",  # 主城区
        "112": "urban",  # 城乡结合区
        "121": "urban",  # 镇中心区
        "122": "urban",  # 镇乡结合区
        "123": "urban",  # 特殊区域
        "210": "rural",  # 乡中心区
        "220": "rural",  # 村庄
    }
)
"""城乡分类 codes of 统计上划分城乡的规定, by class."""

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"urban": "urban", "rural": "rural", "城镇": "urban", "城市": "urban", "乡村": "rural"}
    | {"农村": "rural"}
)
UNREADABLE: Final = "?"
"""Class of a row whose cell is at fault: not '', lest the want of a class be told a second time."""

_EXPECTED: Final = "urban, rural, or a 城乡分类 code (111, 112, 121, 122, 123, 210, 220)"


def settlements_from(
    table: Table, column: str, faults: FaultLog, *, optional: bool = True
) -> list[str]:
    """Read the class of each row.

    Parameters
    ----------
    table
        The rows.
    column
        Column of classes or codes; '' gives '' for every row.
    faults
        Where cells that are neither are reported.
    optional
        Whether empty cells are allowed.

    Returns
    -------
    list of str
        urban, rural, '' where none is given, or ``UNREADABLE`` where a fault was reported.
    """
    if not column:
        return [""] * len(table)
    cells = whole_floats_mended(list(table.frame[column]))
    classes = [URBAN_RURAL_CODES.get(cell) or _WORDS.get(cell.casefold(), "") for cell in cells]
    bad = [
        k
        for k, (cell, known) in enumerate(zip(cells, classes, strict=True))
        if not known and (cell or not optional)
    ]
    report_rows(
        table,
        bad,
        faults,
        column=column,
        found=[cell_shown(cells[k]) for k in bad],
        expected=_EXPECTED,
        remedy="correct the cell, or name the right column in the scenario",
    )
    for k in bad:
        classes[k] = UNREADABLE
    return classes


def nearest_positions(targets: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Find the nearest target of each source, the first of them on ties.

    Parameters
    ----------
    targets, sources
        Points in one plane.

    Returns
    -------
    array
        Shape (sources,). Positions among the targets.
    """
    tree = shapely.STRtree(targets)
    own, other = tree.query_nearest(sources, all_matches=True)
    nearest = np.full(len(sources), len(targets), dtype=np.int64)
    np.minimum.at(nearest, own, other)
    return nearest
