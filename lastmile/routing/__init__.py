"""Routing: which vehicle visits which stops, in which order, at what time and cost."""

from lastmile.routing.check import check
from lastmile.routing.diagnose import diagnose, oversized_stops
from lastmile.routing.engine import Engine, Tour, UnsupportedProblemError
from lastmile.routing.problem import (
    Route,
    RoutingProblem,
    RoutingSolution,
    Unserved,
    VehicleType,
    Visit,
)
from lastmile.routing.solve import EngineName, solve
from lastmile.routing.timetable import timetable
from lastmile.routing.validate import MalformedProblemError, validate

__all__ = [
    "Engine",
    "EngineName",
    "MalformedProblemError",
    "Route",
    "RoutingProblem",
    "RoutingSolution",
    "Tour",
    "Unserved",
    "UnsupportedProblemError",
    "VehicleType",
    "Visit",
    "check",
    "diagnose",
    "oversized_stops",
    "solve",
    "timetable",
    "validate",
]
