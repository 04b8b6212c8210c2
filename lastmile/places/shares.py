"""Splitting people so that nobody is lost: whole thousandths, totals kept exactly."""

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
    thousandths = round(total * 1000.0)
    exact = weights / weights.sum() * thousandths
    parts = np.floor(exact).astype(np.int64)
    short = thousandths - int(parts.sum())
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[:short]] += 1
    people: NDArray[np.float64] = parts / 1000.0
    return people
