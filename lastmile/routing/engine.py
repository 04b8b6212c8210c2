"""What a solver of routing problems must offer, and how one is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lastmile.errors import LastmileError
from lastmile.progress import Progress
from lastmile.routing.problem import RoutingProblem
from lastmile.stop import Stop


@dataclass(frozen=True, slots=True)
class Tour:
    """Which stops one vehicle visits, in order; times follow from it."""

    vehicle_type: int
    """Position in the problem's ``vehicle_types``."""

    stops: tuple[int, ...]
    """Positions of the stops, each once; never empty in a finished plan."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an engine found, before it is timed and checked."""

    tours: tuple[Tour, ...]
    iterations: int


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work an engine may spend, and who listens meanwhile."""

    stop: Stop
    seed: int
    max_iterations: int | None
    """Work limit; with one, and no time limit reached, reruns are identical."""

    progress: Progress


class Engine(Protocol):
    """Improves a plan until told to stop."""

    @property
    def name(self) -> str:
        """Name by which the engine is chosen."""

    @property
    def version(self) -> str:
        """Version of the library behind it."""

    def supports(self, problem: RoutingProblem) -> tuple[str, ...]:
        """Name the features of the problem that the engine lacks; empty if it can solve it."""

    def improve(self, problem: RoutingProblem, start: Sequence[Tour], budget: Budget) -> Draft:
        """Search from the tours in ``start``, which obey every rule but may leave stops out."""


class UnsupportedProblemError(LastmileError, ValueError):
    """No engine that may be used solves a problem with these features."""

    def __init__(self, missing: Mapping[str, Sequence[str]]) -> None:
        told = "; ".join(f"{name} lacks {', '.join(lacks)}" for name, lacks in missing.items())
        super().__init__(f"no routing engine supports this problem: {told}")


def choose(engines: Sequence[Engine], problem: RoutingProblem) -> Engine:
    """Take the first engine that supports the problem.

    Parameters
    ----------
    engines
        In order of preference.
    problem
        What is to be solved.

    Returns
    -------
    Engine
        The first without missing features.

    Raises
    ------
    UnsupportedProblemError
        When every engine lacks something; names what.
    """
    missing: dict[str, tuple[str, ...]] = {}
    for engine in engines:
        lacks = engine.supports(problem)
        if not lacks:
            return engine
        missing[engine.name] = lacks
    raise UnsupportedProblemError(missing)
