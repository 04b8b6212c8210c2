"""A small drawing of one route, as SVG: the line, the depot, the stops by number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

WIDTH: Final = 720.0
_LEAST_HEIGHT, _MOST_HEIGHT = 220.0, 440.0
"""A sheet of paper has room for a tall route, but stops belong on it, too."""

_MARGIN: Final = 26.0
_STOP_RADIUS: Final = 9.0
_M_PER_DEGREE: Final = 111_320.0
"""Metres per degree of latitude, near enough for a sketch."""

_SMALLEST_EXTENT_M: Final = 200.0
_SIMPLIFIED_TO_PX: Final = 0.4
_ROUND_STEPS: Final = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where degrees come to lie in the drawing."""

    west: float
    north: float
    squeeze: float
    """Length of a degree of longitude relative to one of latitude."""

    px_per_m: float
    height_px: float
    left_px: float
    top_px: float

    def place(self, lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn degrees, shape (n, 2), into pixels, y downwards."""
        px_per_degree = self.px_per_m * _M_PER_DEGREE
        x = (lon_lat[:, 0] - self.west) * self.squeeze * px_per_degree + self.left_px
        y = (self.north - lon_lat[:, 1]) * px_per_degree + self.top_px
        return np.column_stack([x, y])


def strip_map(line: LineString | None, depot: Point | None, stops: list[Point], title: str) -> str:
    """Draw a route.

    Parameters
    ----------
    line
        The route's geometry (lon, lat), perhaps empty or None.
    depot
        Point of the depot, or None.
    stops
        Points in driving order; they are numbered from 1.
    title
        What the drawing shows, in words, already escaped for HTML.

    Returns
    -------
    str
        An ``<svg>`` element; '' where there is nothing to draw.
    """
    parts = [shapely.get_coordinates(part) for part in _parts(line)]
    marks = shapely.get_coordinates(np.array([point for point in stops if _is_point(point)]))
    start = shapely.get_coordinates(depot) if _is_point(depot) else np.empty((0, 2))
    everything = np.vstack([*parts, marks.reshape(-1, 2), start])
    if not len(everything):
        return ""
    frame = _frame(everything)
    drawn = [
        (
            f'<svg class="strip" viewBox="0 0 {WIDTH:g} {frame.height_px:.0f}" role="img" '
            f'aria-label="{title}"><title>{title}</title>'
        ),
        f'<rect width="{WIDTH:g}" height="{frame.height_px:.0f}" fill="#f7f7f5"/>',
    ]
    drawn += [_polyline(frame.place(part)) for part in parts]
    drawn += _depot_mark(frame.place(start))
    numbers = [k for k, point in enumerate(stops, 1) if _is_point(point)]
    drawn += _stop_marks(frame.place(marks.reshape(-1, 2)), numbers)
    drawn += [_scale_bar(frame), _north_arrow(), "</svg>"]
    return "".join(drawn)


def _is_point(shape: BaseGeometry | None) -> bool:
    return shape is not None and shape.geom_type == "Point" and not shape.is_empty


def _parts(line: BaseGeometry | None) -> list[LineString]:
    if line is None or line.is_empty:
        return []
    return [part for part in shapely.get_parts(line) if part.geom_type == "LineString"]


def _frame(lon_lat: NDArray[np.float64]) -> _Frame:
    west, south = lon_lat.min(axis=0)
    east, north = lon_lat.max(axis=0)
    squeeze = math.cos(math.radians((south + north) / 2))
    wide_m = (east - west) * squeeze * _M_PER_DEGREE
    high_m = (north - south) * _M_PER_DEGREE
    room_x = WIDTH - 2 * _MARGIN
    wanted_y = room_x * high_m / wide_m if wide_m > 0 else _MOST_HEIGHT
    height = min(max(wanted_y + 2 * _MARGIN, _LEAST_HEIGHT), _MOST_HEIGHT)
    px_per_m = min(
        room_x / max(wide_m, _SMALLEST_EXTENT_M),
        (height - 2 * _MARGIN) / max(high_m, _SMALLEST_EXTENT_M),
    )
    left, top = (WIDTH - wide_m * px_per_m) / 2, (height - high_m * px_per_m) / 2
    return _Frame(west, north, squeeze, px_per_m, height, left, top)


def _polyline(xy: NDArray[np.float64]) -> str:
    thinned = shapely.LineString(xy).simplify(_SIMPLIFIED_TO_PX) if len(xy) > 1 else None
    points = shapely.get_coordinates(thinned) if thinned is not None else xy
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="#1f4e79" stroke-width="2.5" '
        'stroke-linejoin="round" stroke-linecap="round" stroke-opacity="0.85"/>'
    )


def _depot_mark(xy: NDArray[np.float64]) -> list[str]:
    return [
        f'<rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" fill="#222" stroke="#fff" '
        'stroke-width="1.5"/>'
        for x, y in xy
    ]


def _stop_marks(xy: NDArray[np.float64], numbers: list[int]) -> list[str]:
    """Draw numbered circles; stops that would hide each other share one, listing all numbers."""
    groups: list[tuple[float, float, list[int]]] = []
    for (x, y), number in zip(xy.tolist(), numbers, strict=True):
        for gx, gy, members in groups:
            if math.hypot(gx - x, gy - y) < 2 * _STOP_RADIUS:
                members.append(number)
                break
        else:
            groups.append((x, y, [number]))
    drawn = []
    for x, y, members in groups:
        label = ",".join(map(str, members))
        half = max(_STOP_RADIUS, 3.2 * len(label) + 3)
        drawn.append(
            f'<rect x="{x - half:.1f}" y="{y - _STOP_RADIUS:.1f}" width="{2 * half:.1f}" '
            f'height="{2 * _STOP_RADIUS:g}" rx="{_STOP_RADIUS:g}" fill="#d95f02" stroke="#fff" '
            f'stroke-width="1.5"/><text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" '
            f'font-size="11" font-weight="bold" fill="#fff">{label}</text>'
        )
    return drawn


def _scale_bar(frame: _Frame) -> str:
    wanted_m = 120 / frame.px_per_m
    power = 10.0 ** math.floor(math.log10(wanted_m))
    length_m = max(step * power for step in _ROUND_STEPS if step * power <= wanted_m)
    label = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"  # noqa: PLR2004 - m per km
    length, y = length_m * frame.px_per_m, frame.height_px - 10
    return (
        f'<path d="M12 {y - 5:g}V{y:g}H{12 + length:.1f}V{y - 5:g}" fill="none" stroke="#333"/>'
        f'<text x="{16 + length:.1f}" y="{y:g}" font-size="11" fill="#333">{label}</text>'
    )


def _north_arrow() -> str:
    x = WIDTH - 18
    return (
        f'<path d="M{x:g} 8L{x + 6:g} 26L{x:g} 21L{x - 6:g} 26Z" fill="#333"/>'
        f'<text x="{x:g}" y="38" text-anchor="middle" font-size="11" fill="#333">N</text>'
    )
