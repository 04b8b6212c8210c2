"""Buildings that are lived in, and their floor area."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import Floats, projected, unprojected
from lastmile.places.dwelling import lived_in
from lastmile.places.notes import Note
from lastmile.places.spots import Spots
from lastmile.places.tables import Table, numbers_from
from lastmile.places.weight_layers import read_weight_layer
from lastmile.scenario import Buildings

_KEY: Final = "demand.buildings"
_FLOOR_M: Final = 3.0
"""GB 50096-2011, 5.5.1: floors of housing should be 2.80 m high; slabs and roofs come on top."""
_MOST_FLOORS: Final = 200.0
_MOST_M2: Final = 1e7


def building_spots(
    source: Buildings,
    outlines: NDArray[np.object_],
    plane: pyproj.CRS,
    faults: FaultLog,
    notes: list[Note],
) -> Spots:
    """Find the middles of the buildings that are lived in, weighted by floor area in m².

    Parameters
    ----------
    source
        The file and its columns.
    outlines
        Shape (units,). EPSG:4326.
    plane
        Where areas are measured.
    faults
        Where unusable files, columns and cells are reported.
    notes
        Told how many buildings are lived in, and of how many the floors are not known.
    """
    columns = [source.floor_area_column, source.floors_column, source.height_column]
    columns.append(source.class_column)
    table = read_weight_layer(source, columns, faults, _KEY, notes)
    if table is None or table.geometry is None:
        return Spots(np.empty(0, np.int64), np.empty(0, object), np.empty(0))
    flat = projected(table.geometry, plane)
    area_m2 = _floor_area(source, table, shapely.area(flat), faults, notes)
    if source.class_column:
        homes = lived_in(table.frame[source.class_column], source.classes)
        notes.append(_told(int(homes.sum()), len(homes)))
        area_m2 = np.where(homes, area_m2, 0.0)
    middles = unprojected(shapely.centroid(flat), plane)
    owner, building = shapely.STRtree(middles).query(outlines, predicate="contains_properly")
    order = np.lexsort((building, owner))
    owner, building = owner[order].astype(np.int64), building[order]
    return Spots(owner, middles[building], area_m2[building])


def _floor_area(
    source: Buildings, table: Table, ground_m2: Floats, faults: FaultLog, notes: list[Note]
) -> Floats:
    """Take what is stated best: floor area, floors, height; one floor where nothing is."""
    area = _numbers(source.floor_area_column, table, faults, "floor area in m²", _MOST_M2)
    floors = _numbers(source.floors_column, table, faults, "floors", _MOST_FLOORS)
    height = _numbers(
        source.height_column, table, faults, "a height in metres", _MOST_FLOORS * _FLOOR_M
    )
    by_height = np.maximum(1.0, np.floor(height / _FLOOR_M))
    floors = np.where(np.isnan(floors), by_height, floors)
    n_unknown = int((np.isnan(area) & np.isnan(floors)).sum())
    if n_unknown and n_unknown < len(ground_m2):
        notes.append(_unknown(n_unknown, len(ground_m2)))
    ground = ground_m2 * np.where(np.isnan(floors), 1.0, floors)
    return np.where(np.isnan(area), ground, area)


def _numbers(column: str, table: Table, faults: FaultLog, what: str, most: float) -> Floats:
    if not column:
        return np.full(len(table), np.nan)
    return numbers_from(table, column, faults, what=what, optional=True, positive=False, most=most)


def _told(n_homes: int, n_all: int) -> Note:
    return Note(
        zh=f"{n_all:,} 栋建筑中按用途有 {n_homes:,} 栋有人居住，人口按其建筑面积分摊",
        en=f"by their class {n_homes:,} of {n_all:,} buildings are lived in; people are spread "
        "over their floor area",
    )


def _unknown(n_unknown: int, n_all: int) -> Note:
    return Note(
        zh=f"{n_all:,} 栋建筑中有 {n_unknown:,} 栋层数不详，按一层计",
        en=f"the floors of {n_unknown:,} of {n_all:,} buildings are not known; they count as one",
    )
