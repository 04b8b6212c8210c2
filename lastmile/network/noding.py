"""Lines as drawn → nodes that they share: where ends meet, and where lines cross if asked for.

A *spot* is a place on a line where it may be joined to others: an end, or a crossing. It is counted
along all vertices of all lines: 12.25 is a quarter of the way from vertex 12 to vertex 13.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Lines in a plane."""

    x: _Floats
    """Shape (vertices,). Metres."""

    y: _Floats
    offsets: _Ints
    """Shape (lines + 1,). Each line has two vertices at least."""

    level: _Ints
    """Shape (lines,). Lines of different level cross without meeting."""

    @property
    def ends(self) -> _Ints:
        """Shape (lines, 2). First and last vertex of each line."""
        return np.column_stack((self.offsets[:-1], self.offsets[1:] - 1))

    def shapes(self) -> NDArray[np.object_]:
        """Shape (lines,). The lines as shapely has them."""
        owner = np.repeat(np.arange(self.level.size), np.diff(self.offsets))
        made: NDArray[np.object_] = shapely.linestrings(
            np.column_stack((self.x, self.y)), indices=owner
        )
        return made

    def line_of(self, spot: _Floats) -> _Ints:
        """Shape (spots,). The lines on which spots are."""
        line: _Ints = np.searchsorted(self.offsets, np.floor(spot), side="right") - 1
        return line

    def at(self, spot: _Floats) -> _Floats:
        """Shape (spots, 2). Where spots are, in metres."""
        before = np.floor(spot).astype(np.int64)
        after = np.minimum(before + 1, self.x.size - 1)
        share = spot - before
        # No weighted sum: at a vertex it must be the vertex, to the bit.
        return np.column_stack(
            [c[before] + share * (c[after] - c[before]) for c in (self.x, self.y)]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Noded:
    """Where lines are joined."""

    spot: _Floats
    """Shape (spots,). Ascending."""

    node: _Ints
    """Shape (spots,). Number of the junction, from 0; ends that nothing meets have one, too."""

    n_loose: int
    """Ends that nothing meets although another line of their level passes by."""


def noded(drawn: Drawn, within_m: float, *, split: bool) -> Noded:
    """Find the places where lines are joined.

    Parameters
    ----------
    drawn
        The lines.
    within_m
        What is nearer than this is one place, in metres.
    split
        Whether lines are joined where they cross, or where one ends beside another; else only
        where ends meet.
    """
    shapes = drawn.shapes()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=within_m).T
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    touches = _touches(drawn, shapes, pairs, within_m)
    ties = np.zeros((0, 2))
    if split:
        pairs = pairs[drawn.level[pairs[:, 0]] == drawn.level[pairs[:, 1]]]
        level = drawn.level[drawn.line_of(touches)]
        ties = np.concatenate(
            (_crossings(drawn, shapes, pairs), touches[level[:, 0] == level[:, 1]])
        )
        ties = _at_vertices(drawn, ties, within_m)
    ends = drawn.ends.ravel().astype(np.float64)
    spot = np.unique(np.concatenate((ends, ties.ravel())))
    links = (np.searchsorted(spot, ties), _close(drawn, spot, ends, within_m))
    one, other = np.concatenate(links).astype(np.int64).T
    graph = coo_array((np.ones(one.size, dtype=np.int8), (one, other)), (spot.size, spot.size))
    n_nodes, node = connected_components(graph, directed=False)
    is_alone = np.bincount(node, minlength=n_nodes)[node] == 1
    n_loose = (is_alone & np.isin(spot, ends) & np.isin(spot, touches[:, 0])).sum()
    return Noded(spot, node.astype(np.int64), int(n_loose))


def _touches(drawn: Drawn, shapes: NDArray[np.object_], pairs: _Ints, within_m: float) -> _Floats:
    """Shape (touches, 2). Vertices that lie on another line, and where on it."""
    sizes = np.diff(drawn.offsets)[pairs[:, 0]]
    other = np.repeat(pairs[:, 1], sizes)
    begin = np.cumsum(sizes) - sizes
    vertex = np.arange(other.size) + np.repeat(drawn.offsets[:-1][pairs[:, 0]] - begin, sizes)
    # Boxes first: most vertices are nowhere near, and measuring takes far longer.
    west, south, east, north = (shapely.bounds(shapes)[other]).T
    x, y = drawn.x[vertex], drawn.y[vertex]
    near = (x >= west - within_m) & (x <= east + within_m)
    near &= (y >= south - within_m) & (y <= north + within_m)
    vertex, other = vertex[near], other[near]
    points = shapely.points(drawn.x[vertex], drawn.y[vertex])
    near = shapely.distance(points, shapes[other]) <= within_m
    spot = _located(drawn, shapes, other[near], points[near])
    return np.column_stack((vertex[near].astype(np.float64), spot))


def _crossings(drawn: Drawn, shapes: NDArray[np.object_], pairs: _Ints) -> _Floats:
    """Shape (crossings, 2). Spots on both lines; of a shared stretch, where it begins and ends."""
    one, other = pairs[pairs[:, 0] < pairs[:, 1]].T
    parts, which = shapely.get_parts(
        shapely.intersection(shapes[one], shapes[other]), return_index=True
    )
    filled = ~shapely.is_empty(parts)
    parts, which = parts[filled], which[filled]
    kind = shapely.get_type_id(parts)
    is_point, is_line = kind == 0, kind == 1
    stretches = parts[is_line]
    points = np.concatenate(
        (parts[is_point], shapely.get_point(stretches, 0), shapely.get_point(stretches, -1))
    )
    pair = np.concatenate((which[is_point], which[is_line], which[is_line]))
    sides = (_located(drawn, shapes, side[pair], points) for side in (one, other))
    return np.column_stack(tuple(sides))


def _located(
    drawn: Drawn, shapes: NDArray[np.object_], line: _Ints, points: NDArray[np.object_]
) -> _Floats:
    """Shape (points,). The spots on lines that are nearest to points."""
    step = np.hypot(np.diff(drawn.x), np.diff(drawn.y))
    step[drawn.offsets[1:-1] - 1] = 0.0
    run = np.concatenate(([0.0], np.cumsum(step)))
    first, last = drawn.ends[line].T
    target = run[first] + shapely.line_locate_point(shapes[line], points)
    vertex = np.clip(np.searchsorted(run, target, side="right") - 1, first, last - 1)
    size = np.append(step, 0.0)[vertex]
    share = np.clip((target - run[vertex]) / np.where(size > 0.0, size, 1.0), 0.0, 1.0)
    spot: _Floats = vertex + share
    return spot


def _at_vertices(drawn: Drawn, spots: _Floats, within_m: float) -> _Floats:
    """Move spots to the nearest vertex of their line where it is as good as there."""
    vertex = np.rint(spots)
    apart = drawn.at(spots.ravel()) - drawn.at(vertex.ravel())
    near = (np.hypot(*apart.T) <= within_m).reshape(spots.shape)
    moved: _Floats = np.where(near, vertex, spots)
    return moved


def _close(drawn: Drawn, spot: _Floats, ends: _Floats, within_m: float) -> _Ints:
    """Shape (pairs, 2). Spots at one place: ends of any level, others of one level."""
    pairs = cKDTree(drawn.at(spot)).query_pairs(within_m, output_type="ndarray")
    is_end = np.isin(spot, ends)[pairs].all(axis=1)
    level = drawn.level[drawn.line_of(spot)][pairs]
    close: _Ints = pairs[is_end | (level[:, 0] == level[:, 1])].astype(np.int64)
    return close
