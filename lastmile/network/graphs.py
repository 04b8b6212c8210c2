"""Graphs in the conventions of osmnx → :class:`RoadData`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from lastmile.network.access import one_way
from lastmile.network.boxes import Box, has_a_say, on_globe
from lastmile.network.drawn_lines import Line, placed_lines, whole_degrees
from lastmile.network.graph_edges import Edge, Points, Street, paired
from lastmile.network.graph_ids import node_numbers, way_id
from lastmile.network.placing import on_road, roads_from
from lastmile.network.roads import (
    NODE_KEYS,
    WAY_KEYS,
    ReadingReport,
    RoadData,
    TaggedNodes,
    shared_sets,
)
from lastmile.places.coordinates import WGS84_LIKE, to_wgs84
from lastmile.places.notes import Note

Attributes = Mapping[str, Any]

_TRUE: Final = frozenset(("true", "yes", "1"))
# Of an edge that joins ways of several classes the whole is open only to those who may use all.
_NARROWEST: Final = (
    *("steps", "corridor", "footway", "path", "bridleway", "pedestrian", "cycleway", "track"),
    *("motorway", "motorway_link"),
)


@dataclass(frozen=True, slots=True, eq=False)
class RoadGraph:
    """A graph as osmnx makes it, without networkx."""

    nodes: Mapping[Hashable, Attributes]
    """``x`` and ``y`` of each node, and its tags."""

    edges: Sequence[tuple[Hashable, Hashable, Attributes]]
    is_directed: bool
    """Whether a two-way street stands once for each direction."""

    crs: str = "EPSG:4326"


def roads_from_graph(graph: RoadGraph, box: Box | None, source: str) -> RoadData:
    """Read roads from a graph.

    Parameters
    ----------
    graph
        In the conventions of osmnx.
    box
        The area: roads whose box meets it are kept whole. None keeps all.
    source
        As in :class:`RoadData`.

    Returns
    -------
    RoadData
        Without any way, if no road is in the area.
    """
    numbers = node_numbers(graph.nodes)
    places = _places(graph, numbers)
    edges = list(_edges(graph, numbers, places))
    notes: tuple[Note, ...] = ()
    if graph.is_directed:
        streets, n_single = paired(edges)
        if n_single:
            notes = (_single_note(n_single),)
    else:
        streets = [Street(edge, is_two_way=not edge.is_one_way) for edge in edges]
        streets.sort(key=lambda street: (street.edge.way_id, street.edge.start, street.edge.end))
    first_free = max((0, *numbers.values())) + 1
    lines = list(_lines(streets, places, first_free))
    roads = roads_from(placed_lines(lines), box, source, "", ReadingReport(notes=notes))
    return replace(roads, tagged_nodes=_tagged_nodes(graph, numbers, roads.node_ids))


def _single_note(n_single: int) -> Note:
    return Note(
        zh=f"路网图中有 {n_single:,} 条未标单行的边缺少反向边，按单向处理",
        en=f"{n_single:,} edges of the graph are not called one-way, but their other direction is "
        "missing; they are read as one-way",
    )


def graph_extent(graph: RoadGraph) -> Box | None:
    """Return the box of a graph's nodes; None if none has a place.

    Parameters
    ----------
    graph
        Any graph.
    """
    spots = np.array(list(_places(graph, node_numbers(graph.nodes)).values()), dtype=np.int64)
    x, y = spots.reshape(-1, 2).T
    placed = on_globe(x, y)
    if not placed.any():
        return None
    x, y = x[placed], y[placed]
    return int(x.min()), int(y.min()), int(x.max()), int(y.max())


def crs_text(crs: object) -> str:
    """Spell the coordinate system that a graph states.

    Parameters
    ----------
    crs
        Anything that pyproj reads; None and empty texts mean WGS84.

    Raises
    ------
    ValueError
        If it is none.
    """
    if crs is None or not str(crs).strip():
        return "EPSG:4326"
    text = str(crs).strip()
    if text.upper() in WGS84_LIKE:
        return text.upper()
    try:
        known = CRS.from_user_input(crs)
    except CRSError as error:
        raise ValueError(f"{text}, which is no known coordinate system") from error
    authority = known.to_authority()
    return ":".join(authority) if authority else known.to_wkt()


def _places(graph: RoadGraph, numbers: Mapping[Hashable, int]) -> dict[int, tuple[int, int]]:
    found = [(_number(facts.get("x")), _number(facts.get("y"))) for facts in graph.nodes.values()]
    x, y = _moved(np.array(found, dtype=np.float64).reshape(-1, 2), graph.crs)
    ids = (numbers[node] for node in graph.nodes)
    return dict(zip(ids, zip(x, y, strict=True), strict=True))


def _moved(spots: NDArray[np.float64], crs: str) -> tuple[list[int], list[int]]:
    lon, lat = to_wgs84(spots[:, 0].copy(), spots[:, 1].copy(), crs)
    return whole_degrees(lon).tolist(), whole_degrees(lat).tolist()


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return np.nan


def _edges(
    graph: RoadGraph, numbers: Mapping[Hashable, int], places: Mapping[int, tuple[int, int]]
) -> Iterator[Edge]:
    shapes = [facts.get("geometry") for _, _, facts in graph.edges]
    lines = [s if isinstance(s, shapely.LineString) else shapely.LineString() for s in shapes]
    spots, owner = shapely.get_coordinates(np.array(lines, dtype=object), return_index=True)
    x, y = _moved(spots, graph.crs)
    bounds = np.searchsorted(owner, np.arange(len(lines) + 1)).tolist()
    for k, (start, end, facts) in enumerate(graph.edges):
        span = slice(bounds[k], bounds[k + 1])
        points = tuple(zip(x[span], y[span], strict=True))
        if _runs_back(points, places[numbers[start]], places[numbers[end]]):
            points = points[::-1]
        edge = Edge(
            start=numbers[start],
            end=numbers[end],
            way_id=way_id(facts.get("osmid")),
            points=points[1:-1],
            is_one_way=_is_true(facts.get("oneway")),
            is_reversed=_is_true(facts.get("reversed")),
            tags=tuple(sorted(_tags(facts, WAY_KEYS))),
            name=_text(facts.get("name")),
        )
        yield edge if graph.is_directed else _undirected(edge, start, end, facts)


def _undirected(edge: Edge, start: Hashable, end: Hashable, facts: Attributes) -> Edge:
    """Turn an edge of an undirected graph the way it goes, if it says so."""
    ends = (str(facts.get("from")), str(facts.get("to")))
    if edge.is_one_way and ends == (str(end), str(start)):
        return edge.opposite()
    return replace(edge, is_one_way=edge.is_one_way and ends == (str(start), str(end)))


def _runs_back(points: Points, start: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether a shape is drawn from the edge's end to its start, as undirected graphs may."""
    if not points:
        return False

    def apart(one: tuple[int, int], other: tuple[int, int]) -> int:
        return abs(one[0] - other[0]) + abs(one[1] - other[1])

    along = apart(points[0], start) + apart(points[-1], end)
    return apart(points[0], end) + apart(points[-1], start) < along


