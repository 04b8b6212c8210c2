"""Spots at which the people of a unit may live, and how likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Weighted points, each in one unit."""

    owner: NDArray[np.int64]
    """Shape (spots,). Position of the unit."""

    points: NDArray[np.object_]
    """Shape (spots,). EPSG:4326."""

    weight: Floats
    """Shape (spots,). At least 0; only ratios inside a unit matter."""

    def take(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Spots:
        """Keep some of the spots."""
        return Spots(self.owner[keep], self.points[keep], self.weight[keep])

    def inside(self, outlines: NDArray[np.object_]) -> Spots:
        """Keep spots of weight that lie well inside their unit.

        A point on the border must not count for the neighbour: each unit keeps its own total.
        """
        shapely.prepare(outlines)
        within = shapely.contains_properly(outlines[self.owner], self.points)
        return self.take(within & (self.weight > 0.0))


def together(parts: Sequence[Spots]) -> Spots:
    """Put spots of several kinds side by side, those of each unit in a row."""
    nobody = Spots(np.empty(0, np.int64), np.empty(0, object), np.empty(0))
    parts = [nobody, *parts]
    owner = np.concatenate([part.owner for part in parts])
    points = np.concatenate([part.points for part in parts])
    weight = np.concatenate([part.weight for part in parts])
    return Spots(owner, points, weight).take(np.argsort(owner, kind="stable"))
