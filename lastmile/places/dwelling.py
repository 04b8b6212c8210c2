"""Which classes of buildings and of land are lived in, by the words and codes in use."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_WORDS: Final = re.compile(r"住宅|居住|住房|民居|宅基地|宿舍|公寓|小区|商住|residential")
_NOT_WORDS: Final = re.compile(r"非住宅|非居住|服务设施|non-?residential")
"""社区服务设施用地 stands beside housing in the codes, and houses nobody."""

_BUILDING_TAGS: Final = frozenset(
    {"yes", "apartments", "house", "detached", "semidetached_house", "terrace", "dormitory"}
    | {"bungalow", "farm", "cabin", "static_caravan", "houseboat", "residential", ""}
)
"""Of OpenStreetMap's ``building``; yes, and nothing, say that nobody looked closer."""

_CODES: Final = re.compile(
    r"R[123]?|R[123]1"  # GB 50137-2011: R11, R21, R31 are housing, R12, R22, R32 its services
    r"|07|0701\d*|0703\d*"  # 国土空间调查、规划、用途管制用地用海分类指南 (2023)
)
"""0702 is services in that guide, and 农村宅基地 in GB/T 21010-2017: state it where it is meant."""


def lived_in(classes: pd.Series, stated: Collection[str]) -> NDArray[np.bool_]:
    """Tell which classes people live in.

    Parameters
    ----------
    classes
        Cells of text.
    stated
        The classes that are, where the user says so; else known words and codes decide.

    Examples
    --------
    >>> lived_in(pd.Series(["R2", "R22", "070102", "居住用地", "工业", "house"]), ()).tolist()
    [True, False, True, True, False, True]
    """
    cells = classes.astype(str).str.strip()
    if stated:
        listed: NDArray[np.bool_] = cells.isin(list(stated)).to_numpy(dtype=bool)
        return listed
    return np.array([_is_lived_in(cell) for cell in cells], dtype=bool)


def _is_lived_in(cell: str) -> bool:
    if cell.lower() in _BUILDING_TAGS or _CODES.fullmatch(cell.upper()):
        return True
    return bool(_WORDS.search(cell.lower())) and not _NOT_WORDS.search(cell.lower())
