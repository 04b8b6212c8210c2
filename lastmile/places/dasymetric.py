"""Dasymetric weights: where in its unit each person may live, by the best source at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.buildings import building_spots
from lastmile.places.cells import cell_shares, piece_points
from lastmile.places.coordinates import working_crs
from lastmile.places.ground import Ground
from lastmile.places.land_use import land_use_spots
from lastmile.places.notes import Note, listed
from lastmile.places.raster_files import read_grid
from lastmile.places.spots import Spots, together
from lastmile.places.squares import square_spots
from lastmile.places.streets import street_spots
from lastmile.scenario import UnitTotalsDemand, WeightKind, WeightRaster

_LACKS: Final[dict[WeightKind, tuple[str, str]]] = {
    "roads": ("没有道路", "hold no road"),
    "buildings": ("没有居住建筑", "hold no building that is lived in"),
    "land_use": ("没有居住用地", "hold no ground that is lived on"),
    "raster": ("在人口栅格中无人", "hold nobody in the raster"),
    "equal": ("没有面积", "have no ground"),
}
_GIVES: Final[dict[WeightKind, tuple[str, str]]] = {
    "roads": ("人口沿道路分摊", "their people are spread along roads"),
    "buildings": ("人口按建筑面积分摊", "their people are spread over buildings"),
    "land_use": ("人口按居住用地分摊", "their people are spread over land that is lived on"),
    "raster": ("人口按栅格分摊", "their people are spread as the raster has them"),
    "equal": ("人口按面积均摊", "their people are spread evenly over the ground"),
}
_AT_LAST: Final = ("人口置于其内部点", "their people stand at a point inside")


def weighted_spots(
    source: UnitTotalsDemand,
    units: gpd.GeoDataFrame,
    area: shapely.Geometry,
    ground: Ground | None,
    faults: FaultLog,
) -> tuple[Spots, tuple[Note, ...]]:
    """Find weighted spots in every unit, of the first kind that the unit has any of.

    Parameters
    ----------
    source
        The kinds of weights, best first, and their files.
    units
        ``UNIT_COLUMNS``, of the units that have people.
    area
        EPSG:4326.
    ground
        The roads; not None where roads are among the weights.
    faults
        Where files that cannot be used are reported.

    Returns
    -------
    tuple
        Spots, those of a unit in a row, at least one for each unit; and notes that name the units
        in which the first kind found nothing.

    References
    ----------
    Wright (1936), doi:10.2307/209467; Eicher & Brewer (2001), doi:10.1559/152304001782173727.
    """
    outlines = units.geometry.to_numpy()
    names = units["name"].astype(str).to_numpy()
    finder = _Finder(source, area, ground, faults)
    left = np.arange(len(units))
    parts: list[Spots] = []
    told: list[Note] = []
    for rank, kind in enumerate(source.weights):
        if not left.size:
            break
        found = finder.spots(kind, outlines[left])
        found = Spots(left[found.owner], found.points, found.weight).inside(outlines)
        parts.append(found)
        taken = np.unique(found.owner)
        if rank:
            told += _note(source.weights[rank - 1], _GIVES[kind], names[taken])
        left = np.setdiff1d(left, taken)
    if left.size:
        told += _note(source.weights[-1], _AT_LAST, names[left])
        parts.append(Spots(left, shapely.point_on_surface(outlines[left]), np.ones(len(left))))
    return together(parts), (*finder.notes, *told)


class _Finder:
    """Finds spots of any kind; what its files tell is in ``notes``."""

    def __init__(
        self,
        source: UnitTotalsDemand,
        area: shapely.Geometry,
        ground: Ground | None,
        faults: FaultLog,
    ) -> None:
        self._source, self._area, self._ground, self._faults = source, area, ground, faults
        self._plane: pyproj.CRS = working_crs(float(area.centroid.x))
        self.notes: list[Note] = []

    def spots(self, kind: WeightKind, outlines: NDArray[np.object_]) -> Spots:
        """Find the spots of one kind in some units."""
        source, plane, faults = self._source, self._plane, self._faults
        if kind == "roads" and self._ground is not None:
            return street_spots(self._ground.lines, outlines, plane, source.spacing_m)
        if kind == "buildings" and source.buildings is not None:
            return building_spots(source.buildings, outlines, plane, faults, self.notes)
        if kind == "land_use" and source.land_use is not None:
            return land_use_spots(
                source.land_use, outlines, plane, source.spacing_m, faults, self.notes
            )
        if kind == "raster" and source.population is not None:
            return self._raster(source.population, outlines)
        return square_spots(outlines, plane, source.spacing_m, faults)

    def _raster(self, source: WeightRaster, outlines: NDArray[np.object_]) -> Spots:
        grid, notes = read_grid(source, self._area, self._faults, "demand.population")
        self.notes += notes
        if grid is None:
            return Spots(np.empty(0, np.int64), np.empty(0, object), np.empty(0))
        pieces = cell_shares(outlines, grid)
        values = np.nan_to_num(grid.values.ravel()[pieces.cell])
        low = values < 0.0
        if low.any():
            self._faults.add(
                source.path[0], f"band {source.band}", found=f"{values.min():g} people in a cell",
                expected="people >= 0",
                remedy=f"set demand.population.nodata = {values.min():g}, if it means that",
            )  # fmt: skip
        pieces = pieces.take(values > 0.0)
        points = piece_points(pieces, outlines, grid)
        return Spots(pieces.owner, points, values[values > 0.0] * pieces.share)


def _note(
    lacking: WeightKind, then: tuple[str, str], names: Sequence[str] | NDArray[np.object_]
) -> tuple[Note, ...]:
    if not len(names):
        return ()
    zh, en = listed([str(name) for name in names])
    return (
        Note(
            zh=f"以下单元内{_LACKS[lacking][0]}，{then[0]}：{zh}",
            en=f"these units {_LACKS[lacking][1]}; {then[1]}: {en}",
        ),
    )
