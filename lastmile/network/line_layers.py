"""Road layers of any format OGR reads, as offices have them → :class:`RoadData`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.network.boxes import PER_DEGREE, Box, on_globe, whole_box
from lastmile.network.drawn_lines import Line, placed_lines, whole_degrees
from lastmile.network.emptiness import add_empty
from lastmile.network.geodesy import plane_for, to_plane
from lastmile.network.line_notes import layer_notes
from lastmile.network.line_source import LineSource
from lastmile.network.line_words import LineTags, line_tags
from lastmile.network.noding import Drawn, Noded, noded
from lastmile.network.placing import roads_from
from lastmile.network.roads import Bounds, ReadingReport, RoadData
from lastmile.places.columns import record_layer
from lastmile.places.coordinates import to_wgs84
from lastmile.places.files import read_table
from lastmile.places.tables import Table

_Ints = NDArray[np.int64]
_LINES: Final = (1, 2)
"""What shapely numbers lines and rings."""

_OSM_COLUMNS: Final = frozenset(("osm_id", "osmid", "osm_way_id", "full_id"))
"""Columns in which those who cut OpenStreetMap into layers (Geofabrik, GDAL, osmnx, QuickOSM) keep
its ids: its licence wants the credit whatever the format."""


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The lines of one layer or more."""

    row: _Ints
    """Shape (lines,). Row that a line comes from, counted over all layers from 0."""

    offsets: _Ints
    x: _Ints
    """Shape (vertices,). Whole 1e-7 degrees, WGS84."""

    y: _Ints
    said: LineTags
    """Of each row."""

    n_without_line: int
    """Rows without one."""

    is_openstreetmap: bool
    """Whether columns show that any of the layers was cut from the map."""

    def only(self, chosen: _Ints) -> _Rows:
        """Return some of the lines."""
        sizes = np.diff(self.offsets)[chosen]
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        at = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][chosen] - offsets[:-1], sizes)
        return replace(self, row=self.row[chosen], offsets=offsets, x=self.x[at], y=self.y[at])

    def boxes(self) -> tuple[_Ints, _Ints, _Ints, _Ints]:
        """Shape (lines,) each. West, south, east and north of every line."""
        first = self.offsets[:-1]
        lows = (np.minimum.reduceat(self.x, first), np.minimum.reduceat(self.y, first))
        return (*lows, np.maximum.reduceat(self.x, first), np.maximum.reduceat(self.y, first))


def read_lines(
    paths: Sequence[Path], source: LineSource, bounds: Bounds | None, faults: FaultLog
) -> RoadData | None:
    """Read the roads of an area from road layers, several as one.

    A way's id is the number of its row, counted on over the files in the order in which they are
    named. Nodes are numbered from the west eastwards.

    Parameters
    ----------
    paths
        Files of lines; several must have the same columns.
    source
        How they are to be read.
    bounds, faults
        As in :func:`~lastmile.network.reading.read_roads`.

    Returns
    -------
    RoadData or None
        None if a fault was noted.
    """
    layers = [_rows(path, source, faults) for path in paths]
    found = [layer for layer in layers if layer is not None]
    if len(found) < len(paths):
        return None
    rows, name = _joined(found), ", ".join(map(str, paths))
    is_sound = np.logical_and.reduceat(on_globe(rows.x, rows.y), rows.offsets[:-1])
    kept = rows.only(np.flatnonzero(is_sound & _meets(rows, whole_box(bounds))))
    if not kept.row.size:
        _add_none_kept(name, rows, is_sound, bounds, faults)
        return None
    joints = _noded(kept, source)
    report = ReadingReport(
        n_off_globe=int(np.diff(rows.offsets)[~is_sound].sum()),
        n_without_line=rows.n_without_line,
        notes=tuple(layer_notes(source, joints.n_loose, rows.said.odd_limits)),
    )
    roads = roads_from(placed_lines(list(_lines(kept, joints))), None, name, "", report)
    return replace(roads, is_openstreetmap=rows.is_openstreetmap)


def _rows(path: Path, source: LineSource, faults: FaultLog) -> _Rows | None:
    table = read_table(path, source.layer, source.columns.named(), faults)
    if table is None:
        return None
    if table.geometry is None:
        faults.add(
            path, "", found="a table without shapes", expected="lines of roads",
            remedy="name a file of lines under roads.path, or an OpenStreetMap extract",
        )  # fmt: skip
        return None
    said = line_tags(table, source.columns, faults)
    placed = _placed(table, source, faults)
    if said is None or placed is None:
        return None
    row, offsets, x, y = placed
    n_without_line = len(table) - np.unique(row).size
    crs = table.crs if source.crs == "file" else source.crs
    record_layer(faults, "roads", table, (), n_kept=len(table) - n_without_line, crs=crs)
    is_openstreetmap = not _OSM_COLUMNS.isdisjoint(str(c).lower() for c in table.frame.columns)
    return _Rows(row, offsets, x, y, said, n_without_line, is_openstreetmap)


