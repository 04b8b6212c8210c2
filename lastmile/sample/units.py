"""Township and community outlines: made up, but tiling the real districts exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from lastmile.sample.facts import (
    Community,
    Extent,
    Facts,
    Township,
    district_outlines,
    inhabited,
    people_of_districts,
)
from lastmile.sample.plane import Floats, Warp, plane_xy, to_plane
from lastmile.sample.water import lake_surfaces

_URBAN_KM2: Final = 1.1
"""Area of a typical urban community on built-up land."""

_PEOPLE_BY_CLASS: Final = {"111": 6800.0, "112": 4600.0, "121": 5200.0, "122": 3600.0,
                           "123": 1500.0, "210": 3000.0, "220": 2500.0}  # fmt: skip
"""Starting size of a community before its district's total is met; invented."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The units of the extent, coarsest to finest, in the drawing plane (EPSG:4549 metres)."""

    facts: Facts
    districts: NDArray[np.object_]
    """Shape (districts,). Outlines, a fact."""

    townships: NDArray[np.object_]
    """Shape (townships,). Outlines, synthetic."""

    communities: NDArray[np.object_]
    """Shape (communities,). Outlines, synthetic."""

    seats: Floats
    """Shape (townships, 2)."""

    settlement_code: tuple[str, ...]
    """城乡分类 of each community; guessed from its code where the fact is unknown."""

    people: NDArray[np.int64]
    """Shape (communities,). Synthetic; each district's sum is a fact."""

    @property
    def urban(self) -> NDArray[np.bool_]:
        """Shape (communities,). Whether the community is urban."""
        return np.array([code.startswith("1") for code in self.settlement_code])

    @property
    def area(self) -> BaseGeometry:
        """All districts together."""
        return shapely.union_all(self.districts)


def lay_out_units(facts: Facts, extent: Extent, seed: int) -> Units:
    """Place every inhabited unit of the extent.

    Parameters
    ----------
    facts
        All tables.
    extent
        Which districts.
    seed
        Seed of the synthetic outlines and sizes.
    """
    outlines = district_outlines(extent)
    kept = inhabited(facts, extent)
    districts = to_plane(np.array([outlines[d.code] for d in kept.districts], dtype=object))
    townships = np.empty(len(kept.townships), dtype=object)
    seats = np.empty((len(kept.townships), 2))
    for district, outline in zip(kept.districts, districts, strict=True):
        own = [k for k, t in enumerate(kept.townships) if t.code[:6] == district.code]
        seats[own] = _seats_inside(outline, [kept.townships[k] for k in own])
        townships[own] = _cells(seats[own], outline)
    classes = tuple(guessed_class(c) for c in kept.communities)
    communities = np.empty(len(kept.communities), dtype=object)
    lakes = shapely.union_all(shapely.transform(lake_surfaces(), Warp.seeded(seed)))
    for k, township in enumerate(kept.townships):
        rows = [i for i, c in enumerate(kept.communities) if c.township_code == township.code]
        rng = np.random.default_rng((seed, 21, int(township.code)))
        urban = np.array([classes[i].startswith("1") for i in rows])
        communities[rows] = _community_cells(townships[k], lakes, (seats[k], urban), rng)
    people = _people(facts, kept, classes, communities, seed)
    return Units(kept, districts, townships, communities, seats, classes, people)


def guessed_class(community: Community) -> str:
    """城乡分类 of a community: the fact where known, else by the kind of unit its code names."""
    if community.settlement_code:
        return community.settlement_code
    if community.code[9:] >= "200":
        return "220"
    return "111" if community.code[6:9] < "100" else "121"


def _seats_inside(outline: BaseGeometry, townships: list[Township]) -> Floats:
    """Seats in the plane; those that rounding put outside are pulled 600 m inside."""
    xy = plane_xy(np.array([(t.seat_lon, t.seat_lat) for t in townships]))
    inner = outline.buffer(-600.0)
    points = shapely.points(xy)
    pulled = shapely.get_point(shapely.shortest_line(np.full(len(xy), inner), points), 0)
    return np.asarray(shapely.get_coordinates(pulled), dtype=np.float64)


def _cells(xy: Floats, outline: BaseGeometry) -> NDArray[np.object_]:
    """Voronoi cells of points, clipped to an outline; cell k belongs to point k."""
    if len(xy) == 1:
        return np.array([outline], dtype=object)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=outline, ordered=True)
    )
    clipped: NDArray[np.object_] = shapely.intersection(cells, outline)
    return _areas_only(clipped)


