"""Candidate sites and existing stations."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.classes import plane_of
from lastmile.places.coordinates import Floats, projected
from lastmile.places.ground import Ground
from lastmile.places.junctions import named_after_roads, thinned
from lastmile.places.locate import inside_area
from lastmile.places.model import SITE_COLUMNS
from lastmile.places.notes import Note
from lastmile.places.points import PointTable, ids_of, names_of
from lastmile.places.tables import MAX_ROW_FAULTS, cell_shown, numbers_from, report_rows
from lastmile.places.units import Units
from lastmile.scenario import (
    MOST_PEOPLE,
    MOST_YUAN,
    Existing,
    JunctionCandidates,
    PointCandidates,
    SiteColumns,
    SiteCosts,
    Siting,
)

HOUSE: Final = "服务屋"
STATION: Final = "服务站"
ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {"candidate": "candidate", "required": "required", "forbidden": "forbidden"}
    | {"候选": "candidate", "必选": "required", "必建": "required", "禁止": "forbidden"}
    | {"禁选": "forbidden", "": "candidate"}
)
_KINDS: Final[Mapping[str, str]] = MappingProxyType({HOUSE: HOUSE, STATION: STATION, "": ""})

ClassOf = Callable[[NDArray[np.object_]], NDArray[np.object_]]
"""Gives each point urban or rural."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteRows:
    """Sites of one source, not yet priced by kind."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    points: NDArray[np.object_]
    kind: tuple[str, ...]
    """服务屋, 服务站, or '' to decide by class."""

    role: tuple[str, ...]
    cost_yuan: Floats
    """Shape (sites,). NaN to use the kind's default."""

    capacity: Floats
    origins: tuple[str, ...]
    """Where each row stands, for messages."""

    def take(self, keep: NDArray[np.bool_]) -> SiteRows:
        """Return the sites for which ``keep`` holds."""
        kept = np.flatnonzero(keep)
        return SiteRows(
            tuple(self.ids[k] for k in kept),
            tuple(self.names[k] for k in kept),
            self.points[kept],
            tuple(self.kind[k] for k in kept),
            tuple(self.role[k] for k in kept),
            self.cost_yuan[kept],
            self.capacity[kept],
            tuple(self.origins[k] for k in kept),
        )


def sites_from_table(
    source: PointCandidates | Existing,
    table: PointTable[SiteColumns],
    prefix: str,
    faults: FaultLog,
) -> SiteRows:
    """Read ids, kinds, roles, costs and capacities of a table's sites."""
    columns = table.columns
    ids = ids_of(table, columns.id, prefix, faults)
    existing = isinstance(source, Existing)
    kind = _words(table, columns.kind, _KINDS, faults)
    if source.kind != "by_class":
        kind = [own or source.kind for own in kind]
    role = ["existing"] * len(table) if existing else _words(table, columns.role, ROLES, faults)
    file = table.table.file
    return SiteRows(
        tuple(ids),
        tuple(names_of(table, columns.name, ids)),
        table.points,
        tuple(kind),
        tuple(role),
        np.zeros(len(table)) if existing else _costs(table, columns, faults),
        _capacities(table, columns, faults),
        tuple(f"{file}, {table.table.where(k)}" for k in range(len(table))),
    )


def sites_from_junctions(
    source: JunctionCandidates, ground: Ground, units: Units, prefix: str
) -> SiteRows:
    """Generate candidates at the junctions inside the area, none nearer than the spacing."""
    junctions = ground.junctions.geometry.to_numpy()
    junctions = junctions[inside_area(junctions, units.area)]
    spots = shapely.get_coordinates(projected(junctions, plane_of(units)))
    points = junctions[thinned(spots, source.spacing_m)]
    n = len(points)
    ids = tuple(f"{prefix}-{k:04d}" for k in range(1, n + 1))
    kind = "" if source.kind == "by_class" else source.kind
    names = named_after_roads(points, ground.lines, ids)
    return SiteRows(
        ids, names, points, (kind,) * n, ("candidate",) * n,
        np.full(n, np.nan), np.full(n, np.inf), ("generated at a junction",) * n,
    )  # fmt: skip


