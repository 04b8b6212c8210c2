"""People spread from totals stay in their own unit, also beside long straight borders."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lastmile.errors import FaultLog
from lastmile.places import Ground, Units
from lastmile.places.locate import finest_units
from lastmile.places.model import UNIT_COLUMNS
from lastmile.places.totals import spread_totals
from lastmile.scenario import UnitTotalsDemand

BORDER = 31.8


def two_wide_units():
    shapes = [shapely.box(119.5, 31.7, 120.5, BORDER), shapely.box(119.5, BORDER, 120.5, 31.9)]
    columns = {
        "code": ["south", "north"],
        "name": ["南", "北"],
        "level": ["district", "district"],
        "parent_code": ["", ""],
        "settlement": ["urban", "rural"],
        "settlement_source": ["", ""],
        "estimated": [False, False],
        "people": [1000.0, 500.0],
    }
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")[list(UNIT_COLUMNS)]
    return Units(frame, shapely.union_all(shapes))


def lanes(offset):
    """Short lanes across the border, and one that runs along it."""
    west = np.linspace(119.52, 120.48, 200)
    lines = [
        shapely.LineString([(x, BORDER - 2e-5 + offset), (x, BORDER + 2e-5 + offset)]) for x in west
    ]
    lines.append(shapely.LineString([(119.6, BORDER), (120.4, BORDER)]))
    frame = gpd.GeoDataFrame(
        {"highway": "residential", "name": ""}, index=range(len(lines)), geometry=lines
    )
    return Ground(frame.set_crs("EPSG:4326"), gpd.GeoDataFrame(geometry=[], crs="EPSG:4326"))


@pytest.mark.parametrize("offset", [0.0, 1e-5, -3e-5])
def test_every_unit_keeps_its_own_total(offset):
    units = two_wide_units()
    source = UnitTotalsDemand(source="unit_totals", level="district", spacing_m=50)
    faults = FaultLog()
    people, _ = spread_totals(source, units, lanes(offset), faults)
    assert not faults.faults
    around = finest_units(people.points, units.units)
    assert np.bincount(around, people.people, minlength=2) == pytest.approx([1000.0, 500.0])
