"""Rivers, canals and lakes that streets cross only on bridges.

Courses of the named waters follow the real ones to about a kilometre, drawn from general
knowledge; the small streams between them are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay
from shapely.geometry.base import BaseGeometry

from lastmile.sample.plane import Floats, plane_xy

_RIVERS: Final[dict[str, tuple[float, tuple[tuple[float, float], ...]]]] = {
    "大运河": (46.0, ((119.66, 31.905), (119.74, 31.872), (119.81, 31.846), (119.862, 31.82),
        (119.90, 31.803), (119.93, 31.7885), (119.945, 31.779), (119.965, 31.772),
        (119.99, 31.763), (120.02, 31.750), (120.055, 31.726), (120.10, 31.697), (120.20, 31.66))),
    "大运河改线段": (80.0, ((119.895, 31.804), (119.902, 31.776), (119.915, 31.755),
        (119.95, 31.746), (119.99, 31.741), (120.03, 31.742))),
    "德胜河": (40.0, ((119.925, 32.00), (119.905, 31.94), (119.878, 31.88), (119.868, 31.818))),
    "澡港河": (36.0, ((119.985, 31.98), (119.965, 31.91), (119.955, 31.84), (119.952, 31.80),
        (119.955, 31.777))),
    "关河": (26.0, ((119.922, 31.791), (119.938, 31.793), (119.962, 31.790), (119.976, 31.780),
        (119.978, 31.768))),
    "北塘河": (34.0, ((119.972, 31.785), (120.00, 31.80), (120.04, 31.818), (120.09, 31.835),
        (120.18, 31.85))),
    "新孟河": (70.0, ((119.80, 32.06), (119.795, 31.95), (119.785, 31.85), (119.765, 31.75),
        (119.775, 31.68))),
    "武宜运河": (44.0, ((119.938, 31.747), (119.925, 31.69), (119.905, 31.62), (119.885, 31.55),
        (119.87, 31.46))),
    "采菱港": (30.0, ((119.985, 31.742), (119.975, 31.70), (119.955, 31.65), (119.945, 31.61))),
    "太滆运河": (36.0, ((119.83, 31.56), (119.90, 31.545), (119.98, 31.515), (120.04, 31.495))),
    "丹金溧漕河": (50.0, ((119.60, 31.92), (119.585, 31.83), (119.575, 31.75), (119.565, 31.69),
        (119.535, 31.60), (119.505, 31.52), (119.49, 31.43))),
    "胥河": (40.0, ((119.13, 31.36), (119.24, 31.37), (119.33, 31.43), (119.41, 31.435),
        (119.49, 31.43), (119.56, 31.44), (119.64, 31.43))),
    "夏溪河": (30.0, ((119.57, 31.73), (119.64, 31.72), (119.72, 31.70), (119.78, 31.685))),
}  # fmt: skip
"""Name: width in metres and course in WGS84 degrees."""

_LAKES: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "滆湖": ((119.775, 31.695), (119.815, 31.70), (119.845, 31.665), (119.855, 31.60),
        (119.845, 31.54), (119.815, 31.505), (119.785, 31.52), (119.77, 31.57), (119.765, 31.64)),
    "长荡湖": ((119.545, 31.675), (119.585, 31.665), (119.60, 31.62), (119.595, 31.57),
        (119.565, 31.54), (119.535, 31.56), (119.525, 31.62)),
    "太湖": ((120.02, 31.30), (120.03, 31.40), (120.045, 31.465), (120.09, 31.485),
        (120.14, 31.495), (120.165, 31.475), (120.23, 31.475), (120.23, 31.30)),
    "沙河水库": ((119.425, 31.315), (119.445, 31.315), (119.45, 31.285), (119.44, 31.245),
        (119.425, 31.25), (119.42, 31.285)),
    "大溪水库": ((119.365, 31.315), (119.395, 31.31), (119.39, 31.275), (119.375, 31.265)),
    "长江": ((119.83, 32.075), (119.87, 32.025), (119.92, 31.998), (119.97, 31.962),
        (120.02, 31.935), (120.06, 32.02), (119.95, 32.10)),
}  # fmt: skip

_STREAM_SPACING_M: Final = 2100.0
_STREAM_WIDTH_M: Final = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class Waters:
    """All water in the drawing plane before bending."""

    course: NDArray[np.object_]
    """Shape (waters,). Centre line of a river, shore line of a lake."""

    surface: NDArray[np.object_]
    """Shape (waters,). Polygons."""

    name: tuple[str, ...]
    """'' for invented streams."""

    is_lake: NDArray[np.bool_]
    """Shape (waters,)."""

    @property
    def n_named(self) -> int:
        """Named waters come first; the invented streams follow."""
        return sum(bool(name) for name in self.name)

    def lakes(self) -> BaseGeometry:
        """All lakes together."""
        return shapely.union_all(self.surface[self.is_lake])


def draw_waters(area: BaseGeometry, built_up: BaseGeometry, seed: int) -> Waters:
    """Lay out the waters that touch the area.

    Parameters
    ----------
    area
        Planning area, drawing plane.
    built_up
        Urban ground, where small streams have been filled in.
    seed
        Seed of the invented streams.
    """
    lakes = list(lake_surfaces())
    rivers = [shapely.LineString(_rounded(plane_xy(np.array(c)))) for _, c in _RIVERS.values()]
    streams = list(_streams(area, built_up, shapely.union_all(lakes), seed))
    course = np.array([shapely.boundary(g) for g in lakes] + rivers + streams, dtype=object)
    surface = np.array(
        lakes
        + [shapely.buffer(line, width / 2.0)
           for line, (width, _) in zip(rivers, _RIVERS.values(), strict=True)]
        + [shapely.buffer(line, _STREAM_WIDTH_M / 2.0) for line in streams],
        dtype=object,
    )  # fmt: skip
    names = (*_LAKES, *_RIVERS, *([""] * len(streams)))
    is_lake = np.arange(len(names)) < len(lakes)
    near = shapely.intersects(surface, area)
    kept = tuple(name for name, keep in zip(names, near, strict=True) if keep)
    return Waters(course[near], surface[near], kept, is_lake[near])


def lake_surfaces() -> NDArray[np.object_]:
    """Lakes and the Yangtze in the drawing plane before bending. Shape (lakes,)."""
    rims = [shapely.Polygon(plane_xy(np.array(rim))) for rim in _LAKES.values()]
    return np.array([rim.buffer(500.0).buffer(-500.0) for rim in rims], dtype=object)


def _rounded(xy: Floats) -> Floats:
    """Cut the corners of a course twice (Chaikin), so that it bends like a river."""
    for _ in range(2):
        a, b = xy[:-1], xy[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
        xy = np.concatenate((xy[:1], cut, xy[-1:]))
    return xy


def _streams(
    area: BaseGeometry, built_up: BaseGeometry, lakes: BaseGeometry, seed: int
) -> NDArray[np.object_]:
    """Small streams of the plain: a thinned, bent triangulation of scattered points."""
    rng = np.random.default_rng((seed, 31))
    west, south, east, north = area.bounds
    step = _STREAM_SPACING_M
    # A grid tied to the plane's origin, so that it does not shift with the extent.
    x, y = np.meshgrid(
        np.arange(west // step, east // step + 2), np.arange(south // step, north // step + 2)
    )
    xy = np.column_stack((x.ravel(), y.ravel())) * step
    xy = xy + rng.uniform(-0.42 * step, 0.42 * step, xy.shape)
    triangles = Delaunay(xy).simplices
    ends = np.sort(np.concatenate((triangles[:, :2], triangles[:, 1:], triangles[:, ::2])), axis=1)
    ends = np.unique(ends, axis=0)
    a, b = xy[ends[:, 0]], xy[ends[:, 1]]
    length = np.hypot(*(b - a).T)
    middle = (a + b) / 2.0
    filled = shapely.contains_xy(built_up, middle)
    keep = (rng.random(len(ends)) < np.where(filled, 0.12, 0.42)) & (length < 1.8 * step)
    keep &= shapely.contains_xy(area, middle) & ~shapely.contains_xy(lakes, middle)
    a, b, middle = a[keep], b[keep], middle[keep]
    across = np.column_stack((a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]))
    bend = rng.uniform(-0.16, 0.16, (len(a), 2))
    first = a + (b - a) / 3.0 + across * bend[:, :1]
    second = a + (b - a) * (2.0 / 3.0) + across * bend[:, 1:]
    return np.array(shapely.linestrings(np.stack((a, first, second, b), axis=1)), dtype=object)
