"""Which sites to open: fewest stations for a share of people, or most people for p or a budget.

Ids, numbers and costs in, open sites with a proof out; geography ends at the reach.
"""

from __future__ import annotations

from lastmile.siting.assign import coverage, marginal_people
from lastmile.siting.check import check
from lastmile.siting.check_phases import check_phases
from lastmile.siting.phases import Phase, PhasePlan, YearProof, plan_phases
from lastmile.siting.problem import ComponentProof, SitingProblem, SitingSolution, Status
from lastmile.siting.reorder import NEVER, first_years
from lastmile.siting.solve import solve
from lastmile.siting.validate import validate
from lastmile.siting.what_if import Change, Situation, situation_of, what_if

__all__ = [
    "NEVER",
    "Change",
    "ComponentProof",
    "Phase",
    "PhasePlan",
    "SitingProblem",
    "SitingSolution",
    "Situation",
    "Status",
    "YearProof",
    "check",
    "check_phases",
    "coverage",
    "first_years",
    "marginal_people",
    "plan_phases",
    "situation_of",
    "solve",
    "validate",
    "what_if",
]
