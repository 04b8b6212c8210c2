"""Networks as networkx graphs, in the conventions of osmnx, and roads from such graphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from lastmile.errors import MissingDependencyError
from lastmile.network.model import Network
from lastmile.network.roads import RoadData

if TYPE_CHECKING:
    import networkx as nx  # type: ignore[import-untyped] # it ships none


def to_networkx(network: Network, roads: RoadData | None = None) -> nx.MultiDiGraph:
    """Return the network as osmnx would: for interchange and as an oracle, not for speed.

    Vertices are keyed by OSM node id with ``x`` and ``y`` in degrees; edges have ``osmid``,
    ``length`` in metres, ``travel_time`` in seconds, ``speed_kph``, ``oneway``, ``reversed`` and
    ``geometry``, and are keyed by their number in the network. Two-way edges stand once for each
    direction. Rules of turning are not in it: osmnx has none.

    :func:`roads_from_networkx` reads it back: lengths of paths stay as
    they are, and with ``roads`` travel times do, too, for the profile of the network.

    Parameters
    ----------
    network
        Any network.
    roads
        What the network was built from: edges then have ``name`` and the tags of the map, those
        of the first way where an edge is made of several, and vertices have their tags.

    Raises
    ------
    MissingDependencyError
        If networkx is not installed.
    """
    try:
        import networkx as nx  # noqa: PLC0415 - a development dependency
    except ImportError as error:
        raise MissingDependencyError("to_networkx needs networkx: pip install networkx") from error
    graph = nx.MultiDiGraph(crs="EPSG:4326", simplified=True)
    graph.add_nodes_from(_vertices(network, roads))
    graph.add_edges_from(_edges(network, roads))
    return graph


def roads_from_networkx(graph: nx.Graph, *, source: str = "networkx") -> RoadData:
    """Read roads from a graph in the conventions of osmnx, simplified or not.

    Nodes have ``x`` and ``y``; edges may have ``geometry``, ``osmid``, ``oneway``, ``reversed``,
    ``name`` and any tag of the map, alone or as lists. Edges without ``highway`` are taken for
    roads of unknown class. Lengths are measured anew, along the geometry.

    Parameters
    ----------
    graph
        Directed: travelled as it stands, and the two directions of a street become one way.
        Undirected: travelled both ways, but for edges that say ``oneway`` with ``from`` and ``to``.
        Its ``crs`` is that of the coordinates; WGS84 if it states none.
    source
        What to call it.

    Raises
    ------
    ValueError
        If its coordinate system is none.
    """
    # The room of places comes with it, and some 60 MB that networks do not need.
    from lastmile.network.graphs import RoadGraph, crs_text, roads_from_graph  # noqa: PLC0415

    table = RoadGraph(
        nodes=dict(graph.nodes(data=True)),
        edges=list(graph.edges(data=True)),
        is_directed=graph.is_directed(),
        crs=crs_text(graph.graph.get("crs")),
    )
    return roads_from_graph(table, None, source)


def _vertices(network: Network, roads: RoadData | None) -> Iterator[tuple[int, dict[str, Any]]]:
    said: dict[int, dict[str, str]] = {}
    if roads is not None:
        marks = roads.tagged_nodes
        sets = [dict(tags) for tags in marks.tag_sets]
        ids, numbers = marks.node_ids.tolist(), marks.tag_set.tolist()
        said = {node: sets[k] for node, k in zip(ids, numbers, strict=True)}
    columns = (network.vertex_ids, network.vertex_lon, network.vertex_lat)
    for vertex, x, y in zip(*(column.tolist() for column in columns), strict=True):
        yield vertex, {"x": x, "y": y, **said.get(vertex, {})}


def _edges(
    network: Network, roads: RoadData | None
) -> Iterator[tuple[int, int, int, dict[str, Any]]]:
    start = network.vertex_ids[network.edge_from].tolist()
    end = network.vertex_ids[network.edge_to].tolist()
    tags = _tags(network, roads)
    lines = network.edge_lines().to_numpy()
    for edge in np.flatnonzero(~network.closed).tolist():
        length_mm, time_ms = int(network.length_mm[edge]), int(network.time_ms[edge])
        goes_one_way = bool(network.one_way[edge])
        facts = {
            **tags[edge],
            "osmid": int(network.way_ids[edge]),
            "length": length_mm / 1000,
            "travel_time": time_ms / 1000,
            "speed_kph": round(3.6 * length_mm / time_ms, 3),
            "oneway": goes_one_way,
        }
        along = {**facts, "reversed": False, "geometry": lines[edge]}
        yield start[edge], end[edge], 2 * edge, along
        if not goes_one_way:
            back = {**facts, "reversed": True, "geometry": lines[edge].reverse()}
            yield end[edge], start[edge], 2 * edge + 1, back


def _tags(network: Network, roads: RoadData | None) -> list[dict[str, str]]:
    """Tags of the first way of every edge."""
    if roads is None:
        return [{} for _ in range(network.n_edges)]
    sets = [{k: v for k, v in t.items() if not k.startswith("oneway")} for t in roads.tag_sets]
    order = np.argsort(roads.way_ids, kind="stable")
    way = order[np.searchsorted(roads.way_ids, network.way_ids, sorter=order)]
    return [
        {**sets[number], **({"name": name} if name else {})}
        for number, name in zip(roads.tag_set[way].tolist(), roads.names[way].tolist(), strict=True)
    ]
