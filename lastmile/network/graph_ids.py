"""Ids of a graph's nodes and edges as whole numbers, whatever they are in the graph."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable
from typing import Final

import numpy as np

from lastmile.network.drafts import above_zero

_MOST: Final = 2**61
"""Ids above leave no room for those of drafts, and of points along the edges."""

_ID: Final = re.compile(r"[0-9]{1,19}")


def node_numbers(nodes: Collection[Hashable]) -> dict[Hashable, int]:
    """Ids of nodes as numbers: their own where all have such, else by the alphabet.

    Those below 0, of what was never sent to the map, come after all others.

    Parameters
    ----------
    nodes
        Ids as the graph has them, each once.
    """
    try:
        own = {node: int(str(node)) for node in nodes}
    except ValueError:
        own = {}
    if len(set(own.values())) == len(nodes) and all(abs(k) < _MOST for k in own.values()):
        ids = above_zero(np.array(list(own.values()), dtype=np.int64), max((0, *own.values())))
        return dict(zip(own, ids.tolist(), strict=True))
    ordered = sorted(nodes, key=lambda node: (str(type(node)), str(node)))
    return {node: k for k, node in enumerate(ordered, 1)}


def way_id(value: object) -> int:
    """Return the lowest id of an edge's ways; 0 for none.

    Parameters
    ----------
    value
        As the edge states it: one or several. Ids below 0 were never sent to the map, and are none.
    """
    values = value if isinstance(value, list | tuple | set) else [value]
    ids = [int(str(one)) for one in values if _ID.fullmatch(str(one))]
    return min((one for one in ids if one < _MOST), default=0)
