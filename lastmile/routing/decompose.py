"""Large problems, improved group by group.

Neighbouring tours form groups of a few hundred stops; each group is a problem of its own,
searched from its present tours, and the grouping changes from round to round, so that stops
can wander across the whole area.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lastmile.progress import silent
from lastmile.routing.engine import Budget, Draft, Engine, Tour
from lastmile.routing.problem import RoutingProblem
from lastmile.routing.restrict import restrict
from lastmile.routing.settle import settle

GROUP_STOPS = 300
"""Stops per group: enough to exchange between tours, few enough for a fast search."""

_ITERATIONS_PER_VISIT = 1_000
_ROUNDS_PLANNED = 3
"""The time limit is shared out so that about this many groupings are tried."""

_LEAST_SLICE_S = 0.5


def improve_by_groups(
    problem: RoutingProblem,
    stops: Sequence[int],
    start: Sequence[Tour],
    engine: Engine,
    budget: Budget,
) -> Draft:
    """Improve a plan one group of neighbouring tours at a time.

    Parameters
    ----------
    problem
        A problem of any size; only the rows of one group are handed to the engine at once.
    stops
        Positions of the stops to serve.
    start
        Feasible tours, which may leave stops out.
    engine
        What improves a group.
    budget
        Shared by all groups; iterations are summed over them.
    """
    work = _Work(problem, stops, engine, budget, list(start))
    rng = np.random.default_rng(budget.seed)
    while work.tours and not work.is_spent():
        before = work.iterations
        anchor = int(rng.integers(len(work.tours)))
        groups = group_tours(problem, work.tours, anchor)
        for position, group in enumerate(groups):
            if work.is_spent():
                break
            work.visit(group, n_left=len(groups) - position, n_groups=len(groups))
        work.compact()
        if work.iterations == before:
            break
    return Draft(tuple(work.tours), work.iterations)


def group_tours(
    problem: RoutingProblem, tours: Sequence[Tour], anchor: int
) -> tuple[tuple[int, ...], ...]:
    """Partition tours into groups of neighbours, peeled off from the outside inwards.

    Parameters
    ----------
    problem
        The problem; nearness is travel time between the tours' middle stops, both ways.
    tours
        The tours.
    anchor
        Position of the tour around which the last group forms; another anchor, other groups.

    Returns
    -------
    tuple of tuple of int
        Positions of the tours of each group.
    """
    middles = problem.n_depots + np.array([_middle(problem, tour) for tour in tours])
    apart = problem.travel_time.values[np.ix_(middles, middles)]
    apart = apart + apart.T
    sizes = np.array([len(tour.stops) for tour in tours])
    open_tours = np.ones(len(tours), dtype=bool)
    groups = []
    while open_tours.any():
        seed = int(np.where(open_tours, apart[anchor], -1).argmax())
        near = np.argsort(apart[seed], kind="stable")
        near = near[open_tours[near]]
        # The seed comes first even where another tour has the same middle.
        near = np.concatenate(([seed], near[near != seed]))
        n_taken = 1 + int((np.cumsum(sizes[near])[1:] <= GROUP_STOPS).sum())
        chosen = near[:n_taken]
        open_tours[chosen] = False
        groups.append(tuple(sorted(chosen.tolist())))
    return tuple(groups)


def _middle(problem: RoutingProblem, tour: Tour) -> int:
    """Stop of the tour from which the others are nearest in sum."""
    places = problem.n_depots + np.array(tour.stops)
    between: NDArray[np.int64] = problem.travel_time.values[np.ix_(places, places)]
    return tour.stops[int(between.sum(axis=1).argmin())]


@dataclass(slots=True)
class _Work:
    """The plan as it improves."""

    problem: RoutingProblem
    stops: Sequence[int]
    engine: Engine
    budget: Budget
    tours: list[Tour]
    iterations: int = 0
    n_visits: int = 0
    begun_s: float = field(default_factory=time.monotonic)
    limit_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.limit_s = self.budget.stop.remaining_s()

    def is_spent(self) -> bool:
        limit = self.budget.max_iterations
        return self.budget.stop.reached() or (limit is not None and self.iterations >= limit)

    def visit(self, group: tuple[int, ...], *, n_left: int, n_groups: int) -> None:
        """Improve one group, with every vehicle that no other group uses."""
        inside = [self.tours[k] for k in group]
        stops = sorted([s for tour in inside for s in tour.stops] + self._left_out_near(inside))
        used = Counter(tour.vehicle_type for tour in self.tours if tour.stops)
        used.subtract(tour.vehicle_type for tour in inside if tour.stops)
        spare = [v.n_available - used[k] for k, v in enumerate(self.problem.vehicle_types)]
        part = restrict(self.problem, stops, spare)
        local = {stop: k for k, stop in enumerate(stops)}
        start = [
            Tour(tour.vehicle_type, tuple(local[s] for s in tour.stops))
            for tour in inside
            if tour.stops
        ]
        share = self._share(n_left, n_groups)
        draft = self.engine.improve(part, start, share)
        better = settle(part, range(part.n_stops), start, draft.tours, self.budget.stop)
        self._put(group, [Tour(t.vehicle_type, tuple(stops[s] for s in t.stops)) for t in better])
        self.iterations += draft.iterations
        self.n_visits += 1
        self._tell()

    def compact(self) -> None:
        """Forget the tours that were dissolved during the round."""
        self.tours = [tour for tour in self.tours if tour.stops]

    def _put(self, group: tuple[int, ...], better: list[Tour]) -> None:
        # Positions of other groups' tours must stay: fill the gaps, append what exceeds them.
        for position, k in enumerate(group):
            empty = Tour(self.tours[k].vehicle_type, ())
            self.tours[k] = better[position] if position < len(better) else empty
        self.tours += better[len(group) :]

    def _left_out_near(self, inside: list[Tour]) -> list[int]:
        """Find the stops no tour serves whose nearest served stop is in this group."""
        served = [s for tour in self.tours for s in tour.stops]
        left_out = sorted(set(self.stops) - set(served))
        if not left_out:
            return []
        mine = {s for tour in inside for s in tour.stops}
        n, values = self.problem.n_depots, self.problem.travel_time.values
        nearest = values[np.ix_(n + np.array(left_out), n + np.array(served))].argmin(axis=1)
        return [s for s, k in zip(left_out, nearest.tolist(), strict=True) if served[k] in mine]

    def _share(self, n_left: int, n_groups: int) -> Budget:
        limit, stop = self.budget.max_iterations, self.budget.stop
        seed = (self.budget.seed + self.n_visits) % 2**31
        if limit is not None:
            chunk = min(_ITERATIONS_PER_VISIT, -(-limit // n_groups), limit - self.iterations)
            return Budget(stop, seed, chunk, silent)
        left_s = stop.remaining_s()
        slice_s = max(_LEAST_SLICE_S, self.limit_s / (_ROUNDS_PLANNED * n_groups))
        slice_s = min(slice_s, max(left_s / n_left, _LEAST_SLICE_S), left_s)
        return Budget(replace(stop, deadline_s=time.monotonic() + slice_s), seed, None, silent)

    def _tell(self) -> None:
        limit = self.budget.max_iterations
        note = f"{sum(1 for tour in self.tours if tour.stops)} routes"
        if limit is not None:
            self.budget.progress("routing", self.iterations, limit, note)
        else:
            spent_s = min(time.monotonic() - self.begun_s, self.limit_s)
            self.budget.progress("routing", spent_s, self.limit_s, note)
