"""What changes when stations open, close or move: only who is near them is looked at again.

A :class:`Situation` is made once for a plan; each question then costs as much as the demand
around the stations asked about, whatever the size of the city.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.siting.assign import coverage
from lastmile.siting.kernel import kernel
from lastmile.siting.problem import SitingProblem
from lastmile.siting.table import Incidence, incidence_of


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """Which sites are open, and where everybody walks."""

    problem: SitingProblem
    open: NDArray[np.bool_]
    """Shape (sites,)."""

    station: NDArray[np.int32]
    """Shape (demand points,). Nearest open site in reach, the lowest position on ties; or -1."""

    length_mm: NDArray[np.int64]
    """Shape (demand points,). UNREACHABLE where there is none."""

    incidence: Incidence
    """The reach by demand point and by site."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What differs after some stations opened and others closed."""

    situation: Situation
    """After the change."""

    touched: NDArray[np.int64]
    """Positions of the demand points near a station that changed, ascending."""

    gained: NDArray[np.int64]
    """Positions of the demand points that are covered now and were not."""

    lost: NDArray[np.int64]
    """Positions of those that were covered and are not."""

    moved: NDArray[np.int64]
    """Positions of those that are covered before and after, by another station."""

    before_mm: NDArray[np.int64]
    """Shape (moved,). How far they walked."""

    @property
    def demand(self) -> int:
        """Demand gained less demand lost, thousandths of a person."""
        demand = self.situation.problem.demand
        return int(demand[self.gained].sum() - demand[self.lost].sum())

    def by_group(self, group: NDArray[np.int64], n_groups: int) -> NDArray[np.int64]:
        """Demand gained less lost in each group. Shape (groups,).

        Parameters
        ----------
        group
            Shape (demand points,). Group of each demand point, -1 for none.
        n_groups
            How many groups there are.
        """
        demand = self.situation.problem.demand
        total = np.zeros(n_groups + 1, np.int64)
        np.add.at(total, group[self.gained], demand[self.gained])
        np.subtract.at(total, group[self.lost], demand[self.lost])
        return total[:n_groups]


def situation_of(problem: SitingProblem, open_: NDArray[np.bool_]) -> Situation:
    """Look at everybody once.

    Parameters
    ----------
    problem
        The reach and the demand.
    open_
        Shape (sites,). The open sites.
    """
    reach = problem.reach
    station, length_mm = coverage(problem, open_)
    incidence = incidence_of(reach.indptr, reach.indices, reach.n_sites)
    return Situation(problem, open_.copy(), station, length_mm, incidence)


def what_if(
    situation: Situation, *, opened: Collection[int] = (), closed: Collection[int] = ()
) -> Change:
    """Open and close sites; a site that moves is closed in one place and opened in another.

    Parameters
    ----------
    situation
        Before the change; it stays as it is.
    opened, closed
        Positions of sites. Opening what is open, or closing what is closed, changes nothing.

    Returns
    -------
    Change
        With the situation after it, of which further questions can be asked.

    Raises
    ------
    ValueError
        When a site is to open and to close at once.
    """
    both = set(opened) & set(closed)
    if both:
        raise ValueError(f"sites {sorted(both)} are to open and to close at once")
    is_open = situation.open.copy()
    is_open[list(opened)] = True
    is_open[list(closed)] = False
    rows = situation.incidence
    toggled = np.flatnonzero(is_open != situation.open)
    parts = [rows.col_row[rows.col_ptr[j] : rows.col_ptr[j + 1]] for j in toggled.tolist()]
    touched = np.unique(np.concatenate([np.empty(0, np.int32), *parts])).astype(np.int64)
    station, length_mm = situation.station.copy(), situation.length_mm.copy()
    _walk_again(
        situation.problem.reach.indptr, situation.problem.reach.indices,
        situation.problem.reach.length_mm, is_open, touched, station, length_mm,
    )  # fmt: skip
    was, now = situation.station[touched], station[touched]
    moved = touched[(was >= 0) & (now >= 0) & (was != now)]
    return Change(
        replace(situation, open=is_open, station=station, length_mm=length_mm),
        touched,
        gained=touched[(was < 0) & (now >= 0)],
        lost=touched[(was >= 0) & (now < 0)],
        moved=moved,
        before_mm=situation.length_mm[moved],
    )


@kernel
def _walk_again(
    ptr: NDArray[np.int64],
    index: NDArray[np.int32],
    length_mm: NDArray[np.int64],
    is_open: NDArray[np.bool_],
    touched: NDArray[np.int64],
    station: NDArray[np.int32],
    nearest_mm: NDArray[np.int64],
) -> None:
    for i in touched:
        station[i], nearest_mm[i] = -1, UNREACHABLE
        for e in range(ptr[i], ptr[i + 1]):
            if is_open[index[e]] and length_mm[e] < nearest_mm[i]:
                nearest_mm[i] = length_mm[e]
                station[i] = index[e]
