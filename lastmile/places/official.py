"""Official totals of units: whole, exact, and reconciled with those of coarser levels."""

from __future__ import annotations

import itertools
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.model import LEVELS
from lastmile.places.notes import Note, level_zh, listed
from lastmile.places.raking import nested_whole
from lastmile.scenario import UnitTotalsDemand

PARTS: Final = {"person": 1, "thousandth": 1000}
"""Into how many parts one person is counted, by ``demand.rounding``."""

_NO_CHANGE: Final = 5e-4
"""Of a unit's people; what one tenth of a per cent does not show is not told."""


def unit_totals(
    source: UnitTotalsDemand, units: gpd.GeoDataFrame, faults: FaultLog
) -> tuple[NDArray[np.int64] | None, tuple[Note, ...]]:
    """Give every unit of the level its total, in parts of a person.

    Parameters
    ----------
    source
        The level, the coarser levels to rake to, and the rounding.
    units
        ``UNIT_COLUMNS``, all levels.
    faults
        Where levels without boundaries or people are reported, and coarser units whose people
        have no finer unit to live in.

    Returns
    -------
    tuple
        Shape (units of the level,), in their order; None when there is a fault. And notes: by how
        much raking changed the totals.
    """
    chain = _chain(source, units, faults)
    if not chain:
        return None, ()
    rows = [np.flatnonzero((units["level"] == level).to_numpy()) for level in chain]
    people = units["people"].to_numpy(dtype=np.float64)
    parents = [_positions(units, fine, coarse) for coarse, fine in itertools.pairwise(rows)]
    n_told = len(faults.faults)
    for level, above, fine, parent in zip(chain[:-1], rows[:-1], rows[1:], parents, strict=True):
        _report_homeless(units, level, above, fine, parent, faults)
    if len(faults.faults) > n_told:
        return None, ()
    parts = PARTS[source.rounding]
    whole = nested_whole([people[own] * parts for own in rows], parents)[-1]
    own = people[rows[-1]]
    if len(chain) > 1:
        return whole, _changes(units, rows[-1], whole / parts, own, chain[:-1])
    return whole, ()


def _chain(source: UnitTotalsDemand, units: gpd.GeoDataFrame, faults: FaultLog) -> list[str]:
    """Order the levels that count, coarsest first; nothing when one of them is at fault."""
    wanted: list[str] = [level for level in LEVELS if level in {source.level, *source.rake_to}]
    finer = wanted[wanted.index(source.level) + 1 :]
    if finer:
        faults.add(
            "scenario", "demand.rake_to", found=f"{', '.join(finer)}, finer than {source.level}",
            expected="levels coarser than demand.level", remedy="correct demand.rake_to",
        )  # fmt: skip
        return []
    sound = [_totals_given(source, level, units, faults) for level in wanted]
    return wanted if all(sound) else []


def _totals_given(
    source: UnitTotalsDemand, level: str, units: gpd.GeoDataFrame, faults: FaultLog
) -> bool:
    rows = np.flatnonzero((units["level"] == level).to_numpy())
    totals = units["people"].to_numpy()[rows]
    if not len(rows):
        levels = ", ".join(dict.fromkeys(units["level"]))
        key = "demand.level" if level == source.level else "demand.rake_to"
        faults.add(
            "scenario", key, found=f"{level}; boundaries hold {levels}",
            expected="a level among the boundaries", remedy="add that layer, or correct the level",
        )  # fmt: skip
        return False
    missing = [str(units["name"].iat[int(row)]) for row in rows[np.isnan(totals)]]
    if missing:
        faults.add(
            "boundaries", f"level {level}", found=f"no people for {listed(missing)[1]}",
            expected="residents of every unit",
            remedy="give each its people in that layer or a table under [[unit_tables]], or state "
            "a level whose units all have them",
        )  # fmt: skip
        return False
    if not (totals > 0.0).any():
        faults.add(
            "boundaries", f"level {level}", found="no residents in any unit",
            expected="people > 0", remedy="correct people_column",
        )  # fmt: skip
        return False
    return True


def _positions(
    units: gpd.GeoDataFrame, fine: NDArray[np.int64], coarse: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Climb from finer units to their ancestors at a coarser level: positions, -1 without one."""
    codes = units["code"].astype(str).to_numpy()
    row_of = {code: row for row, code in enumerate(codes)}
    parent = np.array([row_of.get(str(code), -1) for code in units["parent_code"]])
    at = {int(row): k for k, row in enumerate(coarse)}
    found = np.full(len(fine), -1, dtype=np.int64)
    for k, row in enumerate(fine):
        step = int(row)
        for _ in LEVELS:
            step = int(parent[step]) if step >= 0 else -1
            found[k] = max(found[k], at.get(step, -1))
    return found


def _report_homeless(
    units: gpd.GeoDataFrame,
    level: str,
    above: NDArray[np.int64],
    fine: NDArray[np.int64],
    parent: NDArray[np.int64],
    faults: FaultLog,
) -> None:
    """Report coarser units whose people no finer unit could take."""
    people = units["people"].to_numpy(dtype=np.float64)
    member = parent >= 0
    below = np.bincount(parent[member], people[fine[member]], minlength=len(above))
    for row in above[(people[above] > 0.0) & ~(below > 0.0)]:
        name = units["name"].iat[int(row)]
        faults.add(
            "boundaries", f"level {level}, {name}",
            found=f"{people[row]:,.0f} people, and no unit with people inside it",
            expected="finer units with people in every unit of demand.rake_to",
            remedy="add the missing units, or leave the level out of demand.rake_to",
        )  # fmt: skip


def _changes(
    units: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    people: NDArray[np.float64],
    own: NDArray[np.float64],
    levels: list[str],
) -> tuple[Note, ...]:
    before, after = float(own.sum()), float(people.sum())
    change = np.divide(people, own, out=np.ones_like(own), where=own > 0.0) - 1.0
    most = int(np.argmax(np.abs(change)))
    if abs(change[most]) < _NO_CHANGE:
        return ()
    name, level = units["name"].iat[int(rows[most])], "、".join(level_zh(level) for level in levels)
    return (
        Note(
            zh=f"各单元人口按{level}一级官方总数平差：合计由 {before:,.0f} 调整为 "
            f"{after:,.0f}，变化最大的是 {name}（{change[most]:+.1%}）",
            en=f"unit totals were raked to those of {', '.join(levels)}: from {before:,.0f} to "
            f"{after:,.0f} in all, most in {name} ({change[most]:+.1%})",
        ),
    )
