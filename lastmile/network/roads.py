"""Roads as an OpenStreetMap file holds them, before any profile has looked at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

TAG_KEYS: Final = (
    "highway",
    "name",
    "oneway",
    "junction",
    "maxspeed",
    "service",
    "access",
    "foot",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "goods",
    "motorroad",
    "bridge",
    "tunnel",
)


@dataclass(frozen=True, slots=True, eq=False)
class RoadData:
    """The ``highway`` ways of an area, as arrays.

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

    tags: Mapping[str, NDArray[np.object_]]
    """For each of ``TAG_KEYS`` an array of shape (ways,); '' where a way lacks the tag."""

    n_missing_nodes: int
    """References to nodes that the extract lacks."""

    @property
    def n_ways(self) -> int:
        """Number of ways, or whole pieces of ways."""
        return int(self.way_ids.size)

    def lines(self) -> gpd.GeoDataFrame:
        """Return the ways as lines with ``highway`` and ``name``, in EPSG:4326."""
        owner = np.repeat(np.arange(self.n_ways), np.diff(self.way_offsets))
        geometry = shapely.linestrings(np.column_stack((self.lon, self.lat)), indices=owner)
        return gpd.GeoDataFrame(
            {"highway": self.tags["highway"], "name": self.tags["name"]},
            geometry=geometry,
            crs="EPSG:4326",
        )
