"""Ways with the positions of their nodes → :class:`RoadData`: chosen, and cut where nodes lack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.network.boxes import PER_DEGREE, Box
from lastmile.network.raw_ways import RawWays, Tags
from lastmile.network.roads import ReadingReport, RoadData, segment_lengths
from lastmile.network.signs import count_unreadable

_Ints = NDArray[np.int64]
_Mask = NDArray[np.bool_]

_FAR: Final = 2**40


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Ways with the positions of their nodes."""

    ways: RawWays
    x: _Ints
    """Shape (node references,). Whole 1e-7 degrees; meaningless where the node is not known."""

    y: _Ints
    is_known: _Mask
    """Shape (node references,). Whether the node is in the files, and on the globe."""

    is_off_globe: _Mask

    def only(self, chosen: _Ints) -> Placed:
        """Return some of the ways, in the order in which they are named."""
        at = _references(self.ways.ref_offsets, chosen)
        ways = self.ways.only(chosen)
        return Placed(ways, self.x[at], self.y[at], self.is_known[at], self.is_off_globe[at])

    def n_known(self) -> _Ints:
        """Shape (ways,). Nodes whose place is known."""
        total = np.concatenate(([0], np.cumsum(self.is_known))).astype(np.int64)
        return np.diff(total[self.ways.ref_offsets])


def roads_from(
    placed: Placed, box: Box | None, source: str, timestamp: str, report: ReadingReport
) -> RoadData:
    """Make roads of ways, without what nodes and relations say.

    Parameters
    ----------
    placed
        The ways, in the order in which they are to stand.
    box
        The area: roads whose own box meets it are kept whole. None to keep all.
    source, timestamp
        As in :class:`RoadData`.
    report
        What was survived so far.

    Returns
    -------
    RoadData
        Without any way, if no road is in the area.
    """
    placed = placed.only(np.flatnonzero(_meets(placed, box)))
    pieces = _pieces(placed)
    lon, lat = pieces.x / PER_DEGREE, pieces.y / PER_DEGREE
    segment_mm = segment_lengths(lon, lat, pieces.offsets)
    n_repeated, n_zero_length = _flat_segments(pieces, segment_mm)
    tag_set, tag_sets = renumbered(pieces.tag_set, placed.ways.tag_sets)
    return RoadData(
        source=source,
        data_timestamp=timestamp,
        way_ids=pieces.way_ids,
        way_offsets=pieces.offsets,
        node_ids=pieces.refs,
        lon=lon,
        lat=lat,
        segment_mm=segment_mm,
        tag_set=tag_set,
        tag_sets=tag_sets,
        names=pieces.names,
        report=replace(
            report,
            n_missing_nodes=int((~placed.is_known & ~placed.is_off_globe).sum()),
            n_off_globe=int(placed.is_off_globe.sum()),
            n_short_ways=pieces.n_short,
            n_repeated_nodes=n_repeated,
            n_zero_length=n_zero_length,
            n_unreadable_signs=count_unreadable(tag_set, tag_sets),
        ),
    )


def _meets(placed: Placed, box: Box | None) -> _Mask:
    """Tell which ways have a box, that of their known nodes, that meets the area."""
    offsets = placed.ways.ref_offsets
    touches = placed.n_known() > 0
    if box is not None:
        west, south, east, north = box
        touches &= _extreme(placed.x, placed.is_known, offsets, np.minimum) <= east
        touches &= _extreme(placed.x, placed.is_known, offsets, np.maximum) >= west
        touches &= _extreme(placed.y, placed.is_known, offsets, np.minimum) <= north
        touches &= _extreme(placed.y, placed.is_known, offsets, np.maximum) >= south
    return touches


def _extreme(values: _Ints, is_known: _Mask, offsets: _Ints, extreme: np.ufunc) -> _Ints:
    """Lowest or highest known value of each way."""
    neutral = _FAR if extreme is np.minimum else -_FAR
    found = np.full(offsets.size - 1, neutral, dtype=np.int64)
    has_any = offsets[1:] > offsets[:-1]
    if has_any.any():
        shown = np.where(is_known, values, neutral)
        found[has_any] = extreme.reduceat(shown, offsets[:-1][has_any])
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Parts of ways all of whose nodes are known, two at least."""

    way_ids: _Ints
    tag_set: _Ints
    names: NDArray[np.object_]
    offsets: _Ints
    refs: _Ints
    x: _Ints
    y: _Ints
    n_short: int
    """Ways of which no part is left."""


def _pieces(placed: Placed) -> _Pieces:
    ways, is_known = placed.ways, placed.is_known
    n_ways = ways.ids.size
    begins = is_known.copy()
    begins[1:] &= ~is_known[:-1]
    at_start = ways.ref_offsets[:-1][np.diff(ways.ref_offsets) > 0]
    begins[at_start] |= is_known[at_start]
    number = np.cumsum(begins) - 1
    sizes = np.bincount(number[is_known], minlength=int(begins.sum()))
    is_road = sizes > 1
    owner = np.repeat(np.arange(n_ways), np.diff(ways.ref_offsets))[begins][is_road]
    # Where nothing is known, the number is that of a piece before, or -1: neither counts.
    kept = is_known & is_road[number] if sizes.size else is_known
    return _Pieces(
        way_ids=ways.ids[owner],
        tag_set=ways.tag_set[owner],
        names=ways.names[owner],
        offsets=np.concatenate(([0], np.cumsum(sizes[is_road]))).astype(np.int64),
        refs=ways.refs[kept],
        x=placed.x[kept],
        y=placed.y[kept],
        n_short=n_ways - np.unique(owner).size,
    )


def _flat_segments(pieces: _Pieces, segment_mm: _Ints) -> tuple[int, int]:
    """Count segments from a node to itself, and others without length."""
    inside = np.ones(pieces.refs.size, dtype=np.bool_)
    inside[pieces.offsets[1:] - 1] = False
    repeated = inside.copy()
    repeated[:-1] &= pieces.refs[:-1] == pieces.refs[1:]
    return int(repeated.sum()), int((inside & ~repeated & (segment_mm == 0)).sum())


def on_road(ids: _Ints, refs: _Ints) -> _Mask:
    """Tell which of some ids, ascending, are among the nodes of roads."""
    found = np.zeros(ids.size, dtype=np.bool_)
    if ids.size:
        at = np.minimum(np.searchsorted(ids, refs), ids.size - 1)
        found[at[ids[at] == refs]] = True
    return found


def renumbered(
    number: _Ints, sets: tuple[Tags, ...]
) -> tuple[NDArray[np.int32], tuple[dict[str, str], ...]]:
    """Give sets of tags numbers in order of first use, however they were read."""
    used, first, which = np.unique(number, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(used.size, dtype=np.int32)
    rank[order] = np.arange(used.size, dtype=np.int32)
    return rank[which], tuple(dict(sets[k]) for k in used[order].tolist())


def _references(offsets: _Ints, chosen: _Ints) -> _Ints:
    """Positions of the node references of some ways."""
    sizes = np.diff(offsets)[chosen]
    ends = np.cumsum(sizes)
    at: _Ints = np.arange(sizes.sum()) + np.repeat(offsets[:-1][chosen] - (ends - sizes), sizes)
    return at
