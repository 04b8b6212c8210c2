"""All sites of a scenario, source by source: stations, candidates, and places thought up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.coordinates import projected
from lastmile.places.gaps import Gaps, gaps_note, generated_note
from lastmile.places.geocoding import KnownAddresses, read_located
from lastmile.places.ground import Ground
from lastmile.places.junctions import junction_rows
from lastmile.places.merging import Merged, merged
from lastmile.places.notes import Note
from lastmile.places.osm_premises import osm_rows
from lastmile.places.points import PointTable
from lastmile.places.site_rows import SiteRows
from lastmile.places.site_suspects import dropped_note, outside, stacked
from lastmile.places.site_tables import candidate_rows, named_columns, station_rows
from lastmile.places.station_status import (
    CLOSED,
    PLANNED,
    closed_note,
    opening_years,
    planned_note,
    status_tally,
    statuses_of,
)
from lastmile.places.units import Units
from lastmile.scenario import (
    Existing,
    JunctionCandidates,
    OsmCandidates,
    PointCandidates,
    PointColumns,
    Scenario,
)

_METRES_PER_DEGREE = 111_320.0


@dataclass(slots=True)
class SiteSources:
    """What reading the sources of one scenario needs; collects notes on the way."""

    scenario: Scenario
    units: Units
    ground: Ground | None
    plane: pyproj.CRS
    known: KnownAddresses | None
    check_crs: Callable[[PointTable[PointColumns], str], None]
    """Tests the system of a table, given with its key."""

    faults: FaultLog
    notes: list[Note] = field(default_factory=list)

    def read(self, demand: gpd.GeoDataFrame | None) -> Merged:
        """Read stations, then candidates; then merge doubles, and think up what is missing.

        Parameters
        ----------
        demand
            The people, as far as they could be read: they say how far outside the area a site is
            of use, and where places must be thought up.
        """
        standard = self.scenario.service_distance
        farthest_m = max(standard.urban_m, standard.rural_m)
        if demand is not None:
            farthest_m = float(demand["service_distance_m"].max())
        parts: list[SiteRows] = []
        for number, station in enumerate(self.scenario.existing):
            parts += self._stations(station, number, farthest_m)
        for number, source in enumerate(self.scenario.candidates):
            if isinstance(source, PointCandidates):
                parts += self._candidates(source, number, farthest_m)
            elif isinstance(source, OsmCandidates):
                parts += self._osm(source, number, farthest_m)
        result = merged(parts, self.scenario, self.plane, self.faults)
        self.notes += result.notes
        for part in result.parts:
            self.faults.findings.suspects += stacked(part)
        junctions = [
            (f"candidates[{number}]", source)
            for number, source in enumerate(self.scenario.candidates)
            if isinstance(source, JunctionCandidates)
        ]
        return result.with_parts(self._with_junctions(result.parts, junctions, demand))

    def _stations(self, source: Existing, number: int, margin_m: float) -> list[SiteRows]:
        key = f"existing[{number}]"
        extra = named_columns(source.columns)
        table, notes = read_located(source, source.columns, extra, self.known, self.faults, key)
        if table is None:
            return []
        self._told(table, notes, key)
        statuses = statuses_of(table.table, table.columns.status, self.faults)
        years = opening_years(table.table, table.columns.opened, self.faults)
        rows = station_rows(source, table, (key, f"e{number + 1}"), statuses, years, self.faults)
        self.faults.findings.tallies += status_tally(key, rows.file, statuses, years)
        self._tell_not_open(source, table, statuses)
        return [self._near(rows, margin_m)]

    def _tell_not_open(
        self, source: Existing, table: PointTable[PointColumns], statuses: list[str]
    ) -> None:
        column = table.columns.name or table.columns.id
        cells = list(table.table.frame[column]) if column else []
        names = cells or [table.table.where(k) for k in range(len(table))]
        closed = [name for name, status in zip(names, statuses, strict=True) if status == CLOSED]
        planned = [name for name, status in zip(names, statuses, strict=True) if status == PLANNED]
        if closed:
            self.notes.append(closed_note(closed))
        if planned:
            self.notes.append(planned_note(planned, source.planned))

    def _candidates(self, source: PointCandidates, number: int, margin_m: float) -> list[SiteRows]:
        key = f"candidates[{number}]"
        extra = named_columns(source.columns)
        table, notes = read_located(source, source.columns, extra, self.known, self.faults, key)
        if table is None:
            return []
        self._told(table, notes, key)
        rows = candidate_rows(source, table, key, f"c{number + 1}", self.faults)
        near = self._near(rows, margin_m)
        # Of a layer without a stated system that is told already.
        if len(rows) and not len(near) and table.crs:
            self.faults.add(
                source.path, "", found=f"{len(rows)} candidates, none within {margin_m:.0f} m "
                "of the area", expected="candidates in or near the area",
                remedy=f"check {key}.crs, {key}.filter and the boundaries",
            )  # fmt: skip
        return [near]

    def _osm(self, source: OsmCandidates, number: int, margin_m: float) -> list[SiteRows]:
        west, south, east, north = self.units.area.bounds
        by = margin_m / _METRES_PER_DEGREE
        aside = by / max(0.01, float(np.cos(np.radians(max(abs(south), abs(north))))))
        bounds = (west - aside, south - by, east + aside, north + by)
        parts = osm_rows(source, bounds, f"candidates[{number}]", self.faults)
        # The box is only there to save memory; what lies in its corners was never asked for.
        return [part.take(self._is_near(part, margin_m)) for part in parts or []]

    def _told(self, table: PointTable[PointColumns], notes: tuple[Note, ...], key: str) -> None:
        """Test the system of a table, unless its places came from a table tested already."""
        self.notes += notes
        if not notes:
            self.check_crs(table, key)

    def _is_near(self, rows: SiteRows, margin_m: float) -> NDArray[np.bool_]:
        (flat,) = projected(np.array([self.units.area], dtype=object), self.plane)
        shapely.prepare(flat)
        near: NDArray[np.bool_] = shapely.dwithin(
            flat, projected(rows.points, self.plane), margin_m
        )
        return near

    def _near(self, rows: SiteRows, margin_m: float) -> SiteRows:
        """Leave out the sites too far outside the area to serve it, and say so."""
        near = self._is_near(rows, margin_m)
        if near.all():
            return rows
        far = rows.take(~near)
        self.faults.findings.suspects += outside(far, margin_m)
        if near.any() or rows.is_existing:
            self.notes.append(dropped_note(rows, len(far), margin_m))
        return rows.take(near)

    def _with_junctions(
        self,
        parts: tuple[SiteRows, ...],
        sources: list[tuple[str, JunctionCandidates]],
        demand: gpd.GeoDataFrame | None,
    ) -> tuple[SiteRows, ...]:
        """Add candidates at junctions, everywhere or where nothing is known, after the others."""
        if self.ground is None:
            return parts
        added: list[SiteRows] = []
        for number, (key, source) in enumerate(sources):
            gaps = None
            if source.where == "gaps" and demand is not None:
                gaps = self._gaps(parts, demand)
            prefix = "j" if len(sources) == 1 else f"j{number + 1}"
            rows = junction_rows(source, self.ground, self.units, gaps, key, prefix)
            added.append(rows)
            if gaps is not None and demand is not None:
                self.notes.append(gaps_note(gaps, len(demand), len(rows)))
            elif len(rows):
                self.notes.append(generated_note(len(rows)))
        return (*parts, *added)

    def _gaps(self, parts: tuple[SiteRows, ...], demand: gpd.GeoDataFrame) -> Gaps:
        """Find the people for whom nothing is known near them that might be a station."""
        usable = [
            part.points[np.array([role != "forbidden" for role in part.role], dtype=np.bool_)]
            for part in parts
        ]
        known = np.concatenate([*usable, np.empty(0, dtype=object)])
        return Gaps.of(
            projected(demand.geometry.to_numpy(), self.plane),
            demand["service_distance_m"].to_numpy(),
            demand["people"].to_numpy(),
            projected(known, self.plane),
        )
