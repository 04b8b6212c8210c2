"""Finishing touches that leave the objective alone: no idle stations, shorter walks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.assign import marginal_people
from lastmile.siting.kernel import kernel
from lastmile.siting.prepare import groups_of
from lastmile.siting.problem import SitingProblem
from lastmile.siting.table import incidence_of
from lastmile.stop import Stop


def close_idle(
    problem: SitingProblem, open_: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Close stations that nobody would miss, the dearest first, the last listed on ties.

    Parameters
    ----------
    problem
        The problem.
    open_
        Shape (sites,). Open sites.
    kept
        Shape (sites,). Sites that must stay open.

    Returns
    -------
    NDArray
        Shape (sites,). The sites still open.
    """
    reach = problem.reach
    out = open_.copy()
    idle = np.flatnonzero(out & ~kept & (marginal_people(problem, out) == 0))
    if idle.size:
        order = idle[np.lexsort((-idle, -problem.cost_yuan[idle]))]
        table = incidence_of(reach.indptr, reach.indices, reach.n_sites)
        count = np.bincount(reach.rows()[out[reach.indices]], minlength=reach.n_demand)
        _close_in_order(table.col_ptr, table.col_row, problem.demand, order, count, out)
    return out


@kernel
def _close_in_order(
    col_ptr: NDArray[np.int64],
    col_row: NDArray[np.int32],
    demand: NDArray[np.int64],
    order: NDArray[np.int64],
    count: NDArray[np.int64],
    is_open: NDArray[np.bool_],
) -> None:
    """Close what is idle; one round is enough, for closing makes no other station idler."""
    for j in order:
        missed = False
        for e in range(col_ptr[j], col_ptr[j + 1]):
            if count[col_row[e]] == 1 and demand[col_row[e]] > 0:
                missed = True
                break
        if not missed:
            is_open[j] = False
            for e in range(col_ptr[j], col_ptr[j + 1]):
                count[col_row[e]] -= 1


@kernel
def _two_nearest(
    ptr: NDArray[np.int64],
    index: NDArray[np.int32],
    length_mm: NDArray[np.int64],
    is_open: NDArray[np.bool_],
    i: int,
    near: NDArray[np.int64],
) -> None:
    """Lengths to the nearest and second nearest open site, and which the nearest is."""
    near[i, 0], near[i, 1], near[i, 2] = 2**40, 2**40, -1
    for e in range(ptr[i], ptr[i + 1]):
        if is_open[index[e]]:
            if length_mm[e] < near[i, 0]:
                near[i, 1] = near[i, 0]
                near[i, 0], near[i, 2] = length_mm[e], index[e]
            elif length_mm[e] < near[i, 1]:
                near[i, 1] = length_mm[e]


@kernel
def _swap_change(
    col: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]],
    demand: NDArray[np.int64],
    groups: tuple[NDArray[np.int32], NDArray[np.int64]],
    near: NDArray[np.int64],
    out: np.int64,
    into: np.int64,
) -> tuple[np.int64, float]:
    """Demand gained, and walking (demand times length) added, by moving a station.

    The gain is negative where any group loses demand. The tally of the groups, all zeros, is
    left as it was found.
    """
    col_ptr, col_row, col_mm = col
    group, tally = groups
    gained, walking = np.int64(0), 0.0
    a, a_end = col_ptr[out], col_ptr[out + 1]
    b, b_end = col_ptr[into], col_ptr[into + 1]
    while a < a_end or b < b_end:
        i = min(
            col_row[a] if a < a_end else np.int32(2**31 - 1),
            col_row[b] if b < b_end else np.int32(2**31 - 1),
        )
        new_mm = near[i, 0]
        if a < a_end and col_row[a] == i:
            if near[i, 2] == out:
                new_mm = near[i, 1]
            a += 1
        if b < b_end and col_row[b] == i:
            new_mm = min(new_mm, col_mm[b])
            b += 1
        before, after = near[i, 0] < 2**40, new_mm < 2**40
        gain = demand[i] * (np.int64(after) - np.int64(before))
        gained += gain
        tally[group[i]] += gain
        if after:
            walking += float(demand[i]) * new_mm
        if before:
            walking -= float(demand[i]) * near[i, 0]
    for j in (out, into):
        for e in range(col_ptr[j], col_ptr[j + 1]):
            if tally[group[col_row[e]]] < 0:
                gained = np.int64(-1)
            tally[group[col_row[e]]] = 0
    return gained, walking


