"""Travel times, and lengths along the same fastest paths, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from lastmile.costs import CostMatrix
from lastmile.network.model import Network
from lastmile.network.snapping import Snaps
from lastmile.network.travel import prepare_travel
from lastmile.progress import Progress, silent


def travel_costs(
    network: Network,
    positions: Snaps,
    *,
    ids: Sequence[str],
    threads: int = 2,
    progress: Progress = silent,
    cache: Path | None = None,
) -> tuple[CostMatrix, CostMatrix]:
    """Measure the fastest paths between all positions, one-ways obeyed.

    Of equally fast paths the shortest is taken. Both access legs count, at the profile's access
    speed; from a position to itself is zero.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it; those off the network are reached by nothing and reach nothing.
    ids
        Their ids, in order.
    threads
        How many blocks are searched at once; the result does not depend on it.
    progress
        Told how many origins are done.
    cache
        Folder of kept hierarchies; None for the machine's own.

    Returns
    -------
    tuple
        Two matrices over all positions: travel_time_ms, and length_mm along that same path.
    """
    travel = prepare_travel(network, positions, ids=ids, threads=threads, cache=cache)
    everything = np.arange(len(positions))
    time_ms, length_mm = travel.watched_block(everything, everything, progress)
    return (
        CostMatrix(time_ms, travel.ids, travel.ids, "travel_time_ms"),
        CostMatrix(length_mm, travel.ids, travel.ids, "length_mm"),
    )


def travel_costs_between(  # noqa: PLR0913 - a network, and what is wanted of it
    network: Network,
    origins: Snaps,
    destinations: Snaps,
    *,
    origin_ids: Sequence[str],
    destination_ids: Sequence[str],
    threads: int = 2,
    progress: Progress = silent,
    cache: Path | None = None,
) -> tuple[CostMatrix, CostMatrix]:
    """Measure the fastest paths from origins to destinations.

    Costs are those of :func:`travel_costs`. An origin and a destination are two places, even at
    one position: both access legs count between them.

    Parameters
    ----------
    network
        The network of the positions.
    origins, destinations
        Places on it.
    origin_ids, destination_ids
        Their ids, in order.
    threads, progress, cache
        As for :func:`travel_costs`.

    Returns
    -------
    tuple
        Two matrices of shape (origins, destinations): travel_time_ms, and length_mm along that
        same path.
    """
    names = tuple(origin_ids), tuple(destination_ids)
    both = Snaps(
        *(
            np.concatenate((getattr(origins, field.name), getattr(destinations, field.name)))
            for field in fields(Snaps)
        )
    )
    travel = prepare_travel(network, both, ids=names[0] + names[1], threads=threads, cache=cache)
    rows = np.arange(len(origins))
    columns = np.arange(len(origins), len(both))
    time_ms, length_mm = travel.watched_block(rows, columns, progress)
    return (
        CostMatrix(time_ms, *names, "travel_time_ms"),
        CostMatrix(length_mm, *names, "length_mm"),
    )
