"""Which streets cross water: the important ones, and those without which a quarter is cut off."""

# ruff: noqa: PLR2004 - the proportions of a drawing stand where they are used

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from lastmile.sample.lines import RANK, Edges, Flags, Ints, Lines, joined, node_lines
from lastmile.sample.plane import Floats
from lastmile.sample.water import Waters

_LONGEST_M: Final = 900.0
"""No bridge is longer."""

_SHARE_BRIDGED: Final = {"trunk": 1.0, "primary": 1.0, "secondary": 0.9, "tertiary": 0.6,
                         "unclassified": 0.5, "residential": 0.12}  # fmt: skip
_QUARTER_M: Final = 1500.0
"""Cut-off streets longer than this together always get a bridge."""

_WORTH_A_BRIDGE_M: Final = 400.0
"""Streets on either side that justify a bridge where there is no other way."""


def cut_at_banks(streets: Lines, waters: Waters) -> tuple[Edges, Flags]:
    """Node streets with each other and with the banks.

    Returns
    -------
    tuple
        The edges of streets (no banks), and which of them lie on water.
    """
    banks = shapely.get_parts(shapely.boundary(waters.surface))
    shores = Lines.of(_pieces(np.asarray(banks, dtype=object)), "bank")
    edges = node_lines(joined([streets, shores]))
    edges = edges.take(edges.lines.highway != RANK["bank"])
    middle = shapely.line_interpolate_point(edges.lines.geometry, 0.5, normalized=True)
    wet = np.zeros(len(edges), dtype=bool)
    shapely.prepare(waters.surface)
    wet[shapely.STRtree(waters.surface).query(middle, predicate="within")[0]] = True
    return edges, wet


def _pieces(rings: NDArray[np.object_]) -> NDArray[np.object_]:
    """Rings cut into lines of at most 24 points, so that a search tree can tell them apart."""
    xy, row = shapely.get_coordinates(rings, return_index=True)
    begin = np.searchsorted(row, np.arange(len(rings)))
    piece = (np.arange(len(row)) - begin[row]) // 23
    key = row * (piece.max() + 1) + piece
    # Each piece runs on to the first point of the next, so that the shore has no gaps.
    runs_on = np.flatnonzero((key[1:] != key[:-1]) & (row[1:] == row[:-1])) + 1
    points = np.concatenate((np.arange(len(row)), runs_on))
    owner = np.concatenate((key, key[runs_on - 1]))
    order = np.lexsort((points, owner))
    points, owner = points[order], owner[order]
    _, index, count = np.unique(owner, return_inverse=True, return_counts=True)
    enough = count[index] > 1
    _, index = np.unique(owner[enough], return_inverse=True)
    return np.asarray(shapely.linestrings(xy[points[enough]], indices=index), dtype=object)


def bridged(edges: Edges, wet: Flags, rng: np.random.Generator) -> tuple[Edges, Flags]:
    """Leave out the crossings that have no bridge.

    Parameters
    ----------
    edges
        Streets cut at the banks.
    wet
        Shape (edges,). On water.
    rng
        Decides which minor streets get a bridge.

    Returns
    -------
    tuple
        The streets that remain, and which of them are bridges.
    """
    run = _runs(edges, wet)
    n_runs = int(run.max()) + 1 if wet.any() else 0
    length = edges.length_m()
    first = np.full(n_runs, len(edges) - 1)
    np.minimum.at(first, run[wet], np.flatnonzero(wet))
    last = np.zeros(n_runs, dtype=np.int64)
    np.maximum.at(last, run[wet], np.flatnonzero(wet))
    span = np.bincount(run[wet], weights=length[wet], minlength=n_runs).astype(np.float64)
    rank: Ints = edges.lines.highway[first]
    share = np.zeros(len(RANK))
    for name, value in _SHARE_BRIDGED.items():
        share[RANK[name]] = value
    built = (rng.random(n_runs) < share[rank]) & (span < _LONGEST_M)
    built = _needed(edges, wet, run, built, (edges.start[first], edges.end[last], rank, span))
    keep = ~wet
    keep[wet] = built[run[wet]]
    return edges.take(keep), wet[keep]


