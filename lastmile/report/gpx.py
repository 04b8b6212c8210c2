"""One route as GPX: its stops as waypoints, its line as a track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gpxpy.gpx
import shapely
from shapely import LineString, Point

from lastmile.report.clean import figure, text
from lastmile.report.routes import clock
from lastmile.report.texts import Wording

_DECIMALS = 7
"""About a centimetre."""


def route_gpx(
    route: Mapping[str, Any],
    stops: list[dict[str, Any]],
    depot: tuple[str, Any],
    words: Wording,
    notice: str,
    credit: str,
) -> str:
    """Write a route as GPX 1.1, without the time of writing, so that equal routes are equal.

    Parameters
    ----------
    route
        A row of the plan's routes layer.
    stops
        Rows of the stops layer, in driving order.
    depot
        Name of the depot, and its point or None.
    words
        The language of descriptions.
    notice
        What must be known of the whole plan, as that it is a sample; '' for nothing.
    credit
        Whose roads the track follows, where they are OpenStreetMap's; '' for nobody.

    Returns
    -------
    str
        The file's content. Times stand as text: a plan is for any day.
    """
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "lastmile"
    gpx.name = text(route["id"])
    gpx.description = text(notice) or None
    if credit:
        gpx.copyright_author = credit
        gpx.copyright_license = "https://opendatacommons.org/licenses/odbl/1-0/"
    depot_name, depot_point = depot
    if depot_point is not None and not depot_point.is_empty:
        times = (clock(figure(route["start_s"])), clock(figure(route["end_s"])))
        gpx.waypoints.append(
            _waypoint(depot_point, f"0 {depot_name}", words.filled("gpx_depot", *times))
        )
    for number, stop in enumerate(stops, 1):
        point = stop["geometry"]
        if point is None or point.is_empty:
            continue
        told = words.filled(
            "gpx_times",
            clock(figure(stop["arrival_s"])),
            clock(figure(stop["departure_s"])),
            f"{figure(stop['load_parcels']) or 0:.0f}",
        )
        gpx.waypoints.append(_waypoint(point, f"{number} {text(stop['name'])}".strip(), told))
    gpx.tracks.append(_track(text(route["id"]), route["geometry"]))
    return str(gpx.to_xml(version="1.1")) + "\n"


def _waypoint(point: Point, name: str, description: str) -> gpxpy.gpx.GPXWaypoint:
    return gpxpy.gpx.GPXWaypoint(
        latitude=round(point.y, _DECIMALS),
        longitude=round(point.x, _DECIMALS),
        name=name,
        description=description,
    )


def _track(name: str, line: LineString | None) -> gpxpy.gpx.GPXTrack:
    track = gpxpy.gpx.GPXTrack(name=name)
    if line is None:
        return track
    for part in shapely.get_parts(line):
        segment = gpxpy.gpx.GPXTrackSegment()
        for lon, lat in shapely.get_coordinates(part).tolist():
            segment.points.append(
                gpxpy.gpx.GPXTrackPoint(round(lat, _DECIMALS), round(lon, _DECIMALS))
            )
        track.segments.append(segment)
    return track
