"""Covering a share of the demand of every group: each township, each district, each class.

References
----------
Daskin & Owen (1999), Two new location covering problems: the partial P-center problem and the
partial set covering problem, doi:10.1111/j.1538-4632.1999.tb00980.x; here for many groups at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.dual import Ascent, PartialCover, ascend, useful_columns
from lastmile.siting.effort import Effort
from lastmile.siting.exact import Job, solve_all
from lastmile.siting.group_search import GroupSearch
from lastmile.siting.lscp import Found
from lastmile.siting.maximal import Limits
from lastmile.siting.problem import ComponentProof
from lastmile.siting.reduce import reduce_demand
from lastmile.siting.small_groups import MOST_COLUMNS, cheapest_subset
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
    cost: int
    bound: int
    method: str


def cover_groups(table: Table, needs: NDArray[np.int64], effort: Effort) -> Found:
    """Cover at least its need of each group at least cost.

    Parameters
    ----------
    table
        Rows with their groups.
    needs
        Shape (groups,). Demand to cover, 0 where nothing more is needed; at most what the
        group's rows hold.
    effort
        Limits of the search and seed.

    Returns
    -------
    Found
        One proof for the whole, for the needs tie its parts together.
    """
    effort.tell(0.0, "reducing")
    asked = needs > 0
    number = np.cumsum(asked) - 1
    rows = asked[table.group]
    every = np.ones(table.n_columns, np.bool_)
    kept = select(replace(table, group=number[table.group].astype(np.int32)), rows, every)
    reduced = reduce_demand(kept, effort.part_of_time(0.3))
    needs = needs[asked]
    if reduced.n_columns <= MOST_COLUMNS:
        chosen = cheapest_subset(reduced, needs)
        cost = int(reduced.cost[chosen].sum())
        best = _Best(chosen, cost, cost, "enumeration")
    else:
        best = _proven(reduced, needs, *_searched(reduced, needs, effort), effort)
    effort.tell(1.0, f"{best.cost:,} (bound {best.bound:,})")
    proof = ComponentProof(table.n_rows, table.n_columns, best.cost, best.bound, best.method)
    return Found(reduced.site[best.chosen], (proof,))


def _searched(table: Table, needs: NDArray[np.int64], effort: Effort) -> tuple[_Best, Ascent]:
    steps = effort.steps(1, 1, min(500_000, 2_000_000_000 // table.n_columns))
    search = GroupSearch(table, needs, effort.seed)
    search.run(min(steps, _SHORT_STEPS), 0, effort.part_of_time(0.2))
    relaxation = PartialCover(table, needs)
    ascent = ascend(relaxation, search.cost, _DUAL_STEPS, effort.part_of_time(0.3))
    effort.tell(0.3, f"{search.cost:,} (bound {ascent.bound:,})")
    search.run(steps, ascent.bound, effort.part_of_time(0.6))
    effort.tell(0.7, f"{search.cost:,} (bound {ascent.bound:,})")
    return _Best(search.chosen, search.cost, min(ascent.bound, search.cost), "dual"), ascent


def _proven(
    table: Table, needs: NDArray[np.int64], best: _Best, ascent: Ascent, effort: Effort
) -> _Best:
    """Look for something better with the exact solver, on the columns that could be in it."""
    if best.cost == best.bound or effort.stop.reached():
        return best
    keep = useful_columns(PartialCover(table, needs), ascent, best.cost)
    alive = covered_rows(table, keep)
    held = np.zeros(needs.size, np.int64)
    np.add.at(held, table.group[alive], table.weight[alive])
    if (held < needs).any():
        return replace(best, bound=best.cost, method="reduced costs")
    core = reduce_demand(select(table, alive, keep), effort.stop)
    if core.incidence.row_col.size > _MOST_EXACT_PAIRS:
        return best
    job = Job("shares", core, Limits(), best.cost, best.bound, _WORK, needs)
    (outcome,) = solve_all([job], effort.workers, effort.stop, lambda _: None)
    if outcome is None:
        return best
    chosen, cost = best.chosen, best.cost
    if outcome.chosen is not None:
        chosen = np.isin(table.site, core.site[outcome.chosen])
        cost = int(table.cost[chosen].sum())
    bound = min(max(int(np.ceil(outcome.bound - 1e-6)), best.bound), cost)
    return _Best(chosen, cost, cost if outcome.optimal else bound, "cp-sat")
