"""The map of suspicious places: one SVG that prints, and needs neither network nor script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.findings import Suspect
from lastmile.health import Ground
from lastmile.health_page.drawing import ground_paths
from lastmile.health_page.frame import Floats, Frame, frame_of
from lastmile.health_page.markup import escaped
from lastmile.health_page.numbered import KNOWN_KINDS, Numbered
from lastmile.health_page.texts import Words

_PINS: Final = (
    '<path d="M0-9 9 7H-9z"/>',
    '<path d="M0-9 9 0 0 9-9 0z"/>',
    '<path d="M-7-7H7V7H-7z"/>',
    '<circle r="8"/>',
    '<path d="M-4-9H4L9-4V4L4 9H-4L-9 4V-4z"/>',
    '<path d="M0 9-9-7H9z"/>',
)
"""Shapes of the kinds, so that colour is never all that tells them apart."""

_EDGE: Final = 12.0
"""Drawing units from the edge at which places beyond it are drawn."""


@dataclass(frozen=True, slots=True)
class Style:
    """How places of one kind are drawn."""

    shape: int
    """Position in ``_PINS``."""

    colour: int
    """Number of the class ``k`` in the style sheet; there are as many colours as shapes."""


def styles_of(marks: Numbered) -> Mapping[str, Style]:
    """Give each kind its shape and colour: known kinds the same on every page, others the rest.

    The first six kinds differ in both; then every shape comes back in another colour.
    """
    known = {kind: _style(k) for k, kind in enumerate(KNOWN_KINDS)}
    others = (kind for kind in marks.kinds if kind not in known)
    free = len(_PINS) ** 2 - len(known)
    return known | {kind: _style(len(known) + k % free) for k, kind in enumerate(others)}


def _style(k: int) -> Style:
    n = len(_PINS)
    return Style(k % n, (k + k // n) % n)


def draw_map(ground: Ground, marks: Numbered, words: Words, title: str) -> tuple[str, int]:
    """Draw the map.

    Parameters
    ----------
    ground
        What lies under the places.
    marks
        The suspicious places.
    words
        Of the page's language.
    title
        Name of the drawing.

    Returns
    -------
    tuple
        The SVG, '' where there is nothing to draw on; and how many places lie beyond its edge.
    """
    frame = frame_of(ground)
    if frame is None:
        return "", 0
    parts = [*ground_paths(ground, frame), *_rest(marks, frame)]
    pins, n_beyond = _pins(marks, frame, words)
    size = f"0 0 {frame.width:.0f} {frame.height:.0f}"
    svg = (
        f'<svg id="map-svg" viewBox="{size}" role="group" tabindex="0" '
        f'aria-labelledby="map-title map-desc" preserveAspectRatio="xMidYMid meet">'
        f'<title id="map-title">{escaped(title)}</title>'
        f'<desc id="map-desc">{escaped(words("map_alt"))}</desc>'
        f"{''.join(parts)}{pins}{_furniture(frame, words)}</svg>"
    )
    return svg, n_beyond


def pin(style: Style) -> str:
    """Return a kind's shape as a small drawing of its own, for legend and table."""
    return (
        f'<svg class="sign" viewBox="-11 -11 22 22" aria-hidden="true">'
        f'<g class="pin k{style.colour}">{_PINS[style.shape]}</g></svg>'
    )


def _pins(marks: Numbered, frame: Frame, words: Words) -> tuple[str, int]:
    styles = styles_of(marks)
    places = [suspect for _, suspect in marks.listed]
    xy, beyond = _on_sheet(places, frame)
    drawn = []
    for (number, suspect), (x, y) in zip(marks.listed, xy.tolist(), strict=True):
        kind = words.named("kind", suspect.kind)
        label = f"{number}: {kind}, {suspect.file} {suspect.where}"
        style = styles[suspect.kind]
        drawn.append(
            f'<a href="#s{number}" id="m{number}" class="mark" aria-label="{escaped(label)}">'
            f'<g transform="translate({x:.1f} {y:.1f})"><g class="pin k{style.colour}">'
            f'{_PINS[style.shape]}<text x="11" y="4">{number}</text></g></g>'
            f"<title>{escaped(label)}</title></a>"
        )
    return "".join(drawn), int(beyond.sum())


def _rest(marks: Numbered, frame: Frame) -> Iterator[str]:
    """Draw what is not listed as small dots, a path for each kind."""
    styles = styles_of(marks)
    for kind in marks.kinds:
        places = [suspect for suspect in marks.rest if suspect.kind == kind]
        if places:
            spots = np.unique(np.rint(_on_sheet(places, frame)[0]).astype(np.int64), axis=0)
            path = "".join(f"M{x} {y}h0" for x, y in spots)
            yield f'<path class="rest k{styles[kind].colour}" d="{path}"/>'


def _on_sheet(places: list[Suspect], frame: Frame) -> tuple[Floats, NDArray[np.bool_]]:
    """Place on the sheet, at its edge what lies beyond; what has no position at its corner."""
    lon = np.array([place.lon for place in places], dtype=np.float64)
    lat = np.array([place.lat for place in places], dtype=np.float64)
    globe = [np.clip(np.nan_to_num(degrees, nan=-999.0), -999.0, 999.0) for degrees in (lon, lat)]
    xy = frame.xy(*globe)
    far = np.array([frame.width, frame.height])
    beyond: NDArray[np.bool_] = np.any((xy < 0.0) | (xy > far), axis=1)
    return np.clip(xy, _EDGE, far - _EDGE) if beyond.any() else xy, beyond


def _furniture(frame: Frame, words: Words) -> str:
    """Draw the scale bar and the north arrow."""
    km, length = frame.scale_bar
    x, y = 16.0, frame.height - 16.0
    right = frame.width - 24.0
    return (
        f'<g class="furniture" aria-hidden="true"><path class="bar" d="M{x:g} {y - 5:.1f}v5h'
        f'{length:.1f}v-5"/><text x="{x + 4:g}" y="{y - 8:.1f}">{km:g} km</text>'
        f'<path class="arrow" d="M{right:.1f} 14l7 20-7-5-7 5z"/>'
        f'<text x="{right:.1f}" y="50" text-anchor="middle">{escaped(words("north"))}</text></g>'
    )
