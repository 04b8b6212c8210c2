"""Random towns with rules of turning: streets of a crooked grid, cut into ways."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from lastmile.network import VAN, Restriction, RoadData
from lastmile.network.roads import ReadingReport, TaggedNodes, segment_lengths, shared_sets

# A metre a second, or half of that: segments add up to edges without rounding.
MS_PER_MM = {"residential": 1, "tertiary": 1, "service": 2}
STEADY = replace(
    VAN, speed_kph=tuple((highway, 3.6 / ms) for highway, ms in MS_PER_MM.items()),
    obeys_maxspeed=False, access_speed_kph=3.6, u_turn_s=0.0,
)  # fmt: skip
SIZE = 4
KINDS = ("no_left_turn", "no_straight_on", "only_right_turn", "no_u_turn")


def place(cell):
    """A grid without right angles, so that no turn lies just between straight and left."""
    x, y = cell
    return 120.0 + (x + 0.13 * math.sin(5 * y + x)) / 1000, 31.0 + (
        y + 0.11 * math.cos(3 * x + 2 * y)
    ) / 1000


@st.composite
def ruled_towns(draw):
    """Streets between neighbouring cells of a grid, cut into ways, with rules on them."""
    links = [((x, y), (x + 1, y)) for x in range(SIZE - 1) for y in range(SIZE)]
    links += [((x, y), (x, y + 1)) for x in range(SIZE) for y in range(SIZE - 1)]
    # Most of the grid stands: rules bind only where there is something to choose from.
    missing = draw(st.sets(st.sampled_from(links), max_size=10))
    standing = [link for link in links if link not in missing]
    # Some have a node halfway, where one way ends and another, maybe of another class, begins.
    halved = draw(st.sets(st.sampled_from(standing), max_size=8))
    halves = [half for link in standing if link in halved for half in in_two(*link)]
    chosen = draw(st.permutations([*halves, *(link for link in standing if link not in halved)]))
    ways = []
    for one, other in chosen:
        grow = ways and ways[-1][-1] == one and draw(st.booleans())
        if grow:
            ways[-1].append(other)
        else:
            ways.append([one, other])
    one_ways = draw(
        st.lists(st.sampled_from(["", "", "", "yes", "-1"]), min_size=len(ways), max_size=len(ways))
    )
    highway = st.sampled_from(sorted(MS_PER_MM))
    classes = draw(st.lists(highway, min_size=len(ways), max_size=len(ways)))
    signals = draw(st.lists(st.sampled_from(sorted({c for w in ways for c in w})), max_size=2))
    roads = drawn(ways, one_ways, classes, signals)
    return replace(roads, restrictions=tuple(draw(rules_on(ways))))


def in_two(one, other):
    half = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
    return (one, half), (half, other)


def number(cell):
    return 1 + round(2 * cell[0]) * 2 * SIZE + round(2 * cell[1])


def drawn(ways, one_ways, classes, signals):
    cells = [cell for way in ways for cell in way]
    lon, lat = np.array([place(cell) for cell in cells]).T
    offsets = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    tag_set, tag_sets = shared_sets(
        {"highway": h, "oneway": o} for h, o in zip(classes, one_ways, strict=True)
    )
    ids = np.array(sorted({number(cell) for cell in signals}), dtype=np.int64)
    return RoadData(
        source="drawn", data_timestamp="", way_ids=np.arange(len(ways)) + 100, way_offsets=offsets,
        node_ids=np.array([number(cell) for cell in cells]), lon=lon, lat=lat,
        segment_mm=segment_lengths(lon, lat, offsets), tag_set=tag_set, tag_sets=tag_sets,
        names=np.full(len(ways), "", dtype=object), report=ReadingReport(),
        tagged_nodes=TaggedNodes(ids, np.zeros(ids.size, np.int32),
                                 ({"highway": "traffic_signals"},)),
    )  # fmt: skip


@st.composite
def rules_on(draw, ways):
    """Rules between ways that meet, mostly at their ends, some over a way between."""
    rules = []
    for k in range(draw(st.integers(2, 14))):
        one = draw(st.integers(0, len(ways) - 1))
        kind = draw(st.sampled_from(KINDS))
        # Who turns round may do so on a way that runs on.
        nodes = ways[one]
        via = draw(st.sampled_from(nodes if kind == "no_u_turn" else [nodes[0], nodes[-1]]))
        touching = [w for w, way in enumerate(ways) if via in (way[0], way[-1]) or w == one]
        other = draw(st.sampled_from(touching))
        if other == one:
            kind = "no_u_turn"
        longer = [w for w in touching if w not in (one, other)]
        if longer and via in (nodes[0], nodes[-1]) and draw(st.booleans()):
            between = draw(st.sampled_from(longer))
            far = ways[between][-1] if ways[between][0] == via else ways[between][0]
            last = [w for w, way in enumerate(ways) if far in (way[0], way[-1]) and w != between]
            if last and far != via and far not in nodes:
                other = draw(st.sampled_from(last))
                rules.append(rule(k, kind, [one], None, (between,), [other]))
                continue
        many = st.lists(st.sampled_from(touching), max_size=1 if kind == "no_u_turn" else 0)
        rules.append(rule(k, kind, {one, *draw(many)}, number(via), (), {other, *draw(many)}))
    return rules


def rule(k, kind, ones, via_node, via_ways, others):
    froms, vias, tos = (
        tuple(100 + way for way in sorted(ways)) for ways in (ones, via_ways, others)
    )
    return Restriction(k, kind, froms, via_node, vias, tos)


def to_segments(network, edge, offset_mm):
    """The raw segment that a position lies on, as (first node, second node, mm from the first)."""
    span = slice(int(network.shape_offsets[edge]), int(network.shape_offsets[edge + 1]))
    cells = [(x / 2, y / 2) for x in range(2 * SIZE) for y in range(2 * SIZE)]
    places = {place(cell): number(cell) for cell in cells}
    nodes = [places[p] for p in zip(network.shape_lon[span], network.shape_lat[span], strict=True)]
    mm = network.shape_mm[span]
    k = min(int(np.searchsorted(mm, offset_mm, side="right")) - 1, len(nodes) - 2)
    return nodes[k], nodes[k + 1], int(offset_mm - mm[k])
