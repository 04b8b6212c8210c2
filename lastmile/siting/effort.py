"""How hard to try: limits, seed and listeners that every model's solver is given."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from lastmile.progress import Progress
from lastmile.stop import Stop

STAGE = "siting"


@dataclass(frozen=True, slots=True)
class _Slice(Stop):
    """A part of the time, that remembers whether it cut a step short."""

    cut: threading.Event = field(default_factory=threading.Event)

    def reached(self) -> bool:
        """Whether to return now."""
        ended = Stop.reached(self)  # super() does not find its way in a class with slots
        if ended:
            self.cut.set()
        return ended


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits, seed and listener of one solve."""

    stop: Stop
    seed: int
    max_iterations: int | None
    """Steps of local search in the whole solve; None for a number that grows with the size."""

    workers: int
    progress: Progress
    _cut: threading.Event = field(default_factory=threading.Event)
    """Set when a part of the time ended before the step it was given to."""

    def part_of_time(self, share: float) -> Stop:
        """Stop after a share of the time left, so that later steps get theirs."""
        left = self.stop.remaining_s()
        if left == float("inf"):
            return self.stop
        return _Slice(time.monotonic() + share * left, self.stop.interruption, self._cut)

    def cut_short(self) -> bool:
        """Whether the clock or a person, not the work limit, ended any step."""
        return self._cut.is_set() or self.stop.reached()

    def steps(self, n_columns: int, n_columns_of_all: int, usual: int) -> int:
        """Share out the steps of local search to one part of the problem."""
        if self.max_iterations is None:
            return usual
        return max(100, self.max_iterations * n_columns // max(1, n_columns_of_all))

    def tell(self, done: float, note: str = "") -> None:
        """Report progress, as a share of the solve."""
        self.progress(STAGE, done, 1.0, note)
