"""Leaflet and the page's own style and script, as text to put into the page."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

from xstatic.pkg import leaflet

SCRIPTS: Final = (
    "core.js",
    "canvas.js",
    "units.js",
    "roads.js",
    "demand.js",
    "stations.js",
    "routes.js",
    "popups.js",
    "panel.js",
    "main.js",
)
"""The page's own scripts, in the order in which they build on each other."""

_URL: Final = re.compile(r"url\((['\"]?)(images/[\w.-]+\.png)\1\)")
_SOURCE_MAP: Final = re.compile(r"//# sourceMappingURL=\S+")


def leaflet_style() -> str:
    """Leaflet's style sheet, its images inside."""
    folder = Path(leaflet.BASE_DIR)
    text = (folder / "leaflet.css").read_text(encoding="utf-8")
    return _URL.sub(lambda match: f"url({_image(folder / match[2])})", text)


def leaflet_script() -> str:
    """Leaflet itself, without the note that makes browsers ask for its source map."""
    text = (Path(leaflet.BASE_DIR) / "leaflet.js").read_text(encoding="utf-8")
    return _SOURCE_MAP.sub("", text)


def marker_images() -> Mapping[str, str]:
    """Images of Leaflet's default marker, for those who add markers to the map themselves."""
    images = Path(leaflet.BASE_DIR) / "images"
    return {
        "iconUrl": _image(images / "marker-icon.png"),
        "iconRetinaUrl": _image(images / "marker-icon-2x.png"),
        "shadowUrl": _image(images / "marker-shadow.png"),
    }


def page_style() -> str:
    """Style sheet of the page."""
    return _own("page.css")


def page_script() -> str:
    """Script of the page: one scope, one name (``lastmileMap``) seen from outside."""
    parts = "\n".join(_own(name) for name in SCRIPTS)
    return f'(function () {{\n"use strict";\n{parts}\nwindow.lastmileMap = lastmileMap;\n}})();'


def _own(name: str) -> str:
    return (resources.files("lastmile.cartography") / "web" / name).read_text(encoding="utf-8")


def _image(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
