"""The roads of an extract as arrays, with the length of every segment."""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray
from pyproj import Geod

from lastmile.extracts.box import PER_DEGREE
from lastmile.extracts.selection import is_restriction
from lastmile.extracts.sources import Source
from lastmile.extracts.tags import road_class, road_flags
from lastmile.extracts.turns import Restriction, restriction_of

FERRY: Final = "ferry"
"""Stands for a class where a way is a ferry's."""

_AT_ONCE: Final = 1 << 19
"""Segments measured at once, for the sake of memory."""

_NO_DATE: Final = 1970
_WGS84: Final = Geod(ellps="WGS84")


@dataclass(slots=True)
class Found:
    """What a look at tags finds; grows while the file is read."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    refs: array[int] = field(default_factory=lambda: array("q"))
    flags: array[int] = field(default_factory=lambda: array("q"))
    classes: list[str] = field(default_factory=list)
    newest: str = ""
    """Latest change of a road, ISO 8601."""

    restrictions: list[Restriction] = field(default_factory=list)
    barriers: list[tuple[int, str]] = field(default_factory=list)
    """Node and kind."""

    signals: list[int] = field(default_factory=list)
    """Nodes."""

    def node(self, node: osmium.osm.Node) -> None:
        """Take a tagged node in."""
        if kind := node.tags.get("barrier"):
            self.barriers.append((node.id, kind))
        if node.tags.get("highway") == "traffic_signals":
            self.signals.append(node.id)

    def way(self, way: osmium.osm.Way) -> None:
        """Take a road or a ferry in."""
        tags = dict(way.tags)
        if "highway" in tags:
            self.classes.append(sys.intern(road_class(tags)))
            self.flags.append(road_flags(tags))
        elif tags.get("route") == "ferry":
            self.classes.append(FERRY)
            self.flags.append(0)
        else:
            return
        self.ids.append(way.id)
        self.sizes.append(len(way.nodes))
        self.refs.extend([node.ref for node in way.nodes])
        if way.timestamp.year > _NO_DATE:
            self.newest = max(self.newest, f"{way.timestamp:%Y-%m-%dT%H:%M:%SZ}")

    def relation(self, relation: osmium.osm.Relation) -> None:
        """Take a restriction in."""
        if is_restriction(relation):
            self.restrictions.append(restriction_of(relation))


def find_roads(source: Source) -> Found:
    """Read roads, ferries, restrictions, barriers and signals of a file."""
    found = Found()
    keys = osmium.filter.KeyFilter("highway", "route", "barrier", "type")
    for thing in source.objects(osmium.osm.ALL, keys):
        if type(thing) is osmium.osm.Node:
            found.node(thing)
        elif type(thing) is osmium.osm.Way:
            found.way(thing)
        elif type(thing) is osmium.osm.Relation:
            found.relation(thing)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Roads and ferries, one after the other, with their nodes where the file has them."""

    way_ids: NDArray[np.int64]
    """Shape (ways,)."""

    offsets: NDArray[np.int64]
    """Shape (ways + 1,). Way ``w`` passes the references ``offsets[w]:offsets[w + 1]``."""

    classes: NDArray[np.object_]
    """Shape (ways,). Highway classes, or ``FERRY``."""

    flags: NDArray[np.int64]
    """Shape (ways,). Bits of :mod:`lastmile.extracts.tags`."""

    refs: NDArray[np.int64]
    """Shape (references,). Node ids."""

    at: NDArray[np.int32]
    """Shape (references,). Position of each among the nodes that the file has, on the globe;
    -1 where it is not there."""

    n_nodes: int
    """Of which these are positions."""

    segment_mm: NDArray[np.int64]
    """Shape (references,). Geodesic to the next one; -1 at the end of a way, and where one of
    the two is unknown."""

    def length_km(self) -> NDArray[np.float64]:
        """Shape (ways,). Length of what is known of each way."""
        sums = np.concatenate(([0], np.cumsum(np.maximum(self.segment_mm, 0))))
        km: NDArray[np.float64] = (sums[self.offsets[1:]] - sums[self.offsets[:-1]]) / 1e6
        return km


def measured(
    found: Found, ids: NDArray[np.int64], x: NDArray[np.int64], y: NDArray[np.int64]
) -> Roads:
    """Give the roads their nodes' positions.

    Parameters
    ----------
    found
        The roads.
    ids
        Shape (nodes,). Ascending, of nodes on the globe.
    x, y
        Shape (nodes,). Whole 1e-7 degrees.
    """
    refs = np.asarray(found.refs, dtype=np.int64)
    offsets = np.concatenate(([0], np.cumsum(np.asarray(found.sizes)))).astype(np.int64)
    at = np.searchsorted(ids, refs).astype(np.int32)
    is_known = at < ids.size
    is_known[is_known] = ids[at[is_known]] == refs[is_known]
    at[~is_known] = -1
    joins = np.zeros(refs.size, dtype=np.bool_)
    joins[:-1] = is_known[:-1] & is_known[1:]
    ends = offsets[1:]
    joins[ends[ends > 0] - 1] = False
    segment_mm = np.full(refs.size, -1, dtype=np.int64)
    starts = np.flatnonzero(joins)
    for some in np.split(starts, range(_AT_ONCE, starts.size, _AT_ONCE)):
        segment_mm[some] = _geodesics_mm(x, y, at[some], at[some + 1])
    return Roads(
        way_ids=np.asarray(found.ids, dtype=np.int64),
        offsets=offsets,
        classes=np.array(found.classes, dtype=object),
        flags=np.asarray(found.flags, dtype=np.int64),
        refs=refs,
        at=at,
        n_nodes=ids.size,
        segment_mm=segment_mm,
    )


def _geodesics_mm(
    x: NDArray[np.int64], y: NDArray[np.int64], here: NDArray[np.int32], there: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Lengths between pairs of nodes, each rounded to whole millimetres.

    Parameters
    ----------
    x, y
        Shape (nodes,). Whole 1e-7 degrees.
    here, there
        Shape (pairs,). Positions of nodes.
    """
    if not here.size:
        return np.zeros(0, dtype=np.int64)
    lon0, lat0, lon1, lat1 = (ends[at] / PER_DEGREE for at in (here, there) for ends in (x, y))
    _, _, metres = _WGS84.inv(lon0, lat0, lon1, lat1)
    return np.rint(np.asarray(metres) * 1000.0).astype(np.int64)
