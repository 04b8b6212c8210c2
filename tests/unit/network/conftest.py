"""A town on the equator, drawn by hand.

There a thousandth of a degree is 111,319 mm east (6,378,137 m x pi / 180,000) and 110,574 mm
north (a degree of meridian is 110,574.3 m), so that every length can be checked on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from lastmile.errors import FaultLog
from lastmile.network import RoadData, read_roads

Way = tuple[Sequence[int], Mapping[str, str]]

NODES = {
    # A square block of two units a side, with a dead end to the east and an island far north.
    1: (0.0, 0.0),
    2: (1.0, 0.0),
    3: (2.0, 0.0),
    4: (2.0, 1.0),
    5: (2.0, 2.0),
    6: (0.0, 2.0),
    7: (0.0, 1.0),
    8: (4.0, 0.0),
    20: (1.0, 3.0),
    21: (2.0, 3.0),
}
WAYS: dict[int, Way] = {
    100: ((1, 2, 3), {"highway": "residential", "name": "南街"}),
    101: ((3, 4, 5), {"highway": "residential", "oneway": "yes", "maxspeed": "36"}),
    102: ((5, 6), {"highway": "residential"}),
    103: ((6, 7, 1), {"highway": "footway"}),
    104: ((3, 8), {"highway": "motorway"}),
    105: ((20, 21), {"highway": "residential"}),
}


def town_text(
    nodes: Mapping[int, tuple[float, float]],
    ways: Mapping[int, Way],
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    relations: Sequence[tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]] = (),
) -> str:
    """Write OSM XML; coordinates in thousandths of a degree, members as (type, id, role)."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    for ref, (x, y) in nodes.items():
        lines.append(f'<node id="{ref}" version="1" lon="{x / 1000:.7f}" lat="{y / 1000:.7f}">')
        tags = (node_tags or {}).get(ref, {})
        lines += [f'<tag k="{key}" v={quoteattr(value)}/>' for key, value in tags.items()]
        lines.append("</node>")
    for ref, (members, tags) in ways.items():
        lines.append(f'<way id="{ref}" version="1">')
        lines += [f'<nd ref="{member}"/>' for member in members]
        lines += [f'<tag k="{key}" v={quoteattr(value)}/>' for key, value in tags.items()]
        lines.append("</way>")
    for ref, (members, tags) in enumerate(relations, 1):
        lines.append(f'<relation id="{ref}" version="1">')
        lines += [f'<member type="{kind}" ref="{to}" role="{role}"/>' for kind, to, role in members]
        lines += [f'<tag k="{key}" v={quoteattr(value)}/>' for key, value in tags.items()]
        lines.append("</relation>")
    return "\n".join([*lines, "</osm>"])


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., RoadData]:
    """Write a town to a file and read it back."""

    def write(
        nodes: Mapping[int, tuple[float, float]] = NODES,
        ways: Mapping[int, Way] = WAYS,
        bounds: tuple[float, float, float, float] | None = None,
        node_tags: Mapping[int, Mapping[str, str]] | None = None,
        relations: Sequence[tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]] = (),
    ) -> RoadData:
        path = tmp_path / "town.osm"
        path.write_text(town_text(nodes, ways, node_tags, relations), encoding="utf-8")
        faults = FaultLog()
        roads = read_roads(path, bounds=bounds, faults=faults)
        assert not faults.faults
        assert roads is not None
        return roads

    return write
