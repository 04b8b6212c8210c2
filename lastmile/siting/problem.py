"""The siting problem and its solution: ids, numbers and costs, never geometry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import Reach

Status = Literal["optimal", "feasible", "infeasible", "interrupted"]


@dataclass(frozen=True, slots=True, eq=False)
class SitingProblem:
    """Which sites to open, so that people are within their service distance.

    One type serves every model: the fields at their defaults ask for the least number of
    stations that covers all demand which can be covered.
    """

    reach: Reach
    """The sets N_i: only pairs within the service distance S_i (see ``costs.covers``)."""

    demand: NDArray[np.int64]
    """Shape (demand points,). Thousandths of a person, so that sums are exact."""

    cost_yuan: NDArray[np.int64]
    """Shape (sites,). Cost of opening; existing sites cost nothing whatever stands here."""

    existing: NDArray[np.bool_]
    """Shape (sites,). Already open, and kept open; never counted in p, budget or objective."""

    required: NDArray[np.bool_]
    """Shape (sites,). Must open; counted."""

    forbidden: NDArray[np.bool_]
    """Shape (sites,). Must stay closed."""

    goal: Literal["lscp", "mclp"] = "lscp"
    minimise: Literal["stations", "cost"] = "stations"
    """lscp: what the objective adds up over the new stations."""

    required_share: float = 1.0
    """lscp: share of people to cover."""

    share_of: Literal["coverable", "all"] = "coverable"
    """lscp: the share's denominator; all demand counts points that no site reaches, too."""

    group: NDArray[np.int64] | None = None
    """Shape (demand points,). lscp: the share must be reached in each of these groups by itself;
    positions in ``group_names``. None: by all together."""

    group_names: tuple[str, ...] = ()
    """Names of the groups, for messages."""

    p: int | None = None
    """mclp: most new stations to open; None for no such limit."""

    budget_yuan: int | None = None
    """mclp: most the new stations may cost; None for no such limit."""


@dataclass(frozen=True, slots=True)
class ComponentProof:
    """What was proven about one independent part of the problem."""

    n_demand: int
    n_sites: int
    objective: int
    bound: int
    method: str
    """What closed or bounded it: reduction, cp-sat, lp, dual, …"""

    @property
    def proven(self) -> bool:
        """Whether no better solution of this component exists."""
        return self.objective == self.bound


@dataclass(frozen=True, slots=True, eq=False)
class SitingSolution:
    """Open sites, who walks where, and what was proven.

    For lscp ``objective`` is the number (or cost) of new stations and ``bound`` a proven lower
    bound; for mclp ``objective`` is covered demand (thousandths) and ``bound`` an upper bound.
    """

    status: Status
    objective: int
    bound: int
    open: NDArray[np.bool_]
    """Shape (sites,). Existing and required sites are open, too."""

    station: NDArray[np.int32]
    """Shape (demand points,). Nearest open site in reach (lowest position on ties), or -1."""

    length_mm: NDArray[np.int64]
    """Shape (demand points,). Walking length to ``station``; UNREACHABLE where there is none."""

    reason: tuple[str, ...]
    """Per demand point: '' if covered, else no_candidate_in_reach, forbidden, budget, share_met."""

    components: tuple[ComponentProof, ...]
    wall_s: float
    cpu_s: float
    seed: int
    message: str = ""
    """Why the problem is infeasible, or what stopped the search; empty otherwise."""

    cut_short: bool = False
    """Whether the clock ended any step of a search without proof: a rerun may differ."""

    versions: dict[str, str] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """Distance between objective and bound, relative to the larger one; 0 when proven."""
        largest = max(abs(self.objective), abs(self.bound))
        return abs(self.objective - self.bound) / largest if largest else 0.0
