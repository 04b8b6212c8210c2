"""Candidate sites and existing stations."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import Floats
from lastmile.places.model import SITE_COLUMNS
from lastmile.places.site_rows import SiteRows
from lastmile.places.tables import MAX_ROW_FAULTS
from lastmile.scenario import Premises, Siting

HOUSE: Final = "服务屋"
STATION: Final = "服务站"

ClassOf = Callable[[NDArray[np.object_]], NDArray[np.object_]]
"""Gives each point urban or rural."""


def site_frame(
    parts: Sequence[SiteRows], class_of: ClassOf, siting: Siting, faults: FaultLog
) -> gpd.GeoDataFrame:
    """Join the sources, in their order, and settle kind, role, cost and capacity.

    Parameters
    ----------
    parts
        The sources, in order.
    class_of
        Decides the kind of the sites that state none: 服务屋 in urban, 服务站 in rural places.
    siting
        Ids that must or must not open; costs and capacities, by class of premises or by kind,
        where a row states none.
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
    premises = np.array([p for part in parts for p in part.premises], dtype=object)
    role = _roles([r for part in parts for r in part.role], ids, origins, siting, faults)
    frame = gpd.GeoDataFrame(
        {
            "id": pd.Series(ids, dtype=object),
            "name": pd.Series([n for part in parts for n in part.names], dtype=object),
            "kind": pd.Series(kind, dtype=object),
            "role": pd.Series(role, dtype=object),
            "cost_yuan": _costs(_joined([p.cost_yuan for p in parts]), kind, premises, siting),
            "capacity": _capacities(_joined([p.capacity for p in parts]), kind, premises, siting),
            "premises": pd.Series(premises, dtype=object),
            "opened": _joined([part.opened for part in parts]),
        },
        geometry=gpd.GeoSeries(points, crs="EPSG:4326"),
        crs="EPSG:4326",
    )
    return frame[list(SITE_COLUMNS)]


def _joined(columns: Sequence[Floats]) -> Floats:
    return np.concatenate(columns or [np.empty(0)])


def _costs(
    stated: Floats, kind: NDArray[np.object_], premises: NDArray[np.object_], siting: Siting
) -> NDArray[np.int64]:
    """Costs of opening: the row's own, else its class's, else its kind's. Whole yuan."""
    costs = siting.costs
    default = np.where(kind == HOUSE, costs.service_house_yuan, costs.service_station_yuan)
    by_class = _by_class(premises, dict(costs.class_yuan))
    cost = np.where(np.isnan(by_class), default, by_class)
    return np.rint(np.where(np.isnan(stated), cost, stated)).astype(np.int64)


def _capacities(
    stated: Floats, kind: NDArray[np.object_], premises: NDArray[np.object_], siting: Siting
) -> Floats:
    """Parcels a day: the row's own, else its class's, else its kind's, else unlimited."""
    wish = siting.capacities
    house, station = (
        np.inf if most is None else float(most)
        for most in (wish.service_house, wish.service_station)
    )
    by_class = _by_class(premises, dict(wish.by_class))
    capacity = np.where(np.isnan(by_class), np.where(kind == HOUSE, house, station), by_class)
    return np.where(np.isnan(stated), capacity, stated)


def _by_class(premises: NDArray[np.object_], values: Mapping[Premises, int]) -> Floats:
    """Shape (sites,). NaN where nothing is stated for the class of a site."""
    known: dict[str, float] = {own: float(value) for own, value in values.items()}
    return np.array([known.get(own, np.nan) for own in premises], dtype=np.float64)


def _report_shared_ids(parts: Sequence[SiteRows], faults: FaultLog) -> None:
    """Report ids that two sources share; inside one they are reported with their rows."""
    owner: dict[str, tuple[SiteRows, str]] = {}
    shared = []
    for part in parts:
        for own, origin in zip(part.ids, part.origins, strict=True):
            first, first_origin = owner.setdefault(own, (part, origin))
            if own and first is not part:
                # A candidate where a station of that id stands has been taken for it already.
                elsewhere = first.is_existing != part.is_existing
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
