"""The base map: the road network itself, by class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lastmile.cartography import encode
from lastmile.cartography.layers import thinned_lines

ROAD_CLASSES: Final = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "minor", "foot",
)  # fmt: skip
"""Classes the map tells apart, the broadest first."""

_CLASS_OF: Final[Mapping[str, str]] = {
    **{name: name for name in ROAD_CLASSES[:5]},
    **dict.fromkeys(
        ("footway", "path", "pedestrian", "steps", "cycleway", "track", "bridleway", "corridor"),
        "foot",
    ),
}

_NAMED: Final = frozenset(ROAD_CLASSES[:5])
"""Classes whose names are written along the line; minor streets would crowd the page."""


def road_blocks(roads: gpd.GeoDataFrame) -> dict[str, Any]:
    """Describe the road network, one block per class.

    Parameters
    ----------
    roads
        Layer ``roads``.

    Returns
    -------
    dict
        ``names`` (the first is '') and ``blocks``, each with its ``class``, its lines as
        ``encode.encode_lines`` writes them, and the position of every line's name.
    """
    lines, row = thinned_lines(roads)
    highway = roads["highway"].astype(str).str.removesuffix("_link").to_numpy()[row]
    name = roads["name"].fillna("").astype(str).to_numpy()[row]
    kind = pd.Series(highway).map(_CLASS_OF).fillna("minor").to_numpy()
    named = np.isin(kind, sorted(_NAMED))
    names = ["", *sorted(set(name[named]) - {""})]
    name_position = np.where(named, np.maximum(pd.Index(names).get_indexer(name), 0), 0)
    start = shapely.get_coordinates(shapely.get_point(lines, 0))
    order = encode.drawing_order(start)
    blocks = []
    for road_class in ROAD_CLASSES:
        mine = order[kind[order] == road_class]
        text, kept = encode.encode_lines(lines[mine])
        if len(kept):
            position = name_position[mine[kept]]
            coded = encode.encode_counts(position) if position.any() else ""
            blocks.append({"class": road_class, **text, "name": coded})
    return {"names": names, "blocks": blocks}
