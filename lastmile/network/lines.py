"""Routes as lines along the road."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from lastmile.network.drives import drive
from lastmile.network.model import Network
from lastmile.network.snapping import Snaps
from lastmile.network.tracing import lines_along, trace


def route_lines(
    network: Network,
    positions: Snaps,
    sequences: Sequence[NDArray[np.int64]],
    *,
    cache: Path | None = None,
) -> list[LineString]:
    """Draw each sequence of positions along the fastest paths between them.

    Lines run from position to position on the road; access legs are not drawn. Where there is no
    path, the leg is straight. A sequence that never leaves one place becomes a line a centimetre
    long, so that every result is a valid line.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    sequences
        For each line, the positions it visits, in order; one at least.
    cache
        Folder of kept hierarchies; None for the machine's own.

    Returns
    -------
    list of LineString
        In EPSG:4326.
    """
    source, target, legs = distinct_legs(len(positions), sequences)
    traces = trace(network, positions, drive(network, positions, source, target, cache))
    points = [np.zeros((0, 2))]
    sizes = [0]
    for sequence, leg in zip(sequences, legs, strict=True):
        parts = [traces.points[traces.offsets[k] : traces.offsets[k + 1]] for k in leg.tolist()]
        if not parts:
            first = int(sequence[0])
            parts = [np.array([[positions.lon[first], positions.lat[first]]])]
        line = np.concatenate(parts)
        moved = np.ones(len(line), dtype=np.bool_)
        moved[1:] = (line[1:] != line[:-1]).any(axis=1)
        points.append(line[moved])
        sizes.append(len(points[-1]))
    return lines_along(np.cumsum(sizes), np.concatenate(points))


def distinct_legs(
    n_positions: int, sequences: Sequence[NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[np.int64]]]:
    """Find the pairs of positions that follow each other, each once.

    Parameters
    ----------
    n_positions
        How many positions there are.
    sequences
        Of positions.

    Returns
    -------
    tuple
        Sources and targets, shape (legs,), and for each sequence which legs it is made of.
    """
    arrays = [np.asarray(sequence, dtype=np.int64) for sequence in sequences]
    pairs = [array[:-1] * n_positions + array[1:] for array in arrays]
    code, leg = np.unique(
        np.concatenate([np.zeros(0, dtype=np.int64), *pairs]), return_inverse=True
    )
    source, target = np.divmod(code, max(1, n_positions))
    sizes = [pair.size for pair in pairs]
    return source, target, np.split(leg, np.cumsum(sizes)[:-1]) if sizes else []
