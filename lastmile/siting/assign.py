"""Who walks where: the nearest open site of every demand point, and what each site adds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.siting.kernel import kernel
from lastmile.siting.problem import SitingProblem


@kernel
def _nearest(
    ptr: NDArray[np.int64],
    index: NDArray[np.int32],
    length_mm: NDArray[np.int64],
    is_open: NDArray[np.bool_],
    station: NDArray[np.int32],
    nearest_mm: NDArray[np.int64],
) -> None:
    for i in range(station.size):
        for e in range(ptr[i], ptr[i + 1]):
            if is_open[index[e]] and length_mm[e] < nearest_mm[i]:
                nearest_mm[i] = length_mm[e]
                station[i] = index[e]


def coverage(
    problem: SitingProblem, open_: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Find the nearest open site of every demand point.

    Parameters
    ----------
    problem
        Its reach says which sites each demand point can walk to.
    open_
        Shape (sites,). The open sites.

    Returns
    -------
    station
        Shape (demand points,). Position of the nearest open site, the lowest on ties; -1 if
        none is in reach.
    length_mm
        Shape (demand points,). Walking length to it; UNREACHABLE if there is none.
    """
    reach = problem.reach
    station = np.full(reach.n_demand, -1, np.int32)
    nearest_mm = np.full(reach.n_demand, UNREACHABLE, np.int64)
    _nearest(reach.indptr, reach.indices, reach.length_mm, open_, station, nearest_mm)
    return station, nearest_mm


def marginal_people(problem: SitingProblem, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Demand that would lose its last station if a site alone closed.

    Parameters
    ----------
    problem
        The problem.
    open_
        Shape (sites,). The open sites.

    Returns
    -------
    NDArray
        Shape (sites,). Thousandths of a person; 0 at closed sites.
    """
    reach = problem.reach
    at_open = open_[reach.indices]
    rows, sites = reach.rows()[at_open], reach.indices[at_open]
    alone = np.bincount(rows, minlength=reach.n_demand)[rows] == 1
    lost = np.zeros(reach.n_sites, np.int64)
    np.add.at(lost, sites[alone], problem.demand[rows[alone]])
    return lost
