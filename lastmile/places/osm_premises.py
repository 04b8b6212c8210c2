"""Candidate premises from the tags of OpenStreetMap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
import shapely

from lastmile.errors import FaultLog
from lastmile.places.premises import PremisesClass, premises_classes, premises_tally
from lastmile.places.site_rows import SiteRows
from lastmile.scenario import OsmCandidates

_UNREADABLE: Final = (RuntimeError, OSError, ValueError, osmium.InvalidLocationError)
"""What osmium raises on files that are not what they seem."""

Bounds = tuple[float, float, float, float]
Found = tuple[str, str, shapely.Point, str, int, str]
"""Id, name, place, class, number of tags, and where it stands in its file."""


def osm_rows(
    source: OsmCandidates, bounds: Bounds, key: str, faults: FaultLog
) -> list[SiteRows] | None:
    """Read premises of extracts: nodes, closed ways and multipolygons with telling tags.

    Parameters
    ----------
    source
        Extracts and classes.
    bounds
        West, south, east and north, in degrees: what lies outside is left out.
    key
        Name of the source's table in the scenario.
    faults
        Where a file that cannot be read to its end is reported, and files without any premises.

    Returns
    -------
    list of SiteRows, or None
        One for each file; ids such as ``osm-n123``, from type and number. An object that stands
        in several files is taken from the first. None with a fault.
    """
    classes = premises_classes(source.classes)
    parts, seen = [], set[str]()
    for path in source.path:
        try:
            found = [each for each in _premises(path, bounds, classes) if each[0] not in seen]
        except _UNREADABLE as error:
            unsorted = "out of order" in str(error)
            faults.add(
                path, "", found=f"a file that cannot be read to its end ({error})",
                expected="a whole OpenStreetMap file, its objects in the order of their ids",
                remedy="sort it: lastmile osm clip --everything" if unsorted else
                "download or copy it again",
            )  # fmt: skip
            return None
        seen |= {each[0] for each in found}
        parts.append(_rows(found, source, path, key))
        faults.findings.tallies += premises_tally(key, str(path), parts[-1].premises)
    if not seen:
        faults.add(
            source.file_names, "", found="no premises in or near the area with tags such as "
            f"{', '.join('='.join(min(one.tags)) for one in classes)}",
            expected="shops, post offices or town halls as nodes or outlines",
            remedy="an extract that was cut to roads holds none: use the whole one (lastmile osm "
            "clip --everything), or a table of points",
        )  # fmt: skip
        return None
    return parts


def _premises(path: Path, bounds: Bounds, classes: Sequence[PremisesClass]) -> Iterator[Found]:
    west, south, east, north = bounds
    for kind, number, thing in _objects(path, {key for one in classes for key, _ in one.tags}):
        tags = {tag.k: tag.v for tag in thing.tags}
        own = next((one for one in classes if one.is_tagged(tags)), None)
        point = None if own is None else _place(thing)
        if own is None or point is None:
            continue
        if west <= point.x <= east and south <= point.y <= north:
            name = tags.get("name") or tags.get("brand") or tags.get("operator") or ""
            word = {"n": "node", "w": "way", "r": "relation"}[kind]
            yield f"osm-{kind}{number}", name, point, own.id, len(tags), f"{word} {number}"


def _objects(path: Path, keys: set[str]) -> Iterator[tuple[str, int, Any]]:
    """Nodes, closed ways and multipolygons that carry any of the keys.

    Closed ways are taken as they are rather than as areas: at the edge of an extract some of
    their nodes are missing, and osmium makes no area of these.
    """
    wanted = osmium.filter.KeyFilter(*sorted(keys | {"shop", "office"}))
    for thing in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted):
        if type(thing) is osmium.osm.Node:
            yield "n", thing.id, thing
        elif type(thing) is osmium.osm.Way and thing.is_closed():
            yield "w", thing.id, thing
        elif type(thing) is osmium.osm.Area and not thing.from_way():
            yield "r", thing.orig_id(), thing


def _place(thing: Any) -> shapely.Point | None:  # noqa: ANN401 - osmium ships no types
    """Where it is: of an outline a point inside, of several the first; None where unknown."""
    if type(thing) is osmium.osm.Node:
        return shapely.Point(thing.lon, thing.lat) if thing.location.valid() else None
    is_way = type(thing) is osmium.osm.Way
    ring = thing.nodes if is_way else next(iter(thing.outer_rings()), ())
    corners = [(node.lon, node.lat) for node in ring if node.location.valid()]
    if not corners:
        return None
    outline = shapely.MultiPoint(corners).convex_hull
    if len(corners) > 3 and (own := shapely.Polygon(corners)).is_valid:  # noqa: PLR2004 - closed
        outline = own
    inside: shapely.Point = outline.representative_point()
    return inside


def _rows(found: Sequence[Found], source: OsmCandidates, path: Path, key: str) -> SiteRows:
    ids, names, points, classes, n_tags, where = zip(*found, strict=True) if found else ((),) * 6
    n = len(found)
    kind = "" if source.kind == "by_class" else source.kind
    spots = np.empty(n, dtype=object)
    spots[:] = points
    unknown = np.full(n, np.nan)
    return SiteRows(
        key,
        str(path),
        ids,
        tuple(name or own for name, own in zip(names, ids, strict=True)),
        spots,
        (kind,) * n,
        ("candidate",) * n,
        classes,
        unknown,
        unknown,
        unknown,
        np.array(n_tags, dtype=np.int64),
        where,
    )
