"""People by age group at the demand points, from columns of a table or rasters of age bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from lastmile.errors import FaultLog
from lastmile.places.cells import CellShares, Grid
from lastmile.places.coordinates import Floats
from lastmile.places.mosaic import cell_shift
from lastmile.places.notes import Note
from lastmile.places.points import PointTable
from lastmile.places.population import AgeGroup
from lastmile.places.raster_files import read_grid
from lastmile.places.tables import numbers_from
from lastmile.scenario import (
    MOST_PEOPLE,
    AgeGroupRasters,
    DemandColumns,
    PointDemand,
    RasterDemand,
    WeightRaster,
)

_TOLD_SHARE: Final = 0.01


def raster_age_groups(
    source: RasterDemand,
    grid: Grid,
    pieces: CellShares,
    people: Floats,
    area: shapely.Geometry,
    faults: FaultLog,
) -> tuple[tuple[AgeGroup, ...], tuple[Note, ...]]:
    """Read the people of every group in pieces of cells.

    Parameters
    ----------
    source
        Names the rasters of each group; one group may be the sum of several, as WorldPop has one
        file for each sex and five years of age.
    grid
        The cells of all people; those of the groups must be the same ones.
    pieces
        The pieces that are demand points.
    people
        Shape (pieces,). All people.
    area
        EPSG:4326.
    faults
        Where rasters of other cells, and negative people, are reported.
    """
    groups = []
    for number, wanted in enumerate(source.age_groups):
        key = f"demand.age_groups[{number}]"
        found = np.zeros(len(pieces.cell))
        for path in wanted.path:
            layer = WeightRaster(
                path=(path,), crs=source.crs, band=wanted.band, nodata=source.nodata
            )
            band, _ = read_grid(layer, area, faults, key)
            if band is not None:
                found += _at(band, grid, pieces, wanted, faults)
        groups.append(AgeGroup(wanted.name, found))
    return tuple(groups), exceeding(groups, people)


def _at(
    band: Grid, grid: Grid, pieces: CellShares, wanted: AgeGroupRasters, faults: FaultLog
) -> Floats:
    """Read a band of ages where the pieces are, cut as they are."""
    shift = cell_shift(grid.transform, band.transform) if band.crs == grid.crs else None
    if shift is None:
        faults.add(
            wanted.path[0], "", found="cells that do not line up with those of demand.path",
            expected="the cells of the raster of all people",
            remedy="warp it to that raster's cells in a GIS program (sums, not means)",
        )  # fmt: skip
        return np.zeros(len(pieces.cell))
    row, column = np.divmod(pieces.cell, grid.values.shape[1])
    row, column = row - shift[0], column - shift[1]
    height, width = band.values.shape
    there = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    found = np.zeros(len(pieces.cell))
    found[there] = np.nan_to_num(band.values[row[there], column[there]])
    if (found < 0.0).any():
        faults.add(
            wanted.path[0], f"band {wanted.band}", found=f"{found.min():g} people in a cell",
            expected="people >= 0", remedy="declare the value as nodata, or set demand.nodata",
        )  # fmt: skip
    return np.maximum(found, 0.0) * pieces.share


def table_age_groups(
    source: PointDemand, table: PointTable[DemandColumns], faults: FaultLog
) -> tuple[AgeGroup, ...]:
    """Read the columns of age groups; an empty cell is nobody of that age."""
    groups = []
    for name, column in source.age_columns.items():
        people = numbers_from(
            table.table, column, faults, what=f"people of {name}", optional=True,
            positive=False, most=MOST_PEOPLE,
        )  # fmt: skip
        groups.append(AgeGroup(name, np.nan_to_num(people)))
    return tuple(groups)


def exceeding(groups: Sequence[AgeGroup], people: Floats) -> tuple[Note, ...]:
    """Tell when the groups together are more people than there are: that cannot be."""
    together, total = float(sum(group.people.sum() for group in groups)), float(people.sum())
    if together <= total * (1.0 + _TOLD_SHARE):
        return ()
    return (
        Note(
            zh=f"各年龄组合计 {together:,.0f} 人，多于总人口 {total:,.0f} 人，请核对口径与年份",
            en=f"the age groups add up to {together:,.0f} people, more than all {total:,.0f}: "
            "check their year and definition",
        ),
    )