def near_area(
    rows: SiteRows, area: shapely.Geometry, margin_m: float, plane: pyproj.CRS
) -> NDArray[np.bool_]:
    """Tell which sites lie in the area or at most ``margin_m`` metres from it."""
    (flat,) = projected(np.array([area], dtype=object), plane)
    shapely.prepare(flat)
    near: NDArray[np.bool_] = shapely.dwithin(flat, projected(rows.points, plane), margin_m)
    return near


_ONE_PLACE_M: Final = 50.0
"""Two points of one premise: geocoders put them at the door, the lot or the counter."""


def already_open(
    rows: SiteRows, existing: Sequence[SiteRows], plane: pyproj.CRS
) -> NDArray[np.bool_]:
    """Tell which candidates are existing stations: the same id, and at most 50 m apart."""
    at = {own: p for part in existing for own, p in zip(part.ids, part.points, strict=True)}
    same = np.zeros(len(rows.ids), dtype=np.bool_)
    shared = np.array([k for k, own in enumerate(rows.ids) if own in at], dtype=np.int64)
    if shared.size:
        others = np.array([at[rows.ids[k]] for k in shared], dtype=object)
        apart_m = shapely.distance(projected(rows.points[shared], plane), projected(others, plane))
        same[shared[apart_m <= _ONE_PLACE_M]] = True
    return same


def already_open_note(n_sites: int) -> Note:
    """Tell how many candidates are stations that are open already."""
    return Note(
        zh=f"{n_sites:,} 处候选点与现有站点编号相同、相距不超过 {_ONE_PLACE_M:.0f} 米，"
        "视为同一处，按现有站点计",
        en=f"{n_sites:,} candidates share id and place (within {_ONE_PLACE_M:.0f} m) with an "
        "existing station: they are that station, and no candidates",
    )


def site_frame(
    parts: Sequence[SiteRows],
    class_of: ClassOf,
    costs: SiteCosts,
    siting: Siting,
    faults: FaultLog,
) -> gpd.GeoDataFrame:
    """Join the sources, existing stations first, and settle kind, role and cost.

    Parameters
    ----------
    parts
        The sources, in order.
    class_of
        Decides the kind of the sites that state none: 服务屋 in urban, 服务站 in rural places.
    costs
        Cost of opening by kind, where a row states none.
    siting
        Ids that must or must not open.
    faults
        Where ids used twice, and ids in ``siting`` that are not there, are reported.
    """
    ids = [own for part in parts for own in part.ids]
    origins = [origin for part in parts for origin in part.origins]
    _report_shared_ids(parts, faults)
    points = np.concatenate([part.points for part in parts] or [np.empty(0, dtype=object)])
    kind = np.array([k for part in parts for k in part.kind], dtype=object)
    undecided = kind == ""
    if undecided.any():
        urban = class_of(points[undecided]) == "urban"
        kind[undecided] = np.where(urban, HOUSE, STATION)
    role = _roles([r for part in parts for r in part.role], ids, origins, siting, faults)
    default = np.where(kind == HOUSE, costs.service_house_yuan, costs.service_station_yuan)
    cost = np.concatenate([part.cost_yuan for part in parts] or [np.empty(0)])
    cost = np.where(np.isnan(cost), default, cost)
    frame = gpd.GeoDataFrame(
        {
            "id": pd.Series(ids, dtype=object),
            "name": pd.Series([n for part in parts for n in part.names], dtype=object),
            "kind": pd.Series(kind, dtype=object),
            "role": pd.Series(role, dtype=object),
            "cost_yuan": np.rint(cost).astype(np.int64),
            "capacity": np.concatenate([part.capacity for part in parts] or [np.empty(0)]),
        },
        geometry=gpd.GeoSeries(points, crs="EPSG:4326"),
        crs="EPSG:4326",
    )
    return frame[list(SITE_COLUMNS)]


def dropped_note(label: tuple[str, str], dropped: int, total: int, margin_m: float) -> Note:
    """Tell how many sites lie too far outside the area to serve it."""
    zh, en = label
    return Note(
        zh=f"{zh} {total} 处中有 {dropped} 处距规划范围超过 {margin_m:.0f} 米，未采用",
        en=f"{dropped} of {total} {en} lie more than {margin_m:.0f} m outside the area and are "
        "left out",
    )


