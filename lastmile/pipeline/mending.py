"""How well the roads serve the places of a plan, and where the map may want mending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np

from lastmile.network import SnapQuality, repair_suggestions, snap_quality, weight_by_part
from lastmile.pipeline import words
from lastmile.pipeline.inputs import Inputs
from lastmile.pipeline.walking import Snapped
from lastmile.scenario import Scenario

WIDEST_GAP_M: Final = 25.0
"""A lane that ends at the kerb of a wide street lies up to half the street from its middle line:
19.4 m on Xuhui, 17.6 m in Songjiang, for the two largest parts that were cut off."""

_MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class RoadQuality:
    """What to tell of the roads before the figures that rest on them."""

    snapping: SnapQuality
    """Of the demand points, weighted by people."""

    repairs: gpd.GeoDataFrame
    """The likeliest suggestion for each two parts of the walkable roads; most people first."""

    drive_repairs: gpd.GeoDataFrame | None
    """The same of the roads for vans, most road first; None where no routes are asked for."""

    @property
    def felt(self) -> gpd.GeoDataFrame:
        """The suggestions that would join people to the rest, one for each part."""
        found = self.repairs[self.repairs["people"] >= 1.0]
        return found.drop_duplicates("part")


def road_quality(scenario: Scenario, inputs: Inputs, snapped: Snapped) -> RoadQuality:
    """Judge the roads by the places that need them.

    Parameters
    ----------
    scenario
        Its longest access leg counts.
    inputs
        The places and roads.
    snapped
        Where they meet.
    """
    demand = inputs.places.demand
    people = demand["people"].to_numpy(dtype=np.float64)
    by_part = weight_by_part(
        inputs.walk,
        demand.geometry.x.to_numpy(),
        demand.geometry.y.to_numpy(),
        people,
        max_access_m=scenario.service_distance.max_access_m,
    )
    walk = repair_suggestions(inputs.walk, gap_m=WIDEST_GAP_M, roads=inputs.roads, people=by_part)
    drive = None
    if inputs.drive is not None:
        drive = _likely(repair_suggestions(inputs.drive, gap_m=WIDEST_GAP_M, roads=inputs.roads))
    return RoadQuality(snap_quality(inputs.walk, snapped.demand, people), _likely(walk), drive)


def _likely(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return found[(found["choice"] == 1) & (found["doubt"] == "")].reset_index(drop=True)


def repair_note(quality: RoadQuality, language: words.Language) -> list[str]:
    """Tell how many people gaps in the map cut off, and the first place to look at."""
    felt = quality.felt
    if felt.empty:
        return []
    people = float(felt["people"].sum())
    return [words.gaps(len(felt), people, felt[language].iloc[0], WIDEST_GAP_M, language)]


def figures(quality: RoadQuality) -> dict[str, Any]:
    """Collect what ``plan.json`` keeps: typical access legs, and people whom gaps cut off."""
    legs, felt = quality.snapping.weighted_legs, quality.felt
    return {
        "access_median_m": _metres(legs.median_m),
        "access_p90_m": _metres(legs.p90_m),
        "n_gaps_with_people": len(felt),
        "people_behind_gaps": round(float(felt["people"].sum()), 3),
    }


def for_machines(quality: RoadQuality) -> dict[str, Any]:
    """Collect everything for ``lastmile check --json``."""
    return {
        "snapping": quality.snapping.as_dict(),
        "repairs": _listed(quality.repairs),
        "drive_repairs": None if quality.drive_repairs is None else _listed(quality.drive_repairs),
    }


def _listed(found: gpd.GeoDataFrame) -> dict[str, Any]:
    columns = ["kind", "way", "other_way", "gap_mm", "joins_mm", "people", "en", "zh"]
    top = found.head(_MOST_LISTED)
    rows = top[columns].assign(lon=top.geometry.x, lat=top.geometry.y)
    return {"n": len(found), "top": rows.to_dict("records")}


def _metres(length_m: float) -> float | None:
    """Give a length to the millimetre; None where no place has a road."""
    return None if np.isnan(length_m) else round(length_m, 3)
