"""One boundary layer: its rows, their codes, names and outlines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.columns import column_findings, record_layer, resolved_boundary
from lastmile.places.coordinates import Floats
from lastmile.places.crs_boundaries import OutlineLayer
from lastmile.places.files import read_table
from lastmile.places.multipart import dissolved
from lastmile.places.notes import Note
from lastmile.places.points import PointTable, points_of
from lastmile.places.polygons import with_polygons
from lastmile.places.settlement import settlements_from
from lastmile.places.tables import (
    Table,
    codes_from,
    filtered,
    missing_columns,
    numbers_from,
    report_rows,
)
from lastmile.scenario import AUTO, MOST_PEOPLE, Boundaries, PointColumns

LAYER_COLUMNS: Final = ("key", "file", "where", "is_coded")
"""What a unit's frame holds beside ``UNIT_COLUMNS`` while units are read: scenario table, file and
row, for messages; and whether its code is one, or its name stands in for it."""


def read_layer(
    layer: Boundaries,
    position: int,
    faults: FaultLog,
    notes: list[Note],
    outlines: list[OutlineLayer],
    points: list[tuple[str, PointTable[PointColumns]]],
) -> gpd.GeoDataFrame | None:
    """Read a layer of polygons, or of the points from which outlines are to be made.

    Parameters
    ----------
    layer, position
        What the scenario says, and where it says so.
    faults
        Where a file, column or row that cannot be used is reported.
    notes
        Told what was mended and joined.
    outlines, points
        Given the layer, for the test of its coordinate system.

    Returns
    -------
    GeoDataFrame or None
        ``UNIT_COLUMNS`` and ``LAYER_COLUMNS``, EPSG:4326; ``parent_code`` still empty, and points
        where ``estimated``. None when nothing of it can be used.
    """
    key = f"boundaries[{position}]"
    if not (layer.code or layer.code_column or layer.name or layer.name_column):
        faults.add(
            layer.path, "", found="no column of codes or names stated", expected="at least one",
            remedy=f"set {key}.code_column or {key}.name_column",
        )  # fmt: skip
        return None
    if layer.outlines == "polygons":
        read = _polygons(layer, key, faults, notes)
    else:
        read = _points(layer, key, faults, points)
    if read is None or not _one_if_stated(layer, read.table, key, faults):
        return None
    stated, table, layer = read.crs, read.table, read.layer
    frame = _frame(layer, key, table, faults)
    if stated:
        shapes = frame.geometry.to_numpy()
        outlines.append(OutlineLayer(key, table.file, stated, tuple(frame["code"]), shapes))
    return frame


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A layer as it was read."""

    table: Table
    """Its shapes in WGS84."""

    layer: Boundaries
    """What the scenario says, with the columns that were recognised."""

    crs: str = ""
    """The system in which polygons were stated; '' for points, which are tested later."""


def _polygons(open_: Boundaries, key: str, faults: FaultLog, notes: list[Note]) -> _Read | None:
    stated_columns = [name for name in _columns(open_) if name != AUTO]
    whole = read_table(open_.path, open_.layer, stated_columns, faults)
    if whole is None or missing_columns(whole, stated_columns, faults, key):
        return None
    layer = resolved_boundary(open_, whole, faults, key)
    if not (layer.code or layer.name or layer.code_column or layer.name_column):
        return None
    columns = _columns(layer)
    table = filtered(whole, layer.filter, faults, f"{key}.filter")
    if table is None:
        return None
    stated = layer.crs if layer.crs != "file" else table.crs
    table = with_polygons(table, layer.crs, faults, f"{key}.crs", notes)
    if table is None:
        return None
    found = column_findings(open_, layer)
    record_layer(faults, key, whole, found, n_kept=len(table), crs=stated)
    code_column, name_column, *attributes = columns
    table, told = dissolved(table, code_column, name_column, attributes, faults, key)
    notes += told
    return _Read(table, layer, stated)


