"""Premises beside streets: candidates, stations already open, and sorting centres."""

# ruff: noqa: PLR2004 - the proportions of a drawing stand where they are used

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lastmile.sample.bridges import components
from lastmile.sample.lines import RANK, Flags, Ints
from lastmile.sample.people import Cells, Grid, community_of_cells, local_people, points_along
from lastmile.sample.plane import Floats, degrees_xy
from lastmile.sample.streets import Streets
from lastmile.sample.units import Units

_SETBACK_M: Final = 9.0
_PEOPLE_PER_PREMISES: Final = 105.0
_EXISTING_SHARE: Final = 0.09

_TYPES: Final[dict[str, tuple[str, float, tuple[int, int], tuple[int, int]]]] = {
    "便利店": ("urban", 0.52, (55_000, 95_000), (250, 700)),
    "物业服务中心": ("urban", 0.16, (45_000, 80_000), (400, 1000)),
    "社区服务中心": ("urban", 0.05, (30_000, 60_000), (500, 1200)),
    "快递驿站": ("urban", 0.15, (60_000, 110_000), (600, 1600)),
    "水果店": ("urban", 0.12, (55_000, 90_000), (200, 500)),
    "村委会": ("rural", 0.0, (12_000, 20_000), (300, 700)),
    "供销社网点": ("rural", 0.24, (15_000, 26_000), (250, 600)),
    "农资店": ("rural", 0.26, (14_000, 24_000), (150, 400)),
    "村口小超市": ("rural", 0.50, (15_000, 28_000), (150, 450)),
}
"""Kind of ground, share among its candidates, cost in yuan, parcels a day; all invented."""

_SHOP_NAMES: Final = ("惠民", "好邻居", "福满", "永兴", "天润", "家佳", "万客", "康乐", "新都",
                      "吉祥", "四季", "百顺", "龙城", "江南", "同心", "众诚", "和美")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Premises:
    """Tables as they are written."""

    candidates: pd.DataFrame
    stations: pd.DataFrame
    centres: pd.DataFrame


def find_premises(units: Units, streets: Streets, cells: Cells, grid: Grid, seed: int) -> Premises:
    """Place candidates in every community, a few stations, and the sorting centres.

    Parameters
    ----------
    units
        Communities with their people.
    streets
        Premises stand beside them.
    cells
        People, who draw shops.
    grid
        Raster of the cells.
    seed
        Seed of every draw.
    """
    rng = np.random.default_rng((seed, 71))
    xy, unit, pull = _frontage(units, streets, cells, grid)
    chosen = _drawn(
        unit, pull, np.ceil(units.people / _PEOPLE_PER_PREMISES).astype(np.int64) + 1, rng
    )
    spot = xy[chosen] + rng.normal(0.0, 1.0, (len(chosen), 2))
    # The raster gave the community roughly; its outline decides.
    point, home = shapely.STRtree(units.communities).query(shapely.points(spot), predicate="within")
    order = np.lexsort((point, home))
    candidates = _candidate_table(units, home[order], spot[point[order]], rng)
    stations = _existing(units, unit, pull, xy, rng)
    return Premises(candidates, stations, _centres(units, streets))


def _frontage(
    units: Units, streets: Streets, cells: Cells, grid: Grid
) -> tuple[Floats, Ints, Floats]:
    """Places beside walkable streets: where, in which community, and how many people are near."""
    lines = streets.edges.lines
    open_to_shops = (lines.highway >= RANK["primary"]) & (lines.highway <= RANK["service"])
    # On an island of the map nobody could be served.
    part = components(streets.edges)[streets.edges.start]
    tied = part == np.bincount(part, weights=streets.edges.length_m()).argmax()
    rows = np.flatnonzero(open_to_shops & tied & ~streets.bridge & ~streets.tunnel)
    xy, edge = points_along(lines.geometry[rows], 32.0)
    ahead = shapely.get_coordinates(shapely.get_point(lines.geometry[rows], 1)) - (
        shapely.get_coordinates(shapely.get_point(lines.geometry[rows], 0))
    )
    ahead /= np.hypot(*ahead.T)[:, None]
    side = np.where(np.arange(len(edge)) % 2 == 0, _SETBACK_M, -_SETBACK_M)
    xy = xy + np.column_stack((-ahead[edge, 1], ahead[edge, 0])) * side[:, None]
    cell = grid.cell(degrees_xy(xy))
    unit = np.where(cell >= 0, community_of_cells(units, grid)[cell], -1)
    pull = local_people(cells, grid)[np.maximum(cell, 0)] + 0.05
    # Shops prefer streets with traffic to lanes inside compounds.
    busy = np.array([1.0, 1.2, 1.5, 1.7, 1.0, 1.0, 1.0, 1.0, 0.45])[lines.highway[rows]][edge]
    inside = unit >= 0
    return xy[inside], unit[inside], (pull * busy)[inside]


