"""Where the map may lack a junction: roads that almost touch, and what joining them would join."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lastmile.network.components import linked_parts
from lastmile.network.crossings import crossings
from lastmile.network.detours import is_far_along
from lastmile.network.feet import vertex_at
from lastmile.network.gaps import EndGaps, end_gaps
from lastmile.network.model import Network
from lastmile.network.repair_rows import rows_of_crossings, rows_of_ends
from lastmile.network.repair_words import LANGUAGES, Repair, sentence
from lastmile.network.roads import RoadData

COLUMNS: Final = {
    "kind": "str",
    "way": "int64",
    "other_way": "int64",
    "node": "Int64",
    "other_node": "Int64",
    "gap_mm": "int64",
    "part": "int64",
    "other_part": "int64",
    "joins_mm": "int64",
    "people": "float64",
    "choice": "int64",
    "doubt": "str",
    "edge": "int64",
    "other_edge": "int64",
    "other_offset_mm": "int64",
    "other_lon": "float64",
    "other_lat": "float64",
    "en": "str",
    "zh": "str",
}
"""Columns of the suggestions, but for ``geometry``, and their types."""


def repair_suggestions(
    network: Network,
    *,
    gap_m: float = 15.0,
    roads: RoadData | None = None,
    people: NDArray[np.float64] | None = None,
    detours: bool = False,
) -> gpd.GeoDataFrame:
    """List the places where two roads almost touch, or cross, and are not joined.

    Roads of different parts (see :func:`~lastmile.network.components.linked_parts`) are compared:
    each dead end with the nearest position on every other part, and each pair of edges that cross
    in the plane. Nothing is changed: whether a gap is a slip of the mapper's hand, a fence or a
    bridge is for those to judge who know the place.

    Parameters
    ----------
    network
        Any network.
    gap_m
        Widest gap between a dead end and another road, inclusive, in metres.
    roads
        The roads it was made of. With them ways are named exactly (an edge may run over several
        ways, and the network knows its first), and crossings at different levels are left out.
    people
        Shape (parts,). How many people the nearest road of each part is; as
        :func:`~lastmile.network.quality.weight_by_part` counts them. All 0 if not given.
    detours
        Also list the dead ends that almost touch a road of their own part that is farther along
        the network than 500 m and than ten times the gap. Many are fences.

    Returns
    -------
    GeoDataFrame
        ``kind``: ``end_to_vertex``, ``end_to_edge``, ``crossing``, ``detour`` ·
        ``way``, ``other_way``: OSM ids · ``node``: OSM id of the dead end (none for crossings) ·
        ``other_node``: OSM id where a dead end meets a vertex · ``gap_mm``: geodesic ·
        ``part``, ``other_part``: the smaller part first ·
        ``joins_mm``, ``people``: road and people of the smaller part ·
        ``choice``: 1 for the narrowest gap between two parts, then 2, 3… ·
        ``doubt``: what speaks against it, or '': ``aside`` (the other road is not ahead of the
        dead end but beside it, as a twin carriageway is), ``levels`` (the tags put the two at
        different levels), ``closed`` (a road closed to the profile goes on from the dead end),
        ``unknown`` (a crossing whose tags were not given) ·
        ``edge``, ``other_edge``, ``other_offset_mm``: the network's edges, and where on the
        second · ``other_lon``, ``other_lat``: the position there ·
        ``en``, ``zh``: a sentence for whoever mends the map ·
        ``geometry``: the dead end, or the crossing; EPSG:4326.
        Those without a doubt first; of these, most people first, then most road.
    """
    part, part_mm = linked_parts(network)
    if not network.n_edges:
        return _frame(_no_rows())
    ends = _once(network, part, end_gaps(network, part, gap_m, within_parts=False))
    tables = [
        rows_of_ends(network, part, ends, roads, is_detour=False),
        rows_of_crossings(network, part, crossings(network, part), roads),
    ]
    if detours:
        own = _once(network, part, end_gaps(network, part, gap_m, within_parts=True))
        own = own.take(np.flatnonzero(is_far_along(network, own)))
        tables.append(rows_of_ends(network, part, own, roads, is_detour=True))
    table = pd.concat(tables, ignore_index=True)
    across = (table["kind"] != "detour").to_numpy()
    table["joins_mm"] = np.where(across, part_mm[table["part"]], 0)
    counted = np.zeros(part_mm.size) if people is None else people
    table["people"] = np.where(across, counted[table["part"]], 0.0)
    return _frame(_ranked(table))


def _once(network: Network, part: NDArray[np.int32], gaps: EndGaps) -> EndGaps:
    """Of two dead ends that find each other, keep the one on the smaller part."""
    other = vertex_at(network, gaps.to_edge, gaps.to_offset_mm)
    # Positions between vertices are nobody's pair: they are named by their own row.
    alone = network.n_vertices + np.arange(gaps.vertex.size)
    other = np.where(other >= 0, other, alone)
    low, high = np.minimum(gaps.vertex, other), np.maximum(gaps.vertex, other)
    order = np.lexsort((gaps.vertex, gaps.to_edge, -part[gaps.edge], high, low))
    pairs = pd.DataFrame({"low": low[order], "high": high[order]})
    return gaps.take(np.sort(order[~pairs.duplicated().to_numpy()]))


def _no_rows() -> pd.DataFrame:
    columns = [name for name in COLUMNS if name not in {"choice", "en", "zh"}]
    return pd.DataFrame({name: [] for name in (*columns, "lon", "lat", "choice")})


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Put the likeliest and weightiest first; number the gaps between the same two parts."""
    table = table.assign(
        is_detour=table["kind"] == "detour",
        is_doubted=table["doubt"] != "",
        less_people=-table["people"],
        less_road=-table["joins_mm"],
    )
    within = ["is_doubted", "gap_mm", "edge", "other_edge", "kind"]
    pair = ["is_detour", "part", "other_part"]
    table = table.sort_values([*pair, *within], kind="stable", ignore_index=True)
    choice = table.groupby(pair, sort=False).cumcount() + 1
    table["choice"] = np.where(table["is_detour"], 1, choice)
    weight = ["is_detour", "is_doubted", "less_people", "less_road", "part", "other_part"]
    return table.sort_values([*weight, *within], kind="stable", ignore_index=True)


def _frame(table: pd.DataFrame) -> gpd.GeoDataFrame:
    table = table.astype({name: COLUMNS[name] for name in COLUMNS if name in table})
    repairs = [
        Repair(*row)
        for row in zip(*(_plain(table[field.name]) for field in fields(Repair)), strict=True)
    ]
    for language in LANGUAGES:
        table[language] = [sentence(repair, language) for repair in repairs]
    points = shapely.points(table["lon"].to_numpy(float), table["lat"].to_numpy(float))
    return gpd.GeoDataFrame(table[list(COLUMNS)].astype(COLUMNS), geometry=points, crs="EPSG:4326")


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Return Python's own numbers, and None where there is none."""
    return [None if value is pd.NA else value for value in column.tolist()]
