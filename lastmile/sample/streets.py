"""The synthetic street network: drawn straight, cut at water, bent, and named."""

# ruff: noqa: PLR2004 - the proportions of a drawing stand where they are used

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lastmile.progress import Progress
from lastmile.sample.blocks import alleys, compound_lanes, cut_blocks
from lastmile.sample.bridges import bridged, components, cut_at_banks, tied, without_islands
from lastmile.sample.hamlets import hamlet_lanes, roadside
from lastmile.sample.lines import RANK, Edges, Flags, Ints, Lines, joined, pruned
from lastmile.sample.motorways import Ramps, join_motorways
from lastmile.sample.plane import Floats, Warp, plane_xy
from lastmile.sample.skeleton import Skeleton, carriageways, draw_skeleton
from lastmile.sample.units import Units
from lastmile.sample.water import Waters, draw_waters, lake_surfaces

OLD_TOWN: Final = (119.955, 31.779)
"""Middle of the old town, WGS84 degrees."""

_OLD_TOWN_M: Final = 1500.0
_PEOPLE_PER_HAMLET: Final = 230.0
_ALLEY_SHARE: Final = 0.5

_STUB_M: Final = np.where(np.arange(len(RANK)) <= RANK["tertiary"], 320.0, 26.0)
"""By class: dead ends shorter than this are drawing leftovers, not streets."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """The finished network, EPSG:4549 metres."""

    edges: Edges
    """Bent; geometry runs from start to end node."""

    bridge: Flags
    """Shape (edges,)."""

    tunnel: Flags
    """Shape (edges,)."""

    waters: Waters
    """Bent like the streets."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What blocks ask of the units around them, at points of the unbent plane."""

    warp: Warp
    tree: shapely.STRtree
    urban: Flags
    per_km2: Floats
    old_town: Floats

    def community(self, xy: Floats) -> Ints:
        """Community around each point, -1 for none. Shape (points,)."""
        found = np.full(len(xy), -1)
        point, unit = self.tree.query(shapely.points(self.warp(xy)), predicate="within")
        found[point] = unit
        return found

    def wanted_block(self, xy: Floats) -> tuple[Floats, Flags]:
        """Block area in m² at which cutting ends, and whether the place is urban."""
        unit = self.community(xy)
        urban = self.urban[unit] & (unit >= 0)
        dense = np.maximum(self.per_km2[unit], 100.0)
        compact = np.clip(42_000.0 * (12_000.0 / dense) ** 0.6, 28_000.0, 260_000.0)
        size = np.where(urban, compact, np.clip(4.2e8 / dense, 3.5e5, 1.1e6))
        return np.where(self.is_old(xy), 11_000.0, size), urban

    def is_old(self, xy: Floats) -> Flags:
        """Whether points lie in the old town."""
        away = xy - self.old_town
        return np.asarray(np.hypot(away[:, 0], away[:, 1]) < _OLD_TOWN_M, dtype=bool)


def draw_streets(units: Units, seed: int, progress: Progress) -> Streets:
    """Draw the network of an extent.

    Parameters
    ----------
    units
        Where people live, how densely.
    seed
        Seed of every choice.
    progress
        Told of each step.
    """
    warp = Warp.seeded(seed)
    area = units.area.buffer(250.0)
    urban = units.communities[units.urban]
    lakes = shapely.union_all(lake_surfaces())
    built_up = shapely.union_all(urban).buffer(260.0).buffer(-160.0).intersection(area)
    built_up = built_up.difference(lakes.buffer(120.0)).simplify(30.0)
    waters = draw_waters(area, built_up, seed)
    old_town = warp.unbend(plane_xy(np.array([OLD_TOWN])))[0]
    ground = _Ground(
        warp, shapely.STRtree(units.communities), units.urban,
        units.people / (shapely.area(units.communities) / 1e6), old_town,
    )  # fmt: skip
    seats = warp.unbend(units.seats)
    progress("streets", 1, 6, "main roads")
    skeleton = draw_skeleton(
        area.difference(lakes.buffer(45.0)), built_up, seats, old_town, waters, seed
    )
    progress("streets", 2, 6, "blocks")
    rng = np.random.default_rng((seed, 51))
    lines = _filled(area, skeleton, waters, ground, units, rng)
    progress("streets", 3, 6, "junctions")
    edges, wet = cut_at_banks(lines, waters)
    progress("streets", 4, 6, "bridges")
    edges, bridge = tied(*bridged(edges, wet, rng))
    edges = replace(edges, line=np.where(bridge, 1, 0))
    edges = without_islands(pruned(edges, _STUB_M))
    edges = _opened(edges)
    progress("streets", 5, 6, "expressways")
    edges, ramps = join_motorways(edges, skeleton.motorway, waters)
    return _finished(edges, ramps, warp, waters, old_town)


def _filled(
    area: shapely.Geometry,
    skeleton: Skeleton,
    waters: Waters,
    ground: _Ground,
    units: Units,
    rng: np.random.Generator,
) -> Lines:
    """Draw the main roads and everything that fills the blocks between them."""
    walls = np.concatenate((
        skeleton.streets.geometry, skeleton.dual.geometry, skeleton.motorway.geometry,
        waters.course[: waters.n_named], [shapely.boundary(area)],
    ))  # fmt: skip
    mesh = shapely.node(shapely.GeometryCollection(list(walls)))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(mesh)))
    faces = faces[
        shapely.contains_xy(area, shapely.get_coordinates(shapely.point_on_surface(faces)))
    ]
    lakes = waters.lakes()
    shapely.prepare(lakes)
    faces = faces[
        ~shapely.contains_xy(lakes, shapely.get_coordinates(shapely.point_on_surface(faces)))
    ]
    blocks = cut_blocks(faces, ground.wanted_block, rng)
    heart = shapely.get_coordinates(shapely.point_on_surface(blocks.polygons))
    unit = ground.community(heart)
    old = ground.is_old(heart)
    gated = ground.urban[unit] & (unit >= 0) & ~old
    parts = [
        skeleton.streets,
        carriageways(skeleton.dual),
        _in_old_town(_named(blocks.cuts, 100_000), ground, rng),
    ]
    parts.extend(compound_lanes(blocks.polygons[gated], rng))
    parts.append(alleys(blocks.polygons[old & (rng.random(len(old)) < _ALLEY_SHARE)], rng))
    country = joined([skeleton.streets, blocks.cuts])
    parts.append(_hamlets(country, ground, units, rng))
    return joined(parts)