@kernel
def _sort_by_site(
    ptr: NDArray[np.int64],
    index: NDArray[np.int32],
    length_mm: NDArray[np.int64],
    col_ptr: NDArray[np.int64],
) -> NDArray[np.int64]:
    place = col_ptr[:-1].copy()
    out = np.empty(length_mm.size, np.int64)
    for i in range(ptr.size - 1):
        for e in range(ptr[i], ptr[i + 1]):
            out[place[index[e]]] = length_mm[e]
            place[index[e]] += 1
    return out


@kernel
def _best_move(
    rows: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]],
    col: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]],
    demand: NDArray[np.int64],
    groups: tuple[NDArray[np.int32], NDArray[np.int64]],
    near: NDArray[np.int64],
    may_open: NDArray[np.bool_],
    out: np.int64,
) -> np.int64:
    """Find the closed site that may best take a station's place; -1 if none is better."""
    ptr, index, _ = rows
    col_ptr, col_row, _ = col
    heaviest = -1
    for e in range(col_ptr[out], col_ptr[out + 1]):
        i = col_row[e]
        alone = near[i, 2] == out and near[i, 1] >= 2**40
        if alone and (heaviest < 0 or demand[i] > demand[heaviest]):
            heaviest = i
    best, best_gained, best_walking = np.int64(-1), np.int64(0), 0.0
    if heaviest < 0:
        return best
    for e in range(ptr[heaviest], ptr[heaviest + 1]):
        into = np.int64(index[e])
        if not may_open[into]:
            continue
        gained, walking = _swap_change(col, demand, groups, near, out, into)
        if gained > best_gained or (gained == best_gained and walking < best_walking - 0.5):
            best, best_gained, best_walking = into, gained, walking
    return best


def shorten_walks(
    problem: SitingProblem,
    open_: NDArray[np.bool_],
    kept: NDArray[np.bool_],
    unit_cost: NDArray[np.int64],
    stop: Stop,
) -> NDArray[np.bool_]:
    """Move stations to sites of equal cost where more people are covered, or walk less.

    No move uncovers more demand than it covers, in any group, so covers stay covers and shares
    stay met.
    Two rounds over the stations in order of position; a cheap descent, not an optimum.

    Parameters
    ----------
    problem
        The problem.
    open_
        Shape (sites,). Open sites.
    kept
        Shape (sites,). Sites that must stay open.
    unit_cost
        Shape (sites,). What each site adds to the objective or takes from the budget.
    stop
        Polled between stations.

    Returns
    -------
    NDArray
        Shape (sites,). The sites open afterwards; as many as before, at the same cost.
    """
    reach = problem.reach
    table = incidence_of(reach.indptr, reach.indices, reach.n_sites)
    col_mm = _sort_by_site(reach.indptr, reach.indices, reach.length_mm, table.col_ptr)
    col = (table.col_ptr, table.col_row, col_mm)
    is_open = open_.copy()
    near = np.zeros((reach.n_demand, 3), np.int64)
    rows = (reach.indptr, reach.indices, reach.length_mm)
    _refresh(rows, is_open, np.arange(reach.n_demand, dtype=np.int32), near)
    barred = problem.forbidden | problem.existing
    groups = (groups_of(problem), np.zeros(max(1, len(problem.group_names)), np.int64))
    for _ in range(2):
        moved = 0
        for out in np.flatnonzero(is_open & ~kept):
            if stop.reached():
                return is_open
            may_open = ~is_open & ~barred & (unit_cost == unit_cost[out])
            into = _best_move(rows, col, problem.demand, groups, near, may_open, out)
            if into < 0:
                continue
            is_open[out], is_open[into] = False, True
            moved += 1
            for j in (out, into):
                changed = table.col_row[table.col_ptr[j] : table.col_ptr[j + 1]]
                _refresh(rows, is_open, changed, near)
        if not moved:
            break
    return is_open


@kernel
def _refresh(
    rows: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]],
    is_open: NDArray[np.bool_],
    changed: NDArray[np.int32],
    near: NDArray[np.int64],
) -> None:
    for i in changed:
        _two_nearest(rows[0], rows[1], rows[2], is_open, i, near)
