"""Streets along which people live, cut to units and to pieces of equal length."""

from __future__ import annotations

import itertools
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats, projected, unprojected
from lastmile.places.ground import DRIVEN_PAST, RESIDENTIAL
from lastmile.places.spots import Spots, together

_BORDER_STEP_DEGREES: Final = 0.0005


def street_spots(
    lines: gpd.GeoDataFrame, outlines: NDArray[np.object_], plane: pyproj.CRS, spacing_m: float
) -> Spots:
    """Find the middles of equal pieces of each unit's streets, weighted by length in metres.

    A unit without streets that people live along uses all that have addresses.

    Parameters
    ----------
    lines
        Roads with their ``highway``, EPSG:4326.
    outlines
        Shape (units,). EPSG:4326.
    plane
        Where lengths are measured.
    spacing_m
        Length of the pieces, about.
    """
    kinds = lines["highway"]
    # Long straight borders bend in the plane: fine steps keep both pictures alike to millimetres.
    units = projected(shapely.segmentize(outlines, _BORDER_STEP_DEGREES), plane)
    left = np.arange(len(units))
    parts = []
    for grade in (kinds.isin(RESIDENTIAL), ~kinds.isin(DRIVEN_PAST)):
        shapes = projected(lines.geometry.to_numpy()[grade.to_numpy(dtype=bool)], plane)
        middles, owner, length = _pieces(shapes, units[left], spacing_m)
        found = Spots(left[owner], unprojected(middles, plane), length).inside(outlines)
        parts.append(found)
        left = np.setdiff1d(left, found.owner)
    return together(parts)


def _pieces(
    streets: NDArray[np.object_], units: NDArray[np.object_], spacing_m: float
) -> tuple[NDArray[np.object_], NDArray[np.int64], Floats]:
    """Cut streets to units; return middles of pieces, the unit of each, and their lengths."""
    owner, line = shapely.STRtree(streets).query(units, predicate="intersects")
    order = np.lexsort((line, owner))
    owner, line = owner[order], line[order]
    shapely.prepare(units)
    # Most streets lie inside one unit whole: only those that cross a border are cut.
    whole = shapely.contains_properly(units[owner], streets[line])
    inside = streets[line]
    inside[~whole] = shapely.intersection(streets[line[~whole]], units[owner[~whole]])
    parts, of = shapely.get_parts(inside, return_index=True)
    real = shapely.length(parts) > 0.0
    parts, owner = parts[real], owner[of[real]]
    first = np.searchsorted(owner, np.arange(len(units) + 1))
    merged = [
        shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts[a:b])))
        for a, b in itertools.pairwise(first)
    ]
    lengths = np.array([len(one) for one in merged], dtype=np.int64)
    joined = np.concatenate([np.empty(0, object), *merged])
    middles, piece_m, of_line = _middles(joined, spacing_m)
    return middles, np.repeat(np.arange(len(units)), lengths)[of_line], piece_m


def _middles(
    lines: NDArray[np.object_], spacing_m: float
) -> tuple[NDArray[np.object_], Floats, NDArray[np.int64]]:
    lengths = shapely.length(lines)
    counts = np.maximum(1, np.rint(lengths / spacing_m)).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(owner)) - first + 0.5) / counts[owner]
    points = shapely.line_interpolate_point(lines[owner], share, normalized=True)
    return points, lengths[owner] / counts[owner], owner
