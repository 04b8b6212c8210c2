"""Administrative units: boundary layers of every level, with their hierarchy."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from lastmile.errors import FaultLog
from lastmile.places.columns import column_findings, record_layer, resolved_boundary
from lastmile.places.coordinates import projected, working_crs
from lastmile.places.files import read_table
from lastmile.places.model import UNIT_COLUMNS
from lastmile.places.notes import Note
from lastmile.places.polygons import with_polygons
from lastmile.places.settlement import settlements_from
from lastmile.places.tables import (
    Table,
    codes_from,
    filtered,
    missing_columns,
    numbers_from,
)
from lastmile.scenario import AUTO, MOST_PEOPLE, Boundaries, Scenario

LEVELS: Final = ("district", "township", "community")
"""Coarsest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The administrative units of the planning area, EPSG:4326."""

    units: gpd.GeoDataFrame
    """``UNIT_COLUMNS``, coarsest level first, rows of a level in the order of the files."""

    area: Polygon | MultiPolygon
    """Union of the first boundary layer."""

    notes: tuple[Note, ...] = ()
    """Outlines that had to be mended, units of one level that lie over each other."""


def read_units(scenario: Scenario, faults: FaultLog) -> Units | None:
    """Read every boundary layer.

    Parameters
    ----------
    scenario
        Names the layers, their columns and systems.
    faults
        Where missing files and columns, empty layers, repeated codes and unusable shapes are
        reported; reading goes on with the next layer.

    Returns
    -------
    Units or None
        None when the first layer, which bounds the area, cannot be used.
    """
    notes: list[Note] = []
    frames = [
        _read_layer(layer, position, faults, notes)
        for position, layer in enumerate(scenario.boundaries)
    ]
    if frames[0] is None:
        return None
    area = shapely.union_all(frames[0].geometry.to_numpy())
    usable = [frame for frame in frames if frame is not None]
    usable.sort(key=lambda frame: LEVELS.index(frame["level"].iloc[0]))
    units = gpd.GeoDataFrame(
        pd.concat(usable, ignore_index=True), geometry="geometry", crs="EPSG:4326"
    )
    _report_repeated_codes(units, faults)
    units["parent_code"] = _parents(units)
    return Units(units[list(UNIT_COLUMNS)], area, (*notes, *_overlaps(units)))


def outline_bounds(
    path: Path, crs: str, faults: FaultLog
) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all polygons of a file's first layer, in WGS84 degrees.

    Parameters
    ----------
    path
        Any vector file.
    crs
        Its system; ``file`` for the one that it states.
    faults
        Where what cannot be used is reported.
    """
    table = read_table(path, "", (), faults)
    if table is not None:
        table = with_polygons(table, crs, faults, "--crs", [])
    if table is None or table.geometry is None:
        return None
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(table.geometry))
    return west, south, east, north


def _read_layer(
    layer: Boundaries, position: int, faults: FaultLog, notes: list[Note]
) -> gpd.GeoDataFrame | None:
    key = f"boundaries[{position}]"
    code_column = "" if layer.code else layer.code_column
    name_column = "" if layer.name else layer.name_column
    columns = (code_column, name_column, layer.people_column, layer.settlement_column)
    stated = [name for name in columns if name != AUTO]
    table = read = read_table(layer.path, layer.layer, stated, faults)
    if table is None or read is None or missing_columns(table, stated, faults, key):
        return None
    left_open, layer = layer, resolved_boundary(layer, table, faults, key)
    code_column = "" if layer.code else layer.code_column
    name_column = "" if layer.name else layer.name_column
    if not (code_column or name_column or layer.code or layer.name):
        return None
    table = filtered(table, layer.filter, faults, f"{key}.filter")
    if table is None:
        return None
    table = with_polygons(table, layer.crs, faults, f"{key}.crs", notes)
    if table is None:
        return None
    if (layer.code or layer.name) and len(table) > 1:
        faults.add(
            table.file, "", found=f"{len(table)} units",
            expected="one unit, as its code or name is stated in the scenario",
            remedy=f"name {key}.code_column and {key}.name_column instead",
        )  # fmt: skip
        return None
    found = column_findings(left_open, layer)
    record_layer(faults, key, read, found, n_kept=len(table), crs=layer.crs)
    codes = [layer.code] if layer.code else codes_from(table, code_column or name_column, faults)
    names = list(table.frame[name_column]) if name_column else codes
    if layer.name:
        names = [layer.name]
    return gpd.GeoDataFrame(
        {
            "code": pd.Series(codes, dtype=object),
            "name": pd.Series(names, dtype=object),
            "level": pd.Series([layer.level] * len(table), dtype=object),
            "parent_code": pd.Series([""] * len(table), dtype=object),
            "settlement": pd.Series(
                settlements_from(table, layer.settlement_column, faults), dtype=object
            ),
            "people": _people(table, layer.people_column, faults),
        },
        geometry=gpd.GeoSeries(table.geometry, crs="EPSG:4326"),
        crs="EPSG:4326",
    )


