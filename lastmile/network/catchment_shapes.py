"""The ground from which places are within a limit, as polygons for maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from lastmile.network.drawing import Drawing, draw_rings
from lastmile.network.model import Network
from lastmile.network.reached import ReachedRoad, reached_road
from lastmile.network.shading import Rings
from lastmile.network.snapping import Snaps
from lastmile.network.thinning import kept_vertices

PLAIN: Final = Drawing()
_ATTEMPTS: Final = 4


def catchments(
    network: Network,
    places: Snaps,
    *,
    limit_mm: NDArray[np.int64],
    drawing: Drawing = PLAIN,
    threads: int = 2,
) -> gpd.GeoDataFrame:
    """Draw the ground from which each place is within a length.

    What holds for every polygon, islands of road aside (nobody is joined to them):

    - Ground within ``width_m`` of reached road is inside; so is a demand point that
      :func:`lastmile.network.reach` calls covered, if its access leg is that short.
    - Road that is not reached is inside only within
      ``width_m + 2 * tolerance_m + 2 * cell_m`` of reached road (measured: half of that beyond
      ``width_m``), so that a parallel street farther off is never swallowed.
    - It is valid, and the same whatever other places are drawn with it.

    In an isochrone covered demand points with longer access legs are inside, too, but for slivers
    of ground narrower than a cell between two roads of which one is not reached.

    Parameters
    ----------
    network
        The network of the places.
    places
        Positions on it.
    limit_mm
        Shape (places,). Longest length, both access legs counted, in millimetres.
    drawing
        How to draw.
    threads
        How many parts are worked on at once; the result does not depend on it.

    Returns
    -------
    GeoDataFrame
        One row for each place, in order: ``limit_m``, ``geometry`` (MultiPolygon in EPSG:4326,
        empty for places that reach nothing).
    """
    road = reached_road(network, places, limit_mm=limit_mm, threads=threads)
    shapes = road_catchments(network, road, drawing=drawing, threads=threads)
    return gpd.GeoDataFrame({"limit_m": np.asarray(limit_mm) / 1000.0}, geometry=shapes)


def catchment_bands(
    network: Network,
    places: Snaps,
    *,
    limits_mm: Sequence[int],
    drawing: Drawing = PLAIN,
    threads: int = 2,
) -> gpd.GeoDataFrame:
    """Draw the ground from which each place is within several lengths, each inside the next.

    Parameters
    ----------
    network
        The network of the places.
    places
        Positions on it.
    limits_mm
        Lengths in millimetres, the same for all places.
    drawing
        How to draw.
    threads
        How many parts are worked on at once; the result does not depend on it.

    Returns
    -------
    GeoDataFrame
        One row for each place and length, place by place, shortest length first: ``place``,
        ``limit_m``, ``geometry`` as :func:`catchments` draws it, united with that of the shorter
        lengths (from which simplified borders may stray by the tolerance).
    """
    rows = places.take(np.repeat(np.arange(len(places)), len(limits_mm)))
    limit_mm = np.tile(np.sort(np.asarray(limits_mm, dtype=np.int64)), len(places))
    frame = catchments(network, rows, limit_mm=limit_mm, drawing=drawing, threads=threads)
    place = np.repeat(np.arange(len(places)), len(limits_mm))
    frame.insert(0, "place", place)
    return frame.set_geometry(nested(frame.geometry, place))


def nested(shapes: gpd.GeoSeries, owner: NDArray[np.int64]) -> gpd.GeoSeries:
    """Unite each shape with those before it that have the same owner.

    Catchments of growing limits lie within each other but for their simplified borders, which may
    stray by the tolerance; after this they do.

    Parameters
    ----------
    shapes
        MultiPolygons, those of one owner behind each other, shortest limit first.
    owner
        Shape (shapes,).
    """
    out = np.asarray(shapes.array, dtype=object).copy()
    goes_on = np.zeros(len(out), dtype=np.bool_)
    goes_on[1:] = owner[1:] == owner[:-1]
    first = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(out))))
    rank = np.arange(len(out)) - first
    for band in range(1, int(rank.max(initial=0)) + 1):
        row = np.flatnonzero(rank == band)
        out[row] = _multipolygons(shapely.union(out[row], out[row - 1]))
    return gpd.GeoSeries(out, index=shapes.index, crs=shapes.crs)


def road_catchments(
    network: Network, road: ReachedRoad, *, drawing: Drawing = PLAIN, threads: int = 2
) -> gpd.GeoSeries:
    """Draw the ground around stretches of road, as :func:`catchments` does.

    Stretches may come from :func:`lastmile.network.reached_road`, from
    :func:`lastmile.network.reached_road_in_time` (access legs then cost time) or from
    :func:`lastmile.network.assign_road`; polygons of neighbours then overlap by the width that
    road has on the map, and no more.

    Parameters
    ----------
    network
        The network of the road.
    road
        Stretches within the limit of each place.
    drawing
        How to draw.
    threads
        How many parts are drawn at once; the result does not depend on it.

    Returns
    -------
    GeoSeries
        One MultiPolygon for each place, in EPSG:4326.
    """
    shapes = _simple_polygons(
        draw_rings(network, road, drawing, threads=threads), drawing.tolerance_m
    )
    to_degrees = Transformer.from_crs(network.plane, "EPSG:4326", always_xy=True)
    points = shapely.get_coordinates(shapes)
    lon, lat = to_degrees.transform(points[:, 0], points[:, 1])
    return gpd.GeoSeries(
        _multipolygons(shapely.set_coordinates(shapes, np.column_stack((lon, lat)))),
        crs="EPSG:4326",
    )


def _multipolygons(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the polygons of shapes as MultiPolygons, so that all of a table are of one type."""
    polygons, owner = shapely.get_parts(shapes, return_index=True)
    out: NDArray[np.object_] = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    whole = np.unique(owner)
    out[whole] = shapely.multipolygons(polygons, indices=np.searchsorted(whole, owner))
    return out


