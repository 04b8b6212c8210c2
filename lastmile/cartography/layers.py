"""The plan's layers as the page reads them: columns of plain values and coded geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lastmile.cartography import encode

REASONS: Final = (
    "", "off_network", "no_candidate_in_reach", "forbidden", "budget", "capacity", "share_met",
    "not_open",
)  # fmt: skip
"""Reasons of demand points in the order of their codes; unknown ones are coded behind."""

MAX_NAMED_SITES: Final = 20_000
"""Above this many sites left closed, the page gets their places without their names."""

MAX_TEXT_CHARACTERS: Final = 1_000_000
"""Names or remedies of demand points are left to the report when they would take more room."""

_SIMPLIFY_DEG: Final = 1.5e-5
"""Lines are thinned by at most this, 1.7 m: below half a pixel at zoom 15."""

_LEVELS: Final = ("district", "township", "community")


def unit_levels(units: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Describe the units, one entry per level present, coarsest first."""
    levels = [_unit_level(level, units[(units["level"] == level).to_numpy()]) for level in _LEVELS]
    return [level for level in levels if level["code"]]


def _unit_level(level: str, units: gpd.GeoDataFrame) -> dict[str, Any]:
    units, shapes = _with_shape(units)
    shapes = shapely.simplify(shapes, _SIMPLIFY_DEG, preserve_topology=True)
    parts, unit = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    text, kept = encode.encode_lines(rings)
    labels = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return {
        "level": level,
        **_columns(units, ("code", "name", "class")),
        **_numbers(units, ("people", "covered_people", "covered_share")),
        "estimated": units["estimated"].astype(int).tolist(),
        "rings": {**text, "unit": encode.encode_signed(unit[part][kept])},
        "label": encode.encode_points(labels),
    }


def area_outline(units: gpd.GeoDataFrame) -> dict[str, str]:
    """Outline of the area: the union of its coarsest units."""
    shapes = np.empty(0, dtype=object)
    for level in _LEVELS:
        shapes = _with_shape(units[(units["level"] == level).to_numpy()])[1]
        if len(shapes):
            break
    union = shapely.simplify(shapely.union_all(shapes), _SIMPLIFY_DEG)
    polygons = shapely.get_parts(union)
    is_area = shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
    return encode.encode_lines(shapely.get_rings(polygons[is_area]))[0]


def demand_points(demand: gpd.GeoDataFrame, station_ids: Sequence[str]) -> dict[str, Any]:
    """Describe the demand points column by column, along a Z-curve.

    Parameters
    ----------
    demand
        Layer ``demand``.
    station_ids
        Ids of the stations, in the order in which the page holds them.
    """
    demand, shapes = _with_shape(demand)
    places = shapely.get_coordinates(shapely.centroid(shapes))
    order = encode.drawing_order(places)
    demand = demand.iloc[order]
    known = [*REASONS, *sorted(set(demand["reason"]) - set(REASONS))]
    covered = demand["covered"].to_numpy(dtype=bool)
    flags = (
        (demand["class"] == "rural").to_numpy(dtype=np.int64)
        + 2 * covered
        + 4 * _positions(demand["reason"], known)
    )
    standards = sorted(set(demand["service_distance_m"].astype(float)))
    distance_dm = demand["distance_m"].to_numpy(dtype=np.float64) * 10.0
    coded = np.where(np.isfinite(distance_dm), np.rint(distance_dm) + 1.0, 0.0)
    return {
        "n": len(demand),
        "xy": encode.encode_points(places[order]),
        "people": encode.encode_counts(_tenths(demand["people"])),
        "flags": encode.encode_counts(flags),
        "station": encode.encode_signed(_positions(demand["station_id"], ["", *station_ids])),
        "distance": encode.encode_counts(coded.astype(np.int64)),
        "standard": encode.encode_counts(_positions(demand["service_distance_m"], standards)),
        "standards": standards,
        "reasons": known,
        "covered_people": _people(demand[covered]),
        "people_by_reason": [
            _people(demand[~covered & (demand["reason"] == reason).to_numpy()]) for reason in known
        ],
        "remedy": _dictionary(demand["remedy"]),
        "name": _dictionary(_own_names(demand)),
    }


