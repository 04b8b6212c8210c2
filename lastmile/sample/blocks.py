"""Streets that fill the blocks: cuts through superblocks, gated compounds, old lanes."""

# ruff: noqa: PLR2004 - the proportions of a drawing stand where they are used

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.sample.lines import RANK, Ints, Lines
from lastmile.sample.plane import Floats

_OVERSHOOT_M: Final = 0.5
"""Cuts run past the block's edge by this, so that rounding cannot leave a gap."""

_SLIVER_M2: Final = 400.0

Target = Callable[[Floats], tuple[Floats, NDArray[np.bool_]]]
"""Of points, shape (points, 2): block area in m² at which cutting ends, and whether it is urban."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The blocks that no street cuts any more, and the cuts that made them."""

    polygons: NDArray[np.object_]
    cuts: Lines


def cut_blocks(faces: NDArray[np.object_], target: Target, rng: np.random.Generator) -> Blocks:
    """Halve faces across their long side until each is as small as its ground asks.

    Parameters
    ----------
    faces
        Polygons between main roads, rivers and shores.
    target
        Wanted size by place.
    rng
        Source of the irregularity.
    """
    done: list[NDArray[np.object_]] = []
    geometry: list[NDArray[np.object_]] = []
    ranks: list[Ints] = []
    live = faces
    for _ in range(24):
        area = shapely.area(live)
        wanted, urban = target(shapely.get_coordinates(shapely.point_on_surface(live)))
        # Now and then fields, woods or fish ponds stay whole.
        whole = np.where(~urban & (rng.random(len(live)) < 0.1), 2.4, 1.0)
        large = area > wanted * whole * rng.uniform(1.2, 2.2, len(live))
        done.append(live[~large])
        live = live[large]
        if not len(live):
            break
        blade, half = _blades(live, rng)
        street, row = shapely.get_parts(shapely.intersection(blade, live), return_index=True)
        is_line = (shapely.get_type_id(street) == 1) & (shapely.length(street) > 25.0)
        geometry.append(_overshot(street[is_line]))
        ranks.append(_cut_rank(area[large], urban[large])[row[is_line]])
        sides = np.concatenate((shapely.intersection(live, half), shapely.difference(live, half)))
        parts = shapely.get_parts(sides)
        live = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > _SLIVER_M2)]
    return Blocks(np.concatenate(done), Lines.of(np.concatenate(geometry), np.concatenate(ranks)))


def _cut_rank(area_m2: Floats, urban: NDArray[np.bool_]) -> Ints:
    """Class of the street that cuts a block of this size."""
    return np.select(
        [urban & (area_m2 > 5e5), urban & (area_m2 > 3e4), urban, area_m2 > 4e6],
        [RANK["tertiary"], RANK["residential"], RANK["living_street"], RANK["tertiary"]],
        RANK["unclassified"],
    )


def _axes(polygons: NDArray[np.object_]) -> tuple[Floats, Floats, Floats]:
    """Centre, and the long and the short side of the tightest box, as vectors."""
    box = shapely.get_coordinates(shapely.oriented_envelope(polygons)).reshape(-1, 5, 2)
    one, two = box[:, 1] - box[:, 0], box[:, 2] - box[:, 1]
    swap = (np.hypot(*two.T) > np.hypot(*one.T))[:, None]
    return box[:, :4].mean(axis=1), np.where(swap, two, one), np.where(swap, one, two)


