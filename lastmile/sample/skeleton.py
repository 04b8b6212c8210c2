"""The roads drawn first: county roads between towns, town grids, rings and riverside roads."""

# ruff: noqa: PLR2004 - the proportions of a drawing stand where they are used

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay
from shapely.geometry.base import BaseGeometry

from lastmile.sample.lines import RANK, Edges, Flags, Ints, Lines, joined, node_lines
from lastmile.sample.plane import Floats
from lastmile.sample.water import Waters

_CARRIAGEWAY_M: Final = 11.0
"""Half the distance between the carriageways of a dual road."""


@dataclass(frozen=True, slots=True)
class _GridStyle:
    """How a town lays out its main streets."""

    spacing_m: tuple[float, float]
    turn_deg: tuple[float, float]
    classes: tuple[str, ...]


_CITY: Final = _GridStyle((520.0, 1050.0), (-11.0, -10.0), ("primary", "tertiary", "secondary"))
_TOWN: Final = _GridStyle((330.0, 760.0), (-40.0, 40.0), ("secondary", "tertiary"))


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """Main roads, before streets fill the blocks between them."""

    streets: Lines
    """Single roads, cut at their junctions, some left out."""

    dual: Lines
    """Centre lines of dual carriageways."""

    motorway: Lines
    """Centre lines; they meet no street."""


def draw_skeleton(
    area: BaseGeometry,
    built_up: BaseGeometry,
    seats: Floats,
    centre: Floats,
    waters: Waters,
    seed: int,
) -> Skeleton:
    """Lay out the main roads.

    Parameters
    ----------
    area
        Planning area, drawing plane.
    built_up
        Urban ground.
    seats
        Shape (towns, 2). Places that county roads link.
    centre
        Shape (2,). The old town, inside the rings.
    waters
        For the roads along the banks.
    seed
        Seed.
    """
    rng = np.random.default_rng((seed, 41))
    towns = np.array(sorted(shapely.get_parts(shapely.union_all([built_up])),
                            key=lambda g: -g.area), dtype=object)  # fmt: skip
    shapely.prepare(towns)
    main = towns[0]
    county = _county_roads(seats, main, rng)
    grids = [
        _grid(town, _TOWN if k else _CITY, rng) for k, town in enumerate(towns) if town.area > 4e5
    ]
    rings = _rings(centre, main)
    banks = _riverside(waters, built_up)
    minor = county.take(county.highway == RANK["secondary"])
    # Inside a town the grid carries them on; a straight line through it would cut odd corners.
    outside = _clipped(minor, area.difference(built_up.buffer(-450.0)))
    county = joined([county.take(county.highway != RANK["secondary"]), outside])
    all_lines = _clipped(joined([county, *grids, rings, banks]), area)
    is_dual = _dual(all_lines, main, rng)
    edges = node_lines(all_lines)
    kept = edges.take(~is_dual[edges.line] & ~_left_out(edges, rng))
    motorway = _clipped(Lines.of(_motorways(centre), "motorway"), area)
    dual = replace(all_lines.take(is_dual), name=np.flatnonzero(is_dual))
    return Skeleton(_named(kept), dual, motorway)


def _named(kept: Edges) -> Lines:
    """Let all edges cut from one line share its number as their name."""
    return replace(kept.lines, name=kept.line.copy())


def _bent(a: Floats, b: Floats, sway: float, rng: np.random.Generator) -> NDArray[np.object_]:
    """Lines from ``a`` to ``b`` through two points beside the straight way."""
    across = np.column_stack((a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]))
    off = rng.uniform(-sway, sway, (len(a), 2))
    inner = [a + (b - a) * t + across * off[:, k : k + 1] for k, t in enumerate((0.33, 0.67))]
    return np.array(shapely.linestrings(np.stack((a, *inner, b), axis=1)), dtype=object)


