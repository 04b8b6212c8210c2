"""Write the streets as an ordinary OpenStreetMap extract."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import osmium
import shapely

from lastmile.sample.lines import HIGHWAYS, RANK, Ints
from lastmile.sample.names import street_name
from lastmile.sample.plane import degrees_xy
from lastmile.sample.streets import Streets

_TIMESTAMP: Final = "2024-01-01T00:00:00Z"
"""A fixed date, so that the same seed gives the same bytes."""

_MAXSPEED: Final = {"motorway": "100", "motorway_link": "60", "trunk": "80", "primary": "60"}


def write_osm(path: Path, streets: Streets) -> None:
    """Write nodes and ways, one way per street between junctions.

    Parameters
    ----------
    path
        A new file whose name ends in ``.osm.pbf``; an old one is replaced.
    streets
        The network.
    """
    edges = streets.edges
    xy, edge = shapely.get_coordinates(edges.lines.geometry, return_index=True)
    node = _node_ids(streets, edge, len(xy))
    lon_lat = degrees_xy(xy)
    ids, first = np.unique(node, return_index=True)
    header = osmium.io.Header()
    header.set("generator", "lastmile synthetic sample")
    header.set("osmosis_replication_timestamp", _TIMESTAMP)
    writer = osmium.SimpleWriter(str(path), header=header, overwrite=True)
    try:
        for number, (lon, lat) in zip(ids.tolist(), lon_lat[first].tolist(), strict=True):
            writer.add_node(osmium.osm.mutable.Node(
                id=number, location=(lon, lat), version=1, timestamp=_TIMESTAMP))  # fmt: skip
        bounds = np.searchsorted(edge, np.arange(len(edges) + 1)).tolist()
        refs = node.tolist()
        for k in range(len(edges)):
            writer.add_way(osmium.osm.mutable.Way(
                id=k + 1, nodes=refs[bounds[k] : bounds[k + 1]], tags=_tags(streets, k),
                version=1, timestamp=_TIMESTAMP))  # fmt: skip
    finally:
        writer.close()


def _node_ids(streets: Streets, edge: Ints, n: int) -> Ints:
    """Ids of all vertices: junctions by their number, shape points counted on behind them."""
    edges = streets.edges
    first = np.r_[True, edge[1:] != edge[:-1]]
    last = np.r_[first[1:], True]
    node = np.empty(n, dtype=np.int64)
    node[first] = edges.start + 1
    node[last] = edges.end + 1
    inner = ~first & ~last
    node[inner] = len(edges.node_xy) + 1 + np.arange(int(inner.sum()))
    return node


def _tags(streets: Streets, k: int) -> dict[str, str]:
    lines = streets.edges.lines
    rank = int(lines.highway[k])
    highway = HIGHWAYS[rank]
    tags = {"highway": highway}
    name = street_name(rank, int(lines.name[k]))
    if name:
        tags["name"] = name
    if lines.oneway[k]:
        tags["oneway"] = "yes"
    if highway in _MAXSPEED:
        tags["maxspeed"] = _MAXSPEED[highway]
    if streets.bridge[k]:
        tags |= {"bridge": "yes", "layer": "1"}
    if streets.tunnel[k]:
        tags |= {"tunnel": "yes", "layer": "-1"}
    if rank == RANK["footway"]:
        tags["foot"] = "yes"
    return tags
