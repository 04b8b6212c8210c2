"""Administrative units: boundary layers of every level, with their hierarchy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from lastmile.errors import FaultLog
from lastmile.findings import UnitFinding
from lastmile.places.crs_boundaries import OutlineLayer, check_boundaries
from lastmile.places.division_codes import division_code
from lastmile.places.estimated_outlines import with_estimated_outlines
from lastmile.places.files import read_table
from lastmile.places.hierarchy import nested, parent_rows
from lastmile.places.hierarchy_check import check_hierarchy
from lastmile.places.model import LEVELS, UNIT_COLUMNS
from lastmile.places.notes import Note
from lastmile.places.points import PointTable
from lastmile.places.polygons import areas_only, with_polygons
from lastmile.places.similar_units import Exclusion, excluded_units
from lastmile.places.tiling import check_tiling
from lastmile.places.unit_layers import read_layer
from lastmile.places.unit_sums import check_sums
from lastmile.places.unit_tables import joined
from lastmile.scenario import PointColumns, Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The administrative units of the planning area, EPSG:4326."""

    units: gpd.GeoDataFrame
    """``UNIT_COLUMNS``, coarsest level first, rows of a level in the order of the files."""

    area: Polygon | MultiPolygon
    """Union of the first boundary layer, without the ground of excluded units."""

    notes: tuple[Note, ...] = ()
    """What was mended, joined, estimated or left out, and where units do not fit together."""

    points: tuple[tuple[str, PointTable[PointColumns]], ...] = ()
    """Layers of points from which outlines were made, with their keys: their coordinate systems
    are yet to be tested."""

    refuted: frozenset[str] = frozenset()
    """Codes of units whose outlines stand in a system that the evidence contradicts: no other
    layer is held against them."""


def read_units(scenario: Scenario, faults: FaultLog) -> Units | None:
    """Read every boundary layer and the tables of figures that belong to it.

    Parameters
    ----------
    scenario
        Names the layers and tables, their columns and systems.
    faults
        Where missing files and columns, empty layers, repeated codes, unusable shapes, units
        outside their parent and rows without a unit are reported; reading goes on with the next.

    Returns
    -------
    Units or None
        None when the first layer, which bounds the area, cannot be used.
    """
    notes: list[Note] = []
    outlines: list[OutlineLayer] = []
    points: list[tuple[str, PointTable[PointColumns]]] = []
    units = _read_layers(scenario, faults, notes, outlines, points)
    notes += check_boundaries(outlines, faults)
    if units is None:
        return None
    steps = nested(units)
    units = joined(scenario, units, parent_rows(units, steps), faults, notes)
    units = _told_apart(units, parent_rows(units, steps))
    _report_repeated_codes(units, faults)
    parents = parent_rows(units, steps)
    notes += check_hierarchy(units, steps, parents, faults)
    notes += check_tiling(units, parents, faults)
    notes += check_sums(units, parents, faults)
    rules = {f"boundaries[{k}]": layer.similar_units for k, layer in enumerate(scenario.boundaries)}
    exclusion = excluded_units(units, parents, rules, faults)
    codes = units["code"].to_numpy()
    units["parent_code"] = [codes[row] if row >= 0 else "" for row in parents]
    faults.findings.units += _findings(units, exclusion.excluded)
    kept = _kept(units, exclusion, tuple(notes), faults)
    if kept is None:
        return None
    wrong = [finding.key for finding in faults.findings.crs if finding.verdict == "refuted"]
    refuted = units["code"][units["key"].isin(wrong)]
    return replace(kept, points=tuple(points), refuted=frozenset(map(str, refuted)))


