"""People from population rasters: a demand point for every populated cell, or piece of one."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.age_groups import raster_age_groups
from lastmile.places.cells import CellShares, Grid, cell_shares, piece_points, without_slivers
from lastmile.places.coordinates import areas_m2
from lastmile.places.locate import inside_area
from lastmile.places.model import LEVELS
from lastmile.places.notes import Note
from lastmile.places.population import People
from lastmile.places.raster_files import read_grid
from lastmile.places.units import Units
from lastmile.scenario import MOST_PEOPLE, RasterDemand

_TOLD_SHARE: Final = 0.002


def read_raster(
    source: RasterDemand, units: Units, faults: FaultLog
) -> tuple[People | None, tuple[Note, ...]]:
    """Read the people of every cell of the area.

    Parameters
    ----------
    source
        The rasters, their band and system, and what becomes of cells that a border cuts: ``share``
        counts the part of their people that their part inside is of the cell, ``units`` also
        splits cells between the finest units, ``centre`` counts cells whose middle lies inside,
        whole.
    units
        The area, and the units of ``border = "units"``; EPSG:4326.
    faults
        Where an unreadable raster, one that does not touch the area, and negative people are
        reported. Cells at the raster's nodata value, NaN or infinite, hold nobody.

    Returns
    -------
    tuple
        The people, None when there are none to plan for; and notes, such as a part of the area
        that the raster does not reach.
    """
    grid, notes = read_grid(source, units.area, faults, "demand")
    if grid is None:
        return None, ()
    polygons, codes = _pieces_of_ground(source, units)
    pieces = (
        _whole_cells(grid, units.area)
        if source.border == "centre"
        else without_slivers(cell_shares(polygons, grid))
    )
    values = grid.values.ravel()
    pieces = pieces.take(~np.isnan(values[pieces.cell]))
    people = values[pieces.cell]
    _report_out_of_range(source, grid, pieces, faults)
    keep = people > 0.0
    if not keep.any():
        faults.add(
            source.path[0], f"band {source.band}", found="no populated cell inside the area",
            expected="people > 0", remedy="check the band and the boundaries",
        )  # fmt: skip
        return None, ()
    pieces, people = pieces.take(keep), (people * pieces.share)[keep]
    points = (
        grid.centres(pieces.cell)
        if source.border == "centre"
        else piece_points(pieces, polygons, grid)
    )
    ids = _ids(grid, pieces, codes)
    homes = tuple(np.array(codes, dtype=object)[pieces.owner])
    groups, told = raster_age_groups(source, grid, pieces, people, units.area, faults)
    found = People(ids, ids, points, people, age_groups=groups, unit_codes=homes)
    return found, (*notes, *_missed(grid, units.area), *told)


def _pieces_of_ground(
    source: RasterDemand, units: Units
) -> tuple[NDArray[np.object_], tuple[str, ...]]:
    """Return the polygons between which cells are split, and their codes, '' outside units."""
    if source.border != "units":
        return np.array([units.area], dtype=object), ("",)
    finest = _finest(units)
    rest = shapely.difference(units.area, shapely.union_all(finest.geometry.to_numpy()))
    shapes = shapely.intersection(finest.geometry.to_numpy(), units.area)
    # Lines and points where neighbours touch hold no people, and no share of a cell.
    parts = np.array([_polygonal(shape) for shape in [*shapes, rest]], dtype=object)
    return parts, (*(str(code) for code in finest["code"]), "")


def _finest(units: Units) -> gpd.GeoDataFrame:
    levels = units.units["level"]
    finest = [level for level in LEVELS if (levels == level).any()][-1]
    return units.units[levels == finest]


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _whole_cells(grid: Grid, area: shapely.Geometry) -> CellShares:
    cell = np.flatnonzero(~np.isnan(grid.values))
    cell = cell[inside_area(grid.centres(cell), area)]
    return CellShares(np.zeros(len(cell), np.int64), cell, np.ones(len(cell)))


def _ids(grid: Grid, pieces: CellShares, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Name pieces by row and column; those of a cell in several parts by the unit, too."""
    row, column = np.divmod(pieces.cell, grid.values.shape[1])
    shared = np.bincount(pieces.cell, minlength=grid.values.size)[pieces.cell] > 1
    return tuple(
        f"r{r}c{c}-{codes[owner] or 'rest'}" if split else f"r{r}c{c}"
        for r, c, owner, split in zip(
            (row + grid.first_row).tolist(),
            (column + grid.first_column).tolist(),
            pieces.owner.tolist(),
            shared.tolist(),
            strict=True,
        )
    )


def _report_out_of_range(
    source: RasterDemand, grid: Grid, pieces: CellShares, faults: FaultLog
) -> None:
    people = grid.values.ravel()[pieces.cell]
    wrong = np.unique(pieces.cell[(people < 0.0) | (people > MOST_PEOPLE)])
    if not len(wrong):
        return
    row, column = np.divmod(int(wrong[0]), grid.values.shape[1])
    value = float(grid.values[row, column])
    more = f", and {len(wrong) - 1:,} more such cells" if len(wrong) > 1 else ""
    faults.add(
        source.path[0],
        f"band {source.band}, cell at row {row + grid.first_row}, "
        f"column {column + grid.first_column}",
        found=f"{value:g} people{more}",
        expected="people >= 0" if value < 0.0 else f"at most {MOST_PEOPLE:,.0f} people",
        remedy=f"declare the value as nodata in the raster, or set demand.nodata = {value:g}, "
        "if it means that",
    )


def _missed(grid: Grid, area: shapely.Geometry) -> tuple[Note, ...]:
    """Tell of the part of the area beyond the edge of the raster."""
    beyond = shapely.difference(area, grid.footprint)
    whole, missed = areas_m2(np.array([area, beyond], dtype=object))
    if missed <= whole * _TOLD_SHARE:
        return ()
    return (
        Note(
            zh=f"人口栅格未覆盖规划范围内的 {missed / 1e6:.1f} km²，该处人口未计入",
            en=f"the population raster misses {missed / 1e6:.1f} km² of the area; "
            "people there are not counted",
        ),
    )