def _drawn(unit: Ints, pull: Floats, wanted: Ints, rng: np.random.Generator) -> Ints:
    """Positions drawn without repetition, in each community as many as wanted, by pull.

    References
    ----------
    Efraimidis and Spirakis (2006), doi:10.1016/j.ipl.2005.11.003: the largest u^(1/w).
    """
    key = np.log(rng.random(len(unit))) / pull
    order = np.lexsort((-key, unit))
    begin = np.searchsorted(unit[order], np.arange(len(wanted)))
    place = np.arange(len(order)) - begin[unit[order]]
    return np.asarray(order[place < wanted[unit[order]]], dtype=np.int64)


def _candidate_table(
    units: Units, unit: Ints, xy: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    urban = units.urban[unit]
    first = np.r_[True, unit[1:] != unit[:-1]]
    kinds = np.empty(len(unit), dtype=object)
    for ground, rows in (("urban", urban), ("rural", ~urban)):
        names = [name for name, entry in _TYPES.items() if entry[0] == ground and entry[1] > 0.0]
        share = np.array([_TYPES[name][1] for name in names])
        kinds[rows] = rng.choice(
            np.array(names, dtype=object), int(rows.sum()), p=share / share.sum()
        )
    kinds[first & urban] = "社区服务中心"
    kinds[first & ~urban] = "村委会"
    cost = np.empty(len(unit), dtype=np.int64)
    capacity = np.empty(len(unit), dtype=np.int64)
    for name, (_, _, yuan, parcels) in _TYPES.items():
        rows = kinds == name
        cost[rows] = rng.integers(*yuan, int(rows.sum())) // 1000 * 1000
        capacity[rows] = rng.integers(*parcels, int(rows.sum())) // 50 * 50
    lon_lat = degrees_xy(xy)
    return pd.DataFrame({
        "id": [f"c{k:05d}" for k in range(1, len(unit) + 1)],
        "name": _names(units, unit, kinds, first),
        "type": kinds,
        "lon": lon_lat[:, 0],
        "lat": lon_lat[:, 1],
        "kind": np.where(urban, "服务屋", "服务站"),
        "cost_yuan": cost,
        "capacity": capacity,
    })  # fmt: skip


def short_name(name: str) -> str:
    """Shorten a community's name: without the words for its committee.

    Examples
    --------
    >>> short_name("水岸社区居委会"), short_name("东进村村委会")
    ('水岸社区', '东进村')
    """
    for ending in ("居民委员会", "村民委员会", "居委会", "村委会"):
        name = name.split("（", maxsplit=1)[0].removesuffix(ending)
    return name


def _names(units: Units, unit: Ints, kinds: NDArray[np.object_], first: Flags) -> list[str]:
    names = []
    count = 0
    for k, (row, kind) in enumerate(zip(unit, kinds, strict=True)):
        home = short_name(units.facts.communities[row].name)
        count = 1 if first[k] else count + 1
        if first[k]:
            names.append(f"{home}{kind}")
        else:
            brand = _SHOP_NAMES[(row * 7 + count) % len(_SHOP_NAMES)]
            names.append(f"{brand}{kind}（{home}{count}号）")
    return names


def _existing(
    units: Units, unit: Ints, pull: Floats, xy: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Stations already open, in some communities."""
    has = rng.random(len(units.communities)) < _EXISTING_SHARE
    if not has.any():
        has[0] = True
    rows = _drawn(unit, pull, has.astype(np.int64), rng)
    lon_lat = degrees_xy(xy[rows])
    urban = units.urban[unit[rows]]
    kind = np.where(urban, "服务屋", "服务站")
    home = [short_name(units.facts.communities[k].name) for k in unit[rows]]
    return pd.DataFrame({
        "id": [f"e{k:04d}" for k in range(1, len(rows) + 1)],
        "name": [f"{h}电商{k}" for h, k in zip(home, kind, strict=True)],
        "lon": lon_lat[:, 0],
        "lat": lon_lat[:, 1],
        "kind": kind,
        "capacity": np.where(urban, 1200, 600),
    })  # fmt: skip


def _centres(units: Units, streets: Streets) -> pd.DataFrame:
    """One sorting centre for each district, beside a main road off its middle."""
    lines = streets.edges.lines
    main = np.flatnonzero((lines.highway <= RANK["secondary"]) & ~streets.bridge & ~streets.tunnel)
    middles = shapely.line_interpolate_point(lines.geometry[main], 0.5, normalized=True)
    at = []
    for outline in units.districts:
        inside = shapely.contains_properly(outline, middles)
        edge_m = shapely.distance(shapely.boundary(outline), middles)
        heart_m = shapely.distance(outline.centroid, middles)
        at.append(np.argmin(np.where(inside & (edge_m > 400.0), heart_m, np.inf)))
    spot = shapely.get_coordinates(middles[at]) + 6.0
    lon_lat = degrees_xy(spot)
    names = [f"{d.name}电商分拨中心" for d in units.facts.districts]
    ids = [f"d{k}" for k in range(1, len(at) + 1)]
    return pd.DataFrame({"id": ids, "name": names, "lon": lon_lat[:, 0], "lat": lon_lat[:, 1]})