def _simple_polygons(rings: Rings, tolerance_m: float) -> NDArray[np.object_]:
    """Simplify rings and join them; those that would touch each other are simplified less."""
    vertices, sizes, part, rings_of = rings
    place = np.repeat(np.arange(rings_of.size), rings_of)
    ring = np.repeat(np.arange(sizes.size), sizes)
    by_ring_m = np.full(sizes.size, tolerance_m, dtype=np.float64)
    shapes = _polygons(rings)
    is_open = np.ones(rings_of.size, dtype=np.bool_)
    # Rings as they come from the grid never touch: they stay where nothing simpler is valid.
    for _ in range(_ATTEMPTS):
        kept = kept_vertices(vertices, sizes, by_ring_m)
        n_kept = np.bincount(ring[kept], minlength=sizes.size)
        simple = _polygons((vertices[kept], n_kept, part, rings_of))
        is_better = is_open & shapely.is_valid(simple)
        shapes[is_better] = simple[is_better]
        is_open &= ~is_better
        if not is_open.any():
            break
        by_ring_m[is_open[place]] /= 2.0
    return shapes


def _polygons(rings: Rings) -> NDArray[np.object_]:
    """Join the rings of each part to a polygon, and the parts of each place."""
    vertices, sizes, part, rings_of = rings
    shapes: NDArray[np.object_] = np.full(rings_of.size, shapely.MultiPolygon(), dtype=object)
    if not sizes.size:
        return shapes
    lines = shapely.linearrings(vertices, indices=np.repeat(np.arange(sizes.size), sizes))
    place = np.repeat(np.arange(rings_of.size), rings_of)
    # Of the rings of a part, the one that runs anticlockwise is around the others.
    order = np.lexsort((~shapely.is_ccw(lines), part, place))
    first = np.ones(sizes.size, dtype=np.bool_)
    first[1:] = (np.diff(place[order]) != 0) | (np.diff(part[order]) != 0)
    polygons = shapely.polygons(lines[order], indices=np.cumsum(first) - 1)
    owner = place[order][first]
    whole = np.unique(owner)
    shapes[whole] = shapely.multipolygons(polygons, indices=np.searchsorted(whole, owner))
    return shapes
