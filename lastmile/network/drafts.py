"""Ids below 0: what was drawn in an editor and never sent to the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import numpy as np
import osmium
from numpy.typing import NDArray

Spot = tuple[int, int]
"""Longitude and latitude in whole 1e-7 degrees."""


def above_zero(ids: NDArray[np.int64], top: int) -> NDArray[np.int64]:
    """Move ids below 0 above all others: below 0 stand arms of closed barriers and joined gaps.

    Parameters
    ----------
    ids
        Shape (nodes,) or (ways,).
    top
        The highest id there is, 0 at least.

    Examples
    --------
    >>> above_zero(np.array([-2, 7, 0, -1]), 9).tolist()
    [11, 7, 0, 10]
    """
    moved: NDArray[np.int64] = np.where(ids < 0, top - ids, ids)
    return moved


def draft_places(file: Path) -> Mapping[int, Spot]:
    """Find the nodes with ids below 0, whose places osmium does not keep for the ways.

    Parameters
    ----------
    file
        An OpenStreetMap file that was read to its end before. All of it is looked through; files
        with drafts are small.
    """
    nodes = cast("Iterable[osmium.osm.Node]", osmium.FileProcessor(str(file), osmium.osm.NODE))
    return {node.id: (node.location.x, node.location.y) for node in nodes if node.id < 0}
