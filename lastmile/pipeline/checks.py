"""What is wrong with sound files put together: points off the roads, fleets without depots."""

from __future__ import annotations

from collections import Counter

import numpy as np

from lastmile.costs import UNREACHABLE
from lastmile.errors import FaultLog
from lastmile.network import Snaps
from lastmile.pipeline.closed_roads import ClosedRoads
from lastmile.pipeline.inputs import Inputs
from lastmile.pipeline.walking import Snapped
from lastmile.scenario import Scenario


def refuse_unsound(scenario: Scenario, inputs: Inputs, snapped: Snapped) -> None:
    """Check what no single file shows, and report every fault at once.

    Raises
    ------
    InputError
        Listing what :func:`note_unsound` notes, if that is anything.
    """
    faults = FaultLog()
    note_unsound(scenario, inputs, snapped, faults)
    faults.raise_if_any()


def note_unsound(scenario: Scenario, inputs: Inputs, snapped: Snapped, faults: FaultLog) -> None:
    """Note what no single file shows.

    Too many people, or any depot, existing or required site, off the roads; more stations asked
    for than there are candidates; a vehicle that names no depot.
    """
    closed = ClosedRoads(scenario, inputs)
    if scenario.service_distance.metric == "network":
        _check_demand(scenario, inputs, snapped.demand, closed, faults)
        _check_fixed_sites(scenario, inputs, snapped.sites, closed, faults)
    if snapped.depots is not None:
        _check_depots(scenario, inputs, snapped.depots, closed, faults)
        _check_fleet(scenario, inputs, faults)
    _check_counts(scenario, inputs, faults)


def _check_demand(
    scenario: Scenario, inputs: Inputs, demand: Snaps, closed: ClosedRoads, faults: FaultLog
) -> None:
    standard = scenario.service_distance
    off = ~demand.on_network
    share = float(off.mean()) if off.size else 0.0
    if share > standard.max_off_network_share:
        causes = Counter(closed.to_walkers(inputs.places.demand.geometry[off]))
        # What holds for most of them is told; of a few, something else may be wrong.
        cause, n = causes.most_common(1)[0]
        faults.add(
            scenario.roads.file_names,
            "demand points",
            found=f"{share:.1%} of {off.size:,} demand points farther than "
            f"{standard.max_access_m:g} m from any walkable road"
            + (f"; near {n:,} of them are {cause.found}" if cause else ""),
            expected=f"at most {standard.max_off_network_share:.0%}",
            remedy=cause.remedy
            if cause
            else "check the CRS of the points and that the extract spans the whole area; if the "
            "roads really are missing, raise service_distance.max_off_network_share",
        )


def _check_fixed_sites(
    scenario: Scenario, inputs: Inputs, sites: Snaps, closed: ClosedRoads, faults: FaultLog
) -> None:
    frame = inputs.places.sites
    fixed = frame["role"].isin(["existing", "required"]).to_numpy()
    stranded = np.flatnonzero(fixed & ~sites.on_network)
    causes = closed.to_walkers(frame.geometry.iloc[stranded])
    for k, cause in zip(stranded.tolist(), causes, strict=True):
        site = frame.iloc[k]
        faults.add(
            "sites",
            f"{site['role']} site {site['id']} {site['name']}",
            found=f"{cause.found} within reach"
            if cause
            else "far from any walkable road"
            if sites.access_mm[k] >= UNREACHABLE
            else f"{sites.access_mm[k] / 1000:.0f} m from the nearest walkable road",
            expected=f"at most {scenario.service_distance.max_access_m:g} m",
            remedy=cause.remedy
            if cause
            else "correct its coordinates or CRS, or raise service_distance.max_access_m",
        )


def _check_depots(
    scenario: Scenario, inputs: Inputs, depots: Snaps, closed: ClosedRoads, faults: FaultLog
) -> None:
    stranded = np.flatnonzero(~depots.on_network)
    causes = closed.to_vans(inputs.places.depots.geometry.iloc[stranded])
    for k, cause in zip(stranded.tolist(), causes, strict=True):
        faults.add(
            "depots",
            f"depot {inputs.places.depots['id'].iloc[k]}",
            found=f"{cause.found} within reach"
            if cause
            else "far from any drivable road where vans may stop"
            if depots.access_mm[k] >= UNREACHABLE
            else f"{depots.access_mm[k] / 1000:.0f} m from the nearest drivable road where vans "
            "may stop",
            expected=f"at most {scenario.service_distance.max_access_m:g} m",
            remedy=cause.remedy if cause else "correct its coordinates or CRS",
        )


def _check_fleet(scenario: Scenario, inputs: Inputs, faults: FaultLog) -> None:
    ids = list(inputs.places.depots["id"])
    for vehicle in scenario.routing.vehicles:
        unknown = sorted(set(vehicle.depots) - set(ids))
        if unknown:
            faults.add(
                "scenario",
                f"routing.vehicles {vehicle.id}.depots",
                found=", ".join(unknown),
                expected=f"ids among {', '.join(ids)}",
                remedy="correct the depot ids",
            )


def _check_counts(scenario: Scenario, inputs: Inputs, faults: FaultLog) -> None:
    role = inputs.places.sites["role"]
    openable = int(role.isin(["candidate", "required"]).sum())
    n_required = int((role == "required").sum())
    wish = scenario.siting
    asked = [("siting.p", wish.p), *(("siting.curve_p", p) for p in wish.curve_p)]
    for where, p in asked:
        if p is not None and p > openable:
            faults.add(
                "scenario",
                where,
                found=f"{p:,} new stations",
                expected=f"at most the {openable:,} candidates there are",
                remedy="lower it, or add candidates",
            )
        elif p is not None and p < n_required:
            faults.add(
                "scenario",
                where,
                found=f"{p:,} new stations",
                expected=f"at least the {n_required:,} that are required",
                remedy="raise it, or require fewer",
            )
