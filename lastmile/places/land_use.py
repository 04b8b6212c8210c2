"""Ground that is lived on, by the class of its land use."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import Floats
from lastmile.places.dwelling import lived_in
from lastmile.places.notes import Note
from lastmile.places.spots import Spots
from lastmile.places.squares import square_spots
from lastmile.places.tables import Table
from lastmile.places.weight_layers import read_weight_layer
from lastmile.scenario import LandUse

_KEY: Final = "demand.land_use"


def land_use_spots(
    source: LandUse,
    outlines: NDArray[np.object_],
    plane: pyproj.CRS,
    spacing_m: float,
    faults: FaultLog,
    notes: list[Note],
) -> Spots:
    """Cut the ground that is lived on into squares, weighted by area in m² times density.

    Parameters
    ----------
    source
        The file, its class column and the densities.
    outlines
        Shape (units,). EPSG:4326.
    plane
        Where areas are measured.
    spacing_m
        Side of the squares.
    faults
        Where unusable files, and a class that no polygon has, are reported.
    notes
        Told of outlines that were mended.
    """
    table = read_weight_layer(source, [source.class_column], faults, _KEY, notes)
    if table is None or table.geometry is None:
        return Spots(np.empty(0, np.int64), np.empty(0, object), np.empty(0))
    density = _densities(source, table, faults)
    shapes = table.geometry[density > 0.0]
    density = density[density > 0.0]
    owner, piece = shapely.STRtree(shapes).query(outlines, predicate="intersects")
    order = np.lexsort((piece, owner))
    owner, piece = owner[order].astype(np.int64), piece[order]
    ground = np.array(
        [_areas(shape) for shape in shapely.intersection(outlines[owner], shapes[piece])],
        dtype=object,
    )
    spots = square_spots(ground, plane, spacing_m, faults)
    weight = spots.weight * density[piece[spots.owner]]
    return Spots(owner[spots.owner], spots.points, weight)


def _areas(shape: shapely.Geometry) -> shapely.Geometry:
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _densities(source: LandUse, table: Table, faults: FaultLog) -> Floats:
    if not source.class_column:
        return np.ones(len(table))
    classes = table.frame[source.class_column].astype(str).str.strip()
    density = np.array([source.classes.get(cell, 0.0) for cell in classes])
    if not source.classes:
        density = lived_in(classes.where(classes != "", "-"), ()).astype(np.float64)
    if not (density > 0.0).any():
        some = ", ".join(sorted(set(classes))[:12])
        faults.add(
            table.file, f"column {source.class_column}",
            found=f"no class that is lived on among {some}",
            expected="a class such as R2, 070102 or 居住用地",
            remedy=f"state {_KEY}.classes, such as {{ R2 = 1.0 }}",
        )  # fmt: skip
    return density
