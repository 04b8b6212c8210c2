"""Gaps and crossings as rows of a table: which ways, which nodes, and what speaks against them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile.network.crossings import Crossings
from lastmile.network.feet import vertex_at
from lastmile.network.gaps import EndGaps, is_aside, last_points
from lastmile.network.model import Network
from lastmile.network.roads import RoadData
from lastmile.network.wayside import goes_on, levels_at, segments_at, way_of


def rows_of_ends(
    network: Network,
    part: NDArray[np.int32],
    gaps: EndGaps,
    roads: RoadData | None,
    *,
    is_detour: bool,
) -> pd.DataFrame:
    """Describe gaps at dead ends, one row for each.

    Parameters
    ----------
    network
        Any network.
    part
        Shape (edges,). The connected part of each edge.
    gaps
        The gaps.
    roads
        The roads it was made of, if they are at hand.
    is_detour
        Whether the gaps are between roads of one part.
    """
    point = last_points(network, gaps)
    way, other_way, same_level = _ways(
        network, roads, (gaps.edge, point), (gaps.to_edge, gaps.to_point)
    )
    other = vertex_at(network, gaps.to_edge, gaps.to_offset_mm)
    other_node = pd.array(np.append(network.vertex_ids, 0)[other], dtype="Int64")
    # Ids below 0 are not the map's: they stand for the arms of closed barriers.
    other_node[(other < 0) | (other_node < 0)] = pd.NA
    kind = np.where(pd.isna(other_node), "end_to_edge", "end_to_vertex")
    return pd.DataFrame(
        {
            "kind": np.where(is_detour, "detour", kind),
            "way": way,
            "other_way": other_way,
            "node": pd.array(network.vertex_ids[gaps.vertex], dtype="Int64"),
            "other_node": other_node,
            "gap_mm": gaps.gap_mm,
            "doubt": _doubts(network, gaps, roads, same_level),
            "part": np.maximum(part[gaps.edge], part[gaps.to_edge]),
            "other_part": np.minimum(part[gaps.edge], part[gaps.to_edge]),
            "edge": gaps.edge,
            "other_edge": gaps.to_edge,
            "other_offset_mm": gaps.to_offset_mm,
            "other_lon": gaps.to_lon,
            "other_lat": gaps.to_lat,
            "lon": network.vertex_lon[gaps.vertex],
            "lat": network.vertex_lat[gaps.vertex],
        }
    )


def _doubts(
    network: Network,
    gaps: EndGaps,
    roads: RoadData | None,
    same_level: NDArray[np.bool_],
) -> NDArray[np.str_]:
    """Say what speaks against each gap being a slip; '' where nothing does."""
    doubt = np.where(is_aside(gaps), "aside", "")
    doubt = np.where(same_level, doubt, "levels")
    if roads is None:
        return doubt
    return np.where(goes_on(roads, network.vertex_ids[gaps.vertex]), "closed", doubt)


def rows_of_crossings(
    network: Network, part: NDArray[np.int32], found: Crossings, roads: RoadData | None
) -> pd.DataFrame:
    """Describe crossings, one row for each; those at different levels are left out.

    Parameters
    ----------
    network
        Any network.
    part
        Shape (edges,). The connected part of each edge.
    found
        The crossings.
    roads
        The roads it was made of, if they are at hand.
    """
    way, other_way, same_level = _ways(
        network, roads, (found.edge, found.point), (found.other, found.other_point)
    )
    unknown = pd.array([pd.NA] * found.edge.size, dtype="Int64")
    table = pd.DataFrame(
        {
            "kind": "crossing",
            "way": way,
            "other_way": other_way,
            "node": unknown,
            "other_node": unknown,
            "gap_mm": 0,
            "doubt": "unknown" if roads is None else "",
            "part": part[found.edge],
            "other_part": part[found.other],
            "edge": found.edge,
            "other_edge": found.other,
            "other_offset_mm": found.other_offset_mm,
            "other_lon": found.lon,
            "other_lat": found.lat,
            "lon": found.lon,
            "lat": found.lat,
        }
    )
    return table[same_level]


_Places = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Edges, and the shape points at which the segments in question start."""


def _ways(
    network: Network, roads: RoadData | None, here: _Places, there: _Places
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Ids of the ways at both places, and whether the two lie at one level, as far as known."""
    ids = [network.way_ids[edge] for edge, _ in (here, there)]
    if roads is None:
        return ids[0], ids[1], np.ones(ids[0].size, dtype=np.bool_)
    ways = [way_of(roads, segments_at(network, roads, *place)) for place in (here, there)]
    way_ids = np.append(roads.way_ids, 0)
    for k, way in enumerate(ways):
        ids[k] = np.where(way < 0, ids[k], way_ids[way])
    return ids[0], ids[1], levels_at(roads, ways[0]) == levels_at(roads, ways[1])
