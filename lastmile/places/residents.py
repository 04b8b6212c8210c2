"""People from a table of points, with numbers of their own or shared out from unit totals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.places.age_groups import exceeding, table_age_groups
from lastmile.places.coordinates import Floats
from lastmile.places.locate import inside_area
from lastmile.places.notes import Note, listed
from lastmile.places.points import PointTable, ids_of, names_of, read_points
from lastmile.places.population import AgeGroup, People
from lastmile.places.settlement import settlements_from
from lastmile.places.shares import split_exactly
from lastmile.places.tables import numbers_from
from lastmile.places.units import Units
from lastmile.scenario import AUTO, MOST_DISTANCE_M, MOST_PEOPLE, DemandColumns, PointDemand

_CODE_DIGITS = 12


def read_residents(
    source: PointDemand, units: Units, faults: FaultLog
) -> tuple[People | None, PointTable[DemandColumns] | None, tuple[Note, ...]]:
    """Read demand points.

    Parameters
    ----------
    source
        The table, its columns, and ``people_by_unit`` where it has no people of its own.
    units
        The units among which points outside the area are kept out, and which hold the totals.
    faults
        Where to report bad rows, and a total without any point to stand at.

    Returns
    -------
    tuple
        The people, None when none are usable; all points of the table, for the test of their
        coordinate system; and notes that name the points outside the area.
    """
    columns = source.columns
    if source.people_by_unit and columns.people == AUTO:
        columns = columns.model_copy(update={"people": ""})
    extra = [columns.people, columns.settlement, columns.service_distance_m]
    extra += source.age_columns.values()
    table = read_points(source, columns, extra, faults, "demand")
    columns = columns if table is None else table.columns
    if table is None and columns.people == AUTO:
        return None, None, ()
    if not _stated_once(source, columns, faults):
        return None, table, ()
    if table is None:
        return None, None, ()
    ids = ids_of(table, columns.id, "d", faults)
    names = names_of(table, columns.name, ids)
    settlement = settlements_from(table.table, columns.settlement, faults)
    own_distance = _own_distances(table, columns.service_distance_m, faults)
    ages = table_age_groups(source, table, faults)
    inside = inside_area(table.points, units.area)
    n_told = len(faults.faults)
    people = _people(source, table, inside, units, faults)
    notes = _outside_notes(names, people, inside, shared=not columns.people)
    keep = inside & (np.nan_to_num(people) > 0.0)
    if not keep.any():
        # Else nobody is left because of what has been told.
        if len(faults.faults) == n_told and table.crs:
            faults.add(
                str(source.path), "", found="no point with people inside the area",
                expected="at least one",
                remedy="check demand.crs, demand.filter and the boundaries",
            )  # fmt: skip
        return None, table, notes
    kept = np.flatnonzero(keep)
    chosen = People(
        tuple(ids[k] for k in kept),
        tuple(names[k] for k in kept),
        table.points[kept],
        people[kept],
        tuple(settlement[k] for k in kept) if columns.settlement else (),
        None if own_distance is None else own_distance[kept],
        tuple(AgeGroup(group.name, group.people[kept]) for group in ages),
    )
    told = (*_nobody_notes(names, people, inside), *exceeding(chosen.age_groups, chosen.people))
    return chosen, table, (*notes, *told)


def _stated_once(source: PointDemand, columns: DemandColumns, faults: FaultLog) -> bool:
    """Tell whether people stand in a column or in the scenario, and report both or neither."""
    both = bool(columns.people)
    if both != bool(source.people_by_unit):
        return True
    faults.add(
        str(source.path), "demand", found="both" if both else "neither",
        expected="either demand.columns.people or demand.people_by_unit",
        remedy="remove one of the two" if both else "state one of the two",
    )  # fmt: skip
    return False


def _people(
    source: PointDemand,
    table: PointTable[DemandColumns],
    inside: NDArray[np.bool_],
    units: Units,
    faults: FaultLog,
) -> Floats:
    if not table.columns.people:
        return _shared(source, table, inside, units, faults)
    return numbers_from(
        table.table, table.columns.people, faults, what="people", optional=False,
        positive=False, most=MOST_PEOPLE,
    )  # fmt: skip


def _own_distances(
    table: PointTable[DemandColumns], column: str, faults: FaultLog
) -> Floats | None:
    if not column:
        return None
    return numbers_from(
        table.table,
        column,
        faults,
        what="a service distance in metres",
        optional=True,
        positive=True,
        most=MOST_DISTANCE_M,
    )


def _shared(
    source: PointDemand,
    table: PointTable[DemandColumns],
    inside: NDArray[np.bool_],
    units: Units,
    faults: FaultLog,
) -> Floats:
    """Share each unit's residents equally among the points inside it."""
    people = np.zeros(len(table))
    taken = np.zeros(len(table), dtype=bool)
    codes = {_padded(str(code)): k for k, code in enumerate(units.units["code"])}
    tree = shapely.STRtree(table.points)
    for code, total in source.people_by_unit.items():
        where = f"demand.people_by_unit.{code}"
        position = codes.get(_padded(code))
        if position is None:
            faults.add(
                "scenario", where, found=f"no unit {code}; units are {_some(units)}",
                expected="the code of a unit in the boundaries", remedy="correct the code",
            )  # fmt: skip
            continue
        shape = units.units.geometry.iat[position]
        members = np.sort(tree.query(shape, predicate="intersects"))
        members = members[~taken[members] & inside[members]]
        if not len(members):
            faults.add(
                "scenario", where, found=f"no point of {source.path.name} in this unit",
                expected="points to share its people among",
                remedy="add points, correct demand.crs, or leave the unit out",
            )  # fmt: skip
            continue
        taken[members] = True
        people[members] = split_exactly(total, np.ones(len(members)))
    return people


def _padded(code: str) -> str:
    return code.ljust(_CODE_DIGITS, "0") if code.isdigit() else code


def _some(units: Units) -> str:
    return listed([str(code) for code in units.units["code"]])[1]


def _outside_notes(
    names: Sequence[str], people: Floats, inside: NDArray[np.bool_], *, shared: bool
) -> tuple[Note, ...]:
    outside = np.flatnonzero(~inside)
    if not len(outside):
        return ()
    zh, en = listed([names[int(k)] for k in outside])
    lost = float(np.nansum(people[outside]))
    told_zh = "" if shared else f"（{lost:,.0f} 人）"
    told_en = "" if shared else f" ({lost:,.0f} people)"
    return (
        Note(
            zh=f"{len(outside)} 个需求点{told_zh}在规划范围外，未计入：{zh}",
            en=f"{len(outside)} demand points{told_en} lie outside the area and are not counted: "
            f"{en}",
        ),
    )


def _nobody_notes(
    names: Sequence[str], people: Floats, inside: NDArray[np.bool_]
) -> tuple[Note, ...]:
    nobody = np.flatnonzero(inside & (people == 0.0))
    if not len(nobody):
        return ()
    zh, en = listed([names[int(k)] for k in nobody])
    return (
        Note(
            zh=f"{len(nobody)} 个需求点没有人口，未计入：{zh}",
            en=f"{len(nobody)} demand points have no people and are left out: {en}",
        ),
    )
