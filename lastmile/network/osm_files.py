"""OpenStreetMap files → :class:`RoadData`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import osmium

from lastmile import extracts
from lastmile.errors import FaultLog, InputError
from lastmile.network.boxes import whole_box
from lastmile.network.collecting import Collector
from lastmile.network.drafts import draft_places
from lastmile.network.emptiness import add_empty
from lastmile.network.placing import Placed, on_road, renumbered, roads_from
from lastmile.network.roads import Bounds, ReadingReport, RoadData, TaggedNodes
from lastmile.network.signs import count_unreadable
from lastmile.progress import Progress

_ITEMS_PER_REPORT: Final = 20_000
_STAGE: Final = "read roads"
_NODE, _WAY, _RELATION = osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION

_LARGE_BYTES: Final = 64 * 2**20
"""Larger extracts are cut first: osmium holds the positions of all nodes while it reads, 16 bytes
each, some 200 MB for a file of this size. Cutting takes longer, and memory by the area alone."""

_WORLD: Final[Bounds] = (-180.0, -90.0, 180.0, 90.0)


def read_osm(
    paths: Sequence[Path], bounds: Bounds | None, faults: FaultLog, progress: Progress
) -> RoadData | None:
    """Read the roads of an area from OpenStreetMap files, several as one.

    A small file is read in one pass. Several files, and large ones of which an area is wanted, are
    first cut and merged into a file that is gone afterwards.

    Parameters
    ----------
    paths
        Extracts of any format.
    bounds, faults, progress
        As in :func:`~lastmile.network.reading.read_roads`.

    Returns
    -------
    RoadData or None
        None if a fault was noted.
    """
    missing = [path for path in paths if not path.is_file()]
    for path in missing:
        remedy = "correct [roads] path, or fetch an extract of the area"
        faults.add(path, "", found="no such file", expected="an OpenStreetMap file", remedy=remedy)
    if missing:
        return None
    source = ", ".join(str(path) for path in paths)
    is_large = bounds is not None and paths[0].stat().st_size > _LARGE_BYTES
    if len(paths) == 1 and not is_large:
        return _read_one(paths[0], source, bounds, faults, progress)
    with TemporaryDirectory() as folder:
        cut = Path(folder) / "cut.osm.pbf"
        try:
            box = extracts.Box(*(bounds or _WORLD))
            made = extracts.clip(paths, cut, box, progress=progress)
        except InputError as error:
            faults.faults.extend(error.faults)
            return None
        roads = _read_one(cut, source, bounds, faults, progress)
    if roads is None:
        return None
    return replace(roads, report=replace(roads.report, n_drafts_left_out=made.n_drafts))


def _read_one(
    file: Path, source: str, bounds: Bounds | None, faults: FaultLog, progress: Progress
) -> RoadData | None:
    collector = Collector(whole_box(bounds))
    progress(_STAGE, 0, 1)
    try:
        header = _collect(file, collector, progress)
        if collector.n_drafts:
            collector.place_drafts(draft_places(file))
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        faults.add(
            source,
            "",
            found=f"a file that cannot be read to its end ({error})",
            expected="a whole OpenStreetMap file (.osm.pbf, .osm, .osm.gz, .osm.bz2)",
            remedy="download or copy it again; it may have been cut off",
        )
        return None
    timestamp = header.get("osmosis_replication_timestamp") or header.get("timestamp") or ""
    roads = replace(
        _assemble(collector, bounds, source, str(timestamp)),
        is_openstreetmap=not extracts.is_synthetic(header.get("generator")),
    )
    progress(_STAGE, 1, 1, f"{roads.n_ways:,} ways")
    if not roads.n_ways:
        add_empty(source, bounds, collector.n_seen, collector.extent, faults)
        return None
    return roads


def _collect(file: Path, collector: Collector, progress: Progress) -> osmium.io.Header:
    """Fill the collector and return the header."""
    stream = (
        osmium.FileProcessor(str(file), _NODE | _WAY | _RELATION)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(_NODE | _WAY | _RELATION))
        .with_filter(_only(_NODE, osmium.filter.KeyFilter("barrier", "highway")))
        .with_filter(_only(_WAY, osmium.filter.KeyFilter("highway", "route")))
        .with_filter(_only(_RELATION, osmium.filter.TagFilter(("type", "restriction"))))
    )
    if stream.header.has_multiple_object_versions:
        raise ValueError("it is a history of the map, which holds every version of everything")
    for n_seen, item in enumerate(stream, 1):
        if isinstance(item, osmium.osm.Way):
            collector.add_way(item)
        elif isinstance(item, osmium.osm.Node):
            collector.add_node(item)
        elif isinstance(item, osmium.osm.Relation):
            collector.add_relation(item)
        if n_seen % _ITEMS_PER_REPORT == 0:
            progress(_STAGE, 0, 1, f"{collector.n_seen:,} ways seen")
    return stream.header


def _only(entity: osmium.osm.osm_entity_bits, filter_: osmium.BaseFilter) -> osmium.BaseFilter:
    """Let a filter look at one kind of object; the others pass."""
    filter_.enable_for(entity)
    return filter_


def _assemble(collector: Collector, bounds: Bounds | None, source: str, timestamp: str) -> RoadData:
    placed, n_duplicates = _newest(collector.ways())
    report = ReadingReport(n_duplicate_ways=n_duplicates)
    roads = roads_from(placed, whole_box(bounds), source, timestamp, report)
    ids, number, sets = collector.marks()
    kept = on_road(ids, roads.node_ids)
    tag_set, tag_sets = renumbered(number[kept], sets)
    report = replace(
        roads.report,
        n_broken_restrictions=collector.n_broken_restrictions,
        n_unreadable_signs=roads.report.n_unreadable_signs + count_unreadable(tag_set, tag_sets),
        n_drafts=_n_above(collector.top, roads),
    )
    return replace(
        roads,
        tagged_nodes=TaggedNodes(ids[kept], tag_set, tag_sets),
        restrictions=collector.restrictions(roads.way_ids),
        report=report,
    )


def _n_above(top: int, roads: RoadData) -> int:
    """Count the ways on nodes whose ids had to be moved above all others."""
    way = np.repeat(np.arange(roads.n_ways), np.diff(roads.way_offsets))
    return int(np.unique(way[roads.node_ids > top]).size)


def _newest(placed: Placed) -> tuple[Placed, int]:
    """Keep each way once, in order of ids: the newest, of equals the one with more known nodes."""
    ways = placed.ways
    order = np.lexsort((placed.n_known(), ways.version, ways.ids))
    is_last = np.append(ways.ids[order][1:] != ways.ids[order][:-1], True)[: order.size]
    chosen = order[is_last]
    return placed.only(chosen), order.size - chosen.size
