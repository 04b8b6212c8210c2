"""Natural villages: short lanes strung along country roads."""

# ruff: noqa: PLR2004 - the proportions of a drawing stand where they are used

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.sample.lines import RANK, Ints, Lines, joined
from lastmile.sample.plane import Floats

_ROOT_M: Final = -3.0
"""Lanes start this far across the road, so that they meet it for certain."""


def roadside(lines: Lines, step_m: float) -> tuple[Floats, Floats]:
    """Places along roads every ``step_m`` metres, with the road's direction.

    Returns
    -------
    tuple
        Points and unit vectors, each of shape (places, 2).
    """
    count = np.maximum((shapely.length(lines.geometry) / step_m).astype(np.int64), 1)
    row = np.repeat(np.arange(len(lines)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    share = (within + 0.5) / count[row]
    here = shapely.line_interpolate_point(lines.geometry[row], share, normalized=True)
    near = np.where(share < 0.98, share + 0.01, share - 0.01)
    there = shapely.line_interpolate_point(lines.geometry[row], near, normalized=True)
    a, b = shapely.get_coordinates(here), shapely.get_coordinates(there)
    ahead = np.where((share < 0.98)[:, None], b - a, a - b)
    return a, ahead / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]


def hamlet_lanes(at: Floats, ahead: Floats, rng: np.random.Generator) -> Lines:
    """Lanes of villages beside roads.

    Parameters
    ----------
    at
        Shape (hamlets, 2). Where each hamlet's first lane leaves the road.
    ahead
        Shape (hamlets, 2). Direction of the road there.
    rng
        Source of sizes and forms.
    """
    n = len(at)
    side = np.where(rng.random(n) < 0.5, 1.0, -1.0)
    across = np.column_stack((-ahead[:, 1], ahead[:, 0])) * side[:, None]
    turn = rng.normal(0.0, 0.12, n)
    u = ahead * np.cos(turn)[:, None] + across * np.sin(turn)[:, None]
    v = across * np.cos(turn)[:, None] - ahead * np.sin(turn)[:, None]
    form = rng.choice(3, n, p=(0.5, 0.3, 0.2))
    parts = []
    for kind, draw in enumerate((_comb, _loop, _strip)):
        rows = np.flatnonzero(form == kind)
        if rows.size:
            parts.extend(draw(at[rows], u[rows], v[rows], rng))
    return joined(parts)


def _segments(at: Floats, u: Floats, v: Floats, path: Floats) -> NDArray[np.object_]:
    """Lines in the hamlets' own axes. ``path``: shape (hamlets, points, 2), metres."""
    xy = at[:, None] + path[..., :1] * u[:, None] + path[..., 1:] * v[:, None]
    return np.asarray(shapely.linestrings(xy), dtype=object)


def _path(*corners: tuple[Floats | float, Floats | float], n: int) -> Floats:
    return np.stack(
        [np.column_stack([np.broadcast_to(c, n) for c in corner]) for corner in corners], axis=1
    ).astype(np.float64)


def _comb(at: Floats, u: Floats, v: Floats, rng: np.random.Generator) -> list[Lines]:
    """Draw a lane away from the road, with side lanes that end at the fields."""
    n = len(at)
    depth = rng.uniform(110.0, 330.0, n)
    sway = rng.uniform(-18.0, 18.0, n)
    spine = _path((0.0, _ROOT_M), (sway, depth * 0.55), (sway * 0.5, depth), n=n)
    out = [Lines.of(_segments(at, u, v, spine), "residential")]
    for k in range(4):
        rows = depth > 70.0 + 70.0 * k
        m = int(rows.sum())
        if not m:
            continue
        y = 45.0 + 66.0 * k + rng.uniform(-10.0, 10.0, m)
        left = np.where(rng.random(m) < 0.8, -rng.uniform(40.0, 120.0, m), -25.0)
        right = np.where(rng.random(m) < 0.8, rng.uniform(40.0, 120.0, m), 25.0)
        tilt = rng.uniform(-8.0, 8.0, m)
        side = _path((left, y + tilt), (right, y - tilt), n=m)
        out.append(Lines.of(_segments(at[rows], u[rows], v[rows], side), _lane_kind(m, rng)))
    return out


def _loop(at: Floats, u: Floats, v: Floats, rng: np.random.Generator) -> list[Lines]:
    """Draw a loop off the road and back to it, with lanes between."""
    n = len(at)
    width, depth = rng.uniform(110.0, 240.0, n), rng.uniform(60.0, 140.0, n)
    lean = rng.uniform(-15.0, 15.0, n)
    around = _path((0.0, -14.0), (lean, depth), (width + lean, depth + lean), (width, -14.0), n=n)
    middle = _path((width * 0.5, -14.0), (width * 0.5 + lean, depth + 24.0), n=n)
    inner = _path((-18.0, depth * 0.5), (width + 20.0, depth * 0.5 + lean * 0.5), n=n)
    return [
        Lines.of(_segments(at, u, v, around), "residential"),
        Lines.of(_segments(at, u, v, middle), "service"),
        Lines.of(_segments(at, u, v, inner), _lane_kind(n, rng)),
    ]


def _strip(at: Floats, u: Floats, v: Floats, rng: np.random.Generator) -> list[Lines]:
    """Draw a lane along the road, one row of houses behind it, tied to it by short ways."""
    n = len(at)
    half, depth = rng.uniform(120.0, 260.0, n), rng.uniform(38.0, 60.0, n)
    tilt = rng.uniform(-12.0, 12.0, n)
    along = _path((-half, depth - tilt), (half * 0.1, depth), (half, depth + tilt), n=n)
    out = [Lines.of(_segments(at, u, v, along), "residential")]
    for share in (-0.55, 0.0, 0.6):
        tie = _path((half * share, -14.0), (half * share, depth + 40.0), n=n)
        out.append(Lines.of(_segments(at, u, v, tie), "service"))
    return out


def _lane_kind(n: int, rng: np.random.Generator) -> Ints:
    kinds = np.array([RANK["service"], RANK["residential"], RANK["footway"]])
    return rng.choice(kinds, n, p=(0.55, 0.33, 0.12))
