"""Which unit lies in which: by code and by ground."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.findings import Suspect
from lastmile.places.division_codes import DivisionCode, division_code
from lastmile.places.model import LEVELS


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Codes of the units of one level."""

    codes: tuple[DivisionCode | None, ...]
    """None for a unit whose id is no code of a division."""

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> Layer:
        """Take the codes of units apart; where names stand in for codes there are none."""
        pairs = zip(units["code"], units["is_coded"], strict=True)
        return cls(tuple(division_code(str(code)) if coded else None for code, coded in pairs))


def parents_by_code(fine: Layer, coarse: Layer) -> NDArray[np.int64]:
    """Find the unit that each code says it belongs to: positions in ``coarse``, -1 for none."""
    known = {code.significant: k for k, code in enumerate(coarse.codes) if code is not None}
    found = np.full(len(fine.codes), -1, dtype=np.int64)
    for k, code in enumerate(fine.codes):
        if code is None:
            continue
        prefixes = (code.padded[:n] for n in range(len(code.significant) - 1, 1, -1))
        found[k] = next((known[prefix] for prefix in prefixes if prefix in known), -1)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Two adjacent levels, and how much ground their units share."""

    above: NDArray[np.int64]
    below: NDArray[np.int64]
    """Rows of the two levels in the frame of all units."""

    shared: dict[tuple[int, int], float]
    """Share of a lower unit's area in an upper one, by positions (lower, upper); no zeros."""

    most: NDArray[np.int64]
    """Shape (lower units,). The upper unit that holds most of each, -1 for none."""


def nested(units: gpd.GeoDataFrame) -> tuple[Step, ...]:
    """Lay each level's outlines over those of the level above, coarsest first."""
    shapes, levels = units.geometry.to_numpy(), units["level"].to_numpy()
    present = [level for level in LEVELS if (levels == level).any()]
    steps = []
    for coarse, fine in itertools.pairwise(present):
        above, below = np.flatnonzero(levels == coarse), np.flatnonzero(levels == fine)
        own, other = shapely.STRtree(shapes[above]).query(shapes[below], predicate="intersects")
        overlap = shapely.area(shapely.intersection(shapes[below[own]], shapes[above[other]]))
        whole = shapely.area(shapes[below[own]])
        most = np.full(len(below), -1, dtype=np.int64)
        # Ascending overlap, then descending position: the last write is the first of the largest.
        for k in np.lexsort((-other, overlap)):
            if overlap[k] > 0.0:
                most[own[k]] = other[k]
        shares = {
            (int(a), int(b)): float(part / full)
            for a, b, part, full in zip(own, other, overlap, whole, strict=True)
            if part > 0.0
        }
        steps.append(Step(above, below, shares, most))
    return tuple(steps)


def parent_rows(units: gpd.GeoDataFrame, steps: tuple[Step, ...]) -> NDArray[np.int64]:
    """Give each unit its parent's row: that of its code if it lies there, else by most ground."""
    rows = np.full(len(units), -1, dtype=np.int64)
    for step in steps:
        named = named_parents(units, step)
        for k, own in enumerate(step.below):
            chosen = named[k] if (k, int(named[k])) in step.shared else step.most[k]
            if chosen >= 0:
                rows[own] = step.above[chosen]
    return rows


def named_parents(units: gpd.GeoDataFrame, step: Step) -> NDArray[np.int64]:
    """Find the upper unit that each lower unit's code names: positions, -1 for none."""
    fine, coarse = Layer.of(units.iloc[step.below]), Layer.of(units.iloc[step.above])
    return parents_by_code(fine, coarse)


def calling(units: gpd.GeoDataFrame, row: int) -> str:
    """Name a unit, with its code."""
    name, code = str(units["name"].iat[row]), str(units["code"].iat[row])
    return code if name in ("", code) else f"{name} ({code})"


def suspect(
    units: gpd.GeoDataFrame, row: int, kind: str, words: tuple[str, str], spot: shapely.Point | None
) -> Suspect:
    """Make a finding of a unit, at a spot or at a point inside it."""
    place = shapely.point_on_surface(units.geometry.iat[row]) if spot is None else spot
    return Suspect(
        key=units["key"].iat[row], file=units["file"].iat[row], where=units["where"].iat[row],
        lon=place.x, lat=place.y, kind=kind, zh=words[0], en=words[1],
    )  # fmt: skip
