"""Where on a drive there is something to tell, and what: compiled.

A turn is told where there is something to choose: not where the road just bends, nor where it goes
straight on under the same name. The bend at a junction is measured over some metres of road before
and behind it, because mappers round corners.
"""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.drives import Drives

TurnKind = Literal[
    "depart",
    "continue",
    "slight_left",
    "left",
    "sharp_left",
    "slight_right",
    "right",
    "sharp_right",
    "u_turn",
    "roundabout",
    "arrive",
]
TURN_KINDS: Final[tuple[TurnKind, ...]] = get_args(TurnKind)

_NOTHING: Final = -1
_DEPART, _CONTINUE, _SLIGHT_LEFT, _SLIGHT_RIGHT, _U_TURN, _ROUNDABOUT, _ARRIVE = (
    TURN_KINDS.index(kind)
    for kind in (
        *("depart", "continue", "slight_left", "slight_right", "u_turn", "roundabout", "arrive"),
    )
)
_LOOK_MM: Final = 15_000
"""Over so much road before and behind a junction a bend is measured."""

_STRAIGHT_DEG: Final = 30.0
_STRAIGHT_ON_SAME_ROAD_DEG: Final = 45.0
_SLIGHT_DEG: Final = 60.0
_SHARP_DEG: Final = 120.0
_ROUND_DEG: Final = 165.0
_ABOUT: Final = 0.9


class JudgedRoads(NamedTuple):
    """What of a network turns are judged by."""

    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    length_mm: NDArray[np.int64]
    speed: NDArray[np.float64]
    """Shape (edges,). In millimetres a millisecond."""

    way: NDArray[np.int64]
    arc_offsets: NDArray[np.int64]
    arc_head: NDArray[np.int32]
    arc_edge: NDArray[np.int32]
    shape_offsets: NDArray[np.int64]
    shape_mm: NDArray[np.int64]
    shape_x: NDArray[np.float64]
    shape_y: NDArray[np.float64]
    name: NDArray[np.int32]
    """Shape (edges,). Numbers of names; 0 for none."""

    is_round: NDArray[np.bool_]
    """Shape (edges,). Whether part of a roundabout."""


class TurnEvents(NamedTuple):
    """Turns as arrays, those of one drive after those of another."""

    drive: NDArray[np.int32]
    piece: NDArray[np.int64]
    """Piece that begins with the turn."""

    kind: NDArray[np.int8]
    name: NDArray[np.int32]
    """Name of the road after it."""

    exit: NDArray[np.int32]


def judge_turns(roads: JudgedRoads, drives: Drives) -> TurnEvents:
    """List what there is to tell of drives, from departing to arriving.

    Parameters
    ----------
    roads
        Of the network that is driven on.
    drives
        Those without a piece are passed over.
    """
    return TurnEvents(*_list_all(roads, drives))


@njit(cache=True, nogil=True)
def _list_all(
    roads: JudgedRoads, drives: Drives
) -> tuple[
    NDArray[np.int32], NDArray[np.int64], NDArray[np.int8], NDArray[np.int32], NDArray[np.int32]
]:
    n_drives = drives.source.size
    most = drives.edge.size + n_drives
    events = TurnEvents(
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int8),
        np.empty(most, dtype=np.int32),
        np.zeros(most, dtype=np.int32),
    )
    n = 0
    for drive in range(n_drives):
        first, last = drives.offsets[drive], drives.offsets[drive + 1]
        if first == last:
            continue
        begin = n
        told = roads.name[drives.edge[first]]
        n = _tell(events, n, first, _DEPART, told)
        entered = -1
        for piece in range(first + 1, last):
            one, other = drives.edge[piece - 1], drives.edge[piece]
            if roads.is_round[other] and not roads.is_round[one]:
                entered = n
                n = _tell(events, n, piece, _ROUNDABOUT, roads.name[other])
            elif roads.is_round[other]:
                if entered >= 0:
                    events.exit[entered] += _has_exit(roads, drives, piece)
            elif entered >= 0:
                told = roads.name[other]
                events.exit[entered] += 1
                events.name[entered] = told
                entered = -1
            else:
                kind = _judge(roads, drives, piece, told)
                if kind != _NOTHING:
                    told = roads.name[other]
                    n = _tell(events, n, piece, kind, told)
        if entered >= 0:
            told = events.name[entered]
            events.exit[entered] = 0
        n = _tell(events, n, last, _ARRIVE, told)
        events.drive[begin:n] = drive
    return (
        events.drive[:n].copy(),
        events.piece[:n].copy(),
        events.kind[:n].copy(),
        events.name[:n].copy(),
        events.exit[:n].copy(),
    )


@njit(cache=True, nogil=True)
def _tell(events: TurnEvents, n: int, piece: int, kind: int, name: int) -> int:
    events.piece[n], events.kind[n], events.name[n], events.exit[n] = piece, kind, name, 0
    return n + 1


