"""Refuses points whose stated coordinate system the roads contradict.

GCJ-02 read as WGS84 moves everything by some 500 m: a whole catchment. No file says so. But
wherever premises really stand, their distances to the nearest road are not those of chance: shops
line streets, homes keep away from arterials. Read in a wrong system the pattern is gone, and the
distances are those of the same points shifted anywhere. So the gate asks of each system *how far
the distances depart from chance*, and never which way, for homes would mislead a test that counts
on nearness: on Xuhui the right system puts homes farther from roads than the wrong ones do. On a
perfect lattice of streets every shift looks alike, and the gate has nothing to say.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import plane_positions, projected, to_wgs84
from lastmile.places.notes import Note
from lastmile.places.points import Floats, PointTable
from lastmile.places.positions import is_geographic
from lastmile.scenario import PointColumns

_LOG = logging.getLogger(__name__)

SYSTEMS: Final = ("wgs84", "gcj02", "bd09")
_EDGES_M: Final = np.array([8.0, 30.0, 60.0])
_NEAR_ROADS_M: Final = 300.0
_MIN_POINTS: Final = 30
_MAX_TRIED: Final = 6_000
_MAX_POINTS: Final = 600
_RADII_M: Final = (300.0, 420.0, 540.0, 660.0, 780.0)
_SHIFTS_PER_RADIUS: Final = 24
_GOLDEN_ANGLE: Final = np.pi * (3.0 - np.sqrt(5.0))
# Measured on the POI of Xuhui by type, samples of 50 points: wrong systems stay below 2.5 in 99 of
# 100, the right one is never refused, and shops in a wrong one always (docs/places.md).
_CLEAR: Final = 2.75
_MARGIN: Final = 2.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the points lie when they are read in one system."""

    system: str
    departure: float
    """How far the road distances depart from chance, in standard deviations of chance."""

    near_road_share: float
    """Share of the points within 30 m of a road."""

    inside_share: float
    """Share of the points inside the planning area."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadGauge:
    """Measures distances to the nearest road; made once for all layers."""

    tree: shapely.STRtree
    plane: pyproj.CRS
    area: shapely.Geometry
    """The planning area in the plane, prepared."""

    @classmethod
    def of(cls, lines: NDArray[np.object_], area: shapely.Geometry, plane: pyproj.CRS) -> RoadGauge:
        """Index the roads, given in EPSG:4326, in metres."""
        (flat_area,) = projected(np.array([area], dtype=object), plane)
        shapely.prepare(flat_area)
        return cls(shapely.STRtree(projected(lines, plane)), plane, flat_area)

    def distances_m(self, spots: Floats) -> Floats:
        """Distance to the nearest road. ``spots`` has shape (points, 2), in the plane."""
        _, distances = self.tree.query_nearest(
            shapely.points(spots), return_distance=True, all_matches=False
        )
        return np.asarray(distances, dtype=np.float64)


def evidence_for(points: PointTable[PointColumns], gauge: RoadGauge) -> tuple[Evidence, ...]:
    """Weigh the systems that the coordinates of a layer could be in.

    Parameters
    ----------
    points
        A layer in degrees, stated in whatever system.
    gauge
        The roads and the area.

    Returns
    -------
    tuple of Evidence
        One for each of wgs84, gcj02 and bd09; empty when fewer than 30 points lie within 300 m of
        a road in all three, so that nothing can be said.
    """
    step = -(-len(points) // _MAX_TRIED)
    lon, lat = points.stated_lon[::step], points.stated_lat[::step]
    spots = {
        system: plane_positions(*to_wgs84(lon, lat, system), gauge.plane) for system in SYSTEMS
    }
    inside = {system: _inside(gauge, spots[system]) for system in SYSTEMS}
    near = np.flatnonzero(
        np.logical_and.reduce([gauge.distances_m(spots[s]) < _NEAR_ROADS_M for s in SYSTEMS])
    )
    if len(near) < _MIN_POINTS:
        return ()
    sample = near[:: -(-len(near) // _MAX_POINTS)]
    distances = {system: gauge.distances_m(spots[system][sample]) for system in SYSTEMS}
    departures = _departures(distances, spots["wgs84"][sample], gauge)
    return tuple(
        Evidence(
            system,
            departures[system],
            float(np.mean(distances[system] <= 30.0)),  # noqa: PLR2004 - told as "within 30 m"
            float(np.mean(inside[system])),
        )
        for system in SYSTEMS
    )


def check_stated_crs(
    points: PointTable[PointColumns], gauge: RoadGauge, faults: FaultLog, key: str
) -> tuple[Note, ...]:
    """Refuse a layer that fits the roads clearly better in another system than the stated one.

    Parameters
    ----------
    points
        The layer, in its stated system.
    gauge
        The roads and the area.
    faults
        Where a refusal is reported, with the figures and the system that fits.
    key
        Name of the layer's table in the scenario.

    Returns
    -------
    tuple of Note
        A remark when the system could be neither confirmed nor refuted.
    """
    if not is_geographic(points.crs):
        return ()
    stated = "wgs84" if points.crs not in SYSTEMS else points.crs
    evidence = {item.system: item for item in evidence_for(points, gauge)}
    if not evidence:
        return (_unconfirmed(points, key),)
    _LOG.info("%s: %s", points.table.file, list(evidence.values()))
    own, better = evidence[stated], contradiction(tuple(evidence.values()), stated)
    if better is not None:
        faults.add(
            points.table.file,
            f"{key}.crs",
            found=f"{points.crs}, but the points fit the roads only as {better.system}: "
            f"{_figures(better)}; as {points.crs}: {_figures(own)}",
            expected="the system in which the coordinates really are",
            remedy=f'set {key}.crs = "{better.system}"; '
            "a wrong one moves every point by some 500 m",
        )
        return ()
    return () if own.departure >= _CLEAR else (_unconfirmed(points, key),)


def contradiction(evidence: Sequence[Evidence], stated: str) -> Evidence | None:
    """Find the system that the evidence speaks for, and against the stated one.

    Parameters
    ----------
    evidence
        From :func:`evidence_for`, not empty.
    stated
        One of its systems.

    Returns
    -------
    Evidence or None
        That of the better system; None when the stated one holds or nothing is clear.
    """
    (own,) = (item for item in evidence if item.system == stated)
    best = max((item for item in evidence if item is not own), key=lambda item: item.departure)
    clear = own.departure < _CLEAR <= best.departure
    return best if clear and best.departure - own.departure >= _MARGIN else None


def _figures(item: Evidence) -> str:
    return (
        f"{item.near_road_share:.0%} within 30 m of a road, {item.departure:+.1f} standard "
        f"deviations from chance, {item.inside_share:.0%} inside the area"
    )


_LAYERS_ZH = {
    "candidates": "候选点",
    "existing": "现有站点",
    "demand": "需求点",
    "settlement": "城乡分类点",
    "depots": "分拨中心",
}


def _unconfirmed(points: PointTable[PointColumns], key: str) -> Note:
    layer = _LAYERS_ZH.get(key.partition("[")[0], "")
    return Note(
        zh=f"{layer}（情景文件 {key}）的坐标系 {points.crs} 无法用道路验证（点太少或离路太远），"
        "请人工核对",
        en=f"{key}: the roads can neither confirm nor refute the coordinate system {points.crs} "
        "(too few points, or too far from roads); check it by eye",
    )


def _inside(gauge: RoadGauge, spots: Floats) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = shapely.intersects_xy(gauge.area, spots[:, 0], spots[:, 1])
    return inside


def _departures(
    distances: Mapping[str, Floats], spots: Floats, gauge: RoadGauge
) -> dict[str, float]:
    """Compare each system's distances with those of the points shifted as one, 120 times."""
    chance = np.array([_shares(d[d < _NEAR_ROADS_M]) for d in _shifted_distances(spots, gauge)])
    expected = chance.mean(axis=0) + 1e-3
    expected /= expected.sum()
    n = len(spots)
    by_chance = np.array([_divergence(shares, expected, n) for shares in chance])
    return {
        system: _standardised(_divergence(_shares(d), expected, n), by_chance)
        for system, d in distances.items()
    }


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