def _placed(
    table: Table, source: LineSource, faults: FaultLog
) -> tuple[_Ints, _Ints, _Ints, _Ints] | None:
    """Rows, offsets and places of all lines; None if a fault was noted."""
    crs = table.crs if source.crs == "file" else source.crs
    if not crs:
        faults.add(
            table.file, "", found="no coordinate system stated in the file",
            expected="a stated system",
            remedy="set roads.crs: wgs84, cgcs2000, gcj02 (Amap), bd09 (Baidu) or EPSG:n",
        )  # fmt: skip
        return None
    shapes = np.asarray(table.geometry, dtype=object)
    parts, row = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # lines within collections
    is_line = np.isin(shapely.get_type_id(parts), _LINES) & ~shapely.is_empty(parts)
    parts, row = parts[is_line], row[inner][is_line]
    if not row.size:
        faults.add(
            table.file, "", found="no line", expected="lines of roads",
            remedy="name the layer of road lines under roads.path and roads.layer",
        )  # fmt: skip
        return None
    spots, owner = shapely.get_coordinates(parts, return_index=True)
    try:
        lon, lat = to_wgs84(spots[:, 0].copy(), spots[:, 1].copy(), crs)
    except ValueError as error:
        faults.add(
            table.file, "", found=str(error), expected="a coordinate system",
            remedy="set roads.crs",
        )  # fmt: skip
        return None
    offsets = np.searchsorted(owner, np.arange(row.size + 1)).astype(np.int64)
    return row.astype(np.int64), offsets, whole_degrees(lon), whole_degrees(lat)


def _joined(layers: Sequence[_Rows]) -> _Rows:
    n_rows = np.cumsum([0, *(len(layer.said.names) for layer in layers)])
    n_spots = np.cumsum([0, *(layer.x.size for layer in layers)])
    return _Rows(
        row=np.concatenate([p.row + n for p, n in zip(layers, n_rows, strict=False)]),
        offsets=np.concatenate(
            [p.offsets[:-1] + n for p, n in zip(layers, n_spots, strict=False)] + [n_spots[-1:]]
        ).astype(np.int64),
        x=np.concatenate([layer.x for layer in layers]),
        y=np.concatenate([layer.y for layer in layers]),
        said=LineTags(
            [tags for layer in layers for tags in layer.said.tags],
            [name for layer in layers for name in layer.said.names],
            [level for layer in layers for level in layer.said.levels],
            [limit for layer in layers for limit in layer.said.odd_limits],
        ),
        n_without_line=sum(layer.n_without_line for layer in layers),
        is_openstreetmap=any(layer.is_openstreetmap for layer in layers),
    )


def _meets(rows: _Rows, box: Box | None) -> NDArray[np.bool_]:
    if box is None:
        return np.ones(rows.row.size, dtype=np.bool_)
    west, south, east, north = rows.boxes()
    meets: NDArray[np.bool_] = (
        (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    )
    return meets


def _add_none_kept(
    name: str,
    rows: _Rows,
    is_sound: NDArray[np.bool_],
    bounds: Bounds | None,
    faults: FaultLog,
) -> None:
    if is_sound.any():
        west, south, east, north = (side[is_sound] for side in rows.boxes())
        extent = (int(west.min()), int(south.min()), int(east.max()), int(north.max()))
        add_empty(name, bounds, rows.row.size, extent, faults)
        return
    faults.add(
        name, "", found="coordinates that are no place on the globe",
        expected="coordinates of the stated system",
        remedy="state the system of the file in roads.crs",
    )  # fmt: skip


def _noded(rows: _Rows, source: LineSource) -> Noded:
    lon, lat = rows.x / PER_DEGREE, rows.y / PER_DEGREE
    x, y = to_plane(plane_for(float(np.median(lon)), float(np.median(lat))), lon, lat)
    numbers: dict[tuple[str, ...], int] = {}
    levels = [numbers.setdefault(rows.said.levels[row], len(numbers)) for row in rows.row.tolist()]
    drawn = Drawn(x, y, rows.offsets, np.array(levels, dtype=np.int64))
    return noded(drawn, source.snap_m, split=not source.noded)


def _between(values: _Ints, spot: NDArray[np.float64]) -> _Ints:
    """Coordinates of spots between vertices."""
    before = np.floor(spot).astype(np.int64)
    after = np.minimum(before + 1, values.size - 1)
    step = (spot - before) * (values[after] - values[before])
    return values[before] + np.rint(step).astype(np.int64)


def _lines(rows: _Rows, joints: Noded) -> Iterator[Line]:
    """Give nodes to lines: junctions by their place, points between each one of its own."""
    spot = np.unique(np.concatenate((np.arange(rows.x.size, dtype=np.float64), joints.spot)))
    node = np.full(spot.size, -1, dtype=np.int64)
    node[np.searchsorted(spot, joints.spot)] = joints.node
    x, y = _between(rows.x, spot), _between(rows.y, spot)
    is_joint = node >= 0
    # All spots of a junction take the place of one: the most western, then the most southern.
    order = np.lexsort((spot[is_joint], y[is_joint], x[is_joint]))
    first = np.flatnonzero(is_joint)[order]
    chosen = first[np.sort(np.unique(node[first], return_index=True)[1])]
    number = np.empty(chosen.size, dtype=np.int64)
    number[node[chosen]] = np.arange(1, chosen.size + 1)
    node_id = chosen.size + np.cumsum(~is_joint)
    node_id[is_joint] = number[node[is_joint]]
    place = np.arange(spot.size)
    place[is_joint] = chosen[node_id[is_joint] - 1]
    x, y = x[place].tolist(), y[place].tolist()
    ids = node_id.tolist()
    line = np.searchsorted(rows.offsets, np.floor(spot), side="right") - 1
    bounds = np.searchsorted(line, np.arange(rows.row.size + 1)).tolist()
    for k, row in enumerate(rows.row.tolist()):
        # Spots that fell together are one node.
        span = [
            at
            for at in range(bounds[k], bounds[k + 1])
            if at == bounds[k] or ids[at] != ids[at - 1]
        ]
        yield Line(
            way_id=row + 1,
            nodes=[ids[at] for at in span],
            x=[x[at] for at in span],
            y=[y[at] for at in span],
            tags=rows.said.tags[row],
            name=rows.said.names[row],
        )