@njit(cache=True, nogil=True)
def _start_of(roads: JudgedRoads, drives: Drives, piece: int) -> int:
    """Vertex at which a piece begins."""
    edge = drives.edge[piece]
    return int(roads.edge_from[edge] if drives.forward[piece] else roads.edge_to[edge])


@njit(cache=True, nogil=True)
def _has_exit(roads: JudgedRoads, drives: Drives, piece: int) -> bool:
    """Tell whether the roundabout could be left where a piece begins."""
    vertex = _start_of(roads, drives, piece)
    for arc in range(roads.arc_offsets[vertex], roads.arc_offsets[vertex + 1]):
        if not roads.is_round[roads.arc_edge[arc]]:
            return True
    return False


@njit(cache=True, nogil=True)
def _judge(roads: JudgedRoads, drives: Drives, piece: int, told: int) -> int:
    """Return the kind of turn with which a piece begins, _NOTHING where none needs telling."""
    one, other = drives.edge[piece - 1], drives.edge[piece]
    if one == other and drives.forward[piece] != drives.forward[piece - 1]:
        return _U_TURN
    name = roads.name[other]
    is_same = name == told
    straight = _CONTINUE if name > 0 and not is_same else _NOTHING
    comes = _direction(roads, one, drives.forward[piece - 1], False)
    bend = _bend(comes, _direction(roads, other, drives.forward[piece], True))
    n_others, rival, rival_edge = 0, 180.0, -1
    vertex = _start_of(roads, drives, piece)
    for arc in range(roads.arc_offsets[vertex], roads.arc_offsets[vertex + 1]):
        edge = roads.arc_edge[arc]
        if edge not in (one, other):
            n_others += 1
            ahead = roads.edge_to[edge] == roads.arc_head[arc]
            angle = _bend(comes, _direction(roads, edge, ahead, True))
            if abs(angle) < abs(rival):
                rival, rival_edge = angle, edge
    if n_others == 0:
        return straight
    if abs(bend) < (_STRAIGHT_ON_SAME_ROAD_DEG if is_same else _STRAIGHT_DEG):
        is_fork = abs(rival) < _STRAIGHT_DEG and not (is_same and name > 0)
        if is_fork and not _goes_on(roads, one, other, rival_edge):
            return _SLIGHT_LEFT if bend > rival else _SLIGHT_RIGHT
        return straight
    return _turn_of(bend)


@njit(cache=True, nogil=True)
def _goes_on(roads: JudgedRoads, one: int, other: int, rival: int) -> bool:
    """Tell whether, of two roads as good as straight, one is plainly the same as before.

    That is so on the same way of the map, and where a fast road is left by a slower one.
    """
    if roads.way[one] == roads.way[other]:
        return True
    keeps_speed = roads.speed[other] > _ABOUT * roads.speed[one]
    return bool(keeps_speed and roads.speed[rival] < _ABOUT * roads.speed[other])


@njit(cache=True, nogil=True)
def _turn_of(bend: float) -> int:
    size = abs(bend)
    if size >= _ROUND_DEG:
        return _U_TURN
    first = _SLIGHT_LEFT if bend > 0 else _SLIGHT_RIGHT
    return first + int(size >= _SLIGHT_DEG) + int(size >= _SHARP_DEG)


@njit(cache=True, nogil=True)
def _direction(
    roads: JudgedRoads,
    edge: int,
    forward: bool,  # noqa: FBT001 - compiled code has no keywords
    leaves: bool,  # noqa: FBT001
) -> tuple[float, float]:
    """Return the direction in which an edge is driven at its beginning, or at its end."""
    whole_mm = roads.length_mm[edge]
    look_mm = min(_LOOK_MM, whole_mm)
    at_start = forward == leaves
    x0, y0 = _point(roads, edge, 0 if at_start else whole_mm - look_mm)
    x1, y1 = _point(roads, edge, look_mm if at_start else whole_mm)
    return (x1 - x0, y1 - y0) if forward else (x0 - x1, y0 - y1)


@njit(cache=True, nogil=True)
def _point(roads: JudgedRoads, edge: int, mm: int) -> tuple[float, float]:
    """Point of an edge, so far from its start, in the plane."""
    first, last = roads.shape_offsets[edge], roads.shape_offsets[edge + 1] - 1
    k = first
    while k < last and roads.shape_mm[k + 1] < mm:
        k += 1
    if k == last:
        return roads.shape_x[k], roads.shape_y[k]
    step_mm = roads.shape_mm[k + 1] - roads.shape_mm[k]
    share = (mm - roads.shape_mm[k]) / max(1, step_mm)
    x = roads.shape_x[k] + share * (roads.shape_x[k + 1] - roads.shape_x[k])
    y = roads.shape_y[k] + share * (roads.shape_y[k + 1] - roads.shape_y[k])
    return x, y


@njit(cache=True, nogil=True)
def _bend(comes: tuple[float, float], goes: tuple[float, float]) -> float:
    """Angle between two directions in degrees, positive to the left."""
    across = comes[0] * goes[1] - comes[1] * goes[0]
    along = comes[0] * goes[0] + comes[1] * goes[1]
    return math.degrees(math.atan2(across, along))
