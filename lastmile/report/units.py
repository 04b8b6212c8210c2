"""The hierarchy of administrative units: its order, its names, and who lies inside."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import STRtree

from lastmile.report.clean import text

LEVELS: Final = ("district", "township", "community")
"""Coarsest first."""

_JOINT: Final = " · "


def in_hierarchy(units: pd.DataFrame) -> list[tuple[int, int]]:
    """Order units so that each stands before its parts, siblings by code.

    Parameters
    ----------
    units
        The plan's units layer.

    Returns
    -------
    list of (int, int)
        Row position and depth (0 at the top) of every unit, each once. Units whose parent is
        not there stand at the top; so do those caught in a circle.
    """
    codes = [text(code) for code in units["code"]]
    parents = [text(parent) for parent in units["parent_code"]]
    known = set(codes)
    children: dict[str, list[int]] = {}
    for position, parent in enumerate(parents):
        top = parent not in known or parent == codes[position]
        children.setdefault("" if top else parent, []).append(position)
    ordered: list[tuple[int, int]] = []
    seen: set[int] = set()
    tops = sorted(children.get("", []), key=lambda position: codes[position])
    leftovers = sorted(range(len(codes)), key=lambda position: codes[position])
    for top_position in [*tops, *leftovers]:
        waiting = [(top_position, 0)]
        while waiting:
            position, depth = waiting.pop()
            if position in seen:
                continue
            seen.add(position)
            ordered.append((position, depth))
            below = sorted(children.get(codes[position], []), key=lambda k: codes[k], reverse=True)
            waiting.extend((child, depth + 1) for child in below)
    return ordered


def paths(units: pd.DataFrame) -> dict[str, str]:
    """Name every unit together with the units above it.

    Returns
    -------
    dict
        Code to a path such as ``天宁区 · 雕庄街道``.
    """
    codes = [text(code) for code in units["code"]]
    names = [text(name) or code for name, code in zip(units["name"], codes, strict=True)]
    path: dict[str, str] = {}
    trail: list[str] = []
    for position, depth in in_hierarchy(units):
        trail[depth:] = [names[position]]
        path[codes[position]] = _JOINT.join(trail)
    return path


def finest_around(units: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> list[str]:
    """Find the finest unit around each point.

    Parameters
    ----------
    units
        The plan's units layer.
    points
        Any layer of points, in the same coordinate system.

    Returns
    -------
    list of str
        A code per point, '' outside all units. On a common border the lower code wins.
    """
    if units.empty or points.empty:
        return [""] * len(points)
    codes = [text(code) for code in units["code"]]
    fineness = [_fineness(level) for level in units["level"]]
    tree = STRtree(units.geometry.to_numpy())
    found = [""] * len(points)
    best: list[tuple[int, str] | None] = [None] * len(points)
    pairs = tree.query(points.geometry.to_numpy(), predicate="intersects")
    for point, unit in np.asarray(pairs).T.tolist():
        key = (-fineness[unit], codes[unit])
        current = best[point]
        if current is None or key < current:
            best[point] = key
            found[point] = codes[unit]
    return found


def _fineness(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else -1
