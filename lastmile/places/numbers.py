"""Numbers as offices write them: full-width digits, thousands in groups, units of 万."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Not NFKC, which would make 102 of 10² and 1 of ①: those are no numbers of people.
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９，．－＋", "0123456789,.-+")
# A leading zero would make 0,500 five hundred, which whoever wrote it took for a half.
_GROUPED: Final = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
# 1.2万人 is twelve thousand people; the units are those of people, yuan, parcels and metres.
_WITH_UNIT: Final = re.compile(r"([-+]?[\d,]*\.?\d+)\s*(万?)\s*(?:人|口|元|件|个|户|米)?")
_SEPARATED: Final = re.compile(r"[-+]?\d+([,.'\s]\d+)+")


def numbers_in(cells: pd.Series) -> NDArray[np.float64]:
    """Read cells of text as numbers: shape (cells,), NaN where a cell holds none.

    Examples
    --------
    >>> numbers_in(pd.Series(["7", "１，２００", "12,345,678.5", "1,2"])).tolist()
    [7.0, 1200.0, 12345678.5, nan]
    >>> numbers_in(pd.Series(["1.2万", "66.9 万人", "800元"])).tolist()
    [12000.0, 669000.0, 800.0]
    """
    plain = cells.map(_plain)
    numbers: NDArray[np.float64] = pd.to_numeric(plain, errors="coerce").to_numpy(
        dtype=np.float64, copy=True
    )
    return numbers


def is_ambiguous(cell: str) -> bool:
    """Tell whether nothing but its separators keeps a cell from being a number.

    Asked only of cells that :func:`numbers_in` could not read.

    Examples
    --------
    >>> [is_ambiguous(cell) for cell in ("1,2", "1.200,5", "1 200", "许多")]
    [True, True, True, False]
    """
    return _SEPARATED.fullmatch(cell.translate(_FULL_WIDTH)) is not None


def _plain(cell: str) -> str:
    plain = cell.translate(_FULL_WIDTH)
    if _GROUPED.fullmatch(plain):
        return plain.replace(",", "")
    unit = _WITH_UNIT.fullmatch(plain)
    if unit is None or unit.group(1) == plain:
        return plain
    number = _plain(unit.group(1))
    if "," in number or not unit.group(2):
        return number
    return f"{Decimal(number).scaleb(4):f}"
