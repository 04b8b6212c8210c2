"""What the driver of a vehicle does on the way: turns, and roads that change their name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastmile.network.drives import Drives
from lastmile.network.model import Network
from lastmile.network.pieces import unpack
from lastmile.network.snapping import Snaps
from lastmile.network.turn_judgement import (
    TURN_KINDS,
    JudgedRoads,
    TurnEvents,
    TurnKind,
    judge_turns,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing to do on the way."""

    kind: TurnKind
    lon: float
    lat: float
    name_before: str
    """Of the road that is driven until here, as the turn before this one told it; may be ''."""

    name_after: str
    """Of the road that is driven from here; '' where it has none or it is not known."""

    distance_mm: int
    """From the leg's source until here, its access leg included."""

    time_ms: int
    """From the leg's source until here; what turning here takes is still to come."""

    exit: int = 0
    """At a roundabout, which exit to take; 0 elsewhere, and where the leg ends on it."""


def turns_along(
    network: Network,
    positions: Snaps,
    drives: Drives,
    access: NDArray[np.int64],
    names: Mapping[int, str],
    roundabouts: Collection[int],
) -> list[tuple[Turn, ...]]:
    """List the turns of drives, from departing to arriving.

    Parameters
    ----------
    network
        The network of the positions.
    positions
        Places on it.
    drives
        Between them.
    access
        Shape (2, positions). Time and length of each access leg.
    names
        Names of roads by OSM way.
    roundabouts
        OSM ways that are roundabouts.

    Returns
    -------
    list of tuple
        For each drive; nothing where it goes nowhere, or where there is no path.
    """
    known, number = _numbered(network.way_ids, names)
    is_round = np.isin(network.way_ids, np.fromiter(roundabouts, dtype=np.int64))
    arcs = network.forward
    roads = JudgedRoads(
        network.edge_from,
        network.edge_to,
        network.length_mm,
        network.length_mm / network.time_ms,
        network.way_ids,
        arcs.offsets,
        arcs.head,
        arcs.edge,
        network.shape_offsets,
        network.shape_mm,
        network.shape_x,
        network.shape_y,
        number,
        is_round,
    )
    events = judge_turns(roads, drives)
    return _as_turns(network, positions, drives, access, events, known)


def _numbered(
    way_ids: NDArray[np.int64], names: Mapping[int, str]
) -> tuple[list[str], NDArray[np.int32]]:
    """Distinct names, the empty one first, and the number of each edge's."""
    numbers = {"": 0}
    ways, of_edge = np.unique(way_ids, return_inverse=True)
    found = [numbers.setdefault(names.get(way, ""), len(numbers)) for way in ways.tolist()]
    return list(numbers), np.array(found, dtype=np.int32)[of_edge]


def _as_turns(
    network: Network,
    positions: Snaps,
    drives: Drives,
    access: NDArray[np.int64],
    events: TurnEvents,
    known: list[str],
) -> list[tuple[Turn, ...]]:
    source, target = drives.source[events.drive], drives.target[events.drive]
    is_depart, is_arrive = (events.kind == TURN_KINDS.index(kind) for kind in ("depart", "arrive"))
    total_ms, total_mm = unpack(drives.cost[events.drive])
    ms, mm = access[0, source], access[1, source]
    inside = ~(is_depart | is_arrive)
    piece = events.piece[inside]
    edge = drives.edge[piece]
    vertex = np.where(drives.forward[piece], network.edge_from[edge], network.edge_to[edge])
    lon = np.where(is_arrive, positions.lon[target], positions.lon[source])
    lat = np.where(is_arrive, positions.lat[target], positions.lat[source])
    lon[inside], lat[inside] = network.vertex_lon[vertex], network.vertex_lat[vertex]
    distance_mm = np.where(is_arrive, mm + total_mm + access[1, target], 0)
    time_ms = np.where(is_arrive, ms + total_ms + access[0, target], 0)
    distance_mm[inside] = mm[inside] + drives.begin_mm[piece]
    time_ms[inside] = ms[inside] + drives.end_ms[piece - 1]
    before = np.concatenate((np.zeros(1, dtype=np.int32), events.name))[:-1]
    before = np.where(is_depart, 0, before)
    columns = (events.kind, lon, lat, before, events.name, distance_mm, time_ms, events.exit)
    turns = [
        Turn(TURN_KINDS[kind], x, y, known[one], known[other], *rest)
        for kind, x, y, one, other, *rest in zip(*(c.tolist() for c in columns), strict=True)
    ]
    ends = np.searchsorted(events.drive, np.arange(drives.source.size), side="right").tolist()
    return [tuple(turns[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