def _own_names(demand: pd.DataFrame) -> pd.Series:
    """Names that people gave; '' where the name is the id, as that of a raster's cell is."""
    name = demand["name"].fillna("").astype(str)
    return name.where(name != demand["id"].astype(str), "")


def _people(demand: pd.DataFrame) -> float:
    """People of some demand points, added up in thousandths as everywhere in the plan."""
    people: NDArray[np.float64] = np.nan_to_num(demand["people"].to_numpy(dtype=np.float64))
    return int(np.rint(people * 1000.0).astype(np.int64).sum()) / 1000.0


def _tenths(values: pd.Series) -> NDArray[np.int64]:
    tenths: NDArray[np.float64] = np.nan_to_num(values.to_numpy(dtype=np.float64)) * 10.0
    return np.rint(tenths).astype(np.int64)


def _positions(values: pd.Series, known: Sequence[Any]) -> NDArray[np.int64]:
    """Where each value stands in ``known``; 0 where it does not."""
    where: NDArray[np.intp] = pd.Index(known).get_indexer(values)
    return np.maximum(where, 0).astype(np.int64)


def _dictionary(values: pd.Series) -> dict[str, Any]:
    """Texts that repeat: each once, and which one every row has (0 for none)."""
    texts = ["", *sorted(set(values) - {""})]
    if len(texts) == 1 or sum(map(len, texts)) > MAX_TEXT_CHARACTERS:
        return {"texts": [""], "row": ""}
    return {"texts": texts, "row": encode.encode_counts(_positions(values, texts))}


