"""People from unit totals, spread inside each unit to where people live."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np

from lastmile.errors import FaultLog
from lastmile.places.dasymetric import weighted_spots
from lastmile.places.ground import Ground
from lastmile.places.notes import Note
from lastmile.places.official import PARTS, unit_totals
from lastmile.places.population import People
from lastmile.places.shares import split_each
from lastmile.places.units import Units
from lastmile.scenario import UnitTotalsDemand

_LEAST: Final = {"person": "a person", "thousandth": "a thousandth of a person"}


def spread_totals(
    source: UnitTotalsDemand, units: Units, ground: Ground | None, faults: FaultLog
) -> tuple[People | None, tuple[Note, ...]]:
    """Spread each unit's residents over its streets, buildings or ground.

    Every unit's total is kept to the part of a person that is asked for: the points of a unit get
    whole parts by largest remainders. Points that get nobody are left out.

    Parameters
    ----------
    source
        Level of the units, weights, rounding and official levels.
    units
        With ``people`` at that level.
    ground
        The roads; None when they could not be read, which is reported elsewhere.
    faults
        Where a level without boundaries or without people is reported.
    """
    totals, raked = unit_totals(source, units.units, faults)
    if totals is None or (ground is None and "roads" in source.weights):
        return None, ()
    of_level = units.units[units.units["level"] == source.level]
    inhabited = totals > 0
    if not inhabited.any():
        faults.add(
            "boundaries", f"level {source.level}", found=f"less than {_LEAST[source.rounding]}",
            expected="people > 0", remedy="correct people_column",
        )  # fmt: skip
        return None, ()
    chosen = of_level[inhabited].reset_index(drop=True)
    n_told = len(faults.faults)
    spots, notes = weighted_spots(source, chosen, units.area, ground, faults)
    if len(faults.faults) > n_told:
        return None, ()
    parts = split_each(totals[inhabited], spots.owner, spots.weight)
    spots, parts = spots.take(parts > 0), parts[parts > 0]
    first = np.searchsorted(spots.owner, spots.owner)
    number = (np.arange(len(parts)) - first + 1).tolist()
    codes = chosen["code"].astype(str).to_numpy()[spots.owner]
    called = np.array(_callings(chosen), dtype=object)[spots.owner]
    people = People(
        tuple(f"{code}-{k}" for code, k in zip(codes, number, strict=True)),
        tuple(f"{name} {k}" for name, k in zip(called, number, strict=True)),
        spots.points,
        parts / PARTS[source.rounding],
        unit_codes=tuple(codes),
    )
    return people, (*raked, *notes)


def _callings(units: gpd.GeoDataFrame) -> list[str]:
    """Name what numbered points are called by: the unit, with its code where names are shared."""
    names = units["name"].astype(str)
    shared = names.duplicated(keep=False) | (names == "")
    return [
        f"{name} {code}".strip() if unclear else name
        for name, code, unclear in zip(names, units["code"], shared, strict=True)
    ]
