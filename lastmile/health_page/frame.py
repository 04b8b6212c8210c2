"""The sheet of the map: where a place in degrees stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.health import Ground

WIDTH: Final = 1000.0
"""Units of the drawing across; a unit is about a pixel on a screen."""

_TALLEST: Final = 1100.0
_MARGIN: Final = 0.03
_KM_PER_DEGREE: Final = 111.32
_NICE: Final = (1, 2, 5)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """A plain cylindrical sheet, true to scale at its middle latitude."""

    west: float
    north: float
    per_degree: float
    """Drawing units per degree of latitude."""

    squeeze: float
    """Cosine of the middle latitude: how much shorter a degree of longitude is."""

    width: float
    height: float

    def xy(self, lon: Floats, lat: Floats) -> Floats:
        """Place degrees on the sheet. Shape (places, 2), in drawing units, down and right."""
        x = (lon - self.west) * self.squeeze * self.per_degree
        return np.column_stack((x, (self.north - lat) * self.per_degree))

    def flat(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Bring geometry in degrees onto the sheet."""
        made: NDArray[np.object_] = shapely.transform(
            geometry, lambda xy: self.xy(xy[:, 0], xy[:, 1])
        )
        return made

    @property
    def scale_bar(self) -> tuple[float, float]:
        """Kilometres of a round bar of at most a quarter of the width, and its drawing units."""
        most = self.width / 4.0 / self.per_degree * _KM_PER_DEGREE
        power = 10.0 ** np.floor(np.log10(most))
        km = max(step * power for step in _NICE if step * power <= most)
        return float(km), float(km / _KM_PER_DEGREE * self.per_degree)


def frame_of(ground: Ground) -> Frame | None:
    """Fit a sheet around the units, else around the roads; None where neither is there."""
    for layer in (ground.units, ground.roads):
        bounds = _bounds(layer)
        if bounds is not None:
            return _fitted(*bounds)
    return None


def _bounds(layer: gpd.GeoDataFrame | None) -> tuple[float, float, float, float] | None:
    if layer is None or layer.empty:
        return None
    west, south, east, north = (float(edge) for edge in layer.total_bounds)
    return (west, south, east, north) if np.isfinite([west, south, east, north]).all() else None


def _fitted(west: float, south: float, east: float, north: float) -> Frame:
    squeeze = max(0.02, float(np.cos(np.radians((south + north) / 2.0))))
    margin = max(1e-3, _MARGIN * max((east - west) * squeeze, north - south))
    across = (east - west) * squeeze + 2.0 * margin
    down = north - south + 2.0 * margin
    per_degree = min(WIDTH / across, _TALLEST / down)
    return Frame(
        west=west - margin / squeeze,
        north=north + margin,
        per_degree=per_degree,
        squeeze=squeeze,
        width=across * per_degree,
        height=down * per_degree,
    )
