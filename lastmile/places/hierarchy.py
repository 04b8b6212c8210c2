"""Which unit lies in which: by code and by ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.findings import Suspect
from lastmile.places.coordinates import Floats
from lastmile.places.division_codes import DivisionCode, division_code
from lastmile.places.model import LEVELS

_SLIVER: Final = 1e-6
"""Of a unit's area: shares below it are what arithmetic leaves along a border that two share."""

_HALF: Final = 0.5


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
    """Units of two levels, and how much ground they share."""

    above: NDArray[np.int64]
    below: NDArray[np.int64]
    """Rows of the units of the two levels in the frame of all units."""

    shared: dict[tuple[int, int], float]
    """Share of a lower unit's area in an upper one, by positions (lower, upper); no zeros
    and no slivers."""

    most: NDArray[np.int64]
    """Shape (lower units,). The upper unit that holds most of each, -1 for none."""


def nested(units: gpd.GeoDataFrame) -> tuple[Step, ...]:
    """Lay each level's outlines over those of the level above, coarsest first.

    Units with less than half of their ground in the level above are laid over the levels above
    that one, too: where townships are drawn for one district alone, the communities
    of the others still belong to theirs.
    """
    levels = units["level"].to_numpy()
    rows = [np.flatnonzero(levels == level) for level in LEVELS]
    present = [found for found in rows if len(found)]
    steps = []
    for k, members in enumerate(present):
        below = members
        for above in reversed(present[:k]):
            if len(below):
                steps.append(_step(units, above, below))
                below = below[_drawn_shares(steps[-1]) < _HALF]
    return tuple(steps)


def _drawn_shares(step: Step) -> Floats:
    """Share of each lower unit on which any upper one is drawn."""
    drawn = np.zeros(len(step.below))
    for (lower, _), share in step.shared.items():
        drawn[lower] += share
    return drawn


def _step(units: gpd.GeoDataFrame, above: NDArray[np.int64], below: NDArray[np.int64]) -> Step:
    shapes = units.geometry.to_numpy()
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
        if part > _SLIVER * full
    }
    return Step(above, below, shares, most)


def parent_rows(units: gpd.GeoDataFrame, steps: tuple[Step, ...]) -> NDArray[np.int64]:
    """Give each unit its parent's row: that of its code if it lies there, else by most ground.

    Of several levels above, the nearest one that is drawn on half of the unit; if none is, the
    nearest one that is drawn on any of it.
    """
    rows = np.full(len(units), -1, dtype=np.int64)
    is_settled = np.zeros(len(units), dtype=bool)
    for step in steps:
        named, shares = named_parents(units, step), _drawn_shares(step)
        for k, own in enumerate(step.below.tolist()):
            by_code = (k, int(named[k])) in step.shared
            chosen = named[k] if by_code else step.most[k]
            if chosen < 0 or is_settled[own]:
                continue
            is_settled[own] = by_code or shares[k] >= _HALF
            if rows[own] < 0 or is_settled[own]:
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