def _people(table: Table, column: str, faults: FaultLog) -> NDArray[np.float64]:
    if not column:
        return np.full(len(table), np.nan)
    return numbers_from(
        table, column, faults, what="people", optional=True, positive=False, most=MOST_PEOPLE
    )


def _overlaps(units: gpd.GeoDataFrame) -> tuple[Note, ...]:
    """Tell of units of one level that share ground: whoever lives there counts for the first."""
    notes = []
    plane = working_crs(float(np.mean(units.total_bounds[[0, 2]])))
    for level, rows in units.groupby("level", sort=False):
        flat = projected(rows.geometry.to_numpy(), plane)
        one, other = shapely.STRtree(flat).query(flat, predicate="intersects")
        apart = one < other
        one, other = one[apart], other[apart]
        shared = shapely.area(shapely.intersection(flat[one], flat[other]))
        smaller = np.minimum(shapely.area(flat[one]), shapely.area(flat[other]))
        worst = np.flatnonzero(shared > _SHARED_SHARE * smaller)
        if worst.size:
            names, k = rows["name"].to_numpy(), int(worst[np.argmax(shared[worst])])
            pair, count = (names[one[k]], names[other[k]]), worst.size
            notes.append(
                Note(
                    zh=f"{count:,} 对同级区划相互重叠（如 {pair[0]} 与 {pair[1]}），"
                    "重叠处的人口只计入排在前面的区划",
                    en=f"{count:,} pairs of units at level {level} overlap (such as {pair[0]} and "
                    f"{pair[1]}); people there count for the one that stands first",
                )
            )
    return tuple(notes)


_SHARED_SHARE: Final = 0.01
"""Of the smaller unit's area; outlines drawn apart overlap by slivers everywhere."""


def _report_repeated_codes(units: gpd.GeoDataFrame, faults: FaultLog) -> None:
    """Report codes that occur in two layers; inside one layer they are reported with their rows."""
    levels: dict[str, set[str]] = {}
    for code, level in zip(units["code"], units["level"], strict=True):
        levels.setdefault(code, set()).add(level)
    for code in [code for code, found in levels.items() if len(found) > 1 and code]:
        faults.add(
            "boundaries", f"code {code}", found=f"units at {' and '.join(sorted(levels[code]))}",
            expected="a code of its own for each unit",
            remedy="use the full code of each level, such as 320402 and 320402001",
        )  # fmt: skip


def _parents(units: gpd.GeoDataFrame) -> list[str]:
    """Give each unit the unit of the next coarser level that it overlaps most."""
    shapes = units.geometry.to_numpy()
    levels = units["level"].to_numpy()
    codes = units["code"].to_numpy()
    parents = [""] * len(units)
    present = [level for level in LEVELS if (levels == level).any()]
    for coarse, fine in itertools.pairwise(present):
        above, below = np.flatnonzero(levels == coarse), np.flatnonzero(levels == fine)
        own, other = shapely.STRtree(shapes[above]).query(shapes[below], predicate="intersects")
        overlap = shapely.area(shapely.intersection(shapes[below[own]], shapes[above[other]]))
        # Ascending overlap, then descending position: the last write is the first of the largest.
        for k in np.lexsort((-other, overlap)):
            if overlap[k] > 0.0:
                parents[below[own[k]]] = codes[above[other[k]]]
    return parents
