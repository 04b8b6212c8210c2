"""Depots: transit and sorting centres from which vans start."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lastmile.errors import FaultLog
from lastmile.findings import Tally
from lastmile.places.coordinates import to_wgs84
from lastmile.places.model import DEPOT_COLUMNS
from lastmile.places.points import PointTable, ids_of, names_of, read_points
from lastmile.places.positions import is_geographic
from lastmile.places.tables import cell_shown, numbers_from, report_rows
from lastmile.scenario import MOST_PEOPLE, Depot, DepotTable, PointColumns, Scenario

_TEXTS: Final = ("id", "name", "kind")


DEPOT_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"": ""}
    | dict.fromkeys(("transit", "中转", "中转中心", "中转站", "转运", "转运中心"), "transit")
    | dict.fromkeys(
        ("sorting", "分拨", "分拨中心", "分拣", "分拣中心", "处理中心", "集散中心"), "sorting"
    )
)


@dataclass(frozen=True, slots=True)
class _Depot:
    id: str
    name: str
    kind: str
    capacity: float
    lon: float
    lat: float


def _unseen(_points: PointTable[PointColumns], _key: str) -> None:
    """Look at nothing."""


def read_depots(
    scenario: Scenario,
    faults: FaultLog,
    look: Callable[[PointTable[PointColumns], str], None] = _unseen,
) -> gpd.GeoDataFrame:
    """Read the depots, stated in the scenario or in tables.

    They may stand outside the planning area. Ids used twice and systems that are not known are
    reported; a table that cannot be read contributes no rows.

    Parameters
    ----------
    scenario
        States the depots.
    faults
        Where to report.
    look
        Shown every table with its key, such as the gate of coordinate systems.
    """
    depots: list[_Depot] = []
    owner: dict[str, str] = {}
    for number, source in enumerate(scenario.depots):
        key = f"depots[{number}]"
        if isinstance(source, Depot):
            capacity = math.inf if source.capacity is None else source.capacity
            name = source.name or source.id
            own = [_Depot(source.id, name, source.kind, capacity, *_placed(source, key, faults))]
        else:
            own = _of_table(source, key, f"depot{number + 1}", faults, look)
        for depot in own:
            if owner.setdefault(depot.id, key) != key:
                faults.add(
                    "scenario", key, found=f"depot id {depot.id!r}, as in {owner[depot.id]}",
                    expected="an id of its own for each depot", remedy="rename one of the two",
                )  # fmt: skip
        depots += own
    lon, lat = (np.array([getattr(d, axis) for d in depots], float) for axis in ("lon", "lat"))
    frame = gpd.GeoDataFrame(
        {name: pd.Series([getattr(d, name) for d in depots], dtype=object) for name in _TEXTS}
        | {"capacity": np.array([d.capacity for d in depots], dtype=np.float64)},
        geometry=gpd.GeoSeries(shapely.points(lon, lat), crs="EPSG:4326"),
        crs="EPSG:4326",
    )
    return frame[list(DEPOT_COLUMNS)]


def _of_table(
    source: DepotTable,
    key: str,
    prefix: str,
    faults: FaultLog,
    look: Callable[[PointTable[PointColumns], str], None],
) -> list[_Depot]:
    wanted = (source.columns.kind, source.columns.capacity)
    table = read_points(source, source.columns, wanted, faults, key)
    if table is None:
        return []
    look(table, key)
    columns, n = table.columns, len(table)
    ids = ids_of(table, columns.id, prefix, faults)
    kinds = [cell.lower() for cell in table.table.frame[columns.kind]] if columns.kind else [""] * n
    bad = [k for k, cell in enumerate(kinds) if cell not in DEPOT_KINDS]
    report_rows(
        table.table, bad, faults, column=columns.kind, found=[cell_shown(kinds[k]) for k in bad],
        expected="transit or sorting (中转、分拨)", remedy="correct the cell, or leave it empty",
    )  # fmt: skip
    capacity = np.full(n, np.inf)
    if columns.capacity:
        stated = numbers_from(
            table.table, columns.capacity, faults, what="parcels a day", optional=True,
            positive=True, most=MOST_PEOPLE,
        )  # fmt: skip
        capacity = np.where(np.isnan(stated), np.inf, stated)
    texts = zip(ids, names_of(table, columns.name, ids), strict=True)
    numbers = zip(capacity.tolist(), table.lon.tolist(), table.lat.tolist(), strict=True)
    faults.findings.tallies += [
        Tally(key, table.table.file, "kind", DEPOT_KINDS.get(kind, ""), count)
        for kind, count in sorted(Counter(kinds).items())
    ]
    return [
        _Depot(own, name, DEPOT_KINDS.get(kind, ""), *rest)
        for (own, name), kind, rest in zip(texts, kinds, numbers, strict=True)
    ]


def _placed(source: Depot, key: str, faults: FaultLog) -> tuple[float, float]:
    try:
        is_geographic(source.crs)
        lon, lat = to_wgs84(np.array([source.lon]), np.array([source.lat]), source.crs)
    except ValueError as error:
        faults.add(
            "scenario", f"{key}.crs", found=str(error), expected="a known EPSG code",
            remedy="correct it",
        )  # fmt: skip
        return source.lon, source.lat
    return float(lon[0]), float(lat[0])
