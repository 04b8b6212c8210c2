"""Expressways: above everything, tied to the streets by ramps only."""

# ruff: noqa: PLR2004 - the proportions of a drawing stand where they are used

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from lastmile.sample.lines import RANK, Edges, Flags, Lines, joined
from lastmile.sample.plane import Floats
from lastmile.sample.water import Waters

_HALF_WIDTH_M: Final = 14.0
_INTERCHANGE_APART_M: Final = 3200.0
_RAMP_M: Final = 420.0
_STATION_M: Final = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Ramps:
    """What was added to the streets."""

    elevated: Flags
    """Shape (edges,). Expressways and ramps on bridges."""


def join_motorways(edges: Edges, motorway: Lines, waters: Waters) -> tuple[Edges, Ramps]:
    """Add expressways, one carriageway each way, and ramps to main roads.

    Parameters
    ----------
    edges
        Streets, already cut at their junctions.
    motorway
        Centre lines.
    waters
        Where expressways run on bridges.
    """
    old = len(edges)
    added: list[tuple[shapely.LineString, int]] = []
    ramp_ends = _ramp_nodes(edges)
    for line in motorway.geometry:
        sides = (
            shapely.offset_curve(line, -_HALF_WIDTH_M),
            shapely.reverse(shapely.offset_curve(line, _HALF_WIDTH_M)),
        )
        if any(side.geom_type != "LineString" for side in sides):
            continue
        ways = [_carriageway(np.asarray(side.coords), ramp_ends) for side in sides]
        # Without ramps either way it would be a road that nobody can enter or leave.
        if all(any(rank == RANK["motorway_link"] for _, rank in way) for way in ways):
            added.extend(part for way in ways for part in way)
            added.extend([] if line.is_closed else _turnarounds(sides))
    if not added:
        return edges, Ramps(np.zeros(old, dtype=bool))
    geometry = np.array([line for line, _ in added], dtype=object)
    new = Lines.of(geometry, np.array([rank for _, rank in added]))
    new = Lines(new.geometry, new.highway, new.name, np.ones(len(new), dtype=bool))
    combined = _appended(edges, new)
    wet = np.zeros(len(combined), dtype=bool)
    hit = shapely.STRtree(waters.surface).query(geometry, predicate="intersects")[0]
    wet[old + hit] = True
    return combined, Ramps(wet)


def _ramp_nodes(edges: Edges) -> Floats:
    """Junctions of main roads, where ramps may come down. Shape (nodes, 2)."""
    main = edges.lines.highway <= RANK["secondary"]
    rows = np.unique(np.concatenate((edges.start[main], edges.end[main])))
    return edges.node_xy[rows]


def _carriageway(xy: Floats, ramp_ends: Floats) -> list[tuple[shapely.LineString, int]]:
    """One carriageway cut where ramps leave and join it, and those ramps."""
    step = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    count = max(int(step[-1] / _STATION_M), 2)
    at = np.linspace(0.0, step[-1], count + 1)
    points = np.round(np.column_stack([np.interp(at, step, xy[:, k]) for k in (0, 1)]), 2)
    if len(ramp_ends) == 0:
        return [(shapely.LineString(points), RANK["motorway"])]
    gap, node = cKDTree(ramp_ends).query(points)
    off = int(_RAMP_M / _STATION_M)
    apart = int(_INTERCHANGE_APART_M / _STATION_M)
    # Short pieces, so that only those above water are bridges.
    cuts, ramps = {*range(0, count, 10), count}, []
    k = off + 1
    while k < count - off - 1:
        window = slice(k, min(k + apart // 3, count - off - 1))
        best = k + int(np.argmin(gap[window]))
        if gap[best] < 600.0:
            end = ramp_ends[node[best]]
            ramps += [
                _ramp(points[best - off], points[best], end),
                _ramp(points[best + off], points[best], end, leaving=False),
            ]
            cuts |= {best - off, best + off}
            k = best + apart
        else:
            k += apart // 3
    stops = sorted(cuts)
    parts = [(shapely.LineString(points[a : b + 1]), RANK["motorway"]) for a, b in pairwise(stops)]
    return parts + ramps


def _ramp(
    on_road: Floats, abreast: Floats, end: Floats, *, leaving: bool = True
) -> tuple[shapely.LineString, int]:
    """Draw a curved one-way ramp between an expressway and a street junction."""
    bow = np.round(0.45 * on_road + 0.15 * abreast + 0.4 * end, 2)
    path = np.array((on_road, bow, end))
    return shapely.LineString(path if leaving else path[::-1]), RANK["motorway_link"]


def _turnarounds(
    sides: tuple[shapely.LineString, shapely.LineString],
) -> list[tuple[shapely.LineString, int]]:
    """Where an expressway leaves the map, its carriageways are tied, so that no one is trapped."""
    right, left = (np.round(np.asarray(side.coords), 2) for side in sides)
    return [
        (shapely.LineString((right[-1], left[0])), RANK["motorway_link"]),
        (shapely.LineString((left[-1], right[0])), RANK["motorway_link"]),
    ]


def _appended(edges: Edges, new: Lines) -> Edges:
    """Edges with more lines, which meet the old ones only at nodes."""
    ends = np.concatenate([
        shapely.get_coordinates(shapely.get_point(new.geometry, k)) for k in (0, -1)
    ])  # fmt: skip
    everything = np.round(np.concatenate((edges.node_xy, ends)) * 100.0).astype(np.int64)
    key, number = np.unique(everything, axis=0, return_inverse=True)
    number = number.ravel()
    old = number[: len(edges.node_xy)]
    start, end = np.split(number[len(edges.node_xy) :], 2)
    return Edges(
        joined([edges.lines, new]),
        np.concatenate((edges.line, np.zeros(len(new), dtype=np.int64))),
        np.concatenate((old[edges.start], start)),
        np.concatenate((old[edges.end], end)),
        key / 100.0,
    )
