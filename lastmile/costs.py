"""Cost tables: what siting and routing see of the world.

Geography ends here. Lengths are whole millimetres and times whole milliseconds, so that
equal inputs give bit-equal results on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

UNREACHABLE: Final = 2**40
"""Cost of a pair without a path: 34 years in ms, and a thousand of them still fit in int64."""

Impedance = Literal["length_mm", "travel_time_ms"]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The sites that each demand point can walk to, and how far each is, as a CSR table.

    Row ``i`` holds the sites ``indices[indptr[i]:indptr[i + 1]]``, ascending, each once.
    """

    indptr: NDArray[np.int64]
    """Shape (demand points + 1,)."""

    indices: NDArray[np.int32]
    """Shape (pairs,). Positions in ``site_ids``."""

    length_mm: NDArray[np.int64]
    """Shape (pairs,). Walking length, access legs included."""

    demand_ids: tuple[str, ...]
    site_ids: tuple[str, ...]

    @property
    def n_demand(self) -> int:
        """Number of demand points."""
        return len(self.demand_ids)

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.site_ids)

    @property
    def n_pairs(self) -> int:
        """Number of (demand point, site) pairs in reach."""
        return int(self.indices.size)

    def rows(self) -> NDArray[np.int32]:
        """Demand position of every pair. Shape (pairs,)."""
        return np.repeat(np.arange(self.n_demand, dtype=np.int32), np.diff(self.indptr))


def covers(reach: Reach, service_distance_mm: NDArray[np.int64]) -> Reach:
    """Keep the pairs in which the site is within the demand point's service distance.

    The limit is inclusive: a site exactly 500 m away covers at 500 m.

    Parameters
    ----------
    reach
        Walking lengths, demand points by candidate sites, sparse.
    service_distance_mm
        Shape (demand points,). The standard S_i of each demand point.

    Returns
    -------
    Reach
        The sets N_i of the LSCP, with their lengths.

    References
    ----------
    Toregas et al. (1971), doi:10.1287/opre.19.6.1363.
    """
    rows = reach.rows()
    keep = reach.length_mm <= service_distance_mm[rows]
    counts = np.bincount(rows[keep], minlength=reach.n_demand)
    indptr = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Reach(
        indptr, reach.indices[keep], reach.length_mm[keep], reach.demand_ids, reach.site_ids
    )


@dataclass(frozen=True, slots=True, eq=False)
class CostMatrix:
    """Network cost from every origin to every destination."""

    values: NDArray[np.int64]
    """Shape (origins, destinations), in the impedance's unit; UNREACHABLE where no path exists."""

    origin_ids: tuple[str, ...]
    destination_ids: tuple[str, ...]
    impedance: Impedance


@dataclass(frozen=True, slots=True, eq=False)
class NearestStops:
    """The places that each place comes to first, as a CSR table.

    Row ``i`` holds ``indices[indptr[i]:indptr[i + 1]]``, the nearest first and the lower index
    first among equals; never ``i`` itself, and fewer where fewer can be reached.
    """

    indptr: NDArray[np.int64]
    """Shape (places + 1,)."""

    indices: NDArray[np.int32]
    """Shape (pairs,). Positions in ``ids``."""

    time_ms: NDArray[np.int64]
    """Shape (pairs,). Of the fastest path, the shortest among equally fast ones."""

    length_mm: NDArray[np.int64]
    """Shape (pairs,). Along that same path."""

    ids: tuple[str, ...]

    @property
    def n_pairs(self) -> int:
        """Number of (place, neighbour) pairs."""
        return int(self.indices.size)

    def rows(self) -> NDArray[np.int32]:
        """Place of every pair. Shape (pairs,)."""
        return np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.indptr))


class CostOracle(Protocol):
    """Costs between places, answered when they are asked for: no table of all pairs is kept."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The places."""

    def block(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return time_ms and length_mm from some places to some, each of shape (rows, columns).

        UNREACHABLE where no path exists; zero from a place to itself.
        """

    def nearest(self, k: int) -> NearestStops:
        """Return the ``k`` places that each comes to first."""