def _runs(edges: Edges, wet: Flags) -> Ints:
    """Give wet edges the number of their crossing: neighbours on one line share it."""
    follows = np.r_[
        False, (edges.line[1:] == edges.line[:-1]) & (edges.end[:-1] == edges.start[1:])
    ]
    opens = wet & ~(follows & np.r_[False, wet[:-1]])
    return np.asarray(np.cumsum(opens) - 1, dtype=np.int64)


def _needed(
    edges: Edges, wet: Flags, run: Ints, built: Flags, crossing: tuple[Ints, Ints, Ints, Floats]
) -> Flags:
    """Add the crossings that alone tie quarters together, the important and short ones first."""
    start, end, rank, span = crossing
    keep = ~wet
    keep[wet] = built[run[wet]]
    part = components(edges.take(keep))
    size = np.bincount(
        part[edges.start[keep]], weights=edges.length_m()[keep], minlength=part.max() + 1
    )
    parent = np.arange(len(size))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = int(parent[k])
        return k

    built = built.copy()
    for k in np.lexsort((span, rank, span > 200.0)):
        if built[k] or span[k] > _LONGEST_M:
            continue
        a, b = root(int(part[start[k]])), root(int(part[end[k]]))
        if a != b and min(size[a], size[b]) > _WORTH_A_BRIDGE_M:
            built[k] = True
            parent[b] = a
            size[a] += size[b]
    return built


def components(edges: Edges) -> Ints:
    """Component number of every node. Shape (nodes,)."""
    n = len(edges.node_xy)
    graph = coo_array((np.ones(len(edges), dtype=np.int8), (edges.start, edges.end)), shape=(n, n))
    return np.asarray(connected_components(graph.tocsr(), directed=False)[1], dtype=np.int64)


def tied(edges: Edges, bridge: Flags) -> tuple[Edges, Flags]:
    """Tie quarters without any way out to the main component by one new bridge each.

    Parameters
    ----------
    edges
        Streets after the crossings without a bridge were left out.
    bridge
        Shape (edges,).

    Returns
    -------
    tuple
        The streets with the new bridges last, and which of all are bridges.
    """
    part = components(edges)
    size = np.bincount(part[edges.start], weights=edges.length_m(), minlength=part.max() + 1)
    dry = np.zeros(len(part), dtype=bool)
    dry[np.concatenate((edges.start[~bridge], edges.end[~bridge]))] = True
    main = int(size.argmax())
    starts, ends = [], []
    joined_parts = part == main
    for k in np.lexsort((np.arange(len(size)), -size)):
        if k == main or size[k] < _QUARTER_M:
            continue
        there, here = np.flatnonzero(joined_parts & dry), np.flatnonzero((part == k) & dry)
        gap, nearest = cKDTree(edges.node_xy[there]).query(edges.node_xy[here])
        best = int(gap.argmin())
        if gap[best] < _LONGEST_M:
            starts.append(here[best])
            ends.append(there[nearest[best]])
            joined_parts |= part == k
    if not starts:
        return edges, bridge
    a, b = np.array(starts), np.array(ends)
    ways = shapely.linestrings(np.stack((edges.node_xy[a], edges.node_xy[b]), axis=1))
    more = Lines.of(np.asarray(ways, dtype=object), "tertiary")
    everything = Edges(
        joined([edges.lines, more]), np.r_[edges.line, np.full(len(a), -1)],
        np.r_[edges.start, a], np.r_[edges.end, b], edges.node_xy,
    )  # fmt: skip
    return everything, np.r_[bridge, np.ones(len(a), dtype=bool)]


def without_islands(edges: Edges, tolerated: float = 0.004) -> Edges:
    """Keep the main component and, as real maps have them, a few of the smallest islands.

    Parameters
    ----------
    edges
        All streets.
    tolerated
        Share of the length that may lie on islands.
    """
    part = components(edges)[edges.start]
    length = edges.length_m()
    size = np.bincount(part, weights=length)
    order = np.argsort(size, kind="stable")
    order = order[size[order] > 0.0]
    total = np.cumsum(size[order])
    stays = np.zeros(len(size), dtype=bool)
    stays[order[(total < tolerated * length.sum()) & (size[order] > 90.0)]] = True
    stays[order[-1]] = True
    return edges.take(stays[part])
