"""An extract becomes a walk and a van network; osmnx makes the same two beside it.

    python benchmarks/roads_reading.py [EXTRACT] [--short]

Each reads in a process of its own. osmnx cannot read .pbf, nor choose ways while it reads .osm: the
ways that are open to each profile are written as two .osm files first, which is not counted. From
them it makes a walk graph and a drive graph, the latter with speeds and travel times. It knows
neither turn restrictions nor barriers nor vehicle access; all are in our networks. A second row
has it read all roads into a single graph, without speeds: less than what was asked, and the least
that it can do.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from road_figures import Table, extract_of, fresh, has, options

SHARE_IN_SHORT = 0.12
"""Part of the roads that the short form reads: osmnx takes minutes for all."""

ROADS = ("highway", "route")


def cut(extract: Path, folder: Path, share: float) -> dict[str, str]:
    """Write the middle of the extract as .osm.pbf, unless it is all, and its ways as .osm."""
    import osmium  # noqa: PLC0415 - only in the child, so that the parent stays small

    from lastmile.errors import FaultLog  # noqa: PLC0415
    from lastmile.network import VAN, WALK, read_roads  # noqa: PLC0415
    from lastmile.network.access import way_rules  # noqa: PLC0415

    pbf = extract
    if share < 1.0:
        pbf = folder / "roads.osm.pbf"
        _copy(extract, pbf, _middle(extract, share), rules=True)
    roads = read_roads(pbf, bounds=None, faults=FaultLog())
    if roads is None:
        raise SystemExit(f"cannot read {extract}")
    made = {"pbf": str(pbf)}
    ways = {way.id for way in osmium.FileProcessor(str(pbf), osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway"))}  # fmt: skip
    chosen = {"all": ways}
    for profile in (WALK, VAN):
        is_open = way_rules(roads, profile).is_open
        chosen[profile.name] = ways & set(roads.way_ids[is_open].tolist())
    for name, kept in chosen.items():
        made[name] = str(folder / f"{name}.osm")
        _copy(pbf, Path(made[name]), kept, rules=False)
    return made


def _middle(extract: Path, share: float) -> set[int]:
    """Choose the ways nearest to the middle of all."""
    import osmium  # noqa: PLC0415

    stream = osmium.FileProcessor(str(extract), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    stream = stream.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    ways: list[tuple[int, float, float]] = []
    for way in stream.with_filter(osmium.filter.KeyFilter(*ROADS)):
        spot = next((node.location for node in way.nodes if node.location.valid()), None)
        if spot:
            ways.append((way.id, spot.lon, spot.lat))
    x0 = sorted(way[1] for way in ways)[len(ways) // 2]
    y0 = sorted(way[2] for way in ways)[len(ways) // 2]
    ways.sort(key=lambda way: max(abs(way[1] - x0), abs(way[2] - y0)))
    return {way[0] for way in ways[: round(share * len(ways))]}


def _copy(source: Path, to: Path, ways: set[int], *, rules: bool) -> None:
    """Copy ways, their nodes, and rules of turning if wanted."""
    import osmium  # noqa: PLC0415

    nodes = {
        node.ref
        for way in osmium.FileProcessor(str(source), osmium.osm.WAY)
        if way.id in ways
        for node in way.nodes
    }
    with osmium.SimpleWriter(str(to)) as writer:
        for item in osmium.FileProcessor(str(source)):
            if item.is_relation():
                wanted = rules and item.tags.get("type") == "restriction"
            else:
                wanted = item.id in (nodes if item.is_node() else ways)
            if wanted:
                writer.add(item)


def read_here(path: str) -> dict[str, float]:
    """Do our side: two networks from the extract."""
    from lastmile.errors import FaultLog  # noqa: PLC0415 - imports are told apart from the work
    from lastmile.network import VAN, WALK, build_network, read_roads  # noqa: PLC0415

    begin_s = time.process_time()
    roads = read_roads(Path(path), bounds=None, faults=FaultLog())
    if roads is None:
        raise SystemExit(f"cannot read {path}")
    read_s = time.process_time() - begin_s
    walk = build_network(roads, WALK, min_component_m=1000)
    van = build_network(roads, VAN, min_component_m=1000)
    work_s = time.process_time() - begin_s
    return {"work_s": work_s, "read_s": read_s, "walk": walk.n_edges, "van": van.n_edges}


def read_osmnx(walk: str, van: str) -> dict[str, float]:
    """Do the peer's side: a walk graph, and a drive graph with times."""
    import osmnx  # noqa: PLC0415 - a peer, present only with the bench extra

    begin_s = time.process_time()
    on_foot = osmnx.graph_from_xml(walk, bidirectional=True, simplify=True, retain_all=True)
    driven = osmnx.graph_from_xml(van, simplify=True, retain_all=True)
    driven = osmnx.add_edge_travel_times(osmnx.add_edge_speeds(driven))
    work_s = time.process_time() - begin_s
    return {"work_s": work_s, "walk": len(on_foot.edges), "van": len(driven.edges)}


def read_osmnx_once(path: str) -> dict[str, float]:
    """One graph of all roads."""
    import osmnx  # noqa: PLC0415

    begin_s = time.process_time()
    graph = osmnx.graph_from_xml(path, bidirectional=True, simplify=True, retain_all=True)
    return {"work_s": time.process_time() - begin_s, "edges": len(graph.edges)}


def compare(table: Table, made: dict[str, str], *, whole: bool) -> None:
    here = Path(__file__)
    fresh(here, "here", made["pbf"])  # compiles what is not compiled yet
    own = fresh(here, "here", made["pbf"])
    facts = json.loads(own.output)
    print(f"{facts['walk']} walk and {facts['van']} van edges")
    table.add("read the extract", facts["read_s"], "CPU s")
    table.add("build both networks", facts["work_s"] - facts["read_s"], "CPU s")
    two, two_s, one_s = None, None, None
    if has("osmnx"):
        two = fresh(here, "osmnx", made["walk"], made["van"])
        two_s = json.loads(two.output)["work_s"]
        one_s = json.loads(fresh(here, "osmnx once", made["all"]).output)["work_s"]
    who = "osmnx from XML" if two else "osmnx absent"
    table.add("extract to walk and van networks, imports not counted", facts["work_s"], "CPU s",
              peer=(who, two_s), times_less=25 if whole else None)  # fmt: skip
    table.add("the same, beside a single graph of all roads without times", facts["work_s"],
              "CPU s", peer=(who, one_s))  # fmt: skip
    table.add("the same, whole processes", own.cpu_s, "CPU s",
              peer=(who, two.cpu_s if two else None))  # fmt: skip
    table.add("peak memory of that process", own.peak_mb, "MB",
              peer=(who, two.peak_mb if two else None), at_most=400 if whole else None)  # fmt: skip


def main() -> None:
    given = options(__doc__).parse_args()
    table = Table("roads_reading")
    with tempfile.TemporaryDirectory() as name:
        extract = extract_of(given, Path(name))
        share = SHARE_IN_SHORT if given.short else 1.0
        print(f"{extract.name}, {100 * share:.0f} % of its roads: ", end="", flush=True)
        made = fresh(Path(__file__), "cut", str(extract), name, str(share))
        # What a process does once weighs more on a small part, and memory says nothing.
        compare(table, json.loads(made.output), whole=share == 1.0)
    table.write()


SIDES = {"cut": lambda extract, folder, share: cut(Path(extract), Path(folder), float(share)),
         "here": read_here, "osmnx": read_osmnx, "osmnx once": read_osmnx_once}  # fmt: skip

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in SIDES:
        print(json.dumps(SIDES[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
