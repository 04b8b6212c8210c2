"""The network as a networkx graph, in the conventions of osmnx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lastmile.errors import MissingDependencyError
from lastmile.network.model import Network

if TYPE_CHECKING:
    import networkx as nx  # type: ignore[import-untyped] # it ships none


def to_networkx(network: Network) -> nx.MultiDiGraph:
    """Return the network as osmnx would: for interchange and as an oracle, not for speed.

    Vertices are keyed by OSM node id with ``x`` and ``y`` in degrees; edges have ``osmid``,
    ``length`` in metres, ``travel_time`` in seconds, ``oneway``, ``reversed`` and ``geometry``,
    and are keyed by their number in the network. Two-way edges stand once for each direction.

    Parameters
    ----------
    network
        Any network.

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
    for vertex, (x, y) in enumerate(
        zip(network.vertex_lon.tolist(), network.vertex_lat.tolist(), strict=True)
    ):
        graph.add_node(int(network.vertex_ids[vertex]), x=x, y=y)
    for edge, line in enumerate(network.edge_lines()):
        if network.closed[edge]:
            continue
        start = int(network.vertex_ids[network.edge_from[edge]])
        end = int(network.vertex_ids[network.edge_to[edge]])
        facts = {
            "osmid": int(network.way_ids[edge]),
            "length": int(network.length_mm[edge]) / 1000,
            "travel_time": int(network.time_ms[edge]) / 1000,
            "oneway": bool(network.one_way[edge]),
        }
        graph.add_edge(start, end, key=2 * edge, reversed=False, geometry=line, **facts)
        if not network.one_way[edge]:
            back = line.reverse()
            graph.add_edge(end, start, key=2 * edge + 1, reversed=True, geometry=back, **facts)
    return graph
