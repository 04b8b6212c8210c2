"""Exact solves in worker processes that can be killed at any moment."""

from __future__ import annotations

import logging
import pickle
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lastmile.siting.maximal import UNLIMITED, Limits
from lastmile.siting.table import Table
from lastmile.stop import Stop

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Find something better than the incumbent, or prove that there is nothing."""

    kind: Literal["cover", "demand", "shares"]
    table: Table
    limits: Limits
    incumbent: int
    bound: int
    work: float
    """Limit in the solver's deterministic time, about a second each."""

    needs: NDArray[np.int64] | None = None
    """kind shares: demand to cover in each group of the table's rows."""

    def message(self, seconds: float) -> dict[str, Any]:
        """Everything the worker needs, in plain arrays."""
        limits = self.limits
        return {
            "kind": self.kind,
            "row_ptr": self.table.incidence.row_ptr,
            "row_col": self.table.incidence.row_col,
            "weight": self.table.weight,
            "cost": self.table.cost,
            "p": limits.p if limits.p < UNLIMITED else None,
            "budget": limits.budget if limits.budget < UNLIMITED else None,
            "need": limits.need if limits.need < UNLIMITED else None,
            "needs": self.needs,
            "group": self.table.group,
            "incumbent": self.incumbent,
            "bound": self.bound,
            "work": self.work,
            "seconds": seconds,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a worker found out."""

    chosen: NDArray[np.bool_] | None
    """Columns of a solution better than the incumbent; None where none was found."""

    bound: float
    """Proven bound on the part (lower where minimised, upper where maximised)."""

    optimal: bool


def solve_all(
    jobs: Sequence[Job], workers: int, stop: Stop, on_done: Callable[[int], None]
) -> list[Outcome | None]:
    """Solve jobs side by side; the answers do not depend on the number of workers.

    Parameters
    ----------
    jobs
        Independent of each other.
    workers
        Processes to start at most; 0 solves nothing.
    stop
        When reached, the processes are killed within a tenth of a second.
    on_done
        Called with the number of jobs finished.

    Returns
    -------
    list
        One outcome per job, None where it was cut short or no process could be started.
    """
    outcomes: list[Outcome | None] = [None] * len(jobs)
    if not jobs or workers < 1:
        return outcomes
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for k in range(len(jobs)):
        todo.put(k)
    try:
        with _processes(min(workers, len(jobs))) as processes:
            threads = [
                threading.Thread(target=_serve, args=(p, jobs, todo, outcomes, stop), daemon=True)
                for p in processes
            ]
            for thread in threads:
                thread.start()
            while any(t.is_alive() for t in threads) and not stop.reached():
                on_done(sum(o is not None for o in outcomes))
                time.sleep(0.02)
            for process in processes:
                process.kill()
            for thread in threads:
                thread.join()
    except OSError as error:
        _log.warning("no exact solver: its process could not be started (%s)", error)
    return outcomes


@contextmanager
def _processes(n: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start workers, and see that none outlives the block."""
    # -P keeps this folder, whose modules have short names, off the worker's import path.
    command = [sys.executable, "-P", str(Path(__file__).with_name("worker.py"))]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(n):
            started.append(  # noqa: PERF401 - those started must be known if the next one fails
                subprocess.Popen(  # noqa: S603 - our own script
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )
        yield started
    finally:
        for process in started:
            process.kill()
        for process in started:
            with suppress(OSError):  # a dead reader's pipe
                process.__exit__(None, None, None)


def _serve(
    process: subprocess.Popen[bytes],
    jobs: Sequence[Job],
    todo: queue.SimpleQueue[int],
    outcomes: list[Outcome | None],
    stop: Stop,
) -> None:
    """Feed one process until no job is left or it is killed."""
    while not stop.reached():
        try:
            k = todo.get_nowait()
            outcomes[k] = _ask(process, jobs[k].message(min(stop.remaining_s(), 1e6)))
        except queue.Empty:
            return
        except (OSError, ValueError, EOFError, struct.error) as error:
            _log.debug("an exact solve was cut short: %s", error)
            return


def _ask(process: subprocess.Popen[bytes], message: dict[str, Any]) -> Outcome | None:
    if process.stdin is None or process.stdout is None:
        return None
    body = pickle.dumps(message)
    process.stdin.write(struct.pack("<Q", len(body)) + body)
    process.stdin.flush()
    (size,) = struct.unpack("<Q", process.stdout.read(8))
    answer = pickle.loads(process.stdout.read(size))  # noqa: S301 - from our own worker
    if answer["bound"] is None:
        return None
    return Outcome(answer["chosen"], answer["bound"], answer["optimal"])
