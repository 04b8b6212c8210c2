"""Evidence of roads: distances to the nearest road are not those of chance where premises stand.

Shops line streets, homes keep away from arterials. Read in a wrong system the pattern is gone, and
the distances are those of the same points shifted anywhere. So the test asks of each system *how
far the distances depart from chance*, and never which way, for homes would mislead a test that
counts on nearness: on Xuhui the right system puts homes farther from roads than the wrong ones do.
On a perfect lattice of streets every shift looks alike, and the test has nothing to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, plane_positions, projected, to_wgs84
from lastmile.places.crs_evidence import SYSTEMS, Weighing, figures_of, odds_of_scores

_EDGES_M: Final = np.array([8.0, 30.0, 60.0])
_NEAR_ROADS_M: Final = 300.0
_TOLD_M: Final = 30.0
_MIN_POINTS: Final = 12
_MAX_TRIED: Final = 6_000
_MAX_POINTS: Final = 600
_RADII_M: Final = (300.0, 420.0, 540.0, 660.0, 780.0)
_SHIFTS_PER_RADIUS: Final = 24
_GOLDEN_ANGLE: Final = np.pi * (3.0 - np.sqrt(5.0))
_CLEAR: Final = 2.75
"""Departure, in standard deviations of chance, that a wrong system reaches once in 330 layers."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadGauge:
    """Measures distances to the nearest road; made once for all layers."""

    tree: shapely.STRtree
    plane: pyproj.CRS

    @classmethod
    def of(cls, lines: NDArray[np.object_], plane: pyproj.CRS) -> RoadGauge:
        """Index the roads, given in EPSG:4326, in metres."""
        return cls(shapely.STRtree(projected(lines, plane)), plane)

    def distances_m(self, spots: Floats) -> Floats:
        """Distance to the nearest road. ``spots`` has shape (points, 2), in the plane."""
        _, distances = self.tree.query_nearest(
            shapely.points(spots), return_distance=True, all_matches=False
        )
        return np.asarray(distances, dtype=np.float64)


def weigh_roads(lon: Floats, lat: Floats, gauge: RoadGauge) -> Weighing | None:
    """Hold points against the roads.

    Parameters
    ----------
    lon, lat
        Shape (points,). Degrees, as they stand in the file.
    gauge
        The roads.

    Returns
    -------
    Weighing or None
        None when fewer than twelve points lie within 300 m of a road in all systems.
    """
    step = max(1, -(-len(lon) // _MAX_TRIED))
    lon, lat = lon[::step], lat[::step]
    spots = {
        system: plane_positions(*to_wgs84(lon, lat, system), gauge.plane) for system in SYSTEMS
    }
    near = np.flatnonzero(
        np.logical_and.reduce([gauge.distances_m(spots[s]) < _NEAR_ROADS_M for s in SYSTEMS])
    )
    if len(near) < _MIN_POINTS:
        return None
    sample = near[:: -(-len(near) // _MAX_POINTS)]
    distances = {system: gauge.distances_m(spots[system][sample]) for system in SYSTEMS}
    departures = _departures(distances, spots["wgs84"][sample], gauge)
    shares = [float(np.mean(distances[system] <= _TOLD_M)) for system in SYSTEMS]
    figures = figures_of(
        "roads",
        shares,
        [f"{s:.0%} 的点距道路不足 30 米（偏离随机 {d:+.1f} 倍标准差）"
         for s, d in zip(shares, departures, strict=True)],
        [f"{s:.0%} within 30 m of a road ({d:+.1f} standard deviations from chance)"
         for s, d in zip(shares, departures, strict=True)],
    )  # fmt: skip
    return Weighing(figures, _odds(departures))


def _odds(departures: Floats) -> Floats:
    """Compare departures, each normal about 0 when its system is a wrong one.

    Two that both stand out cannot both be true: then the roads are too regular for this test.
    """
    seen = np.maximum(departures, 0.0)
    odds = odds_of_scores(seen)[:, None] - odds_of_scores(seen)[None, :]
    both = np.minimum(seen[:, None], seen[None, :]) >= _CLEAR
    return np.where(both, 0.0, odds)


def _departures(distances: Mapping[str, Floats], spots: Floats, gauge: RoadGauge) -> Floats:
    """Compare each system's distances with those of the points shifted as one, 120 times."""
    chance = np.array([_shares(d[d < _NEAR_ROADS_M]) for d in _shifted_distances(spots, gauge)])
    expected = chance.mean(axis=0) + 1e-3
    expected /= expected.sum()
    n = len(spots)
    by_chance = np.array([_divergence(shares, expected, n) for shares in chance])
    return np.array(
        [
            _standardised(_divergence(_shares(distances[system]), expected, n), by_chance)
            for system in SYSTEMS
        ]
    )


def _shifted_distances(spots: Floats, gauge: RoadGauge) -> Sequence[Floats]:
    angles = np.arange(len(_RADII_M) * _SHIFTS_PER_RADIUS) * _GOLDEN_ANGLE
    radii = np.repeat(_RADII_M, _SHIFTS_PER_RADIUS)
    shifts = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    return [gauge.distances_m(spots + shift) for shift in shifts]


def _shares(distances: Floats) -> Floats:
    """Share of the distances in each class, as a histogram over ``_EDGES_M``."""
    classes = np.searchsorted(_EDGES_M, distances)
    return np.bincount(classes, minlength=len(_EDGES_M) + 1) / max(1, len(distances))


def _divergence(shares: Floats, expected: Floats, n: int) -> float:
    """Likelihood-ratio statistic G of a histogram of ``n`` points, slightly smoothed."""
    smoothed = (shares * n + expected * 2.0) / (n + 2.0)
    return float(2.0 * n * np.sum(smoothed * np.log(smoothed / expected)))


def _standardised(statistic: float, by_chance: Floats) -> float:
    """Turn G into a normal deviate, after a gamma law fitted to the shifted layers.

    The cube root of a gamma variate is nearly normal: Wilson & Hilferty (1931),
    doi:10.1073/pnas.17.12.684.
    """
    mean, variance = float(by_chance.mean()), float(by_chance.var())
    if mean <= 0.0 or variance <= 0.0:
        return 0.0
    spread = variance / (9.0 * mean * mean)  # 2 / (9 k) with k = 2 mean² / variance
    return float((np.cbrt(max(statistic, 0.0) / mean) - (1.0 - spread)) / np.sqrt(spread))
