"""Evidence of units: points that carry the code or name of a unit lie inside that unit.

Only points that lie inside in one system and outside in another tell anything. Outlines are drawn
to some 100 m, the systems are 500 m and more apart: near a border up to a quarter of such points
may speak for the wrong one, so each is worth odds of three to one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, to_wgs84
from lastmile.places.crs_evidence import SYSTEMS, Weighing, figures_of

_CODE: Final = re.compile(r"(\d{6}|\d{9}|\d{12})(?:\.0+)?\Z")
_EMPTY_TAIL: Final = re.compile(r"(?<=^\d{6})(000){1,2}$|(?<=^\d{9})000$")
_MOST_ROWS: Final = 20_000
_MIN_SHARE: Final = 0.5
"""A column holds units when so many of its cells name one."""

_MEANT_SHARE: Final = 0.9
"""The units are where the points lie, and not whom they belong to, when so many lie inside."""

_LOG_ODDS_OF_ONE: Final = float(np.log(3.0))


@dataclass(frozen=True, slots=True, eq=False)
class KnownUnits:
    """Units whose outlines are known, EPSG:4326."""

    by_code: Mapping[str, shapely.Geometry]
    """By code of six, nine or twelve digits, without the zeros that fill a coarser code up."""

    code_of_name: Mapping[str, str]
    """Codes of the units whose name no other unit has."""


def short_code(text: str) -> str:
    """Return a division code without the zeros that fill it up, '' for what is no code.

    Examples
    --------
    >>> short_code("320402001000"), short_code("320402"), short_code("shop 12")
    ('320402001', '320402', '')
    """
    match = _CODE.match(text)
    return _EMPTY_TAIL.sub("", match.group(1)) if match else ""


def weigh_units(
    frame: pd.DataFrame, lon: Floats, lat: Floats, units: KnownUnits
) -> Weighing | None:
    """Hold points against the units that their cells name.

    Parameters
    ----------
    frame
        Text cells, a row for each point.
    lon, lat
        Shape (points,). Degrees, as they stand in the file.
    units
        The units.

    Returns
    -------
    Weighing or None
        None when no column names units.
    """
    step = max(1, -(-len(lon) // _MOST_ROWS))
    codes = units_named(frame.iloc[::step], units)
    rows = np.flatnonzero(codes != "")
    if not len(rows):
        return None
    lon, lat, codes = lon[::step][rows], lat[::step][rows], codes[rows]
    hits = np.array([_inside(*to_wgs84(lon, lat, s), codes, units) for s in SYSTEMS])
    shares = hits.mean(axis=1)
    n = len(rows)
    figures = figures_of(
        "units",
        list(shares),
        [f"{n:,} 个写明区划的点中 {s:.1%} 位于该区划内" for s in shares],
        [f"{s:.1%} of {n:,} inside the unit they name" for s in shares],
    )
    if shares.max() < _MEANT_SHARE:
        return Weighing(figures, np.zeros((len(SYSTEMS), len(SYSTEMS))))
    support = hits.sum(axis=1) * _LOG_ODDS_OF_ONE
    return Weighing(figures, support[:, None] - support[None, :])


def units_named(frame: pd.DataFrame, units: KnownUnits) -> NDArray[np.object_]:
    """Find the finest known unit that each row names, as its code; '' where there is none."""
    best = np.full(len(frame), "", dtype=object)
    for column in frame.columns:
        cells = [str(cell).strip() for cell in frame[column]]
        named = np.array([_known(cell, units) for cell in cells], dtype=object)
        filled = sum(cell != "" for cell in cells)
        if filled and np.sum(named != "") >= _MIN_SHARE * filled:
            finer = np.array([len(a) > len(b) for a, b in zip(named, best, strict=True)])
            best[finer] = named[finer]
    return best


def _known(cell: str, units: KnownUnits) -> str:
    code = short_code(cell) or (cell if cell in units.by_code else "")
    while code and code not in units.by_code:
        code = code[:-3] if len(code) > 6 else ""  # noqa: PLR2004 - a county's code
    return code or units.code_of_name.get(cell, "")


def _inside(
    lon: Floats, lat: Floats, codes: NDArray[np.object_], units: KnownUnits
) -> NDArray[np.bool_]:
    inside = np.zeros(len(codes), dtype=bool)
    for code in np.unique(codes):
        rows = codes == code
        shape = units.by_code[code]
        shapely.prepare(shape)
        inside[rows] = shapely.intersects_xy(shape, lon[rows], lat[rows])
    return inside
