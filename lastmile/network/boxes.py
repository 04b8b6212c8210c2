"""Coordinates as files count them: whole 1e-7 degrees, and boxes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.roads import Bounds

PER_DEGREE: Final = 10_000_000

Box = tuple[int, int, int, int]
"""West, south, east, north, in whole 1e-7 degrees."""

# What roads' nodes say that no profile asks for, and what most of them are.
_DULL: Final = frozenset(("crossing", "street_lamp", "bus_stop", "turning_circle"))


def whole_box(bounds: Bounds | None) -> Box | None:
    """Return bounds in whole 1e-7 degrees."""
    if bounds is None:
        return None
    west, south, east, north = (round(degrees * PER_DEGREE) for degrees in bounds)
    return west, south, east, north


def on_globe(x: NDArray[np.integer], y: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell which coordinates, in whole 1e-7 degrees, are those of a place."""
    # No np.abs: the lowest number of 32 bits has no opposite.
    most_x, most_y = 180 * PER_DEGREE, 90 * PER_DEGREE
    return (x >= -most_x) & (x <= most_x) & (y >= -most_y) & (y <= most_y)


def has_a_say(tags: Mapping[str, str]) -> bool:
    """Tell whether a node with a barrier or highway tag says what a profile may ask for.

    Parameters
    ----------
    tags
        Of the node.
    """
    return bool(tags.get("barrier")) or tags.get("highway") not in _DULL