def _is_true(value: object) -> bool:
    """Read a truth as graphs and their files write it; of several the way is not one."""
    return str(value).strip().lower() in _TRUE


def _tags(facts: Attributes, keys: frozenset[str]) -> Iterator[tuple[str, str]]:
    # Which way an edge goes is said by the graph itself.
    for key in keys:
        value = _text(facts.get(key))
        if key == "highway":
            value = ";".join(sorted(value.split(";"), key=_narrowness))
        if value and not key.startswith("oneway"):
            yield key, value


def _narrowness(highway: str) -> tuple[int, str]:
    is_narrow = highway in _NARROWEST
    return (_NARROWEST.index(highway) if is_narrow else len(_NARROWEST), highway)


def _text(value: object) -> str:
    """Spell what an edge says; several values as the map writes them."""
    if value is None or value != value:  # noqa: PLR0124 - NaN, as tables have for nothing
        return ""
    if isinstance(value, list | tuple | set):
        return ";".join(sorted({_text(one) for one in value} - {""}))
    return str(value).strip()


def _lines(
    streets: Sequence[Street], places: Mapping[int, tuple[int, int]], first_free: int
) -> Iterator[Line]:
    """Turn streets into lines; points along them get ids of their own, and share them with none."""
    next_way = max((0, *(street.edge.way_id for street in streets))) + 1
    for street in streets:
        edge = street.edge
        tags = dict(edge.tags)
        if "highway" not in tags and tags.get("route") != "ferry":
            tags["highway"] = "road"
        if not street.is_two_way:
            tags["oneway"] = "yes"
        elif one_way(tags):
            tags["oneway"] = "no"
        inner = range(first_free, first_free + len(edge.points))
        first_free += len(edge.points)
        x, y = zip(places[edge.start], *edge.points, places[edge.end], strict=True)
        yield Line(
            way_id=edge.way_id or next_way,
            nodes=(edge.start, *inner, edge.end),
            x=x,
            y=y,
            tags=tags,
            name=edge.name,
        )
        next_way += not edge.way_id


def _tagged_nodes(
    graph: RoadGraph, numbers: Mapping[Hashable, int], refs: NDArray[np.int64]
) -> TaggedNodes:
    said = {numbers[node]: dict(_tags(facts, NODE_KEYS)) for node, facts in graph.nodes.items()}
    speaks = sorted(
        node
        for node, tags in said.items()
        if ("barrier" in tags or "highway" in tags) and has_a_say(tags)
    )
    ids = np.array(speaks, dtype=np.int64)
    ids = ids[on_road(ids, refs)]
    return TaggedNodes(ids, *shared_sets(said[node] for node in ids.tolist()))