def _points(
    layer: Boundaries,
    key: str,
    faults: FaultLog,
    looked: list[tuple[str, PointTable[PointColumns]]],
) -> _Read | None:
    """Read a layer of points; its shapes are then points in WGS84."""
    columns = _columns(layer)
    stated = [name for name in (*columns, layer.lon_column, layer.lat_column) if name != AUTO]
    table = read_table(layer.path, layer.layer, stated, faults)
    if table is None or missing_columns(table, stated, faults, key):
        return None
    where = PointColumns(id="", name="", lon=layer.lon_column, lat=layer.lat_column)
    points = points_of(table, layer, where, columns, faults, key)
    if points is None:
        return None
    found = resolved_boundary(layer, points.table, faults, key)
    if not (found.code or found.name or found.code_column or found.name_column):
        return None
    looked.append((key, points))
    drawn = replace(points.table, geometry=points.points, crs="EPSG:4326")
    return _Read(drawn, found)


def _columns(layer: Boundaries) -> tuple[str, str, str, str]:
    code_column = "" if layer.code else layer.code_column
    name_column = "" if layer.name else layer.name_column
    return code_column, name_column, layer.people_column, layer.settlement_column


def _one_if_stated(layer: Boundaries, table: Table, key: str, faults: FaultLog) -> bool:
    if not (layer.code or layer.name) or len(table) == 1:
        return True
    faults.add(
        table.file, "", found=f"{len(table)} units",
        expected="one unit, as its code or name is stated in the scenario",
        remedy=f"name {key}.code_column and {key}.name_column instead",
    )  # fmt: skip
    return False


def _frame(layer: Boundaries, key: str, table: Table, faults: FaultLog) -> gpd.GeoDataFrame:
    code_column, name_column, people_column, settlement_column = _columns(layer)
    is_coded = bool(layer.code or code_column)
    codes = _codes(layer, table, code_column, name_column, faults)
    names = list(table.frame[name_column]) if name_column else codes
    if layer.name:
        names = [layer.name]
    settlement = settlements_from(table, settlement_column, faults)
    source = f"{PurePath(table.file).name}, {settlement_column}"
    columns: dict[str, list[str] | list[bool] | Floats] = {
        "code": codes,
        "name": names,
        "level": [str(layer.level)] * len(table),
        "parent_code": [""] * len(table),
        "settlement": settlement,
        "settlement_source": [source if given else "" for given in settlement],
        "people": _people(table, people_column, faults),
        "estimated": [layer.outlines == "voronoi"] * len(table),
        "key": [key] * len(table),
        "file": [table.file] * len(table),
        "where": [table.where(k) for k in range(len(table))],
        "is_coded": [is_coded] * len(table),
    }
    shapes = gpd.GeoSeries(table.geometry, crs="EPSG:4326")
    return gpd.GeoDataFrame(
        {name: _series(values) for name, values in columns.items()},
        geometry=shapes,
        crs="EPSG:4326",
    )


def _series(values: list[str] | list[bool] | Floats) -> pd.Series:
    is_text = isinstance(values, list) and any(isinstance(value, str) for value in values)
    return pd.Series(values, dtype=object) if is_text else pd.Series(values)


def _codes(
    layer: Boundaries, table: Table, code_column: str, name_column: str, faults: FaultLog
) -> list[str]:
    if layer.code:
        return [layer.code]
    if code_column:
        return codes_from(table, code_column, faults)
    if not name_column:
        return [layer.name]
    names = [str(name) for name in table.frame[name_column]]
    empty = [k for k, name in enumerate(names) if not name]
    report_rows(
        table, empty, faults, column=name_column, found=["nothing"] * len(empty),
        expected="a name", remedy="fill the cell",
    )  # fmt: skip
    return names


def _people(table: Table, column: str, faults: FaultLog) -> NDArray[np.float64]:
    if not column:
        return np.full(len(table), np.nan)
    return numbers_from(
        table, column, faults, what="people", optional=True, positive=False, most=MOST_PEOPLE
    )
