"""The ground of the map as SVG paths, thinned to what a page can show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.health import Ground
from lastmile.health_page.frame import Floats, Frame

_ROAD_TIERS: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("road-1", frozenset({"motorway", "trunk", "primary"})),
    ("road-2", frozenset({"secondary", "tertiary"})),
    ("road-3", frozenset()),
)
"""Style of a road by its class without ``_link``; the last takes all others."""

_MOST_VERTICES: Final = 60_000
"""Of all roads together, the broadest first; more would make the page slow and say no more."""

_THINNED: Final = 0.5
"""Drawing units by which a line may be moved when vertices are left out."""

_SHORTEST: Final = 1.5
_MANY: Final = 1_000
"""Candidates above this are drawn fainter, not to hide what is suspicious."""

_CELL: Final = 8
_SHADES: Final = 3
_LEVELS: Final = ("community", "township", "district")


def ground_paths(ground: Ground, frame: Frame) -> Iterator[str]:
    """Draw people, roads, outlines, sites and depots, in that order."""
    if ground.demand is not None and not ground.demand.empty:
        yield from _people(ground.demand, frame)
    if ground.roads is not None and not ground.roads.empty:
        yield from _roads(ground.roads, frame)
    if ground.units is not None:
        yield from _outlines(ground.units, frame)
    if ground.sites is not None:
        existing = (ground.sites["role"] == "existing").to_numpy()
        many = " many" if np.count_nonzero(~existing) > _MANY else ""
        yield _dots(ground.sites[~existing], frame, f"candidate{many}")
        yield _dots(ground.sites[existing], frame, "existing")
    if ground.depots is not None:
        yield _dots(ground.depots, frame, "depot")
        yield _dots(ground.depots, frame, "depot-in")


def _people(demand: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    """Shade squares by the people in them: thirds of the squares that hold any."""
    xy = frame.xy(demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy())
    inside = (xy >= 0).all(axis=1) & (xy[:, 0] < frame.width) & (xy[:, 1] < frame.height)
    cell = np.floor(xy[inside] / _CELL).astype(np.int64)
    across = int(frame.width // _CELL) + 1
    people = np.bincount(cell[:, 1] * across + cell[:, 0], demand["people"].to_numpy()[inside])
    filled = np.flatnonzero(people)
    if not filled.size:
        return
    limits = np.quantile(people[filled], np.arange(1, _SHADES) / _SHADES)
    shade = np.searchsorted(limits, people[filled], side="right")
    for k in range(_SHADES):
        own = filled[shade == k]
        squares = "".join(
            f"M{x} {y}h{_CELL}v{_CELL}h-{_CELL}z"
            for x, y in zip(own % across * _CELL, own // across * _CELL, strict=True)
        )
        if squares:
            yield f'<path class="people-{k + 1}" d="{squares}"/>'


def _roads(roads: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    lines = frame.flat(roads.geometry.to_numpy())
    lines = shapely.clip_by_rect(lines, 0.0, 0.0, frame.width, frame.height)
    lines = shapely.simplify(lines, _THINNED, preserve_topology=False)
    highway = roads["highway"].astype(str).str.removesuffix("_link").to_numpy()
    seen = shapely.length(lines) >= _SHORTEST
    named = frozenset().union(*(classes for _, classes in _ROAD_TIERS))
    left, drawn = _MOST_VERTICES, []
    for style, classes in _ROAD_TIERS:
        own = np.isin(highway, sorted(classes)) if classes else ~np.isin(highway, sorted(named))
        chosen = lines[own & seen]
        # Of the last tier that fits in part, the longest lines are kept.
        chosen = chosen[np.argsort(-shapely.length(chosen), kind="stable")]
        chosen = chosen[np.cumsum(shapely.get_num_coordinates(chosen)) <= left]
        left -= int(shapely.get_num_coordinates(chosen).sum())
        if len(chosen):
            drawn.append(f'<path class="{style}" d="{_path(chosen)}"/>')
    yield from reversed(drawn)  # the broadest on top


def _outlines(units: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    for level in _LEVELS:
        shapes = units.geometry[(units["level"] == level).to_numpy()].to_numpy()
        if len(shapes):
            flat = shapely.simplify(shapely.boundary(frame.flat(shapes)), _THINNED)
            yield f'<path class="unit-{level}" d="{_path(flat)}"/>'


def _dots(points: gpd.GeoDataFrame, frame: Frame, style: str) -> str:
    """Draw points as lines without length, whose round ends are the dots; each spot once."""
    if points.empty:
        return ""
    xy = frame.xy(points.geometry.x.to_numpy(), points.geometry.y.to_numpy())
    spots = np.unique(np.rint(xy).astype(np.int64), axis=0)
    return f'<path class="{style}" d="{"".join(f"M{x} {y}h0" for x, y in spots)}"/>'


def _path(lines: NDArray[np.object_]) -> str:
    """Write lines as one path, to a tenth of a drawing unit."""
    parts = shapely.get_parts(lines)
    parts = parts[shapely.get_num_coordinates(parts) > 1]
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    starts = np.append(True, np.diff(owner) != 0)
    return "".join(
        f"{'M' if start else 'L'}{x:g} {y:g}"
        for start, (x, y) in zip(starts, _rounded(coordinates), strict=True)
    )


def _rounded(coordinates: Floats) -> Floats:
    return np.asarray(np.round(coordinates, 1) + 0.0, dtype=np.float64)