def _county_roads(seats: Floats, main: BaseGeometry, rng: np.random.Generator) -> Lines:
    """Gabriel graph of the town seats; its shortest tree is the primary roads."""
    triangles = Delaunay(seats).simplices
    pairs = np.sort(np.concatenate((triangles[:, :2], triangles[:, 1:], triangles[:, ::2])), axis=1)
    pairs = np.unique(pairs, axis=0)
    a, b = seats[pairs[:, 0]], seats[pairs[:, 1]]
    middle, radius = (a + b) / 2.0, np.hypot(*(b - a).T) / 2.0
    gap = np.sqrt(((middle[:, None] - seats[None]) ** 2).sum(axis=2))
    gabriel = (gap > radius[:, None] * 0.97).sum(axis=1) >= len(seats) - 2
    # Inside the city the grid links the seats; a straight line between them would spoil it.
    inside = shapely.contains_xy(main, a) & shapely.contains_xy(main, b)
    keep = gabriel & (radius > 900.0) & ~(inside & (radius < 3500.0))
    pairs, length = pairs[keep], 2.0 * radius[keep]
    weights = coo_array((length, (pairs[:, 0], pairs[:, 1])), shape=(len(seats), len(seats)))
    tree = minimum_spanning_tree(weights.tocsr()).tocoo()
    in_tree = {
        (int(i), int(j)) for i, j in zip(*np.sort(np.stack(tree.coords), axis=0), strict=True)
    }
    rank = np.array(
        [RANK["primary" if (int(i), int(j)) in in_tree else "secondary"] for i, j in pairs]
    )
    lines = _bent(seats[pairs[:, 0]], seats[pairs[:, 1]], 0.10, rng)
    return Lines.of(lines, rank)


def _grid(town: BaseGeometry, style: _GridStyle, rng: np.random.Generator) -> Lines:
    """Draw a town's own grid: unevenly spaced, every line swaying by itself."""
    turn = np.radians(rng.uniform(*style.turn_deg))
    heart = shapely.get_coordinates(town.centroid)[0]
    reach = np.hypot(*np.ptp(np.array(town.bounds).reshape(2, 2), axis=0)) / 2.0 + 500.0
    lines, ranks = [], []
    for side in (0, 1):
        angle = turn + side * np.pi / 2.0 + np.radians(rng.uniform(-5.0, 5.0))
        u = np.array((np.cos(angle), np.sin(angle)))
        v = np.array((-u[1], u[0]))
        offsets = np.cumsum(rng.uniform(*style.spacing_m, int(2.0 * reach / style.spacing_m[0])))
        for k, off in enumerate(offsets[offsets < 2.0 * reach] - reach):
            t = np.arange(-reach, reach + 1.0, 450.0)
            sway = np.convolve(rng.normal(0.0, 75.0, len(t) + 4), np.full(5, 0.4), "valid")
            lines.append(shapely.LineString(heart + t[:, None] * u + (off + sway)[:, None] * v))
            ranks.append(RANK[style.classes[k % len(style.classes)]])
    whole = Lines.of(np.array(lines, dtype=object), np.array(ranks))
    return _clipped(whole, town.buffer(250.0), 350.0)


def _rings(centre: Floats, main: BaseGeometry) -> Lines:
    """Draw the inner and the middle ring of the city."""
    rings = [
        _oval(centre, 1750.0, 1350.0, -0.2),
        _oval(centre + np.array((300.0, -400.0)), 5600.0, 4600.0, -0.2),
    ]
    rank = np.array([RANK["secondary"], RANK["trunk"]])
    return _clipped(Lines.of(np.array(rings, dtype=object), rank), main.buffer(800.0), 500.0)


def _oval(centre: Floats, a: float, b: float, turn: float) -> shapely.LineString:
    """Draw a rounded rectangle, as ring roads are."""
    t = np.linspace(0.0, 2.0 * np.pi, 49)
    x = a * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.62
    y = b * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 0.62
    cos, sin = np.cos(turn), np.sin(turn)
    xy = np.column_stack((x * cos - y * sin, x * sin + y * cos)) + centre
    xy[-1] = xy[0]
    return shapely.LineString(xy)


