"""Evidence of pairs: places that two layers share by code or name lie at one spot in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, plane_positions, to_wgs84
from lastmile.places.crs_evidence import SYSTEMS, Weighing, figures_of, odds_of_misfits
from lastmile.places.crs_units import short_code

_MIN_PAIRS: Final = 5
_BLUR_M: Final = 30.0
_FARTHEST_M: Final = 5_000.0
"""Namesakes farther apart than this in every system are two places."""


_OWN_SHARE: Final = 0.9
_MOST_ROWS: Final = 20_000
"""A longer table is one of cells or parcels, which share no names with anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """A layer whose system is told beyond doubt."""

    key: str
    """Name of its table in the scenario."""

    by_place: dict[str, tuple[float, float]]
    """Degrees, WGS84, by code or name."""


def anchor_of(key: str, frame: pd.DataFrame, lon: Floats, lat: Floats, system: str) -> Anchor:
    """Make a layer an anchor, read in the system that was told."""
    places = place_keys(frame)
    true_lon, true_lat = to_wgs84(lon, lat, system)
    by_place: dict[str, tuple[float, float]] = {}
    for name, row in places.items():
        by_place[name] = (float(true_lon[row]), float(true_lat[row]))
    return Anchor(key, by_place)


def weigh_pairs(
    frame: pd.DataFrame, lon: Floats, lat: Floats, anchor: Anchor, plane: pyproj.CRS
) -> Weighing | None:
    """Hold points against those of an anchor with the same code or name.

    Parameters
    ----------
    frame
        Text cells, a row for each point.
    lon, lat
        Shape (points,). Degrees, as they stand in the file.
    anchor
        The other layer.
    plane
        Where to measure.

    Returns
    -------
    Weighing or None
        None when the layers share fewer than five places.
    """
    places = {name: row for name, row in place_keys(frame).items() if name in anchor.by_place}
    chosen: dict[int, str] = {}
    for name in sorted(places):  # digits first, so that codes go before names; a row counts once
        chosen.setdefault(places[name], name)
    rows = np.fromiter(chosen.keys(), dtype=np.int64, count=len(chosen))
    spots = np.array([anchor.by_place[name] for name in chosen.values()]).reshape(-1, 2)
    target = plane_positions(spots[:, 0], spots[:, 1], plane)
    distances = np.array(
        [
            np.hypot(*(plane_positions(*to_wgs84(lon[rows], lat[rows], s), plane) - target).T)
            for s in SYSTEMS
        ]
    )
    distances = distances[:, distances.min(axis=0) < _FARTHEST_M]
    if distances.shape[1] < _MIN_PAIRS:
        return None
    medians, n = np.median(distances, axis=1), distances.shape[1]
    figures = figures_of(
        "pairs",
        list(medians),
        [f"与 {anchor.key} 同名的 {n:,} 处相距中位数 {m:,.0f} 米" for m in medians],
        [f"{m:,.0f} m from the same {n:,} places of {anchor.key} in the median" for m in medians],
    )
    return Weighing(figures, odds_of_misfits(np.log(distances + _BLUR_M)))


def place_keys(frame: pd.DataFrame) -> dict[str, int]:
    """Name the rows by their codes and names, where hardly two rows of the column have the same.

    A column in which many do names something else: the township, the class, the street.
    """
    keys: dict[str, int] = {}
    if len(frame) > _MOST_ROWS:
        return keys
    for column in frame.columns:
        cells = np.array([_key(str(cell)) for cell in frame[column]], dtype=object)
        own = _single(cells)
        if len(own) < _OWN_SHARE * np.sum(cells != ""):
            continue
        for row in own:
            keys.setdefault(str(cells[row]), int(row))
    return keys


def _key(cell: str) -> str:
    cell = cell.strip()
    code = short_code(cell)
    if code:
        return code
    is_name = len(cell) > 1 and not any(letter.isdigit() or letter in ".,;" for letter in cell)
    return cell if is_name else ""


def _single(cells: NDArray[np.object_]) -> NDArray[np.int64]:
    names, first, counts = np.unique(cells.astype(str), return_index=True, return_counts=True)
    return np.asarray(first[(counts == 1) & (names != "")], dtype=np.int64)
