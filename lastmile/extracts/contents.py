"""Looking into an extract: what is in it, and what that means for a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lastmile.extracts.advice import advise
from lastmile.extracts.blocks import NodeBlock
from lastmile.extracts.box import PER_DEGREE, Box
from lastmile.extracts.census import TYPES, Census, take_census
from lastmile.extracts.components import count_components
from lastmile.extracts.figures import Amount, Contents, DefectFigures
from lastmile.extracts.headers import read_header
from lastmile.extracts.roads import FERRY, Found, Roads, find_roads, measured
from lastmile.extracts.sources import Source
from lastmile.extracts.steps import Steps
from lastmile.extracts.tags import (
    DRIVE_CLASSES,
    FOOT_CLASSES,
    IMPLIED_ONE_WAY,
    LIMITED,
    NAMED,
    NO_ROADS,
    ONE_WAY,
    WALKED,
)
from lastmile.extracts.turns import count_turns, ways_named_by
from lastmile.progress import Progress, silent

_STEPS = 3


def look_into(path: Path, today: date, *, progress: Progress = silent) -> Contents:
    """Read an extract to its end and say what is in it.

    The file is read twice; memory is in proportion to its roads. Where its ids do not ascend, it
    is read once more, and all ids of the type in question are kept for the time.

    Parameters
    ----------
    path
        Any kind of OpenStreetMap file.
    today
        From which the age of the data counts.
    progress
        Told of the steps.

    Raises
    ------
    InputError
        When the file is missing, or cannot be read to its end.
    """
    source = Source.at(path)
    steps = Steps(f"look into {path.name}", _STEPS, progress)
    steps.begin("roads")
    found = find_roads(source)
    steps.begin("all objects")
    wanted = np.unique(np.asarray(found.refs, dtype=np.int64))
    census = take_census(source, wanted, ways_named_by(found.restrictions), steps)
    steps.begin("figures")
    roads = measured(found, census.nodes.ids, census.nodes.x, census.nodes.y)
    contents = _figures(source, found, census, roads)
    steps.end()
    return replace(contents, advice=advise(contents, today))


def _figures(source: Source, found: Found, census: Census, roads: Roads) -> Contents:
    header = read_header(source)
    km = roads.length_km()
    is_ferry = roads.classes == FERRY
    is_road = ~is_ferry & ~np.isin(roads.classes, list(NO_ROADS))
    is_drive = is_road & np.isin(roads.classes, list(DRIVE_CLASSES))
    passed = roads.refs[np.repeat(is_road, np.diff(roads.offsets))]
    barred = np.isin([node for node, _ in found.barriers], passed)
    on_road = Counter(found.barriers[k][1] for k in np.flatnonzero(barred))
    return Contents(
        file=str(source.path),
        size_bytes=source.path.stat().st_size,
        kind=source.kind,
        program=header.program,
        data_date=header.timestamp or found.newest,
        data_date_from="header"
        if header.timestamp
        else "latest change of a road"
        if found.newest
        else "",
        header_box=header.box,
        roads_box=_box_of(census.nodes),
        promises_order=header.is_sorted,
        classes=_by_class(roads.classes[~is_ferry], km[~is_ferry]),
        roads=_amount(is_road, km),
        foot=_amount(is_road & np.isin(roads.classes, list(FOOT_CLASSES)), km),
        drive=_amount(is_drive, km),
        ferries=_amount(is_ferry, km),
        named_share=_share(is_road, roads.flags & NAMED, km),
        limited_share=_share(is_drive, roads.flags & LIMITED, km),
        walked_share=_share(is_drive, roads.flags & WALKED, km),
        n_one_way=int((is_road & (roads.flags & ONE_WAY > 0)).sum()),
        n_implied_one_way=int((is_road & (roads.flags & IMPLIED_ONE_WAY > 0)).sum()),
        n_signals=int(np.isin(found.signals, passed).sum()),
        barriers=dict(sorted(on_road.items(), key=lambda item: (-item[1], item[0]))),
        n_barriers_aside=len(found.barriers) - on_road.total(),
        turns=count_turns(found.restrictions, _nodes_of(census.ways, roads), census.ways),
        components=count_components(roads, is_road),
        defects=_defects(census, roads),
    )


def _amount(which: NDArray[np.bool_], km: NDArray[np.float64]) -> Amount:
    return Amount(int(which.sum()), round(float(km[which].sum()), 6))


def _share(which: NDArray[np.bool_], flag: NDArray[np.int64], km: NDArray[np.float64]) -> float:
    whole = float(km[which].sum())
    return round(float(km[which & (flag > 0)].sum()) / whole, 4) if whole else 0.0


def _by_class(classes: NDArray[np.object_], km: NDArray[np.float64]) -> Mapping[str, Amount]:
    names, at = np.unique(classes.astype(str), return_inverse=True)
    ways, sums = np.bincount(at), np.bincount(at, weights=km)
    rows = [
        (str(name), Amount(int(n), round(float(total), 6)))
        for name, n, total in zip(names, ways, sums, strict=True)
    ]
    return dict(sorted(rows, key=lambda row: (-row[1].km, row[0])))


def _box_of(nodes: NodeBlock) -> Box | None:
    if not nodes.ids.size:
        return None
    corners = (nodes.x.min(), nodes.y.min(), nodes.x.max(), nodes.y.max())
    return Box(*(int(corner) / PER_DEGREE for corner in corners))


def _nodes_of(ways: frozenset[int], roads: Roads) -> dict[int, tuple[int, ...]]:
    """Return the nodes of some roads, by the roads' ids."""
    ends = roads.offsets
    return {
        int(roads.way_ids[k]): tuple(roads.refs[ends[k] : ends[k + 1]].tolist())
        for k in np.flatnonzero(np.isin(roads.way_ids, list(ways)))
    }


def _defects(census: Census, roads: Roads) -> DefectFigures:
    missing = np.concatenate(([0], np.cumsum(roads.at < 0)))
    lacking = missing[roads.offsets[1:]] - missing[roads.offsets[:-1]]
    follows = np.zeros(roads.refs.size, dtype=np.bool_)
    follows[:-1] = roads.refs[:-1] == roads.refs[1:]
    ends = roads.offsets[1:]
    follows[ends[ends > 0] - 1] = False
    return DefectFigures(
        n_missing_nodes=int(missing[-1]),
        n_ways_lacking_nodes=int((lacking > 0).sum()),
        n_repeated_nodes=int(follows.sum()),
        n_zero_segments=int(((roads.segment_mm == 0) & ~follows).sum()),
        n_single_node_ways=int((np.diff(roads.offsets) < 2).sum()),  # noqa: PLR2004
        n_types_out_of_order=census.n_types_out_of_order,
        orders=dict(zip(TYPES, census.orders, strict=True)),
    )