def _areas_only(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Drop the lines and points that clipping leaves where outlines touch."""
    kept = [
        shapely.union_all([p for p in shapely.get_parts(g) if p.area > 0.0])
        if g.geom_type == "GeometryCollection" else g
        for g in shapes
    ]  # fmt: skip
    return np.array(kept, dtype=object)


def _community_cells(
    township: BaseGeometry,
    lakes: BaseGeometry,
    plan: tuple[Floats, NDArray[np.bool_]],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Outlines of a township's communities: urban ones small around the seat, villages beyond.

    Their middles lie on land; the outlines share out the lakes, too, so that they tile.
    """
    seat, urban = plan
    land = township.difference(lakes.buffer(150.0))
    n_urban, n_rural = int(urban.sum()), int((~urban).sum())
    share = n_urban / (n_urban + 3.0 * n_rural)
    town_m2 = land.area if n_rural == 0 else min(
        n_urban * _URBAN_KM2 * 1e6, max(share, 0.1) * land.area
    )  # fmt: skip
    radius_m = _radius_holding(land, seat, town_m2)
    town = land.intersection(shapely.Point(*seat).buffer(radius_m))
    country = land.difference(town) if n_rural else land
    points = np.empty((urban.size, 2))
    points[urban] = _spread(town, n_urban, rng)
    points[~urban] = _spread(country, n_rural, rng)
    return _cells(points, township)


def _radius_holding(township: BaseGeometry, seat: Floats, area_m2: float) -> float:
    """Radius of the disc around the seat that holds ``area_m2`` of the township."""
    centre = shapely.Point(*seat)
    low, high = 0.0, 60_000.0
    for _ in range(30):
        middle = (low + high) / 2.0
        inside = township.intersection(centre.buffer(middle)).area < area_m2
        low, high = (middle, high) if inside else (low, middle)
    return high


def _spread(region: BaseGeometry, n: int, rng: np.random.Generator) -> Floats:
    """``n`` points spread evenly but irregularly over a region, by Lloyd's rounds."""
    if n == 0:
        return np.empty((0, 2))
    west, south, east, north = region.bounds
    many = np.empty((0, 2))
    while len(many) < 60 * n:
        drawn = rng.uniform((west, south), (east, north), (200 * n, 2))
        many = np.concatenate((many, drawn[shapely.contains_xy(region, drawn)]))
    points = many[:n].copy()
    for _ in range(4):
        nearest = np.argmin(((many[:, None] - points[None]) ** 2).sum(axis=2), axis=1)
        for k in range(n):
            if (nearest == k).any():
                points[k] = 0.2 * points[k] + 0.8 * many[nearest == k].mean(axis=0)
    return points


def _people(
    facts: Facts,
    kept: Facts,
    classes: tuple[str, ...],
    outlines: NDArray[np.object_],
    seed: int,
) -> NDArray[np.int64]:
    """Residents of each community; every district adds up to its figure."""
    rng = np.random.default_rng((seed, 22))
    # Drawn for every community of the prefecture, so that the extent does not change them.
    noise = dict(zip((c.code for c in facts.communities),
                     rng.lognormal(0.0, 0.3, len(facts.communities)), strict=True))  # fmt: skip
    area_km2 = shapely.area(outlines) / 1e6
    weight = np.array([
        _PEOPLE_BY_CLASS[code] * noise[c.code] * size**0.6
        for code, c, size in zip(classes, kept.communities, area_km2, strict=True)
    ])  # fmt: skip
    totals = people_of_districts(facts)
    people = np.zeros(weight.size, dtype=np.int64)
    for district in kept.districts:
        rows = np.array([k for k, c in enumerate(kept.communities) if c.code[:6] == district.code])
        people[rows] = apportion(totals[district.code], weight[rows])
    return people


def apportion(total: int, weight: Floats) -> NDArray[np.int64]:
    """Split whole people by weight, largest remainders first; nobody is lost.

    Parameters
    ----------
    total
        People to split.
    weight
        Shape (shares,). Not negative, with a positive sum.

    Examples
    --------
    >>> apportion(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    exact = weight * (total / weight.sum())
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.lexsort((np.arange(weight.size), whole - exact))
    whole[order[: total - int(whole.sum())]] += 1
    return whole
