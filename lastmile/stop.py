"""When to stop: a time limit, a work limit's owner, or a person pressing Ctrl-C.

Solvers poll a :class:`Stop`; they never install signal handlers themselves.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType


@dataclass(frozen=True, slots=True)
class Stop:
    """Tells a solver when to return the best it has.

    Examples
    --------
    >>> Stop.after(3600.0).reached()
    False
    >>> Stop.after(0.0).reached()
    True
    """

    deadline_s: float = float("inf")
    """Moment of ``time.monotonic()`` at which the work must end, in seconds."""

    interruption: threading.Event = field(default_factory=threading.Event)
    """Set when the user asks to stop; shared by every stage of a run."""

    @classmethod
    def after(cls, limit_s: float, interruption: threading.Event | None = None) -> Stop:
        """Stop ``limit_s`` seconds from now, or when ``interruption`` is set."""
        return cls(time.monotonic() + limit_s, interruption or threading.Event())

    def remaining_s(self) -> float:
        """Seconds left; zero once the limit has passed or the user interrupted."""
        if self.interruption.is_set():
            return 0.0
        return max(0.0, self.deadline_s - time.monotonic())

    def reached(self) -> bool:
        """Whether to return now."""
        return self.remaining_s() <= 0.0

    def interrupted(self) -> bool:
        """Whether a person asked to stop (rather than the clock)."""
        return self.interruption.is_set()


class StopNow(KeyboardInterrupt):
    """Somebody wants the run to end at once.

    A class of its own, because Python ends a process by the signal itself, past our exit code,
    if exactly KeyboardInterrupt ever passed through code made from text, as dataclasses are.
    """


@contextmanager
def termination_raises(event: threading.Event | None = None) -> Iterator[None]:
    """Let a request to terminate raise :class:`StopNow`, so that what was begun is cleared away.

    Who sends one, or closes the terminal, waits for no plan, but wants nothing left behind.
    Outside the main thread, where Python delivers no signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_request(_number: int, _frame: FrameType | None) -> None:
        if event is not None:
            event.set()  # for the rare case that compiled code swallows what is raised
        raise StopNow

    numbers = [signal.SIGTERM]
    # What runs under nohup ignores that its terminal is closed, and goes on doing so.
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        numbers.append(hang_up)
    previous = {number: signal.signal(number, on_request) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def interruption_on_sigint(
    acknowledge: Callable[[], None] = lambda: None,
) -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a polite request; the second raises :class:`StopNow`.

    So does a request to terminate, as under :func:`termination_raises`.

    Yields the event that is set by the first, which ``acknowledge`` tells the user. Outside the
    main thread, where Python delivers no signals, the event is simply never set.
    """
    event = threading.Event()

    def on_sigint(_number: int, _frame: FrameType | None) -> None:
        if event.is_set():
            raise StopNow
        event.set()
        acknowledge()

    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    previous = signal.signal(signal.SIGINT, on_sigint)
    try:
        with termination_raises(event):
            yield event
    finally:
        signal.signal(signal.SIGINT, previous)