def stations(frame: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Describe the open stations, with what their sites know of premises and opening."""
    frame, shapes = _with_shape(frame)
    own = pd.DataFrame(sites[["id", "premises", "opened"]]).drop_duplicates("id").set_index("id")
    own = own.reindex(frame["id"])
    return {
        **_columns(frame, ("id", "name", "kind", "role")),
        **_columns(own, ("premises",)),
        **_numbers(own, ("opened",)),
        **_numbers(frame, ("people_served", "load", "utilisation", "phase")),
        "xy": encode.encode_points(shapely.get_coordinates(shapely.centroid(shapes))),
    }


def catchments(frame: gpd.GeoDataFrame, station_ids: Sequence[str]) -> dict[str, Any]:
    """Describe the ground that each station serves: station, limit, and the rings of each row."""
    frame, shapes = _with_shape(frame)
    station = np.array(_stations_of(frame, station_ids), dtype=np.int64)
    shown = station >= 0
    parts, row = shapely.get_parts(shapes[shown], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    text, kept = encode.encode_lines(rings)
    return {
        "station": encode.encode_signed(station[shown]),
        "limit_m": frame["limit_m"].to_numpy(dtype=np.float64)[shown].tolist(),
        "rings": {**text, "row": encode.encode_signed(row[part][kept])},
    }


def closed_sites(sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Describe forbidden sites and candidates that were left closed, the forbidden first."""
    closed = sites[~sites["open"].to_numpy(dtype=bool)]
    order = np.argsort((closed["role"] != "forbidden").to_numpy(), kind="stable")
    closed, shapes = _with_shape(closed.iloc[order])
    n_forbidden = int((closed["role"] == "forbidden").sum())
    n_named = len(closed) if len(closed) <= MAX_NAMED_SITES else n_forbidden
    return {
        **_columns(closed.iloc[:n_named], ("id", "name", "kind", "premises")),
        "n_forbidden": n_forbidden,
        "xy": encode.encode_points(shapely.get_coordinates(shapely.centroid(shapes))),
    }


def centres(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Describe the centres from which routes start."""
    frame, shapes = _with_shape(frame)
    return {
        **_columns(frame, ("id", "name")),
        **_numbers(frame, ("n_routes", "load")),
        "xy": encode.encode_points(shapely.get_coordinates(shapely.centroid(shapes))),
    }


def routes(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Describe the routes and their lines, one line or several each."""
    numbers = (
        "n_stops", "distance_m", "duration_s", "load_parcels", "cost_yuan", "co2e_kg", "start_s",
        "end_s",
    )  # fmt: skip
    frame = frame.reset_index(drop=True)
    shapes = _geometry(frame)
    drawn = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    thin = shapely.simplify(shapes[drawn], _SIMPLIFY_DEG)
    lines, position = _lines(thin)
    text, kept = encode.encode_lines(lines)
    return {
        **_columns(frame, ("id", "vehicle_type", "depot_id")),
        **_numbers(frame, numbers),
        "lines": {**text, "route": encode.encode_signed(drawn[position[kept]])},
    }


def stops(
    frame: gpd.GeoDataFrame, route_ids: Sequence[str], station_ids: Sequence[str]
) -> dict[str, Any]:
    """Describe the stops: which route and station each belongs to, and its times."""
    frame, shapes = _with_shape(frame)
    return {
        **_columns(frame, ("stop_id", "name")),
        **_numbers(frame, ("sequence", "arrival_s", "departure_s", "load_parcels")),
        "route": _positions(frame["route_id"], list(route_ids)).tolist(),
        "station": _stations_of(frame, station_ids),
        "xy": encode.encode_points(shapely.get_coordinates(shapely.centroid(shapes))),
    }


def unserved(frame: gpd.GeoDataFrame, station_ids: Sequence[str]) -> dict[str, Any]:
    """Describe the stops that no route visits, and the station of each."""
    frame, shapes = _with_shape(frame)
    return {
        **_columns(frame, ("stop_id", "reason", "remedy")),
        "station": _stations_of(frame, station_ids),
        "n_stations": int(frame["station_id"].nunique()),
        "xy": encode.encode_points(shapely.get_coordinates(shapely.centroid(shapes))),
    }


def _stations_of(frame: pd.DataFrame, station_ids: Sequence[str]) -> list[int]:
    """Position of the station of each stop, -1 where it is not on the map."""
    return [int(k) - 1 for k in _positions(frame["station_id"], ["", *station_ids])]


def _columns(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, list[str]]:
    return {name: ["" if pd.isna(v) else str(v) for v in frame[name]] for name in names}


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, list[float | None]]:
    """Columns of figures to six digits behind the point, None where there is none."""
    return {
        name: [
            round(float(v), 6) if np.isfinite(v) else None
            for v in pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)
        ]
        for name in names
    }


def _geometry(frame: pd.DataFrame) -> NDArray[np.object_]:
    """Shapes of a layer; every one missing where an empty layer came without geometry."""
    if isinstance(frame, gpd.GeoDataFrame):
        return np.asarray(frame.geometry.array, dtype=object)
    return np.full(len(frame), None, dtype=object)


def _with_shape(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, NDArray[np.object_]]:
    """Rows that can be drawn, and their shapes."""
    shapes = _geometry(frame)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return frame[drawn], shapes[drawn]


def _lines(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Single lines inside ``shapes``, and the position of the shape each came from."""
    parts, position = shapely.get_parts(shapes, return_index=True)
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    return parts[is_line], position[is_line]


def thinned_lines(
    frame: gpd.GeoDataFrame,
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Single lines of a layer, thinned, and the row of each."""
    shapes = _geometry(frame)
    drawn = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    lines, position = _lines(shapely.simplify(shapes[drawn], _SIMPLIFY_DEG))
    return lines, drawn[position]


def bounds(layers: Mapping[str, pd.DataFrame]) -> tuple[float, float, float, float]:
    """West, south, east, north of the plan in degrees.

    The units decide; without them whatever there is, and without anything Changzhou.
    """
    for name in ("units", "demand", "stations", "roads"):
        shapes = _geometry(layers[name])
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if len(shapes):
            west, south, east, north = map(float, shapely.total_bounds(shapes))
            return west, south, east, north
    return 119.14, 31.15, 120.2, 32.07