def _motorways(centre: Floats) -> NDArray[np.object_]:
    """Draw a ring around the city and expressways out of it."""
    ring = _oval(centre + np.array((-500.0, -1500.0)), 13500.0, 11000.0, -0.1)
    east = np.array(((13000.0, 1500.0), (19000.0, -1500.0), (26000.0, -4000.0), (40000.0, -5000.0)))
    west = np.array(((-14000.0, 500.0), (-22000.0, 3000.0), (-32000.0, 7000.0), (-60000.0, 9000.0)))
    south = np.array(
        ((-9000.0, -12300.0), (-20000.0, -19000.0), (-40000.0, -30000.0), (-70000.0, -46000.0))
    )
    return np.array(
        [ring, *(shapely.LineString(centre + p) for p in (east, west, south))], dtype=object
    )


def _riverside(waters: Waters, built_up: BaseGeometry) -> Lines:
    """Streets along both banks of the named rivers, inside towns."""
    rows = np.flatnonzero(~waters.is_lake[: waters.n_named])
    half = shapely.area(waters.surface[rows]) / shapely.length(waters.course[rows]) / 2.0
    sides = [
        shapely.offset_curve(waters.course[rows], sign * (half + 32.0)) for sign in (1.0, -1.0)
    ]
    both = shapely.get_parts(np.concatenate(sides))
    return _clipped(Lines.of(np.asarray(both, dtype=object), "tertiary"), built_up, 500.0)


def _clipped(lines: Lines, region: BaseGeometry, shortest_m: float = 60.0) -> Lines:
    """Keep the parts of lines inside a region, leaving out short ones."""
    parts, row = shapely.get_parts(
        shapely.line_merge(shapely.intersection(lines.geometry, region)), return_index=True
    )
    keep = (shapely.length(parts) >= shortest_m) & (shapely.get_type_id(parts) == 1)
    return replace(lines.take(row[keep]), geometry=parts[keep])


def _dual(lines: Lines, main: BaseGeometry, rng: np.random.Generator) -> Flags:
    """Which lines are dual carriageways: the trunk ring and some primary roads of the city."""
    long = shapely.length(lines.geometry) > 2500.0
    city = shapely.length(shapely.intersection(lines.geometry, main)) > 0.5 * shapely.length(
        lines.geometry
    )
    chosen = rng.random(len(lines)) < 0.45
    picked = city & chosen & (lines.highway == RANK["primary"])
    return np.asarray(long & (picked | (lines.highway == RANK["trunk"])), dtype=bool)


def _left_out(edges: Edges, rng: np.random.Generator) -> Flags:
    """Stretches never built: what makes T-junctions and merges blocks."""
    share = np.select(
        [edges.lines.highway == RANK["tertiary"], edges.lines.highway == RANK["secondary"]],
        [0.2, 0.07],
        0.0,
    )
    inner = edges.degree()[edges.start] + edges.degree()[edges.end] > 5
    return (rng.random(len(edges)) < share) & inner


def carriageways(dual: Lines) -> Lines:
    """Both carriageways of dual roads, driven on the right, closed at their ends."""
    right = shapely.offset_curve(
        dual.geometry, -_CARRIAGEWAY_M, join_style="mitre", mitre_limit=1.5
    )
    left = shapely.offset_curve(dual.geometry, _CARRIAGEWAY_M, join_style="mitre", mitre_limit=1.5)
    simple = (shapely.get_type_id(right) == 1) & (shapely.get_type_id(left) == 1)
    right, left = right[simple], left[simple]
    lines = dual.take(simple)
    ends: Ints = np.flatnonzero(~shapely.is_closed(lines.geometry))
    caps = [
        shapely.linestrings(np.stack((
            shapely.get_coordinates(shapely.get_point(right[ends], k)),
            shapely.get_coordinates(shapely.get_point(left[ends], k))), axis=1))
        for k in (0, -1)
    ]  # fmt: skip
    one = np.ones(len(lines), dtype=bool)
    return joined([
        replace(lines, geometry=right, oneway=one),
        replace(lines, geometry=shapely.reverse(left), oneway=one),
        *(replace(lines.take(ends), geometry=np.asarray(cap, dtype=object)) for cap in caps),
        dual.take(~simple),
    ])  # fmt: skip
