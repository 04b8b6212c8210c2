"""The decorator of this room's compiled loops, and their random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

_F = TypeVar("_F", bound=Callable[..., object])


def kernel(function: _F) -> _F:
    """Compile a loop to machine code, cached on disk, releasing the interpreter while it runs."""
    return cast("_F", numba.njit(cache=True, nogil=True)(function))


@kernel
def draw(random: NDArray[np.uint64], n: int) -> int:
    """Draw from 0..n-1 (xorshift64*, so that every platform draws alike)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return int((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % n
