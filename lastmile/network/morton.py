"""Places in an order in which neighbours mostly stand near one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def morton(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return the Morton code of each place: the bits of its coordinates in turn.

    Parameters
    ----------
    lon, lat
        Degrees.

    References
    ----------
    Morton (1966), A computer oriented geodetic data base, IBM.
    """
    # 1e-5 degrees is about a metre: 26 bits for longitude, so both interleave in 52.
    x = np.rint((lon + 180.0) * 1e5).astype(np.uint64)
    y = np.rint((lat + 90.0) * 1e5).astype(np.uint64)
    code = np.zeros(lon.size, dtype=np.uint64)
    for bit in range(26):
        mask = np.uint64(1 << bit)
        code |= ((x & mask) << np.uint64(bit)) | ((y & mask) << np.uint64(bit + 1))
    return code
