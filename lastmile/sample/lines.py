"""Lines that are to become streets, and the noding that turns them into a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.sample.plane import Floats

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HIGHWAYS: Final = (
    "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "pedestrian", "service", "footway", "motorway", "motorway_link", "bank",
)  # fmt: skip
"""Ranks of streets, most important first; the last is no street but a shore that cuts streets."""

RANK: Final = {name: rank for rank, name in enumerate(HIGHWAYS)}

_SAME_PLACE_M: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines with what is known of them, index-aligned."""

    geometry: NDArray[np.object_]
    """Shape (lines,). LineStrings, metres."""

    highway: Ints
    """Shape (lines,). Positions in ``HIGHWAYS``."""

    name: Ints
    """Shape (lines,). Number of the street's name, -1 for none."""

    oneway: Flags
    """Shape (lines,). Whether traffic runs along the line only."""

    @classmethod
    def of(
        cls, geometry: NDArray[np.object_], highway: str | Ints, name: Ints | None = None
    ) -> Lines:
        """Two-way lines, of one class or one class each, unnamed unless numbered."""
        n = len(geometry)
        ranks = np.full(n, RANK[highway]) if isinstance(highway, str) else highway
        return cls(geometry, ranks, np.full(n, -1) if name is None else name, np.zeros(n, bool))

    def __len__(self) -> int:
        return len(self.geometry)

    def take(self, rows: Ints | Flags) -> Lines:
        """Pick the lines at some positions."""
        return Lines(self.geometry[rows], self.highway[rows], self.name[rows], self.oneway[rows])


def joined(parts: Sequence[Lines]) -> Lines:
    """All lines of several sets, in order."""
    return Lines(
        np.concatenate([p.geometry for p in parts]),
        np.concatenate([p.highway for p in parts]).astype(np.int64),
        np.concatenate([p.name for p in parts]).astype(np.int64),
        np.concatenate([p.oneway for p in parts]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pieces of lines between junctions, in the order of their lines."""

    lines: Lines
    """One per edge."""

    line: Ints
    """Shape (edges,). The line each was cut from."""

    start: Ints
    """Shape (edges,). Node number."""

    end: Ints
    node_xy: Floats
    """Shape (nodes, 2)."""

    def __len__(self) -> int:
        return len(self.line)

    def take(self, rows: Flags) -> Edges:
        """Pick some of the edges, over the same nodes."""
        return replace(
            self, lines=self.lines.take(rows), line=self.line[rows], start=self.start[rows],
            end=self.end[rows],
        )  # fmt: skip

    def length_m(self) -> Floats:
        """Shape (edges,)."""
        return np.asarray(shapely.length(self.lines.geometry), dtype=np.float64)

    def degree(self) -> Ints:
        """Shape (nodes,). Edge ends at each node."""
        ends = np.concatenate((self.start, self.end))
        return np.bincount(ends, minlength=len(self.node_xy))


def node_lines(lines: Lines) -> Edges:
    """Cut lines wherever two of them meet.

    Both lines get the very same point, rounded to a centimetre, so that the graph is closed
    without any tolerance afterwards. A line crossing itself is not cut.

    Parameters
    ----------
    lines
        LineStrings of at least two different points.
    """
    owner, xy, along, is_cut = _stations(lines.geometry)
    first = np.r_[True, owner[1:] != owner[:-1]]
    last = np.r_[first[1:], True]
    breaks = is_cut | first | last
    # Station k starts an edge if it is a break but not the last of its line.
    opens = breaks & ~last
    edge_of_start = np.cumsum(opens) - 1
    # A break in the middle of a line belongs to two edges: to one as its end.
    closes = breaks & ~first
    inner = ~first & ~closes
    rows = np.concatenate((np.flatnonzero(opens | inner), np.flatnonzero(closes)))
    edge = np.concatenate((edge_of_start[opens | inner],
                           _edge_ending(edge_of_start, opens, closes)))  # fmt: skip
    order = np.lexsort((rows, edge))
    rows, edge = rows[order], edge[order]
    geometry = np.asarray(shapely.linestrings(xy[rows], indices=edge), dtype=object)
    line = owner[opens]
    key, node_of = np.unique(
        np.round(xy[breaks] * 100.0).astype(np.int64), axis=0, return_inverse=True
    )
    node = np.full(len(xy), -1)
    node[breaks] = node_of.ravel()
    del along
    return Edges(
        replace(lines.take(line), geometry=geometry), line, node[opens], node[closes], key / 100.0
    )


def _edge_ending(edge_of_start: Ints, opens: Flags, closes: Flags) -> Ints:
    """Edge that ends at each closing station: the one opened last before it."""
    return (edge_of_start - opens.astype(np.int64))[closes]


def _stations(geometry: NDArray[np.object_]) -> tuple[Ints, Floats, Floats, Flags]:
    """Vertices and cuts of all lines, sorted along them, coincident ones merged into the cut."""
    cut_line, cut_xy = _crossings(geometry)
    cut_along = shapely.line_locate_point(geometry[cut_line], shapely.points(cut_xy))
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    xy = np.round(xy, 2)
    step = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)]
    total = np.cumsum(step)
    begin = np.searchsorted(owner, np.arange(len(geometry)))
    along = total - total[begin][owner]
    owner = np.concatenate((owner, cut_line))
    xy = np.concatenate((xy, cut_xy))
    along = np.concatenate((along, cut_along))
    is_cut = np.arange(len(owner)) >= len(owner) - len(cut_line)
    order = np.lexsort((~is_cut, np.round(along, 2), owner))
    owner, xy, along, is_cut = owner[order], xy[order], along[order], is_cut[order]
    # Within a run of coincident stations the first cut stays, else the first vertex.
    apart = np.r_[True, (owner[1:] != owner[:-1]) | (np.diff(along) > _SAME_PLACE_M)]
    run = np.cumsum(apart) - 1
    best = np.lexsort((np.arange(len(run)), ~is_cut, run))
    keep = np.sort(best[np.r_[True, run[best][1:] != run[best][:-1]]])
    return owner[keep], xy[keep], along[keep], is_cut[keep]


def _crossings(geometry: NDArray[np.object_]) -> tuple[Ints, Floats]:
    """Where lines meet: the line and the point, once for either line."""
    tree = shapely.STRtree(geometry)
    a, b = tree.query(geometry, predicate="intersects")
    a, b = a[a < b], b[a < b]
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    met = shapely.intersection(geometry[a], geometry[b])
    xy, pair = shapely.get_coordinates(met, return_index=True)
    xy = np.round(xy, 2)
    return np.concatenate((a[pair], b[pair])), np.concatenate((xy, xy))


def pruned(edges: Edges, stub_m: Floats, rounds: int = 3) -> Edges:
    """Drop short dead ends, again where that leaves new ones.

    Parameters
    ----------
    edges
        Streets.
    stub_m
        Shape (classes,). Dead ends shorter than this go, by class.
    rounds
        How often to look again.
    """
    for _ in range(rounds):
        degree = edges.degree()
        dead = (degree[edges.start] == 1) | (degree[edges.end] == 1)
        short = edges.length_m() < stub_m[edges.lines.highway]
        stub = dead & short
        loop = (edges.start == edges.end) & short
        if not (stub | loop).any():
            break
        edges = edges.take(~(stub | loop))
    return edges
