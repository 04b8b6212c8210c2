"""GraphML files as osmnx saves them → :class:`RoadData`, without networkx."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import shapely

from lastmile.errors import FaultLog
from lastmile.network.boxes import whole_box
from lastmile.network.emptiness import add_empty
from lastmile.network.graphs import Attributes, RoadGraph, crs_text, graph_extent, roads_from_graph
from lastmile.network.roads import Bounds, RoadData

_SPACE: Final = "{http://graphml.graphdrawing.org/xmlns}"


def read_graphml(path: Path, bounds: Bounds | None, faults: FaultLog) -> RoadData | None:
    """Read the roads of an area from a graph that osmnx saved.

    Parameters
    ----------
    path
        A ``.graphml`` file.
    bounds, faults
        As in :func:`~lastmile.network.reading.read_roads`.

    Returns
    -------
    RoadData or None
        None if a fault was noted.
    """
    try:
        graph = _parsed(path)
        roads = roads_from_graph(graph, whole_box(bounds), str(path))
    except (ET.ParseError, OSError, ValueError, LookupError) as error:
        faults.add(
            path,
            "",
            found=f"a file that is no graph of roads ({error})",
            expected="a whole GraphML file as osmnx saves it",
            remedy="save the graph again, with osmnx.save_graphml",
        )
        return None
    if not roads.n_ways:
        add_empty(str(path), bounds, len(graph.edges), graph_extent(graph), faults)
        return None
    return roads


def _parsed(path: Path) -> RoadGraph:
    names: dict[str, str] = {}
    nodes: dict[Hashable, Attributes] = {}
    edges: list[tuple[Hashable, Hashable, Attributes]] = []
    crs, is_directed, is_graph = "", True, False
    for element, parent in _elements(path):
        if element.tag == f"{_SPACE}key":
            names[element.get("id", "")] = element.get("attr.name", "")
        elif element.tag == f"{_SPACE}node":
            nodes[element.attrib["id"]] = _facts(element, names)
        elif element.tag == f"{_SPACE}edge":
            ends = (element.attrib["source"], element.attrib["target"])
            edges.append((*ends, _facts(element, names)))
        elif element.tag == f"{_SPACE}graph":
            is_graph = True
            is_directed = element.get("edgedefault", "directed") == "directed"
            crs = str(_facts(element, names).get("crs", ""))
            continue
        else:
            continue
        if parent is not None:
            parent.remove(element)  # what has been read is not kept
    if not is_graph:
        raise ValueError("it holds no graph")
    for start, end, _ in edges:
        nodes.setdefault(start, {})
        nodes.setdefault(end, {})
    return RoadGraph(nodes, edges, is_directed, crs_text(crs))


def _elements(path: Path) -> Iterator[tuple[ET.Element, ET.Element | None]]:
    """Every element when it ends, with the one around it."""
    around: list[ET.Element] = []
    for event, element in ET.iterparse(path, events=("start", "end")):  # noqa: S314 - expat bounds what entities may grow to
        if event == "start":
            around.append(element)
        else:
            around.pop()
            yield element, around[-1] if around else None


def _facts(element: ET.Element, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        names.get(data.get("key", ""), ""): _value(names.get(data.get("key", "")), data.text or "")
        for data in element.findall(f"{_SPACE}data")
    }


def _value(name: str | None, text: str) -> object:
    """Read a value: osmnx writes lists as Python does, and shapes as WKT."""
    if name == "geometry":
        return shapely.from_wkt(text, on_invalid="ignore")
    if text.startswith("[") and text.endswith("]"):
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text
        except (RecursionError, MemoryError):  # what no program saves, whatever it is meant for
            raise ValueError(f"an attribute {name!r} nested too deeply") from None
    return text
