"""Weighs the systems that coordinates may be in, whatever they are held against.

Every test of evidence is a file of its own (``crs_roads``, ``crs_names``, ``crs_units``,
``crs_outlines``, ``crs_pairs``) and ends here, in one currency: of two systems, by how much does
one explain the layer better, as a natural logarithm of the likelihood ratio. Tests look at
different things, so their logarithms add. Two kinds of test arrive at them:

- a model of both cases gives the ratio itself (``crs_names``, ``crs_units``, ``crs_outlines``);
- a standard score ``z``, normal when the worse system were the true one, gives ``z² / 2``: the
  ratio of the normal model at its best (``crs_roads``, ``crs_pairs``).

Thresholds come from what a *true* label would suffer by chance. A ratio of ``e^T`` against it
arises with a chance of ``e^-T`` at most (Markov's inequality), and a score with ``z² / 2 > T``
with a chance of 2.7e-4 for ``T`` = 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from lastmile.findings import CrsEvidence, Verdict

Floats = NDArray[np.float64]

SYSTEMS: Final = ("wgs84", "gcj02", "bd09")
"""In the order of every axis of length three here."""

REFUTED: Final = 6.0
"""Logarithm of odds against a stated system from which it is refused: z = 3.46."""

CONFIRMED: Final = 3.0
"""Logarithm of odds for a system over each other one from which it counts as told: 20 to 1."""

_MOST: Final = 12.0
"""No single test says more, so that two that agree are not outvoted by a third."""

_LEAST_P: Final = 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """What one test says of a layer."""

    figures: tuple[CrsEvidence, ...]
    """One for each of ``SYSTEMS``, in that order."""

    log_odds: Floats
    """Shape (3, 3), antisymmetric: how much better the row's system explains the layer than the
    column's, natural logarithm."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all tests of a layer say together."""

    verdict: Verdict
    proposal: str
    """The system that the evidence speaks for, '' for none."""

    evidence: tuple[CrsEvidence, ...]


def total_odds(weighings: Sequence[Weighing]) -> Floats:
    """Add the tests' logarithms of odds: shape (3, 3), zero where there is no test."""
    total = np.zeros((len(SYSTEMS), len(SYSTEMS)))
    for weighing in weighings:
        total += np.clip(weighing.log_odds, -_MOST, _MOST)
    return total


def told_system(weighings: Sequence[Weighing], least: float) -> str:
    """Name the system that leads each other one by ``least``, '' when none does."""
    total = total_odds(weighings)
    np.fill_diagonal(total, np.inf)
    lead = total.min(axis=1)
    best = int(np.argmax(lead))
    return SYSTEMS[best] if lead[best] >= least else ""


def judged(weighings: Sequence[Weighing], stated: str) -> Judgement:
    """Judge a stated system.

    A system is *refuted* when another explains the layer better by ``REFUTED``, *confirmed* when
    it explains the layer better than each other one by ``CONFIRMED``, else *unconfirmed*. Where
    none is stated, the one that leads by ``CONFIRMED`` is *proposed*.

    Parameters
    ----------
    weighings
        Of the tests that had anything to say.
    stated
        One of ``SYSTEMS``, or '' when none is.
    """
    evidence = tuple(figure for weighing in weighings for figure in weighing.figures)
    leader = told_system(weighings, CONFIRMED)
    if not stated:
        return Judgement("proposed" if leader else "unconfirmed", leader, evidence)
    if total_odds(weighings)[:, SYSTEMS.index(stated)].max() >= REFUTED:
        return Judgement("refuted", leader, evidence)
    if leader == stated:
        return Judgement("confirmed", stated, evidence)
    return Judgement("unconfirmed", "", evidence)


def other_rows_tell(system: str) -> Weighing:
    """Let a layer of few rows be told by others of its file: a file has one system."""
    support = np.where(np.array(SYSTEMS) == system, _MOST, 0.0)
    same = [name == system for name in SYSTEMS]
    figures = figures_of(
        "file",
        [float(is_same) for is_same in same],
        [("同" if is_same else "异") + "于该文件的其他行" for is_same in same],
        [("as" if is_same else "unlike") + " other rows of the file" for is_same in same],
    )
    return Weighing(figures, support[:, None] - support[None, :])


def odds_of_scores(scores: Floats) -> Floats:
    """Turn standard scores, shape (3, 3), into logarithms of odds of the same sign."""
    return np.asarray(np.sign(scores) * scores**2 / 2.0)


def odds_of_misfits(misfits: Floats) -> Floats:
    """Compare systems by how badly each item fits.

    Were the worse system the true one, its misfits would be the smaller on average: the mean of
    the paired differences, over its standard error, is Student's t at the edge of that.

    Parameters
    ----------
    misfits
        Shape (3, items), independent items, four at least.

    Returns
    -------
    array
        Shape (3, 3), as :attr:`Weighing.log_odds`.
    """
    n = misfits.shape[1]
    scores = np.zeros((len(SYSTEMS), len(SYSTEMS)))
    for row in range(len(SYSTEMS)):
        for column in range(row):
            gain = misfits[column] - misfits[row]
            mean, error = float(gain.mean()), float(gain.std(ddof=1)) / np.sqrt(n)
            if mean == 0.0:
                continue
            t = abs(mean) / max(error, 1e-9)
            z = -float(ndtri(max(_LEAST_P, float(stdtr(n - 1, -t)))))
            scores[row, column] = np.sign(mean) * z
            scores[column, row] = -scores[row, column]
    return odds_of_scores(scores)


def figures_of(
    test: str, figures: Sequence[float], zh: Sequence[str], en: Sequence[str]
) -> tuple[CrsEvidence, ...]:
    """Put figures and phrases, one for each of ``SYSTEMS``, into evidence."""
    return tuple(
        CrsEvidence(test, system, float(figure), phrase_zh, phrase_en)
        for system, figure, phrase_zh, phrase_en in zip(SYSTEMS, figures, zh, en, strict=True)
    )


def phrases_of(evidence: Sequence[CrsEvidence]) -> Mapping[str, str]:
    """Join the English phrases of each system."""
    return {
        system: ", ".join(item.en for item in evidence if item.system == system)
        for system in SYSTEMS
    }
