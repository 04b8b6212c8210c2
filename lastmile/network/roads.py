"""Roads as read: the only thing that :mod:`lastmile.network` knows of a road file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.network.geodesy import geodesic_mm

if TYPE_CHECKING:
    # At run time the whole room of places would come along, 60 MB with its rasters and workbooks.
    from lastmile.places.notes import Note

Bounds = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

WAY_KEYS: Final = frozenset(
    (
        *("highway", "route", "junction", "service", "motorroad", "bridge", "tunnel", "layer"),
        *("oneway", "oneway:bicycle", "oneway:motor_vehicle", "oneway:motorcar", "oneway:goods"),
        *("oneway:hgv", "cycleway", "cycleway:left", "cycleway:right", "cycleway:both"),
        *("maxspeed", "maxspeed:hgv", "maxspeed:goods"),
        *("access", "vehicle", "motor_vehicle", "motorcar", "goods", "hgv", "bicycle", "foot"),
        *("mofa", "moped", "motorcycle", "psv", "bus"),
        *("access:conditional", "vehicle:conditional", "motor_vehicle:conditional"),
        *("motorcar:conditional", "goods:conditional", "hgv:conditional", "bicycle:conditional"),
        *("foot:conditional", "maxwidth", "maxheight", "maxweight", "maxlength", "width"),
        *("oneway:conditional", "oneway:bicycle:conditional", "oneway:motor_vehicle:conditional"),
        *("oneway:motorcar:conditional", "oneway:goods:conditional", "oneway:hgv:conditional"),
        *("maxspeed:conditional", "maxspeed:hgv:conditional", "maxspeed:goods:conditional"),
        "maxweightrating",
        "duration",
    )
)
"""Keys of ways that profiles may ask for, and ``layer``, by which bridges are told from crossings;
names are kept apart."""

NODE_KEYS: Final = frozenset(
    (
        *("barrier", "highway", "locked", "maxwidth", "maxheight", "maxweight", "maxlength"),
        "maxweightrating",
        *("access", "vehicle", "motor_vehicle", "motorcar", "goods", "hgv", "bicycle", "foot"),
        *("mofa", "moped", "motorcycle", "psv", "bus"),
    )
)
"""Keys of nodes that profiles may ask for."""

# A passage through a building is a yard's gate, and a culvert runs under the road.
GROUND_TUNNELS: Final = ("", "no", "building_passage", "culvert")
"""Values of ``tunnel`` on roads that stay at the level of the ground."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One rule of turning at a junction, as the map states it."""

    relation_id: int
    rule: str
    """Such as ``no_left_turn`` or ``only_straight_on``."""

    from_ways: tuple[int, ...]
    via_node: int | None
    """OSM id of the junction; None where the way leads over ways."""

    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    excepted: tuple[str, ...] = ()
    """Vehicle keys that are free of the rule."""

    vehicle: str = ""
    """The vehicle key that the rule is stated for; empty for all vehicles."""

    condition: str = ""
    """When the rule holds, in the map's own words; empty for always."""


