"""Compiled loops in pieces short enough that a search can be stopped between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from lastmile.stop import Stop


def in_chunks(first: int, n_steps: int, stop: Stop, done: Callable[[], bool]) -> Iterator[int]:
    """Share out steps in chunks of about a tenth of a second.

    Parameters
    ----------
    first
        Steps of the first chunk.
    n_steps
        Steps in all.
    stop
        Polled before each chunk.
    done
        Whether the search needs no more steps; asked before each chunk.

    Yields
    ------
    int
        Steps to make now.
    """
    chunk, left = first, n_steps
    while left > 0 and not done() and not stop.reached():
        size = min(chunk, left)
        left -= size
        began = time.monotonic()
        yield size
        took_s = time.monotonic() - began
        if took_s < 0.05:  # noqa: PLR2004 - half the aim, in seconds
            chunk = min(chunk * 2, 1 << 20)
        elif took_s > 0.2:  # noqa: PLR2004 - twice the aim
            chunk = max(1, chunk // 2)
