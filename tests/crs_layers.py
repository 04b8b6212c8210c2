"""What the tests of the gate build their layers with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from lastmile.errors import FaultLog
from lastmile.places import working_crs
from lastmile.places.crs_gate import CrsGate, Surroundings
from lastmile.places.crs_units import KnownUnits
from lastmile.places.points import PointTable
from lastmile.places.tables import Table
from lastmile.scenario import SiteColumns

SYSTEMS = ("wgs84", "gcj02", "bd09")
AREA = shapely.box(119.89, 31.75, 119.99, 31.83)


def layer(lon, lat, crs, file="points.csv", **columns):
    """Points as a file would hold them, stated to be in ``crs``."""
    n = len(lon)
    frame = pd.DataFrame({"id": [f"no. {k}" for k in range(n)], **columns})
    table = Table(file, frame, np.arange(2, n + 2))
    return PointTable(table, SiteColumns(), crs, lon, lat, lon, lat)


def around(gauge=None, names=None, units=None, area=AREA):
    return Surroundings(area, working_crs(119.95), units or KnownUnits({}, {}), gauge, names)


def judge(surroundings, **layers):
    """Let layers pass the gate together: its notes and the log."""
    faults = FaultLog()
    gate = CrsGate(surroundings, faults)
    for key, points in layers.items():
        gate.look(points, key)
    return gate.judge(), faults
