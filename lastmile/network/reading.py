"""Files of roads → :class:`RoadData`, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from lastmile.errors import FaultLog
from lastmile.network.line_source import LineSource
from lastmile.network.osm_files import read_osm
from lastmile.network.roads import Bounds, RoadData
from lastmile.progress import Progress, silent

_OSM: Final = frozenset((".pbf", ".osm", ".gz", ".bz2"))
_GRAPH: Final = frozenset((".graphml",))

RoadKind = Literal["osm", "graph", "lines"]


def read_roads(
    path: Path | str | Sequence[Path | str],
    *,
    bounds: Bounds | None,
    faults: FaultLog,
    progress: Progress = silent,
    lines: LineSource | None = None,
) -> RoadData | None:
    """Read the roads of an area.

    Parameters
    ----------
    path
        OpenStreetMap extracts (.osm.pbf, .osm, .osm.gz, .osm.bz2), of which several are read as
        one, in whatever order they are named; or a graph that osmnx saved (.graphml); or road
        layers of any format OGR reads (.shp, .gpkg, .geojson, .kml, .gdb).
    bounds
        West, south, east, north in degrees, halo included: ways whose box meets it are kept
        whole. None keeps all. Memory is in proportion to the area where the extract is large, or
        one of several.
    faults
        Receives a fault for each file that is missing, unreadable or cut off, or one if they
        hold no road there.
    progress
        Told how far it is, and how many ways have been seen.
    lines
        How road layers are to be read: their columns, system and joints.

    Returns
    -------
    RoadData or None
        None if a fault was noted.
    """
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
    kinds = {road_kind(one) for one in paths}
    if len(kinds) > 1 or (kinds == {"graph"} and len(paths) > 1):
        faults.add(
            ", ".join(map(str, paths)),
            "",
            found="road files that cannot be read as one",
            expected="several OpenStreetMap extracts, several road layers, or one graph",
            remedy="name one source of roads under [roads] path",
        )
        return None
    if kinds == {"osm"}:
        return read_osm(paths, bounds, faults, progress)
    # The room of places comes with these, and some 60 MB that extracts do not need.
    if kinds == {"graph"}:
        from lastmile.network.graphml import read_graphml  # noqa: PLC0415

        return read_graphml(paths[0], bounds, faults)
    from lastmile.network.line_layers import read_lines  # noqa: PLC0415

    return read_lines(paths, lines or LineSource(), bounds, faults)


def road_kind(path: Path) -> RoadKind:
    """Tell by the end of its name what a road file is.

    Parameters
    ----------
    path
        Any path.
    """
    suffix = path.suffix.lower()
    return "osm" if suffix in _OSM else "graph" if suffix in _GRAPH else "lines"
