"""Travel times of those who leave at a certain moment, when speeds change with the hour.

Each road has a time at its free speed, and factors on that speed by the hour. While a vehicle is
on a road its speed changes with the clock, so that nobody who enters later leaves earlier (the
model of Ichoua, Gendreau & Potvin), and a search that settles the earliest arrival first is exact.
Work is counted in thousandths of free milliseconds, so that all sums are of integers.

References
----------
Ichoua, Gendreau & Potvin (2003), doi:10.1016/S0377-2217(02)00147-9.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE, CostMatrix
from lastmile.network.heap import pop, push
from lastmile.network.model import Network
from lastmile.network.pieces import NO_PATH, Ends, ends_of, unpack
from lastmile.network.profiles import HOURS, MS_PER_MM_AT_1_KPH
from lastmile.network.snapping import Snaps

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = HOURS * _HOUR_MS
_LENGTH_BITS: Final = 32
_MASK: Final = 2**32 - 1
_NO_PATH: Final = NO_PATH
_THOUSANDTHS: Final = 1000
_BLOCK: Final = 16


class _Clock(NamedTuple):
    """Roads at their free speed, and the factors of the hours."""

    offsets: NDArray[np.int64]
    head: NDArray[np.int32]
    group: NDArray[np.int32]
    """Shape (steps,). Row of ``factor``; the last one, which is 1 throughout, for turns."""

    free_ms: NDArray[np.int64]
    length_mm: NDArray[np.int64]
    factor: NDArray[np.int64]
    """Shape (groups + 1, 24). In thousandths."""


def timed_costs(
    network: Network,
    positions: Snaps,
    *,
    ids: Sequence[str],
    departure_ms: int,
    threads: int = 2,
) -> tuple[CostMatrix, CostMatrix]:
    """Measure the earliest arrivals from all positions to all, leaving at one moment.

    Access legs and turns take the same time at every hour. Of equally early arrivals a short path
    is taken, though not always the shortest: a path that is ahead of another halfway stays chosen
    even if both arrive together.

    Parameters
    ----------
    network
        Its profile's ``speed_factors`` count, by the hour of the clock; rules that hold at some
        hours only are those that the network was built with.
    positions
        Places on it; those off the network are reached by nothing and reach nothing.
    ids
        Their ids, in order.
    departure_ms
        Milliseconds after midnight at which everybody leaves the place (access leg included);
        days follow each other without end, each like the one before.
    threads
        How many blocks are searched at once; the result does not depend on it.

    Returns
    -------
    tuple
        Two matrices over all positions: travel_time_ms, and length_mm along that same path.
    """
    # Of one day, since arrivals have 29 bits: 6.2 days from the midnight before.
    departure_ms %= _DAY_MS
    ends, clock = ends_of(network, positions), _clock(network)
    before = _free_before(network, positions)
    access_mm = np.where(positions.on_network, positions.access_mm, 0)
    access_ms = np.rint(access_mm * MS_PER_MM_AT_1_KPH / network.profile.access_speed_kph)
    access_ms = access_ms.astype(np.int64)
    groups = np.where(ends.edge >= 0, _group_rows(network)[ends.edge], 0).astype(np.int32)
    whole = np.where(ends.edge >= 0, network.free_ms[ends.edge], 0)
    n = len(positions)

    def measure(first: int) -> NDArray[np.int64]:
        rows = np.arange(first, min(n, first + _BLOCK))
        leave_ms = departure_ms + access_ms[rows]
        return _arrivals(clock, ends, before, whole, groups, rows, leave_ms)

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        blocks = list(pool.map(measure, range(0, n, _BLOCK)))
    cost = np.concatenate(blocks) if blocks else np.zeros((0, n), dtype=np.int64)
    missing = cost >= NO_PATH
    arrival_ms, length_mm = unpack(cost)
    time_ms = arrival_ms - departure_ms + access_ms[None, :]
    length_mm = length_mm + access_mm[:, None] + access_mm[None, :]
    time_ms[missing], length_mm[missing] = UNREACHABLE, UNREACHABLE
    np.fill_diagonal(time_ms, 0)
    np.fill_diagonal(length_mm, 0)
    names = tuple(ids)
    return (
        CostMatrix(time_ms, names, names, "travel_time_ms"),
        CostMatrix(length_mm, names, names, "length_mm"),
    )


def _group_rows(network: Network) -> NDArray[np.int32]:
    n_groups = len(network.profile.speed_factors)
    return np.where(network.speed_group < 0, n_groups, network.speed_group).astype(np.int32)


def _clock(network: Network) -> _Clock:
    steps = network.search.steps
    factors = [by_hour for _, by_hour in network.profile.speed_factors]
    factor = np.rint(np.array([*factors, [1.0] * HOURS]) * _THOUSANDTHS).astype(np.int64)
    is_turn = steps.edge < 0
    if not network.n_edges:
        nothing = np.zeros(0, dtype=np.int64)
        return _Clock(steps.offsets, steps.head, nothing.astype(np.int32), nothing, nothing, factor)
    return _Clock(
        offsets=steps.offsets,
        head=steps.head,
        group=np.where(is_turn, len(factors), _group_rows(network)[steps.edge]).astype(np.int32),
        free_ms=np.where(is_turn, steps.time_ms, network.free_ms[steps.edge]),
        length_mm=steps.length_mm,
        factor=np.maximum(1, factor),
    )


def _free_before(network: Network, positions: Snaps) -> NDArray[np.int64]:
    """Free time from the edge's start to each position."""
    edge = np.where(positions.on_network, positions.edge, -1)
    if not network.n_edges:
        return np.zeros(edge.size, dtype=np.int64)
    length_mm, free_ms = network.length_mm[edge], network.free_ms[edge]
    twice = 2 * positions.offset_mm * free_ms + length_mm
    return np.where(edge >= 0, twice // np.maximum(1, 2 * length_mm), 0)


@njit(cache=True, nogil=True)
def _after(clock: _Clock, enter_ms: int, free_ms: int, group: int) -> int:
    """Moment of leaving a road that is entered at a moment."""
    work = free_ms * _THOUSANDTHS
    now = enter_ms
    while work > 0:
        factor = clock.factor[group, (now // _HOUR_MS) % HOURS]
        left_ms = _HOUR_MS - now % _HOUR_MS
        if work <= factor * left_ms:
            return int(now + (work + factor - 1) // factor)
        work -= factor * left_ms
        now += left_ms
    return int(now)


@njit(cache=True, nogil=True)
def _arrivals(  # noqa: C901, PLR0912, PLR0915 - one compiled loop and its work space
    clock: _Clock,
    ends: Ends,
    before: NDArray[np.int64],
    whole: NDArray[np.int64],
    groups: NDArray[np.int32],
    sources: NDArray[np.int64],
    leave_ms: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Earliest arrival and length, packed, from some positions to all."""
    n_states, n_positions = clock.offsets.size - 1, ends.edge.size
    costs = np.full((sources.size, n_positions), _NO_PATH, dtype=np.int64)
    best = np.full(n_states, _NO_PATH, dtype=np.int64)
    keys, states = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int32)
    for row in range(sources.size):
        source = sources[row]
        if ends.edge[source] < 0:
            continue
        best[:] = _NO_PATH
        size = 0
        group = groups[source]
        for side in range(2):
            at = ends.leave_start[source] if side == 0 else ends.leave_end[source]
            first = ends.to_start[source] if side == 0 else ends.to_end[source]
            if first >= _NO_PATH:
                continue
            free = before[source] if side == 0 else whole[source] - before[source]
            arrival = _after(clock, leave_ms[row], free, group)
            cost = (arrival << _LENGTH_BITS) | (first & _MASK)
            if cost < best[at]:
                best[at] = cost
                keys, states = push(keys, states, size, cost, at)
                size += 1
        while size > 0:
            at_cost, at = pop(keys, states, size)
            size -= 1
            if at_cost > best[at]:
                continue
            now, so_far = at_cost >> _LENGTH_BITS, at_cost & _MASK
            for k in range(clock.offsets[at], clock.offsets[at + 1]):
                arrival = _after(clock, now, clock.free_ms[k], clock.group[k])
                cost = (arrival << _LENGTH_BITS) | (so_far + clock.length_mm[k])
                if cost < best[clock.head[k]]:
                    best[clock.head[k]] = cost
                    keys, states = push(keys, states, size, cost, clock.head[k])
                    size += 1
        for target in range(n_positions):
            if ends.edge[target] < 0:
                continue
            found = _NO_PATH
            if ends.edge[target] == ends.edge[source]:
                piece = ends.before[target] - ends.before[source]
                ahead = ends.to_end[source] < _NO_PATH and ends.from_start[target] < _NO_PATH
                back = ends.to_start[source] < _NO_PATH and ends.from_end[target] < _NO_PATH
                if piece == 0 or (piece > 0 and ahead) or (piece < 0 and back):
                    free = abs(before[target] - before[source])
                    arrival = _after(clock, leave_ms[row], free, groups[target])
                    found = (arrival << _LENGTH_BITS) | (abs(piece) & _MASK)
            for side in range(2):
                at = ends.enter_start[target] if side == 0 else ends.enter_end[target]
                rest = ends.from_start[target] if side == 0 else ends.from_end[target]
                if rest >= _NO_PATH or best[at] >= _NO_PATH:
                    continue
                free = before[target] if side == 0 else whole[target] - before[target]
                arrival = _after(clock, best[at] >> _LENGTH_BITS, free, groups[target])
                cost = (arrival << _LENGTH_BITS) | ((best[at] & _MASK) + (rest & _MASK))
                found = min(found, cost)
            costs[row, target] = found
    return costs
