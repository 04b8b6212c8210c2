"""Splitting people so that nobody is lost: whole parts, totals kept exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def split_exactly(total: float, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Split a number of people in proportion to weights, by largest remainders.

    Parameters
    ----------
    total
        People, rounded to thousandths.
    weights
        Shape (parts,). Non-negative, with a positive sum.

    Returns
    -------
    array
        Shape (parts,). People; their thousandths add up to those of ``total``.

    Examples
    --------
    >>> split_exactly(1.0, np.array([1.0, 1.0, 1.0])).tolist()
    [0.334, 0.333, 0.333]
    """
    thousandths = np.array([round(total * 1000.0)], dtype=np.int64)
    owner = np.zeros(len(weights), dtype=np.int64)
    people: NDArray[np.float64] = split_each(thousandths, owner, weights) / 1000.0
    return people


def split_each(
    totals: NDArray[np.int64], owner: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Split whole totals among the parts of each owner, by largest remainders.

    Among equal remainders the part that stands first gets the odd one, but never a part of no
    weight.

    Parameters
    ----------
    totals
        Shape (owners,). Whole numbers, at least 0.
    owner
        Shape (parts,). Position of each part's owner.
    weights
        Shape (parts,). Non-negative. The total of an owner whose weights are all zero is nobody's:
        its parts get nothing.

    Returns
    -------
    array
        Shape (parts,). Whole numbers; those of an owner with weight add up to its total.

    Examples
    --------
    >>> split_each(np.array([7, 2]), np.array([0, 1, 0]), np.array([1.0, 5.0, 2.0])).tolist()
    [2, 2, 5]
    """
    whole = np.bincount(owner, weights, minlength=len(totals))
    share = weights / np.where(whole[owner] > 0.0, whole[owner], 1.0)
    # A hair less: a product rounded up over a whole would hand out more than there is, while one
    # that falls below it has the largest remainder, and gets its whole back.
    exact = share * totals[owner] * (1.0 - 2.0**-50)
    parts = np.floor(exact).astype(np.int64)
    given = _sums(owner, parts, len(totals))
    short = np.where(whole > 0.0, totals - given, 0)
    # Weightless parts stand last: rounding may leave a remainder of ten, and they stay empty.
    order = np.lexsort((-(exact - parts), weights <= 0.0, owner))
    counts = np.bincount(owner, minlength=len(totals))
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    parts[order] += rank < short[owner[order]]
    return parts


def _sums(owner: NDArray[np.int64], amount: NDArray[np.int64], n_owners: int) -> NDArray[np.int64]:
    # Whole sums, as bincount adds floats: totals above 2**53 would lose their last digits.
    sums = np.zeros(n_owners, dtype=np.int64)
    np.add.at(sums, owner, amount)
    return sums