def outline_bounds(
    path: Path, crs: str, faults: FaultLog, layer: str = ""
) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all polygons of a file's layer, in WGS84 degrees.

    Parameters
    ----------
    path
        Any vector file.
    crs
        Its system; ``file`` for the one that it states.
    faults
        Where what cannot be used is reported.
    layer
        The layer; '' for the only one that may be meant.
    """
    table = read_table(path, layer, (), faults)
    if table is not None:
        table = with_polygons(table, crs, faults, "--crs", [])
    if table is None or table.geometry is None:
        return None
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(table.geometry))
    return west, south, east, north


def _read_layers(
    scenario: Scenario,
    faults: FaultLog,
    notes: list[Note],
    outlines: list[OutlineLayer],
    points: list[tuple[str, PointTable[PointColumns]]],
) -> gpd.GeoDataFrame | None:
    """Read all layers, coarsest first; None when the first of the scenario cannot be used."""
    layers = list(enumerate(scenario.boundaries))
    if layers[0][1].outlines == "voronoi":
        faults.add(
            layers[0][1].path, "", found="points, in the layer that bounds the area",
            expected="polygons in the first boundary layer",
            remedy="put the layer of a coarser level first",
        )  # fmt: skip
        return None
    usable: list[gpd.GeoDataFrame] = []
    for position, layer in sorted(layers, key=lambda item: LEVELS.index(item[1].level)):
        frame = read_layer(layer, position, faults, notes, outlines, points)
        if frame is not None and layer.outlines == "voronoi":
            frame = _estimated(frame, usable, faults, notes)
        if frame is not None:
            usable.append(frame)
        elif position == 0:
            return None
    return gpd.GeoDataFrame(
        pd.concat(usable, ignore_index=True), geometry="geometry", crs="EPSG:4326"
    )


def _estimated(
    points: gpd.GeoDataFrame,
    read: list[gpd.GeoDataFrame],
    faults: FaultLog,
    notes: list[Note],
) -> gpd.GeoDataFrame | None:
    """Make outlines inside the nearest coarser level that was read."""
    level = LEVELS.index(points["level"].iloc[0])
    coarser = [frame for frame in read if LEVELS.index(frame["level"].iloc[0]) < level]
    if not coarser:
        faults.add(
            points["file"].iloc[0], "", found="points, and no boundary layer of a coarser level",
            expected="polygons of the level above, in which outlines are estimated",
            remedy="add that layer",
        )  # fmt: skip
        return None
    nearest = coarser[-1]["level"].iloc[0]
    above = pd.concat(
        [frame for frame in coarser if frame["level"].iloc[0] == nearest], ignore_index=True
    )
    return with_estimated_outlines(points, above, faults, notes)


def _told_apart(units: gpd.GeoDataFrame, parents: NDArray[np.int64]) -> gpd.GeoDataFrame:
    """Add the unit above to names that stand in for codes, where several units share one."""
    names = units["code"].to_numpy(dtype=object).copy()
    shared = units["code"].duplicated(keep=False).to_numpy() & ~units["is_coded"].to_numpy()
    for row in np.flatnonzero(shared & (parents >= 0)):
        names[row] = f"{units['name'].iloc[parents[row]]} {names[row]}"
    return units.assign(code=pd.Series(names, index=units.index, dtype=object))


def _report_repeated_codes(units: gpd.GeoDataFrame, faults: FaultLog) -> None:
    """Report codes of several units; inside a layer with codes its rows have been told."""
    first: dict[str, int] = {}
    for row, code in enumerate(units["code"]):
        other = first.setdefault(str(code), row)
        if other == row or not code:
            continue
        same_layer = units["key"].iloc[row] == units["key"].iloc[other]
        if same_layer and units["is_coded"].iloc[row]:
            continue
        place = f"{units['where'].iloc[other]} of {PurePath(units['file'].iloc[other]).name}"
        faults.add(
            units["file"].iloc[row], units["where"].iloc[row],
            found=f"code {code}, as in {place} ({units['level'].iloc[other]})",
            expected="a code of its own for each unit",
            remedy="use the full code of each level, such as 320402 and 320402001",
        )  # fmt: skip


def _findings(units: gpd.GeoDataFrame, excluded: NDArray[np.bool_]) -> list[UnitFinding]:
    rows = zip(
        units["code"], units["name"], units["level"], units["settlement"],
        units["settlement_source"], units["estimated"], excluded, strict=True,
    )  # fmt: skip
    return [
        UnitFinding(
            code=str(code), name=str(name), level=str(level), kind=_kind(str(code)),
            settlement=str(settlement), settlement_source=str(source),
            is_estimated=bool(estimated), is_excluded=bool(out),
        )
        for code, name, level, settlement, source, estimated, out in rows
    ]  # fmt: skip


def _kind(code: str) -> str:
    known = division_code(code)
    return "" if known is None else known.kind


def _kept(
    units: gpd.GeoDataFrame, exclusion: Exclusion, notes: tuple[Note, ...], faults: FaultLog
) -> Units | None:
    """Leave excluded units out, and cut their ground out of those above and of the area."""
    first = (units["key"] == "boundaries[0]").to_numpy()
    kept = units[~exclusion.excluded]
    if exclusion.ground is not None:
        ground = exclusion.ground
        shapely.prepare(ground)
        touched = kept.geometry.intersects(ground)
        cut = kept.geometry.where(~touched, kept.geometry.difference(ground))
        kept = kept.set_geometry(cut.map(areas_only))
    kept = kept[~kept.geometry.is_empty]
    area = shapely.union_all(kept.geometry.to_numpy()[first[kept.index.to_numpy()]])
    if area.is_empty:
        faults.add(
            "scenario", "boundaries[0].similar_units", found="every unit of the area excluded",
            expected="some ground to plan for", remedy='set similar_units = "keep"',
        )  # fmt: skip
        return None
    frame = kept[list(UNIT_COLUMNS)].reset_index(drop=True)
    return Units(frame, area, (*notes, *exclusion.notes))
