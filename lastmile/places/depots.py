"""Depots: transit and sorting centres from which vans start."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lastmile.errors import FaultLog
from lastmile.places.coordinates import to_wgs84
from lastmile.places.model import DEPOT_COLUMNS
from lastmile.places.points import ids_of, names_of, read_points
from lastmile.places.positions import is_geographic
from lastmile.scenario import Depot, Scenario


def read_depots(scenario: Scenario, faults: FaultLog) -> gpd.GeoDataFrame:
    """Read the depots, stated in the scenario or in tables.

    They may stand outside the planning area. Ids used twice and systems that are not known are
    reported; a table that cannot be read contributes no rows.
    """
    ids: list[str] = []
    names: list[str] = []
    lon: list[float] = []
    lat: list[float] = []
    owner: dict[str, str] = {}
    for number, source in enumerate(scenario.depots):
        key = f"depots[{number}]"
        if isinstance(source, Depot):
            rows = [(source.id, source.name or source.id, *_placed(source, key, faults))]
        else:
            table = read_points(source, source.columns, (), faults, key)
            if table is None:
                continue
            own = ids_of(table, table.columns.id, f"depot{number + 1}", faults)
            called = names_of(table, table.columns.name, own)
            rows = list(zip(own, called, table.lon.tolist(), table.lat.tolist(), strict=True))
        for own_id, name, x, y in rows:
            if owner.setdefault(own_id, key) != key:
                faults.add(
                    "scenario", key, found=f"depot id {own_id!r}, as in {owner[own_id]}",
                    expected="an id of its own for each depot", remedy="rename one of the two",
                )  # fmt: skip
            ids.append(own_id)
            names.append(name)
            lon.append(x)
            lat.append(y)
    points = shapely.points(np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64))
    frame = gpd.GeoDataFrame(
        {"id": pd.Series(ids, dtype=object), "name": pd.Series(names, dtype=object)},
        geometry=gpd.GeoSeries(points, crs="EPSG:4326"),
        crs="EPSG:4326",
    )
    return frame[list(DEPOT_COLUMNS)]


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
