"""Tells what the tests of a coordinate system found: as a finding, a fault or a note."""

from __future__ import annotations

import logging
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lastmile.errors import Fault, FaultLog
from lastmile.findings import CrsEvidence, CrsFinding
from lastmile.places.crs_evidence import SYSTEMS, Judgement, phrases_of
from lastmile.places.crs_projected import Placing
from lastmile.places.notes import Note
from lastmile.places.points import UNSTATED

_LOG = logging.getLogger(__name__)

_LAYERS_ZH: Final = MappingProxyType(
    {
        "boundaries": "区划边界",
        "candidates": "候选点",
        "existing": "现有站点",
        "demand": "需求点",
        "settlement": "城乡分类点",
        "depots": "分拨中心",
    }
)


def stated_system(crs: str) -> str:
    """Return which of ``SYSTEMS`` a geographic system is tested as, '' for an unstated one."""
    return crs if crs in SYSTEMS or not crs else "wgs84"


def record(key: str, file: str, crs: str, judgement: Judgement, faults: FaultLog) -> None:
    """Put a judgement into the findings, for the health report."""
    _LOG.info("%s: stated %r, %s", key, crs, judgement)
    faults.findings.crs.append(
        CrsFinding(key, file, crs, judgement.verdict, judgement.proposal, judgement.evidence)
    )


def refuse(key: str, file: str, crs: str, judgement: Judgement, faults: FaultLog) -> None:
    """Report that the evidence contradicts a stated system."""
    told = phrases_of(judgement.evidence)
    order = sorted(SYSTEMS, key=lambda system: (system != judgement.proposal, system))
    remedy = (
        f'set {key}.crs = "{judgement.proposal}"'
        if judgement.proposal
        else f"find out the system of the file and state it in {key}.crs"
    )
    fits = judgement.proposal or "another system"
    figures = "; ".join(f"as {system}: {told[system]}" for system in order)
    faults.add(
        file,
        f"{key}.crs",
        found=f"{crs}, but the coordinates fit {fits}. Read {figures}",
        expected="the system in which the coordinates really are",
        remedy=f"{remedy}; a wrong one moves every point by some 500 m",
    )


def refuse_pair(
    layer: tuple[str, str, str], other: tuple[str, str], judgement: Judgement, faults: FaultLog
) -> None:
    """Report two layers whose common places lie apart, where the evidence tells neither.

    Parameters
    ----------
    layer
        Key, file and stated system of the one that is refused.
    other
        Key and stated system of the other.
    judgement
        Of the pairs alone.
    faults
        Where to report.
    """
    key, file, crs = layer
    told = phrases_of(judgement.evidence)
    figures = "; ".join(f"as {system}: {told[system]}" for system in SYSTEMS)
    faults.add(
        file,
        f"{key}.crs",
        found=f"{crs}, while {other[0]} is stated as {other[1]}: one of the two is not. "
        f"Read {figures}",
        expected="two layers in which the same places lie at one spot",
        remedy=f"correct the crs of one; if {other[0]} is right, "
        f'set {key}.crs = "{judgement.proposal}"',
    )


def unstated(key: str, file: str, judgement: Judgement, faults: FaultLog) -> None:
    """Report that no system is stated, with the evidence for each and a proposal.

    It takes the place of the bare fault that the reader of the file may have reported.
    """
    record(key, file, "", judgement, faults)
    told = phrases_of(judgement.evidence)
    figures = "; ".join(f"as {s}: {told[s]}" for s in SYSTEMS if told[s])
    found = f"{UNSTATED}. Read {figures}" if figures else f"{UNSTATED}, and nothing tells which"
    remedy = (
        f'set {_setting(key)} = "{judgement.proposal}", which the evidence speaks for'
        if judgement.proposal
        else f"set {_setting(key)}: wgs84, cgcs2000, gcj02 (Amap), bd09 (Baidu) or EPSG:n"
    )
    _replace_bare(Fault(file, _setting(key), found, "a stated system", remedy), faults)


def refuse_placing(key: str, file: str, crs: str, found: Placing, faults: FaultLog) -> None:
    """Report that a layer lies near the area only when it is read in another way."""
    phrase = f"{found.near_share:.0%} within half a degree of the area"
    name = "degrees, whichever of wgs84, gcj02 and bd09" if found.crs == "degrees" else found.crs
    evidence = CrsEvidence(
        "area", found.crs, found.near_share, f"{found.near_share:.0%} 落在规划区附近", phrase
    )
    proposal = "" if found.crs == "degrees" else found.crs
    verdict = Judgement("refuted" if crs else "proposed", proposal, (evidence,))
    record(key, file, crs, verdict, faults)
    wish = (
        f'set {_setting(key)} = "{found.crs}"' if proposal else f"state {name} in {_setting(key)}"
    )
    if found.is_exchanged:
        wish += ", and exchange the two columns of coordinates"
    if proposal == crs:
        wish = "exchange the two columns of coordinates"
    read = f"{name}{' with the two columns exchanged' if found.is_exchanged else ''}"
    _replace_bare(
        Fault(
            file,
            _setting(key),
            f"{crs or UNSTATED}, but the points lie near the area only as {read}: {phrase}"
            if crs
            else f"{UNSTATED}. Read as {read}: {phrase}",
            "the system in which the coordinates really are",
            wish,
        ),
        faults,
    )


def _setting(key: str) -> str:
    """Name where the system of a layer is stated: a key of the scenario, or a command's option."""
    return key if key.startswith("--") else f"{key}.crs"


def unconfirmed_note(key: str, crs: str) -> Note:
    """Remark that a system could be neither confirmed nor refuted."""
    layer = _LAYERS_ZH.get(key.partition("[")[0], "")
    return Note(
        zh=f"{layer}（情景文件 {key}）的坐标系 {crs} 无法用道路、区划、路名或其他图层验证"
        "（可比的点太少，或各坐标系差别不明显），请人工核对",
        en=f"{key}: roads, units, names and other layers can neither confirm nor refute the "
        f"coordinate system {crs} (too few points to compare, or no clear difference); "
        "check it by eye",
    )


def tell_untested(key: str, path: Path, crs: str, faults: FaultLog) -> None:
    """Record that a raster's system was not tested.

    Cells of 100 m and more blur a shift of 500 m, and people do not line up with anything exactly:
    no test here could tell, and none pretends to.
    """
    faults.findings.crs.append(CrsFinding(key, str(path), crs, "unconfirmed", "", ()))


def _replace_bare(fault: Fault, faults: FaultLog) -> None:
    """Report a fault in the place of a reader's bare one about the same system."""
    for position, told in enumerate(faults.faults):
        if (told.file, told.where) == (fault.file, fault.where) and told.found == UNSTATED:
            faults.faults[position] = fault
            return
    faults.faults.append(fault)
