"""Layers of polygons that only weigh: an odd shape among thousands is left out, and told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath

import numpy as np
import shapely

from lastmile.errors import FaultLog
from lastmile.places.files import read_table
from lastmile.places.notes import Note
from lastmile.places.points import LayerSource
from lastmile.places.polygons import with_polygons
from lastmile.places.tables import Table, filtered, missing_columns


def read_weight_layer(
    source: LayerSource, columns: Sequence[str], faults: FaultLog, key: str, notes: list[Note]
) -> Table | None:
    """Read the polygons of a layer.

    Parameters
    ----------
    source
        File, layer, system and filter.
    columns
        Columns that must be there; '' is ignored.
    faults
        Where unusable files, columns and filters are reported.
    key
        Name of the table in the scenario.
    notes
        Told how many shapes were mended, and how many without area were left out: extracts of
        OpenStreetMap are full of buildings that the edge cuts.
    """
    table = read_table(source.path, source.layer, columns, faults)
    if table is None or missing_columns(table, columns, faults, key):
        return None
    table = filtered(table, source.filter, faults, f"{key}.filter")
    if table is None or table.geometry is None:
        return None if table is None else with_polygons(table, source.crs, faults, key, notes)
    shapes = table.geometry.copy()
    broken = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    sound = np.nan_to_num(shapely.area(shapes)) > 0.0
    if sound.any() and not sound.all():
        notes.append(_left_out(source.path, int((~sound).sum()), len(sound)))
        table = table.take(sound)
    return with_polygons(table, source.crs, faults, f"{key}.crs", notes)


def _left_out(path: Path, n_out: int, n_all: int) -> Note:
    name = PurePath(path).name
    return Note(
        zh=f"{name} 的 {n_all:,} 个图形中有 {n_out:,} 个没有面积，未参与人口分摊",
        en=f"{name}: {n_out:,} of {n_all:,} shapes have no area and weigh nothing",
    )
