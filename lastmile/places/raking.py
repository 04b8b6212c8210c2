"""Raking: the least change to numbers that makes their groups add up to known totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lastmile.places.shares import split_each

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CLOSE: Final = 1e-10
_MOST_ROUNDS: Final = 500


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """Groups of numbers, and what each group must add up to."""

    group: Ints
    """Shape (numbers,). Group of each number; -1 in none."""

    totals: Floats
    """Shape (groups,). At least 0."""


def raked(seed: Floats, margins: Sequence[Margin]) -> Floats:
    """Scale numbers until every group of every margin adds up to its total.

    Iterative proportional fitting: each margin in turn scales its groups; where margins agree,
    the numbers converge to those nearest to the seed in relative entropy. Where they contradict
    one another, the last one holds exactly.

    Parameters
    ----------
    seed
        Shape (numbers,). At least 0; a zero stays zero, so that a group of zeros keeps to 0.
    margins
        The one that counts most stands last.

    Returns
    -------
    array
        Shape (numbers,). At least 0.

    References
    ----------
    Deming & Stephan (1940), doi:10.1214/aoms/1177731829.

    Examples
    --------
    >>> raked(np.array([1.0, 3.0, 5.0]), [Margin(np.array([0, 0, -1]), np.array([8.0]))]).tolist()
    [2.0, 6.0, 5.0]
    """
    values = seed.astype(np.float64)
    for _ in range(_MOST_ROUNDS):
        before = values
        for margin in margins:
            values = _scaled(values, margin)
        if np.allclose(values, before, rtol=_CLOSE, atol=0.0):
            break
    return values


def _scaled(values: Floats, margin: Margin) -> Floats:
    member = margin.group >= 0
    group = margin.group[member]
    # Of no members at all, bincount makes whole numbers.
    sums = np.bincount(group, values[member], minlength=len(margin.totals)).astype(np.float64)
    factor = np.divide(margin.totals, sums, out=np.zeros_like(sums), where=sums > 0.0)
    scaled = values.copy()
    scaled[member] *= factor[group]
    return scaled


def nested_whole(levels: Sequence[Floats], parents: Sequence[Ints]) -> list[Ints]:
    """Make the totals of nested levels add up, whole and exact.

    From the top down, the totals of each level are scaled to those above (raking, for nested
    groups done in one step), and rounded so that children add up to their parent: controlled
    rounding by largest remainders.

    Parameters
    ----------
    levels
        Totals of each level, coarsest first; the first is rounded and stays.
    parents
        For every level but the first, the position of each unit's parent in the level above; -1
        for a unit without one, whose own total is rounded and stays.

    Returns
    -------
    list of arrays
        Whole totals of each level. A parent whose children are all zero loses its total to them:
        the caller refuses it.

    Examples
    --------
    >>> [t.tolist() for t in nested_whole([np.array([10.0]), np.ones(3)], [np.zeros(3, int)])]
    [[10], [4, 3, 3]]
    """
    whole = [np.rint(levels[0]).astype(np.int64)]
    for totals, parent in zip(levels[1:], parents, strict=True):
        fitted = raked(totals, [Margin(parent, whole[-1].astype(np.float64))])
        rounded = np.rint(fitted).astype(np.int64)
        member = parent >= 0
        rounded[member] = split_each(whole[-1], parent[member], totals[member])
        whole.append(rounded)
    return whole
