"""People from unit totals, spread along the roads on which people live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import Floats, projected, unprojected, working_crs
from lastmile.places.ground import DRIVEN_PAST, RESIDENTIAL, Ground
from lastmile.places.notes import Note, listed
from lastmile.places.population import People
from lastmile.places.shares import split_exactly
from lastmile.places.units import Units
from lastmile.scenario import UnitTotalsDemand

_BORDER_STEP_DEGREES: Final = 0.0005


def spread_totals(
    source: UnitTotalsDemand, units: Units, ground: Ground | None, faults: FaultLog
) -> tuple[People | None, tuple[Note, ...]]:
    """Spread each unit's residents over the length of its residential roads.

    Points stand in the middle of equal pieces of about ``spacing_m``; each gets people by the
    length of its piece, and every unit's total is kept to the thousandth. A unit without such
    roads uses all its streets, and one without any road the point in its middle; notes name them.

    Parameters
    ----------
    source
        Level of the units and spacing of the points.
    units
        With ``people`` at that level.
    ground
        The roads; None when they could not be read, which is reported elsewhere.
    faults
        Where a level without boundaries or without people is reported.
    """
    rows = np.flatnonzero((units.units["level"] == source.level).to_numpy())
    totals = units.units["people"].to_numpy()[rows]
    if not _totals_given(source, rows, totals, units.units, faults) or ground is None:
        return None, ()
    outlines = units.units.geometry.to_numpy()[rows]
    # Long straight borders bend in the plane: fine steps keep both pictures alike to millimetres.
    shapes = shapely.segmentize(outlines, _BORDER_STEP_DEGREES)
    plane = working_crs(float(units.area.centroid.x))
    streets = _Streets(ground.lines, plane)
    called = _callings(units.units.iloc[rows])
    ids, names, spots, people = [], [], [], []
    roadless = []
    for row, calling, outline, shape, total in zip(
        rows, called, outlines, projected(shapes, plane), totals, strict=True
    ):
        if not total > 0.0:
            continue
        middles, lengths = streets.pieces_in(shape, source.spacing_m)
        points = unprojected(middles, plane)
        # A point on the border must not count for the neighbour: each unit keeps its own total.
        within = shapely.contains_properly(outline, points)
        points, lengths = points[within], lengths[within]
        if not len(points):
            roadless.append(str(units.units["name"].iat[row]))
            points, lengths = np.array([shapely.point_on_surface(outline)]), np.ones(1)
        share = split_exactly(float(total), lengths)
        kept = share > 0.0
        code = units.units["code"].iat[row]
        numbers = range(1, int(kept.sum()) + 1)
        ids += [f"{code}-{k}" for k in numbers]
        names += [f"{calling} {k}" for k in numbers]
        spots.append(points[kept])
        people.append(share[kept])
    flat = np.concatenate(spots)
    if not len(flat):
        faults.add(
            "boundaries", f"level {source.level}", found="less than a thousandth of a person",
            expected="people > 0", remedy="correct people_column",
        )  # fmt: skip
        return None, ()
    return People(tuple(ids), tuple(names), flat, np.concatenate(people)), _notes(roadless)


def _callings(units: gpd.GeoDataFrame) -> list[str]:
    """Name what numbered points are called by: the unit, with its code where names are shared."""
    names = units["name"].astype(str)
    shared = names.duplicated(keep=False) | (names == "")
    return [
        f"{name} {code}".strip() if unclear else name
        for name, code, unclear in zip(names, units["code"], shared, strict=True)
    ]


def _totals_given(
    source: UnitTotalsDemand,
    rows: NDArray[np.int64],
    totals: Floats,
    units: gpd.GeoDataFrame,
    faults: FaultLog,
) -> bool:
    if not len(rows):
        levels = ", ".join(dict.fromkeys(units["level"]))
        faults.add(
            "scenario", "demand.level", found=f"{source.level}; boundaries hold {levels}",
            expected="a level among the boundaries", remedy="add that layer, or correct the level",
        )  # fmt: skip
        return False
    missing = [str(units["name"].iat[int(row)]) for row in rows[np.isnan(totals)]]
    if missing:
        faults.add(
            "boundaries", f"level {source.level}", found=f"no people for {listed(missing)[1]}",
            expected="residents of every unit",
            remedy="set people_column of that layer, and fill its cells",
        )  # fmt: skip
        return False
    if not (totals > 0.0).any():
        faults.add(
            "boundaries", f"level {source.level}", found="no residents in any unit",
            expected="people > 0", remedy="correct people_column",
        )  # fmt: skip
        return False
    return True


class _Streets:
    """Roads in the plane, indexed by two grades: lived along, and any that has addresses."""

    def __init__(self, lines: gpd.GeoDataFrame, plane: pyproj.CRS) -> None:
        kinds = lines["highway"].to_numpy()
        shapes = projected(lines.geometry.to_numpy(), plane)
        lived = np.array([kind in RESIDENTIAL for kind in kinds], dtype=bool)
        other = np.array([kind not in DRIVEN_PAST for kind in kinds], dtype=bool)
        self._grades = [(shapes[keep], shapely.STRtree(shapes[keep])) for keep in (lived, other)]

    def pieces_in(
        self, unit: shapely.Geometry, spacing_m: float
    ) -> tuple[NDArray[np.object_], Floats]:
        """Cut the unit's streets into pieces; return their middles and lengths in metres."""
        shapely.prepare(unit)
        for shapes, tree in self._grades:
            found = np.sort(tree.query(unit, predicate="intersects"))
            inside = shapely.intersection(shapes[found], unit)
            parts = shapely.get_parts(inside)
            parts = parts[shapely.length(parts) > 0.0]
            if len(parts):
                merged = shapely.line_merge(shapely.multilinestrings([_line(p) for p in parts]))
                return _middles(shapely.get_parts(merged), spacing_m)
        return np.empty(0, dtype=object), np.empty(0)


def _line(part: shapely.Geometry) -> shapely.LineString:
    return part if part.geom_type == "LineString" else shapely.LineString(part.coords)


def _middles(lines: NDArray[np.object_], spacing_m: float) -> tuple[NDArray[np.object_], Floats]:
    lengths = shapely.length(lines)
    counts = np.maximum(1, np.rint(lengths / spacing_m)).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(owner)) - first + 0.5) / counts[owner]
    points = shapely.line_interpolate_point(lines[owner], share, normalized=True)
    return points, lengths[owner] / counts[owner]


def _notes(roadless: Sequence[str]) -> tuple[Note, ...]:
    if not roadless:
        return ()
    zh, en = listed(roadless)
    return (
        Note(
            zh=f"以下单元内没有道路，人口置于其内部点：{zh}",
            en=f"these units hold no road; their people stand at a point inside: {en}",
        ),
    )
