"""The people that a plan counts in each unit, beside the unit's official total."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np

from lastmile.findings import Findings, TotalFinding
from lastmile.places.model import LEVELS
from lastmile.places.units import Units

STATED: Final = "residents stated for the unit"
"""Source of totals that units state of themselves."""


def compare_totals(demand: gpd.GeoDataFrame, units: Units, findings: Findings) -> None:
    """Note the people planned for in every unit that states its residents.

    Parameters
    ----------
    demand
        ``DEMAND_COLUMNS``; a point counts for its unit and for those above it.
    units
        All levels; those without people are passed over.
    findings
        Gets one entry for each unit, in their order.
    """
    frame = units.units
    codes = frame["code"].astype(str).to_numpy()
    row_of = {code: row for row, code in enumerate(codes)}
    home = np.array([row_of.get(str(code), -1) for code in demand["unit_code"]], dtype=np.int64)
    parent = np.array([row_of.get(str(code), -1) for code in frame["parent_code"]], dtype=np.int64)
    sums = np.zeros(len(frame))
    people = demand["people"].to_numpy(dtype=np.float64)
    for _ in LEVELS:
        somewhere = home >= 0
        sums += np.bincount(home[somewhere], people[somewhere], minlength=len(frame))
        home = np.where(somewhere, parent[home], -1)
    official = frame["people"].to_numpy(dtype=np.float64)
    for row in np.flatnonzero(~np.isnan(official)).tolist():
        findings.totals.append(
            TotalFinding(
                codes[row],
                str(frame["name"].iat[row]),
                str(frame["level"].iat[row]),
                round(float(sums[row]), 3),
                float(official[row]),
                STATED,
                "区划所列人口",
            )
        )