def _named(lines: Lines, offset: int) -> Lines:
    return replace(lines, name=np.arange(len(lines)) + offset)


def _in_old_town(cuts: Lines, ground: _Ground, rng: np.random.Generator) -> Lines:
    """Make some streets of the old town one-way, and a few at its heart pedestrian."""
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(cuts.geometry, 0.5, normalized=True)
    )
    small = ground.is_old(middle) & (cuts.highway >= RANK["residential"])
    draw = rng.random(len(cuts))
    away = middle - ground.old_town
    heart = small & (np.hypot(away[:, 0], away[:, 1]) < 600.0) & (draw < 0.15)
    return replace(
        cuts,
        highway=np.where(heart, RANK["pedestrian"], cuts.highway),
        oneway=small & ~heart & (draw > 0.86),
    )


def _hamlets(country: Lines, ground: _Ground, units: Units, rng: np.random.Generator) -> Lines:
    """Hamlets beside minor roads, as many in each village as its people fill."""
    minor = (country.highway >= RANK["secondary"]) & (country.highway <= RANK["unclassified"])
    at, ahead = roadside(country.take(minor), 45.0)
    unit = ground.community(at)
    rural = (unit >= 0) & ~ground.urban[unit]
    at, ahead, unit = at[rural], ahead[rural], unit[rural]
    wanted = np.ceil(units.people / _PEOPLE_PER_HAMLET).astype(np.int64)
    order = np.lexsort((rng.random(len(at)), unit))
    begin = np.searchsorted(unit[order], np.arange(len(wanted)))
    place = np.arange(len(order)) - begin[unit[order]]
    chosen = np.sort(order[place < wanted[unit[order]]])
    return hamlet_lanes(at[chosen], ahead[chosen], rng)


def _finished(edges: Edges, ramps: Ramps, warp: Warp, waters: Waters, old_town: Floats) -> Streets:
    """Bend everything, mark bridges and tunnels, and free traffic trapped by one-ways."""
    bridge = (edges.line == 1) | ramps.elevated
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(edges.lines.geometry, 0.5, normalized=True)
    )
    near = np.hypot(*(middle - old_town).T)
    length = edges.length_m()
    # A few underpasses near the centre, on the longest stretches of its main roads.
    able = (edges.lines.highway <= RANK["primary"]) & ~bridge & (near < 5200.0) & (length > 150.0)
    tunnel = np.zeros(len(edges), dtype=bool)
    tunnel[
        np.lexsort((np.arange(len(edges)), -np.where(able, length, 0.0)))[: min(4, able.sum())]
    ] = True
    bent = _bend(edges, warp)
    bent = replace(bent, lines=replace(bent.lines, oneway=edges.lines.oneway & ~_trapped(edges)))
    curved = shapely.transform(shapely.segmentize(waters.surface, 40.0), warp)
    course = shapely.transform(shapely.segmentize(waters.course, 40.0), warp)
    return Streets(bent, bridge, tunnel, replace(waters, surface=curved, course=course))


def _opened(edges: Edges) -> Edges:
    """Let cars onto ways for walkers where streets could not be driven to otherwise."""
    for _ in range(8):
        on_foot = _on_foot(edges)
        driven = edges.take(~on_foot)
        part = components(driven)
        size = np.bincount(part[driven.start], weights=driven.length_m(), minlength=part.max() + 1)
        cut_off = (part != size.argmax()) & (driven.degree() > 0)
        open_up = on_foot & (cut_off[edges.start] | cut_off[edges.end])
        if not open_up.any():
            break
        highway = np.where(open_up, RANK["service"], edges.lines.highway)
        edges = replace(edges, lines=replace(edges.lines, highway=highway))
    return edges


def _on_foot(edges: Edges) -> Flags:
    """Edges closed to cars."""
    rank = edges.lines.highway
    return np.asarray((rank == RANK["footway"]) | (rank == RANK["pedestrian"]), dtype=bool)


def _bend(edges: Edges, warp: Warp) -> Edges:
    geometry = shapely.segmentize(edges.lines.geometry, 70.0)
    geometry = np.asarray(shapely.transform(geometry, warp), dtype=object)
    return replace(
        edges, lines=replace(edges.lines, geometry=geometry), node_xy=warp(edges.node_xy)
    )


def _trapped(edges: Edges) -> Flags:
    """One-way edges from or to nodes that traffic cannot reach and leave."""
    driven = edges.take(~_on_foot(edges))
    back = driven.take(~driven.lines.oneway)
    n = len(edges.node_xy)
    graph = coo_array(
        (np.ones(len(driven) + len(back), dtype=np.int8),
         (np.r_[driven.start, back.end], np.r_[driven.end, back.start])), shape=(n, n),
    )  # fmt: skip
    part: NDArray[np.int32] = connected_components(graph.tocsr(), connection="strong")[1]
    main = np.bincount(part[driven.start]).argmax()
    return np.asarray((part[edges.start] != main) | (part[edges.end] != main), dtype=bool)
