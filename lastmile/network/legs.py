"""Legs of routes: how long, which way, and what to do on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from lastmile.costs import UNREACHABLE
from lastmile.network.drives import Drives, drive
from lastmile.network.lines import distinct_legs
from lastmile.network.model import Network
from lastmile.network.pieces import NO_PATH, unpack
from lastmile.network.roads import RoadData
from lastmile.network.snapping import Snaps
from lastmile.network.tracing import lines_along, trace
from lastmile.network.travel import access_costs
from lastmile.network.turn_list import Turn, turns_along


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """The way from one position to the next."""

    source: int
    target: int
    time_ms: int
    """As in the table of travel costs, both access legs included; UNREACHABLE without a path."""

    length_mm: int
    """Along that same path, both access legs included."""

    geometry: LineString
    """On the road, in EPSG:4326; access legs are not drawn. Straight where there is no path."""

    edges: NDArray[np.int32]
    """Shape (pieces,). Edges in the order in which they are driven; the first and the last are
    mostly driven in part."""

    forward: NDArray[np.bool_]
    """Shape (pieces,). Whether in the sense of the edge's shape."""

    from_mm: NDArray[np.int64]
    """Shape (pieces,). Where on the edge driving it begins, from the edge's start."""

    to_mm: NDArray[np.int64]
    """Shape (pieces,). Where it ends."""

    turns: tuple[Turn, ...]
    """From departing to arriving; none where nothing is driven."""


def route_legs(
    network: Network,
    positions: Snaps,
    sequences: Sequence[NDArray[np.int64]],
    *,
    names: Mapping[int, str] | None = None,
    roundabouts: Collection[int] = (),
    cache: Path | None = None,
) -> list[list[Leg]]:
    """Find the legs of each sequence of positions along the fastest paths between them.

    Times and lengths are those of :func:`~lastmile.network.travel_costs` to the last digit. Legs
    between the same positions are the same.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    sequences
        The positions that each route visits, in order.
    names
        Names of roads by OSM way, as :func:`way_names` has them; None for turns without names.
    roundabouts
        OSM ways that are roundabouts, as :func:`roundabout_ways` has them.
    cache
        Folder of kept hierarchies; None for the machine's own.

    Returns
    -------
    list of list of Leg
        For each sequence one leg less than it has positions.
    """
    source, target, of_sequence = distinct_legs(len(positions), sequences)
    drives = drive(network, positions, source, target, cache)
    access = np.array(unpack(access_costs(network, positions)))
    turns = turns_along(network, positions, drives, access, names or {}, roundabouts)
    traces = trace(network, positions, drives)
    lines = lines_along(traces.offsets, traces.points)
    ms, mm = _totals(drives, access)
    pieces = [slice(*span) for span in pairwise(drives.offsets.tolist())]
    legs = [
        Leg(
            source=int(source[k]),
            target=int(target[k]),
            time_ms=ms[k],
            length_mm=mm[k],
            geometry=lines[k],
            edges=drives.edge[driven],
            forward=drives.forward[driven],
            from_mm=drives.from_mm[driven],
            to_mm=drives.to_mm[driven],
            turns=turns[k],
        )
        for k, driven in enumerate(pieces)
    ]
    return [[legs[k] for k in chosen.tolist()] for chosen in of_sequence]


def _totals(drives: Drives, access: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Add access legs to the times and lengths of drives, where somebody drives."""
    missing, stays = drives.cost >= NO_PATH, drives.source == drives.target
    both = access[:, drives.source] + access[:, drives.target]
    totals = [
        np.where(missing, UNREACHABLE, np.where(stays, 0, part + legs)).tolist()
        for part, legs in zip(unpack(drives.cost), both, strict=True)
    ]
    return totals[0], totals[1]


def way_names(roads: RoadData) -> dict[int, str]:
    """Return the names of roads by OSM way.

    Parameters
    ----------
    roads
        As read.
    """
    named = roads.names != ""
    return dict(zip(roads.way_ids[named].tolist(), roads.names[named].tolist(), strict=True))


def roundabout_ways(roads: RoadData) -> frozenset[int]:
    """Return the OSM ways that are roundabouts.

    Parameters
    ----------
    roads
        As read.
    """
    kind = roads.values("junction")
    return frozenset(roads.way_ids[np.isin(kind, ("roundabout", "circular"))].tolist())