def _blades(
    polygons: NDArray[np.object_], rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Draw a bent line across each polygon, and the half plane on one side of it."""
    n = len(polygons)
    centre, long, short = _axes(polygons)
    turn = rng.normal(0.0, 0.10, n)
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    across = short * cos + np.column_stack((-short[:, 1], short[:, 0])) * sin
    middle = centre + long * rng.uniform(-0.14, 0.14, (n, 1))
    bend = rng.uniform(-0.045, 0.045, (n, 2))
    bend = np.where(rng.random((n, 1)) < 0.45, 0.0, bend)
    points = np.stack((
        middle - across, middle - across * 0.22 + long * bend[:, :1],
        middle + across * 0.22 + long * bend[:, 1:], middle + across,
    ), axis=1)  # fmt: skip
    far = np.stack((middle + across + 2.0 * long, middle - across + 2.0 * long), axis=1)
    half = shapely.polygons(np.concatenate((points, far), axis=1))
    return np.asarray(shapely.linestrings(points)), np.asarray(half)


def _overshot(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Lines made longer by a little at both ends."""
    xy, row = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
    last = np.r_[first[1:] - 1, len(row) - 1]
    for end, beside in ((first, first + 1), (last, last - 1)):
        away = xy[end] - xy[beside]
        xy[end] = xy[end] + away * (_OVERSHOOT_M / np.hypot(*away.T))[:, None]
    return np.asarray(shapely.linestrings(xy, indices=row), dtype=object)


def compound_lanes(polygons: NDArray[np.object_], rng: np.random.Generator) -> list[Lines]:
    """Inside of gated compounds: a loop road, lanes across it, one to three gates.

    Parameters
    ----------
    polygons
        Urban blocks.
    rng
        Source of the irregularity.
    """
    area = shapely.area(polygons)
    inner = shapely.buffer(polygons, -rng.uniform(20.0, 40.0, len(polygons)), join_style="mitre")
    inner = shapely.simplify(inner, 4.0)
    fits = (shapely.get_type_id(inner) == 3) & (shapely.area(inner) > 3500.0)
    polygons, inner, area = polygons[fits], inner[fits], area[fits]
    loop = shapely.get_exterior_ring(inner)
    xy, row = shapely.get_coordinates(loop, return_index=True)
    loop = np.asarray(shapely.linestrings(xy, indices=row), dtype=object)
    gates = _gates(polygons, loop, rng)
    lanes = [Lines.of(loop, "service"), Lines.of(gates, "service")]
    n_lanes = np.clip((shapely.area(inner) / 15_000.0).astype(np.int64), 0, 4)
    for k in range(1, 5):
        rows = n_lanes >= k
        if rows.any():
            at = (k - 0.5) / n_lanes[rows] - 0.5
            chords = _chords(inner[rows], at, rng)
            kind = np.where(rng.random(len(chords)) < 0.16, RANK["footway"], RANK["service"])
            lanes.append(Lines.of(chords, kind))
    return lanes


def _gates(
    polygons: NDArray[np.object_], loop: NDArray[np.object_], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Short ways from the loop out to the street."""
    edge = shapely.boundary(polygons)
    out = []
    base = rng.random(len(loop))
    for k, share in enumerate((1.0, 0.75, 0.3)):
        rows = rng.random(len(loop)) < share
        at = (base[rows] + k * 0.37 + rng.uniform(-0.08, 0.08, rows.sum())) % 1.0
        inside = shapely.line_interpolate_point(loop[rows], at, normalized=True)
        ways = shapely.shortest_line(inside, edge[rows])
        out.append(_overshot(ways[shapely.length(ways) > 5.0]))
    return np.concatenate(out)


def _chords(
    inner: NDArray[np.object_], at: Floats, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Lanes straight across compounds at a share of their long side."""
    centre, long, short = _axes(inner)
    middle = centre + long * (at + rng.uniform(-0.05, 0.05, len(at)))[:, None]
    whole = shapely.linestrings(np.stack((middle - short, middle + short), axis=1))
    parts = shapely.get_parts(shapely.intersection(whole, inner))
    return _overshot(parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 25.0)])


def alleys(polygons: NDArray[np.object_], rng: np.random.Generator) -> Lines:
    """Dead-end lanes that reach into the blocks of the old town."""
    edge = shapely.get_exterior_ring(polygons)
    start = shapely.line_interpolate_point(edge, rng.random(len(edge)), normalized=True)
    heart = shapely.point_on_surface(polygons)
    a, b = shapely.get_coordinates(start), shapely.get_coordinates(heart)
    b = a + (b - a) * rng.uniform(0.7, 1.25, (len(a), 1))
    ways = shapely.intersection(shapely.linestrings(np.stack((a, b), axis=1)), polygons)
    parts = shapely.get_parts(ways)
    parts = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 28.0)]
    kind = np.where(rng.random(len(parts)) < 0.3, RANK["footway"], RANK["living_street"])
    return Lines.of(_overshot(parts), kind)
