"""Geometry and columns as short text: varints in base64, which the page decodes itself.

Whole numbers are written seven bits at a time, smallest first; signed ones are zigzagged and
stored as differences. A prefecture's roads shrink to a fifth of their GeoJSON this way.
"""

from __future__ import annotations

import base64
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

DEGREE_STEPS: Final = 100_000
"""Steps per degree of a coded coordinate: 1e-5 degrees, 1.1 m at most."""

_MORTON_BITS: Final = 24
"""Bits per axis of the drawing order: cells of 2.4 m at the equator."""


def encode_counts(values: NDArray[np.integer]) -> str:
    """Write whole numbers, none negative.

    Parameters
    ----------
    values
        Shape (n,). Zero or more each.

    Examples
    --------
    >>> encode_counts(np.array([0, 1, 300]))
    'AAGsAg=='
    """
    return base64.b64encode(_varints(values.astype(np.uint64))).decode("ascii")


def encode_signed(values: NDArray[np.integer]) -> str:
    """Write whole numbers as differences, each from the one before (the first from zero).

    Parameters
    ----------
    values
        Shape (n,). Any sign.
    """
    return base64.b64encode(_varints(_zigzag(np.diff(values, prepend=0)))).decode("ascii")


def encode_points(lon_lat_deg: NDArray[np.float64]) -> str:
    """Write points as alternating differences of longitude and latitude.

    Parameters
    ----------
    lon_lat_deg
        Shape (points, 2). WGS84 degrees; rounded to ``DEGREE_STEPS``.
    """
    steps = quantise(lon_lat_deg)
    deltas = np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return base64.b64encode(_varints(_zigzag(deltas.ravel()))).decode("ascii")


def quantise(lon_lat_deg: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round degrees to whole steps. Any shape."""
    return np.rint(lon_lat_deg * DEGREE_STEPS).astype(np.int64)


def encode_lines(lines: NDArray[np.object_]) -> tuple[dict[str, str], NDArray[np.intp]]:
    """Write lines or rings: their vertex counts, and all vertices in one run.

    Parameters
    ----------
    lines
        Shape (lines,). LineStrings or LinearRings in EPSG:4326.

    Returns
    -------
    tuple
        ``{"n": counts, "xy": vertices}`` as text, and the positions of the lines that were
        kept: a line that rounds to a single point is left out.
    """
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    steps = quantise(coordinates)
    fresh = np.ones(len(steps), dtype=bool)
    fresh[1:] = (np.diff(steps, axis=0) != 0).any(axis=1) | (np.diff(line) != 0)
    counts = np.bincount(line[fresh], minlength=len(lines))
    fresh &= counts[line] > 1
    kept = np.flatnonzero(counts > 1)
    text = {
        "n": encode_counts(counts[kept]),
        "xy": encode_points(steps[fresh] / DEGREE_STEPS),
    }
    return text, kept


def drawing_order(lon_lat_deg: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order points along a Z-curve over the web map's square.

    Every map tile, and every smaller cell of 2^-k of the world, is then one run of points, so
    that the page aggregates them by zoom in a single pass.

    Parameters
    ----------
    lon_lat_deg
        Shape (points, 2). WGS84 degrees.

    Returns
    -------
    NDArray[np.intp]
        Shape (points,). A stable order.
    """
    # The page sees rounded coordinates; the cells must be those of the same points.
    lon, lat = (quantise(lon_lat_deg) / DEGREE_STEPS).T
    x = lon / 360.0 + 0.5
    y = 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2.0 * np.pi)
    top = 2**_MORTON_BITS - 1
    cells = [np.clip(v * 2**_MORTON_BITS, 0, top).astype(np.uint64) for v in (x, y)]
    return np.argsort(_spread(cells[0]) | (_spread(cells[1]) << np.uint64(1)), kind="stable")


def _spread(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put a zero between every two of the lower 32 bits."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits


def _zigzag(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Fold signs into the lowest bit: 0, -1, 1, -2 become 0, 1, 2, 3."""
    wide = values.astype(np.int64)
    return ((wide << 1) ^ (wide >> 63)).astype(np.uint64)


def _varints(values: NDArray[np.uint64]) -> bytes:
    n_bytes = np.ones(values.shape, dtype=np.int64)
    rest = values >> np.uint64(7)
    while rest.any():
        n_bytes += rest > 0
        rest = rest >> np.uint64(7)
    first = np.cumsum(n_bytes) - n_bytes
    out = np.zeros(int(n_bytes.sum()), dtype=np.uint8)
    for k in range(int(n_bytes.max(initial=0))):
        mine = n_bytes > k
        more = np.where(n_bytes[mine] > k + 1, 128, 0)
        low = (values[mine] >> np.uint64(7 * k)) & np.uint64(127)
        out[first[mine] + k] = low.astype(np.uint8) | more.astype(np.uint8)
    return out.tobytes()
