"""Degrees as offices write them: decimal, with a sign of degrees, or in minutes and seconds."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_ANGLE: Final = re.compile(
    r"""(?P<before>[NSEWnsew]|东经|西经|北纬|南纬|经度|纬度)?[:\s]*
    (?P<sign>[-+])?
    (?P<degrees>\d{1,3}(\.\d+)?)\s*[°º˚度]?\s*
    ((?P<minutes>\d{1,2}(\.\d+)?)\s*['′’‘´分]\s*)?
    ((?P<seconds>\d{1,2}(\.\d+)?)\s*(["″”“秒]|''|′′|’’)?\s*)?
    (?P<after>[NSEWnsew])?""",
    re.VERBOSE,
)
_TWO: Final = 2
_SIXTY: Final = 60.0
_NEGATIVE: Final = frozenset({"S", "W", "西经", "南纬"})
_PAIR: Final = re.compile(r"\s*[,;，；、/|\s]\s*")
_PLAIN_PAIR: Final = re.compile(r"[(\[]?\s*(.+?)\s*[)\]]?\Z")


def degrees_in(cells: pd.Series) -> NDArray[np.float64]:
    """Read cells of text as degrees: shape (cells,), NaN where a cell holds none.

    Examples
    --------
    >>> degrees_in(pd.Series(["119.97", "１１９．５°", "119°30′36″E", "北纬31度30分"])).tolist()
    [119.97, 119.5, 119.51, 31.5]
    """
    numbers: NDArray[np.float64] = pd.to_numeric(cells, errors="coerce").to_numpy(
        dtype=np.float64, copy=True
    )
    for k in np.flatnonzero(~np.isfinite(numbers)):
        numbers[k] = _degrees(str(cells.iloc[int(k)]))
    return numbers


def pairs_in(cells: pd.Series) -> NDArray[np.float64]:
    """Read cells such as ``119.97,31.81`` as two angles: shape (cells, 2), NaN where there is none.

    Brackets, any separator and points of WKT are understood.
    """
    pairs = np.full((len(cells), 2), np.nan)
    for k, cell in enumerate(cells):
        pairs[k] = _pair(str(cell))
    return pairs


def _pair(cell: str) -> tuple[float, float]:
    text = unicodedata.normalize("NFKC", cell).strip()
    text = text.removeprefix("POINT").strip()
    inside = _PLAIN_PAIR.match(text)
    parts = _PAIR.split(inside.group(1)) if inside else []
    parts = [part for part in parts if part]
    if len(parts) != _TWO:
        return float("nan"), float("nan")
    return _degrees(parts[0]), _degrees(parts[1])


def _degrees(cell: str) -> float:
    text = unicodedata.normalize("NFKC", cell.replace("″", '"').replace("′", "'")).strip()
    match = _ANGLE.fullmatch(text)
    if match is None:
        return float("nan")
    minutes, seconds = match["minutes"], match["seconds"]
    if (seconds and not minutes) or max(float(minutes or 0), float(seconds or 0)) >= _SIXTY:
        return float("nan")
    if minutes and "." in match["degrees"]:
        return float("nan")
    angle = float(match["degrees"]) + float(minutes or 0) / 60.0 + float(seconds or 0) / 3600.0
    signs = {match["before"] or "", (match["after"] or "").upper(), (match["before"] or "").upper()}
    return -angle if (match["sign"] == "-") != bool(signs & _NEGATIVE) else angle
