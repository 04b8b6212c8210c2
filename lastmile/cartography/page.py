"""One page from one plan: Folium's map, without the network it usually needs."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any, Final

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from lastmile.cartography import assets, layers, roads
from lastmile.cartography.facts import title_facts
from lastmile.cartography.texts import TEXTS
from lastmile.plans import Plan

COVERAGE_BREAKS: Final = (0.5, 0.7, 0.85, 0.95)
"""Lower ends of the upper four classes of covered share; fixed, so that maps compare."""


class PlanMap(folium.Map):
    """A Folium map that asks the network for nothing.

    Layers of Folium that need no further scripts can be added to it as to any map.
    """

    def __init__(self, centre_lat_lon: tuple[float, float]) -> None:
        super().__init__(
            location=centre_lat_lon,
            zoom_start=11,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            fade_animation=False,
            zoom_snap=0.25,
            zoom_delta=0.5,
            wheel_px_per_zoom_level=90,
            max_zoom=19,
            min_zoom=5,
        )
        # Folium's own lists name the servers its pages load from.
        self.default_js = []
        self.default_css = []


class PlanLayers(MacroElement):
    """The plan's layers, drawn on two canvases by the page's own script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = lastmileMap(
            {{ this._parent.get_name() }},
            JSON.parse(document.getElementById("{{ this.get_name() }}").textContent)
        );
        {% endmacro %}
        """
    )

    def __init__(self, content: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it untyped
        self._name = "PlanLayers"
        self.json = _script_safe(content)

    def render(self, **context: object) -> str:
        """Put the data into the page as they stand.

        What a macro returns is read as a template once more, and names of shops and streets come
        from anywhere: braces in them must stay braces, not become code.
        """
        data = f'<script type="application/json" id="{self.get_name()}">{self.json}</script>'
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise TypeError("the plan's layers stand on a map in a branca Figure")
        figure.html.add_child(_Verbatim(data), name=self.get_name())
        super().render(**context)  # type: ignore[no-untyped-call]  # branca leaves it untyped
        return ""


def build_map(plan: Plan) -> PlanMap:
    """Draw a plan.

    Parameters
    ----------
    plan
        The plan; one that was loaded serves as well as one just computed.

    Returns
    -------
    PlanMap
        A ``folium.Map``. Shown in a notebook, or saved with ``save``, it is the page that
        ``write_map`` writes.
    """
    west, south, east, north = layers.bounds(plan.layers)
    page = PlanMap(((south + north) / 2.0, (west + east) / 2.0))
    overlay = PlanLayers(_content(plan, (west, south, east, north)))
    page.add_child(overlay)
    # Folium names its parts at random; equal plans must give equal bytes.
    page._id, overlay._id = "plan", "data"  # noqa: SLF001 - there is no public way
    figure = _figure(page)
    figure.title = html.escape(plan.scenario.name)
    _fill_header(figure)
    return page


def write_map(plan: Plan, path: Path) -> None:
    """Write a plan's map as one HTML file that opens with the network unplugged.

    Parameters
    ----------
    plan
        The plan to be drawn.
    path
        The file to write; its folder must exist.
    """
    path.write_text(_figure(build_map(plan)).render(), encoding="utf-8", newline="\n")


def _figure(page: PlanMap) -> Figure:
    root = page.get_root()
    if not isinstance(root, Figure):
        raise TypeError("a Folium map stands in a branca Figure")
    return root


def _fill_header(figure: Figure) -> None:
    icons = _script_safe(dict(assets.marker_images()))
    parts = {
        "leaflet_css": f"<style>{assets.leaflet_style()}</style>",
        "page_css": f"<style>{assets.page_style()}</style>",
        "leaflet_js": f"<script>{assets.leaflet_script()}</script>",
        "icons_js": f"<script>delete L.Icon.Default.prototype._getIconUrl;"
        f"L.Icon.Default.mergeOptions({icons});</script>",
        "page_js": f"<script>{assets.page_script()}</script>",
    }
    for name, text in parts.items():
        figure.header.add_child(_Verbatim(text), name=name)


class _Verbatim(Element):
    """Text that renders as itself: read as a template, Leaflet's braces would be Jinja's."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_context: object) -> str:
        return self._text


def _content(plan: Plan, bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    station_layer = layers.stations(plan.layers["stations"], plan.layers["sites"])
    route_layer = layers.routes(plan.layers["routes"])
    language = plan.scenario.output.language
    return {
        "language": language,
        "texts": TEXTS[language],
        "facts": title_facts(plan),
        "bounds": bounds,
        "breaks": COVERAGE_BREAKS,
        "outline": layers.area_outline(plan.layers["units"]),
        "units": layers.unit_levels(plan.layers["units"]),
        "roads": roads.road_blocks(plan.layers["roads"]),
        "demand": layers.demand_points(plan.layers["demand"], station_layer["id"]),
        "stations": station_layer,
        "catchments": layers.catchments(plan.layers["catchments"], station_layer["id"]),
        "closed": layers.closed_sites(plan.layers["sites"]),
        "centres": layers.centres(plan.layers["centres"]),
        "routes": route_layer,
        "stops": layers.stops(plan.layers["stops"], route_layer["id"], station_layer["id"]),
        "unserved": layers.unserved(plan.layers["unserved"], station_layer["id"]),
    }


def _script_safe(content: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    escapes = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
    for character, escape in {**escapes, "\u2028": "\\u2028", "\u2029": "\\u2029"}.items():
        text = text.replace(character, escape)
    return text
