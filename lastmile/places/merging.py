"""Putting the sources of sites together, each premises once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.findings import Suspect
from lastmile.places.coordinates import projected
from lastmile.places.duplicates import (
    CANDIDATE,
    EXISTING,
    FORBIDDEN,
    REQUIRED,
    Listing,
    crowded,
    keepers,
)
from lastmile.places.notes import Note, listed
from lastmile.places.premise_names import premise_name
from lastmile.places.site_rows import SiteRows
from lastmile.places.site_suspects import suspect
from lastmile.scenario import Duplicates, Scenario

_RANKS = MappingProxyType({"existing": EXISTING, "required": REQUIRED, "forbidden": FORBIDDEN})


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Sources in their order, without the rows that another row stands for."""

    parts: tuple[SiteRows, ...]
    aliases: Mapping[str, str]
    """Ids of the rows left out → id of the one that stands for each."""

    notes: tuple[Note, ...] = ()

    def with_parts(self, parts: tuple[SiteRows, ...]) -> Merged:
        """Return the same with other parts."""
        return replace(self, parts=parts)


def merged(
    parts: Sequence[SiteRows], scenario: Scenario, plane: pyproj.CRS, faults: FaultLog
) -> Merged:
    """Find premises listed more than once, within a source or across, and keep each once.

    Parameters
    ----------
    parts
        The sources.
    scenario
        Says how near is one place, and which ids must or must not open.
    plane
        System in which to measure, metres.
    faults
        Its findings receive a suspect for each row that is left out.
    """
    if not parts:
        return Merged((), MappingProxyType({}))
    listing = _listing(parts, scenario, plane)
    into = keepers(listing, scenario.duplicates.same_name_m, scenario.duplicates.similar_name_m)
    owner = [(part, k) for part in parts for k in range(len(part))]
    doubles = np.flatnonzero(into != np.arange(len(into))).tolist()
    names: tuple[list[str], list[str], list[str]] = ([], [], [])
    aliases: dict[str, str] = {}
    for double in doubles:
        kept = int(into[double])
        faults.findings.suspects.append(
            suspect(*owner[double], "duplicate", _told(owner[double], owner[kept]))
        )
        sort = 2 if listing.ranks[kept] != EXISTING else int(listing.ranks[double] == EXISTING)
        names[sort].append(owner[double][0].names[owner[double][1]])
        if listing.ids[double] != listing.ids[kept]:
            aliases[listing.ids[double]] = listing.ids[kept]
    faults.findings.suspects += _look_alikes(listing, into, owner, scenario.duplicates)
    keep = into == np.arange(len(into))
    cuts = np.cumsum([len(part) for part in parts])[:-1]
    kept_parts = tuple(
        part.take(own) for part, own in zip(parts, np.split(keep, cuts), strict=True)
    )
    notes = tuple(_notes(names, scenario.duplicates))
    return Merged(kept_parts, MappingProxyType(aliases), notes)


def _look_alikes(
    listing: Listing,
    into: NDArray[np.int64],
    owner: Sequence[tuple[SiteRows, int]],
    rule: Duplicates,
) -> list[Suspect]:
    """Tell of required and forbidden sites that look like another site, and are kept all the same.

    The scenario names them one by one: whether two of them are one is for its author to say.
    """
    ranks = np.where(listing.ranks == EXISTING, EXISTING, CANDIDATE)
    would = keepers(replace(listing, ranks=ranks), rule.same_name_m, rule.similar_name_m)
    own = np.arange(len(into))
    found = []
    for k in np.flatnonzero((would != own) & (into == own) & (listing.ranks != CANDIDATE)).tolist():
        (rows, row), (others, other) = owner[k], owner[int(would[k])]
        name, role, place = rows.names[row], rows.role[row], others.origins[other]
        zh = f"{name}（{role}）：与 {others.names[other]}（{place}）疑为同一处，未合并"
        en = f"{name} ({role}): looks like {others.names[other]} ({place}); not merged"
        found.append(suspect(rows, row, "look_alike", (zh, en)))
    return found


def _listing(parts: Sequence[SiteRows], scenario: Scenario, plane: pyproj.CRS) -> Listing:
    ids = tuple(own for part in parts for own in part.ids)
    names = [name for part in parts for name in part.names]
    points = np.concatenate([*(part.points for part in parts), np.empty(0, dtype=object)])
    ranks = [_RANKS.get(role, CANDIDATE) for part in parts for role in part.role]
    wish = scenario.siting
    for rank, wanted in ((FORBIDDEN, {*wish.forbidden}), (REQUIRED, {*wish.required})):
        ranks = [
            rank if own in wanted and now != EXISTING else now
            for own, now in zip(ids, ranks, strict=True)
        ]
    spots = shapely.get_coordinates(projected(points, plane)).reshape(-1, 2)
    many: list[NDArray[np.bool_]] = [
        crowded(shapely.get_coordinates(part.points).reshape(-1, 2)) for part in parts
    ]
    return Listing(
        ids,
        tuple(
            None if name == own else premise_name(name)
            for own, name in zip(ids, names, strict=True)
        ),
        spots,
        np.array(ranks, dtype=np.int64),
        tuple(own for part in parts for own in part.premises),
        np.concatenate([*(part.n_filled for part in parts), np.empty(0, dtype=np.int64)]),
        np.concatenate([*many, np.empty(0, dtype=np.bool_)]),
    )


def _told(double: tuple[SiteRows, int], kept: tuple[SiteRows, int]) -> tuple[str, str]:
    (rows, k), (others, m) = double, kept
    place = others.origins[m]
    return (
        f"{rows.names[k]}：与 {others.names[m]}（{place}）为同一处，已合并",
        f"{rows.names[k]}: the same premises as {others.names[m]} ({place}), merged into it",
    )


def _notes(names: tuple[list[str], list[str], list[str]], rule: Duplicates) -> list[Note]:
    notes = []
    same_m, similar_m = rule.same_name_m, rule.similar_name_m
    near_zh = f"名称或编号相同、相距不超过 {same_m:g} 米，或名称相近、相距不超过 {similar_m:g} 米"
    near_en = f"same id or name within {same_m:g} m, or similar names within {similar_m:g} m"
    texts = (
        (
            "候选点与现有站点为同一处，按现有站点计",
            "candidates are existing stations, and count as these",
        ),
        (
            "现有站点重复列出，合并计一次",
            "existing stations are listed more than once, and count once",
        ),
        (
            "候选点重复列出，合并计一次",
            "candidates are listed more than once, and count once",
        ),
    )
    for own, (zh, en) in zip(names, texts, strict=True):
        if own:
            some_zh, some_en = listed(own)
            notes.append(
                Note(
                    zh=f"{len(own):,} 处{zh}（{near_zh}）：{some_zh}",
                    en=f"{len(own):,} {en} ({near_en}): {some_en}",
                )
            )
    return notes
