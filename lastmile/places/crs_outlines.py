"""Evidence of outlines: the corners of a layer of polygons lie near other outlines of the same."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, plane_positions, projected, to_wgs84
from lastmile.places.crs_evidence import SYSTEMS, Weighing, figures_of, odds_of_misfits

_NEAR_M: Final = 1_000.0
"""Corners farther than this from every known outline, in every system, belong to other borders."""

_BLOCK_M: Final = 2_000.0
"""Corners nearer to each other share the errors of one stretch of border: they count once."""

_BLUR_M: Final = 20.0
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
    misfits = np.log(distances + _BLUR_M)
    counts = np.bincount(block.ravel())
    means = np.array([np.bincount(block.ravel(), weights=row) / counts for row in misfits])
    medians = np.median(distances, axis=1)
    figures = figures_of(
        "outlines",
        list(medians),
        [f"边界拐点距已知边界中位数 {m:,.0f} 米" for m in medians],
        [f"corners {m:,.0f} m from a known outline in the median" for m in medians],
    )
    return Weighing(figures, odds_of_misfits(means))


def _distances(tree: shapely.STRtree, spots: Floats) -> Floats:
    _, distances = tree.query_nearest(
        shapely.points(spots), return_distance=True, all_matches=False
    )
    return np.asarray(distances, dtype=np.float64)
