"""OpenStreetMap file → :class:`RoadData`, in one pass."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.network.collecting import PER_DEGREE, Collector
from lastmile.network.roads import ReadingReport, RoadData, TaggedNodes, segment_lengths
from lastmile.progress import Progress, silent

Bounds = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

_ITEMS_PER_REPORT: Final = 20_000
_STAGE: Final = "read roads"
_NODE, _WAY, _RELATION = osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION


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
    collector = Collector(None if bounds is None else _whole(bounds))
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
    west, south, east, north = (round(degrees * PER_DEGREE) for degrees in bounds)
    return west, south, east, north


def _collect(file: Path, collector: Collector, progress: Progress) -> str:
    """Fill the collector and return the header's timestamp."""
    stream = (
        osmium.FileProcessor(str(file), _NODE | _WAY | _RELATION)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(_NODE | _WAY | _RELATION))
        .with_filter(_only(_NODE, osmium.filter.KeyFilter("barrier", "highway")))
        .with_filter(_only(_WAY, osmium.filter.KeyFilter("highway", "route")))
        .with_filter(_only(_RELATION, osmium.filter.TagFilter(("type", "restriction"))))
    )
    for n_seen, item in enumerate(stream, 1):
        if isinstance(item, osmium.osm.Way):
            collector.add_way(item)
        elif isinstance(item, osmium.osm.Node):
            collector.add_node(item)
        elif isinstance(item, osmium.osm.Relation):
            collector.add_relation(item)
        if n_seen % _ITEMS_PER_REPORT == 0:
            progress(_STAGE, 0, 1, f"{collector.n_seen} ways seen")
    header = stream.header
    return str(header.get("osmosis_replication_timestamp") or header.get("timestamp") or "")


def _only(entity: osmium.osm.osm_entity_bits, filter_: osmium.BaseFilter) -> osmium.BaseFilter:
    """Let a filter look at one kind of object; the others pass."""
    filter_.enable_for(entity)
    return filter_


def _add_empty_fault(
    path: Path | str, bounds: Bounds | None, collector: Collector, faults: FaultLog
) -> None:
    if collector.n_seen == 0 or bounds is None:
        found, expected = "no road", "ways with a highway tag and their nodes"
        remedy = "use an extract that holds roads and was made with complete ways"
    else:
        box = [coordinate / PER_DEGREE for coordinate in collector.extent]
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


def _freeze(source: str, timestamp: str, collector: Collector) -> RoadData:
    offsets = np.concatenate(([0], np.cumsum(np.asarray(collector.sizes)))).astype(np.int64)
    lon = np.asarray(collector.xs, dtype=np.float64) / PER_DEGREE
    lat = np.asarray(collector.ys, dtype=np.float64) / PER_DEGREE
    node_ids = np.asarray(collector.refs, dtype=np.int64)
    segment_mm = segment_lengths(lon, lat, offsets)
    inside = np.ones(lon.size, dtype=np.bool_)
    inside[offsets[1:] - 1] = False
    repeated = inside.copy()
    repeated[:-1] &= node_ids[:-1] == node_ids[1:]
    return RoadData(
        source=source,
        data_timestamp=timestamp,
        way_ids=np.asarray(collector.way_ids, dtype=np.int64),
        way_offsets=offsets,
        node_ids=node_ids,
        lon=lon,
        lat=lat,
        segment_mm=segment_mm,
        tag_set=np.asarray(collector.tag_set, dtype=np.int32),
        tag_sets=tuple(dict(tags) for tags in collector.tag_sets),
        names=np.array(collector.names, dtype=object),
        tagged_nodes=_tagged_nodes(collector, node_ids),
        restrictions=collector.known_restrictions(),
        report=ReadingReport(
            n_missing_nodes=collector.n_missing,
            n_repeated_nodes=int(repeated.sum()),
            n_zero_length=int((inside & ~repeated & (segment_mm == 0)).sum()),
            n_broken_restrictions=collector.n_broken_restrictions,
        ),
    )


def _tagged_nodes(collector: Collector, node_ids: NDArray[np.int64]) -> TaggedNodes:
    """Keep the tagged nodes that lie on roads, by id."""
    ids = np.asarray(collector.marked_ids, dtype=np.int64)
    tag_set = np.asarray(collector.mark_set, dtype=np.int32)
    on_road = np.isin(ids, node_ids)
    order = np.argsort(ids[on_road], kind="stable")
    sets = tuple(dict(tags) for tags in collector.mark_sets)
    return TaggedNodes(ids[on_road][order], tag_set[on_road][order], sets)
