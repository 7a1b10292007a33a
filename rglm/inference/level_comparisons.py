"""Which levels of a factor are compared with which: the matrices that multcomp calls Tukey, Dunnett, …"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from rglm.formula.values import Floats

Compared = tuple[list[str], Floats]
"""A label for each comparison, and the matrix, comparisons × levels."""

Comparison = Callable[[tuple[str, ...], Floats], Compared]
"""(levels, observations of each) → what is compared."""


def _pairs(levels: tuple[str, ...], pairs: list[tuple[int, int]]) -> Compared:
    """Later level minus earlier."""
    K = np.zeros((len(pairs), len(levels)))
    for row, (one, other) in enumerate(pairs):
        K[row, one], K[row, other] = -1.0, 1.0
    return [f"{levels[other]} - {levels[one]}" for one, other in pairs], K


def tukey(levels: tuple[str, ...], counts: Floats) -> Compared:
    """Each level with each other."""
    return _pairs(levels, list(combinations(range(len(levels)), 2)))


def dunnett(levels: tuple[str, ...], counts: Floats) -> Compared:
    """Each level with the first."""
    return _pairs(levels, [(0, other) for other in range(1, len(levels))])


def sequen(levels: tuple[str, ...], counts: Floats) -> Compared:
    """Each level with the one before."""
    return _pairs(levels, [(other - 1, other) for other in range(1, len(levels))])


def ave(levels: tuple[str, ...], counts: Floats) -> Compared:
    """Each level with the mean of the others, weighted by their observations."""
    K = np.empty((len(levels), len(levels)))
    for row in range(len(levels)):
        K[row] = -counts / (counts.sum() - counts[row])
        K[row, row] = 1.0
    return [f"C {row + 1}" for row in range(len(levels))], K


def changepoint(levels: tuple[str, ...], counts: Floats) -> Compared:
    """The levels from some point on with those before it, weighted by their observations."""
    K = np.empty((len(levels) - 1, len(levels)))
    for row in range(len(levels) - 1):
        early, late = counts[: row + 1], counts[row + 1 :]
        K[row] = np.concatenate([-early / early.sum(), late / late.sum()])
    return [f"C {row + 1}" for row in range(len(levels) - 1)], K


def grand_mean(levels: tuple[str, ...], counts: Floats) -> Compared:
    """Each level with the mean of all, weighted by their observations."""
    return list(levels), np.eye(len(levels)) - counts / counts.sum()


COMPARISONS: dict[str, Comparison] = {
    "Tukey": tukey,
    "Dunnett": dunnett,
    "Sequen": sequen,
    "AVE": ave,
    "Changepoint": changepoint,
    "GrandMean": grand_mean,
}
"""Comparisons by multcomp's names."""
