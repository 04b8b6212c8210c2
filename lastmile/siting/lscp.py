"""Location set covering: least stations or cost for a required share.

References
----------
Toregas et al. (1971), doi:10.1287/opre.19.6.1363.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.cover import CoverSearch
from lastmile.siting.dual import Ascent, FullCover, ascend, useful_columns
from lastmile.siting.effort import Effort
from lastmile.siting.exact import Job, Outcome, solve_all
from lastmile.siting.maximal import Limits
from lastmile.siting.problem import ComponentProof
from lastmile.siting.reduce import Reduced, reduce_cover, split
from lastmile.siting.small import MOST_COLUMNS, best_subset, full_need
from lastmile.siting.table import Table, select
from lastmile.stop import Stop

_SHORT_STEPS = 1_000
_DUAL_STEPS = 1_500
_MOST_EXACT_COLUMNS = 3_000
_MOST_EXACT_PAIRS = 400_000
_WORK = 20.0
"""Deterministic time of one exact solve, about seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One independent part and the best that is known of it."""

    table: Table
    chosen: NDArray[np.bool_]
    objective: int
    bound: int
    method: str
    multipliers: Ascent | None = None

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.objective == self.bound

    def proof(self) -> ComponentProof:
        """Write the part's entry in the solution."""
        return ComponentProof(
            self.table.n_rows, self.table.n_columns, self.objective, self.bound, self.method
        )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Sites to open beside the fixed ones, and what was proven."""

    sites: NDArray[np.int64]
    proofs: tuple[ComponentProof, ...]


def cover_all(table: Table, effort: Effort) -> Found:
    """Cover every row of a table at least cost.

    Parameters
    ----------
    table
        Every row has a column; costs are positive.
    effort
        Limits and seed.

    Returns
    -------
    Found
        A cover always, even if told to stop at once.
    """
    if not table.n_rows:
        return Found(np.zeros(0, np.int64), ())
    effort.tell(0.0, "reducing")
    reduced = reduce_cover(table, effort.part_of_time(0.3))
    pieces = split(reduced.table)
    searches = [CoverSearch(piece, effort.seed + k) for k, piece in enumerate(pieces)]
    parts = _first_look(pieces, searches, effort)
    parts = _search_longer(parts, searches, effort)
    parts = _prove(parts, effort)
    effort.tell(1.0, _note(parts, reduced.forced_cost))
    sites = [reduced.forced, *(part.table.site[part.chosen] for part in parts)]
    proofs = tuple(part.proof() for part in parts)
    return Found(np.sort(np.concatenate(sites)), (*_decided(table, reduced), *proofs))


def _decided(table: Table, reduced: Reduced) -> tuple[ComponentProof, ...]:
    if not reduced.forced.size:
        return ()
    n_rows = table.n_rows - reduced.table.n_rows
    cost = reduced.forced_cost
    return (ComponentProof(n_rows, int(reduced.forced.size), cost, cost, "reduction"),)


def _note(parts: list[Part], forced: int) -> str:
    objective = forced + sum(p.objective for p in parts)
    bound = forced + sum(p.bound for p in parts)
    return f"{objective} ({100 * (objective - bound) / max(objective, 1):.1f} % gap)"


def _first_look(
    pieces: tuple[Table, ...], searches: list[CoverSearch], effort: Effort
) -> list[Part]:
    """Solve what is small, and give every other part a cover and a bound."""
    stop = effort.part_of_time(0.4)
    parts = []
    for k, (piece, search) in enumerate(zip(pieces, searches, strict=True)):
        parts.append(_look(piece, search, effort, stop))
        effort.tell(0.1 + 0.2 * k / len(pieces))
    return parts


def _look(piece: Table, search: CoverSearch, effort: Effort, stop: Stop) -> Part:
    if piece.n_columns <= MOST_COLUMNS and not stop.reached():
        ones = replace(piece, weight=np.ones(piece.n_rows, np.int64))
        chosen = best_subset(ones, full_need(ones))
        cost = int(piece.cost[chosen].sum())
        return Part(piece, chosen, cost, cost, "enumeration")
    steps = effort.steps(1, 1, _SHORT_STEPS)
    search.run(min(steps, _SHORT_STEPS), 0, stop)
    ascent = ascend(FullCover(piece), search.cost, _DUAL_STEPS, stop)
    bound = max(ascent.bound, int(piece.cost.min()))
    return Part(piece, search.chosen, search.cost, bound, "dual", ascent)


def _search_longer(parts: list[Part], searches: list[CoverSearch], effort: Effort) -> list[Part]:
    stop = effort.part_of_time(0.6)
    n_all = sum(part.table.n_columns for part in parts if not part.proven)
    out, done = [], 0
    for part, search in zip(parts, searches, strict=True):
        if part.proven:
            out.append(part)
            continue
        n = part.table.n_columns
        steps = effort.steps(n, n_all, 2_000 + 200 * n)
        search.run(steps, part.bound, stop)
        done += n
        effort.tell(0.3 + 0.4 * done / n_all, f"{search.cost} of a part, at least {part.bound}")
        out.append(replace(part, chosen=search.chosen, objective=search.cost))
    return out


def _prove(parts: list[Part], effort: Effort) -> list[Part]:
    """Solve the parts that are left exactly, on the columns a better cover could use."""
    jobs, places = [], []
    cores: list[Table] = []
    out = list(parts)
    for k, part in enumerate(parts):
        if part.proven or part.multipliers is None or effort.stop.reached():
            continue
        core = _core(part, effort.stop)
        if core is None:
            out[k] = replace(part, bound=part.objective, method="reduced costs")
        elif core.table.n_columns <= _MOST_EXACT_COLUMNS and _n_pairs(core.table) <= (
            _MOST_EXACT_PAIRS
        ):
            spent = core.forced_cost
            bound = max(0, part.bound - spent)
            jobs.append(Job("cover", core.table, Limits(), part.objective - spent, bound, _WORK))
            places.append((k, core))
            cores.append(core.table)
    outcomes = solve_all(
        jobs, effort.workers, effort.stop, lambda n: effort.tell(0.7 + 0.3 * n / len(jobs))
    )
    for (k, core), outcome in zip(places, outcomes, strict=True):
        if outcome is not None:
            out[k] = _improved(parts[k], core, outcome)
    return out


def _n_pairs(table: Table) -> int:
    return int(table.incidence.row_col.size)


def _core(part: Part, stop: Stop) -> Reduced | None:
    """Leave out columns that no better cover opens; None if there is no better cover."""
    if part.multipliers is None:
        return None
    table, forced, cost = part.table, [np.zeros(0, np.int64)], 0
    keep = useful_columns(FullCover(table), part.multipliers, part.objective)
    incidence = table.incidence
    if (
        np.bincount(
            np.repeat(np.arange(table.n_rows), np.diff(incidence.row_ptr))[keep[incidence.row_col]],
            minlength=table.n_rows,
        ).min(initial=1)
        == 0
    ):
        return None
    reduced = reduce_cover(select(table, np.ones(table.n_rows, np.bool_), keep), stop)
    forced.append(reduced.forced)
    cost += reduced.forced_cost
    if cost >= part.objective:
        return None
    return Reduced(reduced.table, np.concatenate(forced), cost)


def _improved(part: Part, core: Reduced, outcome: Outcome) -> Part:
    objective, chosen = part.objective, part.chosen
    if outcome.chosen is not None:
        sites = np.concatenate([core.forced, core.table.site[outcome.chosen]])
        chosen = np.isin(part.table.site, sites)
        objective = int(part.table.cost[chosen].sum())
    # A solver's bound is a float; a millionth is far more than its rounding.
    bound = core.forced_cost + int(np.ceil(outcome.bound - 1e-6))
    bound = objective if outcome.optimal else min(max(bound, part.bound), objective)
    return replace(part, chosen=chosen, objective=objective, bound=bound, method="cp-sat")
