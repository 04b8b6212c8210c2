"""The floors in C under walking reach: compiled when they are asked for, called by ctypes."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from road_figures import HERE, cpu_s

from lastmile.network import Network, Snaps

_ROOM = 1_000_000
_BUCKET_BITS = 14


class Floors:
    """Bounded searches from places that only relax edges."""

    def __init__(self, network: Network, places: Snaps, limit_mm: int) -> None:
        at = np.flatnonzero(places.on_network)
        # In spatial order, as the product takes them.
        at = at[np.argsort(places.edge[at], kind="stable")]
        edge, offset_mm, access_mm = places.edge[at], places.offset_mm[at], places.access_mm[at]
        steps = network.forward
        self._arguments = [
            network.n_vertices, steps.offsets, steps.head, steps.length_mm.astype(np.int32),
            at.size, network.edge_from[edge], network.edge_to[edge], access_mm + offset_mm,
            access_mm + network.length_mm[edge] - offset_mm, limit_mm,
            np.empty(network.n_vertices, dtype=np.int64),
        ]  # fmt: skip
        self._heap = np.empty(steps.head.size + 2, dtype=np.int64)
        self._n_buckets = (limit_mm >> _BUCKET_BITS) + 1

    def by_heap(self, library: ctypes.CDLL) -> tuple[float, int]:
        """CPU seconds and relaxations of Dijkstra with a heap."""
        return self._run(library.relax_by_heap, self._heap)

    def by_buckets(self, library: ctypes.CDLL) -> tuple[float, int]:
        """CPU seconds and relaxations of a search by buckets."""
        return self._run(
            library.relax_by_buckets, np.empty(_ROOM, dtype=np.int64),
            np.empty(_ROOM, dtype=np.int32), _ROOM, np.empty(self._n_buckets, dtype=np.int32),
        )  # fmt: skip

    def _run(self, function: Callable[..., int], *more: Any) -> tuple[float, int]:  # noqa: ANN401 - numbers and arrays
        arguments = [
            ctypes.c_void_p(value.ctypes.data)
            if isinstance(value, np.ndarray)
            else ctypes.c_int64(int(value))
            for value in (*self._arguments, *more)
        ]
        seconds, n_relaxed = cpu_s(lambda: function(*arguments))
        if n_relaxed < 0:
            raise SystemExit("the floor has too little room")
        return seconds, n_relaxed


def compiled() -> ctypes.CDLL | None:
    """Compile the floors for this very machine; None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "floor.so"
        flags = ["-O3", "-march=native", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, "-o", str(library), str(HERE / "floor.c")], check=True)
        loaded = ctypes.CDLL(str(library))
    for name in ("relax_by_heap", "relax_by_buckets"):
        getattr(loaded, name).restype = ctypes.c_int64
    return loaded
