"""Refuses boundary layers whose stated system the known outlines contradict."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import Floats, from_wgs84, working_crs
from lastmile.places.crs_evidence import Weighing, judged
from lastmile.places.crs_outlines import weigh_outlines
from lastmile.places.crs_projected import best_placing, is_misplaced, looks_like_degrees, placing
from lastmile.places.crs_telling import (
    record,
    refuse,
    refuse_pair,
    refuse_placing,
    stated_system,
    unconfirmed_note,
    unstated,
)
from lastmile.places.crs_units import KnownUnits, short_code, weigh_units
from lastmile.places.known_outlines import county_outlines
from lastmile.places.notes import Note
from lastmile.places.positions import is_geographic
from lastmile.places.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class OutlineLayer:
    """A boundary layer as it was read."""

    key: str
    """Name of its table in the scenario: ``boundaries[0]``."""

    file: str
    crs: str
    """The system in which it was read, with whatever right."""

    codes: tuple[str, ...]
    shapes: NDArray[np.object_]
    """Shape (units,). Polygons, EPSG:4326."""


def check_boundaries(layers: Sequence[OutlineLayer], faults: FaultLog) -> tuple[Note, ...]:
    """Hold every boundary layer against the counties of China and the layers told before it.

    Parameters
    ----------
    layers
        In the order of the scenario.
    faults
        Where refusals are reported; findings take the evidence of every layer.

    Returns
    -------
    tuple of Note
        For each layer whose system could be neither confirmed nor refuted.
    """
    notes: list[Note] = []
    open_layers: list[OutlineLayer] = []
    told: list[NDArray[np.object_]] = []
    for layer in layers:
        if not is_geographic(layer.crs):
            continue  # looked at when it was read: refuse_misplaced_outlines
        weighings = _weighed(*_as_stated(layer.shapes, layer.crs), told)
        middles = _as_stated(shapely.point_on_surface(layer.shapes), layer.crs)
        weighings += _units_weighed(*middles, layer.codes)
        judgement = judged(weighings, stated_system(layer.crs))
        record(layer.key, layer.file, layer.crs, judgement, faults)
        if judgement.verdict == "refuted":
            refuse(layer.key, layer.file, layer.crs, judgement, faults)
        elif judgement.verdict == "confirmed":
            told.append(layer.shapes)
        else:
            notes.append(unconfirmed_note(layer.key, layer.crs))
            open_layers.append(layer)
    _refuse_contradictions(open_layers, faults)
    return tuple(notes)


def _refuse_contradictions(layers: Sequence[OutlineLayer], faults: FaultLog) -> None:
    """Refuse layers whose common borders lie apart, where the evidence tells neither."""
    for one, other in itertools.combinations(layers, 2):
        lon, lat = _as_stated(other.shapes, other.crs)
        plane = working_crs(float(lon.mean()))
        weighing = weigh_outlines(lon, lat, one.shapes, plane)
        if weighing is None:
            continue
        judgement = judged([weighing], stated_system(other.crs))
        if judgement.verdict == "refuted":
            stated = (other.key, other.file, other.crs)
            refuse_pair(stated, (one.key, one.crs), judgement, faults)
            # One of the two is wrong, nobody knows which: neither is held against points.
            faults.findings.crs[:] = [
                replace(finding, verdict="refuted", proposal=judgement.proposal)
                if finding.key in (one.key, other.key)
                else finding
                for finding in faults.findings.crs
            ]


def refuse_unstated_outlines(
    shapes: NDArray[np.object_], frame: pd.DataFrame, file: str, key: str, faults: FaultLog
) -> None:
    """Refuse a layer of polygons that states no system, and propose one.

    Parameters
    ----------
    shapes
        Shape (units,). In their own system.
    frame
        Their text cells, among which codes are looked for.
    file
        The file, for the fault.
    key
        Name of the layer's table in the scenario.
    faults
        Where the refusal is reported.
    """
    x, y = shapely.get_coordinates(shapes).T
    if not len(x):
        unstated(key, file, judged((), ""), faults)
    elif looks_like_degrees(x, y):
        unstated(key, file, judged(_weighed(x, y, ()), ""), faults)
    else:
        area = _counties_of(frame)
        found = None if area is None else best_placing(x, y, area)
        if found is None:
            unstated(key, file, judged((), ""), faults)
        else:
            refuse_placing(key, file, "", found, faults)


def refuse_misplaced_outlines(table: Table, crs: str, key: str, faults: FaultLog) -> bool:
    """Refuse polygons in a projected system that puts them far from the counties of their codes.

    Parameters
    ----------
    table
        The polygons in their own system.
    crs
        The stated system.
    key
        Name of the layer's table in the scenario.
    faults
        Where the refusal is reported.

    Returns
    -------
    bool
        Whether they are refused.
    """
    x, y = shapely.get_coordinates(table.geometry).T
    area = None if is_geographic(crs) or not len(x) else _counties_of(table.frame)
    if area is None or not is_misplaced(placing(x, y, crs, area)):
        return False
    found = best_placing(x, y, area)
    if found is None or (found.crs == crs and not found.is_exchanged):
        return False
    refuse_placing(key, table.file, crs, found, faults)
    return True


def _as_stated(shapes: NDArray[np.object_], crs: str) -> tuple[Floats, Floats]:
    """Return the corners of WGS84 shapes as they stood in the file, which was read in ``crs``."""
    lon, lat = shapely.get_coordinates(shapes).T
    return from_wgs84(lon, lat, crs)


def _weighed(lon: Floats, lat: Floats, told: Sequence[NDArray[np.object_]]) -> list[Weighing]:
    """Weigh corners against the counties and the outlines of other layers."""
    west, east = float(lon.min()), float(lon.max())
    counties = county_outlines((west, float(lat.min()), east, float(lat.max())))
    plane: pyproj.CRS = working_crs((west + east) / 2.0)
    known = np.concatenate([np.array(list(counties.values()), dtype=object), *told])
    found = weigh_outlines(lon, lat, known, plane)
    return [] if found is None else [found]


def _units_weighed(lon: Floats, lat: Floats, codes: Sequence[str]) -> list[Weighing]:
    """Weigh a point of each unit against the county of the unit's code."""
    bounds = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    known = KnownUnits(county_outlines(bounds), {})
    found = weigh_units(pd.DataFrame({"code": list(codes)}), lon, lat, known)
    return [] if found is None else [found]


def _counties_of(frame: pd.DataFrame) -> shapely.Geometry | None:
    """Join the counties that the codes in any column name; None when they name none."""
    cells = {str(cell) for column in frame.columns for cell in frame[column]}
    wanted = {short_code(cell)[:6] for cell in cells}
    counties = county_outlines((73.0, 3.0, 136.0, 54.0))
    shapes = [counties[code] for code in sorted(wanted) if code in counties]
    return shapely.union_all(shapes) if shapes else None
