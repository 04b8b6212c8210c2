"""Where people have no known premises near them, so that places must be thought of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats
from lastmile.places.notes import Note


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """The demand points that no known premises reach by the straight line.

    Roads make ways longer: what the line reaches may be missed on foot. The reach over roads is
    not known when candidates are read.
    """

    spots: NDArray[np.object_]
    """Shape (gaps,). Shapely points in a plane, metres."""

    service_distance_m: Floats
    """Shape (gaps,)."""

    people: float

    def __len__(self) -> int:
        """Return the number of demand points."""
        return len(self.spots)

    @classmethod
    def of(
        cls,
        demand: NDArray[np.object_],
        service_distance_m: Floats,
        people: Floats,
        known: NDArray[np.object_],
    ) -> Gaps:
        """Find the demand points farther from all known premises than their service distance.

        Parameters
        ----------
        demand
            Shape (demand points,). Shapely points in a plane, metres.
        service_distance_m, people
            Shape (demand points,).
        known
            Shape (premises,). In the same plane.
        """
        missed = np.ones(len(demand), dtype=np.bool_)
        if len(known):
            tree = shapely.STRtree(known)
            (at, _), apart_m = tree.query_nearest(demand, return_distance=True, all_matches=False)
            missed[at[apart_m <= service_distance_m[at]]] = False
        return cls(demand[missed], service_distance_m[missed], float(people[missed].sum()))

    def reached_from(self, places: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Tell which places serve at least one of these demand points, by the straight line."""
        serves = np.zeros(len(places), dtype=np.bool_)
        for limit_m in np.unique(self.service_distance_m):
            tree = shapely.STRtree(self.spots[self.service_distance_m == limit_m])
            open_yet = np.flatnonzero(~serves)
            at, _ = tree.query_nearest(places[open_yet], max_distance=limit_m, all_matches=False)
            serves[open_yet[at]] = True
        return serves


def gaps_note(gaps: Gaps, n_demand: int, n_generated: int) -> Note:
    """Tell how many people no premises are known for, and what was generated for them."""
    return Note(
        zh=f"{n_demand:,} 个需求点中有 {len(gaps):,} 个（{gaps.people:,.0f} 人）在直线服务距离内"
        f"没有已知门店或场所，仅为其在路口生成候选点 {n_generated:,} 处（不代表该处有可用房屋；"
        "按直线判断，步行绕行后仍可能有遗漏）",
        en=f"{len(gaps):,} of {n_demand:,} demand points ({gaps.people:,.0f} people) have no known "
        f"premises within their service distance by the straight line; for these alone "
        f"{n_generated:,} candidates were generated at junctions. Nobody knows whether there are "
        "rooms; and people whom the line reaches may still be missed on foot",
    )


def generated_note(n_generated: int) -> Note:
    """Tell that candidates were generated, and stand for no premises."""
    return Note(
        zh=f"{n_generated:,} 处候选点按路口生成（编号以 j 开头），不代表该处有可用房屋",
        en=f"{n_generated:,} candidates were generated at junctions (their ids begin with j); "
        "nobody knows whether there are rooms",
    )
