"""Directed edges of a graph → ways: a street that stands once for each direction becomes one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

Points = tuple[tuple[int, int], ...]
"""Whole 1e-7 degrees east and north."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge with its shape."""

    start: int
    end: int
    way_id: int
    points: Points
    """Between the ends, in the order of travel."""

    is_one_way: bool
    """Whether the graph says so."""

    is_reversed: bool
    """Whether it runs against the way that it was made from."""

    tags: tuple[tuple[str, str], ...]
    name: str

    def opposite(self) -> Edge:
        """Return the edge as it is travelled the other way."""
        return replace(self, start=self.end, end=self.start, points=self.points[::-1])


@dataclass(frozen=True, slots=True)
class Street:
    """An edge, and whether it is also travelled against its shape."""

    edge: Edge
    is_two_way: bool


def paired(edges: Iterable[Edge]) -> tuple[list[Street], int]:
    """Find the edges that are one street in two directions.

    Edges are one if each is the other travelled back, first to the point; then, as some programs
    redraw shapes, those between the same ends that were made from one way. What is left over is
    travelled only as it stands.

    Parameters
    ----------
    edges
        In any order: the outcome does not depend on it.

    Returns
    -------
    tuple
        The streets, in an order of their own, and how many edges the graph does not call one-way
        although their other direction is missing.
    """
    rest = sorted(edges, key=_order)
    streets = [Street(edge, is_two_way=False) for edge in rest if edge.is_one_way]
    rest = [edge for edge in rest if not edge.is_one_way]
    for likeness in (_shape, _ends):
        found, rest = _matched(rest, likeness)
        streets += [Street(edge, is_two_way=True) for edge in found]
    streets += [Street(edge, is_two_way=False) for edge in rest]
    return sorted(streets, key=lambda street: _order(street.edge)), len(rest)


def _order(edge: Edge) -> tuple[object, ...]:
    # Of two directions the one along the way comes first, and is kept.
    return (edge.way_id, edge.is_reversed, edge.start, edge.end, edge.points, edge.tags, edge.name)


def _shape(edge: Edge) -> Hashable:
    return edge.way_id, edge.start, edge.end, edge.points


def _ends(edge: Edge) -> Hashable:
    return edge.way_id, edge.start, edge.end


def _matched(
    edges: Sequence[Edge], likeness: Callable[[Edge], Hashable]
) -> tuple[list[Edge], list[Edge]]:
    """Match each edge with one that is like its opposite; return the first of each pair."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    partner: dict[int, int] = {}
    for k, edge in enumerate(edges):
        back = waiting[likeness(edge.opposite())]
        if back:
            partner[back.pop(0)] = k
        else:
            waiting[likeness(edge)].append(k)
    taken = set(partner) | set(partner.values())
    return [edges[k] for k in sorted(partner)], [e for k, e in enumerate(edges) if k not in taken]
