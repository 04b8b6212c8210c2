"""The shape of what is told about an extract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lastmile.extracts.box import Box
from lastmile.extracts.census import Order
from lastmile.extracts.components import ComponentFigures
from lastmile.extracts.turns import TurnFigures


@dataclass(frozen=True, slots=True)
class Amount:
    """So many ways, of so many kilometres."""

    ways: int
    km: float
    """Geodesic, of what the file has of their nodes."""


@dataclass(frozen=True, slots=True)
class DefectFigures:
    """What is broken in a file."""

    n_missing_nodes: int
    """References of roads to nodes that the file lacks."""

    n_ways_lacking_nodes: int
    n_repeated_nodes: int
    """Nodes that follow themselves in a road."""

    n_zero_segments: int
    """Segments of a road between two nodes at one place."""

    n_single_node_ways: int
    """Roads with fewer than two nodes."""

    n_types_out_of_order: int
    """Objects after one of a later type, such as nodes after ways."""

    orders: Mapping[str, Order]
    """By type: objects out of order, ids that occur again."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in an extract."""

    file: str
    size_bytes: int
    kind: str
    program: str
    data_date: str
    """ISO 8601; '' where neither the header nor a road has one."""

    data_date_from: str
    """``header``, or ``latest change of a road``; '' where there is none."""

    header_box: Box | None
    roads_box: Box | None
    promises_order: bool
    """Whether its header says that it is sorted."""

    classes: Mapping[str, Amount]
    """By ``highway`` value, the longest first."""

    roads: Amount
    """All but ferries and what is no road: building sites, lay-bys, plans."""

    foot: Amount
    """Of these, ways made for walking."""

    drive: Amount
    """Of these, ways made for driving."""

    ferries: Amount
    named_share: float
    """Of the kilometres of roads."""

    limited_share: float
    """Of the kilometres made for driving, those with a speed limit."""

    walked_share: float
    """Of the kilometres made for driving, those that say something of walkers."""

    n_one_way: int
    n_implied_one_way: int
    """Roundabouts and motorways that do not say so."""

    n_signals: int
    """On roads."""

    barriers: Mapping[str, int]
    """Nodes on roads, by kind."""

    n_barriers_aside: int
    """Nodes with a barrier that are on no road."""

    turns: TurnFigures
    components: ComponentFigures
    defects: DefectFigures
    advice: tuple[str, ...] = ()
