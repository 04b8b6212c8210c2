"""How far roads hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lastmile.extracts.roads import Roads


@dataclass(frozen=True, slots=True)
class ComponentFigures:
    """Pieces of the roads, one-ways and access aside."""

    n: int
    largest_km: float
    largest_share: float
    """Of all kilometres; 0 where there are none."""

    n_under_1_km: int


def count_components(roads: Roads, is_road: NDArray[np.bool_]) -> ComponentFigures:
    """Find the pieces in which roads hang together by common nodes.

    Parameters
    ----------
    roads
        Roads and ferries.
    is_road
        Shape (ways,). Which of them count.
    """
    counts = np.repeat(is_road, np.diff(roads.offsets))
    joins = np.flatnonzero(counts & (roads.segment_mm >= 0))
    if not joins.size:
        return ComponentFigures(0, 0.0, 0.0, 0)
    here, there = roads.at[joins], roads.at[joins + 1]
    ones = np.ones(joins.size, dtype=np.int8)
    links = coo_array((ones, (here, there)), shape=(roads.n_nodes, roads.n_nodes))
    _, piece = connected_components(links, directed=False)
    # Nodes of no road are pieces, too; they have no segment.
    segments = np.bincount(piece[here])
    km = np.bincount(piece[here], weights=roads.segment_mm[joins])[segments > 0] / 1e6
    total_km, largest_km = float(km.sum()), float(km.max())
    share = largest_km / total_km if total_km else 0.0
    return ComponentFigures(km.size, round(largest_km, 6), round(share, 4), int((km < 1.0).sum()))
