"""What files hold of an area → :class:`RoadData`: of doubles the newest, with rules and marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lastmile.network.gathering import Gathered
from lastmile.network.node_store import Box, NodeStore
from lastmile.network.placing import Placed, on_road, renumbered, roads_from
from lastmile.network.roads import ReadingReport, RoadData, TaggedNodes
from lastmile.network.way_store import RawWays

_Ints = NDArray[np.int64]


def assemble(gathered: Gathered, box: Box | None, source: str, timestamp: str) -> RoadData:
    """Make roads of what files hold.

    Parameters
    ----------
    gathered
        What was read.
    box
        The area: roads whose own box meets it are kept whole. None to keep all.
    source, timestamp
        As in :class:`RoadData`.

    Returns
    -------
    RoadData
        Ways by id; without any, if no road is in the area.
    """
    positions = gathered.nodes.positions()
    placed = Placed.of(gathered.ways, positions)
    newest, n_duplicates = _newest(placed)
    report = ReadingReport(n_duplicate_ways=n_duplicates)
    roads = roads_from(placed.only(newest), box, source, timestamp, report)
    rules, n_broken = gathered.rules.rules(roads.way_ids)
    n_conflicting = int(on_road(positions.conflicting, roads.node_ids).sum())
    report = replace(
        roads.report, n_conflicting_nodes=n_conflicting, n_broken_restrictions=n_broken
    )
    marks = _tagged_nodes(gathered.nodes, roads.node_ids)
    return replace(roads, tagged_nodes=marks, restrictions=rules, report=report)


def _newest(placed: Placed) -> tuple[_Ints, int]:
    """Choose one of the ways that share an id; return them by id, and how many were dropped."""
    ways, n_known = placed.ways, placed.n_known()
    order = np.lexsort((n_known, ways.version, ways.ids))
    rank = np.column_stack((ways.ids, ways.version, n_known))[order]
    is_last = np.append(rank[1:, 0] != rank[:-1, 0], True)[: order.size]
    last = np.flatnonzero(is_last)
    chosen = order[last]
    # Of those that are equally new and whole, mostly copies, the choice is by what they say.
    first = np.append(0, last[:-1] + 1)[: last.size]
    for k in np.flatnonzero(first < last).tolist():
        equals = [at for at in range(first[k], last[k] + 1) if (rank[at] == rank[last[k]]).all()]
        if len(equals) > 1:
            chosen[k] = max((int(order[at]) for at in equals), key=lambda way: _content(ways, way))
    return chosen, order.size - chosen.size


def _content(ways: RawWays, way: int) -> tuple[list[int], object, str]:
    span = slice(int(ways.ref_offsets[way]), int(ways.ref_offsets[way + 1]))
    return ways.refs[span].tolist(), ways.tag_sets[ways.tag_set[way]], str(ways.names[way])


def _tagged_nodes(nodes: NodeStore, refs: _Ints) -> TaggedNodes:
    """Keep the tagged nodes that lie on roads, by id."""
    ids, number, sets = nodes.marks()
    kept = on_road(ids, refs)
    tag_set, tag_sets = renumbered(number[kept], sets)
    return TaggedNodes(ids[kept], tag_set, tag_sets)
