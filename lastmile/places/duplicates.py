"""Premises that are listed more than once, in one table or in several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats
from lastmile.places.premise_names import PremiseName

EXISTING, REQUIRED, FORBIDDEN, CANDIDATE = range(4)
"""Ranks: of two that are one, that with the lower rank is kept."""

_CROWD: Final = 8
"""More than this on one exact spot were put there by a geocoder that knew no better: then
nearness says nothing, and only equal names are merged."""


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """What premises are compared by."""

    ids: tuple[str, ...]
    names: tuple[PremiseName | None, ...]
    """None where a row has no name."""

    spots: Floats
    """Shape (premises, 2). Metres in a plane."""

    ranks: NDArray[np.int64]
    """Shape (premises,). ``EXISTING``, ``REQUIRED``, ``FORBIDDEN`` or ``CANDIDATE``."""

    premises: tuple[str, ...]
    """Class of each; '' if unknown."""

    n_filled: NDArray[np.int64]
    """Shape (premises,). Cells that are filled."""

    crowded: NDArray[np.bool_]
    """Shape (premises,). Whether it stands on one spot with many others in its file."""


def keepers(listing: Listing, same_name_m: float, similar_name_m: float) -> NDArray[np.int64]:
    """Find for each of some premises the one that stands for it: itself, unless it is a double.

    Two are one when they share an id or a name within ``same_name_m``, or have similar names
    within ``similar_name_m``. Of those that are one the first is kept, in the order of rank, then
    of filled cells (more first), then of ids. Each double is merged straight into one that is
    kept, so that no chain of neighbours joins what lies far apart. Two required premises, or two
    forbidden ones, are merged only under one id; an existing station takes in any of its id.

    Parameters
    ----------
    listing
        The premises.
    same_name_m, similar_name_m
        Straight distances in metres, inclusive; 0 merges none by that rule.

    Returns
    -------
    array
        Shape (premises,). Positions. Merging again what is kept changes nothing, and the order
        of the rows does not matter.
    """
    n = len(listing.ids)
    into = np.full(n, -1, dtype=np.int64)
    if not n:
        return into
    tree = shapely.STRtree(shapely.points(listing.spots))
    reach_m = max(same_name_m, similar_name_m)
    ids = _coded(listing.ids)
    cores = _coded(["" if name is None else name.core for name in listing.names])
    for k in _order(listing):
        if into[k] >= 0:
            continue
        into[k] = k
        if reach_m <= 0:
            continue
        near = tree.query(shapely.Point(listing.spots[k]), "dwithin", reach_m)
        near = np.sort(near[into[near] < 0])
        apart_m = np.hypot(*(listing.spots[near] - listing.spots[k]).T)
        # Of the thousands that a crowd may hold only those are compared that may be the same.
        likely = (ids[near] == ids[k]) | (cores[near] == cores[k])
        likely |= (apart_m <= similar_name_m) & ~listing.crowded[near] & ~listing.crowded[k]
        near, apart_m = near[likely], apart_m[likely]
        for other, metres in zip(near.tolist(), apart_m.tolist(), strict=True):
            similar_m = 0.0 if listing.crowded[k] or listing.crowded[other] else similar_name_m
            if _is_double(listing, k, other, metres, (same_name_m, similar_m)):
                into[other] = k
    return into


def _is_double(
    listing: Listing, kept: int, other: int, metres: float, limits: tuple[float, float]
) -> bool:
    """Tell whether a row is the premises that a kept one stands for."""
    same_m, similar_m = limits
    rank, own = int(listing.ranks[kept]), int(listing.ranks[other])
    if listing.ids[kept] == listing.ids[other] and 0 < same_m >= metres:
        return rank in (EXISTING, own) or own == CANDIDATE
    if own != CANDIDATE and not own == rank == EXISTING:
        return False
    one, two = listing.names[kept], listing.names[other]
    if one is None or two is None:
        return False
    if 0 < same_m >= metres and one.is_same(two) and one.is_telling and two.is_telling:
        return True
    if not 0 < similar_m >= metres:
        return False
    classes = {listing.premises[kept], listing.premises[other]} - {""}
    return one.is_same(two) or (len(classes) < 2 and one.is_similar(two))  # noqa: PLR2004


def _coded(texts: Sequence[str]) -> NDArray[np.int64]:
    """Give equal texts equal numbers: shape (texts,)."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def _order(listing: Listing) -> Iterator[int]:
    """Order premises from the one most worth keeping; rows alike in all this are alike."""
    keys = [
        (int(rank), -int(filled), _natural(own), x, y, name.core if name else "")
        for rank, filled, own, (x, y), name in zip(
            listing.ranks, listing.n_filled, listing.ids, listing.spots.tolist(), listing.names,
            strict=True,
        )
    ]  # fmt: skip
    return iter(sorted(range(len(keys)), key=keys.__getitem__))


def _natural(own: str) -> tuple[tuple[int, int, str], ...]:
    """Order ``c1-9`` before ``c1-10``."""
    parts = re.findall(r"\d+|\D+", own)
    return tuple((0, int(p), p) if p.isdecimal() else (1, 0, p) for p in parts)


def crowded(spots: Floats) -> NDArray[np.bool_]:
    """Tell which points stand on one spot with many others: shape (points,) from (points, 2)."""
    _, inverse, count = np.unique(spots, axis=0, return_inverse=True, return_counts=True)
    many: NDArray[np.bool_] = count[inverse.ravel()] > _CROWD
    return many
