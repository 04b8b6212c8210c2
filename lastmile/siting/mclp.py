"""Models in which demand is weighed: maximal covering, and covering a share of all.

References
----------
Church & ReVelle (1974), doi:10.1007/BF01942293.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.dual import Ascent, MostDemand, PartialCover, ascend, useful_columns
from lastmile.siting.effort import Effort
from lastmile.siting.exact import Job, Outcome, solve_all
from lastmile.siting.lscp import Found
from lastmile.siting.maximal import UNLIMITED, DemandSearch, Limits
from lastmile.siting.problem import ComponentProof
from lastmile.siting.reduce import reduce_demand
from lastmile.siting.small import MOST_COLUMNS, best_subset
from lastmile.siting.table import Table, covered_rows, select

_SHORT_STEPS = 500
_DUAL_STEPS = 2_000
_MOST_EXACT_PAIRS = 100_000
_WORK = 30.0
"""Deterministic time of the exact solve, about seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    """The best plan known, in the table's own columns, and the bound on any plan."""

    chosen: NDArray[np.bool_]
    value: int
    """Demand covered, or cost where a need is to be covered."""

    bound: int
    method: str


def most_demand(table: Table, limits: Limits, effort: Effort) -> Found:
    """Cover the most demand within p stations and a budget.

    Parameters
    ----------
    table
        Rows may stay uncovered.
    limits
        ``p`` and ``budget``.
    effort
        Limits of the search and seed.

    Returns
    -------
    Found
        One proof for the whole, for p and budget tie all parts together.
    """
    affordable = table.cost <= limits.budget
    if limits.p <= 0 or not affordable.any() or not table.n_rows:
        return _nothing(table)
    table = select(table, np.ones(table.n_rows, np.bool_), affordable)
    alive = np.diff(table.incidence.row_ptr) > 0
    if not alive.any():
        return _nothing(table)
    table = select(table, alive, np.ones(table.n_columns, np.bool_))
    return _solve(table, limits, effort)


def _nothing(table: Table) -> Found:
    proof = ComponentProof(table.n_rows, table.n_columns, 0, 0, "reduction")
    return Found(np.zeros(0, np.int64), (proof,) if table.n_rows else ())


def cover_share(table: Table, need: int, effort: Effort) -> Found:
    """Cover at least ``need`` of the demand at least cost, then the most at that cost."""
    return _solve(table, Limits(need=need), effort)


def _solve(table: Table, limits: Limits, effort: Effort) -> Found:
    effort.tell(0.0, "reducing")
    reduced = reduce_demand(table, effort.part_of_time(0.3))
    if reduced.n_columns <= MOST_COLUMNS:
        chosen = best_subset(reduced, limits)
        value = _value(reduced, limits, chosen)
        best = _Best(chosen, value, value, "enumeration")
    else:
        best = _prove(reduced, limits, _search(reduced, limits, effort), effort)
        if limits.need < UNLIMITED:
            best = _more_people(reduced, best, effort)
    effort.tell(1.0, _told(limits, best.value, best.bound))
    proof = ComponentProof(table.n_rows, table.n_columns, best.value, best.bound, best.method)
    return Found(reduced.site[best.chosen], (proof,))


def _told(limits: Limits, value: int, bound: int) -> str:
    """Write a value with its bound for whoever watches: people are counted in thousandths."""
    if limits.need < UNLIMITED:
        return f"{value:,} (bound {bound:,})"
    return f"{value / 1000:,.0f} people (bound {bound / 1000:,.0f})"


def _value(table: Table, limits: Limits, chosen: NDArray[np.bool_]) -> int:
    if limits.need < UNLIMITED:
        return int(table.cost[chosen].sum())
    return int(table.weight[covered_rows(table, chosen)].sum())


def _search(table: Table, limits: Limits, effort: Effort) -> tuple[_Best, Ascent]:
    partial = limits.need < UNLIMITED
    steps = effort.steps(1, 1, min(1_000_000, 6_000_000_000 // table.n_columns))
    search = DemandSearch(table, limits, effort.seed)
    everything = UNLIMITED if partial else int(table.weight.sum())
    search.run(min(steps, _SHORT_STEPS), everything, 0, effort.part_of_time(0.2))
    sign = 1 if partial else -1
    incumbent = search.cost if partial else -search.covered
    ascent = ascend(_relaxed(table, limits), incumbent, _DUAL_STEPS, effort.part_of_time(0.3))
    bound = sign * ascent.bound
    effort.tell(0.3, _told(limits, sign * incumbent, bound))
    stop = effort.part_of_time(0.6)
    if partial:
        search.run(steps, UNLIMITED, bound, stop)
        chosen, value = search.chosen, search.cost
    else:
        bound = min(bound, everything)
        search.run(steps, bound, -1, stop)
        chosen, value = search.chosen, search.covered
    effort.tell(0.7, _told(limits, value, bound))
    return _Best(chosen, value, bound, "dual"), ascent


def _relaxed(table: Table, limits: Limits) -> PartialCover | MostDemand:
    if limits.need < UNLIMITED:
        return PartialCover(table, np.array([limits.need], np.int64))
    return MostDemand(table, limits)


def _prove(table: Table, limits: Limits, found: tuple[_Best, Ascent], effort: Effort) -> _Best:
    """Look for something better with the exact solver, on the columns that could be in it."""
    best, ascent = found
    if best.value == best.bound or effort.stop.reached():
        return best
    partial = limits.need < UNLIMITED
    incumbent = best.value if partial else -best.value
    keep = useful_columns(_relaxed(table, limits), ascent, incumbent)
    alive = covered_rows(table, keep)
    if partial and int(table.weight[alive].sum()) < limits.need:
        return _Best(best.chosen, best.value, best.value, "reduced costs")
    core = reduce_demand(select(table, alive, keep), effort.stop)
    if core.incidence.row_col.size > _MOST_EXACT_PAIRS:
        return best
    job = Job("demand", core, limits, best.value, best.bound, _WORK)
    (outcome,) = solve_all([job], effort.workers, effort.stop, lambda _: None)
    return best if outcome is None else _improved(table, core, limits, best, outcome)


def _more_people(table: Table, best: _Best, effort: Effort) -> _Best:
    """Cover more than was asked, where that costs nothing more."""
    search = DemandSearch(table, Limits(budget=best.value), effort.seed, best.chosen)
    search.run(_SHORT_STEPS, int(table.weight.sum()), -1, effort.stop)
    value = int(table.cost[search.chosen].sum())
    return _Best(search.chosen, value, best.bound, best.method)


def _improved(table: Table, core: Table, limits: Limits, best: _Best, outcome: Outcome) -> _Best:
    chosen, value = best.chosen, best.value
    if outcome.chosen is not None:
        chosen = np.isin(table.site, core.site[outcome.chosen])
        value = _value(table, limits, chosen)
    if limits.need < UNLIMITED:
        bound = min(max(int(np.ceil(outcome.bound - 1e-6)), best.bound), value)
    else:
        bound = max(min(int(np.floor(outcome.bound + 1e-6)), best.bound), value)
    return _Best(chosen, value, value if outcome.optimal else bound, "cp-sat")
