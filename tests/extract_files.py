"""Small OpenStreetMap files, written by hand and read back by osmium."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

import osmium


@dataclass
class Map:
    """Nodes ``id → (lon, lat[, tags])``, ways ``id → (refs, tags)``, relations ``id → (members,
    tags)`` with members ``(type, ref, role)``; every object has version 1 unless told."""

    nodes: dict = field(default_factory=dict)
    ways: dict = field(default_factory=dict)
    relations: dict = field(default_factory=dict)
    versions: dict = field(default_factory=dict)
    head: str = ""

    def objects(self):
        """All objects as text, by type and id."""
        for kind, table in (("n", self.nodes), ("w", self.ways), ("r", self.relations)):
            for ref in sorted(table):
                yield self._text(kind, ref)

    def text(self, objects=None):
        """The file; ``objects`` in another order, or fewer of them."""
        body = "\n".join(self.objects() if objects is None else objects)
        return f'<osm version="0.6">{self.head}\n{body}\n</osm>\n'

    def write(self, path, objects=None):
        """Write it as XML, or as what the name says."""
        text = self.text(objects)
        if path.name.endswith(".osm"):
            path.write_text(text, encoding="utf-8")
            return path
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for thing in osmium.FileProcessor(osmium.io.FileBuffer(text.encode(), "osm")):
                writer.add(thing)
        return path

    def _text(self, kind, ref):
        version = self.versions.get((kind, ref), 1)
        if kind == "n":
            lon, lat, *more = self.nodes[ref]
            tags = _tags(more[0] if more else {})
            place = f'lon="{lon:.7f}" lat="{lat:.7f}"'
            return f'<node id="{ref}" version="{version}" {place}>{tags}</node>'
        if kind == "w":
            refs, tags = self.ways[ref]
            inner = "".join(f'<nd ref="{one}"/>' for one in refs)
            return f'<way id="{ref}" version="{version}">{inner}{_tags(tags)}</way>'
        members, tags = self.relations[ref]
        names = {"n": "node", "w": "way", "r": "relation"}
        inner = "".join(
            f'<member type="{names[type_]}" ref="{one}" role="{role}"/>'
            for type_, one, role in members
        )
        return f'<relation id="{ref}" version="{version}">{inner}{_tags(tags)}</relation>'


def _tags(tags):
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def contents(path):
    """All objects of a file as plain values, in its order."""
    found = []
    for thing in osmium.FileProcessor(str(path)):
        kind, tags = thing.type_str(), dict(thing.tags)
        if kind == "n":
            more = (round(thing.location.lon, 7), round(thing.location.lat, 7))
        elif kind == "w":
            more = tuple(node.ref for node in thing.nodes)
        else:
            more = tuple((one.type, one.ref, one.role) for one in thing.members)
        found.append((kind, thing.id, thing.version, more, tags))
    return found


def ids(path, kind):
    """Ids of one type in a file, in its order."""
    types = {"n": osmium.osm.NODE, "w": osmium.osm.WAY, "r": osmium.osm.RELATION}
    return [thing.id for thing in osmium.FileProcessor(str(path), types[kind])]


ROAD = {"highway": "residential"}


def crossing():
    """Two streets that cross at node 5, a yard, a ferry, and things that are no road."""
    return Map(
        nodes={
            1: (0.000, 0.001),
            2: (0.001, 0.001),
            5: (0.002, 0.001, {"highway": "traffic_signals"}),
            3: (0.003, 0.001),
            4: (0.002, 0.000),
            6: (0.002, 0.002),
            7: (0.001, 0.002, {"barrier": "gate"}),
            8: (0.010, 0.010),
            9: (0.011, 0.010),
            10: (0.0015, 0.0015, {"shop": "convenience"}),
            11: (0.0016, 0.0015),
            12: (0.0016, 0.0016),
        },
        ways={
            100: ((1, 2, 5), {**ROAD, "name": "西街"}),
            101: ((5, 3), {**ROAD, "name": "东街", "oneway": "yes", "maxspeed": "40"}),
            102: ((4, 5), {"highway": "primary", "sidewalk": "both"}),
            103: ((5, 6), {"highway": "primary"}),
            104: ((2, 7), {"highway": "footway"}),
            105: ((8, 9), {"highway": "service"}),
            106: ((6, 8), {"route": "ferry"}),
            107: ((10, 11, 12, 10), {"building": "yes"}),
        },
        relations={
            200: (
                (("w", 102, "from"), ("n", 5, "via"), ("w", 100, "to")),
                {"type": "restriction", "restriction": "no_left_turn"},
            ),
            201: (
                (("w", 100, "from"), ("n", 5, "via"), ("w", 999, "to")),
                {"type": "restriction", "restriction": "no_right_turn"},
            ),
            202: ((("n", 10, "shop"), ("w", 107, "")), {"type": "site"}),
        },
    )
