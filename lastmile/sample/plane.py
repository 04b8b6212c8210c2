"""The sample's drawing plane, and the smooth noise that keeps it from being a lattice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WAVES: Final = ((5200.0, 150.0), (2300.0, 70.0), (900.0, 24.0), (330.0, 6.0))
"""Wavelength and amplitude in metres. Slopes stay below one, so the plane never folds."""

_UNBENT_M: Final = 1e-4

_DECIMALS: Final = 7
"""Decimals of a degree kept: one centimetre, the resolution of OpenStreetMap."""


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """A gentle bending of the plane: streets are drawn straight, then bent together.

    Bending everything by one continuous map keeps every junction a junction.
    """

    wave: Floats
    """Shape (waves, 2). Wave vectors, radians per metre."""

    phase: Floats
    """Shape (waves, 2). Phases of the x and y displacement."""

    amplitude_m: Floats
    """Shape (waves,)."""

    @classmethod
    def seeded(cls, seed: int, per_scale: int = 5) -> Warp:
        """Draw the waves of every scale from a seed."""
        rng = np.random.default_rng((seed, 11))
        wave, phase, amplitude = [], [], []
        for length_m, height_m in _WAVES:
            bearing = rng.uniform(0.0, 2.0 * np.pi, per_scale)
            k = 2.0 * np.pi / (length_m * rng.uniform(0.8, 1.3, per_scale))
            wave.append(np.column_stack((np.cos(bearing), np.sin(bearing))) * k[:, None])
            phase.append(rng.uniform(0.0, 2.0 * np.pi, (per_scale, 2)))
            amplitude.append(np.full(per_scale, height_m / np.sqrt(per_scale)))
        return cls(np.concatenate(wave), np.concatenate(phase), np.concatenate(amplitude))

    def __call__(self, xy: Floats) -> Floats:
        """Bend points. Shape (points, 2), metres, in and out."""
        moved = xy.copy()
        for wave, phase, amplitude in zip(self.wave, self.phase, self.amplitude_m, strict=True):
            along = xy @ wave
            moved[:, 0] += amplitude * np.sin(along + phase[0])
            moved[:, 1] += amplitude * np.sin(along + phase[1])
        return moved

    def unbend(self, xy: Floats) -> Floats:
        """Points that bending takes to ``xy``, to a millimetre. Shape (points, 2)."""
        guess = xy.copy()
        for _ in range(500):
            missed = xy - self(guess)
            guess += missed
            if np.abs(missed).max() < _UNBENT_M:
                break
        return guess


def to_plane(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Geometries in degrees to EPSG:4549 metres, 3° Gauss-Krüger around 120° E."""
    return np.asarray(shapely.transform(geometry, _transformer(4326, 4549)), dtype=object)


def to_degrees(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Geometries in EPSG:4549 metres to WGS84 degrees."""
    return np.asarray(shapely.transform(geometry, _transformer(4549, 4326)), dtype=object)


def plane_xy(lon_lat: Floats) -> Floats:
    """Points in degrees to metres. Shape (points, 2)."""
    return _transformer(4326, 4549)(lon_lat)


def degrees_xy(xy: Floats) -> Floats:
    """Points in metres to degrees, rounded to 1 cm. Shape (points, 2)."""
    return np.round(_transformer(4549, 4326)(xy), _DECIMALS)


def _transformer(source: int, target: int) -> Callable[[Floats], Floats]:
    convert = pyproj.Transformer.from_crs(source, target, always_xy=True)

    def apply(points: Floats) -> Floats:
        x, y = convert.transform(points[:, 0], points[:, 1])
        return np.column_stack((x, y))

    return apply
