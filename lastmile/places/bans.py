"""Areas closed to vehicles (限行), from any polygon layer."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from lastmile.errors import FaultLog
from lastmile.places.columns import record_layer
from lastmile.places.files import read_table
from lastmile.places.notes import Note
from lastmile.places.polygons import with_polygons
from lastmile.places.tables import filtered
from lastmile.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class BannedArea:
    """One layer of areas, with whom and when it concerns."""

    name: str
    """The file, as the user named it."""

    area: BaseGeometry
    """Polygons in EPSG:4326."""

    vehicles: tuple[str, ...]
    """Names of profiles; empty for all vehicles."""

    hours: str
    """When, as the scenario states it; empty for always."""


def read_bans(scenario: Scenario, faults: FaultLog, notes: list[Note]) -> tuple[BannedArea, ...]:
    """Read every layer of banned areas.

    Parameters
    ----------
    scenario
        Names the layers.
    faults
        Where missing files, empty layers and unusable shapes are reported.
    notes
        Told how many outlines had to be mended.
    """
    found = []
    for position, ban in enumerate(scenario.bans):
        key = f"bans[{position}]"
        table = read = read_table(ban.path, ban.layer, (), faults)
        table = None if table is None else filtered(table, ban.filter, faults, f"{key}.filter")
        table = (
            None if table is None else with_polygons(table, ban.crs, faults, f"{key}.crs", notes)
        )
        if read is not None and table is not None and table.geometry is not None:
            record_layer(faults, key, read, (), n_kept=len(table), crs=ban.crs)
            area = shapely.union_all(table.geometry)
            found.append(BannedArea(table.file, area, ban.vehicles, ban.hours))
    return tuple(found)