@dataclass(frozen=True, slots=True, eq=False)
class TaggedNodes:
    """Nodes on the roads that say something of their own: barriers, signals."""

    node_ids: NDArray[np.int64]
    """Shape (nodes,). OSM ids, ascending."""

    tag_set: NDArray[np.int32]
    """Shape (nodes,). Position in ``tag_sets``."""

    tag_sets: tuple[Mapping[str, str], ...] = ()

    @classmethod
    def none(cls) -> TaggedNodes:
        """Return no nodes at all."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What was wrong with the file and had to be survived."""

    n_missing_nodes: int = 0
    """References to nodes that the file lacks; roads break off there."""

    n_off_globe: int = 0
    """References to nodes whose coordinates are no place; roads break off there."""

    n_duplicate_ways: int = 0
    """Ways that the file, or several files together, hold more than once; the newest is kept."""

    n_short_ways: int = 0
    """Ways of which no two nodes in a row are known; left out."""

    n_repeated_nodes: int = 0
    """Nodes named twice in a row; no road lies between them."""

    n_zero_length: int = 0
    """Segments whose two nodes lie at one place."""

    n_broken_restrictions: int = 0
    """Restrictions without a usable from, via or to."""

    n_drafts: int = 0
    """Roads, or whole pieces of them, on nodes with ids below 0; they were read."""

    n_drafts_left_out: int = 0
    """Roads on nodes with ids below 1, in large files or several: ids of two drafts may be one."""

    n_unreadable_signs: int = 0
    """Limits of size or weight, on ways and nodes, that are not understood and so bind nobody."""

    n_without_line: int = 0
    """Rows of a road layer that hold no line."""

    notes: tuple[Note, ...] = ()
    """Anything else."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadData:
    """The roads and ferries of an area, as arrays.

    Way ``w`` passes the nodes ``way_offsets[w]:way_offsets[w + 1]``; it has two at least. A way
    some of whose nodes the extract lacks stands here as the pieces that are whole.
    """

    source: str
    """The file as the user named it."""

    data_timestamp: str
    """Date of the data by the file's header, ISO 8601; empty where it does not say."""

    way_ids: NDArray[np.int64]
    """Shape (ways,). OSM ids; pieces of one way share theirs."""

    way_offsets: NDArray[np.int64]
    """Shape (ways + 1,)."""

    node_ids: NDArray[np.int64]
    """Shape (node references,). OSM ids."""

    lon: NDArray[np.float64]
    """Shape (node references,). Degrees, WGS84."""

    lat: NDArray[np.float64]
    """Shape (node references,)."""

    segment_mm: NDArray[np.int64]
    """Shape (node references,). Geodesic to the next reference; 0 at the end of a way."""

    tag_set: NDArray[np.int32]
    """Shape (ways,). Position in ``tag_sets``: most ways of a city share few sets of tags."""

    tag_sets: tuple[Mapping[str, str], ...]
    """Distinct sets of tags, of ``WAY_KEYS`` only."""

    names: NDArray[np.object_]
    """Shape (ways,). '' where a way has none."""

    tagged_nodes: TaggedNodes = field(default_factory=TaggedNodes.none)
    restrictions: tuple[Restriction, ...] = ()
    report: ReadingReport = ReadingReport()
    is_openstreetmap: bool = True
    """Whether the roads come from OpenStreetMap, which must then be credited; a file whose program
    calls itself synthetic does not."""

    @property
    def n_ways(self) -> int:
        """Number of ways, or whole pieces of ways."""
        return int(self.way_ids.size)

    @property
    def n_missing_nodes(self) -> int:
        """References to nodes that the extract lacks."""
        return self.report.n_missing_nodes

    def values(self, key: str) -> NDArray[np.object_]:
        """Return the values of one key.

        Parameters
        ----------
        key
            One of ``WAY_KEYS``.

        Returns
        -------
        ndarray
            Shape (ways,). '' where a way lacks the tag.
        """
        column = np.array([tags.get(key, "") for tags in self.tag_sets], dtype=object)
        return column[self.tag_set] if column.size else np.zeros(0, dtype=object)

    def lines(self) -> gpd.GeoDataFrame:
        """Return the ways as lines with ``highway`` and ``name``, in EPSG:4326."""
        owner = np.repeat(np.arange(self.n_ways), np.diff(self.way_offsets))
        geometry = shapely.linestrings(np.column_stack((self.lon, self.lat)), indices=owner)
        return gpd.GeoDataFrame(
            {"highway": self.values("highway"), "name": self.names},
            geometry=geometry,
            crs="EPSG:4326",
        )


def shared_sets(
    items: Iterable[Mapping[str, str]],
) -> tuple[NDArray[np.int32], tuple[Mapping[str, str], ...]]:
    """Find the distinct sets of tags among many.

    Parameters
    ----------
    items
        Tags of each way or node.

    Returns
    -------
    tuple
        The position of each item's set, shape (items,), and the sets in order of first sight.
    """
    numbers: dict[tuple[tuple[str, str], ...], int] = {}
    chosen = [numbers.setdefault(tuple(sorted(tags.items())), len(numbers)) for tags in items]
    return np.array(chosen, dtype=np.int32), tuple(dict(pairs) for pairs in numbers)


def segment_lengths(
    lon: NDArray[np.float64], lat: NDArray[np.float64], way_offsets: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Measure the segments of ways.

    Parameters
    ----------
    lon, lat
        Shape (node references,). Degrees, WGS84.
    way_offsets
        Shape (ways + 1,).

    Returns
    -------
    ndarray
        Shape (node references,). Geodesic to the next reference in whole millimetres; 0 at the
        end of a way.
    """
    segment_mm = np.zeros(lon.size, dtype=np.int64)
    segment_mm[:-1] = geodesic_mm(lon[:-1], lat[:-1], lon[1:], lat[1:])
    segment_mm[way_offsets[1:] - 1] = 0
    return segment_mm
