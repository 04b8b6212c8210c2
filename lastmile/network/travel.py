"""Travel costs between positions, answered on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE, NearestStops
from lastmile.network.fastest import cost_steps, fastest_costs
from lastmile.network.hierarchy import build_sweep, hierarchy_costs
from lastmile.network.hierarchy_cache import network_hierarchy
from lastmile.network.model import Network
from lastmile.network.nearest import (
    arrivals_of,
    nearest_by_search,
    nearest_by_sweep,
    sweeping_pays,
)
from lastmile.network.order import Hierarchy
from lastmile.network.pieces import LENGTH_BITS, NO_PATH, Ends, backwards, ends_of, pack, unpack
from lastmile.network.profiles import MS_PER_MM_AT_1_KPH
from lastmile.network.snapping import Snaps
from lastmile.progress import Progress, silent

_NO_PATH: Final = NO_PATH
_UNREACHABLE: Final = UNREACHABLE
_LENGTH_BITS: Final = LENGTH_BITS
_LENGTH_MASK: Final = 2**LENGTH_BITS - 1
_BLOCK: Final = 64
_FEW: Final = 10
"""Up to so many positions Dijkstra is done before a hierarchy is built."""

_STAGE: Final = "travel times"

_Pair = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class TravelCosts:
    """Costs between positions, measured when they are asked for; no table of all pairs is kept.

    Of equally fast paths the shortest is taken. Both access legs count, at the profile's access
    speed; from a position to itself is zero. Positions off the network are reached by nothing and
    reach nothing. All answers are those of Dijkstra, whichever way they are found, and do not
    depend on the number of threads.
    """

    ids: tuple[str, ...]
    network: Network
    ends: Ends
    """How the positions are joined to the network."""

    access: NDArray[np.int64]
    """Shape (positions,). Time and length of each access leg, as one cost."""

    hierarchy: Hierarchy | None
    """Of the network; None where positions are few, and Dijkstra is done before one is built."""

    threads: int
    """How many blocks are searched at once."""

    def block(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> _Pair:
        """Measure from some positions to some.

        Parameters
        ----------
        rows, columns
            Which, in any order; they may repeat.

        Returns
        -------
        tuple
            time_ms and length_mm along that same path, each of shape (rows, columns);
            UNREACHABLE where there is no path.
        """
        return self.watched_block(rows, columns, silent)

    def watched_block(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64], progress: Progress
    ) -> _Pair:
        """Measure a block, and tell how many rows are done.

        Parameters
        ----------
        rows, columns
            As for :meth:`block`, and so is what is returned.
        progress
            Told how many rows are done; columns, where there are fewer of them.
        """
        rows, columns = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
        turned = self.hierarchy is not None and rows.size > columns.size
        time_ms = np.empty((rows.size, columns.size), dtype=np.int64)
        length_mm = np.empty_like(time_ms)
        # The fewer search, the many are swept to: backwards if need be.
        near, far = (columns, rows) if turned else (rows, columns)
        into = (time_ms.T, length_mm.T) if turned else (time_ms, length_mm)
        search = self._search(far, backward=turned)

        def measure(begin: int) -> int:
            part = near[begin : begin + _BLOCK]
            span = slice(begin, begin + _BLOCK)
            _split(search(part), self.access, part, far, into[0][span], into[1][span])
            return min(near.size, begin + _BLOCK)

        with ThreadPoolExecutor(max_workers=max(1, self.threads)) as pool:
            for done in pool.map(measure, range(0, near.size, _BLOCK)):
                progress(_STAGE, done, near.size)
        return time_ms, length_mm

    def nearest(self, k: int) -> NearestStops:
        """Find the positions that each comes to first, by time, then length, then index.

        Memory grows with the pairs found, not with all pairs.

        Parameters
        ----------
        k
            How many at most; rows are shorter where fewer can be reached.
        """
        k = max(0, min(k, len(self.ids) - 1))
        n_states = self.network.search.n_states
        arrivals = arrivals_of(n_states, self.ends, self.access)
        found = None
        if self.hierarchy is not None:
            sweep = build_sweep(self.hierarchy, self.ends)
            if sweeping_pays(len(self.ids), k, n_states, sweep.above.size):
                found = nearest_by_sweep(
                    self.hierarchy, sweep, self.ends, arrivals, k, self.threads
                )
        if found is None:
            steps = cost_steps(self.network)
            found = nearest_by_search(steps, self.ends, arrivals, k, self.threads)
        indptr, indices, cost = found
        cost = cost + np.repeat(self.access, np.diff(indptr))
        return NearestStops(indptr, indices, *unpack(cost), self.ids)

    def _search(
        self, targets: NDArray[np.int64], *, backward: bool
    ) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
        """Choose how to search; both ways give the same costs."""
        if self.hierarchy is None:
            return lambda sources: fastest_costs(self.network, self.ends, sources)[:, targets]
        hierarchy = self.hierarchy.reversed() if backward else self.hierarchy
        ends = backwards(self.ends) if backward else self.ends
        sweep = build_sweep(hierarchy, ends, targets)
        return lambda sources: hierarchy_costs(hierarchy, sweep, ends, sources)


@njit(cache=True, nogil=True)
def _split(
    cost: NDArray[np.int64],
    access: NDArray[np.int64],
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    time_ms: NDArray[np.int64],
    length_mm: NDArray[np.int64],
) -> None:
    """Split costs into times and lengths, access legs added."""
    for row in range(sources.size):
        for column in range(targets.size):
            source, target = sources[row], targets[column]
            if source == target:
                time_ms[row, column] = length_mm[row, column] = 0
            elif cost[row, column] >= _NO_PATH:
                time_ms[row, column] = length_mm[row, column] = _UNREACHABLE
            else:
                whole = cost[row, column] + access[source] + access[target]
                time_ms[row, column] = whole >> _LENGTH_BITS
                length_mm[row, column] = whole & _LENGTH_MASK


def prepare_travel(
    network: Network,
    positions: Snaps,
    *,
    ids: Sequence[str],
    threads: int = 2,
    cache: Path | None = None,
) -> TravelCosts:
    """Make ready to measure between positions.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    ids
        Their ids, in order.
    threads
        How many blocks are searched at once; no answer depends on it.
    cache
        Folder of kept hierarchies; None for the machine's own.
    """
    few = len(positions) <= _FEW
    return TravelCosts(
        ids=tuple(ids),
        network=network,
        ends=ends_of(network, positions),
        access=access_costs(network, positions),
        hierarchy=None if few else network_hierarchy(network, cache),
        threads=threads,
    )


def access_costs(network: Network, positions: Snaps) -> NDArray[np.int64]:
    """Time and length of each access leg as one cost; zero off the network.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    """
    length_mm = np.where(positions.on_network, positions.access_mm, 0)
    time_ms = np.rint(length_mm * MS_PER_MM_AT_1_KPH / network.profile.access_speed_kph)
    return pack(time_ms.astype(np.int64), length_mm)
