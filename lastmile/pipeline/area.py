"""Where a scenario's area lies, or a boundary's, before there are any roads."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from lastmile.errors import Fault, FaultLog, InputError
from lastmile.pipeline.inputs import Bounds, area_bounds, least_halo_m
from lastmile.places import file_exists, outline_bounds, read_units
from lastmile.scenario import CrsOrFile, Scenario


def scenario_bounds(scenario: Scenario) -> tuple[Bounds, float]:
    """Box of a scenario's area and depots, and the halo that a plan keeps around it.

    Only boundaries and depots are read: people, sites and roads need not be there yet. Points
    with standards of their own may need a wider halo.

    Returns
    -------
    Bounds
        West, south, east and north, in degrees.
    float
        Metres.

    Raises
    ------
    InputError
        When the boundaries cannot be used.
    """
    faults = FaultLog()
    for layer in scenario.boundaries:
        file_exists(layer.path, faults)
    units = read_units(scenario, faults)
    faults.raise_if_any()
    if units is None:
        raise InputError([Fault("boundaries", "", "no area", "polygons", "report this")])
    return area_bounds(scenario, units), least_halo_m(scenario)


def boundary_bounds(path: Path, crs: str, layer: str = "") -> Bounds:
    """Box of all polygons of a file's first layer: west, south, east and north, in degrees.

    Parameters
    ----------
    path
        Any vector file.
    crs
        As in a scenario: ``file`` for what the file states, or a system.
    layer
        Layer of the file; '' for the only one that may be meant.

    Raises
    ------
    InputError
        When the file is missing or unreadable, or its system unknown.
    """
    try:
        TypeAdapter(CrsOrFile).validate_python(crs)
    except ValidationError:
        known = "file, wgs84, cgcs2000, gcj02, bd09 or EPSG:n"
        raise InputError([Fault("--crs", "", repr(crs), known, "correct it")]) from None
    faults = FaultLog()
    bounds = outline_bounds(path, crs, faults, layer) if file_exists(path, faults) else None
    faults.raise_if_any()
    if bounds is None:
        raise InputError([Fault(str(path), "", "no area", "polygons", "report this")])
    return bounds
