"""Evidence of names: who names a road in its name or address mostly stands on that road.

``永辉超市(龙恒路店)`` and ``田林路 388 号`` lie some 20 m from the line of that road in the right
system and some hundreds in a wrong one. Some branches are named after a road they only lie near,
so the model is a mixture, and a road has two votes at most however many places name it: they share
its place and its direction, and a shift along a road cannot be seen at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, plane_positions, projected, to_wgs84
from lastmile.places.crs_evidence import SYSTEMS, Weighing, figures_of

_ROAD_WORDS: Final = "路街道巷弄线"
_LONGEST: Final = 12
_MAX_ROWS: Final = 20_000
_TOLD_M: Final = 50.0
_ON_ROAD: Final = 0.5
"""Share of the places that stand on the road they name; the rest stand anywhere near."""

_BESIDE_M: Final = 25.0
"""Mean distance of a place from its road's line; 13-20 m (median) for the addresses of Helsinki and
Porto in OpenStreetMap."""

_ABOUT_M: Final = 1_000.0
"""Mean distance of the rest."""

_ELSEWHERE_M: Final = 5_000.0
"""A place farther than this from its road in every reading means another road of that name; else
a layer far away would speak for whichever system moves it towards the roads."""

_MOST_VOTES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class NamedRoads:
    """The roads of each name, in a plane."""

    lines: dict[str, shapely.Geometry]
    plane: pyproj.CRS

    @classmethod
    def of(
        cls, lines: NDArray[np.object_], names: NDArray[np.object_], plane: pyproj.CRS
    ) -> NamedRoads:
        """Gather roads, EPSG:4326, by name."""
        flat = projected(lines, plane)
        groups = pd.Series(names).groupby(names).indices
        by_name = {
            str(name).strip().casefold(): shapely.multilinestrings(flat[rows])
            for name, rows in groups.items()
            if len(str(name).strip()) > 1
        }
        return cls(by_name, plane)


def weigh_names(
    frame: pd.DataFrame, lon: Floats, lat: Floats, roads: NamedRoads
) -> Weighing | None:
    """Hold points against the roads that their texts name.

    Parameters
    ----------
    frame
        Text cells, a row for each point.
    lon, lat
        Shape (points,). Degrees, as they stand in the file.
    roads
        The roads by name.

    Returns
    -------
    Weighing or None
        None when no point names a road.
    """
    step = max(1, -(-len(lon) // _MAX_ROWS))
    rows, named = _roads_named(frame.iloc[::step], roads)
    if not len(rows):
        return None
    lon, lat = lon[::step][rows], lat[::step][rows]
    distances = np.array([_distances(*to_wgs84(lon, lat, s), named, roads) for s in SYSTEMS])
    likelihood = np.log(
        _ON_ROAD / _BESIDE_M * np.exp(-distances / _BESIDE_M)
        + (1.0 - _ON_ROAD) / _ABOUT_M * np.exp(-distances / _ABOUT_M)
    )
    _, owner, counts = np.unique(named, return_inverse=True, return_counts=True)
    weight = np.minimum(counts, _MOST_VOTES)[owner] / counts[owner]
    support = likelihood @ np.where(distances.min(axis=0) <= _ELSEWHERE_M, weight, 0.0)
    near = [int(n) for n in np.sum(distances <= _TOLD_M, axis=1)]
    n = len(rows)
    figures = figures_of(
        "names",
        [k / n for k in near],
        [f"{n:,} 个写明道路的点中 {k:,} 个距该路不足 50 米" for k in near],
        [f"{k:,} of {n:,} within 50 m of the road they name" for k in near],
    )
    return Weighing(figures, support[:, None] - support[None, :])


def _distances(lon: Floats, lat: Floats, named: NDArray[np.object_], roads: NamedRoads) -> Floats:
    spots = shapely.points(plane_positions(lon, lat, roads.plane))
    distances = np.empty(len(spots))
    for name in np.unique(named):
        rows = named == name
        line = roads.lines[name]
        shapely.prepare(line)
        distances[rows] = shapely.distance(line, spots[rows])
    return distances


def _roads_named(
    frame: pd.DataFrame, roads: NamedRoads
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Find the roads that each row names: rows, and the name of one road for each."""
    found: dict[tuple[int, str], None] = {}
    for column in frame.columns:
        for row, cell in enumerate(frame[column]):
            for name in _roads_in(str(cell).casefold(), roads):
                found[row, name] = None
    rows = np.fromiter((row for row, _ in found), dtype=np.int64, count=len(found))
    return rows, np.array([name for _, name in found], dtype=object)


def _roads_in(text: str, roads: NamedRoads) -> list[str]:
    """Find the roads in a text, the longest name where several end at one letter.

    A cell that is a name and a house number, as in ``Mannerheimintie 12``, counts in any script;
    inside a longer text Chinese names are found, by the words that they end in.
    """
    without_number = text.rstrip("0123456789 ")
    if without_number in roads.lines:
        return [without_number]
    found, end = [], len(text)
    while end > 1:
        start = _start_of_road(text, end, roads) if text[end - 1] in _ROAD_WORDS else end
        if start < end:
            found.append(text[start:end])
        end = min(start, end - 1)
    return found


def _start_of_road(text: str, end: int, roads: NamedRoads) -> int:
    starts = range(max(0, end - _LONGEST), end - 1)
    return next((start for start in starts if text[start:end] in roads.lines), end)
