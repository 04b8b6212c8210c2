"""How long a broken connection is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from lastmile.extracts.refusals import refused

_LONGEST_PAUSE_S: Final = 60.0
_LONGEST_TIMEOUT_S: Final = 86_400.0

Answer = TypeVar("Answer")


class BrokenError(Exception):
    """A connection failed in a way that may pass: dropped, too slow, or the server is busy."""

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        self.reason = reason
        self.retry_after_s = retry_after_s
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Patience:
    """Time-outs and retries.

    Examples
    --------
    >>> [Patience(pause_s=1.0).pause_before(failure, 0.0) for failure in (1, 2, 3, 9)]
    [1.0, 2.0, 4.0, 60.0]
    """

    timeout_s: float = 30.0
    """Seconds for connecting, and between two pieces of an answer."""

    max_failures: int = 6
    """Failures in a row, without a new byte between them, after which nothing more is tried."""

    pause_s: float = 1.0
    """Before the second try; it doubles with each failure."""

    wait: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        """Refuse a time-out for which no clock can be set."""
        if not 0.0 < self.timeout_s <= _LONGEST_TIMEOUT_S:
            raise refused(
                "--timeout-s",
                found=f"{self.timeout_s:g}",
                expected=f"more than 0 and at most {_LONGEST_TIMEOUT_S:,.0f} seconds",
                remedy="write seconds, such as 30",
            )

    def pause_before(self, failure: int, retry_after_s: float) -> float:
        """Seconds to wait after so many failures in a row; at least what the server asks for."""
        doubled = self.pause_s * 2.0 ** (failure - 1)
        return min(_LONGEST_PAUSE_S, max(doubled, retry_after_s))

    def insist(self, ask: Callable[[], Answer], tell: Callable[[str], None]) -> Answer:
        """Ask again while a server is busy; at last let its :class:`BrokenError` through."""
        failure = 0
        while True:
            try:
                return ask()
            except BrokenError as error:
                failure += 1
                if failure >= self.max_failures:
                    raise
                seconds = self.pause_before(failure, error.retry_after_s)
                tell(f"{error.reason}; trying again in {seconds:.0f} s")
                self.wait(seconds)
