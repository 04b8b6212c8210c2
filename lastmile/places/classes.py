"""The class of any point of the area, by whichever source the scenario names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.columns import resolved_column
from lastmile.places.coordinates import projected, working_crs
from lastmile.places.locate import finest_units
from lastmile.places.points import PointTable, read_points
from lastmile.places.settlement import nearest_positions, settlements_from
from lastmile.places.units import Units
from lastmile.scenario import ConstantSettlement, NearestCommunitySettlement, PointColumns, Scenario

Classes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class ClassSource:
    """Gives points their class: a constant, a layer of classed points, or the units."""

    constant: str = ""
    """urban or rural for all; '' when another source is used."""

    anchors: PointTable[PointColumns] | None = None
    """Community points."""

    anchor_classes: tuple[str, ...] = ()
    """urban or rural, one for each of the anchors."""

    def of(self, points: NDArray[np.object_], units: Units) -> Classes:
        """Give each point urban, rural, or '' where this source has no answer.

        Parameters
        ----------
        points
            Shape (points,). Shapely points, EPSG:4326.
        units
            The units; a point takes the class of the finest one around it that has any.
        """
        if self.constant:
            return np.full(len(points), self.constant, dtype=object)
        if self.anchors is not None:
            nearest = nearest_in_plane(self.anchors.points, points, plane_of(units))
            return np.array(self.anchor_classes, dtype=object)[nearest]
        return _from_units(points, units)


def read_classes(scenario: Scenario, faults: FaultLog) -> ClassSource:
    """Read what decides between urban and rural; faults are reported, and reading goes on."""
    source = scenario.settlement
    if isinstance(source, ConstantSettlement):
        return ClassSource(constant=source.value)
    if not isinstance(source, NearestCommunitySettlement):
        return ClassSource()
    anchors = read_points(source, source.columns, (source.code_column,), faults, "settlement")
    if anchors is None:
        return ClassSource()
    column = resolved_column(
        anchors.table, source.code_column, "settlement", faults, "settlement.code_column"
    )
    if not column:
        return ClassSource()
    classes = settlements_from(anchors.table, column, faults, optional=False)
    return ClassSource(anchors=anchors, anchor_classes=tuple(classes))


def plane_of(units: Units) -> pyproj.CRS:
    """Return the plane in which the area is measured."""
    return working_crs(float(units.area.centroid.x))


def nearest_in_plane(
    targets: NDArray[np.object_], points: NDArray[np.object_], plane: pyproj.CRS
) -> NDArray[np.int64]:
    """Find the nearest target of each point by straight line: positions among the targets."""
    return nearest_positions(projected(targets, plane), projected(points, plane))


def _from_units(points: NDArray[np.object_], units: Units) -> Classes:
    classed = units.units[units.units["settlement"] != ""]
    if classed.empty:
        return np.full(len(points), "", dtype=object)
    around = finest_units(points, classed)
    settlement = np.append(classed["settlement"].to_numpy(dtype=object), "")
    return settlement[around]
