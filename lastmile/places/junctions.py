"""Candidates at road junctions, where no premises are known."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.places.classes import plane_of
from lastmile.places.coordinates import Floats, projected
from lastmile.places.gaps import Gaps
from lastmile.places.ground import Ground
from lastmile.places.locate import inside_area
from lastmile.places.premises import GENERATED
from lastmile.places.site_rows import SiteRows
from lastmile.places.units import Units
from lastmile.scenario import JunctionCandidates


def junction_rows(
    source: JunctionCandidates,
    ground: Ground,
    units: Units,
    gaps: Gaps | None,
    key: str,
    prefix: str,
) -> SiteRows:
    """Generate candidates at the junctions inside the area, none nearer than the spacing.

    Parameters
    ----------
    source
        Spacing and kind.
    ground, units
        The junctions, and the area.
    gaps
        Only junctions that serve somebody of these are taken; None to take any.
    key
        Name of the source's table in the scenario.
    prefix
        How ids begin.
    """
    junctions = ground.junctions.geometry.to_numpy()
    junctions = junctions[inside_area(junctions, units.area)]
    flat = projected(junctions, plane_of(units))
    if gaps is not None:
        serves = gaps.reached_from(flat)
        junctions, flat = junctions[serves], flat[serves]
    points = junctions[thinned(shapely.get_coordinates(flat), source.spacing_m)]
    n = len(points)
    ids = tuple(f"{prefix}-{k:04d}" for k in range(1, n + 1))
    unknown = np.full(n, np.nan)
    return SiteRows(
        key,
        "generated at a junction",
        ids,
        named_after_roads(points, ground.lines, ids),
        points,
        ("" if source.kind == "by_class" else source.kind,) * n,
        ("candidate",) * n,
        (GENERATED,) * n,
        unknown,
        unknown,
        unknown,
        np.zeros(n, dtype=np.int64),
        ids,
    )


def thinned(spots: Floats, spacing_m: float) -> NDArray[np.int64]:
    """Choose points greedily, from west to east, so that none is nearer than the spacing.

    Parameters
    ----------
    spots
        Shape (points, 2). Metres in a plane.
    spacing_m
        Least straight distance between two chosen points; exactly this far is far enough.

    Returns
    -------
    array
        Positions of the chosen points, ascending by easting, then northing. Every point left out
        is nearer than the spacing to a chosen one; the order of the input does not matter.
    """
    order = np.lexsort((spots[:, 1], spots[:, 0]))
    cells = np.floor(spots / spacing_m).astype(np.int64)
    taken: dict[tuple[int, int], list[tuple[float, float]]] = {}
    chosen = []
    limit = spacing_m * spacing_m
    xy, keys = spots.tolist(), cells.tolist()
    for k in order.tolist():
        x, y = xy[k]
        column, row = keys[k]
        near = (
            other
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for other in taken.get((i, j), ())
        )
        if all((x - u) ** 2 + (y - v) ** 2 >= limit for u, v in near):
            taken.setdefault((column, row), []).append((x, y))
            chosen.append(k)
    return np.array(chosen, dtype=np.int64)


_TOUCHING_DEG = 1e-7
"""About a centimetre: junctions are vertices of the very lines that meet there."""
_MOST_ROADS = 2


def named_after_roads(
    points: NDArray[np.object_], lines: gpd.GeoDataFrame, ids: Sequence[str]
) -> tuple[str, ...]:
    """Name junctions after the roads that meet there, so that a driver can find them.

    Parameters
    ----------
    points
        Shape (junctions,). Points, EPSG:4326.
    lines
        Roads with a ``name``, EPSG:4326.
    ids
        One for each junction.

    Returns
    -------
    tuple of str
        Two roads as ``A / B``; one road with the id; the id where no road has a name.
    """
    named = lines[lines["name"] != ""]
    roads = named["name"].to_numpy()
    tree = shapely.STRtree(named.geometry.to_numpy())
    at, line = tree.query(points, predicate="dwithin", distance=_TOUCHING_DEG)
    meeting: list[set[str]] = [set() for _ in points]
    for k, road in zip(at.tolist(), roads[line].tolist(), strict=True):
        meeting[k].add(road)
    return tuple(
        " / ".join(sorted(names)[:_MOST_ROADS]) if len(names) > 1 else " ".join((*names, own))
        for names, own in zip(meeting, ids, strict=True)
    )
