"""What the road benchmarks share: a table of figures, CPU seconds, fresh processes, places.

Needs the standard library alone until a network is asked for, so that a process that only starts
others stays small: peak memory of a process is never told below that of the one that started it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lastmile.network import Network, Snaps

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"
PORTO = HERE.parents[1] / "shared" / "data" / "porto" / "porto.osm.pbf"
MB_PER_KIB = 1024 / 1e6

# Hierarchies that a former run kept on disk would flatter this one.
os.environ.setdefault("LASTMILE_CACHE", "off")


@dataclass(frozen=True)
class Figure:
    """One row of ``benchmarks/out/NAME.json``."""

    figure: str
    value: float
    unit: str
    peer: str | None
    peer_value: float | None
    ratio: float | None
    """The peer's value over ours."""

    goal: str | None
    met: bool | None


class Table:
    """Figures of one run, printed as they come."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[Figure] = []

    def add(
        self,
        figure: str,
        value: float,
        unit: str,
        *,
        peer: tuple[str, float | None] | None = None,
        at_most: float | None = None,
        times_less: float | None = None,
        least_ratio: float | None = None,
    ) -> None:
        """Note a figure.

        Parameters
        ----------
        figure
            What was measured.
        value
            How much.
        unit
            In what.
        peer
            Who did the same in this very run, and their value; None where they are absent.
        at_most
            Goal: no more than this.
        times_less
            Goal: the peer needs at least so many times more.
        least_ratio
            Goal: the peer's value over ours, where the peer is a floor that nothing goes below.
        """
        name, peer_value = peer or (None, None)
        ratio = None if peer_value is None else peer_value / max(value, 1e-9)
        goal, met = None, None
        wanted = times_less or least_ratio
        if at_most is not None:
            goal, met = f"<= {at_most:g}", value <= at_most
        elif wanted is not None:
            goal = f">= {times_less:g}x" if times_less else f"<= {1 / wanted:.3g} of it"
            met = None if ratio is None else ratio >= wanted
        row = Figure(
            figure, _short(value), unit, name, _short(peer_value), _short(ratio), goal, met
        )
        self.rows.append(row)
        show(row)

    def write(self) -> None:
        """Write ``benchmarks/out/NAME.json``."""
        write_rows(self.name, [asdict(row) for row in self.rows])


def _short(value: float | None) -> Any:  # noqa: ANN401 - a number or None, as the row has it
    return None if value is None else float(f"{value:.7g}")


def show(row: Figure) -> None:
    """Print a figure."""
    mark = "" if row.met is None else ("met" if row.met else "MISSED")
    peer = row.peer or ""
    if row.peer_value is not None:
        peer += f": {row.peer_value:.6g} ({row.ratio:.3g}x)"
    goal = f"goal {row.goal} {mark}" if row.goal else ""
    print(f"{row.figure:<66} {row.value:>10.6g} {row.unit:<7} {goal:<23} {peer}", flush=True)


def write_rows(name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows as DESIGN has them."""
    OUT.mkdir(exist_ok=True)
    text = json.dumps(list(rows), indent=1, ensure_ascii=False)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def cpu_s(work: Callable[[], Any], *, runs: int = 2) -> tuple[float, Any]:
    """CPU seconds of the last of some runs (compiling is in the first), and its result."""
    for _ in range(runs - 1):
        work()
    begin_s = time.process_time()
    result = work()
    return time.process_time() - begin_s, result


def has(module: str) -> bool:
    """Whether a peer is installed."""
    return find_spec(module) is not None


@dataclass(frozen=True)
class Child:
    """What a process of its own used."""

    cpu_s: float
    peak_mb: float
    output: str


def fresh(script: Path, *arguments: str, quiet: bool = True) -> Child:
    """Run a script in a process of its own and wait for it.

    Parameters
    ----------
    script
        The script.
    arguments
        Its arguments.
    quiet
        Whether its output is returned rather than shown.
    """
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE if quiet else None, text=True) as process:
        output = process.stdout.read() if process.stdout else ""
        # wait4 tells of this child alone; RUSAGE_CHILDREN tells the largest of all so far.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{script.name} {' '.join(arguments)} failed")
    return Child(used.ru_utime + used.ru_stime, used.ru_maxrss * MB_PER_KIB, output)


def options(doc: str | None) -> argparse.ArgumentParser:
    """Arguments that all road benchmarks take."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument(
        "extract", nargs="?", type=Path, help="default: Porto beside the repository"
    )
    parser.add_argument("--short", action="store_true", help="fewer places, a part of the roads")
    return parser


def extract_of(given: argparse.Namespace, folder: Path) -> Path:
    """Find the extract that was named, or Porto, or make the sample's core in ``folder``."""
    if given.extract is not None:
        if not given.extract.is_file():
            raise SystemExit(f"no extract at {given.extract}")
        return Path(given.extract)
    if PORTO.is_file():
        return PORTO
    from lastmile.sample import write_sample  # noqa: PLC0415 - see the top of this file

    print("no extract given or found: the sample's core is made")
    return write_sample(folder / "sample", "core").with_name("roads.osm.pbf")


def spots(network: Network, count: int, seed: int = 7) -> tuple[Any, Any]:
    """Longitudes and latitudes near random points of the roads."""
    import numpy as np  # noqa: PLC0415 - see the top of this file

    random = np.random.default_rng(seed)
    at = random.integers(0, network.shape_lon.size, count)
    lon = network.shape_lon[at] + random.normal(0, 0.001, count)
    lat = network.shape_lat[at] + random.normal(0, 0.001, count)
    return lon, lat


def scattered(network: Network, count: int, seed: int) -> Snaps:
    """Places near random points of the roads, on the network."""
    from lastmile.network import snap  # noqa: PLC0415 - see the top of this file

    return snap(network, *spots(network, count, seed), max_access_m=300)
