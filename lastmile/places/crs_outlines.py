"""Evidence of outlines: the corners of a layer of polygons lie near other outlines of the same.

Some of them: borders of villages meet those of counties here and there only. So the distances of
the corners are modelled as a mixture of corners on a known outline, off by some tens of metres as
outlines drawn apart are, and of others, which are anywhere. Each system gets the mixture that suits
it best: where no corner belongs to a known outline, no system gains by it, and none is told.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, plane_positions, projected, to_wgs84
from lastmile.places.crs_evidence import SYSTEMS, Weighing, figures_of

_NEAR_M: Final = 1_000.0
"""Corners farther than this from every known outline, in every system, belong to other borders."""

_BLOCK_M: Final = 2_000.0
"""Corners nearer to each other share the errors of one stretch of border: they count once."""

_SPREADS_M: Final = np.array([20.0, 40.0, 80.0, 160.0])
"""How far apart two drawings of one border may be: Student's t with three degrees of freedom."""

_SHARES: Final = np.arange(0.0, 0.95, 0.1)
"""Part of the corners that may lie on known outlines."""

_TOLD_M: Final = 100.0
_MIN_BLOCKS: Final = 8
_MOST_CORNERS: Final = 4_000


def weigh_outlines(
    lon: Floats, lat: Floats, known: NDArray[np.object_], plane: pyproj.CRS
) -> Weighing | None:
    """Hold corners against outlines whose system is known.

    Parameters
    ----------
    lon, lat
        Shape (corners,). Degrees, as they stand in the file.
    known
        Polygons, EPSG:4326.
    plane
        Where to measure.

    Returns
    -------
    Weighing or None
        None when fewer than eight stretches of border lie near a known outline.
    """
    if not len(known):
        return None
    step = max(1, -(-len(lon) // _MOST_CORNERS))
    lon, lat = lon[::step], lat[::step]
    tree = shapely.STRtree(shapely.get_parts(shapely.boundary(projected(known, plane))))
    spots = [plane_positions(*to_wgs84(lon, lat, system), plane) for system in SYSTEMS]
    distances = np.array([_distances(tree, places) for places in spots])
    near = distances.min(axis=0) < _NEAR_M
    distances, middle = distances[:, near], spots[1][near]
    _, block = np.unique(np.floor(middle / _BLOCK_M), axis=0, return_inverse=True)
    n_blocks = int(block.max()) + 1 if len(block) else 0
    if n_blocks < _MIN_BLOCKS:
        return None
    weights = 1.0 / np.bincount(block.ravel())[block.ravel()]
    support = np.array([_support(row, weights) for row in distances])
    shares = np.mean(distances <= _TOLD_M, axis=1)
    figures = figures_of(
        "outlines",
        list(shares),
        [f"{share:.0%} 的边界拐点距已知边界不足 100 米" for share in shares],
        [f"{share:.0%} of the corners within 100 m of a known outline" for share in shares],
    )
    return Weighing(figures, support[:, None] - support[None, :])


def _support(distances: Floats, weights: Floats) -> float:
    """Log-likelihood of distances under the mixture that suits them best."""
    spread = _SPREADS_M[:, None]
    on_outline = 4.0 / (np.pi * np.sqrt(3.0) * spread) / (1.0 + distances**2 / (3 * spread**2)) ** 2
    share = _SHARES[:, None, None]
    likelihood = share * on_outline + (1.0 - share) / _NEAR_M
    return float((np.log(likelihood) @ weights).max())


def _distances(tree: shapely.STRtree, spots: Floats) -> Floats:
    _, distances = tree.query_nearest(
        shapely.points(spots), return_distance=True, all_matches=False
    )
    return np.asarray(distances, dtype=np.float64)