def _words(
    table: PointTable[SiteColumns], column: str, known: Mapping[str, str], faults: FaultLog
) -> list[str]:
    """Read a column that may hold only certain words."""
    if not column:
        return [known[""]] * len(table)
    cells = [cell.strip() for cell in table.table.frame[column]]
    bad = [k for k, cell in enumerate(cells) if cell not in known]
    report_rows(
        table.table, bad, faults, column=column, found=[cell_shown(cells[k]) for k in bad],
        expected=", ".join(word for word in known if word), remedy="correct the cell",
    )  # fmt: skip
    return [known.get(cell, known[""]) for cell in cells]


def _costs(table: PointTable[SiteColumns], columns: SiteColumns, faults: FaultLog) -> Floats:
    if not columns.cost_yuan:
        return np.full(len(table), np.nan)
    return numbers_from(
        table.table, columns.cost_yuan, faults, what="a cost in yuan", optional=True,
        positive=False, most=MOST_YUAN,
    )  # fmt: skip


def _capacities(table: PointTable[SiteColumns], columns: SiteColumns, faults: FaultLog) -> Floats:
    if not columns.capacity:
        return np.full(len(table), np.inf)
    values = numbers_from(
        table.table, columns.capacity, faults, what="parcels a day", optional=True,
        positive=True, most=MOST_PEOPLE,
    )  # fmt: skip
    return np.where(np.isnan(values), np.inf, values)


def _report_shared_ids(parts: Sequence[SiteRows], faults: FaultLog) -> None:
    """Report ids that two sources share; inside one they are reported with their rows."""
    owner: dict[str, tuple[SiteRows, str]] = {}
    shared = []
    for part in parts:
        for own, origin in zip(part.ids, part.origins, strict=True):
            first, first_origin = owner.setdefault(own, (part, origin))
            if own and first is not part:
                # A candidate where a station of that id stands has been taken for it already.
                elsewhere = ("existing" in first.role) != ("existing" in part.role)
                place = ", where another place is meant" if elsewhere else ""
                shared.append((own, origin, f"id {own!r}, as in {first_origin}{place}"))
    more = len(shared) - MAX_ROW_FAULTS
    if more > 0:
        del shared[MAX_ROW_FAULTS + 1 :]
        own, origin, _ = shared[-1]
        shared[-1] = (own, f"{origin.rpartition(', ')[0]}, other rows", f"{more} more such ids")
    for own, origin, found in shared:
        faults.add(
            origin, "", found=found, expected="ids that differ among all candidates and stations",
            remedy=f"rename one, or leave its row out: filter = 'not (COLUMN in \"{own}\")'; "
            "if both are one premise, correct the position or crs of one",
        )  # fmt: skip


def _roles(
    role: list[str], ids: list[str], origins: list[str], siting: Siting, faults: FaultLog
) -> list[str]:
    position = {own: k for k, own in enumerate(ids)}
    settled = list(role)
    for wish, wanted in (("required", siting.required), ("forbidden", siting.forbidden)):
        for own in wanted:
            k = position.get(own)
            if k is None:
                _report_unknown_id(own, wish, ids, faults)
            elif _contradicts(wish, role[k], own in siting.required and own in siting.forbidden):
                faults.add(
                    "scenario", f"siting.{wish}", found=f"{own!r}, {role[k]} in {origins[k]}",
                    expected="one role for each site", remedy="decide which of the two holds",
                )  # fmt: skip
            elif role[k] != "existing":
                settled[k] = wish
    return settled


def _contradicts(wish: str, role: str, in_both: bool) -> bool:  # noqa: FBT001 - a private predicate
    opposite = {"required": ("forbidden",), "forbidden": ("required", "existing")}
    return in_both or role in opposite[wish]


def _report_unknown_id(own: str, wish: str, ids: list[str], faults: FaultLog) -> None:
    near = difflib.get_close_matches(own, ids, n=3, cutoff=0.6)
    hint = f"write {' or '.join(map(repr, near))} if that was meant" if near else "correct the id"
    faults.add(
        "scenario", f"siting.{wish}", found=f"{own!r}, which is no candidate",
        expected="the id of a candidate in or near the area", remedy=hint,
    )  # fmt: skip
