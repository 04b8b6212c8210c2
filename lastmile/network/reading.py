"""OpenStreetMap file → :class:`RoadData`, in one pass."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import osmium

from lastmile.errors import FaultLog
from lastmile.network.geodesy import geodesic_mm
from lastmile.network.roads import TAG_KEYS, RoadData
from lastmile.progress import Progress, silent

Bounds = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

_PER_DEGREE: Final = 10_000_000
_UNDEFINED: Final = 2_147_483_647
"""What osmium says of a coordinate it does not know."""

_WAYS_PER_REPORT: Final = 20_000
_STAGE: Final = "read roads"


@dataclass(slots=True)
class _Collector:
    """Grows while the file is read; coordinates are whole 1e-7 degrees as in the file."""

    bounds: tuple[int, int, int, int] | None
    way_ids: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    refs: array[int] = field(default_factory=lambda: array("q"))
    xs: array[int] = field(default_factory=lambda: array("i"))
    ys: array[int] = field(default_factory=lambda: array("i"))
    tags: list[tuple[str, ...]] = field(default_factory=list)
    n_missing: int = 0
    n_seen: int = 0
    extent: list[int] = field(
        default_factory=lambda: [_UNDEFINED, _UNDEFINED, -_UNDEFINED, -_UNDEFINED]
    )

    def add(self, way: osmium.osm.Way) -> None:
        """Take a way in, cut where nodes are missing, if it touches the bounds."""
        self.n_seen += 1
        nodes = [(node.ref, node.x, node.y) for node in way.nodes]
        known = [node for node in nodes if _is_known(node)]
        if not known or not self._touches(known):
            return
        self.n_missing += len(nodes) - len(known)
        tags = tuple(way.tags.get(key) or "" for key in TAG_KEYS)
        for piece in [known] if len(known) == len(nodes) else _whole_pieces(nodes):
            if len(piece) > 1:
                self._add_piece(way.id, tags, piece)

    def _touches(self, nodes: list[tuple[int, int, int]]) -> bool:
        xs = [node[1] for node in nodes]
        ys = [node[2] for node in nodes]
        west, south, east, north = min(xs), min(ys), max(xs), max(ys)
        seen = self.extent
        self.extent = [
            *(min(seen[0], west), min(seen[1], south)),
            *(max(seen[2], east), max(seen[3], north)),
        ]
        if self.bounds is None:
            return True
        left, bottom, right, top = self.bounds
        return west <= right and east >= left and south <= top and north >= bottom

    def _add_piece(
        self, way_id: int, tags: tuple[str, ...], piece: list[tuple[int, int, int]]
    ) -> None:
        self.way_ids.append(way_id)
        self.sizes.append(len(piece))
        self.tags.append(tags)
        refs, xs, ys = zip(*piece, strict=True)
        self.refs.extend(refs)
        self.xs.extend(xs)
        self.ys.extend(ys)


def _is_known(node: tuple[int, int, int]) -> bool:
    """Whether the node is in the file, and on the globe."""
    return abs(node[1]) <= 180 * _PER_DEGREE and abs(node[2]) <= 90 * _PER_DEGREE


def _whole_pieces(nodes: list[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    pieces: list[list[tuple[int, int, int]]] = [[]]
    for node in nodes:
        if _is_known(node):
            pieces[-1].append(node)
        else:
            pieces.append([])
    return pieces


def read_roads(
    path: Path | str,
    *,
    bounds: Bounds | None,
    faults: FaultLog,
    progress: Progress = silent,
) -> RoadData | None:
    """Read the roads of an area from an OpenStreetMap file.

    The file is read once, as a stream: what is kept is in proportion to the area, but while it
    is read osmium holds the positions of all its nodes (16 bytes each).

    Parameters
    ----------
    path
        An extract (.osm.pbf, .osm, .osm.gz, .osm.bz2). Nodes must come before ways, as in every
        published extract.
    bounds
        West, south, east, north in degrees, halo included: ways whose box meets it are kept
        whole. None keeps all.
    faults
        Receives one fault if the file is missing, unreadable, cut off, or empty there.
    progress
        Told how many ways have been read.

    Returns
    -------
    RoadData or None
        None if a fault was noted.
    """
    file = Path(path)
    if not file.is_file():
        remedy = "correct [roads] path, or fetch an extract of the area"
        faults.add(path, "", found="no such file", expected="an OpenStreetMap file", remedy=remedy)
        return None
    collector = _Collector(None if bounds is None else _whole(bounds))
    progress(_STAGE, 0, 1)
    try:
        timestamp = _collect(file, collector, progress)
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        faults.add(
            path,
            "",
            found=f"a file that cannot be read to its end ({error})",
            expected="a whole OpenStreetMap file (.osm.pbf, .osm, .osm.gz, .osm.bz2)",
            remedy="download or copy it again; it may have been cut off",
        )
        return None
    progress(_STAGE, 1, 1, f"{len(collector.way_ids)} ways")
    if not collector.way_ids:
        _add_empty_fault(path, bounds, collector, faults)
        return None
    return _freeze(str(path), timestamp, collector)


def _whole(bounds: Bounds) -> tuple[int, int, int, int]:
    west, south, east, north = (round(degrees * _PER_DEGREE) for degrees in bounds)
    return west, south, east, north


def _collect(file: Path, collector: _Collector, progress: Progress) -> str:
    """Fill the collector and return the header's timestamp."""
    entities = osmium.osm.NODE | osmium.osm.WAY
    stream = (
        osmium.FileProcessor(str(file), entities)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    for way in stream:
        if isinstance(way, osmium.osm.Way):
            collector.add(way)
        if collector.n_seen % _WAYS_PER_REPORT == 0:
            progress(_STAGE, 0, 1, f"{collector.n_seen} ways seen")
    header = stream.header
    return str(header.get("osmosis_replication_timestamp") or header.get("timestamp") or "")


def _add_empty_fault(
    path: Path | str, bounds: Bounds | None, collector: _Collector, faults: FaultLog
) -> None:
    if collector.n_seen == 0 or bounds is None:
        found, expected = "no road", "ways with a highway tag and their nodes"
        remedy = "use an extract that holds roads and was made with complete ways"
    else:
        box = [coordinate / _PER_DEGREE for coordinate in collector.extent]
        found = "no road in the planning area" + (
            f"; its roads span {box[0]:.3f} to {box[2]:.3f} E, {box[1]:.3f} to {box[3]:.3f} N"
            if box[0] <= box[2]
            else "; the nodes of its roads are missing, come after the ways, or have ids below 0"
        )
        expected = (
            f"roads within {bounds[0]:.3f} to {bounds[2]:.3f} E, {bounds[1]:.3f} to "
            f"{bounds[3]:.3f} N"
        )
        remedy = "use an extract of the area, and check the CRS of the boundaries"
    faults.add(path, "", found=found, expected=expected, remedy=remedy)


def _freeze(source: str, timestamp: str, collector: _Collector) -> RoadData:
    offsets = np.concatenate(([0], np.cumsum(np.asarray(collector.sizes)))).astype(np.int64)
    lon = np.asarray(collector.xs, dtype=np.float64) / _PER_DEGREE
    lat = np.asarray(collector.ys, dtype=np.float64) / _PER_DEGREE
    segment_mm = np.zeros(lon.size, dtype=np.int64)
    segment_mm[:-1] = geodesic_mm(lon[:-1], lat[:-1], lon[1:], lat[1:])
    segment_mm[offsets[1:] - 1] = 0
    columns = zip(*collector.tags, strict=True)
    return RoadData(
        source=source,
        data_timestamp=timestamp,
        way_ids=np.asarray(collector.way_ids, dtype=np.int64),
        way_offsets=offsets,
        node_ids=np.asarray(collector.refs, dtype=np.int64),
        lon=lon,
        lat=lat,
        segment_mm=segment_mm,
        tags={key: np.array(col, dtype=object) for key, col in zip(TAG_KEYS, columns, strict=True)},
        n_missing_nodes=collector.n_missing,
    )
